"""The shell around every page."""

import threading

from streamlit.testing.v1 import AppTest

from explainer.ui.collector import NAME
from tests.scenes import APP


def test_the_collector_runs_beside_the_visitors():
    app = AppTest.from_file(str(APP), default_timeout=60)
    app.run().run()
    assert [thread.name for thread in threading.enumerate()].count(NAME) == 1
