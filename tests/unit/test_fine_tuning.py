"""Before and after refining: probabilities by hand, the same dice, a recorded run."""

import numpy as np
import pytest
import torch

from explainer.models.gpt import GPT
from explainer.sampling import BadRequest
from explainer.traces import fine_tuning
from explainer.vocabulary import UnknownCharacter, Vocabulary

VOCABULARY = Vocabulary("ab \nż")


def model(seed: int) -> GPT:
    torch.manual_seed(seed)
    built = GPT(vocab_size=5, block_size=16, n_layer=1, n_head=1, n_embd=8)
    torch.nn.init.normal_(built.lm_head.weight)
    return built.eval().requires_grad_(False)


@pytest.fixture(scope="module")
def pair() -> tuple[GPT, GPT]:
    return model(1), model(2)


def test_every_character_is_judged_by_what_stood_before_it(pair):
    found = fine_tuning.compared(*pair, VOCABULARY, "ab", "bż a")
    for probabilities, each in zip((found.before, found.after), pair, strict=True):
        for i, character in enumerate("bż a"):
            read = torch.tensor([VOCABULARY.encode("ab" + "bż a"[:i])])
            expected = each(read)[0][0, -1].softmax(-1)[VOCABULARY.encode(character)[0]]
            assert probabilities[i] == pytest.approx(float(expected), rel=1e-5)


def test_change_and_loss_are_those_of_the_probabilities():
    found = fine_tuning.Compared("ab", np.array([0.1, 0.5]), np.array([0.4, 0.25]))
    np.testing.assert_allclose(found.change, [2, -1])
    assert found.loss() == pytest.approx((-np.log(0.05) / 2, -np.log(0.1) / 2))
    assert found.loss(1) == pytest.approx((-np.log(0.1), -np.log(0.4)))


def test_a_model_compared_with_itself_has_not_changed(pair):
    found = fine_tuning.compared(pair[0], pair[0], VOCABULARY, "a", "b ż")
    np.testing.assert_array_equal(found.change, 0)


def test_a_long_prompt_keeps_its_end(pair):
    long = fine_tuning.compared(*pair, VOCABULARY, "b" * 99 + "a" * 12, "ab ab")
    short = fine_tuning.compared(*pair, VOCABULARY, "a" * 12, "ab ab")
    np.testing.assert_array_equal(long.before, short.before)


def test_the_same_seed_writes_the_same_and_another_one_something_else(pair):
    texts = [fine_tuning.written(pair[0], VOCABULARY, "a", 30, 1.0, seed) for seed in (1, 1, 2)]
    assert texts[0] == texts[1] != texts[2]
    assert len(texts[0]) == 30


@pytest.mark.parametrize(("prompt", "error"), [("", BadRequest), ("xyz", UnknownCharacter)])
def test_a_prompt_that_cannot_be_read_is_refused(pair, prompt, error):
    with pytest.raises(error):
        fine_tuning.compared(*pair, VOCABULARY, prompt, "a")
    with pytest.raises(error):
        fine_tuning.written(pair[0], VOCABULARY, prompt, 3, 1.0, 1)


def test_a_recorded_run_is_read_as_text():
    found = fine_tuning.run(
        {
            "step": np.array([0, 1, 5]),
            "train_loss": np.array([3.0, 2, 1], np.float32),
            "held_out_loss": np.array([3.5, 2.5, 1.5], np.float32),
            "sample_step": np.array([0, 5]),
            "sample": np.array([[0, 1, 2], [4, 0, 3]], np.int16),
        },
        VOCABULARY,
    )
    assert found.samples == ["ab ", "ża\n"]
    assert found.held_out_at(5) == 1.5
