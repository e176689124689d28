"""A window that slides over a word: what is read, what is asked for, and the examples in numbers."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from explainer.figures import palette
from explainer.figures.base import FONT_SIZE
from explainer.figures.drawing import Box, Drawing, Each, Frames, Phrase, Primitive, Text
from explainer.wording.numerals import number

ONE_COLUMN = 7  # examples that stand in one column; more stand in two, but on a phone
TOP = 0.72  # below which the examples stand, of the height; the word is above
PHONE_WORD, PHONE_LINE = 70, 28  # pixels of the word, and of an example
SHARES = 0.76  # from where the probabilities stand, of the width of a column
BAR = 0.6  # of that place, the rest is the number's
BARRED = 4  # letters read beside which there is room for a bar on a phone


@dataclass(frozen=True)
class _Table:
    """Where the examples stand: columns of lines, each line a part of the picture."""

    count: int  # of examples
    size: int  # letters that are read
    shares: bool  # whether probabilities stand beside them
    narrow: bool

    @property
    def columns(self) -> int:
        return 1 if self.narrow or self.count <= ONE_COLUMN else 2

    @property
    def lines(self) -> int:
        return -(-self.count // self.columns)

    @property
    def top(self) -> float:
        return 1 - PHONE_WORD / phone_height(self.count) if self.narrow else TOP

    @property
    def pitch(self) -> float:
        """From line to line; the heading is one, too."""
        return self.top / (self.lines + 1)

    @property
    def width(self) -> float:
        return 1.0 if self.narrow else 0.62 if self.columns == 1 else 0.47

    def across(self, column: int, share: float) -> float:
        """Return a place in a column: one stands in the middle, two at the sides."""
        left = 0.5 - self.width / 2 if self.columns == 1 else column * (1 - self.width)
        return left + share * self.width

    def middle(self, line: int) -> float:
        """Return the height of a line; the heading is line −1."""
        return self.top - (line + 1.5) * self.pitch

    @property
    def barred(self) -> bool:
        return not self.narrow or self.size <= BARRED

    def cells(self, column: int) -> np.ndarray:
        """Return the left ends of the numbers that are read, and of the one that is asked for."""
        first, last = 0.31, SHARES - 0.03 if self.barred else 0.86
        step = min(((last if self.shares else 1.0) - first) / (self.size + 1.4), 0.12)
        places = np.array([*range(self.size), self.size + 0.4])
        return self.across(column, first) + step * places * self.width

    @property
    def cell(self) -> float:
        """The width of a number."""
        first, *_, last = self.cells(0)
        return float(last - first) / (self.size + 0.4)


def phone_height(count: int) -> int:
    """Return how many pixels so many examples need on a phone."""
    return PHONE_WORD + PHONE_LINE * (count + 1)


def sliding(
    contexts: Sequence[str],
    targets: Sequence[str],
    ids: Sequence[Sequence[int]],
    shares: Sequence[float] = (),
    *,
    font_size: int = FONT_SIZE,
    narrow: bool = False,
) -> Drawing:
    """Draw a word with its padding and the window over it step by step, and below it all examples.

    Args:
        contexts: N texts of T letters; targets: N letters, the last one the end of the word.
        ids: N times the T + 1 numbers of context and target.
        shares: N probabilities that a trained model gives the targets; none if it reads another number of
            letters.
    """
    table = _Table(len(targets), len(contexts[0]), bool(shares), narrow)
    size = _type(table, font_size)
    drawn = _word(contexts, targets, table, font_size)
    for column in range(table.columns):
        drawn += _heading(table, column, size)
    for i in range(table.count):
        drawn += _example(table, i, contexts[i], targets[i], ids[i], size)
        drawn += _share(table, i, shares[i], size) if shares else []
    given: list[float | None] = [*shares] if shares else [None] * table.count
    captions = [_caption(*one) for one in zip(contexts, targets, ids, given, strict=True)]
    titles = [f"example {i + 1} of {table.count}" for i in range(table.count)]
    frames = Frames(titles, "example", speed=0.8, captions=captions)
    taken = _columns(contexts, targets, ids, shares)
    return Drawing(drawn, font_size=font_size, frames=frames, table=taken)


def sliding_alt(contexts: Sequence[str], targets: Sequence[str]) -> str:
    """Return one sentence that reads all examples out."""
    told = ", ".join(f"{c} asks for {t}" for c, t in zip(contexts, targets, strict=True))
    return f"A window slides over a name: {told}."


def _columns(
    contexts: Sequence[str], targets: Sequence[str], ids: Sequence[Sequence[int]], shares: Sequence[float]
) -> dict[str, Sequence[str | float]]:
    """Return the examples as columns by their titles."""
    *X, Y = zip(*ids, strict=True)
    numbers = {**{f"X[{i}]": column for i, column in enumerate(X)}, "Y": Y}
    return {"read": contexts, "follows": targets, **numbers, **({"p of Y": shares} if shares else {})}


def _caption(context: str, target: str, ids: Sequence[int], share: float | None) -> str:
    """Say of an example what is read, what is asked for, and what the trained model gives that."""
    *read, asked = ids
    told = (
        f"Read: **{' '.join(context)}**, as {', '.join(map(str, read))}. What follows: **{target}**, {asked}."
    )
    return told if share is None else f"{told} The trained model gives it **{share:.1%}**."


def _type(table: _Table, font_size: int) -> int:
    """Return the size of the examples' type: larger where they are few."""
    return round(font_size * (1 if table.narrow or table.lines > ONE_COLUMN else 1.4))


