"""What the scene on one step of training shows: a name's examples, forward and back, and the update of W2."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import streamlit as st

from explainer import names
from explainer.components.grid import Cell, Link, Matrix, Product, Same, SameRow, Stage, Stages, grid
from explainer.models import mlp as model
from explainer.models.mlp import MLP
from explainer.traces import gradient_descent as descent
from explainer.traces import training_step as trace
from explainer.training.mlp import backward
from explainer.training.recipes import BETTER, TALK, Shape, untrained
from explainer.ui import widgets
from explainer.ui.blocks import note
from explainer.ui.catalogue import SEXES
from explainer.ui.receipt.dialog import open_receipt
from explainer.ui.source import cached
from explainer.ui.trained import checkpoint
from explainer.ui.window import narrow
from explainer.ui.words import Source, dotted, typed_name, word_list
from explainer.wording.numerals import number

STEPS = {"forward": "forward", "loss": "loss", "backward": "backward", "update": "update"}
WEIGHTS = {"better": "a better start", "talk": "the talk's start", "trained": "trained"}
OPTIMIZERS = {name: descent.OPTIMIZERS[name].title for name in descent.RACERS}
RATES = (0.001, 0.01, 0.1, 0.5, 1.0)
USUAL = {"sgd": 0.1, "momentum": 0.1, "adam": 0.01}
SEEN = {"sgd": 1, "momentum": 3, "adam": 3}  # the step at which one sees what an optimizer remembers
NUMBERS = (1, 2, 3, 5, 10)
PARTS = {"largest": "the largest gradients", "all": "all of W2"}
MATRICES = {name: name for name in ("W2", "b2", "W1", "b1", "C")}  # from the loss backward
GRADIENT = "gradient of W2"
PHONE_LETTERS = 6  # of those that are guessed
SHOWN = 8  # of the gradient's numbers that are played
NEURONS, LETTERS = (4, 4), (4, 3)  # that are shown, and on a phone


@dataclass(frozen=True)
class StepRequest:
    """Which step of which training: the weights it begins with, and the name whose examples it learns."""

    sex: str
    weights: str
    name: str
    optimizer: str
    rate: float
    number: int

    def called(self, matrix: str, row: int, column: int) -> str:
        """Return the name of a number of the gradient, from which its receipt is made again."""
        numbers = f"{self.rate:g}", str(self.number), matrix, str(row), str(column)
        return "_".join(["gradient", self.sex, self.weights, self.optimizer, *numbers])


def _made(asked: StepRequest) -> trace.TrainingStep:
    X, Y = model.build_dataset([asked.name], names.VOCABULARY, Shape().block_size)  # (B, T), (B,)
    return trace.training_step(
        start(asked.sex, asked.weights), X, Y, asked.optimizer, asked.rate, asked.number
    )


def start(sex: str, weights: str) -> MLP:
    """Return the perceptron that a training begins with; nobody writes to it."""
    if weights == "trained":
        return checkpoint(f"{sex}-mlp").model
    return untrained(Shape(), {"talk": TALK, "better": BETTER}[weights])


made = cached(
    _made,
    backward,
    model.forward_pass,
    trace.training_step,
    *(descent.OPTIMIZERS[name].step for name in OPTIMIZERS),
    pool="typed",
)


# --- the controls -----------------------------------------------------------------------------------


def request() -> tuple[StepRequest, str, str]:
    """Offer the optimizer, and behind a button all else.

    Returns:
        what is asked for, how much of W2 is shown: a key of PARTS, and the matrix of the receipt.
    """
    optimizer = widgets.choice("optimizer", OPTIMIZERS, key="gd_optimizer")
    with st.popover("More"):
        count = widgets.steps("which step", NUMBERS, SEEN[optimizer], key=f"gd_{optimizer}_number")
        sex = widgets.choice("names of", SEXES, key="gd_sex")
        name = typed_name(
            word_list(Source(sex.removesuffix("s"))), "its examples are those of", key="gd_name"
        )
        weights = widgets.choice("weights", WEIGHTS, key="gd_weights")
        rate = widgets.steps("learning rate", RATES, USUAL[optimizer], key=f"gd_{optimizer}_rate")
        part = "largest" if narrow() else widgets.choice("of W2", PARTS, key="gd_part")
        matrix = widgets.choice("receipt of the steepest in", MATRICES, key="gd_matrix")
    return StepRequest(sex, weights, name, optimizer, rate, count), part, matrix


# --- the picture ------------------------------------------------------------------------------------


def step_grid(stage: str, wanted: StepRequest, part: str) -> None:
    """Draw one stage of a training step, with its line above."""
    found = made(wanted)
    note(said(stage, found))
    places = _largest(found.gradients["W2"]) if part == "largest" else _all(found.gradients["W2"])
    view = _View(found, *places, turned=part == "all")
    drawn, links, frames = {
        "forward": view.forward,
        "loss": view.loss,
        "backward": view.backward,
        "update": view.update,
    }[stage]()
    clicked = [m.name for m in drawn].index(GRADIENT) if stage in ("backward", "update") else None

    def open_slope(cell: Cell) -> None:
        if cell.matrix == clicked:
            open_receipt(wanted.called("W2", *view.place(cell)), wanted.name, "")

    opens = open_slope if clicked is not None else None
    at = Cell(0, 0, view.first_truth) if clicked is None else _steepest(drawn[clicked].values, clicked)
    look: dict[str, Any] = {"links": links, "frames": frames, "on_press": opens, "lens_at": at}
    grid(drawn, key=f"gd_step_{stage}", alt=alt(stage, found), **look)


def _steepest(gradient: np.ndarray, matrix: int) -> Cell:
    row, column = np.unravel_index(int(np.abs(gradient).argmax()), gradient.shape)
    return Cell(matrix, int(row), int(column))


@dataclass(frozen=True)
class _View:
    """The part of a step that is on the screen.

    Args:
        neurons, letters: which rows and columns of W2.
        turned: whether its columns stand as rows: 200 neurons have room side by side.
    """

    found: trace.TrainingStep
    neurons: Sequence[int]
    letters: Sequence[int]
    turned: bool = False

    def place(self, cell: Cell) -> tuple[int, int]:
        """Return the row and column of W2 that a cell stands for."""
        row, column = (cell.col, cell.row) if self.turned else (cell.row, cell.col)
        return self.neurons[row], self.letters[column]

    @property
    def first_truth(self) -> int:
        """The column of the letter that truly follows in the first example."""
        return self._asked().index(int(self.found.targets[0]))

    def forward(self) -> tuple[list[Matrix], list[Link], None]:
        logits = self._guesses(self.found.logits, "logit", "activations", (0, 0), title="logits", decimals=2)
        return [logits, self._probabilities((1, 0))], [Same((0, 1))], None

    def loss(self) -> tuple[list[Matrix], list[Link], None]:
        look: dict[str, Any] = {"decimals": 2, "title": "−ln p", "shade": "sequential"}
        column = Matrix(self.found.losses[:, None], "−ln p", "loss", (0, 1), **look)
        return [self._probabilities((0, 0)), column], [SameRow((0, 1))], None

    def backward(self) -> tuple[list[Matrix], list[Link], Stages]:
        rows, columns = self._axes()["rows"], self._axes()["cols"]
        read = examples(self.found)
        h, slopes = self.found.h[:, self.neurons], self.found.dlogits[:, self.letters]  # (B, n), (B, v)
        told = f"(p − truth) / {len(read)}"
        of_h = {"name": "h" if self.turned else "hᵀ", "role": "activations", "decimals": 2}
        of_slopes = {"name": told, "role": "loss", "shade": "diverging", "decimals": 3}
        left, above = (slopes.T, h) if self.turned else (h.T, slopes)
        of_left, of_above = (of_slopes, of_h) if self.turned else (of_h, of_slopes)
        drawn = [
            Matrix(left, place=(1, 0), rows=rows, cols=read, show_shape=False, **of_left),
            Matrix(above, place=(0, 1), rows=read, cols=columns, show_shape=False, **of_above),
            self._gradient((1, 1)),
            self._weights(self.found.before, "W2", (2, 1) if narrow() or self.turned else (1, 2)),
        ]
        size = np.abs(drawn[2].values)
        cells = [np.unravel_index(i, size.shape) for i in np.argsort(-size, axis=None)[:SHOWN]]
        frames = Stages([self._stage(int(i), int(j)) for i, j in cells])
        return drawn, [Product(0, 1, 2), Same((2, 3))], frames

    def _stage(self, i: int, j: int) -> Stage:
        neuron, letter = self.place(Cell(2, i, j))
        slope = number(self.found.gradients["W2"][neuron, letter], 3)
        lit = [(0, i, None), (1, None, j), (2, i, j), (3, i, j)]
        return Stage(f"neuron {neuron}, letter {symbols()[letter]}: {slope}", lit)

    def update(self) -> tuple[list[Matrix], list[Link], None]:
        found, kept = self.found, self.found.memory["W2"]
        step = FORMULAS[found.optimizer].format(rate=number(found.learning_rate, 4))
        drawn = [
            self._gradient(),
            *(self._matrix(values, name, "loss") for name, values in kept.items()),
            self._weights(found.before, "W2"),
            self._matrix(
                found.changes["W2"], "change", "loss", title=f"+ change = {step}", scale_max=self._scale
            ),
            self._weights(found.after, "W2 after", title="= W2 after"),
        ]
        if self.turned:
            places = [(i, 0) for i in range(len(drawn))]
        else:
            places = [(0, i + (not kept)) for i in range(1 + len(kept))] + [(1, 0), (1, 1), (1, 2)]
        drawn = [replace(matrix, place=place) for matrix, place in zip(drawn, places, strict=True)]
        above = 1 + len(kept)
        drawn = [*drawn[above:], *drawn[:above]]  # a lens for each number of the sum, then for what made it
        return drawn, [Same(tuple(range(len(drawn))))], None

    def _probabilities(self, place: tuple[int, int]) -> Matrix:
        truth = np.zeros(self.found.probabilities.shape, dtype=bool)
        truth[np.arange(len(truth)), self.found.targets] = True
        look = {"title": "softmax: probabilities in %", "decimals": 1, "scale_max": 100.0}
        marks = {"marks": truth[:, self._asked()], "marked_as": "truly follows"}
        percent = 100 * self.found.probabilities
        return self._guesses(percent, "probability in %", "probabilities", place, **look, **marks)

    def _guesses(self, values: np.ndarray, name: str, role: str, place: tuple, **look: Any) -> Matrix:
        """Return what has a row for every example and a column for every letter."""
        columns = [symbols()[v] for v in self._asked()]
        return Matrix(values[:, self._asked()], name, role, place, examples(self.found), columns, **look)

    def _asked(self) -> list[int]:
        """Return the letters that have a column: all, on a phone those that follow and the likeliest."""
        order = np.argsort(-self.found.probabilities.max(axis=0), kind="stable").tolist()
        first = dict.fromkeys([*self.found.targets.tolist(), *order])
        return sorted(list(first)[: PHONE_LETTERS if narrow() else None])

    def _axes(self) -> dict:
        """Return the labels of the rows and columns of what has the shape of W2."""
        neurons = [str(n) for n in self.neurons]
        letters = [symbols()[v] for v in self.letters]
        if self.turned:
            return {"rows": letters, "cols": neurons, "spot": "neuron {col}, letter {row}"}
        return {"rows": neurons, "cols": letters, "spot": "neuron {row}, letter {col}"}

    def _matrix(self, values: np.ndarray, name: str, role: str, place: tuple = (0, 0), **look: Any) -> Matrix:
        cut = values[np.ix_(self.neurons, self.letters)]
        look = {"decimals": 3, "show_shape": False, "shade": "diverging", **self._axes(), **look}
        return Matrix(cut.T if self.turned else cut, name, role, place, **look)

    def _gradient(self, place: tuple[int, int] = (0, 0)) -> Matrix:
        return self._matrix(self.found.gradients["W2"], GRADIENT, "loss", place)

    def _weights(
        self, of: Mapping[str, np.ndarray], name: str, place: tuple[int, int] = (0, 0), **look: Any
    ) -> Matrix:
        return self._matrix(of["W2"], name, "weights", place, scale_max=self._scale, **look)

    @property
    def _scale(self) -> float:
        """The largest number of what is added up: one shade is one number in W2, its change and their sum."""
        some, found = np.ix_(self.neurons, self.letters), self.found
        return float(max(np.abs(m["W2"][some]).max() for m in (found.before, found.changes, found.after)))


FORMULAS = {"sgd": "−{rate} · gradient", "momentum": "−{rate} · v", "adam": "−{rate} · m̂ / √v̂"}


def _largest(gradient: np.ndarray) -> tuple[list[int], list[int]]:
    """Return the neurons and letters with the largest gradients, in their order."""
    few = int(narrow())
    size = np.abs(gradient)
    rows, columns = (
        np.sort(np.argsort(-size.max(axis=axis), kind="stable")[:count])
        for axis, count in ((1, NEURONS[few]), (0, LETTERS[few]))
    )
    return rows.tolist(), columns.tolist()


def _all(gradient: np.ndarray) -> tuple[list[int], list[int]]:
    return list(range(gradient.shape[0])), list(range(gradient.shape[1]))


def symbols() -> list[str]:
    """Return the characters as they are shown."""
    return [dotted(symbol) for symbol in names.VOCABULARY.symbols]


def examples(found: trace.TrainingStep) -> list[str]:
    """Return what was read and what truly follows, for every example."""
    pairs = zip(found.idx.tolist(), found.targets.tolist(), strict=True)
    return [dotted(f"{names.VOCABULARY.decode(x)}→{names.VOCABULARY.decode([y])}") for x, y in pairs]


def said(stage: str, found: trace.TrainingStep) -> str:
    """Return the line above a stage."""
    before, after = f"{found.loss:.3f}", f"{found.loss_after:.3f}"
    count, rate = len(found.losses), number(found.learning_rate, 4)
    update = {
        "sgd": f"W2 ← W2 − {rate} · gradient.",
        "momentum": f"v ← 0.9 · v + gradient{_first(found)}. W2 ← W2 − {rate} · v.",
        "adam": f"m̂: the mean of the gradients, √v̂: their usual size. W2 ← W2 − {rate} · m̂ / √v̂.",
    }[found.optimizer]
    return {
        "forward": "A row is an example: three letters, then the one that truly follows; a red dash marks "
        f"its probability. {count} examples at once.",
        "loss": f"Minus the logarithm of the true letter's probability; the mean is the loss: "
        f":red[**{before}**] nats. Knowing nothing costs ln 34 ≈ {np.log(34):.2f}.",
        "backward": "The gradient of W2 is hᵀ times (p − truth): too much probability is pushed down, too "
        "little up. Click one of its numbers for its receipt.",
        "update": f"{update} The loss of the same examples: {before} → :red[**{after}**].",
    }[stage]


def _first(found: trace.TrainingStep) -> str:
    first = ", at first the gradient itself: choose a later step"
    return first if found.number == 1 else ": what points the same way adds up"


def alt(stage: str, found: trace.TrainingStep) -> str:
    """Return one sentence: what a stage shows."""
    most = float(np.abs(found.gradients["W2"]).max())
    return {
        "forward": f"Logits and probabilities of {len(found.losses)} examples, a column for every letter.",
        "loss": f"The probabilities, and minus the logarithm of each true one, {found.loss:.3f} on average.",
        "backward": f"h transposed times the slopes by the logits is the gradient of W2, at most "
        f"{number(most, 3)}, beside W2.",
        "update": f"W2, its gradient, the change by {OPTIMIZERS[found.optimizer]}, and W2 after step "
        f"{found.number}; the loss goes from {found.loss:.3f} to {found.loss_after:.3f}.",
    }[stage]


def slope_of_first(wanted: StepRequest, matrix: str) -> tuple[str, str, str]:
    """Return the largest number of a matrix's gradient, as ``receipt_of`` takes it."""
    size = np.atleast_2d(np.abs(made(wanted).gradients[matrix]))
    row, column = np.unravel_index(int(size.argmax()), size.shape)
    return wanted.called(matrix, int(row), int(column)), wanted.name, ""
