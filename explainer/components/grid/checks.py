"""Refuses a grid that does not fit together, and says what to do."""

from collections.abc import Sequence

import numpy as np

from explainer.components.grid.description import (
    ROLES,
    SHADES,
    Cell,
    Copies,
    Cross,
    Film,
    Increments,
    Link,
    Matrix,
    Product,
    Same,
    SameRow,
    Share,
    Stage,
    Stages,
    Values,
    Walk,
)


def check(
    matrices: Sequence[Matrix],
    links: Sequence[Link],
    frames: Sequence[Film],
    start: int,
    cells: Sequence[Cell | None] = (),
    said: int = 0,
) -> None:
    """Raise ValueError if labels, places, links, frames, start, cells or so many captions do not fit."""
    _require(len(matrices) > 0, "a grid needs at least one matrix")
    for index, matrix in enumerate(matrices):
        _check_matrix(index, matrix)
    _check_places(matrices)
    for index, link in enumerate(links):
        _check_link(f"link {index} ({type(link).__name__})", link, matrices)
    for part in frames:
        _check_frames(part, matrices, links)
        name, speed = type(part).__name__, part.speed
        _require(0 < speed < np.inf, f"{name}: speed is {speed}; give a number above zero")
    _check_together(frames)
    count = positions(frames, matrices, links)
    _check_start(start, count)
    _require(said in (0, count), f"there are {count} positions, but {said} captions; give one for each")
    for cell in filter(None, cells):
        _check_stage(str(cell), Stage("", [(cell.matrix, cell.row, cell.col)]), matrices)


def positions(frames: Sequence[Film], matrices: Sequence[Matrix], links: Sequence[Link]) -> int:
    """Return how many positions the player has: a picture for each, the first one at 0."""
    if not frames:
        return 1
    part = frames[0]
    if isinstance(part, Increments):
        return (len(part.cells) if part.within else len(part.titles)) + 1
    if isinstance(part, Walk):
        return _steps(part, matrices, links) + 1
    return len(part.values if isinstance(part, Values) else part.frames)


def _steps(walk: Walk, matrices: Sequence[Matrix], links: Sequence[Link]) -> int:
    if walk.order is not None:
        return len(walk.order)
    product = _product(links, walk)
    return matrices[product.out].values.size * matrices[product.left].values.shape[1]


def _product(links: Sequence[Link], walk: Walk) -> Product:
    product = links[walk.link]
    assert isinstance(product, Product), "checked when the walk was"
    return product


def _size(array: np.ndarray | None) -> tuple[int, ...]:
    return () if array is None else np.shape(array)


def _require(condition: bool, message: str) -> None:
    if not condition:
        raise ValueError(message)


def _check_matrix(index: int, matrix: Matrix) -> None:
    where = f"matrix {index} ({matrix.name!r})"
    values = np.asarray(matrix.values)
    _require(
        values.ndim == 2 and values.size > 0 and values.dtype.kind in "biuf",
        f"{where}: values must be a filled 2-D array of numbers, got shape {values.shape}, {values.dtype}",
    )
    _require(
        not np.isinf(values.astype(float)).any(),
        f"{where}: holds an infinity; give NaN, and what stands instead",
    )
    for side, labels, size in zip(("rows", "cols"), (matrix.rows, matrix.cols), values.shape, strict=True):
        _require(
            len(labels) in (0, size),
            f"{where}: {len(labels)} labels for {size} {side}; give one for each, or none",
        )
    _require(matrix.role in ROLES, f"{where}: role {matrix.role!r} is not one of {', '.join(ROLES)}")
    _require(matrix.shade in SHADES, f"{where}: shade {matrix.shade!r} is not one of {', '.join(SHADES)}")
    _require(
        matrix.scale_max is None or 0 < matrix.scale_max < np.inf,
        f"{where}: scale_max is {matrix.scale_max}; give a number above zero, or None",
    )
    _require(
        matrix.decimals is None or 0 <= matrix.decimals <= 20,
        f"{where}: decimals is {matrix.decimals}; give 0 to 20, or None",
    )
    _require(
        matrix.marks is None or _size(matrix.marks) == values.shape,
        f"{where}: marks have shape {_size(matrix.marks)}; give {values.shape}, or None",
    )
    _require(
        matrix.texts is None or [len(row) for row in matrix.texts] == [values.shape[1]] * values.shape[0],
        f"{where}: give a text for each of the {values.shape[0]} × {values.shape[1]} cells, or None",
    )
    for row, col in (*matrix.notes, *matrix.instead):
        _require(
            0 <= row < values.shape[0] and 0 <= col < values.shape[1],
            f"{where}: a note stands at {(row, col)}, outside of {values.shape}",
        )
    for side, names, size in zip(("rows", "cols"), matrix.called, values.shape, strict=True):
        _require(
            len(names) in (0, size), f"{where}: {len(names)} of {size} {side} are called; give all or none"
        )


