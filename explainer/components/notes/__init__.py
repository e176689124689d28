"""The notes of the talk, in a window that follows the one on the stage, and leads it by the same keys."""

from collections.abc import Sequence
from pathlib import Path

import streamlit as st

_FOLDER = Path(__file__).parent
_MOUNT = _FOLDER.parent / "grid" / "mount.js"
_notes = st.components.v2.component(
    "notes",
    css=(_FOLDER / "notes.css").read_text(encoding="utf-8"),
    js="\n".join(path.read_text(encoding="utf-8") for path in (_MOUNT, _FOLDER / "notes.js")),
    isolate_styles=False,
)


def notes(scenes: Sequence[dict[str, str | int]], *, key: str) -> None:
    """Draw the note to the scene that another window of this browser shows; the server is not asked again.

    Args:
        scenes: of the whole talk, in their order: path and title ("chapter") of the chapter, the place in it
            ("scene"), title, sentence and note.
    """
    _notes(key=key, data={"scenes": list(scenes)})
