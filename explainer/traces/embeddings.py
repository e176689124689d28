"""Where a model's characters lie: its embeddings, seen from the side on which they differ most."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

VOWELS = "aąeęioóuyAĄEĘIOÓUY"
KINDS = ("vowels", "consonants", "digits and marks")
HEAP = 3  # times smaller than the largest moment: from here on one is drawn enlarged


@dataclass(frozen=True)
class Cloud:
    """Embeddings at one or more moments of a training, and where they are drawn.

    Args:
        vectors: (S, V, D) the embeddings. places: (S, V, 3) where they are drawn, all from the same side.
        shares: (3,) of the last moment's variance that each axis shows; they add up to 1 at most.
        own: whether the places are the model's own two numbers.
    """

    vectors: np.ndarray
    places: np.ndarray
    shares: np.ndarray
    own: bool


def cloud(vectors: np.ndarray) -> Cloud:
    """Lay embeddings out: two numbers as they are, more by the principal components of the last moment.

    Args:
        vectors: (S, V, D), the last one that of the trained model.
    """
    last = vectors[-1].astype(np.float64)  # (V, D)
    variance = last.var(axis=0)  # (D,)
    if vectors.shape[2] == 2:
        places = np.pad(vectors, ((0, 0), (0, 0), (0, 1)))  # (S, V, 3)
        return Cloud(vectors, places, np.r_[variance / variance.sum(), 0.0], own=True)
    _, sizes, axes = np.linalg.svd(last - last.mean(axis=0), full_matrices=False)  # (D,), (D, D)
    axes = (
        axes * np.sign(axes[np.arange(len(axes)), np.abs(axes).argmax(axis=1)])[:, None]
    )  # the same each time
    places = (vectors - last.mean(axis=0)) @ axes[:3].T  # (S, V, 3)
    return Cloud(vectors, places, (sizes**2 / (sizes**2).sum())[:3], own=False)


def cosines(vectors: np.ndarray) -> np.ndarray:
    """Return the cosine of the angle between every two of the vectors (V, D) as (V, V)."""
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)  # (V, D)
    return unit @ unit.T  # (V, V)


def distances(vectors: np.ndarray) -> np.ndarray:
    """Return the distance between every two of the vectors (V, D) as (V, V)."""
    return np.linalg.norm(vectors[:, None] - vectors, axis=-1)  # (V, V)


def kinds(symbols: Sequence[str]) -> list[int]:
    """Return the place in KINDS of every character."""
    return [(0 if symbol in VOWELS else 1) if symbol.isalpha() else 2 for symbol in symbols]


@dataclass(frozen=True)
class Companions:
    """How many characters have one of their own as the nearest other, by the angle.

    Args:
        kind: ``capitals``, of the small letters whose capital is known; ``vowels`` where there is none.
        of: how many are asked.
        found: (S,) how many of them have it, at every moment.
    """

    kind: str
    of: int
    found: np.ndarray


def companions(vectors: np.ndarray, symbols: Sequence[str]) -> Companions:
    """Count at every moment the characters whose nearest other is one that is used alike.

    Args:
        vectors: (S, V, D) the embeddings of V symbols.
    """
    small = [i for i, symbol in enumerate(symbols) if symbol.islower() and symbol.upper() in symbols]
    asked = small or [i for i, symbol in enumerate(symbols) if symbol in VOWELS]
    wanted = [[symbols[i].upper()] if small else VOWELS for i in asked]
    return Companions("capitals" if small else "vowels", len(asked), np.array([
        sum(symbols[j] in among for j, among in zip(_nearest(one)[asked], wanted, strict=True))
        for one in vectors
    ]))  # fmt: skip


def _nearest(vectors: np.ndarray) -> np.ndarray:
    """Return for each of the vectors (V, D) which other one is nearest by the angle (V,)."""
    alike = cosines(vectors)  # (V, V)
    np.fill_diagonal(alike, -np.inf)
    return alike.argmax(axis=1)


@dataclass(frozen=True)
class Shortest:
    """The shortest of some vectors: which it is, its length, the median length, to how many it is nearest."""

    index: int
    length: float
    median: float
    near: int


def shortest(vectors: np.ndarray) -> Shortest:
    """Return the shortest of the vectors (V, D), and to how many others it is the nearest by distance."""
    lengths, apart = np.linalg.norm(vectors, axis=1), distances(vectors)  # (V,), (V, V)
    np.fill_diagonal(apart, np.inf)
    index = int(lengths.argmin())
    near = int((apart.argmin(axis=1) == index).sum())
    return Shortest(index, float(lengths[index]), float(np.median(lengths)), near)


def zooms(places: np.ndarray) -> np.ndarray:
    """Return how many times larger each moment is drawn, about its middle: a heap would not be seen.

    Args:
        places: (S, V, 3)
    """
    reach = np.abs(places - places.mean(axis=1, keepdims=True)).max(axis=(1, 2))  # (S,)
    larger = np.floor(reach.max() / reach)
    return np.where(larger < HEAP, 1.0, larger)
