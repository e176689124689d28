"""Going downhill: slopes measured and derived, surfaces, and three ways to take the next step."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor

Function = Callable[[Tensor], Tensor]
State = dict[str, np.ndarray]


@dataclass(frozen=True)
class Rates:
    """Learning rates that show one thing each."""

    too_small: float
    right: float
    too_big: float


@dataclass(frozen=True, eq=False)
class Landscape:
    """A function to go down: a curve (D = 1) or a surface (D = 2)."""

    title: str
    latex: str
    function: Function  # (..., D) float64 -> (...)
    start: tuple[float, ...]  # (D,)
    rates: dict[str, Rates]  # optimizer -> learning rates
    half: float = 3.0  # the picture shows -half..half in every direction


@dataclass(frozen=True)
class Slope:
    """The slope of a curve at one place, derived and measured."""

    x: float
    y: float
    gradient: float  # by autograd
    h: float
    numeric: float  # (f(x + h) - f(x)) / h
    beyond: float  # f(x + h)


@dataclass(frozen=True)
class Grid:
    """A surface over its picture: ``z[j, i]`` is the value at ``(x[i], x[j])``."""

    x: np.ndarray  # (G,) both axes
    z: np.ndarray  # (G, G)


@dataclass(frozen=True)
class Descent:
    """A way down; every number is finite, because the path ends before it leaves its bound."""

    optimizer: str
    learning_rate: float
    points: np.ndarray  # (T + 1, D), the start first
    values: np.ndarray  # (T + 1,)
    gradients: np.ndarray  # (T + 1, D)
    verdict: str  # a key of VERDICTS
    reason: str = ""  # one sentence, with numbers


# What a verdict is called on the page.
VERDICTS = {
    "arrived": "Arrived",
    "stuck": "Stuck above the lowest point",
    "slow": "Still on its way",
    "bounces": "Bounces from side to side",
    "diverged": "Diverged",
}


# A path that gets this many times farther out than the picture shows has left for good.
_BOUND = 3
# Around a lowest point, a learning rate times the curvature above this makes every step overshoot farther.
_STABLE = {"sgd": 2.0, "momentum": 2 * (1 + 0.9)}


def parabola(x: Tensor) -> Tensor:
    """Return x²."""
    return x[..., 0] ** 2


def two_valleys(x: Tensor) -> Tensor:
    """Return x⁴/4 − x² + x/4: two valleys, the left one deeper."""
    return x[..., 0] ** 4 / 4 - x[..., 0] ** 2 + x[..., 0] / 4


def bowl(x: Tensor) -> Tensor:
    """Return (x₁² + x₂²) / 2: equally steep in every direction."""
    return (x**2).sum(-1) / 2


def ravine(x: Tensor) -> Tensor:
    """Return x₁² / 50 + x₂²: fifty times more curved across than along."""
    return x[..., 0] ** 2 / 50 + x[..., 1] ** 2


def saddle(x: Tensor) -> Tensor:
    """Return x₁² / 2 − x₂² / 2 + x₂⁴ / 16: level in the middle, lower to both sides."""
    return x[..., 0] ** 2 / 2 - x[..., 1] ** 2 / 2 + x[..., 1] ** 4 / 16


def waves(x: Tensor) -> Tensor:
    """Return Σ xᵢ² / 6 + (1 − cos 3xᵢ) / 4: a bowl with dents, the deepest in the middle."""
    return (x**2 / 6 + (1 - torch.cos(3 * x)) / 4).sum(-1)


CURVES = {
    "parabola": Landscape("Parabola", "x^2", parabola, (-2.4,), {"sgd": Rates(0.01, 0.2, 1.03)}),
    "two-valleys": Landscape(
        "Two valleys",
        r"\tfrac{1}{4}x^4 - x^2 + \tfrac{1}{4}x",
        two_valleys,
        (-2.2,),
        {"sgd": Rates(0.002, 0.05, 0.8)},
        half=2.6,
    ),
    "waves": Landscape(
        "Waves",
        r"\tfrac{1}{6}x^2 + \tfrac{1}{4}(1 - \cos 3x)",
        waves,
        (-2.7,),
        {"sgd": Rates(0.01, 0.1, 6.0)},
    ),
}

SURFACES = {
    "bowl": Landscape(
        "Bowl",
        r"\tfrac{1}{2}x_1^2 + \tfrac{1}{2}x_2^2",
        bowl,
        (-2.5, 2.0),
        {"sgd": Rates(0.01, 0.2, 2.1), "momentum": Rates(0.001, 0.02, 4.0), "adam": Rates(0.01, 0.2, 5.0)},
    ),
    "ravine": Landscape(
        "Ravine",
        r"\tfrac{1}{50}x_1^2 + x_2^2",
        ravine,
        (-2.7, 1.5),
        {"sgd": Rates(0.02, 0.9, 1.05), "momentum": Rates(0.002, 0.1, 2.0), "adam": Rates(0.01, 0.2, 5.0)},
    ),
    "saddle": Landscape(
        "Saddle",
        r"\tfrac{1}{2}x_1^2 - \tfrac{1}{2}x_2^2 + \tfrac{1}{16}x_2^4",
        saddle,
        (-2.5, 0.02),
        {"sgd": Rates(0.01, 0.3, 2.1), "momentum": Rates(0.001, 0.1, 1.2), "adam": Rates(0.01, 0.1, 5.0)},
    ),
    "valleys": Landscape(
        "Many valleys",
        r"\sum_i \tfrac{1}{6}x_i^2 + \tfrac{1}{4}(1 - \cos 3x_i)",
        waves,
        (-2.6, 2.4),
        {"sgd": Rates(0.005, 0.2, 6.0), "momentum": Rates(0.001, 0.1, 4.0), "adam": Rates(0.005, 0.3, 5.0)},
    ),
}


def sgd(x: np.ndarray, gradient: np.ndarray, _state: State, learning_rate: float) -> np.ndarray:
    """Step straight downhill: x ← x − η g."""
    return x - learning_rate * gradient


def momentum(
    x: np.ndarray, gradient: np.ndarray, state: State, learning_rate: float, beta: float = 0.9
) -> np.ndarray:
    """Keep rolling: v ← β v + g, then x ← x − η v (as torch.optim.SGD writes it)."""
    state["v"] = beta * state.get("v", np.zeros_like(x)) + gradient
    return x - learning_rate * state["v"]


def adam(
    x: np.ndarray,
    gradient: np.ndarray,
    state: State,
    learning_rate: float,
    betas: tuple[float, float] = (0.9, 0.999),
    epsilon: float = 1e-8,
) -> np.ndarray:
    """Divide by how large gradients were (Kingma and Ba 2015, algorithm 1).

    m ← β₁ m + (1 − β₁) g and v ← β₂ v + (1 − β₂) g², both corrected for starting at zero,
    m̂ = m / (1 − β₁ᵗ) and v̂ = v / (1 − β₂ᵗ); then x ← x − η m̂ / (√v̂ + ε).
    """
    b1, b2 = betas
    t = state["t"] = state.get("t", np.zeros(())) + 1
    m = state["m"] = b1 * state.get("m", np.zeros_like(x)) + (1 - b1) * gradient
    v = state["v"] = b2 * state.get("v", np.zeros_like(x)) + (1 - b2) * gradient**2
    m_hat, v_hat = m / (1 - b1**t), v / (1 - b2**t)
    return x - learning_rate * m_hat / (np.sqrt(v_hat) + epsilon)


OPTIMIZERS = {"sgd": sgd, "momentum": momentum, "adam": adam}
OPTIMIZER_TITLES = {"sgd": "SGD", "momentum": "Momentum", "adam": "Adam"}


def gradient_at(function: Function, x: Sequence[float] | np.ndarray) -> tuple[float, np.ndarray]:
    """Return the value and, by autograd, the gradient (D,) of a function at a point (D,)."""
    point = torch.tensor(np.asarray(x, dtype=float), requires_grad=True)  # (D,)
    value = function(point)  # ()
    (gradient,) = torch.autograd.grad(value, point)  # (D,)
    return value.item(), gradient.numpy()


def values(function: Function, x: np.ndarray) -> np.ndarray:
    """Return the values (...) of a function at points (..., D)."""
    return function(torch.from_numpy(np.asarray(x, dtype=float))).numpy()


def slope(landscape: Landscape, x: float, h: float) -> Slope:
    """Derive the slope of a curve at x, and measure it with a step of h.

    Raises:
        ValueError: if h is not a positive number.
    """
    if not h > 0:
        raise ValueError("h must be greater than zero: nothing is measured without a step.")
    y, gradient = gradient_at(landscape.function, [x])
    return Slope(
        x, y, gradient.item(), h, float(_measured(landscape, x, np.array([h]))[0]), _at(landscape, x + h)
    )


def slope_errors(landscape: Landscape, x: float, n: int = 129) -> tuple[np.ndarray, np.ndarray]:
    """Return steps h (N,) between 1e-16 and 1 and how far the measured slope is from autograd's (N,).

    A large h cuts the curve's corner, a small one lets the digits of float64 cancel. Steps whose
    error is exactly zero are left out: a logarithmic axis has no place for them.
    """
    h = np.logspace(-16, 0, n)  # (N,)
    error = np.abs(_measured(landscape, x, h) - gradient_at(landscape.function, [x])[1].item())  # (N,)
    return h[error > 0], error[error > 0]


def curve(landscape: Landscape, n: int = 241) -> tuple[np.ndarray, np.ndarray]:
    """Return places (N,) across the picture of a curve and its values (N,)."""
    x = np.linspace(-landscape.half, landscape.half, n)  # (N,)
    return x, values(landscape.function, x[:, None])


def surface(landscape: Landscape, side: int = 49) -> Grid:
    """Return the values of a surface on a grid of ``side`` points along each edge of its picture."""
    x = np.linspace(-landscape.half, landscape.half, side)  # (G,)
    x1, x2 = np.meshgrid(x, x)  # (G, G)
    return Grid(x, values(landscape.function, np.stack([x1, x2], -1)))


def descend(
    landscape: Landscape,
    optimizer: str = "sgd",
    learning_rate: float | None = None,
    start: Sequence[float] | None = None,
    steps: int = 60,
) -> Descent:
    """Go down a landscape, and say how it went.

    Args:
        learning_rate: the one that is right for the optimizer here, if not given.
        start: (D,), the landscape's own if not given.
        steps: at most so many; fewer if the path leaves the square three times as wide as the picture.
    Raises:
        ValueError: if the optimizer is not known, or the start is outside the picture.
    """
    if optimizer not in OPTIMIZERS:
        raise ValueError(f"No optimizer is called “{optimizer}”; choose one of {', '.join(OPTIMIZERS)}.")
    rate = landscape.rates[optimizer].right if learning_rate is None else learning_rate
    x = np.array(landscape.start if start is None else start, dtype=float)  # (D,)
    if x.shape != (len(landscape.start),) or not np.all(np.abs(x) <= landscape.half):
        raise ValueError(
            f"Start within the picture: {len(landscape.start)} numbers of at most {landscape.half}."
        )
    state: State = {}
    record = [(x, *gradient_at(landscape.function, x))]
    for _ in range(steps):
        with np.errstate(over="ignore"):  # a step too long to be a number ends the path below
            x = OPTIMIZERS[optimizer](x, record[-1][2], state, rate)
        if not np.all(np.abs(x) <= _BOUND * landscape.half):  # also when x is not a number
            break
        record.append((x, *gradient_at(landscape.function, x)))
    points, heights, gradients = (np.array(column) for column in zip(*record, strict=True))
    verdict = _verdict(landscape, points, heights, gradients, steps)
    path = Descent(optimizer, rate, points, heights, gradients, verdict)
    return replace(path, reason=_reason(landscape, path))


def race(
    landscape: Landscape,
    start: Sequence[float] | None = None,
    rates: dict[str, float] | None = None,
    steps: int = 60,
) -> list[Descent]:
    """Let SGD, momentum and Adam go down from one start, each at its own learning rate."""
    rates = rates or {}
    return [descend(landscape, name, rates.get(name), start, steps) for name in OPTIMIZERS]


def curvature(function: Function, point: np.ndarray) -> float:
    """Return the largest curvature at a point (D,): the top eigenvalue of the Hessian."""
    hessian = torch.autograd.functional.hessian(function, torch.from_numpy(point))  # (D, D)
    return torch.linalg.eigvalsh(hessian)[-1].item()


def _at(landscape: Landscape, x: float) -> float:
    return float(values(landscape.function, np.array([x])))


def _measured(landscape: Landscape, x: float, h: np.ndarray) -> np.ndarray:
    """Return (f(x + h) − f(x)) / h for every h (N,)."""
    return (values(landscape.function, (x + h)[:, None]) - _at(landscape, x)) / h  # (N,)


def _verdict(
    landscape: Landscape, points: np.ndarray, heights: np.ndarray, gradients: np.ndarray, steps: int
) -> str:
    if len(points) <= steps:
        return "diverged"
    shown = _shown(landscape)
    still = _moves(points)[-5:].max(initial=0) < landscape.half / 50
    if still and (heights[-10:] - shown.min()).max() < np.ptp(shown) / 200:
        return "arrived"
    if still and np.abs(gradients[-10:].mean(0)).max() < 0.06:
        return "stuck"
    turned = np.sign(gradients[-20:-1]) * np.sign(gradients[-19:]) < 0  # (19, D)
    return "bounces" if turned.sum(0).max() >= 2 else "slow"


def _reason(landscape: Landscape, path: Descent) -> str:
    """Return one sentence that explains a verdict with the numbers of its path."""
    above = path.values - _shown(landscape).min()  # (T + 1,)
    moves, height = _moves(path.points), max(above[0], 1e-12)
    match path.verdict:
        case "arrived":
            late = np.flatnonzero(above > 0.02 * height).max(initial=-1) + 1
            return f"After {late} steps the ball is within 2% of the lowest point, and it stays there."
        case "stuck":
            return (
                f"It is level here. The lowest point is {above[-1]:.2g} deeper, "
                "but a gradient knows only the slope underfoot."
            )
        case "slow":
            return (
                f"After {len(moves)} steps the ball has come {1 - above[-1] / height:.0%} of the way down "
                f"and moves {moves[-1]:.2g} a step."
            )
        case "bounces":
            return (
                "The slope keeps changing its sign: the ball jumps across the valley, "
                f"{moves[-20:].mean():.2g} at a time, and does not settle."
            )
    return _why_diverged(landscape, path)


def _why_diverged(landscape: Landscape, path: Descent) -> str:
    bottom = curvature(landscape.function, _lowest_point(landscape))
    limit = _STABLE[path.optimizer] / bottom if path.optimizer in _STABLE else np.inf
    step = len(path.points)
    if path.learning_rate > limit:
        return (
            f"Step {step} leaves the map: at the bottom the curvature is {bottom:.2g}, "
            f"and a rate above {limit:.2g} overshoots farther every time."
        )
    return (
        f"Step {step} leaves the map: at a learning rate of {path.learning_rate:.3g} "
        "a step becomes longer than the valley is wide."
    )


def _lowest_point(landscape: Landscape) -> np.ndarray:
    """Return the lowest point (D,) of the picture's grid."""
    shown, x = _shown(landscape), np.linspace(-landscape.half, landscape.half, len(_shown(landscape)))
    return x[list(np.unravel_index(shown.argmin(), shown.shape))[::-1]]  # rows are the second input


def _moves(points: np.ndarray) -> np.ndarray:
    """Return how far each step went, (T,)."""
    return np.linalg.norm(np.diff(points, axis=0), axis=1)


def _shown(landscape: Landscape) -> np.ndarray:
    return curve(landscape)[1] if len(landscape.start) == 1 else surface(landscape).z
