"""The four models side by side: one arithmetic, comparable numbers, the same dice."""

import math

import numpy as np
import pytest
import torch
from torch.utils.flop_counter import FlopCounterMode

from explainer import checkpoints, names, sampling
from explainer.models.bigram import count_pairs
from explainer.models.gpt import KVCache
from explainer.names import Split
from explainer.traces import bigram, compare, mlp
from explainer.vocabulary import UnknownCharacter

torch.set_num_threads(1)
KINDS = ("bigram", "neural", "mlp", "gpt")
PREFIXES = ("", "M", "MAR", "ZOFI", "ALEKSANDR")


def split_of(sex: str) -> Split:
    return names.split(names.select(names.register(), sex)["name"].tolist())


@pytest.fixture(scope="module")
def girls():
    parts = split_of("girl")
    counts = [count_pairs(part, names.VOCABULARY).numpy() for part in (parts.train, parts.dev)]
    found = {kind: checkpoints.load(f"girls-{kind}").model for kind in KINDS if kind != "neural"}
    return {**found, "neural": compare.gradient_bigram(*counts, names.VOCABULARY)}


@pytest.mark.parametrize("prefix", PREFIXES)
def test_every_model_answers_as_its_own_page_shows(girls, prefix):
    told = {k: compare.next_probabilities(girls[k], names.VOCABULARY, prefix) for k in KINDS}
    last = names.VOCABULARY.encode("." + prefix)[-1]
    for p in told.values():
        assert p.sum() == pytest.approx(1)
    np.testing.assert_allclose(told["bigram"], girls["bigram"].probabilities()[last], rtol=1e-5)
    np.testing.assert_allclose(told["neural"], girls["neural"].W[last].softmax(0), rtol=1e-5)
    forward = mlp.forward(girls["mlp"], names.VOCABULARY, prefix)
    np.testing.assert_allclose(told["mlp"], forward.probabilities, rtol=1e-4)
    step = next(sampling.generate(girls["gpt"], names.VOCABULARY, "." + prefix, 1, top=34))
    for candidate in step.candidates:
        assert told["gpt"][candidate.token] == pytest.approx(candidate.probability, rel=1e-3)


def test_the_gradient_bigram_is_the_last_step_of_the_bigram_page(girls):
    parts = split_of("girl")
    counts = [count_pairs(part, names.VOCABULARY).numpy() for part in (parts.train, parts.dev)]
    run = bigram.neural_training(*counts, names.VOCABULARY)
    np.testing.assert_array_equal(girls["neural"].W.numpy(), run.W[-1])
    loss = compare.held_out(girls["neural"], names.VOCABULARY, parts.dev).loss
    assert loss == pytest.approx(run.dev[-1], abs=1e-4)


@pytest.mark.parametrize("sex", ["girl", "boy"])
@pytest.mark.parametrize("part", ["dev", "test"])
@pytest.mark.parametrize("kind", ["bigram", "mlp", "gpt"])
def test_held_out_losses_are_those_of_the_records_and_of_the_same_characters(sex, part, kind):
    words = getattr(split_of(sex), part)
    loaded = checkpoints.load(f"{sex}s-{kind}")
    judged = compare.held_out(loaded.model, loaded.vocabulary, words)
    assert judged.loss == pytest.approx(loaded.meta["losses"][part], abs=2e-4)
    assert judged.characters == sum(len(word) + 1 for word in words)


@pytest.mark.parametrize("kind", KINDS)
def test_a_loss_is_the_mean_over_single_answers(girls, kind):
    words = ["ZOFIA", "EWA"]
    paid = [
        compare.bet(girls[kind], names.VOCABULARY, w, read).nats for w in words for read in range(len(w) + 1)
    ]
    judged = compare.held_out(girls[kind], names.VOCABULARY, words)
    assert judged.characters == len(paid) == 10
    assert judged.loss == pytest.approx(np.mean(paid), abs=1e-4)


