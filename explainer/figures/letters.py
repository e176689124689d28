"""Learned letters: the two numbers of every embedding as a place in the plane, while they are learned."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from explainer.figures import palette
from explainer.figures.base import FONT_SIZE, require_finite
from explainer.figures.chart import axis, chart

KINDS = (
    ("vowel", "circle"),
    ("consonant", "square"),
    ("vowel with a diacritic", "circle"),
    ("consonant with a diacritic", "square"),
    ("beginning and end", "diamond"),
)
ASIDE = "to the true place, where letters would cover each other"
MARK = 1.7  # of a letter, in sizes of its type
APART = 1.12  # room of a mark with its outline, in sizes of it


def letters(
    places: np.ndarray,
    steps: Sequence[int] | np.ndarray,
    labels: Sequence[str],
    kinds: Sequence[int] | np.ndarray,
    reach: tuple[float, float],
    *,
    captions: Sequence[str] = (),
    at: int = -1,
    directions: bool = False,
    font_size: int = FONT_SIZE,
    narrow: bool = False,
) -> go.Figure:
    """Draw where every letter stands at each recorded step, to be played and scrubbed.

    Args:
        places: (R, V, 2) embeddings; steps: (R,) when they were recorded.
        kinds: (V,) index into ``KINDS``.
        reach: lowest and highest number on both axes.
        captions: R sentences, what is said above each record; nothing without them.
        at: index of the record that shows first.
        directions: whether the places are along main directions, and not the embedding's own two numbers.
    """
    frames = {"titles": [f"step {step:,}" for step in steps], "unit": "step", "speed": 12}
    frames |= {"captions": list(captions), "start": at % len(steps)}
    return _plane(places, labels, kinds, reach, font_size, narrow, frames, directions=directions)


def letters_alt(places: np.ndarray, labels: Sequence[str]) -> str:
    """Return one sentence: how many letters there are, and which two stand closest together."""
    distance = np.linalg.norm(places[:, None] - places[None], axis=2) + np.diag(np.full(len(places), np.inf))
    a, b = map(int, np.unravel_index(int(distance.argmin()), distance.shape))
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
    frames: dict[str, Any] | None = None,
    directions: bool = False,
) -> go.Figure:
    """Return the letters (R, V, 2) on two axes; the browser keeps them apart and plays the records."""
    require_finite(places=places)
    of = "main direction of C" if directions else "number of the embedding"
    titles = (f"{which} {of}" for which in ("first", "second"))
    axes = (axis(title, ends=reach, nticks=5 if narrow else 9) for title in titles)
    members = [np.flatnonzero(np.asarray(kinds) == kind) for kind in range(len(KINDS))]  # of each kind
    now = places[frames["start"] if frames else 0]
    drawn = [
        _letters(now[i], [labels[int(j)] for j in i], kind, font_size)
        for kind, i in enumerate(members)
        if len(i)
    ]
    # The browser plays the records, and keeps marks apart that would cover each other.
    spread = {"places": places[:, np.concatenate(members)].astype("f4"), "least": APART * MARK * font_size}
    meta = spread | {"frames": frames if len(places) > 1 else None}
    return chart([*_ways(narrow), *drawn], *axes, legend=True, font_size=font_size, meta=meta)


def _ways(narrow: bool) -> list[dict[str, Any]]:
    """Return what leads from a mark that gave way to its place: lines and dots, which the browser fills."""
    look = {"type": "scatter", "x": [None], "y": [None], "hoverinfo": "skip"}
    line, dot = {"color": palette.GREY, "width": 1.5}, {"color": palette.GREY, "size": 6}
    named = {"name": ASIDE.partition(",")[0] if narrow else ASIDE, "legendrank": 1001}  # behind the kinds
    return [
        {**look, "mode": "lines", "line": line, **named},
        {**look, "mode": "markers", "marker": dot, "showlegend": False},
    ]


def _letters(places: np.ndarray, labels: Sequence[str], kind: int, font_size: float) -> dict[str, Any]:
    """Return the letters of a kind at (N, 2): vowels filled, consonants square, diacritics in blue."""
    name, shape = KINDS[kind]
    vowel = name.startswith("vowel")
    color = palette.INPUT if name.endswith("diacritic") else palette.WEIGHTS
    return {
        "type": "scatter",
        "mode": "markers+text",
        "name": name,
        "x": places[:, 0],
        "y": places[:, 1],
        "text": list(labels),
        "textposition": "middle center",
        "marker": {
            "symbol": shape,
            "size": MARK * font_size,
            "color": color if vowel else palette.BACKGROUND,
            "opacity": 0.55 if vowel else 1,
            "line": {"color": color, "width": 3},
        },
        "hoverinfo": "text",
        "cliponaxis": False,
    }
