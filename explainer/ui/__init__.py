"""Everything that imports streamlit, so that a page reads like the talk."""

from explainer.components.grid import Cross, Increments, Matrix, Same, SameRow, Values, grid
from explainer.ui.blocks import agenda, beside, chart, metrics, note, part, shared, table
from explainer.ui.deck import chapter, controls, font_size, narrow, scene
from explainer.ui.source import cached, shown
from explainer.ui.widgets import (
    action,
    choice,
    lines,
    number,
    pasted,
    pick,
    seed,
    slider,
    steps,
    switch,
    text,
    upload,
    word,
)

__all__ = [
    "Cross",
    "Increments",
    "Matrix",
    "Same",
    "SameRow",
    "Values",
    "action",
    "agenda",
    "beside",
    "cached",
    "chapter",
    "chart",
    "choice",
    "controls",
    "font_size",
    "grid",
    "lines",
    "metrics",
    "narrow",
    "note",
    "number",
    "part",
    "pasted",
    "pick",
    "scene",
    "seed",
    "shared",
    "shown",
    "slider",
    "steps",
    "switch",
    "table",
    "text",
    "upload",
    "word",
]
