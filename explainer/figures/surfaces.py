"""Ways down a surface: the ball in 3-D, its contour and its loss curve, all on one slider."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go

from explainer.figures import palette
from explainer.figures.animation import animate
from explainer.figures.base import FONT_SIZE, axis, figure, number, require_finite
from explainer.figures.curves import Curve, curve_trace

# Low is the background, high the red of losses; the contour's numbers say the same without color.
_HEIGHTS = [(0.0, palette.BACKGROUND), (1.0, palette.LOSS)]
# Several balls are told apart by symbol and dash as well as by color.
_LOOKS = [
    {"color": palette.INK, "dash": "solid", "symbol": "circle"},
    {"color": palette.WEIGHTS, "dash": "dash", "symbol": "diamond"},
    {"color": palette.INPUT, "dash": "dot", "symbol": "square"},
]

# Where surface, contour and loss stand, in shares of the figure.
_WIDE = {"x": [0, 0.64], "y": [0, 1]}, {"x": [0.71, 1], "y": [0.4, 1]}, {"x": [0.71, 1], "y": [0, 0.25]}
_NARROW = {"x": [0, 1], "y": [0.44, 1]}, {"x": [0, 0.44], "y": [0, 0.42]}, {"x": [0.64, 1], "y": [0, 0.36]}


@dataclass(frozen=True)
class Path:
    """One way down: points (T + 1, 2), the loss at each (T + 1,), and whether it flew off the map."""

    name: str
    points: np.ndarray
    values: np.ndarray
    diverged: bool = False


def descent(
    x: np.ndarray,
    z: np.ndarray,
    paths: Sequence[Path],
    *,
    at: int = -1,
    pickable: bool = False,
    camera: tuple[float, float, float] = (-1.3, -0.9, 0.95),
    height: int = 640,
    font_size: int = FONT_SIZE,
    narrow: bool = False,
) -> go.Figure:
    """Draw a surface with the balls that roll down it, its contour, and their losses.

    Args:
        x: (G,) both axes of the picture, z: (G, G) heights, rows being the second input.
        paths: at most three; a path that has ended waits for the others.
        at: the step that shows first, -1 for the last.
        pickable: whether an invisible grid of points lies on the contour, to be clicked on as a start;
            it is the last trace, and a point's ``x`` and ``y`` are the start.
        camera: where the surface is looked at from, in plotly's units.
        narrow: whether the other two stand below the surface, as on a phone, instead of beside it.
    Raises:
        ValueError: if a number is NaN or infinite.
    """
    require_finite(
        z=z, **{path.name: path.points for path in paths}, losses=np.concatenate([p.values for p in paths])
    )
    result = figure(height=height, font_size=font_size, **_panels(x, z, paths, camera, font_size, narrow))
    result.add_traces([_surface(x, z), _contour(x, z, font_size, 6 if narrow else 12)])
    for path, look in zip(paths, _LOOKS, strict=False):
        result.add_traces(_path_traces(path, look, named=len(paths) > 1))
    if pickable:
        result.add_trace(_targets(x))
    steps = max(len(path.values) for path in paths)
    lift = float(np.ptp(z)) * 0.025  # a ball lies on the surface, its centre above
    frames = [
        [change for path in paths for change in _moved(path, min(i, len(path.values) - 1), lift, font_size)]
        for i in range(steps)
    ]
    labels = [_label(paths, i) for i in range(steps)]
    animated = range(2, 2 + 3 * len(paths))
    return animate(
        result, frames, animated, labels, at=at, milliseconds=150, font_size=font_size, narrow=narrow
    )


def descent_1d(
    x: np.ndarray,
    y: np.ndarray,
    path: Path,
    gradients: np.ndarray,
    *,
    at: int = -1,
    height: int = 560,
    font_size: int = FONT_SIZE,
    narrow: bool = False,
) -> go.Figure:
    """Draw a curve with the ball that rolls down it, its tangent, and its losses.

    Args:
        x: (N,), y: (N,) the curve.
        path: points (T + 1, 1).
        gradients: (T + 1, 1), the slope under the ball at each step.
        at: the step that shows first, -1 for the last.
    Raises:
        ValueError: if a number is NaN or infinite.
    """
    require_finite(y=y, points=path.points, losses=path.values, gradients=gradients)
    result = figure(height=height, font_size=font_size, showlegend=False)
    result.update_layout(**_two_panels(x, y, path, font_size, narrow))
    result.add_trace(curve_trace(Curve("f(x)", x, y)))
    _, on_curve, loss = _path_traces(path, {**_LOOKS[0], "color": palette.LOSS}, named=False)
    slope = curve_trace(Curve("tangent", x[:1], y[:1], palette.LOSS, "dash", 2))
    result.add_traces([on_curve, loss, slope])
    reach = 0.12 * float(x[-1] - x[0])
    frames = []
    for i, (x0, y0, g) in enumerate(zip(path.points[:, 0], path.values, gradients[:, 0], strict=True)):
        _, on_plane, on_loss = _moved(path, i, 0.0, font_size)
        on_plane["y"] = on_loss["y"]
        ends = np.array([x0 - reach, x0 + reach])
        frames.append([on_plane, on_loss, {"x": ends.tolist(), "y": (y0 + g * (ends - x0)).tolist()}])
    labels = [_label([path], i) for i in range(len(frames))]
    return animate(
        result, frames, range(1, 4), labels, at=at, milliseconds=200, font_size=font_size, narrow=narrow
    )


def descent_alt(title: str, paths: Sequence[Path]) -> str:
    """Return one sentence: the landscape, and for each ball where it starts and where it ends."""
    told = [
        f"{path.name} goes from a loss of {number(path.values[0])} to {number(path.values[-1])} "
        f"in {len(path.values) - 1} steps{', then flies off the map' if path.diverged else ''}"
        for path in paths
    ]
    return f"“{title}”, the ways down it and their losses: {'; '.join(told)}."


def _surface(x: np.ndarray, z: np.ndarray) -> go.Surface:
    return go.Surface(
        x=x,
        y=x,
        z=z,
        colorscale=_HEIGHTS,
        showscale=False,
        lighting={"ambient": 0.75, "diffuse": 0.5, "specular": 0.05, "roughness": 0.9},
        contours={"z": {"show": True, "color": palette.GREY, "width": 1, "size": float(np.ptp(z)) / 12}},
        hovertemplate="(%{x:.2f}, %{y:.2f})<br>loss %{z:.3f}<extra></extra>",
    )


def _contour(x: np.ndarray, z: np.ndarray, font_size: int, levels: int) -> go.Contour:
    return go.Contour(
        x=x,
        y=x,
        z=z,
        colorscale=_HEIGHTS,
        showscale=False,
        ncontours=levels,
        contours={"showlabels": True, "labelfont": {"size": font_size, "color": palette.INK}},
        line={"color": palette.GREY, "width": 1},
        hovertemplate="(%{x:.2f}, %{y:.2f})<br>loss %{z:.3f}<extra></extra>",
        showlegend=False,
    )


def _path_traces(path: Path, look: dict, named: bool) -> list:
    """Return a path on the surface, on the contour and as a loss curve; frames fill in the points."""
    line = {"color": look["color"], "dash": look["dash"], "width": 3}
    marker = {
        "color": look["color"],
        "symbol": look["symbol"],
        "opacity": 1,
        "line": {"color": palette.BACKGROUND, "width": 1},
    }
    shared = {"name": path.name, "legendgroup": path.name, "mode": "lines+markers", "marker": marker}
    kept = {"selected": {"marker": {"opacity": 1}}, "unselected": {"marker": {"opacity": 1}}}
    return [
        go.Scatter3d(**shared, line={**line, "width": 6}, showlegend=False, hoverinfo="skip"),
        go.Scatter(**shared, **kept, line=line, showlegend=named),
        go.Scatter(**shared, **kept, line=line, showlegend=False, xaxis="x2", yaxis="y2", cliponaxis=False),
    ]


def _moved(path: Path, step: int, lift: float, font_size: int) -> list[dict]:
    """Return the three traces of a path as they are after so many steps."""
    x, y = (np.round(column, 4).tolist() for column in path.points[: step + 1, [0, -1]].T)
    z = np.round(path.values[: step + 1], 4).tolist()
    lifted = np.round(path.values[: step + 1] + lift, 4).tolist()
    small, ball = font_size // 4, round(font_size * 0.9)
    sizes = [small] * step + [ball]
    return [
        {"x": x, "y": y, "z": lifted, "marker": {"size": sizes}},
        {"x": x, "y": y, "marker": {"size": sizes}},
        {"x": list(range(step + 1)), "y": z, "marker": {"size": [0] * step + [ball]}},
    ]


def _label(paths: Sequence[Path], step: int) -> str:
    """Return what the slider says: the step and every ball's loss."""
    losses = []
    for path in paths:
        i = min(step, len(path.values) - 1)
        gone = " ✕ diverged" if path.diverged and step >= i == len(path.values) - 1 else ""
        losses.append(f"{path.name if len(paths) > 1 else 'loss'} {number(path.values[i].round(3), 3)}{gone}")
    return f"{step} · {' · '.join(losses)}"