def _check_places(matrices: Sequence[Matrix]) -> None:
    taken: dict[tuple[int, int], str] = {}
    for matrix in matrices:
        place = matrix.place
        _require(
            len(place) == 2 and min(place) >= 0,
            f"matrix {matrix.name!r}: place {place} must be (row, column), both zero or more",
        )
        _require(
            place not in taken,
            f"matrices {taken.get(place)!r} and {matrix.name!r} both stand at {place}; move one of them",
        )
        taken[place] = matrix.name


def _check_link(where: str, link: Link, matrices: Sequence[Matrix]) -> None:
    if isinstance(link, Cross):
        _shape(where, matrices, link.matrix)
    elif isinstance(link, Same | SameRow):
        shapes = [_shape(where, matrices, m) for m in link.matrices]
        sizes = {s if isinstance(link, Same) else s[0] for s in shapes}
        _require(len(sizes) == 1, f"{where}: the matrices must have the same size, got {shapes}")
    elif isinstance(link, Product):
        _check_product(where, link, matrices)
    elif isinstance(link, Share):
        counts, shares = _shape(where, matrices, link.counts), _shape(where, matrices, link.shares)
        _require(
            counts == shares and np.shape(link.totals) == counts[:1],
            f"{where}: counts {counts}, shares {shares} and {np.shape(link.totals)} totals do not fit",
        )
    elif isinstance(link, Copies):
        _check_copies(where, link, matrices)
    else:
        raise ValueError(f"{where}: give a Cross, Product, Same, SameRow, Share or Copies")


def _check_product(where: str, link: Product, matrices: Sequence[Matrix]) -> None:
    (n, k), (k2, m), out = (_shape(where, matrices, i) for i in (link.left, link.right, link.out))
    _require(
        k == k2 and out == (n, m),
        f"{where}: {n} × {k} times {k2} × {m} does not give {out[0]} × {out[1]}",
    )
    for name, array in (("terms", link.terms), ("partial", link.partial)):
        _require(
            array is None or _size(array) == (n, m, k),
            f"{where}: {name} has shape {_size(array)}; give {(n, m, k)}",
        )


def _check_copies(where: str, link: Copies, matrices: Sequence[Matrix]) -> None:
    rows, cols = _shape(where, matrices, link.source)
    shape, origin = _shape(where, matrices, link.copy), np.asarray(link.origin)
    _require(
        origin.shape == shape and origin.dtype.kind in "iu",
        f"{where}: origin must be whole numbers of shape {shape}, got {origin.shape}, {origin.dtype}",
    )
    _require(
        bool((origin >= -1).all() and (origin < rows * cols).all()),
        f"{where}: origin must lie between 0 and {rows * cols - 1}, or be -1",
    )


def _check_frames(part: Film, matrices: Sequence[Matrix], links: Sequence[Link]) -> None:
    if isinstance(part, Increments):
        _check_increments(part, matrices)
    elif isinstance(part, Walk):
        _check_walk(part, matrices, links)
    elif isinstance(part, Values):
        shape = _shape("Values", matrices, part.matrix)
        got = np.shape(part.values)
        _require(
            len(got) == 3 and got[0] > 0 and got[1:] == shape,
            f"Values: shape {got} for a matrix of {shape}; give (frames, {shape[0]}, {shape[1]})",
        )
        _check_titles("Values", part.titles, got[0], optional=True)
    elif isinstance(part, Stages):
        _require(len(part.frames) > 0, "Stages: give at least one Stage")
        for index, stage in enumerate(part.frames):
            _check_stage(f"stage {index}", stage, matrices)
    else:
        raise ValueError(f"frames: give Increments, Walk, Values or Stages, not {type(part).__name__}")


