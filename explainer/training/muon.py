"""Muon: momentum, made orthogonal, for the weight matrices (Jordan et al. 2024)."""

from collections import defaultdict
from collections.abc import Callable, Iterable

import torch

from explainer.training.machine import multiplies_half

# Quintic Newton–Schulz iteration that brings every singular value near one; from Jordan's reference code.
NEWTON_SCHULZ = (3.4445, -4.7750, 2.0315)
NEWTON_SCHULZ_STEPS = 5


def orthogonalise(matrices: torch.Tensor) -> torch.Tensor:
    """Return matrices (N, rows, columns) with every singular value brought to about one."""
    a, b, c = NEWTON_SCHULZ
    half = multiplies_half(matrices.device.type)
    X = matrices.bfloat16() if half else matrices.float()  # (N, R, C)
    tall = X.size(1) > X.size(2)
    X = X.mT if tall else X  # wide: the smaller Gram matrix
    X = X / (torch.linalg.matrix_norm(X, keepdim=True) + 1e-7)
    for _ in range(NEWTON_SCHULZ_STEPS):
        A = X @ X.mT  # (N, R, R)
        X = a * X + (b * A + c * A @ A) @ X  # (N, R, C)
    return (X.mT if tall else X).to(matrices.dtype)


class Muon(torch.optim.Optimizer):
    """Stochastic gradient descent with Nesterov momentum whose every step is an orthogonal matrix.

    Args:
        params: weight matrices; one with three times as many rows as columns is queries, keys and values
            stacked, and each of the three is made orthogonal by itself.
        lr: length of a step, as a spectral norm.
        weight_decay: share of the weight that a step of length 1 removes.
    """

    def __init__(
        self,
        params: Iterable[torch.nn.Parameter],
        lr: float = 0.02,
        momentum: float = 0.95,
        weight_decay: float = 0.0,
    ) -> None:
        super().__init__(params, {"lr": lr, "momentum": momentum, "weight_decay": weight_decay})

    @torch.no_grad()
    def step(self, closure: Callable[[], float] | None = None) -> None:  # type: ignore[override]
        """Move every matrix once."""
        if closure is not None:
            raise ValueError("Muon takes no closure; call backward() before step().")
        for group in self.param_groups:
            by_shape = defaultdict(list)
            for p in group["params"]:
                by_shape[_matrices(p).shape[1:]].append(p)
            for params in by_shape.values():
                self._move(params, group)

    def _move(self, params: list[torch.nn.Parameter], group: dict) -> None:
        """Move matrices of one shape together: one large multiplication is faster than many small ones."""
        updates = orthogonalise(torch.cat([_matrices(self._momentum(p, group["momentum"])) for p in params]))
        rows, columns = updates.shape[1:]
        step = group["lr"] * max(1, rows / columns) ** 0.5
        for p, update in zip(params, updates.split([len(_matrices(p)) for p in params]), strict=True):
            p.mul_(1 - group["lr"] * group["weight_decay"])
            p.add_(update.reshape(p.shape), alpha=-step)

    def _momentum(self, p: torch.nn.Parameter, momentum: float) -> torch.Tensor:
        buffer = self.state[p].setdefault("momentum", torch.zeros_like(p))
        assert p.grad is not None  # backward() has been called
        buffer.lerp_(p.grad, 1 - momentum)
        return p.grad.lerp(buffer, momentum)


def _matrices(weight: torch.Tensor) -> torch.Tensor:
    """Return a weight as (N, rows, columns)."""
    rows, columns = weight.shape
    return weight.view(3, columns, columns) if rows == 3 * columns else weight.unsqueeze(0)
