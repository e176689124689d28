"""A name that is written letter by letter: one-hot rows, the rows of a table, the die, the name."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from explainer.figures import palette
from explainer.figures.base import FONT_SIZE
from explainer.figures.drawing import Box, Drawing, Each, Frames, Mark, Phrase, Primitive, Text, diverging

PHASES = 4  # frames of a letter: it is read, rows light, the die falls, the next one is written
APART = 3  # rows of a table between two letters that do not touch
MOST_DIGITS = 3  # one-hot rows in which a digit can be read
PHONE_HEIGHT = 740  # pixels that it needs there, with what plays it
Span = tuple[float, float]


@dataclass(frozen=True, eq=False)
class Turn:
    """What happens for one letter.

    Args:
        read: places in the alphabet (V,) of the letters that are read, the newest last.
        inside: (N,) signed numbers between the table and the probabilities; none in a bigram.
        edges: (V + 1,) of the probabilities side by side, from 0 to 1.
        die: in [0, 1); drawn: the place of the letter that it falls on.
        captions: what is said of each of its four frames.
    """

    read: Sequence[int]
    inside: np.ndarray
    edges: np.ndarray
    die: float
    drawn: int
    captions: Sequence[str]


@dataclass(frozen=True)
class _Places:
    """Where everything stands, of 1 from left to right and from the bottom up."""

    name: float
    large: float  # the size of the name, times that of other words
    table: tuple[Span, Span]
    titles: float
    across: Span  # the columns, one a letter
    hot: Span
    labels: float  # above the one-hot rows
    bars: Span
    strip: Span


_WIDE = _Places(0.91, 6, ((0.03, 0.235), (0.27, 0.755)), 0.805, (0.28, 1), (0.6, 0.765), 0.805, (0.31, 0.53),
                (0.03, 0.125))  # fmt: skip
_NARROW = _Places(0.945, 2.5, ((0.08, 1), (0.52, 0.74)), 0.765, (0, 1), (0.8, 0.86), 0.885, (0.27, 0.42),
                  (0.03, 0.1))  # fmt: skip


def written(
    turns: Sequence[Turn],
    alphabet: Sequence[str],
    table: np.ndarray,
    titles: tuple[str, str, str],
    *,
    aside: str = "",
    font_size: int = FONT_SIZE,
    narrow: bool = False,
) -> Drawing:
    """Draw how a name is written, four frames a letter.

    Args:
        alphabet: (V,) the first stands for beginning and end.
        table: (V, E) of which rows light; probabilities if no turn has anything inside, else signed numbers.
        titles: of the table, of what stands inside, and of the probabilities.
        aside: what is said beside the name.
    """
    at = _NARROW if narrow else _WIDE
    inside = len(turns[0].inside) > 0
    (left, right), up = at.table
    ends = (left, left + (right - left) * 0.5) if inside else (left, right)
    cells = (left + (right - left) * 0.68, right)
    drawn: list[Primitive] = [
        Text(0, at.name, Each(list(_names(turns, alphabet))), size=at.large * font_size, anchor="start"),
        Text(1, at.name, "" if narrow else aside, anchor="end", size=1.4 * font_size),
        Text(ends[0], at.titles, titles[0], palette.WEIGHTS_TEXT, anchor="start", bold=True),
        *_table(table, (ends, up), inside),
        *_lit(turns, alphabet, (ends, up), 2 if narrow else 4),
    ]
    if inside:
        drawn.append(Text(right, at.titles, titles[1], palette.ACTIVATIONS_TEXT, anchor="end", bold=True))
        drawn += _inside(turns, (cells, up))
    drawn += _one_hot(turns, alphabet, at, narrow)
    what = (at.across[1], at.bars[1] + 0.045)
    drawn.append(Text(*what, titles[2], palette.PROBABILITIES_TEXT, anchor="end", bold=True))
    drawn += _bars(turns, alphabet, at, font_size, narrow)
    drawn += _strip(turns, alphabet, at, font_size, narrow)
    after = [f"after {alphabet[turn.read[-1]]}" for turn in turns for _ in range(PHASES)]
    captions = [caption for turn in turns for caption in turn.captions]
    frames = Frames(after, "step", speed=1.3, start=PHASES - 1, captions=captions)
    return Drawing(drawn, font_size=font_size, frames=frames)


def written_alt(name: str, turns: Sequence[Turn], alphabet: Sequence[str]) -> str:
    """Return one sentence: the name, and what each die fell on."""
    told = ", ".join(f"{turn.die:.3f} on {alphabet[turn.drawn]}" for turn in turns)
    return f"The name {name}, written letter by letter; the die falls {told}."


def _over(turns: Sequence[Turn], value) -> Each:
    """Return what a function of a turn and a phase gives, for every frame."""
    return Each([value(turn, phase) for turn in turns for phase in range(PHASES)])


def _names(turns: Sequence[Turn], alphabet: Sequence[str]) -> Iterator[list[Phrase]]:
    """Return the name in every frame: what is read stands out, and what has just been written."""
    text = alphabet[0]
    for turn in turns:
        seen = min(len(turn.read), len(text))
        read = [Phrase(text[:-seen]), Phrase(text[-seen:], palette.INPUT_TEXT, bold=True)]
        yield from [read] * (PHASES - 1)
        text += alphabet[turn.drawn]
        yield _grown(text, ended=text.endswith(alphabet[0]))


def _grown(text: str, ended: bool) -> list[Phrase]:
    """Return the name with its newest letter, or, once it has ended, all of it standing out."""
    new = text[1:-1] if ended else text[-1]
    before = text[0] if ended else text[:-1]
    return [
        Phrase(before),
        Phrase(new, palette.PROBABILITIES_TEXT, bold=True),
        Phrase(text[-1] if ended else ""),
    ]


def _table(table: np.ndarray, place: tuple[Span, Span], signed: bool) -> list[Box]:
    """Return the cells of a table (V, E) as shades, its first row on top."""
    (left, right), (low, high) = place
    limit = float(np.abs(table).max())
    xs = np.linspace(left, right, table.shape[1] + 1).tolist()
    ys = np.linspace(high, low, table.shape[0] + 1).tolist()
    boxes = []
    for row, col in np.ndindex(*table.shape):
        value = float(table[row, col])
        look: dict[str, Any] = {"fill": diverging(value, limit)} if signed else {
            "fill": palette.PROBABILITIES, "opacity": round(float(np.sqrt(value / limit)), 2)
        }  # fmt: skip
        boxes.append(Box(xs[col], xs[col + 1], ys[row + 1], ys[row], **look))
    return [*boxes, Box(left, right, low, high, color=palette.GREY, width=1)]


def _lit(
    turns: Sequence[Turn], alphabet: Sequence[str], place: tuple[Span, Span], width: float
) -> list[Primitive]:
    """Return the rows of a table that light, each beside its letter; of letters too near, the newest."""
    (left, right), (low, high) = place
    step = (high - low) / len(alphabet)

    def row(turn: Turn, slot: int) -> int:
        return turn.read[min(slot, len(turn.read) - 1)]

    def clear(turn: Turn, slot: int) -> bool:
        newer = turn.read[slot + 1 :]
        return slot < len(turn.read) and all(abs(turn.read[slot] - other) >= APART for other in newer)

    drawn: list[Primitive] = [
        Box(
            left,
            right,
            _over(turns, lambda turn, _, slot=slot: high - (row(turn, slot) + 1) * step),
            _over(turns, lambda turn, _, slot=slot: high - row(turn, slot) * step),
            color=palette.WEIGHTS,
            width=_over(turns, lambda _, phase: width if phase else 0),
        )
        for slot in range(max(len(turn.read) for turn in turns))
    ]
    for slot in range(max(len(turn.read) for turn in turns)):
        middle = _over(turns, lambda turn, _, slot=slot: high - (row(turn, slot) + 0.5) * step)
        letter = _over(
            turns, lambda turn, _, slot=slot: alphabet[row(turn, slot)] if clear(turn, slot) else ""
        )
        drawn.append(Text(left, middle, letter, palette.INPUT_TEXT, anchor="end", dx=-8, bold=True))
    return drawn


def _inside(turns: Sequence[Turn], place: tuple[Span, Span]) -> list[Box]:
    """Return the numbers that stand inside as shades, ten or six in a row; none before the rows light."""
    (left, right), (low, high) = place
    count = len(turns[0].inside)
    columns = 10 if count % 10 == 0 else 6
    rows = -(-count // columns)
    limit = max(float(np.abs(turn.inside).max()) for turn in turns)
    xs, ys = np.linspace(left, right, columns + 1), np.linspace(high, low, rows + 1)
    boxes = []
    for i in range(count):
        row, col = divmod(i, columns)
        shade = _over(turns, lambda t, p, i=i: diverging(float(t.inside[i]), limit) if p else "none")
        boxes.append(Box(xs[col], xs[col + 1], ys[row + 1], ys[row], fill=shade))
    return [*boxes, Box(left, right, low, high, color=palette.GREY, width=1)]


def _one_hot(turns: Sequence[Turn], alphabet: Sequence[str], at: _Places, narrow: bool) -> list[Primitive]:
    """Return a row a letter that is read: zeros, and a single one below its letter."""
    slots = max(len(turn.read) for turn in turns)
    xs = np.linspace(*at.across, len(alphabet) + 1)
    ys = np.linspace(at.hot[1], at.hot[0], max(slots, 2 if not narrow else 1) + 1)
    digits = slots <= MOST_DIGITS and not narrow
    drawn: list[Primitive] = [] if narrow else [
        Text((xs[i] + xs[i + 1]) / 2, at.labels, letter, palette.INPUT_TEXT)
        for i, letter in enumerate(alphabet)
    ]  # fmt: skip
    if narrow:
        middle = _over(turns, lambda turn, _: (xs[turn.read[-1]] + xs[turn.read[-1] + 1]) / 2)
        letter = _over(turns, lambda turn, _: alphabet[turn.read[-1]])
        drawn.append(Text(middle, at.labels, letter, palette.INPUT_TEXT, bold=True))
    for slot in range(slots):
        sides = (ys[slot + 1] + 0.004, ys[slot] - 0.004)
        there = _over(turns, lambda turn, _, slot=slot: 0.12 if slot < len(turn.read) else 0.0)
        drawn.append(Box(xs[0], xs[-1], *sides, fill=palette.INPUT, opacity=there))
        place = [turn.read[min(slot, len(turn.read) - 1)] for turn in turns for _ in range(PHASES)]
        start, stop = Each([xs[i] for i in place]), Each([xs[i + 1] for i in place])
        full = _over(turns, lambda turn, _, slot=slot: (0.35 if digits else 1.0) * (slot < len(turn.read)))
        border: dict[str, Any] = {"color": palette.INPUT, "width": 3} if digits else {}
        look: dict[str, Any] = {"fill": palette.INPUT, "opacity": full} | border
        drawn.append(Box(start, stop, *sides, **look))
        if digits:
            drawn += _digits(xs, sum(sides) / 2, place)
    return drawn


def _digits(xs: np.ndarray, y: float, place: Sequence[int]) -> list[Text]:
    """Return the zeros of a one-hot row, and a one at its place in every frame."""
    return [
        Text(x, y, Each(["01"[at == i] for at in place]), bold=Each([at == i for at in place]))
        for i, x in enumerate((xs[1:] + xs[:-1]) / 2)
    ]


def _bars(
    turns: Sequence[Turn], alphabet: Sequence[str], at: _Places, font_size: int, narrow: bool
) -> list[Primitive]:
    """Return the probabilities as bars over their letters, and in words that of the one that is drawn."""
    xs = np.linspace(*at.across, len(alphabet) + 1)
    low, high = at.bars

    def top(turn: Turn, i: int) -> float:
        shares = np.diff(turn.edges)
        return low + (high - low) * float(shares[i] / shares.max())

    drawn: list[Primitive] = []
    gap = 0.1 * (xs[1] - xs[0])
    for i, letter in enumerate(alphabet):
        height = _over(turns, lambda t, p, i=i: top(t, i) if p else low)
        full = _over(turns, lambda t, p, i=i: 1.0 if p > 1 and t.drawn == i else 0.45)
        drawn.append(Box(xs[i] + gap, xs[i + 1] - gap, low, height, fill=palette.PROBABILITIES, opacity=full))
        below = font_size * (0.9 + (i % 2 if narrow else 0))
        drawn.append(Text((xs[i] + xs[i + 1]) / 2, low, letter, dy=below))
    x = _over(turns, lambda t, _: (xs[t.drawn] + xs[t.drawn + 1]) / 2)
    y = _over(turns, lambda t, _: top(t, t.drawn))
    share = _over(turns, lambda t, _: f"{t.edges[t.drawn + 1] - t.edges[t.drawn]:.1%}")
    shown = _over(turns, lambda _, phase: phase > 1)
    look: dict[str, Any] = {"dy": -0.8 * font_size, "bold": True, "shown": shown, "halo": True}
    return [*drawn, Text(x, y, share, palette.PROBABILITIES_TEXT, **look)]


def _strip(
    turns: Sequence[Turn], alphabet: Sequence[str], at: _Places, font_size: int, narrow: bool
) -> list[Primitive]:
    """Return the probabilities side by side, and the die that falls on one of them."""
    fitting = 24 if narrow else 90
    drawn: list[Primitive] = []
    texts: list[Primitive] = []
    for i, letter in enumerate(alphabet):
        left, right = (_over(turns, lambda t, _, k=i + side: float(t.edges[k])) for side in (0, 1))
        full = _over(turns, lambda t, p, i=i: 0.0 if not p else 0.6 if p > 1 and t.drawn == i else 0.25)
        drawn.append(Box(left, right, *at.strip, palette.PROBABILITIES, palette.BACKGROUND, 2, full))
        middle = _over(turns, lambda t, _, i=i: float(t.edges[i] + t.edges[i + 1]) / 2)
        fits = _over(turns, lambda t, p, i=i: bool(p and (t.edges[i + 1] - t.edges[i]) * fitting > 1))
        if any(fits.values):
            texts.append(Text(middle, sum(at.strip) / 2, letter, shown=fits))
    start, end = (_over(turns, lambda t, _, k=side: float(t.edges[t.drawn + k])) for side in (0, 1))
    border = _over(turns, lambda _, phase: 4 if phase > 1 else 0)
    die = _over(turns, lambda t, _: t.die)
    seen = _over(turns, lambda _, phase: 1.0 if phase > 1 else 0.0)
    told = _over(turns, lambda t, _: f"die {t.die:.3f}")
    edge = 3 * font_size  # of the die's words, at the ends of the strip
    mark: dict[str, Any] = {"size": 1.3 * font_size, "shape": "down", "fill": palette.INK, "width": 0}
    mark |= {"opacity": seen, "dy": -0.4 * font_size}
    near: dict[str, Any] = {"anchor": "middle", "dy": -1.7 * font_size, "bold": True}
    return [
        Box(0, 1, *at.strip, color=palette.GRID, width=1),
        *drawn, *texts,
        Box(start, end, *at.strip, color=palette.INK, width=border),
        Mark(die, at.strip[1], **mark),
        Text(_over(turns, lambda t, _: min(max(t.die, edge / 1800), 1 - edge / 1800)), at.strip[1], told,
             shown=_over(turns, lambda _, phase: phase > 1), **near),
    ]  # fmt: skip
