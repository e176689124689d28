"""A name written letter by letter: what is read, the rows that it picks, and what the die falls on."""

import random
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from explainer.models.bigram import CountedBigram
from explainer.models.gpt import GPT
from explainer.models.mlp import MLP
from explainer.traces import bigram, gpt
from explainer.vocabulary import BOUNDARY, Vocabulary

LONGEST = 12  # letters of a name that is written large


@dataclass(frozen=True, eq=False)
class Letter:
    """How one letter came about.

    Args:
        read: (T,) ids of the letters that were read; each is a one-hot row that picks a row of the table.
        inside: (N,) numbers that stand between those rows and the probabilities; none in a bigram.
        draw: the probabilities (V,) of what follows, the die, and what it fell on.
    """

    read: tuple[int, ...]
    inside: np.ndarray
    draw: bigram.Draw


@dataclass(frozen=True, eq=False)
class Written:
    """A name that a model wrote.

    Args:
        table: (V, E) whose rows the letters pick: the probabilities of a bigram, else the embeddings.
        ended: whether its end was drawn before it grew too long.
    """

    name: str
    table: np.ndarray
    letters: tuple[Letter, ...]
    ended: bool


@torch.inference_mode()
def write(model: CountedBigram | MLP | GPT, vocabulary: Vocabulary, seed: int) -> Written:
    """Write a name letter by letter; the same seed rolls the same dice, whichever model writes.

    Returns:
        The name until its end, or its first twelve letters.
    """
    roll = random.Random(seed).random
    end = vocabulary.encode(BOUNDARY)[0]
    ids, letters = [end], list[Letter]()
    while len(letters) <= LONGEST and (not letters or ids[-1] != end):
        read, inside, probabilities = look(model, ids)
        letters.append(Letter(read, inside, bigram.draw(probabilities[None], 0, roll())))
        ids.append(letters[-1].draw.drawn)
    ended = ids[-1] == end
    name = vocabulary.decode(ids[1:-1] if ended else ids[1 : LONGEST + 1])
    return Written(name, table(model), tuple(letters[: None if ended else LONGEST]), ended)


def table(model: CountedBigram | MLP | GPT) -> np.ndarray:
    """Return the table (V, E) of which a one-hot row picks a row."""
    if isinstance(model, CountedBigram):
        return model.probabilities().numpy()
    weights = model.C if isinstance(model, MLP) else model.wte.weight  # (V, E)
    return weights.detach().float().numpy().copy()


def look(
    model: CountedBigram | MLP | GPT, ids: Sequence[int]
) -> tuple[tuple[int, ...], np.ndarray, np.ndarray]:
    """Return what a model reads of a name so far, what stands inside it, and what it expects next.

    Args:
        ids: of the boundary and the letters so far.
    Returns:
        ids (T,) that were read, numbers (N,) inside, probabilities (V,).
    """
    read, inside, logits = _looked(model, list(ids))  # (T,), (N,), (V,)
    return tuple(read), inside.float().numpy(), F.softmax(logits.double(), dim=0).numpy()


def _looked(model: CountedBigram | MLP | GPT, ids: list[int]) -> tuple[list[int], Tensor, Tensor]:
    if isinstance(model, MLP):
        read = [*[ids[0]] * model.block_size, *ids][-model.block_size :]
        found = model.activations(torch.tensor([read]))
        return read, found.h[0], found.logits[0]  # (H,), (V,)
    if isinstance(model, GPT):
        read = ids[-model.config.block_size :]
        traced = gpt.trace(model, read)
        return read, torch.from_numpy(traced.ln_f[-1]), torch.from_numpy(traced.logits[-1])  # (C,), (V,)
    return ids[-1:], torch.zeros(0), model(torch.tensor([ids[-1:]]))[0][0, -1]  # (V,)
