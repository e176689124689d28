"""The address: what it says is cleaned before a control reads it; it names the controls of one scene only."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar

import streamlit as st

from explainer.components import moment
from explainer.components.streamlit_inside import QueryParams, drop, goes_back, put, query, read_as

_drawn: ContextVar[set[str] | None] = ContextVar("drawn", default=None)


def clean(key: str, fits: Callable[[Sequence[str]], bool], labels: Mapping[str, str] | None = None) -> str:
    """Take what the address says of a control out of it if it makes no sense there; return the key.

    Args:
        key: of the control, which is the parameter's name, too.
        fits: whether the control can take these values of the parameter, in their order.
        labels: what the control calls the values that the address holds, so that rewording breaks no link.
    """
    told, drawn = query(), _drawn.get()
    if drawn is not None:
        drawn.add(key)
    _bring_back(told, key)
    if labels:
        st.session_state.setdefault("address_labels", {})[key] = labels
    if key in told and not fits(told.get_all(key)):
        values = [(labels or {}).get(value, value) for value in told.get_all(key)]
        read_as(told, key, values) if fits(values) else drop(told, key)
    return key


@contextmanager
def of_scene(reads: Collection[str]) -> Iterator[None]:
    """While the block draws a scene, note its controls and pictures; then nothing else stays in the address.

    Args:
        reads: parameters that are no control's, but read by the scene itself.
    """
    drawn: set[str] = set()
    token = _drawn.set(drawn)
    st.session_state["address_labels"] = {}
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
    keys = keyed()
    return [
        (key, keys.get(key, {}).get(value, value))
        for key in st.query_params
        for value in st.query_params.get_all(key)
    ]


def keyed() -> dict[str, dict[str, str]]:
    """Return the keys of what controls on the screen call their options, or called them, by parameter.

    A key that is another option's label names that one: such an option goes by its label.
    """
    labels = st.session_state.get("address_labels", {})
    found = {name: _keys(options) for name, options in labels.items()}
    return {name: keys for name, keys in found.items() if keys}


def _keys(labels: Mapping[str, str]) -> dict[str, str]:
    shown = set(labels.values())
    keys = {label: key for key, label in labels.items() if key not in shown}
    called = {key: keys[label] for key, label in labels.items() if label in keys and key not in shown}
    return keys | {name: key for name, key in called.items() if name != key}


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
