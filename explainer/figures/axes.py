"""A pair of axes in a rectangle of a drawing: grid, numbers and titles, and where data lie between them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from explainer.figures import palette
from explainer.figures.base import FONT_SIZE, number, superscript
from explainer.figures.drawing import Line, Primitive, Text, ticks

WIDTH = 0.55  # of a character of a number, about, in sizes of its type
GAP = 0.5  # between a number and its axis, in sizes of its type
_INSIDE = 1e-9  # by how much rounding may lead beyond the end of an axis


@dataclass(frozen=True)
class Axis:
    """One axis: which numbers it holds, linear or logarithmic, and what is written at it."""

    low: float
    high: float
    title: str = ""
    log: bool = False
    most: int = 7  # ticks of a linear axis
    at: Sequence[float] | None = None  # where the ticks are; at round numbers if not given
    text: Callable[[float], str] | None = None  # a tick in words; as a number if not given
    grid: bool = True  # whether a line leads across at every tick
    labelled: bool = True  # whether the ticks are named

    def share(self, values: float | np.ndarray) -> np.ndarray:
        """Return how far along the axis numbers lie: 0 at its beginning, 1 at its end."""
        values, low, high = np.asarray(values, dtype=float), self.low, self.high
        if self.log:
            values, low, high = np.log10(values), np.log10(low), np.log10(high)
        return (values - low) / (high - low)

    def ticks(self) -> list[tuple[float, str]]:
        """Return the ticks and what is written at them, from the beginning of the axis to its end."""
        marked = np.asarray(self._round() if self.at is None else self.at, dtype=float)
        inside = marked[_within(self.share(marked))]
        text = self.text or (_power if self.log else _round_number(np.diff(inside)))
        return [(float(value), text(value) if self.labelled else "") for value in inside]

    def _round(self) -> np.ndarray:
        return powers(self.low, self.high) if self.log else ticks(self.low, self.high, self.most)


@dataclass(frozen=True)
class Panel:
    """Two axes in a rectangle of a drawing, given by its sides in the places of the drawing."""

    across: Axis
    up: Axis
    left: float = 0.0
    right: float = 1.0
    bottom: float = 0.0
    top: float = 1.0
    font_size: float = FONT_SIZE

    def x(self, values: float | np.ndarray) -> np.ndarray:
        """Return where numbers of the horizontal axis lie in the drawing."""
        return self.left + self.across.share(values) * (self.right - self.left)

    def y(self, values: float | np.ndarray) -> np.ndarray:
        """Return where numbers of the vertical axis lie in the drawing."""
        return self.bottom + self.up.share(values) * (self.top - self.bottom)

    def holds(self, x: float, y: float) -> bool:
        """Return whether a point lies between the ends of both axes."""
        return bool(_within(self.across.share(x)) and _within(self.up.share(y)))

    def lines(self, x: np.ndarray, y: np.ndarray, color: str, width: float, dash: str = "") -> list[Line]:
        """Return a curve (N,), (N,) as lines: one for every part that lies between the ends of both axes."""
        parts = _cut(np.stack([self.across.share(x), self.up.share(y)], axis=1))
        corner, size = (self.left, self.bottom), (self.right - self.left, self.top - self.bottom)
        return [Line(*(corner + part * size).T, color, width, dash) for part in parts]

    def frame(self) -> list[Primitive]:
        """Return the axes: their lines, their numbers and their titles."""
        return [*self._across(), *self._up()]

    def margins(self) -> tuple[float, float, float, float]:
        """Return how much room the numbers and titles take: pixels at the left, right, top and bottom."""
        font = self.font_size
        texts = [[text for _, text in axis.ticks()] or [""] for axis in (self.across, self.up)]
        left = (WIDTH * max(map(len, texts[1])) + GAP) * font
        right = WIDTH * len(texts[0][-1]) / 2 * font
        below = 1.3 * any(texts[0]) + 1.4 * bool(self.across.title) + 0.3
        return left + 4, max(right, 4) + 4, (1.9 if self.up.title else 0.6) * font, below * font

    def _across(self) -> list[Primitive]:
        """Return the numbers of the horizontal axis below it, and its title below them."""
        drawn: list[Primitive] = [self._upright(self.left)]
        for value, text in self.across.ticks():
            x = float(self.x(value))
            drawn += [self._upright(x)] if self.across.grid else []
            drawn += [Text(x, self.bottom, text, dy=0.9 * self.font_size)] if text else []
        if self.across.title:
            middle = (self.left + self.right) / 2
            below = 2.3 if self.across.labelled else 0.9
            drawn.append(Text(middle, self.bottom, self.across.title, dy=below * self.font_size))
        return drawn

    def _up(self) -> list[Primitive]:
        """Return the numbers of the vertical axis at its left; its title lies above it, to be read level."""
        font = self.font_size
        drawn: list[Primitive] = [self._level(self.bottom)]
        for value, text in self.up.ticks():
            y = float(self.y(value))
            drawn += [self._level(y)] if self.up.grid else []
            drawn += [Text(self.left, y, text, anchor="end", dx=-GAP * font)] if text else []
        if self.up.title:
            start = -self.margins()[0]
            drawn.append(Text(self.left, self.top, self.up.title, anchor="start", dx=start, dy=-1.2 * font))
        return drawn

    def _upright(self, x: float) -> Line:
        return Line((x, x), (self.bottom, self.top), palette.GRID, 1)

    def _level(self, y: float) -> Line:
        return Line((self.left, self.right), (y, y), palette.GRID, 1)


def reach(values: np.ndarray, *, log: bool = False, room: float = 0.0) -> tuple[float, float]:
    """Return the ends of an axis that holds all values, with so much of its length as room at both ends.

    Args:
        values: (N,), positive for a logarithmic axis; without any the axis goes from 0 to 1, or 1 to 10.
    """
    ends = np.array([values.min(), values.max()]) if len(values) else np.array([1.0, 10.0] if log else [0, 1])
    low, high = np.log10(ends) if log else ends
    if low == high:  # an axis has a length
        low, high = low - 0.5, high + 0.5
    low, high = low - room * (high - low), high + room * (high - low)
    return (float(10.0**low), float(10.0**high)) if log else (float(low), float(high))


def powers(low: float, high: float) -> np.ndarray:
    """Return the powers of ten around two numbers, or every third over a long way."""
    first, last = int(np.floor(np.log10(low))), int(np.ceil(np.log10(high)))
    step = 1 if last - first <= 7 else 3
    return 10.0 ** np.arange(step * (first // step), last + 1, step)  # (N,)


def _power(value: float) -> str:
    exponent = round(np.log10(value))
    return f"{value:,.10g}" if abs(exponent) <= 5 else f"10{superscript(exponent)}"


def _round_number(steps: np.ndarray) -> Callable[[float], str]:
    """Return how the ticks of a linear axis are written: thousands as k, as many decimals as they need."""
    step = float(steps.min(initial=1.0))
    if len(steps) and steps[0] >= 1000:
        return lambda value: f"{number(value / 1000)}k" if value else "0"
    digits = max(0, -int(np.floor(np.log10(step) + _INSIDE)))
    if digits:
        return lambda value: number(value, digits)
    return lambda value: f"{value + 0.0:,.0f}".replace("-", "−")  # + 0.0: never −0


def _within(shares: np.ndarray) -> np.ndarray:
    """Return which shares of an axis lie between its ends, but for rounding."""
    return np.abs(shares - 0.5) <= 0.5 + _INSIDE


def _cut(points: np.ndarray) -> list[np.ndarray]:
    """Cut a curve (N, 2) at the sides of the square from 0 to 1; return the parts inside, (n, 2) each."""
    for side in (0, 1):
        for border in (0.0, 1.0):
            points = _with_crossings(points, side, border)
    inside = _within(points).all(axis=1)  # (N,)
    turns = np.flatnonzero(np.diff(inside, prepend=False, append=False))
    return [points[start:end] for start, end in turns.reshape(-1, 2) if end - start > 1]


def _with_crossings(points: np.ndarray, side: int, border: float) -> np.ndarray:
    """Return a curve (N, 2) with a point more wherever it crosses a border on one of its two axes."""
    away = points[:, side] - border  # (N,)
    crossing = np.flatnonzero(away[:-1] * away[1:] < 0)
    share = away[crossing] / (away[crossing] - away[crossing + 1])  # (C,)
    met = points[crossing] + share[:, None] * (points[crossing + 1] - points[crossing])  # (C, 2)
    met[:, side] = border
    return np.insert(points, crossing + 1, met, axis=0)
