"""Line charts: a curve with the point one is at, its tangent, losses over steps, linear or logarithmic."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go

from explainer.figures import palette
from explainer.figures.base import FONT_SIZE, axis, figure, number, require_finite, superscript

DASHES = ("solid", "dash", "dot", "dashdot", "longdash")


@dataclass(frozen=True)
class Curve:
    """One line: arrays of equal length, the name in the legend, and how it looks.

    Color says the role, dash tells two curves of one role apart.
    """

    name: str
    x: np.ndarray
    y: np.ndarray
    color: str = palette.INK
    dash: str = "solid"
    width: float = 4
    markers: bool = False


@dataclass(frozen=True)
class Point:
    """One marked point with a label beside it (plotly's textposition says where)."""

    x: float
    y: float
    label: str = ""
    color: str = palette.INK
    symbol: str = "circle"
    size: int = 16
    position: str = "top center"


def curves(
    lines: Sequence[Curve],
    *,
    x_title: str,
    y_title: str,
    points: Sequence[Point] = (),
    x_range: tuple[float, float] | None = None,
    y_range: tuple[float, float] | None = None,
    log_x: bool = False,
    log_y: bool = False,
    height: int = 480,
    font_size: int = FONT_SIZE,
) -> go.Figure:
    """Draw curves over one pair of axes; with two or more, a legend names them.

    Args:
        points: marked points, drawn above the curves.
        x_range, y_range: what is shown, in the data's units also on a logarithmic axis; all if not given.
    Raises:
        ValueError: if a value is NaN or infinite, or not positive on a logarithmic axis.
    """
    result = figure(height=height, font_size=font_size, showlegend=len(lines) > 1)
    xs, ys = ([getattr(line, name) for line in lines] for name in "xy")
    result.update_xaxes(axis(x_title, font_size=font_size, **_scale(x_range, log_x, xs)))
    result.update_yaxes(axis(y_title, font_size=font_size, **_scale(y_range, log_y, ys)))
    for line in lines:
        _require_drawable(line, log_x, log_y)
        result.add_trace(curve_trace(line))
    for point in points:
        result.add_trace(point_trace(point, font_size))
    return result


def curve_trace(line: Curve) -> go.Scatter:
    """Return the plotly trace of one curve, for figures with several plots."""
    return go.Scatter(
        x=line.x,
        y=line.y,
        name=line.name,
        mode="lines+markers" if line.markers else "lines",
        line={"color": line.color, "dash": line.dash, "width": line.width, "simplify": False},
        marker={"color": line.color, "size": 2 * line.width},
    )


def point_trace(point: Point, font_size: int = FONT_SIZE) -> go.Scatter:
    """Return the plotly trace of one marked point, for figures with several plots."""
    return go.Scatter(
        x=[point.x],
        y=[point.y],
        name=point.label,
        text=[point.label],
        mode="markers+text",
        textposition=point.position,
        textfont={"size": font_size, "color": palette.INK},
        marker={
            "color": point.color,
            "size": point.size,
            "symbol": point.symbol,
            "line": {"color": palette.BACKGROUND, "width": 2},
        },
        cliponaxis=False,
        showlegend=False,
    )


def losses(
    steps: Sequence[int] | np.ndarray,
    by_name: Mapping[str, Sequence[float] | np.ndarray],
    *,
    unit: str = "nats per character",
    x_title: str = "step",
    log_x: bool = False,
    points: Sequence[Point] = (),
    height: int = 480,
    font_size: int = FONT_SIZE,
) -> go.Figure:
    """Draw losses over training steps: one curve a name ("train", "dev"), told apart by their dash.

    Args:
        steps: counts, shared by all curves; a curve may be shorter.
        by_name: losses in ``unit``.
    """
    steps = np.asarray(steps)
    lines = [
        Curve(name, steps[: len(values)], np.asarray(values), palette.LOSS, DASHES[i % len(DASHES)])
        for i, (name, values) in enumerate(by_name.items())
    ]
    return curves(
        lines,
        x_title=x_title,
        y_title=f"loss ({unit})",
        points=points,
        log_x=log_x,
        height=height,
        font_size=font_size,
    )


def losses_alt(steps: Sequence[int] | np.ndarray, by_name: Mapping[str, Sequence[float] | np.ndarray]) -> str:
    """Return one sentence saying where each loss starts and ends."""
    told = [
        f"{name} from {number(values[0], 3)} to {number(values[-1], 3)}" for name, values in by_name.items()
    ]
    return f"Loss over {len(steps)} recorded points up to step {steps[-1]}: {'; '.join(told)}."


def activation(
    name: str,
    z: np.ndarray,
    a: np.ndarray,
    at: tuple[float, float],
    *,
    height: int = 480,
    font_size: int = FONT_SIZE,
) -> go.Figure:
    """Draw an activation function and the point (sum, output) at which one neuron stands.

    Args:
        z: (N,) the sums, a: (N,) the outputs.
    """
    line = Curve(name, z, a, palette.ACTIVATIONS)
    label = f"{name}({number(at[0])}) = {number(at[1])}"
    side = "top left" if at[0] > (z[0] + z[-1]) / 2 else "bottom right"
    spread = max(float(np.ptp(a)), 1e-9)
    return curves(
        [line],
        x_title="sum",
        y_title="output",
        points=[Point(*at, label, palette.ACTIVATIONS_TEXT, position=side)],
        y_range=(float(a.min()) - 0.1 * spread, float(a.max()) + 0.1 * spread),
        height=height,
        font_size=font_size,
    )


def activation_alt(name: str, at: tuple[float, float]) -> str:
    """Return one sentence naming the function and the point on it."""
    return (
        f"The curve of {name} with a point where the sum is {number(at[0])} and the output {number(at[1])}."
    )


def tangent(
    x: np.ndarray,
    y: np.ndarray,
    at: tuple[float, float],
    gradient: float,
    beyond: tuple[float, float],
    measured: float,
    *,
    height: int = 480,
    font_size: int = FONT_SIZE,
) -> go.Figure:
    """Draw a curve, its tangent at a point, and the line through that point and one a step of h away.

    Args:
        x: (N,), y: (N,) the curve.
        at: the point; gradient: the slope of the tangent there.
        beyond: (x + h, f(x + h)), the second point of the measured line; measured: its slope as it was
            worked out, which rounding parts from the line through both points if h is tiny.
    """
    x0, y0 = at
    ends = np.array([x[0], x[-1]])  # (2,)
    room = 0.15 * float(np.ptp(y))
    names = f"autograd: slope {number(gradient, 4)}", f"measured: slope {number(measured, 4)}"
    return curves(
        [
            Curve("f(x)", x, y, palette.INK),
            Curve(names[0], ends, y0 + gradient * (ends - x0), palette.LOSS, width=3),
            Curve(names[1], ends, y0 + measured * (ends - x0), palette.LOSS, "dash", 3),
        ],
        x_title="x",
        y_title="f(x)",
        points=[
            Point(
                *beyond, "x + h", palette.LOSS, "diamond", 14, f"top {'left' if gradient > 0 else 'right'}"
            ),
            Point(x0, y0, "x", palette.INK, position=f"bottom {'right' if gradient > 0 else 'left'}"),
        ],
        x_range=(float(x[0]), float(x[-1])),
        y_range=(float(y.min()) - room, float(y.max()) + room),
        height=height,
        font_size=font_size,
    )


def tangent_alt(at: tuple[float, float], gradient: float, numeric: float, h: float) -> str:
    """Return one sentence with the point and both slopes."""
    return (
        f"A curve and its tangent at x = {number(at[0])}: autograd finds the slope {number(gradient, 4)}, "
        f"a step of h = {number(h)} measures {number(numeric, 4)}."
    )


def slope_errors(
    h: np.ndarray,
    error: np.ndarray,
    at: tuple[float, float] | None = None,
    *,
    height: int = 480,
    font_size: int = FONT_SIZE,
) -> go.Figure:
    """Draw how far a measured slope is off, over the size of its step, on logarithmic axes.

    Args:
        h: (N,) steps, error: (N,) above zero.
        at: the step and error one is at; None where the error is zero.
    """
    inside = "middle left" if at and at[0] > h[error.argmin()] else "middle right"
    marked = [] if at is None else [Point(*at, "this h ", palette.LOSS, "diamond", position=inside)]
    result = curves(
        [Curve("error", h, error, palette.LOSS, width=3)],
        x_title="h",
        y_title="error of the slope",
        points=marked,
        log_x=True,
        log_y=True,
        height=height,
        font_size=font_size,
    )
    return result


def slope_errors_alt(h: np.ndarray, error: np.ndarray) -> str:
    """Return one sentence: where the error is least, and how large it is at both ends."""
    best = int(error.argmin())
    return (
        f"The error of a measured slope over the step h: {number(error[0])} at h = {number(h[0])}, least at "
        f"h = {number(h[best])} with {number(error[best])}, and {number(error[-1])} at h = {number(h[-1])}."
    )


def _scale(shown: tuple[float, float] | None, log: bool, values: Sequence[np.ndarray]) -> dict:
    options = {"type": "log", **_powers(np.concatenate(values))} if log else {}
    if shown is not None:
        options["range"] = list(np.log10(shown)) if log else list(shown)
    return options


def _powers(values: np.ndarray) -> dict:
    """Return a tick at every power of ten, or every third over a long way.

    Plotly's own exponents, and the digits that it writes between them, are in a type that is too small.
    """
    exponents = np.log10(values[values > 0])
    low, high = int(np.floor(exponents.min())), int(np.ceil(exponents.max()))
    step = 1 if high - low <= 7 else 3
    ticks = [10.0**e for e in range(step * (low // step), high + 1, step)]
    return {"tickvals": ticks, "ticktext": [_power(tick) for tick in ticks]}


def _power(value: float) -> str:
    exponent = round(np.log10(value))
    return f"{value:,.10g}" if abs(exponent) <= 5 else f"10{superscript(exponent)}"


def _require_drawable(line: Curve, log_x: bool, log_y: bool) -> None:
    require_finite(**{f"{line.name} (x)": line.x, f"{line.name} (y)": line.y})
    for values, log in ((line.x, log_x), (line.y, log_y)):
        if log and np.any(np.asarray(values) <= 0):
            raise ValueError(
                f"{line.name} holds values that are not positive; a logarithmic axis has no place."
            )
