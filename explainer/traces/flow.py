"""One prediction through the whole GPT: every stage of one pass, and what each added to every logit."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from explainer.models.gpt import GPT
from explainer.traces import gpt as trace
from explainer.traces.gpt import LayerTrace, Trace


class KeptLayers(trace.Layers):
    """The stages of every block, all of them at hand: of 64 characters they take 12 MB.

    Args:
        stages: of each block, as ``trace.stages`` returns them.
        last: (1, T, C) the residual stream behind the last block.
    """

    def __init__(self, model: GPT, stages: Sequence[dict[str, Tensor]], last: Tensor) -> None:
        super().__init__(model, [*(stage["resid_pre"] for stage in stages), last], None)
        self._stages = [trace.arrays(stage) for stage in stages]

    def __getitem__(self, layer: int) -> LayerTrace:  # type: ignore[override]
        return self._stages[layer]


@torch.inference_mode()
def flow(model: GPT, ids: Sequence[int]) -> Trace:
    """Run a GPT over a prompt and keep every stage on the way.

    Args:
        ids: characters of the prompt, at least one and at most block_size.
    Returns:
        The same numbers as ``trace.trace``, each block computed once.
    """
    idx = torch.tensor([list(ids)])  # (1, T)
    x, kept = model.embed(idx), []  # (1, T, C)
    for block in model.h:
        kept.append(trace.stages(block, x))
        x = kept[-1]["resid_post"]  # (1, T, C)
    return trace.completed(model, idx, x, KeptLayers(model, kept, x))


@dataclass(frozen=True, eq=False)
class Added:
    """What every stage added to the logit of every character that may come next, at one position."""

    token: np.ndarray  # (V,) the embedding of the character there
    position: np.ndarray  # (V,) the embedding of its position
    heads: np.ndarray  # (n_layer, n_head, V)
    mlps: np.ndarray  # (n_layer, V)
    logits: np.ndarray  # (V,) the model's

    def total(self) -> np.ndarray:
        """Return the sum of all stages (V,): the logits, but for rounding."""
        return self.token + self.position + self.heads.sum((0, 1)) + self.mlps.sum(0)  # (V,)


@torch.inference_mode()
def added(model: GPT, traced: Trace, position: int) -> Added:
    """Take the logits of all characters at one position apart, as ``trace.contributions`` does for one.

    Args:
        position: place in the prompt, whose next character is predicted.
    Returns:
        Parts that add up to every logit.
    """
    directions = trace.logit_direction(model, traced, position, slice(None)).T  # (C, V)
    heads = [
        trace.written(model, layer, stage.z[:, [position]])[:, 0] @ directions  # (nh, V)
        for layer, stage in enumerate(traced.layers)
    ]
    return Added(
        token=traced.tok_emb[position] @ directions,  # (V,)
        position=traced.pos_emb[position] @ directions,  # (V,)
        heads=np.stack(heads),  # (L, nh, V)
        mlps=np.stack([stage.mlp_out[position] for stage in traced.layers]) @ directions,  # (L, V)
        logits=traced.logits[position],
    )


# --- as strips --------------------------------------------------------------------------------------

WRITTEN = ("ln_1", "q", "k", "v", "z", "attn_out", "resid_mid", "ln_2", "mlp_post", "mlp_out", "resid_post")


def vectors(traced: Trace) -> dict[str, np.ndarray]:
    """Return every vector of every stage, in the order in which they come about.

    Returns:
        (T, width) by name: ``tok_emb``, ``q.0`` for the queries of the first layer, its heads side by side.
    """
    found = {"tok_emb": traced.tok_emb, "pos_emb": traced.pos_emb, "resid_pre.0": traced.layers.stream(0)}
    for layer, stage in enumerate(traced.layers):
        found |= {f"{name}.{layer}": _rows(getattr(stage, name)) for name in WRITTEN}
    return found | {"ln_f": traced.ln_f, "logits": traced.logits, "probabilities": traced.probabilities}


def patterns(traced: Trace) -> np.ndarray:
    """Return who looks at whom in every head (n_layer, n_head, T, T); rows sum to one."""
    return np.stack([stage.pattern for stage in traced.layers])  # (L, nh, T, T)


def _rows(values: np.ndarray) -> np.ndarray:
    """Return a vector for every character (T, C), of (T, C) or of what the heads have (nh, T, hs)."""
    return values if values.ndim == 2 else values.swapaxes(0, 1).reshape(values.shape[1], -1)  # (T, C)


def step_of(name: str, position: int, number: int, head_size: int, layers: int) -> str:
    """Return the step of the receipt that shows how one number of a stage came about.

    Args:
        name: of the vector, as ``vectors`` has it; ``pattern.0`` for what a head looks at.
        number: its place in the vector; of a pattern the character looked at, the heads one after the other.
        head_size: numbers of a head; of a pattern the characters that it looks at.
        layers: of the model.
    """
    kind, _, told = name.partition(".")
    layer, (head, within) = int(told or 0), divmod(number, head_size)
    return {
        "tok_emb": f"wte-{position}-{number}",
        "pos_emb": f"x-0-{position}-{number}",
        "resid_pre": f"x-0-{position}-{number}",
        "ln_1": f"ln-{2 * layer}-{position}-{number}",
        **{one: f"{one}-{layer}-{head}-{position}-{within}" for one in ("q", "k", "v", "z", "pattern")},
        "attn_out": f"attn-{layer}-{position}-{number}",
        "resid_mid": f"x-{2 * layer + 1}-{position}-{number}",
        "ln_2": f"ln-{2 * layer + 1}-{position}-{number}",
        "mlp_post": f"post-{layer}-{position}-{number}",
        "mlp_out": f"written-{layer}-{position}-{number}",
        "resid_post": f"x-{2 * layer + 2}-{position}-{number}",
        "ln_f": f"ln-{2 * layers}-{position}-{number}",
        "logits": f"logit-{number}",
        "probabilities": "",
    }[kind]
