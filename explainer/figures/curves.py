"""Line charts: a curve with the point one is at, its tangent, losses over steps, linear or logarithmic."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from explainer.figures import palette
from explainer.figures.axes import Axis, Panel, reach
from explainer.figures.base import FONT_SIZE, number, require_finite
from explainer.figures.drawing import DASHED, DOTTED, Drawing, Line, Mark, Primitive, Reading, Text

LONG_DASHED = "20 10"
DASHES = ("", DASHED, DOTTED, LONG_DASHED)
_ANCHORS = {-1: "end", 0: "middle", 1: "start"}  # of a label on that side of its point
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
    dash: str = ""
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
) -> Drawing:
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
    across = Axis(*(x_range or reach(x, log=log_x)), x_title, log_x, at=x_ticks, grid=False)
    up = Axis(*(y_range or reach(y, log=log_y, room=ROOM)), y_title, log_y)
    panel = Panel(across, up, font_size=font_size)
    drawn = [*panel.frame(), *lines_of(panel, lines)]
    for point in points:
        drawn += marked(panel, point, letters)
    legend = [*(legend_line(line) for line in lines if len(lines) > 1), *_names(points)]
    readings = readings_of(panel, lines)
    return Drawing(drawn, margins=panel.margins(), font_size=font_size, legend=legend, readings=readings)


def lines_of(panel: Panel, lines: Sequence[Curve]) -> list[Line]:
    """Return what draws curves in a panel, without its axes."""
    return [part for line in lines for part in panel.lines(line.x, line.y, line.color, line.width, line.dash)]


def readings_of(panel: Panel, lines: Sequence[Curve]) -> list[Reading]:
    """Return the numbers of curves; a straight line between two points has none of its own."""
    alone = len(lines) == 1
    return [panel.reading("" if alone else line.name, line.x, line.y) for line in lines if len(line.x) > 2]


def legend_line(line: Curve) -> tuple[Line, str]:
    """Return how a curve looks in a legend, and its name."""
    return Line((-1, 1), (0, 0), line.color, line.width, line.dash), line.name


def marked(panel: Panel, point: Point, letters: int) -> list[Primitive]:
    """Return a point in a panel with its label, or nothing if it lies beyond the axes."""
    if not panel.holds(point.x, point.y):
        return []
    x, y = float(panel.x(point.x)), float(panel.y(point.y))
    look = {"fill": point.color, "color": palette.BACKGROUND, "width": point.size / 8, "title": point.title}
    mark = Mark(x, y, point.size, point.shape, **look)
    return [mark, _label(panel, point, x, y, letters)] if point.label else [mark]


def losses(
    steps: Sequence[int] | np.ndarray,
    by_name: Mapping[str, Sequence[float] | np.ndarray],
    *,
    unit: str = "nats per character",
    font_size: int = FONT_SIZE,
) -> Drawing:
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


def activation(
    name: str, z: np.ndarray, a: np.ndarray, at: tuple[float, float], *, font_size: int = FONT_SIZE
) -> Drawing:
    """Draw an activation function and the point (sum, output) at which one neuron stands.

    Args:
        z: (N,) the sums, a: (N,) the outputs.
    """
    label = f"{name}({number(at[0])}) = {number(at[1])}"
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
) -> Drawing:
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
) -> Drawing:
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


def _label(panel: Panel, point: Point, x: float, y: float, letters: int) -> Text:
    """Return the label of a point that lies at a place of the drawing, clear of its mark."""
    away, font = point.size / 2, panel.font_size
    level = not {"top", "bottom"} & set(point.beside.split())
    side = _side(point, float(panel.across.share(point.x)), letters, level)
    dx = side * (away + 0.4 * font * level)
    dy = 0 if level else (away + 0.7 * font) * (1 if "bottom" in point.beside else -1)
    return Text(x, y, point.label, anchor=_ANCHORS[side], dx=dx, dy=dy, halo=True)


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


def _names(points: Sequence[Point]) -> list[tuple[Mark, str]]:
    """Return how the points of every name look in a legend."""
    named = {point.name: point for point in points if point.name}
    return [(Mark(0, 0, p.size, p.shape, p.color, p.color, width=0), name) for name, p in named.items()]


def _require_drawable(line: Curve, log_x: bool, log_y: bool) -> None:
    require_finite(**{f"{line.name} (x)": line.x, f"{line.name} (y)": line.y})
    for values, log in ((line.x, log_x), (line.y, log_y)):
        if log and np.any(np.asarray(values) <= 0):
            raise ValueError(
                f"{line.name} holds values that are not positive; a logarithmic axis has no place."
            )
