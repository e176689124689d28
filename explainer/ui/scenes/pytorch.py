"""What the PyTorch chapter shows: indexing, memory and the loss, on the tensors of a trained perceptron."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import streamlit as st
import torch
from torch import Tensor

from explainer import names
from explainer.components.grid import Cell, Copies, Link, Matrix, Same, SameRow, Stage, Stages, grid
from explainer.traces import mlp as perceptron
from explainer.traces import pytorch as trace
from explainer.ui import widgets
from explainer.ui.source import cached
from explainer.ui.trained import checkpoint
from explainer.ui.words import Source, dotted, typed_name, word_list
from explainer.wording import pytorch as wording
from explainer.wording.numerals import number

OWN = "own"
INDEXES = {
    "C[1]": "C[1]",
    "C[1, 2]": "C[1, 2]",
    "C[[1, 2]]": "C[[1, 2]]",
    "C[X]": "C[X]",
    "C[40]": "C[40]",
    OWN: "your own",
}
VIEWS = {
    "emb.view(5, 6)": ".view(5, 6)",
    "emb.view(30)": ".view(30)",
    "emb.view(2, 3, -1)": ".view(2, 3, -1)",
    "emb.t()": ".t()",
    "emb.t().view(30)": ".t().view(30)",
    "emb.view(4, 7)": ".view(4, 7)",
    OWN: "your own",
}
TOLD = {
    "C[1]": "One number: one row of C.",
    "C[1, 2]": "One element, in row 1 and column 2. The slide says rows 1 and 2: that is C[[1, 2]].",
    "C[[1, 2]]": "A list of numbers: rows 1 and 2.",
    "C[X]": "A tensor of numbers: a row of C for every number in X. This is the whole look-up.",
    "emb.view(30)": "The same row of memory, read in one go: the same numbers, nothing is copied.",
    "emb.view(5, 6)": "Any shape whose sizes multiply to 30 will do: only the steps change.",
    "emb.view(2, 3, -1)": "−1 means: work it out. 30 / (2 · 3) = 5.",
    "emb.t()": "Turned over without moving a number: only the steps are swapped.",
}
LINES = {
    "counts": "1  counts",
    "prob": "2  prob",
    "loss": "3  loss",
    "safe": "F.cross_entropy",
}
CODE = {
    "counts": "counts = logits.exp()",
    "prob": "prob = counts / counts.sum(1, keepdims=True)",
    "loss": "loss = -prob[torch.arange(B), Y].log().mean()",
    "safe": "loss = F.cross_entropy(logits, Y)",
}
FACTORS = (1, 3, 10, 30, 100)
Lit = tuple[int, int | None, int | None]  # of which matrix, in which row and column
MOST_ROWS, MOST_COLUMNS = 40, 60  # of a result that are drawn


@dataclass(frozen=True)
class Answer:
    """What became of an expression: what PyTorch made of it, or why it was not even asked."""

    outcome: trace.Outcome | None
    refusal: str = ""


# --- computed by the traces -------------------------------------------------------------------------


def _windows(name: str) -> perceptron.Windows:
    return perceptron.windows(name, names.VOCABULARY, 3)


def _tensors(name: str) -> dict[str, Tensor]:
    """Return the tensors that may be named: C, the numbers X of a name, and what was last looked up."""
    C, X = checkpoint("girls-mlp").model.C.detach(), torch.from_numpy(_windows(name).contexts)
    return {"C": C, "X": X, "emb": C[X[-1]]}


def _evaluate(expression: str, name: str) -> Answer:
    try:
        return Answer(trace.evaluate(expression, _tensors(name)))
    except trace.BadExpression as error:
        return Answer(None, str(error))


def _cross_entropy(name: str, factor: float) -> trace.CrossEntropy:
    slid, loaded = _windows(name), checkpoint("girls-mlp")
    logits, _ = loaded.model(torch.from_numpy(slid.contexts))  # (N, V)
    return trace.cross_entropy(factor * logits, torch.from_numpy(slid.targets))


windows = cached(_windows, perceptron.windows, pool="typed")
evaluate = cached(_evaluate, trace.evaluate, trace.memory, pool="typed")
cross_entropy = cached(_cross_entropy, trace.cross_entropy, pool="typed")


# --- the controls -----------------------------------------------------------------------------------


def name() -> str:
    """Draw the field for a name; the most frequent one stands in for it."""
    return typed_name(word_list(Source()), "name", key="pytorch_name")


def expression(label: str, options: Mapping[str, str], first: str, *, key: str) -> str:
    """Draw a choice of expressions and, if asked for, the field for one's own."""
    given = [option for option in options if option != OWN]
    chosen = widgets.choice(label, options, key=key, stages=given)
    if chosen != OWN:
        return chosen
    return widgets.text("an expression with C, X, emb", first, key=f"{key}_own", max_chars=60) or first


