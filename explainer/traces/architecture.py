"""What a GPT is made of: its parts, how many numbers each holds, and every tensor of each for a text."""

from dataclasses import dataclass
from typing import cast

import numpy as np
import torch
from torch import nn

from explainer.models.gpt import GPT
from explainer.traces.gpt import Trace
from explainer.traces.matrix_multiplication import gpt_multiplications

# Published sizes; GPT-2 XL: Radford et al. 2019, table 2; GPT-4: estimates in the press.
GPT2_XL = 1_542_000_000
GPT4_ESTIMATED = 1_760_000_000_000


@dataclass(frozen=True)
class Part:
    """One block of the drawing; each layer has its own copy of some."""

    name: str
    parameters: int  # of one copy
    copies: int

    @property
    def total(self) -> int:
        """How many numbers all copies hold."""
        return self.parameters * self.copies


def parts(model: GPT) -> tuple[Part, ...]:
    """Count the parameters of every part, from the text to the next character; they add up to the model's."""
    block, layers = model.h[0], model.config.n_layer
    return (
        Part("token embedding", _count(model.wte), 1),
        Part("position embedding", _count(model.wpe), 1),
        Part("LayerNorm 1", _count(block.ln_1), layers),
        Part("masked attention", _count(block.attn), layers),
        Part("LayerNorm 2", _count(block.ln_2), layers),
        Part("MLP", _count(block.mlp), layers),
        Part("final LayerNorm", _count(model.ln_f), 1),
        Part("lm_head", _count(model.lm_head), 1),
        Part("softmax", 0, 1),
    )


def total(model: nn.Module) -> int:
    """Count all parameters of a model."""
    return _count(model)


def multiplications(model: GPT) -> int:
    """Count the multiplications for one more character at full context."""
    config = model.config
    return gpt_multiplications(config.n_layer, config.n_embd, config.block_size, config.vocab_size)


@dataclass(frozen=True, eq=False)
class Tensor:
    """A matrix of one part, and what its rows and columns are: "position", "symbol" or "number"."""

    values: np.ndarray  # (rows, columns)
    role: str  # input, weights, activations or probabilities
    rows: str
    cols: str


def tensors(model: GPT, traced: Trace, part: str, layer: int = 0, head: int = 0) -> dict[str, Tensor]:
    """Return the tensors of one part for the traced text by name, what it computes first, then its weights.

    Args:
        layer: which copy of a part that every layer has.
        head: which head of the attention.
    """
    stage, block = traced.layers[layer], model.h[layer]
    found = {
        "token embedding": {
            "rows looked up": _stream(traced.tok_emb, "input"),
            "wte": _weights(model.wte, "symbol"),
        },
        "position embedding": {
            "rows looked up": _stream(traced.pos_emb, "input"),
            "sum of both": _stream(traced.layers.stream(0)),
            "wpe": _weights(model.wpe),
        },
        "LayerNorm 1": _normalised(stage.resid_pre, stage.ln_1, block.ln_1),
        "masked attention": {
            "pattern": Tensor(stage.pattern[head], "probabilities", "position", "position"),
            "queries": _stream(stage.q[head]),
            "keys": _stream(stage.k[head]),
            "values": _stream(stage.v[head]),
            "what the head mixed": _stream(stage.z[head]),
            "what attention writes": _stream(stage.attn_out),
            "stream + attention": _stream(stage.resid_mid),
            "c_attn": _weights(block.attn.c_attn),
            "c_proj": _weights(block.attn.c_proj),
        },
        "LayerNorm 2": _normalised(stage.resid_mid, stage.ln_2, block.ln_2),
        "MLP": {
            "after GELU": _stream(stage.mlp_post),
            "before GELU": _stream(stage.mlp_pre),
            "what the MLP writes": _stream(stage.mlp_out),
            "stream + MLP": _stream(stage.resid_post),
            "c_fc": _weights(block.mlp.c_fc),
            "c_proj": _weights(block.mlp.c_proj),
        },
        "final LayerNorm": _normalised(traced.layers.stream(-1), traced.ln_f, model.ln_f),
        "lm_head": {
            "logits": Tensor(traced.logits, "activations", "position", "symbol"),
            "lm_head": _weights(model.lm_head, "symbol"),
        },
        "softmax": {"probabilities": Tensor(traced.probabilities, "probabilities", "position", "symbol")},
    }
    return found[part]


def _count(module: nn.Module) -> int:
    return sum(p.numel() for p in module.parameters())


def _stream(values: np.ndarray, role: str = "activations") -> Tensor:
    return Tensor(values, role, "position", "number")


@torch.no_grad()
def _weights(module: nn.Module, rows: str = "number") -> Tensor:
    weight = cast(torch.Tensor, module.weight).numpy()  # a property where it is kept in half precision
    return Tensor(np.atleast_2d(weight), "weights", rows, "number")


def _normalised(before: np.ndarray, after: np.ndarray, norm: nn.LayerNorm) -> dict[str, Tensor]:
    return {"after": _stream(after), "before": _stream(before), "weight": _weights(norm)}
