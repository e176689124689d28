"""The receipt of a multilayer perceptron."""

import numpy as np

from explainer.models.mlp import MLP
from explainer.traces import mlp as trace
from explainer.traces.receipt.step import (
    Finish,
    Operand,
    Step,
    Term,
    exponentials,
    one_hot,
    products,
    seen,
    subscript,
)
from explainer.vocabulary import Vocabulary


class Perceptron:
    """How a perceptron's probability came about: softmax, logits, neurons, letters looked up.

    Args:
        context: the characters before; the last ``block_size`` count.
        character: the one whose probability is explained.
    """

    def __init__(self, model: MLP, vocabulary: Vocabulary, context: str, character: str) -> None:
        self.found = trace.forward(model, vocabulary, context)
        self.weights = trace.matrices(model)
        self.labels = [seen(symbol, vocabulary) for symbol in vocabulary.symbols]
        self.context = [self.labels[i] for i in self.found.idx]
        self.column = vocabulary.encode(character)[0]

    def step(self, name: str) -> Step:
        """Return a step by its name; empty for the probability, from which all the others are reached."""
        kind, *numbers = name.split("-")
        steps = {"logit": self._logit, "h": self._neuron, "x": self._looked_up}
        return steps[kind](*map(int, numbers)) if kind else self._probability()

    def _probability(self) -> Step:
        return Step(
            name="probability",
            told="The softmax of the logits: each an exponential, divided by the sum of all",
            symbol=f"p({self.labels[self.column]} | {''.join(self.context)})",
            result=float(self.found.probabilities[self.column]),
            terms=exponentials(self.labels, self.found.logits, "logit", "logit-#"),
            finish=Finish("share", self.column),
            role="probabilities",
        )

    def _logit(self, column: int) -> Step:
        neurons = [f"neuron {n}" for n in range(len(self.found.h))]
        h = ("h#", self.found.h, "activations", "h-#")
        return Step(
            name=f"logit of {self.labels[column]}",
            told=f"What speaks for {self.labels[column]}: every neuron times its weight, and a bias",
            symbol=f"logit({self.labels[column]})",
            result=float(self.found.logits[column]),
            terms=(
                *products(neurons, h, ("W2", self.weights.W2[:, column], "weights", "")),
                _bias("b2", self.weights.b2[column]),
            ),
        )

    def _neuron(self, neuron: int) -> Step:
        size = self.weights.C.shape[1]
        letters = [f"{letter} at {i + 1}" for i, letter in enumerate(self.context)]
        read = [f"{letter}, number {e}" for letter in letters for e in range(size)]
        x = ("x#", self.found.x, "input", "x-#")
        return Step(
            name=f"neuron {neuron}",
            told="Every number of the letters that were read times its weight, and a bias; then tanh",
            symbol=f"h{subscript(neuron)}",
            result=float(self.found.h[neuron]),
            terms=(
                *products(read, x, ("W1", self.weights.W1[:, neuron], "weights", "")),
                _bias("b1", self.weights.b1[neuron]),
            ),
            finish=Finish("tanh"),
        )

    def _looked_up(self, place: int) -> Step:
        letter, number = divmod(place, self.weights.C.shape[1])
        return Step(
            name=f"x{subscript(place)}",
            told=f"Looked up in C, number {number}: a one-hot vector picks the row {self.context[letter]}",
            symbol=f"x{subscript(place)}",
            result=float(self.found.x[place]),
            terms=one_hot(int(self.found.idx[letter]), self.labels, "C", self.weights.C[:, number]),
            role="input",
        )


def _bias(name: str, value: np.floating) -> Term:
    return Term("bias", float(value), (Operand(name, float(value), "weights"),), role="weights")
