"""Training the perceptron: gradients, optimisers, exact resuming, the two recipes, the visitors' queue."""

import json
import signal
import threading
import time
from contextlib import contextmanager
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from safetensors.torch import load, save
from torch.nn import functional as F

from explainer import checkpoints, names
from explainer.models.mlp import MLP, build_dataset, dropout_mask, forward_pass
from explainer.training import mlp, queue
from explainer.training.mlp import Examples, Parameters, Trainer, adamw, backward, flatten, record_steps
from explainer.training.queue import QueueFull, TrainingQueue
from explainer.training.recipes import (
    BETTER,
    TALK,
    Recipe,
    Shape,
    check_limits,
    rate_factor,
    untrained,
)
from explainer.vocabulary import Vocabulary

torch.set_num_threads(1)
SMALL = Shape(embedding_dimension=2, hidden_layer_size=16)
SHORT = replace(BETTER, batch_size=16, steps=300)


@pytest.fixture(scope="module")
def girls():
    return names.split(names.select(names.register(), "girl")["name"].tolist())


def trainer(girls, recipe=SHORT, shape=SMALL, records=10):
    return Trainer(girls.train[:200], girls.dev[:50], names.VOCABULARY, shape, recipe, records)


def generator(seed=1):
    return torch.Generator().manual_seed(seed)


# --- gradients and optimisers -----------------------------------------------------------------------


@pytest.mark.parametrize("rate", [0.0, 0.25])
def test_gradients_by_hand_equal_autograds(rate):
    model = MLP(generator=generator())
    idx, targets = torch.randint(34, (32, 3), generator=generator()), torch.arange(32)
    keep = dropout_mask((32, 200), rate, generator()) if rate else None
    logits = forward_pass(idx, *model.parameters(), keep).logits
    expected = torch.autograd.grad(
        F.cross_entropy(logits, targets, reduction="sum"), list(model.parameters())
    )
    p = Parameters(*(parameter.detach() for parameter in model.parameters()))
    found = Parameters(*(torch.empty_like(parameter) for parameter in p))
    backward(idx, targets[:, None], forward_pass(idx, *p, keep), p, keep, found)
    torch.testing.assert_close(tuple(found), expected, rtol=1e-4, atol=1e-5)


def test_adamw_equals_pytorchs():
    ours, moments = torch.linspace(-1, 1, 7), torch.zeros(2, 7)
    theirs = torch.nn.Parameter(ours.clone())
    optimiser = torch.optim.AdamW([theirs], lr=0.1, betas=(mlp.BETA1, mlp.BETA2), eps=1e-8, weight_decay=0.3)
    for step in range(1, 6):
        gradient = torch.sin(torch.arange(7) * step)
        theirs.grad = gradient.clone()
        optimiser.step()
        adamw(ours, gradient, moments, step, rate=0.1, weight_decay=0.3)
    torch.testing.assert_close(ours, theirs.detach())


def test_the_engine_walks_the_same_way_as_the_talks_loop(girls):
    recipe = replace(TALK, steps=20)  # rounding errors grow with every step
    engine = trainer(girls, recipe, Shape())
    engine.advance(20)
    g = generator(recipe.seed)
    model = MLP(generator=g)
    X, Y = build_dataset(girls.train[:200], names.VOCABULARY, 3)
    for step, ix in enumerate(torch.randint(len(Y), (mlp.CHUNK, 32), generator=g)[:20]):
        loss = model(X[ix], Y[ix])[1]
        for p in model.parameters():
            p.grad = None
        loss.backward()
        for p in model.parameters():
            p.data += -(0.1 if step < 10 else 0.01) * p.grad
    for ours, theirs in zip(engine.model.parameters(), model.parameters(), strict=True):
        torch.testing.assert_close(ours.detach(), theirs.detach(), rtol=1e-4, atol=1e-5)


def test_all_parameters_share_one_row_of_memory():
    model = MLP(generator=generator()).requires_grad_(False)
    before = model(torch.zeros(1, 3, dtype=torch.int64))[0]
    flat = flatten(model)
    assert len(flat) == 13_374
    assert torch.equal(model(torch.zeros(1, 3, dtype=torch.int64))[0], before)
    flat.zero_()
    assert all(not p.any() for p in model.parameters())


# --- the engine -------------------------------------------------------------------------------------


