"""The GPT and its trace: attention against PyTorch's, the mask, the cache, the parts of a logit."""

import math
import time

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from explainer import checkpoints
from explainer.models.gpt import GPT, Gains, GPTConfig, KVCache, attention_scores, causal_attention
from explainer.traces import gpt as traces
from explainer.traces.switching import importance
from explainer.ui.caches import footprint

torch.set_num_threads(1)


@pytest.fixture(scope="module")
def model() -> GPT:
    torch.manual_seed(1)
    model = GPT(vocab_size=11, block_size=16, n_layer=3, n_head=2, n_embd=8)
    for p in model.parameters():  # larger than at the start, so that every head matters
        torch.nn.init.normal_(p, std=0.5)
    return model.eval().requires_grad_(False)


@pytest.fixture(scope="module")
def ids() -> list[int]:
    return [3, 1, 4, 1, 5, 9, 2, 6, 5, 3]


def qkv(T: int = 6, S: int | None = None) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    g = torch.Generator().manual_seed(2)
    return tuple(torch.randn(2, 3, n, 4, generator=g) for n in (T, S or T, S or T))


# --- attention --------------------------------------------------------------------------------------


def test_attention_equals_pytorch():
    q, k, v = qkv()
    output, _ = causal_attention(q, k, v)
    torch.testing.assert_close(output, F.scaled_dot_product_attention(q, k, v, is_causal=True))


def test_attention_by_hand():
    q = k = torch.tensor([[[[2.0], [math.log(3)]]]])  # hs = 1, so nothing is scaled
    v = torch.tensor([[[[1.0], [5.0]]]])
    output, pattern = causal_attention(q, k, v)
    second = [math.exp(2 * math.log(3)), math.exp(math.log(3) ** 2)]
    expected = [s / sum(second) for s in second]
    np.testing.assert_allclose(pattern[0, 0], [[1, 0], expected], rtol=1e-6)
    np.testing.assert_allclose(output[0, 0, :, 0], [1, expected[0] + 5 * expected[1]], rtol=1e-6)


def test_scores_are_divided_by_the_root_of_the_head_size():
    q, k, _ = qkv()
    assert attention_scores(q, k)[1, 2, 5, 3] == pytest.approx(float(q[1, 2, 5] @ k[1, 2, 3]) / 2)


def test_pattern_rows_sum_to_one_and_never_look_ahead():
    _, pattern = causal_attention(*qkv())
    torch.testing.assert_close(pattern.sum(-1), torch.ones(2, 3, 6))
    assert (pattern.triu(1) == 0).all()
    assert (pattern.tril() > 0).sum() == 2 * 3 * 21


def test_queries_of_the_last_positions_alone_give_the_last_rows():
    q, k, v = qkv()
    output, pattern = causal_attention(q, k, v)
    for T in (1, 4):
        last_output, last_pattern = causal_attention(q[:, :, -T:], k, v)
        torch.testing.assert_close(last_output, output[:, :, -T:])
        torch.testing.assert_close(last_pattern, pattern[:, :, -T:])


# --- the model --------------------------------------------------------------------------------------


def test_ten_million_parameters():
    model = GPT(vocab_size=65)
    embeddings, block, norm = 65 * 384 + 256 * 384, 12 * 384**2 + 2 * 384, 384
    assert sum(p.numel() for p in model.parameters()) == embeddings + 6 * block + norm + 65 * 384
    assert {"wte.weight", "wpe.weight", "h.5.attn.c_attn.weight", "ln_f.weight", "lm_head.weight"} <= set(
        model.state_dict()
    )


def test_a_later_character_changes_no_earlier_prediction(model, ids):
    logits, _ = model(torch.tensor([ids]))
    other, _ = model(torch.tensor([[*ids[:-1], 10]]))
    torch.testing.assert_close(logits[:, :-1], other[:, :-1])
    assert not torch.allclose(logits[:, -1], other[:, -1])


