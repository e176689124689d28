"""A pair of axes in a rectangle of a drawing: grid, numbers and titles, and where data lie between them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from explainer.figures import palette
from explainer.figures.base import FONT_SIZE
from explainer.figures.drawing import Line, Primitive, Text, ticks
from explainer.wording.numerals import number

WIDTH = 0.55  # of a character of a number, about, in sizes of its type
GAP = 0.5  # between a number and its axis, in sizes of its type
_INSIDE = 1e-9  # by how much rounding may lead beyond the end of an axis


@dataclass(frozen=True)
class Axis:
    """One axis: which numbers it holds, and what is written at it."""

    low: float
    high: float
    title: str = ""
    most: int = 7  # ticks
    at: Sequence[float] | None = None  # where the ticks are; at round numbers if not given
    grid: bool = True  # whether a line leads across at every tick

    def share(self, values: float | np.ndarray) -> np.ndarray:
        """Return how far along the axis numbers lie: 0 at its beginning, 1 at its end."""
        return (np.asarray(values, dtype=float) - self.low) / (self.high - self.low)

    def ticks(self) -> list[tuple[float, str]]:
        """Return the ticks and what is written at them, from the beginning of the axis to its end."""
        round_ones = ticks(self.low, self.high, self.most)
        marked = np.asarray(round_ones if self.at is None else self.at, dtype=float)
        inside = marked[_within(self.share(marked))]
        text = _round_number(np.diff(inside))
        return [(float(value), text(value)) for value in inside]


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

    def frame(self) -> list[Primitive]:
        """Return the axes: their lines, their numbers and their titles."""
        return [*self._across(), *self._up()]

    def margins(self) -> tuple[float, float, float, float]:
        """Return how much room the numbers and titles take: pixels at the left, right, top and bottom."""
        font = self.font_size
        texts = [[text for _, text in axis.ticks()] or [""] for axis in (self.across, self.up)]
        left = (WIDTH * max(map(len, texts[1])) + GAP) * font
        right = WIDTH * len(texts[0][-1]) / 2 * font
        below = 1.3 + 1.4 * bool(self.across.title) + 0.3
        return left + 4, max(right, 4) + 4, (1.9 if self.up.title else 0.6) * font, below * font

    def _across(self) -> list[Primitive]:
        """Return the numbers of the horizontal axis below it, and its title below them."""
        drawn: list[Primitive] = [self._upright(self.left)]
        for value, text in self.across.ticks():
            x = float(self.x(value))
            drawn += [self._upright(x)] if self.across.grid else []
            drawn.append(Text(x, self.bottom, text, dy=0.9 * self.font_size))
        if self.across.title:
            middle = (self.left + self.right) / 2
            drawn.append(Text(middle, self.bottom, self.across.title, dy=2.3 * self.font_size))
        return drawn

    def _up(self) -> list[Primitive]:
        """Return the numbers of the vertical axis at its left; its title lies above it, to be read level."""
        font = self.font_size
        drawn: list[Primitive] = [self._level(self.bottom)]
        for value, text in self.up.ticks():
            y = float(self.y(value))
            drawn += [self._level(y)] if self.up.grid else []
            drawn.append(Text(self.left, y, text, anchor="end", dx=-GAP * font))
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
