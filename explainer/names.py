"""The given names of the Polish PESEL register as a table; the split; a visitor's own list.

``python -m explainer.names`` makes ``data/names.csv`` and ``data/rare-names.csv`` from the register's files.
"""

import argparse
import csv
import random
import re
import sys
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
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

# A visitor's own list.
MAX_SIZE = 2_000_000  # characters, or bytes of a file
MAX_LINES = 100_000
MAX_WORDS = 20_000
MAX_WRITTEN = 150_000  # letters of all words together: with their pairs, less than a megabyte to be sent
MAX_LENGTH = 40  # characters of a word
MAX_LETTERS = 60
MAX_COLUMNS = 200  # of a table
MAX_TITLE = 60  # characters of a column's title
MAX_LEFT_OUT = 2_000  # words that are told one by one, with the reason
DELIMITERS = "\t;,|"

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


# --- a visitor's own list ---------------------------------------------------------------------------


class ListError(Fault, ValueError):
    """A visitor's list cannot be used at all; the message says why and what to do."""


@dataclass(frozen=True)
class OwnList:
    """A visitor's words, in capitals, ready to take the register's place."""

    names: list[str]
    vocabulary: Vocabulary  # "." and the letters that occur
    left_out: pd.DataFrame  # line, word, reason: the first of those that do not stand in names
    left: int  # how many do not
    columns: list[str]  # a table's columns, of which one can be chosen; none for a plain list
    column: str | None  # the one that was read


class _Found(NamedTuple):
    line: int
    word: str
    objection: str = ""


def own_list(text: str | bytes, filename: str | None = None, column: str | None = None) -> OwnList:
    """Read words of any alphabet: one a line, or one column of a CSV table.

    Words are composed (NFC) and put in capitals, so that “Zoë” and “ZOË” are one word.

    Args:
        filename: of an upload; ``.csv`` or ``.tsv`` says that the first row holds titles.
        column: the title of the column to read; by default the first one that holds words.
    Returns:
        An OwnList in which every word stands either in ``names`` or in ``left_out``, or comes after the
        first 2,000 of those.
    Raises:
        ListError: if the text is empty, too long or too wide, not a text, or has no word or column to read.
    """
    source = f"“{filename}”" if filename else "The list"
    lines = _own_text(text, source).splitlines()
    if len(lines) > MAX_LINES:
        raise ListError(f"{source} has {len(lines):,} lines, and at most {MAX_LINES:,} can be read.")
    columns, column, found = _read_words(lines, filename, column, source)
    names, left_out = _sift(found)
    if not names:
        why = f"line {left_out[0].line} {left_out[0].objection}"
        raise ListError(f"{source} has no word that can be used: {why}. Write one word a line.")
    vocabulary = Vocabulary([BOUNDARY, *alphabetical("".join(names))])
    reasons = pd.DataFrame(left_out[:MAX_LEFT_OUT], columns=["line", "word", "reason"])
    return OwnList(names, vocabulary, reasons, len(left_out), columns, column)


def capitals(word: str) -> str:
    """Return a word composed (NFC) and in capitals, as the words of a list stand."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", word).upper())


def _own_text(text: str | bytes, source: str) -> str:
    if len(text) > MAX_SIZE:
        size = f"{len(text) / 1e6:,.1f} million characters, at most {MAX_SIZE / 1e6:.0f} million can be read"
        raise ListError(f"{source} is too long: {size}. Keep the words and leave the rest out.")
    if isinstance(text, bytes):
        text = _own_decode(text, source)
    if "\0" in text:
        raise ListError(f"{source} is not a text. Save it as plain text or CSV, in UTF-8.")
    if not text.strip():
        raise ListError(f"{source} is empty. Write one word a line.")
    return text


def _own_decode(data: bytes, source: str) -> str:
    if data.startswith(b"PK\x03\x04"):
        raise ListError(f"{source} is a spreadsheet or an archive. Save the table as CSV, in UTF-8.")
    encoding = "utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise ListError(f"{source}, line {line:,}: the text is not UTF-8. Save it again in UTF-8.") from error


def _read_words(
    lines: list[str], filename: str | None, column: str | None, source: str
) -> tuple[list[str], str | None, list[_Found]]:
    """Return the titles of a table's columns, the column that was read, and the words found."""
    delimiter = _delimiter(lines, filename)
    if delimiter is None:
        return [], None, _words(lines, source)
    rows = [_cells(line, delimiter) for line in lines]
    head = next((i for i, cells in enumerate(rows) if any(cells)), None)
    if head is None:
        return [], None, [_Found(1, "")]
    if len(rows[head]) > MAX_COLUMNS:
        told = f"{source} has {len(rows[head]):,} columns, and at most {MAX_COLUMNS} can be read"
        raise ListError(f"{told}. Keep the one with the words.")
    return _column_words(rows, head, column)


