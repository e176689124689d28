""" "Show the code": the functions that computed the scene, from the source that ran; also as a notebook."""

import inspect
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import streamlit as st

from explainer.notebook import Call, of_calls
from explainer.ui.caches import keep, origin
from explainer.ui.dialog import dialog

P = ParamSpec("P")
R = TypeVar("R")
ROOT = Path(__file__).resolve().parents[2]

_ran: ContextVar[list[Call] | None] = ContextVar("ran", default=None)
_depth: ContextVar[int] = ContextVar("depth", default=0)  # how many of the calls that are noted are under way


@contextmanager
def recording() -> Iterator[list[Call]]:
    """Collect the calls of shown functions inside the block, in calling order."""
    ran: list[Call] = []
    token = _ran.set(ran)
    try:
        yield ran
    finally:
        _ran.reset(token)


def with_source(function: Callable[P, R], *also: Callable) -> Callable[P, R]:
    """Return the function, noted for "Show the code" whenever it is called.

    Args:
        function: what computes.
        also: functions that it calls and that the reader should see too.
    """

    return _noted(function, function, also)


def cached(function: Callable[P, R], *also: Callable, pool: str = "scenes") -> Callable[P, R]:
    """Return the function, whose answers are kept, noted for "Show the code" whenever it is called.

    Args:
        function: a pure function of hashable arguments.
        also: functions that it calls and that the reader should see too.
        pool: the row of ``caches.BOUNDS`` that its answers count in.
    """
    return _noted(function, keep(pool)(function), also)


def offer(function: Callable, *args: Any, also: tuple[Callable, ...] = ()) -> None:
    """Note a call for the notebook alone: of what made, elsewhere, that which is on the screen.

    Args:
        also: functions that it calls and that the reader should see too.
    """
    ran = _ran.get()
    if ran is not None:
        ran.append(Call(function, args, {}, also))


def _noted(function: Callable[P, R], answers: Callable[P, R], also: tuple[Callable, ...]) -> Callable[P, R]:
    """Return what answers in a function's place, so that each call is noted with its answer."""

    @wraps(function)
    def call(*args: P.args, **kwargs: P.kwargs) -> R:
        ran = _ran.get()
        if ran is None:
            return answers(*args, **kwargs)
        made = Call(function, args, kwargs, also, nested=_depth.get() > 0)
        ran.append(made)
        token = _depth.set(_depth.get() + 1)
        try:
            made.result = answers(*args, **kwargs)
        finally:
            _depth.reset(token)
        return made.result

    return call


def show_code(draw: Callable, ran: Sequence[Call], title: str, sentence: str, name: str) -> None:
    """Open a window with the source of every function, as it ran, and the offer to take it as a notebook.

    Args:
        draw: what draws the scene.
        ran: the calls that it made.
        name: of the file, without its ending.
    """
    called = [function for call in ran for function in (call.function, *call.also)]
    functions = list(filter(_ours, map(inspect.unwrap, dict.fromkeys([draw, *called]))))
    _window(functions, of_calls(title, sentence, ran, origin), f"{name}.ipynb")


@dialog("The code that made this picture")
def _window(functions: list[Callable], notebook: bytes | None, name: str) -> None:
    if notebook:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.download_button("As a notebook", notebook, name, "application/x-ipynb+json", on_click="ignore")
            st.markdown(":gray[These very numbers, computed again: open it in a checkout of this project.]")
    for function in sorted(functions, key=_shows):
        where = _file(function).relative_to(ROOT)
        st.markdown(f"**{function.__name__.replace('_', ' ').strip()}** :gray[· {where}]")
        st.code(inspect.getsource(function), language="python")


def _ours(function: Callable) -> bool:
    """Return whether a function is written in this house, and not in one of its libraries."""
    path = Path(getattr(inspect.getmodule(function), "__file__", None) or "/")
    return any(path.is_relative_to(ROOT / folder) for folder in ("explainer", "pages"))


def _shows(function: Callable) -> int:
    """Return 0 for what computes, 1 for what puts it on the stage, 2 for the scene itself."""
    return {"explainer.ui": 1, "pages": 2}.get(_home(function), 0)


def _home(function: Callable) -> str:
    where = _file(function).relative_to(ROOT).parts
    return where[0] if where[0] == "pages" else ".".join(where[:2])


def _file(function: Callable) -> Path:
    return Path(inspect.getsourcefile(function) or inspect.getfile(function))
