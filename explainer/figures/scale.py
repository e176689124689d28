"""Numbers as squares drawn to scale, seen from farther and farther away."""

from collections.abc import Sequence
from html import escape

import numpy as np
import plotly.graph_objects as go

from explainer.figures import palette
from explainer.figures.animation import animate
from explainer.figures.base import FONT_SIZE, bare_axis, figure

STEPS = 24  # frames between the first view and the last
CLOSEST = 0.07  # least distance of two labels, in heights of the picture


def zoom(
    names: Sequence[str],
    values: Sequence[float],
    *,
    first: int = 0,
    height: int = 640,
    font_size: int = FONT_SIZE,
    narrow: bool = False,
) -> go.Figure:
    """Draw one square a number, its area the number, all from one corner; play moves the view away.

    Args:
        values: (N,) positive, rising.
        first: the square that fills the first view; the last one fills the last.
    """
    sides = np.sqrt(np.asarray(values, dtype=float))  # (N,)
    windows = np.geomspace(sides[first], sides[-1], STEPS + 1) * 1.08  # (frames,) how much is in view
    result = figure(height=height, font_size=font_size, showlegend=False, barmode="overlay", bargap=0)
    result.add_trace(go.Bar(hoverinfo="skip"))
    font = {"size": font_size, "color": palette.INK}
    result.add_trace(go.Scatter(mode="text", textposition="middle right", textfont=font, hoverinfo="skip"))
    result.update_layout(
        xaxis=bare_axis(0, 1.0 if narrow else 1.75, constrain="domain", constraintoward="left"),
        yaxis=bare_axis(-0.01, 1, scaleanchor="x", constrain="domain", constraintoward="bottom"),
    )
    frames = [_view(names, sides / window, narrow) for window in windows]
    labels = [_told(window / windows[0]) for window in windows]
    options = {"milliseconds": 250, "font_size": font_size, "narrow": narrow, "below": font_size // 2}
    return animate(result, frames, (0, 1), labels, prefix="seen from ", **options)


def zoom_alt(names: Sequence[str], values: Sequence[float]) -> str:
    """Return one sentence: each number, and how many times the one before."""
    told = [
        f"{name}, {after / before:,.0f} times the one before"
        for name, before, after in zip(names[1:], values, values[1:], strict=False)
    ]
    return f"Squares whose areas are the numbers of weights: {names[0]}; {'; '.join(told)}."


def _told(distance: float) -> str:
    return (
        "close by"
        if distance < 1.01
        else f"{distance:,.0f} times as far"
        if distance > 3
        else f"{distance:.1f} times as far"
    )


def _ink(sides: np.ndarray) -> dict:
    """Return the colour of the squares: small ones full, large ones pale, so that texts are read."""
    return {"color": palette.WEIGHTS, "opacity": np.where(sides < 0.12, 1.0, 0.22)}


def _pointed(side: float, height: float) -> str:
    """Return an arrow where a label stands beside or above a square too small to be seen at once."""
    return "" if side > 0.12 else "← " if height <= max(side, 0.03) else "↙ "


def _view(names: Sequence[str], sides: np.ndarray, narrow: bool) -> list[dict]:
    """Return squares and labels of one view; what is larger than the view is cut at its edge."""
    drawn = np.minimum(sides, 4.0)  # (N,)
    labelled = [i for i, side in enumerate(sides) if 0.0004 < side < 1.0]
    heights: list[float] = []
    for i in labelled:
        heights.append(max(float(sides[i]) - 0.03, heights[-1] + CLOSEST if heights else 0.03))
    inside = 0.35 if narrow else 2.0  # on a phone there is no room beside a larger square
    places = [0.012 if sides[i] > inside else float(sides[i]) + 0.012 for i in labelled]
    told = [
        _pointed(float(sides[i]), height) + escape(names[i])
        for i, height in zip(labelled, heights, strict=True)
    ]
    beyond = [i for i, side in enumerate(sides) if side >= 1.0][:1]
    return [
        {"x": drawn / 2, "width": drawn, "y": drawn, "marker": _ink(sides)},
        {
            "x": places + [0.012 if narrow else 1.02] * len(beyond),
            "y": heights + [0.97 if narrow else 0.5] * len(beyond),
            "text": told + [f"a corner of {escape(names[i])}" for i in beyond],
        },
    ]
