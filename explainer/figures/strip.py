"""Strips from 0 to 1 cut into labelled intervals, and the die that falls into one of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from explainer.figures import palette
from explainer.figures.base import FONT_SIZE, require_finite
from explainer.figures.drawing import Box, Drawing, Each, Frames, Line, Mark, Phrase, Primitive, Text, ticks
from explainer.wording.numerals import number

SCALE = (0, 0.2, 0.4, 0.6, 0.8, 1)
HALF = 0.325  # of a strip's height, in rows
# Where bars, strip and letters stand while a name is drawn, from the ground up, of 1.
STRIP, BARS, SPELT = (0.04, 0.15), (0.36, 0.86), 0.95


@dataclass(frozen=True)
class Strip:
    """One strip: its intervals, and the die in one of them."""

    name: str  # what stands at its left
    edges: np.ndarray  # (N + 1,) from 0 to 1, never falling
    labels: Sequence[str]  # (N,) what stands in the intervals
    die: float | None = None  # 0 <= die < 1
    drawn: int | None = None  # the interval that the die is in

    @property
    def letter(self) -> str:
        """What was drawn."""
        return self.labels[self._interval]

    @property
    def ends(self) -> np.ndarray:
        """The two edges of what was drawn."""
        return self.edges[self._interval : self._interval + 2]

    @property
    def _interval(self) -> int:
        if self.drawn is None:
            raise ValueError("Nothing was drawn from this strip: give the interval of the die.")
        return self.drawn


def strips(
    rows: Sequence[Strip],
    *,
    colors: Sequence[str] | None = None,
    scale: bool = True,
    title: str = "",
    font_size: int = FONT_SIZE,
    letters: int = 90,
) -> Drawing:
    """Draw strips from the top down; the interval in which a die fell stands out and is told at the right.

    Args:
        colors: of the intervals of each strip; the colour of probabilities if not given.
        scale: whether the axis from 0 to 1 is drawn, and below it a title.
        letters: how many fit into the width of the figure; a label that has no room is left out.
    Raises:
        ValueError: if an edge is NaN or infinite.
    """
    require_finite(**{f"edges of strip {i}": row.edges for i, row in enumerate(rows)})
    drawn: list[Primitive] = []
    for place, row in enumerate(rows):
        drawn += _intervals([row], (place + HALF, place - HALF), letters, colors)
        drawn.append(Text(0, place, row.name, anchor="end", dx=-0.6 * font_size))
        if row.die is not None:
            told = f"{row.die:.3f} → {row.letter}"
            drawn.append(Text(1 + 1 / letters, place, told, anchor="start"))
            drawn.append(Mark(row.die, place - 0.4, font_size, "down", palette.INK, width=0))
    ground = len(rows) - 0.5
    if scale:
        drawn += [Text(x, ground, number(x), dy=font_size) for x in SCALE]
        drawn.append(Text(0.5, ground, title, dy=2.3 * font_size))
    left = 0.68 * font_size * max(len(row.name) for row in rows) + font_size  # of capital letters, about
    below = (2 + 1.3 * bool(title)) * font_size if scale else 8
    width = 1 + 12 / letters if any(row.die is not None for row in rows) else 1
    return Drawing(drawn, (0, width), (ground, -0.6), (left, 8 + font_size, 8, below), font_size)


def draws(
    before: Sequence[str], rows: Sequence[Strip], *, font_size: int = FONT_SIZE, narrow: bool = False
) -> Drawing:
    """Draw one draw after the other: the text so far, its row of probabilities as bars and strip, the die.

    Args:
        before: the text before each draw; its last character is what the row follows.
        rows: the strip of each draw, all with the same labels and each with a die.
    Raises:
        ValueError: if an edge is NaN or infinite.
    """
    require_finite(**{f"edges of strip {i}": row.edges for i, row in enumerate(rows)})
    letters = 24 if narrow else 90
    spelt = Each([_spelt(text, row, letters) for text, row in zip(before, rows, strict=True)])
    dice = Each([row.die for row in rows])
    drawn = [
        Text(0, SPELT, spelt, size=2 * font_size, anchor="start"),
        *_bars(rows, font_size, narrow),
        *_intervals(rows, STRIP, letters),
        *(Text(x, STRIP[0], number(x), dy=font_size) for x in SCALE),
        Mark(dice, STRIP[1], font_size, "down", palette.INK, width=0),
        Text(dice, STRIP[1], Each([f"die {row.die:.3f}" for row in rows]), dy=-1.3 * font_size),
    ]
    titles, captions = [f"after {text[-1]}" for text in before], list(map(_told, before, rows))
    frames = Frames(titles, "letter", speed=0.8, captions=captions)
    margins = (2.5 * font_size, 2.5 * font_size, 0, font_size)
    return Drawing(drawn, margins=margins, font_size=font_size, frames=frames)


def _told(text: str, row: Strip) -> str:
    """Return what the die does with a row: where it falls, and how probable the letter there was."""
    chance = row.ends[1] - row.ends[0]
    return (
        f"After **{text[-1]}** the die shows {row.die:.3f}: that is **{row.letter}**, "
        f"which has {chance:.1%} of the row."
    )


def draws_alt(before: Sequence[str], rows: Sequence[Strip]) -> str:
    """Return one sentence that tells each draw: after which character, where the die fell, what was drawn."""
    told = [
        f"after {text[-1]} the die shows {row.die:.3f} and {row.letter} is drawn"
        for text, row in zip(before, rows, strict=True)
    ]
    return f"A name drawn letter by letter: {'; '.join(told)}."


def _spelt(text: str, row: Strip, letters: int) -> list[Phrase]:
    """Return the text so far, the character that the row follows, and what the die adds."""
    start = f"…{text[1 - letters // 2 : -1]}" if len(text) > letters // 2 else text[:-1]
    last = Phrase(text[-1], palette.INPUT_TEXT, bold=True)
    return [Phrase(start), last, Phrase(row.letter, palette.PROBABILITIES_TEXT, bold=True)]


def _intervals(
    rows: Sequence[Strip], sides: tuple[float, float], letters: int, colors: Sequence[str] | None = None
) -> list[Primitive]:
    """Return a strip, with several rows one of them in each frame; what was drawn is outlined and full."""
    edges = np.stack([row.edges for row in rows])  # (frames, N + 1)
    widths, middles = np.diff(edges), (edges[:, 1:] + edges[:, :-1]) / 2  # (frames, N)
    drawn: list[Primitive] = []
    written: list[Primitive] = []
    for i, label in enumerate(rows[0].labels):
        full = _over([0.5 if row.drawn == i else 0.25 for row in rows])
        fill = colors[i] if colors else palette.PROBABILITIES
        start, end = _over(edges[:, i]), _over(edges[:, i + 1])
        drawn.append(Box(start, end, *sides, fill, palette.BACKGROUND, 2, full))
        short = label.split(" ")[0] if " " in label else ""
        fits = _over((widths[:, i] * letters >= len(short or label)).tolist())
        if any(fits.values if isinstance(fits, Each) else [fits]):
            room = _over(widths[:, i].tolist())  # the browser knows how wide it is
            middle = _over(middles[:, i])
            written.append(Text(middle, sum(sides) / 2, label, shown=fits, room=room, short=short))
    if rows[0].drawn is not None:
        start, end = (_over(side) for side in np.stack([row.ends for row in rows], axis=1))  # (frames,) each
        drawn.append(Box(start, end, *sides, color=palette.INK, width=3))
    return [*drawn, *written]


def _over(values: Sequence[Any] | np.ndarray) -> Any:
    """Return the values of the frames, or the only one."""
    return Each(values) if len(values) > 1 else values[0]


def _bars(rows: Sequence[Strip], font_size: int, narrow: bool) -> list[Primitive]:
    """Return the probabilities as bars over their letters, on an axis at the left."""
    shares = np.stack([np.diff(row.edges) for row in rows])  # (frames, N)
    labels, (low, high) = rows[0].labels, BARS
    rise = (high - low) / (1.05 * shares.max())
    step = 1 / len(labels)
    size = font_size * 6 // 7 if narrow else font_size if len(labels) <= 40 else font_size * 2 // 3
    drawn: list[Primitive] = [Text(1, high, "probability", anchor="end", dy=-font_size / 2)]
    for value in ticks(0, 1.05 * shares.max()):
        y = low + value * rise
        drawn += [Line((0, 1), (y, y), palette.GRID, 1)]
        drawn += [Text(0, y, number(value), anchor="end", dx=-0.4 * font_size)]
    for i, label in enumerate(labels):
        full = _over([1.0 if row.drawn == i else 0.4 for row in rows])
        top = _over(low + shares[:, i] * rise)
        drawn.append(Box((i + 0.1) * step, (i + 0.9) * step, low, top, palette.PROBABILITIES, opacity=full))
        below = 0.9 * font_size + (size if narrow and i % 2 else 0)  # a phone has room for every other one
        drawn.append(Text((i + 0.5) * step, low, label, size=size, dy=below))
    return drawn
