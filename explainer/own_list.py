"""A visitor's own words: one a line, one column of a table, or the entries of a list."""

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import NamedTuple

import pandas as pd

from explainer.names import capitals
from explainer.own_text import DELIMITERS, MAX_LINES, Rows, TextError, read
from explainer.vocabulary import BOUNDARY, POLISH_ALPHABET, Vocabulary, alphabetical

MAX_WORDS = 20_000
MAX_WRITTEN = 150_000  # letters of all words together: with their pairs, less than a megabyte to be sent
MAX_LENGTH = 40  # characters of a word
MAX_LETTERS = 60
MAX_TITLE = 60  # characters of a column's title
MAX_LEFT_OUT = 2_000  # words that are told one by one, with the reason
MAX_COUNT = 1_000_000_000  # of one word: the sum of all is still a whole number in a float
JUDGED = 50  # rows by which it is seen what a column holds

# Whole numbers as tables write them: 1072616, 1 072 616, 1.072.616, 1072616,0
_COUNT = re.compile(r"(\d{1,3}(?:[ \u00a0\u202f.,'’]\d{3})+|\d+)(?:[.,]0+)?")


@dataclass(frozen=True)
class OwnList:
    """A visitor's words, in capitals, ready to take the register's place."""

    names: list[str]
    weights: list[int] | None  # how often each counts; once if None
    vocabulary: Vocabulary  # "." and the letters that occur
    left_out: pd.DataFrame  # line, word, reason: the first of those that do not stand in names
    left: int  # how many do not
    columns: list[str]  # a table's columns, of which one can be chosen; none for a plain list
    column: str | None  # the one that was read
    numeric: list[str]  # the columns that hold whole numbers, by which the words can be weighted
    counts: str | None  # the one that does
    codec: str | None  # in which the file was read; None for what is no text file
    guessed: bool  # whether that may be wrong


class _Found(NamedTuple):
    line: int
    word: str
    objection: str = ""
    times: int = 1  # that it counts


class _LeftOut:
    """The first words that are left out, and how many they are: a long list is not held twice."""

    def __init__(self) -> None:
        self.first: list[_Found] = []
        self.count = 0

    def add(self, line: int, word: str, objection: str) -> None:
        """Leave a word out."""
        self.count += 1
        if len(self.first) < MAX_LEFT_OUT:
            self.first.append(_Found(line, word, objection))


class _Column(NamedTuple):
    """What was read of a table: its titles, which hold numbers, the two that were read, and the words."""

    titles: list[str]
    numeric: list[str]
    column: str | None
    counts: str | None
    found: Iterable[_Found]


def own_list(
    text: str | bytes,
    filename: str | None = None,
    column: str | None = None,
    counts: str | None = None,
    codec: str | None = None,
) -> OwnList:
    """Read words of any alphabet: one a line, one column of a table, or the entries of a JSON list.

    Words are composed (NFC) and put in capitals, so that “Zoë” and “ZOË” are one word.

    Args:
        filename: of an upload; see ``own_text.read``.
        column: the title of the column to read; by default the first one that holds words.
        counts: the title of the column that says how often each word counts; once each if None.
        codec: in which a file of text is; recognised by its bytes if None.
    Returns:
        An OwnList in which every word stands either in ``names`` or in ``left_out``, or comes after the
        first 2,000 of those.
    Raises:
        TextError: if the text is empty, too long or too wide, not a text, or has no word or column to read.
    """
    source = f"“{filename}”" if filename else "The list"
    content = read(text, filename, codec)
    if content.rows is None:
        table = _Column([], [], None, None, _words(content.lines, source))
    else:
        table = _columns(content.rows, column, counts)
    words, left_out = _sift(table.found, table.counts is not None)
    if not words:
        why = f"line {left_out.first[0].line} {left_out.first[0].objection}"
        raise TextError(f"{source} has no word that can be used: {why}. Write one word a line.")
    return OwnList(
        list(words),
        list(words.values()) if table.counts else None,
        Vocabulary([BOUNDARY, *alphabetical("".join(words))]),
        pd.DataFrame([one[:3] for one in left_out.first], columns=["line", "word", "reason"]),
        left_out.count,
        table.titles,
        table.column,
        table.numeric,
        table.counts,
        content.codec,
        content.guessed,
    )


def _words(lines: list[str], source: str) -> Iterable[_Found]:
    """Return the words of a plain list; several on the only line may be separated."""
    filled = [line for line, text in enumerate(lines, 1) if text.strip()]
    if len(filled) != 1:
        return (_Found(line, text) for line, text in enumerate(lines or [""], 1))
    words = re.split(f"[{DELIMITERS}]", lines[filled[0] - 1])
    if len(words) > MAX_LINES:
        raise TextError(f"{source} has {len(words):,} words, and at most {MAX_LINES:,} can be read.")
    return [_Found(filled[0], word) for word in words]


# --- the columns of a table -----------------------------------------------------------------------------


