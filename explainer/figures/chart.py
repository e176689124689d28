"""Figures that Plotly draws: the house's type, axes and margins around what a chart shows.

Sizes are pixels of a window 1920 wide, or of a phone, and colours those of ``palette``: the browser scales
and resolves them. Plotly's own figures check every attribute, which took most of a run; tests let them.
"""

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from explainer.figures import palette

if TYPE_CHECKING:
    import plotly.graph_objects as go

CLEAR = "rgba(0,0,0,0)"
MOST = 8  # numbers at an axis that counts in powers
SPELT = 1e-5, 1e6  # between which powers of ten are written out
RAISED = 1.15  # size of a power, so that its exponent can be read
EXACT = ",.6~g"  # how a number is written beside its point
LEFT, RIGHT = 4, 1  # of a chart's margins, in sizes of its type
TYPED = {"float64": "f8", "float32": "f4", "int32": "i4", "int16": "i2", "int8": "i1", "uint8": "u1"}
TYPED |= {"uint16": "u2", "uint32": "u4"}  # by numpy's name: what the browser calls it


@dataclass(frozen=True)
class Chart:
    """A figure as plotly.js takes it: numbers, texts, lists, and arrays (N,) or (R, C)."""

    traces: Sequence[Mapping[str, Any]]
    settings: Mapping[str, Any]

    def to_json(self) -> str:
        """Return what the browser is sent; arrays of numbers as their bytes."""
        traces = [{"type": "scatter", **trace} for trace in self.traces]
        return json.dumps(_sent({"data": traces, "layout": self.settings}), separators=(",", ":"))

    @cached_property
    def figure(self) -> "go.Figure":
        """Plotly's own figure.

        Raises:
            ValueError: if Plotly knows no such attribute, or not with such a value.
        """
        import plotly.graph_objects as go  # half a second, and for nothing but a check

        return go.Figure({"data": self.traces, "layout": self.settings})

    @property
    def data(self) -> Sequence[Any]:
        """The traces as Plotly has read them."""
        return self.figure.data

    @property
    def layout(self) -> Any:
        """The layout as Plotly has read it."""
        return self.figure.layout


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
) -> Chart:
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
        "annotations": [*titles, *notes] or None,
        "xaxis": x,
        "yaxis": y,
    }
    return Chart(traces, {**house, **layout})


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


def _sent(value: Any) -> Any:
    """Return a value as JSON; what is None or no number is not told, or null."""
    if isinstance(value, dict):
        return {name: _sent(part) for name, part in value.items() if part is not None}
    if isinstance(value, list | tuple):
        return [_sent(part) for part in value]
    if isinstance(value, np.ndarray):
        return _typed(value) if value.size else []
    number = value.item() if isinstance(value, np.generic) else value
    return None if isinstance(number, float) and not np.isfinite(number) else number


def _typed(values: np.ndarray) -> Any:
    """Return an array as the bytes of numbers that the browser knows, or as a list."""
    small = np.min_scalar_type(-int(np.abs(values).max()) - 1) if values.dtype.kind in "iu" else values.dtype
    if small.name not in TYPED:
        return _sent(values.tolist())
    told = {"dtype": TYPED[small.name], "bdata": base64.b64encode(values.astype(small).tobytes()).decode()}
    return told | ({"shape": str(values.shape)[1:-1]} if values.ndim > 1 else {})
