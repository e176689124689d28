"""What the perceptron's scenes show: windows, forward pass, tanh, nudges, samples, the sweep."""

import math

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from explainer import names
from explainer.models.mlp import MLP, build_dataset
from explainer.names import Split
from explainer.traces import mlp as traces
from explainer.traces import training
from explainer.training.mlp import Trainer
from explainer.training.recipes import BETTER, TALK, Shape, untrained
from explainer.vocabulary import UnknownCharacter, Vocabulary

torch.set_num_threads(1)
WORDS = ["ANNA", "HANNA", "ŁUCJA", "ŻANETA", "OLA", "EWA", "IGA", "ADA", "UMA", "ŚWIĘTOSŁAWA"]


def model(embedding_dimension=10):
    generator = torch.Generator().manual_seed(1)
    return MLP(embedding_dimension=embedding_dimension, generator=generator).eval().requires_grad_(False)


def test_windows_of_a_name():
    found = traces.windows("NAN", names.VOCABULARY)
    assert found.context_texts == ("...", "..N", ".NA", "NAN")
    assert found.target_texts == ("N", "A", "N", ".")
    assert found.contexts.shape == (4, 3)


def test_parameters_of_the_talks_shape_matrix_by_matrix():
    found = traces.parameter_count()
    assert found.counts == {"C": 340, "W1": 6_000, "b1": 200, "W2": 6_800, "b2": 34}
    assert found.total == 13_374
    assert found.multiplications == 12_800
    assert traces.parameter_count(2, 1, 1, 1).total == 2 + 1 + 1 + 2 + 2