def _word(contexts: Sequence[str], targets: Sequence[str], table: _Table, font_size: int) -> list[Primitive]:
    """Return the letters of the word and the two frames that slide over them."""
    tiles = [*contexts[0], *targets]
    step = 1 / max(len(tiles), 10 if table.narrow else 22)  # from letter to letter, of the width
    left = 0.5 - step * len(tiles) / 2
    letter = round(min(3.2 * font_size, (17 if table.narrow else 62) * font_size / len(tiles)))
    middle, reach = (1 + table.top) / 2, (1 - table.top) * 0.32
    windows = [
        _window(left, step, range(table.count), table.size, palette.INPUT, (middle, reach)),
        _window(
            left, step, range(table.size, table.size + table.count), 1, palette.ACTIVATIONS, (middle, reach)
        ),
    ]
    return [
        *(Text(left + (i + 0.5) * step, middle, tile, size=letter) for i, tile in enumerate(tiles)),
        *windows,
    ]


def _window(
    left: float, step: float, firsts: range, length: int, color: str, height: tuple[float, float]
) -> Box:
    """Return a frame around so many letters, beginning at another one in each frame."""
    middle, reach = height
    start, end = (Each([left + (first + at) * step for first in firsts]) for at in (0.04, length - 0.04))
    return Box(start, end, middle - reach, middle + reach, color=color, width=5)


def _heading(table: _Table, column: int, size: int) -> list[Primitive]:
    """Return what the numbers of a column are called."""
    cells, y = table.cells(column), table.middle(-1)
    read = float(cells[0] + cells[-2] + table.cell) / 2
    names = [
        (read, "X", palette.INPUT_TEXT),
        (float(cells[-1]) + table.cell / 2, "Y", palette.ACTIVATIONS_TEXT),
    ]
    told: list[Primitive] = [Text(x, y, name, color, size, bold=True) for x, name, color in names]
    p = Text(table.across(column, 1), y, "p of Y", palette.PROBABILITIES_TEXT, size, "end", bold=True)
    return [*told, p] if table.shares else told


def _example(
    table: _Table, i: int, context: str, target: str, ids: Sequence[int], size: int
) -> list[Primitive]:
    """Return an example in letters and in numbers; the one that is read stands out, a click leads to it."""
    column, line = divmod(i, table.lines)
    y, now = table.middle(line), [frame == i for frame in range(table.count)]
    letters = [
        Phrase(" ".join(context) if not table.narrow else context, palette.INPUT_TEXT),
        Phrase(" → "),
        Phrase(target, palette.ACTIVATIONS_TEXT),
    ]
    end = table.across(column, 0.28)
    drawn: list[Primitive] = [Text(end, y, letters, size=size, anchor="end", bold=Each(now))]
    reach = 0.41 * table.pitch
    for place, (x, value) in enumerate(zip(table.cells(column).tolist(), ids, strict=True)):
        role = palette.ACTIVATIONS if place == table.size else palette.INPUT
        outline, width = (
            Each([role if one else palette.GREY for one in now]),
            Each([4 if one else 1 for one in now]),
        )
        drawn.append(
            Box(
                x + 0.04 * table.cell, x + 0.96 * table.cell, y - reach, y + reach, color=outline, width=width
            )
        )
        drawn.append(Text(x + table.cell / 2, y, str(value), size=size, bold=Each(now)))
    sides = table.across(column, 0), table.across(column, 1)
    drawn.append(
        Box(*sides, y - table.pitch / 2, y + table.pitch / 2, fill=palette.INPUT, opacity=0, leads=i)
    )
    return drawn


def _share(table: _Table, i: int, share: float, size: int) -> list[Primitive]:
    """Return what the model gives the letter that follows: a bar, of which the whole is 1, and its number."""
    column, line = divmod(i, table.lines)
    first, end = table.across(column, SHARES), table.across(column, 1)
    y, reach, last = table.middle(line), 0.3 * table.pitch, first + BAR * (end - first)
    now = Each([frame == i for frame in range(table.count)])
    told = Text(end, y, number(share, 3), palette.PROBABILITIES_TEXT, size, "end", bold=now)
    if not table.barred:
        return [told]
    whole = Box(first, last, y - reach, y + reach, fill=palette.PROBABILITIES, opacity=0.15)
    part = Box(first, first + share * (last - first), y - reach, y + reach, fill=palette.PROBABILITIES)
    return [whole, part, told]
