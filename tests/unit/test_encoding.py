"""In which encoding a file is: names of four languages in every one, and what cannot be recognised."""

import random
import time
from functools import cache
from importlib import import_module

import pytest

from explainer.encoding import EncodingError, called, decode
from explainer.own_list import own_list

LANGUAGES = {
    "pl_PL": ("cp1250", "iso8859-2"),
    "cs_CZ": ("cp1250", "iso8859-2"),
    "fr_FR": ("cp1252",),
    "de_DE": ("cp1250", "iso8859-2", "cp1252"),
}
# Measured on lists that Faker's names make, half of them in capitals; each holds a letter beyond ASCII.
# How many of 100 lists come out letter by letter as they were, by how many names they have.
LEAST = {3: 91, 10: 98, 100: 100, 1_000: 100}


@cache
def names(locale):
    provider = import_module(f"faker.providers.person.{locale}").Provider
    kinds = [kind for kind in dir(provider) if kind.startswith(("first_names", "last_names"))]
    kinds += [kind for kind in dir(provider) if kind.endswith("_last_names")]
    return sorted({name for kind in kinds for name in getattr(provider, kind) if name.isalpha()})


def lists(locale, codec, size, count):
    """Yield lists of names that an encoding can hold, as a Windows program saves them."""
    die = random.Random(f"{locale} {size}")
    while count:
        text = "".join(f"{name}\r\n" for name in die.choices(names(locale), k=size))
        text = text.upper() if die.random() < 0.5 else text
        if not text.isascii() and text.encode(codec, "ignore").decode(codec) == text:
            count -= 1
            yield text


@pytest.mark.parametrize("size", LEAST)
@pytest.mark.parametrize(
    ("locale", "codec"), [(lo, codec) for lo, all_ in LANGUAGES.items() for codec in all_]
)
def test_names_are_recognised(locale, codec, size):
    count = 20 if size == 1_000 else 100
    hits = sum(decode(text.encode(codec)).text == text for text in lists(locale, codec, size, count))
    assert hits / count >= (0.98 if locale == "pl_PL" else LEAST[size] / 100)


POLISH = "imię;liczba\r\nŻaneta;12\r\nŁukasz;3\r\nŚwiętosława;7\r\n"
FRENCH = "prénom;nombre\r\nHélène;12\r\nFrançois;3\r\nNoël;7\r\n"


@pytest.mark.parametrize(
    ("text", "codec", "shown", "guessed"),
    [
        (POLISH, "cp1250", "Windows-1250", True),
        (POLISH, "iso8859-2", "ISO 8859-2", True),
        (FRENCH, "cp1252", "Windows-1252", True),
        (POLISH, "utf-8", "UTF-8", False),
        (POLISH, "utf-8-sig", "UTF-8", False),
        (POLISH, "utf-16", "UTF-16", False),
        (POLISH, "utf-16-le", "UTF-16", False),
        (POLISH, "utf-16-be", "UTF-16", False),
        ("имя;сколько\r\nОльга;12\r\nЕкатерина;3\r\nИлья;7\r\n", "cp1251", "Windows-1251", True),
    ],
)
def test_a_table_gives_the_right_names_and_says_how_it_was_read(text, codec, shown, guessed):
    rows = [line.split(";") for line in text.split()[1:]]
    found = own_list(text.encode(codec), "names.csv", counts=text.split()[0].split(";")[1])
    assert found.names == [name.upper() for name, _ in rows]
    assert found.weights == [int(count) for _, count in rows]
    assert (called(found.codec), found.guessed) == (shown, guessed)


def test_another_encoding_can_be_chosen():
    data = "Jiří\nŘehoř".encode("iso8859-2")
    assert own_list(data, codec="cp1252").names == ["JIØÍ", "ØEHOØ"]
    assert own_list(data, codec="iso8859-2").names == ["JIŘÍ", "ŘEHOŘ"]
    assert not own_list(data, codec="iso8859-2").guessed


def test_bytes_that_are_no_such_text_name_the_line():
    with pytest.raises(EncodingError, match="line 2: the text is not UTF-8"):
        decode("Anna\nŻółć".encode("cp1250"), "utf-8")


@pytest.mark.parametrize("letter", ["é", "Ł", "ż\n", "日\n"])
def test_a_large_file_is_recognised_at_once(letter):
    data = (letter * (2_000_000 // len(letter))).encode("cp1250", "replace")

    def took():
        began = time.thread_time()
        decode(data)
        return time.thread_time() - began

    assert any(took() < 0.5 for _ in range(3))  # one of them had the machine for itself
