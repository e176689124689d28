"""The address: what it says is cleaned before a control reads it; it names the controls of one scene only."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar

import streamlit as st

from explainer.components import moment
from explainer.components.streamlit_inside import QueryParams, drop, goes_back, put, query

_drawn: ContextVar[set[str] | None] = ContextVar("drawn", default=None)


def clean(key: str, fits: Callable[[Sequence[str]], bool], labels: Mapping[str, str] | None = None) -> str:
    """Take what the address says of a control out of it if it makes no sense there; return the key.

    Args:
        key: of the control, which is the parameter's name, too.
        fits: whether the control can take these values of the parameter, in their order.
        labels: what the control calls the values that links hold, so that rewording breaks no link.
    """
    told, drawn = query(), _drawn.get()
    if drawn is not None:
        drawn.add(key)
    _bring_back(told, key)
    if labels:
        st.session_state.setdefault("address_labels", {})[key] = labels
    if key in told and not fits(told.get_all(key)):
        values = [(labels or {}).get(value, value) for value in told.get_all(key)]
        put(told, key, values) if fits(values) else drop(told, key)
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
        with moment.noting() as noted:
            yield
    finally:
        _drawn.reset(token)
    told = query()
    for key in set(told) - drawn - set(reads):
        if key not in noted or not moment.fits(noted[key], told.get_all(key)):
            drop(told, key)
    _keep({key: told.get_all(key) for key in drawn})


def shared() -> list[tuple[str, str]]:
    """Return the parameters as links hold them: options by their keys, which no rewording touches."""
    labels = st.session_state.get("address_labels", {})
    return [
        (key, _keyed(value, labels.get(key, {})))
        for key in st.query_params
        for value in st.query_params.get_all(key)
    ]


def _keyed(value: str, labels: Mapping[str, str]) -> str:
    keys = {label: key for key, label in labels.items()}
    found = keys.get(value, value)
    return value if found in keys else found  # what is another option's label names that one


def kept() -> dict[str, list[str]]:
    """Return what the address said last of every control that was drawn in this visit."""
    return st.session_state.setdefault("address_kept", {})


def bring_back(told: dict[str, list[str]] | None) -> None:
    """Take what a browser had ``kept`` when it lost its server; a control gets it when it is drawn."""
    if told:
        st.session_state["address_back"] = dict(told)
        st.session_state["address_kept"] = {**told, **kept()}


def _bring_back(told: QueryParams, key: str) -> None:
    values = st.session_state.get("address_back", {}).pop(key, None)
    free = key not in told and key not in st.session_state
    if values and free and not goes_back():
        put(told, key, values)


def _keep(told: Mapping[str, list[str]]) -> None:
    st.session_state["address_kept"] = {k: v for k, v in {**kept(), **told}.items() if v}
