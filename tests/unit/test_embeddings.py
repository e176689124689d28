"""The map of embeddings: principal components, neighbours, and which letters find their capitals."""

import numpy as np
import pytest

from explainer import checkpoints
from explainer.components.cloud import Space, _coded
from explainer.traces import embeddings

SPREAD = np.random.default_rng(2).normal(size=(9, 5)) * np.array([5, 3, 2, 1, 0.5])  # (V, D)


def test_the_places_are_what_the_covariance_says():
    found = embeddings.cloud(SPREAD[None])
    values = np.linalg.eigvalsh(np.cov(SPREAD.T, bias=True))[::-1]
    np.testing.assert_allclose(found.shares, values[:3] / values.sum(), rtol=1e-9)
    np.testing.assert_allclose(found.places[0].var(axis=0), values[:3], rtol=1e-9)
    np.testing.assert_allclose(found.places[0].mean(axis=0), 0, atol=1e-12)
    assert not found.own


def test_all_moments_are_seen_from_the_same_side():
    found = embeddings.cloud(np.stack([SPREAD + 1, SPREAD]))
    moved = found.places[0] - found.places[1]
    np.testing.assert_allclose(moved, np.tile(moved[:1], (9, 1)), atol=1e-9)


def test_two_numbers_stand_where_they_are():
    found = embeddings.cloud(SPREAD[None, :, :2])
    np.testing.assert_array_equal(found.places[0, :, :2], SPREAD[:, :2])
    assert found.own
    assert found.shares[:2].sum() == pytest.approx(1)


def test_neighbours_by_hand():
    vectors = np.array([[1.0, 0.0], [10.0, 0.0], [0.0, 1.0]])
    np.testing.assert_allclose(embeddings.cosines(vectors)[0], [1, 1, 0], atol=1e-12)
    np.testing.assert_allclose(embeddings.distances(vectors)[0], [0, 9, np.sqrt(2)])


@pytest.mark.parametrize("name", ["shakespeare", "polish-books", "pan-tadeusz"])
def test_most_letters_find_their_capital(name):
    loaded = checkpoints.load(name)
    symbols = loaded.vocabulary.symbols
    found = embeddings.cosines(loaded.model.wte.weight.numpy())
    np.fill_diagonal(found, -2)
    pairs = [(s, symbols[int(found[i].argmax())]) for i, s in enumerate(symbols) if s.islower()]
    kept = [near for s, near in pairs if s.upper() in symbols]
    assert np.mean([near == s.upper() for s, near in pairs if s.upper() in symbols]) > 0.6
    assert len(kept) >= 26


def test_a_space_is_sent_in_single_precision():
    coded = _coded(SPREAD[None])
    assert len(coded) == pytest.approx(SPREAD.size * 4 * 4 / 3, abs=4)
    assert Space("ab", [0, 1], ["x"], SPREAD, SPREAD, ["1"], ["now"]).moments == ["now"]
