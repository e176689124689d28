"""Everything that imports streamlit, so that a page reads like the talk."""

from explainer.components.grid import Cross, Increments, Matrix, Same, SameRow, Share, Values, grid
from explainer.ui.blocks import agenda, beside, chart, complain, metrics, note, picture, shared, table
from explainer.ui.deck import chapter, scene
from explainer.ui.presenter import presenter
from explainer.ui.receipt.dialog import linked_receipt, open_receipt, receipt_button
from explainer.ui.source import cached, with_source
from explainer.ui.stage import controls, receipt_of
from explainer.ui.widgets import (
    action,
    beginning,
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
from explainer.ui.window import font_size, narrow

__all__ = [
    "Cross",
    "Increments",
    "Matrix",
    "Same",
    "SameRow",
    "Share",
    "Values",
    "action",
    "agenda",
    "beginning",
    "beside",
    "cached",
    "chapter",
    "chart",
    "choice",
    "complain",
    "controls",
    "font_size",
    "grid",
    "lines",
    "linked_receipt",
    "metrics",
    "narrow",
    "note",
    "number",
    "open_receipt",
    "pasted",
    "pick",
    "picture",
    "presenter",
    "receipt_button",
    "receipt_of",
    "scene",
    "seed",
    "shared",
    "slider",
    "steps",
    "switch",
    "table",
    "text",
    "upload",
    "with_source",
    "word",
]
