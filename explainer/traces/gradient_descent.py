"""Going downhill: slopes measured and derived, surfaces, and the optimizers that take the next step."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache

import numpy as np
import torch
from torch import Tensor

from explainer import checkpoints
from explainer.models.bigram import conditional_probabilities, mean_nll

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

    name: str
    title: str
    latex: str
    function: Function  # (..., D) float64 -> (...)
    start: tuple[float, ...]  # (D,)
    half: float = 3.0  # the picture shows -half..half in every direction
    lesson: str = ""  # what a race on it teaches
    names: tuple[str, ...] = ("x₁", "x₂")  # of the inputs; a curve has one, x


@dataclass(frozen=True, eq=False)
class Optimizer:
    """A way to take the next step; to add one is to add its entry to ``OPTIMIZERS``.

    Args:
        step: (place (D,), gradient (D,), state, learning rate, **settings) -> the next place (D,).
        lesson: one sentence on what it does with the gradient.
        rates: learning rates that show one thing each, by landscape.
        settings: what else can be chosen, with the usual value.
        limit: the settings -> how large learning rate times curvature may be before every step around a
            lowest point overshoots farther; None where the step's length does not follow the slope's.
    """

    title: str
    step: Callable[..., np.ndarray]
    lesson: str
    rates: Mapping[str, Rates]
    settings: Mapping[str, float] = field(default_factory=dict)
    limit: Callable[..., float] | None = None
    velocity: str = ""


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
    velocities: np.ndarray  # (T + 1, D) what the next step carries along; zero without a memory
    verdict: str  # arrived, stuck, slow, bounces or diverged
    settings: Mapping[str, float] = field(default_factory=dict)
    reason: str = ""  # one sentence, with numbers


# A path that gets this many times farther out than the picture shows has left for good.
_BOUND = 3
# A ball that stays this near to a lowest point has arrived: a share of half the picture's width, and of
# its height.
_NEAR, _LOW = 1 / 20, 1 / 100
STEPS = 100


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
    """Return x₁² / 100 + x₂²: a hundred times more curved across than along."""
    return x[..., 0] ** 2 / 100 + x[..., 1] ** 2


def saddle(x: Tensor) -> Tensor:
    """Return x₁² / 2 − x₂² / 2 + x₂⁴ / 16: level in the middle, lower to both sides."""
    return x[..., 0] ** 2 / 2 - x[..., 1] ** 2 / 2 + x[..., 1] ** 4 / 16


def waves(x: Tensor) -> Tensor:
    """Return Σ xᵢ² / 6 + (1 − cos 3xᵢ) / 4: a bowl with dents, the deepest in the middle."""
    return (x**2 / 6 + (1 - torch.cos(3 * x)) / 4).sum(-1)


CURVES = {
    curve.name: curve
    for curve in (
        Landscape("parabola", "Parabola", "x^2", parabola, (-2.4,)),
        Landscape(
            "two-valleys",
            "Two valleys",
            r"\tfrac{1}{4}x^4 - x^2 + \tfrac{1}{4}x",
            two_valleys,
            (-2.2,),
            half=2.6,
        ),
        Landscape("waves", "Waves", r"\tfrac{1}{6}x^2 + \tfrac{1}{4}(1 - \cos 3x)", waves, (-2.7,)),
    )
}

SURFACES = {
    surface.name: surface
    for surface in (
        Landscape(
            "bowl",
            "Bowl",
            r"\tfrac{1}{2}x_1^2 + \tfrac{1}{2}x_2^2",
            bowl,
            (-2.5, 2.0),
            lesson="Equally steep everywhere: SGD needs no help here.",
        ),
        Landscape(
            "ravine",
            "Ravine",
            r"\tfrac{1}{100}x_1^2 + x_2^2",
            ravine,
            (-2.7, 1.5),
            lesson="SGD has one learning rate for two curvatures: it zigzags across and crawls along.",
        ),
        Landscape(
            "saddle",
            "Saddle",
            r"\tfrac{1}{2}x_1^2 - \tfrac{1}{2}x_2^2 + \tfrac{1}{16}x_2^4",
            saddle,
            (-2.5, 0.02),
            lesson="The ridge is almost level: SGD's first steps across it are tiny, Adam's are not.",
        ),
        Landscape(
            "valleys",
            "Many valleys",
            r"\sum_i \tfrac{1}{6}x_i^2 + \tfrac{1}{4}(1 - \cos 3x_i)",
            waves,
            (-2.6, 2.4),
            lesson="SGD stops in the first valley it meets; what has speed rolls through.",
        ),
    )
}


_UNSEEN = 1e-3  # counted for every pair, so that each has a logarithm
RARE, COMMON, NEXT = "Ł", "N", "A"  # the pairs whose weights are changed: a rare one, and one that is not


@cache
def names_loss() -> Landscape:
    """Return a loss that is not made up: the bigram's on the girls' names, over two of its 1,156 weights.

    All others are the logarithms of the probabilities that were counted, each row moved by what makes its
    weight of A zero: softmax does not notice, and the lowest point lies in the middle.
    """
    found = checkpoints.load("girls-bigram")
    counts = found.model.counts.double()  # (V, V)
    rows, column = found.vocabulary.encode(RARE + COMMON), found.vocabulary.encode(NEXT)[0]
    W = conditional_probabilities(counts, _UNSEEN).log()  # (V, V)
    W = W - W[:, [column]]  # (V, V) whose weights of A are zero
    seen = torch.zeros_like(W)  # (V, V)
    seen[rows, column] = 1.0

    def loss(x: Tensor) -> Tensor:
        """Return the mean negative log-likelihood of all pairs, in nats, for weights (..., 2): (...)."""
        moved = W[rows] + x[..., None] * seen[rows]  # (..., 2, V)
        terms = moved.log_softmax(-1) * counts[rows]  # (..., 2, V)
        return others - terms.sum((-1, -2)) / counts.sum()

    kept = counts.clone()
    kept[rows] = 0
    others = mean_nll(W.log_softmax(-1), kept) * kept.sum() / counts.sum()  # (), what the other rows cost
    return Landscape(
        "names",
        "A real loss",
        r"-\tfrac{1}{N}\sum \log p(\text{next} \mid \text{letter})",
        loss,
        (-2.6, -1.2),
        lesson=f"{RARE}{NEXT} is rare, {COMMON}{NEXT} is common: SGD learns the rare pair slowly.",
        names=(f"{RARE}{NEXT}", f"{COMMON}{NEXT}"),
    )


def sgd(x: np.ndarray, gradient: np.ndarray, _state: State, learning_rate: float) -> np.ndarray:
    """Step straight downhill: x ← x − η g."""
    return x - learning_rate * gradient


def momentum(
    x: np.ndarray, gradient: np.ndarray, state: State, learning_rate: float, beta: float = 0.9
) -> np.ndarray:
    """Keep rolling: v ← β v + g, then x ← x − η v (as torch.optim.SGD writes it)."""
    state["v"] = beta * state.get("v", np.zeros_like(x)) + gradient
    return x - learning_rate * state["v"]


def rmsprop(
    x: np.ndarray,
    gradient: np.ndarray,
    state: State,
    learning_rate: float,
    alpha: float = 0.9,
    epsilon: float = 1e-8,
) -> np.ndarray:
    """Divide by how large gradients were: v ← α v + (1 − α) g², then x ← x − η g / (√v + ε).

    Source: Tieleman and Hinton 2012, lecture 6.5, as torch.optim.RMSprop writes it.
    """
    v = state["v"] = alpha * state.get("v", np.zeros_like(x)) + (1 - alpha) * gradient**2
    return x - learning_rate * gradient / (np.sqrt(v) + epsilon)


def adam(
    x: np.ndarray,
    gradient: np.ndarray,
    state: State,
    learning_rate: float,
    betas: tuple[float, float] = (0.9, 0.999),
    epsilon: float = 1e-8,
) -> np.ndarray:
    """Keep rolling, and divide by how large gradients were (Kingma and Ba 2015, algorithm 1).

    m ← β₁ m + (1 − β₁) g and v ← β₂ v + (1 − β₂) g², both corrected for starting at zero,
    m̂ = m / (1 − β₁ᵗ) and v̂ = v / (1 − β₂ᵗ); then x ← x − η m̂ / (√v̂ + ε).
    """
    b1, b2 = betas
    t = state["t"] = state.get("t", np.zeros(())) + 1
    m = state["m"] = b1 * state.get("m", np.zeros_like(x)) + (1 - b1) * gradient
    v = state["v"] = b2 * state.get("v", np.zeros_like(x)) + (1 - b2) * gradient**2
    m_hat, v_hat = m / (1 - b1**t), v / (1 - b2**t)
    return x - learning_rate * m_hat / (np.sqrt(v_hat) + epsilon)


OPTIMIZERS = {
    "sgd": Optimizer(
        "SGD",
        sgd,
        "The step is the learning rate times the slope, and nothing else.",
        {
            "parabola": Rates(0.01, 0.2, 1.03),
            "two-valleys": Rates(0.002, 0.05, 0.8),
            "waves": Rates(0.01, 0.1, 6.0),
            "ravine": Rates(0.02, 0.9, 1.05),
            "bowl": Rates(0.01, 0.2, 2.1),
            "saddle": Rates(0.01, 0.3, 2.1),
            "valleys": Rates(0.005, 0.2, 6.0),
            "names": Rates(5.0, 50.0, 800.0),
        },
        limit=lambda: 2.0,
    ),
    "momentum": Optimizer(
        "Momentum",
        momentum,
        "The ball keeps β of its speed: what points the same way adds up, and it swings past the bottom.",
        {
            "ravine": Rates(0.005, 0.3, 2.0),
            "bowl": Rates(0.0005, 0.05, 4.0),
            "saddle": Rates(0.0005, 0.05, 1.2),
            "valleys": Rates(0.001, 0.1, 4.0),
            "names": Rates(0.2, 10.0, 400.0),
        },
        settings={"beta": 0.9},
        limit=lambda beta: 2 * (1 + beta),
        velocity="v",
    ),
    "rmsprop": Optimizer(
        "RMSProp",
        rmsprop,
        "Each direction is divided by the size of its own recent slopes: flat ones are walked as fast as "
        "steep ones.",
        {
            "ravine": Rates(0.005, 0.05, 5.0),
            "bowl": Rates(0.005, 0.1, 5.0),
            "saddle": Rates(0.005, 0.1, 5.0),
            "valleys": Rates(0.005, 0.3, 5.0),
            "names": Rates(0.005, 0.05, 12.0),
        },
    ),
    "adam": Optimizer(
        "Adam",
        adam,
        "Momentum, and every direction divided by the size of its own slopes.",
        {
            "ravine": Rates(0.005, 0.2, 12.0),
            "bowl": Rates(0.005, 0.2, 12.0),
            "saddle": Rates(0.005, 0.1, 12.0),
            "valleys": Rates(0.005, 0.3, 12.0),
            "names": Rates(0.005, 0.1, 12.0),
        },
        velocity="m",
    ),
}
RACERS = ("sgd", "momentum", "adam")  # who starts, if nobody else is chosen


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
    steps: int = STEPS,
    settings: Mapping[str, float] | None = None,
) -> Descent:
    """Go down a landscape, and say how it went.

    Args:
        learning_rate: the one that is right for the optimizer here, if not given.
        start: (D,), the landscape's own if not given.
        settings: of the optimizer, its usual ones if not given.
        steps: at most so many; fewer if the path leaves the square three times as wide as the picture.
    Raises:
        ValueError: if the optimizer is not known, or the start is outside the picture.
    """
    if optimizer not in OPTIMIZERS:
        raise ValueError(f"No optimizer is called “{optimizer}”; choose one of {', '.join(OPTIMIZERS)}.")
    taken = OPTIMIZERS[optimizer]
    settings = dict(taken.settings) | dict(settings or {})
    rate = taken.rates[landscape.name].right if learning_rate is None else learning_rate
    x = np.array(landscape.start if start is None else start, dtype=float)  # (D,)
    if x.shape != (len(landscape.start),) or not np.all(np.abs(x) <= landscape.half):
        raise ValueError(
            f"Start within the picture: {len(landscape.start)} numbers of at most {landscape.half}."
        )
    record = _walk(landscape.function, taken, x, rate, settings, steps, _BOUND * landscape.half)
    points, heights, gradients, velocities = (np.array(column) for column in zip(*record, strict=True))
    verdict = _verdict(landscape, points, gradients, steps)
    path = Descent(optimizer, rate, points, heights, gradients, velocities, verdict, settings)
    return replace(path, reason=_reason(landscape, path))


def _walk(
    function: Function,
    taken: Optimizer,
    x: np.ndarray,
    rate: float,
    settings: Mapping[str, float],
    steps: int,
    bound: float,
) -> list[tuple[np.ndarray, float, np.ndarray, np.ndarray]]:
    """Return place, value, gradient and velocity, at the start and after each step within bounds."""
    state: State = {}
    record: list[tuple[np.ndarray, float, np.ndarray, np.ndarray]] = []
    while len(record) <= steps and np.all(np.abs(x) <= bound):  # not when x is not a number
        value, gradient = gradient_at(function, x)
        with np.errstate(over="ignore"):  # a step too long to be a number ends the path
            ahead = taken.step(x, gradient, state, rate, **settings)
        record.append((x, value, gradient, state.get(taken.velocity, np.zeros_like(x))))
        x = ahead
    return record


def ground(name: str) -> Landscape:
    """Return the surface of that name, the real loss among them."""
    return names_loss() if name == "names" else SURFACES[name]


def opening(ways: Sequence[Descent]) -> int:
    """Return the step that a picture opens with: something has happened, and the end is still to come.

    It is the first, after three, at which a ball has fallen half as far as it will.
    """
    last = max(len(way.values) for way in ways) - 1
    halfway = [np.flatnonzero(way.values <= (way.values[0] + way.values.min()) / 2) for way in ways]
    first = min((int(steps[0]) for steps in halfway if len(steps)), default=0)
    return max(min(max(first, 3), last // 3), min(1, last - 1), 0)


def race(
    landscape: Landscape,
    start: Sequence[float] | None = None,
    rates: Mapping[str, float] | None = None,
    racers: Sequence[str] = RACERS,
    settings: Mapping[str, Mapping[str, float]] | None = None,
) -> list[Descent]:
    """Let optimizers go down from one start, each at its own learning rate and with its own settings."""
    rates, settings = rates or {}, settings or {}
    return [descend(landscape, name, rates.get(name), start, settings=settings.get(name)) for name in racers]


def curvature(function: Function, point: np.ndarray) -> float:
    """Return the largest curvature at a point (D,): the top eigenvalue of the Hessian."""
    hessian = torch.autograd.functional.hessian(function, torch.from_numpy(point))  # (D, D)
    return torch.linalg.eigvalsh(hessian)[-1].item()


def _at(landscape: Landscape, x: float) -> float:
    return float(values(landscape.function, np.array([x])))


def _measured(landscape: Landscape, x: float, h: np.ndarray) -> np.ndarray:
    """Return (f(x + h) − f(x)) / h for every h (N,)."""
    return (values(landscape.function, (x + h)[:, None]) - _at(landscape, x)) / h  # (N,)


@cache
def lowest(landscape: Landscape) -> np.ndarray:
    """Return the lowest points (M, D) of the picture's grid: one, or several that are equally low."""
    shown = _shown(landscape)
    x = np.linspace(-landscape.half, landscape.half, len(shown))  # (G,)
    found = np.argwhere(shown <= shown.min() + 1e-9 * np.ptp(shown))  # (M, D), rows are the second input
    return x[found[:, ::-1]]


