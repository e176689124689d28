"""What Plotly's own animation controls lack: keys, and names for screen readers."""

from pathlib import Path

import streamlit as st

_part = st.components.v2.component(
    "playable", js=(Path(__file__).parent / "playable.js").read_text(encoding="utf-8")
)


def playable(key: str) -> None:
    """Make every animated chart of the page playable from the keyboard."""
    _part(key=key)
