"""The notes of the talk, in a window that follows the one on the stage, and leads it by the same keys."""

from collections.abc import Sequence
from pathlib import Path

from explainer.components import in_page

_FOLDER = Path(__file__).parent
_notes = in_page("notes", _FOLDER / "notes.js", _FOLDER / "notes.css")


def notes(scenes: Sequence[dict[str, str | int]], *, key: str) -> None:
    """Draw the note to the scene that another window of this browser shows; the server is not asked again.

    Args:
        scenes: of the whole talk, in their order: path and title ("chapter") of the chapter, the place in it
            ("scene"), title, sentence and note.
    """
    _notes(key=key, data={"scenes": list(scenes)})
