"""The presenter's own window: the note to the scene on the stage, what comes next, and the time."""

from dataclasses import asdict

from explainer.components.notes import notes
from explainer.ui import chapters
from explainer.ui.outline import outline


def presenter() -> None:
    """Draw the notes of the whole talk; the browser finds the one that belongs to the other window."""
    titles = {chapter.path: chapter.title for chapter in chapters.CHAPTERS}
    notes(
        [
            {"path": path, "chapter": titles[path], "scene": i, **asdict(scene)}
            for path, scenes in outline().items()
            for i, scene in enumerate(scenes)
        ],
        key="presenter_notes",
    )
