"""What the matrix multiplication chapter shows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
import streamlit as st

from explainer.components.grid import (
    Cell,
    Edit,
    Link,
    Matrix,
    Product,
    Stage,
    Stages,
    Values,
    Walk,
    grid,
)
from explainer.figures import plane
from explainer.traces import matrix_multiplication as trace
from explainer.traces import neuron
from explainer.training import network as training
from explainer.ui import widgets
from explainer.ui.blocks import chart, explained
from explainer.ui.source import cached, with_source
from explainer.ui.stage import controls
from explainer.ui.window import font_size, narrow
from explainer.wording import matrix_multiplication as wording
from explainer.wording import neuron as said_of_neurons

# Falk's scheme on the talk's slide: B above, A to the left, the product where they cross.
A_TEXT = "2 -1 0.5\n1 0 3"
B_TEXT = "1 4 -2 0\n3 0.5 1 -1\n0 2 -1 2"
FALK = {"A": (1, 0), "B": (0, 1), "A·B": (1, 1)}
ROLE = {"A": "input", "B": "weights", "A·B": "activations"}

# The layer of the talk's slide: two inputs, three neurons.
LAYER_WEIGHTS = np.array([[0.5, -1.0, 2.0], [1.5, 1.0, -0.5]])
LAYER_NAMES = (["x₁", "x₂"], ["Y₁", "Y₂", "Y₃"])
MORE_INPUTS = np.array([[0.5, -1.0], [-1.0, 1.5], [2.0, 0.0], [0.0, 1.0], [-2.0, -0.5]])

Notes = Mapping[tuple[int, int], str]

WAYS = {
    "dots": "dot products",
    "rows": "rows",
    "columns": "columns",
    "outer": "outer products",
}

multiply = with_source(trace.multiply)
shape_rule = with_source(trace.shape_rule)
four_views = with_source(trace.four_views, trace.multiply)
layer = with_source(trace.layer, trace.multiply)
multiplication_counts = with_source(trace.multiplication_counts, trace.gpt_multiplications)


SHOWN_TERMS = 24  # scaled numbers in a row of the picture beyond which no digit could be read
ALONE = "no partner"


@dataclass(frozen=True)
class Pair:
    """The visitor's two matrices as they were read."""

    A: trace.Parsed
    B: trace.Parsed

    @property
    def rule(self) -> trace.ShapeRule:
        """Whether they can be multiplied."""
        return shape_rule(self.A.values.shape, self.B.values.shape)

    @property
    def messages(self) -> list[str]:
        """What is to be said about them; nothing, if all is well."""
        shapes = self.A.values.shape, self.B.values.shape
        said = [wording.fault(self.A.fault), wording.fault(self.B.fault)]
        said += [] if self.rule.fits else [wording.shape_rule(*shapes)]
        return [message for message in said if message]


def typed() -> Pair:
    """Offer A and B to be typed or pasted, and return them; a link carries them along.

    The fields open at the right end of the row: neither A nor B lies below them.
    """
    with controls():
        st.space("stretch")
        place = st.popover("Type or paste A and B")
    with place:
        A = trace.parse_matrix(widgets.lines("A, one row a line", A_TEXT, key="mm_a", max_chars=2000))
        B = trace.parse_matrix(widgets.lines("B, one row a line", B_TEXT, key="mm_b", max_chars=2000))
    return Pair(A, B)


def falk(pair: Pair, *, key: str, play: bool = False, editable: bool = False) -> None:
    """Draw A, B and their product in Falk's scheme; if they do not fit, say why and keep both."""
    alone_a, alone_b = alone(pair.A.values.shape, pair.B.values.shape)
    matrices = [_matrix("A", pair.A, editable, alone_a), _matrix("B", pair.B, editable, alone_b)]
    links: list[Link] = []
    frames: Walk | None = None
    said: list[str] = []
    opens: Cell | None = None
    if pair.rule.fits:
        product = multiply(pair.A.values, pair.B.values)
        matrices.append(_plain("A·B", product.result))
        links.append(Product(0, 1, 2, product.products, product.partial))
        if play:
            frames, said = Walk(0), wording.cell_by_cell(product)
        else:
            opens = Cell(2, 0, 0)
    with explained(pair.messages):
        edited = _edited if editable else None
        first_cell = pair.A.values.shape[1] if frames else 0
        grid(
            matrices, key=key, alt=_alt(pair), links=links, frames=frames, captions=said, start=first_cell,
            opens=opens, on_edit=edited,
        )  # fmt: skip


