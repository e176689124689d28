"""How one attention head answers one query: scores, mask, softmax, and the values it brings."""

import math
from dataclasses import dataclass

import numpy as np

from explainer.traces.gpt import Trace


@dataclass(frozen=True)
class OneHead:
    """What one head computes for one query (row) of T characters, stage by stage (Vaswani 2017, equation 1).

    Args:
        query: place of the character that asks.
        q: (hs,) its query. k, v: (T, hs) keys and values of all characters.
        dots: (T,) q·k, of the characters to come as well.
        scale: √hs.
        scores: (T,) dots ÷ scale as the model masked them: minus infinity for the characters to come.
        exponentials: (T,) exp(score − the largest score); 0 for the characters to come.
        pattern: (T,) exponentials ÷ their sum, as the model computed it.
        z: (hs,) the values, each times its share, added up, as the model computed it.
    """

    query: int
    q: np.ndarray
    k: np.ndarray
    v: np.ndarray
    dots: np.ndarray
    scale: float
    scores: np.ndarray
    exponentials: np.ndarray
    pattern: np.ndarray
    z: np.ndarray

    def products(self, key: int) -> np.ndarray:
        """Return q times k, number by number (hs,), for one key; they add up to its dot product."""
        return self.q * self.k[key]

    @property
    def total(self) -> float:
        """The sum of the exponentials, by which each is divided."""
        return float(self.exponentials.sum())

    @property
    def brought(self) -> np.ndarray:
        """Each value times its share (T, hs); over the characters they add up to z."""
        return self.pattern[:, None] * self.v


def one_head(traced: Trace, layer: int, head: int, query: int) -> OneHead:
    """Take one head's answer to one query out of a forward pass.

    Args:
        layer, head, query: counted from 0.
    """
    stage = traced.layers[layer]
    q, k, v = stage.q[head, query], stage.k[head], stage.v[head]  # (hs,), (T, hs), (T, hs)
    scores = stage.attn_scores[head, query]  # (T,)
    return OneHead(
        query=query,
        q=q,
        k=k,
        v=v,
        dots=k @ q,  # (T,)
        scale=math.sqrt(len(q)),
        scores=scores,
        exponentials=np.exp(scores - scores.max()),  # (T,)
        pattern=stage.pattern[head, query],  # (T,)
        z=stage.z[head, query],  # (hs,)
    )


def loudest(pattern: np.ndarray, count: int, always: int) -> np.ndarray:
    """Return the places that get the most of a pattern (T,), and one more at any rate, in text order."""
    order = np.argsort(-pattern, kind="stable")[:count]
    kept = order if always in order else np.r_[order[: count - 1], always]
    return np.sort(kept)  # (at most count,)


def looks_elsewhere(pattern: np.ndarray) -> int:
    """Return the last character whose largest share of a pattern (T, T) goes to another; else the last."""
    found = np.flatnonzero(pattern.argmax(axis=1) != np.arange(len(pattern)))
    return int(found[-1]) if len(found) else len(pattern) - 1
