"""Pictures that are no plots: lines, boxes, marks and words at their places, which the browser draws itself.

Places are numbers on two axes that fill the picture. Sizes (of type, lines, marks, margins) are pixels of a
window 1920 wide, or of a phone; in other windows the browser scales them as it scales the page.
"""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import MISSING, dataclass, fields
from functools import cached_property
from itertools import groupby
from math import floor, isfinite, log10
from types import NoneType
from typing import Any

import numpy as np

from explainer.figures import palette
from explainer.figures.base import FONT_SIZE

DASHED, DOTTED = "10 6", "3 6"
_PLACES = ("x", "y", "x0", "x1", "y0", "y1")
_CERTAIN = 65535  # how a probability of one is sent
_SENT = {str, float, int, bool, NoneType}  # what JSON knows
_FINE = 4  # decimal places of a place on an axis of length one


@dataclass(frozen=True)
class Each:
    """One value for every frame, where otherwise one value stands for all."""

    values: Sequence[Any] | np.ndarray


@dataclass(frozen=True)
class Line:
    """A line through points."""

    x: Sequence[float] | np.ndarray | Each
    y: Sequence[float] | np.ndarray | Each
    color: str | Each = palette.INK
    width: float | Each = 3
    dash: str | Each = ""
    opacity: float | Each = 1
    part: str = ""  # which weight it shows


@dataclass(frozen=True)
class Box:
    """A rectangle between two corners; the opacity is that of its filling."""

    x0: float | Each
    x1: float | Each
    y0: float | Each
    y1: float | Each
    fill: str | Each = "none"
    color: str | Each = "none"
    width: float | Each = 0
    opacity: float | Each = 1
    title: str = ""
    pick: str = ""
    leads: int = -1  # to which frame a click leads; to none


@dataclass(frozen=True)
class Field:
    """A probability at every point of a grid between two corners, smooth in between, below all else."""

    x0: float
    x1: float
    y0: float
    y1: float
    values: np.ndarray | Each  # (R, C) each, from the bottom up and from left to right
    scale: str = "sequential"
    color: str = palette.INK  # of the border, where it is one half
    width: float = 3
    name: str = ""  # by which it is told when a place is pointed at; without a name it is not
    sides: tuple[float, float, float, float] = (0, 1, 0, 1)  # what left, right, bottom and top then stand for


@dataclass(frozen=True)
class Mark:
    """A circle, square, diamond, star or falling triangle of so many pixels around a point."""

    x: float | Each
    y: float | Each
    size: float
    shape: str = "circle"
    fill: str | Each = palette.BACKGROUND
    color: str | Each = palette.INK
    width: float = 3
    opacity: float | Each = 1
    label: str | Each = ""  # what stands in it
    title: str | Each = ""  # what is said of it when it is pointed at
    pick: str = ""  # what is reported when it is clicked
    dx: float = 0  # pixels by which it is moved to the right
    dy: float = 0  # and down
    part: str = ""  # which number of a network it shows
    grip: str = ""  # by which it is told that it was moved by hand


@dataclass(frozen=True)
class Phrase:
    """A part of a line of text that looks different from the others."""

    text: str
    color: str = palette.INK
    bold: bool = False


@dataclass(frozen=True)
class Text:
    """A line of text at a point, moved by so many pixels to the right and down."""

    x: float | Each
    y: float | Each
    text: str | Sequence[Phrase] | Each
    color: str | Each = palette.INK
    size: float | None = None  # that of the drawing if None
    anchor: str = "middle"  # start, middle or end
    dx: float = 0
    dy: float = 0
    bold: bool | Each = False
    halo: bool = False  # whether it clears what lies behind it
    shown: bool | Each = True
    room: float | Each = (
        0  # of the axis from left to right; what is longer is put shorter, or left out; 0: no end
    )
    short: str = ""


Primitive = Line | Box | Field | Mark | Text


@dataclass(frozen=True)
class Frames:
    """What plays: the title of every frame, what a frame is called, how many pass in a second."""

    titles: Sequence[str]
    unit: str = "step"
    speed: float = 1.0
    start: int = 0  # −1 for the last
    film: str = ""  # by which it keeps its place although its titles change
    captions: Sequence[str] = ()  # one a frame, said above the picture


@dataclass(frozen=True, eq=False)
class Hand:
    """What can be moved by hand: points on a map, and weights of a network that the browser computes anew.

    Drawings of one name show the same: what is moved in one of them moves in all.
    """

    name: str
    places: Mapping[str, tuple[float, float]]  # by grip
    network: Mapping[str, Any] | None = None  # W1 (S, 2, H), b1 (S, H), W2 (S, H, 1), b2 (S, 1), activation
    star: str = ""  # the grip of the point whose numbers stand in the network
    largest: float = 1.0  # the weight whose edge is the widest
    positive: str = palette.INK  # colours of edges
    negative: str = palette.INK

    @property
    def sent(self) -> dict[str, Any]:
        """What the browser needs, as JSON."""
        places = {grip: {"x": x, "y": y} for grip, (x, y) in self.places.items()}
        arrays = {
            name: value.tolist() if isinstance(value, np.ndarray) else value
            for name, value in (self.network or {}).items()
        }
        own = {name: getattr(self, name) for name in ("name", "star", "largest", "positive", "negative")}
        return own | {"places": places, "network": arrays or None, "dash": DASHED}


