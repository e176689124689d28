"""Where a head's q, k and v come from, and what it writes: every number as a sum of products with weights."""

from dataclasses import dataclass

import numpy as np
import torch

from explainer.models.gpt import GPT
from explainer.traces.gpt import Trace, output_weights

KINDS = ("q", "k", "v")


@dataclass(frozen=True)
class Sum:
    """The largest number of a vector times a matrix, with all the products that it is the sum of.

    Args:
        number: its place among the results, from 0. x, weights: (I,) the vector and its column.
        result: as the model computed it.
    """

    number: int
    x: np.ndarray
    weights: np.ndarray
    result: float

    @property
    def products(self) -> np.ndarray:
        """The products (I,); they add up to the result."""
        return self.x * self.weights


def largest(x: np.ndarray, weights: np.ndarray, results: np.ndarray) -> Sum:
    """Return how the largest of the results came about.

    Args:
        x: (I,) a vector. weights: (I, O). results: (O,) their product.
    """
    number = int(np.abs(results).argmax())
    return Sum(number, x, weights[:, number], float(results[number]))


@torch.inference_mode()
def input_weights(model: GPT, layer: int, head: int) -> dict[str, np.ndarray]:
    """Return the part of c_attn (C, hs) that makes a head's q, k and v from what its layer reads."""
    weight = model.h[layer].attn.c_attn.weight  # (3C, C)
    parts = weight.view(len(KINDS), model.config.n_head, -1, weight.size(1))[:, head]  # (3, hs, C)
    return {kind: part.T.numpy() for kind, part in zip(KINDS, parts, strict=True)}  # (C, hs) each


def made(model: GPT, traced: Trace, layer: int, head: int, query: int, key: int) -> dict[str, Sum]:
    """Return how the largest numbers of one character's query and of another's key and value came about.

    Args:
        layer, head, query, key: counted from 0.
    """
    stage, weights = traced.layers[layer], input_weights(model, layer, head)
    places = {"q": (stage.q, query), "k": (stage.k, key), "v": (stage.v, key)}
    return {
        kind: largest(stage.ln_1[at], weights[kind], found[head, at]) for kind, (found, at) in places.items()
    }


@dataclass(frozen=True)
class Written:
    """What one head adds to the residual stream of one character, and what else is there (C,) each.

    Args:
        largest: how the largest number that it writes came about.
        before: the stream that the layer found. writes: what this head adds. others: what the layer's
            other heads add. after: the stream behind the attention: the sum of the three.
    """

    largest: Sum
    before: np.ndarray
    writes: np.ndarray
    others: np.ndarray
    after: np.ndarray


@torch.inference_mode()
def written(model: GPT, traced: Trace, layer: int, head: int, position: int) -> Written:
    """Follow what a head gathered for one character into the residual stream.

    Args:
        layer, head, position: counted from 0.
    """
    stage, weights = traced.layers[layer], output_weights(model, layer)[head].numpy()  # (hs, C)
    z = stage.z[head, position]  # (hs,)
    writes = z @ weights  # (C,)
    others = stage.attn_out[position] - writes  # (C,)
    return Written(
        largest(z, weights, writes), stage.resid_pre[position], writes, others, stage.resid_mid[position]
    )
