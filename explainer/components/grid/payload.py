"""A grid as bytes: [uint32 header length][JSON header][padding to 8][typed arrays], little-endian."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from explainer.components.grid.checks import check
from explainer.components.grid.description import (
    Cell,
    Copies,
    Cross,
    Film,
    Frames,
    Increments,
    Link,
    Matrix,
    Product,
    Same,
    Share,
    Stages,
    Values,
    Walk,
)

_ALIGNMENT = 8
_WHOLE = [np.dtype(f"<{kind}") for kind in ("u1", "i1", "u2", "i2", "u4", "i4")]
_SMALL = 4096  # up to so many numbers, exactness costs nothing


def packed(
    matrices: Sequence[Matrix],
    *,
    alt: str,
    links: Link | Sequence[Link] = (),
    frames: Frames | None = None,
    height: str | int = "stage",
    panel: bool = True,
    wide: bool = False,
    start: int | None = None,
    lens_at: Cell | None = None,
    opens: Cell | None = None,
    captions: Sequence[str] = (),
    report: bool = False,
    press: bool = False,
) -> bytes:
    """Return everything that the browser needs to draw and play a grid.

    Raises:
        ValueError: if the parts do not fit together; the message says what to do.
    """
    links = tuple(links) if isinstance(links, Sequence) else (links,)
    parts = _parts(frames)
    check(matrices, links, parts, start or 0, (lens_at, opens), len(captions))
    store = _Store()
    header = {
        "alt": alt,
        "height": height,
        "panel": panel,
        "wide": wide,
        "start": start or 0,
        "lens_at": None if lens_at is None else asdict(lens_at),
        "opens": None if opens is None else asdict(opens),
        "captions": _runs(captions),
        "report": report,
        "press": press,
        "matrices": [_matrix(matrix, store) for matrix in matrices],
        "links": [_link(link, store) for link in links],
        "frames": [_frames(part, store) for part in parts],
    }
    return store.joined(header)


def unpacked(payload: bytes) -> tuple[dict[str, Any], list[np.ndarray]]:
    """Return the header and the arrays of a payload; ``{"array": 3}`` in the header is the fourth array."""
    length = int.from_bytes(payload[:4], "little")
    header = json.loads(payload[4 : 4 + length])
    body = payload[_padded(4 + length) :]
    arrays = [
        np.frombuffer(body, f"<{a['dtype']}", int(np.prod(a["shape"])), a["offset"]).reshape(a["shape"])
        for a in header["arrays"]
    ]
    return header, arrays


def compact(values: np.ndarray, decimals: int | None = None) -> np.ndarray:
    """Return the same numbers in the smallest type that changes no digit on the screen.

    Whole numbers become the smallest integer type that holds them; others float32, unless that would
    change a number of a small array or a shown digit of a large one.
    """
    values = np.asarray(values)
    if values.dtype.kind == "b":
        values = values.astype(np.uint8)
    if np.isfinite(values).all() and bool((values == np.rint(values)).all()):
        low, high = (values.min(), values.max()) if values.size else (0, 0)
        for dtype in _WHOLE:
            if np.iinfo(dtype).min <= low and high <= np.iinfo(dtype).max:
                return values.astype(dtype)
    single = values.astype("<f4")
    exact = values.size <= _SMALL and not np.array_equal(single, values, equal_nan=True)
    return values.astype("<f8") if exact or _differs(single, values, decimals) else single


def _differs(single: np.ndarray, values: np.ndarray, decimals: int | None) -> bool:
    if values.dtype.itemsize <= 4 and values.dtype.kind == "f":
        return False
    return not np.array_equal(_shown(single, decimals), _shown(values, decimals), equal_nan=True)


def _shown(values: np.ndarray, decimals: int | None) -> np.ndarray:
    exact = values.astype(np.float64)
    if decimals is not None:
        return np.rint(exact * 10.0**decimals)
    with np.errstate(divide="ignore"):
        places = 2 - np.floor(np.log10(np.abs(exact)))
    return np.rint(exact * 10.0 ** np.where(np.isfinite(places), places, 0))


class _Store:
    """The arrays of a payload, one after the other."""

    def __init__(self) -> None:
        self._chunks: list[bytes] = []
        self._entries: list[dict[str, Any]] = []
        self._size = 0

    def add(self, values: np.ndarray | None, decimals: int | None = None) -> dict[str, int] | None:
        if values is None:
            return None
        array = np.ascontiguousarray(compact(values, decimals))
        raw = array.tobytes().ljust(_padded(array.nbytes), b"\0")
        entry = {"dtype": array.dtype.str[1:], "shape": array.shape, "offset": self._size}
        self._chunks.append(raw)
        self._entries.append(entry)
        self._size += len(raw)
        return {"array": len(self._entries) - 1}

    def joined(self, header: dict[str, Any]) -> bytes:
        text = json.dumps({**header, "arrays": self._entries}, ensure_ascii=False, allow_nan=False).encode()
        head = len(text).to_bytes(4, "little") + text
        return b"".join([head.ljust(_padded(len(head)), b"\0"), *self._chunks])


def _padded(size: int) -> int:
    return -(-size // _ALIGNMENT) * _ALIGNMENT


def _runs(captions: Sequence[str]) -> list[list[Any]]:
    """Return each sentence once for all neighbours that share it, after the position where it begins."""
    starts = [i for i, words in enumerate(captions) if i == 0 or words != captions[i - 1]]
    return [[i, captions[i]] for i in starts]


def _parts(frames: Frames | None) -> tuple[Film, ...]:
    if frames is None:
        return ()
    return tuple(frames) if isinstance(frames, Sequence) else (frames,)


def _matrix(matrix: Matrix, store: _Store) -> dict[str, Any]:
    sequential = matrix.role in ("counts", "probabilities")
    shade = ("sequential" if sequential else "diverging") if matrix.shade == "auto" else matrix.shade
    return {
        "values": store.add(matrix.values, matrix.decimals),
        "name": matrix.name,
        "role": matrix.role,
        "place": [int(p) for p in matrix.place],
        "rows": list(matrix.rows),
        "cols": list(matrix.cols),
        "first": matrix.first,
        "spot": matrix.spot,
        "called": [list(names) for names in matrix.called],
        "unit": matrix.unit,
        "shade": shade,
        "decimals": matrix.decimals,
        "scale_max": None if matrix.scale_max is None else float(matrix.scale_max),
        "notes": [[int(row), int(col), text] for (row, col), text in matrix.notes.items()],
        "instead": [[int(row), int(col), text] for (row, col), text in matrix.instead.items()],
        "editable": matrix.editable,
        "show_shape": matrix.show_shape,
        "title": matrix.title,
        "marks": store.add(matrix.marks),
        "marked_as": matrix.marked_as,
        "texts": None if matrix.texts is None else [text for row in matrix.texts for text in row],
    }


def _link(link: Link, store: _Store) -> dict[str, Any]:
    if isinstance(link, Cross):
        return {"kind": "cross", "matrix": link.matrix}
    if isinstance(link, Product):
        return {
            "kind": "product",
            "left": link.left,
            "right": link.right,
            "out": link.out,
            "terms": store.add(link.terms),
            "partial": store.add(link.partial),
        }
    if isinstance(link, Share):
        totals, added = store.add(link.totals), float(link.smoothing)
        return {
            "kind": "share",
            "counts": link.counts,
            "shares": link.shares,
            "totals": totals,
            "smoothing": added,
        }
    if isinstance(link, Copies):
        origin = store.add(link.origin)
        return {"kind": "copies", "source": link.source, "copy": link.copy, "origin": origin}
    return {"kind": "same" if isinstance(link, Same) else "same_row", "matrices": list(link.matrices)}


def _frames(part: Film, store: _Store) -> dict[str, Any]:
    if isinstance(part, Increments):
        return {
            "kind": "increments",
            "matrix": part.matrix,
            "cells": store.add(part.cells),
            "starts": store.add(part.starts),
            "titles": list(part.titles),
            "weights": store.add(part.weights),
            "unit": part.unit,
            "speed": part.speed,
            "within": part.within,
        }
    if isinstance(part, Walk):
        return {"kind": "walk", "link": part.link, "order": store.add(part.order), "speed": part.speed}
    if isinstance(part, Values):
        return {
            "kind": "values",
            "matrix": part.matrix,
            "values": store.add(part.values),
            "titles": list(part.titles),
            "speed": part.speed,
        }
    return _stages(part)


def _nullable(values: np.ndarray) -> list[float | None]:
    """Return numbers row by row, None for NaN, which JSON does not know."""
    return [None if np.isnan(value) else float(value) for value in np.ravel(values)]


def _stages(part: Stages) -> dict[str, Any]:
    stages = [
        {
            "title": stage.title,
            "lit": [list(lit) for lit in stage.lit],
            "hidden": list(stage.hidden),
            "formula": stage.formula,
            "values": [[matrix, _nullable(values)] for matrix, values in stage.values.items()],
        }
        for stage in part.frames
    ]
    return {"kind": "stages", "stages": stages, "speed": part.speed}
