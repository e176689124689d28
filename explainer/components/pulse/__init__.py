"""A timer that ends by itself and rests while another page is on its way: Streamlit's own does neither."""

from pathlib import Path

import streamlit as st

from explainer.components import joined

_FOLDER = Path(__file__).parent
_sources = (_FOLDER.parent / "streamlit_inside.js", _FOLDER / "pulse.js")
_component = st.components.v2.component("pulse", js=joined(_sources), isolate_styles=False)


def pulse(key: str, seconds: float | None) -> None:
    """Run the fragment in which it stands again and again; None ends it.

    Args:
        seconds: between two runs.
    """
    _component(key=f"pulse-{key}", data={"seconds": seconds}, on_beat_change=_nothing)


def _nothing() -> None:
    """A beat needs only the rerun."""
