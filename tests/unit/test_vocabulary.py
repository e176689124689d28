"""Characters <-> integers."""

import pytest

from explainer.names import VOCABULARY
from explainer.vocabulary import POLISH_ALPHABET, UnknownCharacter, Vocabulary, alphabetical


def test_a_character_has_the_id_of_its_place():
    vocabulary = Vocabulary(".AŻ")
    assert vocabulary.encode("ŻA.A") == [2, 1, 0, 1]
    assert vocabulary.decode([2, 1, 0, 1]) == "ŻA.A"
    assert len(vocabulary) == 3
    assert "Ż" in vocabulary
    assert "B" not in vocabulary


def test_decode_undoes_encode():
    text = "".join(VOCABULARY.symbols)
    assert VOCABULARY.encode(text) == list(range(34))
    assert VOCABULARY.decode(VOCABULARY.encode(text)) == text


def test_a_character_stands_once():
    with pytest.raises(ValueError, match="repeats some"):
        Vocabulary("ABA")


def test_unknown_characters_are_named_once_each():
    with pytest.raises(UnknownCharacter, match="never seen “a”, “!”; please leave that out"):
        VOCABULARY.encode("Aa!a")
    with pytest.raises(UnknownCharacter, match=r"U\+0007, “b”, “c”, “d”, “e” and 2 more"):
        VOCABULARY.encode("\abcdefg")
    assert VOCABULARY.unknown("ŻZa!a") == ["a", "!"]


def test_polish_letters_stand_in_the_order_of_the_alphabet():
    assert "".join(alphabetical(reversed(POLISH_ALPHABET))) == POLISH_ALPHABET
    assert "".join(alphabetical("żzaĄAЯД")) == "AaĄzżДЯ"
