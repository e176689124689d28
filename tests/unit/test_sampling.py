"""Sampling: the cut-offs by hand, seeds, the cache against the plain way, every kind of model, bad input."""

import threading

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from explainer import checkpoints, sampling
from explainer.models.gpt import GPT
from explainer.models.half import HalfLinear
from explainer.sampling import (
    BadRequest,
    Settings,
    Switches,
    WindowReader,
    chances,
    check_prompt,
    generate,
    packed,
    pick,
    reader,
)
from explainer.vocabulary import UnknownCharacter, Vocabulary

torch.set_num_threads(1)
VOCABULARY = Vocabulary(".abcdefghij")
OPTIONS = {"vocab_size": 11, "block_size": 16, "n_layer": 2, "n_head": 2, "n_embd": 16}


@pytest.fixture(scope="module")
def model() -> GPT:
    torch.manual_seed(3)
    model = GPT(**OPTIONS)
    for p in model.parameters():
        torch.nn.init.normal_(p, std=0.6)
    return model.eval().requires_grad_(False)


class Bigram(torch.nn.Module):
    """The shortest model of the bigram's contract: idx (B, T) -> logits (B, T, V)."""

    def forward(self, idx, targets=None):  # noqa: ARG002
        return 5.0 * F.one_hot((idx + 1) % 11, 11).float(), None


class Window(torch.nn.Module):
    """The shortest model of the MLP's contract: idx (B, block_size) -> logits (B, V)."""

    block_size = 3

    def forward(self, idx, targets=None):  # noqa: ARG002
        assert idx.shape == (1, 3)
        return 5.0 * F.one_hot(idx.sum(1) % 11, 11).float(), None


def text(model, prompt=".", length=20, *settings, **options) -> str:
    return "".join(s.character for s in generate(model, VOCABULARY, prompt, length, *settings, **options))


# --- the cut-offs -----------------------------------------------------------------------------------

LOGITS = torch.tensor([0.5, 0.25, 0.125, 0.125]).log()


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        (Settings(), [0.5, 0.25, 0.125, 0.125]),
        (Settings(temperature=0), [1, 0, 0, 0]),
        (Settings(temperature=0.5), np.array([16, 4, 1, 1]) / 22),
        (Settings(top_k=2), [2 / 3, 1 / 3, 0, 0]),
        (Settings(top_k=1), [1, 0, 0, 0]),
        (Settings(top_p=0.5), [1, 0, 0, 0]),
        (Settings(top_p=0.51), [2 / 3, 1 / 3, 0, 0]),
        (Settings(top_k=3, top_p=0.8), [2 / 3, 1 / 3, 0, 0]),
    ],
)
def test_chances_by_hand(settings, expected):
    np.testing.assert_allclose(chances(LOGITS, settings), expected, atol=1e-7)


def test_tiny_temperature_is_finite_and_greedy():
    np.testing.assert_array_equal(chances(LOGITS, Settings(temperature=1e-300)), [1, 0, 0, 0])


def test_a_roll_falls_on_the_chances_side_by_side():
    drawn = np.array([0.25, 0, 0.5, 0.25, 0])
    assert [pick(drawn, roll) for roll in (0, 0.2499, 0.25, 0.7499, 0.75, 0.999999)] == [0, 0, 2, 2, 3, 3]
    assert pick(drawn, 1.0) == 3


def test_what_is_drawn_follows_the_chances(model):
    counts = np.zeros(11)
    for seed in range(2000):
        counts[next(generate(model, VOCABULARY, ".ab", 1, seed=seed)).token] += 1
    p = F.softmax(model(torch.tensor([[0, 1, 2]]))[0][0, -1], dim=-1).numpy()
    error = np.sqrt(p * (1 - p) / 2000)
    assert (np.abs(counts / 2000 - p) < 4.5 * error + 1e-9).all()


# --- the stream -------------------------------------------------------------------------------------


@pytest.mark.parametrize("settings", [Settings(temperature=0), Settings(), Settings(0.8, top_k=5, top_p=0.9)])
def test_cache_equals_recomputing_the_whole_context(model, settings):
    plain, idx = "", VOCABULARY.encode(".a")
    slow = WindowReader(model, 16)
    logits = slow.read(idx)
    steps = generate(model, VOCABULARY, ".a", 14, settings, seed=5)
    for step in steps:
        expected = chances(logits, settings)
        token = int(expected.argmax()) if step.roll is None else pick(expected, step.roll)
        plain += VOCABULARY.symbols[token]
        logits = slow.read([token])
    assert text(model, ".a", 14, settings, seed=5) == plain
    assert len(plain) == 14


