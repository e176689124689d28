"""A layered network with its live numbers: nodes show values; edges show a weight's sign and size.

A positive weight is a solid line, a negative one dashed and of the other color; the wider, the larger.
"""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from explainer.figures import palette
from explainer.figures.animation import animate
from explainer.figures.base import FONT_SIZE, bare_axis, figure, number, require_finite

POSITIVE, NEGATIVE = palette.DIVERGING[-2], palette.DIVERGING[1]
_KEY = "solid: positive · dashed: negative · wide: large"


def network(
    values: Sequence[np.ndarray],
    weights: Sequence[np.ndarray],
    *,
    names: Sequence[Sequence[str]],
    roles: Sequence[str] | None = None,
    columns: Sequence[float] | None = None,
    edge_texts: Sequence[np.ndarray | None] | None = None,
    flow: bool = False,
    key: bool = True,
    height: int = 480,
    font_size: int = FONT_SIZE,
    narrow: bool = False,
) -> go.Figure:
    """Draw a network of L layers from left to right.

    Args:
        values: L arrays, (N₀,) to (N_L-1,): what stands in the nodes.
        weights: L - 1 arrays, (Nᵢ, Nᵢ₊₁): the edges.
        names: what is written beside the nodes of the first layer and above the others.
        roles: color of each layer; input blue and activations green if not given.
        columns: where each layer stands, 0..1; evenly spread if not given.
        edge_texts: for each layer of edges an array of texts (Nᵢ, Nᵢ₊₁), or None for none.
        flow: whether the values arrive layer by layer, to be played.
        key: whether a line below says how to read the edges.
    Raises:
        ValueError: if a value is NaN or infinite.
    """
    require_finite(**{f"layer {i}": v for i, v in enumerate(values)})
    require_finite(**{f"weights {i}": w for i, w in enumerate(weights)})
    places = positions([len(v) for v in values], columns)
    largest = max(float(np.abs(w).max(initial=0)) for w in weights)
    result = figure(height=height, font_size=font_size, showlegend=False)
    result.update_layout(xaxis=bare_axis(-0.2, 1.12), yaxis=bare_axis(-0.08 if key else 0, 1.06))
    result.add_traces(edge_traces(weights, places, largest))
    result.add_traces(node_traces(values, names, places, roles, font_size))
    for edges, texts, left, right in zip(weights, edge_texts or (), places, places[1:], strict=False):
        if texts is not None:
            _write_on_edges(result, np.asarray(texts), left, right, font_size, edges)
    if key:
        key_line(result, font_size)
    if flow:
        result = _let_flow(result, values, weights, font_size, narrow)
    # Nothing here needs more room than it has, and looking for it would draw everything again.
    return result.update_layout(margin={"autoexpand": False})


def neuron(
    inputs: np.ndarray,
    weights: np.ndarray,
    bias: float,
    total: float,
    output: float,
    activation: str,
    *,
    height: int = 480,
    font_size: int = FONT_SIZE,
    narrow: bool = False,
) -> go.Figure:
    """Draw one neuron: inputs times weights, their sum, the activation.

    Args:
        inputs, weights: (I,) numbers each; the bias is drawn as the weight of a constant 1.
    """
    x, w = np.append(inputs, 1.0), np.append(weights, bias)
    sign = "" if narrow else "× "
    texts = [
        f"{sign}{number(b)}" if narrow else f"{sign}{number(b)} = {number(a * b)}"
        for a, b in zip(x, w, strict=True)
    ]
    result = network(
        [x, np.array([total]), np.array([output])],
        [w[:, None], np.zeros((1, 1))],
        names=[[*(subscript("x", i) for i in range(1, len(x))), "bias"], ["sum"], ["output"]],
        roles=[palette.INPUT, palette.WEIGHTS, palette.ACTIVATIONS],
        columns=None if narrow else (0, 0.6, 1),  # the products need room
        edge_texts=[
            np.array(texts)[:, None],
            np.array([[activation if activation != "none" else "as it is"]]),
        ],
        height=height,
        font_size=font_size,
        narrow=narrow,
    )
    # The last edge carries no weight: it is the activation.
    result.data[len(x)].line = {"color": palette.ACTIVATIONS, "width": 4, "dash": "solid"}
    return result


def network_alt(values: Sequence[np.ndarray], weights: Sequence[np.ndarray]) -> str:
    """Return one sentence: the size of each layer, its values, and the signs of the weights."""
    layers = "–".join(str(len(v)) for v in values)
    told = "; ".join(", ".join(number(v) for v in layer) for layer in values)
    edges = np.concatenate([np.ravel(w) for w in weights])
    return (
        f"A {layers} network with values, layer by layer: {told}; "
        f"{int((edges >= 0).sum())} edges are positive and {int((edges < 0).sum())} negative."
    )


def neuron_alt(inputs: np.ndarray, weights: np.ndarray, bias: float, total: float, output: float) -> str:
    """Return one sentence with every number of a neuron."""
    pairs = " plus ".join(f"{number(x)} times {number(w)}" for x, w in zip(inputs, weights, strict=True))
    told = f"plus the bias {number(bias)} is {number(total)}; its output is {number(output)}"
    return f"One neuron: {pairs} {told}."


