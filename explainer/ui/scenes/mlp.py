"""What the MLP chapter shows: one prediction of a trained perceptron, number by number, and a batch."""

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from explainer import names
from explainer.checkpoints import Checkpoint
from explainer.components.grid import Cell, Copies, Link, Matrix, Product, Same, Stage, Stages, grid
from explainer.figures import palette
from explainer.figures.curves import DASHED, Curve, Point, curves
from explainer.figures.histogram import Histogram, histogram
from explainer.figures.histogram import histogram_alt as outermost
from explainer.models import mlp as model
from explainer.traces import mlp as trace
from explainer.training.recipes import BETTER, TALK, Recipe, Shape, scale, untrained
from explainer.ui import own_models, typed, widgets
from explainer.ui.blocks import note
from explainer.ui.catalogue import SEXES
from explainer.ui.receipt.dialog import open_receipt
from explainer.ui.source import cached
from explainer.ui.trained import checkpoint
from explainer.ui.window import font_size, narrow
from explainer.ui.words import Source, WordList, dotted, typed_name, word_list
from explainer.wording.numerals import enough, equals, number, read

MATRICES = {"all": "all, to scale", "C": "C", "W1": "W1", "b1": "b1", "W2": "W2", "b2": "b2"}
TIMES = {"trained": "trained", "start": "before training, as in the talk"}
STEPS = {
    "lookup": "look-up",
    "view": "view",
    "hidden": "@ W1 + b1",
    "tanh": "tanh",
    "logits": "@ W2 + b2",
    "softmax": "softmax",
    "loss": "loss",
}
SAID = {
    "hidden": "Every number of x times a weight, all added up, and a bias: one sum for each neuron.",
    "tanh": "Every sum is bent into a number between −1 and 1. A large sum, up or down, is flattened.",
    "logits": "Every neuron times a weight, all added up, and a bias: one number for each letter.",
}
CODE = {  # as on the slides; the numbers are the same to the last bit
    "lookup": "emb = C[X]",
    "view": "x = emb.view(-1, 30)",
    "hidden": "x @ W1 + b1",
    "tanh": "h = torch.tanh(x @ W1 + b1)",
    "logits": "logits = h @ W2 + b2",
    "softmax": "counts = (logits - logits.max()).exp(); prob = counts / counts.sum(1, keepdims=True)",
    "loss": "loss = F.cross_entropy(logits, Y)",
}
RECIPES = {"talk": "the talk's recipe", "better": "a better one"}
BATCHES = {"before": "at the start", "after": "after training"}
LAYERS = {"h": "h, after tanh", "sum": "sum, before tanh"}
VIEWS = {"h": "tanh", "saturated": "saturated"}
TURNED = "[{col}, {row}]"  # what a cell of a matrix that lies on its side is called: as it stands in PyTorch
DIGITS = range(3, 9)  # of a probability: as few as give its loss as it is written
FOLD = 20  # numbers in a line of a vector too long for one
TOGETHER = 20  # neurons shown side by side


@dataclass(frozen=True)
class ContextRequest:
    """What a visitor wants to see predicted: by which model, after how many letters of a name."""

    sex: str
    name: str
    read: int

    @property
    def text(self) -> str:
        """The letters that were read."""
        return self.name[: self.read]

    @property
    def target(self) -> str:
        """The letter that truly follows them."""
        return (self.name + names.BOUNDARY)[self.read]


# --- computed by the traces -------------------------------------------------------------------------


def _forward(sex: str, text: str, target: str | None = None) -> trace.ForwardPass:
    loaded = checkpoint(model_of(sex))
    return trace.forward(loaded.model, loaded.vocabulary, text, target)


def _windows(sex: str, name: str, block_size: int) -> trace.Windows:
    return trace.windows(name, checkpoint(model_of(sex)).vocabulary, block_size)


def _spelled(sex: str, name: str) -> np.ndarray:
    loaded = checkpoint(model_of(sex))
    return trace.spell(loaded.model, loaded.vocabulary, name)


def _matrices(sex: str, time: str) -> trace.Matrices:
    return trace.matrices(untrained(shape(sex), TALK) if time == "start" else checkpoint(model_of(sex)).model)


