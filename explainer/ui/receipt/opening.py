"""What opens a receipt: a click on one probability of a scene, or the button in the scene's frame."""

from collections.abc import Callable, Sequence

import numpy as np

from explainer.components.grid import Cell
from explainer.ui.receipt.dialog import open_receipt
from explainer.ui.words import WordList
from explainer.vocabulary import BOUNDARY

OPENS = "open the receipt"


def of_pair(models: Sequence[str], found: WordList) -> Callable[[Cell], None]:
    """Return what opens the receipt of the pair that was clicked in a table of letters.

    Args:
        models: whose each of the tables is.
    """
    symbols = found.vocabulary.symbols

    def clicked(cell: Cell) -> None:
        open_receipt(models[cell.matrix], symbols[cell.row].strip(BOUNDARY), symbols[cell.col])

    return clicked


def of_letter(model: str, word: str) -> Callable[[str], None]:
    """Return what opens the receipt of the letter of a word that was clicked, its end included."""

    def clicked(pick: str) -> None:
        place = int(pick)
        open_receipt(model, word[:place], (word + BOUNDARY)[place])

    return clicked


def beginning(model: str, word: str) -> tuple[str, str, str]:
    """Return the first letter of a word, as ``receipt_of`` takes it; its end if it has none."""
    return model, "", word[:1] or BOUNDARY


def first(model: str, probabilities: np.ndarray, found: WordList) -> tuple[str, str, str]:
    """Return the most probable first letter of a table (V, V), as ``receipt_of`` takes it."""
    start = found.vocabulary.encode(BOUNDARY)[0]
    return model, "", found.vocabulary.symbols[int(probabilities[start].argmax())]


def of_one(model: str, context: str, symbols: list[str]) -> Callable[[str], None]:
    """Return what opens the receipt of the next letter that was clicked among some."""
    return lambda pick: open_receipt(model, context, symbols[int(pick)])
