"""Learned letters: the two numbers of every embedding as a place in the plane, while they are learned."""

from collections.abc import Sequence

import numpy as np

from explainer.figures import palette
from explainer.figures.axes import Axis, Panel
from explainer.figures.base import FONT_SIZE, require_finite
from explainer.figures.drawing import Drawing, Each, Frames, Line, Mark, Primitive

KINDS = (
    ("vowel", "circle"),
    ("consonant", "square"),
    ("vowel with a diacritic", "circle"),
    ("consonant with a diacritic", "square"),
    ("beginning and end", "diamond"),
)


def letters(
    places: np.ndarray,
    steps: Sequence[int] | np.ndarray,
    labels: Sequence[str],
    kinds: Sequence[int] | np.ndarray,
    reach: tuple[float, float],
    *,
    at: int = -1,
    font_size: int = FONT_SIZE,
    narrow: bool = False,
) -> Drawing:
    """Draw where every letter stands at each recorded step, to be played and scrubbed.

    Args:
        places: (R, V, 2) embeddings; steps: (R,) when they were recorded.
        kinds: (V,) index into ``KINDS``.
        reach: lowest and highest number on both axes.
        at: index of the record that shows first.
    """
    require_finite(places=places)
    frames = Frames([f"step {step:,}" for step in steps], "step", speed=12, start=at)
    return _plane(places, labels, kinds, reach, font_size, narrow, frames if len(steps) > 1 else None)


def moved_letter(
    places: np.ndarray,
    labels: Sequence[str],
    kinds: Sequence[int] | np.ndarray,
    reach: tuple[float, float],
    letter: int,
    to: np.ndarray,
    *,
    font_size: int = FONT_SIZE,
) -> Drawing:
    """Draw all letters (V, 2), one of them moved to another place (2,), with an arrow to there."""
    require_finite(places=places, to=to)
    now = places.copy()
    now[letter] = to
    way = np.stack([places[letter], to])  # (2, 2)
    arrow = Line(way[:, 0], way[:, 1], palette.WEIGHTS, 4, arrow=0.8 * font_size)
    return _plane(now[None], labels, kinds, reach, font_size, above=[arrow])


def letters_alt(places: np.ndarray, labels: Sequence[str]) -> str:
    """Return one sentence: how many letters there are, and which two stand closest together."""
    distance = np.linalg.norm(places[:, None] - places[None], axis=2) + np.diag(np.full(len(places), np.inf))
    a, b = np.unravel_index(int(distance.argmin()), distance.shape)
    return (
        f"The {len(labels)} symbols as points of the plane; closest together are {labels[a]} and {labels[b]}."
    )


def _plane(
    places: np.ndarray,
    labels: Sequence[str],
    kinds: Sequence[int] | np.ndarray,
    reach: tuple[float, float],
    font_size: int,
    narrow: bool = False,
    frames: Frames | None = None,
    above: Sequence[Primitive] = (),
) -> Drawing:
    """Return the letters (R, V, 2) on two axes; what is above them is drawn last."""
    kinds = np.asarray(kinds)
    size = 1.7 * font_size
    names = (f"{which} number of the embedding" for which in ("first", "second"))
    axes = (Axis(*reach, name, most=5 if narrow else 9) for name in names)
    panel = Panel(*axes, *reach, *reach, font_size)
    drawn = panel.frame()
    for kind in range(len(KINDS)):
        for i in np.flatnonzero(kinds == kind):
            x, y = (Each(places[:, i, axis]) if frames else places[0, i, axis] for axis in (0, 1))
            drawn.append(_mark(x, y, size, kind, labels[i]))
    legend = [(_mark(0, 0, 0.8 * font_size, kind), KINDS[kind][0]) for kind in np.unique(kinds)]
    return Drawing([*drawn, *above], reach, reach, panel.margins(), font_size, frames, legend)


def _mark(x: float | Each, y: float | Each, size: float, kind: int, label: str = "") -> Mark:
    """Return the mark of a kind of letter: vowels filled, consonants square, diacritics in blue."""
    name, shape = KINDS[kind]
    vowel, diacritic = name.startswith("vowel"), name.endswith("diacritic")
    color = palette.INPUT if diacritic else palette.WEIGHTS
    fill = color if vowel else palette.BACKGROUND
    return Mark(x, y, size, shape, fill, color, opacity=0.55 if vowel else 1, label=label, title=label)