def _hidden(sex: str, text: str, neurons: tuple[int, ...]) -> trace.Layer:
    step, m, chosen = _forward(sex, text), _matrices(sex, "trained"), list(neurons)
    read = [f"{dotted(letter)}{i}" for letter in step.context for i in range(m.C.shape[1])]
    return trace.layer(step.x, m.W1[:, chosen], m.b1[chosen], step.preactivation[chosen], read)


def _logits(sex: str, text: str, neurons: tuple[int, ...]) -> trace.Layer:
    step, m = _forward(sex, text), _matrices(sex, "trained")
    said = [str(i) for i in range(len(step.h))]
    return trace.layer(step.h, m.W2, m.b2, step.logits, said, neurons)


def _loudest(sex: str, text: str, letter: int, count: int) -> tuple[int, ...]:
    return tuple(trace.loudest(_forward(sex, text).h, _matrices(sex, "trained").W2, letter, count).tolist())


def _saturation(sex: str, recipe: str, time: str, size: int, seed: int) -> trace.Saturation:
    train, _ = word_list(_source(sex)).part("train")
    X, Y = trace.batch(train, names.VOCABULARY, size=size, seed=seed)  # (B, 3), (B,)
    if time == "before":
        return trace.saturation(untrained(Shape(), {"talk": TALK, "better": BETTER}[recipe]), X, Y)
    return trace.saturation(_trained(sex, recipe).model, X, Y)


def _batch_labels(sex: str, size: int, seed: int) -> list[str]:
    train, _ = word_list(_source(sex)).part("train")
    X, Y = trace.batch(train, names.VOCABULARY, size=size, seed=seed)  # (B, 3), (B,)
    pairs = zip(X.tolist(), Y.tolist(), strict=True)
    return [dotted(f"{names.VOCABULARY.decode(x)}→{names.VOCABULARY.decode([y])}") for x, y in pairs]


forward = cached(_forward, trace.forward, model.forward_pass, pool="typed")
windows = cached(_windows, trace.windows, model.build_dataset, pool="typed")
spelled = cached(_spelled, trace.spell, pool="typed")
matrices = cached(_matrices, trace.matrices, model.parameter_shapes)
hidden_layer = cached(_hidden, trace.layer, model.linear, pool="typed")
output_layer = cached(_logits, trace.layer, model.linear, pool="typed")
loudest = cached(_loudest, trace.loudest, pool="typed")
saturation = cached(_saturation, trace.saturation, untrained, scale)
batch_labels = cached(_batch_labels, trace.batch)
parameter_count = cached(trace.parameter_count, model.parameter_shapes)
tanh_curve = cached(trace.tanh_curve)


# --- the controls -----------------------------------------------------------------------------------


def models() -> dict[str, str]:
    """Return whose perceptron is looked into: the house's by what they learned from, or the visitor's."""
    return SEXES | own_models.options("mlp", names=True)


def model_of(sex: str) -> str:
    """Return the name of a model, as a receipt knows it, too; one's own goes by its key."""
    return sex if own_models.is_own(sex) else f"{sex}-mlp"


def shape(sex: str) -> Shape:
    """Return the hyperparameters that fix a model's matrices."""
    m = checkpoint(model_of(sex)).model
    return Shape(m.C.shape[0], m.block_size, m.C.shape[1], m.b1.shape[0])


def request(step: bool = False) -> ContextRequest:
    """Draw the choice of a model and the field for a name; with ``step`` how much of it was read."""
    sex = widgets.choice("learned from", models(), key="mlp_sex")
    name = (
        _own_name(sex)
        if own_models.is_own(sex)
        else typed_name(word_list(_source(sex)), "name", key="mlp_name")
    )
    if not step:
        return ContextRequest(sex, name, len(name))
    read = len(name) if st.session_state["mlp_name"] else 2
    return ContextRequest(sex, name, widgets.slider("letters read", 0, len(name), read, key="mlp_read"))


