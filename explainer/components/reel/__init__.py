"""Texts as rows of tiles: tokens, characters and what a model thought of them, pages; played like a film."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from explainer.components import component, player

ROLES = ("input", "weights", "activations", "probabilities", "loss")

_FOLDER = Path(__file__).parent
_GRID = _FOLDER.parent / "grid"  # its look serves both
_STYLES = [_GRID / "grid.css", *player.STYLES, _FOLDER / "reel.css"]

_component = component("reel", _STYLES, _FOLDER / "reel.js", ["at"])


@dataclass(frozen=True)
class Tile:
    """One character or token of a text.

    Args:
        below: what stands under it, such as its id.
        told: what is said when it is pointed at or reached by key.
        shade: −1 (orange) to 1 (blue); 0 leaves it plain.
        kind: "" or "known", "unknown", "used", "given": how it is marked.
        bars: two shares, from 0 to 1, that stand under it as bars, grey and violet.
    """

    text: str
    below: str = ""
    told: str = ""
    shade: float = 0.0
    kind: str = ""
    bars: tuple[float, float] | None = None


@dataclass(frozen=True)
class Tiles:
    """Tiles in a row; with ``shown`` only so many of them at each frame."""

    tiles: Sequence[Tile]
    shown: Sequence[int] = ()


@dataclass(frozen=True, eq=False)
class Joins:
    """Bytes whose boundaries vanish: frame k shows the tokens after k merges.

    Args:
        joined: (N − 1,) the merge, counted from 1, that removed the boundary behind each byte; 0 if none.
        ids: whether the tokens' ids stand in place of their text.
    """

    data: bytes
    joined: np.ndarray
    ids: bool = False


@dataclass(frozen=True)
class Pages:
    """One text a frame."""

    texts: Sequence[str]


@dataclass(frozen=True)
class Lane:
    """A text under its title; facts are one line for every frame, or one for all."""

    title: str
    content: Tiles | Joins | Pages
    facts: Sequence[str] = ()


@dataclass(frozen=True, eq=False)
class Line:
    """A curve of a chart: losses over the steps at which they were measured."""

    name: str
    x: np.ndarray  # (N,)
    y: np.ndarray  # (N,)
    dash: str = ""  # svg's pattern, such as "8 6"


@dataclass(frozen=True)
class Chart:
    """Curves over a logarithmic axis beside the texts; a marker stands where the frame is.

    Args:
        marks: for each frame its place on the axis; none if no marker moves.
        ceiling: above it a curve is not drawn, so that what happens below it can be told apart.
    """

    lines: Sequence[Line]
    x_title: str
    y_title: str
    marks: Sequence[float] = ()
    ceiling: float | None = None


def reel(
    lanes: Sequence[Lane],
    *,
    key: str,
    alt: str,
    titles: Sequence[str] = (),
    unit: str = "step",
    speed: float = 4.0,
    start: int = 0,
    ledger: str = "",
    chart: Chart | None = None,
    captions: Sequence[str] = (),
    stacked: bool = False,
) -> None:
    """Draw texts side by side; with titles they play, one frame a title.

    Args:
        alt: one sentence that says what is seen.
        titles: what each frame is called; what moves has as many frames.
        unit: what a frame is called on the buttons.
        speed: frames a second.
        start: the frame shown first.
        captions: what is said above each frame; nothing without them.
        ledger: heading of the list of all titles at the side; no list if empty.
        stacked: whether the lanes stand one below the other.
    Raises:
        ValueError: if the parts do not have the same number of frames.
    """
    _check(lanes, titles, chart, captions)
    data = {
        "alt": alt,
        "lanes": [_lane(lane) for lane in lanes],
        "titles": list(titles),
        "unit": unit,
        "speed": speed,
        "start": start,
        "ledger": ledger,
        "chart": _chart(chart),
        "captions": list(captions),
        "stacked": stacked,
    }
    _component(key=key, data=data, height="stretch")


def _check(
    lanes: Sequence[Lane], titles: Sequence[str], chart: Chart | None, captions: Sequence[str]
) -> None:
    counted = {f"“{lane.title}”": _frames(lane.content) for lane in lanes}
    counted |= {f"the facts of “{lane.title}”": len(lane.facts) for lane in lanes if len(lane.facts) > 1}
    counted |= {"the chart": len(chart.marks)} if chart else {}
    counted["the captions"] = len(captions)
    for name, count in counted.items():
        if count not in (0, len(titles)):
            raise ValueError(f"There are {len(titles)} frames, but {count} in {name}: give one for each.")


def _frames(content: Tiles | Joins | Pages) -> int:
    if isinstance(content, Tiles):
        return len(content.shown)
    return len(content.texts) if isinstance(content, Pages) else 0


def _lane(lane: Lane) -> dict:
    return {"title": lane.title, "facts": list(lane.facts), **_content(lane.content)}


def _content(content: Tiles | Joins | Pages) -> dict:
    if isinstance(content, Tiles):
        tiles = [list(vars(tile).values()) for tile in content.tiles]
        return {"kind": "tiles", "tiles": tiles, "shown": list(content.shown)}
    if isinstance(content, Joins):
        joined = content.joined.tolist()
        return {"kind": "joins", "bytes": list(content.data), "joined": joined, "ids": content.ids}
    return {"kind": "pages", "texts": list(content.texts)}


def _chart(chart: Chart | None) -> dict | None:
    if chart is None:
        return None
    lines = [
        {"name": line.name, "x": line.x.tolist(), "y": line.y.tolist(), "dash": line.dash}
        for line in chart.lines
    ]
    return {
        "lines": lines,
        "x_title": chart.x_title,
        "y_title": chart.y_title,
        "marks": [float(mark) for mark in chart.marks],
        "ceiling": chart.ceiling,
    }
