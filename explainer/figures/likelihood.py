"""How probable a name is, letter by letter: each surprise as a bar, then product, logarithm and mean."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from explainer.figures import palette
from explainer.figures.base import FONT_SIZE
from explainer.figures.drawing import DASHED, Box, Drawing, Each, Frames, Line, Phrase, Primitive, Text
from explainer.wording.bigram import nats, product, share

FREE = 1.2  # the height that bars have, times that of the longest: only one without an end takes it all
LARGE, WORKED_OUT = (2.8, 1.7), 1.15  # sizes of letters, on a phone, and of what is worked out
DECIMALS = 2, 3, 4  # of logarithms that are added: the fewest with which the sum is right as it is written
NAMED = ("product", "its logarithm", "loss: the mean surprise"), ("product", "its ln", "loss")


@dataclass(frozen=True)
class Spelled:
    """A word and how probable each of its letters is after the one before.

    Args:
        letters: (N + 1,) with the boundary at both ends; probabilities: (N,) of all but the first.
    """

    letters: Sequence[str]
    probabilities: np.ndarray

    @property
    def surprises(self) -> np.ndarray:
        """Minus the logarithms (N,), infinite where a probability is zero."""
        with np.errstate(divide="ignore"):
            return 0.0 - np.log(self.probabilities)

    @property
    def products(self) -> np.ndarray:
        """The probability (N,) of the letters so far."""
        return np.cumprod(self.probabilities, dtype=float)

    @property
    def sums(self) -> np.ndarray:
        """The logarithms (N,) of those products."""
        return 0.0 - np.cumsum(self.surprises)


@dataclass(frozen=True)
class _Places:
    """Where things stand, of a picture that is 1 wide and 1 high."""

    width: float  # of the word, its first letter included
    ground: float  # on which the bars stand
    spelled: float
    shares: float
    lines: tuple[tuple[tuple[float, float], tuple[float, float]], ...]  # name and content of each line


_WIDE = _Places(0.58, 0.3, 0.17, 0.03, tuple(((0.7, y), (0.7, y - 0.1)) for y in (0.9, 0.58, 0.26)))
_NARROW = _Places(1, 0.5, 0.42, 0.33, tuple(((0, y), (0.22, y)) for y in (0.22, 0.13, 0.04)))


def spelled_out(
    word: Spelled,
    captions: Sequence[str],
    blind: float,
    *,
    opens: str = "",
    start: int = 0,
    font_size: int = FONT_SIZE,
    narrow: bool = False,
) -> Drawing:
    """Draw a word that becomes less probable letter by letter; a click on a bar reports its number.

    Args:
        captions: (N,) what is said of each letter.
        blind: the surprise of knowing nothing, in nats.
        opens: what a click on a bar opens, in words.
        start: the letter that it opens with.
    """
    n, at = len(word.probabilities), _NARROW if narrow else _WIDE
    finite = word.surprises[np.isfinite(word.surprises)]
    rise = (1 - at.ground) / (FREE * max(float(finite.max(initial=0)), blind))
    drawn: list[Primitive] = [
        Line((0, at.width), (at.ground, at.ground), palette.GREY, 2),
        *_level(at, at.ground + rise * blind, f"knowing nothing: {nats(blind)}"),
        *(part for i in range(n) for part in _bar(word, i, rise, at, opens)),
        *_letters(word, at, font_size * LARGE[narrow]),
        *_worked_out(word, at, font_size * WORKED_OUT),
    ]
    titles = [f"pair {i + 1} of {n}: {word.letters[i]}{word.letters[i + 1]}" for i in range(n)]
    film = f"{''.join(word.letters)} {len(finite)}"  # with another smoothing it stays at its letter
    frames = Frames(titles, "letter", 0.8, start, film, captions)
    return Drawing(drawn, font_size=font_size, frames=frames)


def _level(at: _Places, y: float, name: str) -> list[Primitive]:
    """Return the dashed line to compare bars with; a phone has no room for its name."""
    line = Line((0, at.width), (y, y), palette.GREY, 2, DASHED)
    if at is _NARROW:
        return [line]
    room, short = at.lines[0][0][0] - at.width, name.rpartition(" ")[2]  # up to what is worked out
    return [line, Text(at.width, y, name, anchor="start", dx=6, room=room, short=short)]


def _bar(word: Spelled, i: int, rise: float, at: _Places, opens: str) -> list[Primitive]:
    """Return the bar of a letter and its number, which come with it; an endless one fills the height."""
    surprise, step, come = float(word.surprises[i]), at.width / len(word.letters), _from(word, i)
    endless = not np.isfinite(surprise)
    middle, top = (i + 1.5) * step, 1.0 if endless else at.ground + rise * surprise
    bar = Box(middle - 0.4 * step, middle + 0.4 * step, at.ground, top, palette.LOSS, pick=str(i))
    shades = [float(c) * (1 if f == i or endless else 0.5) for f, c in enumerate(come.values)]
    bar = replace(bar, opacity=Each(shades), title=_titled(word, i, opens))
    if endless:
        center, card = 0.5 * (1 + at.ground), (middle - 0.3 * step, middle + 0.3 * step)
        paper = Box(*card, center - 0.07, center + 0.07, palette.BACKGROUND, opacity=bar.opacity)
        return [bar, paper, Text(middle, center, "∞", palette.LOSS_TEXT, 40, bold=True, shown=come)]
    return [
        bar,
        Text(middle, top, nats(surprise), palette.LOSS_TEXT, dy=-18, shown=come, room=step, halo=True),
    ]


def _titled(word: Spelled, i: int, opens: str) -> str:
    """Return what is said of a bar that is pointed at."""
    surprise = f"−ln {share(word.probabilities[i])} = {nats(word.surprises[i])}"
    return ", ".join(filter(None, [f"{word.letters[i]}{word.letters[i + 1]}: {surprise}", opens]))


def _from(word: Spelled, i: int) -> Each:
    """Return whether a letter has come, frame by frame."""
    return Each([frame >= i for frame in range(len(word.probabilities))])


def _letters(word: Spelled, at: _Places, size: float) -> list[Primitive]:
    """Return the word in large letters, bold as far as it has come, and below each how probable it was."""
    step, violet = at.width / len(word.letters), palette.PROBABILITIES_TEXT
    drawn: list[Primitive] = [
        Text(0.5 * step, at.shares, "p", violet),
        Text(0.5 * step, at.ground, "−ln p", palette.LOSS_TEXT, dy=-14, room=step),
    ]
    for i, letter in enumerate(word.letters):
        colors = Each([_color(i, frame) for frame in range(len(word.probabilities))])
        drawn.append(Text((i + 0.5) * step, at.spelled, letter, colors, size, bold=_from(word, i - 1)))
    for i, p in enumerate(word.probabilities.tolist()):
        place, come = ((i + 1.5) * step, at.shares), _from(word, i)
        drawn.append(Text(*place, share(p), violet, shown=come, room=step, short=f"{p:.2f}"))
    return drawn


def _color(i: int, frame: int) -> str:
    """Return the colour of a letter: the one that comes, the one before it, any other."""
    if i == frame + 1:
        return palette.PROBABILITIES_TEXT
    return palette.INPUT_TEXT if i == frame else palette.INK


def _worked_out(word: Spelled, at: _Places, size: float) -> list[Primitive]:
    """Return the three lines that grow with the word: product, its logarithm, the mean."""
    rows: tuple[Callable[[Spelled, int], list[Phrase]], ...] = _product, _logarithm, _mean
    drawn: list[Primitive] = []
    for (named, written), name, line in zip(at.lines, NAMED[at is _NARROW], rows, strict=True):
        drawn.append(Text(*named, name, anchor="start"))
        lines = Each([line(word, i) for i in range(len(word.probabilities))])
        drawn.append(Text(*written, lines, size=size, anchor="start"))
    return drawn


def _product(word: Spelled, i: int) -> list[Phrase]:
    now = Phrase(product(word.products[i]), palette.PROBABILITIES_TEXT, bold=True)
    before = f"{product(word.products[i - 1])} · {share(word.probabilities[i])} {_sign(word, i)} "
    return [Phrase(before), now] if i else [now]


def _logarithm(word: Spelled, i: int) -> list[Phrase]:
    places = _places(word, i)
    now = Phrase(nats(word.sums[i], places), palette.LOSS_TEXT, bold=True)
    before = f"{nats(word.sums[i - 1], places)} − {nats(word.surprises[i], places)} {_sign(word, i)} "
    return [Phrase(before), now] if i else [now]


def _places(word: Spelled, i: int) -> int:
    """Return with how many decimals a sum of logarithms adds up as it is written, two if with none."""
    if not i or not np.isfinite(word.sums[i]):
        return DECIMALS[0]
    now, before, surprise = word.sums[i], word.sums[i - 1], word.surprises[i]
    adds_up = (d for d in DECIMALS if f"{round(before, d) - round(surprise, d):.{d}f}" == f"{now:.{d}f}")
    return next(adds_up, DECIMALS[0])


def _sign(word: Spelled, i: int) -> str:
    """Return what stands before a result: what is zero or without an end is not rounded."""
    return "≈" if word.products[i] else "="


def _mean(word: Spelled, i: int) -> list[Phrase]:
    now = Phrase(nats(-word.sums[i] / (i + 1)), palette.LOSS_TEXT, bold=True)
    return [Phrase(f"{nats(-word.sums[i])} ÷ {i + 1} {_sign(word, i)} "), now, Phrase(" nats")]
