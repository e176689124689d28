"""What a browser may tell: every event of a component is checked here before anything acts on it.

A component sends only what it was drawn with. Whatever else arrives was forged, or speaks of a picture that
has gone since: it is ignored.
"""

from collections.abc import Callable, Collection
from math import isfinite
from typing import Any, TypeVar

import streamlit as st

from explainer.components.streamlit_inside import this_run

T = TypeVar("T")
Reader = Callable[[Any], T]


class Forged(ValueError):
    """No component of ours tells this."""


def on(key: str, event: str, read: Reader[T], act: Callable[[T], None] | None) -> Callable[[], None]:
    """Return the callback of an event; it acts on what can be read, and on nothing else.

    A message may hold thousands of events of one name: the last one counts, once a run.

    Args:
        key: of the component.
        act: gets what was read, before the rerun; None if the component does not offer this event now.
    """
    answered: object = None

    def told() -> None:
        nonlocal answered
        run = this_run()
        if act is None or (run is not None and run is answered):
            return
        answered = run
        value = heard(st.session_state.get(key), event, read)
        if value is not None:
            act(value)

    return told


def heard(state: Any, event: str, read: Reader[T]) -> T | None:
    """Return what a component told, or None: it told nothing, or nothing of its own.

    Args:
        state: of the component, or what it returned in this run.
    """
    value = state.get(event) if isinstance(state, dict) else None
    try:
        return None if value is None else read(value)
    except Forged:
        return None


# --- readers: a value as it may be, or Forged -------------------------------------------------------


def flag(value: Any) -> bool:
    """Read true or false."""
    return _sure(value, isinstance(value, bool))


def clicked(value: Any) -> bool:
    """Read that there was a click, of which nothing else is to be told."""
    return _sure(value, value is True)


def whole(low: int, high: int) -> Reader[int]:
    """Read a whole number within bounds."""
    return lambda value: _sure(value, type(value) is int and low <= value <= high)


def index(count: int) -> Reader[int]:
    """Read a place among so many, counted from 0."""
    return whole(0, count - 1)


def number(low: float, high: float) -> Reader[float]:
    """Read a finite number within bounds."""
    return lambda value: float(
        _sure(value, type(value) in (int, float) and low <= value <= high and isfinite(value))
    )


def text(longest: int) -> Reader[str]:
    """Read a text of at most so many characters."""
    return lambda value: _sure(value, isinstance(value, str) and len(value) <= longest)


def one_of(options: Collection[str]) -> Reader[str]:
    """Read one of the texts that are offered."""
    return lambda value: _sure(value, isinstance(value, str) and value in options)


def maybe(read: Reader[T]) -> Reader[T | None]:
    """Read nothing, or what another reader reads."""
    return lambda value: None if value is None else read(value)


def several(read: Reader[T], most: int) -> Reader[list[T]]:
    """Read at most so many values of one kind."""
    return lambda value: [read(one) for one in _sure(value, isinstance(value, list) and len(value) <= most)]


def named(read: Reader[T], most: int) -> Reader[dict[str, T]]:
    """Read at most so many values of one kind, each under a name of its own."""
    return lambda value: {
        text(80)(name): read(one)
        for name, one in _sure(value, isinstance(value, dict) and len(value) <= most).items()
    }


def record(**fields: Reader) -> Reader[dict[str, Any]]:
    """Read these fields of an object; others are left out."""
    return lambda value: {
        name: read(_sure(value, isinstance(value, dict)).get(name)) for name, read in fields.items()
    }


def _sure(value: T, holds: bool) -> T:
    if not holds:
        raise Forged(f"{value!r:.80}")
    return value
