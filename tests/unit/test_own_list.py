"""A visitor's own words: lines, tables, spreadsheets and lists, in every encoding, whole or hostile."""

import io
import json
import random
import time
import zipfile
from contextlib import suppress

import pytest
from openpyxl import Workbook

from explainer.names import DATA
from explainer.own_list import own_list
from explainer.own_text import TextError, plain, read

REGISTER = """IMIĘ_PIERWSZE,PŁEĆ,LICZBA_WYSTĄPIEŃ
ŁUCJA,KOBIETA,46321
ZOË,KOBIETA,21
NAN,KOBIETA,20
EWUNIA,KOBIETA,20
"""


def quicker_than(seconds, read):
    """Return whether one of three readings had the machine for itself and took less."""

    def took():
        began = time.thread_time()
        with suppress(TextError):
            read()
        return time.thread_time() - began

    return any(took() < seconds for _ in range(3))


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
    with pytest.raises(TextError, match="no column “c”; it has a, b"):
        own_list("a,b\nx,y\n", column="c")


def test_a_table_without_titles_and_one_with_bad_ones():
    assert own_list("1,Ola\n2,Ewa\n").columns == ["column 1", "column 2"]
    assert own_list("a,,a\nx,y,z\n").columns == ["a", "column 2", "a 3"]


def test_a_csv_file_of_one_column():
    found = own_list(b'name\r\nAnna\r\n"Ola"\r\n', "mine.CSV")
    assert found.names == ["ANNA", "OLA"]
    assert found.column == "name"


@pytest.mark.parametrize("first", ["sep=;", '"sep=;"', "SEP=;"])
def test_the_line_that_tells_excel_the_separator_is_no_row(first):
    found = own_list(f"{first}\nimię;ile\nAnna;3\n".encode("utf-8-sig"), "imiona.csv", counts="ile")
    assert (found.columns, found.names, found.weights) == (["imię", "ile"], ["ANNA"], [3])


