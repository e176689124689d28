"""The address: what it says is cleaned before a control reads it; it names the controls of one scene only."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.state.query_params import QueryParams

from explainer.components import moment

_drawn: ContextVar[set[str] | None] = ContextVar("drawn", default=None)


def clean(key: str, fits: Callable[[Sequence[str]], bool]) -> str:
    """Take what the address says of a control out of it if it makes no sense there; return the key.

    Args:
        key: of the control, which is the parameter's name, too.
        fits: whether the control can take these values of the parameter, in their order.
    """
    query, drawn = _query(), _drawn.get()
    if drawn is not None:
        drawn.add(key)
    _bring_back(query, key)
    if key in query and not fits(query.get_all(key)):
        _drop(query, key)
    return key


@contextmanager
def of_scene(reads: Collection[str]) -> Iterator[None]:
    """While the block draws a scene, note its controls and pictures; then nothing else stays in the address.

    Args:
        reads: parameters that are no control's, but read by the scene itself.
    """
    drawn: set[str] = set()
    token = _drawn.set(drawn)
    try:
        with moment.noting() as told:
            yield
    finally:
        _drawn.reset(token)
    query = _query()
    for key in set(query) - drawn - set(reads):
        if key not in told or not moment.fits(told[key], query.get_all(key)):
            _drop(query, key)
    _keep({key: query.get_all(key) for key in drawn})


def kept() -> dict[str, list[str]]:
    """Return what the address said last of every control that was drawn in this visit."""
    return st.session_state.setdefault("address_kept", {})


def bring_back(told: dict[str, list[str]] | None) -> None:
    """Take what a browser had ``kept`` when it lost its server; a control gets it when it is drawn."""
    if told:
        st.session_state["address_back"] = dict(told)
        st.session_state["address_kept"] = {**told, **kept()}


def _bring_back(query: QueryParams, key: str) -> None:
    values = st.session_state.get("address_back", {}).pop(key, None)
    free = key not in query and key not in st.session_state
    if (
        values and free and not get_script_run_ctx().is_history_navigation
    ):  # Back leads to what was seen there
        query.set_corrected_value(key, values, "string_array_value")
        query._initial_query_params[key] = values


def _keep(told: Mapping[str, list[str]]) -> None:
    st.session_state["address_kept"] = {k: v for k, v in {**kept(), **told}.items() if v}


def _drop(query: QueryParams, key: str) -> None:
    query.remove_param(key)
    query._initial_query_params.pop(key, None)


def _query() -> QueryParams:
    """Return the parameters with what ``st.query_params`` does not tell: the values for new controls."""
    with get_script_run_ctx().session_state.query_params() as query:
        return query
