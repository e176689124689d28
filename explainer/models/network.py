"""A network small enough to draw: two inputs, four hidden neurons, one output."""

from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F


def linear(x: Tensor, W: Tensor, b: Tensor) -> Tensor:
    """Return x (..., I) @ W (I, O) + b (O,): (..., O)."""
    return x @ W + b  # (..., O)


def identity(z: Tensor) -> Tensor:
    """Return the sum itself: a neuron without activation."""
    return z


def step(z: Tensor) -> Tensor:
    """Return 1 where the sum is positive, else 0; its slope is zero everywhere, so nothing can be learned."""
    return (z > 0).to(z.dtype)


ACTIVATIONS: dict[str, Callable[[Tensor], Tensor]] = {
    "tanh": torch.tanh,
    "sigmoid": torch.sigmoid,
    "ReLU": torch.relu,
    "step": step,
    "none": identity,
}
TRAINABLE = ("tanh", "sigmoid", "ReLU", "none")


class Activations(NamedTuple):
    """Every tensor of one forward pass, in the order in which they arise."""

    sums: Tensor  # (B, H) what each hidden neuron adds up
    h: Tensor  # (B, H) after the activation
    logits: Tensor  # (B, 1)
    p: Tensor  # (B, 1) probability of class 1


class Network(nn.Module):
    """Tell two classes of points in the plane apart.

    Args:
        activation: a key of ACTIVATIONS, for the hidden neurons.
        generator: source of the initial weights, for reproducibility; the global one if None.
    """

    def __init__(
        self, n_hidden: int = 4, activation: str = "tanh", generator: torch.Generator | None = None
    ) -> None:
        super().__init__()
        self.activation = activation
        # Measured over 20 seeds: lines this steep and this close to the middle let XOR be learned by most.
        self.W1 = nn.Parameter(2 * torch.randn(2, n_hidden, generator=generator))  # (2, H)
        self.b1 = nn.Parameter(torch.randn(n_hidden, generator=generator) / 2)  # (H,)
        self.W2 = nn.Parameter(torch.randn(n_hidden, 1, generator=generator) / 2)  # (H, 1)
        self.b2 = nn.Parameter(torch.zeros(1))  # (1,)

    def forward(self, X: Tensor, targets: Tensor | None = None) -> tuple[Tensor, Tensor | None]:
        """Return the logits of class 1 and, given the true classes, the loss.

        Args:
            X: (B, 2) float32, points in the plane.
            targets: (B, 1) float32, 0 or 1.
        Returns:
            logits (B, 1), and the mean binary cross-entropy in nats, or None without targets.
        """
        logits = self.activations(X).logits  # (B, 1)
        return logits, None if targets is None else F.binary_cross_entropy_with_logits(logits, targets)

    def activations(self, X: Tensor) -> Activations:
        """Return every tensor of the forward pass of points (B, 2)."""
        return forward_pass(X, self.W1, self.b1, self.W2, self.b2, self.activation)


def forward_pass(X: Tensor, W1: Tensor, b1: Tensor, W2: Tensor, b2: Tensor, activation: str) -> Activations:
    """Compute p = sigmoid(b2 + W2 · f(b1 + W1 · x)), f being the activation."""
    sums = linear(X, W1, b1)  # (B, H)
    h = ACTIVATIONS[activation](sums)  # (B, H)
    logits = linear(h, W2, b2)  # (B, 1)
    return Activations(sums, h, logits, torch.sigmoid(logits))
