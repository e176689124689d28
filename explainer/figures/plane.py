"""What a network says about every point of the plane: a map of its output with the data on it."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from explainer.figures import palette
from explainer.figures.animation import animate
from explainer.figures.base import FONT_SIZE, axis, bare_axis, figure, number, require_finite
from explainer.figures.curves import Curve, Point, curve_trace, point_trace
from explainer.figures.network import edge_look, node_texts, positions, subscript


def output_map(
    x: np.ndarray,
    p: np.ndarray,
    points: np.ndarray,
    classes: np.ndarray,
    *,
    mark: tuple[float, float] | None = None,
    height: int = 480,
    font_size: int = FONT_SIZE,
) -> go.Figure:
    """Draw the probability of class 1 over the plane, the line where it is one half, and the data.

    Args:
        x: (G,) both axes, p: (G, G) probabilities, rows being the second input.
        points: (N, 2), classes: (N,) zeros and ones.
        mark: a point to be pointed out.
    Raises:
        ValueError: if a probability is NaN or infinite.
    """
    require_finite(p=p)
    result = figure(height=height, font_size=font_size, **_plane_axes(x, font_size))
    # The map is a square at the right of its place; so is what belongs to it.
    result.update_layout(legend={"x": 1, "xanchor": "right"})
    _fix_margins(result, left=3.5, right=4.5, top=3.2, bottom=4, font_size=font_size)
    result.add_trace(map_trace(x, p, font_size))
    result.add_traces(data_traces(points, classes, font_size))
    if mark is not None:
        star = point_trace(Point(*mark, "", palette.INPUT, "star", font_size), font_size)
        result.add_trace(star.update(name="this point", showlegend=True))
    return result


def output_map_alt(p: np.ndarray, accuracy: float, n: int) -> str:
    """Return one sentence: how much of the plane is given to class 1, and how many points are right."""
    share = float((p > 0.5).mean())
    return (
        f"A map of the plane: the network gives {share:.0%} of it to class 1; "
        f"{round(accuracy * n)} of {n} points lie on their side of the line."
    )


def learning(
    x: np.ndarray,
    p: np.ndarray,
    points: np.ndarray,
    classes: np.ndarray,
    weights: Sequence[np.ndarray],
    values: Sequence[np.ndarray],
    steps: np.ndarray,
    losses: np.ndarray,
    accuracy: np.ndarray,
    *,
    at: int = -1,
    height: int | None = None,
    font_size: int = FONT_SIZE,
    narrow: bool = False,
) -> go.Figure:
    """Draw a network while it learns: its weights, its map of the plane and its loss, on one slider.

    Args:
        x: (G,), p: (S, G, G): one map for each of S recorded pictures.
        points: (N, 2), classes: (N,).
        weights: arrays (S, Nᵢ, Nᵢ₊₁) for each layer of edges.
        values: arrays (S, Nᵢ) for each layer of nodes.
        steps: (S,) when each picture was taken, losses: (T + 1,) nats, accuracy: (S,).
        at: the picture that shows first.
        height: in pixels; 640, or 900 where narrow, if not given.
    Raises:
        ValueError: if a number is NaN or infinite.
    """
    require_finite(p=p, losses=losses, **{f"weights {i}": w for i, w in enumerate(weights)})
    largest = max(float(np.abs(w).max()) for w in weights)
    height = height or (900 if narrow else 640)
    result = figure(height=height, font_size=font_size, **_panels(x, font_size, narrow))
    bar = {"y": 0.395, "len": 0.33} if narrow else {"x": 0.71}
    result.add_trace(map_trace(x, p[0], font_size).update(colorbar=bar))
    network = _network_traces([w[0] for w in weights], [v[0] for v in values], largest, font_size)
    result.add_traces(network)
    result.add_traces(_loss_traces(losses, font_size))
    result.add_traces(data_traces(points, classes, font_size))
    frames = [
        [
            {"z": np.round(p[i].astype(float), 3).tolist()},
            *({"line": _edge_line(edge, largest)} for w in weights for edge in w[i].flat),
            {"text": [text for v in values for text in node_texts(v[i])]},
            {"x": [int(step)], "y": [float(losses[step])]},
        ]
        for i, step in enumerate(steps)
    ]
    # The map, every edge, the nodes (their names stay), the point on the loss curve.
    animated = [*range(len(network)), len(network) + 1]
    labels = [
        f"{step} · loss {number(losses[step])} nats · {share:.0%} right"
        for step, share in zip(steps, accuracy, strict=True)
    ]
    result = animate(result, frames, animated, labels, at=at, font_size=font_size, narrow=narrow)
    left, right = (3.5, 4.5) if narrow else (0.5, 1.5)
    return _fix_margins(result, left=left, right=right, top=2.4, font_size=font_size)


def learning_alt(steps: np.ndarray, losses: np.ndarray, accuracy: np.ndarray) -> str:
    """Return one sentence: how the loss and the share of points on their side went."""
    return (
        f"A network, its map of the plane and its loss over {steps[-1]} steps: the loss goes from "
        f"{number(losses[0])} to {number(losses[-1])} nats, the points on their side of the line from "
        f"{accuracy[0]:.0%} to {accuracy[-1]:.0%}."
    )


def map_trace(x: np.ndarray, p: np.ndarray, font_size: int) -> go.Contour:
    """Return the map as one trace: color for the probability, a line where it is one half."""
    font = {"size": font_size, "color": palette.INK}
    return go.Contour(
        x=x,
        y=x,
        z=p,
        zmin=0,
        zmax=1,
        colorscale=palette.colorscale(palette.SEQUENTIAL),
        contours={"coloring": "heatmap", "start": 0.5, "end": 0.5, "size": 1, "showlines": True},
        line={"color": palette.INK, "width": 3},
        colorbar={
            "title": {"text": "p", "font": font, "side": "top"},
            "tickvals": [0, 0.5, 1],
            "tickfont": font,
            "thickness": font_size * 0.7,
            "outlinewidth": 0,
            "xpad": font_size // 2,
        },
        hovertemplate="(%{x:.2f}, %{y:.2f})<br>p = %{z:.3f}<extra></extra>",
        showlegend=False,
    )


def data_traces(points: np.ndarray, classes: np.ndarray, font_size: int) -> list[go.Scatter]:
    """Return the data as two traces: light circles for class 0, dark squares for class 1."""
    looks = [("circle", palette.BACKGROUND, palette.INK), ("square", palette.INK, palette.BACKGROUND)]
    return [
        go.Scatter(
            x=points[classes == c, 0],
            y=points[classes == c, 1],
            name=f"class {c}",
            mode="markers",
            marker={
                "symbol": symbol,
                "color": fill,
                "size": font_size * 0.5,
                "line": {"color": edge, "width": 1.5},
            },
            hoverinfo="skip",
        )
        for c, (symbol, fill, edge) in enumerate(looks)
    ]


def _network_traces(
    weights: Sequence[np.ndarray], values: Sequence[np.ndarray], largest: float, font_size: int
) -> list[go.Scatter]:
    """Return the edges, the nodes and their names, on the second pair of axes."""
    axes = {"xaxis": "x2", "yaxis": "y2"}
    places = positions([len(v) for v in values])
    names = [
        [subscript(letter, i + 1) for i in range(len(v))] for letter, v in zip("xh", values, strict=False)
    ]
    roles = [palette.INPUT, palette.ACTIVATIONS, palette.PROBABILITIES]
    nodes, beside = _node_traces(values, [*names, ["p"]], places, roles, font_size, **axes)
    return [*_edge_traces(weights, places, largest, **axes), nodes, beside]


def _edge_traces(
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
            line=_edge_line(edges[i, j], largest),
            hoverinfo="skip",
            showlegend=False,
            **axes,
        )
        for edges, left, right in zip(weights, places, places[1:], strict=False)
        for i, j in np.ndindex(*edges.shape)
    ]


def _edge_line(weight: float, largest: float) -> dict[str, str | float]:
    """Return how plotly draws the edge of a weight."""
    look = edge_look(weight, largest)
    return {**look, "dash": f"{look['dash'].replace(' ', 'px,')}px" if look["dash"] else "solid"}


def _node_traces(
    values: Sequence[np.ndarray],
    names: Sequence[Sequence[str]],
    places: Sequence[np.ndarray],
    roles: Sequence[str],
    font_size: int,
    **axes: str,
) -> list[go.Scatter]:
    """Return two traces for all nodes: circles with their values in them, and the names beside or above."""
    x, y = np.concatenate(places).T
    size = round(3.2 * font_size)
    colors = [role for role, layer in zip(roles, values, strict=True) for _ in layer]
    shared = {"x": x, "y": y, "mode": "markers+text", "cliponaxis": False, "showlegend": False, **axes}
    labels = [name for layer in names for name in layer]
    nodes = go.Scatter(
        **shared,
        text=[text for layer in values for text in node_texts(layer)],
        textfont={"size": font_size, "color": palette.INK},
        marker={
            "size": size,
            "color": palette.BACKGROUND,
            "opacity": 1,
            "line": {"width": 4, "color": colors},
        },
        hoverinfo="skip",
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


def _loss_traces(losses: np.ndarray, font_size: int) -> list[go.Scatter]:
    """Return the point on the loss curve and the curve, on the third pair of axes."""
    ball = point_trace(Point(0, float(losses[0]), "", palette.LOSS, size=14), font_size)
    line = curve_trace(Curve("loss", np.arange(len(losses)), losses, palette.LOSS, width=3))
    return [trace.update(xaxis="x3", yaxis="y3", showlegend=False) for trace in (ball, line)]


def _fix_margins(result: go.Figure, *, font_size: int, **lines: float) -> go.Figure:
    """Give a figure margins of so many lines of text: fitting them would draw it three times over."""
    sides = {side[0]: round(count * font_size) for side, count in lines.items()}
    result.update_layout(margin={**sides, "autoexpand": False})
    result.update_xaxes(automargin=False)
    return result.update_yaxes(automargin=False)


def _plane_axes(x: np.ndarray, font_size: int, **y_options: object) -> dict:
    shown = [float(x[0]), float(x[-1])]
    shared = {"range": shown, "font_size": font_size, "tickvals": [-1, 0, 1], "constrain": "domain"}
    y = axis("x₂", **{**shared, "scaleanchor": "x", **y_options})
    return {"xaxis": axis("x₁", **shared, constraintoward="right"), "yaxis": y}


def _panels(x: np.ndarray, font_size: int, narrow: bool) -> dict:
    """Return the places of network, map and loss: side by side, or on a phone one below the other."""
    network, plane, loss = ([0, 1], [0, 1], [0, 1]) if narrow else ([0, 0.4], [0.46, 0.7], [0.83, 1])
    heights = ([0.61, 1], [0.23, 0.55], [0, 0.13]) if narrow else ([0, 1], [0, 1], [0, 1])
    axes = _plane_axes(x, font_size, domain=heights[1])
    axes["xaxis"]["domain"] = plane
    return {
        **axes,
        "xaxis2": bare_axis(-0.2, 1.12, domain=network, anchor="y2"),
        "yaxis2": bare_axis(0, 1.06, domain=heights[0], anchor="x2"),
        "xaxis3": axis("step", font_size=font_size, domain=loss, anchor="y3", nticks=4),
        "yaxis3": axis(
            "loss (nats)", font_size=font_size, domain=heights[2], anchor="x3", rangemode="tozero"
        ),
        "legend": {"x": plane[0], "y": heights[1][1], "font": {"size": font_size, "color": palette.INK}},
    }