def _check_increments(part: Increments, matrices: Sequence[Matrix]) -> None:
    shape = _shape("Increments", matrices, part.matrix)
    cells, starts = np.asarray(part.cells), np.asarray(part.starts)
    _require(
        cells.ndim == 2 and cells.shape[1] == 2 and cells.dtype.kind in "iu",
        f"Increments: cells must be (N, 2) whole numbers, got {cells.shape}, {cells.dtype}",
    )
    _require(
        len(cells) == 0 or bool((cells >= 0).all() and (cells < shape).all()),
        f"Increments: a cell lies outside of the matrix of {shape}; count from 0",
    )
    _require(
        starts.ndim == 1 and len(starts) > 0 and starts[0] == 0 and starts[-1] == len(cells),
        f"Increments: starts must run from 0 to the number of cells, {len(cells)}",
    )
    _require(bool((np.diff(starts.astype(np.int64)) >= 0).all()), "Increments: starts must not go down")
    _check_titles("Increments", part.titles, len(starts) - 1)
    _require(
        part.weights is None or len(part.weights) == len(starts) - 1,
        f"Increments: give one weight for each of the {len(starts) - 1} frames",
    )


def _check_walk(part: Walk, matrices: Sequence[Matrix], links: Sequence[Link]) -> None:
    _require(
        0 <= part.link < len(links) and isinstance(links[part.link], Product),
        f"Walk: link {part.link} is not a Product; add Product(left, right, out) to the links",
    )
    if part.order is None:
        return
    product = _product(links, part)
    (n, m), k = matrices[product.out].values.shape, matrices[product.left].values.shape[1]
    order = np.asarray(part.order)
    _require(
        order.ndim == 2 and order.shape[1] == 3 and bool((order >= 0).all() and (order < (n, m, k)).all()),
        f"Walk: order must be (steps, 3) of (i, j, k) below {(n, m, k)}",
    )


def _check_stage(where: str, stage: Stage, matrices: Sequence[Matrix]) -> None:
    for matrix in stage.hidden:
        _shape(where, matrices, matrix)
    for matrix, values in stage.values.items():
        shape, got = _shape(where, matrices, matrix), np.shape(values)
        _require(got == shape, f"{where}: values {got} for matrix {matrix}, which is {shape}")
    for matrix, row, col in stage.lit:
        rows, cols = _shape(where, matrices, matrix)
        _require(
            (row is None or 0 <= row < rows) and (col is None or 0 <= col < cols),
            f"{where}: lights row {row}, column {col} of matrix {matrix}, which is {rows} × {cols}",
        )


def _check_together(frames: Sequence[Film]) -> None:
    if len(frames) < 2:
        return
    _require(
        all(isinstance(part, Values) for part in frames),
        "only Values can be played together; give one Increments, Walk or Stages alone",
    )
    lengths = [len(part.values) for part in frames if isinstance(part, Values)]
    _require(len(set(lengths)) == 1, f"Values: numbers of frames differ: {lengths}")


def _check_titles(where: str, titles: Sequence[str], frames: int, optional: bool = False) -> None:
    _require(
        len(titles) == frames or (optional and len(titles) == 0),
        f"{where}: {len(titles)} titles for {frames} frames; give one for each",
    )


def _check_start(start: int, count: int) -> None:
    _require(0 <= start < count, f"start is {start}; the frames are numbered 0 to {count - 1}")


def _shape(where: str, matrices: Sequence[Matrix], index: int) -> tuple[int, int]:
    _require(0 <= index < len(matrices), f"{where}: there is no matrix {index}; there are {len(matrices)}")
    return np.shape(matrices[index].values)