@pytest.mark.parametrize(("block", "judged"), [(4096, 50_000), (100, 50_000), (64, 500)])
def test_loss_over_distinct_windows_equals_the_mean_over_all(girls, monkeypatch, block, judged):
    monkeypatch.setattr(mlp, "BLOCK", block)
    monkeypatch.setattr(mlp, "JUDGED", judged)
    examples, model = Examples(girls.dev, names.VOCABULARY, 3), MLP(generator=generator()).eval()
    expected = F.cross_entropy(model(examples.X[:judged])[0], examples.Y[:judged]).item()
    assert examples.loss(list(model.parameters())) == pytest.approx(expected, rel=1e-5)


def test_the_shape_follows_a_vocabulary_of_ones_own():
    run = Trainer(["ΑΒ", "ΒΑ"], ["Α"], Vocabulary(".ΑΒ"), SMALL, SHORT)
    run.advance(5)
    assert run.model.C.shape == (3, 2)
    assert run.trained()(run.dev.X)[0].shape == (2, 3)


@pytest.mark.parametrize("recipe", [SHORT, replace(TALK, steps=300)], ids=["better", "talk"])
@pytest.mark.parametrize("interruptions", [(1,), (127, 128), (129, 250), (300,)])
def test_interrupted_and_resumed_equals_uninterrupted_bit_for_bit(girls, recipe, interruptions):
    whole = trainer(girls, recipe)
    whole.advance(300)
    part = trainer(girls, recipe)
    for stop in interruptions:
        part.advance(stop - part.step)
        saved = save(part.state_dict())
        part = trainer(girls, recipe)
        part.load_state_dict(load(saved))
    part.advance(300)
    expected, found = whole.state_dict(), part.state_dict()
    del expected["numbers"], found["numbers"]  # they hold the seconds spent
    for key in expected:
        assert torch.equal(found[key], expected[key]), key
    for key, array in whole.history().items():
        np.testing.assert_array_equal(part.history()[key], array)


def test_same_seed_same_result_however_it_is_sliced_and_whatever_runs_beside_it(girls):
    alone, sliced, other = trainer(girls), trainer(girls), trainer(girls, replace(SHORT, seed=7))
    alone.advance(300)
    beside = threading.Thread(target=other.advance, args=(300,))
    beside.start()
    while not sliced.done:
        sliced.advance(7)
        torch.rand(3)  # the global generator is nobody's business
    beside.join()
    assert torch.equal(sliced.state_dict()["parameters"], alone.state_dict()["parameters"])
    assert not torch.equal(other.state_dict()["parameters"], alone.state_dict()["parameters"])


def test_the_learning_rate_can_change_while_it_runs(girls):
    steady, changed = trainer(girls), trainer(girls)
    for run in (steady, changed):
        run.advance(100)
    changed.learning_rate = 0.0
    before = changed.model.W2.clone()
    assert changed.progress().learning_rate == 0
    for run in (steady, changed):
        run.advance(50)
    assert torch.equal(changed.model.W2, before)
    assert not torch.equal(steady.model.W2, before)


def test_a_learning_rate_far_too_big_is_noticed_and_nothing_infinite_is_recorded(girls):
    run = trainer(girls, replace(TALK, learning_rate=1e38, steps=300))
    run.advance(300)
    assert run.diverged
    assert run.done
    assert run.step < 300
    for key in ("train_loss", "dev_loss"):
        assert np.isfinite(run.history()[key]).all()


def test_history_follows_the_letters_from_the_first_step_to_the_last(girls):
    run = trainer(girls)
    first = run.model.C.clone()
    run.advance(300)
    history = run.history()
    assert history["step"].tolist() == sorted(record_steps(300, 10))
    assert history["step"][[0, -1]].tolist() == [0, 300]
    assert history["C"].shape == (10, 34, 2)
    np.testing.assert_array_equal(history["C"][0], first)
    np.testing.assert_array_equal(history["C"][-1], run.model.C)
    assert history["dev_loss"][-1] == pytest.approx(run.dev.loss(list(run.model.parameters())))
    assert len(history["batch_step"]) == len(history["batch_loss"]) == 300


