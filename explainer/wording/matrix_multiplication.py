"""What is said of products, of shapes that fit or do not, of what was typed, and of counts."""

import numpy as np

from explainer.traces.matrix_multiplication import EMPTY, Fault, Layer, MultiplicationCount, Product
from explainer.wording import numerals

LONGEST = 20  # characters that are shown of a cell

_LAYERS = (
    "{0} layers of 12 · {1:,}² weights and 2 · {2:,} · {1:,} for attention, then {1:,} · {3} for the output; "
    "a full context, its keys and values kept"
)

# What takes so many multiplications, how they are counted, and whence that is known.
_COUNTED = {
    "this": ("A · B", "{} · {} · {}", "the matrices of the scenes before"),
    "looked-up": (
        "Bigram, looked up",
        "the answer is a row of the table: nothing is multiplied, and a logarithmic axis has no place for 0",
        "this app",
    ),
    "one-hot": ("Bigram, one-hot · W", "1 × 34 · 34 × 34", "this app"),
    "mlp": ("MLP", "1 × 30 · 30 × 200, then 1 × 200 · 200 × 34", "this app; Bengio et al. 2003"),
    "ours": ("Our GPT", _LAYERS.replace("{3}", "{3:,} symbols"), "this app"),
    "gpt-2-xl": ("GPT-2 XL", _LAYERS.replace("{3}", "{3:,} tokens"), "Radford et al. 2019, table 2"),
    "gpt-4": (
        "GPT-4, highest estimate",
        "one per weight, if every weight is used; the same estimates describe a mixture of experts that "
        "uses only a part of them for each token",
        "1.76 trillion weights: estimates in the press; OpenAI has published no number",
    ),
}

_FAULTS = {
    "empty": "empty",
    "infinite": "{} is not a number to multiply with",
    "word": "{} is not a number",
    "large": "{} is too large: at most {:,}",
    "size": "The matrix is {} × {}; its first {} rows and columns are kept.",
    "long": "Only the first {:,} characters are read.",
    "commas": "The commas are read as separators. Write 1.5, or part the cells by semicolons.",
    "block": "The block of {} × {} reaches beyond the matrix; the rest is left out.",
}


def cell_by_cell(product: Product) -> list[str]:
    """Return one sentence before the first multiplication and after each, cell by cell, row by row."""
    n, m, K = product.products.shape
    told = [f"{numerals.counted(n * m, 'cell')} to fill: each is a row of A against a column of B."]
    return told + [_after(product, i, j, k) for i, j, k in np.ndindex(n, m, K)]


def _after(product: Product, i: int, j: int, k: int) -> str:
    n, m, K = product.products.shape
    who, total = f"Row {i + 1} of A meets column {j + 1} of B", product.partial[i, j, k]
    if np.isnan(total):
        return f"{who}: a number is missing, so this cell stays empty."
    if k < K - 1:
        return f"{who}: {k + 1} of {K} products added, **{shown(total)}** so far."
    cells = numerals.counted(n * m, "cell")
    return f"{who}: the cell is **{shown(total)}**. {i * m + j + 1} of {cells} filled."


def shape_rule(a_shape: tuple[int, int], b_shape: tuple[int, int]) -> str:
    """Say why A · B exists, or why it does not and which numbers would have no partner."""
    (n, columns), (rows, m) = a_shape, b_shape
    has, but = numerals.counted(columns, "column"), numerals.counted(rows, "row")
    if columns == rows:
        return f"A has {has} and B {but}: every number finds its partner. The product is {n} × {m}."
    longer, spare = ("row of A", columns - rows) if columns > rows else ("column of B", rows - columns)
    alone = f"{numerals.counted(spare, 'number')} in every {longer} would have no partner"
    return f"A has {has} but B {but}: {alone}.{' B · A would fit.' if m == n else ''}"


def formula(layer: Layer, row: int, output: int) -> str:
    """Write a sum of a layer out in the talk's notation, with its numbers: Y₁ of the first input."""
    pairs = zip(layer.X[row], layer.W[:, output], strict=True)
    terms = " + ".join(f"{_factor(x)}·{_factor(w)}" for x, w in pairs)
    return f"Y{chr(ord('₁') + output)} = {terms} = {shown(layer.Y[row, output])}"


def _factor(number: float) -> str:
    return f"({shown(number)})" if number < 0 else shown(number)


def fault(found: Fault | None) -> str:
    """Say what is wrong with a cell, a text or a block; nothing if nothing is."""
    if found is None:
        return ""
    about = [_quoted(one) if isinstance(one, str) else one for one in found.about]
    return _FAULTS[found.key].format(*about)


def _quoted(cell: str) -> str:
    return f"“{cell[:LONGEST]}…”" if len(cell) > LONGEST else f"“{cell}”"


def counted(count: MultiplicationCount) -> str:
    """Return what takes so many multiplications."""
    return _COUNTED[count.key][0]


def how(count: MultiplicationCount) -> str:
    """Say how the multiplications are counted."""
    return _COUNTED[count.key][1].format(*count.sizes)


def source(count: MultiplicationCount) -> str:
    """Say whence the sizes are known."""
    return _COUNTED[count.key][2]


def shown(number: float) -> str:
    """Write a number with a true minus sign, to four significant places."""
    return EMPTY if np.isnan(number) else f"{number:.4g}".replace("-", "−")
