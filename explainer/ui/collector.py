"""The garbage collector at rest: what lives in the server is not walked through again after every run.

Streamlit collects after each run of each visitor, and a collection visits whatever is not frozen: after a
while that is all that open sessions hold.
"""

import gc
import threading
import time
from typing import Any

from explainer.components.streamlit_inside import runs, server
from explainer.ui import allocator

NAME = "collector"
FREEZE_EVERY = 1.0  # seconds
COLLECT_EVERY = 30.0  # seconds for which what was frozen and is no longer needed keeps its memory

_starting = threading.Lock()


def start() -> None:
    """Freeze and collect beside the visitors' runs until the server stops, in one thread."""
    with _starting:
        if NAME not in (thread.name for thread in threading.enumerate()):  # this module may have come anew
            allocator.settle()
            threading.Thread(target=_work, args=(server(),), name=NAME, daemon=True).start()


def _work(served: Any) -> None:
    due = time.monotonic()
    while runs(served):
        time.sleep(FREEZE_EVERY)
        if time.monotonic() >= due:
            gc.unfreeze()
            gc.collect()
            allocator.trim()
            due = time.monotonic() + COLLECT_EVERY
        gc.freeze()
