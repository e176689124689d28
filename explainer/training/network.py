"""Train the network of two inputs, four hidden neurons and one output, in a fraction of a second."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from explainer.models.network import TRAINABLE, Network
from explainer.training.mlp import adamw, flatten

DATA_SETS = ("linear", "xor", "circle", "spiral")


@dataclass(frozen=True)
class Training:
    """What was recorded while a network trained; S pictures of its weights, T steps."""

    activation: str
    steps: np.ndarray  # (S,) int, the steps after which the weights were recorded; 0 and T among them
    W1: np.ndarray  # (S, 2, H)
    b1: np.ndarray  # (S, H)
    W2: np.ndarray  # (S, H, 1)
    b2: np.ndarray  # (S, 1)
    losses: np.ndarray  # (T + 1,) nats, before the first step and after each
    accuracy: np.ndarray  # (S,) share of the points on the right side of one half


def data_set(name: str, n: int = 200, seed: int = 1, noise: float = 0.0) -> tuple[np.ndarray, np.ndarray]:
    """Draw points of the square -1..1 with a gap between the two classes.

    Args:
        name: "linear" (a slanted line parts the classes), "xor" (opposite corners belong together)
            "circle" (one class inside, the other around it) or "spiral" (two arms around each other).
        noise: standard deviation by which every point is moved, kept within the square.
    Returns:
        X (n, 2) float32 and y (n,) float32 of zeros and ones.
    Raises:
        ValueError: if no data set has that name.
    """
    if name not in DATA_SETS:
        raise ValueError(f"No data set is called “{name}”; choose one of {', '.join(DATA_SETS)}.")
    rng = np.random.default_rng(seed)
    points = rng.uniform(-1, 1, (50 * n, 2))
    side = _side(name, points)
    kept = np.abs(side) > 0.08
    halves = [points[kept & (side < 0)][: n // 2], points[kept & (side > 0)][: n - n // 2]]
    y = np.repeat([0.0, 1.0], [len(half) for half in halves])
    X = np.concatenate(halves)
    X = np.clip(X + noise * rng.standard_normal(X.shape), -1, 1) if noise else X
    return X.astype(np.float32), y.astype(np.float32)


def _side(name: str, points: np.ndarray) -> np.ndarray:
    """Return (N,) numbers that are positive for class 1 and grow with the distance to the border."""
    x1, x2 = points.T
    if name == "linear":
        return 0.8 * x1 + 0.6 * x2
    if name == "xor":
        return -np.sign(x1 * x2) * np.minimum(np.abs(x1), np.abs(x2))
    if name == "spiral":  # three quarters of a turn from the middle to a side
        return np.sin(np.arctan2(x2, x1) - 1.5 * np.pi * np.hypot(x1, x2)) * np.hypot(x1, x2)
    return 0.6 - np.hypot(x1, x2)


def train(
    X: np.ndarray,
    y: np.ndarray,
    activation: str = "tanh",
    *,
    seed: int = 2,
    n_hidden: int = 4,
    steps: int = 300,
    learning_rate: float = 0.1,
    snapshots: int = 30,
    changes: Sequence[tuple[int, str, float]] = (),
) -> Training:
    """Train on all points at once with Adam; return the weights at a few steps and every loss.

    PyTorch's own optimizers bring in its compiler at their first step: 60 MB and two seconds.

    Args:
        X: (N, 2), y: (N,) zeros and ones.
        seed: of the initial weights.
        changes: step, name and value of weights that are set by hand after so many steps: w12 leads from
            the first input to the second hidden neuron, v2 from there to the output.
    Raises:
        ValueError: if nothing can be learned through the activation.
    """
    if activation not in TRAINABLE:
        raise ValueError(f"“{activation}” has no slope to follow; choose one of {', '.join(TRAINABLE)}.")
    model = Network(n_hidden, activation, torch.Generator().manual_seed(seed))
    points, targets = torch.from_numpy(X), torch.from_numpy(y)[:, None]  # (N, 2), (N, 1)
    flat = flatten(model)  # (P,)
    moments = torch.zeros(2, len(flat))  # (2, P)
    kept = recorded_steps(steps, snapshots)
    weights, losses, right = [], [], []
    for i in range(steps + 1):
        _set(model, [(name, value) for step, name, value in changes if step == i])
        logits, loss = model(points, targets)  # (N, 1), ()
        losses.append(loss.item())
        if i in kept:
            weights.append(_copy(model))
            right.append(((logits > 0) == (targets > 0.5)).float().mean().item())
        if i < steps:
            gradient = torch.cat([g.reshape(-1) for g in torch.autograd.grad(loss, list(model.parameters()))])
            adamw(flat, gradient, moments, i + 1, learning_rate, beta2=0.999)
    recorded = {name: np.stack([w[name] for w in weights]) for name in weights[0]}
    return Training(activation, np.array(kept), **recorded, losses=np.array(losses), accuracy=np.array(right))


@torch.no_grad()
def _set(model: Network, weights: Sequence[tuple[str, float]]) -> None:
    """Set weights by their names, within the row of memory of which all are views."""
    for name, value in weights:
        place = model.W2[int(name[1]) - 1] if name[0] == "v" else model.W1[int(name[1]) - 1, int(name[2]) - 1]
        place.fill_(value)


def recorded_steps(steps: int, snapshots: int) -> list[int]:
    """Return at most so many steps of 0..steps, close together at first, where most happens."""
    spread = np.round(steps * np.linspace(0, 1, snapshots) ** 2).astype(int)
    return sorted({int(i) for i in spread})


def _copy(model: Network) -> dict[str, np.ndarray]:
    tensors: dict[str, Tensor] = model.state_dict()
    return {name: tensor.numpy().copy() for name, tensor in tensors.items()}
