"""What is seen while a perceptron trains: the learning-rate sweep, the letters' paths, the gap."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch

from explainer.models.gpt import GPT
from explainer.models.mlp import MLP, build_dataset, forward_pass
from explainer.names import Split
from explainer.traces.compare import DrawnName, NamesModel, cut_names
from explainer.traces.mlp import SATURATED
from explainer.training.mlp import Trainer
from explainer.training.recipes import TALK, Recipe, Shape
from explainer.vocabulary import Vocabulary

CUT, CUT_LINE = 12, 56  # characters after which a name, or a line of a text, is cut off
DRAWN, DRAWN_LINES = 24, 2  # names, or lines, that are written at a step
DICE = 3  # their seed: the same at every step


# --- what is seen of a model while it trains --------------------------------------------------------


@dataclass(frozen=True)
class Written:
    """Names that a model writes at a step of its training; a place in the list is always the same dice."""

    step: int
    names: tuple[DrawnName, ...]

    @property
    def nats(self) -> float:
        """What the model itself pays for a character of them, on average."""
        return float(-np.log(np.concatenate([made.probabilities for made in self.names])).mean())

    @property
    def best(self) -> DrawnName:
        """The name that the model finds most probable, by the character."""
        return min(self.names, key=lambda made: made.nats)

    @property
    def worst(self) -> DrawnName:
        """The one that it finds least probable."""
        return max(self.names, key=lambda made: made.nats)


def written(model: NamesModel, vocabulary: Vocabulary, step: int, count: int = DRAWN) -> Written:
    """Let a model write names, with the same dice at every step."""
    return Written(step, tuple(cut_names(model, vocabulary, count, CUT, DICE)))


def lines(model: GPT, vocabulary: Vocabulary, step: int) -> Written:
    """Let a model write lines of a text, with the same dice at every step."""
    return Written(step, tuple(cut_names(model, vocabulary, DRAWN_LINES, CUT_LINE, DICE, boundary="\n")))


@dataclass(frozen=True)
class Plane:
    """The letters in a plane.

    Args:
        places: (V, 2); share: of the embeddings' spread that the plane shows, 1 for two dimensions.
    """

    places: np.ndarray
    share: float


def plane(C: np.ndarray, before: np.ndarray | None = None) -> Plane:
    """Return the letters' two numbers, or what the two main directions of more numbers show of them.

    Args:
        C: (V, E) embeddings.
        before: (V, 2) places to which these are turned as near as they come, for a main direction has no
            sign of its own.
    """
    if C.shape[1] == 2:
        return Plane(C.astype(np.float64), 1.0)
    centred = C.astype(np.float64) - C.mean(0)  # (V, E)
    directions, sizes, _ = np.linalg.svd(centred, full_matrices=False)  # (V, K), (K,)
    places = np.zeros((len(C), 2))  # (V, 2)
    places[:, : len(sizes)] = (directions * sizes)[:, :2]
    share = float((sizes[:2] ** 2).sum() / max((sizes**2).sum(), 1e-300))
    return Plane(places if before is None else turned(places, before), share)


def turned(places: np.ndarray, towards: np.ndarray) -> np.ndarray:
    """Turn and mirror places (V, 2) about the origin until they lie as near as possible to others.

    Source: Schönemann 1966, the orthogonal Procrustes problem.
    """
    left, _, right = np.linalg.svd(places.T @ towards)  # (2, 2), (2,), (2, 2)
    return places @ (left @ right)  # (V, 2)


def windows(
    words: Sequence[str], vocabulary: Vocabulary, model: MLP, count: int
) -> tuple[list[str], torch.Tensor]:
    """Return the first windows of some words, in letters and as a perceptron reads them (B, T)."""
    X, _ = build_dataset(words[:count], vocabulary, model.block_size)  # (N, T), (N,)
    return [vocabulary.decode(row) for row in X[:count]], X[:count]


def slopes(history: Mapping[str, np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Return the steps (P,) of a recorded history and how long the gradient was at each, if it is finite."""
    if "batch_slope" not in history:
        return np.zeros(0), np.zeros(0)
    steps, lengths = history["batch_step"], history["batch_slope"]
    known = np.isfinite(lengths) & (lengths > 0)  # (P,)
    return steps[known], lengths[known]


def hidden(model: MLP, windows: torch.Tensor) -> np.ndarray:
    """Return the tanh activations (B, H) of windows (B, T)."""
    with torch.inference_mode():
        return forward_pass(windows, *model.parameters()).h.numpy()  # (B, H)


def saturated(activations: np.ndarray) -> float:
    """Return the share of tanh activations that lie so near to −1 or 1 that next to no slope is left."""
    return float((np.abs(activations) > SATURATED).mean())


HOPELESS = 7.0  # nats per character: twice as bad as knowing nothing


def thrown_off(losses: np.ndarray) -> bool:
    """Return whether recorded losses (R,) have risen beyond all reason, as by too high a learning rate.

    A start that is confidently wrong, such as the talk's, lies there, too, but falls.
    """
    return len(losses) > 1 and losses[-1] > HOPELESS and losses[-1] > losses.min() + 1


# --- the learning-rate sweep ------------------------------------------------------------------------


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


# --- what was recorded of a training ----------------------------------------------------------------


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
