"""Gradients of the computation graph: worked by hand, by PyTorch's autograd, and by a small step."""

import random

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from explainer.models import graph
from explainer.models.graph import Node
from explainer.models.network import forward_pass
from explainer.traces import backpropagation as trace

BINARY, UNARY = (graph.times, graph.plus, graph.minus), (graph.tanh, graph.sigmoid)


def test_a_neuron_worked_by_hand():
    """z = 2·0.5 − 1·1 + 0 = 0, h = 0, d = 0 − 1, L = 1: from d come −1 − 1, tanh has slope 1, w₁ takes x₁."""
    found = trace.neuron([2.0, -1.0], [0.5, 1.0], 0.0, 1.0)
    value, gradient = (dict(zip(found.names, v, strict=True)) for v in (found.values, found.gradients))
    assert (value["z"], value["h"], value["d"], value["L"]) == (0, 0, -1, 1)
    assert (gradient["d"], gradient["h"], gradient["z"], gradient["b"]) == (-2, -2, -2, -2)
    assert (gradient["w₁"], gradient["w₂"], gradient["x₁"], gradient["x₂"]) == (-4, 2, -1, -2)
    assert np.isnan(gradient["y"])


def test_what_is_used_twice_gets_a_sum():
    found = trace.neuron([2.0], [0.5], 0.0, 1.0)
    twice = [flow for flow in found.flows if found.names[flow.to] == "d"]
    assert [(flow.way, flow.ways) for flow in twice] == [(1, 2), (2, 2)]
    assert twice[0].product == twice[1].product
    assert [flow.total for flow in twice] == [twice[0].product, 2 * twice[0].product]


def drawn(die: random.Random) -> trace.Opened:
    """Return a neuron or a network of random size with random numbers."""
    some = lambda n, wide=2.0: [die.uniform(-wide, wide) for _ in range(n)]  # noqa: E731
    if die.random() < 0.5:
        count = die.randint(1, 5)
        return trace.neuron(some(count), some(count), *some(2))
    hidden = die.randint(1, 6)
    W1 = [some(hidden), some(hidden)]
    return trace.network(some(2, 1), W1, some(hidden), some(hidden), *some(1), die.randint(0, 1))


def tangled(die: random.Random) -> list[Node]:
    """Return a random graph in which numbers are used again and again."""
    nodes = [Node(f"n{i}", die.uniform(-1, 1)) for i in range(4)]
    for i in range(die.randint(3, 12)):
        made = die.choice(BINARY + UNARY)
        operands = tuple(die.choices(nodes, k=1 if made in UNARY else 2))
        nodes.append(Node(f"m{i}", operation=made, operands=operands))
    loss = Node("L", operation=graph.plus, operands=tuple(nodes))  # so that every number counts
    return [*nodes, loss]


def same(found: trace.Opened) -> None:
    """Fail if a gradient is not autograd's, or far from what a small step measures."""
    known = ~np.isnan(found.gradients)
    scale = np.maximum(1, np.abs(found.gradients[known]))
    assert (np.abs(found.gradients - found.autograd)[known] <= 1e-9 * scale).all()
    assert (np.abs(found.gradients - found.measured)[known] <= 1e-6 * scale).all()
    assert (np.isnan(found.autograd) == ~known).all()


def test_a_thousand_random_neurons_and_networks_are_autograds():
    die = random.Random(1)
    for _ in range(1_000):
        same(drawn(die))


def test_random_graphs_with_numbers_used_again_are_autograds():
    die = random.Random(2)
    for _ in range(100):
        nodes = tangled(die)
        same(trace.opened(nodes, ["activations"] * len(nodes)))


@pytest.mark.parametrize("target", [0, 1])
def test_the_network_is_the_one_that_the_house_trains(target):
    numbers = torch.Generator().manual_seed(target)
    shapes = (1, 2), (2, 4), (4,), (4, 1), (1,)
    X, *weights = (torch.randn(s, generator=numbers, dtype=torch.float64) for s in shapes)
    leaves = [tensor.requires_grad_() for tensor in (X, *weights)]
    logits = forward_pass(*leaves, "tanh").logits
    loss = F.binary_cross_entropy_with_logits(logits, torch.full_like(logits, target))
    theirs = dict(zip(("x", "w", "b", "v", "c"), torch.autograd.grad(loss, leaves), strict=True))
    X, W1, b1, W2, b2 = (tensor.detach().numpy() for tensor in leaves)
    found = trace.network(X[0], W1, b1, W2[:, 0], b2[0], target)
    assert found.values[-1] == pytest.approx(loss.item(), abs=1e-12)
    ours = dict(zip(found.names, found.gradients, strict=True))
    assert [ours[f"x{i}"] for i in "₁₂"] == pytest.approx(theirs["x"][0].tolist(), abs=1e-12)
    for j, index in enumerate("₁₂₃₄"):
        expected = [*theirs["w"][:, j].tolist(), theirs["b"][j].item(), theirs["v"][j].item()]
        told = [ours[name] for name in (f"w₁{index}", f"w₂{index}", f"b{index}", f"v{index}")]
        assert told == pytest.approx(expected, abs=1e-12)
    assert ours["c"] == pytest.approx(theirs["c"].item(), abs=1e-12)


def test_every_flow_is_one_multiplication_of_what_has_arrived_by_then():
    found = trace.network([0.5, -0.5], [[0.8, -0.4], [2.1, -1.3]], [0, 0.5], [-0.7, 0.6], 0.1, 1)
    total = np.zeros(len(found.names))
    total[-1] = 1
    for i, flow in enumerate(found.flows):
        assert flow.gradient == total[flow.above]
        assert flow.above not in {later.to for later in found.flows[i:]}  # nothing is still to come there
        total[flow.to] += flow.gradient * flow.slope
        assert flow.total == pytest.approx(total[flow.to])


def test_far_from_the_middle_nothing_overflows():
    assert graph.sigmoid(-800.0) == (0.0, (0.0,))
    assert graph.sigmoid(800.0) == (1.0, (0.0,))
    assert graph.sigmoid(0.3)[0] == pytest.approx(torch.tensor(0.3, dtype=torch.float64).sigmoid().item())
