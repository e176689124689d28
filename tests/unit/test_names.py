"""The register's names: the talk's facts, the split, damaged files, downloads, a visitor's own list."""

import random
import time
from collections import Counter
from contextlib import suppress
from itertools import chain

import pytest

from explainer import names
from explainer.names import DATA, ListError, RegisterError, build, own_list, register, select, split
from tests.local_server import LocalServer


@pytest.fixture(scope="module")
def table():
    return register()


# --- the table ---------------------------------------------------------------------------------------


def test_the_talks_names(table):
    assert len(select(table, "girl")) == 3517
    assert len(select(table, "boy")) == 4940
    assert len(select(table, "both")) == len(table) == 8457
    assert sum(len(name) + 1 for name in select(table, "girl")["name"]) == 25463


def test_girls_stand_first_in_the_registers_order(table):
    assert table["sex"].tolist() == ["girl"] * 3517 + ["boy"] * 4940
    assert table.iloc[0].tolist() == ["ANNA", "girl", 1072616]
    assert select(table, "boy").iloc[0].tolist() == ["PIOTR", "boy", 689313]


def test_names_that_pandas_takes_for_missing_are_names(table):
    assert {"NA", "NAN"} <= set(select(table, "girl")["name"])


def test_minimum_of_bearers(table):
    few = select(table, "girl", 1000)
    assert few["bearers"].min() >= 1000
    assert len(few) == (select(table, "girl")["bearers"] >= 1000).sum()
    with pytest.raises(ValueError, match="“girl”, “boy” or “both”"):
        select(table, "girls")


def test_one_vocabulary_of_34_symbols_in_polish_order():
    assert "".join(names.VOCABULARY.symbols) == ".AĄBCDEĘFGHIJKLŁMNŃOÓPQRSŚTUVWXYZŻ"


# --- the split ---------------------------------------------------------------------------------------


def test_split_keeps_every_name_once(table):
    girls = select(table)["name"].tolist()
    parts = split(girls)
    assert [len(part) for part in parts] == [2813, 352, 352]
    assert sorted(chain(*parts)) == sorted(girls)


def test_split_depends_on_the_seed_only(table):
    girls = select(table)["name"].tolist()
    assert split(girls) == split(girls, seed=2147483647)
    assert split(girls).dev != split(girls, seed=1).dev
    assert split(girls).dev[:4] == ["ALESYA", "ASSEM", "FERNANDA", "LILIANNA"]


def test_split_leaves_no_name_on_both_sides(table):
    both = select(table, "both")["name"].tolist()
    train, dev, test = split(both)
    assert Counter(train + dev + test) == Counter(both)
    assert not set(train) & set(dev)
    assert not set(dev) & set(test)
    assert not set(train) & set(test)


@pytest.mark.parametrize("count", range(6))
def test_split_of_few_names(count):
    words = list("ABCDE")[:count]
    assert sorted(chain(*split(words))) == words


# --- damaged tables ----------------------------------------------------------------------------------


def damaged(data: bytes):
    line = data.index(b"\n", 60_000) + 1
    return {
        "cut in a row": (data[:1000], "line 52", "cut short"),
        "cut in a number": (data[:-2], "line 8,458", "cut short"),
        "cut between rows": (data[:line], f"line {data[:line].count(10):,}", "boys' names and not 4,940"),
        "empty": (b"", "line 1", "columns must be name,sex,bearers"),
        "another table": (b"a,b\n1,2\n", "line 1", "columns must be name,sex,bearers"),
        "Windows encoding": (data.decode().encode("cp1250", "replace"), "line 5", "not UTF-8"),
        "UTF-16": (data.decode().encode("utf-16"), "line 1", "not UTF-8"),
        "sex": (data.replace(b",boy,", b",man,", 1), "line 3,519", "“girl” or “boy”"),
        "long number": (data.replace(b"1072616", b"9" * 5000), "line 2", "is not a number"),
        "number": (data.replace(b"1072616", b"many"), "line 2", "“many” is not a number"),
        "zero": (data.replace(b"1072616", b"0"), "line 2", "“0” is not a number"),
        "letters": (data.replace(b"ANNA,", b"Anna,", 1), "line 2", "Polish capitals"),
        "twice": (data.replace(b"MARIA,girl", b"ANNA,girl"), "line 4", "stands twice"),
        "fields": (data.replace(b",girl,", b",girl,1,", 1), "line 2", "incomplete"),
    }


@pytest.mark.parametrize("damage", damaged(DATA.read_bytes()))
def test_a_damaged_table_names_file_line_and_remedy(tmp_path, damage, monkeypatch):
    data, line, problem = damaged(DATA.read_bytes())[damage]
    (tmp_path / "names.csv").write_bytes(data)
    monkeypatch.setattr(names, "DATA", tmp_path / "names.csv")
    with pytest.raises(RegisterError) as error:
        register(tmp_path / "names.csv")
    for part in ("names.csv", line + ":", problem, "python -m explainer.names"):
        assert part in str(error.value)