def distances(landscape: Landscape, points: np.ndarray) -> np.ndarray:
    """Return how far points (T, D) are from the nearest lowest point, (T,)."""
    apart = np.linalg.norm(points[:, None] - lowest(landscape), axis=-1)  # (T, M)
    return apart.min(-1)


def heights(landscape: Landscape, points: np.ndarray) -> np.ndarray:
    """Return how far points (T, D) are above the lowest point, (T,)."""
    return np.maximum(values(landscape.function, points.copy()) - _shown(landscape).min(), 0)


def arrival(landscape: Landscape, points: np.ndarray) -> int | None:
    """Return the step from which on a path (T + 1, D) stays near a lowest point, by place and by height.

    None if it does not.
    """
    far = distances(landscape, points) > _NEAR * landscape.half  # (T + 1,)
    high = heights(landscape, points) > _LOW * np.ptp(_shown(landscape))  # (T + 1,)
    first = int(np.flatnonzero(far | high).max(initial=-1)) + 1
    return first if first < len(points) else None


def crossings(gradients: np.ndarray) -> int:
    """Return how often the slope (T, D) changed its sign in the direction in which it did so most."""
    turned = np.sign(gradients[:-1]) * np.sign(gradients[1:]) < 0  # (T - 1, D)
    return int(turned.sum(0).max(initial=0))


