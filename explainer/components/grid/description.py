"""What a grid shows: matrices, how they are linked, and the frames that it plays."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

ROLES = ("input", "weights", "activations", "probabilities", "loss", "counts")
SHADES = ("auto", "none", "sequential", "diverging")


@dataclass(frozen=True, eq=False)
class Matrix:
    """A matrix of numbers with its name, its role in the colour grammar and its place among the others."""

    values: np.ndarray  # (rows, cols); NaN is an empty cell
    name: str
    role: str  # one of ROLES
    place: tuple[int, int] = (0, 0)  # (row, column) among the matrices; Falk: B (0, 1), A (1, 0), A·B (1, 1)
    rows: Sequence[str] = ()  # labels
    cols: Sequence[str] = ()
    first: int = 0  # the number of the first row and column where they have no labels
    spot: str = ""  # a cell's name, by {row} and {col}, or in lines by {place} or, from 1, {number}
    called: tuple[Sequence[str], Sequence[str]] = (
        (),
        (),
    )  # rows and columns in words, where labels are short
    unit: str = ""  # what is said after a number
    shade: str = "auto"  # one of SHADES; auto is sequential for counts and probabilities, else diverging
    decimals: int | None = None  # None: the shortest text that is exact to three significant places
    scale_max: float | None = None  # end of the colour scale; None: the largest |value| over all frames
    notes: Mapping[tuple[int, int], str] = field(default_factory=dict)  # messages beside cells
    instead: Mapping[tuple[int, int], str] = field(default_factory=dict)  # what stands in empty cells: ∞, nan
    editable: bool = False
    show_shape: bool = True
    title: str | None = None  # in place of name and shape
    marks: np.ndarray | None = None  # (rows, cols) bool: cells underlined in the colour of loss
    marked_as: str = ""  # what is said of a marked cell
    texts: Sequence[Sequence[str]] | None = None  # (rows, cols) what stands in the cells in place of numbers


# --- links: what lights up together -----------------------------------------------------------------


@dataclass(frozen=True)
class Cross:
    """A cell of this matrix lights its row with the row's label and its column with the column's."""

    matrix: int


@dataclass(frozen=True, eq=False)
class Product:
    """``out = left · right``: a cell of ``out`` lights its row, its column and the products that made it."""

    left: int  # (n, K)
    right: int  # (K, m)
    out: int  # (n, m)
    terms: np.ndarray | None = None  # (n, m, K) the products
    partial: np.ndarray | None = None  # (n, m, K) the running sums


@dataclass(frozen=True)
class Same:
    """A cell lights the same cell of all these matrices."""

    matrices: tuple[int, ...]


@dataclass(frozen=True)
class SameRow:
    """A cell lights its row in all these matrices."""

    matrices: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class Share:
    """A probability is a smoothed count divided by the sum of its row: row and formula are shown."""

    counts: int
    shares: int
    totals: np.ndarray  # (rows,) sums of the smoothed rows
    smoothing: float = 0.0  # added to every count


@dataclass(frozen=True, eq=False)
class Copies:
    """A cell lights where its number was taken from, and a cell of the source every place it went to."""

    source: int
    copy: int
    origin: np.ndarray  # int, in the copy's shape: the place in the source, row by row; -1 for none


Link = Copies | Cross | Product | Same | SameRow | Share


# --- frames: what plays -----------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Increments:
    """A matrix of counts that fills in, frame after frame, from empty."""

    matrix: int
    cells: np.ndarray  # (N, 2) int row and column
    starts: np.ndarray  # (frames + 1,) int where the cells of each frame begin
    titles: Sequence[str]  # one a frame
    weights: np.ndarray | None = None  # (frames,) what each cell of a frame adds; one if None
    unit: str = "name"  # what a frame is called
    speed: float = 60.0  # frames per second
    within: bool = False  # every cell of a frame is a step of its own


@dataclass(frozen=True, eq=False)
class Walk:
    """Steps through the multiplications of a product, cell by cell and term by term."""

    link: int = 0  # index of a Product among the links
    order: np.ndarray | None = None  # (steps, 3) int of (i, j, k); None: row by row
    speed: float = 1.5  # multiplications per second


@dataclass(frozen=True, eq=False)
class Values:
    """A matrix that changes from frame to frame."""

    matrix: int
    values: np.ndarray  # (frames, rows, cols)
    titles: Sequence[str] = ()  # one a frame
    speed: float = 10.0  # frames per second


@dataclass(frozen=True, eq=False)
class Stage:
    """One frame of a script: what is lit, what is not shown yet, and one sentence."""

    title: str
    lit: Sequence[tuple[int, int | None, int | None]] = ()  # (matrix, row, col); None: all of them
    hidden: Sequence[int] = ()  # matrices
    formula: str = ""
    values: Mapping[int, np.ndarray] = field(default_factory=dict)  # by matrix, what stands in it by then


@dataclass(frozen=True)
class Stages:
    """A script of stages."""

    frames: Sequence[Stage]
    speed: float = 0.8  # stages per second


Film = Increments | Walk | Values | Stages
Frames = Film | Sequence[Values]  # several Values play together


# --- what comes back --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Cell:
    """A cell of one of the matrices."""

    matrix: int
    row: int
    col: int


@dataclass(frozen=True)
class Edit:
    """What a visitor typed into a cell; pasted text may hold tabs and newlines and starts at that cell."""

    matrix: int
    row: int
    col: int
    text: str
