"""What a tab keeps across a reload: it stands neither in the address, which is shared, nor in another tab."""

from pathlib import Path

from explainer.components import in_page
from explainer.components.events import heard, text

LONGEST = 100  # characters

_component = in_page("kept", Path(__file__).parent / "kept.js")


def kept(key: str, value: str, none: str = "") -> str:
    """Have the tab keep a text for as long as it lives; return what it kept before, if none is given.

    Args:
        value: empty to ask for what was kept.
        none: what the tab answers if it has kept nothing; empty for no answer, which spares a run.
    """
    told = _component(key=key, data={"name": key, "value": value, "none": none}, on_value_change=_nothing)
    return heard(told, "value", text(LONGEST)) or ""


def _nothing() -> None:
    """What the tab kept needs only the rerun."""
