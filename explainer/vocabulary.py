"""Characters <-> integers."""

from collections.abc import Iterable, Sequence

from explainer.faults import Fault

BOUNDARY = "."  # stands before the first letter of a name and after its last
POLISH_ALPHABET = "AĄBCĆDEĘFGHIJKLŁMNŃOÓPQRSŚTUVWXYZŹŻ"


class UnknownCharacter(Fault, ValueError):
    """A text holds characters that the model has never seen."""


class Vocabulary:
    """An ordered set of characters; a character's id is its place in that order.

    Args:
        symbols: the characters in their order, each once.
    Raises:
        ValueError: if a character stands twice.
    """

    def __init__(self, symbols: Iterable[str]) -> None:
        self.symbols = list(symbols)
        self._ids = {symbol: i for i, symbol in enumerate(self.symbols)}
        if len(self._ids) != len(self.symbols):
            raise ValueError("A vocabulary holds every character once; this one repeats some.")

    def __len__(self) -> int:
        return len(self.symbols)

    def __contains__(self, symbol: str) -> bool:
        return symbol in self._ids

    def encode(self, text: str) -> list[int]:
        """Return the id of every character; ``decode`` undoes it.

        Raises:
            UnknownCharacter: naming the characters that the vocabulary lacks.
        """
        unknown = self.unknown(text)
        if unknown:
            raise UnknownCharacter(f"The model has never seen {listed(unknown)}; please leave that out.")
        return [self._ids[symbol] for symbol in text]

    def decode(self, ids: Iterable[int]) -> str:
        """Return the text whose characters have these ids; ``encode`` undoes it."""
        return "".join(self.symbols[int(i)] for i in ids)

    def unknown(self, text: str) -> list[str]:
        """Return the characters of a text that the vocabulary lacks, each once, in their order."""
        return [symbol for symbol in dict.fromkeys(text) if symbol not in self._ids]


def listed(characters: Sequence[str]) -> str:
    """Return characters as they stand in a sentence, five of them at most."""
    shown = ", ".join(f"“{c}”" if c.isprintable() else f"U+{ord(c):04X}" for c in characters[:5])
    return f"{shown} and {len(characters) - 5} more" if len(characters) > 5 else shown


def alphabetical(text: Iterable[str]) -> list[str]:
    """Return the distinct characters in the order of the Polish alphabet, then of Unicode."""
    place = {letter: i for i, letter in enumerate(POLISH_ALPHABET)}
    return sorted(set(text), key=lambda c: (place.get(c.upper(), len(place)), c))
