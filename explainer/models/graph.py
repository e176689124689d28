"""A computation graph: every number knows what it was made of, so that slopes can be followed back.

As in micrograd (Karpathy 2020), one number at a time; but an operation only says what comes out and how
fast that changes with each of its operands. The chain rule stands in one place, ``backward``.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

# What an operation makes of its operands, and the local slope towards each of them.
Result = tuple[float, Sequence[float]]


@dataclass(frozen=True, eq=False)
class Node:
    """One number of a graph: given, or made of others by an operation.

    Args:
        given: the number itself, where it was not made.
        operation: one of the functions below.
        constant: whether it is data that nobody wants to change: no slope is followed to it.
    """

    name: str
    given: float = 0.0
    operation: Callable[..., Result] | None = None
    operands: tuple["Node", ...] = ()
    constant: bool = False

    @cached_property
    def result(self) -> Result:
        """What the operation gave, once."""
        return self.operation(*(o.value for o in self.operands)) if self.operation else (self.given, ())

    @property
    def value(self) -> float:
        """The number."""
        return self.result[0]

    @property
    def slopes(self) -> Sequence[float]:
        """How fast the number changes with each of its operands, all else held."""
        return self.result[1]


@dataclass(frozen=True, eq=False)
class Flow:
    """One multiplication of the chain rule: what comes from above, times the local slope."""

    above: Node
    to: Node
    gradient: float  # of the loss, by the number above
    slope: float  # of the number above, by this operand

    @property
    def product(self) -> float:
        """What this way adds to the gradient of ``to``."""
        return self.gradient * self.slope


def backward(loss: Node) -> list[Flow]:
    """Follow the slopes of a loss back through its graph; a node is left once all has arrived at it."""
    gradient = {loss: 1.0}
    flows = []
    for node in order(loss):
        for operand, slope in zip(node.operands, node.slopes, strict=True):
            if not operand.constant:
                flow = Flow(node, operand, gradient[node], slope)
                gradient[operand] = gradient.get(operand, 0.0) + flow.product
                flows.append(flow)
    return flows


def order(loss: Node) -> list[Node]:
    """Return the nodes of a graph from the loss back: each after all that were made of it."""
    found: dict[Node, None] = {}

    def visit(node: Node) -> None:
        if node not in found:
            for operand in reversed(node.operands):
                visit(operand)
            found[node] = None

    visit(loss)
    return list(found)[::-1]


def value(loss: Node, held: Mapping[Node, float]) -> float:
    """Return what the loss would be if some numbers of its graph were others."""
    found: dict[Node, float] = {}
    for node in reversed(order(loss)):
        if node in held or not node.operation:
            found[node] = held.get(node, node.value)
        else:
            found[node] = node.operation(*(found[o] for o in node.operands))[0]
    return found[loss]


def times(a: float, b: float) -> Result:
    """Return a · b; it changes with each factor as fast as the other one is large."""
    return a * b, (b, a)


def plus(*numbers: float) -> Result:
    """Return the sum; it changes as fast as each of its terms."""
    return sum(numbers), (1.0,) * len(numbers)


def minus(a: float, b: float) -> Result:
    """Return a − b."""
    return a - b, (1.0, -1.0)


def linear(*numbers: float) -> Result:
    """Return x₁ w₁ + x₂ w₂ + … + b, of x₁, w₁, x₂, w₂, …, b."""
    *pairs, bias = numbers
    inputs, weights = pairs[::2], pairs[1::2]
    total = sum(x * w for x, w in zip(inputs, weights, strict=True)) + bias
    return total, (*(n for x, w in zip(inputs, weights, strict=True) for n in (w, x)), 1.0)


def tanh(z: float) -> Result:
    """Return tanh z; its slope is 1 − tanh² z."""
    h = math.tanh(z)
    return h, (1 - h * h,)


def sigmoid(z: float) -> Result:
    """Return 1 / (1 + e⁻ᶻ), a probability p; its slope is p (1 − p)."""
    p = (1 + math.tanh(z / 2)) / 2  # the same, and e⁻ᶻ cannot overflow
    return p, (p * (1 - p),)


def surprise(p: float, y: float) -> Result:
    """Return −ln of the probability that was given to the true class y, 1 or 0."""
    true = p if y else 1 - p
    return -math.log(true), ((-1 if y else 1) / true, 0.0)
