"""Controls: each keeps its value in the URL and across scenes, so that a link restores what is seen."""

import math
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import nullcontext
from typing import Any
from zlib import compress, decompress

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from explainer.ui import stage
from explainer.ui.address import clean

LINK_LENGTH = 1500  # characters of a text that still fit into a link
EDITED_LENGTH = 50_000  # characters of a text that one still works on in a field
MOST_PASTED = 3_000_000  # characters of a text that fit into a message to the server
TAKEN = f"At most {MOST_PASTED:,} characters; the field does not take more."

NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?(e[+-]?[0-9]+)?")

Fits = Callable[[Sequence[str]], bool]


def slider(
    label: str,
    low: float,
    high: float,
    default: Any,
    *,
    key: str,
    step: float | None = None,
    format: str | None = None,
    help: str | None = None,
) -> Any:
    """Return the number (or, for a pair as default, the range) that a slider stands at."""
    _keep_within(key, low, high)
    count = len(default) if isinstance(default, Sequence) else 1
    return st.slider(label, low, high, default, step, format, help=help, **_kept(key, _numbers(count)))


def steps(label: str, options: Sequence[Any], default: Any, *, key: str, stages: Iterable[Any] = ()) -> Any:
    """Return one of a few ordered values, picked on a slider.

    Args:
        stages: those that PageDown takes one by one before it turns the scene.
    """
    stage.stages(key, stages)
    return st.select_slider(label, options, default, **_kept(key, _one_of(map(str, options))))


def choice(
    label: str,
    options: Mapping[str, str],
    *,
    key: str,
    default: str | None = None,
    stages: Iterable[str] = (),
) -> str:
    """Return the key of one option of a few; the values are what is shown.

    Args:
        default: the option at the start; the first if not given.
        stages: those that PageDown takes one by one before it turns the scene.
    """
    stage.stages(key, stages)
    _keep_among(key, options)
    return st.segmented_control(
        label,
        list(options),
        format_func=options.__getitem__,
        default=default or next(iter(options)),
        required=True,
        **_kept(key, _one_of(options.values()), _labels(options)),
    )


def switch(label: str, default: bool, *, key: str, help: str | None = None) -> bool:
    """Return whether a switch is on."""
    return st.toggle(label, default, help=help, **_kept(key, _one_of(("true", "false"))))


def text(
    label: str,
    default: str,
    *,
    key: str,
    max_chars: int = 40,
    help: str | None = None,
    fits: Fits | None = None,
) -> str:
    """Return a line of text that a visitor typed.

    Args:
        fits: whether a value of the address is such a text; any line of text if not given.
    """
    return st.text_input(label, default, max_chars, help=help, **_kept(key, fits or _text(max_chars)))


def lines(label: str, default: str, *, key: str, height: int = 120, max_chars: int = LINK_LENGTH) -> str:
    """Return several lines of text that a visitor typed or pasted."""
    return st.text_area(label, default, height, max_chars, **_kept(key, _text(max_chars)))


def number(label: str, low: int, high: int, default: int, *, key: str, step: int = 1) -> int:
    """Return a whole number that a visitor typed or stepped to."""
    _keep_within(key, low, high)
    return st.number_input(label, low, high, default, step, width=160, **_kept(key, _whole(low, high)))


def seed(
    label: str = "Roll again", default: int = 1, *, key: str, tucked_in: DeltaGenerator | None = None
) -> int:
    """Return the seed of a random draw; the button moves on to the next one, the link keeps it.

    Args:
        tucked_in: the place of the number itself, where the row has no room for it.
    """
    with tucked_in or nullcontext():
        value = number("seed", 0, 999_999, default, key=key)
    action(label, lambda: st.session_state.update({key: value + 1}), key=f"{key}_next")
    return value


def action(label: str, do: Callable[[], None], *, key: str, primary: bool = True) -> bool:
    """Draw a button that does something when it is clicked, before the scene is drawn anew."""
    return st.button(label, key=key, on_click=do, type="primary" if primary else "secondary")


def pick(label: str, options: Sequence[str], default: str, *, key: str, stages: Iterable[str] = ()) -> str:
    """Return one of many options, such as a column of a visitor's table.

    Args:
        stages: those that PageDown takes one by one before it turns the scene.
    """
    stage.stages(key, stages)
    return st.selectbox(label, options, options.index(default), **_kept(key, _one_of(options)))


def named(label: str, options: Mapping[str, str], *, key: str, default: str | None = None) -> str:
    """Return the key of one of many options; the values are what is shown.

    Args:
        default: the option at the start; the first if not given.
    """
    titles = list(options.values())
    _keep_among(key, titles)
    at_first = titles.index(options[default or next(iter(options))])
    chosen = st.selectbox(label, titles, at_first, **_kept(key, _one_of(titles), _labels(options)))
    return list(options)[titles.index(chosen)]


def pills(label: str, options: Sequence[str], *, key: str) -> str:
    """Return one of many words, all of them in sight; the first at the start."""
    kept = _kept(key, _one_of(options))
    return st.pills(label, options, default=options[0], required=True, wrap=True, **kept)