def shapes(a_shape: tuple[int, int], b_shape: tuple[int, int], *, key: str) -> None:
    """Draw the outlines of two matrices and, if they fit, of their product; say why."""
    rule = shape_rule(a_shape, b_shape)
    alone_a, alone_b = alone(a_shape, b_shape)
    matrices = [_outline("A", a_shape, alone_a), _outline("B", b_shape, alone_b)]
    links: list[Link] = []
    if rule.shape is not None:
        matrices.append(_outline("A·B", rule.shape))
        links.append(Product(0, 1, 2))
    told = wording.shape_rule(a_shape, b_shape)
    with explained([told], good=rule.fits):
        grid(matrices, key=key, alt=told, links=links, panel=False)


def alone(a_shape: tuple[int, int], b_shape: tuple[int, int]) -> tuple[Notes, Notes]:
    """Return, by row and column, which cells of A and of B find no partner, and that this is so."""
    paired = min(a_shape[1], b_shape[0])
    left = {(i, k): ALONE for i in range(a_shape[0]) for k in range(paired, a_shape[1])}
    right = {(k, j): ALONE for k in range(paired, b_shape[0]) for j in range(b_shape[1])}
    return left, right


def change_shape() -> None:
    """Offer to add and to take off rows and columns, random numbers, and the matrices of the talk."""
    with controls():
        with st.popover("Rows and columns"):
            for key, name in (("mm_a", "A"), ("mm_b", "B")):
                _more_or_less(key, name)
        widgets.action("random", _randomise, key="mm_random", primary=False)
        widgets.action("as in the talk", _reset, key="mm_reset", primary=False)


def _more_or_less(key: str, name: str) -> None:
    with st.container(horizontal=True):
        for axis, what in enumerate(("row", "column")):
            for by, sign in ((1, "+"), (-1, "−")):
                act = partial(_resize, key, axis, by)
                widgets.action(f"{name} {sign} {what}", act, key=f"{key}_{what}_{by}", primary=False)


def _typed_text(key: str) -> str:
    return st.session_state.get(key) or {"mm_a": A_TEXT, "mm_b": B_TEXT}[key]


def _resize(key: str, axis: int, by: int) -> None:
    values = trace.resized(trace.parse_matrix(_typed_text(key)).values, axis, by)
    st.session_state[key] = trace.format_matrix(values)


def _randomise() -> None:
    for key in ("mm_a", "mm_b"):
        shape = trace.parse_matrix(_typed_text(key)).values.shape
        st.session_state[key] = trace.format_matrix(
            np.random.default_rng().integers(-4, 5, shape).astype(float)
        )


def _reset() -> None:
    st.session_state.update(mm_a=A_TEXT, mm_b=B_TEXT)


def view(pair: Pair, way: str, *, key: str) -> None:
    """Draw A · B in one of four ways to see it: dot products, rows, columns or outer products."""
    if not pair.rule.fits:
        falk(pair, key=key)
        return
    if way != "dots" and _readable(pair, way):
        _scaled(pair, way, key)
        return
    if way == "outer":
        _layers(pair, key)
        return
    product = multiply(pair.A.values, pair.B.values)
    matrices = [_matrix("A", pair.A, False), _matrix("B", pair.B, False), _plain("A·B", product.result)]
    links = (Product(0, 1, 2, product.products, product.partial),)
    stages = _STAGES[way](pair, product.result)
    frames = Stages(_filled(stages, so_far(pair, way)))
    grid(matrices, key=key, alt=f"{_alt(pair)} Seen as {WAYS[way]}.", links=links, frames=frames)