@pytest.mark.parametrize("kind", KINDS)
def test_a_names_probability_is_the_product_over_its_letters(girls, kind):
    for made in compare.draw_names(girls[kind], names.VOCABULARY, "AN", 4, seed=3):
        assert made.name.startswith("AN")
        given = [
            compare.next_probabilities(girls[kind], names.VOCABULARY, made.name[:read])[
                names.VOCABULARY.encode((made.name + ".")[read])[0]
            ]
            for read in range(2, len(made.name) + 1)
        ]
        np.testing.assert_allclose(made.probabilities, given, rtol=1e-3)
        assert made.chance == pytest.approx(math.prod(given), rel=1e-2)


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_seed_makes_the_same_names_and_another_others(girls, kind):
    def drawn(seed):
        return [one.name for one in compare.draw_names(girls[kind], names.VOCABULARY, "", 12, 1.0, seed)]

    assert drawn(1) == drawn(1) != drawn(2)


def test_names_longer_than_the_gpts_window_go_on_in_a_moved_window(girls):
    ids = torch.tensor([names.VOCABULARY.encode("." + "ANNA" * 6)])
    cache = KVCache(girls["gpt"].config)
    moved = compare.next_logits(girls["gpt"], ids, cache)
    torch.testing.assert_close(moved, girls["gpt"](ids[:, -16:])[0][:, -1])


def test_different_names_are_different_and_the_search_ends(girls):
    twelve = compare.different_names(girls["gpt"], names.VOCABULARY, "MA", 12, 1.0, 1)
    assert len({one.name for one in twelve.names}) == 12
    certain = compare.different_names(girls["gpt"], names.VOCABULARY, "ALEKSANDRA", 12, 0.05, 1)
    assert 1 <= len(certain.names) < 12
    assert certain.drawn == 12 * compare.ROUNDS
    greedy = compare.different_names(girls["gpt"], names.VOCABULARY, "MA", 12, 0.0, 1)
    assert len(greedy.names) == 1


def test_a_low_temperature_makes_more_probable_names(girls):
    def mean(temperature):
        made = compare.draw_names(girls["mlp"], names.VOCABULARY, "", 200, temperature, 1)
        return np.mean([np.log(one.probabilities).mean() for one in made])

    assert mean(0.5) > mean(1.0) > mean(1.6)


def test_an_unknown_letter_is_named(girls):
    with pytest.raises(UnknownCharacter, match="7"):
        compare.next_probabilities(girls["mlp"], names.VOCABULARY, "A7")


@pytest.mark.parametrize("context", [1, 5, 16])
@pytest.mark.parametrize("kind", ["neural", "mlp", "gpt"])
def test_multiplications_are_those_that_torch_counts(girls, kind, context):
    model = girls[kind]
    ids = torch.ones(1, context, dtype=torch.long)
    with torch.inference_mode():
        cache = KVCache(model.config) if kind == "gpt" else None
        if cache is not None and context > 1:
            model.read(ids[:, :-1], cache)
        with FlopCounterMode(display=False) as counter:
            compare.next_logits(model, ids, cache)
    assert compare.multiplications(model, context) == counter.get_total_flops() / 2


def test_looking_up_multiplies_nothing(girls):
    assert compare.multiplications(girls["bigram"], 16) == 0


def test_parameters_are_counted(girls):
    counted = {kind: compare.parameters(girls[kind]) for kind in KINDS}
    assert counted["bigram"] == counted["neural"] == 34 * 34
    assert counted["mlp"] == 13_374
    assert counted["gpt"] == sum(p.numel() for p in girls["gpt"].parameters())


def test_copies_are_looked_up_in_the_right_part(girls):
    split = Split(["ANNA"], ["EWA"], ["ZOFIA"])
    made = [one.name for one in compare.draw_names(girls["gpt"], names.VOCABULARY, "", 300, seed=7)]
    told = compare.copied(girls["gpt"], names.VOCABULARY, Split(made[:1], made[1:2], ["X"]), 300, 7)
    assert told.distinct == len(set(made)) < 300
    assert told.from_train == told.held_out == 1 / told.distinct
    assert compare.copied(girls["bigram"], names.VOCABULARY, split, 50, 7).from_train <= 0.02


def test_hidden_names_are_never_the_training_names():
    split = split_of("boy")
    hidden = compare.hidden_names(split, 4)
    assert sorted(hidden) == sorted([*split.dev, *split.test])
    assert hidden == compare.hidden_names(split, 4) != compare.hidden_names(split, 5)
    assert not set(hidden) & set(split.train)
