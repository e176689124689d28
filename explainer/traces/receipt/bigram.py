"""The receipt of a bigram, counted or learnt."""

from functools import cached_property

import numpy as np
import torch
from torch.nn import functional as F

from explainer.models.bigram import BOUNDARY, NeuralBigram
from explainer.traces.bigram import ProbabilityTable
from explainer.traces.receipt.step import Finish, Operand, Step, Term, exponentials, one_hot, seen
from explainer.vocabulary import Vocabulary


class Counted:
    """How a probability came out of counts.

    Args:
        table: what was counted; smoothing: what was added to every count.
        context: the characters before; the last one counts.
        character: the one whose probability is explained.
    """

    def __init__(
        self, table: ProbabilityTable, smoothing: float, vocabulary: Vocabulary, context: str, character: str
    ) -> None:
        self.table, self.smoothing = table, smoothing
        self.labels = [seen(symbol, vocabulary) for symbol in vocabulary.symbols]
        self.row = vocabulary.encode(BOUNDARY + context)[-1]
        self.column = vocabulary.encode(character)[0]

    def step(self, name: str = "") -> Step:  # noqa: ARG002
        """Return the one step there is: a count divided by the sum of its row."""
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
            Term(label, float(s), self._operands(float(c)), form, "counts")
            for label, c, s in zip(self.labels, counts, smoothed, strict=True)
        )

    def _operands(self, count: float) -> tuple[Operand, ...]:
        counted = Operand("counted", count, "counts")
        return (counted, Operand("smoothing", self.smoothing, "counts")) if self.smoothing else (counted,)


class Learned:
    """How a probability came out of one layer without bias, softmax(one-hot · W)."""

    def __init__(self, model: NeuralBigram, vocabulary: Vocabulary, context: str, character: str) -> None:
        self.model = model
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
        return Step(
            name=f"logit of {after}",
            told=f"Column {after} of W: a one-hot vector picks the row {self.labels[self.row]}",
            symbol=f"logit({after})",
            result=float(self.logits[column]),
            terms=one_hot(self.row, self.labels, "W", W[:, column]),
        )
