"""Which words a page is about: a part of the register, or a list of a visitor's own."""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from explainer import names
from explainer.own_list import own_list
from explainer.own_text import TextError
from explainer.ui import blocks, own_file, typed, widgets
from explainer.ui.caches import keep
from explainer.ui.guard import Waits
from explainer.vocabulary import Vocabulary

KINDS = {"girl": "girls", "boy": "boys", "both": "both", "own": "your own list"}
MIN_BEARERS = (21, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000)
ENOUGH = 10  # words, of which one is held out for each of dev and test
ONCE = "once"  # how often each word of a visitor's table counts, if no column says so


@dataclass(frozen=True)
class Source:
    """Which words are asked for: a part of the register, or a list of one's own."""

    kind: str = "girl"  # "girl", "boy", "both" or "own"
    min_bearers: int = names.MIN_BEARERS
    weighted: bool = False
    text: str | bytes = ""
    filename: str | None = None
    column: str | None = None
    counts: str | None = None  # the column that says how often each word counts
    codec: str | None = None  # in which the file was saved; recognised if None


@dataclass(frozen=True, eq=False)
class WordList:
    """The words that a page is about."""

    words: tuple[str, ...]
    weights: tuple[int, ...] | None  # how often each counts; once if None
    table: pd.DataFrame  # what a visitor sees of them: name, sex, bearers, part
    vocabulary: Vocabulary
    left_out: pd.DataFrame  # line, word, reason: the first of a list of one's own
    left: int = 0  # how many were left out
    columns: tuple[str, ...] = ()  # of a visitor's table
    column: str | None = None  # the one that is read
    numeric: tuple[str, ...] = ()  # the columns by which the words can be weighted
    codec: str | None = None  # in which a file was read
    guessed: bool = False  # whether that may be wrong
    complaint: str = ""  # why a list of one's own could not be used

    @cached_property
    def labels(self) -> list[str]:
        """Return the symbols as they are shown, the boundary as a dot in the middle."""
        return [dotted(symbol) for symbol in self.vocabulary.symbols]

    @cached_property
    def letters(self) -> int:
        """Return how many different letters occur."""
        return len(set("".join(self.words)))

    @cached_property
    def pairs(self) -> int:
        """Return how many letter pairs there are, repeats included."""
        return sum(map(len, self.words)) + len(self.words)

    @cached_property
    def shares(self) -> tuple[np.ndarray, list[str]]:
        """Return where train, dev and test begin and end, 0 to 1, and how many names are in each."""
        sizes = self.table["part"].value_counts().reindex(names.Split._fields, fill_value=0)
        labels = [f"{part} {size:,}" for part, size in sizes.items()]
        return np.concatenate([[0], sizes.cumsum() / sizes.sum()]), labels

    @property
    def splits(self) -> bool:
        """Return whether there are enough words to hold some out."""
        return len(self.words) >= ENOUGH

    def part(self, name: str) -> tuple[list[str], list[int] | None]:
        """Return the words of "train", "dev" or "test" and how often each counts."""
        inside = (self.table["part"] == name).to_numpy().nonzero()[0]
        weights = None if self.weights is None else [self.weights[i] for i in inside]
        return [self.words[i] for i in inside], weights


def dotted(text: str) -> str:
    """Return a text with its boundaries as dots in the middle."""
    return text.replace(names.BOUNDARY, "·")


@keep("typed")
def word_list(source: Source) -> WordList:
    """Return the words asked for; why a list of one's own cannot be used, beside the girls' names."""
    if source.kind != "own":
        return _register(source)
    if not source.text:
        return _register(
            Source(),
            "Your list is empty, or a reload has lost it. Paste it again, or choose its file.",
        )
    try:
        own = own_list(source.text, source.filename, source.column, source.counts, source.codec)
    except TextError as error:
        return _register(Source(), str(error))
    counts = {} if own.weights is None else {"count": own.weights}
    table = pd.DataFrame({"name": own.names, **counts, "part": _parts(own.names)})
    weights = None if own.weights is None else tuple(own.weights)
    read = own.left_out, own.left, tuple(own.columns), own.column, tuple(own.numeric), own.codec, own.guessed
    return WordList(tuple(own.names), weights, table, own.vocabulary, *read)


@keep("scenes")
def _whole_register() -> pd.DataFrame:
    return names.register()


