"""A visitor's file of words or text: chosen, read in the encoding that it seems to have, or in another."""

from collections.abc import Callable, Iterable
from functools import partial
from itertools import islice
from typing import TypeVar

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from explainer.encoding import ENCODINGS, called
from explainer.own_text import TextError, plain, read
from explainer.ui import widgets
from explainer.ui.blocks import complain

TYPES = ("txt", "csv", "tsv", "json", "xlsx")
EXAMPLES = 2  # words by which one sees whether an encoding is right
SHOWN = 24  # characters of one of them

R = TypeVar("R")


def upload(label: str, *, key: str) -> tuple[str, bytes] | None:
    """Return the name and the bytes of a file of words, a table, a spreadsheet or a text."""
    return widgets.upload(label, TYPES, key=key)


def read_as(
    recognised: str,
    read_again: Callable[[str], R],
    words: Callable[[R], Iterable[str]],
    said: DeltaGenerator,
    *,
    key: str,
) -> R:
    """Say in which encoding a file is read, by words of it, and offer others.

    Args:
        recognised: the codec that the file seems to be in.
        read_again: reads the file in a codec.
        words: those of what was read.
        said: where it is said.
    Returns:
        What was read in the encoding that is chosen.
    """
    codecs = {called(known): known for known in (*ENCODINGS, recognised)}
    codec = codecs[widgets.pick("encoding", list(codecs), called(recognised), key=f"{key}_{recognised}")]
    found = read_again(codec)
    some = ", ".join(islice((word[:SHOWN] for word in words(found) if not word.isascii()), EXAMPLES))
    said.text(f"Read as {called(codec)}: {some}. Wrong? Choose." if some else "Choose another encoding.")
    return found


def text(label: str, *, key: str) -> str:
    """Return the text of a visitor's file, or "", read in the encoding that was recognised or chosen."""
    file = upload(label, key=f"{key}_file")
    if file is None:
        return ""
    name, data = file
    try:
        found = read(data, name)
        if found.guessed and found.codec:
            again, said = partial(read, data, name), st.container()
            found = read_as(found.codec, again, lambda one: plain(one).split(), said, key=f"{key}_read_as")
    except TextError as error:
        complain(str(error))
        return ""
    return plain(found)
