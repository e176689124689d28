"""Numbers as areas drawn to scale, seen from farther and farther away."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from explainer.figures import palette
from explainer.figures.base import FONT_SIZE
from explainer.figures.drawing import Box, Drawing, Each, Frames, Line, Primitive, Text

STEPS = 24  # frames between the first view and the last
CLOSEST = 0.075  # least distance of two labels, in heights of the picture
AWAY = 0.06  # a label from the areas that it stands beside
INVISIBLE = 0.0004  # side below which an area has no label either
SMALL = 0.12  # side of an area too small to be seen at once, in sides of the picture
INSIDE = 0.45  # side from which on an area has room for its own label


def zoom(
    names: Sequence[str], values: Sequence[float], *, first: int = 0, font_size: int = FONT_SIZE
) -> Drawing:
    """Draw one area a number, all alike and from one corner; play moves the view away.

    Args:
        values: (N,) positive, rising.
        first: the area that fills the first view; the last one fills the last.
    """
    lengths = np.sqrt(np.asarray(values, dtype=float))  # (N,)
    windows = np.geomspace(lengths[first], lengths[-1], STEPS + 1) * 1.08  # (F,) how much is in view
    sides = lengths / windows[:, None]  # (F, N) of the picture's
    drawn: list[Primitive] = [_area(sides[:, i]) for i in reversed(range(len(values)))]
    drawn += _labels(names, sides)
    frames = Frames([_told(window / windows[0]) for window in windows], speed=4.0)
    return Drawing(drawn, font_size=font_size, frames=frames)


def zoom_alt(names: Sequence[str], values: Sequence[float]) -> str:
    """Return one sentence: each number, and how many times the one before."""
    told = [
        f"{name}, {after / before:,.0f} times the one before"
        for name, before, after in zip(names[1:], values, values[1:], strict=False)
    ]
    return f"Areas that are the numbers of weights: {names[0]}; {'; '.join(told)}."


def _told(distance: float) -> str:
    if distance < 1.01:
        return "seen from close by"
    return f"seen from {distance:,.{int(distance < 3)}f} times as far"


def _area(sides: np.ndarray) -> Box:
    """Return an area of these sides (F,), cut at the edge of the picture; large ones are pale."""
    ends = Each(np.minimum(sides, 1.0).tolist())
    strength = Each(np.where(sides < SMALL, 1.0, 0.22).tolist())
    return Box(0.0, ends, 0.0, ends, fill=palette.WEIGHTS, opacity=strength)


def _labels(names: Sequence[str], sides: np.ndarray) -> list[Primitive]:
    """Return one label an area, and what leads from it to the area where it stands beside it.

    Args:
        sides: (F, N) of every area in each frame.
    """
    placed = [_places(names, view) for view in sides]
    drawn: list[Primitive] = []
    for i in range(len(names)):
        at = [view[i] for view in placed]
        x, y, words = (Each([one[k] for one in at]) for k in range(3))
        drawn += [
            Line(
                Each([[one.x - AWAY / 4, one.ends] for one in at]),
                Each([[one.y, one.ends] for one in at]),
                palette.INK,
                1.5,
                opacity=Each([float(one.ends > 0) for one in at]),
            ),
            Text(x, y, words, anchor="start", shown=Each([bool(one.words) for one in at])),
        ]
    return drawn


class _Place(NamedTuple):
    """Where a label stands in one view.

    Args:
        words: none where it is left out.
        ends: where the line to its area ends, as far from the left as from below; 0 without a line.
    """

    x: float
    y: float
    words: str
    ends: float


def _places(names: Sequence[str], sides: np.ndarray) -> list[_Place]:
    """Return where the labels stand in one view: in an area that has room, else beside all small ones."""
    found: list[_Place] = []
    beside = max([side for side in sides.tolist() if side <= INSIDE], default=0.0) + AWAY
    height, beyond = 0.03 - CLOSEST, False
    for name, side in zip(names, sides.tolist(), strict=True):
        if side < INVISIBLE or beyond:
            found.append(_Place(0.0, 0.0, "", 0.0))
        elif side >= 1.0:
            beyond = True
            found.append(_Place(0.012, 0.965, f"a corner of {name}", 0.0))
        elif side > INSIDE:
            found.append(_Place(0.012, side - 0.04, name, 0.0))
        else:
            height = max(side / 2, height + CLOSEST)
            found.append(_Place(beside, height, name, side / 2))
    return found
