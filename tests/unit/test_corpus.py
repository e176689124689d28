"""Book texts: 96 symbols, reading, splitting, and the downloader against a local server."""

import json

import pytest

from explainer import corpus
from explainer.corpus import (
    SYMBOLS,
    CorpusError,
    book_text,
    choose,
    normalise,
    read_corpus,
    split_text,
)
from tests.local_server import LocalServer

# --- normalising -------------------------------------------------------------------------------------


def test_ninety_six_symbols():
    assert len(SYMBOLS) == len(set(SYMBOLS)) == 96
    assert normalise("Z" + SYMBOLS[2:]) == "Z" + SYMBOLS[2:] + "\n"


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("«Tak» – rzekł", "„Tak” — rzekł"),
        ("„On krzyknął: »stój!« i stał”", "„On krzyknął: „stój!” i stał”"),
        ('"Tak" (rzekł "on")', "„Tak” (rzekł „on”)"),
        ("“Tak” i „nie“", "„Tak” i „nie”"),
        ("d’Artagnan, l‘abbé", "d'Artagnan, l'abbe"),
        ("Müller, Ångström, façade, Œuvre, Straße", "Muller, Angstrom, facade, Oeuvre, Strasse"),
        ("Zo\u0301łc\u0301", "Zółć"),
        ("wtem... cisza", "wtem… cisza"),
        ("biało‑czerwony [tak]", "biało-czerwony (tak)"),
        ("a\u00a0b\tc   d \u200be*§", "a b c d e"),
        ("  raz  \r\n   dwa\r\n\r\n\r\n\r\ntrzy", "raz\ndwa\n\ntrzy"),
    ],
)
def test_a_text_in_96_symbols(text, normal):
    assert normalise(text) == normal + "\n"
    assert normalise(normalise(text)) == normalise(text)
    assert set(normalise(text)) <= set(SYMBOLS)


# --- reading and splitting ---------------------------------------------------------------------------


def test_a_directory_is_read_in_the_order_of_names(tmp_path):
    (tmp_path / "b.txt").write_bytes("\ufeffdrugi\r\n".encode())
    (tmp_path / "a.txt").write_text("pierwszy\n")
    (tmp_path / "c.md").write_text("inne")
    assert read_corpus(tmp_path) == [("a", "pierwszy\n"), ("b", "drugi\n")]
    assert read_corpus(tmp_path / "a.txt") == [("a", "pierwszy\n")]


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("none.txt", None, r"none\.txt does not exist\. Name a text file"),
        (
            "bad.txt",
            "dobrze\nźle".encode("cp1250"),
            r"bad\.txt, line 2: the text is not UTF-8\. Save it again",
        ),
        ("empty.txt", b" \n", r"empty\.txt is empty\. Remove it, or put a text into it"),
    ],
)
def test_what_cannot_be_read_is_explained(tmp_path, name, data, message):
    if data is not None:
        (tmp_path / name).write_bytes(data)
    with pytest.raises(CorpusError, match=message):
        read_corpus(tmp_path / name)


def test_an_empty_book_of_ours_can_be_fetched_again(tmp_path, monkeypatch):
    monkeypatch.setattr(corpus, "BOOKS", tmp_path)
    (tmp_path / "lalka.txt").write_text("")
    with pytest.raises(CorpusError, match=r"lalka\.txt is empty\. Remove it, or fetch it again: python -m"):
        read_corpus(tmp_path)


def test_an_empty_directory_says_how_to_fill_it(tmp_path):
    with pytest.raises(CorpusError, match=r"holds no \.txt file\. Fetch some: python -m explainer\.corpus"):
        read_corpus(tmp_path)


def test_the_end_of_a_text_is_held_out():
    text = "".join(chr(65 + i % 26) for i in range(1000))
    train, held_out = split_text(text)
    assert train + held_out == text
    assert len(held_out) == 50
    assert split_text("ab", 0) == ("ab", "")
    assert split_text("ab", 0.5) == ("a", "b")


# --- Wolne Lektury -----------------------------------------------------------------------------------

RAW = """Jan Próbny

Zmyślona powieść

ISBN 978-00-000-0000-0



Rozdział pierwszy

Był sobie «dom» – mały.
-----
Nie koniec.


-----
Ta lektura, podobnie jak tysiące innych, dostępna jest na stronie wolnelektury.pl.
Utwór opracowany został w ramach projektu.
""".replace("\n", "\r\n")
CLEAN = "Rozdział pierwszy\n\nBył sobie „dom” — mały.\n-----\nNie koniec.\n"


