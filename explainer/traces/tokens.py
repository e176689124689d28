"""What tokens are: characters with their ids, and a byte-pair encoder that learns its tokens from a text."""

import codecs
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import regex

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


# GPT-2 cuts a text into such pieces first; no merge reaches from one into the next (Radford et al. 2019,
# encoder.py): English endings; letters, digits or other signs, each with the space before it; whitespace.
PIECE = regex.compile(r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+")
_GAP = -1  # stands between two pieces


@dataclass(frozen=True)
class Merge:
    """The most frequent pair of neighbours, which became one new token."""

    pair: tuple[int, int]
    count: int  # how often the pair stood in the texts that were learned from
    token: int  # the new id
    content: bytes  # what the new token stands for


def pieces(text: str) -> list[str]:
    """Cut a text as GPT-2 does before it looks for pairs; put together, the pieces are the text."""
    return PIECE.findall(text)


def learn_merges(texts: Iterable[str], most: int) -> tuple[Merge, ...]:
    """Learn byte pairs: again and again the most frequent pair of neighbours becomes a token.

    Ties go to the pair whose piece comes first. It ends early when no pair occurs twice.

    Args:
        most: how many merges at most.
    Returns:
        Merges whose tokens are numbered from 256 on, in their order.
    Source: Sennrich et al. 2016, algorithm 1, on UTF-8 bytes as in Radford et al. 2019.
    """
    counted = Counter(piece for text in texts for piece in pieces(text))
    ids = _laid_out(counted)  # (N,)
    weights = np.concatenate(
        [np.full(len(_encoded(piece)) + 1, count) for piece, count in counted.items()] or [np.zeros(0, int)]
    )  # (N,)
    contents = [bytes([i]) for i in range(BYTES)]
    merges: list[Merge] = []
    while len(merges) < most:
        pair, count = most_frequent_pair(ids, weights, len(contents))
        if count < 2:
            break
        token = BYTES + len(merges)
        contents.append(contents[pair[0]] + contents[pair[1]])
        merges.append(Merge(pair, count, token, contents[token]))
        ids, places = replaced(ids, pair, token)
        weights = np.delete(weights, places + 1)
    return tuple(merges)


def from_pairs(pairs: Sequence[tuple[int, int, int]]) -> tuple[Merge, ...]:
    """Return merges from their pairs and counts alone, as they are kept in a file."""
    contents = [bytes([i]) for i in range(BYTES)]
    for first, second, _ in pairs:
        contents.append(contents[first] + contents[second])
    return tuple(
        Merge((first, second), count, token, contents[token])
        for token, (first, second, count) in enumerate(pairs, BYTES)
    )


def most_frequent_pair(ids: np.ndarray, weights: np.ndarray, tokens: int) -> tuple[tuple[int, int], int]:
    """Return the pair of neighbours that occurs most often, the first of equals, and how often.

    Args:
        ids: (N,) pieces one after the other, a gap between them.
        weights: (N,) how often each one's piece stands in the texts.
        tokens: how many there are so far.
    """
    inside = np.flatnonzero((ids[:-1] != _GAP) & (ids[1:] != _GAP))  # (P,)
    if not len(inside):
        return (0, 0), 0
    codes = ids[inside] * tokens + ids[inside + 1]  # (P,)
    counts = np.bincount(codes, weights[inside], minlength=tokens * tokens)
    best = int(codes[(counts[codes] == counts.max()).argmax()])
    return divmod(best, tokens), int(counts[best])


def replaced(ids: np.ndarray, pair: tuple[int, int], token: int) -> tuple[np.ndarray, np.ndarray]:
    """Put a token in place of a pair, from left to right.

    Args:
        ids: (N,) int64.
    Returns:
        the shorter ids, and the places of the pairs' first halves in the old ones.
    """
    places = np.flatnonzero((ids[:-1] == pair[0]) & (ids[1:] == pair[1]))  # (M,)
    if pair[0] == pair[1]:  # in a run such as aaa pairs overlap
        places = _apart(places)
    shorter = ids.copy()
    shorter[places] = token
    return np.delete(shorter, places + 1), places


def _apart(places: np.ndarray) -> np.ndarray:
    """Return those of rising places (M,) that do not stand right behind one that was taken."""
    taken: list[int] = []
    for place in places.tolist():
        if not taken or place > taken[-1] + 1:
            taken.append(place)
    return np.array(taken, dtype=int)


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
    text = text.encode(errors="replace").decode()
    ids = _laid_out(pieces(text))  # (N + pieces,)
    data = ids[ids != _GAP].astype(np.uint8).tobytes()  # (N,)
    ends = np.cumsum(ids != _GAP) - 1  # (N + pieces,) the last byte of each token
    joined = np.zeros(max(len(data) - 1, 0), dtype=np.int64)
    counts = [len(data)]
    for number, merge in enumerate(merges, 1):
        ids, places = replaced(ids, merge.pair, merge.token)
        joined[ends[places]] = number
        ends = np.delete(ends, places)
        counts.append(counts[-1] - len(places))
    return Encoded(text, data, joined, np.array(counts))


def readable(content: bytes) -> str:
    """Return a token as text; bytes that are only a part of a letter stand as numbers, such as ``⟨C5⟩``."""
    return content.decode(errors="as_numbers")


def _as_numbers(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeDecodeError)
    return f"⟨{error.object[error.start : error.end].hex(' ').upper()}⟩", error.end


codecs.register_error("as_numbers", _as_numbers)


def _encoded(piece: str) -> bytes:
    """Return the UTF-8 bytes of a piece; half a surrogate, which has none, becomes “?”."""
    return piece.encode(errors="replace")


def _laid_out(found: Iterable[str]) -> np.ndarray:
    """Return the bytes of pieces (N,) int64, a gap behind each."""
    rows = [np.frombuffer(_encoded(piece), np.uint8).astype(np.int64) for piece in found]
    return np.concatenate([part for row in rows for part in (row, [_GAP])] or [np.zeros(0, np.int64)])
