"""The bigram: by hand, the talk's facts, counting against a plain loop, learning against one-hot rows."""

import json
import math
import time
from itertools import pairwise

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from explainer import names
from explainer.checkpoints import load
from explainer.models.bigram import (
    CountedBigram,
    NeuralBigram,
    conditional_probabilities,
    count_pairs,
    initial_weights,
    mean_nll,
    pairs,
)
from explainer.traces import bigram as trace
from explainer.training import bigram as training
from explainer.training import copied
from explainer.vocabulary import UnknownCharacter, Vocabulary

ABC = Vocabulary(".AB")
WORDS = ["AB", "A", "BAB"]
#         .  A  B
COUNTS = [
    [0, 2, 1],  # .A .A .B
    [1, 0, 2],  # AB A. AB
    [2, 1, 0],  # B. BA B.
]


@pytest.fixture(scope="module")
def table():
    return names.register()


@pytest.fixture(scope="module")
def girls(table):
    return names.select(table, "girl")["name"].tolist()


@pytest.fixture(scope="module")
def parts(girls):
    return {
        part: trace.fill_in(words, names.VOCABULARY).counts
        for part, words in names.split(girls)._asdict().items()
    }


def plain_loop(words, vocabulary, weights=None):
    counts = torch.zeros(len(vocabulary), len(vocabulary), dtype=torch.int64)
    for word, weight in zip(words, weights or [1] * len(words), strict=True):
        for first, second in pairwise(vocabulary.encode(f".{word}.")):
            counts[first, second] += weight
    return counts


# --- counting ----------------------------------------------------------------------------------------


def test_pairs_of_a_word():
    xs, ys = pairs(["AB", "A"], ABC)
    assert (xs.tolist(), ys.tolist()) == ([0, 1, 2, 0, 1], [1, 2, 0, 1, 0])


def test_counts_by_hand():
    assert count_pairs(WORDS, ABC).tolist() == COUNTS
    assert count_pairs(WORDS, ABC, weights=[5, 10, 100]).tolist() == [
        [0, 15, 100],
        [10, 0, 105],
        [105, 100, 0],
    ]
    assert count_pairs([], ABC).tolist() == [[0] * 3] * 3


@pytest.mark.parametrize("sex", ["girl", "boy", "both"])
@pytest.mark.parametrize("weighted", [False, True])
def test_counts_equal_a_plain_loop(table, sex, weighted):
    rows = names.select(table, sex)
    words = rows["name"].tolist()
    weights = rows["bearers"].tolist() if weighted else None
    assert torch.equal(
        count_pairs(words, names.VOCABULARY, weights), plain_loop(words, names.VOCABULARY, weights)
    )


def processor_seconds(action):
    """Return the least of five runs; the processor's time, so that other work does not count."""
    seconds = []
    for _ in range(5):
        start = time.process_time()
        action()
        seconds.append(time.process_time() - start)
    return min(seconds)


def test_counting_and_learning_are_fast(table, girls):
    words = table["name"].tolist()
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        assert processor_seconds(lambda: count_pairs(words, names.VOCABULARY)) < 0.05
        counts, W = count_pairs(girls, names.VOCABULARY), initial_weights(names.VOCABULARY)
        assert processor_seconds(lambda: list(training.train_neural(counts, W))) < 0.3
    finally:
        torch.set_num_threads(threads)


def test_counts_of_other_alphabets():
    words = ["ОЛЕНА", "ΝΊΚΟΣ", "𐐀𐐁", "A'B"]
    vocabulary = Vocabulary(sorted({".", *"".join(words)}))
    assert torch.equal(count_pairs(words, vocabulary), plain_loop(words, vocabulary))


@pytest.mark.parametrize("word", ["ABC", "aB", "𐐀", "€"])
def test_an_unknown_character_is_named(word):
    with pytest.raises(UnknownCharacter, match="never seen"):
        count_pairs(["AB", word], ABC)


def test_the_talks_counts(girls):
    counts = count_pairs(girls, names.VOCABULARY)
    assert counts.sum() == 25463
    for pair, count in {"A.": 2387, "NA": 820, "AN": 675, "IA": 473, "LI": 470, ".A": 457}.items():
        first, second = names.VOCABULARY.encode(pair)
        assert counts[first, second] == count


# --- probabilities -----------------------------------------------------------------------------------