@pytest.mark.parametrize("damage", damaged(DATA.read_bytes()))
def test_ones_own_table_is_not_to_be_restored_from_the_repository(tmp_path, damage):
    data, line, problem = damaged(DATA.read_bytes())[damage]
    if "4,940" in problem:
        return
    (tmp_path / "mine.csv").write_bytes(data)
    with pytest.raises(RegisterError, match=r"Put that right, or name another file\.$") as error:
        register(tmp_path / "mine.csv", sizes=None)
    assert f"mine.csv, {line}: " in str(error.value)
    assert "epository" not in str(error.value)


def test_a_missing_table_says_what_to_do(tmp_path, monkeypatch):
    monkeypatch.setattr(names, "DATA", tmp_path / "names.csv")
    with pytest.raises(
        RegisterError, match=r"names\.csv cannot be read: No such file.*python -m explainer\.names"
    ):
        register(tmp_path / "names.csv")


def test_byte_order_mark_and_windows_line_ends_are_read(tmp_path):
    (tmp_path / "names.csv").write_bytes(b"\xef\xbb\xbf" + DATA.read_bytes().replace(b"\n", b"\r\n"))
    assert register(tmp_path / "names.csv").equals(register())


# --- making the table --------------------------------------------------------------------------------

FEMALE = """IMIĘ_PIERWSZE,PŁEĆ,LICZBA_WYSTĄPIEŃ
ŁUCJA,KOBIETA,500
BRAK DANYCH,KOBIETA,86
ZOË,KOBIETA,40
NAN,KOBIETA,21
EWUNIA,KOBIETA,20
"""
MALE = """IMIĘ_PIERWSZE,PŁEĆ,LICZBA_WYSTĄPIEŃ
JAN,MĘŻCZYZNA,300
"""


@pytest.fixture
def files(tmp_path):
    paths = tmp_path / "female.csv", tmp_path / "male.csv"
    for path, text in zip(paths, (FEMALE, MALE), strict=True):
        path.write_bytes(text.replace("\n", "\r\n").encode())
    return paths


def test_the_talks_rule(files, tmp_path):
    build(*files, tmp_path / "names.csv", sizes=None)
    assert (
        tmp_path / "names.csv"
    ).read_text() == "name,sex,bearers\nŁUCJA,girl,500\nNAN,girl,21\nJAN,boy,300\n"
    assert register(tmp_path / "names.csv", sizes=None)["name"].tolist() == ["ŁUCJA", "NAN", "JAN"]
    assert (tmp_path / "rare-names.csv").read_text() == "name,sex,bearers\nEWUNIA,girl,20\n"


def test_a_table_that_cannot_be_written_leaves_the_one_that_was_there(files, tmp_path, monkeypatch):
    (tmp_path / "names.csv").write_text("as it was")

    def full(_, path, **__):
        path.write_text("name,")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pandas.DataFrame.to_csv", full)
    with pytest.raises(RegisterError, match=r"names\.csv cannot be written: No space left on device\. Make"):
        build(*files, tmp_path / "names.csv", sizes=None)
    assert (tmp_path / "names.csv").read_text() == "as it was"
    assert not list(tmp_path.glob("*.part"))


def test_no_model_learns_from_a_rare_name():
    assert (
        register()["bearers"].min() >= names.MIN_BEARERS > register(names.RARE, sizes=None)["bearers"].max()
    )


def test_swapped_files(files, tmp_path):
    with pytest.raises(RegisterError, match=r"male\.csv, line 2: the sex must be KOBIETA.*--female"):
        build(files[1], files[0], tmp_path / "names.csv", sizes=None)


def test_a_register_that_ends_too_early(files, tmp_path, capsys):
    arguments = ["--female", str(files[0]), "--male", str(files[1]), "--output", str(tmp_path / "names.csv")]
    assert names.main(arguments) == 1
    message = capsys.readouterr().err
    assert "female.csv gives 2 girls' names and not 3,517" in message
    assert "Download it again" in message
    assert not (tmp_path / "names.csv").exists()


# --- downloading -------------------------------------------------------------------------------------


def test_without_a_network_the_message_says_so(tmp_path, monkeypatch, capsys):
    server = LocalServer({})
    server.server_close()  # nobody answers there any more
    monkeypatch.setattr(names, "REGISTER_ADDRESS", dict.fromkeys(("girl", "boy"), server.address("/a.csv")))
    monkeypatch.setattr(names, "DOWNLOADS", tmp_path)
    monkeypatch.setattr("time.sleep", lambda _: None)
    assert names.main(["--output", str(tmp_path / "names.csv")]) == 1
    message = capsys.readouterr().err
    assert "could not be downloaded: [Errno 111] Connection refused. Check the network" in message
    assert "--female PATH --male PATH" in message


