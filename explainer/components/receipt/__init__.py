"""One step of a receipt: where one is, the formula with its numbers, and its terms as signed bars."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import streamlit as st

from explainer.components import component

_FOLDER = Path(__file__).parent
_component = component("receipt", [_FOLDER / "receipt.css"], [_FOLDER / "receipt.js"])


def receipt(
    step: dict[str, Any], *, key: str, on_open: Callable[[str], None], on_more: Callable[[], None]
) -> None:
    """Draw a step, of which every number that was computed can be clicked.

    Args:
        step: texts and numbers, as ``explainer.ui.receipt`` words them; shown as text, never as markup.
        on_open: called with the path of the step that was clicked, before the rerun.
        on_more: called when more of the smaller terms are wanted, before the rerun.
    """

    def opened() -> None:
        path = st.session_state[key].get("open")
        if isinstance(path, str):
            on_open(path)

    _component(key=key, data=step, on_open_change=opened, on_more_change=on_more)
