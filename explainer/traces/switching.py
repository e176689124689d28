"""What becomes of a text when parts of a GPT are switched off, and how much each part matters."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from explainer.checkpoints import Checkpoint
from explainer.models.gpt import GPT
from explainer.sampling import Settings, Switches, generate
from explainer.traces.gpt import Ablation, ablation
from explainer.vocabulary import BOUNDARY

TOGETHER = 512  # characters that go through the model at once; of all variants of a long prompt it were 60 MB


@dataclass(frozen=True)
class Importance:
    """How far the next character's probabilities move when one part alone is off, in nats.

    Args:
        heads: (n_layer, n_head). mlps: (n_layer,). layers: (n_layer,), attention and MLP together.
    """

    heads: np.ndarray
    mlps: np.ndarray
    layers: np.ndarray


@torch.inference_mode()
def importance(model: GPT, ids: Sequence[int]) -> Importance:
    """Switch every head, every MLP and every layer off, one at a time, and compare the predictions.

    What lies before the part is computed once, and what lies behind it for a layer's parts together.

    Returns:
        Importance: the Kullback–Leibler divergence of the prediction without the part from that with it.
    """
    x = model.embed(torch.tensor([list(ids)]))  # (1, T, C)
    expected = F.log_softmax(model(torch.tensor([list(ids)]))[0][0, -1], dim=-1)  # (V,)
    found = []
    for layer, block in enumerate(model.h):
        heads = [Switches(heads=frozenset([(layer, head)])) for head in range(model.config.n_head)]
        parts = [*heads, Switches(mlps=frozenset([layer]))]
        without = [block(x, None, layer, part.gains(model))[0] for part in parts]  # nh + 1 times (1, T, C)
        variants = torch.cat([*without, x])  # (nh + 2, T, C); the last has skipped the layer
        groups = variants.split(max(1, TOGETHER // variants.size(1)))
        predicted = torch.cat([_predicted(model, layer + 1, group) for group in groups])  # (nh + 2, V)
        found.append((expected.exp() * (expected - predicted)).sum(dim=-1).numpy())  # (nh + 2,)
        x = block(x, None, layer, None)[0]  # (1, T, C)
    table = np.stack(found)  # (L, nh + 2)
    return Importance(table[:, :-2], table[:, -2], table[:, -1])


def _predicted(model: GPT, layer: int, streams: Tensor) -> Tensor:
    """Return the log probabilities (B, V) behind residual streams (B, T, C) that a layer finds."""
    for block in model.h[layer:]:
        streams = block(streams)[0]  # (B, T, C)
    return F.log_softmax(model.unembed(streams[:, -1]), dim=-1)  # (B, V)


@dataclass(frozen=True)
class Written:
    """A continuation, and what the model gave each character of it (N,)."""

    text: str
    probabilities: np.ndarray


@dataclass(frozen=True)
class Comparison:
    """The same prompt and the same dice, with every part on and with some off.

    Args:
        differs: the first character in which the continuations differ; None if they never do.
        next: probabilities of the character after the prompt.
    """

    on: Written
    off: Written
    differs: int | None
    next: Ablation


def compare(
    loaded: Checkpoint, prompt: str, length: int, settings: Settings, seed: int, switches: Switches
) -> Comparison:
    """Continue a prompt with every part on and with some switched off, with the same random numbers.

    Raises:
        BadRequest, UnknownCharacter: as ``generate``.
    """
    on, off = (_write(loaded, prompt, length, settings, seed, each) for each in (Switches(), switches))
    pairs = enumerate(zip_longest(on.text, off.text))
    differs = next((i for i, (a, b) in pairs if a != b), None)
    gains = switches.gains(loaded.model)
    return Comparison(on, off, differs, ablation(loaded.model, loaded.vocabulary.encode(prompt), gains))


def _write(
    loaded: Checkpoint, prompt: str, length: int, settings: Settings, seed: int, switches: Switches
) -> Written:
    model, vocabulary = loaded.model, loaded.vocabulary
    stop = BOUNDARY if prompt.startswith(BOUNDARY) else None  # a name ends as it began
    told = generate(
        model,
        vocabulary,
        prompt,
        length,
        settings,
        seed=seed,
        switches=switches,
        stop=stop,
        top=len(vocabulary),
    )
    steps = list(told)
    given = [next(c.probability for c in step.candidates if c.token == step.token) for step in steps]
    return Written("".join(step.character for step in steps), np.array(given))
