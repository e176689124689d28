"""Two trainings of one shape side by side: their losses on what was learned from and on what was held out."""

from collections.abc import Mapping
from typing import Protocol

import numpy as np

from explainer.figures import palette
from explainer.figures.axes import Axis, Panel
from explainer.figures.base import FONT_SIZE, number
from explainer.figures.curves import DASHES, Curve, Point, curves, legend_line, lines_of, marked, readings_of
from explainer.figures.drawing import Drawing, Primitive

BETWEEN = 0.1  # the two plots, of the width of both
LETTERS = 22  # that fit into the width of one plot


class Run(Protocol):
    """Losses in nats per character over the steps, and the place of the lowest one on dev."""

    steps: np.ndarray
    train: np.ndarray
    dev: np.ndarray
    best: int


def losses(runs: Mapping[str, Run], *, highest: float = 3.6, font_size: int = FONT_SIZE) -> Drawing:
    """Draw one plot a recipe with a common axis for the loss, and mark the best model on dev.

    Args:
        highest: nats per character at the top; what lies above is said in words, not drawn.
    """
    lowest = min(float(run.train.min()) for run in runs.values()) - 0.1
    width = (1 + BETWEEN) / len(runs)
    panels = []
    for i, (name, run) in enumerate(runs.items()):
        across = Axis(0, float(run.steps[-1]), f"{name}: step", most=4, grid=False)
        up = Axis(lowest, highest, "" if i else "nats per character", labelled=not i)
        ends = i * width, (i + 1) * width - BETWEEN
        panels.append(Panel(across, up, *ends, font_size=font_size))
    plots = list(zip(panels, runs.values(), strict=True))
    drawn = [part for panel, run in plots for part in _plot(panel, run)]
    readings = [told for panel, run in plots for told in readings_of(panel, _lines(run))]
    legend = [legend_line(line) for line in _lines(next(iter(runs.values())))]
    left, _, top, bottom = panels[0].margins()
    margins = left, panels[-1].margins()[1], top, bottom
    return Drawing(drawn, margins=margins, font_size=font_size, legend=legend, readings=readings)


def losses_alt(runs: Mapping[str, Run]) -> str:
    """Return one sentence: where train and dev end, and where dev was lowest, by recipe."""
    told = [
        f"{name}: train ends at {number(run.train[-1], 3)}, dev at {number(run.dev[-1], 3)}, "
        f"lowest {number(run.dev[run.best], 3)} at step {run.steps[run.best]:,}"
        for name, run in runs.items()
    ]
    return f"Losses in nats per character. {'; '.join(told)}."


def gaps(runs: Mapping[str, Run], *, font_size: int = FONT_SIZE) -> Drawing:
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


def _plot(panel: Panel, run: Run) -> list[Primitive]:
    """Return the axes of one recipe with both of its losses and the best one on dev."""
    best = float(run.dev[run.best])
    # Below it there is room: on dev nothing is lower.
    told = Point(float(run.steps[run.best]), best, f"dev {number(best, 3)}", palette.LOSS, beside="bottom")
    return [*panel.frame(), *lines_of(panel, _lines(run)), *marked(panel, told, LETTERS)]
