"""Browser-side parts (Streamlit components v2)."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import streamlit as st

from explainer.components import moment

_SHADOW = Path(__file__).parent / "shadow.js"


def component(name: str, styles: Sequence[Path], sources: Sequence[Path], moments: Sequence[str] = ()) -> Any:
    """Return a component that draws into a shadow root of its own.

    Args:
        styles: what it looks like; nothing of it leaves the shadow root.
        sources: one module for the browser, in the order of who needs whom; it defines ``show(component)``.
        moments: what the browser tells of it in the address, of ``moment.KINDS``.
    """
    js = f"const CSS = {json.dumps(joined(styles))};\n{joined([*sources, _SHADOW])}"
    draw = st.components.v2.component(name, js=js, isolate_styles=False)

    def drawn(*, key: str, **given: Any) -> Any:
        moment.note(key, moments)
        return draw(key=key, **given)

    return drawn


def sized(height: str | int) -> tuple[str, int]:
    """Return Streamlit's height and that of the part itself: a projector's pixels grow with the window.

    Returns:
        A word for Streamlit, and pixels at 1920 × 1080, or 0 where the word says it all.
    """
    return (height, 0) if isinstance(height, str) else ("content", height)


def joined(paths: Sequence[Path]) -> str:
    """Return several files as one, in their order."""
    return "\n".join(path.read_text(encoding="utf-8") for path in paths)