def test_probabilities_by_hand():
    counts = torch.tensor(COUNTS).double()
    assert torch.allclose(conditional_probabilities(counts, 0) * 3, counts)
    assert torch.allclose(conditional_probabilities(counts, 1) * 6, counts + 1)


def test_rows_sum_to_one_and_a_row_without_counts_is_uniform():
    counts = torch.tensor([[1.0, 3.0], [0.0, 0.0]])
    for smoothing in (0, 0.1, 100):
        probabilities = conditional_probabilities(counts, smoothing)
        assert torch.allclose(probabilities.sum(1), torch.ones(2))
        assert probabilities[1].tolist() == [0.5, 0.5]


def test_counted_bigram_answers_like_cross_entropy():
    model = CountedBigram(3, smoothing=1.0)
    model.counts.copy_(torch.tensor(COUNTS))
    idx, targets = torch.tensor([[0, 1], [1, 2]]), torch.tensor([[1, 2], [0, 0]])
    logits, loss = model(idx, targets)
    assert logits.shape == (2, 2, 3)
    assert torch.allclose(logits.exp().sum(2), torch.ones(2, 2))
    expected = -(math.log(3 / 6) + math.log(3 / 6) + math.log(2 / 6) + math.log(3 / 6)) / 4
    assert loss.item() == pytest.approx(expected)
    assert model(idx)[1] is None


def test_an_impossible_pair_has_an_infinite_loss():
    model = CountedBigram(3)
    model.counts.copy_(torch.tensor(COUNTS))
    assert model(torch.tensor([[1]]), torch.tensor([[1]]))[1].item() == math.inf


def test_mean_nll_is_the_models_loss_on_all_pairs(girls):
    counts = count_pairs(girls, names.VOCABULARY).float()
    model = CountedBigram(34, smoothing=0.1)
    model.counts.copy_(counts)
    xs, ys = pairs(girls, names.VOCABULARY)
    loss = model(xs[None], ys[None])[1]
    assert mean_nll(model.probabilities().log(), counts).item() == pytest.approx(loss.item(), rel=1e-5)


# --- the checkpoint ----------------------------------------------------------------------------------


@pytest.mark.parametrize(("sex", "dev"), [("girls", 2.327), ("boys", 2.582)])
def test_checkpoint_holds_the_counts_of_the_training_names(table, sex, dev):
    checkpoint = load(f"{sex}-bigram")
    split = names.split(names.select(table, sex[:-1])["name"].tolist())
    assert torch.equal(checkpoint.model.counts, count_pairs(split.train, names.VOCABULARY).float())
    for part, words in split._asdict().items():
        xs, ys = pairs(words, names.VOCABULARY)
        loss = checkpoint.model(xs[None], ys[None])[1].item()
        assert checkpoint.meta["losses"][part] == pytest.approx(loss, rel=1e-5)
        assert checkpoint.meta["data"]["names"][part] == len(words)
    assert checkpoint.meta["losses"]["dev"] == pytest.approx(dev, abs=1e-3)


def test_training_again_gives_the_same_checkpoint(tmp_path, capsys):
    training.run("girls-bigram", data=None, device="auto", resume=False, folder=tmp_path)
    copied.keep("girls-bigram", tmp_path)  # the command's last step
    again = json.loads((tmp_path / "girls-bigram.json").read_text())
    assert again == load("girls-bigram").meta
    assert "2.3272 nats per character on dev" in capsys.readouterr().out


# --- gradient descent --------------------------------------------------------------------------------


def one_hot_loop(words, vocabulary, W, steps, learning_rate, regularisation):
    """The talk's loop, line by line: every pair a one-hot row."""
    xs, ys = pairs(words, vocabulary)
    W = W.clone().requires_grad_()
    for _ in range(steps + 1):
        xenc = F.one_hot(xs, num_classes=len(vocabulary)).to(W.dtype)
        logits = xenc @ W
        counts = logits.exp()
        probs = counts / counts.sum(1, keepdims=True)
        loss = -probs[torch.arange(len(xs)), ys].log().mean() + regularisation * (W**2).mean()
        yield W.detach().clone(), loss.item()
        W.grad = None
        loss.backward()
        W.data += -learning_rate * W.grad


