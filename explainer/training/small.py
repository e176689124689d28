"""What a visitor trains beside the perceptron, in the same queue: a bigram by gradient, and a small GPT."""

import math
import time
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Container, Sequence
from copy import deepcopy
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Generic, TypeVar

import numpy as np
import torch

from explainer import checkpoints
from explainer.models.bigram import CountedBigram, count_pairs, initial_weights, mean_nll
from explainer.models.gpt import GPT
from explainer.names import BOUNDARY, Split
from explainer.training import gpt
from explainer.training.bigram import Step, train_neural
from explainer.training.gpt_recipes import Recipe
from explainer.training.mlp import Progress, Snapshot, record_steps
from explainer.training.sequences import Data, Names, Windows, side_by_side
from explainer.vocabulary import Vocabulary, alphabetical

RECORDS = 60  # steps at which the losses are recorded, about
LEAST, MOST = 2_000, 1_000_000  # characters of a text that is learned from
SYMBOLS = 200  # the most frequent characters of a text; the others are left out
HELD_OUT = 0.1  # of a text, at its end
LINE = "\n"
Model = TypeVar("Model", CountedBigram, GPT)
SMALL = Recipe(
    n_layer=4, n_head=4, n_embd=64, block_size=16, dropout=0.1, batch_size=64, micro_batch=64, steps=600,
    lr_rest=0.003, weight_decay=0.1, warmup=0.05, half=False, judged=200,
)  # fmt: skip
SMALL_TEXT = replace(
    SMALL, block_size=64, batch_size=12, micro_batch=12, steps=2_500, dropout=0.0, judged=50
)  # less than two minutes on one core; benchmarks/own_text.py
MATRICES_RATE = SMALL.lr_matrices / SMALL.lr_rest  # how many times as far Muon steps in the blocks' matrices


@dataclass(frozen=True)
class BigramRecipe:
    """How the bigram is trained; the talk's numbers."""

    learning_rate: float = 50.0
    steps: int = 300
    regularisation: float = 0.01
    seed: int = 2147483647


class _Steps(ABC, Generic[Model]):
    """What both kinds of training share: steps, a few at a time, their losses, and how far they are."""

    recipe: BigramRecipe | Recipe
    learning_rate: float  # may be changed at any time
    seconds = 0.0
    diverged = False
    step = 0
    _to_record: Container[int]
    _records: list[tuple[int, float, float]]

    @property
    def done(self) -> bool:
        """True once every step is made, or no further one makes sense."""
        return self.step == self.recipe.steps or self.diverged

    def advance(self, steps: int) -> None:
        """Make so many steps, or as many as are left."""
        last, begun = min(self.step + steps, self.recipe.steps), time.perf_counter()
        self._take_rate()
        while self.step < last and not self.diverged:
            self._take_step()
            self.step += 1
            if self.step in self._to_record:
                self._record()
        self.seconds += time.perf_counter() - begun

    def progress(self) -> Progress:
        """Return how far the run is."""
        _, train, dev = self._records[-1]
        speed = self.step / self.seconds if self.seconds else 0.0
        return Progress(self.step, self.recipe.steps, train, dev, self.learning_rate, speed)

    def history(self) -> dict[str, np.ndarray]:
        """Return ``step``, ``train_loss`` and ``dev_loss`` (R,), in nats per character."""
        steps, train, dev = zip(*self._records, strict=True)
        return {
            "step": np.array(steps),
            "train_loss": np.array(train, dtype=np.float32),
            "dev_loss": np.array(dev, dtype=np.float32),
        }

    def snapshot(self) -> Snapshot:
        """Return a copy of the model and its step."""
        return Snapshot(self.step, self.trained())

    def _record(self) -> None:
        train, dev = self._losses()
        if math.isfinite(train) and math.isfinite(dev):
            self._records.append((self.step, train, dev))
        else:
            self.diverged = True

    @abstractmethod
    def trained(self) -> Model:
        """Return a copy of the model as it is now."""

    @abstractmethod
    def _take_rate(self) -> None:
        """Go on with the learning rate as it is now."""

    @abstractmethod
    def _take_step(self) -> None: ...

    @abstractmethod
    def _losses(self) -> tuple[float, float]:
        """Return the losses on train and dev, in nats per character."""


