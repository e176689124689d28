"""Symbols in a space: turned, searched, and asked for their neighbours, all of it in the browser."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from explainer.components import component, player
from explainer.components.coded import coded

_FOLDER = Path(__file__).parent
_GRID = _FOLDER.parent / "grid"  # its look serves both
_STYLES = [_GRID / "grid.css", *player.STYLES, _FOLDER / "cloud.css"]

_component = component("cloud", _STYLES, _FOLDER / "cloud.js", ["at", "camera"])


@dataclass(frozen=True, eq=False)
class Space:
    """Symbols with their vectors at some moments, and where they are drawn.

    Args:
        symbols: V characters. kinds: V places in the list of kinds' names.
        vectors: (S, V, D), by which neighbours are found. places: (S, V, 3), where they are drawn.
        axes: what the axes are called; two of them make a plane, three a space.
        moments: S names of the moments. captions: what is said of each.
        zooms: (S,) how many times larger each moment is drawn, about its middle where it is not once.
    """

    symbols: Sequence[str]
    kinds: Sequence[int]
    names: Sequence[str]
    vectors: np.ndarray
    places: np.ndarray
    axes: Sequence[str]
    moments: Sequence[str]
    captions: Sequence[str]
    zooms: np.ndarray


def cloud(space: Space, *, key: str, alt: str, chosen: str, unit: str = "moment") -> None:
    """Draw symbols in a plane or a space; turning, search, neighbours and play never leave the browser.

    Args:
        alt: one sentence that says what is seen.
        chosen: the symbol whose neighbours are shown at first.
        unit: what a moment is called on the buttons.
    """
    data = {
        "alt": alt,
        "symbols": list(space.symbols),
        "kinds": list(space.kinds),
        "names": list(space.names),
        "size": space.vectors.shape[2],
        "vectors": coded(space.vectors),
        "places": coded(space.places),
        "axes": list(space.axes),
        "moments": list(space.moments),
        "captions": list(space.captions),
        "zooms": space.zooms.tolist(),
        "chosen": chosen,
        "unit": unit,
    }
    _component(key=key, data=data, height="stretch")