def _verdict(landscape: Landscape, points: np.ndarray, gradients: np.ndarray, steps: int) -> str:
    if len(points) <= steps:
        return "diverged"
    first = arrival(landscape, points)
    if first is not None and first <= len(points) - 5:
        return "arrived"
    still = _moves(points)[-5:].max(initial=0) < landscape.half / 50
    level = 1e-3 * np.ptp(_shown(landscape)) / landscape.half
    if still and np.abs(gradients[-10:].mean(0)).max() < level:
        return "stuck"
    return "bounces" if crossings(gradients[-20:]) >= 2 and not still else "slow"


def _reason(landscape: Landscape, path: Descent) -> str:
    """Return one sentence that explains a verdict with the numbers of its path."""
    above = path.values - _shown(landscape).min()  # (T + 1,)
    moves = _moves(path.points)  # (T,)
    match path.verdict:
        case "arrived":
            near = f"{_NEAR * landscape.half:.2g} of the lowest point"
            first = arrival(landscape, path.points)
            return f"From step {first} on, the ball stays within {near}."
        case "stuck":
            return _stands(above[-1])
        case "slow":
            away = distances(landscape, path.points)[-1]
            return (
                f"After {len(moves)} steps the ball is still {away:.2g} from the lowest point "
                f"and moves {moves[-1]:.2g} a step."
            )
        case "bounces":
            return (
                "The slope keeps changing its sign: the ball jumps across the valley, "
                f"{moves[-20:].mean():.2g} at a time, and does not settle."
            )
    return _why_diverged(landscape, path)