@pytest.mark.parametrize("text", ["", "A", "ANNA"])
def test_forward_pass_is_the_models_and_every_step_follows_from_the_one_before(text):
    net, m = model(), traces.matrices(model())
    step = traces.forward(net, names.VOCABULARY, text, "A")
    assert step.context == ("..." + text)[-3:]
    np.testing.assert_array_equal(step.emb, m.C[step.idx])
    np.testing.assert_array_equal(step.x, step.emb.ravel())
    np.testing.assert_allclose(step.preactivation, step.x @ m.W1 + m.b1, rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(step.h, np.tanh(step.preactivation), rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(step.logits, step.h @ m.W2 + m.b2, rtol=1e-4, atol=1e-4)
    np.testing.assert_allclose(step.probabilities, step.exponentials / step.exponentials.sum(), rtol=1e-5)
    assert step.probabilities.sum() == pytest.approx(1)
    expected, loss = net(torch.tensor([step.idx.tolist()]), torch.tensor([step.target]))
    np.testing.assert_array_equal(step.logits, expected[0])
    assert step.loss == loss.item() == pytest.approx(-math.log(step.probabilities[step.target]), rel=1e-4)


def test_the_terms_of_one_number_add_up_to_it():
    net, m = model(), traces.matrices(model())
    step = traces.forward(net, names.VOCABULARY, "EWA")
    terms = traces.dot(step.h, m.W2, m.b2, 5)
    assert terms.products.sum() + terms.bias == pytest.approx(step.logits[5], abs=1e-4)
    assert terms.total == pytest.approx(step.logits[5], abs=1e-4)
    assert (np.diff(np.abs(terms.products[terms.order])) <= 0).all()


def test_a_layer_is_one_product_with_its_bias_as_last_row():
    net, m = model(), traces.matrices(model())
    step = traces.forward(net, names.VOCABULARY, "EWA")
    found = traces.layer(step.x, m.W1, m.b1, step.preactivation, [str(i) for i in range(30)])
    assert (found.inputs.shape, found.weights.shape) == ((1, 31), (31, 200))
    assert found.names[-1] == "bias"
    np.testing.assert_allclose(found.inputs @ found.weights, found.outputs, atol=1e-4)
    np.testing.assert_allclose(found.terms.sum(2), found.outputs, atol=1e-4)


def test_a_shortened_layer_still_adds_up_and_begins_with_the_loudest():
    net, m = model(), traces.matrices(model())
    step = traces.forward(net, names.VOCABULARY, "EWA")
    loud = traces.loudest(step.h, m.W2, 5, 3)
    found = traces.layer(step.h, m.W2, m.b2, step.logits, [f"neuron {i}" for i in range(200)], loud)
    assert found.names == (*(f"neuron {i}" for i in loud), "others", "bias")
    np.testing.assert_allclose(found.terms.sum(2), found.outputs, atol=1e-4)
    products = np.abs(step.h * m.W2[:, 5])
    np.testing.assert_allclose(np.abs(found.terms[0, 5, :3]), np.sort(products)[::-1][:3], rtol=1e-6)


def test_surprise_is_the_loss_of_every_letter():
    net = model()
    step = traces.forward(net, names.VOCABULARY, "EWA", "L")
    logits = torch.tensor(step.logits).expand(34, -1)
    expected = F.cross_entropy(logits, torch.arange(34), reduction="none")
    np.testing.assert_allclose(step.surprise, expected, rtol=1e-5, atol=1e-4)
    assert step.surprise[step.target] == pytest.approx(step.loss, abs=1e-5)


def test_a_foreign_letter_is_named():
    with pytest.raises(UnknownCharacter, match="Ω"):
        traces.forward(model(), names.VOCABULARY, "Ω")


def test_saturation_of_the_talks_start_and_of_the_better_one():
    X, Y = traces.batch(WORDS, names.VOCABULARY)
    talk, better = (traces.saturation(untrained(Shape(), recipe), X, Y) for recipe in (TALK, BETTER))
    assert talk.h.shape == (32, 200)
    for found in (talk, better):
        assert found.counts.sum() == found.preactivation_counts.sum() == 32 * 200
        assert found.share_saturated == (np.abs(found.h) > 0.99).mean()
        assert found.uniform_loss == pytest.approx(math.log(34))
        assert found.throughout.shape == (200,)
        for edges, counts, bound in (
            (found.edges, found.counts, 0.99),
            (found.preactivation_edges, found.preactivation_counts, math.atanh(0.99)),
        ):
            outside = np.abs(edges[:-1] + edges[1:]) / 2 > bound
            assert counts[outside].sum() == pytest.approx(found.saturated.sum(), abs=1)
    assert talk.share_saturated > 0.5 > 0.2 > better.share_saturated
    assert talk.loss > 3 * talk.uniform_loss
    assert better.loss == pytest.approx(better.uniform_loss, abs=0.05)


def test_a_neuron_is_saturated_throughout_if_every_example_saturates_it():
    net = model()
    net.W1.zero_()
    net.b1.copy_(torch.tensor([10.0, -10.0, *[0.0] * 198]))
    X, Y = traces.batch(WORDS, names.VOCABULARY)
    assert traces.saturation(net, X, Y).throughout.nonzero()[0].tolist() == [0, 1]


def test_a_batch_holds_examples_of_the_words_and_follows_the_seed():
    X, Y = traces.batch(WORDS, names.VOCABULARY, size=8, seed=3)
    everything = torch.cat(
        [t.view(-1, n) for t, n in zip(build_dataset(WORDS, names.VOCABULARY, 3), (3, 1), strict=True)], 1
    )
    for row in torch.cat([X, Y[:, None]], 1):
        assert (everything == row).all(1).any()
    assert torch.equal(traces.batch(WORDS, names.VOCABULARY, size=8, seed=3)[0], X)


def test_tanh_and_its_slope():
    curve = traces.tanh_curve(2.0, 5)
    np.testing.assert_allclose(curve.y, np.tanh([-2, -1, 0, 1, 2]))
    assert curve.slope[2] == 1


def test_vowels_and_diacritics_are_marked():
    marks = traces.letters(names.VOCABULARY)
    symbols = np.array(names.VOCABULARY.symbols)
    assert set(symbols[marks.vowel]) == set("AĄEĘIOÓUY")
    assert set(symbols[marks.diacritic]) == set("ĄĆĘŁŃÓŚŹŻ") & set(symbols)
    other = traces.letters(Vocabulary(".ÅØSN"))
    assert other.vowel.tolist() == [False, True, True, False, False]
    assert other.diacritic.tolist() == [False, True, True, False, False]


def test_nudging_a_letter_changes_only_predictions_that_read_it():
    net = model(2)
    place = net.C[names.VOCABULARY.encode("A")[0]].numpy() + np.array([1.0, -1.0])
    moved = traces.nudge(net, names.VOCABULARY, "A", place, "ANNA")
    np.testing.assert_allclose(moved.after, place, rtol=1e-6)
    assert np.abs(moved.change).max() > 0.01
    assert moved.change.sum() == pytest.approx(0, abs=1e-5)
    unread = traces.nudge(net, names.VOCABULARY, "A", place, "IGO")
    assert not unread.change.any()
    stayed = traces.nudge(net, names.VOCABULARY, "A", moved.before, "ANNA")
    assert not stayed.change.any()


# --- training ---------------------------------------------------------------------------------------

SPLIT = Split(WORDS, WORDS[:2], [])


def test_sweep_makes_one_step_at_each_rate():
    found = training.learning_rate_sweep(SPLIT, names.VOCABULARY, Shape(), steps=50)
    np.testing.assert_allclose(found.learning_rates, 10 ** np.linspace(-3, 0, 50))
    assert found.losses.shape == found.smoothed.shape == (50,)
    X, Y = build_dataset(WORDS, names.VOCABULARY, 3)
    generator = torch.Generator().manual_seed(TALK.seed)
    net = MLP(generator=generator)
    chosen = torch.randint(len(Y), (128, 32), generator=generator)[0]
    assert found.losses[0] == pytest.approx(F.cross_entropy(net(X[chosen])[0], Y[chosen]).item(), rel=1e-5)
    assert found.losses[-5:].mean() < found.losses[0]


def test_a_sweep_into_infinity_stops_at_the_last_finite_loss():
    found = training.learning_rate_sweep(SPLIT, names.VOCABULARY, Shape(), exponents=(-1.0, 38.0), steps=400)
    assert 0 < len(found.losses) < 400
    assert np.isfinite(found.losses).all()
    assert np.isfinite(found.smoothed).all()


def test_moving_mean_by_hand():
    np.testing.assert_allclose(training.moving_mean(np.array([0.0, 3, 6, 9]), 1), [1.5, 3, 6, 7.5])
    np.testing.assert_allclose(training.moving_mean(np.array([1.0, 2]), 0), [1, 2])


def test_paths_and_overfitting_of_a_recorded_training():
    run = Trainer(WORDS, WORDS[:2], names.VOCABULARY, Shape(embedding_dimension=2), BETTER, records=4)
    run.advance(200)
    found = training.paths(run.history())
    assert found.places.shape[1:] == (34, 2)
    assert found.low < found.places.min()
    assert found.high > found.places.max()
    curves = training.overfitting(run.history())
    np.testing.assert_allclose(curves.gap, curves.dev - curves.train)
    assert curves.dev[curves.best] == curves.dev.min()
    with pytest.raises(ValueError, match="two dimensions"):
        training.paths({"step": np.array([0])})
