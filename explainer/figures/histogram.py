"""Histograms of activations: where the numbers of a layer lie, and which of them are stuck."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go

from explainer.figures import palette
from explainer.figures.base import FONT_SIZE, axis, figure, require_finite


@dataclass(frozen=True)
class Histogram:
    """How many values fall between neighbouring edges."""

    name: str  # what stands in the legend
    edges: np.ndarray  # (N + 1,) rising
    counts: np.ndarray  # (N,)
    color: str = palette.ACTIVATIONS


def histograms(
    layers: Sequence[Histogram],
    *,
    x_title: str,
    beyond: float | None = None,
    most: float | None = None,
    height: int = 480,
    font_size: int = FONT_SIZE,
) -> go.Figure:
    """Draw one or more histograms over the same axis, as shares of all values.

    Args:
        beyond: bars that reach further from zero are drawn in the colour of loss, as stuck.
        most: share at which the axis ends, so that two figures can be compared; the largest if not given.
    Raises:
        ValueError: if an edge or a count is NaN or infinite.
    """
    result = figure(
        height=height, font_size=font_size, barmode="overlay", bargap=0, showlegend=len(layers) > 1
    )
    for layer in layers:
        require_finite(edges=layer.edges, counts=layer.counts)
        middle = (layer.edges[:-1] + layer.edges[1:]) / 2  # (N,)
        outer = np.maximum(np.abs(layer.edges[:-1]), np.abs(layer.edges[1:]))  # (N,)
        share = layer.counts / max(layer.counts.sum(), 1)
        stuck = np.zeros(len(middle), bool) if beyond is None else outer > beyond
        result.add_trace(
            go.Bar(
                name=layer.name,
                x=middle,
                y=share,
                width=np.diff(layer.edges),
                marker={
                    "color": np.where(stuck, palette.LOSS, layer.color).tolist(),
                    "opacity": 0.75,
                    "line": {"width": 0},
                },
                hovertext=[
                    f"{low:.2f} to {high:.2f}: {part:.1%}".replace("-", "−")
                    for low, high, part in zip(layer.edges[:-1], layer.edges[1:], share, strict=True)
                ],
                hoverinfo="text",
            )
        )
    result.update_xaxes(axis(x_title, font_size=font_size))
    top = {} if most is None else {"range": [0, most]}
    result.update_yaxes(axis("share of all", font_size=font_size, tickformat=".0%", **top))
    return result


def stand_on(curve: go.Figure, x: np.ndarray, y: np.ndarray, name: str) -> go.Figure:
    """Mark on a curve where each of many numbers stands; return the same figure.

    Args:
        x, y: (N,) the numbers before and after the function.
    """
    marker = {"color": palette.ACTIVATIONS, "size": 11, "line": {"color": palette.BACKGROUND, "width": 1}}
    told = [f"{a:.3f} → {b:.3f}".replace("-", "−") for a, b in zip(x, y, strict=True)]
    return curve.add_trace(
        go.Scatter(name=name, x=x, y=y, mode="markers", marker=marker, hovertext=told, hoverinfo="text")
    )


def histograms_alt(what: str, layers: Sequence[Histogram]) -> str:
    """Return one sentence: for each histogram the share of its values in the two outermost bars."""
    told = [f"{layer.name}: {_outermost(layer):.0%} in the two outermost bars" for layer in layers]
    return f"{what}. {'; '.join(told)}."


def _outermost(layer: Histogram) -> float:
    return float((layer.counts[0] + layer.counts[-1]) / max(layer.counts.sum(), 1))