def _stands(above: float) -> str:
    return (
        f"The ball stops where it is level. The lowest point is {above:.2g} deeper, "
        "but a gradient knows only the slope underfoot."
    )


def _why_diverged(landscape: Landscape, path: Descent) -> str:
    bottom = curvature(landscape.function, lowest(landscape)[0])
    limit = OPTIMIZERS[path.optimizer].limit
    most = limit(**path.settings) / bottom if limit else np.inf
    step = len(path.points)
    if path.learning_rate > most:
        return (
            f"Step {step} is off a map three times as wide: at the bottom the curvature is {bottom:.2g}, "
            f"and a rate above {f'{most:.2g}' if most < 10 else f'{most:.0f}'} overshoots farther every time."
        )
    return (
        f"Step {step} is off a map three times as wide: at a learning rate of {path.learning_rate:.3g} "
        "a step becomes longer than the valley is wide."
    )


def _moves(points: np.ndarray) -> np.ndarray:
    """Return how far each step went, (T,)."""
    return np.linalg.norm(np.diff(points, axis=0), axis=1)


@cache
def _shown(landscape: Landscape) -> np.ndarray:
    return curve(landscape)[1] if len(landscape.start) == 1 else surface(landscape).z


# --- what is said above the picture, step by step -----------------------------------------------------


