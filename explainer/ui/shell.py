"""The shell around every page: navigation, and the clicker."""

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from explainer.components.deck_keys import clicker
from explainer.components.kept import kept
from explainer.ui import address, chapters, collector, own_training
from explainer.ui.guard import guarded


def run() -> None:
    """Draw the navigation, listen to the clicker and run the page on the screen."""
    collector.start()
    pages = chapters.pages()
    grouped: dict[str, list[StreamlitPage]] = {}
    for chapter in chapters.CHAPTERS:
        grouped.setdefault(chapter.section, []).append(pages[chapter.path])
    page = st.navigation(grouped, position="top")
    address.bring_back(clicker("clicker", _nothing))
    _doors(page.url_path, pages)
    none = "none" if own_training.is_awaited() else ""
    own_training.recover(kept("training", own_training.secret(), none))
    if not own_training.is_awaited():
        with guarded():
            page.run()


def _doors(path: str, pages: dict[str, StreamlitPage]) -> None:
    """Draw the links that the clicker follows at the ends of a chapter; nobody sees them."""
    last, following = chapters.neighbours(path)
    with st.container(key="doors"):
        if last is not None:
            with st.container(key="last_chapter"):
                st.page_link(pages[last.path], query_params={"scene": "last"})
        if following is not None:
            with st.container(key="next_chapter"):
                st.page_link(pages[following.path], query_params={"scene": "first"})


def _nothing() -> None:
    """A window that became narrow, or a stage, needs only the rerun."""
