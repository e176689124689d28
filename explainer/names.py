"""The given names of the Polish PESEL register as a table, and the split.

``python -m explainer.names`` makes ``data/names.csv`` and ``data/rare-names.csv`` from the register's files.
"""

import argparse
import random
import re
import sys
import unicodedata
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from explainer.download import DownloadError, download
from explainer.faults import Fault, told
from explainer.vocabulary import BOUNDARY, POLISH_ALPHABET, Vocabulary, alphabetical

ROOT = Path(__file__).resolve().parents[1]
DATA = ROOT / "data" / "names.csv"
RARE = ROOT / "data" / "rare-names.csv"  # of at most 20 bearers: looked up, never learned from
DOWNLOADS = ROOT / "runs" / "register"
MOST = 20_000_000  # bytes of one of the register's files, which have less than one million

SEED = 2147483647
MIN_BEARERS = 21  # the talk: more than 20
SIZES = {
    "girl": 3517,
    "boy": 4940,
}  # names by the talk's rule in the register of 2024 (girls) and 2023 (boys)

COLUMNS = ["name", "sex", "bearers"]
REGISTER_COLUMNS = ["IMIĘ_PIERWSZE", "PŁEĆ", "LICZBA_WYSTĄPIEŃ"]
REGISTER_SEX = {"girl": "KOBIETA", "boy": "MĘŻCZYZNA"}
REGISTER_ADDRESS = {
    "girl": "https://api.dane.gov.pl/resources/54110,lista-imion-zenskich-w-rejestrze-pesel-stan-na-19012024-imie-pierwsze/csv",
    "boy": "https://api.dane.gov.pl/resources/54109,lista-imion-meskich-w-rejestrze-pesel-stan-na-19012023-imie-pierwsze/csv",
}

_POLISH_NAME = re.compile(f"[{POLISH_ALPHABET}]+")
_RESTORE = "Restore it from the repository, or make it again: python -m explainer.names"
_OWN = "Put that right, or name another file"
_FETCH_AGAIN = (
    "Download it again from dane.gov.pl, data set 1667: python -m explainer.names does it by itself"
)


class RegisterError(Fault, ValueError):
    """A file of names cannot be used; the message names the file, the line and what to do."""


class Split(NamedTuple):
    """Names to learn from, to choose by and to judge by."""

    train: list[str]
    dev: list[str]
    test: list[str]


def register(path: Path | str = DATA, sizes: dict[str, int] | None = SIZES) -> pd.DataFrame:
    """Read the table of names: columns name, sex ("girl" or "boy") and bearers, girls first.

    Args:
        sizes: how many names of each sex the table must hold; None for any number.
    Returns:
        One row a name and sex, in the register's order (most bearers first); every row has been checked.
    Raises:
        RegisterError: if the file is missing, cut short, wrongly encoded or has a bad row.
    """
    path = Path(path)
    advice = _RESTORE if path.resolve() in (DATA, RARE) else _OWN
    rows, seen = [], set()
    for line, (name, sex, bearers) in _read_rows(path, COLUMNS, advice):
        if not _POLISH_NAME.fullmatch(name):
            problem = f"the name “{name[:40]}” has other characters than Polish capitals"
            raise _bad(path, line, problem, advice)
        if sex not in REGISTER_SEX:
            raise _bad(path, line, f"the sex must be “girl” or “boy”, not “{sex[:40]}”", advice)
        if (name, sex) in seen:
            raise _bad(path, line, f"the {sex}s' name {name} stands twice", advice)
        seen.add((name, sex))
        rows.append((name, sex, _bearers(path, line, bearers, advice)))
    table = pd.DataFrame(rows, columns=COLUMNS)
    _check_sizes(path, table, sizes)
    return table