@dataclass(frozen=True)
class Seen:
    """What can be told of every step of a way."""

    away: np.ndarray  # (T + 1,) how far it is to the nearest lowest point
    above: np.ndarray  # (T + 1,) how much deeper that is
    goes: np.ndarray  # (T + 1,) how far the next step goes; 0 after the last
    turns: np.ndarray  # (T + 1,) how often the slope has changed its sign in one direction
    arrived: int | None  # the step from which on it stays near the lowest point
    stands: int | None  # the step from which on it rests elsewhere


def seen(landscape: Landscape, way: Descent) -> Seen:
    """Return what can be told of every step of a way."""
    goes = np.append(_moves(way.points), 0.0)  # (T + 1,)
    ahead = np.append(goes[::-1].cumsum()[::-1], 0.0)  # (T + 2,) the whole way that is left
    turned = np.sign(way.gradients[:-1]) * np.sign(way.gradients[1:]) < 0  # (T, D)
    turns = np.append(0, turned.cumsum(0).max(1))  # (T + 1,)
    rests = int(np.argmax(ahead < landscape.half / 200)) if way.verdict == "stuck" else None
    away, above = distances(landscape, way.points), heights(landscape, way.points)
    arrived = arrival(landscape, way.points) if way.verdict == "arrived" else None
    return Seen(away, above, goes, turns, arrived, rests)


