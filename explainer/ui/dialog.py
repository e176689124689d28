"""A window above the scene."""

from collections.abc import Callable
from functools import wraps
from typing import Literal, ParamSpec

import streamlit as st

from explainer.components.streamlit_inside import has_dialog
from explainer.ui.guard import guarded

P = ParamSpec("P")


def dialog(
    title: str, width: Literal["small", "large"] = "large"
) -> Callable[[Callable[P, None]], Callable[P, None]]:
    """Turn a function into one that opens a window and draws into it.

    The first of a run stays alone: Streamlit refuses a second one, which only a forged message can ask for.
    """

    def decorate(draw: Callable[P, None]) -> Callable[P, None]:
        window = st.dialog(title, width=width)(guarded()(draw))

        @wraps(draw)
        def open_window(*args: P.args, **kwargs: P.kwargs) -> None:
            if not has_dialog():
                window(*args, **kwargs)

        return open_window

    return decorate
