"""What the first scene shows: one multiplication that predicts the next letter of a name."""

import numpy as np

from explainer.components.grid import Matrix, Product, grid
from explainer.traces.matrix_multiplication import multiply
from explainer.ui.loaders.trained import checkpoint
from explainer.ui.source import shown

product = shown(multiply)


def letters() -> list[str]:
    """Return the letters that a name may go on from, the most frequent first."""
    trained = checkpoint("girls-bigram")
    frequent = trained.model.counts.sum(1).argsort(descending=True)
    return [symbol for symbol in trained.vocabulary.decode(frequent) if symbol != "."]


def next_letter(letter: str, *, key: str) -> None:
    """Draw one-hot(letter) · table = the probabilities of the next letter, with the model's own numbers."""
    trained = checkpoint("girls-bigram")
    symbols = ["·", *trained.vocabulary.symbols[1:]]
    table = trained.model.probabilities().numpy()  # (V, V)
    one_hot = np.eye(len(symbols))[trained.vocabulary.encode(letter)]  # (1, V)
    made = product(one_hot, table)
    matrices = [
        Matrix(one_hot, "letter", "input", (1, 0), cols=symbols, title=f"the letter {letter}"),
        Matrix(table, "table", "weights", (0, 1), rows=symbols, cols=symbols, title="what names taught it"),
        Matrix(made.result, "next", "probabilities", (1, 1), cols=symbols, title="the next letter"),
    ]
    alt = f"The letter {letter} as a row of zeros and a one, times the table of a bigram, is one row of it."
    grid(matrices, key=key, alt=alt, links=Product(0, 1, 2, made.products, made.partial), panel=False)
