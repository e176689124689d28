"""Figures that Plotly draws: the house's type, axes and margins around what a chart shows.

Sizes are pixels of a window 1920 wide, or of a phone, and colours those of ``palette``: the browser scales
and resolves them. A figure is built in one call; adding to it piece by piece takes ten times as long.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from explainer.figures import palette

CLEAR = "rgba(0,0,0,0)"
MOST = 8  # numbers at an axis that counts in powers
SPELT = 1e-5, 1e6  # between which powers of ten are written out
RAISED = 1.15  # size of a power, so that its exponent can be read
EXACT = ",.6~g"  # how a number is written beside its point
LEFT, RIGHT = 4, 1  # of a chart's margins, in sizes of its type


def chart(
    traces: Sequence[dict[str, Any]],
    x: dict[str, Any],
    y: dict[str, Any],
    *,
    font_size: float,
    legend: bool = False,
    together: str | None = None,
    notes: Sequence[dict[str, Any]] = (),
    **layout: Any,
) -> go.Figure:
    """Return a figure with one pair of axes.

    Args:
        x, y: as ``axis`` returns them.
        together: what the horizontal axis counts, where all curves are read at one place of it.
        legend: whether the names of the traces stand above it, each a button that hides what it names.
        notes: annotations, besides the title of the vertical axis.
        layout: any attribute of plotly's layout, instead of the house's.
    """
    font = {"size": font_size, "color": palette.INK}
    if together is not None:
        x.setdefault("unifiedhovertitle", {"text": f"{together} %{{x:{EXACT}}}"})
    for across in (x, *(layout[name] for name in layout if name.startswith("xaxis"))):
        if "title" in across:
            across["title"]["font"] = font
    for powers in (one for one in (x, y) if one.get("exponentformat") == "power"):
        powers["tickfont"] = {"size": RAISED * font_size}
    titles = [_above(y.pop("title"), font_size)] if "title" in y else []
    house = {
        "template": {"data": {}},
        "font": font,
        "paper_bgcolor": CLEAR,
        "plot_bgcolor": CLEAR,
        "showlegend": legend,
        "hovermode": "closest" if together is None else "x unified",
        "hoverdistance": 30,
        "hoverlabel": {
            "font": font,
            "bgcolor": palette.BACKGROUND,
            "bordercolor": palette.GREY,
            "namelength": -1,
        },
        "modebar": {"bgcolor": CLEAR},
        "margin": _margins(x, bool(titles), font_size),
        "annotations": [*titles, *notes],
        "xaxis": x,
        "yaxis": y,
    }
    return go.Figure({"data": traces, "layout": {**house, **layout}})


def axis(
    title: str = "",
    *,
    ends: tuple[float, float] | None = None,
    log: bool = False,
    grid: bool = True,
    **more: Any,
) -> dict[str, Any]:
    """Return the settings of an axis.

    Args:
        ends: what stands at its beginning and its end, in the data's units also on a logarithmic axis.
        grid: whether a line leads across at every tick.
        more: any attribute of plotly's axis.
    """
    found = {
        "gridcolor": palette.GRID,
        "linecolor": palette.GRID,
        "showline": True,
        "showgrid": grid,
        "zeroline": False,
        "hoverformat": EXACT,
        "separatethousands": True,
        "tickangle": 0,
    }
    if title:
        found["title"] = {"text": title, "standoff": 6}
    if log:
        plain_ones = ends and SPELT[0] <= ends[0] and ends[1] <= SPELT[1]
        found |= {"type": "log", "exponentformat": "none" if plain_ones else "power"}
        # So few that only powers of ten are named at first: between them Plotly's type is small.
        found["nticks"] = min(MOST, max(2, int(np.log10(ends[1] / ends[0]) / 0.72))) if ends else 0
    if ends is not None:
        found["range"] = [float(end) for end in (np.log10(ends) if log else ends)]
    return {**found, **more}


def plain(text: str) -> str:
    """Return a text as Plotly writes it, letter by letter: it would read tags in it."""
    return text.replace("&", "&amp;").replace("<", "&lt;")


def _above(title: dict[str, Any], font_size: float) -> dict[str, Any]:
    """Return the title of a vertical axis as a line above it, to be read level."""
    where = {"xref": "paper", "yref": "paper", "x": 0, "y": 1, "xanchor": "left", "yanchor": "bottom"}
    return {**where, "text": title["text"], "showarrow": False, "xshift": 4 - LEFT * font_size, "yshift": 6}


def _margins(x: dict[str, Any], titled: bool, font_size: float) -> dict[str, float]:
    below = 3.2 if "title" in x else 1.8
    return {
        "l": LEFT * font_size,
        "r": RIGHT * font_size,
        "t": (1.9 if titled else 0.6) * font_size,
        "b": below * font_size,
    }