def test_the_command_downloads_what_it_was_not_given(tmp_path, monkeypatch, capsys):
    with LocalServer({"/female.csv": FEMALE.encode(), "/male.csv": MALE.encode()}) as server:
        addresses = {"girl": server.address("/female.csv"), "boy": server.address("/male.csv")}
        monkeypatch.setattr(names, "REGISTER_ADDRESS", addresses)
        monkeypatch.setattr(names, "DOWNLOADS", tmp_path / "register")
        monkeypatch.setattr(names, "SIZES", {"girl": 2, "boy": 1})
        assert names.main(["--output", str(tmp_path / "names.csv")]) == 0
    assert "3 names" in capsys.readouterr().out


# --- a visitor's own list ----------------------------------------------------------------------------


def reasons(found):
    return {(row.line, row.word): row.reason for row in found.left_out.itertuples()}


def test_every_line_is_used_or_left_out_with_a_reason():
    text = f"Anna\n  ola \nOLA\n\nJan Maria\nR2D2\nA.B\n{'a' * 41}\n—\nab\u202ecd\n"
    found = own_list(text)
    assert found.names == ["ANNA", "OLA"]
    assert found.vocabulary.symbols == [".", "A", "L", "N", "O"]
    assert reasons(found) == {
        (3, "OLA"): "stands twice, first in line 2",
        (4, ""): "is empty",
        (5, "JAN MARIA"): "holds a space",
        (6, "R2D2"): "holds a digit",
        (7, "A.B"): "holds “.”, which marks the beginning and the end of a word",
        (8, "A" * 41): "is longer than 40 characters",
        (9, "—"): "has no letter",
        (10, "AB\u202eCD"): "holds a character that cannot be shown",
    }


def test_composed_and_decomposed_letters_are_one():
    found = own_list("Zoe\u0308\nZoë\nŻo\u0301ł\u0107")
    assert found.names == ["ZOË", "ŻÓŁĆ"]


@pytest.mark.parametrize(
    ("words", "capitals"),
    [
        ("Олена\nГанна", ["ОЛЕНА", "ГАННА"]),
        ("Νίκος\nΆννα", ["ΝΊΚΟΣ", "ΆΝΝΑ"]),
        ("דוד\nשרה", ["דוד", "שרה"]),
        ("नमिता\nराम", ["नमिता", "राम"]),
        ("O'Neill\nAnna-Maria", ["O'NEILL", "ANNA-MARIA"]),
    ],
)
def test_other_alphabets(words, capitals):
    found = own_list(words)
    assert found.names == capitals
    assert found.left_out.empty
    for word in capitals:
        assert found.vocabulary.decode(found.vocabulary.encode(word)) == word


def test_several_words_on_the_only_line():
    assert own_list("\nAnna, Ola;Ewa\n").names == ["ANNA", "OLA", "EWA"]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_a_table_gives_its_first_column_of_words(delimiter):
    rows = ["id,imię,miasto", "1,Zoë,Łódź", '2,"Ewa",Kraków', "", "3"]
    found = own_list("\n".join(rows).replace(",", delimiter) + "\n")
    assert found.names == ["ZOË", "EWA"]
    assert (found.columns, found.column) == (["id", "imię", "miasto"], "imię")
    assert reasons(found) == {
        (1, "IMIĘ"): "is taken for the column's title",
        (4, ""): "is empty",
        (5, ""): "is empty",
    }


def test_a_column_can_be_chosen():
    assert own_list("a,b\nx,y\nv,w\n", column="b").names == ["Y", "W"]
    with pytest.raises(ListError, match="no column “c”; it has a, b"):
        own_list("a,b\nx,y\n", column="c")


def test_a_table_without_titles_and_one_with_bad_ones():
    assert own_list("1,Ola\n2,Ewa\n").columns == ["column 1", "column 2"]
    assert own_list("a,,a\nx,y,z\n").columns == ["a", "column 2", "a 3"]


def test_a_csv_file_of_one_column():
    found = own_list(b'name\r\nAnna\r\n"Ola"\r\n', "mine.CSV")
    assert found.names == ["ANNA", "OLA"]
    assert found.column == "name"


def test_the_apps_own_table_and_the_registers_can_be_uploaded():
    assert len(own_list(DATA.read_bytes(), "names.csv").names) == 8269  # 188 names are girls' and boys'
    assert own_list(FEMALE.encode("utf-16"), "pesel.csv").names == ["ŁUCJA", "ZOË", "NAN", "EWUNIA"]


