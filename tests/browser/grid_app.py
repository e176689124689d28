"""Grids for the browser tests: ``?show=`` names one; what each shows is computed by the functions below."""

import sys
from functools import cache
from pathlib import Path

import numpy as np
import streamlit as st

ROOT = str(Path(__file__).resolve().parents[2])
if ROOT not in sys.path:
    sys.path.insert(0, ROOT)

from explainer import names  # noqa: E402
from explainer.components.grid import (  # noqa: E402
    Cell,
    Copies,
    Cross,
    Edit,
    Increments,
    Matrix,
    Product,
    Same,
    Stage,
    Stages,
    Values,
    Walk,
    grid,
)
from explainer.traces import bigram, matrix_multiplication  # noqa: E402

A = np.array([[2.0, -1.0, 0.5], [1.0, 0.0, 3.0]])
B = np.array([[1.0, 4.0, -2.0, 0.0], [3.0, 0.5, 1.0, -1.0], [0.0, 2.0, -1.0, 2.0]])


@cache
def fill_in() -> bigram.FillIn:
    """The girls' names of the register."""
    return bigram.fill_in(list(names.select(names.register())["name"]), names.VOCABULARY)


def letters() -> list[str]:
    """The symbols in the order of the count matrix."""
    return [names.VOCABULARY.decode([i]) for i in range(len(names.VOCABULARY))]


def activations() -> tuple[np.ndarray, np.ndarray]:
    """Two matrices of single precision, larger and less round than those of the talk."""
    draw = np.random.default_rng(7)
    return draw.normal(size=(3, 12)).astype(np.float32), draw.normal(size=(12, 5)).astype(np.float32)


def training() -> np.ndarray:
    """A matrix that moves from one random state to another, (41, 34, 34) float32."""
    draw = np.random.default_rng(3)
    first, last = draw.normal(size=(2, 34, 34))
    return (first + np.linspace(0, 1, 41)[:, None, None] * (last - first)).astype(np.float32)


def falk(left: np.ndarray, right: np.ndarray, **options) -> None:
    """A, B and A·B in Falk's scheme."""
    product = matrix_multiplication.multiply(left, right)
    matrices = [
        Matrix(left, "A", "input", (1, 0), shade="none", first=1),
        Matrix(right, "B", "weights", (0, 1), shade="none", first=1),
        Matrix(product.result, "A·B", "activations", (1, 1), shade="none", first=1),
    ]
    links = Product(0, 1, 2, product.products, product.partial)
    grid(matrices, key="falk", alt="A times B.", links=links, **options)


def walk() -> None:
    """Falk's scheme, multiplication by multiplication; a button changes one number."""
    changed = st.toggle("change", key="change")
    left = A.copy()
    left[0, 0] = 7.0 if changed else 2.0
    falk(left, B, frames=Walk(0))


def product() -> None:
    """A product of single precision without frames."""
    falk(*activations())


def counts(within: bool = False) -> None:
    """The count matrix fills in."""
    filled = fill_in()
    matrix = Matrix(filled.counts, "", "counts", rows=letters(), cols=letters(), show_shape=False)
    frames = Increments(0, filled.cells, filled.starts, filled.titles, within=within)
    grid([matrix], key="counts", alt="How often each pair of letters occurs.", links=Cross(0), frames=frames)


def trained() -> None:
    """Three matrices, two of which change together."""
    W = training()
    P = np.exp(W) / np.exp(W).sum(-1, keepdims=True)
    matrices = [
        Matrix(W[0], "W", "weights", (0, 0), rows=letters(), cols=letters()),
        Matrix(P[0], "P", "probabilities", (0, 1), rows=letters(), cols=letters()),
        Matrix(P[-1], "counted", "probabilities", (0, 2), rows=letters(), cols=letters()),
    ]
    titles = [f"step {i}" for i in range(len(W))]
    grid(
        matrices,
        key="trained",
        alt="Weights while they are trained.",
        links=Same((0, 1, 2)),
        frames=[Values(0, W, titles), Values(1, P)],
    )


def editable() -> None:
    """A matrix that can be edited; what was typed and locked is written below it."""
    values = st.session_state.setdefault("values", np.arange(64.0).reshape(8, 8) / 2 - 10)
    notes = st.session_state.setdefault("notes", {})
    log = st.session_state.setdefault("log", [])

    def edited(edit: Edit) -> None:
        log.append(repr(edit))
        for i, line in enumerate(edit.text.split("\n")):
            for j, text in enumerate(line.split("\t")):
                _write(values, notes, (edit.row + i, edit.col + j), text)

    def clicked(cell: Cell) -> None:
        log.append(repr(cell))

    matrix = Matrix(values, "A", "input", shade="none", notes=notes, editable=True)
    locked = grid([matrix], key="editable", alt="Numbers to change.", on_edit=edited, on_click=clicked)
    st.text("\n".join([*log, f"locked {locked}", f"sum {np.nansum(values):g}"]))


def _write(values: np.ndarray, notes: dict, place: tuple[int, int], text: str) -> None:
    notes.pop(place, None)
    try:
        values[place] = float(text.replace("−", "-"))
    except ValueError:
        values[place] = np.nan
        notes[place] = f"“{text}” is not a number"


def script() -> None:
    """A script of three stages."""
    stages = [
        Stage("First A.", [(0, None, None)], [1]),
        Stage("Then B.", [(1, None, 2)], formula="A · B"),
        Stage("A cell.", [(1, 0, 1)]),
    ]
    matrices = [Matrix(A, "A", "input"), Matrix(B, "B", "weights", (0, 1))]
    grid(matrices, key="script", alt="Two matrices.", frames=Stages(stages))


def copies() -> None:
    """Three rows of B, one of them twice, and a cell that came from nowhere."""
    rows = np.array([2, 0, 2])
    origin = 4 * rows[:, None] + np.arange(4)  # (3, 4)
    origin[1, 3] = -1
    matrices = [Matrix(B, "B", "weights"), Matrix(B[rows], "B[rows]", "activations", (0, 1))]
    grid(matrices, key="copies", alt="Rows that were looked up.", links=Copies(0, 1, origin))


SHOWS = {
    "walk": walk,
    "product": product,
    "counts": counts,
    "pairs": lambda: counts(within=True),
    "trained": trained,
    "editable": editable,
    "script": script,
    "copies": copies,
}

if __name__ == "__main__":
    st.set_page_config(layout="wide")
    SHOWS[st.query_params.get("show", "walk")]()