def test_the_apps_own_table_and_the_registers_can_be_uploaded():
    assert len(own_list(DATA.read_bytes(), "names.csv").names) == 8269  # 188 names are girls' and boys'
    assert own_list(REGISTER.encode("utf-16"), "pesel.csv").names == ["ŁUCJA", "ZOË", "NAN", "EWUNIA"]


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
        (b"\x89PNG\r\n\x1a\n\0\0", "“mine.txt” is not a text. Save it as plain text, CSV or .xlsx."),
        (b"PK\x03\x04rest", "a spreadsheet that cannot be opened, or another archive. Save the table as"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0", "a file of an old Office (.xls). Save it as .xlsx or CSV"),
        (b"\xff\xfeA\0\0", "line 1: the text is not UTF-16. Choose another encoding, or save it in UTF-8"),
        (b"\xff\xfe" + b"\0\xd8" * 3, "line 1: the text is not UTF-16"),
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
    with pytest.raises(TextError) as error:
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
    assert quicker_than(1, lambda: own_list(text))
    with suppress(TextError):
        assert len(own_list(text).left_out) <= 2_000


def test_whatever_is_pasted_is_read_or_refused_with_a_reason():
    die = random.Random(5)
    for _ in range(1_500):
        text = "".join(die.choices(";,|\t\n\r\"' \u2028.0AŻaż\u0301\U0001f600", k=die.randint(0, 40)))
        for name in (None, "mine.csv"):
            with suppress(TextError):
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
    with pytest.raises(TextError, match=r"it has cA, cB, .* and 16 more"):
        own_list(f"{many}\n{many}", column="d")


def test_a_giant_cell_is_left_out():
    found = own_list("a,b\nOla,x\nEwa,x\nAda,x\n" * 5 + "c" * 150_000 + ",d\n")
    assert found.names == ["OLA", "EWA", "ADA", "A"]
    assert reasons(found)[21, "C" * 60] == "is longer than 40 characters"


# --- how often each word counts -------------------------------------------------------------------------


def test_a_column_of_counts_weights_the_words():
    found = own_list(REGISTER, "pesel.csv", counts="LICZBA_WYSTĄPIEŃ")
    assert (found.numeric, found.counts) == (["LICZBA_WYSTĄPIEŃ"], "LICZBA_WYSTĄPIEŃ")
    assert dict(zip(found.names, found.weights, strict=True)) == {
        "ŁUCJA": 46321,
        "ZOË": 21,
        "NAN": 20,
        "EWUNIA": 20,
    }
    assert own_list(REGISTER, "pesel.csv").weights is None


@pytest.mark.parametrize(
    "written", ["1072616", "1 072 616", "1\u00a0072\u00a0616", "1.072.616", "1072616.0", "1072616,00"]
)
def test_whole_numbers_as_tables_write_them(written):
    assert own_list(f"imię;liczba\nAnna;{written}\nOla;2\n", counts="liczba").weights == [1_072_616, 2]


def test_counts_of_a_word_that_stands_twice_are_added():
    found = own_list("imię;ile\nAnna;3\nOla;2\nanna;4\n", counts="ile")
    assert (found.names, found.weights) == (["ANNA", "OLA"], [7, 2])
    assert reasons(found)[4, "ANNA"] == "stands twice, first in line 2, where its count is added"


@pytest.mark.parametrize("count", ["", "0", "-3", "many", "1.5", "1e3", "99999999999", "9" * 5_000, "²"])
def test_a_word_without_a_count_is_left_out(count):
    found = own_list(f"imię;ile\nAnna;{count}\nOla;2\nEwa;1\n", counts="ile")
    assert (found.names, found.weights) == (["OLA", "EWA"], [2, 1])
    assert reasons(found)[2, "ANNA"] == f"counts “{count[:60]}” times, which is no whole number above zero"


def test_a_column_of_counts_that_is_not_there_is_told():
    with pytest.raises(TextError, match="no column “c”; it has a, b"):
        own_list("a,b\nx,1\n", counts="c")


# --- which letters are kept -----------------------------------------------------------------------------


FOREIGN = [chr(code) for code in range(0x100, 0x180) if chr(code).isupper() and chr(code) not in "ĄĆĘŁŃŚŹŻĿŸ"]


def test_own_letters_are_kept_before_foreign_ones_that_more_names_have():
    foreign = [f"{name}{letter}A" for letter in FOREIGN for name in ("AN", "MAR")]
    found = own_list("\n".join(["GOŃĄ", "BARBARA", "WANDA", *foreign]))
    assert {"Ą", "Ń"} <= set(found.vocabulary.symbols)
    assert len(found.vocabulary) == 61
    assert found.left  # some foreign letters had no room


def test_letters_are_weighed_by_who_bears_them():
    names = [f"{letter}{other}" for letter in FOREIGN for other in "ABCDEFGHIJKLMNO"]
    rows = [f"{name},{1 if name[0] in FOREIGN[:20] else 9}" for name in names]
    kept = own_list("\n".join(["name,count", *rows]), counts="count").vocabulary.symbols
    assert set(FOREIGN[20:]) <= set(kept)
    assert not set(FOREIGN) <= set(kept)


def test_a_list_in_another_alphabet_keeps_its_own():
    letters = [chr(0x3042 + i) for i in range(60)]
    found = own_list("\n".join([a + b for a in letters for b in letters[:9]] + ["ŻÓŁĆ", "ANNA"]))
    assert set(found.vocabulary.symbols) == {".", *letters}


# --- spreadsheets and JSON ------------------------------------------------------------------------------


def sheet(rows, more=()):
    """Return rows as an .xlsx; further sheets stand behind."""
    book = Workbook(write_only=True)
    for content in (rows, *more):
        page = book.create_sheet()
        for row in content:
            page.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def test_the_first_sheet_of_a_spreadsheet_is_a_table():
    rows = [["imię", "liczba"], ["Żaneta", 12], ["Łukasz", 3.0], [None, None], ["Zoë", "1 024"]]
    data = sheet(rows, [[["Nope"], ["Never"]]])
    found = own_list(data, "imiona.xlsx", counts="liczba")
    assert (found.names, found.weights) == (["ŻANETA", "ŁUKASZ", "ZOË"], [12, 3, 1024])
    assert (found.columns, found.numeric, found.codec) == (["imię", "liczba"], ["liczba"], None)
    assert own_list(data, "imiona.dat").names == found.names  # by its bytes, whatever it is called
    assert plain(read(data)).split("\n")[:2] == ["imię liczba", "Żaneta 12"]


def packed(name, content):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return file.getvalue()


def forged(**parts):
    """Return a small spreadsheet of which some parts are others."""
    file = io.BytesIO()
    old = zipfile.ZipFile(io.BytesIO(sheet([["imię"], ["Ola"]])))
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for part in old.namelist():
            kept = old.read(part)
            archive.writestr(part, next((new for key, new in parts.items() if key in part), kept))
    return file.getvalue()


SHEET = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">{}</worksheet>'
CELL = '<c r="{}" t="inlineStr"><is><t>{}</t></is></c>'
ENTITIES = "".join(f'<!ENTITY a{i} "{f"&a{i - 1};" * 10 if i else "ha" * 10}">' for i in range(9))
BOMBS = {
    "unpacks to a hundred megabytes": (lambda: packed("xl/a.xml", b" " * 100_000_000), "unpacks to 100 mill"),
    "many parts": (lambda: forged_parts(2_000), "in 2,000 parts"),
    "another archive": (lambda: packed("a.txt", b"hello"), "cannot be opened, or another archive"),
    "cut short": (lambda: sheet([["imię"], ["Ola"]])[:-200], "cannot be opened"),
    "entities": (
        lambda: forged(sheet1=f"<!DOCTYPE x [{ENTITIES}]>" + SHEET.format("<a>&a8;</a>")),
        "cannot be opened",
    ),
    "entities in UTF-16": (
        lambda: forged(sheet1=f"<!DOCTYPE x [{ENTITIES}]>".encode("utf-16-le")),
        "cannot be opened",
    ),
    "wide": (lambda: forged(sheet1=far(1)), "16,384 columns, and at most 200"),
    "wide, again and again": (
        lambda: forged(sheet1=far(*range(1, 90_000))),
        "more than 2,000,000 cells",
    ),
    "many tags": (lambda: forged(sheet1=SHEET.format("<c/>" * 2_400_000)), "too much to be read at once"),
    "empty": (lambda: sheet([[None]]), "The first sheet of “my.xlsx” is empty"),
}


def far(*rows):
    """Return a sheet with a cell in the last column of some rows."""
    cells = "".join(f'<row r="{i}">{CELL.format(f"XFD{i}", "x")}</row>' for i in rows)
    return SHEET.format(f"<sheetData>{cells}</sheetData>")


def forged_parts(count):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for i in range(count):
            archive.writestr(f"{i}", "")
    return file.getvalue()


@pytest.mark.parametrize("bomb", BOMBS)
def test_a_forged_spreadsheet_is_refused_at_once(bomb):
    make, message = BOMBS[bomb]
    data = make()
    with pytest.raises(TextError) as error:
        own_list(data, "my.xlsx")
    assert message in str(error.value)
    assert quicker_than(2, lambda: own_list(data, "my.xlsx"))


def test_a_cell_far_away_costs_nothing():
    rows = f'<row r="1">{CELL.format("A1", "imię")}</row><row r="2">{CELL.format("A2", "Ola")}</row>'
    last = f'<row r="1048576">{CELL.format("XFD1048576", "x")}</row>'
    data = forged(sheet1=SHEET.format(f'<dimension ref="A1:XFD1048576"/><sheetData>{rows}{last}</sheetData>'))
    with pytest.raises(TextError, match="more than 100,000 rows"):
        own_list(data, "my.xlsx")
    assert quicker_than(1, lambda: own_list(data, "my.xlsx"))


@pytest.mark.parametrize(
    ("told", "names", "weights"),
    [
        (["Żaneta", "Łukasz"], ["ŻANETA", "ŁUKASZ"], None),
        (["Żaneta, a", "Łukasz"], ["ŁUKASZ"], None),  # a comma in an entry separates nothing
        ({"Żaneta": 3, "Łukasz": 1}, ["ŻANETA", "ŁUKASZ"], [3, 1]),
        ([{"name": "Żaneta", "count": 3}, {"count": 2, "name": "Łukasz"}], ["ŻANETA", "ŁUKASZ"], [3, 2]),
        ([["name", "count"], ["Żaneta", 3], ["Łukasz"]], ["ŻANETA"], [3]),
        ({"about": "names", "names": ["Żaneta", {"a": []}, None, "Łukasz"]}, ["ŻANETA", "ŁUKASZ"], None),
    ],
)
def test_a_list_in_json(told, names, weights):
    counts = "count" if weights else None
    for text in (json.dumps(told), json.dumps(told, ensure_ascii=False).encode()):
        found = own_list(text, "names.json", counts=counts)
        assert (found.names, found.weights) == (names, weights)


def test_what_only_looks_like_json_is_read_as_lines():
    assert own_list("[Anna\nOla").names == ["[ANNA", "OLA"]
    assert own_list("[" * 100_000 + "\nOla").names == ["OLA"]
    assert own_list("[Anna]\n" + "9" * 5_000).names == ["[ANNA]"]


@pytest.mark.parametrize(
    ("told", "message"),
    [
        ([], "no word that can be used"),
        (["a"] * 100_001, "100,001 entries, and at most 100,000"),
        ([{f"k{i}": i for i in range(201)}], "201 columns, and at most 200"),
        ([{**dict.fromkeys(map(str, range(200)), 1)}, *[{"199": 1}] * 20_000], "more than 2,000,000 cells"),
    ],
)
def test_json_that_cannot_be_used_is_explained(told, message):
    with pytest.raises(TextError) as error:
        own_list(json.dumps(told))
    assert message in str(error.value)