def test_at_most_sixty_letters():
    letters = [chr(0x4E00 + i) for i in range(62)]
    found = own_list("\n".join([*letters, *(letter * 2 for letter in letters[2:])]))
    assert len(found.vocabulary) == 61
    assert not set(letters[:2]) & set(found.vocabulary.symbols)
    assert (
        reasons(found)[1, letters[0]]
        == f"has “{letters[0]}”, which is not among the 60 most frequent letters"
    )


ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZŁĄĘŻ"


def test_at_most_twenty_thousand_words():
    words = [a + b + c + "X" for a in ALPHABET for b in ALPHABET for c in ALPHABET]
    found = own_list("\n".join(words[:20_003]))
    assert found.names == words[:20_000]
    assert found.left_out["reason"].tolist() == ["comes after the first 20,000 words"] * 3


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "is empty"),
        (" \n\t\n", "is empty"),
        (b"\x89PNG\r\n\x1a\n\0\0", "“mine.txt”, line 1: the text is not UTF-8"),
        ("Anna\nŻółć".encode("cp1250"), "line 2: the text is not UTF-8. Save it again in UTF-8"),
        (b"PK\x03\x04rest", "spreadsheet or an archive. Save the table as CSV"),
        ("a\0b", "not a text"),
        (b"A\n" * 25_000_000, "50.0 million characters, at most 2 million"),
        ("\n" * 100_001 + "A", "100,002 lines, and at most 100,000"),
        ("12\n34", "no word that can be used: line 1 holds a digit. Write one word a line"),
        (";;;\n;;;", "no word that can be used: line 1 is empty"),
        ('"";""\n\n"";""', "no word that can be used: line 1 is empty"),
        ("\t\t\n,,,\n|||", "no word that can be used: line 1 is empty"),
        ("\n".join([";A" * 499_999] * 2), "500,000 columns, and at most 200 can be read. Keep the one"),
        ("\n".join(["A;" * 200] * 3), "201 columns"),
        ("AB;" * 300_000, "300,001 words, and at most 100,000 can be read"),
    ],
)
def test_what_cannot_be_read_is_explained(data, message):
    with pytest.raises(ListError) as error:
        own_list(data, "mine.txt")
    assert message in str(error.value)


SHAPES = {
    "wide": lambda: "\n".join([";A" * 100_000] * 2),
    "wider": lambda: "\n".join([",A" * 499_999] * 2),
    "quoted": lambda: "\n".join([';"A"' * 200_000] * 2),
    "one line": lambda: ";" * 2_000_000,
    "long": lambda: "\n".join(f"AB;{i}" for i in range(100_000)),
    "all left out": lambda: "\n".join(["A B"] * 100_000),
    "marks": lambda: "a" + "\u0301\u0327" * 900_000,
    "many marks": lambda: "\n".join(["a" + "\u0301\u0327" * 90] * 10_000),
    "quotes": lambda: "\n".join(['"' * 900_000] * 2),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_no_list_takes_longer_than_a_second(shape):
    text = SHAPES[shape]()

    def seconds() -> float:
        began = time.thread_time()
        with suppress(ListError):
            assert len(own_list(text).left_out) <= 2_000
        return time.thread_time() - began

    assert any(seconds() < 1 for _ in range(3))  # the one of them that had the machine for itself


def test_whatever_is_pasted_is_read_or_refused_with_a_reason():
    die = random.Random(5)
    for _ in range(1_500):
        text = "".join(die.choices(";,|\t\n\r\"' \u2028.0AŻaż\u0301\U0001f600", k=die.randint(0, 40)))
        for name in (None, "mine.csv"):
            with suppress(ListError):
                found = own_list(text, name)
                assert found.names
                assert found.left == len(found.left_out)
                assert set("".join(found.names)) <= set(found.vocabulary.symbols)


def test_the_first_of_many_words_that_are_left_out_are_told():
    found = own_list("\n".join(["Ola", *["A B"] * 5_000]))
    assert found.left == 5_000
    assert reasons(found) == {(line, "A B"): "holds a space" for line in range(2, 2_002)}


def test_a_long_title_is_cut_and_a_missing_one_names_a_few():
    found = own_list(f"{'a' * 90},b\nx,y\n")
    assert found.columns == ["a" * 60, "b"]
    many = ",".join(f"c{chr(65 + i)}" for i in range(26))
    with pytest.raises(ListError, match=r"it has cA, cB, .* and 16 more"):
        own_list(f"{many}\n{many}", column="d")


def test_a_giant_cell_is_left_out():
    found = own_list("a,b\nOla,x\nEwa,x\nAda,x\n" * 5 + "c" * 150_000 + ",d\n")
    assert found.names == ["OLA", "EWA", "ADA", "A"]
    assert reasons(found)[21, "C" * 60] == "is longer than 40 characters"
