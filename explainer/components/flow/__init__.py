"""One prediction through a whole GPT: every vector of every stage as a strip, played in the browser."""

import json
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from explainer.components import component, events, player

_FOLDER = Path(__file__).parent
_STYLES = [_FOLDER.parent / "receipt" / "receipt.css", *player.STYLES, _FOLDER / "flow.css"]
LEVELS = (7, 3)  # shades on each side of zero for the characters that are not followed: of few, of many
FEW = 32  # characters
FOLLOW = "follow"  # what the address tells beside the position: character, head and candidate, 0 for none

_component = component("flow", _STYLES, _FOLDER / "flow.js", ["at", FOLLOW])


@dataclass(frozen=True)
class Strip:
    """One vector for every character.

    Args:
        name: "q.0" for the queries of the first layer.
        title: what stands under it.
        role: its colour, and its scale: probabilities begin at zero, all others have zero in the middle.
        section: 0 for the embeddings, then the layers, the last for what comes out.
        parts: into how many heads it is cut.
        steps: whether its numbers open to the multiplications that made them.
    """

    name: str
    title: str
    role: str
    section: int
    parts: int = 1
    steps: bool = True


@dataclass(frozen=True)
class Stage:
    """One stage of the way.

    Args:
        title: what the counter says; told: the sentence.
        strips: names of what comes about, in its order.
        sources: names of what it is made of.
        section: as in ``Strip``.
        ticks: how long it plays, in sixtieths of a second.
        stop: whether the clicker stops behind it.
        added: which of what was added to a logit comes with it: "token", "position", "heads.0", "mlp.0".
    """

    title: str
    told: str
    strips: Sequence[str]
    sources: Sequence[str]
    section: int
    ticks: int
    stop: bool
    added: str = ""


@dataclass(frozen=True, eq=False)
class Passed:
    """A text that has passed a GPT, and one of its characters that is followed.

    Args:
        id: differs for another model or text.
        text: (T,) the characters as they are shown; symbols: (V,) all that the model knows.
        n_layer, n_head: the model's shape.
        sections: what each is called.
        strips, stages: in the order of the way.
        shades: of all characters, as ``shades`` makes them.
        position: the character that is followed.
        exact: its vectors (width,) for every strip but the patterns, by name; peaks: the largest of each.
        looks: (n_layer, n_head, T) whom it looks at.
        added: (2 + n_layer · (n_head + 1), V) what was added to every logit: by its embedding, by its
            position's, then in each layer by each head and by the MLP.
        roll: the die, in [0, 1); drawn: the id that it falls on.
    """

    id: str
    text: Sequence[str]
    symbols: Sequence[str]
    n_layer: int
    n_head: int
    sections: Sequence[str]
    strips: Sequence[Strip]
    stages: Sequence[Stage]
    shades: bytes
    position: int
    exact: Mapping[str, np.ndarray]
    peaks: Mapping[str, float]
    looks: np.ndarray
    added: np.ndarray
    roll: float
    drawn: int


def flow(
    passed: Passed,
    *,
    key: str,
    alt: str,
    known: str = "",
    opened: Mapping[str, Any] | None = None,
    on_ask: Callable[[dict[str, Any]], None],
    on_open: Callable[[dict[str, Any]], None],
    on_more: Callable[[], None],
) -> None:
    """Draw the way of a text through a model; play, step, scrub and hover never leave the browser.

    Args:
        alt: one sentence that says what is seen.
        known: id of the text whose shades the browser has already: they are not sent again.
        opened: a step of the receipt, as ``ui.receipt.wording.worded`` has it, and of which number.
        on_ask: gets ``{"known", "position"}``, the id of what the browser has, or "", and the character to be
            followed; None for the one that is.
        on_open: gets ``{"known", "name", "number", "path"}``, the number of a strip that is to be opened.
        on_more: called when more of the smaller terms are wanted.
    """
    names = [strip.name for strip in passed.strips]
    widest = max([*map(len, passed.exact.values()), passed.n_head * len(passed.text)])
    known_to, place = events.text(64), events.maybe(events.index(len(passed.text)))
    asks = events.record(known=known_to, position=place)
    opens = events.record(
        known=known_to, name=events.one_of(names), number=events.index(widest), path=events.text(4_000)
    )
    _component(
        key=key,
        data=packed(passed, {"alt": alt, "opened": opened}, known == passed.id),
        height="stretch",
        on_ask_change=events.on(key, "ask", asks, on_ask),
        on_open_change=events.on(key, "open", opens, on_open),
        on_more_change=events.on(key, "more", events.clicked, lambda _: on_more()),
    )


def packed(passed: Passed, view: Mapping[str, Any], known: bool = False) -> bytes:
    """Return what the browser is sent: a header in JSON with its length before it, then the arrays.

    Exact is what belongs to the character that is followed; of the others there are shades.
    """
    arrays = {
        "exact": np.concatenate(list(passed.exact.values())).astype("<f4"),
        "looks": passed.looks.astype("<f4"),  # (L, nh, T)
        "added": passed.added.astype("<f4"),
    }
    header = {
        **view,
        **{name: getattr(passed, name) for name in ("id", "n_layer", "n_head", "position", "roll", "drawn")},
        "levels": levels(len(passed.text)),
        "text": list(passed.text),
        "symbols": list(passed.symbols),
        "sections": list(passed.sections),
        "strips": [asdict(strip) for strip in passed.strips],
        "stages": [asdict(stage) for stage in passed.stages],
        "widths": {name: len(one) for name, one in passed.exact.items()},
        "peaks": dict(passed.peaks),
    }
    if not known:
        arrays["shades"] = np.frombuffer(passed.shades, np.uint8)
    header["arrays"] = [[name, array.dtype.str[1:], array.size] for name, array in arrays.items()]
    text = json.dumps(header, ensure_ascii=False).encode()
    parts = [len(text).to_bytes(4, "little") + text, *(array.tobytes() for array in arrays.values())]
    return b"".join(part + bytes(-len(part) % 8) for part in parts)


def shades(values: Sequence[np.ndarray], patterns: np.ndarray) -> bytes:
    """Return all vectors as shades, deflated: two in a byte, on a scale of square roots as they are drawn.

    Args:
        values: (T, width) each; its largest number has the darkest shade.
        patterns: shares, each in a byte before all vectors.
    """
    steps = levels(len(values[0]))
    found = np.concatenate([_shaded(one, steps).ravel() for one in values]).astype(np.uint8)
    found = np.pad(found, (0, len(found) % 2))
    halves = found[0::2] | found[1::2] << 4
    looks = np.rint(255 * np.sqrt(patterns)).astype(np.uint8)
    packer = zlib.compressobj(6, zlib.DEFLATED, zlib.MAX_WBITS, 9, zlib.Z_HUFFMAN_ONLY)
    return packer.compress(looks.tobytes() + halves.tobytes()) + packer.flush()


def levels(characters: int) -> int:
    """Return how many shades there are on each side of zero, so that a text stays below a megabyte."""
    return LEVELS[characters > FEW]


def _shaded(values: np.ndarray, steps: int) -> np.ndarray:
    """Return shades from 0, the middle one for zero."""
    peak = np.abs(values).max() or 1.0
    return np.rint(steps * np.sign(values) * np.sqrt(np.abs(values) / peak)) + steps