@pytest.mark.parametrize("settings", [Settings(temperature=0), Settings(0.9, top_k=12, top_p=0.95)])
@pytest.mark.parametrize(
    ("name", "prompt"), [("girls-gpt", ".A"), ("boys-gpt", "."), ("shakespeare", "ROMEO:\n")]
)
def test_trained_models_write_what_the_whole_context_says(name, prompt, settings):
    trained = checkpoints.load(name)
    for seed in range(3):
        room = trained.model.config.block_size - len(prompt) + 1
        steps = list(generate(trained.model, trained.vocabulary, prompt, room, settings, seed=seed))
        whole = torch.tensor([trained.vocabulary.encode(prompt) + [step.token for step in steps]])
        logits = trained.model(whole[:, :-1])[0][0, len(prompt) - 1 :]  # (room, vocab_size)
        for step, row in zip(steps, logits, strict=True):
            drawn = chances(row, settings)
            assert step.token == (drawn.argmax() if step.roll is None else pick(drawn, step.roll))


def test_packed_weights_compute_the_same(model):
    half = GPT(**OPTIONS).eval().requires_grad_(False)
    half.load_state_dict({key: value.half().float() for key, value in model.state_dict().items()})
    fast, idx = packed(half), torch.tensor([[0, 5, 3, 7, 1]])
    if "fbgemm" in torch.backends.quantized.supported_engines:
        assert isinstance(fast.h[1].mlp.c_fc, HalfLinear)
        assert isinstance(fast.lm_head, HalfLinear)
    torch.testing.assert_close(fast(idx)[0], half(idx)[0], atol=1e-4, rtol=1e-5)
    assert packed(half) is fast
    assert isinstance(half.lm_head, torch.nn.Linear)


def test_weights_that_half_precision_would_change_are_not_packed(model):
    assert packed(model) is model


def test_a_seed_gives_one_text_and_another_seed_another(model):
    assert text(model, seed=1, length=50) == text(model, seed=1, length=50)
    assert text(model, seed=1, length=50) != text(model, seed=2, length=50)


def test_visitors_do_not_disturb_each_other(model):
    first, second = (generate(model, VOCABULARY, ".a", 30, seed=n) for n in (1, 2))
    mixed = [(a.character, b.character) for a, b in zip(first, second, strict=True)]
    assert "".join(a for a, _ in mixed) == text(model, ".a", 30, seed=1)
    assert "".join(b for _, b in mixed) == text(model, ".a", 30, seed=2)


def test_a_large_model_waits_for_its_turn_and_a_small_one_for_nobody():
    large, small = checkpoints.load("shakespeare"), checkpoints.load("girls-gpt")
    written = threading.Event()

    def write(trained) -> None:
        prompt = "RO" if trained is large else "."
        assert sum(1 for _ in generate(trained.model, trained.vocabulary, prompt, 2)) == 2
        written.set()

    with sampling._reading:
        write(small)
        written.clear()
        writer = threading.Thread(target=write, args=(large,))
        writer.start()
        assert not written.wait(0.3)
    assert written.wait(30)
    writer.join()


def test_candidates_are_the_models_probabilities_and_the_chances(model):
    settings = Settings(temperature=0.7, top_k=3)
    step = next(generate(model, VOCABULARY, ".abc", 1, settings, top=5))
    logits = model(torch.tensor([VOCABULARY.encode(".abc")]))[0][0, -1]
    p, drawn = F.softmax(logits, dim=-1).numpy(), chances(logits, settings)
    assert [c.token for c in step.candidates] == np.argsort(-p)[:5].tolist()
    for c in step.candidates:
        assert c.character == VOCABULARY.symbols[c.token]
        assert c.probability == pytest.approx(p[c.token], rel=1e-4)
        assert c.chance == pytest.approx(drawn[c.token], rel=1e-4)
    assert [c.chance > 0 for c in step.candidates] == [True] * 3 + [False] * 2
    assert pick(drawn, step.roll) == step.token


def test_attention_rows_are_the_models_last_rows(model):
    steps = list(generate(model, VOCABULARY, ".abcd", 6, attention=True))
    for step in steps:
        assert step.attention.shape == (2, 2, len(step.window))
        _, patterns = model.read(torch.tensor([step.window]))
        for layer in range(2):
            np.testing.assert_allclose(step.attention[layer], patterns[layer][0, :, -1], atol=1e-5)
    assert [len(step.window) for step in steps] == [5, 6, 7, 8, 9, 10]
    assert next(generate(model, VOCABULARY, ".abcd", 1)).attention is None


def test_a_full_window_drops_its_older_half(model):
    steps = list(generate(model, VOCABULARY, ".", 40, seed=4))
    whole = [0, *(step.token for step in steps)]
    lengths = [len(step.window) for step in steps]
    assert lengths == [*range(1, 17), *range(8, 17), *range(8, 17), *range(8, 14)]
    for i, step in enumerate(steps):
        assert list(step.window) == whole[i + 1 - lengths[i] : i + 1]
        logits = model(torch.tensor([step.window]))[0][0, -1]
        assert pick(chances(logits, Settings()), step.roll) == step.token


