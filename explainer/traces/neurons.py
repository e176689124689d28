"""What a neuron of a GPT's MLP reads, and what it says; where a head follows its habit."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch

from explainer.checkpoints import Checkpoint
from explainer.models.gpt import GPT
from explainer.traces.gpt import trace
from explainer.training.habits import followed
from explainer.training.passages import ENDED


@dataclass(frozen=True)
class Passage:
    """A passage that was held out, read by itself, with a number on every character (T,)."""

    text: str
    values: np.ndarray


def passages_of(kept: Mapping[str, np.ndarray], places: Sequence[int]) -> list[list[int]]:
    """Return the ids of some of the passages that are kept beside a checkpoint."""
    return [[int(i) for i in kept["texts"][place] if i != ENDED] for place in places]


def fired(loaded: Checkpoint, kept: Mapping[str, np.ndarray], layer: int, neuron: int) -> list[Passage]:
    """Read the held-out passages that move a neuron most, the strongest first; its activation everywhere.

    Args:
        kept: as ``checkpoints.passages`` returns it.
        layer, neuron: counted from 0.
    """
    found = passages_of(kept, kept["neurons"][layer, neuron])
    return [
        Passage(loaded.vocabulary.decode(ids), trace(loaded.model, ids).layers[layer].mlp_post[:, neuron])
        for ids in found
    ]


def habitual(loaded: Checkpoint, kept: Mapping[str, np.ndarray], layer: int, head: int) -> list[Passage]:
    """Read the held-out passages on which a head follows its habit most; the share on every character.

    Args:
        layer, head: counted from 0.
    """
    habit, symbols = loaded.meta["heads"][layer][head]["name"], loaded.vocabulary.symbols
    found = []
    for ids in passages_of(kept, kept["heads"][layer, head]):
        pattern = trace(loaded.model, ids).layers[layer].pattern[head]  # (T, T)
        shares = followed(habit, [symbols[i] for i in ids], pattern)  # (T,)
        found.append(Passage(loaded.vocabulary.decode(ids), shares))
    return found


@torch.inference_mode()
def pushes(model: GPT, layer: int, neuron: int) -> np.ndarray:
    """Return how far one unit of a neuron's activation pushes every character's logit (V,), on its own way.

    That is its column of c_proj, centred and weighted as the final LayerNorm does, times lm_head; the norm's
    division by the stream's deviation, one number for all characters, is left out.
    """
    column = model.h[layer].mlp.c_proj.weight[:, neuron]  # (C,)
    return (model.lm_head.weight @ (model.ln_f.weight * (column - column.mean()))).numpy()  # (V,)
