"""Names of heads: hand-made patterns bear the name of what they do, and chance alone bears none."""

import json

import numpy as np
import pytest
import torch

from explainer import checkpoints
from explainer.models.gpt import GPT
from explainer.training import habits as heads
from explainer.training.habits import ABLE, HABITS, LEAST, MEANINGS, NONE, SPREAD, Habit, keys, named, seen
from explainer.training.heads import habits, keep
from explainer.training.sequences import IGNORED, Data, Names
from explainer.vocabulary import Vocabulary

torch.set_num_threads(1)
VERSE = "To be, or not to be,\nthat is the Question:\nWhether 'tis nobler in the mind to suffer\n"


def habit(pattern: np.ndarray, text: str = VERSE) -> Habit:
    """Return the habit of a single head."""
    return named(seen(pattern[None, None], text))[0][0]


def only(name: str, text: str = VERSE) -> np.ndarray:
    """Return the pattern of a head that follows a habit wherever it can, and else looks at itself."""
    looked = keys(name, text).astype(float)
    looked[looked.sum(axis=1) == 0] = np.eye(len(text))[looked.sum(axis=1) == 0]
    return looked / looked.sum(axis=1, keepdims=True)


def even(T: int) -> np.ndarray:
    return np.tril(np.ones((T, T))) / np.arange(1, T + 1)[:, None]


# --- where a habit looks ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "query", "places"),
    [
        ("self", 5, [5]),
        ("one back", 5, [4]),
        ("two back", 1, []),
        ("four back", 5, [1]),
        ("the last four", 5, [2, 3, 4, 5]),
        ("the last four", 1, [0, 1]),
        ("the start", 5, [0]),
        ("start of the word", 5, [4]),
        ("start of the word", 3, [0]),  # the space after the word
        ("own word", 6, [4, 5, 6]),
        ("the word before", 6, [0, 1, 2]),
        ("the word before", 2, []),
        ("the last space", 7, [3]),
        ("the last space", 3, []),
        ("the last line end", 8, [7]),
        ("spaces", 9, [3, 7]),
        ("line ends", 9, [7]),
        ("vowels", 6, [1, 5]),
        ("consonants", 6, [0, 2, 4, 6]),
        ("same letter", 6, [2, 6]),
        ("same letter before", 6, [2]),
        ("after the same letter", 5, [2]),
        ("after the same pair", 6, [3]),
        ("after the same pair", 2, []),
    ],
)
def test_where_a_habit_looks(name, query, places):
    #               0123 4567 89…
    text = "tat\u0020tat\nAb"
    text = {"same letter": "xxkyyyk", "same letter before": "xxkyyyk"}.get(name, text)
    assert np.flatnonzero(keys(name, text)[query]).tolist() == places


def test_no_habit_looks_ahead():
    for name in HABITS:
        assert not np.triu(keys(name, VERSE), 1).any(), name


def test_capitals_and_punctuation_are_told_from_letters():
    text = "Ab, C"
    assert np.flatnonzero(keys("capital letters", text)[4]).tolist() == [0, 4]
    assert np.flatnonzero(keys("punctuation", text)[4]).tolist() == [2]


# --- shares -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", HABITS)
def test_a_head_that_does_nothing_else_has_the_whole_share(name):
    found = seen(only(name)[None], VERSE)
    place = list(HABITS).index(name)
    assert found.mass[0, place] / found.able[place] == pytest.approx(1.0)
    assert 0 < found.chance[place] / found.able[place] < 1


def test_shares_by_hand():
    pattern = np.array([[1, 0, 0], [0.25, 0.75, 0], [0.5, 0.3, 0.2]])
    found = seen(pattern[None], "abc")
    share = dict(zip(HABITS, found.mass[0] / np.maximum(found.able, 1), strict=True))
    chance = dict(zip(HABITS, found.chance / np.maximum(found.able, 1), strict=True))
    assert share["one back"] == pytest.approx((0.25 + 0.3) / 2)
    assert share["self"] == pytest.approx((0.75 + 0.2) / 2)
    assert share["two back"] == pytest.approx(0.5)
    assert chance["one back"] == pytest.approx((1 / 2 + 1 / 3) / 2)
    assert found.able[list(HABITS).index("two back")] == 1
    assert found.even[0] == pytest.approx((0.25 + 0.5) + (1 / 3 + 0.3 + 0.2))