def so_far(pair: Pair, way: str) -> np.ndarray:
    """Return A · B after every stage of a way to see it, NaN where nothing stands yet: (S, n, m)."""
    views = four_views(multiply(pair.A.values, pair.B.values))
    if way == "outer":
        return views.layer_sums
    result = views.dots.sum(2)  # (n, m)
    n, m = result.shape
    order = {"dots": np.arange(n * m).reshape(n, m), "rows": np.arange(n)[:, None], "columns": np.arange(m)}
    stages = np.arange(order[way].size)[:, None, None]
    return np.where(order[way] <= stages, result, np.nan)


def _filled(stages: Sequence[Stage], products: np.ndarray) -> list[Stage]:
    return [replace(stage, values={2: there}) for stage, there in zip(stages, products, strict=True)]


def inputs(x1: float, x2: float, count: int) -> np.ndarray:
    """Return a batch (count, 2) that begins with the visitor's input."""
    return np.vstack([[x1, x2], MORE_INPUTS])[:count]


def written_out(layer: trace.Layer) -> str:
    """Return how the first number of the first output comes about, as on the talk's slide."""
    return f"Y₁ = x₁·w₁₁ + x₂·w₂₁ = {wording.formula(layer, 0, 0).removeprefix('Y₁ = ')}"


MOVED = 0.4  # the least distance of a shown point from the axes: two lines part what is left of XOR
OPENS = 3  # the picture of the plane that is seen first: it has begun to move


def _moved(bend: str, seed: int) -> tuple[neuron.Motion, np.ndarray, float]:
    X, y = training.data_set("xor")
    far = np.abs(X).min(1) > MOVED
    record = training.train(X[far], y[far], bend, n_hidden=2, seed=seed)
    return neuron.motion(record, X[far]), y[far], float(record.accuracy[-1])


moved = cached(_moved, neuron.motion, training.train)


def plane_in_motion(bend: str, seed: int, *, key: str) -> None:
    """Draw the plane while the first layer of a trained 2–2–1 network moves and bends it."""
    motion, classes, right = moved(bend, seed)
    figure = plane.motion(
        motion.shares,
        motion.grid,
        motion.points,
        classes,
        motion.border,
        captions=said_of_neurons.motion_captions(motion.shares, right),
        at=OPENS,
        font_size=font_size(),
        narrow=narrow(),
    )
    chart(figure, plane.motion_alt(right), key=key)


def edge_texts(layer: trace.Layer) -> np.ndarray:
    """Return what stands on the edges for the first input: (I, O) texts such as ``× 0.5``."""
    return np.vectorize(lambda w: f"× {w:g}".replace("-", "−"))(layer.W)


def falk_layer(layer: trace.Layer, *, key: str) -> None:
    """Draw Y = X · W, one row of X for every input of the batch."""
    product = multiply(layer.X, layer.W)
    ins, outs = LAYER_NAMES
    matrices = [
        Matrix(layer.X, "X", "input", (1, 0), cols=ins, first=1, shade="none"),
        Matrix(layer.W, "W", "weights", (0, 1), rows=ins, shade="none"),
        Matrix(layer.Y, "Y", "activations", (1, 1), cols=outs, first=1, shade="none"),
    ]
    alt = f"Y = X · W: {len(layer.X)} inputs of two numbers each, through three neurons at once."
    links = (Product(0, 1, 2, product.products, product.partial),)
    grid(matrices, key=key, alt=alt, links=links, panel=False, opens=Cell(2, 0, 0))  # as drawn beside it


def named_counts(counts: Sequence[trace.MultiplicationCount]) -> dict[str, trace.MultiplicationCount]:
    """Return the counts by what they are of."""
    return {wording.counted(count): count for count in counts}


