"""A visitor's file as it is: a text in any encoding, a table as Excel saves it, a list as JSON."""

import csv
import io
import json
import re
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from explainer.encoding import EncodingError, decode
from explainer.faults import Fault

MAX_SIZE = 2_000_000  # characters, or bytes of a file
MAX_LINES = 100_000
MAX_COLUMNS = 200  # of a table
MAX_CELLS = 2_000_000  # of a table, the empty ones before the last of a row included
MAX_UNPACKED = 20_000_000  # bytes of a spreadsheet, which is an archive
MAX_PARTS = 1_000  # of that archive
MAX_TAGS = 800_000  # in all of its parts: 40,000 rows of three cells
DELIMITERS = "\t;,|"
SPREADSHEET, OLD_SPREADSHEET = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
UTF_16 = (b"\xff\xfe", b"\xfe\xff", b"<\0", b"\0<")  # how XML in it begins
WHITESPACE = frozenset("\t\n\v\f\r\x1a\x1c\x1d\x1e\x1f\x85")  # controls that end lines, or a file of DOS

SEPARATOR = re.compile(rf"sep=([{DELIMITERS}])", re.IGNORECASE)  # a first line, for Excel

Rows = list[list[str]]


class TextError(Fault, ValueError):
    """A visitor's text or file cannot be read; the message says why and what to do."""


@dataclass(frozen=True)
class OwnText:
    """What a text or a file holds: lines, or the rows of a table."""

    lines: list[str]
    rows: Rows | None  # of a table, each as long as its last cell; None for plain lines
    codec: str | None = None  # of a file of text
    guessed: bool = False  # whether the codec may be wrong


def read(text: str | bytes, filename: str | None = None, codec: str | None = None) -> OwnText:
    """Read a pasted text, or the bytes of a file: text, CSV, JSON or the first sheet of an .xlsx.

    Args:
        filename: of an upload; ``.csv`` or ``.tsv`` says that a single column is a table, too.
        codec: in which the file is; recognised by its bytes if None.
    Raises:
        TextError: if it is empty, too long or too wide, or not what it seems to be.
    """
    source = f"“{filename}”" if filename else "The list"
    _check_size(text, source)
    if isinstance(text, bytes) and text.startswith(SPREADSHEET):
        return OwnText([], _checked(_sheet(text, source), source))
    codec, guessed = codec if isinstance(text, bytes) else None, False
    if isinstance(text, bytes):
        text, codec, guessed = _decoded(text, source, codec)
    _check_text(text, source)
    lines, rows = _json(text, source) or _lines(text, filename, source)
    return OwnText(lines, None if rows is None else _checked(rows, source), codec, guessed)


def plain(found: OwnText) -> str:
    """Return what was read as running text, the cells of a row side by side."""
    if found.lines:
        return "\n".join(found.lines)
    return "\n".join(" ".join(filter(None, cells)) for cells in found.rows or [])


def _check_size(text: str | bytes, source: str) -> None:
    if len(text) > MAX_SIZE:
        size = f"{len(text) / 1e6:,.1f} million characters, at most {MAX_SIZE / 1e6:.0f} million can be read"
        raise TextError(f"{source} is too long: {size}. Keep the words and leave the rest out.")


def _check_text(text: str, source: str) -> None:
    if any(character < " " and character not in WHITESPACE for character in set(text)):
        raise TextError(f"{source} is not a text. Save it as plain text, CSV or .xlsx.")
    if not text.strip():
        raise TextError(f"{source} is empty. Write one word a line.")


def _decoded(data: bytes, source: str, codec: str | None) -> tuple[str, str, bool]:
    if data.startswith(OLD_SPREADSHEET):
        raise TextError(f"{source} is a file of an old Office (.xls). Save it as .xlsx or CSV.")
    try:
        return decode(data, codec)
    except EncodingError as error:
        raise TextError(f"{source}, {error}. Choose another encoding, or save it in UTF-8.") from error


def _checked(rows: Rows, source: str) -> Rows:
    """Return the rows of a table if its head is not too wide; what stands beyond its columns is not read."""
    _check_columns(len(next(filter(any, rows), [])), source)
    return rows


def _check_columns(width: int, source: str) -> None:
    if width > MAX_COLUMNS:
        told = f"{source} has {width:,} columns, and at most {MAX_COLUMNS} can be read"
        raise TextError(f"{told}. Keep the one with the words.")


# --- tables of text -----------------------------------------------------------------------------------


def _lines(text: str, filename: str | None, source: str) -> tuple[list[str], Rows | None]:
    """Return the lines of a text and, if it is a table, its rows."""
    lines = text.splitlines()
    if len(lines) > MAX_LINES:
        raise TextError(f"{source} has {len(lines):,} lines, and at most {MAX_LINES:,} can be read.")
    told = SEPARATOR.fullmatch(lines[0].strip('"')) if lines else None
    if told:
        lines[0] = ""  # is for Excel, and no row of the table
    delimiter = told[1] if told else _delimiter(lines, filename)
    return lines, None if delimiter is None else [_cells(line, delimiter) for line in lines]


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