def captions(landscape: Landscape, way: Descent) -> list[str]:
    """Return one sentence for every step of a way, true of that step."""
    found = seen(landscape, way)
    return [_caption(landscape, way, found, step) for step in range(len(way.values))]


def _caption(landscape: Landscape, way: Descent, found: Seen, step: int) -> str:
    away, goes = found.away[step], found.goes[step]
    if found.arrived is not None and step >= found.arrived:
        near = f"within {_NEAR * landscape.half:.2g} of the lowest point"
        return f"Arrived at step {found.arrived}: {near}, {_little(found.above[step])} above it."
    if found.stands is not None and step >= found.stands:
        return _stands(found.above[step])
    if step == len(way.values) - 1:
        return way.reason
    if step == 0:
        return f"The slope is {np.linalg.norm(way.gradients[0]):.2g} here: the first step is {goes:.2g} long."
    if found.turns[step] > found.turns[step - 1] and found.goes[step - 1] > _NEAR * landscape.half:
        return _jumped(found, step)
    if goes < landscape.half / 100:
        return f"Tiny steps: the next one is {goes:.2g} long, and the lowest point is {away:.2g} away."
    return f"The lowest point is {away:.2g} away; the next step is {goes:.2g} long."


def _jumped(found: Seen, step: int) -> str:
    """Return how a step went across a valley, and whether steps grow."""
    now, before = found.goes[step - 1], found.goes[step - 2] if step > 1 else np.inf
    far = f"{now:.2g} far{', farther than the one before' if now > before else ''}"
    times = {1: "once", 2: "twice"}.get(found.turns[step], f"{found.turns[step]} times")
    return f"Step {step} jumps across the valley, {far}: the slope has changed its sign {times}."


def race_captions(landscape: Landscape, ways: Sequence[Descent]) -> list[str]:
    """Return one sentence for every step of a race: who is where, and the lesson once it can be seen."""
    raced = {way.optimizer: way for way in ways}
    found = {who: seen(landscape, way) for who, way in raced.items()}
    told = []
    for step in range(max(len(way.values) for way in ways)):
        places = [f"**{OPTIMIZERS[who].title}** {_place(raced[who], found[who], step)}" for who in raced]
        lesson = f"{landscape.lesson} " if _shows(landscape, raced, found, step) else ""
        told.append(f"{lesson}To the lowest point: {' · '.join(places)}.")
    return told


def _place(way: Descent, found: Seen, step: int) -> str:
    """Return how far one who races still has to go."""
    last = len(way.values) - 1
    if way.verdict == "diverged" and step >= last:
        return f"gone at step {last + 1}"
    if found.arrived is not None and step >= found.arrived:
        return f"arrived at step {found.arrived}"
    if found.stands is not None and step >= found.stands:
        return f"stuck {found.away[min(step, last)]:.2g} away"
    return f"{found.away[min(step, last)]:.2g}"


def _shows(landscape: Landscape, ways: Mapping[str, Descent], found: Mapping[str, Seen], step: int) -> bool:
    """Return whether the lesson of a surface can be seen at a step of a race."""
    if not set(RACERS) <= set(ways) or step == 0 or any(step >= len(way.values) for way in ways.values()):
        return False
    arrived = {who: one.arrived for who, one in found.items() if one.arrived is not None}
    there = {who for who, first in arrived.items() if first <= step}
    sgd, off = ways["sgd"].points[step], {who: np.abs(ways[who].points[:5, -1]) for who in RACERS}
    match landscape.name:
        case "bowl":
            return "sgd" in there and arrived["sgd"] == min(arrived.values())
        case "ravine":
            return "sgd" not in there and found["sgd"].turns[step] >= 3
        case "saddle":
            return step >= 4 and off["adam"][-1] > 4 * off["sgd"][-1]
        case "valleys":
            stands = found["sgd"].stands
            return stands is not None and stands <= step and {"momentum", "adam"} <= there
    return "sgd" not in there and abs(sgd[0]) > 5 * abs(sgd[1])


def _little(height: float) -> str:
    return f"{height:.2g}" if height >= 0.001 else "less than 0.001"