# --- indexing and views -----------------------------------------------------------------------------


def said(expression: str, answer: Answer, along: bool = False) -> None:
    """Say what came out, or PyTorch's own message and what it means.

    Args:
        along: whether the words stand above a wide picture, and not beside it.
    """
    asked, meant = st.columns((1, 2), gap="large") if along else (st.container(), st.container())
    with asked:
        st.code(expression, language=None, wrap_lines=True)
    with meant:
        _meant(expression, answer)


def _meant(expression: str, answer: Answer) -> None:
    """Say what became of an expression in plain words."""
    outcome = answer.outcome
    if outcome is None:
        st.text(answer.refusal)
    elif (result := outcome.result) is None:
        st.code(outcome.error, language=None, wrap_lines=True)
        st.text(wording.explanation(outcome))
    else:
        sizes = f"shape {list(result.shape)}, strides {list(result.strides)}"
        told = [sizes, TOLD.get(expression, ""), wording.explanation(outcome), _memory_words(result)]
        st.markdown("  \n".join(filter(None, told)))


def looked_up(name: str) -> str:
    """Say what ``emb`` is: the last rows that were looked up for a name."""
    slid = windows(name)
    read, shape = " ".join(dotted(slid.context_texts[-1])), _tensors(name)["emb"].shape
    sizes = f"{' × '.join(map(str, shape))} = {shape.numel()}"
    return f"`emb = C[X[-1]]`: the rows of C for {read}, {sizes} numbers."


def index_grid(expression: str, answer: Answer, name: str) -> None:
    """Draw the tensor that an expression begins with, what it takes out of it, and the result."""
    first, source = _first(answer, "C", name)
    drawn, links = [source], []
    lit: list[Lit] = []
    at = None
    if answer.outcome and answer.outcome.result:
        result = answer.outcome.result
        drawn.append(_shaded(_laid_out(result.values, "result", place=(0, 2)), source.values))
        origin = _laid_out(result.origin, "origin").values.astype(np.int64)
        links.append(Copies(0, 1, origin))
        lit = _cells(answer.outcome.picked.reshape(source.values.shape))
        at = _lens_at(drawn[1].values, origin, lit[-1], source.values.shape[1]) if lit else None
    if "X" in expression and first != "X":
        slid = windows(name)
        rows = [dotted(text) for text in slid.context_texts]
        drawn.append(Matrix(slid.contexts, "X", "input", (0, 1), rows=rows, cols=_numbers(3), shade="none"))
    stages = Stages([Stage("", lit)])
    told = f"{first} and what the expression takes out of it."
    grid(drawn, key=f"pytorch_index_{first}", alt=told, links=links, frames=stages, panel=False, lens_at=at)


