"""Training: Muon, the order of the data, resuming, overfitting one batch, what a run leaves behind."""

import dataclasses
import math
import signal
import sys

import numpy as np
import pytest
import torch

from explainer import checkpoints, names
from explainer.sampling import generate
from explainer.training import gpt, machine, sequences
from explainer.training.gpt import Trainer, between, evaluate, schedule
from explainer.training.gpt_recipes import RECIPES, Recipe
from explainer.training.muon import Muon, orthogonalise
from explainer.training.sequences import IGNORED, Data, Names, Windows, data_of
from explainer.vocabulary import Vocabulary

torch.set_num_threads(1)
TINY = Recipe(
    n_layer=2, n_head=2, n_embd=16, block_size=8, dropout=0.1, batch_size=6, micro_batch=4, steps=12,
    half=False, records=5, judged=10, sample_length=20,
)  # fmt: skip
TINIER = {"n_layer": 1, "n_head": 2, "n_embd": 8}
TEXT = "the quick brown fox jumps over the lazy dog.\n" * 20


@pytest.fixture
def text_file(tmp_path):
    path = tmp_path / "text.txt"
    path.write_text(TEXT, encoding="utf-8")
    return path


def trainer(text_file, folder, recipe=TINY) -> Trainer:
    data = data_of("shakespeare", recipe, text_file, folder)
    return Trainer(recipe, data, "cpu", folder / "run.state.safetensors", folder)


def weights(run: Trainer) -> dict[str, np.ndarray]:
    return {key: value.numpy() for key, value in run.model.state_dict().items()}


# --- Muon -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("shape", [(8, 8), (6, 12), (12, 6)])
def test_orthogonalise_brings_singular_values_near_one_and_keeps_directions(shape):
    G = torch.randn(2, *shape, generator=torch.Generator().manual_seed(1), dtype=torch.float32)
    U, _, Vh = torch.linalg.svd(G, full_matrices=False)
    O = orthogonalise(G)  # noqa: E741
    assert ((torch.linalg.svdvals(O) > 0.5) & (torch.linalg.svdvals(O) < 1.3)).all()
    aligned = (U.mT @ O @ Vh.mT).diagonal(dim1=1, dim2=2)
    assert (aligned > 0.5).all()


def test_muon_takes_queries_keys_and_values_apart():
    stacked = torch.nn.Parameter(torch.zeros(12, 4))
    single = torch.nn.Parameter(torch.zeros(4, 4))
    optimizer = Muon([stacked, single], lr=0.1)
    stacked.grad = torch.randn(12, 4, generator=torch.Generator().manual_seed(2))
    single.grad = stacked.grad[4:8].clone()
    optimizer.step()
    torch.testing.assert_close(stacked.data[4:8], single.data)
    assert float(single.detach().norm()) == pytest.approx(0.1 * 2, rel=0.3)  # four singular values near 0.1


def test_muon_decays_by_the_learning_rate():
    p = torch.nn.Parameter(torch.full((4, 4), 3.0))
    p.grad = torch.zeros(4, 4)
    Muon([p], lr=0.1, weight_decay=0.5).step()
    torch.testing.assert_close(p.data, torch.full((4, 4), 3.0 * 0.95))


def test_muon_moves_the_matrices_of_the_blocks_and_adamw_the_rest(text_file, tmp_path):
    run = trainer(text_file, tmp_path)
    muon, adamw = ([p for group in o.param_groups for p in group["params"]] for o in run.optimizers)
    assert len(muon) == 4 * TINY.n_layer
    assert len(muon) + len(adamw) == len(list(run.model.parameters()))


# --- schedule and data ------------------------------------------------------------------------------


def test_schedule_rises_stays_and_falls_to_zero():
    recipe = Recipe(steps=100, warmup=0.1, decay=0.5)
    rates = [schedule(step, recipe) for step in range(100)]
    np.testing.assert_allclose(rates[:10], np.arange(1, 11) / 10)
    assert rates[10:51] == [1.0] * 41
    np.testing.assert_allclose(rates[50:], np.arange(50, 0, -1) / 50)


def test_after_what_is_learned_together_the_rates_begin_with_a_share_and_fall_once_more():
    recipe = Recipe(steps=120, together=100, warmup=0.1, decay=0.5, alone=0.25)
    rates = [schedule(step, recipe) for step in range(120)]
    assert rates[:100] == [schedule(step, Recipe(steps=100, warmup=0.1, decay=0.5)) for step in range(100)]
    np.testing.assert_allclose(rates[100:], 0.25 * np.arange(20, 0, -1) / 20)