def test_the_length_of_the_gradient_is_that_of_autograds(girls):
    run = trainer(girls, replace(TALK, steps=5))
    parameters = [p.clone().requires_grad_() for p in run.model.parameters()]
    run.advance(1)
    logits = forward_pass(run._contexts[0].clone(), *parameters).logits
    slopes = torch.autograd.grad(F.cross_entropy(logits, run._targets[0].squeeze(1).clone()), parameters)
    expected = torch.cat([slope.flatten() for slope in slopes]).norm().item()
    assert run.history()["batch_slope"].tolist() == pytest.approx([expected], rel=1e-4)


def test_progress_counts_down(girls):
    run = trainer(girls)
    assert run.progress().seconds_left is None
    run.advance(100)
    progress = run.progress()
    assert (progress.step, progress.steps) == (100, 300)
    assert progress.seconds_left == pytest.approx(200 / progress.steps_per_second)
    run.advance(1000)
    assert run.progress().seconds_left == 0


def test_the_copy_of_the_model_does_not_change_any_more(girls):
    run = trainer(girls)
    copy = run.trained()
    before = copy.C.clone()
    run.advance(50)
    assert torch.equal(copy.C, before)
    assert not copy.training
    torch.testing.assert_close(
        run.trained()(run.dev.X)[0], forward_pass(run.dev.X, *run.model.parameters()).logits
    )


def test_too_few_names_are_refused(girls):
    with pytest.raises(ValueError, match="at least ten"):
        Trainer(girls.train[:5], [], names.VOCABULARY, SMALL, SHORT)


# --- recipes ----------------------------------------------------------------------------------------


def test_the_talk_starts_confidently_wrong_and_the_better_recipe_at_ln_34(girls):
    examples = Examples(girls.train, names.VOCABULARY, 3)
    talk, better = (untrained(Shape(), recipe) for recipe in (TALK, BETTER))
    assert examples.loss(list(talk.parameters())) > 4 * np.log(34)
    assert examples.loss(list(better.parameters())) == pytest.approx(np.log(34), abs=0.02)
    h = [model.activations(examples.X[:1000]).h for model in (talk, better)]
    saturated = [(tensor.abs() > 0.99).float().mean().item() for tensor in h]
    assert saturated[0] > 0.5
    assert saturated[1] < 0.15


def test_schedules_by_hand():
    assert [rate_factor("step", p) for p in (0, 0.49, 0.5, 0.99)] == [1, 1, 0.1, 0.1]
    assert [rate_factor("constant", p) for p in (0, 1)] == [1, 1]
    found = [rate_factor("cosine", p) for p in (0, 0.01, 0.02, 0.51, 1)]
    assert found == pytest.approx([0, 0.5, 1, 0.5, 0])


def test_what_a_visitor_may_choose_is_bounded_and_named():
    check_limits(Shape(), TALK)
    check_limits(Shape(), BETTER)
    with pytest.raises(ValueError, match=r"hidden layer size is 401.*1 to 400"):
        check_limits(Shape(hidden_layer_size=401), BETTER)
    with pytest.raises(ValueError, match="batch size"):
        check_limits(Shape(), replace(BETTER, batch_size=0))
    with pytest.raises(ValueError, match="not known"):
        Recipe("zeros", "sgd", 0.1, "step", 32, 100)


def test_a_tenth_of_the_better_recipe_learns_already(girls):
    run = Trainer(girls.train, girls.dev, names.VOCABULARY, Shape(), replace(BETTER, steps=600), records=2)
    run.advance(600)
    assert run.progress().dev_loss < 2.2


# --- the command ------------------------------------------------------------------------------------


SHORT_RUN = (SMALL, replace(SHORT, steps=400))


@pytest.fixture
def command(monkeypatch):
    """Train girls-mlp by a short recipe in a folder."""
    monkeypatch.setitem(mlp.RUNS, "mlp", SHORT_RUN)

    def run(folder, resume=False, data=None, device="auto"):
        mlp.run("girls-mlp", data=data, device=device, resume=resume, folder=folder / "checkpoints")
        return json.loads((folder / "checkpoints" / "girls-mlp.json").read_text())

    return run


@contextmanager
def killed_at(step, error, monkeypatch):
    def line(progress):
        if progress.step >= step:
            raise error

    with monkeypatch.context() as patch:
        patch.setattr(mlp, "_line", line)
        patch.setattr(mlp, "SAVE_SECONDS", 0.0)
        yield pytest.raises(type(error))


