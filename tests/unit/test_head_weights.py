"""Where q, k and v come from, and what a head writes: sums of products, recomputed by plain loops."""

import numpy as np
import pytest
import torch

from explainer import checkpoints
from explainer.traces import gpt as trace
from explainer.traces import head_weights

torch.set_num_threads(1)


@pytest.fixture(scope="module", params=["girls-gpt", "shakespeare"])
def read(request):
    loaded = checkpoints.load(request.param)
    text = ".ZUZAN" if request.param == "girls-gpt" else "O Romeo"
    return loaded.model, trace.trace(loaded.model, loaded.vocabulary.encode(text))


@pytest.mark.parametrize("head", [0, 3])
def test_q_k_and_v_are_x_times_their_weights(read, head):
    model, traced = read
    layer, query, key = 1, 5, 2
    stage, found = traced.layers[layer], head_weights.made(model, traced, layer, head, query, key)
    whole = {"q": stage.q[head, query], "k": stage.k[head, key], "v": stage.v[head, key]}
    for kind, at in (("q", query), ("k", key), ("v", key)):
        one = found[kind]
        assert abs(one.result) == np.abs(whole[kind]).max()
        summed = 0.0
        for x, w in zip(stage.ln_1[at].tolist(), one.weights.tolist(), strict=True):
            summed += x * w
        assert summed == pytest.approx(float(whole[kind][one.number]), abs=1e-4)
        np.testing.assert_allclose(one.products.sum(), one.result, atol=1e-4)


def test_the_weights_of_all_heads_make_all_queries(read):
    model, traced = read
    stage = traced.layers[0]
    for head in range(model.config.n_head):
        for kind, weights in head_weights.input_weights(model, 0, head).items():
            made = getattr(stage, kind)[head]  # (T, hs)
            np.testing.assert_allclose(stage.ln_1 @ weights, made, atol=1e-3)


def test_all_heads_together_write_what_the_attention_adds(read):
    model, traced = read
    stage = traced.layers[1]
    found = [head_weights.written(model, traced, 1, head, -1) for head in range(model.config.n_head)]
    np.testing.assert_allclose(sum(one.writes for one in found), stage.attn_out[-1], atol=1e-4)
    for one in found:
        np.testing.assert_allclose(one.before + one.writes + one.others, one.after, atol=1e-4)
        np.testing.assert_allclose(one.after, stage.resid_mid[-1])
        assert one.largest.products.sum() == pytest.approx(one.largest.result, abs=1e-4)
        assert one.largest.result == one.writes[np.abs(one.writes).argmax()]


def test_the_largest_number_by_hand():
    found = head_weights.largest(
        np.array([1.0, -2.0]), np.array([[1.0, 3.0], [2.0, 1.0]]), np.array([-3.0, 1.0])
    )
    assert (found.number, found.result) == (0, -3.0)
    assert found.products.tolist() == [1.0, -4.0]
