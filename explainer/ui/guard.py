"""A scene that cannot go on says why and what to do; what stands beside it stays as it is."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from explainer.components.streamlit_inside import FragmentHandledException
from explainer.faults import Fault

FAILED = "Reload the page. If that does not help, go on with the next scene: the others are not affected."

_log = logging.getLogger(__name__)


class Waits(Exception):
    """A scene has nothing to show yet, and has said what it waits for."""


@contextmanager
def guarded(place: DeltaGenerator | None = None) -> Iterator[None]:
    """Say what goes wrong inside the block and go on after it; also a decorator for a part that runs alone.

    Args:
        place: where it is said; where the block stands if none is given.
    """
    try:
        yield
    except FragmentHandledException:  # a part that runs alone has said it
        raise
    except Waits:
        pass
    except Fault as fault:
        _log.warning("%s", fault)
        _say(place, str(fault))
    except Exception:
        _log.exception("A scene failed.")
        _say(place, FAILED)


def _say(place: DeltaGenerator | None, message: str) -> None:
    with place or st.container():
        st.error("This cannot be shown.")
        st.text(message)  # plain text: what a visitor typed or a file holds may stand in it