def _delimiter(lines: list[str], filename: str | None) -> str | None:
    """Return what separates the columns of a table; None for a plain list."""
    sample = [line for line in lines if line.strip()][:50]
    for delimiter in DELIMITERS:
        widths = [len(_cells(line, delimiter)) for line in sample]
        if len(sample) > 1 and widths[0] > 1 and 2 * widths.count(widths[0]) > len(widths):
            return delimiter
    return "," if filename and filename.lower().endswith((".csv", ".tsv")) else None


def _cells(line: str, delimiter: str) -> list[str]:
    if '"' not in line:
        return [cell.strip() for cell in line.split(delimiter)] if line else []
    try:
        return [cell.strip() for cell in next(csv.reader([line], delimiter=delimiter), [])]
    except csv.Error:  # a cell of more than 131,072 characters
        return [line]


def _words(lines: list[str], source: str) -> list[_Found]:
    """Return the words of a plain list; several on the only line may be separated."""
    filled = [line for line, text in enumerate(lines, 1) if text.strip()]
    if len(filled) > 1:
        return [_Found(line, text) for line, text in enumerate(lines, 1)]
    words = re.split(f"[{DELIMITERS}]", lines[filled[0] - 1])
    if len(words) > MAX_LINES:
        raise ListError(f"{source} has {len(words):,} words, and at most {MAX_LINES:,} can be read.")
    return [_Found(filled[0], word) for word in words]


def _column_words(
    rows: list[list[str]], first: int, column: str | None
) -> tuple[list[str], str, list[_Found]]:
    """Return the columns' titles, the one that was read, and its words; ``first`` row is the head's."""
    head = rows[first]
    titled = not any(character.isdigit() for cell in head for character in cell)
    columns = _titles(head if titled else [""] * len(head))
    filled = [cells for cells in rows[first + titled :] if any(cells)][:50]
    column = column or columns[_first_of_words(filled, len(head))]
    if column not in columns:
        told = f"The table has no column “{column[:MAX_TITLE]}”; it has {', '.join(columns[:10])}"
        raise ListError(told + (f" and {len(columns) - 10} more." if len(columns) > 10 else "."))
    place = columns.index(column)
    found = [_Found(i, cells[place] if place < len(cells) else "") for i, cells in enumerate(rows, 1)]
    if titled:
        found[first] = found[first]._replace(objection="is taken for the column's title")
    return columns, column, found


def _titles(head: list[str]) -> list[str]:
    """Return distinct titles, numbered where a title is missing or stands twice."""
    cut = [title[:MAX_TITLE] for title in head]
    return [
        title if title and title not in cut[:i] else f"{title or 'column'} {i + 1}"
        for i, title in enumerate(cut)
    ]


def _first_of_words(rows: list[list[str]], width: int) -> int:
    """Return the first column in which more than half of the cells are words; else the first."""

    def words(place: int) -> int:
        return sum(place < len(row) and row[place].isalpha() for row in rows)

    return next((place for place in range(width) if 2 * words(place) > len(rows)), 0)


def _sift(found: list[_Found]) -> tuple[list[str], list[_Found]]:
    """Divide words into those that can be used and those that are left out, with the reason."""
    lines: dict[str, int] = {}  # word -> where it stands first
    left_out = []
    for line, written, objection in found:
        written = written.strip(' \t"')
        word = capitals(written[: 4 * MAX_LENGTH])  # long enough to see that it is too long
        objection = (
            objection or _objection(word) or (word in lines and f"stands twice, first in line {lines[word]}")
        )
        if objection:
            left_out.append(_Found(line, word[:60], objection))
        else:
            lines[word] = line
    letters = {letter for letter, _ in Counter("".join(lines)).most_common(MAX_LETTERS)}
    names, written = [], 0
    for word, line in lines.items():
        if rare := set(word) - letters:
            objection = f"has “{min(rare)}”, which is not among the {MAX_LETTERS} most frequent letters"
            left_out.append(_Found(line, word, objection))
        elif len(names) == MAX_WORDS:
            left_out.append(_Found(line, word, f"comes after the first {MAX_WORDS:,} words"))
        elif (written := written + len(word)) > MAX_WRITTEN:
            left_out.append(_Found(line, word, f"comes after the first {MAX_WRITTEN:,} letters"))
        else:
            names.append(word)
    return names, sorted(left_out, key=lambda one: one.line)


def _objection(word: str) -> str:
    """Return why a word cannot be used; nothing if it can."""
    if not word:
        return "is empty"
    if len(word) > MAX_LENGTH:
        return f"is longer than {MAX_LENGTH} characters"
    if any(character.isspace() for character in word):
        return "holds a space"
    if BOUNDARY in word:
        return f"holds “{BOUNDARY}”, which marks the beginning and the end of a word"
    if any(character.isdigit() for character in word):
        return "holds a digit"
    if not word.isprintable():
        return "holds a character that cannot be shown"
    return "" if any(character.isalpha() for character in word) else "has no letter"


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
