""" "Show the code": the functions that computed the scene, taken from the source that ran."""

import inspect
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from pathlib import Path
from typing import ParamSpec, TypeVar

import streamlit as st

from explainer.ui.caches import keep
from explainer.ui.dialog import dialog

P = ParamSpec("P")
R = TypeVar("R")
ROOT = Path(__file__).resolve().parents[2]

_ran: ContextVar[list[Callable] | None] = ContextVar("ran", default=None)


@contextmanager
def recording() -> Iterator[list[Callable]]:
    """Collect the shown functions that are called inside the block, each once, in calling order."""
    ran: list[Callable] = []
    token = _ran.set(ran)
    try:
        yield ran
    finally:
        _ran.reset(token)


def shown(function: Callable[P, R], *also: Callable) -> Callable[P, R]:
    """Return the function, noted for "Show the code" whenever it is called.

    Args:
        function: what computes.
        also: functions that it calls and that the reader should see too.
    """

    @wraps(function)
    def call(*args: P.args, **kwargs: P.kwargs) -> R:
        _note(function, *also)
        return function(*args, **kwargs)

    return call


def cached(function: Callable[P, R], *also: Callable, pool: str = "scenes") -> Callable[P, R]:
    """Return the function, whose answers are kept, noted for "Show the code" whenever it is called.

    Args:
        function: a pure function of hashable arguments.
        also: functions that it calls and that the reader should see too.
        pool: the row of ``caches.BOUNDS`` that its answers count in.
    """
    remembered = keep(pool)(function)

    @wraps(function)
    def call(*args: P.args, **kwargs: P.kwargs) -> R:
        _note(function, *also)
        return remembered(*args, **kwargs)

    return call


@dialog("The code that made this picture")
def show_code(functions: list[Callable]) -> None:
    """Open a window with the source of every function, as it ran."""
    for function in filter(_ours, map(inspect.unwrap, functions)):
        where = Path(inspect.getsourcefile(function)).relative_to(ROOT)
        st.markdown(f"**{function.__name__.replace('_', ' ').strip()}** :gray[· {where}]")
        st.code(inspect.getsource(function), language="python")


def _ours(function: Callable) -> bool:
    """Return whether a function is written in this house, and not in one of its libraries."""
    path = Path(getattr(inspect.getmodule(function), "__file__", None) or "/")
    return any(path.is_relative_to(ROOT / folder) for folder in ("explainer", "pages"))


def _note(*functions: Callable) -> None:
    ran = _ran.get()
    if ran is not None:
        ran.extend(f for f in functions if f not in ran)