def _own_name(key: str) -> str:
    """Draw the field for a name that a visitor's own model reads; one that it learned from stands in."""
    known = checkpoint(key).vocabulary
    first = next(
        iter(own_models.learned_from(key)), "".join(c for c in "ANNA" if c in known) or known.symbols[1]
    )
    return typed.name(widgets.word("name", first, key="mlp_name"), known) or first


def neurons(sex: str) -> dict[str, str]:
    """Return how many neurons can be shown."""
    return {"ten": "the ten loudest", "all": f"all {shape(sex).hidden_layer_size}"}


def batch_size() -> int:
    """Draw the slider of the batch size."""
    return widgets.slider("BATCH_SIZE", 1, 512, 32, key="mlp_batch")


def _source(sex: str) -> Source:
    return Source(sex.removesuffix("s"))


# --- the data set and the hyperparameters -----------------------------------------------------------


def texts(found: trace.Windows) -> tuple[list[str], list[str], list[list[int]]]:
    """Return the contexts and targets of a name as they are shown, and their numbers."""
    ids = np.column_stack([found.contexts, found.targets]).tolist()
    return [dotted(c) for c in found.context_texts], [dotted(t) for t in found.target_texts], ids


def shares(wanted: ContextRequest) -> list[float]:
    """Return the probability that the trained model gives each letter of a name, and its end."""
    return spelled(wanted.sex, wanted.name).tolist()


def joint(wanted: ContextRequest) -> str:
    """Say what the trained model gives a whole name: what it gives each letter and the end, multiplied."""
    p = spelled(wanted.sex, wanted.name)
    return (
        f"All {len(p)} probabilities multiplied give the name's joint probability: {number(float(p.prod()))}."
    )


def examples(sex: str) -> str:
    """Return in one sentence how many examples the names give: one a letter, and one for the end."""
    if own_models.is_own(sex):
        return ""  # a file does not hold them
    found: WordList = word_list(_source(sex))
    counted = {part: sum(len(word) + 1 for word in found.part(part)[0]) for part in ("train", "dev", "test")}
    told = "{train:,} examples to learn from, {dev:,} to choose by (dev), {test:,} to judge by (test)"
    return f"{len(found.words):,} names give {told.format(**counted)}."


def prices(count: trace.ParameterCount) -> tuple[list[str], list[int], list[str]]:
    """Return the name, the size and the sum of every matrix."""
    told = [
        f"{' × '.join(map(str, count.shapes[name]))} = {n:,}" if len(count.shapes[name]) > 1 else f"{n:,}"
        for name, n in count.counts.items()
    ]
    return list(count.counts), list(count.counts.values()), told


def costs(count: trace.ParameterCount, batch: int) -> dict[str, str]:
    """Return what a shape costs, as text."""
    step = f"multiplications for a batch of {batch}"
    return {
        "parameters": f"{count.total:,}",
        "multiplications for one guess": f"{count.multiplications:,}",
        step: f"{count.multiplications * batch:,}",
    }


def chosen_for_training() -> str:
    """Say what else is chosen, and changes no shape: how each of the two recipes trains."""
    told = (
        f"{RECIPES[name]} ({_trained_by(recipe)})" for name, recipe in (("talk", TALK), ("better", BETTER))
    )
    return f"Also chosen, at no cost in parameters: {'; '.join(told)}."


def _trained_by(recipe: Recipe) -> str:
    optimiser = {"sgd": "SGD", "adamw": "AdamW"}[recipe.optimiser]
    dropout = f"dropout {recipe.dropout:g}" if recipe.dropout else "no dropout"
    return f"{optimiser}, learning rate {recipe.learning_rate:g}, batch {recipe.batch_size}, {dropout}"


# --- the matrices -----------------------------------------------------------------------------------