def _targets(x: np.ndarray) -> go.Scatter:
    """Return an invisible grid of points: plotly reports clicks on points, not on a contour."""
    places = np.linspace(x[0], x[-1], 25)
    x1, x2 = (np.round(side.ravel(), 2) for side in np.meshgrid(places, places))
    invisible = {"marker": {"opacity": 0}}
    return go.Scatter(
        x=x1,
        y=x2,
        mode="markers",
        marker={"size": 4, "opacity": 0},  # no two overlap, so that the nearest one is hit
        selected=invisible,
        unselected=invisible,
        hovertemplate="start at (%{x}, %{y})<extra></extra>",
        showlegend=False,
    )


def _panels(
    x: np.ndarray,
    z: np.ndarray,
    paths: Sequence[Path],
    camera: tuple[float, float, float],
    font_size: int,
    narrow: bool,
) -> dict:
    """Return the places: the surface large, and contour and loss one above the other beside it.

    On a phone contour and loss stand side by side below the surface.
    """
    scene, contour, loss = _NARROW if narrow else _WIDE
    shown = [float(x[0]), float(x[-1])]
    last = max(len(path.values) for path in paths) - 1
    steps = {"range": [-0.02 * last, 1.04 * max(last, 1)], "nticks": 3 if narrow else 6}
    plane = {"range": shown, "font_size": font_size, "constrain": "domain", "nticks": 5}
    far = 1.15 if narrow else 1.0
    return {
        "scene": _scene(shown, z, [far * c for c in camera], font_size) | {"domain": scene},
        "xaxis": axis("x₁", **plane, domain=contour["x"]),
        "yaxis": axis("x₂", **plane, domain=contour["y"], scaleanchor="x"),
        "xaxis2": axis("step", font_size=font_size, domain=loss["x"], anchor="y2", **steps),
        "yaxis2": axis(
            "loss", font_size=font_size, domain=loss["y"], anchor="x2", range=_loss_range(paths), nticks=4
        ),
        "legend": {
            "x": 0,
            "y": 1,
            "yanchor": "top",
            "font": {"size": font_size, "color": palette.INK},
        },
    }


