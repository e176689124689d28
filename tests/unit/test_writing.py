"""A text that a GPT writes on is the text that sampling.generate writes, and its rows are the trace's."""

import numpy as np
import pytest
import torch

from explainer.models.gpt import GPT
from explainer.sampling import Settings, generate
from explainer.traces import writing
from explainer.traces.gpt import trace
from explainer.traces.writing import rows, windows, write
from explainer.vocabulary import Vocabulary

VOCABULARY = Vocabulary("abcdefgh.")
SETTINGS = Settings(temperature=1.3, top_k=6, top_p=0.95)


@pytest.fixture(scope="module")
def model():
    torch.manual_seed(0)
    return GPT(vocab_size=9, block_size=8, n_layer=2, n_head=2, n_embd=16).eval().requires_grad_(False)


def generated(model, prompt, count, forced=None):
    return list(
        generate(
            model, VOCABULARY, prompt, count, SETTINGS, seed=3, forced=forced or {}, top=9, attention=True
        )
    )


def test_windows_by_hand():
    assert windows(3, 5, 8) == [(0, 5)]
    assert windows(3, 8, 8) == [(0, 8)]
    assert windows(3, 9, 8) == [(0, 8), (5, 9)]
    assert windows(3, 14, 8) == [(0, 8), (5, 13), (10, 14)]
    assert windows(11, 12, 8) == [(3, 11), (8, 12)]


@pytest.mark.parametrize("prompt", ["a", "abc", "abcdefgh", "abcdefghabc"])
def test_it_is_what_generate_writes(model, prompt):
    steps = generated(model, prompt, 30)
    draws = write(model, VOCABULARY, prompt, "", 30, SETTINGS, seed=3, whole=True).draws
    assert [d.token for d in draws] == [s.token for s in steps]
    assert [d.roll for d in draws] == [s.roll for s in steps]
    for draw, step in zip(draws, steps, strict=True):
        expected = {c.token: (c.probability, c.chance) for c in step.candidates}
        for token, pair in expected.items():
            assert (draw.probabilities[token], draw.chances[token]) == pytest.approx(pair, abs=1e-5)


@pytest.mark.parametrize("length", [0, 1, 4, 5, 6, 10, 11, 17])
@pytest.mark.parametrize("whole", [True, False])
def test_it_goes_on_wherever_it_was_left(model, length, whole):
    steps = generated(model, "abc", 22)
    kept = "".join(s.character for s in steps[:length])
    written = write(model, VOCABULARY, "abc", kept, 5, SETTINGS, seed=3, whole=whole)
    assert written.first == (0 if whole else length)
    expected = steps[written.first : length + 5]
    assert [d.token for d in written.draws] == [s.token for s in expected]
    rows = {(r.character, r.window): r.attention for r in written.rows}
    for number, step in enumerate(expected, written.first):
        place = 3 + number - 1
        row = rows[place, place + 1 - len(step.window)]
        np.testing.assert_allclose(row, step.attention, atol=1e-3)


def test_a_window_that_moves_brings_all_its_rows(model):
    steps = generated(model, "abc", 22)
    for length in range(1, 20):
        kept = "".join(s.character for s in steps[:length])
        before, now = (len(steps[n].window) for n in (length - 1, length))
        rows = write(model, VOCABULARY, "abc", kept, 1, SETTINGS, seed=3).rows
        assert len(rows) == (1 if now == before + 1 else now)
        assert all(r.attention.shape == (2, 2, r.character - r.window + 1) for r in rows)


def test_rows_are_the_trace(model):
    written = write(model, VOCABULARY, "abcde", "fg", 1, whole=True)
    traced = trace(model, VOCABULARY.encode("abcdefg"))
    pattern = np.stack([layer.pattern for layer in traced.layers])  # (L, nh, T, T)
    assert [r.character for r in written.rows] == list(range(7))
    for row in written.rows:
        expected = pattern[:, :, row.character, : row.character + 1]
        np.testing.assert_allclose(row.attention, expected, atol=1e-3)
    for number, draw in enumerate(written.draws):
        np.testing.assert_allclose(draw.probabilities, traced.probabilities[4 + number], atol=1e-6)


def test_a_kept_character_is_told_from_the_one_that_the_roll_falls_on(model):
    steps = generated(model, "abc", 3)
    other = "h" if steps[0].character != "h" else "g"
    forced = generated(model, "abc", 4, forced={0: other})
    draws = write(model, VOCABULARY, "abc", other, 3, SETTINGS, seed=3, whole=True).draws
    assert VOCABULARY.symbols[draws[0].token] == other
    assert draws[0].fallen == steps[0].token
    assert [d.token for d in draws] == [s.token for s in forced]


def test_a_text_ends_at_its_stop(model):
    many = write(model, VOCABULARY, "a", "", 200, seed=5, stop=".", whole=True).draws
    assert [d.token for d in many].index(8) == len(many) - 1
    kept = VOCABULARY.decode(d.token for d in many)
    again = write(model, VOCABULARY, "a", kept, 5, seed=5, stop=".", whole=True).draws
    assert [d.token for d in again] == [d.token for d in many]


def test_a_long_texts_rows_come_in_parts_nearest_first(model, monkeypatch):
    text = "".join(s.character for s in generated(model, "abc", 22))
    whole = write(model, VOCABULARY, "abc", text, 1, whole=True)
    every = {(r.character, r.window): r.attention for r in whole.rows}
    monkeypatch.setattr(writing, "ROOM", 120)  # bytes: a row of S characters takes 8 S
    for seen in range(23):
        window = windows(3, 3 + max(0, seen - 1), 8)[-1][0]
        end, found = 3 + max(0, seen - 1), {}
        first = write(model, VOCABULARY, "abc", text, 1, whole=True, seen=seen)
        assert sum(row.attention.nbytes for row in first.rows) <= 120
        found |= {(r.character, r.window): r.attention for r in first.rows}
        while missing := [c for c in range(window, end) if (c, window) not in found]:
            part = rows(model, VOCABULARY, "abc" + text, window, missing[-1] + 1)
            assert sum(row.attention.nbytes for row in part) <= 120
            found |= {(r.character, r.window): r.attention for r in part}
        for character in range(window, end):
            np.testing.assert_allclose(found[character, window], every[character, window], atol=1e-3)


def test_a_row_keeps_nothing_but_itself(model):
    for row in write(model, VOCABULARY, "abcde", "fg", 3, whole=True).rows:
        assert row.attention.base is None