def test_the_first_steps_read_the_names_of_both_sexes_and_the_others_those_of_one(tmp_path):
    recipe = dataclasses.replace(RECIPES["girls-gpt"], **TINIER, steps=4, together=2)
    data = data_of("girls-gpt", recipe, None, checkpoints.FOLDER)
    run = Trainer(recipe, data, "cpu", tmp_path / "run.state.safetensors", tmp_path)
    read = [{*map(tuple, run.batch(step).tolist())} for step in range(4)]
    both, own = ({*map(tuple, part.table.tolist())} for part in (data.together, data.train))
    read, both, own = ([{_word(row) for row in one} for one in some] for some in (read, [both], [own]))
    assert read[0] | read[1] <= both[0]
    assert not read[0] <= own[0]
    assert read[2] | read[3] <= own[0]
    assert not read[2] & read[3]  # an epoch of its own begins with the first of them


def test_nothing_that_is_held_out_for_one_sex_is_learned_with_the_other():
    splits = [names.split(names.select(names.register(), sex)["name"].tolist()) for sex in ("girl", "boy")]
    data = data_of("girls-gpt", RECIPES["girls-gpt"], None, checkpoints.FOLDER)
    learned = {data.vocabulary.decode(row[row != IGNORED]).strip(".") for row in data.together.table}
    assert len(learned) == len(data.together) == 6_587
    assert not learned & {name for split in splits for name in (*split.dev, *split.test)}
    assert not learned & {*names.rarer("girl", 1_000), *names.rarer("boy", 1_000)}
    assert set(splits[0].dev) & set(splits[1].train)  # which is why it must be taken care of
    assert learned <= {name for split in splits for name in split.train}