def test_a_killed_command_resumes_to_the_same_file(tmp_path, command, monkeypatch):
    whole = command(tmp_path / "whole")
    with killed_at(200, RuntimeError("killed"), monkeypatch) as raises, raises:
        command(tmp_path / "part")
    saved = tmp_path / "part" / "runs" / "girls-mlp.safetensors"
    assert saved.exists()
    part = command(tmp_path / "part", resume=True)
    assert part["sha256"] == whole["sha256"]
    assert part["losses"] == whole["losses"]
    assert not saved.exists()


def test_ctrl_c_saves_the_state_and_another_run_is_not_mistaken_for_it(tmp_path, command, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(mlp, "_line", lambda _: signal.raise_signal(signal.SIGINT))
        with pytest.raises(KeyboardInterrupt, match="--resume"):
            command(tmp_path)
    assert (tmp_path / "runs" / "girls-mlp.safetensors").exists()
    monkeypatch.setitem(mlp.RUNS, "mlp", (SMALL, replace(SHORT, steps=401)))
    with pytest.raises(ValueError, match="without --resume"):
        command(tmp_path, resume=True)


def test_resuming_without_a_saved_state_starts_from_the_beginning(tmp_path, command):
    assert command(tmp_path, resume=True)["steps"] == 400


def test_the_command_refuses_a_device_and_a_table_that_make_no_sense(tmp_path, command):
    with pytest.raises(ValueError, match="CPU"):
        command(tmp_path, device="cuda")
    table = tmp_path / "names.csv"
    table.write_text("name,sex,bearers\nANNA,girl,100\n")
    with pytest.raises(ValueError, match="at least 10"):
        command(tmp_path, data=table)


# --- the shipped models -----------------------------------------------------------------------------

SHIPPED = [f"{sex}-{kind}" for sex in ("girls", "boys") for kind in mlp.RUNS]


@pytest.mark.parametrize("name", SHIPPED)
def test_shipped_numbers_are_those_of_the_shipped_weights(name):
    shipped = checkpoints.load(name)
    data = shipped.meta["data"]
    split = names.split(names.select(names.register(), data["sex"])["name"].tolist())
    assert {part: len(words) for part, words in split._asdict().items()} == data["names"]
    found = mlp.losses(shipped.model, split, shipped.vocabulary)
    assert found == pytest.approx(shipped.meta["losses"], abs=1e-3)
    history = checkpoints.history(name)
    assert history["dev_loss"][-1] == pytest.approx(shipped.meta["losses"]["dev"], abs=0.02)
    assert ("C" in history) == name.endswith("2d")


def test_the_shipped_models_reach_their_bars():
    meta = {name: checkpoints.read_meta(name) for name in SHIPPED}
    assert sum(p.numel() for p in checkpoints.load("girls-mlp").model.parameters()) == 13_374
    assert meta["girls-mlp"]["losses"]["dev"] <= 2.11
    assert meta["girls-mlp-2d"]["losses"]["dev"] <= 2.23
    for sex in ("girls", "boys"):
        better, talk = meta[f"{sex}-mlp"], meta[f"{sex}-mlp-talk"]
        assert better["losses"]["dev"] < talk["losses"]["dev"] - 0.2
        assert better["losses"]["train"] > talk["losses"]["train"]
        assert better["copied"]["from_train"] < talk["copied"]["from_train"]


# --- the queue --------------------------------------------------------------------------------------


@pytest.fixture
def make(girls):
    return lambda steps=200_000: lambda: trainer(girls, replace(SHORT, steps=steps))


plain = Trainer.snapshot


def wait_until(condition, seconds=10.0):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.01)


def test_a_training_runs_to_its_end_and_equals_one_made_by_hand(make):
    job = TrainingQueue().submit("a", make(300))
    wait_until(lambda: job.report().state == queue.DONE)
    alone = make(300)()
    alone.advance(300)
    assert torch.equal(job.trained().C, alone.trained().C)
    assert job.report().progress.step == 300
    assert job.report().place is None
    assert len(job.history()["step"]) == 10


def test_notes_are_taken_at_their_steps_also_if_nobody_watches(make):
    job = TrainingQueue().submit("a", make(300), note=lambda now: (now.step, now.model.C[0, 0].item()))
    wait_until(lambda: job.report().state == queue.DONE)
    alone, expected = make(300)(), []
    for step in (0, 100, 300):
        alone.advance(step - alone.step)
        expected.append((step, alone.model.C[0, 0].item()))
    assert list(job.notes) == expected[:2]  # the last one is the model itself