def _columns(rows: Rows, column: str | None, counts: str | None) -> _Column:
    """Return the words of one column and, if another is named, how often each counts."""
    first = next((i for i, cells in enumerate(rows) if any(cells)), None)
    if first is None:
        return _Column([], [], None, None, [_Found(1, "")])
    head = rows[first]
    titled = not any(character.isdigit() for cell in head for character in cell)
    titles = _titles(head if titled else [""] * len(head))
    filled = [cells for cells in rows[first + titled :] if any(cells)][:JUDGED]
    places = range(len(head))
    numeric = [titles[i] for i in places if _mostly(_is_count, filled, i)]
    column = column or titles[next((i for i in places if _mostly(str.isalpha, filled, i)), 0)]
    found = _cells_of(rows, _place(titles, column), _place(titles, counts) if counts else None)
    if titled:
        found[first] = found[first]._replace(objection="is taken for the column's title")
    return _Column(titles, numeric, column, counts, found)


def _place(titles: list[str], column: str) -> int:
    if column not in titles:
        told = f"The table has no column “{column[:MAX_TITLE]}”; it has {', '.join(titles[:10])}"
        raise TextError(told + (f" and {len(titles) - 10} more." if len(titles) > 10 else "."))
    return titles.index(column)


def _cells_of(rows: Rows, place: int, counts: int | None) -> list[_Found]:
    """Return the words in one column, each with the count in another."""
    found = []
    for line, cells in enumerate(rows, 1):
        word = _cell(cells, place)
        if counts is None:
            found.append(_Found(line, word))
            continue
        count, told = _count(_cell(cells, counts)), _cell(cells, counts)[:MAX_TITLE]
        objection = (
            f"counts “{told}” times, which is no whole number above zero" if word and not count else ""
        )
        found.append(_Found(line, word, objection, count))
    return found


def _cell(cells: list[str], place: int) -> str:
    return cells[place] if place < len(cells) else ""


def _count(cell: str) -> int:
    """Return the number of a cell; 0 if it holds none that can be counted with."""
    number = _COUNT.fullmatch(cell) if len(cell) < MAX_LENGTH else None
    digits = "".join(filter(str.isdecimal, number[1])) if number else "0"
    return int(digits) if len(digits) <= 10 and int(digits) <= MAX_COUNT else 0


def _is_count(cell: str) -> bool:
    return _count(cell) > 0


def _titles(head: list[str]) -> list[str]:
    """Return distinct titles, numbered where a title is missing or stands twice."""
    cut = [title[:MAX_TITLE] for title in head]
    return [
        title if title and title not in cut[:i] else f"{title or 'column'} {i + 1}"
        for i, title in enumerate(cut)
    ]


def _mostly(what: Callable[[str], bool], rows: Iterable[list[str]], place: int) -> bool:
    """Return whether more than half of the cells of a column are so."""
    cells = [_cell(row, place) for row in rows]
    return 2 * sum(map(what, cells)) > len(cells)


# --- which words can be used ----------------------------------------------------------------------------


def _sift(found: Iterable[_Found], counted: bool) -> tuple[dict[str, int], _LeftOut]:
    """Divide words into those that can be used, with their counts, and those that are left out, with why."""
    words: dict[str, _Found] = {}
    left_out = _LeftOut()
    for one in found:
        written = one.word.strip(' \t"')
        word = capitals(written[: 4 * MAX_LENGTH])  # long enough to see that it is too long
        objection = one.objection or _objection(word)
        if not objection and word in words:
            objection = f"stands twice, first in line {words[word].line}"
            if counted:
                objection += ", where its count is added"
                words[word] = words[word]._replace(times=words[word].times + one.times)
        if objection:
            left_out.add(one.line, word[:60], objection)
        else:
            words[word] = one._replace(word=word)
    used, without_room = _fitting(words.values())
    left_out.first = sorted(left_out.first + without_room.first, key=lambda one: one.line)[:MAX_LEFT_OUT]
    left_out.count += without_room.count
    return used, left_out


def _fitting(words: Collection[_Found]) -> tuple[dict[str, int], _LeftOut]:
    """Return the words for which there is room, with their counts, and the others with the reason."""
    letters = _letters(words)
    used: dict[str, int] = {}
    left_out, written = _LeftOut(), 0
    for one in words:
        if rare := set(one.word) - letters:
            objection = f"has “{min(rare)}”, which is not among the {MAX_LETTERS} most frequent letters"
            left_out.add(one.line, one.word, objection)
        elif len(used) == MAX_WORDS:
            left_out.add(one.line, one.word, f"comes after the first {MAX_WORDS:,} words")
        elif (written := written + len(one.word)) > MAX_WRITTEN:
            left_out.add(one.line, one.word, f"comes after the first {MAX_WRITTEN:,} letters")
        else:
            used[one.word] = one.times
    return used, left_out


def _letters(words: Collection[_Found]) -> set[str]:
    """Return the letters that are kept: in a list of Latin letters the Polish ones, then the most frequent.

    In the register's own file Ą stands in fewer names than a dozen foreign letters do.
    """
    counted: Counter[str] = Counter()
    for one in words:
        for letter in one.word:
            counted[letter] += one.times
    own = set(POLISH_ALPHABET)
    if 2 * sum(counted[letter] for letter in own) < counted.total():
        own = set()
    return set(sorted(counted, key=lambda letter: (letter not in own, -counted[letter]))[:MAX_LETTERS])


def _objection(word: str) -> str:
    """Return why a word cannot be used; nothing if it can."""
    if not word:
        return "is empty"
    if word.isalpha() and len(word) <= MAX_LENGTH:
        return ""
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
