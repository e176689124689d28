"""A surface and its contour, or a curve, with the balls that roll down it: drawn and played on canvases."""

from collections.abc import Callable
from pathlib import Path

from explainer.components import component, events, player
from explainer.components.landscape.description import DescentPath, Landscape
from explainer.components.landscape.payload import packed

__all__ = ["DescentPath", "Landscape", "landscape", "packed"]

_FOLDER = Path(__file__).parent
_GRID = _FOLDER.parent / "grid"  # its look serves both
_STYLES = [_GRID / "grid.css", *player.STYLES, _FOLDER / "landscape.css"]

_component = component("landscape", _STYLES, _FOLDER / "landscape.js", ["at", "camera"])


def landscape(
    ground: Landscape,
    *,
    key: str,
    alt: str,
    speed: float = 6.0,
    on_pick: Callable[[tuple[float, ...]], None] | None = None,
) -> None:
    """Draw a landscape that fills the stage; turning, playing and scrubbing never leave the browser.

    Args:
        alt: one sentence that says what is seen.
        speed: steps a second.
        on_pick: called with the place (D,), rounded to hundredths, to which a visitor dragged a ball or where
            they clicked, before the scene is drawn anew; the balls then roll from there.
    Raises:
        ValueError: if a number is not finite, or the parts do not fit together.
    """
    along = events.number(float(ground.x[0]), float(ground.x[-1]))
    names = ("x", "y")[: ground.heights.ndim]
    start = None if on_pick is None else lambda place: on_pick(tuple(place[name] for name in names))
    picked = events.on(key, "pick", events.record(**dict.fromkeys(names, along)), start)
    data = packed(ground, alt=alt, pickable=on_pick is not None, speed=speed)
    _component(key=key, data=data, height="stretch", on_pick_change=picked)
