"""Learned letters: the two numbers of every embedding as a place in the plane, while they are learned."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from explainer.figures import palette
from explainer.figures.animation import animate
from explainer.figures.base import FONT_SIZE, axis, figure, require_finite

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
    height: int = 600,
    font_size: int = FONT_SIZE,
    narrow: bool = False,
) -> go.Figure:
    """Draw where every letter stands at each recorded step, to be played and scrubbed.

    Args:
        places: (R, V, 2) embeddings; steps: (R,) when they were recorded.
        kinds: (V,) index into ``KINDS``.
        reach: lowest and highest number on both axes.
        at: index of the record that shows first.
    """
    require_finite(places=places)
    result = _plane(reach, height, font_size)
    groups = _groups(kinds)
    for kind, members in groups:
        result.add_trace(_group(places[at], labels, kind, members, font_size))
    frames = [[_moved(now, members) for _, members in groups] for now in places]
    if len(frames) == 1:
        return result
    told = [f"{step:,}" for step in steps]
    return animate(
        result, frames, range(len(groups)), told, prefix="step ", at=at, milliseconds=80, font_size=font_size,
        narrow=narrow, below=2 * font_size,
    )  # fmt: skip


def moved_letter(
    places: np.ndarray,
    labels: Sequence[str],
    kinds: Sequence[int] | np.ndarray,
    reach: tuple[float, float],
    letter: int,
    to: np.ndarray,
    *,
    height: int = 600,
    font_size: int = FONT_SIZE,
) -> go.Figure:
    """Draw all letters (V, 2), one of them moved to another place (2,), with an arrow to there."""
    require_finite(places=places, to=to)
    now = places.copy()
    now[letter] = to
    result = _plane(reach, height, font_size)
    for kind, members in _groups(kinds):
        result.add_trace(_group(now, labels, kind, members, font_size))
    result.add_annotation(
        x=to[0], y=to[1], ax=places[letter, 0], ay=places[letter, 1], axref="x", ayref="y", text="",
        showarrow=True, arrowhead=2, arrowwidth=4, arrowcolor=palette.WEIGHTS, standoff=0.8 * font_size,
    )  # fmt: skip
    return result


def letters_alt(places: np.ndarray, labels: Sequence[str]) -> str:
    """Return one sentence: how many letters there are, and which two stand closest together."""
    distance = np.linalg.norm(places[:, None] - places[None], axis=2) + np.diag(np.full(len(places), np.inf))
    a, b = np.unravel_index(int(distance.argmin()), distance.shape)
    return (
        f"The {len(labels)} symbols as points of the plane; closest together are {labels[a]} and {labels[b]}."
    )


def _plane(reach: tuple[float, float], height: int, font_size: int) -> go.Figure:
    result = figure(height=height, font_size=font_size, showlegend=True)
    result.update_xaxes(axis("first number of the embedding", font_size=font_size, range=list(reach)))
    result.update_yaxes(axis("second", font_size=font_size, range=list(reach)))
    return result


def _groups(kinds: Sequence[int] | np.ndarray) -> list[tuple[int, np.ndarray]]:
    """Return the kinds that occur, each with its members."""
    kinds = np.asarray(kinds)
    return [(kind, np.flatnonzero(kinds == kind)) for kind in range(len(KINDS)) if (kinds == kind).any()]


def _moved(places: np.ndarray, members: np.ndarray) -> dict:
    return {"x": places[members, 0].round(4), "y": places[members, 1].round(4)}


def _group(
    places: np.ndarray, labels: Sequence[str], kind: int, members: np.ndarray, font_size: int
) -> go.Scatter:
    """Return the letters of one kind: vowels filled, consonants square, diacritics in blue."""
    name, symbol = KINDS[kind]
    vowel, diacritic = name.startswith("vowel"), name.endswith("diacritic")
    color = palette.INPUT if diacritic else palette.WEIGHTS
    return go.Scatter(
        **_moved(places, members),
        name=name,
        text=[labels[i] for i in members],
        mode="markers+text",
        textfont={"size": font_size, "color": palette.INK},
        cliponaxis=False,
        hoverinfo="text",
        marker={
            "symbol": symbol,
            "size": 1.7 * font_size,
            "color": color if vowel else palette.BACKGROUND,
            "opacity": 0.55 if vowel else 1,
            "line": {"color": color, "width": 3},
        },
    )
