"""Everything that imports streamlit, so that a page reads like the talk."""

from explainer.ui.blocks import agenda, beside, chart
from explainer.ui.deck import chapter, controls, narrow, scene
from explainer.ui.source import cached, shown
from explainer.ui.widgets import action, choice, lines, number, seed, slider, steps, switch, text

__all__ = [
    "action",
    "agenda",
    "beside",
    "cached",
    "chapter",
    "chart",
    "choice",
    "controls",
    "lines",
    "narrow",
    "number",
    "scene",
    "seed",
    "shown",
    "slider",
    "steps",
    "switch",
    "text",
]
