"""What a landscape is made of: its ground, and the ways down it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, eq=False)
class DescentPath:
    """One way down, the start first.

    Args:
        points: (T + 1, D) places.
        losses: (T + 1,) the height at each.
        gradients: (T + 1, D) the slope at each.
        velocities: (T + 1, D) what the next step carries along, in units of the slope; zero without a memory.
        learning_rate: what a step multiplies the slope by; a way that is shown alone works out its steps.
        diverged: whether the step after the last one would have left for good.
    """

    name: str
    points: np.ndarray
    losses: np.ndarray
    gradients: np.ndarray
    velocities: np.ndarray
    learning_rate: float
    diverged: bool = False


@dataclass(frozen=True, eq=False)
class Landscape:
    """A surface, or a curve, and at most four ways down it.

    Args:
        x: (G,) places along every axis, evenly spaced and rising.
        heights: (G, G) of a surface, ``heights[j, i]`` at ``(x[i], x[j])``; (G,) of a curve.
        opening: the step that is seen first.
        names: of the inputs.
        captions: what is said above the picture at each step of the longest way; nothing without them.
        camera: where a surface is looked at from at first: degrees around from the x₁ axis, and above ground.
    """

    title: str
    x: np.ndarray
    heights: np.ndarray
    ways: Sequence[DescentPath]
    opening: int = 0
    names: Sequence[str] = ("x₁", "x₂")
    camera: tuple[float, float] = (-125.0, 38.0)
    captions: Sequence[str] = ()
