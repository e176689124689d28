"""Who looks at whom while a text is written: text, heatmap, heads, next characters; played in the browser."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from explainer.components import component, events, player

_FOLDER = Path(__file__).parent
_GRID = _FOLDER.parent / "grid"  # its look serves both
_STYLES = [_GRID / "grid.css", *player.STYLES, _FOLDER / "attention.css"]
AHEAD = 2  # times the text's limit: what the browser may have been sent ahead ends well before

_component = component("attention", _STYLES, _FOLDER / "attention.js")


@dataclass(frozen=True)
class Stream:
    """What stays the same while one text grows.

    Args:
        id: differs for another model, prompt, seed or setting.
        base: differs for another model or prompt.
        symbols: the model's characters, by id.
        prompt: ids that the text begins with.
        n_layer, n_head, block_size: the model's shape.
        heads: for every layer and head its short name and share; empty if none were measured.
        temperature, top_k, top_p: as chosen; top_k 0 for all.
        limit: characters that are written at most.
        stop: id of the character that ends a text; -1 if none does.
    """

    id: str
    base: str
    symbols: Sequence[str]
    prompt: Sequence[int]
    n_layer: int
    n_head: int
    block_size: int
    heads: Sequence[Sequence[Mapping[str, object]]]
    temperature: float
    top_k: int
    top_p: float
    limit: int
    stop: int


@dataclass(frozen=True, eq=False)
class Chunk:
    """Some characters of the text, and what stands behind them.

    Args:
        kept: ids between the prompt and the first of these characters.
        rows: (place of a character, place of its window's first, (n_layer, n_head, S) shares); the browser
            asks for those that it lacks when they are seen.
        probabilities: (N, V) what the model gives each character.
        chances: (N, V) what each is drawn with.
        rolls: (N,) in [0, 1).
        fallen: (N,) id that the roll falls on.
        tokens: (N,) id that was taken.
    """

    kept: Sequence[int]
    rows: Sequence[tuple[int, int, np.ndarray]]
    probabilities: np.ndarray
    chances: np.ndarray
    rolls: np.ndarray
    fallen: np.ndarray
    tokens: np.ndarray


def attention(
    stream: Stream,
    chunk: Chunk,
    *,
    key: str,
    alt: str,
    position: int,
    head: tuple[int, int],
    prefix: str,
    on_ask: Callable[[dict], None],
    on_again: Callable[[dict], None],
    on_receipt: Callable[[dict], None],
) -> None:
    """Draw a text that is being written; play, step, scrub and hover never leave the browser.

    Args:
        alt: one sentence that says what is seen.
        position: characters written that are seen at first.
        head: layer and head that are seen at first, counted from 0.
        prefix: of the link's parameters that hold the text, the position and the head.
        on_ask: gets ``{"kept": ids, "whole": False, "window": None, "end": None}`` when the browser needs the
            characters after those; with numbers for both, the rows of a window before its end (places, as in
            ``Chunk.rows``); ``{"whole": True}`` when it has none at all.
        on_again: gets ``{"kept": ids, "position": int}`` when other dice are wanted for what comes next.
        on_receipt: gets ``{"context": ids, "token": id}`` when a probability is to be explained.
    """
    view = {"alt": alt, "position": position, "head": list(head), "prefix": prefix}
    longest = AHEAD * stream.limit
    ids = events.several(events.index(len(stream.symbols)), longest)
    again = events.record(kept=ids, position=events.index(longest + 1))
    _component(
        key=key,
        data=packed(asdict(stream), view, chunk),
        height="stretch",
        on_ask_change=events.on(key, "ask", partial(_asked, ids, len(stream.prompt) + longest), on_ask),
        on_again_change=events.on(key, "again", again, on_again),
        on_receipt_change=events.on(key, "receipt", partial(_explained, stream), on_receipt),
    )


def _asked(ids: events.Reader[list[int]], longest: int, value: Any) -> dict[str, Any]:
    """Read whether the whole text is wanted, or something beside the characters that are there."""
    whole, place = events.record(whole=events.flag)(value), events.maybe(events.whole(0, longest))
    return whole if whole["whole"] else whole | events.record(kept=ids, window=place, end=place)(value)


def _explained(stream: Stream, value: Any) -> dict[str, Any]:
    """Read a character and the text before it, which goes on from the prompt."""
    token, start = events.index(len(stream.symbols)), list(stream.prompt)
    longest = len(start) + AHEAD * stream.limit
    read = events.record(context=events.several(token, longest), token=token)(value)
    if read["context"][: len(start)] != start:
        raise events.Forged("another prompt")
    return read


def packed(stream: dict, view: dict, chunk: Chunk) -> bytes:
    """Return what the browser is sent: a header in JSON with its length before it, then the arrays.

    Every array begins at a multiple of eight bytes; attention rows come one after the other, in half
    precision.
    """
    shares = [np.ravel(shares) for _, _, shares in chunk.rows]
    arrays = {
        "shares": np.concatenate(shares or [np.zeros(0)]).astype("<f2").view("<u2"),
        "probabilities": chunk.probabilities.astype("<f4"),
        "chances": chunk.chances.astype("<f4"),
        "rolls": chunk.rolls.astype("<f8"),
        "fallen": chunk.fallen.astype("<i4"),
        "tokens": chunk.tokens.astype("<i4"),
    }
    places = [[int(character), int(window)] for character, window, _ in chunk.rows]
    header = {"stream": stream, "view": view, "kept": list(chunk.kept), "rows": places}
    header["arrays"] = [[name, array.dtype.str[1:], array.size] for name, array in arrays.items()]
    text = json.dumps(header, ensure_ascii=False).encode()
    parts = [len(text).to_bytes(4, "little") + text, *(array.tobytes() for array in arrays.values())]
    return b"".join(part + bytes(-len(part) % 8) for part in parts)
