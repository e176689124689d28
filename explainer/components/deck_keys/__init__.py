"""The frame of the deck: the clicker, and above and below the stage all that every scene has.

The stylesheet beside them gives the stage its size in the window. All three stand in the page itself, not in
a shadow: the title is the document's heading.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import streamlit as st

_FOLDER = Path(__file__).parent
_MOUNT = _FOLDER.parent / "grid" / "mount.js"


def _component(name: str, sources: Sequence[Path], css: str | None = None) -> Any:
    js = "\n".join(path.read_text(encoding="utf-8") for path in sources)
    return st.components.v2.component(name, css=css, js=js, isolate_styles=False)


# The stylesheet comes with the part that never leaves the page: it scales the page to the window, as a slide.
_STAGE = (_FOLDER / "stage.css").read_text(encoding="utf-8")
_clicker = _component("clicker", [_FOLDER / "clicker.js"], _STAGE)
_head, _frame = (_component(name, [_MOUNT, _FOLDER / f"{name}.js"]) for name in ("head", "frame"))


def clicker(key: str, on_narrow: Callable[[], None]) -> None:
    """Listen for PageDown and PageUp everywhere, and for the arrow keys while no control has the focus.

    A key turns the frame on the screen; at the ends of the chapter it follows the link in the container
    whose key is ``next_chapter`` or ``last_chapter``.

    Args:
        on_narrow: called when the window becomes narrow as a phone or wide again
            (``st.session_state[key]["narrow"]``).
    """
    _clicker(key=key, on_narrow_change=on_narrow, default={"narrow": False})


def head(key: str, title: str, sentence: str, words: bool) -> bool:
    """Draw the title and the sentence of a scene; return whether its words were asked for in this run.

    Args:
        words: whether there is a button that asks for them.
    """
    data = {"title": title, "sentence": sentence, "words": words}
    return bool(_head(key=key, data=data, on_words_change=_nothing).get("words"))


def frame(
    key: str,
    titles: Sequence[str],
    current: int,
    *,
    on_pick: Callable[[int], None],
    on_receipt: Callable[[], None] | None,
) -> bool:
    """Draw one dot a scene, the current one long, between two buttons; return whether the code was asked for.

    Args:
        titles: the scenes' titles, told to screen readers and on hover.
        on_pick: called with the index of the scene whose dot was clicked or to which a key turned.
        on_receipt: called when the receipt was asked for; without it there is no such button.
    """

    def picked() -> None:
        on_pick(st.session_state[key]["pick"]["scene"])

    data = {"titles": list(titles), "current": current, "receipt": on_receipt is not None}
    result = _frame(
        key=key,
        data=data,
        width="content",
        on_pick_change=picked,
        on_receipt_change=on_receipt or _nothing,
        on_code_change=_nothing,
    )
    return bool(result.get("code"))


def _nothing() -> None:
    """A click needs only the rerun."""
