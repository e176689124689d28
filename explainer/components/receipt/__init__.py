"""One step of a receipt: where one is, the formula with its numbers, and its terms as signed bars."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from explainer.components import component, events

_FOLDER = Path(__file__).parent
_component = component("receipt", [_FOLDER / "receipt.css"], _FOLDER / "receipt.js")


def receipt(
    step: dict[str, Any], *, key: str, on_open: Callable[[str], None], on_more: Callable[[], None]
) -> None:
    """Draw a step, of which every number that was computed can be clicked.

    Args:
        step: texts and numbers, as ``ui.receipt.dialog`` words them; shown as text, never as markup.
        on_open: called with the path of the step that was clicked, before the rerun.
        on_more: called when more of the smaller terms are wanted, before the rerun.
    """
    opened = events.on(key, "open", lambda value: events.one_of({*_paths(step)})(value), on_open)
    more = events.on(key, "more", events.clicked, (lambda _: on_more()) if step["rest"] else None)
    height = "stretch" if step["place"] == "page" else "content"
    _component(key=key, data=step, height=height, on_open_change=opened, on_more_change=more)


def _paths(part: Any) -> Iterator[str]:
    """Yield every path that something in a step opens."""
    if isinstance(part, dict):
        yield from (path for path in (part.get("path"), part.get("back")) if isinstance(path, str))
    if isinstance(part, dict | list):
        for inner in part.values() if isinstance(part, dict) else part:
            yield from _paths(inner)
