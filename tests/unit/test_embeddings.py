"""The map of embeddings: principal components, neighbours, and which letters find their capitals."""

import numpy as np
import pytest

from explainer import checkpoints, names
from explainer.components.cloud import Space
from explainer.components.coded import coded
from explainer.sampling import generate
from explainer.traces import embeddings
from explainer.training.initial import initial
from explainer.training.mlp import Examples
from explainer.ui.scenes.embeddings import MODELS, _moments
from explainer.wording import embeddings as wording

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


@pytest.mark.parametrize("name", [name for name in MODELS if not name.endswith("-2d")])
def test_training_brings_together_what_is_used_alike(name):
    vectors, moments = _moments(name)
    loaded = checkpoints.load(name)
    symbols = loaded.vocabulary.symbols
    found = embeddings.companions(vectors, symbols)
    assert found.found[-1] > 0.6 * found.of
    if loaded.meta["recipe"].get("start") is None:
        assert found.found[0] < 0.5 * found.of
    said = wording.captions(moments, found, embeddings.zooms(embeddings.cloud(vectors).places))
    for sentence, one in zip(said, vectors, strict=True):
        assert f"**{by_hand(one, symbols)} of {found.of}**" in sentence


def by_hand(vectors, symbols) -> int:
    """Count letter by letter whose nearest other, by the angle, is its capital, or a vowel as it is."""
    small, count = [s for s in symbols if s.islower()], 0
    for i, symbol in enumerate(symbols):
        if symbol not in (small or embeddings.VOWELS) or (small and symbol.upper() not in symbols):
            continue
        angles = [v @ vectors[i] / np.sqrt(v @ v) if j != i else -np.inf for j, v in enumerate(vectors)]
        near = symbols[int(np.argmax(angles))]
        count += near == symbol.upper() if small else near in embeddings.VOWELS
    return count


@pytest.mark.parametrize("name", ["shakespeare", "polish-books", "poem-alone", "girls-gpt", "boys-gpt"])
def test_drawn_again_with_its_seed_a_gpt_writes_what_was_recorded_before_its_first_step(name):
    loaded, kept = checkpoints.load(name), checkpoints.history(name)
    prompt, recorded = loaded.meta["prompt"], loaded.vocabulary.decode(kept["sample"][0].tolist())
    written = recorded[: recorded.index(".", 1) + 1] if "gpt" in name else recorded[:40]
    length = loaded.meta["recipe"]["sample_length"] if "gpt" in name else 40
    seed = loaded.meta["seed"] + len(prompt)
    stop = "." if "gpt" in name else None
    steps = generate(
        initial(loaded.meta), loaded.vocabulary, prompt, length - len(prompt), seed=seed, stop=stop
    )
    assert kept["sample_step"][0] == 0
    assert prompt + "".join(step.character for step in steps) == written


@pytest.mark.parametrize("name", ["girls-mlp", "boys-mlp", "girls-mlp-2d"])
def test_drawn_again_with_its_seed_a_perceptron_loses_what_was_recorded_before_its_first_step(name):
    loaded, kept = checkpoints.load(name), checkpoints.history(name)
    first = initial(loaded.meta)
    split = names.split(names.select(names.register(), name.split("s-")[0])["name"].tolist())
    loss = Examples(split.dev, loaded.vocabulary, 3).loss([one.detach() for one in first.parameters()])
    assert loss == pytest.approx(float(kept["dev_loss"][0]), abs=1e-4)
    if "C" in kept:
        np.testing.assert_array_equal(first.C.numpy(), kept["C"][0])


def test_what_was_refined_began_with_another_models_numbers():
    with pytest.raises(ValueError, match="polish-books"):
        initial(checkpoints.read_meta("pan-tadeusz"))


def test_a_heap_is_drawn_larger_and_says_so():
    places = np.stack([SPREAD[:, :3] / 7.5, SPREAD[:, :3]])
    np.testing.assert_array_equal(embeddings.zooms(places), [7, 1])
    found = embeddings.Companions("vowels", 9, np.array([1, 8]))
    said = wording.captions([wording.BEFORE, wording.AFTER], found, [7, 1])
    assert said[0].endswith(
        "**1 of 9** vowels has a vowel as the nearest of all, by the angle. Drawn 7 × as large."
    )
    assert "Drawn" not in said[1]


def test_a_space_is_sent_in_single_precision():
    sent = coded(SPREAD[None])
    assert len(sent) == pytest.approx(SPREAD.size * 4 * 4 / 3, abs=4)
    assert Space("ab", [0, 1], ["x"], SPREAD, SPREAD, ["1"], ["now"], ["so"], np.ones(1)).moments == ["now"]


def test_a_short_vector_is_said_to_be_near_many_by_distance():
    vectors = np.array([[0.1, 0], [2, 0], [0, 2], [-2, 0], [0, -2]])
    told = " By distance “$” is nearest to 4 characters: its vector is short (0.10; median 2.00)."
    assert wording.short(embeddings.shortest(vectors), list("$abcd")) == told
    assert not wording.short(embeddings.shortest(vectors[1:]), list("abcd"))
