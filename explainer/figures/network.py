"""A layered network with its live numbers: nodes show values; edges show a weight's sign and size.

A positive weight is a solid line, a negative one dashed and of the other color; the wider, the larger.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, cast

import numpy as np

from explainer.figures import palette
from explainer.figures.axes import Panel
from explainer.figures.base import FONT_SIZE, require_finite
from explainer.figures.drawing import DASHED, Drawing, Each, Frames, Hand, Line, Mark, Primitive, Text
from explainer.wording.numerals import number, probability

POSITIVE, NEGATIVE = palette.DIVERGING[-2], palette.DIVERGING[1]
WIDER = {False: 1.7, True: 0.8}  # how much longer a step to the right is than one up; on a phone: shorter
NODE = 0.8  # of its distance: how near a node is, which is wider than a number on an edge
SURE = 1e-9  # what a sigmoid leaves open, also where it has been rounded
CERTAIN = 1.25  # how much wider the circle of a probability is: "> 0.999" stands in it
KEY = "weights: solid +, dashed −, wide large"
BIASES = "below a node: bias"
SHARES = np.linspace(0.2, 0.8, 25)  # of its edge: where a weight may stand
UNKNOWN = "?"  # in a node that is not computed yet
SWEEPS = 8  # over all weights, until each stands well among the others


def network(
    values: Sequence[np.ndarray],
    weights: Sequence[np.ndarray],
    *,
    names: Sequence[Sequence[str]],
    roles: Sequence[str] | None = None,
    columns: Sequence[float] | None = None,
    edge_texts: Sequence[np.ndarray | None] | None = None,
    biases: Sequence[np.ndarray] = (),
    flow: bool = False,
    key: bool = True,
    hand: Hand | None = None,
    font_size: int = FONT_SIZE,
    narrow: bool = False,
) -> Drawing:
    """Draw a network of L layers from left to right.

    Args:
        values: L arrays, (N₀,) to (N_L-1,): what stands in the nodes.
        weights: L - 1 arrays, (Nᵢ, Nᵢ₊₁): the edges.
        names: what is written beside the nodes of the first layer and above the others.
        roles: color of each layer; input blue and activations green if not given.
        columns: where each layer stands, 0..1; evenly spread if not given.
        edge_texts: for each layer of edges an array of texts (Nᵢ, Nᵢ₊₁), or None for none.
        biases: L - 1 arrays, (N₁,) to (N_L-1,): what stands below the nodes; none if not given.
        flow: whether the layers are computed one by one, to be played.
        key: whether a line below says how to read the edges.
        hand: what can be moved by hand of a 2–H–1 network; its weights then stand on the edges.
        narrow: whether there is only the width of a phone.
    Raises:
        ValueError: if a value is NaN or infinite.
    """
    require_finite(**{f"layer {i}": v for i, v in enumerate(values)})
    require_finite(**{f"weights {i}": w for i, w in enumerate(weights)})
    roles = roles or [palette.INPUT, *[palette.ACTIVATIONS] * (len(values) - 1)]
    places = positions([len(v) for v in values], columns)
    drawn: list[Primitive] = [*_edges(weights, places, flow)]
    for edges, texts, left, right in zip(weights, edge_texts or (), places, places[1:], strict=False):
        if texts is not None:
            drawn += _written_on(edges, np.asarray(texts), left, right)
    size = _size(font_size)
    for layer, role in enumerate(roles):
        titles = [_told(name, v) for name, v in zip(names[layer], values[layer], strict=True)]
        nodes = _nodes(
            node_texts(values[layer], role),
            titles,
            names[layer],
            places[layer],
            role,
            font_size,
            size,
            first=layer == 0,
        )
        nodes = nodes if hand is None else _parts(nodes, layer)
        drawn += _reached(nodes, layer, len(values)) if flow else nodes
        if layer and biases:
            drawn += _below(biases[layer - 1], places[layer], role, font_size)
    if hand is not None:
        drawn = with_handles(drawn, weights, font_size, WIDER[narrow])
    if key:
        said = [KEY, BIASES] if biases else [KEY]
        middle = 0.5 if narrow or columns is None else (columns[0] + columns[1]) / 2  # below the first edges
        drawn += how_to_read(said if narrow else [" · ".join(said)], middle, -0.05, font_size)
    titles = ["inputs", *(f"layer {i} of {len(values) - 1}" for i in range(1, len(values)))]
    frames = Frames(titles, "layer", speed=1.1, start=-2) if flow else None  # all but what it comes to
    margin = 8 + (font_size if max(map(len, names[0])) > 2 else 0)  # a word needs more room than a letter
    down = (-0.1 if key else 0, 1.06)
    return Drawing(
        drawn, (-0.2, 1.12), down, (margin, 8, 8, 8), font_size=font_size, frames=frames, hand=hand
    )


def learning(
    values: Sequence[np.ndarray],
    weights: Sequence[np.ndarray],
    *,
    names: Sequence[Sequence[str]],
    roles: Sequence[str],
    panel: Panel,
    columns: Sequence[float] | None = None,
) -> list[Primitive]:
    """Return what draws a network of L layers while it learns, in a part of a drawing with S frames.

    Args:
        values: L arrays, (S, N₀) to (S, N_L-1).
        weights: L - 1 arrays, (S, Nᵢ, Nᵢ₊₁).
        names, roles: as of a network.
        panel: where it stands, in pixels; its nodes lie from 0 to 1 on both axes.
        columns: where each layer stands, 0..1; evenly spread if not given.
    Raises:
        ValueError: if a value is NaN or infinite.
    """
    require_finite(**{f"layer {i}": v for i, v in enumerate(values)})
    require_finite(**{f"weights {i}": w for i, w in enumerate(weights)})
    layers = positions([v.shape[1] for v in values], columns)
    places = [np.stack([panel.x(x), panel.y(y)], axis=1) for x, y in (layer.T for layer in layers)]
    size = _size(panel.font_size, (panel.top - panel.bottom) / max(map(len, layers)))
    drawn: list[Primitive] = [*_changing_edges(weights, places)]
    for layer, (role, named) in enumerate(zip(roles, names, strict=True)):
        texts = zip(*(node_texts(step, role) for step in values[layer]), strict=True)
        labels = [Each(shown) for shown in texts]
        titles = [
            Each([_told(name, v) for v in column])
            for name, column in zip(named, values[layer].T, strict=True)
        ]
        drawn += _nodes(labels, titles, named, places[layer], role, panel.font_size, size, first=layer == 0)
    return drawn


def by_hand(
    name: str, weights: Mapping[str, np.ndarray], activation: str, places: Mapping[str, tuple], star: str
) -> Hand:
    """Return what can be moved by hand of a 2–H–1 network and its map.

    Args:
        name: drawings of one name show the same.
        weights: W1 (S, 2, H), b1 (S, H), W2 (S, H, 1), b2 (S, 1).
        places: of points on the map, by their grips.
        star: the grip of the point whose numbers stand in the network.
    """
    largest = max(float(np.abs(weights[name]).max()) for name in ("W1", "W2"))
    network = {**weights, "activation": activation}
    return Hand(name, places, network, star, largest, POSITIVE, NEGATIVE)


def with_handles(
    drawn: Sequence[Primitive], weights: Sequence[np.ndarray], font_size: float, wider: float = 1
) -> list[Primitive]:
    """Return a 2–H–1 network, first of all its edges, with its weights on them, each to be pulled.

    Args:
        weights: (2, H) and (H, 1), or (S, 2, H) and (S, H, 1) in S frames.
        wider: how many times longer a step to the right is than a step up.
    """
    names = weight_names(weights[0].shape[-1])
    flat = np.concatenate([w.reshape(*w.shape[:-2], -1) for w in weights], axis=-1)  # (..., 3 H)
    edges = [cast(Line, edge) for edge in drawn[: len(names)]]
    handles = [
        Mark(x, y, 2.3 * font_size, color=palette.WEIGHTS, width=1.5, grip=name,
             label=_each(w, _short), title=_each(w, lambda value: f"weight {number(value)}"))
        for name, w, (x, y) in zip(names, flat.T, _spots(edges, wider), strict=True)
    ]  # fmt: skip
    named = [replace(edge, part=name) for edge, name in zip(edges, names, strict=True)]
    return [*named, *drawn[len(names) :], *handles]


def weight_names(hidden: int) -> list[str]:
    """Return the names of the weights of a 2–H–1 network, from the inputs, then to the output."""
    return [f"w{i}{j}" for i in (1, 2) for j in range(1, hidden + 1)] + [
        f"v{j}" for j in range(1, hidden + 1)
    ]


def _each(values: np.ndarray, told: Callable[[float], str]) -> str | Each:
    return told(float(values)) if values.ndim == 0 else Each([told(float(value)) for value in values])


def _short(weight: float) -> str:
    return number(round(weight, 1), 1)


def _spots(edges: Sequence[Line], wider: float) -> list[np.ndarray]:
    """Return a place (2,) on every edge, each as far from the nearest other and from all nodes as can be."""
    scale = np.array([wider, 1.0])
    ends = np.array([[edge.x, edge.y] for edge in edges], dtype=float).swapaxes(1, 2)  # (E, 2, 2)
    places = ends[:, :1] + SHARES[:, None] * (ends[:, 1:] - ends[:, :1])  # (E, SHARES, 2)
    to_nodes = np.linalg.norm((places[:, :, None] - ends.reshape(-1, 2)) * scale, axis=3).min(
        2
    )  # (E, SHARES)
    spots: dict[int, np.ndarray] = {}
    for i in list(range(len(edges))) * SWEEPS:
        apart = NODE * to_nodes[i]
        for other, spot in spots.items():
            if other != i:
                apart = np.minimum(apart, np.linalg.norm((places[i] - spot) * scale, axis=1))
        spots[i] = places[i, int(apart.argmax())]
    return [spots[i] for i in range(len(edges))]


def _parts(nodes: Sequence[Mark | Text], layer: int) -> list[Mark | Text]:
    """Return the nodes of a layer of a 2–H–1 network, each with the name of the number that it shows."""
    marks = iter(range(1, len(nodes) + 1))
    return [
        replace(node, part="p" if layer == 2 else f"{'xh'[layer]}{next(marks)}")
        if isinstance(node, Mark)
        else node
        for node in nodes
    ]


def neuron(
    inputs: Sequence[float],
    weights: Sequence[float],
    bias: float,
    total: float,
    output: float,
    activation: str,
    *,
    font_size: int = FONT_SIZE,
    narrow: bool = False,
) -> Drawing:
    """Draw one neuron: inputs times weights, their sum, the activation.

    Args:
        inputs, weights: (I,) numbers each; the bias is drawn as the weight of a constant 1.
    """
    x, w = np.append(inputs, 1.0), np.append(weights, bias)
    called = [*[""] * len(inputs), "bias "]
    texts = [
        f"{name}{number(b)}" if narrow else f"× {name}{number(b)} = {number(a * b)}"
        for name, a, b in zip(called, x, w, strict=True)
    ]
    drawn = network(
        [x, np.array([total]), np.array([output])],
        [w[:, None], np.zeros((1, 1))],
        names=[[*(subscript("x", i) for i in range(1, len(x))), "always"], ["sum"], ["output"]],
        roles=[palette.INPUT, palette.WEIGHTS, palette.ACTIVATIONS],
        columns=None if narrow else (0, 0.6, 1),  # the products need room
        edge_texts=[
            np.array(texts)[:, None],
            np.array([[activation if activation != "none" else "as it is"]]),
        ],
        font_size=font_size,
    )
    # The last edge carries no weight: it is the activation.
    bend = replace(cast(Line, drawn.primitives[len(x)]), color=palette.ACTIVATIONS, width=4, dash="")
    return replace(drawn, primitives=[*drawn.primitives[: len(x)], bend, *drawn.primitives[len(x) + 1 :]])


def network_alt(
    values: Sequence[np.ndarray], weights: Sequence[np.ndarray], roles: Sequence[str] | None = None
) -> str:
    """Return one sentence: the size of each layer, its values, and the signs of the weights."""
    roles = roles or [palette.ACTIVATIONS] * len(values)
    layers = "–".join(str(len(v)) for v in values)
    told = "; ".join(", ".join(node_texts(*layer)) for layer in zip(values, roles, strict=True))
    edges = np.concatenate([np.ravel(w) for w in weights])
    return (
        f"A {layers} network with values, layer by layer: {told}; "
        f"{int((edges >= 0).sum())} edges are positive and {int((edges < 0).sum())} negative."
    )


def neuron_alt(
    inputs: Sequence[float], weights: Sequence[float], bias: float, total: float, output: float
) -> str:
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
    across = np.linspace(0, 1, len(sizes)) if columns is None else columns
    return [
        np.stack([np.full(n, x), 0.5 + ((n - 1) / 2 - np.arange(n)) / rows], axis=1)
        for n, x in zip(sizes, across, strict=True)
    ]


def edge_look(weight: float, largest: float) -> dict[str, Any]:
    """Return how the edge of a weight is drawn, the largest of all being the widest."""
    width = round(1.5 + 8.5 * abs(float(weight)) / max(largest, 1e-9), 1)
    if weight < 0:
        return {"color": NEGATIVE, "dash": DASHED, "width": width}
    return {"color": POSITIVE, "dash": "", "width": width}


def node_texts(values: np.ndarray, role: str = palette.ACTIVATIONS) -> list[str]:
    """Return what stands in the nodes of a layer: a circle has no room for a power of ten."""
    if role == palette.PROBABILITIES:
        return [probability(float(np.clip(v, SURE, 1 - SURE))) for v in values]
    return [number(v) if abs(v) >= 0.005 else "0" for v in values]


def _edges(weights: Sequence[np.ndarray], places: Sequence[np.ndarray], flow: bool) -> list[Line]:
    """Return one line for every edge, layer by layer and input by input; not yet crossed, it is faint."""
    largest = max(float(np.abs(w).max(initial=0)) for w in weights)
    return [
        Line(
            (left[i, 0], right[j, 0]),
            (left[i, 1], right[j, 1]),
            opacity=Each([1.0 if layer < known else 0.25 for known in range(len(places))]) if flow else 1,
            **edge_look(float(edges[i, j]), largest),
        )
        for layer, (edges, left, right) in enumerate(zip(weights, places, places[1:], strict=False))
        for i, j in np.ndindex(*edges.shape)
    ]


def _changing_edges(weights: Sequence[np.ndarray], places: Sequence[np.ndarray]) -> list[Line]:
    """Return one line for every edge (S,), whose look is another one in every frame."""
    largest = max(float(np.abs(w).max(initial=0)) for w in weights)
    drawn = []
    for edges, left, right in zip(weights, places, places[1:], strict=False):
        for i, j in np.ndindex(*edges.shape[1:]):
            looks = [edge_look(weight, largest) for weight in edges[:, i, j]]
            each: dict[str, Any] = {name: Each([look[name] for look in looks]) for name in looks[0]}
            drawn.append(Line((left[i, 0], right[j, 0]), (left[i, 1], right[j, 1]), **each))
    return drawn


def _reached(nodes: Sequence[Mark | Text], layer: int, layers: int) -> list[Mark | Text]:
    """Return nodes whose circle is grey, with a question mark, until their layer is computed."""
    known = [layer <= frame for frame in range(layers)]
    return [
        replace(
            node,
            color=Each([node.color if so else palette.GREY for so in known]),
            label=Each([node.label if so else UNKNOWN for so in known]),
        )
        if isinstance(node, Mark)
        else node
        for node in nodes
    ]


def _below(biases: np.ndarray, places: np.ndarray, role: str, font_size: float) -> list[Text]:
    """Return the biases (N,) of a layer, each below its node."""
    size = _size(font_size) * (CERTAIN if role == palette.PROBABILITIES else 1)
    down = size / 2 + 0.8 * font_size
    return [
        Text(x, y, signed(float(b)), palette.WEIGHTS_TEXT, dy=down)
        for (x, y), b in zip(places, biases, strict=True)
    ]


def signed(value: float) -> str:
    """Return a number that is added, with its sign and two decimals at most."""
    told = number(round(value, 2), 2)
    return told if told.startswith("−") else f"+{told}"


def how_to_read(lines: Sequence[str], x: float, y: float, font_size: float, down: float = 0) -> list[Text]:
    """Return how to read edges and nodes, line below line, the first so many times the type's size lower."""
    return [Text(x, y, line, dy=(down + 1.25 * i) * font_size) for i, line in enumerate(lines)]


