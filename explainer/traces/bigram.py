"""What the bigram's scenes show: pairs, counts, probabilities, sampling, evaluation, training."""

import math
import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import torch
from torch import Tensor

from explainer.models.bigram import (
    BOUNDARY,
    SEED,
    conditional_probabilities,
    count_pairs,
    initial_weights,
    mean_nll,
    pairs,
)
from explainer.training.bigram import Step, losses, train_neural
from explainer.vocabulary import Vocabulary

MAX_LENGTH = 40  # letters of a sampled name


# --- counting ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class FillIn:
    """A count matrix that fills in word after word; its cells, added up, give ``counts``."""

    cells: np.ndarray  # (N, 2) int64 row and column of every pair, in order
    starts: np.ndarray  # (words + 1,) int64 where the pairs of each word begin in cells
    titles: tuple[str, ...]  # the words
    weights: np.ndarray | None  # (words,) int64 what each pair of a word adds; one if None
    counts: np.ndarray  # (V, V) int64


def fill_in(words: Sequence[str], vocabulary: Vocabulary, weights: Sequence[int] | None = None) -> FillIn:
    """Return the steps in which words fill the count matrix.

    Args:
        weights: how often each word counts, such as its bearers; once if None.
    Raises:
        UnknownCharacter: if a word holds a character that the vocabulary lacks.
    """
    xs, ys = pairs(words, vocabulary)  # (N,), (N,)
    lengths = np.array([len(word) + 1 for word in words], dtype=np.int64)  # (words,)
    return FillIn(
        cells=torch.stack([xs, ys], dim=1).numpy(),  # (N, 2)
        starts=np.concatenate([[0], lengths.cumsum()]),  # (words + 1,)
        titles=tuple(words),
        weights=None if weights is None else np.asarray(weights, dtype=np.int64),
        counts=count_pairs(words, vocabulary, weights).numpy(),
    )


def counted_so_far(fill: FillIn, labels: Sequence[str]) -> list[str]:
    """Return one sentence for every state of a count matrix that fills in, the empty one first.

    Args:
        labels: (V,) what stands for each symbol.
    """
    counts = np.zeros_like(fill.counts)
    first, told = (0, 0), ["Nothing is counted yet."]
    for word, (begin, end) in enumerate(pairwise(fill.starts)):
        for row, col in fill.cells[begin:end]:
            counts[row, col] += 1 if fill.weights is None else fill.weights[word]
            first = (row, col) if counts[row, col] > counts[first] else first
        told.append(_so_far(counts, first, labels))
    return told


def _so_far(counts: np.ndarray, first: tuple[int, int], labels: Sequence[str]) -> str:
    alone = (counts == counts[first]).sum() == 1
    most = f"; the most frequent one is **{labels[first[0]]}{labels[first[1]]}**" if alone else ""
    return f"**{np.count_nonzero(counts):,}** of {counts.size:,} possible pairs have been seen so far{most}."


def pair_labels(word: str) -> list[str]:
    """Return the pairs of a word as they are spoken of: ``·A``, ``AN``, …, ``A·``."""
    bounded = f"·{word}·"
    return [a + b for a, b in pairwise(bounded)]


# --- counts -> probabilities ------------------------------------------------------------------------


@dataclass(frozen=True)
class ProbabilityTable:
    """The counts, what smoothing adds, and the probabilities of each row, which sum to one."""

    counts: np.ndarray  # (V, V) int64
    smoothed: np.ndarray  # (V, V) float64 counts + smoothing
    totals: np.ndarray  # (V,) float64 sums of the smoothed rows
    probabilities: np.ndarray  # (V, V) float64
    never: np.ndarray  # (V, V) bool pairs that were never counted
    empty: np.ndarray  # (V,) bool rows without any count: uniform, with any smoothing or none


def probability_table(counts: np.ndarray, smoothing: float) -> ProbabilityTable:
    """Divide each smoothed count by the sum of its row.

    Args:
        counts: (V, V) how often each pair occurs.
        smoothing: added to every count, zero or more.
    """
    table = torch.tensor(counts, dtype=torch.float64)  # (V, V)
    smoothed = table + smoothing  # (V, V)
    return ProbabilityTable(
        counts=counts,
        smoothed=smoothed.numpy(),
        totals=smoothed.sum(1).numpy(),
        probabilities=conditional_probabilities(table, smoothing).numpy(),
        never=counts == 0,
        empty=counts.sum(1) == 0,
    )


# --- sampling ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Draw:
    """One letter drawn: the die falls into the interval of exactly one character."""

    context: int  # the character before
    probabilities: np.ndarray  # (V,) the row that is drawn from
    edges: np.ndarray  # (V + 1,) where each character's interval begins and ends, 0 to 1
    die: float  # 0 <= die < 1
    drawn: int  # edges[drawn] <= die < edges[drawn + 1]


