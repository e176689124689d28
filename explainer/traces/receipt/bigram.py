"""The receipt of a bigram, counted or learned."""

from collections.abc import Iterator, Sequence
from functools import cached_property

import numpy as np
import torch
from torch.nn import functional as F

from explainer.models.bigram import BOUNDARY, CountedBigram, NeuralBigram
from explainer.traces.bigram import ProbabilityTable
from explainer.traces.receipt.step import Finish, Operand, Step, Term, exponentials, one_hot, seen
from explainer.vocabulary import Vocabulary


class Counted:
    """How a probability came out of counts.

    Args:
        table: what was counted; smoothing: what was added to every count.
        context: the characters before; the last one counts.
        character: the one whose probability is explained.
        words: what was counted, and how often each counts (once if no weights are given); if there are
            any, a count opens to them.
    """

    def __init__(
        self,
        table: ProbabilityTable,
        smoothing: float,
        vocabulary: Vocabulary,
        context: str,
        character: str,
        words: Sequence[str] = (),
        weights: Sequence[int] | None = None,
    ) -> None:
        self.table, self.smoothing = table, smoothing
        self.symbols, self.words, self.weights = vocabulary.symbols, words, weights
        self.labels = [seen(symbol, vocabulary) for symbol in vocabulary.symbols]
        self.row = vocabulary.encode(BOUNDARY + context)[-1]
        self.column = vocabulary.encode(character)[0]

    def step(self, name: str) -> Step:
        """Return a step: the probability for an empty name, else the count ``pair-CHARACTER``."""
        return self._count(int(name.split("-")[1])) if name else self._probability()

    def _probability(self) -> Step:
        before, after = self.labels[self.row], self.labels[self.column]
        count = int(self.table.counts[self.row, self.column])
        told = f"{after} came after {before} {count:,} times; divided by how often anything did"
        return Step(
            name="probability",
            told=f"Nothing was ever seen after {before}: every character is as probable as any other"
            if self.table.totals[self.row] == 0
            else told,
            symbol=f"p({after} | {before})",
            result=float(self.table.probabilities[self.row, self.column]),
            terms=self._terms(),
            finish=Finish("share", self.column),
            role="probabilities",
        )

    def _terms(self) -> tuple[Term, ...]:
        counts, smoothed = self.table.counts[self.row], self.table.smoothed[self.row]  # (V,)
        if self.table.totals[self.row] == 0:
            return tuple(
                Term(label, 1.0, (Operand("each", 1.0, "counts"),), role="counts") for label in self.labels
            )
        form = "{} + {}" if self.smoothing else "{}"
        return tuple(
            Term(self.labels[i], float(s), self._operands(i, float(c)), form, "counts")
            for i, (c, s) in enumerate(zip(counts, smoothed, strict=True))
        )

    def _operands(self, column: int, count: float) -> tuple[Operand, ...]:
        opens = f"pair-{column}" if count and self.words else ""
        counted = Operand("counted", count, "counts", opens)
        return (counted, Operand("smoothing", self.smoothing, "counts")) if self.smoothing else (counted,)

    def _count(self, column: int) -> Step:
        before, after = self.labels[self.row], self.labels[column]
        return Step(
            name=f"count of {before}{after}",
            told=f"Every word in which {after} comes after {before}, and how often it does",
            symbol=f"count({before}{after})",
            result=float(self.table.counts[self.row, column]),
            terms=tuple(self._counted_in(self.symbols[self.row] + self.symbols[column])),
            role="counts",
        )

    def _counted_in(self, pair: str) -> Iterator[Term]:
        for word, weight in zip(self.words, self.weights or [1] * len(self.words), strict=True):
            bounded = BOUNDARY + word + BOUNDARY
            times = sum(bounded.startswith(pair, i) for i in range(len(word) + 1))  # NNN holds NN twice
            if times:
                operands = (Operand("times", times, "counts"), Operand("bearers", weight, "counts"))
                used, form = (operands, "{} × {}") if self.weights else (operands[:1], "{}")
                yield Term(word, float(times * weight), used, form, "counts")


def learned(model: CountedBigram) -> NeuralBigram:
    """Return the layer that a bigram learned, from the table that it is kept as: W = log p."""
    least = torch.finfo(model.counts.dtype).tiny  # what has come to nothing has no logarithm
    return NeuralBigram(model.probabilities().clamp(min=least).log())  # (V, V)


class Learned:
    """How a probability came out of one layer without bias, softmax(one-hot · W).

    Args:
        shifted: whether W was kept as its probabilities, so that its rows are known but for a shift.
    """

    def __init__(
        self,
        model: NeuralBigram,
        vocabulary: Vocabulary,
        context: str,
        character: str,
        shifted: bool = False,
    ) -> None:
        self.model, self.shifted = model, shifted
        self.labels = [seen(symbol, vocabulary) for symbol in vocabulary.symbols]
        self.row = vocabulary.encode(BOUNDARY + context)[-1]
        self.column = vocabulary.encode(character)[0]

    @cached_property
    def logits(self) -> np.ndarray:
        with torch.no_grad():
            return self.model(torch.tensor([[self.row]]))[0][0, 0].numpy()  # (V,)

    def step(self, name: str) -> Step:
        """Return a step: the probability for an empty name, else ``logit-CHARACTER``."""
        return self._logit(int(name.split("-")[1])) if name else self._probability()

    def _probability(self) -> Step:
        probabilities = F.softmax(torch.from_numpy(self.logits), dim=0)  # (V,)
        after, before = self.labels[self.column], self.labels[self.row]
        return Step(
            name="probability",
            told="The softmax of the logits: each an exponential, divided by the sum of all",
            symbol=f"p({after} | {before})",
            result=float(probabilities[self.column]),
            terms=exponentials(self.labels, self.logits, "logit", "logit-#"),
            finish=Finish("share", self.column),
            role="probabilities",
        )

    def _logit(self, column: int) -> Step:
        W = self.model.W.detach().numpy()  # (V, V)
        after = self.labels[column]
        told = f"Column {after} of W: a one-hot vector picks the row {self.labels[self.row]}"
        shift = "; every row is shifted until its exponentials sum to 1, which changes no probability"
        return Step(
            name=f"logit of {after}",
            told=told + shift * self.shifted,
            symbol=f"logit({after})",
            result=float(self.logits[column]),
            terms=one_hot(self.row, self.labels, "W", W[:, column]),
        )