def test_loss_is_the_mean_negative_log_likelihood_of_what_counts(model, ids):
    idx, targets = torch.tensor([ids[:-1]]), torch.tensor([ids[1:]])
    targets[0, :4] = -1
    logits, loss = model(idx, targets)
    p = F.softmax(logits[0], dim=-1)
    expected = -sum(math.log(p[t, targets[0, t]]) for t in range(4, 9)) / 5
    assert float(loss) == pytest.approx(expected, rel=1e-5)


def test_training_and_evaluation_compute_the_same(model, ids):
    twin = GPT(vocab_size=11, block_size=16, n_layer=3, n_head=2, n_embd=8)
    twin.load_state_dict(model.state_dict())
    torch.testing.assert_close(twin.train()(torch.tensor([ids]))[0], model(torch.tensor([ids]))[0])


@pytest.mark.parametrize("cuts", [(1,) * 10, (4, 1, 5), (10,)])
def test_cache_equals_no_cache(model, ids, cuts):
    whole, patterns = model.read(torch.tensor([ids]))
    cache, logits, rows = KVCache(model.config), [], []
    for part in torch.tensor(ids).split(cuts):
        some, pattern = model.read(part[None], cache)
        logits.append(some)
        rows.append(pattern[2][0, :, -1])
    torch.testing.assert_close(torch.cat(logits, 1), whole)
    torch.testing.assert_close(rows[-1], patterns[2][0, :, -1])


def test_a_context_that_is_too_long_says_what_to_do(model):
    with pytest.raises(ValueError, match=r"17 characters long.*16 at most; keep only the last"):
        model(torch.zeros(1, 17, dtype=torch.long))


def test_a_width_that_the_heads_cannot_share_is_refused():
    with pytest.raises(ValueError, match="multiple of n_head"):
        GPTConfig(vocab_size=5, n_head=3, n_embd=8)


def test_checkpoints_build_it():
    built = checkpoints.build({"kind": "gpt", "vocab_size": 5, "block_size": 4, "n_layer": 1, "n_head": 1,
                               "n_embd": 4})  # fmt: skip
    assert built(torch.zeros(2, 3, dtype=torch.long))[0].shape == (2, 3, 5)


def test_a_head_that_is_off_writes_nothing(model, ids):
    gains = Gains(torch.ones(3, 2), torch.ones(3))
    gains.head[1, 0] = 0
    off, _ = model.read(torch.tensor([ids]), gains=gains)
    without = GPT(vocab_size=11, block_size=16, n_layer=3, n_head=2, n_embd=8).eval()
    without.load_state_dict(model.state_dict())
    with torch.no_grad():
        without.h[1].attn.c_proj.weight[:, :4] = 0  # the first head's columns
    torch.testing.assert_close(off, without(torch.tensor([ids]))[0])


# --- the trace --------------------------------------------------------------------------------------


def test_trace_equals_forward(model, ids):
    traced = traces.trace(model, ids)
    logits, patterns = model.read(torch.tensor([ids]))
    np.testing.assert_array_equal(traced.logits, logits[0].numpy())
    np.testing.assert_allclose(traced.probabilities.sum(-1), 1, rtol=1e-6)
    for layer, pattern in zip(traced.layers, patterns, strict=True):
        np.testing.assert_array_equal(layer.pattern, pattern[0].numpy())


def test_trace_follows_the_residual_stream(model, ids):
    traced = traces.trace(model, ids)
    stream = traced.tok_emb + traced.pos_emb
    for layer in traced.layers:
        np.testing.assert_allclose(layer.resid_pre, stream, atol=1e-6)
        scores = layer.q @ layer.k.transpose(0, 2, 1) / math.sqrt(layer.k.shape[-1])
        np.testing.assert_allclose(np.tril(layer.attn_scores), np.tril(scores), atol=1e-5)
        np.testing.assert_allclose(layer.z, layer.pattern @ layer.v, atol=1e-5)
        stream = stream + layer.attn_out + layer.mlp_out
    np.testing.assert_allclose(traced.layers[-1].resid_post, stream, atol=1e-5)