@pytest.mark.parametrize("regularisation", [0.0, 0.01])
def test_learning_from_counts_equals_the_one_hot_loop(girls, regularisation):
    words, vocabulary = girls[:200], names.VOCABULARY
    W = initial_weights(vocabulary).double()
    literal = one_hot_loop(words, vocabulary, W, 20, 10.0, regularisation)
    counted = training.train_neural(count_pairs(words, vocabulary), W, 20, 10.0, regularisation)
    for (expected_W, expected_loss), state in zip(literal, counted, strict=True):
        assert torch.allclose(state.W, expected_W, rtol=0, atol=1e-12)
        assert state.loss == pytest.approx(expected_loss, abs=1e-12)


def test_the_talks_loss(girls):
    states = list(
        training.train_neural(count_pairs(girls, names.VOCABULARY), initial_weights(names.VOCABULARY))
    )
    assert len(states) == 101
    assert states[0].loss == pytest.approx(4.03, abs=0.005)
    assert states[99].loss == pytest.approx(2.46, abs=0.005)


def test_initial_weights_are_the_talks_in_the_order_of_code_points():
    vocabulary = Vocabulary(".ĄBA")  # by code points: . A B Ą
    drawn = torch.randn((4, 4), generator=torch.Generator().manual_seed(2147483647))
    assert torch.equal(initial_weights(vocabulary)[[0, 3, 2, 1]][:, [0, 3, 2, 1]], drawn)


def test_neural_bigram_is_one_hot_times_W():
    W = torch.randn(3, 3)
    idx, targets = torch.tensor([[0, 2]]), torch.tensor([[1, 1]])
    logits, loss = NeuralBigram(W)(idx, targets)
    assert torch.equal(logits[0], W[[0, 2]])
    assert loss.item() == pytest.approx(F.cross_entropy(W[[0, 2]], targets[0]).item())


# --- traces ------------------------------------------------------------------------------------------


def test_filling_in_adds_up_to_the_counts():
    steps = trace.fill_in(WORDS, ABC, weights=[5, 10, 100])
    counts = np.zeros((3, 3), dtype=int)
    for k, word in enumerate(steps.titles):
        cells = steps.cells[steps.starts[k] : steps.starts[k + 1]]
        assert ABC.decode(cells[:, 0]) == f".{word}"
        np.add.at(counts, tuple(cells.T), steps.weights[k])
    assert steps.starts[-1] == len(steps.cells)
    assert (counts == steps.counts).all()


def test_pair_labels():
    assert trace.pair_labels("AN") == ["·A", "AN", "N·"]


def test_probability_table_marks_what_was_never_counted():
    counts = np.array([[0, 2], [0, 0]])
    table = trace.probability_table(counts, 0.5)
    assert table.smoothed.tolist() == [[0.5, 2.5], [0.5, 0.5]]
    assert table.totals.tolist() == [3, 1]
    assert table.probabilities.tolist() == [[0.5 / 3, 2.5 / 3], [0.5, 0.5]]
    assert table.never.tolist() == [[True, False], [True, True]]
    assert table.empty.tolist() == [False, True]
    assert trace.probability_table(counts, 0).probabilities.tolist() == [[0, 1], [0.5, 0.5]]


@pytest.mark.parametrize(("die", "drawn"), [(0.0, 1), (0.24, 1), (0.25, 2), (0.9999999, 2)])
def test_the_die_falls_into_one_interval(die, drawn):
    row = np.array([[0.0, 0.25, 0.75, 0.0]] * 4)
    result = trace.draw(row, context=2, die=die)
    assert result.drawn == drawn
    assert result.edges.tolist() == [0, 0, 0.25, 1, 1]


def test_a_sample_follows_its_die(parts):
    probabilities = trace.probability_table(parts["train"], 0).probabilities
    for seed in range(50):
        sampled = trace.sample(probabilities, names.VOCABULARY, seed)
        letters = names.VOCABULARY.encode(f".{sampled.name}.")[: len(sampled.draws) + 1]
        assert [step.context for step in sampled.draws] == letters[: len(sampled.draws)]
        for step, letter in zip(sampled.draws, letters[1:], strict=True):
            assert step.drawn == letter
            assert step.edges[letter] <= step.die < step.edges[letter + 1]
            assert step.probabilities[letter] > 0


def test_the_seed_decides_the_sample(parts):
    probabilities = trace.probability_table(parts["train"], 0).probabilities
    once, again = (
        [trace.sample(probabilities, names.VOCABULARY, seed).name for seed in range(20)] for _ in range(2)
    )
    assert once == again
    assert len(set(once)) > 15