def _two_panels(x: np.ndarray, y: np.ndarray, path: Path, font_size: int, narrow: bool) -> dict:
    """Return the places of a curve and its losses: side by side, or one below the other."""
    curve, loss = (
        ({"x": [0, 1], "y": [0.45, 1]}, {"x": [0, 1], "y": [0, 0.25]})
        if narrow
        else (
            {"x": [0, 0.6], "y": [0, 1]},
            {"x": [0.7, 1], "y": [0, 1]},
        )
    )
    room = 0.1 * float(np.ptp(y))
    height = [float(y.min()) - room, float(y.max()) + room]
    ends = [float(x[0]), float(x[-1])]
    last = len(path.values) - 1
    steps = [-0.02 * last, 1.04 * max(last, 1)]
    return {
        "xaxis": axis("x", font_size=font_size, domain=curve["x"], range=ends),
        "yaxis": axis("f(x)", font_size=font_size, domain=curve["y"], range=height),
        "xaxis2": axis("step", font_size=font_size, domain=loss["x"], anchor="y2", range=steps, nticks=6),
        "yaxis2": axis("loss", font_size=font_size, domain=loss["y"], anchor="x2", range=_loss_range([path])),
    }


def _loss_range(paths: Sequence[Path]) -> list[float]:
    low = min(float(path.values.min()) for path in paths)
    high = max(float(path.values.max()) for path in paths)
    room = 0.12 * max(high - low, 1e-6)
    return [low - room, high + room]


def _scene(shown: list[float], z: np.ndarray, camera: Sequence[float], font_size: int) -> dict:
    font = {"size": font_size, "color": palette.INK}
    side = {
        "gridcolor": palette.GRID,
        "zerolinecolor": palette.GRID,
        "showbackground": False,
        "showticklabels": False,  # the contour beside it has the numbers
    }
    eye = dict(zip("xyz", camera, strict=True))
    return {
        "xaxis": {**side, "title": {"text": "x₁", "font": font}, "range": shown},
        "yaxis": {**side, "title": {"text": "x₂", "font": font}, "range": shown},
        "zaxis": {**side, "title": {"text": "loss", "font": font}, "range": [float(z.min()), float(z.max())]},
        "aspectmode": "manual",
        "aspectratio": {"x": 1.1, "y": 1.1, "z": 0.7},
        "camera": {"eye": eye, "center": {"x": 0, "y": 0, "z": -0.12}},
        "uirevision": "stays",
        "dragmode": "turntable",
    }
