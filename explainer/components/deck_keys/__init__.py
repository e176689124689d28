"""The clicker: one invisible part that turns scenes by key, and the row of dots that shows where one is.

Both belong to the frame of the deck; the stylesheet beside them gives the stage its size in the window.
"""

from collections.abc import Callable, Sequence
from pathlib import Path

import streamlit as st

_FOLDER = Path(__file__).parent


def _source(name: str) -> str:
    return (_FOLDER / name).read_text(encoding="utf-8")


# Not isolated: the stylesheet scales the whole page to the window, as a slide is scaled.
_clicker = st.components.v2.component(
    "clicker", css=_source("stage.css"), js=_source("clicker.js"), isolate_styles=False
)
_dots = st.components.v2.component("dots", css=_source("dots.css"), js=_source("dots.js"))


def clicker(key: str, on_turn: Callable[[], None], on_narrow: Callable[[], None]) -> None:
    """Listen for PageDown and PageUp everywhere, and for the arrow keys while no control has the focus.

    Args:
        on_turn: called when a key was pressed; ``st.session_state[key]["turn"]["by"]`` is then +1 or −1.
        on_narrow: called when the window becomes narrow as a phone or wide again
            (``st.session_state[key]["narrow"]``).
    """
    _clicker(key=key, on_turn_change=on_turn, on_narrow_change=on_narrow, default={"narrow": False})


def dots(key: str, titles: Sequence[str], current: int, on_pick: Callable[[], None]) -> None:
    """Draw one dot a scene, the current one long; a click picks a scene.

    Args:
        titles: the scenes' titles, told to screen readers and on hover.
        on_pick: called when a dot was clicked; ``st.session_state[key]["pick"]["scene"]`` is its index.
    """
    _dots(key=key, data={"titles": list(titles), "current": current}, on_pick_change=on_pick)
