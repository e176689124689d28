"""What a visitor moved by hand, as the short texts that a link holds: own points, weights that were set."""

import re
from collections.abc import Callable, Sequence

Point = tuple[int, float, float]  # class, x₁, x₂
Weight = tuple[int, str, float]  # the step before which it was set, its name, its value

MOST = 12  # points, and weights
LONGEST = 400  # characters
FAR = 15.0  # no weight is set further from zero
LAST = 300  # the step after which nothing more is learned

_POINT = re.compile(
    r"([01]) (-?(?:0(?:\.\d{1,2})?|1(?:\.0{1,2})?)) (-?(?:0(?:\.\d{1,2})?|1(?:\.0{1,2})?))", re.ASCII
)
_WEIGHT = re.compile(r"(\d{1,3}):(w[12][1-6]|v[1-6])=(-?\d{1,2}(?:\.\d{1,2})?)", re.ASCII)


def points(text: str) -> tuple[Point, ...]:
    """Read points such as ``0 0.5 -0.25, 1 -1 0``; what is none is left out."""
    found = filter(None, (_POINT.fullmatch(part.strip()) for part in text[:LONGEST].split(",")))
    return tuple((int(c), float(x), float(y)) for c, x, y in (match.groups() for match in found))[:MOST]


def weights(text: str, hidden: int = 4) -> tuple[Weight, ...]:
    """Read weights such as ``6:w12=1.5, 300:v1=-2``, in the order of their steps; what is none is left out.

    Args:
        hidden: how many hidden neurons there are; weights of others are left out.
    """
    found = filter(None, (_WEIGHT.fullmatch(part.strip()) for part in text[:LONGEST].split(",")))
    read = [(int(step), name, float(value)) for step, name, value in (match.groups() for match in found)]
    kept = {(step, name): value for step, name, value in read if _fits(step, name, value, hidden)}
    return tuple(sorted((step, name, value) for (step, name), value in kept.items()))[:MOST]


def _fits(step: int, name: str, value: float, hidden: int) -> bool:
    return step <= LAST and int(name[-1]) <= hidden and abs(value) <= FAR


def of_points(those: Sequence[Point]) -> str:
    """Write points as ``points`` reads them."""
    return ", ".join(f"{c} {x:g} {y:g}" for c, x, y in those)


def of_weights(those: Sequence[Weight]) -> str:
    """Write weights as ``weights`` reads them."""
    return ", ".join(f"{step}:{name}={value:g}" for step, name, value in those)


def point_text(told: Sequence[str]) -> bool:
    """Return whether an address holds points and nothing else."""
    return _nothing_else(told, points)


def weight_text(told: Sequence[str]) -> bool:
    """Return whether an address holds weights and nothing else."""
    return _nothing_else(told, lambda text: weights(text, 6))


def _nothing_else(told: Sequence[str], read: Callable[[str], Sequence]) -> bool:
    found = read(told[0]) if len(told) == 1 else ()
    return told == [""] or (bool(found) and len(found) == told[0].count(",") + 1)
