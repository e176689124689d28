"""Line charts: a curve with the point one is at, its tangent, losses over steps, linear or logarithmic."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from math import ceil
from typing import Any

import numpy as np
import plotly.graph_objects as go

from explainer.figures import palette
from explainer.figures.axes import reach
from explainer.figures.base import FONT_SIZE, require_finite
from explainer.figures.chart import axis, chart
from explainer.wording.numerals import equals, number

DASHED, DOTTED, LONG_DASHED = "10px,6px", "3px,6px", "20px,10px"
DASHES = ("solid", DASHED, DOTTED, LONG_DASHED)
_SIDES = {-1: "left", 0: "center", 1: "right"}  # of a label, from its point
GREYS = (palette.GREY, palette.INK)  # of lines that are only compared with
TALL = 4.0  # nats per character: what lies above is shown only if a training stands there
ROOM = 0.05  # of an axis, above and below what it holds


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


@dataclass(frozen=True)
class Point:
    """One marked point with a label beside it."""

    x: float
    y: float
    label: str = ""
    color: str = palette.INK
    shape: str = "circle"
    size: int = 16
    beside: str = "top"  # where the label stands: top or bottom, left or right, or one of each
    title: str = ""  # what is said of the point when it is pointed at
    name: str = ""  # what stands in the legend for all points of one name


def curves(
    lines: Sequence[Curve],
    *,
    x_title: str,
    y_title: str,
    points: Sequence[Point] = (),
    x_range: tuple[float, float] | None = None,
    y_range: tuple[float, float] | None = None,
    x_ticks: Sequence[float] | None = None,
    log_x: bool = False,
    log_y: bool = False,
    letters: int = 40,
    font_size: int = FONT_SIZE,
) -> go.Figure:
    """Draw curves over one pair of axes; with two or more, a legend names them.

    Args:
        points: marked points, drawn above the curves; those beyond the axes are left out.
        x_range, y_range: what is shown, in the data's units also on a logarithmic axis; all if not given.
        x_ticks: what is marked on the horizontal axis; round numbers if not given.
        letters: how many fit into the width of the figure; a label near a side turns inward.
    Raises:
        ValueError: if a value is NaN or infinite, or not positive on a logarithmic axis.
    """
    for line in lines:
        _require_drawable(line, log_x, log_y)
    x, y = (np.concatenate([getattr(line, name) for line in lines]) for name in "xy")
    across = x_range or reach(x, log=log_x)
    marked = (
        {"tickvals": list(x_ticks), "ticktext": [number(x) for x in x_ticks]} if x_ticks is not None else {}
    )
    return chart(
        [*traces_of(lines), *marks_of(points, across, log_x, letters)],
        axis(x_title, ends=across, log=log_x, grid=False, **marked),
        axis(y_title, ends=y_range or reach(y, log=log_y, room=ROOM), log=log_y),
        legend=len(lines) > 1 or any(point.name for point in points),
        together=x_title,
        font_size=font_size,
    )


def traces_of(lines: Sequence[Curve], **look: Any) -> list[dict[str, Any]]:
    """Return curves as Plotly draws them; a straight line between two points has no numbers to be read.

    Args:
        look: any attribute of a trace, for all of them.
    """
    return [
        {
            "type": "scatter",
            "mode": "lines",
            "name": line.name,
            "x": line.x,
            "y": line.y,
            "line": {"color": line.color, "dash": line.dash, "width": line.width},
            "showlegend": len(lines) > 1,
            "hoverinfo": "all" if len(line.x) > 2 else "skip",
            **look,
        }
        for line in lines
    ]


def marks_of(
    points: Sequence[Point], across: tuple[float, float], log: bool, letters: int, **look: Any
) -> list[dict[str, Any]]:
    """Return points as Plotly draws them: those that look alike together, a labelled one alone.

    Args:
        across: the ends of the horizontal axis, logarithmic or not.
        letters: how many fit into its length.
        look: any attribute of a trace, for all of them.
    """
    alike = groupby(points, lambda p: (p.name, p.label, p.color, p.shape, p.size))
    return [_marks(list(group), across, log, letters) | look for _, group in alike]


def losses(
    steps: Sequence[int] | np.ndarray,
    by_name: Mapping[str, Sequence[float] | np.ndarray],
    *,
    unit: str = "nats per character",
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
    shown = 0.0, max(float(steps[-1]), 10.0)  # steps are counts, also while only the first is known
    return curves(lines, x_title="step", y_title=f"loss ({unit})", x_range=shown, font_size=font_size)


def losses_alt(steps: Sequence[int] | np.ndarray, by_name: Mapping[str, Sequence[float] | np.ndarray]) -> str:
    """Return one sentence saying where each loss starts and ends."""
    told = [
        f"{name} from {number(values[0], 3)} to {number(values[-1], 3)}" for name, values in by_name.items()
    ]
    return f"Loss over {len(steps)} recorded points up to step {steps[-1]}: {'; '.join(told)}."


def live_losses(
    steps: np.ndarray,
    by_name: Mapping[str, np.ndarray],
    others: Mapping[str, tuple[np.ndarray, np.ndarray]],
    until: float,
    *,
    font_size: int = FONT_SIZE,
) -> go.Figure:
    """Draw the losses of a training in large, and those of others as thin lines to be compared with.

    Args:
        steps: (R,), by_name: (R,) losses in nats per character, for the part that they are of.
        others: steps and losses, by what is said of them.
        until: the last step of the axis; what comes later is not shown.
    """
    lines = [
        Curve(name, steps, np.asarray(values), palette.LOSS, DASHES[i % len(DASHES)])
        for i, (name, values) in enumerate(by_name.items())
    ]
    for i, (name, (x, y)) in enumerate(others.items()):
        lines.append(Curve(name, x, y, GREYS[i % len(GREYS)], DASHES[i // 2 % len(DASHES)], 2.5))
    seen = [line.y[line.x <= until] for line in lines]
    latest = max([float(values[-1]) for values in by_name.values() if len(values)], default=0.0)
    low = min([float(values.min()) for values in seen if len(values)], default=0.0)
    high = max([float(values.max()) for values in seen if len(values)], default=TALL)
    high = min(high, max(TALL, ceil(1.2 * latest)))  # what others began with need not be seen
    room = ROOM * (high - low) or ROOM
    return curves(
        lines,
        x_title="step",
        y_title="loss (nats per character)",
        x_range=(0.0, until),
        y_range=(low - room, high + room),
        font_size=font_size,
    )


def gradient(steps: np.ndarray, lengths: np.ndarray, *, font_size: int = FONT_SIZE) -> go.Figure:
    """Draw how long the gradient of a batch's loss was, over the steps.

    Args:
        steps: (P,); lengths: (P,) above zero.
    """
    line = Curve("length of the gradient", steps, lengths, palette.LOSS, width=2)
    shown = 0.0, max(float(steps[-1]), 10.0)
    title = "length of a batch’s gradient"
    return curves([line], x_title="step", y_title=title, x_range=shown, log_y=True, font_size=font_size)


def gradient_alt(steps: np.ndarray, lengths: np.ndarray) -> str:
    """Return one sentence: how long the gradient was first, at most, and last."""
    return (
        f"The length of the gradient over {len(steps)} batches: {number(lengths[0], 3)} at first, "
        f"{number(lengths.max(), 3)} at most, {number(lengths[-1], 3)} at step {steps[-1]:,}."
    )


def activation(
    name: str, z: np.ndarray, a: np.ndarray, at: tuple[float, float], *, font_size: int = FONT_SIZE
) -> go.Figure:
    """Draw an activation function and the point (sum, output) at which one neuron stands.

    Args:
        z: (N,) the sums, a: (N,) the outputs.
    """
    output = number(at[1])
    label = f"{name}({number(at[0])}) {equals(at[1], output)} {output}"
    side = "top left" if at[0] > (z[0] + z[-1]) / 2 else "bottom right"
    return curves(
        [Curve(name, z, a, palette.ACTIVATIONS)],
        x_title="sum",
        y_title="output",
        points=[Point(*at, label, palette.ACTIVATIONS_TEXT, beside=side)],
        y_range=reach(a, room=0.15),
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
    names = f"autograd: slope {number(gradient, 4)}", f"measured: slope {number(measured, 4)}"
    # Where the curve is lower there is room above it, and below it on the other side.
    rises = float(np.interp(beyond[0], x, np.gradient(y, x))) > 0, gradient > 0
    above, below = "left" if rises[0] else "right", "right" if rises[1] else "left"
    return curves(
        [
            Curve("f(x)", x, y, palette.INK),
            Curve(names[0], ends, y0 + gradient * (ends - x0), palette.LOSS, width=3),
            Curve(names[1], ends, y0 + measured * (ends - x0), palette.LOSS, DASHED, 3),
        ],
        x_title="x",
        y_title="f(x)",
        points=[
            Point(*beyond, "x + h", palette.LOSS, "diamond", 14, f"top {above}"),
            Point(x0, y0, "x", palette.INK, beside=f"bottom {below}"),
        ],
        x_range=(float(x[0]), float(x[-1])),
        y_range=reach(y, room=0.15),
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
    font_size: int = FONT_SIZE,
) -> go.Figure:
    """Draw how far a measured slope is off, over the size of its step, on logarithmic axes.

    Args:
        h: (N,) steps, error: (N,) above zero.
        at: the step and error one is at; None where the error is zero.
    """
    here = (
        [] if at is None else [Point(*at, "this h", palette.LOSS, "diamond", beside=_free(h, error, at[0]))]
    )
    seen = np.array([point.y for point in here])
    return curves(
        [Curve("error", h, error, palette.LOSS, width=3)],
        x_title="h",
        y_title="error of the slope",
        points=here,
        x_range=reach(h, log=True, room=ROOM / 2),
        y_range=reach(np.concatenate([error, seen]), log=True, room=2 * ROOM),
        log_x=True,
        log_y=True,
        font_size=font_size,
    )


def slope_errors_alt(h: np.ndarray, error: np.ndarray) -> str:
    """Return one sentence: where the error is least, and how large it is at both ends."""
    best = int(error.argmin())
    return (
        f"The error of a measured slope over the step h: {number(error[0])} at h = {number(h[0])}, least at "
        f"h = {number(h[best])} with {number(error[best])}, and {number(error[-1])} at h = {number(h[-1])}."
    )


def _free(h: np.ndarray, error: np.ndarray, at: float) -> str:
    """Return the side of a step on which there is no curve: inside its V, or below where it is narrow."""
    away = np.log10(at / h[error.argmin()])
    side = "left" if away > 0 else "right"
    return side if abs(away) > 1 else f"bottom {'right' if away > 0 else 'left'}"


def _marks(points: Sequence[Point], across: tuple[float, float], log: bool, letters: int) -> dict[str, Any]:
    """Return points that look alike; what is said of them if they have a title."""
    first = points[0]
    level = not {"top", "bottom"} & set(first.beside.split())
    low, high, x = np.log10([*across, first.x]) if log else (*across, first.x)
    side = _SIDES[_side(first, (x - low) / (high - low), letters, level)]
    height = "middle" if level else "bottom" if "bottom" in first.beside else "top"
    outline = {"color": palette.BACKGROUND, "width": 0 if first.name else first.size / 8}
    return {
        "type": "scatter",
        "mode": "markers+text" if first.label else "markers",
        "name": first.name,
        "x": [point.x for point in points],
        "y": [point.y for point in points],
        "text": [point.label for point in points],
        "textposition": f"{height} {side}",
        "textfont": {"shadow": "auto"},
        "marker": {"color": first.color, "symbol": first.shape, "size": first.size, "line": outline},
        "cliponaxis": False,
        "showlegend": bool(first.name),
        "hovertext": [point.title for point in points],
        "hoverinfo": "text" if first.title else "skip",
    }


def _side(point: Point, along: float, letters: int, level: bool) -> int:
    """Return on which side a label stands, −1 for the left: turned inward only as far as it must be.

    Args:
        along: how far along the axis the point lies, of 1.
        level: whether the label is as high as its point, where it cannot stand in the middle.
    """
    wanted, inward = ("right" in point.beside) - ("left" in point.beside), 1 if along < 0.5 else -1
    length = len(point.label) / letters
    for side in (wanted, inward) if level else (wanted, 0):
        start = along + (side - 1) * length / 2
        if start >= 0 and start + length <= 1:
            return side
    return inward


def _require_drawable(line: Curve, log_x: bool, log_y: bool) -> None:
    require_finite(**{f"{line.name} (x)": line.x, f"{line.name} (y)": line.y})
    for values, log in ((line.x, log_x), (line.y, log_y)):
        if log and np.any(np.asarray(values) <= 0):
            raise ValueError(
                f"{line.name} holds values that are not positive; a logarithmic axis has no place."
            )
