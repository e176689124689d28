"""One canvas for every matrix of numbers: linked, played, stepped and scrubbed in the browser."""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import streamlit as st

from explainer.components import component, player
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

_FOLDER = Path(__file__).parent
# One module for the browser, in the order of who needs whom.
_PARTS = ["payload", "theme", "numbers", "model", "layout", "links", "frames"]
_PARTS += ["paint", "panel", "edit", "mount", "grid"]
_SOURCES = [*player.SOURCES, *(_FOLDER / f"{part}.js" for part in _PARTS)]

_component = component("grid", [_FOLDER / "grid.css", *player.STYLES], _SOURCES)


def grid(
    matrices: Sequence[Matrix],
    *,
    key: str,
    alt: str,
    links: Link | Sequence[Link] = (),
    frames: Frames | None = None,
    height: str | int = "stage",
    panel: bool = True,
    start: int | None = None,
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
        start: the position shown first; 0 if not given.
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
        start=start,
        report=reports,
        press=on_press is not None,
    )

    def locked() -> None:
        cell = _cell(st.session_state[key].get("lock"), matrices)
        if on_click is not None and cell is not None:
            on_click(cell)

    def pressed() -> None:
        cell = _cell(st.session_state[key].get("press"), matrices)
        if on_press is not None and cell is not None:
            on_press(cell)

    def edited() -> None:
        edit = st.session_state[key].get("edit")
        if on_edit is not None and edit is not None:
            on_edit(Edit(edit["matrix"], edit["row"], edit["col"], edit["text"]))

    result = _component(
        key=key, data=payload, on_lock_change=locked, on_press_change=pressed, on_edit_change=edited
    )
    return _cell(result.get("lock"), matrices) if reports else None


def _cell(value: dict | None, matrices: Sequence[Matrix]) -> Cell | None:
    """Return a cell that the browser named, or None; a smaller matrix may have lost it since."""
    if value is None or value["matrix"] >= len(matrices):
        return None
    rows, cols = np.shape(matrices[value["matrix"]].values)
    inside = value["row"] < rows and value["col"] < cols
    return Cell(value["matrix"], value["row"], value["col"]) if inside else None