def subscript(letter: str, index: int) -> str:
    """Return a letter with an index below it, such as x₁."""
    return letter + str(index).translate(str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉"))


def positions(sizes: Sequence[int], columns: Sequence[float] | None = None) -> list[np.ndarray]:
    """Return the places (N, 2) of the nodes of each layer, within 0..1: layers from left to right."""
    rows = max(sizes)
    columns = np.linspace(0, 1, len(sizes)) if columns is None else columns
    return [
        np.stack([np.full(n, x), 0.5 + ((n - 1) / 2 - np.arange(n)) / rows], axis=1)
        for n, x in zip(sizes, columns, strict=True)
    ]


def edge_traces(
    weights: Sequence[np.ndarray], places: Sequence[np.ndarray], largest: float, **axes: str
) -> list[go.Scatter]:
    """Return one trace for every edge, layer by layer and input by input.

    Args:
        largest: the weight that is drawn widest.
        axes: ``xaxis`` and ``yaxis`` of the plot they belong to.
    """
    return [
        go.Scatter(
            x=[left[i, 0], right[j, 0]],
            y=[left[i, 1], right[j, 1]],
            mode="lines",
            line=edge_line(edges[i, j], largest),
            hoverinfo="skip",
            showlegend=False,
            **axes,
        )
        for edges, left, right in zip(weights, places, places[1:], strict=False)
        for i, j in np.ndindex(*edges.shape)
    ]


def edge_line(weight: float, largest: float) -> dict:
    """Return how the edge of a weight is drawn."""
    width = 1.5 + 8.5 * abs(float(weight)) / max(largest, 1e-9)
    if weight < 0:
        return {"color": NEGATIVE, "dash": "10px,6px", "width": round(width, 1)}
    return {"color": POSITIVE, "dash": "solid", "width": round(width, 1)}


def node_traces(
    values: Sequence[np.ndarray],
    names: Sequence[Sequence[str]],
    places: Sequence[np.ndarray],
    roles: Sequence[str] | None,
    font_size: int,
    **axes: str,
) -> list[go.Scatter]:
    """Return two traces for all nodes: circles with their values in them, and the names beside or above."""
    roles = roles or [palette.INPUT, *[palette.ACTIVATIONS] * (len(values) - 1)]
    x, y = np.concatenate(places).T
    size = round(3.2 * font_size)
    colors = [role for role, layer in zip(roles, values, strict=True) for _ in layer]
    shared = {"x": x, "y": y, "mode": "markers+text", "cliponaxis": False, "showlegend": False, **axes}
    labels = [name for layer in names for name in layer]
    nodes = go.Scatter(
        **shared,
        text=node_texts(values),
        textfont={"size": font_size, "color": palette.INK},
        marker={
            "size": size,
            "color": palette.BACKGROUND,
            "opacity": 1,
            "line": {"width": 4, "color": colors},
        },
        hovertext=[
            f"{name} = {value:.6g}" for name, value in zip(labels, np.concatenate(values), strict=True)
        ],
        hoverinfo="text",
    )
    beside = go.Scatter(
        **shared,
        text=labels,
        textposition=["middle left" if i < len(values[0]) else "top center" for i in range(len(labels))],
        textfont={"size": font_size, "color": palette.INK},
        marker={"size": size, "color": "rgba(0,0,0,0)"},
        hoverinfo="skip",
    )
    return [nodes, beside]


def node_texts(values: Sequence[np.ndarray], known: int | None = None) -> list[str]:
    """Return what stands in the nodes: the values of the first ``known`` layers (all if not given)."""
    known = len(values) if known is None else known
    # A circle has no room for a power of ten.
    texts = [[number(v) if abs(v) >= 0.005 else "0" for v in layer] for layer in values]
    return [text if i < known else "" for i, layer in enumerate(texts) for text in layer]


def key_line(result: go.Figure, font_size: int, **place: object) -> None:
    """Write below a network how its edges are read."""
    result.add_annotation(
        **{"text": _KEY, "x": 0.5, "y": 0, "xref": "paper", "yref": "paper", **place},
        yanchor="bottom",
        showarrow=False,
        font={"size": font_size, "color": palette.INK},
    )


def _write_on_edges(
    result: go.Figure,
    texts: np.ndarray,
    left: np.ndarray,
    right: np.ndarray,
    font_size: int,
    edges: np.ndarray,
) -> None:
    """Write each text on its edge, nearer to the side with more nodes, so that none hides another."""
    many_in, many_out = edges.shape
    for i, j in np.ndindex(*edges.shape):
        share = 0.5 if many_in == many_out else 0.34 if many_in > many_out else 0.66
        share += 0.16 * (i - (many_in - 1) / 2) / many_in if many_in < many_out else 0
        x, y = left[i] + share * (right[j] - left[i])
        result.add_annotation(
            x=x,
            y=y,
            text=str(texts[i, j]),
            showarrow=False,
            bgcolor=palette.BACKGROUND,
            borderpad=2,
            font={"size": font_size, "color": palette.WEIGHTS_TEXT},
        )


def _let_flow(
    result: go.Figure,
    values: Sequence[np.ndarray],
    weights: Sequence[np.ndarray],
    font_size: int,
    narrow: bool,
) -> go.Figure:
    """Let the values arrive layer by layer; edges not yet crossed are faint."""
    edges = [i for i, w in enumerate(weights) for _ in range(w.size)]
    frames = [
        [
            *({"opacity": 1.0 if layer < known else 0.25} for layer in edges),
            {"text": node_texts(values, known + 1)},
        ]
        for known in range(len(values))
    ]
    labels = [f"{i + 1} of {len(values)}" for i in range(len(values))]
    return animate(
        result,
        frames,
        range(len(edges) + 1),
        labels,
        prefix="layer ",
        at=-1,
        milliseconds=900,
        font_size=font_size,
        narrow=narrow,
        below=font_size,
    )
