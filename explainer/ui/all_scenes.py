"""All scenes of the talk, to be found and gone to."""

import streamlit as st

from explainer.components.overview import Entry, overview, picture
from explainer.ui.chapters import CHAPTERS, pages
from explainer.ui.dialog import dialog
from explainer.ui.outline import outline


@dialog("All scenes")
def all_scenes(path: str, slug: str) -> None:
    """Open a window with every scene; a click leads there.

    Args:
        path: of the chapter on the screen; slug: of its scene.
    """
    titles = {chapter.path: chapter.title for chapter in CHAPTERS}
    places = [(where, scene) for where, scenes in outline().items() for scene in scenes]
    entries = [
        Entry(titles[where], s.title, s.sentence, picture(where, s.slug), (where, s.slug) == (path, slug))
        for where, s in places
    ]
    index = overview(entries, key="overview")
    if index is not None:
        where, scene = places[index]
        st.switch_page(pages()[where], query_params={"scene": scene.slug})
