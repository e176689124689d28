"""What a visitor typed, as far as it can be read: one answer to a letter that is lacking, on every page."""

from collections.abc import Sequence

from explainer import names
from explainer.ui.blocks import complain
from explainer.vocabulary import BOUNDARY, Vocabulary, listed


def name(typed: str, vocabulary: Vocabulary) -> str:
    """Return the letters of a name, or of its beginning, in capitals; say which ones no name has."""
    word = names.capitals(typed.strip())
    return _without(word, [c for c in dict.fromkeys(word) if c == BOUNDARY or c not in vocabulary], "names")


def text(typed: str, vocabulary: Vocabulary) -> str:
    """Return a text without the characters that no text has; say which ones."""
    return _without(typed, vocabulary.unknown(typed), "texts")


def _without(typed: str, lacking: Sequence[str], what: str) -> str:
    never = "never occurs" if len(lacking) == 1 else "never occur"
    complain(f"{listed(lacking)} {never} in these {what}: left out." if lacking else "")
    return "".join(c for c in typed if c not in lacking)