def several(
    label: str, options: Mapping[str, str], *, key: str, default: Sequence[str] = (), placeholder: str = ""
) -> list[str]:
    """Return the keys of those of many options that were chosen, in the order of choosing."""
    return st.multiselect(
        label,
        list(options),
        list(default),
        format_func=options.__getitem__,
        placeholder=placeholder,
        width=420,
        **_kept(key, lambda told: told == [""] or set(told) <= {*options.values()}, _labels(options)),
    )


def word(label: str, placeholder: str, *, key: str, max_chars: int = 20) -> str:
    """Return a word that a visitor typed; nothing while only the placeholder is seen."""
    kept = _kept(key, _text(max_chars))
    return st.text_input(label, "", max_chars, placeholder=placeholder, width=300, **kept)


def beginning(label: str, default: str, *, key: str, max_chars: int = 60) -> str:
    """Return the first letters of a word that a visitor typed."""
    return st.text_input(label, default, max_chars, width=220, **_kept(key, _text(max_chars)))


def pasted(label: str, *, key: str, placeholder: str = "", height: int = 200) -> str:
    """Return a text that may be long: a short one stands in the URL, a longer one stays in the session.

    What is too long to be worked on in a field leaves it: else every click sends all of it again.
    """
    packed = f"{key}_long"
    if packed in st.session_state:
        text = decompress(st.session_state[packed]).decode(errors="surrogatepass")
        st.text(f"{len(text):,} characters, pasted. They stay as they are.")
        action("Remove them", lambda: st.session_state.pop(packed), key=f"{key}_remove", primary=False)
        return text

    def pack() -> None:
        text = st.session_state[key]
        if len(text) > EDITED_LENGTH:
            st.session_state.update({packed: compress(text.encode(errors="surrogatepass")), key: ""})

    short = len(st.session_state.get(key) or "") <= LINK_LENGTH
    kept = _kept(key, _text(LINK_LENGTH)) | {"bind": "query-params" if short else None, "on_change": pack}
    return st.text_area(label, "", height, MOST_PASTED, placeholder=placeholder, help=TAKEN, **kept)


def upload(label: str, types: Sequence[str], *, key: str, megabytes: int = 2) -> tuple[str, bytes] | None:
    """Return the name and the bytes of a visitor's file, which stays in the session until it is removed."""

    def keep() -> None:
        file = st.session_state[f"{key}_widget"]
        st.session_state[key] = None if file is None else (file.name, file.getvalue())

    st.file_uploader(label, types, key=f"{key}_widget", on_change=keep, max_upload_size=megabytes)
    kept = st.session_state.get(key)
    if kept and st.session_state[f"{key}_widget"] is None:
        action("Remove the file", lambda: st.session_state.pop(key), key=f"{key}_remove", primary=False)
    return kept


def uploads(
    label: str, types: Sequence[str], do: Callable[[dict[str, bytes]], None], *, key: str, megabytes: int = 2
) -> None:
    """Draw a field for files that belong together; what they hold is given away, and kept nowhere else.

    Args:
        do: gets the bytes of each by its name when others are chosen, before the scene is drawn anew.
    """

    def give() -> None:
        do({file.name: file.getvalue() for file in st.session_state[f"{key}_widget"]})

    st.file_uploader(label, types, True, key=f"{key}_widget", on_change=give, max_upload_size=megabytes)


def _keep_within(key: str, low: float, high: float) -> None:
    """Move a kept value to the nearest bound: another control may have moved the bounds meanwhile."""
    kept = st.session_state.get(key)
    if isinstance(kept, int | float) and not low <= kept <= high:
        st.session_state[key] = min(max(kept, low), high)


def _keep_among(key: str, options: Iterable[str]) -> None:
    """Forget a kept choice that is none any more: a model of one's own goes when the next one is trained."""
    if st.session_state.get(key) is not None and st.session_state[key] not in options:
        del st.session_state[key]


def _kept(key: str, fits: Fits, labels: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Return what makes a control keep its value, once the address is clean of what does not fit it."""
    return {"key": clean(key, fits, labels), "bind": "query-params", "persist_state": "session"}


def _labels(options: Mapping[str, str]) -> dict[str, str]:
    """Return what is shown of each option by its key, and by an apostrophe as older links have it."""
    return {label.replace("’", "'"): label for label in options.values()} | dict(options)


def _one_of(shown: Iterable[str]) -> Fits:
    known = set(shown)
    return lambda told: len(told) == 1 and told[0] in known


def _numbers(count: int) -> Fits:
    return lambda told: len(told) == count and all(map(_finite, told))


def _finite(text: str) -> bool:
    return len(text) <= 30 and NUMBER.fullmatch(text) is not None and math.isfinite(float(text))


def _whole(low: int, high: int) -> Fits:
    def fits(told: Sequence[str]) -> bool:
        return len(told) == 1 and _finite(told[0]) and low <= float(told[0]) <= high

    return fits


def _text(max_chars: int) -> Fits:
    return lambda told: len(told) == 1 and len(told[0]) <= max_chars and not any(map(_control, told[0]))


def _control(character: str) -> bool:
    return unicodedata.category(character) == "Cc" and character not in "\n\t"