def odometer(counted: trace.MultiplicationCount) -> None:
    """Show how many multiplications it takes, written out, how long by hand, and how they are counted."""
    st.metric(wording.counted(counted), f"{counted.multiplications:,}", border=True)
    st.metric("by hand, one a second", duration(counted.multiplications), border=True)
    st.markdown(f":gray[{wording.how(counted)}]  \n:gray[Source: {wording.source(counted)}]")


def duration(seconds: int) -> str:
    """Return a time in the largest unit of which it has at least two, such as "24 seconds" or "375 years"."""
    units = [("year", 31_557_600), ("day", 86_400), ("hour", 3_600), ("minute", 60)]
    name, size = next(((name, size) for name, size in units if seconds >= 2 * size), ("second", 1))
    count = round(seconds / size)
    return f"{count:,} {name}{'' if count == 1 else 's'}"


@dataclass(frozen=True)
class Comparison:
    """The counts as bars; what takes no multiplication has no place on a logarithmic axis."""

    labels: list[str]
    lengths: list[int]
    texts: list[str]
    lit: list[int]


def comparison(counts: tuple[trace.MultiplicationCount, ...], name: str) -> Comparison:
    """Return the counts as bars, the chosen one lit."""
    some = [c for c in counts if c.multiplications]
    return Comparison(
        [wording.counted(c) for c in some],
        [c.multiplications for c in some],
        [f"{c.multiplications:,}" for c in some],
        [i for i, c in enumerate(some) if wording.counted(c) == name],
    )


def _edited(edit: Edit) -> None:
    key = ("mm_a", "mm_b")[edit.matrix]
    before = st.session_state.get(key, (A_TEXT, B_TEXT)[edit.matrix])
    after = trace.edit_matrix(before, edit.row, edit.col, edit.text)
    st.session_state[key] = after.text
    if after.fault:
        st.toast(wording.fault(after.fault))


def _matrix(name: str, parsed: trace.Parsed, editable: bool, alone: Notes | None = None) -> Matrix:
    notes = {**(alone or {}), **{cell: wording.fault(found) for cell, found in parsed.notes.items()}}
    look: dict[str, Any] = {"shade": "none", "first": 1, "notes": notes, "editable": editable}
    return Matrix(parsed.values, name, ROLE[name], FALK[name], **look)


def _plain(name: str, values: np.ndarray, notes: Notes | None = None) -> Matrix:
    return Matrix(values, name, ROLE[name], FALK[name], shade="none", first=1, notes=notes or {})


def _outline(name: str, shape: tuple[int, int], alone: Notes | None = None) -> Matrix:
    return _plain(name, np.full(shape, np.nan), alone)


def _alt(pair: Pair) -> str:
    (n, k), (rows, m) = pair.A.values.shape, pair.B.values.shape
    return f"A, {n} × {k}, to the left; B, {rows} × {m}, above; the product where they cross."


def _dot_stages(_pair: Pair, result: np.ndarray) -> list[Stage]:
    return [
        Stage(f"row {i + 1} of A · column {j + 1} of B", [(0, i, None), (1, None, j), (2, i, j)])
        for i, j in np.ndindex(result.shape)
    ]


def _row_stages(pair: Pair, result: np.ndarray) -> list[Stage]:
    return [
        Stage(
            f"row {i + 1} of A·B is a mixture of the rows of B",
            [(0, i, None), (1, None, None), (2, i, None)],
            formula=_mixture(pair.A.values[i], "row", "B"),
        )
        for i in range(len(result))
    ]


def _column_stages(pair: Pair, result: np.ndarray) -> list[Stage]:
    return [
        Stage(
            f"column {j + 1} of A·B is a mixture of the columns of A",
            [(0, None, None), (1, None, j), (2, None, j)],
            formula=_mixture(pair.B.values[:, j], "column", "A"),
        )
        for j in range(result.shape[1])
    ]


_STAGES = {"dots": _dot_stages, "rows": _row_stages, "columns": _column_stages}


def _mixture(weights: np.ndarray, what: str, of: str) -> str:
    terms = [f"{'−' if w < 0 else '+'} {abs(w):g} × {what} {k + 1}" for k, w in enumerate(weights)]
    return f"{' '.join(terms).removeprefix('+ ')} of {of}"


