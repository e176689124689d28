"""The register's names: the talk's facts, the split, damaged files, downloads."""

from collections import Counter
from itertools import chain

import pytest

from explainer import names
from explainer.names import DATA, RegisterError, build, register, select, split
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


@pytest.mark.parametrize("sex", ["girl", "boy"])
def test_names_to_judge_by_beyond_the_data_stand_nowhere_in_it(sex):
    found = names.rarer(sex, 500)
    rare = register(names.RARE, sizes=None)
    assert len(set(found)) == 500
    assert set(found) <= set(rare[rare["sex"] == sex]["name"])
    assert not set(found) & set(register()["name"])
    assert names.rarer(sex, 100) == found[:100]
    assert all(names.VOCABULARY.encode(name) for name in found)


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
