"""Lines, boxes, marks and words as one small SVG: pointed at, played and scrubbed in the browser."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from explainer.components import component, events, player, sized

_FOLDER = Path(__file__).parent
_GRID = _FOLDER.parent / "grid"  # its look serves both
_STYLES = [_GRID / "grid.css", *player.STYLES, _FOLDER / "drawing.css"]

FAR = 1e6  # a place lies nearer

_component = component("drawing", _STYLES, _FOLDER / "drawing.js", ["at"])


def drawing(
    sent: Mapping[str, Any],
    alt: str,
    *,
    key: str,
    height: str | int = "stretch",
    on_pick: Callable[[str], None] | None = None,
    on_place: Callable[[float, float], None] | None = None,
) -> None:
    """Draw what ``explainer.figures.drawing.Drawing.sent`` returns.

    Hover, play and scrub never leave the browser; a click does only with ``on_pick`` or ``on_place``.

    Args:
        alt: one sentence that says what is seen, for those who do not see it.
        height: "stretch" for all that the container leaves, or pixels at 1920 × 1080, on a phone css
            pixels.
        on_pick: called with the ``pick`` of the primitive that was clicked, before the rerun.
        on_place: called with the place in the field with a name that was clicked, in units of its sides.
    """
    place, own = sized(height)
    reports = {"picks": on_pick is not None, "places": on_place is not None}
    data = {**sent, **reports, "alt": alt, "height": own}
    picked = events.on(key, "pick", lambda value: events.one_of(_picks(sent))(value), on_pick)
    placed = events.on(key, "place", _place, on_place and (lambda at: on_place(at["x"], at["y"])))
    _component(key=key, data=data, height=place, on_pick_change=picked, on_place_change=placed)


_place = events.record(x=events.number(-FAR, FAR), y=events.number(-FAR, FAR))


def _picks(sent: Mapping[str, Any]) -> set[str]:
    """Return what a drawing may report."""
    groups = sent["groups"]
    told = [pick for group in groups for pick in [group["shared"].get("pick"), *group["own"].get("pick", [])]]
    return {pick for pick in told if pick}