def test_only_who_is_watched_is_copied_and_a_copy_stays_as_it_was(make, monkeypatch):
    monkeypatch.setattr(queue, "FRAME_EVERY", 0.05)
    copies = []
    monkeypatch.setattr(Trainer, "snapshot", lambda self: copies.append(self.step) or plain(self))
    job = TrainingQueue().submit("a", make())
    wait_until(lambda: job.report().progress and job.report().progress.step > 500)
    assert copies == []
    job.watch()
    wait_until(lambda: job._frame is not None)
    first = job.watch()
    kept = first.model.C.clone()
    wait_until(lambda: job.watch().step > first.step)
    assert torch.equal(first.model.C, kept)
    assert not torch.equal(job.watch().model.C, kept)
    job.stop()
    assert job.watch().step == job.report().progress.step


def test_a_watched_pause_shows_the_step_at_which_it_stands(make):
    job = TrainingQueue().submit("a", make())
    wait_until(lambda: job.report().progress)
    job.pause()
    assert job.watch().step == job.report().progress.step
    job.stop()


def test_only_so_many_run_at_once_and_the_others_see_their_place(make):
    trainings = TrainingQueue(at_once=2)
    jobs = [trainings.submit(str(i), make()) for i in range(4)]
    wait_until(lambda: all(job.report().progress for job in jobs[:2]))
    assert [job.report().state for job in jobs] == ["running", "running", "waiting", "waiting"]
    assert [job.report().place for job in jobs] == [None, None, 1, 2]
    jobs[0].stop()
    wait_until(lambda: jobs[2].report().state == queue.RUNNING)
    assert jobs[3].report().place == 1
    assert jobs[0].report().state == queue.STOPPED
    assert jobs[0].trained() is not None
    for job in jobs:
        job.stop()


def test_a_pause_gives_the_place_away_and_resuming_queues_again(make):
    trainings = TrainingQueue(at_once=1)
    first, second = trainings.submit("a", make()), trainings.submit("b", make())
    wait_until(lambda: first.report().progress)
    first.pause()
    wait_until(lambda: second.report().progress)
    step = first.report().progress.step
    first.resume()
    assert first.report().place == 1
    second.stop()
    wait_until(lambda: first.report().progress.step > step)
    first.stop()
    first.resume()
    assert first.report().state == queue.STOPPED


def test_a_paused_training_makes_no_further_step(make):
    job = TrainingQueue(slice_seconds=0.1).submit("a", make())
    for _ in range(5):
        wait_until(lambda: job.report().state == queue.RUNNING and job.report().progress)
        job.pause()
        step = job.report().progress.step
        time.sleep(0.1)
        assert job.report().progress.step == step
        job.resume()
    job.stop()


def test_a_long_turn_ends_when_others_wait(make):
    trainings = TrainingQueue(at_once=1, turn_seconds=0.1)
    jobs = [trainings.submit(str(i), make()) for i in range(3)]
    wait_until(lambda: all(job.report().progress for job in jobs))
    for job in jobs:
        job.stop()


@pytest.fixture
def hours():
    """A queue with a clock that is turned by hand, in which only the tabs are open that are named."""
    time_and_tabs = SimpleNamespace(now=0.0, open=set())
    trainings = TrainingQueue(
        at_once=1,
        most=2,
        keep=2,
        is_open=lambda tab: tab in time_and_tabs.open,
        clock=lambda: time_and_tabs.now,
    )
    time_and_tabs.trainings = trainings

    def later(seconds):
        """Let time pass, in steps in which the queue looks around."""
        end = time_and_tabs.now + seconds
        while time_and_tabs.now < end:
            time_and_tabs.now = min(end, time_and_tabs.now + 10)
            trainings.find("nobody")

    time_and_tabs.later = later
    return time_and_tabs


def opened(hours, owner, make, tab):
    job = hours.trainings.submit(owner, make())
    job.opened_in(tab)
    hours.open.add(tab)
    job.pause()
    return job


def test_a_paused_training_stays_while_its_tab_is_open_and_ten_minutes_beyond(hours, make):
    job = opened(hours, "a", make, "tab")
    hours.later(24 * 3600)
    assert job.report().state == queue.PAUSED
    hours.open.clear()
    hours.later(590)
    assert job.report().state == queue.PAUSED
    hours.later(20)
    assert job.report().state == queue.STOPPED
    assert hours.trainings.find("a") is None


