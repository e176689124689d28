"""One step of training is PyTorch's: its forward, its gradients, its optimizers."""

import numpy as np
import pytest
import torch

from explainer.models.mlp import MLP
from explainer.traces.gradient_descent import OPTIMIZERS
from explainer.traces.training_step import NAMES, training_step

THEIRS = {
    "sgd": lambda p, rate: torch.optim.SGD(p, rate),
    "momentum": lambda p, rate: torch.optim.SGD(p, rate, momentum=0.9),
    "adam": lambda p, rate: torch.optim.Adam(p, rate),
}
RATE = 0.05


def model() -> MLP:
    return MLP(6, 3, 4, 10, generator=torch.Generator().manual_seed(1))


def examples(count: int = 7) -> tuple[torch.Tensor, torch.Tensor]:
    die = torch.Generator().manual_seed(2)
    return torch.randint(6, (count, 3), generator=die), torch.randint(6, (count,), generator=die)


@pytest.mark.parametrize("number", [1, 4])
@pytest.mark.parametrize("optimizer", THEIRS)
def test_a_step_is_pytorchs(optimizer, number):
    X, Y = examples()
    ours = training_step(model(), X, Y, optimizer, RATE, number)
    theirs = model().double()
    steps = THEIRS[optimizer](theirs.parameters(), RATE)
    for _ in range(number):
        before = {name: p.detach().numpy().copy() for name, p in theirs.named_parameters()}
        steps.zero_grad()
        loss = theirs(X, Y)[1]
        loss.backward()
        steps.step()
    after = dict(theirs.named_parameters())
    assert ours.loss == pytest.approx(loss.item(), abs=1e-12)
    assert ours.loss_after == pytest.approx(theirs(X, Y)[1].item(), abs=1e-12)
    for name in NAMES:
        np.testing.assert_allclose(ours.before[name], before[name], atol=1e-12)
        np.testing.assert_allclose(ours.gradients[name], after[name].grad.numpy(), atol=1e-12)
        np.testing.assert_allclose(ours.after[name], after[name].detach().numpy(), atol=1e-12)
        np.testing.assert_array_equal(ours.changes[name], ours.after[name] - ours.before[name])


def test_the_slopes_between_the_matrices_are_autograds():
    X, Y = examples()
    ours, theirs = training_step(model(), X, Y), model().double()
    passed = theirs.activations(X)
    loss = torch.nn.functional.cross_entropy(passed.logits, Y)
    wanted = passed.logits, passed.h, passed.preactivation, passed.x
    found = torch.autograd.grad(loss, wanted)
    for mine, slope in zip((ours.dlogits, ours.dh, ours.dpreactivation, ours.dx), found, strict=True):
        np.testing.assert_allclose(mine, slope.numpy(), atol=1e-12)
    np.testing.assert_allclose(ours.losses.mean(), loss.item(), atol=1e-12)
    np.testing.assert_allclose(ours.probabilities.sum(1), 1)


def test_a_small_step_measures_the_same_gradient():
    X, Y = examples()
    ours, h = training_step(model(), X, Y), 1e-6
    for name, place in (("C", (1, 2)), ("W1", (3, 4)), ("b1", (5,)), ("W2", (6, 2)), ("b2", (3,))):
        rise = []
        for step in (h, -h):
            moved = model().double().requires_grad_(False)
            getattr(moved, name)[place] += step
            rise.append(moved(X, Y)[1].item())
        assert ours.gradients[name][place] == pytest.approx((rise[0] - rise[1]) / (2 * h), abs=1e-7)


@pytest.mark.parametrize("optimizer", THEIRS)
def test_what_an_optimizer_remembers_makes_its_step(optimizer):
    found = training_step(model(), *examples(), optimizer, RATE, 3)
    for name in NAMES:
        kept = found.memory[name]
        gradient = found.gradients[name]
        step = kept["v"] if optimizer == "momentum" else gradient
        step = kept["m̂"] / (kept["√v̂"] + 1e-8) if optimizer == "adam" else step
        np.testing.assert_allclose(found.changes[name], -RATE * step, atol=1e-12)
    assert OPTIMIZERS.keys() >= THEIRS.keys()


def test_the_model_stays_as_it_is():
    one = model()
    training_step(one, *examples(), "adam", RATE, 3)
    for name, parameter in model().named_parameters():
        assert torch.equal(parameter, getattr(one, name))
