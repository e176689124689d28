"""A timer that ends by itself and rests while another page is on its way: Streamlit's own does neither."""

from pathlib import Path

from explainer.components import in_page

_component = in_page("pulse", Path(__file__).parent / "pulse.js")


def pulse(key: str, seconds: float | None) -> None:
    """Run the fragment in which it stands again and again; None ends it.

    Args:
        seconds: between two runs.
    """
    _component(key=f"pulse-{key}", data={"seconds": seconds}, on_beat_change=_nothing)


def _nothing() -> None:
    """A beat needs only the rerun."""