def test_a_prompt_longer_than_the_window_is_read_from_its_end(model):
    step = next(generate(model, VOCABULARY, "abcdefghij" * 3, 1))
    assert step.window == tuple(VOCABULARY.encode("efghijabcdefghij"))


def test_a_forced_character_is_taken_and_read_and_the_other_rolls_stay(model):
    free = list(generate(model, VOCABULARY, ".a", 8, seed=9))
    steps = list(generate(model, VOCABULARY, ".a", 8, seed=9, forced={2: "j"}))
    assert [s.token for s in steps[:2]] == [s.token for s in free[:2]]
    assert (steps[2].character, steps[2].roll) == ("j", None)
    assert steps[3].window[-1] == VOCABULARY.encode("j")[0]
    assert [s.roll for s in steps[3:]] == [s.roll for s in free[3:]]


def test_text_ends_at_the_stop_character(model):
    steps = list(generate(model, VOCABULARY, ".", 500, seed=1, stop="."))
    assert steps[-1].character == "."
    assert all(step.character != "." for step in steps[:-1])


# --- parts switched off -----------------------------------------------------------------------------


def test_switches_reach_the_model(model):
    off = Switches(heads=frozenset({(0, 1)}), mlps=frozenset({1}))
    step = next(generate(model, VOCABULARY, ".abc", 1, switches=off, top=11))
    logits, _ = model.read(torch.tensor([VOCABULARY.encode(".abc")]), gains=off.gains(model))
    p = F.softmax(logits[0, -1], dim=-1).numpy()
    for c in step.candidates:
        assert c.probability == pytest.approx(p[c.token], rel=1e-4)


def test_a_layer_off_is_all_its_heads_and_its_mlp_off(model):
    gains = Switches(layers=frozenset({1})).gains(model)
    np.testing.assert_array_equal(gains.head, [[1, 1], [0, 0]])
    np.testing.assert_array_equal(gains.mlp, [1, 0])
    assert Switches().gains(model) is None


@pytest.mark.parametrize("off", [Switches(heads=frozenset({(0, 2)})), Switches(layers=frozenset({2}))])
def test_a_part_that_the_model_lacks_is_refused(model, off):
    with pytest.raises(BadRequest, match="2 layers with 2 heads each"):
        generate(model, VOCABULARY, ".", 1, switches=off)


# --- the other models -------------------------------------------------------------------------------


def test_bigram_reads_one_character():
    steps = list(generate(Bigram(), VOCABULARY, ".ab", 4, Settings(temperature=0)))
    assert "".join(s.character for s in steps) == "cdef"
    assert all(len(s.window) == 1 for s in steps)


def test_mlp_reads_its_window_behind_boundaries():
    steps = list(generate(Window(), VOCABULARY, ".a", 3, Settings(temperature=0)))
    assert [s.window for s in steps] == [(0, 0, 1), (0, 1, 1), (1, 1, 2)]
    assert [s.token for s in steps] == [1, 2, 4]


def test_only_a_gpt_has_parts_to_switch_off():
    with pytest.raises(BadRequest, match="Only a GPT"):
        reader(Bigram(), VOCABULARY, Switches(layers=frozenset({0})))


# --- bad input --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("numbers", "message"),
    [
        ({"temperature": -1}, "choose 0 .greedy. or more"),
        ({"temperature": float("nan")}, "choose 0 .greedy. or more"),
        ({"temperature": float("inf")}, "choose 0 .greedy. or more"),
        ({"top_k": 0}, "choose 1 or more"),
        ({"top_p": 0}, "above 0 and up to 1"),
        ({"top_p": 1.5}, "above 0 and up to 1"),
        ({"top_p": float("nan")}, "above 0 and up to 1"),
    ],
)
def test_settings_out_of_range_say_what_to_choose(numbers, message):
    with pytest.raises(BadRequest, match=message):
        Settings(**numbers)


def test_top_k_beyond_the_vocabulary_says_what_to_choose(model):
    with pytest.raises(BadRequest, match="top-k is 12, but the model knows 11 characters; choose 11 at most"):
        generate(model, VOCABULARY, ".", 1, Settings(top_k=12))
    assert text(model, seed=1) == text(model, ".", 20, Settings(top_k=11), seed=1)


@pytest.mark.parametrize("prompt", ["a😀", "Ж", "a\x00b"])
def test_unknown_characters_are_named(prompt):
    with pytest.raises(UnknownCharacter, match="never seen"):
        check_prompt(VOCABULARY, prompt)


def test_a_forced_character_must_be_known(model):
    with pytest.raises(UnknownCharacter, match="never seen “Ж”"):
        generate(model, VOCABULARY, ".", 1, forced={0: "Ж"})


def test_empty_and_endless_prompts_say_what_to_do():
    with pytest.raises(BadRequest, match="at least one character"):
        check_prompt(VOCABULARY, "")
    with pytest.raises(BadRequest, match=r"100,000 characters; give at most 20,000"):
        check_prompt(VOCABULARY, "a" * 100_000)
