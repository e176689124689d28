"""A text written twice: every character read again each time, or its keys and values kept."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from explainer.figures import palette
from explainer.figures.base import FONT_SIZE
from explainer.figures.drawing import Box, Drawing, Each, Frames, Primitive, Text

LETTERED = 40  # characters of a text whose letters have room above their columns
WIDE = ((0.0, 47.5, 0.0, 100.0), (52.5, 100.0, 0.0, 100.0))  # left, right, bottom and top of both ways
NARROW = ((0.0, 100.0, 52.0, 100.0), (0.0, 100.0, 0.0, 48.0))
# Heights within a way, of 100: its title, the letters, the rows from their top to their bottom, the sums.
TITLE, LETTERS, ROWS, SUMS, BARS = 96.0, 88.5, (85.0, 41.0), (32.5, 15.5), (25.0, 8.0)
THICK = 3.2  # of a bar
COMING = 0.05  # opacity of a row whose character is not written yet


@dataclass(frozen=True)
class Strategy:
    """One way to write: what it does for every character, and what that adds up to.

    Args:
        title: what it is called.
        new: (N,) characters that are computed; all others that are read were kept.
        sums: lines below, each with one text for every character, and (N,) the lengths of its bar, of one.
    """

    title: str
    new: np.ndarray
    sums: Sequence[tuple[Sequence[str], np.ndarray]]


def written(
    text: str,
    prompt: int,
    ways: Sequence[Strategy],
    titles: Sequence[str],
    *,
    font_size: int = FONT_SIZE,
    narrow: bool = False,
) -> Drawing:
    """Draw what two ways compute to write a text, one row for every new character.

    Args:
        text: prompt and new characters, whitespace made visible; prompt: how many were given.
        titles: N, what is said of each new character.
    """
    drawn: list[Primitive] = []
    for way, place in zip(ways, NARROW if narrow else WIDE, strict=True):
        drawn += _letters(text, prompt, place, font_size, narrow)
        drawn += _rows(text, prompt, way, place)
        drawn += _sums(way, place, len(titles), font_size)
    frames = Frames(titles, "character", speed=1.5)
    return Drawing(drawn, (0, 100), (0, 100), font_size=font_size, frames=frames)


def written_alt(text: str, prompt: int, ways: Sequence[Strategy]) -> str:
    """Return one sentence: what was written, and what both ways cost in the end."""
    told = "; ".join(f"{way.title}: {', '.join(lines[-1] for lines, _ in way.sums)}" for way in ways)
    return f"After {text[:prompt]}, {text[prompt:]} is written in two ways. {told}."


def _across(place: tuple[float, float, float, float], share: float) -> float:
    return place[0] + share * (place[1] - place[0])


def _up(place: tuple[float, float, float, float], height: float) -> float:
    return place[2] + height / 100 * (place[3] - place[2])


def _letters(
    text: str, prompt: int, place: tuple[float, float, float, float], font_size: int, narrow: bool
) -> list[Primitive]:
    """Return the text over its columns, where there is room for it: what is given in blue."""
    if narrow or len(text) > LETTERED:
        return []
    size = min(1.2 * font_size, 1.1 * font_size * LETTERED / len(text))
    return [
        Text(
            _across(place, (i + 0.5) / len(text)),
            _up(place, LETTERS),
            character,
            palette.INPUT_TEXT if i < prompt else palette.INK,
            size,
            bold=i >= prompt,
        )
        for i, character in enumerate(text)
    ]


def _rows(text: str, prompt: int, way: Strategy, place: tuple[float, float, float, float]) -> list[Primitive]:
    """Return a row for every new character: pale what was kept, full what is computed for it."""
    count, length = len(way.new), len(text)
    step = (ROWS[0] - ROWS[1]) / count
    drawn: list[Primitive] = []
    for n, new in enumerate(way.new.tolist()):
        read, top = prompt + n, ROWS[0] - n * step
        sides = _up(place, top - 0.85 * step), _up(place, top)
        strength = Each([1.0 if n <= frame else COMING for frame in range(count)])
        pale = Each([0.22 if n <= frame else COMING for frame in range(count)])
        start, end = ((read - new) / length, read / length)
        if new < read:
            drawn.append(
                Box(_across(place, 0), _across(place, start), *sides, palette.ACTIVATIONS, opacity=pale,
                    title=f"{read - new} kept: their keys and values are there")
            )  # fmt: skip
        drawn.append(
            Box(_across(place, start), _across(place, end), *sides, palette.ACTIVATIONS, opacity=strength,
                title=f"{new} {'character goes' if new == 1 else 'characters go'} through all layers")
        )  # fmt: skip
    return drawn


def _sums(
    way: Strategy, place: tuple[float, float, float, float], count: int, font_size: int
) -> list[Primitive]:
    """Return the title of a way, and what it has cost so far, in words and as bars."""
    size = 1.2 * font_size
    drawn: list[Primitive] = [
        Text(_across(place, 0), _up(place, TITLE), way.title, size=size, anchor="start", bold=True)
    ]
    for (lines, lengths), height, bar in zip(way.sums, SUMS, BARS, strict=True):
        told = Each(list(lines)) if count > 1 else lines[0]
        ends = Each([_across(place, share) for share in lengths.tolist()])
        drawn += [
            Text(_across(place, 0), _up(place, height), told, size=size, anchor="start"),
            Box(_across(place, 0), ends, _up(place, bar - THICK), _up(place, bar), palette.GREY),
        ]
    return drawn
