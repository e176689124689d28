"""What is said of the bigram: how probable a name is, letter by letter."""

import numpy as np

from explainer.traces.bigram import Likelihood
from explainer.wording.numerals import number

END = "·"  # what stands for the beginning and the end of a name


def nats(value: float, decimals: int = 2) -> str:
    """Return a loss or a sum of logarithms as text, also if it has no end."""
    if np.isfinite(value):
        return f"{value:.{decimals}f}".replace("-", "−")
    return "∞" if value > 0 else "−∞"


def share(value: float) -> str:
    """Return the probability of a letter as text."""
    return f"{value:.3f}" if value >= 0.001 else number(value)


def product(value: float) -> str:
    """Return a product of probabilities as text."""
    return f"{value:.2g}" if value >= 1e-4 else number(value)


def letter_by_letter(judged: Likelihood, counts: np.ndarray, where: str) -> list[str]:
    """Return one sentence for every letter of a name and its end: how probable it is, and what that makes.

    Args:
        counts: (N,) how often each pair was counted; where: among which words, as it is said.
    """
    return [_follows(judged, i, bool(count), where) for i, count in enumerate(counts)]


def _follows(judged: Likelihood, i: int, counted: bool, where: str) -> str:
    before, letter = tuple(judged.labels[i])
    chance = float(judged.probabilities[i])
    if not chance:
        return f"In {where} {_never(before, letter)}: the product is 0, and **the loss infinite**."
    smoothed = "" if counted else ", by smoothing alone"
    return f"{_comes(before, letter)} with probability {share(chance)}{smoothed}{_so_that(judged, i)}."


def _never(before: str, letter: str) -> str:
    if before == END:
        return f"no name begins with **{letter}**"
    return f"no name ends with **{before}**" if letter == END else f"**{letter}** never follows **{before}**"


def _comes(before: str, letter: str) -> str:
    if before == END:
        return f"**{letter}** begins a name"
    return f"After **{before}** a name ends" if letter == END else f"**{letter}** follows **{before}**"


def _so_that(judged: Likelihood, i: int) -> str:
    """Return what a letter makes of the whole: the product so far, and at the end the loss."""
    if i == len(judged.labels) - 1:
        return f"; the mean surprise of the name is **{nats(judged.nll)}** nats: its loss"
    so_far = product(float(judged.probabilities[: i + 1].prod(dtype=float)))
    return f"; {i + 1} letters in a row: {so_far}" if i else ""