def select(table: pd.DataFrame, sex: str = "girl", min_bearers: int = MIN_BEARERS) -> pd.DataFrame:
    """Return the rows of one sex, or of "both", whose names have at least so many bearers.

    With "both", a name that girls and boys share stays in two rows.
    """
    if sex not in (*REGISTER_SEX, "both"):
        raise ValueError(f"The sex must be “girl”, “boy” or “both”, not “{sex}”.")
    chosen = table["bearers"] >= min_bearers
    if sex != "both":
        chosen &= table["sex"] == sex
    return table[chosen].reset_index(drop=True)


def split(names: Sequence[str], seed: int = SEED) -> Split:
    """Shuffle names by a seed and cut them at 80 and 90 percent.

    Returns:
        Every name in exactly one part; a name that stands twice never stands on both sides of a cut.
    """
    # Python keeps random() the same for a seed in every version, but not shuffle().
    draw = random.Random(seed).random
    place = {name: draw() for name in dict.fromkeys(names)}
    shuffled = sorted(names, key=place.__getitem__)
    dev, test = (_cut(shuffled, share) for share in (0.8, 0.9))
    return Split(shuffled[:dev], shuffled[dev:test], shuffled[test:])


def rarer(sex: str, count: int) -> list[str]:
    """Return names with fewer bearers than any that models learn from, to judge by and for nothing else.

    Args:
        sex: "girl" or "boy".
        count: how many, drawn by the seed.
    Returns:
        Names that stand in the data for neither sex, no longer than its own, of letters that it has.
    """
    known, table = set(register()["name"]), select(register(RARE, sizes=None), sex, 1)
    longest = max(map(len, known))
    outside = [name for name in table["name"] if name not in known and len(name) <= longest]
    draw = random.Random(SEED).random
    drawn = sorted((n for n in outside if not _vocabulary().unknown(n)), key=lambda _: draw())
    return drawn[:count]


def _cut(names: list[str], share: float) -> int:
    """Return where to cut, moved past the copies of one name."""
    at = int(share * len(names))
    while 0 < at < len(names) and names[at] == names[at - 1]:
        at += 1
    return at


@cache
def _vocabulary() -> Vocabulary:
    return Vocabulary([BOUNDARY, *alphabetical("".join(register()["name"]))])


def __getattr__(name: str) -> Vocabulary:
    # VOCABULARY is read from the table when first asked for: the table can be made again while it is broken.
    if name == "VOCABULARY":
        return _vocabulary()
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


# --- making the table -------------------------------------------------------------------------------


def build(
    female: Path, male: Path, output: Path = DATA, sizes: dict[str, int] | None = SIZES
) -> pd.DataFrame:
    """Write the table of names from the register's two files and return it; the rare ones go beside it.

    Raises:
        RegisterError: if a file is missing, cut short, wrongly encoded or not what it should be.
    """
    rows, rare = [], []
    for sex, path in (("girl", Path(female)), ("boy", Path(male))):
        everything = list(_polish_names(path, sex))
        found = [row for row in everything if row[2] >= MIN_BEARERS]
        rare += [row for row in everything if row[2] < MIN_BEARERS]
        if sizes and len(found) != sizes[sex]:
            raise RegisterError(
                f"{_shown(path)} gives {len(found):,} {sex}s' names and not {sizes[sex]:,}: "
                f"it ends too early or is of another year. {_FETCH_AGAIN}."
            )
        rows += found
    table = pd.DataFrame(rows, columns=COLUMNS)
    output.parent.mkdir(parents=True, exist_ok=True)
    _write(table, output)
    _write(pd.DataFrame(rare, columns=COLUMNS), output.with_name(RARE.name))
    return table


def _write(table: pd.DataFrame, path: Path) -> None:
    """Write a table in one move: a full disk leaves the one that was there."""
    part = path.with_name(f"{path.name}.part")
    try:
        table.to_csv(part, index=False, encoding="utf-8", lineterminator="\n")
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise RegisterError(
            f"{_shown(path)} cannot be written: {error.strerror}. Make room there."
        ) from error


