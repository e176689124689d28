"""What is seen while a perceptron trains: the learning-rate sweep, the letters' paths, the gap."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from explainer.names import Split
from explainer.training.mlp import Trainer
from explainer.training.recipes import TALK, Recipe, Shape
from explainer.vocabulary import Vocabulary


@dataclass(frozen=True)
class Sweep:
    """One training step at each learning rate, from small to big.

    Args:
        exponents: (N,) log10 of the learning rates; learning_rates: (N,)
        losses: (N,) of each step's batch, nats per character.
        smoothed: (N,) mean of the losses around each.
    """

    exponents: np.ndarray
    learning_rates: np.ndarray
    losses: np.ndarray
    smoothed: np.ndarray


def learning_rate_sweep(
    split: Split,
    vocabulary: Vocabulary,
    shape: Shape,
    recipe: Recipe = TALK,
    exponents: tuple[float, float] = (-3.0, 0.0),
    steps: int = 1000,
) -> Sweep:
    """Train one model at learning rates ``10 ** linspace(-3, 0, 1000)``, a step each, as in the talk."""
    spread = np.linspace(*exponents, steps)
    rates = 10**spread
    trainer = Trainer(
        split.train,
        split.dev,
        vocabulary,
        shape,
        replace(recipe, schedule="constant", steps=steps),
        records=2,
    )
    for rate in rates:
        trainer.learning_rate = float(rate)
        trainer.advance(1)
    history = trainer.history()
    losses = history["batch_loss"]
    finite = np.logical_and.accumulate(np.isfinite(losses))  # the last rates may lead to infinity
    made, losses = history["batch_step"][finite], losses[finite]
    return Sweep(spread[made], rates[made], losses, moving_mean(losses, len(losses) // 40))


def fastest(swept: Sweep) -> int:
    """Return the place in a sweep where the smoothed loss falls most, over a third of a power of ten."""
    reach = len(swept.smoothed) // 20
    falls = swept.smoothed[2 * reach :] - swept.smoothed[: -2 * reach]  # (N - 2 reach,)
    return reach + int(falls.argmin())


def moving_mean(values: np.ndarray, reach: int) -> np.ndarray:
    """Return for each of the values (N,) the mean of it and of up to ``reach`` neighbours on either side."""
    sums = np.concatenate([[0.0], np.cumsum(values, dtype=np.float64)])
    places = np.arange(len(values))
    first, last = np.maximum(places - reach, 0), np.minimum(places + reach + 1, len(values))
    return (sums[last] - sums[first]) / (last - first)


@dataclass(frozen=True)
class Paths:
    """Where each character's embedding stood while it was learned.

    Args:
        steps: (R,); places: (R, V, 2).
        low, high: the square that holds all of them, with a margin.
    """

    steps: np.ndarray
    places: np.ndarray
    low: float
    high: float


def paths(history: Mapping[str, np.ndarray]) -> Paths:
    """Read the letters' paths from a recorded history (of ``checkpoints`` or of one's own training).

    Raises:
        ValueError: if the embedding has other than two dimensions.
    """
    if "C" not in history:
        raise ValueError("Only an embedding of two dimensions can be drawn; train one with two.")
    places = history["C"]  # (R, V, 2)
    reach = 1.1 * float(np.abs(places).max())
    return Paths(history["step"], places, -reach, reach)


def nearest(places: np.ndarray, among: np.ndarray) -> np.ndarray:
    """Return for every character the nearest other one among some.

    Args:
        places: (V, D) embeddings; among: (V,) bool, which can be a neighbour.
    Returns:
        (V,) ids.
    """
    apart = np.linalg.norm(places[:, None] - places, axis=-1)  # (V, V)
    apart[np.diag_indices(len(places))] = np.inf
    apart[:, ~among] = np.inf
    return apart.argmin(1)


@dataclass(frozen=True)
class Overfitting:
    """Train and dev loss over the steps, and where dev was lowest.

    Args:
        steps, train, dev: (R,), losses in nats per character; gap: (R,) dev less train.
        best: place in ``steps`` of the lowest dev loss.
    """

    steps: np.ndarray
    train: np.ndarray
    dev: np.ndarray
    gap: np.ndarray
    best: int


def overfitting(history: Mapping[str, np.ndarray]) -> Overfitting:
    """Read the loss curves from a recorded history."""
    train, dev = history["train_loss"], history["dev_loss"]
    return Overfitting(history["step"], train, dev, dev - train, int(dev.argmin()))