def test_title_page_and_publishers_note_are_cut_off():
    assert book_text(RAW) == CLEAN
    assert book_text("Bez strony tytułowej.\n") == "Bez strony tytułowej.\n"


def test_a_login_page_is_no_book():
    with pytest.raises(CorpusError, match="web page and not a text"):
        book_text("\n<!DOCTYPE html><html></html>")


def test_prose_of_some_authors_is_chosen():
    books = [
        ("Jan Próbny", "Epika", "powiesc"),
        ("Jan Próbny", "Liryka", "wiersz"),
        ("Kto Inny", "Epika", "inna"),
        ("Jan Próbny", "Epika", "pan-tadeusz-ksiega-i"),
    ]
    catalogue = [{"author": a, "kind": k, "slug": s, "title": s} for a, k, s in books]
    assert choose(catalogue, {"Jan Próbny"}) == ["powiesc"]


@pytest.fixture
def library(monkeypatch):
    catalogue = [
        {"author": "Bolesław Prus", "kind": "Epika", "slug": slug, "title": slug, "genre": "Powieść"}
        for slug in ("zmyslona", "calosc", "druga")
    ]
    contents = {
        "/api/books/": json.dumps(catalogue).encode(),
        "/zmyslona.txt": RAW.encode(),
        "/druga.txt": "Druga księga.\n".encode(),
    }
    with LocalServer(contents) as server:
        monkeypatch.setattr(corpus, "CATALOGUE", server.address("/api/books/"))
        monkeypatch.setattr(corpus, "TEXT", server.address("/{slug}.txt"))
        monkeypatch.setattr("time.sleep", lambda _: None)
        yield server


@pytest.mark.usefixtures("library")
def test_the_command_fetches_cleans_and_skips(tmp_path, capsys):
    assert corpus.main(["--output", str(tmp_path)]) == 0
    assert read_corpus(tmp_path) == [("druga", "Druga księga.\n"), ("zmyslona", CLEAN)]
    output = capsys.readouterr()
    assert "2 books" in output.out
    assert "2 of 3: calosc" in output.err
    assert "has no text of its own" in output.err
    assert "100%" in output.err


def test_the_command_does_not_fetch_twice(library, tmp_path):
    assert corpus.main(["zmyslona", "druga", "--output", str(tmp_path)]) == 0
    asked = len(library.asked)
    assert corpus.main(["zmyslona", "druga", "--output", str(tmp_path)]) == 0
    assert len(library.asked) == asked == 2


def test_the_command_tries_again(library, tmp_path):
    library.failures = [503, 503]
    assert corpus.main(["--limit", "1", "--output", str(tmp_path)]) == 0
    assert [path.name for path in tmp_path.glob("*.txt")] == ["zmyslona.txt"]


@pytest.mark.usefixtures("library")
def test_without_a_network_the_message_says_so(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(corpus, "CATALOGUE", "http://127.0.0.1:9/api/books/")
    assert corpus.main(["--output", str(tmp_path)]) == 1
    assert "could not be downloaded" in capsys.readouterr().err


@pytest.mark.parametrize("answer", [b"<html>", b"{}", b'[{"author": "x"}]', b"[1]"])
def test_something_else_than_the_catalogue(library, tmp_path, capsys, answer):
    library.contents["/api/books/"] = answer
    assert corpus.main(["--output", str(tmp_path)]) == 1
    assert "sent something else than the catalogue" in capsys.readouterr().err


def test_a_catalogue_without_these_authors(library, tmp_path, capsys):
    library.contents["/api/books/"] = b"[]"
    assert corpus.main(["--output", str(tmp_path)]) == 1
    assert "no prose of Henryk Sienkiewicz" in capsys.readouterr().err


def test_a_name_that_is_a_path_is_refused(library, tmp_path, capsys):
    assert corpus.main(["../evil", "--output", str(tmp_path)]) == 1
    assert "“../evil” is no name of a work" in capsys.readouterr().err
    assert library.asked == []


def test_a_page_instead_of_a_book_leaves_no_book(library, tmp_path, capsys):
    library.contents["/zmyslona.txt"] = b"<html>please log in</html>"
    assert corpus.main(["zmyslona", "--output", str(tmp_path)]) == 1
    assert "web page and not a text" in capsys.readouterr().err
    assert not (tmp_path / "zmyslona.txt").exists()
