"""Tokens: worked examples, the encoder against a plain one written after the paper, hostile texts."""

from collections import Counter
from itertools import pairwise

import numpy as np
import pytest

from explainer.traces import tokens
from explainer.ui.scenes import gpt
from explainer.vocabulary import Vocabulary

TEXTS = ["aaabdaaabac", "Łódź łódź łódź", "the theme of the thesis", "żżżżż", "😀😀 🙂", "a", ""]


def plain_merges(text: str, most: int) -> list[tuple[tuple[int, int], int]]:
    """Return pairs and counts as one learns them with a dictionary of pieces and a loop."""
    learned = []
    parts = [(list(piece.encode()), count) for piece, count in Counter(tokens.pieces(text)).items()]
    for number in range(most):
        counts = Counter()
        for ids, count in parts:
            for pair in pairwise(ids):
                counts[pair] += count
        if not counts or max(counts.values()) < 2:
            break
        pair = max(counts, key=counts.__getitem__)  # a dictionary keeps the order of first occurrence
        learned.append((pair, counts[pair]))
        parts = [(plain_replaced(ids, pair, 256 + number), count) for ids, count in parts]
    return learned


def plain_replaced(ids: list[int], pair: tuple[int, int], token: int) -> list[int]:
    out, i = [], 0
    while i < len(ids):
        matches = i + 1 < len(ids) and (ids[i], ids[i + 1]) == pair
        out.append(token if matches else ids[i])
        i += 2 if matches else 1
    return out


def test_the_example_of_the_textbook():
    merges = tokens.learn_merges(["aaabdaaabac"], 3)
    assert [(m.content, m.count) for m in merges] == [(b"aa", 4), (b"aaa", 2), (b"aaab", 2)]
    assert tokens.encode("aaabdaaabac", merges).ids(3) == [258, *b"d", 258, *b"ac"]


@pytest.mark.parametrize("text", TEXTS)
def test_merges_are_those_of_the_plain_loop(text):
    merges = tokens.learn_merges([text], 20)
    assert [(m.pair, m.count) for m in merges] == plain_merges(text, 20)


@pytest.mark.parametrize("text", TEXTS)
def test_every_number_of_merges_cuts_as_the_plain_loop_does(text):
    merges = tokens.learn_merges(TEXTS, 30)
    encoded = tokens.encode(text, merges)
    parts = [list(piece.encode()) for piece in tokens.pieces(text)]
    for k in range(len(merges) + 1):
        ids = [i for part in parts for i in part]
        assert encoded.ids(k) == ids
        assert encoded.counts[k] == len(ids)
        if k < len(merges):
            parts = [plain_replaced(part, merges[k].pair, merges[k].token) for part in parts]


def test_tokens_put_together_are_the_text():
    merges = tokens.learn_merges(TEXTS, 500)
    content = {m.token: m.content for m in merges} | {i: bytes([i]) for i in range(256)}
    for text in TEXTS:
        encoded = tokens.encode(text, merges)
        assert b"".join(content[i] for i in encoded.ids(len(merges))).decode() == text


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ("Hello world", ["Hello", " world"]),
        ("don't we'll", ["don", "'t", " we", "'ll"]),
        ("abc123 456", ["abc", "123", " 456"]),
        ("a  b\n\nc ", ["a", " ", " b", "\n", "\n", "c", " "]),
        ("żółć, π≈3!", ["żółć", ",", " π", "≈", "3", "!"]),
        ("", []),
    ],
)
def test_a_text_is_cut_as_gpt_2_cuts_it(text, cut):
    assert tokens.pieces(text) == cut


@pytest.mark.parametrize("text", [*TEXTS, "  x\t\n y  ", "100 000,50 zł"])
def test_pieces_put_together_are_the_text(text):
    assert "".join(tokens.pieces(text)) == text


def test_no_token_of_a_corpus_reaches_over_a_space_into_the_next_word():
    for merges in gpt.corpus_merges().values():
        assert len(merges) == gpt.MOST_MERGES
        for merge in merges:
            content = merge.content.decode(errors="replace")
            assert len(tokens.pieces(content)) == 1 or not content.strip()
        counts = [merge.count for merge in merges]
        assert counts == sorted(counts, reverse=True)


def test_an_encoder_is_cheap_for_what_it_was_learned_from_and_dear_for_the_rest():
    polish, english = gpt.corpus_merges().values()

    def price(text, merges):
        return tokens.encode(gpt.TEXTS[text], merges).counts[-1]

    assert price("polish", polish) < 0.7 * price("polish", english)
    assert price("english", english) < 0.8 * price("english", polish)


def test_a_pair_does_not_reach_from_one_text_into_the_next():
    assert tokens.learn_merges(["ab", "ab"], 9) == (tokens.Merge((97, 98), 2, 256, b"ab"),)
    assert tokens.learn_merges(["a", "b", "a", "b"], 9) == ()


def test_ties_go_to_the_pair_that_comes_first():
    assert tokens.learn_merges(["xyxyabab"], 1)[0].content == b"xy"
    assert tokens.learn_merges(["ababxyxy"], 1)[0].content == b"ab"


def test_a_letter_cut_in_two_is_shown_as_its_bytes():
    parts = ("ł".encode()[:1], "ł".encode(), "i ł".encode()[:3], "ła".encode()[1:], b"\\xc5")
    assert [tokens.readable(part) for part in parts] == ["⟨C5⟩", "ł", "i ⟨C5⟩", "⟨82⟩a", "\\xc5"]


def test_a_merge_of_a_byte_pair_puts_a_polish_letter_together():
    merge = tokens.learn_merges(["łałołe"], 1)[0]
    assert (merge.content.decode(), merge.count, merge.token) == ("ł", 3, 256)


def test_a_long_text_is_learned_in_time():
    text = "Nazwij swoje dziecko: Zofia, Łucja, Wojciech. " * 120
    merges = tokens.learn_merges([text], 500)
    assert len(merges) > 10
    assert np.all(np.diff(tokens.encode(text, merges).counts) < 0)


def test_half_a_surrogate_does_not_break_the_encoder():
    assert tokens.encode("a\ud800b", ()).data == b"a?b"


def test_characters_are_looked_up_and_strangers_are_named():
    found = tokens.characters("aż!a", Vocabulary("ab!"))
    assert found.ids == [0, None, 2, 0]
    assert found.unknown == ["ż"]