def _lens_at(values: np.ndarray, origin: np.ndarray, lit: Lit, width: int) -> Cell | None:
    """Return the largest number of a result that comes from what is lit last: there stands the other lens."""
    _, row, col = lit
    there = (origin >= 0) & (origin // width == row) & ((col is None) | (origin % width == col))
    if not there.any():
        return None
    sizes = np.where(there, np.abs(values), -1.0)
    return Cell(1, *map(int, np.unravel_index(int(sizes.argmax()), sizes.shape)))


def view_grid(answer: Answer, name: str) -> None:
    """Draw the one row of memory, and above it the tensor that an expression makes of it."""
    tensors = _tensors(name)
    memory = trace.memory(tensors["emb"])
    outcome = answer.outcome
    if outcome and outcome.result:
        memory = outcome.result
    elif outcome:
        memory = outcome.steps[-1].memory
    row = Matrix(memory.storage[None, :MOST_COLUMNS], "memory", "input", (1, 0), cols=_places(memory))
    tensor = _laid_out(memory.values, "tensor", "activations", (0, 0))
    drawn = [_shaded(one, memory.storage) for one in (row, tensor)]
    places = _laid_out(memory.positions, "places").values.astype(np.int64)
    links: list[Link] = [Copies(0, 1, np.where(places < row.values.shape[1], places, -1))]
    told = f"A tensor of shape {list(memory.shape)} above the row of memory in which it lies."
    grid(drawn, key="pytorch_memory", alt=told, links=links)


def _first(answer: Answer, usual: str, name: str) -> tuple[str, Matrix]:
    """Return the name and the matrix of the tensor that an expression begins with."""
    first = answer.outcome.steps[0] if answer.outcome else None
    called = first.code if first else usual
    values = first.memory.values if first else _tensors(name)[usual].numpy()
    symbols = [dotted(symbol) for symbol in names.VOCABULARY.symbols]
    labels = [f"{i} {symbol}" for i, symbol in enumerate(symbols)] if called == "C" else _numbers(len(values))
    labels = [label.replace(" ", ":") for label in labels]
    role = "input" if called == "X" else "weights"
    return called, Matrix(values, called, role, (0, 0), rows=labels, cols=_numbers(values.shape[1]))


def _laid_out(
    values: np.ndarray, called: str, role: str = "activations", place: tuple[int, int] = (0, 0)
) -> Matrix:
    """Return a tensor of any shape as a matrix: its last dimension along, all others below each other."""
    flat = values.reshape(-1, values.shape[-1]) if values.ndim > 1 else values.reshape(1, -1)
    if not flat.size:
        flat, values = np.full((1, 1), np.nan), np.empty((1, 1))
    rows = [",".join(map(str, i)) for i in np.ndindex(values.shape[:-1])] if values.ndim > 1 else []
    flat, rows = flat[:MOST_ROWS, :MOST_COLUMNS], rows[:MOST_ROWS]
    title = f"{called} {list(values.shape)}"
    return Matrix(flat, called, role, place, rows=rows, cols=_numbers(flat.shape[1]), title=title)


def _shaded(matrix: Matrix, values: np.ndarray) -> Matrix:
    """Return a matrix on the scale of the values that it was taken from: a number keeps its shade."""
    return replace(matrix, scale_max=float(np.abs(values).max()))


def _cells(picked: np.ndarray) -> list[Lit]:
    """Return what is lit of a matrix: whole rows where all of a row was taken, else the cells."""
    whole = [(0, i, None) for i in range(len(picked)) if picked[i].all()]
    parts = [(0, int(i), int(j)) for i, j in zip(*picked.nonzero(), strict=True) if not picked[i].all()]
    return [*whole, *parts]


def _memory_words(result: trace.Memory) -> str:
    shared = "It lies in the same memory: nothing was copied." if result.shared else "It is a copy."
    order = "" if result.contiguous else " Its neighbours do not lie side by side."
    letters = "ijklmnop"[: len(result.shape)]
    steps = [f"{step}·{letter}" for step, letter in zip(result.strides, letters, strict=True)]
    place = " + ".join([str(result.offset)] * bool(result.offset or not steps) + steps)
    told = f"Element {', '.join(letters)}" if letters else "It"
    return f"{shared}{order}  \n:gray[{told} stands at place {place}.]"


def _numbers(count: int) -> list[str]:
    return [str(i) for i in range(count)]


def _places(memory: trace.Memory) -> list[str]:
    return _numbers(min(len(memory.storage), MOST_COLUMNS))


# --- cross-entropy ----------------------------------------------------------------------------------

View = tuple[list[Matrix], list[Link], list[Lit]]  # what is drawn, what belongs together, what is lit


def loss_grid(found: trace.CrossEntropy, slid: perceptron.Windows, line: str) -> None:
    """Draw what one line of code reads and computes, example by example."""
    logits, counts, totals, prob, picked, logs, _ = found.stages
    truth = [(int(i), int(t)) for i, t in enumerate(slid.targets)]
    rows = [f"{dotted(c)}→{dotted(t)}" for c, t in zip(slid.context_texts, slid.target_texts, strict=True)]
    views: dict[str, Callable[[], View]] = {
        "counts": lambda: (
            [_step(logits, "logits", rows, (0, 0)), _step(counts, "counts", rows, (1, 0))],
            [Same((0, 1))],
            [],
        ),
        "prob": lambda: (
            [
                _step(counts, "counts", rows, (0, 0)),
                _step(totals, "sum", rows, (0, 1)),
                _step(prob, "prob", rows, (1, 0)),
            ],
            [SameRow((0, 1, 2))],
            [],
        ),
        "loss": lambda: (
            [
                _step(prob, "prob", rows, (0, 0)),
                _step(picked, "p", rows, (0, 1)),
                _step(logs, "−ln p", rows, (0, 2)),
            ],
            [SameRow((0, 1, 2))],
            [(0, i, t) for i, t in truth],
        ),
        "safe": lambda: (
            [
                _step(found.safe_stages[3], "log_prob", rows, (0, 0)),
                _step(found.safe_stages[4], "−ln p", rows, (0, 1)),
            ],
            [SameRow((0, 1))],
            [(0, i, t) for i, t in truth],
        ),
    }
    drawn, links, lit = views[line]()
    stages = Stages([Stage("", lit)])
    told = f"What “{CODE[line]}” reads and computes, a row for each of {len(rows)} examples."
    look: dict[str, Any] = {"panel": False, "lens_at": _broken(drawn)}
    grid(drawn, key=f"pytorch_loss_{line}", alt=told, links=links, frames=stages, **look)


def _broken(drawn: list[Matrix]) -> Cell:
    """Return what a lens opens on: the first number that broke, or the largest of what was computed last."""
    for i, matrix in enumerate(drawn):
        if matrix.instead:
            return Cell(i, *next(iter(matrix.instead)))
    i = next(i for i in reversed(range(len(drawn))) if drawn[i].values.shape[1] > 1)
    row, col = np.unravel_index(int(drawn[i].values.argmax()), drawn[i].values.shape)
    return Cell(i, int(row), int(col))


def loss_words(found: trace.CrossEntropy, line: str) -> None:
    """Show beside the picture the line of code, and the loss by three lines and by F.cross_entropy."""
    st.code(CODE[line], language=None, wrap_lines=True)
    st.metric("the three lines", "nan" if found.loss is None else f"{found.loss:.5f}")
    st.metric("F.cross_entropy", f"{found.reference:.5f}")
    if found.loss is None:
        st.markdown(f":red[{wording.why_it_broke(found)}]")
    else:
        st.markdown(f":gray[They differ by {number(abs(found.loss - found.reference))} nats.]")


ROLES = {"logits": "activations", "log_prob": "activations", "−ln p": "loss"}
SIGNS = {"inf": "∞", "-inf": "−∞"}
SHADED = {"−ln p": "sequential"}


def _step(stage: trace.Stage, called: str, rows: list[str], place: tuple[int, int]) -> Matrix:
    """Return a tensor of the computation as a matrix; ∞ and nan stand in the cells that hold no number."""
    values = np.where(stage.broken, np.nan, stage.values)
    values = values[:, None] if values.ndim == 1 else values
    labels = stage.labels.reshape(values.shape)
    broken = np.argwhere(stage.broken.reshape(values.shape)).tolist()
    instead = {(i, j): SIGNS.get(labels[i, j], labels[i, j]) for i, j in broken}
    symbols = [dotted(symbol) for symbol in names.VOCABULARY.symbols]
    return Matrix(
        values,
        called,
        ROLES.get(called, "probabilities"),
        place,
        rows=rows if place[1] == 0 else (),
        cols=symbols if values.shape[1] == len(symbols) else (),
        shade=SHADED.get(called, "auto"),
        instead=instead,
    )
