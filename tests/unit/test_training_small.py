"""A bigram by gradient and a small GPT that are trained a few steps at a time, as the queue does it."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from explainer import names
from explainer.models.bigram import count_pairs, initial_weights
from explainer.traces import training as trace
from explainer.traces.receipt.bigram import learned
from explainer.training import queue
from explainer.training.bigram import train_neural
from explainer.training.queue import TrainingQueue
from explainer.training.small import (
    LEAST,
    LINE,
    SMALL,
    SMALL_TEXT,
    SYMBOLS,
    BigramRecipe,
    BigramTrainer,
    GPTTrainer,
    names_data,
    readable,
    text_data,
)
from tests.unit.test_training_mlp import wait_until

torch.set_num_threads(1)
TINY = replace(SMALL, n_layer=1, n_head=2, n_embd=16, batch_size=16, micro_batch=16, steps=40, judged=20)
TEXT = "".join(f"In the {i}th year the ship came home, and the crew sang.\n" for i in range(80))


@pytest.fixture(scope="module")
def girls():
    return names.split(names.select(names.register(), "girl")["name"].tolist())


def bigram(girls, **changed):
    return BigramTrainer(girls.train, girls.dev, names.VOCABULARY, BigramRecipe(**changed))


def gpt(girls, recipe=TINY):
    return GPTTrainer(names_data(girls, names.VOCABULARY, recipe), recipe)


def test_the_bigram_walks_the_same_way_as_the_talks_loop(girls):
    run = bigram(girls, steps=20)
    for _ in range(4):
        run.advance(5)
    counts = count_pairs(girls.train, names.VOCABULARY).float()
    *_, last = train_neural(counts, initial_weights(names.VOCABULARY), 20)
    torch.testing.assert_close(run.trained().probabilities(), last.log_probabilities.exp())
    assert run.done
    assert run.history()["train_loss"][-1] < run.history()["train_loss"][0]


def test_the_table_of_a_trained_bigram_is_the_layer_that_learned_but_for_a_shift_of_its_rows(girls):
    run = bigram(girls, steps=20)
    run.advance(20)
    W = learned(run.trained()).W.detach()  # (V, V)
    counts = count_pairs(girls.train, names.VOCABULARY).float()
    *_, last = train_neural(counts, initial_weights(names.VOCABULARY), 20)
    shift = last.W - W  # (V, V)
    torch.testing.assert_close(shift, shift[:, :1].expand_as(shift), atol=1e-4, rtol=1e-4)


def test_a_new_learning_rate_takes_effect_from_where_the_bigram_stands(girls):
    run, still = bigram(girls, steps=20), bigram(girls, steps=20)
    for one in (run, still):
        one.advance(5)
    before = run.trained().probabilities()
    run.learning_rate = 1e-9
    run.advance(5)
    still.advance(5)
    torch.testing.assert_close(run.trained().probabilities(), before)
    assert not torch.allclose(still.trained().probabilities(), before)


def test_a_gpt_is_the_same_however_it_is_sliced(girls):
    whole, sliced = gpt(girls), gpt(girls)
    whole.advance(12)
    for steps in (1, 4, 7):
        sliced.advance(steps)
    for ours, theirs in zip(whole.trained().parameters(), sliced.trained().parameters(), strict=True):
        assert torch.equal(ours, theirs)


def test_a_gpt_learns_names_and_its_copy_stays_as_it_was(girls):
    run = gpt(girls)
    kept = run.snapshot()
    run.advance(40)
    assert run.done
    history = run.history()
    assert list(history["step"])[:1] + list(history["step"])[-1:] == [0, 40]
    assert history["dev_loss"][-1] < history["dev_loss"][0] - 0.5
    assert history["train_loss"][0] == pytest.approx(np.log(34), abs=0.2)
    noise, told = (trace.written(one.model, names.VOCABULARY, one.step) for one in (kept, run.snapshot()))
    assert told.nats < noise.nats


def test_the_small_gpt_has_about_200_000_numbers(girls):
    count = sum(p.numel() for p in gpt(girls, SMALL).trained().parameters())
    assert 190_000 < count < 220_000


def test_a_new_learning_rate_takes_effect_in_all_parts_of_a_gpt(girls):
    run = gpt(girls)
    run.advance(20)
    run.learning_rate = 0.0
    before = run.trained()
    run.advance(5)
    for ours, theirs in zip(run.trained().parameters(), before.parameters(), strict=True):
        torch.testing.assert_close(ours, theirs)


def test_a_text_is_learned_sooner_than_by_adamw_alone():
    recipe = replace(TINY, block_size=24, steps=60)
    run, other = (GPTTrainer(text_data(TEXT, recipe), recipe) for _ in range(2))
    adamw = torch.optim.AdamW(other._run.model.parameters(), betas=(0.9, 0.95), weight_decay=0.1)
    for group in adamw.param_groups:
        group["top"] = recipe.lr_rest
    other._run.optimizers, other._take_rate = [adamw], lambda: None
    for one in (run, other):
        one.advance(60)
    assert run.history()["dev_loss"][-1] < other.history()["dev_loss"][-1] - 0.05


def test_a_gpt_learns_a_text_and_writes_lines_of_it():
    recipe = replace(TINY, block_size=24, steps=60)
    run = GPTTrainer(text_data(TEXT, recipe), recipe)
    run.advance(60)
    lines = trace.lines(run.trained(), run.vocabulary, run.step)
    assert len(lines.names) == trace.DRAWN_LINES
    assert all(LINE not in one.name and len(one.name) <= trace.CUT_LINE for one in lines.names)
    assert run.history()["dev_loss"][-1] < run.history()["dev_loss"][0] - 0.5


def test_what_cannot_be_learned_is_refused_and_says_why(girls):
    with pytest.raises(ValueError, match="at least 2,000"):
        text_data("A" * (LEAST - 2), SMALL_TEXT)
    with pytest.raises(ValueError, match="17 letters"):
        names_data(girls._replace(train=["A" * 17]), names.VOCABULARY, SMALL)
    with pytest.raises(ValueError, match="at least ten"):
        names_data(girls._replace(dev=[]), names.VOCABULARY, SMALL)
    with pytest.raises(ValueError, match="at least ten"):
        bigram(girls._replace(dev=[]))


def test_of_a_text_the_frequent_characters_that_can_be_shown_are_kept():
    rare = "".join(chr(0x4E00 + i) for i in range(300))
    found = readable("\ta\r\nb\x00" + "ab" * 50 + rare)
    assert found.startswith("\na\nb" + "ab" * 50)
    assert len(set(found)) <= SYMBOLS + 1


@pytest.mark.parametrize("make", [bigram, gpt])
def test_the_queue_trains_them_too(girls, make):
    job = TrainingQueue().submit("a", lambda: make(girls), note=lambda now: now.step)
    wait_until(lambda: job.report().state == queue.DONE, seconds=60)
    assert job.notes[0] == 0
    assert job.watch().step == job.report().progress.steps