def test_trace_with_parts_off_equals_forward(model, ids):
    gains = Gains(torch.tensor([[1.0, 0], [1, 1], [0, 0]]), torch.tensor([1.0, 0, 1]))
    traced = traces.trace(model, ids, gains)
    np.testing.assert_array_equal(traced.logits, model.read(torch.tensor([ids]), gains=gains)[0][0].numpy())
    assert not traced.layers[2].attn_out.any()
    assert not traced.layers[1].mlp_out.any()


def test_trace_shares_no_memory_with_the_model(model, ids):
    before = model.wpe.weight.clone()
    traces.trace(model, ids).pos_emb[:] = 0
    torch.testing.assert_close(model.wpe.weight, before)


def test_logit_lens_ends_in_the_models_own_prediction(model, ids):
    traced = traces.trace(model, ids)
    lens = traces.logit_lens(model, traced)
    assert lens.shape == (4, 10, 11)
    np.testing.assert_allclose(lens[-1], traced.probabilities, atol=1e-6)
    first = model.unembed(model.embed(torch.tensor([ids])))
    np.testing.assert_allclose(lens[0], F.softmax(first[0], dim=-1), atol=1e-6)


@pytest.mark.parametrize(("position", "token"), [(-1, 0), (4, 7), (0, 10)])
def test_contributions_add_up_to_the_logit(model, ids, position, token):
    traced = traces.trace(model, ids)
    parts = traces.contributions(model, traced, position, token)
    assert parts.heads.shape == (3, 2)
    assert parts.total() == pytest.approx(parts.logit, abs=1e-4)
    assert parts.logit == traced.logits[position, token]


def test_ablation_compares_on_with_off(model, ids):
    gains = Gains(torch.zeros(3, 2), torch.zeros(3))
    result = traces.ablation(model, ids, gains)
    np.testing.assert_allclose(result.before, traces.trace(model, ids).probabilities[-1], atol=1e-6)
    np.testing.assert_allclose(
        result.after, traces.logit_lens(model, traces.trace(model, ids))[0, -1], atol=1e-6
    )
    assert result.divergence > 0


def test_importance_is_zero_for_a_head_that_writes_nothing(model, ids):
    twin = GPT(vocab_size=11, block_size=16, n_layer=3, n_head=2, n_embd=8).eval()
    twin.load_state_dict(model.state_dict())
    with torch.no_grad():
        twin.h[0].attn.c_proj.weight[:, 4:] = 0
    heads = importance(twin, ids).heads
    assert heads[0, 1] == pytest.approx(0, abs=1e-6)
    assert (np.delete(heads.ravel(), 1) > 1e-4).all()


def test_a_full_trace_costs_at_most_three_forward_passes():
    big = GPT(vocab_size=65).eval().requires_grad_(False)
    ids = list(range(64))
    plain = shortest(lambda: big(torch.tensor([ids])))
    assert shortest(lambda: list(traces.trace(big, ids).layers)) <= 3 * plain


def shortest(work, times: int = 7) -> float:
    durations = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        durations.append(time.perf_counter() - start)
    return min(durations)


def test_a_trace_keeps_the_residual_stream_alone():
    model = GPT(vocab_size=20, block_size=64, n_layer=4, n_head=4, n_embd=32).eval()
    traced = traces.trace(model, list(range(20)) * 3)
    stream = 60 * 32 * 4  # bytes of (T, C)
    assert footprint(traced, models=False) < 9 * stream + 60 * 20 * 8 + 10_000  # every layer has twenty such
    assert [stage.pattern.shape for stage in traced.layers] == [(4, 60, 60)] * 4
    np.testing.assert_array_equal(traced.layers[1].resid_post, traced.layers.stream(2))
