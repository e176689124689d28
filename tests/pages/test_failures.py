"""What a visitor reads when a file is bad or a scene fails: what to do, and the way on."""

import logging

import pytest
from streamlit.testing.v1 import AppTest

from explainer import checkpoints, names
from explainer.checkpoints import BadCheckpoint
from explainer.names import RegisterError
from explainer.ui import caches, guard
from explainer.ui.scenes import attention, references
from tests.scenes import ask, deck, open_scene, part, title

BAD_MODEL = "The checkpoint “<b>x</b>” is [missing](https://e.vil) its *file* :red[a]. Restore it."
BAD_NAMES = "data/names.csv, line 7: the row “`<i>`” is incomplete. Restore it."
NEEDY = {"", "bigram", "mlp", "training", "pytorch", "gpt", "attention", "fine-tuning", "compare"}  # chapters


@pytest.fixture
def bad_files(monkeypatch):
    """Every checkpoint and the register are damaged, for whoever did not load them yet."""

    def bad_model(*_, **__):
        raise BadCheckpoint(BAD_MODEL)

    def bad_names(*_, **__):
        raise RegisterError(BAD_NAMES)

    _forget()
    monkeypatch.setattr(checkpoints, "load", bad_model)
    monkeypatch.setattr(checkpoints, "history", bad_model)
    monkeypatch.setattr(names, "register", bad_names)
    yield
    _forget()


def _forget() -> None:
    caches.clear()
    names._vocabulary.cache_clear()


def broken(*_, **__):
    raise ZeroDivisionError("division by zero")


def said(app: AppTest) -> list[str]:
    """Return the plain texts below the heading that something cannot be shown."""
    assert not app.exception
    assert {e.value for e in app.error} <= {"This cannot be shown."}
    return [t.value for t in app.text if t.value in (BAD_MODEL, BAD_NAMES, guard.FAILED)]


def logged(caplog) -> set[type]:
    """Return what failed, as the log has it, and forget it."""
    found = {r.exc_info[0] for r in caplog.records if r.name == guard.__name__ and r.levelno == logging.ERROR}
    caplog.clear()
    return found


@pytest.mark.usefixtures("bad_files")
def test_bad_files_are_told_on_every_scene_that_needs_them_and_one_can_go_on():
    needy = set()
    for path, slug, file in deck():
        app = open_scene(file, slug)
        messages = said(app)
        assert messages in ([], [BAD_MODEL], [BAD_NAMES]), (path, slug)
        assert title(app)
        assert part(app, "frame")
        if messages:
            needy.add(path)
    assert needy >= NEEDY


def test_a_scene_that_fails_is_logged_and_says_what_to_do(monkeypatch, caplog):
    app = open_scene("references.py", "sources")
    monkeypatch.setattr(references, "checkpoints", broken)
    app.query_params["scene"] = "checkpoints"
    assert said(app.run()) == [guard.FAILED]
    assert title(app) == "Checkpoints"
    assert part(app, "frame")
    assert logged(caplog) == {ZeroDivisionError}
    app.query_params["scene"] = "glossary"
    assert said(app.run()) == []


def test_a_part_that_runs_alone_says_it_too(monkeypatch, caplog):
    monkeypatch.setattr(attention, "_stream", broken)
    assert said(open_scene("attention.py", "who-looks-at-whom", attention_model="girls’ names")) == [
        guard.FAILED
    ]
    assert logged(caplog) == {ZeroDivisionError}


def test_a_window_that_fails_says_it_too(monkeypatch, caplog):
    app = open_scene("bigram.py", "sample")
    monkeypatch.setattr("explainer.ui.receipt.dialog.show", broken)
    assert said(ask(app, "receipt")) == [guard.FAILED]
    assert logged(caplog) == {ZeroDivisionError}
    assert title(app) == "Sample a name"


def test_a_page_that_fails_before_its_scene_says_what_to_do(monkeypatch, caplog):
    monkeypatch.setattr("explainer.ui.chapter", broken)
    assert said(open_scene("neuron.py", "")) == [guard.FAILED]
    assert logged(caplog) == {ZeroDivisionError}