def test_texts_are_added_character_by_character():
    one, two = seen(only("one back", "abcd")[None], "abcd"), seen(even(7)[None], "bcdefgh")
    both = one + two
    assert both.characters == 3 + 6
    np.testing.assert_allclose(both.mass, one.mass + two.mass)


# --- names ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["self", "one back", "two back", "three back", "start of the word", "same letter before"]
)
def test_a_head_is_called_by_what_it_does(name):
    assert habit(only(name)) == Habit(name, pytest.approx(1.0))


def test_a_narrow_habit_wins_over_a_wide_one_that_holds_it():
    pattern = 0.8 * only("one back") + 0.2 * even(len(VERSE))
    assert habit(pattern).name == "one back"
    spread = 0.5 * only("two back") + 0.5 * only("three back")
    assert habit(spread).name == "the last four"


def test_even_attention_is_called_even_and_never_by_a_habit():
    assert habit(even(len(VERSE))) == Habit(SPREAD, pytest.approx(1.0))


def test_a_head_that_jumps_at_random_has_no_single_habit():
    rows = np.random.default_rng(1).integers(0, np.arange(1, len(VERSE) + 1))
    assert habit(np.eye(len(VERSE))[rows]) == Habit(NONE, 0.0)


def test_what_few_characters_can_do_names_no_head():
    text = "abcdefghijklmnopqrst" + "a"
    able = seen(even(len(text))[None], text).able[list(HABITS).index("same letter before")]
    assert able < ABLE * (len(text) - 1)
    assert habit(only("same letter before", text), text).name != "same letter before"


def test_every_name_has_a_meaning_in_one_sentence():
    assert set(MEANINGS) == {*HABITS, SPREAD, NONE}
    assert all(text.endswith(".") and text.count(". ") == 0 for text in MEANINGS.values())


# --- kept with the checkpoint -----------------------------------------------------------------------


@pytest.fixture
def tiny() -> tuple[GPT, Vocabulary, Data]:
    torch.manual_seed(1)
    vocabulary = Vocabulary(".abc")
    rows = [vocabulary.encode(f".{word}.") for word in ("abc", "bacca", "cab", "abba")]
    examples = Names(rows, 8, 1)
    model = GPT(vocab_size=4, block_size=8, n_layer=2, n_head=3, n_embd=12)
    return model, vocabulary, Data(examples, {"dev": examples.table}, vocabulary, "four words", {}, ".")


def test_a_models_heads_are_measured_on_its_own_patterns(tiny):
    model, vocabulary, data = tiny
    texts = [row[:-1][row[1:] != IGNORED].tolist() for row in data.held_out["dev"]]
    assert texts[1] == vocabulary.encode(".bacca")
    expected = None
    for ids in texts:
        pattern = torch.cat(model.eval().read(torch.tensor([ids]))[1]).detach().numpy()
        one = seen(pattern, vocabulary.decode(ids))
        expected = one if expected is None else expected + one
    found = heads.measure(model, vocabulary.symbols, texts)
    np.testing.assert_allclose(found.mass, expected.mass, rtol=1e-5)
    assert found.mass.shape == (2, 3, len(HABITS))
    assert habits(model, vocabulary, data) == [
        [{"name": h.name, "share": round(h.share, 3)} for h in layer] for layer in named(expected)
    ]


def test_names_are_added_without_touching_the_weights(tmp_path):
    for suffix in ("json", "safetensors"):
        path = checkpoints.FOLDER / f"boys-gpt.{suffix}"
        (tmp_path / path.name).write_bytes(path.read_bytes())
    before = checkpoints.read_meta("boys-gpt", tmp_path)
    found = keep("boys-gpt", folder=tmp_path)
    after = checkpoints.load("boys-gpt", tmp_path).meta
    assert after == before | {"heads": found}
    assert found == before["heads"]  # the shipped names are those of the shipped weights


@pytest.mark.parametrize("name", ["girls-gpt", "boys-gpt", "shakespeare"])
def test_every_shipped_head_has_a_name_that_it_has_earned(name):
    meta = json.loads((checkpoints.FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    layers = meta["heads"]
    shape = meta["architecture"]
    assert [len(layer) for layer in layers] == [shape["n_head"]] * shape["n_layer"]
    for head in (head for layer in layers for head in layer):
        assert head["name"] in MEANINGS
        assert head["share"] >= LEAST or head == {"name": NONE, "share": 0.0}
