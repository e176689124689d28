"""One head stage by stage, and parts switched off: the stages add up to the model's own tensors."""

import math

import numpy as np
import pytest
import torch

from explainer import checkpoints
from explainer.models.gpt import GPT, Gains
from explainer.sampling import BadRequest, Settings, Switches, generate
from explainer.traces import gpt as trace
from explainer.traces.one_head import loudest, one_head
from explainer.traces.switching import compare, importance

torch.set_num_threads(1)


@pytest.fixture(scope="module")
def loaded():
    return checkpoints.load("girls-gpt")


@pytest.fixture(scope="module")
def traced(loaded):
    return trace.trace(loaded.model, loaded.vocabulary.encode(".ZUZAN"))


# --- one head ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("query", [0, 3, 5])
def test_every_stage_follows_from_the_one_before(traced, query):
    for layer, stage in enumerate(traced.layers):
        for head in range(len(stage.q)):
            found = one_head(traced, layer, head, query)
            past = np.arange(6) <= query
            for key in range(6):
                np.testing.assert_allclose(found.products(key).sum(), found.dots[key], atol=1e-4)
            assert found.scale == pytest.approx(math.sqrt(24))
            np.testing.assert_allclose(found.dots[past] / found.scale, found.scores[past], atol=1e-4)
            assert (found.scores[~past] == -np.inf).all()
            assert (found.exponentials[~past] == 0).all()
            np.testing.assert_allclose(found.exponentials / found.total, found.pattern, atol=1e-6)
            np.testing.assert_allclose(found.brought.sum(axis=0), stage.z[head, query], atol=1e-5)


def test_the_stages_by_hand(traced):
    found = one_head(traced, 1, 2, 4)
    q, k = traced.layers[1].q[2, 4], traced.layers[1].k[2]
    assert found.dots[3] == pytest.approx(
        sum(float(a) * float(b) for a, b in zip(q, k[3], strict=True)), rel=1e-4
    )
    assert found.exponentials.max() == pytest.approx(1.0)


def test_the_loudest_places_stand_in_text_order_with_the_chosen_one():
    pattern = np.array([0.1, 0.4, 0.05, 0.3, 0.15])
    assert loudest(pattern, 3, always=1).tolist() == [1, 3, 4]
    assert loudest(pattern, 3, always=2).tolist() == [1, 2, 3]
    assert loudest(pattern, 5, always=0).tolist() == [0, 1, 2, 3, 4]


# --- parts switched off -----------------------------------------------------------------------------


def test_importance_is_the_divergence_of_each_ablation(loaded):
    ids = loaded.vocabulary.encode(".ZUZAN")
    found = importance(loaded.model, ids)
    for layer, head in np.ndindex(found.heads.shape):
        gains = Gains(torch.ones(found.heads.shape), torch.ones(len(found.heads)))
        gains.head[layer, head] = 0
        assert found.heads[layer, head] == pytest.approx(
            trace.ablation(loaded.model, ids, gains).divergence, abs=1e-5
        )
    for layer in range(4):
        for values, switches in (
            (found.mlps, Switches(mlps=frozenset([layer]))),
            (found.layers, Switches(layers=frozenset([layer]))),
        ):
            off = trace.ablation(loaded.model, ids, switches.gains(loaded.model))
            assert values[layer] == pytest.approx(off.divergence, abs=1e-5)
    assert (np.r_[found.heads.ravel(), found.mlps, found.layers] > -1e-6).all()


def test_a_head_that_writes_nothing_matters_nothing():
    torch.manual_seed(1)
    model = GPT(vocab_size=5, block_size=8, n_layer=2, n_head=2, n_embd=8).eval().requires_grad_(False)
    model.h[1].attn.c_proj.weight[:, 4:] = 0  # the second head's columns
    found = importance(model, [1, 2, 3])
    assert found.heads[1, 1] == pytest.approx(0, abs=1e-9)
    assert abs(found.heads[1, 0]) > 1e-9


def test_both_continuations_follow_the_same_dice(loaded):
    switches = Switches(heads=frozenset([(0, 1)]), mlps=frozenset([2]))
    found = compare(loaded, ".ZU", 12, Settings(), 3, switches)
    for written, off in ((found.on, Switches()), (found.off, switches)):
        steps = generate(loaded.model, loaded.vocabulary, ".ZU", 12, seed=3, switches=off, stop=".")
        assert written.text == "".join(step.character for step in steps)
        assert len(written.probabilities) == len(written.text)
    gains = switches.gains(loaded.model)
    assert isinstance(gains, Gains)
    expected = trace.ablation(loaded.model, loaded.vocabulary.encode(".ZU"), gains)
    np.testing.assert_array_equal(found.next.after, expected.after)
    first = loaded.vocabulary.encode(found.on.text[0])[0]
    assert found.on.probabilities[0] == pytest.approx(found.next.before[first], rel=1e-3)


def test_the_first_difference_is_the_first(loaded):
    same = compare(loaded, ".ZU", 12, Settings(), 3, Switches())
    assert (same.differs, same.on.text) == (None, same.off.text)
    np.testing.assert_array_equal(same.next.before, same.next.after)
    layers = Switches(layers=frozenset([0]))
    other = compare(loaded, ".ZU", 12, Settings(), 3, layers)
    assert other.on.text[: other.differs] == other.off.text[: other.differs]
    assert (
        other.on.text[other.differs : other.differs + 1] != other.off.text[other.differs : other.differs + 1]
    )


def test_a_part_that_the_model_lacks_is_refused(loaded):
    with pytest.raises(BadRequest, match="4 layers with 4 heads each"):
        compare(loaded, ".ZU", 3, Settings(), 1, Switches(heads=frozenset([(0, 9)])))
