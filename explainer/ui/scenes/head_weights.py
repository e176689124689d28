"""How a head's q, k and v are made of what it reads, and what it writes into the residual stream."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import streamlit as st

from explainer.components.grid import Matrix, Same, Stage, Stages
from explainer.models.gpt import GPT
from explainer.traces import head_weights as trace
from explainer.traces.gpt import Trace
from explainer.ui import window
from explainer.ui.source import with_source

# Numbers of a vector in a line, where x meets three matrices and where the stream is written; of a pair for a
# projector and for a phone:
MADE, WRITTEN = (32, 16), (16, 12)
ROLES = {"q": "input", "k": "weights", "v": "activations"}  # as they are drawn when they meet
DIFFERENT = """
- **Position:** ours adds a vector to the token’s, once. Llama turns q and k by an angle that grows with the place: RoPE.
- **Bias:** GPT-2 adds one to q, k and v; ours and Llama’s have none.
- **Shared keys:** in Llama 3, four queries share one key and one value, so that the cache stays small.
- **Norm:** Llama divides by the root mean square and does not centre: RMSNorm.
- **Window:** in Mistral 7B a head looks back 4,096 tokens at most.
- **FlashAttention:** the same numbers in tiles; the pattern is never written down.
"""  # noqa: E501
SOURCES = (
    ":gray[Su et al. 2021; Radford et al. 2019; Ainslie et al. 2023; Zhang and Sennrich 2019; "
    "Jiang et al. 2023; Dao et al. 2022.]"
)

made = with_source(trace.made, trace.input_weights)
written = with_source(trace.written)


@dataclass(frozen=True)
class Place:
    """A head, counted from 0, and two characters with what they are called: which asks, which is asked."""

    layer: int
    head: int
    query: int
    key: int
    asks: str
    asked: str


def differences() -> None:
    """Draw what the big models do differently, a line each."""
    with st.popover("In the big ones"):
        st.markdown(DIFFERENT)
        st.markdown(SOURCES)


def made_grid(model: GPT, traced: Trace, chosen: Place) -> tuple:
    """Return a grid of x · W_q, x · W_k and x · W_v, each with all products of its largest number."""
    sums = made(model, traced, chosen.layer, chosen.head, chosen.query, chosen.key)
    names = {"q": chosen.asks, "k": chosen.asked, "v": chosen.asked}
    told = {
        "q": f"x is what layer {chosen.layer + 1} reads at {chosen.asks}. Times a column of W_q, added up: "
        "one number of the query.",
        "k": f"The key of {chosen.asked}, what it offers: x from there, times W_k.",
        "v": "Its value, what it has to tell: the same x, times W_v.",
    }  # fmt: skip
    drawn, links, steps = [], [], []
    for i, (kind, found) in enumerate(sums.items()):
        drawn += _sum(found, f"x of {names[kind]}", f"W_{kind}", kind, i, MADE)
        links.append(Same((3 * i, 3 * i + 1, 3 * i + 2)))
        lit = _lit(found, drawn, 3 * i)
        steps.append(Stage(told[kind], lit, list(range(3 * i + 3, 9)), _formula(kind, found)))
    alt = (
        f"What layer {chosen.layer + 1} reads of {chosen.asks}, times W_q, gives its query; of "
        f"{chosen.asked}, times W_k and W_v, its key and its value: all products of one number of each."
    )
    return drawn, links, alt, Stages(steps)


def _lit(found: trace.Sum, drawn: list[Matrix], first: int) -> list[tuple[int, int | None, int | None]]:
    """Return what is lit of a sum: its three matrices, and in each of them the largest product."""
    j = int(np.abs(found.products).argmax())
    row, col = divmod(j, drawn[first].values.shape[1])
    return [(first + n, *place) for place in ((None, None), (row, col)) for n in range(3)]


def writes_grid(model: GPT, traced: Trace, chosen: Place) -> tuple:
    """Return a grid of what a head writes: z times its part of the projection, added to the stream."""
    found = written(model, traced, chosen.layer, chosen.head, chosen.query)
    drawn = _sum(found.largest, f"z of {chosen.asks}", "W_O", "writes", 0, WRITTEN)
    parts = {"the stream": found.before, "this head": found.writes, "other heads": found.others}
    parts["their sum"] = found.after
    limit = float(max(np.abs(part).max() for part in parts.values()))
    across = 2 if window.narrow() else 4
    for i, (name, values) in enumerate(parts.items()):
        role = "input" if name == "the stream" else "activations"
        place = (1 + i // across, i % across)
        drawn.append(in_lines(_folded(values, WRITTEN), name, role, place, title=name, scale_max=limit))
    j = found.largest.number
    row, col = divmod(j, drawn[3].values.shape[1])
    added = " + ".join(_number(part[j]) for part in (found.before, found.writes, found.others))
    summed = f"{added} = {_number(found.after[j])}".replace("-", "−")
    steps = [
        Stage(f"What the head gathered, times a column of its part of the projection: one of "
              f"{len(found.writes)} numbers that it writes.",
              _lit(found.largest, drawn, 0), [3, 4, 5, 6], _formula("number", found.largest)),
        Stage("What it writes is added to the stream, beside the other heads’; nothing is overwritten.",
              [(3 + n, row, col) for n in range(4)], [], summed),
    ]  # fmt: skip
    alt = f"z of {chosen.asks} times W_O is what the head writes; it is added to the residual stream."
    return drawn, [Same((0, 1, 2)), Same((3, 4, 5, 6))], alt, Stages(steps)


def _sum(found: trace.Sum, x: str, weights: str, name: str, row: int, lines: tuple[int, int]) -> list[Matrix]:
    """Return a vector, a column of weights and their products, folded alike."""
    column = f"{weights}, column {found.number + 1}"
    result = f"products: {name} {found.number + 1} = {found.result:.3f}".replace("-", "−")
    vectors = [
        (found.x, x, "activations", x),
        (found.weights, weights, "weights", column),
        (found.products, name, ROLES.get(name, "activations"), result),
    ]
    return [
        in_lines(_folded(values, lines), what, role, (row, col), title=title)
        for col, (values, what, role, title) in enumerate(vectors)
    ]


def in_lines(folded: np.ndarray, name: str, role: str, place: tuple[int, int], **options: Any) -> Matrix:
    """Return a folded vector as a matrix whose numbers are counted from 1, as its formula counts them."""
    return Matrix(folded, name, role, place, first=1, spot=f"{name} {{number}}", **options)


def _folded(values: np.ndarray, lines: tuple[int, int]) -> np.ndarray:
    """Return a vector in lines of equal length, at most so many numbers each."""
    most = lines[window.narrow()]
    length = next(n for n in range(most, 0, -1) if len(values) % n == 0)
    return values.reshape(-1, length)  # (lines, length)


def _formula(name: str, found: trace.Sum) -> str:
    """Return the result as the sum of its products, the two largest of them written out."""
    first = np.argsort(-np.abs(found.products), kind="stable")[:2]  # (2,)
    products = " + ".join(f"{_number(found.x[i])}·{_number(found.weights[i])}" for i in first)
    return f"{name} {found.number + 1} = {products} + … = {found.result:.4f}".replace("-", "−")


def _number(value: float) -> str:
    return f"({value:.3f})" if value < 0 else f"{value:.3f}"
