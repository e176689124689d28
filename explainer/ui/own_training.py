"""A visitor's own training: it goes on while other scenes are read, and is found again after a reload."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from explainer.components.pulse import pulse
from explainer.components.streamlit_inside import is_open, query, this_tab
from explainer.metadata import VISIT
from explainer.training.queue import PAUSED, RUNNING, WAITING, Job, Report, TrainingQueue

if TYPE_CHECKING:  # the shell is drawn before torch is there
    from explainer.training.mlp import Snapshot
    from explainer.training.queue import Trainer

CHAPTER, SCENE = "training", "live"  # where it is shown
LOOK_EVERY = 2.0  # seconds
SECRET = re.compile(r"[\w-]{43}", re.ASCII)  # as secrets.token_urlsafe(32) makes them


queue = TrainingQueue(is_open=is_open)  # of all visitors


def current() -> Job | None:
    """Return this visitor's latest training."""
    return st.session_state.get("training_job")


def existing() -> Job:
    """Return this visitor's latest training where there is one.

    Raises:
        LookupError: if there is none.
    """
    if (job := current()) is None:
        raise LookupError("this visitor has trained nothing")
    return job


def secret() -> str:
    """Return what the tab keeps to find its training again; empty as long as there is none."""
    job = current()
    return job.owner if job else ""


def start(make: Callable[[], Trainer], about: Any, note: Callable[[Snapshot], Any] | None = None) -> None:
    """Put a training into the queue in place of this visitor's earlier one; see ``TrainingQueue.submit``."""
    _take(queue.submit(secret() or secrets.token_urlsafe(32), make, about, note))


def recover(offered: str) -> None:
    """Give the training back whose secret the tab has kept; anything else gives nothing."""
    if offered:
        st.session_state["tab_asked"] = True
    if current() is None and SECRET.fullmatch(offered):
        job = queue.find(offered)
        if job is not None:
            _take(job)


def is_awaited() -> bool:
    """Return whether a visit began at a model that is a visitor's own, and the tab has not said yet whose.

    Until then no control may read the address; it would drop the model as nobody's.
    """
    told = query()
    if not any(value.startswith(f"{VISIT}@") for key in told for value in told.get_all(key)):
        st.session_state["tab_asked"] = True
    return "tab_asked" not in st.session_state


def _take(job: Job) -> None:
    job.opened_in(this_tab())
    st.session_state["training_job"] = job


def take_back(job: Job) -> None:
    """Put an earlier training of this visitor, which has ended, in the place of the latest one."""
    st.session_state["training_job"] = st.session_state["training_seen"] = job


def seen() -> None:
    """Note that the visitor has seen how the training ended."""
    st.session_state["training_seen"] = current()


def badge(page: StreamlitPage) -> None:
    """Say beside the dots how the training stands, with a link back to it; nothing if there is none.

    Args:
        page: the chapter in which it is shown.
    """
    job = current()
    if job is not None and st.session_state.get("training_seen") is not job:
        with st.container(key="badge", width="content"):
            _link(page)


@st.fragment
def _link(page: StreamlitPage) -> None:
    report = existing().report()
    st.page_link(page, label=told(report), query_params={"scene": SCENE}, width="content")
    pulse("badge", LOOK_EVERY if report.state in (RUNNING, WAITING) else None)


def told(report: Report) -> str:
    """Say in a few words how a training stands."""
    share = f"{report.progress.step / report.progress.steps:.0%}" if report.progress else "0%"
    if report.state == RUNNING:
        return f"Training {share}"
    if report.state in (WAITING, PAUSED):
        return f"Training {report.state} at {share}"
    return f"Training {report.state}"
