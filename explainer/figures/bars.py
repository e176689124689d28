"""Horizontal bars: what is compared stands at the left, its number at the bar's end."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from explainer.figures import palette
from explainer.figures.base import FONT_SIZE, axis, figure, require_finite

# Ticks of a logarithmic axis as they are spoken.
POWERS = {1: "one", 1e3: "thousand", 1e6: "million", 1e9: "billion", 1e12: "trillion"}


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
    high: float | None = None,
    height: int = 480,
    font_size: int = FONT_SIZE,
) -> go.Figure:
    """Draw one bar a label, from the top down.

    Args:
        values: (N,) lengths; on a logarithmic axis all positive.
        texts: what stands at the end of each bar.
        lit: the bars in full colour, the others faint; all if not given.
        low: where a bar begins on a logarithmic axis.
        high: the longest length the axis has room for; the largest value if not given.
    Raises:
        ValueError: if a value is NaN or infinite, or not positive on a logarithmic axis.
    """
    values = np.asarray(values, dtype=float)
    require_finite(values=values)
    if log and (values <= 0).any():
        raise ValueError("A logarithmic axis has no place for values that are not positive.")
    faint = set() if lit is None else set(range(len(values))) - set(lit)
    places = np.arange(len(values))
    result = figure(height=height, font_size=font_size, bargap=0.35, showlegend=False)
    result.add_trace(
        go.Bar(
            x=values,
            y=places,
            orientation="h",
            text=list(texts),
            textposition="outside",
            constraintext="none",
            textfont={"size": font_size, "color": palette.INK},
            cliponaxis=False,
            marker={"color": color, "opacity": [0.3 if i in faint else 1.0 for i in range(len(values))]},
            hoverinfo="skip",
        )
    )
    longest = float(values.max(initial=1e-12)) if high is None else high
    room = 1.1 + 0.035 * max(map(len, texts), default=0)  # for the text behind the longest bar
    span = [np.log10(low or values.min() / 10), np.log10(longest) + 3] if log else [0, room * longest]
    scale = {"type": "log", "tickvals": list(POWERS), "ticktext": list(POWERS.values())} if log else {}
    result.update_xaxes(axis(title, font_size=font_size, range=span, showticklabels=log, **scale))
    names = {"tickmode": "array", "tickvals": places, "ticktext": list(labels)}
    result.update_yaxes(
        axis(font_size=font_size, autorange="reversed", showgrid=False, zeroline=False, **names)
    )
    return result


def bars_alt(what: str, labels: Sequence[str], texts: Sequence[str]) -> str:
    """Return one sentence that reads the bars out, at most the first eight."""
    told = ", ".join(f"{label} {text}" for label, text in list(zip(labels, texts, strict=True))[:8])
    more = f" and {len(labels) - 8} more" if len(labels) > 8 else ""
    return f"{what}: {told}{more}."
