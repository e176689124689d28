"""How a probability was made, step by step, down to single multiplications.

A receipt is a tree that is opened lazily: ``walk(receipt, "logit-1/h-137")`` gives the probability, the
logit of the character 1 and the neuron 137, each a Step whose terms come to the number that the model used.
"""

from typing import Protocol

import torch

from explainer.faults import Fault
from explainer.models.bigram import CountedBigram, NeuralBigram
from explainer.models.gpt import GPT
from explainer.models.mlp import MLP
from explainer.traces.bigram import probability_table
from explainer.traces.receipt.bigram import Counted, Learned
from explainer.traces.receipt.gpt import Transformer
from explainer.traces.receipt.mlp import Perceptron
from explainer.traces.receipt.step import FORMS, Finish, Operand, Step, Term, made_for_names, seen
from explainer.vocabulary import Vocabulary

__all__ = [
    "FORMS",
    "BadReceipt",
    "Finish",
    "Operand",
    "Receipt",
    "Step",
    "Term",
    "made_for_names",
    "receipt",
    "seen",
    "walk",
]

LONGEST = 20_000  # characters of a context; the models read 256 at most
DEEPEST = 100  # steps


class BadReceipt(Fault, ValueError):
    """There is no such receipt or no such step; the message says what to do."""


class Receipt(Protocol):
    """How one probability was made."""

    def step(self, name: str) -> Step:
        """Return a step by its name; empty for the probability itself."""
        ...


def receipt(
    model: torch.nn.Module, vocabulary: Vocabulary, context: str, character: str, read: int | None = None
) -> Receipt:
    """Return how a model came to the probability of a character after a context.

    Args:
        context: the characters before; for a model of names without the boundary.
        read: how many of the last ones a GPT read, the boundary counted; as many as it can if not given.
    Raises:
        BadReceipt: if the model cannot have been asked that.
        UnknownCharacter: if it has never seen one of the characters.
    """
    check(vocabulary, context, character)
    if isinstance(model, CountedBigram):
        table = probability_table(model.counts.numpy(), model.smoothing)
        return Counted(table, model.smoothing, vocabulary, context, character)
    if isinstance(model, GPT):
        return Transformer(model, vocabulary, context, character, read)
    return {NeuralBigram: Learned, MLP: Perceptron}[type(model)](model, vocabulary, context, character)


def check(vocabulary: Vocabulary, context: str, character: str) -> None:
    """Refuse what no model can be asked.

    Raises:
        BadReceipt, UnknownCharacter: the message says what to do.
    """
    if len(character) != 1:
        raise BadReceipt("A receipt is made for one next character: give exactly one.")
    if len(context) > LONGEST:
        raise BadReceipt(f"The text before has {len(context):,} characters; give at most {LONGEST:,}.")
    if not context and not made_for_names(vocabulary):
        raise BadReceipt("This model continues a text: give it at least one character to read.")
    vocabulary.encode(context + character)


def walk(made: Receipt, path: str, start: str = "") -> list[Step]:
    """Return the steps of a path, from the probability on: one more than the path has parts.

    Args:
        start: another step to begin at.
    Raises:
        BadReceipt: if a step cannot be opened from the one before it.
    """
    names = [name for name in path.split("/") if name]
    if len(names) > DEEPEST:
        raise BadReceipt("The path of this link is too long; begin again at the probability.")
    steps = [made.step(start)]
    for name in names:
        steps.append(_next(made, steps[-1], name))
    return steps


def _next(made: Receipt, before: Step, name: str) -> Step:
    """Return the step after another, seen as ``~VIEW`` says; only what was offered can be opened."""
    plain = name.partition("~")[0]
    step = made.step(plain) if plain in before.leads else None
    if step is None or (name != plain and name not in step.views.values()):
        raise BadReceipt("This receipt has no such step; begin again at the probability.")
    return step if name == plain else made.step(name)