def _readable(pair: Pair, way: str) -> bool:
    """Return whether all scaled rows, columns or layers fit beside the product, their digits readable."""
    (n, k), m = pair.A.values.shape, pair.B.values.shape[1]
    return {"rows": n * m, "columns": m * k, "outer": k * m}[way] <= SHOWN_TERMS


def _scaled(pair: Pair, way: str, key: str) -> None:
    """Draw beside A · B what adds up to it: scaled rows, scaled columns or outer products, one by one."""
    product = multiply(pair.A.values, pair.B.values)
    parts = _parts(pair, four_views(product), way)
    above = way == "rows"  # a scaled row of B stands beside its row, all else beside A
    matrices = [_matrix("A", pair.A, False), _matrix("B", pair.B, False), _plain("A·B", product.result)]
    matrices += [
        Matrix(part.values, part.name, "activations", (0 if above else 1, 2 + i), part.rows, part.cols,
               first=1, shade="none", show_shape=False)
        for i, part in enumerate(parts)
    ]  # fmt: skip
    titles = _part_stages(pair, way, len(parts))
    later = range(3, 3 + len(parts))
    stages = [
        replace(stage, lit=[*stage.lit, (3 + i, None, None)], hidden=[j for j in later if j > 3 + i])
        for i, stage in enumerate(_filled(titles, so_far(pair, way)))
    ]
    alt = f"{_alt(pair)} Beside it the {WAYS[way]} that add up to it."
    grid(matrices, key=key, alt=alt, frames=Stages(stages))


@dataclass(frozen=True)
class Summand:
    """One of the matrices that a product is a sum of, or that hold the sums' terms."""

    name: str
    values: np.ndarray
    rows: Sequence[str] = ()
    cols: Sequence[str] = ()


def _parts(pair: Pair, views: trace.FourViews, way: str) -> list[Summand]:
    A, B = pair.A.values, pair.B.values
    if way == "rows":
        named = [[f"{_factor(w)}×" for w in row] for row in A]
        return [Summand(f"row {i + 1}", one, rows=named[i]) for i, one in enumerate(views.rows)]
    if way == "columns":
        named = [[f"{_factor(w)}×" for w in column] for column in B.T]
        return [Summand(f"column {j + 1}", one.T, cols=named[j]) for j, one in enumerate(views.columns)]
    return [Summand(f"{'+ ' if k else ''}outer product {k + 1}", one) for k, one in enumerate(views.layers)]


def _part_stages(pair: Pair, way: str, count: int) -> list[Stage]:
    if way != "outer":
        return _STAGES[way](pair, multiply(pair.A.values, pair.B.values).result)
    return [
        Stage(f"column {k + 1} of A × row {k + 1} of B: {_piled(k, count)}", [(0, None, k), (1, k, None)])
        for k in range(count)
    ]


def _piled(k: int, count: int) -> str:
    """Return what the outer product k of so many does to the sum in A · B."""
    if count == 1:
        return "the only outer product is A·B"
    if k == 0:
        return "the first outer product, alone in A·B"
    return "added to A·B" if k < count - 1 else "added to A·B, which is complete"


def _factor(value: float) -> str:
    return trace.EMPTY if np.isnan(value) else f"{value:g}".replace("-", "−")


def _layers(pair: Pair, key: str) -> None:
    sums = four_views(multiply(pair.A.values, pair.B.values)).layer_sums
    frames = np.concatenate([np.zeros_like(sums[:1]), sums])  # (K + 1, n, m)
    titles = ["nothing added yet"] + [f"+ column {k + 1} of A × row {k + 1} of B" for k in range(len(sums))]
    matrices = [_matrix("A", pair.A, False), _matrix("B", pair.B, False), _plain("A·B", frames[-1])]
    alt = f"{_alt(pair)} Built up as a sum of {len(sums)} outer products."
    grid(matrices, key=key, alt=alt, frames=Values(2, frames, titles, speed=0.8))
