"""What is said of a network while it learns, and of the plane that its first layer moves."""

import numpy as np

from explainer.wording.numerals import counted


def captions(steps: np.ndarray, right: np.ndarray, count: int) -> list[str]:
    """Return one sentence for every recorded picture of a training: how many points it has right.

    Args:
        steps: (S,) when each was taken, right: (S,) how many of so many points.
    """
    return [_caption(int(step), int(n), count) for step, n in zip(steps, right, strict=True)]


def _caption(step: int, right: int, count: int) -> str:
    when = f"After {counted(step, 'step')}," if step else "Before the first step,"
    told = f"{when} **{right} of {count}** points are classified correctly"
    chance = abs(right - count / 2) <= np.sqrt(count)  # two standard deviations of so many coins
    return f"{told}, about as many as by chance." if chance else f"{told}."


def motion_captions(shares: np.ndarray, right: float) -> list[str]:
    """Return one sentence for every frame of a plane in motion.

    Args:
        shares: (F, 2) how much of the weights and of the activation has been applied.
        right: the share of the points that are classified correctly at the end.
    """
    return [_moved(float(w), float(f), right) for w, f in shares]


def _moved(weights: float, bend: float, right: float) -> str:
    if bend == 1:
        return f"Bent to the end: now **one straight line** has {right:.0%} of the points on the right side."
    if bend > 0:
        return f"{bend:.0%} of tanh: what was straight **bends**."
    if weights == 1:
        return "x·W + b: the plane has moved as one, and every line is **still straight**."
    if weights > 0:
        return f"{weights:.0%} of x·W + b: the plane moves as one, and every line **stays straight**."
    return "The plane as it is: no straight line parts the circles from the squares."
