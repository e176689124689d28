"""Why a cache: what is counted is what PyTorch multiplies, and both ways write the same."""

import numpy as np
import pytest
import torch
from torch.utils.flop_counter import FlopCounterMode

from explainer import checkpoints
from explainer.models.gpt import GPT, KVCache
from explainer.traces import caching

torch.set_num_threads(1)
OPTIONS = {"vocab_size": 11, "block_size": 32, "n_layer": 3, "n_head": 2, "n_embd": 16}


@pytest.fixture(scope="module")
def model() -> GPT:
    torch.manual_seed(5)
    model = GPT(**OPTIONS)
    for p in model.parameters():
        torch.nn.init.normal_(p, std=0.5)
    return model.eval().requires_grad_(False)


def multiplied(run) -> int:
    """Return the multiplications that PyTorch itself counts; it tells each with its addition as two."""
    with FlopCounterMode(display=False) as counter:
        run()
    return counter.get_total_flops() // 2


@pytest.mark.parametrize("prompt", [1, 5, 20])
def test_the_count_is_what_pytorch_multiplies(model, prompt):
    length, ids = 8, torch.arange(28)[None] % 11
    found = caching.count(model.config, prompt, length)
    anew = [multiplied(lambda n=n: model(ids[:, :n])) for n in range(prompt, prompt + length)]
    cache, read = (
        KVCache(model.config),
        [ids[:, :prompt], *ids[0, prompt : prompt + length - 1].view(-1, 1, 1)],
    )
    kept = [multiplied(lambda part=part: model.read(part, cache, last=True)) for part in read]
    assert found.anew.tolist() == anew
    assert found.kept.tolist() == kept
    assert found.numbers[-1] == cache.k[:, :, :, : cache.length].numel() * 2


def test_both_ways_write_the_same_and_it_is_what_the_model_thinks_likeliest(model):
    found = caching.measure(model, [3, 1, 4], 12)
    assert found.agree
    read = [3, 1, 4]
    for token in found.tokens.tolist():
        assert token == int(model(torch.tensor([read]))[0][0, -1].argmax())
        read.append(token)


def test_a_slow_server_measures_less_and_writes_as_much(model):
    seconds = iter(np.arange(0, 100, 0.06))
    found = caching.measure(model, [3], 10, clock=lambda: float(next(seconds)))
    assert (len(found.tokens), found.steps) == (10, 2)
    assert np.isfinite(found.anew[:2]).all()
    assert np.isnan(found.anew[2:]).all()
    assert np.isnan(found.kept[2:]).all()
    np.testing.assert_allclose(found.anew[:2], 0.06)


def test_a_text_ends_where_its_model_ends_it(model):
    whole = caching.measure(model, [3], 10).tokens
    ended = caching.measure(model, [3], 10, stop=int(whole[2])).tokens
    assert ended.tolist() == whole[: whole.tolist().index(whole[2]) + 1].tolist()


@pytest.mark.parametrize("prompt", [1, 22, 200, 252])
def test_the_work_is_bounded_and_the_window_is_kept(prompt):
    config = checkpoints.outline(checkpoints.read_meta("shakespeare")["architecture"]).config
    length = caching.affordable(config, prompt)
    assert caching.FEWEST <= length <= caching.MOST
    assert prompt + length <= config.block_size
    assert caching.count(config, prompt, length).anew.sum() < 3 * caching.WORK
