"""What tokens are: characters with their ids, and a byte-pair encoder that learns its tokens from a text."""

import codecs
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from explainer.vocabulary import Vocabulary

BYTES = 256  # the tokens that are there before the first merge


# --- characters -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Characters:
    """A text as the characters that a model reads."""

    characters: list[str]
    ids: list[int | None]  # None for a character that the model has never seen

    @property
    def unknown(self) -> list[str]:
        """The characters that the model has never seen, each once."""
        return list(dict.fromkeys(c for c, i in zip(self.characters, self.ids, strict=True) if i is None))


def characters(text: str, vocabulary: Vocabulary) -> Characters:
    """Look every character of a text up in a model's vocabulary."""
    ids = [vocabulary.encode(c)[0] if c in vocabulary else None for c in text]
    return Characters(list(text), ids)


# --- byte pairs -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Merge:
    """The most frequent pair of neighbours, which became one new token."""

    pair: tuple[int, int]
    count: int  # how often the pair stood in the texts that were learned from
    token: int  # the new id
    content: bytes  # what the new token stands for


def learn_merges(texts: Sequence[str], most: int) -> tuple[Merge, ...]:
    """Learn byte pairs: again and again the most frequent pair of neighbours becomes a token.

    Ties go to the pair that comes first. A pair never reaches from one text into the next. It ends early
    when no pair occurs twice.

    Args:
        most: how many merges at most.
    Returns:
        Merges whose tokens are numbered from 256 on, in their order.
    Source: Sennrich et al. 2016, algorithm 1, on UTF-8 bytes as in Radford et al. 2019.
    """
    parts = [_bytes(text) for text in texts]
    contents = [bytes([i]) for i in range(BYTES)]
    merges: list[Merge] = []
    while len(merges) < most:
        pair, count = most_frequent_pair(parts)
        if count < 2:
            break
        token = BYTES + len(merges)
        contents.append(contents[pair[0]] + contents[pair[1]])
        merges.append(Merge(pair, count, token, contents[token]))
        parts = [replaced(part, pair, token)[0] for part in parts]
    return tuple(merges)


def most_frequent_pair(parts: Sequence[np.ndarray]) -> tuple[tuple[int, int], int]:
    """Return the pair of neighbours that occurs most often, the first of equals, and how often.

    Args:
        parts: (N,) ids each; a pair does not reach from one into the next.
    """
    pairs = np.concatenate([part[:-1] << 32 | part[1:] for part in parts])  # (P,)
    if not len(pairs):
        return (0, 0), 0
    found, first, counts = np.unique(pairs, return_index=True, return_counts=True)
    best = min(np.flatnonzero(counts == counts.max()), key=lambda i: first[i])
    return (int(found[best] >> 32), int(found[best] & 0xFFFFFFFF)), int(counts[best])


def replaced(ids: np.ndarray, pair: tuple[int, int], token: int) -> tuple[np.ndarray, np.ndarray]:
    """Put a token in place of a pair, from left to right.

    Args:
        ids: (N,) int64.
    Returns:
        the shorter ids, and the places of the pairs' first halves in the old ones.
    """
    matches = np.flatnonzero((ids[:-1] == pair[0]) & (ids[1:] == pair[1]))  # (M,)
    places: list[int] = []
    for place in matches.tolist():
        if not places or place > places[-1] + 1:  # in a run such as aaa pairs overlap
            places.append(place)
    shorter = ids.copy()
    shorter[places] = token
    return np.delete(shorter, np.array(places, dtype=int) + 1), np.array(places, dtype=int)


@dataclass(frozen=True)
class Encoded:
    """A text after every number of merges, told by the boundaries that each merge removed."""

    text: str
    data: bytes  # (N,)
    joined: np.ndarray  # (N - 1,) int64: the merge, from 1, that removed the boundary behind a byte; 0 none
    counts: np.ndarray  # (merges + 1,) int64 tokens after so many merges

    def ids(self, merges: int) -> list[int]:
        """Return the tokens' ids after so many merges."""
        removed = np.where(self.joined <= merges, self.joined, 0)  # (N - 1,)
        edges = [0, *(np.flatnonzero(removed == 0) + 1).tolist(), len(self.data)] if self.data else []
        made = [(a, int(removed[a : b - 1].max(initial=0))) for a, b in pairwise(edges)]
        return [BYTES - 1 + merge if merge else self.data[start] for start, merge in made]


def encode(text: str, merges: Sequence[Merge]) -> Encoded:
    """Cut a text into tokens with merges that were learned before, in the order they were learned."""
    ids = _bytes(text)
    ends = np.arange(len(ids))  # (tokens,) the last byte of each token
    joined = np.zeros(max(len(ids) - 1, 0), dtype=np.int64)
    counts = [len(ids)]
    for number, merge in enumerate(merges, 1):
        ids, places = replaced(ids, merge.pair, merge.token)
        joined[ends[places]] = number
        ends = np.delete(ends, places)
        counts.append(len(ids))
    return Encoded(text, text.encode(errors="replace"), joined, np.array(counts))


def readable(content: bytes) -> str:
    """Return a token as text; bytes that are only a part of a letter stand as numbers, such as ``⟨C5⟩``."""
    return content.decode(errors="as_numbers")


def _as_numbers(error: UnicodeError) -> tuple[str, int]:
    return f"⟨{error.object[error.start : error.end].hex(' ').upper()}⟩", error.end


codecs.register_error("as_numbers", _as_numbers)


def _bytes(text: str) -> np.ndarray:
    """Return the UTF-8 bytes of a text (N,) int64; half a surrogate, which has none, becomes “?”."""
    return np.frombuffer(text.encode(errors="replace"), np.uint8).astype(np.int64)
