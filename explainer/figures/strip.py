"""Strips from 0 to 1 cut into labelled intervals, and the die that falls into one of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import numpy as np
import plotly.graph_objects as go

from explainer.figures import palette
from explainer.figures.animation import animate
from explainer.figures.base import FONT_SIZE, axis, bare_axis, figure, require_finite


@dataclass(frozen=True)
class Strip:
    """One strip: its intervals, and the die in one of them."""

    name: str  # what stands at its left
    edges: np.ndarray  # (N + 1,) from 0 to 1, never falling
    labels: Sequence[str]  # (N,) what stands in the intervals
    die: float | None = None  # 0 <= die < 1
    drawn: int | None = None  # the interval that the die is in


def strips(
    rows: Sequence[Strip],
    *,
    colors: Sequence[str] | None = None,
    scale: bool = True,
    height: int = 480,
    font_size: int = FONT_SIZE,
    letters: int = 90,
) -> go.Figure:
    """Draw strips from the top down; the interval in which a die fell stands out and is told at the right.

    Args:
        colors: of the intervals of each strip; the colour of probabilities if not given.
        scale: whether the axis from 0 to 1 is drawn.
        letters: how many fit into the width of the figure; a label that has no room is left out.
    Raises:
        ValueError: if an edge is NaN or infinite.
    """
    result = figure(height=height, font_size=font_size, barmode="overlay", bargap=0.35, showlegend=False)
    for place, row in enumerate(rows):
        require_finite(edges=row.edges)
        result.add_trace(go.Bar(**_BAR, **_intervals(row, place, letters, colors), textfont=_ink(font_size)))
    cast = [(place, row) for place, row in enumerate(rows) if row.die is not None]
    if cast:
        dice = {"x": [row.die for _, row in cast], "y": [place - 0.4 for place, _ in cast]}
        result.add_trace(go.Scatter(**_DIE, **dice, marker=_marker(font_size)))
        told = [f"{row.die:.3f} → {escape(row.labels[row.drawn])}" for _, row in cast]
        ends = {"x": [1 + 1 / letters] * len(cast), "y": [place for place, _ in cast], "text": told}
        result.add_trace(go.Scatter(**_TOLD, **ends, textfont=_ink(font_size)))
    right = 1 + 12 / letters if cast else 1
    ticks = {"tickvals": [0, 0.2, 0.4, 0.6, 0.8, 1], "showgrid": False, "zeroline": False}
    result.update_xaxes(axis(font_size=font_size, range=[0, right], **ticks, visible=scale))
    names = {"tickmode": "array", "tickvals": list(range(len(rows))), "zeroline": False, "showgrid": False}
    names["ticktext"] = [escape(row.name) for row in rows]
    named = any(row.name for row in rows)
    result.update_yaxes(axis(font_size=font_size, range=[len(rows) - 0.5, -0.6], visible=named, **names))
    return result


def draws(
    before: Sequence[str],
    rows: Sequence[Strip],
    *,
    milliseconds: int = 1200,
    height: int = 480,
    font_size: int = FONT_SIZE,
    narrow: bool = False,
) -> go.Figure:
    """Draw one draw after the other: the text so far, its row of probabilities as bars and strip, the die.

    Args:
        before: the text before each draw; its last character is what the row follows.
        rows: the strip of each draw, all with the same labels and each with a die.
    Raises:
        ValueError: if an edge is NaN or infinite.
    """
    letters = 24 if narrow else 90
    frames = [_turn(text, row, letters) for text, row in zip(before, rows, strict=True)]
    labels = rows[0].labels
    highest = max(float(np.diff(row.edges).max()) for row in rows)
    letter_size = font_size if len(labels) <= 40 and not narrow else font_size * 2 // 3
    result = figure(height=height, font_size=font_size, barmode="overlay", bargap=0.2, showlegend=False)
    result.add_trace(go.Scatter(**_TOLD, xaxis="x3", yaxis="y3", textfont=_ink(2 * font_size)))
    result.add_trace(go.Bar(x=list(range(len(labels))), hoverinfo="skip", cliponaxis=False))
    result.add_trace(go.Bar(**_BAR, xaxis="x2", yaxis="y2", textfont=_ink(font_size)))
    die = {"marker": _marker(font_size), "textfont": _ink(font_size)}
    result.add_trace(go.Scatter(**_DIE, **die, xaxis="x2", yaxis="y2"))
    result.update_layout(
        xaxis=axis(font_size=letter_size, range=[-0.6, len(labels) - 0.4], **_ticks(labels)),
        yaxis=axis("probability", font_size=font_size, range=[0, 1.05 * highest], domain=[0.36, 0.86]),
        xaxis2=axis(font_size=font_size, range=[0, 1], anchor="y2", showgrid=False, zeroline=False),
        yaxis2=bare_axis(-0.5, 1.1, domain=[0.02, 0.24], anchor="x2"),
        xaxis3=bare_axis(0, 1, anchor="y3"),
        yaxis3=bare_axis(0, 1, domain=[0.9, 1], anchor="x3"),
    )
    steps = [escape(text[-1]) for text in before]
    still = {"milliseconds": milliseconds, "font_size": font_size, "narrow": narrow}
    return animate(result, frames, range(4), steps, prefix="after ", below=2 * font_size, **still)


def draws_alt(before: Sequence[str], rows: Sequence[Strip]) -> str:
    """Return one sentence that tells each draw: after which character, where the die fell, what was drawn."""
    told = [
        f"after {text[-1]} the die shows {row.die:.3f} and {row.labels[row.drawn]} is drawn"
        for text, row in zip(before, rows, strict=True)
    ]
    return f"A name drawn letter by letter: {'; '.join(told)}."


_BAR = {"orientation": "h", "hoverinfo": "skip", "textposition": "inside", "insidetextanchor": "middle"}
_BAR |= {"textangle": 0, "constraintext": "none", "cliponaxis": False}
_TOLD = {"mode": "text", "textposition": "middle right", "hoverinfo": "skip", "cliponaxis": False}
_DIE = {"mode": "markers+text", "textposition": "top center", "hoverinfo": "skip", "cliponaxis": False}


def _marker(font_size: int) -> dict:
    return {"symbol": "triangle-down", "size": font_size, "color": palette.INK}


def _ink(font_size: int) -> dict:
    return {"size": font_size, "color": palette.INK}


def _ticks(labels: Sequence[str]) -> dict:
    names = [escape(label) for label in labels]
    return {"tickmode": "array", "tickvals": list(range(len(names))), "ticktext": names, "showgrid": False}


def _intervals(row: Strip, place: float, letters: int, colors: Sequence[str] | None = None) -> dict:
    """Return what a bar trace needs to be a strip; the interval that was drawn is outlined and full."""
    widths = np.diff(row.edges)  # (N,)
    drawn = [i == row.drawn for i in range(len(widths))]
    room = [width * letters > len(label) for width, label in zip(widths, row.labels, strict=True)]
    return {
        "x": widths,
        "base": row.edges[:-1],
        "y": [place] * len(widths),
        "text": [escape(label) if fits else "" for label, fits in zip(row.labels, room, strict=True)],
        "marker": {
            "color": list(colors or [palette.PROBABILITIES] * len(widths)),
            "opacity": [0.5 if chosen else 0.25 for chosen in drawn],
            "line": {
                "color": [palette.INK if chosen else palette.BACKGROUND for chosen in drawn],
                "width": [3 if chosen else 2 for chosen in drawn],
            },
        },
    }


def _turn(text: str, row: Strip, letters: int) -> list[dict]:
    """Return the four changes of one draw: the text, the bars, the strip, the die."""
    widths = np.diff(row.edges)  # (N,)
    full = [1.0 if i == row.drawn else 0.4 for i in range(len(widths))]
    drawn = _colored(row.labels[row.drawn], palette.PROBABILITIES_TEXT)
    start = f"…{text[1 - letters // 2 : -1]}" if len(text) > letters // 2 else text[:-1]
    told = f"{escape(start)}{_colored(text[-1], palette.INPUT_TEXT)}{drawn}"
    bars = {"y": widths, "marker": {"color": palette.PROBABILITIES, "opacity": full}}
    die = {"x": [row.die], "y": [0.6], "text": [f"die {row.die:.3f}"]}
    return [{"x": [0], "y": [0.5], "text": [told]}, bars, _intervals(row, 0, letters), die]


def _colored(text: str, color: str) -> str:
    return f"<b><span style='color:{color}'>{escape(text)}</span></b>"
