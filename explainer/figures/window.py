"""A window that slides over a word: what is read, what is asked for, and the examples that it leaves."""

from collections.abc import Sequence
from html import escape

import plotly.graph_objects as go

from explainer.figures import palette
from explainer.figures.animation import animate
from explainer.figures.base import FONT_SIZE, bare_axis, figure

LINES = 6  # examples below each other before the next column begins


def sliding(
    contexts: Sequence[str],
    targets: Sequence[str],
    ids: Sequence[Sequence[int]],
    *,
    height: int = 560,
    font_size: int = FONT_SIZE,
    narrow: bool = False,
) -> go.Figure:
    """Draw a word with its padding, the window over it step by step, and below every example so far.

    Args:
        contexts: N texts of T letters; targets: N letters, the last one the end of the word.
        ids: N times the T + 1 numbers of context and target.
    """
    size = len(contexts[0])
    tiles = [*contexts[0], *targets]
    result = figure(height=height, font_size=font_size, showlegend=False)
    width = len(tiles)
    letter = round(min(3.2 * font_size, (17 if narrow else 62) * font_size / width))
    result.add_trace(_letters(tiles, letter))
    result.add_trace(go.Scatter(mode="lines", line={"color": palette.INPUT, "width": 5}, hoverinfo="skip"))
    result.add_trace(
        go.Scatter(mode="lines", line={"color": palette.ACTIVATIONS, "width": 5}, hoverinfo="skip")
    )
    result.add_trace(_listed(round((1.15 if narrow else 1.5) * font_size)))
    wide = max(width, 10 if narrow else 22)
    result.update_layout(
        xaxis=bare_axis(width / 2 - wide / 2 - 0.5, width / 2 + wide / 2 - 0.5, domain=[0, 1]),
        yaxis=bare_axis(-0.7, 0.9, domain=[0.78, 1]),
        xaxis2=bare_axis(0, 1, domain=[0, 1], anchor="y2"),
        yaxis2=bare_axis(-LINES + 0.3, 0.6, domain=[0, 0.72], anchor="x2"),
    )
    frames = [
        [
            _box(i, i + size),
            _box(i + size, i + size + 1),
            _examples(contexts, targets, ids, i + 1, narrow),
        ]
        for i in range(len(targets))
    ]
    labels = [f"{i + 1} of {len(targets)}" for i in range(len(targets))]
    return animate(
        result,
        frames,
        (1, 2, 3),
        labels,
        prefix="example ",
        milliseconds=1200,
        font_size=font_size,
        narrow=narrow,
        below=font_size // 2,
    )


def sliding_alt(contexts: Sequence[str], targets: Sequence[str]) -> str:
    """Return one sentence that reads all examples out."""
    told = ", ".join(f"{c} asks for {t}" for c, t in zip(contexts, targets, strict=True))
    return f"A window slides over a name: {told}."


def _letters(tiles: Sequence[str], size: int) -> go.Scatter:
    return go.Scatter(
        x=list(range(len(tiles))),
        y=[0] * len(tiles),
        text=[escape(tile) for tile in tiles],
        mode="text",
        textfont={"size": size, "color": palette.INK},
        hoverinfo="skip",
    )


def _listed(size: int) -> go.Scatter:
    return go.Scatter(
        xaxis="x2",
        yaxis="y2",
        mode="text",
        textposition="middle right",
        hoverinfo="skip",
        cliponaxis=False,
        textfont={"size": size, "color": palette.INK},
    )


def _box(left: int, right: int) -> dict:
    low, high = left - 0.46, right - 0.54
    return {"x": [low, high, high, low, low], "y": [-0.6, -0.6, 0.6, 0.6, -0.6]}


def _examples(
    contexts: Sequence[str],
    targets: Sequence[str],
    ids: Sequence[Sequence[int]],
    count: int,
    narrow: bool,
) -> dict:
    """Return the examples so far as text, column by column, in the middle; the newest is in bold."""
    most = 2 if narrow else 3  # columns that have room
    lines = max(LINES, -(-len(targets) // most))
    used = -(-len(targets) // lines)
    place = range(count)
    return {
        "x": [0.5 + (i // lines - used / 2) / most for i in place],
        "y": [-(i % lines) * LINES / lines for i in place],
        "text": [_example(contexts[i], targets[i], ids[i], i == count - 1, narrow) for i in place],
    }


def _example(context: str, target: str, ids: Sequence[int], newest: bool, narrow: bool) -> str:
    read = f"<span style='color:{palette.INPUT_TEXT}'>{escape(' '.join(context))}</span>"
    asked = f"<span style='color:{palette.ACTIVATIONS_TEXT}'>{escape(target)}</span>"
    *before, after = ids
    numbers = "" if narrow else f"     [{', '.join(map(str, before))}] → {after}"
    told = f"{read} → {asked}{numbers}"
    return f"<b>{told}</b>" if newest else told
