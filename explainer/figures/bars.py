"""Horizontal bars: what is compared stands at the left, its number at the bar's end."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from explainer.figures import palette
from explainer.figures.base import FONT_SIZE, require_finite
from explainer.figures.chart import axis, chart, plain

# Ticks of a logarithmic axis as they are spoken.
POWERS = {1: "one", 1e3: "thousand", 1e6: "million", 1e9: "billion", 1e12: "trillion"}
HEIGHT, HEIGHT_BELOW = 0.65, 0.38  # of a bar in its row, and where its name and its text stand above it
WIDTHS = 0.68, 0.55  # of a capital letter and of any other character, about, in sizes of its type


def bars(
    labels: Sequence[str],
    values: Sequence[float] | np.ndarray,
    texts: Sequence[str],
    *,
    color: str = palette.PROBABILITIES,
    lit: Sequence[int] | None = None,
    log: bool = False,
    title: str = "",
    low: float = 0.0,
    font_size: int = FONT_SIZE,
    narrow: bool = False,
) -> go.Figure:
    """Draw one bar a label, from the top down.

    Args:
        values: (N,) lengths; on a logarithmic axis all positive.
        texts: what stands at the end of each bar.
        lit: the bars in full colour, the others faint; all if not given.
        low: where a bar begins on a logarithmic axis.
        narrow: whether names and texts stand above the bars, where there is no room beside them.
    Raises:
        ValueError: if a value is NaN or infinite, or not positive on a logarithmic axis.
    """
    values = np.asarray(values, dtype=float)
    require_finite(values=values)
    if log and (values <= 0).any():
        raise ValueError("A logarithmic axis has no place for values that are not positive.")
    longest = float(values.max(initial=1e-12))
    start, end = (np.log10([low or values.min() / 10, longest])) if log else (0.0, longest)
    tips = np.log10(values) if log else values  # (N,)
    names, texts = [plain(name) for name in labels], [plain(text) for text in texts]
    drawn = [_bars(tips, start, names, texts, color, lit, narrow)]
    drawn[0]["meta"] = {"labels": names, "values": values.tolist(), "title": title}  # as they are taken along
    if narrow:
        drawn += [_above([f"\u00a0{name}" for name in names], start, "right"), _above(texts, end, "left")]
    left, right = (0, 0) if narrow else _room(labels, texts, font_size)
    below = font_size * (1.6 * log + 1.6 * bool(title))
    margin = {"l": left + font_size, "r": right + font_size, "t": 0, "b": below}
    up = {"range": [max(len(labels), 1) - 0.5, -0.5], "linecolor": palette.GREY, "ticklabelstandoff": 6}
    up |= {"tickvals": [] if narrow else list(range(len(names))), "ticktext": [] if narrow else names}
    across = axis(title, ends=(start, end), grid=log, showline=False, fixedrange=True, **_powers(log))
    return chart(
        drawn,
        across,
        axis(grid=False, fixedrange=True) | up,
        font_size=font_size,
        margin=margin,
        barmode="overlay",
    )


def bars_alt(what: str, labels: Sequence[str], texts: Sequence[str]) -> str:
    """Return one sentence that reads the bars out, at most the first eight."""
    told = ", ".join(f"{label} {text}" for label, text in list(zip(labels, texts, strict=True))[:8])
    more = f" and {len(labels) - 8} more" if len(labels) > 8 else ""
    return f"{what}: {told}{more}."


def _bars(
    tips: np.ndarray,
    start: float,
    names: Sequence[str],
    texts: Sequence[str],
    color: str,
    lit: Sequence[int] | None,
    narrow: bool,
) -> dict[str, Any]:
    """Return bars from a common start to their tips (N,), each in the row of its number."""
    rows = np.arange(len(tips))
    full = rows if lit is None else lit
    return {
        "type": "bar",
        "orientation": "h",
        "x": tips - start,
        "base": np.full(len(tips), start),
        "y": rows,
        # A list: the browser scales single numbers of this name, which are widths of lines.
        "width": [HEIGHT_BELOW if narrow else HEIGHT] * len(tips),
        "offset": 0.02 if narrow else -HEIGHT / 2,
        "marker": {"color": color, "opacity": np.where(np.isin(rows, full), 1, 0.3), "line": {"width": 0}},
        "text": [] if narrow else [f"\u00a0{text}" for text in texts],
        "textposition": "outside",
        "constraintext": "none",
        "cliponaxis": False,
        "hovertext": [f"{name} {text}" for name, text in zip(names, texts, strict=True)],
        "hoverinfo": "text",
    }


def _above(texts: Sequence[str], x: float, side: str) -> dict[str, Any]:
    """Return what stands on the line above every bar, from a place to one side."""
    rows = np.arange(len(texts)) - 0.22
    look = {"mode": "text", "textposition": f"middle {side}", "hoverinfo": "skip", "cliponaxis": False}
    return {"type": "scatter", "x": np.full(len(rows), x), "y": rows, "text": list(texts), **look}


def _room(labels: Sequence[str], texts: Sequence[str], font_size: int) -> list[float]:
    """Return the pixels that the longest name at the left and the longest text at the right take, about."""
    longest = (max(map(len, told), default=0) for told in (labels, texts))
    return [width * font_size * n for width, n in zip(WIDTHS, longest, strict=True)]


def _powers(log: bool) -> dict[str, Any]:
    """Return how an axis of exponents is marked: at powers of ten that have a name; another one is not."""
    marked = POWERS if log else {}
    return {"tickvals": np.log10(list(marked)).tolist(), "ticktext": list(marked.values())}
