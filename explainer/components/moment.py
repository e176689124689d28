"""What a picture shows at this moment stands in the address, written there by the browser; here it is read.

A parameter is named after the picture and what it tells: ``gd_race_at``, ``gd_race_camera``.
"""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar

LONGEST = 100  # characters of a search, or of a column's title

# What may be told, and how it is written. What does not fit the picture, the browser itself takes out.
KINDS = {
    "at": re.compile(r"[0-9]{1,7}"),  # the position of what plays
    "camera": re.compile(r"-?[0-9]{1,5}\.[0-9]{1,2}"),  # degrees around, and above
    "cell": re.compile(r"[0-9]{1,2}(\.[0-9]{1,5}){2}"),  # which matrix, row and column are locked
    "follow": re.compile(r"[0-9]{1,3}(\.[0-9]{1,3}){2}"),  # a character, a head and a candidate; 0 for none
    "find": re.compile(rf"[^\x00-\x1f\x7f]{{1,{LONGEST}}}"),  # what is searched for
    "by": re.compile(rf"(up|down)\.[^\x00-\x1f\x7f]{{1,{LONGEST}}}"),  # the column that sorts
}

_drawn: ContextVar[dict[str, str] | None] = ContextVar("drawn", default=None)


@contextmanager
def noting() -> Iterator[dict[str, str]]:
    """Collect the parameters of the pictures that are drawn inside the block; yields kinds by name."""
    drawn: dict[str, str] = {}
    token = _drawn.set(drawn)
    try:
        yield drawn
    finally:
        _drawn.reset(token)


def note(key: str, kinds: Sequence[str]) -> None:
    """Note that the picture with a key is drawn, and what the address may tell of it."""
    drawn = _drawn.get()
    if drawn is not None:
        drawn.update({f"{key}_{kind}": kind for kind in kinds})


def fits(kind: str, values: Sequence[str]) -> bool:
    """Return whether these values of a parameter may be what a browser wrote."""
    return len(values) == 1 and KINDS[kind].fullmatch(values[0]) is not None
