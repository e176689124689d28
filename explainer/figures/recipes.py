"""Two trainings of one shape side by side: their losses on what was learned from and on what was held out."""

from collections.abc import Mapping
from typing import Any, Protocol

import numpy as np
import plotly.graph_objects as go

from explainer.figures import palette
from explainer.figures.base import FONT_SIZE
from explainer.figures.chart import EXACT, axis, chart
from explainer.figures.curves import DASHES, Curve, Point, curves, marks_of, traces_of
from explainer.wording.numerals import number

BETWEEN = 0.1  # the two plots, of the width of both
LETTERS = 22  # that fit into the width of one plot


class Run(Protocol):
    """Losses in nats per character over the steps, and the place of the lowest one on dev."""

    @property
    def steps(self) -> np.ndarray:
        """(R,)"""

    @property
    def train(self) -> np.ndarray:
        """(R,)"""

    @property
    def dev(self) -> np.ndarray:
        """(R,)"""

    @property
    def best(self) -> int:
        """A place in ``steps``."""


def losses(runs: Mapping[str, Run], *, highest: float = 3.6, font_size: int = FONT_SIZE) -> go.Figure:
    """Draw one plot a recipe with a common axis for the loss, and mark the best model on dev.

    Args:
        highest: nats per character at the top; what lies above is said in words, not drawn.
    """
    lowest = min(float(run.train.min()) for run in runs.values()) - 0.1
    up = axis("nats per character", ends=(lowest, highest))
    traces: list[dict[str, Any]] = []
    axes: dict[str, Any] = {}
    for i, (name, run) in enumerate(runs.items()):
        which = str(i + 1) if i else ""
        traces += _plot(run, which, showlegend=not i)
        axes[f"xaxis{which}"] = _steps(name, run, i, len(runs)) | {"anchor": f"y{which}"}
        if i:
            axes[f"yaxis{which}"] = axis(matches="y", showticklabels=False, anchor=f"x{which}")
    return chart(traces, axes.pop("xaxis"), up, legend=True, together="step", font_size=font_size, **axes)


def losses_alt(runs: Mapping[str, Run]) -> str:
    """Return one sentence: where train and dev end, and where dev was lowest, by recipe."""
    told = [
        f"{name}: train ends at {run.train[-1]:.2f}, dev at {run.dev[-1]:.2f}, "
        f"lowest {run.dev[run.best]:.2f} at step {run.steps[run.best]:,}"
        for name, run in runs.items()
    ]
    return f"Losses in nats per character. {'; '.join(told)}."


def gaps(runs: Mapping[str, Run], *, font_size: int = FONT_SIZE) -> go.Figure:
    """Draw how much better each recipe is on what it was shown than on what was held out, over its steps."""
    lines = [
        Curve(name, run.steps[1:], run.dev[1:] - run.train[1:], palette.LOSS, dash)
        for (name, run), dash in zip(runs.items(), DASHES, strict=False)
    ]
    title = "dev − train (nats per character)"
    return curves(lines, x_title="step", y_title=title, log_x=True, font_size=font_size)


def gaps_alt(runs: Mapping[str, Run]) -> str:
    """Return one sentence: the gap between dev and train at the end, by recipe."""
    told = [f"{name} {number(run.dev[-1] - run.train[-1], 2)}" for name, run in runs.items()]
    return (
        f"The gap between dev and train over the steps, in nats per character; at the end: {', '.join(told)}."
    )


def _lines(run: Run) -> list[Curve]:
    """Return both losses of a recipe as curves."""
    return [
        Curve(part, run.steps, getattr(run, part), palette.LOSS, dash)
        for part, dash in zip(("train", "dev"), DASHES, strict=False)
    ]


def _steps(name: str, run: Run, place: int, many: int) -> dict[str, Any]:
    """Return the horizontal axis of a recipe, in its part of the width."""
    width = (1 + BETWEEN) / many
    ends = 0, float(run.steps[-1])
    domain = [place * width, min(1, (place + 1) * width - BETWEEN)]
    title = {"text": f"{name}: step %{{x:{EXACT}}}"}
    look = {"domain": domain, "nticks": 4, "unifiedhovertitle": title}
    return axis(f"{name}: step", ends=ends, grid=False) | look


def _plot(run: Run, which: str, *, showlegend: bool) -> list[dict[str, Any]]:
    """Return both losses of a recipe and the best one on dev, on the axes of that number."""
    axes = {"xaxis": f"x{which}", "yaxis": f"y{which}"}
    best = float(run.dev[run.best])
    # Below it there is room: on dev nothing is lower.
    told = Point(float(run.steps[run.best]), best, f"lowest: {best:.2f}", palette.LOSS, beside="bottom")
    ends = 0, float(run.steps[-1])
    return [
        *traces_of(_lines(run), **axes, showlegend=showlegend),
        *marks_of([told], ends, False, LETTERS, **axes),
    ]