@dataclass(frozen=True)
class Drawing:
    """Primitives in the order in which they are drawn, on two axes from their first to their last number."""

    primitives: Sequence[Primitive]
    x: tuple[float, float] = (0, 1)  # from left to right
    y: tuple[float, float] = (0, 1)  # from the bottom up
    margins: tuple[float, float, float, float] = (8, 8, 8, 8)  # pixels: left, right, top, bottom
    font_size: float = FONT_SIZE
    frames: Frames | None = None
    hand: Hand | None = None
    ratio: float | None = None  # of width to height, kept at the upper left; without one the place is filled
    table: Mapping[str, Sequence[str | float]] | None = None  # its numbers, to take along: columns by title

    @cached_property
    def sent(self) -> dict[str, Any]:
        """What the browser needs, as JSON: neighbours of one kind together, without their defaults.

        Made once; a picture that all visitors share is only sent.

        Raises:
            ValueError: if a value for each frame is missing, or a place or a probability is none.
        """
        return {
            "groups": [self._group(kind, list(members)) for kind, members in groupby(self.primitives, type)],
            "defaults": {kind.__name__.lower(): defaults for kind, defaults in _DEFAULTS.items()},
            "x": _plain(self.x),
            "y": _plain(self.y),
            "margins": _plain(self.margins),
            "font": self.font_size,
            "ratio": self.ratio,
            "frames": _frames(self.frames),
            "hand": self.hand.sent if self.hand else None,
            "table": [{"title": t, "values": _plain(values)} for t, values in (self.table or {}).items()],
        }

    def _group(self, kind: type[Primitive], members: Sequence[Primitive]) -> dict[str, Any]:
        """Return neighbours of one kind: what they share, and what each has of its own."""
        shared: dict[str, Any] = {}
        own: dict[str, list] = {}
        for name in kind.__dataclass_fields__:
            given = [getattr(member, name) for member in members]
            alike = all(value is given[0] for value in given)  # most are: nothing is to be said twice
            values = self._values(name, given[:1] if alike else given)
            if any(value != values[0] for value in values):
                own[name] = values
            elif name not in _DEFAULTS[kind] or values[0] != _DEFAULTS[kind][name]:
                shared[name] = values[0]
        return {"kind": kind.__name__.lower(), "count": len(members), "shared": shared, "own": own}

    def _values(self, name: str, given: Sequence[Any]) -> list:
        kinds = set(map(type, given))
        if name in _PLACES and kinds <= {float, int}:  # most are: at once, many times as fast
            return _rounded(given, self.x if name[0] == "x" else self.y)
        return list(given) if kinds <= _SENT else [self._value(name, value) for value in given]

    def _value(self, name: str, value: Any) -> Any:
        if isinstance(value, Each):
            count = len(self.frames.titles) if self.frames else 0
            if len(value.values) != count:
                raise ValueError(f"There are {count} frames, but {len(value.values)} values of {name}.")
            return {"each": self._value(name, list(value.values))}
        if name == "values":
            return [_coded(v) for v in value] if isinstance(value, list) else _coded(value)
        if name in _PLACES:
            return _rounded(value, self.x if name[0] == "x" else self.y)
        return _plain(value)


def diverging(value: float, limit: float) -> str:
    """Return the colour of a signed number, centred on zero; ±limit is full."""
    return f"diverging {0.5 + 0.5 * max(-1.0, min(1.0, float(value / limit))):.3f}"


def ticks(low: float, high: float, most: int = 7) -> np.ndarray:
    """Return at most so many round numbers between two bounds, evenly spaced."""
    steps = [m * 10.0**e for e in range(-6, 7) for m in (1, 2, 5)]
    step = next(step for step in steps if np.floor(high / step) - np.ceil(low / step) < most)
    return np.arange(np.ceil(low / step), np.floor(high / step) + 1) * step  # (N,)


def _frames(frames: Frames | None) -> dict[str, Any] | None:
    if frames is None:
        return None
    start = frames.start % len(frames.titles)
    sent = {"titles": list(frames.titles), "unit": frames.unit, "speed": frames.speed, "start": start}
    if frames.captions and len(frames.captions) != len(frames.titles):
        raise ValueError(f"There are {len(frames.titles)} frames, but {len(frames.captions)} captions.")
    more = {"film": frames.film, "captions": list(frames.captions)}
    return sent | {name: value for name, value in more.items() if value}


def _rounded(value: Any, span: tuple[float, float]) -> Any:
    """Return places on an axis, as fine as a screen can show them."""
    digits = _FINE - floor(log10(abs(span[1] - span[0])))
    if isinstance(value, float | int):  # most are, and an array of one takes ten times as long
        _require_place(isfinite(value))
        return round(float(value), digits)
    places = np.asarray(value, dtype=float)
    _require_place(bool(np.isfinite(places).all()))
    return places.round(digits).tolist()


def _require_place(finite: bool) -> None:
    if not finite:
        raise ValueError("A place is NaN or infinite, which no drawing can show: cut the data before that.")


def _coded(values: np.ndarray) -> list[int | str]:
    """Return how many columns probabilities (R, C) have, and 16 bits of each."""
    if not ((values >= 0) & (values <= 1)).all():  # NaN is neither
        raise ValueError("A field shows probabilities: numbers from 0 to 1.")
    sent = np.round(np.asarray(values, dtype=float) * _CERTAIN).astype("<u2")
    return [values.shape[1], base64.b64encode(sent.tobytes()).decode()]


def _plain(value: Any) -> Any:
    """Return a value as JSON knows it."""
    if isinstance(value, Phrase):
        return [value.text, value.color, value.bold]
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    return value.item() if isinstance(value, np.generic) else value


_DEFAULTS = {
    kind: {field.name: field.default for field in fields(kind) if field.default is not MISSING}
    for kind in (Line, Box, Field, Mark, Text)
}
