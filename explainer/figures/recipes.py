"""Two trainings of one shape side by side: their losses on what was learned from and on what was held out."""

from collections.abc import Mapping
from typing import Protocol

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from explainer.figures import palette
from explainer.figures.base import FONT_SIZE, axis, figure, number
from explainer.figures.curves import Curve, Point, curve_trace, curves, point_trace


class Run(Protocol):
    """Losses in nats per character over the steps, and the place of the lowest one on dev."""

    steps: np.ndarray
    train: np.ndarray
    dev: np.ndarray
    best: int


def losses(
    runs: Mapping[str, Run], *, highest: float = 3.6, font_size: int = FONT_SIZE, height: int = 600
) -> go.Figure:
    """Draw one plot a recipe with a common axis for the loss, and mark the best model on dev.

    Args:
        highest: nats per character at the top; what lies above is said in words, not drawn.
    """
    plots = make_subplots(rows=1, cols=len(runs), shared_yaxes=True, horizontal_spacing=0.04)
    result = figure(height=height, font_size=font_size).update_layout(plots.layout)
    lowest = min(float(run.train.min()) for run in runs.values())
    shown = [lowest - 0.1, highest]
    for i, (name, run) in enumerate(runs.items(), start=1):
        axes = {"xaxis": f"x{i}", "yaxis": f"y{i}"}
        for part, dash in (("train", "solid"), ("dev", "dash")):
            line = Curve(part, run.steps, getattr(run, part), palette.LOSS, dash)
            result.add_trace(curve_trace(line).update(**axes, showlegend=i == 1))
        best = float(run.dev[run.best])
        mark = Point(float(run.steps[run.best]), best, f"dev {number(best, 3)}", palette.LOSS)
        result.add_trace(point_trace(mark, font_size).update(**axes))
        result.layout[f"xaxis{'' if i == 1 else i}"].update(
            axis(f"{name}: step", font_size=font_size, tickformat="~s")
        )
        title = "nats per character" if i == 1 else ""
        result.layout[f"yaxis{'' if i == 1 else i}"].update(axis(title, font_size=font_size, range=shown))
    return result


def losses_alt(runs: Mapping[str, Run]) -> str:
    """Return one sentence: where train and dev end, and where dev was lowest, by recipe."""
    told = [
        f"{name}: train ends at {number(run.train[-1], 3)}, dev at {number(run.dev[-1], 3)}, "
        f"lowest {number(run.dev[run.best], 3)} at step {run.steps[run.best]:,}"
        for name, run in runs.items()
    ]
    return f"Losses in nats per character. {'; '.join(told)}."


def gaps(runs: Mapping[str, Run], *, font_size: int = FONT_SIZE, height: int = 600) -> go.Figure:
    """Draw how much better each recipe is on what it was shown than on what was held out, over its steps."""
    lines = [
        Curve(name, run.steps[1:], run.dev[1:] - run.train[1:], palette.LOSS, dash)
        for (name, run), dash in zip(runs.items(), ("solid", "dash", "dot"), strict=False)
    ]
    title = "dev − train (nats per character)"
    return curves(lines, x_title="step", y_title=title, log_x=True, height=height, font_size=font_size)


def gaps_alt(runs: Mapping[str, Run]) -> str:
    """Return one sentence: the gap between dev and train at the end, by recipe."""
    told = [f"{name} {number(run.dev[-1] - run.train[-1], 2)}" for name, run in runs.items()]
    return (
        f"The gap between dev and train over the steps, in nats per character; at the end: {', '.join(told)}."
    )
