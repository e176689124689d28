"""Browser-side parts (Streamlit components v2)."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import streamlit as st

from explainer.components import moment
from explainer.components.modules import linked

_FOLDER = Path(__file__).parent


def component(name: str, styles: Sequence[Path], entry: Path, moments: Sequence[str] = ()) -> Any:
    """Return a component that draws into a shadow root of its own.

    Args:
        styles: what it looks like; nothing of it leaves the shadow root.
        entry: exports ``show(component)`` for the browser as its default, and imports what that needs.
        moments: what the browser tells of it in the address, of ``moment.KINDS``.
    """
    shown = f"inShadow({json.dumps(_joined(styles))}, show)"
    js = _module(entry, f"import {{ inShadow }} from './shadow.js';\nexport default {shown};")
    draw = st.components.v2.component(name, js=js, isolate_styles=False)

    def drawn(*, key: str, **given: Any) -> Any:
        moment.note(key, moments)
        return draw(key=key, **given)

    return drawn


def in_page(name: str, entry: Path, style: Path | None = None) -> Any:
    """Return a component that stands in the page itself, as ``component`` has it; so does its style."""
    css = style.read_text(encoding="utf-8") if style else None
    return st.components.v2.component(
        name, css=css, js=_module(entry, "export default show;"), isolate_styles=False
    )


def _module(entry: Path, then: str) -> str:
    return linked(f"import show from './{entry.relative_to(_FOLDER).as_posix()}';\n{then}", _FOLDER)


def sized(height: str | int) -> tuple[str, int]:
    """Return Streamlit's height and that of the part itself: a projector's pixels grow with the window.

    Returns:
        A word for Streamlit, and pixels at 1920 × 1080, or 0 where the word says it all.
    """
    return (height, 0) if isinstance(height, str) else ("content", height)


def _joined(paths: Sequence[Path]) -> str:
    """Return several files as one, in their order."""
    return "\n".join(path.read_text(encoding="utf-8") for path in paths)
