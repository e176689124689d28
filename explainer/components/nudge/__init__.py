"""Letters on their plane, moved by hand: what the perceptron guesses follows while one is dragged."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from explainer.components import component, events
from explainer.components.coded import coded

_FOLDER = Path(__file__).parent
_STYLES = [_FOLDER.parent / "grid" / "grid.css", _FOLDER / "nudge.css"]

_component = component("nudge", _STYLES, _FOLDER / "nudge.js")


@dataclass(frozen=True, eq=False)
class Perceptron:
    """All that it takes to guess in the browser.

    Args:
        C: (V, 2); W1: (T * 2, H); b1: (H,); W2: (H, V); b2: (V,).
        context: (T,) ids of the letters that are read.
    """

    C: np.ndarray
    W1: np.ndarray
    b1: np.ndarray
    W2: np.ndarray
    b2: np.ndarray
    context: Sequence[int]


@dataclass(frozen=True)
class Letters:
    """How the letters look, and what is said of them.

    Args:
        symbols: V of them, as they are shown.
        kinds: V places in ``looks``; looks: (name, shape) of each kind, as in ``figures.letters.KINDS``.
        told: V sentences, whether a letter is read, and what that means for the guess.
        heading: what the guesses are of.
        aside: what is said of the true place of a letter that gave way to others.
    """

    symbols: Sequence[str]
    kinds: Sequence[int]
    looks: Sequence[tuple[str, str]]
    told: Sequence[str]
    heading: str
    aside: str


def nudge(
    model: Perceptron,
    letters: Letters,
    moved: int,
    by: tuple[float, float],
    *,
    key: str,
    alt: str,
    farthest: float,
    on_nudge: Callable[[dict[str, Any]], None],
    on_pick: Callable[[int], None],
) -> None:
    """Draw the letters and what the model guesses; both follow the hand without asking the server.

    Args:
        moved: the letter that is moved, and by how much along either number.
        alt: one sentence that says what is seen.
        farthest: the most that a letter can be moved along either number.
        on_nudge: gets ``letter``, ``right`` and ``up`` once a letter is let go.
        on_pick: gets the letter among the guesses that was clicked.
    """
    sent = {
        "alt": alt,
        **{name: coded(getattr(model, name)) for name in ("C", "W1", "b1", "W2", "b2")},
        "context": [int(i) for i in model.context],
        **{name: list(getattr(letters, name)) for name in ("symbols", "looks", "told")},
        "kinds": [int(kind) for kind in letters.kinds],
        "heading": letters.heading,
        "aside": letters.aside,
        "moved": moved,
        "by": list(by),
        "farthest": farthest,
    }
    one, far = events.index(len(letters.symbols)), events.number(-farthest, farthest)
    read = events.record(letter=one, right=far, up=far)
    _component(
        key=key,
        data=sent,
        height="stretch",
        on_nudge_change=events.on(key, "nudge", read, on_nudge),
        on_pick_change=events.on(key, "pick", one, on_pick),
    )
