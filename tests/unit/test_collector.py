"""What lives in the server is frozen by one thread, started once, that ends with the server."""

import gc
import importlib
import threading
import time
from types import SimpleNamespace

import pytest
from streamlit.runtime import Runtime, RuntimeState

from explainer.ui import collector


@pytest.fixture(autouse=True)
def _server(monkeypatch):
    """A server that runs, and a collector of its own that does not wait long; both end with the test."""
    running = SimpleNamespace(state=RuntimeState.NO_SESSIONS_CONNECTED)
    monkeypatch.setattr(Runtime, "instance", lambda: running)
    monkeypatch.setattr(collector, "NAME", "collector of this test")
    monkeypatch.setattr(collector, "FREEZE_EVERY", 0.01)
    yield running
    running.state = RuntimeState.STOPPED
    assert _soon(lambda: not _collectors())
    gc.unfreeze()


def _collectors():
    return [thread for thread in threading.enumerate() if thread.name == "collector of this test"]


def _soon(done):
    deadline = time.monotonic() + 5
    while not done() and time.monotonic() < deadline:
        time.sleep(0.005)
    return done()


class Knot:
    """Something that only a collection can free."""

    def __init__(self):
        self.knot = self


def test_one_collector_however_often_it_is_started():
    for _ in range(3):
        collector.start()
    assert len(_collectors()) == 1


def test_a_module_that_comes_anew_starts_no_second():
    collector.start()
    spec = importlib.util.find_spec(collector.__name__)
    again = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(again)
    again.NAME = collector.NAME
    again.start()
    assert len(_collectors()) == 1


def test_what_a_visit_brings_is_not_walked_through_again():
    collector.start()
    brought = Knot()
    assert _soon(lambda: not any(found is brought for found in gc.get_objects()))


def test_what_is_no_longer_needed_is_freed_all_the_same(monkeypatch):
    monkeypatch.setattr(collector, "COLLECT_EVERY", 0.05)
    freed = threading.Event()

    class Noticed(Knot):
        def __del__(self):
            freed.set()

    collector.start()
    kept = [Noticed()]
    assert _soon(lambda: not any(found is kept[0] for found in gc.get_objects()))
    kept.clear()
    assert freed.wait(5)
