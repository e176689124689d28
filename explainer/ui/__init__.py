"""Everything that imports streamlit, so that a page reads like the talk."""

from explainer.ui.deck import chapter, controls, narrow, scene
from explainer.ui.source import cached, shown

__all__ = ["cached", "chapter", "controls", "narrow", "scene", "shown"]
