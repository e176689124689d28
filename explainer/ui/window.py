"""The window that a scene is drawn for: how wide it is, and whether it is a stage."""

from explainer.components import deck_keys
from explainer.figures.base import FONT_SIZE, PHONE_FONT_SIZE


def narrow() -> bool:
    """Return whether the window is as narrow as a phone's."""
    return deck_keys.narrow("clicker")


def presenting() -> bool:
    """Return whether the window is a stage, on which nothing may differ from what was rehearsed."""
    return deck_keys.presenting("clicker")


def font_size() -> int:
    """Return a figure's type size in pixels: what the last row can read, or what a phone has room for."""
    return PHONE_FONT_SIZE if narrow() else FONT_SIZE
