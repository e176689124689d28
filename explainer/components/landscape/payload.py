"""A landscape as the browser receives it: names and numbers, arrays as single-precision floats in base64."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from explainer.components.coded import coded
from explainer.components.landscape.description import DescentPath, Landscape

_LOOKS = 4  # colours, dashes and marks that the browser tells ways apart by


def packed(landscape: Landscape, *, alt: str, pickable: bool = False, speed: float = 6.0) -> dict[str, Any]:
    """Return everything that the browser needs to draw and play a landscape.

    Raises:
        ValueError: if a number is not finite, or the parts do not fit together; the message says what to do.
    """
    _check(landscape)
    return {
        "alt": alt,
        "title": landscape.title,
        "x": coded(landscape.x),
        "heights": coded(landscape.heights),
        "flat": landscape.heights.ndim == 1,
        "ways": [_way(way) for way in landscape.ways],
        "opening": landscape.opening,
        "names": list(landscape.names),
        "captions": list(landscape.captions),
        "camera": [float(angle) for angle in landscape.camera],
        "pickable": pickable,
        "speed": speed,
    }


def _way(way: DescentPath) -> dict[str, Any]:
    return {
        "name": way.name,
        "points": coded(way.points),
        "losses": coded(way.losses),
        "gradients": coded(way.gradients),
        "velocities": coded(way.velocities),
        "rate": float(way.learning_rate),
        "diverged": bool(way.diverged),
    }


def _check(landscape: Landscape) -> None:
    x, heights = landscape.x, landscape.heights
    _finite("x", x)
    _finite("heights", heights)
    if x.ndim != 1 or len(x) < 2 or heights.shape not in {x.shape, (len(x), len(x))}:
        raise ValueError(
            f"Places {x.shape} and heights {heights.shape} do not fit: give (G,) with (G, G) or (G,)."
        )
    if not (np.diff(x) > 0).all():
        raise ValueError("The places along an axis must rise from left to right.")
    _check_ways(landscape.ways, heights.ndim)
    longest = max(len(way.losses) for way in landscape.ways)
    if landscape.captions and len(landscape.captions) != longest:
        raise ValueError(f"There are {longest} steps, but {len(landscape.captions)} captions: one for each.")


def _check_ways(ways: Sequence[DescentPath], dimensions: int) -> None:
    if not 1 <= len(ways) <= _LOOKS:
        raise ValueError(f"Give one to {_LOOKS} ways: more cannot be told apart. Got {len(ways)}.")
    for way in ways:
        for part in ("points", "losses", "gradients", "velocities"):
            _finite(f"{part} of “{way.name}”", getattr(way, part))
        places = (len(way.losses), dimensions)
        shapes = {part.shape for part in (way.points, way.gradients, way.velocities)}
        if len(way.losses) == 0 or shapes != {places}:
            raise ValueError(
                f"“{way.name}” has {len(way.losses)} losses, points {way.points.shape}, gradients "
                f"{way.gradients.shape} and velocities {way.velocities.shape}: give one of each for every "
                f"step, {dimensions} numbers a place."
            )


def _finite(name: str, values: np.ndarray) -> None:
    with np.errstate(over="ignore"):  # too large for single precision is infinite, and refused
        if not np.isfinite(np.asarray(values, "<f4")).all():
            raise ValueError(
                f"{name} holds NaN or infinity, which no picture can show: cut the data before that."
            )
