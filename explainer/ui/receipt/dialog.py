"""The receipt: a click on any probability opens how it was made, down to single multiplications."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import streamlit as st

from explainer.components.receipt import receipt as draw
from explainer.faults import Fault
from explainer.ui.dialog import dialog
from explainer.ui.receipt.question import Question, count, link
from explainer.ui.receipt.wording import MORE, question, worded
from explainer.ui.source import with_source

TOP = 10  # terms that are shown at first
ADDRESS = "receipt"
EXAMPLE = {"model": "girls-gpt", "context": "AN", "next": "N"}


_make: Callable[[Question], Any]


def receipts_from(make: Callable[[Question], Any]) -> None:
    """Say who makes receipts; scenes open them, and who makes them must know all scenes' models.

    Args:
        make: returns what ``models.made`` returns.
    """
    global _make
    _make = make


def open_receipt(*asked: Any) -> None:
    """Open the dialog on one probability, the parts of a Question; from a callback or the run of a click."""
    st.session_state["receipt_path"], st.session_state["receipt_shown"] = "", TOP
    _dialog(Question(*asked))


def receipt_button(asked: Question, *, key: str, label: str = "Open the receipt") -> None:
    """Draw a button that opens the receipt of one probability."""
    st.button(label, key=key, type="tertiary", on_click=open_receipt, args=asked)


def linked_receipt() -> None:
    """Draw the step that the address names; an example if it names none."""
    told = {key: st.query_params.get(key, "") for key in ("model", "context", "next", "read", "step")}
    if not told["model"]:
        told |= EXAMPLE
    asked = Question(told["model"], told["context"], told["next"], count(told["read"]))

    def go(path: str) -> None:
        st.session_state["receipt_shown"] = TOP
        st.query_params.update(link(asked, path))
        if not path:
            st.query_params.pop("step", None)

    show(asked, told["step"], go)


@dialog("The receipt")
def _dialog(asked: Question) -> None:
    def go(path: str) -> None:
        st.session_state["receipt_path"], st.session_state["receipt_shown"] = path, TOP

    show(asked, st.session_state["receipt_path"], go, place="dialog")


def show(asked: Question, path: str, go: Callable[[str], None], place: str = "page") -> None:
    """Draw one step of a receipt, or say what is wrong with what was asked for.

    Args:
        path: the steps that were opened, from the probability down.
        go: called with another path when one is opened.
        place: "page" fills the stage, "dialog" takes what it needs.
    """
    from explainer.traces.receipt import walk

    try:
        made = _make(asked)
        steps = with_source(walk, type(made.receipt))(made.receipt, path)
    except Fault as fault:
        st.text(str(fault))
        if path:
            st.button("To the probability", key=f"receipt_{place}_top", on_click=go, args=("",))
        return
    names = [name for name in path.split("/") if name]
    step = {
        **worded(steps, names, st.session_state.setdefault("receipt_shown", TOP)),
        "asked": made.asked or question(made.model, asked.context, asked.character, made.names, made.read),
        "link": f"{ADDRESS}?{urlencode(link(asked if made.read else asked._replace(read=None), path))}",
        "place": place,
        "where": _where(made.receipt, names[-1] if names else ""),
    }
    draw(step, key=f"receipt_{place}", on_open=go, on_more=_more)


def _where(receipt: Any, name: str) -> dict[str, Any] | None:
    """Return where in its model a step stands, as the small map shows it; None for models without layers."""
    if not callable(getattr(receipt, "place", None)):
        return None
    place = receipt.place(name)
    return {"sections": place.sections, "here": place.section, "part": place.part}


def _more() -> None:
    st.session_state["receipt_shown"] *= MORE