@dataclass(frozen=True)
class Sample:
    """A name drawn letter by letter, until the end is drawn."""

    name: str
    draws: tuple[Draw, ...]
    ended: bool  # whether the end was drawn before the name grew too long


def draw(probabilities: np.ndarray, context: int, die: float) -> Draw:
    """Return the letter into whose interval the die falls, after one character.

    Args:
        probabilities: (V, V) whose rows sum to one.
        die: 0 <= die < 1.
    """
    row = probabilities[context]  # (V,)
    reached = row.cumsum()  # (V,)
    edges = np.concatenate([[0.0], reached / reached[-1]])  # (V + 1,) ends at one exactly
    return Draw(context, row, edges, die, int(np.searchsorted(edges, die, side="right")) - 1)


def sample(probabilities: np.ndarray, vocabulary: Vocabulary, seed: int, prefix: str = "") -> Sample:
    """Draw a name one letter at a time; the same seed draws the same name.

    Args:
        probabilities: (V, V) whose rows sum to one.
        prefix: letters that are given and not drawn.
    Raises:
        UnknownCharacter: if the prefix holds a character that the vocabulary lacks.
    """
    roll = random.Random(seed).random
    end = vocabulary.encode(BOUNDARY)[0]
    letters, draws = [end, *vocabulary.encode(prefix)], []
    ended = False
    while not ended and len(letters) <= MAX_LENGTH:
        draws.append(draw(probabilities, letters[-1], roll()))
        letters.append(draws[-1].drawn)
        ended = letters[-1] == end
    return Sample(vocabulary.decode(letters[1:]).rstrip(BOUNDARY), tuple(draws), ended)


# --- evaluation -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Likelihood:
    """How probable a word is: its pairs' probabilities multiplied, or their logarithms added."""

    labels: tuple[str, ...]  # the pairs
    cells: np.ndarray  # (N, 2) int64
    probabilities: np.ndarray  # (N,)
    log_likelihoods: np.ndarray  # (N,) nats, -inf for an impossible pair
    log_likelihood: float  # their sum
    nll: float  # nats per character: minus their mean


def likelihood(word: str, probabilities: np.ndarray, vocabulary: Vocabulary) -> Likelihood:
    """Return the log-likelihood of a word, pair by pair.

    Raises:
        UnknownCharacter: if the word holds a character that the vocabulary lacks.
    """
    xs, ys = pairs([word], vocabulary)  # (N,), (N,)
    chosen = torch.tensor(probabilities)[xs, ys]  # (N,)
    logs = chosen.log()  # (N,)
    return Likelihood(
        labels=tuple(pair_labels(word)),
        cells=torch.stack([xs, ys], dim=1).numpy(),
        probabilities=chosen.numpy(),
        log_likelihoods=logs.numpy(),
        log_likelihood=logs.sum().item(),
        nll=-logs.mean().item(),
    )


@dataclass(frozen=True)
class Evaluation:
    """The loss in nats per character on each part, by what was counted in the training part."""

    losses: dict[str, float]  # inf if a pair of that part is held to be impossible
    size: int  # V
    uniform: float  # the loss of knowing nothing: ln V
    unseen: dict[str, int]  # pairs of each part, repeats included, that never occur in training


def evaluate(parts: Mapping[str, np.ndarray], smoothing: float) -> Evaluation:
    """Judge the counted bigram on every part.

    Args:
        parts: (V, V) counts by name; "train" is what the probabilities are taken from.
    """
    counts = {part: torch.tensor(table, dtype=torch.float64) for part, table in parts.items()}
    return Evaluation(
        losses=losses(counts["train"], counts, smoothing),
        size=len(parts["train"]),
        uniform=float(np.log(len(parts["train"]))),
        unseen={part: int(table[parts["train"] == 0].sum()) for part, table in parts.items()},
    )


@dataclass(frozen=True)
class SmoothingCurve:
    """The loss on each part over the smoothing."""

    smoothings: np.ndarray  # (S,)
    losses: dict[str, np.ndarray]  # (S,) nats per character, by part
    best: float  # the smoothing with the lowest loss on "dev"


def smoothing_curve(parts: Mapping[str, np.ndarray], smoothings: Sequence[float]) -> SmoothingCurve:
    """Judge the counted bigram with each smoothing; ``parts`` as in ``evaluate``, with a "dev"."""
    judged = [evaluate(parts, smoothing).losses for smoothing in smoothings]
    curves = {part: np.array([loss[part] for loss in judged]) for part in parts}
    return SmoothingCurve(np.asarray(smoothings), curves, float(smoothings[int(curves["dev"].argmin())]))


