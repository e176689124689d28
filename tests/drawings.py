"""What tests ask of a drawing."""

import base64
from collections.abc import Mapping, Sequence
from contextlib import suppress

import numpy as np

from explainer.figures.drawing import Drawing, Text

RAISED = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")
UNITS = {"%": 0.01, "k": 1000}


def of_kind(drawing: Drawing, kind: type) -> list:
    """Return the primitives of one kind, in their order."""
    return [primitive for primitive in drawing.primitives if isinstance(primitive, kind)]


def unfolded(sent: dict) -> dict:
    """Return a drawing as the browser gets it, with all its primitives and their defaults."""
    sent["primitives"] = [
        {"kind": group["kind"], **sent["defaults"][group["kind"]], **group["shared"], **own}
        for group in sent["groups"]
        for own in [{k: v[i] for k, v in group["own"].items()} for i in range(group["count"])]
    ]
    return sent


def probabilities(values: Sequence) -> np.ndarray:
    """Return the probabilities (R, C) of a field as the browser reads them: columns, then 16 bits of each."""
    columns, coded = values
    sent = np.frombuffer(base64.b64decode(coded), "<u2")
    return sent.reshape(-1, columns) / 65535


def read_off(
    texts: Sequence[Text | Mapping], axis: str, places: float | Sequence[float], *, log: bool = False
) -> np.ndarray:
    """Return the numbers that places on an axis stand for, by what is written at its ticks.

    Args:
        texts: those of a drawing with one pair of axes, as Python or the browser has them.
        axis: "x" or "y".
    """
    side = {"x": "middle", "y": "end"}[axis]
    told = [text if isinstance(text, Mapping) else vars(text) for text in texts]
    ticks = [text for text in told if text["anchor"] == side and not text["halo"]]
    known = [(text[axis], value) for text in ticks for value in [_number(text["text"])] if value is not None]
    at, values = np.array(known).T
    steps = np.log10(values) if log else values
    line = np.polyfit(at, steps, 1)
    np.testing.assert_allclose(np.polyval(line, at), steps, atol=1e-3 * np.ptp(steps))
    found = np.polyval(line, np.asarray(places))
    return 10.0**found if log else found


def _number(text: str) -> float | None:
    """Return the number that a tick tells, or nothing if it is another text."""
    plain = text.replace("−", "-").replace(",", "")
    if plain.startswith("10") and plain[2:].translate(RAISED) != plain[2:]:
        return 10.0 ** int(plain[2:].translate(RAISED))
    with suppress(ValueError):
        return float(plain.rstrip("%k")) * UNITS.get(plain[-1:], 1)
    return None