def _word(row: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(i for i in row if i != IGNORED)


def test_an_epoch_of_windows_covers_the_text_once():
    windows = Windows(torch.arange(100), block_size=8, seed=1)
    for epoch in (0, 1):
        rows = windows.rows(epoch, torch.arange(len(windows)))
        assert (rows.diff(dim=1) == 1).all()
        assert len(rows[:, :-1].unique()) == rows[:, :-1].numel() == 88
    assert not torch.equal(windows.rows(0, torch.arange(5)), windows.rows(1, torch.arange(5)))


def test_a_text_that_is_too_short_says_how_much_is_needed():
    with pytest.raises(ValueError, match=r"16 characters long; give at least 17"):
        Windows(torch.arange(16), block_size=8, seed=1)


def test_batches_reach_from_one_epoch_into_the_next(text_file, tmp_path):
    run = trainer(text_file, tmp_path)
    n = len(run.data.train)
    step = n // 6
    rows = run.batch(step)
    assert rows.shape == (6, 9)
    first = run.data.train.rows(0, torch.arange(6 * step, n))
    torch.testing.assert_close(rows[: len(first)], first)
    torch.testing.assert_close(rows[len(first) :], run.data.train.rows(1, torch.arange(6 - len(first))))


def test_held_out_text_is_the_end_and_predicts_every_character_once(text_file, tmp_path):
    run = trainer(text_file, tmp_path)
    rows, cut = run.data.held_out["val"], len(TEXT) * 9 // 10
    targets = rows[:, 1:][rows[:, 1:] != IGNORED]
    assert run.data.vocabulary.decode(targets) == TEXT[cut + 1 :]
    assert run.data.vocabulary.decode(run.data.train.ids) == TEXT[:cut]


def test_every_book_gives_its_last_twentieth(tmp_path):
    for name, letter in (("a.txt", "a"), ("b.txt", "b")):
        (tmp_path / name).write_text(letter * 399 + "\n", encoding="utf-8")
    data = data_of("polish-books", TINY, tmp_path, tmp_path)
    train = data.vocabulary.decode(data.train.ids)
    assert (train.count("a"), train.count("b")) == (380, 380)
    assert (data.held_out["val"][:, 1:] != IGNORED).sum() == 2 * 19


def test_names_learn_from_the_shared_split():
    data = data_of("girls-gpt", RECIPES["girls-gpt"], None, checkpoints.FOLDER)
    split = names.split(list(names.select(names.register(), "girl")["name"]))
    row = data.held_out["test"][0]
    assert data.vocabulary.decode(row[row != IGNORED]) == f".{split.test[0]}."
    assert [len(data.train), *map(len, data.held_out.values())] == [len(part) for part in split]
    assert data.size == {"texts": 3517, "characters": 25_463}


# --- learning ---------------------------------------------------------------------------------------


def test_a_tiny_model_overfits_one_batch(tmp_path):
    vocabulary = Vocabulary(".abcdefgh")
    rows = [vocabulary.encode(f".{word}.") for word in ("abc", "bad", "cafe", "deaf", "egg", "fad")]
    data = Data(Names(rows, 8, 1), {"dev": Names(rows, 8, 1).table}, vocabulary, "six words", {}, ".")
    recipe = dataclasses.replace(TINY, dropout=0.0, steps=150, warmup=0.1, records=2)
    run = Trainer(recipe, data, "cpu", tmp_path / "run.state.safetensors", tmp_path)
    before = evaluate(run.model, data.held_out["dev"])
    run.train()
    after = evaluate(run.model, data.held_out["dev"])
    assert before == pytest.approx(math.log(9), abs=0.1)
    # Six different first letters cannot be guessed: log 6 once a word, 22 letters and six ends in all.
    floor = 6 * math.log(6) / sum(len(row) - 1 for row in rows)
    assert floor <= after < floor + 0.05


def test_accumulating_small_batches_equals_one_large_batch(text_file, tmp_path):
    recipe = dataclasses.replace(TINY, dropout=0.0)
    small, large = (trainer(text_file, tmp_path, dataclasses.replace(recipe, micro_batch=n)) for n in (4, 6))
    assert small.take_step() == pytest.approx(large.take_step(), rel=1e-5)
    for key, value in weights(small).items():
        np.testing.assert_allclose(value, weights(large)[key], atol=2e-4)


def test_padding_counts_for_nothing(text_file, tmp_path):
    run = trainer(text_file, tmp_path)
    rows = run.data.held_out["val"][:3].clone()
    rows[2, 4:] = IGNORED
    whole = [run.loss(rows[:2]) * 16, run.loss(rows[2:]) * 3]
    assert run.loss(rows) == pytest.approx(sum(whole) / 19, rel=1e-5)


# --- resuming ---------------------------------------------------------------------------------------


def test_resume_equals_uninterrupted(text_file, tmp_path):
    whole = trainer(text_file, tmp_path / "whole")
    whole.train()
    first = trainer(text_file, tmp_path / "cut")
    first.judge()
    for _ in range(5):
        first.take_step()
        first.judge()
    first.save()
    second = trainer(text_file, tmp_path / "cut")
    second.restore()
    assert second.step == 5
    second.train()
    for key, value in weights(whole).items():
        np.testing.assert_array_equal(weights(second)[key], value)
    assert second.history == whole.history
    assert second.embeddings.keys() == whole.embeddings.keys() == whole.record_at
    assert all(torch.equal(second.embeddings[step], one) for step, one in whole.embeddings.items())
    assert (second.best_step, second.best_loss) == (whole.best_step, whole.best_loss)


def test_ctrl_c_saves_after_the_step_at_hand(text_file, tmp_path, monkeypatch):
    run = trainer(text_file, tmp_path)
    take_step = run.take_step

    def interrupted() -> float:
        if run.step == 6:
            signal.raise_signal(signal.SIGINT)
        return take_step()

    monkeypatch.setattr(run, "take_step", interrupted)
    before = signal.getsignal(signal.SIGINT)
    with pytest.raises(KeyboardInterrupt):
        run.train()
    assert signal.getsignal(signal.SIGINT) is before
    again = trainer(text_file, tmp_path)
    again.restore()
    assert again.step == run.step == 7


def test_there_must_be_a_run_to_resume_and_of_the_same_recipe(text_file, tmp_path):
    with pytest.raises(ValueError, match="start one without --resume"):
        trainer(text_file, tmp_path).restore()
    trainer(text_file, tmp_path).save()
    with pytest.raises(ValueError, match="another recipe; start anew without --resume"):
        trainer(text_file, tmp_path, dataclasses.replace(TINY, steps=13)).restore()


# --- what a run leaves behind -----------------------------------------------------------------------


def test_run_writes_a_checkpoint_with_its_history(text_file, tmp_path):
    gpt.run("shakespeare", data=text_file, device="cpu", folder=tmp_path, recipe=TINY)
    loaded = checkpoints.load("shakespeare", tmp_path)
    assert loaded.vocabulary.symbols == sorted(set(TEXT), key=lambda c: loaded.vocabulary.encode(c))
    history = checkpoints.history("shakespeare", tmp_path)
    assert history["step"][0] == 0
    assert history["step"][-1] == TINY.steps
    assert len(history["step"]) == len(history["train_loss"]) == len(history["held_out_loss"])
    assert history["sample"].shape == (len(history["sample_step"]), TINY.sample_length)
    assert history["wte"].shape == (len(history["sample_step"]), *loaded.model.wte.weight.shape)
    assert history["held_out_loss"][0] == pytest.approx(math.log(len(loaded.vocabulary)), abs=0.15)
    assert loaded.meta["losses"]["val"] == pytest.approx(history["held_out_loss"].min(), abs=0.05)
    assert loaded.meta["corpus"] == {"texts": 1, "characters": len(TEXT)}
    rows = data_of("shakespeare", TINY, text_file, tmp_path).held_out["val"]
    assert evaluate(loaded.model, rows) == pytest.approx(loaded.meta["losses"]["val"], abs=0.002)


def test_samples_of_names_begin_anew_after_each_boundary(tmp_path):
    vocabulary = Vocabulary(".ab")
    words = [vocabulary.encode(word) for word in (".ab.", ".ab.")]
    data = Data(Names(words, 8, 1), {"dev": Names(words, 8, 1).table}, vocabulary, "one word", {}, ".")
    run = Trainer(TINY, data, "cpu", tmp_path / "state", tmp_path)
    sample = vocabulary.decode(run.sample())
    starts = [i for i in range(1, len(sample)) if sample[i - 1] == "."]
    assert len(starts) > 2
    for i in starts:
        step = next(generate(run.model, vocabulary, ".", 1, seed=TINY.seed + i))
        assert step.character == sample[i]
    assert data.train.characters == 3


def test_the_same_seed_gives_the_same_checkpoint(text_file, tmp_path):
    for folder in ("one", "two"):
        gpt.run("shakespeare", data=text_file, device="cpu", folder=tmp_path / folder,
                recipe=TINY)  # fmt: skip
    one, two = (checkpoints.read_meta("shakespeare", tmp_path / folder) for folder in ("one", "two"))
    assert one["sha256"] == two["sha256"]


def test_refining_starts_from_the_other_models_weights_and_vocabulary(text_file, tmp_path):
    gpt.run("polish-books", data=text_file, device="cpu", folder=tmp_path, recipe=TINY)
    start = checkpoints.load("polish-books", tmp_path)
    recipe = dataclasses.replace(TINY, start="polish-books")
    data = data_of("pan-tadeusz", recipe, text_file, tmp_path)
    run = Trainer(recipe, data, "cpu", tmp_path / "run.state.safetensors", tmp_path)
    assert data.vocabulary.symbols == start.vocabulary.symbols
    for key, value in start.model.state_dict().items():
        np.testing.assert_array_equal(weights(run)[key], value)
    run.judge()
    run.write("pan-tadeusz", tmp_path)
    meta = checkpoints.read_meta("pan-tadeusz", tmp_path)
    assert meta["start_losses"]["val"] == pytest.approx(meta["losses"]["val"], abs=0.002)  # not a step taken


def test_what_is_written_of_a_refined_model_lies_the_recipes_share_of_the_way_to_its_best(
    text_file, tmp_path
):
    gpt.run("polish-books", data=text_file, device="cpu", folder=tmp_path, recipe=TINY)
    start = checkpoints.load("polish-books", tmp_path).model.state_dict()
    recipe = dataclasses.replace(TINY, start="polish-books", share=0.25)
    data = data_of("pan-tadeusz", recipe, text_file, tmp_path)
    run = Trainer(recipe, data, "cpu", tmp_path / "run.state.safetensors", tmp_path)
    run.train()
    best = run.best
    run.write("pan-tadeusz", tmp_path)
    loaded = checkpoints.load("pan-tadeusz", tmp_path)
    for key, value in loaded.model.state_dict().items():
        torch.testing.assert_close(value, 0.75 * start[key] + 0.25 * best[key], atol=1e-3, rtol=1e-3)
    assert any(not torch.equal(start[key], best[key]) for key in start)
    rows, meta = data.held_out["val"], loaded.meta
    parts = {"val": rows, "dev": rows[: len(rows) // 2], "test": rows[len(rows) // 2 :]}
    for part, some in parts.items():
        assert meta["halves"][part] == pytest.approx(evaluate(loaded.model, some), abs=0.002)
    run.model.load_state_dict(best)
    assert meta["refined_losses"]["val"] == pytest.approx(evaluate(run.model, rows), abs=0.002)
    assert meta["losses"]["val"] == meta["halves"]["val"]
    assert meta["recipe"]["share"] == 0.25


@pytest.mark.parametrize("share", [0.0, 0.5, 1.0])
def test_between_two_models_lie_their_weighted_means(share):
    start, refined = ({"w": torch.tensor([[1.0, -2.0]]) * n, "b": torch.tensor([4.0]) + n} for n in (1, 3))
    found = between(start, refined, share)
    assert found["w"].tolist() == [[1 + 2 * share, -2 - 4 * share]]
    assert found["b"].tolist() == [5 + 2 * share]


def test_the_poem_alone_sees_as_much_as_the_refinement_and_is_judged_by_the_same(text_file, tmp_path):
    refining, lone = RECIPES["pan-tadeusz"], RECIPES["poem-alone"]
    assert lone.start is None
    assert (lone.steps, lone.batch_size, lone.dropout) == (
        refining.steps,
        refining.batch_size,
        refining.dropout,
    )
    gpt.run("polish-books", data=text_file, device="cpu", folder=tmp_path, recipe=TINY)
    refined = data_of("pan-tadeusz", dataclasses.replace(TINY, start="polish-books"), text_file, tmp_path)
    alone = data_of("poem-alone", TINY, text_file, tmp_path)
    assert alone.vocabulary.symbols == refined.vocabulary.symbols
    assert torch.equal(alone.held_out["val"], refined.held_out["val"])
    assert torch.equal(alone.train.ids, refined.train.ids)


def test_shakespeare_is_fetched_once_when_no_text_is_named(tmp_path, monkeypatch):
    fetched = []

    def fetch(address, path):
        fetched.append(address)
        path.write_text(TEXT, encoding="utf-8")
        return path

    monkeypatch.setattr(sequences, "RUNS", tmp_path)
    monkeypatch.setattr(sequences, "download", fetch)
    for _ in range(2):
        data = data_of("shakespeare", TINY, None, tmp_path)
    assert fetched == [sequences.SHAKESPEARE]
    assert data.vocabulary.decode(data.train.ids) == TEXT[:810]


def test_polish_texts_are_normalised_to_the_96_symbols(tmp_path, monkeypatch):
    (tmp_path / "book.txt").write_text("«Zażółć» – gęślą\u00a0jaźń…\n" * 20, encoding="utf-8")
    data = data_of("polish-books", TINY, tmp_path, tmp_path)
    assert len(data.vocabulary) == 96
    assert data.size["texts"] == 1
    assert data.vocabulary.decode(data.train.ids[:24]) == "„Zażółć” — gęślą jaźń…\n„"
    monkeypatch.setattr(sequences.corpus, "BOOKS", tmp_path / "none")
    with pytest.raises(
        ValueError, match=r"explainer\.corpus --help, or name a file or directory with --data"
    ):
        data_of("polish-books", TINY, None, tmp_path)


# --- the checkpoints that ship ----------------------------------------------------------------------


@pytest.mark.parametrize(("name", "bar"), [("girls-gpt", 1.9), ("boys-gpt", 2.12)])
def test_the_names_models_keep_their_recorded_losses_in_half_precision(name, bar):
    loaded = checkpoints.load(name)
    held_out = data_of(name, RECIPES[name], None, checkpoints.FOLDER).held_out
    for part, rows in held_out.items():
        assert evaluate(loaded.model, rows) == pytest.approx(loaded.meta["losses"][part], abs=0.002)
    assert loaded.meta["losses"]["dev"] <= bar
    samples = checkpoints.history(name)
    assert samples["step"][-1] == RECIPES[name].steps


def test_missing_data_and_devices_say_what_to_do(tmp_path):
    with pytest.raises((OSError, ValueError), match=r"nowhere\.txt"):
        gpt.run("shakespeare", data=tmp_path / "nowhere.txt", device="cpu", folder=tmp_path)
    with pytest.raises(ValueError, match=r"holds no \.txt file"):
        gpt.run("shakespeare", data=tmp_path, device="cpu", folder=tmp_path)
    with pytest.raises(ValueError, match="auto, cpu, cuda or mps"):
        gpt.run("shakespeare", data=tmp_path, device="tpu", folder=tmp_path)


def test_huge_pages_never_restart_another_program(monkeypatch):
    monkeypatch.delenv("THP_MEM_ALLOC_ENABLE", raising=False)
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(machine.os, "execve", lambda *_: pytest.fail("restarted"))
    machine.use_huge_pages()
