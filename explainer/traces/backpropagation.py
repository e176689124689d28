"""Backpropagation, number by number: what is filled in forward, what flows back, and two ways to check it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from explainer.models import graph
from explainer.models.graph import Node

MEASURED_WITH = 1e-5  # the small step to either side


@dataclass(frozen=True)
class Flow:
    """One multiplication on the way back, by the places of the numbers.

    Args:
        gradient, slope: what comes from above, and the local slope; product: one times the other.
        total: the gradient of ``to`` with this and all that came before.
        way, ways: which of how many ways lead back to ``to``.
    """

    above: int
    to: int
    gradient: float
    slope: float
    product: float
    total: float
    way: int
    ways: int


@dataclass(frozen=True, eq=False)
class Opened:
    """A graph with all its N numbers, in the order in which they arise; the last one is the loss.

    Args:
        names: (N,) and roles (N,): a colour of the house, or "given" for the data's true answer.
        operations: (N,) the function that made each, empty for what was given; operands: (N,) its places.
        values, gradients: (N,); NaN where no slope is followed.
        autograd, measured: (N,) the same gradients by PyTorch, and by a small step to either side.
        flows: on the way back, in their order.
    """

    names: tuple[str, ...]
    roles: tuple[str, ...]
    operations: tuple[str, ...]
    operands: tuple[tuple[int, ...], ...]
    values: np.ndarray
    gradients: np.ndarray
    autograd: np.ndarray
    measured: np.ndarray
    flows: tuple[Flow, ...]


def neuron(inputs: Sequence[float], weights: Sequence[float], bias: float, target: float) -> Opened:
    """Open one neuron, tanh(x · w + b), and its loss: the square of how far it is from a target."""
    x = [Node(_indexed("x", i), float(number)) for i, number in enumerate(inputs)]
    w = [Node(_indexed("w", i), float(number)) for i, number in enumerate(weights)]
    b, y = Node("b", bias), Node("y", target, constant=True)
    products = [
        Node(f"{a.name}·{c.name}", operation=graph.times, operands=(a, c)) for a, c in zip(x, w, strict=True)
    ]
    z = Node("z", operation=graph.plus, operands=(*products, b))
    h = Node("h", operation=graph.tanh, operands=(z,))
    d = Node("d", operation=graph.minus, operands=(h, y))
    loss = Node("L", operation=graph.times, operands=(d, d))
    nodes = [*(n for pair in zip(x, w, strict=True) for n in pair), b, y, *products, z, h, d, loss]
    roles = (
        ["input", "weights"] * len(x) + ["weights", "given"] + ["activations"] * (len(x) + 2) + ["loss"] * 2
    )
    return opened(nodes, roles)


def network(
    point: Sequence[float],
    W1: Sequence[Sequence[float]],
    b1: Sequence[float],
    W2: Sequence[float],
    b2: float,
    target: int,
) -> Opened:
    """Open a 2–H–1 network on one point: sigmoid(b2 + W2 · tanh(b1 + W1 · x)), and the surprise.

    Args:
        point: (2,), W1: (2, H), b1: (H,), W2: (H,), target: the point's class, 1 or 0.
    """
    x = [Node(_indexed("x", i), float(number)) for i, number in enumerate(point)]
    nodes, hidden, v = [*x], [], []
    for j, bias in enumerate(b1):
        w = [Node(_indexed(_indexed("w", i), j), float(W1[i][j])) for i in range(len(x))]
        b = Node(_indexed("b", j), float(bias))
        pairs = [n for pair in zip(x, w, strict=True) for n in pair]
        z = Node(_indexed("z", j), operation=graph.linear, operands=(*pairs, b))
        hidden.append(Node(_indexed("h", j), operation=graph.tanh, operands=(z,)))
        v.append(Node(_indexed("v", j), float(W2[j])))
        nodes += [*w, b, z, hidden[-1]]
    c, y = Node("c", float(b2)), Node("y", float(target), constant=True)
    pairs = [n for pair in zip(hidden, v, strict=True) for n in pair]
    z = Node("z", operation=graph.linear, operands=(*pairs, c))
    p = Node("p", operation=graph.sigmoid, operands=(z,))
    loss = Node("L", operation=graph.surprise, operands=(p, y))
    roles = ["input"] * len(x) + ["weights", "weights", "weights", "activations", "activations"] * len(b1)
    roles += ["weights"] * (len(v) + 1) + ["given", "activations", "probabilities", "loss"]
    return opened([*nodes, *v, c, y, z, p, loss], roles)


def opened(nodes: Sequence[Node], roles: Sequence[str]) -> Opened:
    """Follow the slopes of the last node back, and check every gradient in two other ways.

    Args:
        nodes: each after its operands.
    """
    place = {node: i for i, node in enumerate(nodes)}
    loss = nodes[-1]
    flows = _flows(graph.backward(loss), place)
    gradients = np.full(len(nodes), np.nan)
    gradients[-1] = 1.0
    for flow in flows:
        gradients[flow.to] = flow.total
    theirs, ours = autograd(nodes), [np.nan if n.constant else measured(loss, n) for n in nodes]
    return Opened(
        tuple(node.name for node in nodes),
        tuple(roles),
        tuple(node.operation.__name__ if node.operation else "" for node in nodes),
        tuple(tuple(place[o] for o in node.operands) for node in nodes),
        np.array([node.value for node in nodes]),
        gradients,
        theirs,
        np.array(ours),
        flows,
    )


def _flows(back: Sequence[graph.Flow], place: dict[Node, int]) -> tuple[Flow, ...]:
    """Return the multiplications with the running sum of what arrives at each number."""
    ways = [flow.to for flow in back]
    totals: dict[Node, float] = {}
    found = []
    for i, flow in enumerate(back):
        totals[flow.to] = totals.get(flow.to, 0.0) + flow.product
        numbers = flow.gradient, flow.slope, flow.product, totals[flow.to]
        way = ways[: i + 1].count(flow.to)
        found.append(Flow(place[flow.above], place[flow.to], *numbers, way, ways.count(flow.to)))
    return tuple(found)


def measured(loss: Node, node: Node) -> float:
    """Return how fast the loss changes with a number: (L(n + h) − L(n − h)) / 2h."""
    h = MEASURED_WITH
    if node.operation is graph.sigmoid:
        h *= node.slopes[0]  # p (1 − p): a probability stays between 0 and 1
    beyond, before = (graph.value(loss, {node: node.value + step}) for step in (h, -h))
    return (beyond - before) / (2 * h) if h else 0.0


def autograd(nodes: Sequence[Node]) -> np.ndarray:
    """Return the gradients (N,) of the last node as PyTorch finds them; NaN for what is constant."""
    made: dict[Node, Tensor] = {}
    for node in nodes:
        made[node] = (
            _TORCH[node.operation](*(made[o] for o in node.operands))
            if node.operation
            else torch.tensor(node.value, dtype=torch.float64, requires_grad=not node.constant)
        )
    wanted = [node for node in nodes if not node.constant]
    found = torch.autograd.grad(made[nodes[-1]], [made[node] for node in wanted])
    slopes = dict(zip(wanted, found, strict=True))
    return np.array([slopes[node].item() if node in slopes else np.nan for node in nodes])


_TORCH: dict[Callable, Callable[..., Tensor]] = {
    graph.times: torch.mul,
    graph.plus: lambda *numbers: torch.stack(numbers).sum(),
    graph.minus: torch.sub,
    graph.linear: lambda *numbers: torch.stack(numbers[:-1:2]) @ torch.stack(numbers[1:-1:2]) + numbers[-1],
    graph.tanh: torch.tanh,
    graph.sigmoid: torch.sigmoid,
    graph.surprise: F.binary_cross_entropy,
}


def _indexed(name: str, index: int) -> str:
    return name + str(index + 1).translate(str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉"))