def _polish_names(path: Path, sex: str) -> Iterator[tuple[str, str, int]]:
    """Yield the names of Polish letters only and their bearers, in the register's order."""
    for line, (name, marked, bearers) in _read_rows(path, REGISTER_COLUMNS, _FETCH_AGAIN):
        if marked != REGISTER_SEX[sex]:
            problem = f"the sex must be {REGISTER_SEX[sex]}, not “{marked}”"
            raise _bad(path, line, problem, "Check that the girls' file is --female and the boys' is --male")
        count = _bearers(path, line, bearers, _FETCH_AGAIN)
        if _POLISH_NAME.fullmatch(name):
            yield name, sex, count


def _read_rows(path: Path, columns: list[str], advice: str) -> Iterator[tuple[int, list[str]]]:
    """Yield (line number, fields) of a CSV file, checking its encoding, header and number of fields."""
    header, *lines = _decode(path, advice).replace("\r\n", "\n").split("\n")
    if header.split(",") != columns:
        raise _bad(path, 1, f"the columns must be {','.join(columns)}, not “{header[:80]}”", advice)
    for line, row in enumerate(lines, 2):
        fields = row.split(",")
        ends_here = line == len(lines) + 1
        if ends_here and not row:
            return
        if ends_here or len(fields) != len(columns):
            raise _bad(path, line, f"the row “{row[:80]}” is incomplete; the file may be cut short", advice)
        yield line, fields


def _decode(path: Path, advice: str) -> str:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise RegisterError(f"{_shown(path)} cannot be read: {error.strerror}. {advice}.") from error
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise _bad(path, line, "the text is not UTF-8", advice) from error


def _bearers(path: Path, line: int, field: str, advice: str) -> int:
    if not (field.isascii() and field.isdigit() and len(field) < 10 and int(field)):
        raise _bad(path, line, f"“{field[:40]}” is not a number of bearers", advice)
    return int(field)


def _check_sizes(path: Path, table: pd.DataFrame, sizes: dict[str, int] | None) -> None:
    for sex, size in (sizes or {}).items():
        found = int((table["sex"] == sex).sum())
        if found != size:
            problem = f"the table ends here with {found:,} {sex}s' names and not {size:,}"
            raise _bad(path, len(table) + 1, problem, _RESTORE)


def _bad(path: Path, line: int, problem: str, advice: str) -> RegisterError:
    return RegisterError(f"{_shown(path)}, line {line:,}: {problem}. {advice}.")


def _shown(path: Path) -> str:
    path = path.resolve()
    return str(path.relative_to(ROOT) if path.is_relative_to(ROOT) else path)


def capitals(word: str) -> str:
    """Return a word composed (NFC) and in capitals, as names stand."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", word).upper())


# --- the command -----------------------------------------------------------------------------------


def _fetch(sex: str, file: str) -> Path:
    return download(REGISTER_ADDRESS[sex], DOWNLOADS / file, most=MOST)


def main(arguments: list[str] | None = None) -> int:
    """Make the table of names; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m explainer.names", description=main.__doc__)
    parser.add_argument("--female", type=Path, help="the register's file of girls' names; else downloaded")
    parser.add_argument("--male", type=Path, help="the register's file of boys' names; else downloaded")
    parser.add_argument("--output", type=Path, default=DATA)
    options = parser.parse_args(arguments)
    try:
        female = options.female or _fetch("girl", "pesel-female.csv")
        male = options.male or _fetch("boy", "pesel-male.csv")
        table = build(female, male, options.output, SIZES)
    except DownloadError as error:
        print(error, "Files that are here already can be named: --female PATH --male PATH", file=sys.stderr)
        return 1
    except (OSError, ValueError) as error:
        print(told(error), file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Stopped. The same command goes on where it stopped.", file=sys.stderr)
        return 130
    print(f"{_shown(options.output)}: {len(table):,} names")
    return 0


if __name__ == "__main__":
    sys.exit(main())
