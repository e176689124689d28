"""The 2–4–1 network learns what it should, and without activation does not learn XOR."""

import subprocess
import sys

import numpy as np
import pytest
import torch
from torch import nn

from explainer.models.network import TRAINABLE, Network
from explainer.training.network import DATA_SETS, data_set, recorded_steps, train

torch.set_num_threads(1)


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


def test_the_forward_pass_equals_pytorch_layers():
    model = Network(generator=generator())
    first, second = nn.Linear(2, 4), nn.Linear(4, 1)
    with torch.no_grad():
        for layer, W, b in ((first, model.W1, model.b1), (second, model.W2, model.b2)):
            layer.weight.copy_(W.T)
            layer.bias.copy_(b)
    X, targets = torch.randn(6, 2, generator=generator()), torch.tensor([[0.0], [1], [1], [0], [1], [0]])
    logits, loss = model(X, targets)
    expected = nn.Sequential(first, nn.Tanh(), second)(X)
    torch.testing.assert_close(logits, expected)
    torch.testing.assert_close(loss, nn.BCELoss()(expected.sigmoid(), targets))
    assert model(X)[1] is None


def test_forward_and_trace_share_one_way():
    model = Network(generator=generator())
    X = torch.randn(3, 2, generator=generator())
    passed = model.activations(X)
    assert torch.equal(passed.logits, model(X)[0])
    torch.testing.assert_close(passed.h, passed.sums.tanh())


@pytest.mark.parametrize("name", DATA_SETS)
def test_data_sets_are_balanced_repeatable_and_within_the_square(name):
    X, y = data_set(name)
    assert X.shape == (200, 2)
    assert np.abs(X).max() <= 1
    assert y.sum() == 100
    np.testing.assert_array_equal(X, data_set(name)[0])
    assert not np.array_equal(X, data_set(name, seed=2)[0])


def test_xor_belongs_together_by_opposite_corners():
    X, y = data_set("xor")
    np.testing.assert_array_equal(y, (X[:, 0] * X[:, 1] < 0).astype(float))


def test_circle_puts_class_one_inside():
    X, y = data_set("circle")
    distance = np.hypot(*X.T)
    assert distance[y == 1].max() < distance[y == 0].min()


def test_an_unknown_data_set_names_the_known_ones():
    with pytest.raises(ValueError, match="choose one of linear, xor, circle, spiral"):
        data_set("moons")


@pytest.mark.parametrize("activation", ["tanh", "sigmoid", "ReLU"])
@pytest.mark.parametrize("name", ["linear", "xor", "circle"])
def test_with_an_activation_every_data_set_is_learned(name, activation):
    assert train(*data_set(name), activation).accuracy[-1] >= 0.97


def test_a_spiral_takes_more_neurons_and_noise_cannot_be_learned():
    assert train(*data_set("spiral"), n_hidden=1).accuracy[-1] < 0.8
    assert train(*data_set("spiral"), n_hidden=6).accuracy[-1] >= 0.95
    assert train(*data_set("xor", noise=0.5)).accuracy[-1] < 0.8
    assert np.abs(data_set("xor", noise=0.5)[0]).max() <= 1


def test_xor_is_learned_from_most_initial_weights():
    X, y = data_set("xor")
    assert sum(train(X, y, seed=seed, snapshots=2).accuracy[-1] >= 0.97 for seed in range(1, 9)) >= 7


@pytest.mark.parametrize("seed", range(1, 6))
def test_without_activation_xor_is_never_learned(seed):
    X, y = data_set("xor")
    assert train(X, y, "none", seed=seed, snapshots=2).accuracy[-1] < 0.8


def test_without_activation_a_line_is_learned():
    assert train(*data_set("linear"), "none").accuracy[-1] >= 0.97


def test_the_step_cannot_be_trained_and_the_message_says_why():
    with pytest.raises(ValueError, match="no slope to follow; choose one of " + ", ".join(TRAINABLE)):
        train(*data_set("xor"), "step")


def test_what_was_recorded_belongs_together():
    training = train(*data_set("circle"), steps=30, snapshots=4)
    assert training.steps.tolist() == recorded_steps(30, 4) == [0, 3, 13, 30]
    assert training.W1.shape == (4, 2, 4)
    assert training.losses.shape == (31,)
    assert training.losses[-1] < training.losses[0]
    again = train(*data_set("circle"), steps=30, snapshots=4)
    np.testing.assert_array_equal(training.W2, again.W2)
    first = Network(generator=generator(2))
    np.testing.assert_array_equal(training.W1[0], first.W1.detach().numpy())


def test_there_are_never_more_pictures_than_asked_for():
    assert len(recorded_steps(300, 30)) <= 30
    assert recorded_steps(300, 30)[-1] == 300


def test_training_does_not_bring_in_the_compiler():
    code = (
        "import sys; from explainer.training.network import data_set, train; "
        "train(*data_set('xor'), steps=2); "
        "print([name for name in ('torch._dynamo', 'sympy') if name in sys.modules])"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert told.strip() == "[]"  # 60 MB and two seconds in the first visitor's way


def test_adam_is_pytorchs():
    X, y = data_set("circle")
    model = Network(4, "tanh", torch.Generator().manual_seed(2))
    optimizer = torch.optim.Adam(model.parameters(), lr=0.1)
    for _ in range(50):
        optimizer.zero_grad()
        model(torch.tensor(X), torch.tensor(y)[:, None])[1].backward()
        optimizer.step()
    made = train(X, y, seed=2, steps=50)
    for name, expected in model.state_dict().items():
        np.testing.assert_allclose(getattr(made, name)[-1], expected.numpy(), atol=1e-4)
