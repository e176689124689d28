"""What a run tells the browser arrives in one piece, so that a scene is rendered once and not in bits."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime.scriptrunner import get_script_run_ctx

PATIENCE = 0.05  # seconds; then the browser gets what there is: a slow scene shows its title meanwhile


class Held:
    """Messages that wait for each other until they are released; later ones pass."""

    def __init__(self, send: Callable[[ForwardMsg], None]) -> None:
        self.send = send
        self._lock = threading.RLock()
        self._waiting: list[ForwardMsg] | None = []

    def __call__(self, message: ForwardMsg) -> None:
        """Take a message."""
        with self._lock:
            if self._waiting is None:
                self.send(message)
            else:
                self._waiting.append(message)

    def release(self) -> None:
        """Send what waits, in the order in which it came."""
        with self._lock:
            waiting, self._waiting = self._waiting or [], None
            for message in waiting:
                self.send(message)


@contextmanager
def together() -> Iterator[None]:
    """Send what is drawn inside the block at its end, or after ``PATIENCE``; inside another, do nothing.

    Streamlit has no word for this: a run's context calls ``_enqueue`` for every message. Without it, all goes
    out one by one, as ever. ``st.stop`` would lose what waits: a scene raises ``deck.Ended`` instead.
    """
    context = get_script_run_ctx()
    send = getattr(context, "_enqueue", None)
    if send is None or isinstance(send, Held):
        yield
        return
    context._enqueue = held = Held(send)
    timer = threading.Timer(PATIENCE, held.release)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        context._enqueue = send
        held.release()
