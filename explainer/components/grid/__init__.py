"""One canvas for every matrix of numbers: linked, played, stepped and scrubbed in the browser."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from explainer.components import component, events, player
from explainer.components.grid.description import (
    Cell,
    Copies,
    Cross,
    Edit,
    Frames,
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
from explainer.components.grid.payload import packed, unpacked

__all__ = [
    "Cell",
    "Copies",
    "Cross",
    "Edit",
    "Increments",
    "Matrix",
    "Product",
    "Same",
    "SameRow",
    "Share",
    "Stage",
    "Stages",
    "Values",
    "Walk",
    "grid",
    "packed",
    "unpacked",
]

LONGEST_EDIT = 20_000  # characters that are pasted into a cell

_FOLDER = Path(__file__).parent

_NOTHING = Matrix(np.zeros((0, 0)), "", "counts")  # has no cell that could be edited

_component = component("grid", [_FOLDER / "grid.css", *player.STYLES], _FOLDER / "grid.js", ["at", "cell"])


def grid(
    matrices: Sequence[Matrix],
    *,
    key: str,
    alt: str,
    links: Link | Sequence[Link] = (),
    frames: Frames | None = None,
    height: str | int = "stage",
    panel: bool = True,
    wide: bool = False,
    start: int | None = None,
    lens_at: Cell | None = None,
    opens: Cell | None = None,
    captions: Sequence[str] = (),
    on_click: Callable[[Cell], None] | None = None,
    on_press: Callable[[Cell], None] | None = None,
    on_edit: Callable[[Edit], None] | None = None,
    report: bool = False,
) -> Cell | None:
    """Draw matrices side by side and return the locked cell, or None.

    Hover, play and scrub never leave the browser; a lock does only with ``on_click`` or ``report``.

    Args:
        alt: one sentence that says what is seen, for those who do not see it.
        links: what lights up together on hover, focus and lock.
        frames: what plays; several ``Values`` play together.
        height: "stage" for what the scene leaves, or css pixels.
        panel: whether there may be a panel at the side: products, pairs, the sentence of a stage.
        wide: whether cells without numbers may be much wider than high, so that a map fills its stage.
        start: the position shown first; 0 if not given.
        lens_at: the cell that matters until one is lit; the largest number if not given.
        opens: the cell that is lit, and whose products stand beside, until another one is.
        captions: what is said above the picture, one sentence for each position; nothing without them.
        on_click: called with the cell that was locked, before the rerun.
        on_press: called with a cell whenever it is clicked, before the rerun; then nothing is locked.
        on_edit: called with what was typed into an editable cell, before the rerun.
        report: whether a lock reruns the script, so that the returned cell is up to date.
    Raises:
        ValueError: if the parts do not fit together; the message says what to do.
    """
    reports = report or on_click is not None
    payload = packed(
        matrices,
        alt=alt,
        links=links,
        frames=frames,
        height=height,
        panel=panel,
        wide=wide,
        start=start,
        lens_at=lens_at,
        opens=opens,
        captions=captions,
        report=reports,
        press=on_press is not None,
    )
    cell = _cell(matrices)
    told = _component(
        key=key,
        data=payload,
        height="stretch" if height == "stage" else "content",
        on_lock_change=events.on(key, "lock", cell, on_click),
        on_press_change=events.on(key, "press", cell, on_press),
        on_edit_change=events.on(key, "edit", _edit(matrices), on_edit),
    )
    return events.heard(told, "lock", cell) if reports else None


def _cell(matrices: Sequence[Matrix]) -> events.Reader[Cell]:
    """Return what reads a cell of these matrices; a smaller one may have lost it since."""

    def read(value: Any) -> Cell:
        matrix = events.record(matrix=events.index(len(matrices)))(value)["matrix"]
        rows, cols = np.shape(matrices[matrix].values)
        return Cell(matrix, **events.record(row=events.index(rows), col=events.index(cols))(value))

    return read


def _edit(matrices: Sequence[Matrix]) -> events.Reader[Edit]:
    """Return what reads a text that was typed or pasted into a cell which can be edited."""
    editable = [matrix if matrix.editable else _NOTHING for matrix in matrices]

    def read(value: Any) -> Edit:
        cell = _cell(editable)(value)
        return Edit(cell.matrix, cell.row, cell.col, **events.record(text=events.text(LONGEST_EDIT))(value))

    return read
