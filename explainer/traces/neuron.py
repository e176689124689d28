"""One neuron, one layer, and the network of two inputs, four hidden neurons and one output, opened up."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from explainer.models.network import ACTIVATIONS, forward_pass, linear
from explainer.training.network import Training

# How the formula writes each activation.
EXACT = 1e-9  # what may lie between a number and how it is written

_LATEX = {
    "tanh": r"\tanh",
    "sigmoid": r"\operatorname{sigmoid}",
    "ReLU": r"\operatorname{ReLU}",
    "step": r"\operatorname{step}",
    "none": "",
}


@dataclass(frozen=True)
class Layer:
    """Every number of one layer of O neurons with I inputs; ``products.sum(0) + bias == sums``."""

    inputs: np.ndarray  # (I,)
    weights: np.ndarray  # (I, O)
    bias: np.ndarray  # (O,)
    products: np.ndarray  # (I, O) input times weight
    sums: np.ndarray  # (O,)
    outputs: np.ndarray  # (O,) after the activation
    activation: str


@dataclass(frozen=True)
class Forward:
    """Every number of one forward pass of a point through a 2–H–1 network, in order."""

    hidden: Layer
    output: Layer
    p: float  # probability of class 1


@dataclass(frozen=True)
class Maps:
    """The probability of class 1 over the square, once for each recorded picture of a network."""

    x: np.ndarray  # (G,) both axes
    p: np.ndarray  # (S, G, G) rows are the second input


@dataclass(frozen=True)
class Stacked:
    """N points through two layers, and through the product of their weights.

    A constant 1 beside the inputs carries the biases, so that a layer is one product.
    """

    X: np.ndarray  # (N, 3) the points and 1
    W1: np.ndarray  # (3, H + 1) the first layer, its biases below; the last column passes the 1 on
    H: np.ndarray  # (N, H + 1) f(X W1) and 1
    W2: np.ndarray  # (H + 1, 1)
    Y: np.ndarray  # (N, 1) H W2, what the network says before the sigmoid
    W: np.ndarray  # (3, 1) W1 W2
    Y_one: np.ndarray  # (N, 1) X W

    @property
    def difference(self) -> float:
        """The largest distance between the outputs of the two layers and those of the one matrix."""
        return float(np.abs(self.Y - self.Y_one).max())


@dataclass(frozen=True)
class Motion:
    """The plane on its way through two neurons: W and b move it, then the activation bends it."""

    shares: np.ndarray  # (F, 2) how much of W and b, and how much of the activation, has been applied
    grid: np.ndarray  # (F, L, P, 2) L straight lines of the plane, P places along each
    points: np.ndarray  # (F, N, 2) the data
    border: np.ndarray  # (2, 2) ends of the straight line that the next layer draws, far out


def neuron(inputs: Sequence[float], weights: Sequence[float], bias: float, activation: str) -> Layer:
    """Open one neuron: a layer with a single output.

    Args:
        inputs, weights: (I,) numbers each.
        activation: a key of ``explainer.models.network.ACTIVATIONS``.
    """
    return layer(inputs, np.asarray(weights, dtype=float)[:, None], [bias], activation)


def layer(
    inputs: Sequence[float], weights: np.ndarray, bias: Sequence[float], activation: str = "none"
) -> Layer:
    """Open one layer: y = f(x W + b).

    Args:
        inputs: (I,), weights: (I, O), bias: (O,).
    Raises:
        ValueError: if the shapes do not fit or the activation is not known.
    """
    x, W, b = (torch.as_tensor(np.asarray(values, dtype=float)) for values in (inputs, weights, bias))
    if W.shape != (len(x), len(b)):
        raise ValueError(
            f"{len(x)} inputs and {len(b)} biases need weights of {len(x)} × {len(b)}, not {tuple(W.shape)}."
        )
    if activation not in ACTIVATIONS:
        raise ValueError(f"No activation is called “{activation}”; choose one of {', '.join(ACTIVATIONS)}.")
    sums = linear(x, W, b)  # (O,)
    outputs = ACTIVATIONS[activation](sums)  # (O,)
    return _layer(activation, (x, W, b, x[:, None] * W, sums, outputs))


def curve(
    activation: str, low: float = -6.0, high: float = 6.0, n: int = 241
) -> tuple[np.ndarray, np.ndarray]:
    """Return the sums (N,) and what an activation makes of them (N,)."""
    z = torch.linspace(low, high, n, dtype=torch.float64)  # (N,)
    return _array(z), _array(ACTIVATIONS[activation](z))


def formula(opened: Layer, output: int = 0, *, per_line: int | None = None) -> str:
    """Return, as LaTeX, the sum of one neuron with its numbers in it and what the activation makes of it.

    Args:
        per_line: how many terms stand on one line; all of them, with their sum, if not given.
    """
    terms = [*_terms(opened, output), _signed(opened.bias[output])]
    width = per_line or len(terms)
    rows = [" + ".join(terms[i : i + width]) for i in range(0, len(terms), width)]
    end = " = " if per_line is None else r" \\ &= "
    total = r" \\ &+ ".join(rows)
    lines = [rf"\text{{sum}} &= {total}{end}{_plain(opened.sums[output])}"]
    f = _LATEX[opened.activation]
    y = _plain(opened.outputs[output])
    bent = f"{f}({_plain(opened.sums[output])})" if f else r"\text{sum}"
    output_is = "=" if abs(opened.outputs[output] - float(y)) < EXACT else r"\approx"
    lines.append(rf"\text{{output}} &= {bent} {output_is} {y}")
    return r"\begin{aligned} " + r" \\ ".join(lines) + r" \end{aligned}"


def layer_formula(opened: Layer, output: int, *, narrow: bool = False) -> str:
    """Return, as on the talk's slide, Y of one neuron of a layer: with its names, then with its numbers.

    Args:
        narrow: whether the numbers get a line of their own, as on a phone.
    """
    names = [f"x_{{{i}}} w_{{{i}{output + 1}}}" for i in range(1, len(opened.inputs) + 1)]
    numbers = _terms(opened, output)
    if opened.bias[output] != 0:
        names.append(f"b_{{{output + 1}}}")
        numbers.append(_signed(opened.bias[output]))
    between = r" \\ &= " if narrow else " = "
    sums = f"{' + '.join(names)}{between}{' + '.join(numbers)} = {_plain(opened.sums[output])}"
    return rf"\begin{{aligned}} Y_{{{output + 1}}} &= {sums} \end{{aligned}}"


def _terms(opened: Layer, output: int) -> list[str]:
    pairs = zip(opened.inputs, opened.weights[:, output], strict=True)
    return [rf"{_signed(x)} \cdot {_signed(w)}" for x, w in pairs]


def forward(training: Training, point: Sequence[float], snapshot: int = -1) -> Forward:
    """Open the forward pass of one point through a recorded picture of a network.

    Args:
        point: (2,) coordinates.
        snapshot: index into the recorded pictures; the last if not given.
    """
    X = torch.tensor([point], dtype=torch.float32)  # (1, 2)
    W1, b1, W2, b2 = _weights(training, snapshot)
    passed = forward_pass(X, W1, b1, W2, b2, training.activation)
    read = (X[0], W1, b1, X[0][:, None] * W1, passed.sums[0], passed.h[0])
    hidden = _layer(training.activation, read)
    h = passed.h[0]  # (H,)
    output = _layer("sigmoid", (h, W2, b2, h[:, None] * W2, passed.logits[0], passed.p[0]))
    return Forward(hidden, output, passed.p.item())


def flow(training: Training, point: Sequence[float]) -> list[np.ndarray]:
    """Return what stands in every node for one point, at every recorded picture of a network.

    Returns:
        the inputs (S, 2), the hidden activations (S, H) and the probability (S, 1).
    """
    passes = [forward(training, point, i) for i in range(len(training.steps))]
    layers = [(p.hidden.inputs, p.hidden.outputs, p.output.outputs) for p in passes]
    return [np.stack(layer) for layer in zip(*layers, strict=True)]


def maps(training: Training, side: int = 31) -> Maps:
    """Return what every recorded picture of a network says over the square -1..1.

    Args:
        side: G, points along each edge.
    """
    x = torch.linspace(-1, 1, side)  # (G,)
    X = torch.cartesian_prod(x, x).flip(1)  # (G * G, 2) the second input changes slowest
    pictures = [
        forward_pass(X, *_weights(training, i), training.activation).p.view(side, side)  # (G, G)
        for i in range(len(training.steps))
    ]
    return Maps(_array(x), _array(torch.stack(pictures)))


def hidden_maps(training: Training, side: int = 13) -> np.ndarray:
    """Return what every hidden neuron gives over the square -1..1, scaled so that one half stands for zero.

    Args:
        side: G, points along each edge.
    Returns:
        (H, S, G, G) within 0..1.
    """
    x = torch.linspace(-1, 1, side)  # (G,)
    X = torch.cartesian_prod(x, x).flip(1)  # (G * G, 2) the second input changes slowest
    passed = [
        forward_pass(X, *_weights(training, i), training.activation) for i in range(len(training.steps))
    ]
    h = _array(torch.stack([one.h.T.view(-1, side, side) for one in passed], 1))  # (H, S, G, G)
    if training.activation == "sigmoid":
        return h
    return 0.5 + 0.5 * h / max(float(np.abs(h).max()), 1.0)


def lines(training: Training) -> np.ndarray:
    """Return where every hidden neuron's sum is zero: its line through the square -1..1.

    Returns:
        (H, S, 2, 2): both ends of the line, (x₁, x₂) each; NaN where it does not cross the square.
    """
    found = [
        [_through(w, b) for w, b in zip(W1.T, b1, strict=True)]
        for W1, b1 in zip(training.W1, training.b1, strict=True)
    ]
    return np.array(found).swapaxes(0, 1)


def _through(w: np.ndarray, b: float) -> np.ndarray:
    """Return the ends (2, 2) of w·x + b = 0 within the square, NaN if it stays outside."""
    crossed: list[tuple[float, float]] = []
    for axis in (0, 1):
        for side in (-1.0, 1.0):
            if abs(w[1 - axis]) > 1e-9:
                other = -(w[axis] * side + b) / w[1 - axis]
                if abs(other) <= 1:
                    crossed.append((side, other) if axis == 0 else (other, side))
    ends = np.array(crossed, dtype=float).reshape(-1, 2)
    if len(ends) < 2:
        return np.full((2, 2), np.nan)
    apart = np.linalg.norm(ends - ends[0], axis=1)
    return ends[[0, int(apart.argmax())]]  # a corner is found twice


def opening(training: Training) -> int:
    """Return the picture that a training opens with: the first past half of what it will come to classify."""
    right = training.accuracy
    return int(np.argmax(right >= (right[0] + right.max()) / 2))


def motion(training: Training, points: np.ndarray, frames: int = 12, across: int = 9) -> Motion:
    """Follow the plane through the first layer of a trained 2–2–1 network.

    Args:
        points: (N, 2).
        frames: of each of the two parts of the way.
        across: straight lines in each direction.
    """
    W1, b1, W2, b2 = (weight.double() for weight in _weights(training, -1))
    steps, fine = torch.linspace(-1, 1, across).double(), torch.linspace(-1, 1, 2 * across - 1).double()
    upright = torch.stack(torch.meshgrid(steps, fine, indexing="ij"), -1)  # (across, P, 2)
    plane = torch.cat([upright, upright.flip(-1)])  # (L, P, 2)
    part = np.linspace(0, 1, frames)
    shares = np.concatenate([np.stack([part, 0 * part], 1), np.stack([0 * part + 1, part], 1)[1:]])  # (F, 2)

    def moved(x: Tensor) -> np.ndarray:
        summed = [linear(x, torch.lerp(torch.eye(2).double(), W1, m), m * b1) for m, _ in shares]
        bend = ACTIVATIONS[training.activation]
        return np.stack([_array(torch.lerp(z, bend(z), f)) for z, (_, f) in zip(summed, shares, strict=True)])

    w, b = W2[:, 0], b2[0]
    foot, along = -b * w / (w @ w), torch.stack([-w[1], w[0]]) / w.norm()
    border = torch.stack([foot - 1.3 * along, foot + 1.3 * along])  # (2, 2)
    return Motion(shares, moved(plane), moved(torch.tensor(points).double()), _array(border))


def stacked_linear(
    W1: np.ndarray, b1: np.ndarray, W2: np.ndarray, b2: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Fold two layers without activation into one: (x W1 + b1) W2 + b2 = x (W1 W2) + (b1 W2 + b2).

    Args:
        W1: (I, H), b1: (H,), W2: (H, O), b2: (O,).
    Returns:
        W (I, O) and b (O,) of the one layer that does the same.
    """
    first, second = (torch.as_tensor(np.asarray(W)) for W in (W1, W2))
    W = linear(first, second, torch.zeros_like(second[0]))  # (I, O)
    b = linear(torch.as_tensor(np.asarray(b1)), second, torch.as_tensor(np.asarray(b2)))  # (O,)
    return _array(W), _array(b)