def matrix_grid(sex: str, time: str, name: str, first: int | None) -> None:
    """Draw one of the five matrices with its numbers, or all of them to scale.

    Args:
        first: the neuron from which on some are shown; all if None.
    """
    m = matrices(sex, time)
    alphabet = symbols(sex)
    if time == "start" and name != "all":
        note(f"`{name} = torch.randn({getattr(m, name).shape}, generator=g)`")
    if name == "all":
        grid(
            _to_scale(m),
            key="mlp_matrices_all",
            alt="The five matrices, cell by cell to scale; W2 lies on its side.",
        )
        return
    some = slice(None) if first is None else slice(first, first + TOGETHER)
    neurons = [str(i) for i in range(len(m.b1))[some]]
    read = [f"{i},{e}" for i in range(len(m.W1) // m.C.shape[1]) for e in range(m.C.shape[1])]
    title = f"{name} {' × '.join(map(str, np.shape(getattr(m, name))))}"
    drawn = {
        "C": lambda: Matrix(m.C, "C", "weights", rows=alphabet, cols=_numbers(m.C.shape[1]), title=title),
        "W1": lambda: Matrix(m.W1[:, some], "W1", "weights", rows=read, cols=neurons, title=title),
        "b1": lambda: _folded(m.b1, "b1", "weights"),
        "W2": lambda: _w2(m.W2[some], neurons, alphabet, title),
        "b2": lambda: Matrix(m.b2[None], "b2", "weights", cols=alphabet, title=title),
    }[name]()
    grid([drawn], key=f"mlp_matrices_{name}", alt=f"The matrix {title}, every cell a number of the model.")


def _w2(values: np.ndarray, neurons: list[str], alphabet: list[str], title: str) -> Matrix:
    """Return W2 or some rows of it; more than fit below each other lie on their side."""
    if len(values) <= TOGETHER:
        return Matrix(values, "W2", "weights", rows=neurons, cols=alphabet, title=title)
    title += ", lying on its side"
    return Matrix(values.T, "W2", "weights", rows=alphabet, cols=neurons, spot=TURNED, title=title)


def neuron_windows(sex: str) -> dict[str, str]:
    """Return the choices of which neurons are shown, by the first of them."""
    last = shape(sex).hidden_layer_size
    return {"all": "all"} | {str(i): f"{i}–{min(i + TOGETHER, last) - 1}" for i in range(0, last, TOGETHER)}


def _to_scale(m: trace.Matrices) -> list[Matrix]:
    return [
        Matrix(m.C, "C", "weights", (0, 0), spot="[{row}, {col}]"),
        Matrix(m.W1, "W1", "weights", (0, 1), spot="[{row}, {col}]"),
        Matrix(m.b1[None], "b1", "weights", (1, 1), spot="[{col}]"),
        Matrix(
            m.W2.T,
            "W2",
            "weights",
            (2, 1),
            title=f"W2 {len(m.W2)} × {len(m.b2)}, lying on its side",
            spot=TURNED,
        ),
        Matrix(m.b2[:, None], "b2", "weights", (2, 0), title=f"b2 1 × {len(m.b2)}, upright", spot="[{row}]"),
    ]


def _folded(values: np.ndarray, name: str, role: str, place: tuple[int, int] = (0, 0)) -> Matrix:
    """Return a long vector (H,) as a matrix, read line by line; NaN fills up the last line."""
    lines = -(-len(values) // FOLD)
    filled = np.full(lines * FOLD, np.nan, dtype=values.dtype)
    filled[: len(values)] = values
    rows = [str(FOLD * i) for i in range(lines)]
    title = f"{name}, {len(values)} numbers in lines of {FOLD}"
    cols = [f"+{i}" for i in range(FOLD)]
    spot = "[{place}]"
    return Matrix(filled.reshape(lines, FOLD), name, role, place, rows, cols, spot=spot, title=title)


def _numbers(count: int) -> list[str]:
    return [str(i) for i in range(count)]


# --- the forward pass -------------------------------------------------------------------------------


def forward_grid(step: str, wanted: ContextRequest, neurons: str) -> None:
    """Draw one step of the forward pass: what goes in and what comes out, cell by cell."""
    found = forward(wanted.sex, wanted.text, wanted.target)
    draw: dict[str, Callable[[], tuple[list[Matrix], list[Link], str, Stages | None]]] = {
        "lookup": partial(_lookup, found, wanted),
        "view": partial(_view, found),
        "hidden": partial(_hidden_step, found, wanted, neurons),
        "tanh": partial(_tanh_step, found),
        "logits": partial(_logits_step, found, wanted, neurons),
        "softmax": partial(_softmax_step, found, symbols(wanted.sex)),
        "loss": partial(_loss_step, found, symbols(wanted.sex)),
    }
    drawn, links, alt, frames = draw[step]()
    note(f"{SAID.get(step, '')} `{CODE[step].replace('30', str(len(found.x)))}`")
    key = f"mlp_step_{step}_{neurons}" if step in ("hidden", "logits") else f"mlp_step_{step}"
    opens = partial(_open_letter, wanted) if step in ("softmax", "loss") else None
    # A number that is picked, so that both lenses show it.
    at = Cell(1, 0, int(np.abs(found.emb[0]).argmax())) if step == "lookup" else None
    wide = step in ("hidden", "logits")  # many narrow columns would be hard to see
    grid(drawn, key=key, alt=alt, links=links, frames=frames, lens_at=at, on_press=opens, wide=wide)


def likeliest(wanted: ContextRequest) -> tuple[str, str, str]:
    """Return the most probable next letter, as ``receipt_of`` takes it."""
    best = int(forward(wanted.sex, wanted.text).probabilities.argmax())
    return model_of(wanted.sex), wanted.text, checkpoint(model_of(wanted.sex)).vocabulary.symbols[best]


def opens_letter(wanted: ContextRequest) -> Callable[[str], None]:
    """Return what opens the receipt of the letter whose bar was clicked."""
    known = checkpoint(model_of(wanted.sex)).vocabulary.symbols
    return lambda pick: open_receipt(
        model_of(wanted.sex), wanted.text, known[int(pick.removeprefix("letter "))]
    )


def _open_letter(wanted: ContextRequest, clicked: Cell) -> None:
    known = checkpoint(model_of(wanted.sex)).vocabulary.symbols
    open_receipt(model_of(wanted.sex), wanted.text, known[clicked.col])


def symbols(sex: str) -> list[str]:
    """Return the characters that a model knows, as they are shown."""
    return [dotted(symbol) for symbol in checkpoint(model_of(sex)).vocabulary.symbols]


def context(found: trace.ForwardPass) -> list[str]:
    """Return the letters that were read, as they are shown."""
    return [dotted(letter) for letter in found.context]


def _lookup(found: trace.ForwardPass, wanted: ContextRequest) -> tuple:
    letters, C = context(found), matrices(wanted.sex, "trained").C
    E = C.shape[1]
    origin = found.idx[:, None] * E + np.arange(E)  # (T, E) each number's place in C
    whole = float(np.abs(C).max())  # one scale: a number keeps its shade
    drawn = [
        Matrix(C, "C", "weights", (0, 0), rows=symbols(wanted.sex), cols=_numbers(E), scale_max=whole),
        Matrix(found.emb, "emb", "input", (0, 1), rows=letters, cols=_numbers(E), scale_max=whole),
    ]
    stages = Stages(
        [_picked(*one) for one in zip(range(len(letters)), letters, found.idx.tolist(), strict=True)]
    )
    alt = f"C, {len(C)} × {E}, and the {len(letters)} rows read from it."
    return drawn, [Copies(0, 1, origin)], alt, stages


def _picked(place: int, letter: str, row: int) -> Stage:
    """Return what is lit and said when one letter is looked up."""
    told = f"{letter} is row {row} of C; nothing is computed, its numbers are picked."
    return Stage(told, [(0, row, None), (1, place, None)], formula=f"emb[{place}] = C[{row}]")


def _view(found: trace.ForwardPass) -> tuple:
    T, E = found.emb.shape
    letters = context(found)
    places = [f"{letter}{e}" for letter in letters for e in range(E)]
    drawn = [
        Matrix(found.emb, "emb", "input", (0, 0), rows=letters, cols=_numbers(E)),
        Matrix(found.x[None], "x", "input", (1, 0), cols=places),
    ]
    origin = np.arange(T * E)[None]  # (1, T * E)
    told = f"The {T} rows side by side: the same {T * E} numbers, in the same memory."
    stages = Stages([Stage(told)])
    return drawn, [Copies(0, 1, origin)], f"emb {T} × {E} above the same numbers in one row.", stages


def _spoken_for(
    found: trace.ForwardPass, wanted: ContextRequest, neurons: str
) -> tuple[tuple[int, ...], str]:
    """Return the neurons that are shown and the letter they were chosen by."""
    letter = int(found.probabilities.argmax())
    count = min(10, len(found.h)) if neurons == "ten" else len(found.h)
    chosen = loudest(wanted.sex, wanted.text, letter, count)
    return (chosen if neurons == "ten" else tuple(sorted(chosen))), symbols(wanted.sex)[letter]


def _hidden_step(found: trace.ForwardPass, wanted: ContextRequest, neurons: str) -> tuple:
    chosen, letter = _spoken_for(found, wanted, neurons)
    layer = hidden_layer(wanted.sex, wanted.text, chosen)
    stages = _column_by_column(range(min(10, len(chosen))))
    which = f"of the ten neurons that say most about {letter}" if neurons == "ten" else "of all neurons"
    drawn, links = _falk(layer, ("x", "W1", "b1", "sums"), "input", [str(n) for n in chosen])
    return drawn, links, f"x times W1 plus b1: the sums {which}.", stages


def _logits_step(found: trace.ForwardPass, wanted: ContextRequest, neurons: str) -> tuple:
    chosen, letter = _spoken_for(found, wanted, neurons)
    layer = output_layer(wanted.sex, wanted.text, chosen)
    stages = _column_by_column(np.argsort(-found.logits)[:10].tolist())
    drawn, links = _falk(layer, ("h", "W2", "b2", "logits"), "activations", symbols(wanted.sex))
    alt = f"h times W2 plus b2: a number for every letter; most speaks for {letter}."
    return drawn, links, alt, stages


def _column_by_column(columns: Iterable[int]) -> Stages:
    """Return a script that lights one output after the other, with what it is made of."""
    return Stages([Stage("", [(0, 0, None), (1, None, j), (2, 0, j)]) for j in columns])


def _falk(
    layer: trace.Layer, called: tuple[str, str, str, str], role: str, cols: list[str]
) -> tuple[list[Matrix], list[Link]]:
    """Return a layer in Falk's scheme: weights above, inputs at the left, outputs where they cross.

    Args:
        called: the names of inputs, weights, bias and outputs.
    """
    x, W, b, out = called
    rows, columns = layer.weights.shape
    usual = float(np.abs(layer.weights[:-2]).max())  # the last rows are sums and biases, and far larger
    drawn = [
        Matrix(layer.inputs, x, role, (1, 0), title=f"{x} and a 1: 1 × {rows}"),
        Matrix(
            layer.weights,
            W,
            "weights",
            (0, 1),
            rows=layer.names if rows < 50 else (),
            cols=cols if columns < 50 else (),
            title=f"{W} over {b}: {rows} × {columns}",
            scale_max=usual,
        ),
        Matrix(layer.outputs, out, "activations", (1, 1)),
    ]
    return drawn, [Product(0, 1, 2, layer.terms)]


def _tanh_step(found: trace.ForwardPass) -> tuple:
    drawn = [
        _folded(found.preactivation, "preactivation", "activations"),
        _folded(found.h, "h", "activations", (0, 1)),
    ]
    return drawn, [Same((0, 1))], "Every sum beside its tanh, between −1 and 1.", None


def _softmax_step(found: trace.ForwardPass, alphabet: list[str]) -> tuple:
    drawn = [
        Matrix(found.logits[None], "logit", "activations", (0, 0), cols=alphabet, title="logits"),
        Matrix(found.exponentials[None], "exp", "counts", (1, 0), cols=alphabet, title="exp(logits − max)"),
        Matrix(
            found.probabilities[None],
            "probability",
            "probabilities",
            (2, 0),
            cols=alphabet,
            title="each divided by their sum: probabilities",
        ),
    ]
    best = int(found.probabilities.argmax())
    total = float(found.exponentials.sum())
    share = f"{found.probabilities[best]:.1%}"
    sign = equals(100 / read(f"{total:.4g}"), share.removesuffix("%"))
    told = f"{alphabet[best]}: 1 / {total:.4g} {sign} {share} of the whole."
    lit = [(i, 0, best) for i in range(3)]
    stages = Stages([Stage(told, lit, formula="softmax: all positive, adding up to 1")])
    return drawn, [Same((0, 1, 2))], "Logits, their exponentials, and the probabilities.", stages


def _loss_step(found: trace.ForwardPass, alphabet: list[str]) -> tuple:
    if (i := found.target) is None:
        raise ValueError("without the letter that truly follows there is no loss")
    drawn = [
        Matrix(
            found.probabilities[None],
            "probability",
            "probabilities",
            (0, 0),
            cols=alphabet,
            title="probabilities p",
        ),
        Matrix(
            found.surprise[None],
            "−ln p",
            "loss",
            (1, 0),
            cols=alphabet,
            title="−ln p, in nats",
            shade="sequential",
        ),
    ]
    p, loss = float(found.probabilities[i]), f"{found.loss:.3f}"
    (p_text,), _ = enough(
        lambda digits: [f"{p:.{digits}g}"], _surprise, "{:.3f}".format, loss, (*DIGITS, DIGITS[0])
    )
    told = f"Truly follows: {alphabet[i]}, to which the model gave {p_text}."
    formula = f"loss = −ln {p_text} ≈ {loss} nats"
    stages = Stages([Stage(told, [(0, 0, i), (1, 0, i)], formula=formula)])
    return drawn, [Same((0, 1))], "The probabilities and what each would cost as the true letter.", stages


def _surprise(p: float) -> float:
    return -math.log(p) if p else math.inf


# --- tanh and its activations -----------------------------------------------------------------------


def curve_picture(z: float, step: trace.ForwardPass) -> go.Figure:
    """Draw tanh and its slope with the point one is at, and where the neurons of a guess stand."""
    found = tanh_curve()
    slope = "its slope: what a gradient is multiplied by"
    return curves(
        [
            Curve("tanh", found.x, found.y, palette.ACTIVATIONS),
            Curve(slope, found.x, found.slope, palette.LOSS, DASHED),
        ],
        x_title="sum",
        y_title="",
        points=[*_neurons(step, found.x[-1]), *_here(z, found)],
        x_range=(found.x[0], found.x[-1]),
        y_range=(-1.15, 1.2),
        letters=44 if narrow() else 160,
        font_size=font_size(),
    )


def _here(z: float, found: trace.Curve) -> list[Point]:
    """Return the point one is at on tanh and on its slope, with labels away from both curves."""
    i = int(np.abs(found.x - z).argmin())
    side, level = ("right", "bottom") if z > 0 else ("left", "top")
    sign = "≈" if z else "="  # tanh of no other number of so few digits has an end
    told = f"tanh({z:g}) {sign} {found.y[i]:.4f}".replace("-", "−"), f"slope {found.slope[i]:.4f}"
    x, y, slope = found.x[i], found.y[i], found.slope[i]
    return [
        Point(x, y, told[0], palette.ACTIVATIONS_TEXT, beside=f"{level} {side}"),
        Point(x, slope, told[1], palette.LOSS_TEXT, "diamond", beside=f"top {side}"),
    ]


def _neurons(step: trace.ForwardPass, end: float) -> list[Point]:
    """Return where every neuron of the hidden layer stands on the curve, and say how many stand beyond."""
    beyond = int((np.abs(step.preactivation) > end).sum())
    name = f"the {len(step.h)} neurons after {' '.join(context(step))}"
    name += f", {beyond} of them beyond ±{end:g}" if beyond else ""
    look: dict[str, Any] = {"color": palette.ACTIVATIONS, "size": 11, "name": name}
    return [
        Point(float(a), float(b), title=f"{a:.3f} → {b:.3f}".replace("-", "−"), **look)
        for a, b in zip(step.preactivation, step.h, strict=True)
    ]


def curve_alt(z: float) -> str:
    """Return one sentence that reads the point on the curve."""
    return f"tanh of {z:g} is {np.tanh(z):.4f} and its slope there {1 - np.tanh(z) ** 2:.4f}."


def activations_grid(sex: str, recipe: str, time: str, size: int, seed: int, view: str) -> None:
    """Draw the hidden layer for a batch: a row an example, a column a neuron."""
    found = saturation(sex, recipe, time, size, seed)
    values = found.h if view == "h" else found.saturated.astype(np.uint8)
    role, shade = ("activations", "auto") if view == "h" else ("loss", "sequential")
    rows = batch_labels(sex, size, seed)
    title = f"h {size} × {found.h.shape[1]}" if view == "h" else f"saturated: |h| > {trace.SATURATED}"
    drawn = Matrix(values, view, role, rows=rows, title=title, scale_max=1.0, shade=shade)
    alt = f"The activations of {size} examples and {found.h.shape[1]} neurons; {_stuck(found)}."
    grid([drawn], key="mlp_activations", alt=alt)


def numbers(found: trace.Saturation) -> dict[str, str]:
    """Return what is saturated, and the loss beside that of a uniform guess."""
    return {
        "saturated": f"{found.share_saturated:.1%}",
        f"neurons saturated for all {len(found.h)}": f"{found.throughout.sum()} of {len(found.throughout)}",
        f"loss on {len(found.h)}; uniform: {found.uniform_loss:.2f}": f"{found.loss:.2f}",
    }


def bound() -> str:
    """Say what counts as saturated."""
    passes = 1 - trace.SATURATED**2
    flat = f"where tanh lets through less than {passes:.0%} of a gradient"
    return f"Saturated, in red: beyond ±{trace.SATURATED:g}, {flat}."


def summary(found: trace.Saturation) -> str:
    """Return in one line what is stuck, and the loss beside that of knowing nothing."""
    letters = round(float(np.exp(found.uniform_loss)))
    return (
        f"{_stuck(found)}, {found.throughout.sum()} of {len(found.throughout)} neurons for all "
        f"{len(found.h)} examples; "
        f":red[loss {found.loss:.2f}], knowing nothing: ln {letters} ≈ {found.uniform_loss:.2f}"
    )


def verdict(found: trace.Saturation, sex: str, recipe: str, time: str) -> str:
    """Return in one sentence what a start is like, or how good the trained model became."""
    if time == "after":
        losses = _trained(sex, recipe).meta["losses"]
        told = f"Over all names: loss {losses['train']:.2f} on train, {losses['dev']:.2f} on dev"
        return f"{told}, most of it dropout's doing." if recipe == "better" else f"{told}."
    if found.loss > 1.5 * found.uniform_loss:
        return ":red[Confidently wrong; where h is saturated, hardly any gradient comes through.]"
    return "It knows nothing yet, and says so; tanh is free to move."


def _trained(sex: str, recipe: str) -> Checkpoint:
    return checkpoint(f"{sex}-mlp-talk" if recipe == "talk" else f"{sex}-mlp")


def _stuck(found: trace.Saturation) -> str:
    return f"{found.share_saturated:.1%} of the activations are saturated (beyond ±{trace.SATURATED:g})"


def histogram_picture(found: trace.Saturation, layer: str, most: float) -> go.Figure:
    """Draw where the numbers of a layer lie, before or after tanh."""
    limit = trace.SATURATED if layer == "h" else float(np.arctanh(trace.SATURATED))
    drawn = _histogram(found, layer)
    return histogram(drawn, x_title=LAYERS[layer], beyond=limit, most=most, font_size=font_size())


def histogram_alt(found: trace.Saturation, layer: str, recipe: str) -> str:
    """Return one sentence that tells the histogram."""
    return outermost(f"Activations of {RECIPES[recipe]}", _histogram(found, layer))


def highest(found: list[trace.Saturation], layer: str) -> float:
    """Return the share at which the axes of several histograms end."""
    return 1.08 * max(float(_histogram(one, layer).shares.max()) for one in found)


def _histogram(found: trace.Saturation, layer: str) -> Histogram:
    if layer == "sum":
        return Histogram("sum", found.preactivation_edges, found.preactivation_counts)
    return Histogram("h", found.edges, found.counts)
