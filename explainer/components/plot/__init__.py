"""A Plotly figure kept in place: what was zoomed into and what was hidden stay so while a control moves.

``st.plotly_chart`` mounts anew at every change, and its type has one size on every screen.
"""

import json
from collections.abc import Callable
from pathlib import Path

from explainer.components import component, events, player, sized

_FOLDER = Path(__file__).parent
# Built by tools/plotly; the browser asks for it beside the app, wherever that is.
LIBRARY = next((_FOLDER.parents[1] / "static").glob("plotly-*.js"))
ADDRESS = f"app/static/{LIBRARY.name}"

_component = component("plot", [*player.STYLES, _FOLDER / "plot.css"], _FOLDER / "plot.js", ["at"])


def plot(
    figure: str,
    alt: str,
    *,
    key: str,
    height: str | int = "stretch",
    on_pick: Callable[[str], None] | None = None,
) -> None:
    """Draw a figure of ``explainer.figures``.

    Zoom, hover, the legend and play never leave the browser; a click does only with ``on_pick``.

    Args:
        figure: as JSON; its colours are those of ``figures/palette.py``, its sizes pixels of the design.
        alt: one sentence that says what is seen, for those who do not see it.
        height: "stretch" for all that the container leaves, or pixels at 1920 × 1080, on a phone css
            pixels.
        on_pick: called with the ``customdata`` of the point that was clicked, before the rerun.
    """
    place, own = sized(height)
    data = {"figure": figure, "alt": alt, "name": key, "library": ADDRESS, "height": own}
    picked = events.on(key, "pick", lambda value: events.one_of(_picks(figure))(value), on_pick)
    _component(key=key, data={**data, "picks": on_pick is not None}, height=place, on_pick_change=picked)


def _picks(figure: str) -> set[str]:
    """Return what a figure may report."""
    return {pick for trace in json.loads(figure)["data"] for pick in trace.get("customdata", [])}
