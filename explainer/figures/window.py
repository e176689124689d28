"""A window that slides over a word: what is read, what is asked for, and the examples that it leaves."""

from collections.abc import Sequence

from explainer.figures import palette
from explainer.figures.base import FONT_SIZE
from explainer.figures.drawing import Box, Drawing, Each, Frames, Phrase, Text

LINES = 6  # examples below each other before the next column begins
LETTERS = 0.875, 0.0825  # where the letters stand, of the height, and how far the window reaches up and down
LIST = 0.66, 0.11  # where the examples begin, and the step from line to line


def sliding(
    contexts: Sequence[str],
    targets: Sequence[str],
    ids: Sequence[Sequence[int]],
    *,
    font_size: int = FONT_SIZE,
    narrow: bool = False,
) -> Drawing:
    """Draw a word with its padding, the window over it step by step, and below every example so far.

    Args:
        contexts: N texts of T letters; targets: N letters, the last one the end of the word.
        ids: N times the T + 1 numbers of context and target.
    """
    size, count = len(contexts[0]), len(targets)
    tiles = [*contexts[0], *targets]
    step = 1 / max(len(tiles), 10 if narrow else 22)  # from letter to letter, of the width
    left = 0.5 - step * len(tiles) / 2
    letter = round(min(3.2 * font_size, (17 if narrow else 62) * font_size / len(tiles)))
    tile_texts = [
        Text(left + (i + 0.5) * step, LETTERS[0], tile, size=letter) for i, tile in enumerate(tiles)
    ]
    windows = [
        _window(left, step, range(count), size, palette.INPUT),
        _window(left, step, range(size, size + count), 1, palette.ACTIVATIONS),
    ]
    titles = [f"example {i + 1} of {count}" for i in range(count)]
    examples = _examples(contexts, targets, ids, font_size, narrow)
    frames = Frames(titles, "example", speed=0.8)
    return Drawing([*tile_texts, *windows, *examples], font_size=font_size, frames=frames)


def sliding_alt(contexts: Sequence[str], targets: Sequence[str]) -> str:
    """Return one sentence that reads all examples out."""
    told = ", ".join(f"{c} asks for {t}" for c, t in zip(contexts, targets, strict=True))
    return f"A window slides over a name: {told}."


def _window(left: float, step: float, firsts: range, length: int, color: str) -> Box:
    """Return a frame around so many letters, beginning at another one in each frame."""
    middle, reach = LETTERS
    start, end = (Each([left + (first + at) * step for first in firsts]) for at in (0.04, length - 0.04))
    return Box(start, end, middle - reach, middle + reach, color=color, width=5)


def _examples(
    contexts: Sequence[str],
    targets: Sequence[str],
    ids: Sequence[Sequence[int]],
    font_size: int,
    narrow: bool,
) -> list[Text]:
    """Return the examples as text, column by column, in the middle; the newest is in bold."""
    most, count = (2 if narrow else 3), len(targets)  # columns that have room
    lines = max(LINES, -(-count // most))
    used = -(-count // lines)
    return [
        Text(
            0.5 + (i // lines - used / 2) / most,
            LIST[0] - (i % lines) * LIST[1] * LINES / lines,
            _example(contexts[i], targets[i], ids[i], narrow),
            size=round((1.15 if narrow else 1.5) * font_size),
            anchor="start",
            bold=Each([frame == i for frame in range(count)]),
            shown=Each([frame >= i for frame in range(count)]),
        )
        for i in range(count)
    ]


def _example(context: str, target: str, ids: Sequence[int], narrow: bool) -> list[Phrase]:
    *before, after = ids
    told = [
        Phrase(" ".join(context), palette.INPUT_TEXT),
        Phrase(" → "),
        Phrase(target, palette.ACTIVATIONS_TEXT),
    ]
    return told if narrow else [*told, Phrase(f"     [{', '.join(map(str, before))}] → {after}")]