def test_samples_come_as_often_as_their_probability():
    probabilities = trace.probability_table(np.array(COUNTS), 0).probabilities
    first = [trace.sample(probabilities, ABC, seed).name[0] for seed in range(3000)]
    assert first.count("A") / 3000 == pytest.approx(2 / 3, abs=0.03)


def test_a_prefix_is_kept_and_a_sample_that_never_ends_is_cut():
    never = np.array([[0.0, 1.0, 0.0], [0.0, 0.0, 1.0], [0.0, 1.0, 0.0]])
    sampled = trace.sample(never, ABC, seed=1, prefix="B")
    assert sampled.name == "BA" * (trace.MAX_LENGTH // 2)
    assert not sampled.ended
    assert trace.sample(never, ABC, seed=1, prefix="A" * 99).draws == ()


def test_likelihood_by_hand():
    probabilities = trace.probability_table(np.array(COUNTS), 0).probabilities
    result = trace.likelihood("AB", probabilities, ABC)
    assert result.labels == ("·A", "AB", "B·")
    assert result.probabilities.tolist() == pytest.approx([2 / 3] * 3)
    assert result.log_likelihood == pytest.approx(math.log(8 / 27))
    assert result.nll == pytest.approx(-math.log(2 / 3))
    assert trace.likelihood("AA", probabilities, ABC).nll == math.inf


def test_evaluation_by_hand():
    parts = {"train": np.array([[1, 1], [2, 0]]), "dev": np.array([[0, 1], [0, 1]])}
    result = trace.evaluate(parts, 1)
    assert result.losses["dev"] == pytest.approx(-(math.log(2 / 4) + math.log(1 / 4)) / 2)
    assert result.unseen == {"train": 0, "dev": 1}
    assert result.uniform == pytest.approx(math.log(2))
    assert trace.evaluate(parts, 0).losses["dev"] == math.inf


def test_no_held_out_words_have_no_loss():
    parts = {"train": np.array(COUNTS), "dev": np.zeros((3, 3), dtype=int)}
    assert math.isnan(trace.evaluate(parts, 0).losses["dev"])


def test_smoothing_curve_finds_the_lowest_dev_loss(parts):
    curve = trace.smoothing_curve(parts, [0.01, 0.1, 1, 10])
    assert curve.best == 0.1
    assert curve.losses["dev"][1] == pytest.approx(load("girls-bigram").meta["losses"]["dev"])
    assert (np.diff(curve.losses["train"]) > 0).all()


def test_neural_training_approaches_the_counted_table(parts):
    run = trace.neural_training(
        parts["train"], parts["dev"], names.VOCABULARY, steps=400, learning_rate=30, regularisation=0.0
    )
    assert run.steps[[0, -1]].tolist() == [0, 400]
    assert len(run.steps) == len(run.W) == 101
    assert np.allclose(run.probabilities.sum(2), 1, atol=1e-6)
    assert (np.diff(run.train) < 0).all()
    assert (np.diff(run.misplaced) < 0).all()
    assert run.misplaced[-1] < 0.02
    assert run.train[-1] == pytest.approx(run.counted_losses["train"], abs=0.02)
    assert run.dev[-1] == pytest.approx(run.counted_losses["dev"], abs=0.02)


def test_neural_training_traces_the_arithmetic_of_pytorch(parts):
    run = trace.neural_training(parts["train"], parts["dev"], names.VOCABULARY, steps=10, smoothing=0.5)
    W = torch.tensor(run.W[7])
    assert np.allclose(run.probabilities[7], W.softmax(1), atol=1e-6)
    xs, ys = (torch.tensor(axis) for axis in np.nonzero(parts["dev"]))
    weights = torch.tensor(parts["dev"])[xs, ys]
    nll = (F.cross_entropy(W[xs], ys, reduction="none") * weights).sum() / weights.sum()
    assert run.dev[7] == pytest.approx(nll.item(), rel=1e-5)
    assert run.smoothing == 0.5
    assert np.allclose(run.difference[7], run.probabilities[7] - run.counted, atol=1e-6)


def test_matched_smoothing_recognises_its_own_table():
    counts = torch.tensor(COUNTS).double()
    assert trace.matched_smoothing(conditional_probabilities(counts, 1.0), counts) == pytest.approx(1.0)
    assert trace.matched_smoothing(conditional_probabilities(counts, 0.0), counts) == 0


def test_traces_cannot_be_changed(parts):
    with pytest.raises(AttributeError):
        trace.probability_table(parts["train"], 0).never = None
