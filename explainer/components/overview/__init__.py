"""All scenes at a glance: titles, small pictures, a search; none of it is sent before it is asked for."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from explainer.components import component, events

_FOLDER = Path(__file__).parent
PICTURES = _FOLDER.parents[1] / "static" / "scenes"  # made by tools/pictures

_component = component("overview", [_FOLDER / "overview.css"], _FOLDER / "overview.js")


@dataclass(frozen=True)
class Entry:
    """One scene of the talk."""

    chapter: str
    title: str
    sentence: str
    picture: str  # without the theme and the ending
    here: bool  # whether it is the one on the screen


def picture(path: str, slug: str) -> str:
    """Return what the small picture of a scene is called, without the theme and the ending."""
    return f"{path or 'welcome'}-{slug}"


def overview(entries: Sequence[Entry], *, key: str) -> int | None:
    """Draw all scenes, each to be clicked; return the index of the one that was, in the next run."""
    told = _component(key=key, data={"entries": [asdict(e) for e in entries]}, on_scene_change=_nothing)
    return events.heard(told, "scene", events.index(len(entries)))


def _nothing() -> None:
    """A click needs only the rerun."""