# --- counting = learning ----------------------------------------------------------------------------


@dataclass(frozen=True)
class NeuralTraining:
    """softmax(one-hot · W) while it is trained, beside the table that was counted."""

    steps: np.ndarray  # (R,) the recorded steps
    W: np.ndarray  # (R, V, V) float32
    probabilities: np.ndarray  # (R, V, V) float32, rows sum to one
    loss: np.ndarray  # (R,) what is minimised: nats per character, and the penalty for large weights
    train: np.ndarray  # (R,) nats per character
    dev: np.ndarray  # (R,) nats per character
    smoothing: float  # of the counted table
    counted: np.ndarray  # (V, V) float64 the counted probabilities
    difference: np.ndarray  # (R, V, V) float32 probabilities - counted
    counted_losses: dict[str, float]  # nats per character by part
    misplaced: np.ndarray  # (R,) share of probability that lies elsewhere, a mean over the pairs of the data
    last_change: np.ndarray  # (V,) largest change of a probability in each row during the very last step
    finished: bool  # whether all steps were made; if not, the next one led beyond what a number can hold


def neural_training(
    train: np.ndarray,
    dev: np.ndarray,
    vocabulary: Vocabulary,
    steps: int = 100,
    learning_rate: float = 50.0,
    regularisation: float = 0.01,
    smoothing: float | None = None,
    seed: int = SEED,
    frames: int = 101,
) -> NeuralTraining:
    """Train the neural bigram as the talk did and compare it with the counted one at every frame.

    Args:
        train, dev: (V, V) counts of the pairs to learn from and to judge by.
        smoothing: of the counted table; None for the one that comes closest to the trained table,
            for a penalty on large weights evens the rows out as smoothing does.
        frames: how many of the ``steps`` + 1 states to record, evenly spaced.
    """
    counts = torch.tensor(train, dtype=torch.float64)  # (V, V)
    held_out = torch.tensor(dev, dtype=torch.float64)  # (V, V)
    recorded = set(np.linspace(0, steps, min(frames, steps + 1)).round().astype(int).tolist())
    run = train_neural(counts, initial_weights(vocabulary, seed), steps, learning_rate, regularisation)
    states, before = _walk(run, recorded)
    last = states[-1]
    logs = torch.stack([state.log_probabilities for state in states])  # (R, V, V)
    probabilities = logs.exp()  # (R, V, V)
    if smoothing is None:
        smoothing = matched_smoothing(probabilities[-1], counts)
    counted = conditional_probabilities(counts, smoothing)  # (V, V)
    difference = probabilities - counted  # (R, V, V)
    return NeuralTraining(
        steps=np.array([state.step for state in states]),
        W=torch.stack([state.W for state in states]).numpy(),
        probabilities=probabilities.numpy(),
        loss=np.array([state.loss for state in states]),
        train=np.array([mean_nll(log, counts).item() for log in logs]),
        dev=np.array([mean_nll(log, held_out).item() for log in logs]),
        smoothing=smoothing,
        counted=counted.numpy(),
        difference=difference.float().numpy(),
        counted_losses=losses(counts, {"train": counts, "dev": held_out}, smoothing),
        misplaced=misplaced(probabilities, counted, counts).numpy(),
        last_change=(last.log_probabilities.exp() - before.log_probabilities.exp()).abs().amax(1).numpy(),
        finished=last.step == steps,
    )


def _walk(run: Iterable[Step], recorded: set[int]) -> tuple[list[Step], Step]:
    """Return the recorded states up to the last one with a finite loss, and the one before that."""
    states: list[Step] = []
    before: Step | None = None
    last: Step | None = None
    for state in run:
        if not math.isfinite(state.loss):
            break
        before, last = last or state, state
        if state.step in recorded:
            states.append(state)
    if last is None or before is None:
        raise ValueError("The first loss is no number.")
    return states if states[-1] is last else [*states, last], before


def misplaced(probabilities: Tensor, counted: Tensor, counts: Tensor) -> Tensor:
    """Return the share of probability (..., V, V) that lies elsewhere than counted: (...,) in 0..1.

    Each row's share is half the sum of its differences; a row weighs as much as it occurs.
    """
    moved = (probabilities - counted).abs().sum(-1) / 2  # (..., V)
    return moved @ (counts.sum(1) / counts.sum())  # (...,)


def matched_smoothing(probabilities: Tensor, counts: Tensor) -> float:
    """Return the smoothing whose counted table lies closest to a trained one (V, V)."""
    tried = [0.0, *np.logspace(-2, 1, 31).tolist()]
    return min(
        tried, key=lambda s: misplaced(probabilities, conditional_probabilities(counts, s), counts).item()
    )
