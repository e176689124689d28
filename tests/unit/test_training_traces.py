"""What is seen of a model while it trains: its names, its letters in a plane, its activations, its slopes."""

import numpy as np
import pytest
import torch

from explainer import checkpoints, names
from explainer.models.mlp import forward_pass
from explainer.traces import compare
from explainer.traces import training as trace
from explainer.training.recipes import BETTER, TALK, Shape, untrained


@pytest.fixture(scope="module")
def trained():
    return checkpoints.load("girls-mlp").model


def beginning(recipe=BETTER):
    return untrained(Shape(), recipe).eval()


# --- names ------------------------------------------------------------------------------------------


def test_names_that_end_in_time_are_the_same_as_without_a_cut(trained):
    cut = compare.cut_names(trained, names.VOCABULARY, 40, 12, seed=5)
    whole = compare.draw_names(trained, names.VOCABULARY, "", 40, seed=5)
    assert len(cut) == 40
    assert len(whole) == 40  # each of them has an end
    for short, long in zip(cut, whole, strict=True):
        assert short.name == long.name[:12]
        assert short.ended == (len(long.name) < 12)
        np.testing.assert_array_equal(short.probabilities, long.probabilities[: len(short.probabilities)])


def test_a_name_without_end_keeps_its_place_among_the_dice():
    found = compare.cut_names(beginning(), names.VOCABULARY, 24, 12)
    assert len(found) == 24
    assert not all(one.ended for one in found)
    assert {len(one.name) for one in found if not one.ended} == {12}


def test_noise_becomes_names_by_the_models_own_account(trained):
    noise = trace.written(beginning(), names.VOCABULARY, 0)
    told = trace.written(trained, names.VOCABULARY, 6_000)
    assert noise.nats == pytest.approx(np.log(34), abs=0.05)
    assert told.nats < 2.3
    assert told.best.nats == min(one.nats for one in told.names)
    assert told.worst.nats == max(one.nats for one in told.names)
    every = np.concatenate([one.probabilities for one in told.names])
    assert told.nats == pytest.approx(-np.log(every).mean())


# --- letters ----------------------------------------------------------------------------------------


def test_two_numbers_a_letter_are_their_places():
    C = np.array([[1.0, 2.0], [-3.0, 0.5]])
    found = trace.plane(C)
    np.testing.assert_array_equal(found.places, C)
    assert found.share == 1


def test_the_two_main_directions_show_most_of_the_spread():
    rng = np.random.default_rng(1)
    C = rng.normal(size=(34, 10)) * np.linspace(3, 0.1, 10)
    found = trace.plane(C)
    values = np.linalg.eigvalsh(np.cov(C.T))[::-1]
    np.testing.assert_allclose(found.places.var(0, ddof=1), values[:2])
    assert found.share == pytest.approx(values[:2].sum() / values.sum())


def test_a_plane_does_not_flip_from_frame_to_frame():
    rng = np.random.default_rng(2)
    C = rng.normal(size=(34, 10))
    before = trace.plane(C)
    mirrored = before.places * [-1, 1]
    after = trace.plane(C + 0.01 * rng.normal(size=C.shape), mirrored)
    assert np.abs(after.places - mirrored).max() < 0.2


def test_an_embedding_of_one_number_lies_on_a_line():
    found = trace.plane(np.array([[1.0], [2.0], [6.0]]))
    np.testing.assert_allclose(np.abs(found.places[:, 0]), [2, 1, 3])
    assert not found.places[:, 1].any()


# --- activations and gradient -----------------------------------------------------------------------


def test_the_talks_start_saturates_and_the_scaled_one_does_not():
    girls = ("ANNA", "MARIA", "ZOFIA", "LENA")
    shares = {}
    for recipe in (TALK, BETTER):
        model = beginning(recipe)
        labels, windows = trace.windows(girls, names.VOCABULARY, model, 4)
        assert labels == ["...", "..A", ".AN", "ANN"]
        h = trace.hidden(model, windows)
        expected = forward_pass(windows, *model.parameters()).h
        assert torch.equal(torch.from_numpy(h), expected)
        shares[recipe] = trace.saturated(h)
    assert shares[TALK] > 0.4 > 0.2 > shares[BETTER]


def test_a_slope_that_is_not_finite_is_left_out():
    recorded = {"batch_step": np.array([0, 1, 2, 3]), "batch_slope": np.array([1.0, np.nan, np.inf, 0.5])}
    steps, lengths = trace.slopes(recorded)
    assert steps.tolist() == [0, 3]
    assert lengths.tolist() == [1.0, 0.5]
    assert len(trace.slopes({})[0]) == 0