# --- JSON ---------------------------------------------------------------------------------------------


def _json(text: str, source: str) -> tuple[list[str], Rows | None] | None:
    """Return the words, or the rows, of a list in JSON; None if the text is none."""
    if text.lstrip()[:1] not in ("[", "{"):
        return None
    try:
        told = json.loads(text)
    except (ValueError, RecursionError):
        return None
    told = _list_in(told)
    if len(told) > MAX_LINES:
        raise TextError(f"{source} has {len(told):,} entries, and at most {MAX_LINES:,} can be read.")
    if all(isinstance(one, str | int | float | None) for one in told):
        return [_said(one) for one in told], None
    return [], _records(told, source)


def _list_in(told: Any) -> list:
    """Return the list that is meant: itself, the first one of an object, or an object's pairs."""
    if isinstance(told, list):
        return told
    inner = next((one for one in told.values() if isinstance(one, list)), None)
    return [{"name": key, "count": value} for key, value in told.items()] if inner is None else inner


def _records(told: list, source: str) -> Rows:
    """Return objects as a table whose titles are their keys; lists as rows."""
    keys = dict.fromkeys(key for one in told if isinstance(one, dict) for key in one)
    place = {key: i for i, key in enumerate(keys)}
    _check_columns(len(place), source)
    rows = [list(keys)] if keys else []
    for one in told:
        cells = one if isinstance(one, list) else [one]
        if isinstance(one, dict):
            cells = [""] * (max(map(place.__getitem__, one), default=-1) + 1)
            for key, value in one.items():
                cells[place[key]] = value
        rows.append([_said(cell) for cell in cells])
    return _bounded(rows, source)


# --- a spreadsheet ------------------------------------------------------------------------------------


def _sheet(data: bytes, source: str) -> Rows:
    """Return the rows of the first sheet of an .xlsx.

    It is read by openpyxl itself: pandas makes every row as wide as the widest, and one cell in the last
    column of a sheet of 100,000 rows would take thirteen gigabytes.
    """
    from openpyxl import load_workbook  # 70 ms that no page needs before it is drawn

    try:
        _check_archive(data, source)
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
        sheet = book.worksheets[0]
        sheet.reset_dimensions()  # what the file says of its size may be wrong
        found = sheet.iter_rows(max_row=MAX_LINES + 1, values_only=True)
        rows = _bounded(([_said(cell) for cell in row] for row in found), source)
    except Fault:
        raise
    except Exception as error:  # a damaged or forged one fails anywhere in the library
        told = f"{source} is a spreadsheet that cannot be opened, or another archive"
        raise TextError(f"{told}. Save the table as .xlsx or CSV.") from error
    if len(rows) > MAX_LINES:
        raise TextError(f"{source} has more than {MAX_LINES:,} rows, which is the most that can be read.")
    if not any(map(any, rows)):
        raise TextError(f"The first sheet of {source} is empty. Write one word a row.")
    return rows


def _check_archive(data: bytes, source: str) -> None:
    """Refuse an archive that would take long to unpack or to read.

    No more is ever unpacked of a part than it says; every tag takes a library two microseconds.
    """
    archive = zipfile.ZipFile(io.BytesIO(data))
    parts = archive.infolist()
    size = sum(part.file_size for part in parts)
    if size > MAX_UNPACKED or len(parts) > MAX_PARTS:
        told = f"unpacks to {size / 1e6:,.0f} million bytes in {len(parts):,} parts"
        raise TextError(f"{source} {told}, which is too much. Keep the column with the words.")
    contents = list(map(archive.read, parts))
    if any(b"<!DOCTYPE" in content or content.startswith(UTF_16) for content in contents):
        raise ValueError("no spreadsheet defines entities, or hides in UTF-16 that it does")
    if sum(content.count(b"<") for content in contents) > MAX_TAGS:
        raise TextError(f"{source} holds too much to be read at once. Keep the column with the words.")


def _bounded(rows: Iterable[list[str]], source: str) -> Rows:
    """Return rows as long as they have no more cells than can be kept."""
    return list(_counted(rows, source))


def _counted(rows: Iterable[list[str]], source: str) -> Iterator[list[str]]:
    total = 0
    for row in rows:
        total += len(row)
        if total > MAX_CELLS:
            raise TextError(f"{source} has more than {MAX_CELLS:,} cells. Keep the columns with the words.")
        yield row


def _said(cell: Any) -> str:
    """Return what a cell says, a whole number without its decimal point."""
    if cell is None or isinstance(cell, list | dict):  # what is nested deeper is no word
        return ""
    whole = isinstance(cell, float) and cell.is_integer()
    return f"{cell:.0f}" if whole else str(cell).strip()
