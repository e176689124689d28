"""The shell around every page."""

import threading

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from explainer.ui.collector import NAME
from tests.scenes import APP


def test_the_collector_runs_beside_the_visitors():
    app = AppTest.from_file(str(APP), default_timeout=60)
    app.run().run()
    assert [thread.name for thread in threading.enumerate()].count(NAME) == 1


def test_the_disk_is_asked_for_the_pages_once_not_in_every_run(monkeypatch):
    app = AppTest.from_file(str(APP), default_timeout=60).run()
    asked = []
    monkeypatch.setattr(st, "Page", lambda *args, **_: asked.append(args))
    assert not app.run().exception
    assert asked == []


def test_a_page_that_one_run_marks_is_no_page_of_another():
    pages = AppTest.from_function(_two_runs, default_timeout=60).run()
    assert [text.value for text in pages.text] == ["True", "False"]


def _two_runs():
    import streamlit as st

    from explainer.ui import chapters

    mine, yours = chapters.pages()["neuron"], chapters.pages()["neuron"]
    mine._can_be_called = True  # as st.navigation does for the run that it is called in
    st.text(mine._can_be_called)
    st.text(yours._can_be_called)


@pytest.mark.parametrize(("said", "presents"), [("1", True), ("0", False), ("yes", False), (None, False)])
def test_a_link_presents_from_the_first_run_on(said, presents):
    app = AppTest.from_file(str(APP), default_timeout=60)
    if said:
        app.query_params["present"] = said
    app.run()
    assert app.session_state["clicker"]["presenting"] == presents