class BigramTrainer(_Steps[CountedBigram]):
    """A bigram that learns its table by gradient descent on all pairs at once, as in the talk."""

    recipe: BigramRecipe
    _now: Step

    def __init__(
        self, train: Sequence[str], dev: Sequence[str], vocabulary: Vocabulary, recipe: BigramRecipe
    ) -> None:
        if not (train and dev):
            raise ValueError("There are too few names to learn from; give at least ten.")
        self.recipe, self.vocabulary = recipe, vocabulary
        self.learning_rate = recipe.learning_rate  # may be changed at any time
        self._train, self._dev = (count_pairs(words, vocabulary).float() for words in (train, dev))  # (V, V)
        self._to_record = record_steps(recipe.steps, RECORDS)
        self._records: list[tuple[int, float, float]] = []
        self._begin(initial_weights(vocabulary, recipe.seed))
        self._record()

    def _take_rate(self) -> None:
        if self.learning_rate != self._rate:
            self._begin(self._now.W)

    def _take_step(self) -> None:
        self._now = next(self._run)

    def trained(self) -> CountedBigram:
        """Return the model as it is now as a table: the counts that would give what it has learned."""
        model = CountedBigram(len(self.vocabulary))
        totals = self._train.sum(1, keepdim=True).clamp(min=1)  # (V, 1)
        model.counts.copy_(self._now.log_probabilities.exp() * totals)  # (V, V)
        return model.eval()

    def _begin(self, W: torch.Tensor) -> None:
        """Go on from a table (V, V) with the learning rate as it is now."""
        self._rate = self.learning_rate
        steps = self.recipe.steps - self.step
        self._run = train_neural(self._train, W, steps, self._rate, self.recipe.regularisation)
        self._now = next(self._run)

    def _losses(self) -> tuple[float, float]:
        log_probabilities = self._now.log_probabilities  # (V, V)
        train, dev = (mean_nll(log_probabilities, counts).item() for counts in (self._train, self._dev))
        return train, dev


class GPTTrainer(_Steps[GPT]):
    """A small GPT that is trained a few steps at a time; by Muon, which needs far fewer than AdamW."""

    def __init__(self, data: Data, recipe: Recipe) -> None:
        self._run = gpt.Trainer(recipe, data, "cpu", Path(), checkpoints.FOLDER)
        self.recipe, self.vocabulary = recipe, data.vocabulary
        self.learning_rate = recipe.lr_rest  # may be changed at any time
        self._to_record = record_steps(recipe.steps, RECORDS)
        self._records: list[tuple[int, float, float]] = []
        places = torch.arange(min(recipe.judged, len(data.train)))
        held_out = next(iter(data.held_out.values()))
        self._judged = data.train.rows(0, places), gpt.spread(held_out, recipe.judged)  # (N, T + 1) each
        self._record()

    def _take_rate(self) -> None:
        for optimizer, share in zip(self._run.optimizers, (MATRICES_RATE, 1.0), strict=True):
            for group in optimizer.param_groups:
                group["top"] = share * self.learning_rate

    def _take_step(self) -> None:
        self._run.take_step()

    def trained(self) -> GPT:
        """Return a copy of the model as it is now, ready to answer."""
        return deepcopy(self._run.model).eval().requires_grad_(False)

    def _losses(self) -> tuple[float, float]:
        train, dev = (self._run.loss(rows) for rows in self._judged)
        return train, dev


def names_data(parts: Split, vocabulary: Vocabulary, recipe: Recipe) -> Data:
    """Return names as a GPT learns them, each between two boundaries.

    Raises:
        ValueError: if there are too few of them, or one is too long to be read at once.
    """
    if not (parts.train and parts.dev):
        raise ValueError("There are too few names to learn from; give at least ten.")
    longest = max(map(len, [*parts.train, *parts.dev]))
    if longest >= recipe.block_size:
        raise ValueError(f"A name has {longest} letters; this GPT reads {recipe.block_size - 1} at most.")
    train, dev = (
        Names(
            [vocabulary.encode(f"{BOUNDARY}{word}{BOUNDARY}") for word in words],
            recipe.block_size,
            recipe.seed,
        )
        for words in (parts.train, parts.dev)
    )
    return Data(train, {"dev": dev.table}, vocabulary, "", {}, prompt=BOUNDARY)


def text_data(text: str, recipe: Recipe) -> Data:
    """Return a text as a GPT learns it; its rare characters are left out, its end is held out.

    Raises:
        ValueError: if it is too short.
    """
    text = readable(text)
    if len(text) < LEAST:
        raise ValueError(
            f"The text has {len(text):,} characters; a GPT needs at least {LEAST:,} to learn from."
        )
    vocabulary = Vocabulary(alphabetical(text))
    cut = int(len(text) * (1 - HELD_OUT))
    ids = torch.tensor(vocabulary.encode(text[:cut]), dtype=torch.int16)  # (N,)
    held_out = side_by_side(vocabulary, text[cut:], recipe.block_size)  # (M, T + 1)
    return Data(
        Windows(ids, recipe.block_size, recipe.seed), {"dev": held_out}, vocabulary, "", {}, prompt=LINE
    )


def vocabulary_of(text: str) -> Vocabulary:
    """Return the characters of a text that are learned."""
    return Vocabulary(alphabetical(readable(text)))


def readable(text: str) -> str:
    """Return the characters of a text that are learned: those that can be shown and are frequent enough."""
    text = text[:MOST].replace("\r\n", LINE).replace("\r", LINE)
    counted = Counter(symbol for symbol in text if symbol.isprintable() or symbol == LINE)
    kept = {symbol for symbol, _ in counted.most_common(SYMBOLS)} | {LINE}
    return LINE + "".join(symbol for symbol in text if symbol in kept)