def test_a_visitor_who_comes_back_in_another_tab_starts_the_ten_minutes_anew(hours, make):
    job = opened(hours, "a", make, "before the reload")
    hours.open.clear()
    hours.later(500)
    assert hours.trainings.find("a") is job
    job.opened_in("after it")
    hours.open.add("after it")
    hours.later(3600)
    hours.open.clear()
    hours.later(590)
    assert job.report().state == queue.PAUSED


def test_a_training_goes_on_after_its_tab_was_closed(hours, make):
    job = hours.trainings.submit("a", make())
    wait_until(lambda: job.report().progress)
    hours.later(590)
    step = job.report().progress.step
    wait_until(lambda: job.report().progress.step > step)
    hours.later(20)
    assert job.report().state == queue.STOPPED


def test_what_an_ended_training_needed_is_let_go_and_what_it_brought_is_kept(make):
    job = TrainingQueue().submit("a", make(300))
    wait_until(lambda: job.report().state == queue.DONE)
    alone = make(300)()
    alone.advance(300)
    assert job._trainer is None
    assert torch.equal(job.trained().W1, alone.trained().W1)
    assert np.array_equal(job.history()["dev_loss"], alone.history()["dev_loss"])


def test_a_secret_finds_its_own_training_and_no_other(hours, make):
    jobs = {owner: opened(hours, owner, make, owner) for owner in ("a", "b")}
    assert {owner: hours.trainings.find(owner) for owner in jobs} == jobs
    assert hours.trainings.find("c") is None


def test_only_so_many_ended_trainings_are_kept_and_the_longest_unseen_goes_first(hours, make):
    for owner in ("a", "b", "c"):
        opened(hours, owner, make, owner).stop()
        hours.later(20)
        hours.open.discard("b")
    hours.later(10)
    assert [owner for owner in ("a", "b", "c") if hours.trainings.find(owner)] == ["a", "c"]


def test_in_a_full_queue_who_has_closed_the_tab_makes_room(hours, make):
    gone, there = (opened(hours, owner, make, owner) for owner in ("a", "b"))
    hours.open.discard("a")
    hours.later(50)
    with pytest.raises(QueueFull, match="try again"):
        hours.trainings.submit("c", make())
    hours.later(20)
    opened(hours, "c", make, "c")
    assert [job.report().state for job in (gone, there)] == [queue.STOPPED, queue.PAUSED]


def test_a_second_training_replaces_the_first_of_the_same_visitor(make):
    trainings = TrainingQueue()
    first = trainings.submit("a", make())
    second = trainings.submit("a", make(20))
    wait_until(lambda: second.report().state == queue.DONE)
    assert first.report().state == queue.STOPPED


def test_a_full_queue_says_so(make):
    trainings = TrainingQueue(most=1)
    job = trainings.submit("a", make())
    with pytest.raises(QueueFull, match="try again"):
        trainings.submit("b", make())
    job.stop()
    trainings.submit("b", make()).stop()


def test_one_failure_does_not_end_the_others(make):
    def broken():
        raise ValueError("There are too few names to learn from; give at least ten.")

    trainings = TrainingQueue(at_once=2)
    bad, good = trainings.submit("a", broken), trainings.submit("b", make(100))
    wait_until(lambda: good.report().state == queue.DONE)
    assert bad.report().state == queue.FAILED
    assert "too few names" in bad.report().problem
    assert bad.trained() is None


def test_a_new_learning_rate_reaches_a_training_that_waits_and_one_that_runs(make):
    trainings = TrainingQueue(at_once=1)
    running, waiting = trainings.submit("a", make()), trainings.submit("b", make(300))
    waiting.set_learning_rate(0.0)
    running.set_learning_rate(1e30)
    wait_until(lambda: running.report().state == queue.DIVERGED)
    wait_until(lambda: waiting.report().state == queue.DONE)
    assert torch.equal(waiting.trained().C, make(300)().model.C)


def test_the_queue_sleeps_when_nobody_trains(make):
    job = TrainingQueue().submit("a", make(20))
    wait_until(lambda: job.report().state == queue.DONE)
    time.sleep(0.1)
    before = time.process_time()
    time.sleep(0.3)
    assert time.process_time() - before < 0.1
