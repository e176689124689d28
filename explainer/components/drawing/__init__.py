"""Lines, boxes, marks and words as one small SVG: pointed at, played and scrubbed in the browser."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from explainer.components import component, events, player, sized

_FOLDER = Path(__file__).parent
_GRID = _FOLDER.parent / "grid"  # its look serves both
_STYLES = [_GRID / "grid.css", *player.STYLES, _FOLDER / "drawing.css"]


@dataclass(frozen=True)
class Moved:
    """What was moved by hand: a weight to x, or a point to (x, y), unless it was taken off the map."""

    grip: str
    x: float
    y: float
    gone: bool
    frame: int  # that was seen then


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
    on_move: Callable[[Moved], None] | None = None,
    placing: str = "A click on the map puts the star there.",
) -> None:
    """Draw what ``explainer.figures.drawing.Drawing.sent`` returns.

    Hover, play and scrub never leave the browser; a click does only with ``on_pick`` or ``on_place``.

    Args:
        alt: one sentence that says what is seen, for those who do not see it.
        height: "stretch" for all that the container leaves, or pixels at 1920 × 1080, on a phone css
            pixels.
        on_pick: called with the ``pick`` of the primitive that was clicked, before the rerun.
        on_place: called with the place in the field with a name that was clicked, in units of its sides.
        on_move: called with what was moved by hand, once it is let go.
        placing: what a click on the map does, in words.
    """
    place, own = sized(height)
    reports = {"picks": on_pick is not None, "places": placing if on_place else ""}
    data = {**sent, **reports, "alt": alt, "height": own}
    picked = events.on(key, "pick", lambda value: events.one_of(_picks(sent))(value), on_pick)
    placed = events.on(key, "place", _place, on_place and (lambda at: on_place(at["x"], at["y"])))
    moved = events.on(key, "moved", _moved(sent), on_move and (lambda told: on_move(Moved(**told))))
    told = {"on_pick_change": picked, "on_place_change": placed, "on_moved_change": moved}
    _component(key=key, data=data, height=place, **told)


_place = events.record(x=events.number(-FAR, FAR), y=events.number(-FAR, FAR))


def _moved(sent: Mapping[str, Any]) -> events.Reader[dict[str, Any]]:
    """Return what reads what was moved: one of the grips that are there, in one of the frames."""
    last = len(sent["frames"]["titles"]) - 1 if sent["frames"] else 0
    place = events.number(-FAR, FAR)
    grips = {grip for grip in _told(sent, "grip") if grip}
    return events.record(
        grip=events.one_of(grips), x=place, y=place, gone=events.flag, frame=events.whole(0, last)
    )


def _picks(sent: Mapping[str, Any]) -> set[str]:
    """Return what a drawing may report."""
    return {pick for pick in _told(sent, "pick") if pick}


def _told(sent: Mapping[str, Any], name: str) -> list[Any]:
    """Return what all primitives of a drawing have under a name."""
    groups = sent["groups"]
    return [value for group in groups for value in [group["shared"].get(name), *group["own"].get(name, [])]]
