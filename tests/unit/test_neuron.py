"""One neuron, one layer and a 2–4–1 network show exactly the numbers that PyTorch computes."""

import numpy as np
import pytest
import torch

from explainer.models.network import ACTIVATIONS
from explainer.traces import neuron as traces
from explainer.training.network import data_set, train

torch.set_num_threads(1)


@pytest.fixture(scope="module")
def training():
    return train(*data_set("xor"), steps=40, snapshots=5)


def test_a_neuron_worked_by_hand():
    opened = traces.neuron([2.0, -1.0], [0.5, 3.0], 1.5, "ReLU")
    np.testing.assert_allclose(opened.products, [[1.0], [-3.0]])
    np.testing.assert_allclose(opened.sums, [-0.5])
    np.testing.assert_allclose(opened.outputs, [0.0])


@pytest.mark.parametrize(
    ("activation", "at_minus_one", "at_two"),
    [
        ("step", 0, 1),
        ("sigmoid", 1 / (1 + np.e), 1 / (1 + np.exp(-2))),
        ("tanh", np.tanh(-1), np.tanh(2)),
        ("ReLU", 0, 2),
        ("none", -1, 2),
    ],
)
def test_activations(activation, at_minus_one, at_two):
    for total, expected in ((-1.0, at_minus_one), (2.0, at_two)):
        assert traces.neuron([total], [1.0], 0.0, activation).outputs[0] == pytest.approx(expected)


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_the_point_of_a_neuron_lies_on_its_curve(activation):
    z, a = traces.curve(activation, -2, 2, 5)
    assert [traces.neuron([v], [1.0], 0.0, activation).outputs[0] for v in z] == pytest.approx(a)


def test_the_step_rises_above_zero():
    assert traces.curve("step", -1, 1, 3)[1].tolist() == [0, 0, 1]


def test_a_layer_is_a_matrix_product():
    x, W, b = np.array([1.0, -2.0]), np.array([[0.5, -1, 2], [1.5, 0.25, -0.75]]), np.array([0.1, 0, -0.1])
    opened = traces.layer(x, W, b, "tanh")
    np.testing.assert_allclose(opened.sums, x @ W + b)
    np.testing.assert_allclose(opened.products.sum(0) + opened.bias, opened.sums)
    expected = torch.nn.functional.linear(torch.tensor(x), torch.tensor(W).T, torch.tensor(b)).tanh()
    np.testing.assert_allclose(opened.outputs, expected.numpy())


def test_shapes_that_do_not_fit_are_explained():
    with pytest.raises(ValueError, match=r"3 inputs and 1 biases need weights of 3 × 1, not \(2, 1\)"):
        traces.layer([1, 2, 3], np.ones((2, 1)), [0])


def test_an_unknown_activation_names_the_known_ones():
    with pytest.raises(ValueError, match="choose one of tanh"):
        traces.neuron([1.0], [1.0], 0.0, "softplus")


def test_the_formula_holds_the_live_numbers():
    formula = traces.formula(traces.neuron([2.0, -1.0], [0.5, 3.0], 1.5, "tanh"))
    assert r"\text{sum} &= 2 \cdot 0.5 + (-1) \cdot 3 + 1.5 = -0.5" in formula
    assert r"\text{output} &= \tanh(-0.5) \approx -0.46" in formula


def test_without_activation_the_formula_names_none():
    assert r"\text{output} &= \text{sum} = 1" in traces.formula(traces.neuron([1.0], [1.0], 0.0, "none"))


def test_the_narrow_formula_gives_every_term_its_line():
    formula = traces.formula(traces.neuron([2.0, -1.0], [0.5, 3.0], 1.5, "tanh"), per_line=1)
    assert formula.count(r"\\") == 4


def test_the_layer_formula_reads_as_on_the_slide():
    opened = traces.layer([1.0, -2.0], np.array([[0.5, -1, 2], [1.5, 0.25, -0.75]]), [0, 0, 0])
    assert r"Y_{1} &= x_{1} w_{11} + x_{2} w_{21} = 1 \cdot 0.5 + (-2) \cdot 1.5 = -2.5" in (
        traces.layer_formula(opened, 0)
    )


def test_two_linear_layers_are_one_matrix():
    rng = np.random.default_rng(0)
    W1, b1, W2, b2 = (rng.normal(size=shape) for shape in ((2, 4), (4,), (4, 1), (1,)))
    W, b = traces.stacked_linear(W1, b1, W2, b2)
    np.testing.assert_allclose(W, W1 @ W2)
    X = rng.normal(size=(7, 2))
    np.testing.assert_allclose(X @ W + b, (X @ W1 + b1) @ W2 + b2)


def test_a_network_trained_without_activation_is_one_matrix():
    linear = train(*data_set("linear"), "none", steps=20, snapshots=2)
    W, b = traces.stacked_linear(linear.W1[-1], linear.b1[-1], linear.W2[-1], linear.b2[-1])
    opened = traces.forward(linear, [0.3, -0.7])
    np.testing.assert_allclose(opened.output.sums, np.array([0.3, -0.7]) @ W + b, rtol=1e-4)


def test_the_forward_pass_of_a_network_adds_up(training):
    opened = traces.forward(training, [0.5, -0.25], 2)
    for layer in (opened.hidden, opened.output):
        np.testing.assert_allclose(layer.products.sum(0) + layer.bias, layer.sums, rtol=1e-5)
    np.testing.assert_array_equal(opened.output.inputs, opened.hidden.outputs)
    assert opened.p == pytest.approx(1 / (1 + np.exp(-opened.output.sums[0])), rel=1e-5)


def test_the_map_says_what_the_forward_pass_says(training):
    drawn = traces.maps(training, side=5)
    assert drawn.p.shape == (len(training.steps), 5, 5)
    expected = traces.forward(training, [drawn.x[3], drawn.x[1]], -1).p
    assert drawn.p[-1, 1, 3] == pytest.approx(expected, rel=1e-5)


def test_the_flow_holds_every_picture(training):
    x, h, p = traces.flow(training, [0.5, -0.25])
    assert (x.shape, h.shape, p.shape) == ((5, 2), (5, 4), (5, 1))
    assert p[2, 0] == traces.forward(training, [0.5, -0.25], 2).p
