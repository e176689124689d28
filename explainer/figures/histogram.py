"""Histograms of activations: where the numbers of a layer lie, and which of them are stuck."""

from dataclasses import dataclass

import numpy as np

from explainer.figures import palette
from explainer.figures.axes import Axis, Panel, percent
from explainer.figures.base import FONT_SIZE, require_finite
from explainer.figures.drawing import Box, Drawing


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
) -> Drawing:
    """Draw a histogram as shares of all values.

    Args:
        beyond: bars that lie further from zero are drawn in the colour of loss, as stuck.
        most: share at which the axis ends, so that two figures can be compared; the largest if not given.
    Raises:
        ValueError: if an edge or a count is NaN or infinite.
    """
    require_finite(edges=layer.edges, counts=layer.counts)
    across = Axis(float(layer.edges[0]), float(layer.edges[-1]), x_title, grid=False)
    up = Axis(0.0, most or float(layer.shares.max()) or 1.0, "share of all", text=percent)
    panel = Panel(across, up, font_size=font_size)
    bars = _bars(panel, layer, np.inf if beyond is None else beyond)
    return Drawing([*panel.frame(), *bars], margins=panel.margins(), font_size=font_size)


def histogram_alt(what: str, layer: Histogram) -> str:
    """Return one sentence: the share of the values in the two outermost bars."""
    outermost = layer.shares[0] + layer.shares[-1]
    return f"{what}. {layer.name}: {outermost:.0%} in the two outermost bars."


def _bars(panel: Panel, layer: Histogram, beyond: float) -> list[Box]:
    """Return one bar between any two edges, which tells them and its share when it is pointed at."""
    ends, tops = panel.x(layer.edges), panel.y(layer.shares)  # (N + 1,), (N,)
    middles = np.abs(layer.edges[:-1] + layer.edges[1:]) / 2  # (N,)
    colors = [palette.LOSS if stuck else palette.ACTIVATIONS for stuck in middles > beyond]
    told = [
        f"{low:.2f} to {high:.2f}: {share:.1%}".replace("-", "−")
        for low, high, share in zip(layer.edges[:-1], layer.edges[1:], layer.shares, strict=True)
    ]
    return [
        Box(left, right, panel.bottom, top, color, opacity=0.75, title=title)
        for left, right, top, color, title in zip(ends[:-1], ends[1:], tops, colors, told, strict=True)
    ]
