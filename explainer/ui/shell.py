"""The shell around every page: navigation, the clicker, and the garbage collector at rest."""

import gc
import sys

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from explainer.components.deck_keys import clicker
from explainer.ui import deck


def run() -> None:
    """Draw the navigation, listen to the clicker and run the page on the screen."""
    pages = deck.pages()
    grouped: dict[str, list[StreamlitPage]] = {}
    for chapter in deck.chapters():
        grouped.setdefault(chapter.section, []).append(pages[chapter.path])
    page = st.navigation(grouped, position="top")
    clicker("clicker", deck.turn, _nothing)
    asked = deck.pending_chapter(page.url_path)
    if asked is not None:
        chapter, query = asked
        st.switch_page(pages[chapter.path], query_params=query)
    if "training_job" in st.session_state:
        _keep_training()
    page.run()
    _settle(len(sys.modules))


@st.fragment(run_every=3.0)
def _keep_training() -> None:
    # A visitor who reads another scene has not gone: the training ends only with the tab.
    st.session_state["training_job"].heartbeat()


def _nothing() -> None:
    """A window that became narrow needs only the rerun."""


@st.cache_resource(show_spinner=False, max_entries=1)
def _settle(modules: int) -> int:
    # Streamlit collects after every run; frozen, what was loaded once is not walked through again.
    gc.collect()
    gc.freeze()
    return modules
