"""Messages of a run go out in one piece, in their order, and never too late."""

import time
from pathlib import Path
from types import SimpleNamespace

import pytest
from streamlit.testing.v1 import AppTest

from explainer.ui import together as module
from explainer.ui.together import together


@pytest.fixture
def context(monkeypatch):
    """A run's context that notes what it sends."""
    sent = []
    run = SimpleNamespace(_enqueue=sent.append, sent=sent)
    monkeypatch.setattr(module, "get_script_run_ctx", lambda: run)
    return run


def test_messages_wait_for_the_end_and_keep_their_order(context):
    with together():
        for number in range(5):
            context._enqueue(number)
        assert context.sent == []
    assert context.sent == [0, 1, 2, 3, 4]
    context._enqueue(5)
    assert context.sent == [0, 1, 2, 3, 4, 5]


def test_a_slow_scene_shows_what_there_is(context, monkeypatch):
    monkeypatch.setattr(module, "PATIENCE", 0.01)
    with together():
        context._enqueue("title")
        deadline = time.monotonic() + 5
        while not context.sent and time.monotonic() < deadline:
            time.sleep(0.005)
        assert context.sent == ["title"]
        context._enqueue("picture")
        assert context.sent == ["title", "picture"]
    assert context.sent == ["title", "picture"]


def test_inside_another_it_does_nothing(context):
    with together():
        with together():
            context._enqueue("inner")
        assert context.sent == []
    assert context.sent == ["inner"]


def _fail_after_a_title(context):
    with together():
        context._enqueue("title")
        _ = 1 / 0


def test_what_was_drawn_before_a_failure_is_sent(context):
    with pytest.raises(ZeroDivisionError):
        _fail_after_a_title(context)
    assert context.sent == ["title"]
    context._enqueue("later")
    assert context.sent == ["title", "later"]


def test_outside_a_run_nothing_is_held(monkeypatch):
    monkeypatch.setattr(module, "get_script_run_ctx", lambda: None)
    with together():
        pass


def test_no_scene_stops_its_run():
    root = Path(__file__).resolve().parents[2]
    sources = [path for folder in ("explainer", "pages") for path in (root / folder).rglob("*.py")]
    assert len(sources) > 100
    assert [path.name for path in sources if "st.stop(" in path.read_text(encoding="utf-8")] == []


def test_streamlit_sends_through_what_holds(monkeypatch):
    taken = []

    class Noted(module.Held):
        def __call__(self, message):
            taken.append(message.WhichOneof("type"))
            super().__call__(message)

    monkeypatch.setattr(module, "Held", Noted)
    app = AppTest.from_function(_app).run()
    assert [title.value for title in app.title] == ["held"]
    assert taken == ["delta"]


def _app():
    import streamlit as st

    from explainer.ui.together import together

    with together():
        st.title("held")