def _size(font_size: float, pitch: float = np.inf) -> float:
    """Return how wide circles are, their names between them if so many pixels lie from one to the next."""
    return min(3.2 * font_size, pitch - 1.5 * font_size)


def _told(name: str, value: float) -> str:
    return f"{name} = {value:.6g}"


def _nodes(
    labels: Sequence[str | Each],
    titles: Sequence[str | Each],
    names: Sequence[str],
    places: np.ndarray,
    role: str,
    font_size: float,
    size: float,
    *,
    first: bool,
) -> list[Mark | Text]:
    """Return the circles of a layer with their values in them, and their names beside or above."""
    size = CERTAIN * size if role == palette.PROBABILITIES else size
    away = {"dx": -size / 2 - 8, "anchor": "end"} if first else {"dy": -size / 2 - 0.75 * font_size}
    drawn: list[Mark | Text] = []
    for (x, y), label, title, name in zip(places, labels, titles, names, strict=True):
        drawn.append(Mark(x, y, size, color=role, width=4, label=label, title=title))
        drawn.append(Text(x, y, name, **away))
    return drawn


def _written_on(edges: np.ndarray, texts: np.ndarray, left: np.ndarray, right: np.ndarray) -> list[Text]:
    """Write each text on its edge, nearer to the side with more nodes, so that none hides another."""
    many_in, many_out = edges.shape
    written = []
    for i, j in np.ndindex(*edges.shape):
        share = 0.5 if many_in == many_out else 0.34 if many_in > many_out else 0.66
        share += 0.16 * (i - (many_in - 1) / 2) / many_in if many_in < many_out else 0
        x, y = left[i] + share * (right[j] - left[i])
        written.append(Text(x, y, str(texts[i, j]), palette.WEIGHTS_TEXT, halo=True))
    return written