def _register(source: Source, complaint: str = "") -> WordList:
    """Return the chosen part of the register."""
    table = names.select(_whole_register(), source.kind, source.min_bearers)
    table["part"] = _parts(table["name"].tolist())
    weights = tuple(table["bearers"].tolist()) if source.weighted else None
    table = table if source.kind == "both" else table.drop(columns="sex")
    nothing = pd.DataFrame(columns=["line", "word", "reason"])
    return WordList(tuple(table["name"]), weights, table, names.VOCABULARY, nothing, complaint=complaint)


def _parts(words: list[str]) -> list[str]:
    """Return "train", "dev" or "test" for every word; too few of them are all learned from."""
    if len(words) < ENOUGH:
        return ["train"] * len(words)
    place = {word: part for part, inside in names.split(words)._asdict().items() for word in inside}
    return [place[word] for word in words]


# --- the controls -----------------------------------------------------------------------------------


def chosen(
    stage: DeltaGenerator | None = None, weighing: bool = True, waits: bool = True
) -> tuple[Source, WordList, DeltaGenerator]:
    """Draw the choice of words that all scenes share.

    Args:
        stage: where a list of one's own is asked for; behind a button if not given.
        weighing: whether it matters here how often each word counts.
        waits: whether the scene has nothing to show without them.
    Returns:
        What was asked for, the words found, and the place behind a button for further controls.
    Raises:
        Waits: if a list of one's own cannot be used: no other names stand in its place.
    """
    kind = widgets.choice("names", KINDS, key="bigram_names")
    own = kind == "own"
    more = stage if own and stage else st.popover("Your list" if own else "More")
    with more:
        source = _own_source(more is stage, weighing) if own else _register_source(kind, weighing)
    found = word_list(source)
    with more:
        if own:
            st.text(found.complaint or _counted(found))
    if own and not stage:
        blocks.complain(found.complaint)
    if found.complaint and waits:
        raise Waits
    return source, found, more


def _counted(found: WordList) -> str:
    """Return how many words were read and how many left out."""
    seen = len(found.left_out)
    some = f", of which the first {seen:,} are told" if seen < found.left else ""
    return f"{len(found.words):,} words; left out: {found.left:,}{some}"


def typed_name(found: WordList, label: str, *, key: str, default: str | None = None) -> str:
    """Draw the field for a visitor's name.

    Args:
        default: what stands in as long as the field holds none; the first of the list if not given.
    """
    usual = default or found.words[0]
    return typed.name(widgets.word(label, usual, key=key), found.vocabulary) or usual


def _register_source(kind: str, weighing: bool) -> Source:
    bearers = widgets.steps("names with at least so many bearers", MIN_BEARERS, 21, key="bigram_bearers")
    if not weighing:
        return Source(kind, bearers)
    return Source(
        kind, bearers, widgets.switch("count every bearer, not every name once", False, key="bigram_weighted")
    )


def _own_source(wide: bool, weighing: bool) -> Source:
    """Draw a field to paste into, a file, and what can be chosen of it.

    Args:
        wide: whether there is room side by side, and little from top to bottom.
        weighing: whether it matters how often each word counts.
    """
    pasting, choosing = st.container(), st.container()
    with choosing:
        file = own_file.upload("from a file: a list, a table, a spreadsheet", key="bigram_file")
    if file:
        return _table_source(Source("own", text=file[1], filename=file[0]), wide, weighing)
    example, height = "ZOË\nŁUKASZ\nОЛЕНА", 120 if wide else 200
    with pasting:
        text = widgets.pasted("your words, one a line", key="bigram_list", placeholder=example, height=height)
    return _table_source(Source("own", text=text), wide, weighing)


def _table_source(source: Source, wide: bool, weighing: bool) -> Source:
    """Draw what can be chosen of a file: its encoding, and the columns of the words and of their counts."""
    found, said = word_list(source), st.container()
    places = st.columns(3) if wide else [st.container() for _ in range(3)]
    if found.guessed and found.codec:
        with places[0]:
            source = own_file.read_as(
                found.codec,
                lambda codec: replace(source, codec=None if codec == found.codec else codec),
                lambda chosen: () if word_list(chosen).complaint else word_list(chosen).words,
                said,
                key="bigram_read_as",
            )
        found = word_list(source)
    if found.column is None:
        return source
    with places[1]:
        column = widgets.pick("column", found.columns, found.column, key="bigram_column")
    numeric = [title for title in found.numeric if title != column]
    if not (numeric and weighing):
        return replace(source, column=column)
    with places[2]:
        counts = widgets.pick("each word counts", [ONCE, *numeric], ONCE, key="bigram_counts")
    return replace(source, column=column, counts=None if counts == ONCE else counts)
