"""Histograms of activations: where the numbers of a layer lie, and which of them are stuck."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import plotly.graph_objects as go

from explainer.figures import palette
from explainer.figures.base import FONT_SIZE, require_finite
from explainer.figures.chart import axis, chart


@dataclass(frozen=True)
class Histogram:
    """How many values fall between neighbouring edges."""

    name: str
    edges: np.ndarray  # (N + 1,) rising
    counts: np.ndarray  # (N,)

    @property
    def shares(self) -> np.ndarray:
        """Which part of all values falls between the edges, (N,)."""
        return self.counts / max(self.counts.sum(), 1)


def histogram(
    layer: Histogram,
    *,
    x_title: str,
    beyond: float | None = None,
    most: float | None = None,
    font_size: int = FONT_SIZE,
) -> go.Figure:
    """Draw a histogram as shares of all values.

    Args:
        beyond: bars that lie further from zero are drawn in the colour of loss, as stuck.
        most: share at which the axis ends, so that two figures can be compared; the largest if not given.
    Raises:
        ValueError: if an edge or a count is NaN or infinite.
    """
    require_finite(edges=layer.edges, counts=layer.counts)
    across = axis(x_title, ends=(layer.edges[0], layer.edges[-1]), grid=False)
    top = most or float(layer.shares.max()) or 1.0
    up = axis("share of all", ends=(0, top), tickformat=".0%", rangemode="tozero")
    bars = _bars(layer, np.inf if beyond is None else beyond)
    return chart([bars], across, up, font_size=font_size, bargap=0)


def histogram_alt(what: str, layer: Histogram) -> str:
    """Return one sentence: the share of the values in the two outermost bars."""
    outermost = layer.shares[0] + layer.shares[-1]
    return f"{what}. {layer.name}: {outermost:.0%} in the two outermost bars."


def _bars(layer: Histogram, beyond: float) -> dict[str, Any]:
    """Return one bar between any two edges, which tells them and its share when it is pointed at."""
    middles = (layer.edges[:-1] + layer.edges[1:]) / 2  # (N,)
    told = [
        f"{low:.2f} to {high:.2f}: {share:.1%}".replace("-", "−")
        for low, high, share in zip(layer.edges[:-1], layer.edges[1:], layer.shares, strict=True)
    ]
    colors = [palette.LOSS if stuck else palette.ACTIVATIONS for stuck in np.abs(middles) > beyond]
    return {
        "type": "bar",
        "x": middles,
        "y": layer.shares,
        "width": np.diff(layer.edges),
        "marker": {"color": colors, "opacity": 0.75, "line": {"width": 0}},
        "hovertext": told,
        "hoverinfo": "text",
    }
