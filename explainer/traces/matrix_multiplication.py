"""What the matrix multiplication scenes show: products and sums, four views, typed matrices, counts."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import torch

MAX_SIZE = 8  # rows and columns of a typed matrix
MAX_VALUE = 1_000_000
MAX_TEXT = 10_000  # characters
EMPTY = "?"  # stands in a text for a cell without a number

# --- the product ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Product:
    """A · B with every multiplication that made it; an empty cell (nan) empties what depends on it."""

    products: np.ndarray  # (n, m, K) float64: A[i, k] · B[k, j]
    partial: np.ndarray  # (n, m, K) float64: their running sums
    result: np.ndarray  # (n, m) float64


def multiply(A: np.ndarray, B: np.ndarray) -> Product:
    """Multiply A (n, K) by B (K, m) and keep each product and running sum.

    Raises:
        ValueError: if the shapes do not fit; the message names them.
    """
    if not shape_rule(np.shape(A), np.shape(B)).fits:
        raise ValueError(f"{np.shape(A)} · {np.shape(B)}")
    left, right = (torch.as_tensor(M, dtype=torch.float64) for M in (A, B))  # (n, K), (K, m)
    products = left[:, None, :] * right.T[None, :, :] + 0.0  # (n, m, K); + 0.0 makes 0 of -0
    return Product(products.numpy(), products.cumsum(2).numpy(), (left @ right + 0.0).numpy())


@dataclass(frozen=True)
class ShapeRule:
    """Whether two matrices can be multiplied, and what comes out."""

    fits: bool
    shape: tuple[int, int] | None  # of the product


def shape_rule(a_shape: tuple[int, int], b_shape: tuple[int, int]) -> ShapeRule:
    """Return whether A · B exists: A must have as many columns as B has rows."""
    (n, columns), (rows, m) = a_shape, b_shape
    return ShapeRule(True, (n, m)) if columns == rows else ShapeRule(False, None)


# --- four ways to see it ----------------------------------------------------------------------------


@dataclass(frozen=True)
class FourViews:
    """The same products in four orders; summed along K, each gives A · B (or its transpose)."""

    dots: np.ndarray  # (n, m, K) the products of row i of A and column j of B
    rows: np.ndarray  # (n, K, m) row k of B times A[i, k]: a row of the product is their mixture
    columns: np.ndarray  # (m, K, n) column k of A times B[k, j]: a column of the product is their mixture
    layers: np.ndarray  # (K, n, m) column k of A times row k of B: the product is the sum of the layers
    layer_sums: np.ndarray  # (K, n, m) running sums of layers


def four_views(product: Product) -> FourViews:
    """Turn the products (n, m, K) of a multiplication so that each view can be read off."""
    products, partial = product.products, product.partial  # (n, m, K)
    by_row, by_column, by_layer = (0, 2, 1), (1, 2, 0), (2, 0, 1)
    return FourViews(
        dots=products,
        rows=products.transpose(by_row),
        columns=products.transpose(by_column),
        layers=products.transpose(by_layer),
        layer_sums=partial.transpose(by_layer),
    )


# --- a layer ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Layer:
    """A layer of neurons and the same numbers as Y = X · W."""

    X: np.ndarray  # (B, I) float64
    W: np.ndarray  # (I, O) float64
    edges: np.ndarray  # (B, I, O) float64: X[b, i] · W[i, o], what flows along each edge
    Y: np.ndarray  # (B, O) float64: the sum of the edges that arrive


def layer(X: np.ndarray, W: np.ndarray) -> Layer:
    """Send a batch X (B, I) through a layer with the weights W (I, O)."""
    product = multiply(X, W)
    return Layer(X, W, product.products.transpose(0, 2, 1), product.result)


# --- typed matrices ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Fault:
    """What is wrong with a cell, a text or a block, by a key, and what it is about.

    Of a cell: "empty", "infinite", "word", "large", with what was typed. Of a text: "size" with its rows and
    columns, "long", "commas". Of a block that is pasted: "block" with its rows and columns.
    """

    key: str
    about: tuple[str | int, ...] = ()


@dataclass(frozen=True)
class Parsed:
    """A matrix as it was typed: what is no number is empty (nan) and has a note."""

    values: np.ndarray  # (n, m) float64
    notes: Mapping[tuple[int, int], Fault]  # (row, column) -> what is wrong there
    fault: Fault | None  # of the matrix as a whole


@dataclass(frozen=True)
class Edited:
    """The text of a matrix after an edit, and what did not fit into it."""

    text: str
    fault: Fault | None


def parse_matrix(text: str, max_size: int = MAX_SIZE) -> Parsed:
    """Read a typed or pasted matrix: one row a line; cells parted by tabs, semicolons, commas or spaces.

    A decimal comma is read where commas do not part the cells. Python's brackets are understood.
    """
    rows, fault = _cells(text)
    width = max(len(row) for row in rows)
    if len(rows) > max_size or width > max_size:
        fault = Fault("size", (len(rows), width, max_size))
    rows, width = rows[:max_size], min(width, max_size)
    values = np.full((len(rows), width), np.nan)
    notes: dict[tuple[int, int], Fault] = {}
    for i, row in enumerate(rows):
        for j in range(width):
            values[i, j], note = _number(row[j] if j < len(row) else EMPTY)
            if note:
                notes[i, j] = note
    return Parsed(values, notes, fault)


def format_matrix(values: np.ndarray) -> str:
    """Write a matrix as text from which ``parse_matrix`` reads exactly the same numbers."""
    return _text(
        [[EMPTY if np.isnan(x) else repr(float(x)).removesuffix(".0") for x in row] for row in values]
    )


def resized(values: np.ndarray, axis: int, by: int) -> np.ndarray:
    """Return a matrix with one row (axis 0) or column (1) more or less at its end, within 1 and MAX_SIZE.

    What is added is zero.

    Args:
        values: (n, m).
        by: 1 or -1.
    """
    size = values.shape[axis] + by
    if not 1 <= size <= MAX_SIZE:
        return values
    if by < 0:
        return np.take(values, range(size), axis)
    return np.concatenate([values, np.zeros_like(np.take(values, [0], axis))], axis)


def edit_matrix(text: str, row: int, column: int, typed: str) -> Edited:
    """Put what was typed into one cell, or a pasted block into the cells from there on.

    Nothing else changes; what reaches beyond the matrix is left out, which is a fault.
    """
    cells = _cells(text)[0]
    width = max(len(line) for line in cells)
    cells = [line + [EMPTY] * (width - len(line)) for line in cells]
    block = _cells(typed)[0] if _is_block(typed) else [[" ".join(typed.split())]]
    fits = row + len(block) <= len(cells) and column + max(map(len, block)) <= width
    for i, line in enumerate(block[: len(cells) - row]):
        for j, cell in enumerate(line[: width - column]):
            cells[row + i][column + j] = cell
    return Edited(_text(cells), None if fits else Fault("block", (len(block), max(map(len, block)))))


def _is_block(typed: str) -> bool:
    """Return whether several cells were pasted rather than one typed."""
    words = typed.split()
    return any(mark in typed.strip() for mark in "\t\n") or (
        len(words) > 1 and not any(_number(word)[1] for word in words)
    )


def _text(cells: list[list[str]]) -> str:
    text = "\n".join("\t".join(cell or EMPTY for cell in row) for row in cells)
    # A tab says that nothing else parts the cells.
    return text if "\t" in text or not re.search(r"[ ,;\[\]]", text) else text + "\t"


def _cells(text: str) -> tuple[list[list[str]], Fault | None]:
    """Return the cells as they were typed, row by row, and what is wrong if they can be read in two ways."""
    fault = None if len(text) <= MAX_TEXT else Fault("long", (MAX_TEXT,))
    text = text[:MAX_TEXT]
    if "\t" in text:
        part = "\t"
    else:
        text = re.sub(r"\][\s,;]*\[", "\n", text).replace("[", "").replace("]", "")
        spaced = bool(_SPACED.search(text))
        text = text.replace(";", "\n") if spaced else text  # 1 2; 3 4
        part = ";" if ";" in text else r",\s*|\s+"
        if spaced and re.search(r"\d,\d", text):
            fault = Fault("commas")
    lines = [line for line in text.splitlines() if line.strip(" ")] or [EMPTY]
    return [[cell.strip() for cell in re.split(part, _trim(line))] for line in lines], fault


def _trim(line: str) -> str:
    """Take off the spaces around a row and a separator at its end."""
    line = line.strip(" ").rstrip()
    return line[:-1].rstrip() if line.endswith((",", ";")) else line


_SPACED = re.compile(r"[^\s;,][^\S\n]+[^\s;,]")  # two words with nothing but space between them
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?", re.ASCII | re.IGNORECASE)


def _number(cell: str) -> tuple[float, Fault | None]:
    """Return the number of a cell, or nan and what is wrong with it."""
    plain = re.sub("[−–]", "-", cell).replace(",", ".")
    if cell in ("", EMPTY):
        return np.nan, Fault("empty")
    if re.fullmatch(r"[+-]?(inf(inity)?|∞)", plain, re.IGNORECASE):
        return np.nan, Fault("infinite", (cell,))
    if not _NUMBER.fullmatch(plain):
        return np.nan, Fault("word", (cell,))
    if abs(float(plain)) > MAX_VALUE:
        return np.nan, Fault("large", (cell, MAX_VALUE))
    return float(plain), None


# --- counting ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class MultiplicationCount:
    """How many multiplications the next character or token takes."""

    key: str
    multiplications: int
    sizes: tuple[int, ...] = ()  # of a product n, K, m; of a GPT its layers, width, context and symbols


def multiplication_counts(n: int, K: int, m: int) -> tuple[MultiplicationCount, ...]:
    """Count the multiplications of an n × K · K × m product and of one next character or token."""
    ours, xl = (6, 384, 256, 96), (48, 1600, 1024, 50257)
    return (
        MultiplicationCount("this", n * K * m, (n, K, m)),
        MultiplicationCount("looked-up", 0),
        MultiplicationCount("one-hot", 34 * 34),
        MultiplicationCount("mlp", 30 * 200 + 200 * 34),
        MultiplicationCount("ours", gpt_multiplications(*ours), ours),
        MultiplicationCount("gpt-2-xl", gpt_multiplications(*xl), xl),
        MultiplicationCount("gpt-4", 1_760_000_000_000),
    )


def gpt_multiplications(n_layer: int, n_embd: int, block_size: int, vocab_size: int) -> int:
    """Count the multiplications with which a GPT predicts one token after ``block_size`` others.

    In each layer: query, key and value 3 · n_embd², the projection 1 · n_embd², the MLP 8 · n_embd²;
    scores and mixture of the values n_embd for each token of the context. Then one for each weight
    of the output layer. Keys and values of earlier tokens are kept.
    """
    weights = (3 + 1 + 4 + 4) * n_embd**2
    attention = 2 * block_size * n_embd
    return n_layer * (weights + attention) + n_embd * vocab_size
