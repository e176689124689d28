"""What each head of a GPT measurably does: how much of its attention goes where a habit says it would."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields
from functools import reduce
from operator import add

import numpy as np
import torch

from explainer.models.gpt import GPT

VOWELS = "aąeęioóuy"
LEAST = 0.4  # share of a head's attention that a habit must take to name it
TIMES = 1.5  # that share must be so many times what evenly spread attention would give
ABLE = 0.3  # share of the characters that must be able to follow a habit, and not to
EVEN = 2 / 3  # share of a head's attention that lies as if spread evenly

# --- where a habit looks ----------------------------------------------------------------------------


@dataclass(frozen=True)
class Text:
    """One text as the habits see it.

    Args:
        symbols: (T,) the characters, one each.
    """

    symbols: np.ndarray

    def __len__(self) -> int:
        return len(self.symbols)

    def where(self, test: Callable[[str], bool]) -> np.ndarray:
        """Return which characters pass a test (T,)."""
        return np.array([test(symbol) for symbol in self.symbols], dtype=bool)  # (T,)

    @property
    def letters(self) -> np.ndarray:
        return self.where(str.isalpha)  # (T,)

    @property
    def word(self) -> np.ndarray:
        """Return which word a character belongs to or follows (T,): 1, 2, …; 0 before the first."""
        letters = self.letters
        return np.cumsum(letters & ~np.r_[False, letters[:-1]])  # (T,)


def _back(steps: int) -> Callable[[Text], np.ndarray]:
    """Return the habit of looking so many characters back."""
    return lambda text: np.eye(len(text), k=-steps, dtype=bool)


def _recent(count: int) -> Callable[[Text], np.ndarray]:
    """Return the habit of looking at the last few characters, its own among them."""
    return lambda text: (
        np.tril(np.ones((len(text), len(text)), dtype=bool))
        & ~np.tril(np.ones((len(text), len(text)), dtype=bool), -count)
    )


def _kind(test: Callable[[str], bool]) -> Callable[[Text], np.ndarray]:
    """Return the habit of looking at one kind of character, wherever it stands."""
    return lambda text: np.tile(text.where(test), (len(text), 1))


def _nearest(test: Callable[[str], bool]) -> Callable[[Text], np.ndarray]:
    """Return the habit of looking at the nearest earlier character of a kind."""

    def keys(text: Text) -> np.ndarray:
        places = np.where(text.where(test), np.arange(len(text)), -1)  # (T,)
        last = np.r_[-1, np.maximum.accumulate(places)[:-1]]  # (T,) strictly before each character
        return last[:, None] == np.arange(len(text))  # (T, T)

    return keys


def _first(text: Text) -> np.ndarray:
    return np.tile(np.arange(len(text)) == 0, (len(text), 1))  # (T, T)


def _own_word(text: Text) -> np.ndarray:
    return (text.word[:, None] == text.word) & text.letters  # (T, T)


def _word_before(text: Text) -> np.ndarray:
    return (text.word[:, None] - 1 == text.word) & text.letters  # (T, T)


def _word_start(text: Text) -> np.ndarray:
    starts = np.diff(text.word, prepend=0) == 1  # (T,)
    return (text.word[:, None] == text.word) & starts  # (T, T)


def _same(text: Text) -> np.ndarray:
    return np.tril(text.symbols[:, None] == text.symbols, -1)  # (T, T)


def _after(text: Text, length: int) -> np.ndarray:
    """Return what follows an earlier place of the last ``length`` characters (T, T)."""
    same = _same(text)  # (T, T)
    found = same.copy()
    for back in range(1, length):
        found[back:, back:] &= same[:-back, :-back]
        found[:back] = found[:, :back] = False
    after = np.zeros_like(found)
    after[:, 1:] = found[:, :-1]
    return np.tril(after, -1)  # (T, T)


# name -> (what it means, in one sentence for the page; the keys (T, T) that every query of a text looks at)
HABITS: dict[str, tuple[str, Callable[[Text], np.ndarray]]] = {
    "self": ("It looks at the character itself.", _back(0)),
    "one back": ("It looks at the character just before.", _back(1)),
    "two back": ("It looks at the character two places before.", _back(2)),
    "three back": ("It looks at the character three places before.", _back(3)),
    "four back": ("It looks at the character four places before.", _back(4)),
    "the last four": ("It looks at the last four characters, its own included.", _recent(4)),
    "the last eight": ("It looks at the last eight characters, its own included.", _recent(8)),
    "the start": ("It looks at the very first character of the text.", _first),
    "start of the word": (
        "It looks at the first letter of its word, or of the word that has just ended.",
        _word_start,
    ),
    "own word": ("It looks at the letters of its word, or of the word that has just ended.", _own_word),
    "the word before": ("It looks at the letters of the word before its own.", _word_before),
    "the last space": (
        "It looks at the nearest space or line end before it.",
        _nearest(lambda symbol: symbol in " \n"),
    ),
    "the last line end": (
        "It looks at the nearest line end before it.",
        _nearest(lambda symbol: symbol == "\n"),
    ),
    "spaces": ("It looks at spaces and line ends, wherever they stand.", _kind(lambda s: s in " \n")),
    "line ends": ("It looks at line ends, wherever they stand.", _kind(lambda symbol: symbol == "\n")),
    "punctuation": (
        "It looks at punctuation, wherever it stands.",
        _kind(lambda symbol: not symbol.isalnum() and symbol not in " \n"),
    ),
    "capital letters": ("It looks at capital letters, wherever they stand.", _kind(str.isupper)),
    "vowels": ("It looks at vowels, wherever they stand.", _kind(lambda s: s.lower() in VOWELS)),
    "consonants": (
        "It looks at consonants, wherever they stand.",
        _kind(lambda symbol: symbol.isalpha() and symbol.lower() not in VOWELS),
    ),
    "same letter": (
        "It looks at the same character: itself and its earlier places.",
        lambda text: text.symbols[:, None] == text.symbols,
    ),
    "same letter before": ("It looks at earlier places of the same character.", _same),
    "after the same letter": (
        "It looks at what followed the same character earlier: an induction head.",
        lambda text: _after(text, 1),
    ),
    "after the same pair": (
        "It looks at what followed the same two characters earlier: an induction head.",
        lambda text: _after(text, 2),
    ),
}


# What is said of a head whose habit is not a place: name -> meaning, as in HABITS.
SPREAD, NONE = "spread evenly", "no single habit"
MEANINGS = {name: meaning for name, (meaning, _) in HABITS.items()} | {
    SPREAD: "It spreads its attention nearly evenly over all characters so far.",
    NONE: "None of the habits that were measured explains where it looks.",
}


def keys(habit: str, symbols: Iterable[str]) -> np.ndarray:
    """Return which of the characters so far every character of a text looks at by a habit (T, T)."""
    return np.tril(HABITS[habit][1](Text(np.array(list(symbols)))))  # (T, T)


def followed(habit: str, symbols: Sequence[str], pattern: np.ndarray) -> np.ndarray:
    """Return how much of each character's attention (T,) follows a habit.

    A head without one is judged by the largest share that goes to a single character.

    Args:
        pattern: (T, T) rows sum to one.
    """
    if habit not in HABITS:
        return pattern.max(axis=1)  # (T,)
    return (pattern * keys(habit, symbols)).sum(axis=1)  # (T,)


# --- how much attention goes there ------------------------------------------------------------------


@dataclass(frozen=True)
class Seen:
    """Where heads looked, added up over the characters of some texts; every character counts the same.

    A character counts for a habit if it is able to follow it and not to: some of the characters so far
    are where the habit looks, and some are not.

    Args:
        mass: (…, habits) attention of those characters that went where the habit looks.
        chance: (habits,) what would have gone there, had they spread it evenly over the characters so far.
        able: (habits,) how many characters counted.
        even: (…,) attention that lay as if spread evenly, over all characters but the first.
        characters: how many there were, the first not among them.
    """

    mass: np.ndarray
    chance: np.ndarray
    able: np.ndarray
    even: np.ndarray
    characters: int

    def __add__(self, other: "Seen") -> "Seen":
        return Seen(*(getattr(self, f.name) + getattr(other, f.name) for f in fields(Seen)))


def seen(pattern: np.ndarray, symbols: Sequence[str]) -> Seen:
    """Add up where heads looked in one text.

    Args:
        pattern: (…, T, T) attention of each character (row) to each so far (column); rows sum to one.
        symbols: (T,) the characters.
    """
    T = len(symbols)
    so_far = np.arange(1, T + 1)  # (T,)
    looked = np.stack([keys(habit, symbols) for habit in HABITS], axis=-1).astype(
        np.float32
    )  # (T, T, habits)
    count = looked.sum(axis=1)  # (T, habits)
    choice = (count > 0) & (count < so_far[:, None])  # (T, habits)
    went = np.moveaxis(pattern, -2, 0).reshape(T, -1, T) @ looked  # (T, heads, habits)
    mass = (went * choice[:, None]).sum(axis=0).reshape(*pattern.shape[:-2], -1)  # (…, habits)
    chance = (count / so_far[:, None] * choice).sum(axis=0)  # (habits,)
    level = np.tril(np.ones((T, T))) / so_far[:, None]  # (T, T)
    even = np.minimum(pattern, level).sum(axis=-1)[..., 1:].sum(axis=-1)  # (…,)
    return Seen(mass, chance, choice.sum(axis=0), even, T - 1)


@torch.inference_mode()
def measure(model: GPT, symbols: Sequence[str], texts: Iterable[Sequence[int]]) -> Seen:
    """Add up where all heads of a model looked in some texts.

    Args:
        symbols: the characters by their ids.
        texts: ids of each text, at most block_size.
    Returns:
        Seen, with (n_layer, n_head, habits) masses.
    """
    device = model.lm_head.weight.device
    found = []
    for ids in texts:
        _, patterns = model.read(torch.tensor([list(ids)], device=device))  # n_layer times (1, nh, T, T)
        pattern = torch.cat(patterns).cpu().numpy()  # (L, nh, T, T)
        found.append(seen(pattern, [symbols[i] for i in ids]))
    return reduce(add, found)


# --- the name ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Habit:
    """What a head is called, and how much of its attention that explains."""

    name: str  # one of MEANINGS
    share: float  # of its attention; 0 for NONE


def named(found: Seen) -> list[list[Habit]]:
    """Return the habit of every head, layer by layer.

    Of the habits that take LEAST of a head's attention and TIMES what chance would give, it is the one
    that says most about where the head looks: the binary Kullback–Leibler divergence of its share from
    chance is the largest, so that a narrow habit wins over a wide one that holds it.

    Args:
        found: Seen of (n_layer, n_head) heads.
    """
    counted = found.able >= ABLE * found.characters  # (habits,)
    share = found.mass[..., counted] / found.able[counted]  # (L, nh, counted)
    chance = found.chance[counted] / found.able[counted]  # (counted,)
    names = [name for name, counts in zip(HABITS, counted, strict=True) if counts]
    even = found.even / max(found.characters, 1)  # (L, nh)
    return [
        [_name(names, one, chance, float(level)) for one, level in zip(layer, levels, strict=True)]
        for layer, levels in zip(share, even, strict=True)
    ]


def _name(names: Sequence[str], share: np.ndarray, chance: np.ndarray, even: float) -> Habit:
    """Return the habit of one head, whose shares and chances (habits,) are given."""
    if not names:
        return Habit(NONE, 0.0)
    told = _divergence(share, chance)  # (habits,) nats
    clear = (share >= LEAST) & (share >= TIMES * chance)  # (habits,)
    if not clear.any():
        return Habit(SPREAD, even) if even >= EVEN else Habit(NONE, 0.0)
    best = int(np.where(clear, told, -1).argmax())
    return Habit(names[best], float(share[best]))


def _divergence(share: np.ndarray, chance: np.ndarray) -> np.ndarray:
    """Return the Kullback–Leibler divergence of one yes-or-no from another, in nats."""
    p, q = (np.clip(each, 1e-9, 1 - 1e-9) for each in (share, chance))
    return p * np.log(p / q) + (1 - p) * np.log((1 - p) / (1 - q))
