"""One step of training a perceptron: forward, loss, backward, update, every number of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from explainer.models.mlp import MLP, forward_pass
from explainer.traces.gradient_descent import OPTIMIZERS, State
from explainer.training.mlp import Parameters, backward

NAMES = Parameters._fields
SETTINGS = {name: dict(one.settings) for name, one in OPTIMIZERS.items()}
BETA1, BETA2 = 0.9, 0.999  # Adam's


# Tensors of a forward and a backward pass, in the order in which they arise.
ON_THE_WAY: tuple[str, ...] = ("idx", "targets", "x", "h", "logits", "probabilities", "losses")
ON_THE_WAY += ("dlogits", "dh", "dpreactivation", "dx")


@dataclass(frozen=True, eq=False)
class TrainingStep:
    """What happens in one step, on B examples; a slope is that of the mean loss.

    Args:
        number: the first step is 1.
        idx: (B, T) ids that are read; targets: (B,) ids that follow.
        x: (B, T * E), h: (B, H), logits, probabilities: (B, V) of the forward pass; losses: (B,) nats.
        dlogits: (B, V), dh, dpreactivation: (B, H), dx: (B, T * E), the slopes between the matrices.
        before, gradients, changes, after: of C, W1, b1, W2, b2, by name.
        memory: what the optimizer keeps of the gradients so far and divides or replaces the gradient by,
            for every matrix, by name: v of momentum; m and v of Adam, corrected for starting at zero.
        loss, loss_after: the mean over the examples, before the step and after it.
    """

    number: int
    optimizer: str
    learning_rate: float
    idx: np.ndarray
    targets: np.ndarray
    x: np.ndarray
    h: np.ndarray
    logits: np.ndarray
    probabilities: np.ndarray
    losses: np.ndarray
    dlogits: np.ndarray
    dh: np.ndarray
    dpreactivation: np.ndarray
    dx: np.ndarray
    before: Mapping[str, np.ndarray]
    gradients: Mapping[str, np.ndarray]
    changes: Mapping[str, np.ndarray]
    after: Mapping[str, np.ndarray]
    loss: float
    loss_after: float
    memory: Mapping[str, Mapping[str, np.ndarray]] = field(default_factory=dict)


def training_step(
    model: MLP,
    X: Tensor,
    Y: Tensor,
    optimizer: str = "sgd",
    learning_rate: float = 0.1,
    number: int = 1,
) -> TrainingStep:
    """Train on the same examples X (B, T) with targets Y (B,) for so many steps; return the last one.

    The model is left as it is; everything is computed in double precision.
    """
    weights = {name: getattr(model, name).detach().double().numpy().copy() for name in NAMES}
    states: dict[str, State] = {name: {} for name in NAMES}
    for _ in range(number):
        before = weights
        passed, slopes, gradients = _back(before, X, Y)
        weights = {
            name: OPTIMIZERS[optimizer].step(
                before[name], gradients[name], states[name], learning_rate, **SETTINGS[optimizer]
            )
            for name in NAMES
        }
    log_p = F.log_softmax(passed.logits, dim=1)  # (B, V)
    losses = -log_p.gather(1, Y[:, None])[:, 0]  # (B,)
    tensors = (X, Y, passed.x, passed.h, passed.logits, log_p.exp(), losses, *slopes)
    return TrainingStep(
        number=number,
        optimizer=optimizer,
        learning_rate=learning_rate,
        before=before,
        gradients=gradients,
        changes={name: weights[name] - before[name] for name in NAMES},
        after=weights,
        loss=losses.mean().item(),
        loss_after=_loss(weights, X, Y),
        memory={name: remembered(optimizer, states[name]) for name in NAMES},
        **{name: tensor.numpy() for name, tensor in zip(ON_THE_WAY, tensors, strict=True)},
    )


def remembered(optimizer: str, state: State) -> dict[str, np.ndarray]:
    """Return what an optimizer makes of all gradients so far, by what it is called."""
    if optimizer == "momentum":
        return {"v": state["v"]}
    if optimizer == "adam":
        m, v = state["m"] / (1 - BETA1 ** state["t"]), state["v"] / (1 - BETA2 ** state["t"])
        return {"m̂": m, "√v̂": np.sqrt(v)}
    return {}


def _back(weights: Mapping[str, np.ndarray], X: Tensor, Y: Tensor) -> tuple:
    """Return the activations, the slopes between the matrices, and the gradients of the matrices."""
    parameters = Parameters(*(torch.from_numpy(weights[name]) for name in NAMES))
    gradients = Parameters(*(torch.zeros_like(p) for p in parameters))
    passed = forward_pass(X, *parameters)
    slopes = backward(X, Y[:, None], passed, parameters, None, gradients)
    mean = {name: getattr(gradients, name).numpy() / len(Y) for name in NAMES}
    return passed, [slope / len(Y) for slope in slopes], mean


def _loss(weights: Mapping[str, np.ndarray], X: Tensor, Y: Tensor) -> float:
    parameters = (torch.from_numpy(weights[name]) for name in NAMES)
    return F.cross_entropy(forward_pass(X, *parameters).logits, Y).item()
