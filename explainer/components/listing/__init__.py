"""A table that is sorted, searched and scrolled in the browser, where only the rows that are seen stand."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from explainer.components import component, sized

_FOLDER = Path(__file__).parent
_KINDS = {"b": "mark", "i": "number", "u": "number", "f": "number"}  # by numpy's letter; all else is text

ROOM = 800_000  # bytes of a table that are sent

_component = component("listing", [_FOLDER / "listing.css"], _FOLDER / "listing.js", ["find", "by"])


def listing(
    columns: Mapping[str, np.ndarray],
    alt: str,
    *,
    key: str,
    height: str | int = "stretch",
    empty: str = "Nothing stands here.",
) -> None:
    """Draw a table; whatever stands in it is shown as text, never as markup. A long one is cut, and says so.

    The rows that are seen go into a file when one asks for it.

    Args:
        columns: values by title, all of one length: texts, numbers, or what is true; None or NaN is missing.
        alt: one sentence that says what is seen, for those who do not see it.
        height: "stretch" for all that the container leaves, "content" for what the rows need, or pixels
            at 1920 × 1080, on a phone css pixels.
        empty: what is said in place of a table without rows.
    """
    place, own = sized(height)
    rows, sent = _fitting(columns)
    data = {"name": key, "alt": alt, "empty": empty, "height": own, "columns": sent, "rows": rows}
    _component(key=key, data=data, height=place)


def _fitting(columns: Mapping[str, np.ndarray]) -> tuple[int, list[dict[str, Any]]]:
    """Return how many rows there are, and the columns as JSON, with the first rows that have room."""
    rows = most = max(map(len, columns.values()), default=0)
    while True:
        sent = [_sent(title, values[:most]) for title, values in columns.items()]
        size = len(json.dumps(sent))
        if size <= ROOM:
            return rows, sent
        most = most * ROOM // (size + size // 20)  # a little less than its share


def _sent(title: str, values: np.ndarray) -> dict[str, Any]:
    """Return a column as JSON; texts that often occur are sent once, with their number in every row."""
    kind = _KINDS.get(values.dtype.kind, "text")
    if kind == "text":
        return {"title": title, "kind": kind, **_texts(["" if _missing(v) else str(v) for v in values])}
    if values.dtype.kind == "f":
        values = values.astype(str).astype(float)  # in single precision no more digits than it has
        finite, values = np.isfinite(values), values.astype(object)
        values[~finite] = None
    return {"title": title, "kind": kind, "values": values.tolist()}


def _missing(value: Any) -> bool:
    return value is None or value != value  # only NaN differs from itself


def _texts(values: Sequence[str]) -> dict[str, Any]:
    places = {text: place for place, text in enumerate(dict.fromkeys(values))}
    if 2 * len(places) > len(values):
        return {"values": values}
    return {"values": list(places), "rows": [places[text] for text in values]}