def stacked(training: Training, points: np.ndarray) -> Stacked:
    """Send points through the two layers of a trained network and through the product of their weights.

    Without an activation both give the same; with one they do not.

    Args:
        points: (N, 2).
    """
    X = torch.tensor(points).double()  # (N, 2)
    W1, b1, W2, b2 = (weight.double() for weight in _weights(training, -1))
    passed = forward_pass(X, W1, b1, W2, b2, training.activation)
    W, b = map(torch.from_numpy, stacked_linear(_array(W1), _array(b1), _array(W2), _array(b2)))
    one = torch.ones(len(X), 1, dtype=X.dtype)  # (N, 1)
    first, second = torch.vstack([W1, b1]), torch.vstack([W2, b2])  # (3, H), (H + 1, 1)
    passes_on = torch.tensor([[0.0], [0.0], [1.0]], dtype=X.dtype)  # (3, 1)
    parts = (
        torch.hstack([X, one]),  # (N, 3)
        torch.hstack([first, passes_on]),  # (3, H + 1)
        torch.hstack([passed.h, one]),  # (N, H + 1)
        second,
        passed.logits,
        torch.vstack([W, b]),  # (3, 1)
        linear(X, W, b),  # (N, 1)
    )
    return Stacked(*map(_array, parts))


def _weights(training: Training, snapshot: int) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    stored = (training.W1, training.b1, training.W2, training.b2)
    W1, b1, W2, b2 = (torch.tensor(values[snapshot]) for values in stored)
    return W1, b1, W2, b2


def _layer(activation: str, tensors: Sequence[Tensor]) -> Layer:
    """Return a layer of its tensors, in the order in which it names them."""
    inputs, weights, bias, products, sums, outputs = map(_array, tensors)
    return Layer(inputs, weights, bias, products, sums, outputs, activation)


def _array(tensor: Tensor) -> np.ndarray:
    return tensor.detach().numpy()


def _plain(value: float) -> str:
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def _signed(value: float) -> str:
    text = _plain(value)
    return f"({text})" if text.startswith("-") else text
