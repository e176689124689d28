"""Multilayer perceptron over a window of characters (Bengio et al. 2003), in the talk's notation."""

import math
from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from explainer.vocabulary import BOUNDARY, Vocabulary

LONGEST = 40  # letters of a sampled name


class Activations(NamedTuple):
    """Every tensor of one forward pass, in the order in which they arise."""

    emb: Tensor  # (B, block_size, E) one row of C per character
    x: Tensor  # (B, block_size * E) the same numbers, side by side
    preactivation: Tensor  # (B, H)
    h: Tensor  # (B, H) between -1 and 1
    kept: Tensor  # (B, H) h after dropout; h itself without
    logits: Tensor  # (B, V)


class MLP(nn.Module):
    """Predict the next character from the ``block_size`` characters before it.

    Args:
        dropout: probability that a hidden activation is set to zero while training.
        generator: source of the initial weights, for reproducibility; the global one if None.
    """

    def __init__(
        self,
        vocab_size: int = 34,
        block_size: int = 3,
        embedding_dimension: int = 10,
        hidden_layer_size: int = 200,
        dropout: float = 0.0,
        generator: torch.Generator | None = None,
    ) -> None:
        super().__init__()
        self.block_size = block_size
        self.dropout = dropout
        shapes = parameter_shapes(vocab_size, block_size, embedding_dimension, hidden_layer_size)
        C, W1, b1, W2, b2 = (torch.randn(shape, generator=generator) for shape in shapes.values())
        self.C = nn.Parameter(C)  # (V, E) one feature vector per character
        self.W1 = nn.Parameter(W1)  # (block_size * E, H)
        self.b1 = nn.Parameter(b1)  # (H,)
        self.W2 = nn.Parameter(W2)  # (H, V)
        self.b2 = nn.Parameter(b2)  # (V,)

    def forward(self, idx: Tensor, targets: Tensor | None = None) -> tuple[Tensor, Tensor | None]:
        """Return the logits of the next character and, given the true one, the loss.

        Args:
            idx: (B, block_size) int64, the characters before.
            targets: (B,) int64, the characters that follow.
        Returns:
            logits (B, V) float32, and the mean cross-entropy in nats, or None without targets.
        """
        keep = (
            dropout_mask((len(idx), len(self.b1)), self.dropout) if self.training and self.dropout else None
        )
        logits = self.activations(idx, keep).logits  # (B, V)
        return logits, None if targets is None else F.cross_entropy(logits, targets)

    def activations(self, idx: Tensor, keep: Tensor | None = None) -> Activations:
        """Return every tensor of the forward pass of contexts (B, block_size)."""
        return forward_pass(idx, self.C, self.W1, self.b1, self.W2, self.b2, keep)


def forward_pass(
    idx: Tensor, C: Tensor, W1: Tensor, b1: Tensor, W2: Tensor, b2: Tensor, keep: Tensor | None = None
) -> Activations:
    """Compute y = b2 + W2 · tanh(b1 + W1 · x) (Bengio et al. 2003, equation 1, without direct links).

    Args:
        idx: (B, block_size) int64.
        keep: (B, H) what each hidden activation is multiplied by, for dropout; None leaves it out.
    """
    emb = lookup(C, idx)  # (B, block_size, E)
    x = concatenate(emb)  # (B, block_size * E)
    preactivation = linear(x, W1, b1)  # (B, H)
    h = torch.tanh(preactivation)  # (B, H)
    kept = h if keep is None else h * keep  # (B, H)
    return Activations(emb, x, preactivation, h, kept, linear(kept, W2, b2))


def lookup(C: Tensor, idx: Tensor) -> Tensor:
    """Return the row of C (V, E) for every index (B, T): emb (B, T, E)."""
    return C[idx]  # (B, T, E)


def concatenate(emb: Tensor) -> Tensor:
    """Return the feature vectors (B, T, E) of each context side by side: (B, T * E), the same memory."""
    return emb.view(emb.shape[0], emb.shape[1] * emb.shape[2])  # (B, T * E)


def linear(x: Tensor, W: Tensor, b: Tensor) -> Tensor:
    """Return x (B, I) @ W (I, O) + b (O,): (B, O)."""
    return torch.addmm(b, x, W)  # (B, O) x @ W + b in one call


def dropout_mask(shape: tuple[int, int], rate: float, generator: torch.Generator | None = None) -> Tensor:
    """Return zeros with probability ``rate`` and 1 / (1 - rate) elsewhere, so that the mean stays one.

    The rate is taken to the nearest of 256 parts.
    """
    zeros, size = round(rate * 256), math.prod(shape)
    # Eight random bytes at a draw: bernoulli_ would take half of a training step.
    words = torch.empty(size // 8 + 1, dtype=torch.int64).random_(-(2**63), None, generator=generator)
    noise = words.view(torch.uint8)[:size].view(shape)  # (B, H)
    return noise.float().ge_(zeros).mul_(256 / (256 - zeros))  # (B, H)


def parameter_shapes(
    vocab_size: int, block_size: int, embedding_dimension: int, hidden_layer_size: int
) -> dict[str, tuple[int, ...]]:
    """Return the shape of every matrix by name, in the talk's order; their sizes add up to the parameters."""
    return {
        "C": (vocab_size, embedding_dimension),
        "W1": (block_size * embedding_dimension, hidden_layer_size),
        "b1": (hidden_layer_size,),
        "W2": (hidden_layer_size, vocab_size),
        "b2": (vocab_size,),
    }


def build_dataset(words: Sequence[str], vocabulary: Vocabulary, block_size: int) -> tuple[Tensor, Tensor]:
    """Slide a window over each ``word + "."`` and ask for the character after it.

    Returns:
        X (N, block_size) int64, padded with ``.`` on the left, and Y (N,) int64: one example per
        character, the end included, in the order of the words.
    Raises:
        UnknownCharacter: if a word holds a character that the vocabulary lacks.
    """
    end = vocabulary.encode(BOUNDARY)[0]
    Y = torch.tensor(vocabulary.encode("".join(word + BOUNDARY for word in words)), dtype=torch.int64)  # (N,)
    place = torch.cat([torch.arange(len(word) + 1) for word in words]) if words else Y  # (N,) within its word
    X = torch.full((len(Y), block_size), end)  # (N, block_size)
    for back in range(1, min(block_size, len(Y) - 1) + 1):
        X[back:, -back] = torch.where(place[back:] >= back, Y[:-back], end)  # (N - back,)
    return X, Y
