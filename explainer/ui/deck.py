"""The deck: chapters made of scenes; which one is on the screen stands in the URL."""

from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path

import streamlit as st
from streamlit.delta_generator import DeltaGenerator
from streamlit.navigation.page import StreamlitPage

from explainer.components.deck_keys import dots
from explainer.figures.base import FONT_SIZE, PHONE_FONT_SIZE
from explainer.ui.glossary import show_words, terms_of
from explainer.ui.receipt import open_receipt
from explainer.ui.source import recording, show_code

PAGES = Path(__file__).resolve().parents[2] / "pages"


@dataclass(frozen=True)
class Chapter:
    """One page: its place in the navigation, its address, its file, and what it lets one explain."""

    section: str
    title: str
    path: str
    file: str
    promise: str = ""
    hidden: bool = False  # reached by links alone: neither in the navigation nor on the clicker's way


CHAPTERS = [
    Chapter("", "Welcome", "", "welcome.py"),
    Chapter("Theory", "Neuron", "neuron", "neuron.py", "what a neuron computes, and why it must bend"),
    Chapter(
        "Theory",
        "Matrix multiplication",
        "matrix-multiplication",
        "matrix_multiplication.py",
        "how one multiplication runs a whole layer",
    ),
    Chapter(
        "Theory",
        "Gradient descent",
        "gradient-descent",
        "gradient_descent.py",
        "how a model learns by walking downhill",
    ),
    Chapter("Bigram", "Bigram", "bigram", "bigram.py", "why counting letter pairs already makes names"),
    Chapter(
        "Multilayer perceptron", "MLP", "mlp", "mlp.py", "how letters become vectors, and vectors a guess"
    ),
    Chapter(
        "Multilayer perceptron", "Training", "training", "training.py", "what happens while a model learns"
    ),
    Chapter(
        "Multilayer perceptron", "PyTorch", "pytorch", "pytorch.py", "three tricks that every model uses"
    ),
    Chapter("GPT", "GPT", "gpt", "gpt.py", "what every block of a GPT is for"),
    Chapter("GPT", "Attention", "attention", "attention.py", "who looks at whom, and what it brings"),
    Chapter("GPT", "Fine-tuning", "fine-tuning", "fine_tuning.py", "how a general model takes on a style"),
    Chapter("Wrap-up", "Four models", "compare", "compare.py", "what each step of the way was worth"),
    Chapter("Wrap-up", "References", "references", "references.py", "where all of this comes from"),
    Chapter("", "The receipt", "receipt", "receipt.py", hidden=True),
]


@dataclass(frozen=True)
class Scene:
    """One screen: a title, one sentence that can be spoken, and the function that draws the rest."""

    title: str
    sentence: str
    draw: Callable[[], None]
    slug: str = field(default="")


# The row of controls of the scene that is being drawn, and where the button of its receipt stands.
_controls: ContextVar[DeltaGenerator] = ContextVar("controls")
_receipt: ContextVar[DeltaGenerator] = ContextVar("receipt")


def scene(title: str, sentence: str) -> Callable[[Callable[[], None]], Scene]:
    """Turn a function into a scene; its address is the function's name."""

    def decorate(draw: Callable[[], None]) -> Scene:
        return Scene(title, sentence, draw, draw.__name__.replace("_", "-"))

    return decorate


def chapter(*scenes: Scene) -> None:
    """Show the scene that the URL names (the first, if it names none) and remember the deck for the keys."""
    current = _current(scenes)
    st.session_state["deck"] = {"scenes": [s.slug for s in scenes], "current": current}
    _show(scenes[current], scenes, current)


def controls() -> DeltaGenerator:
    """Return the row below the picture; ``with controls():`` puts the scene's controls there."""
    return _controls.get()


def receipt_of(model: str, context: str, character: str) -> None:
    """Say which probability of the scene "Open the receipt" explains; see ``open_receipt``."""
    _receipt.get().button(
        "Open the receipt",
        type="tertiary",
        key="show_receipt",
        on_click=open_receipt,
        args=(model, context, character),
    )


def narrow() -> bool:
    """Return whether the window is as narrow as a phone's."""
    return bool(st.session_state.get("clicker", {}).get("narrow", False))


def font_size() -> int:
    """Return a figure's type size in pixels: what the last row can read, or what a phone has room for."""
    return PHONE_FONT_SIZE if narrow() else FONT_SIZE


def chapters() -> list[Chapter]:
    """Return the chapters of this house, in the order of the talk."""
    return [c for c in CHAPTERS if (PAGES / c.file).exists()]


def pages() -> dict[str, StreamlitPage]:
    """Return Streamlit's page of every chapter, by its path."""
    return {
        c.path: st.Page(
            PAGES / c.file,
            title=c.title,
            url_path=c.path,
            default=not c.path,
            visibility="hidden" if c.hidden else "visible",
        )
        for c in chapters()
    }


def turn() -> None:
    """Go on or back by one scene, at the end of a chapter into the next; the clicker's callback."""
    by = st.session_state["clicker"]["turn"]["by"]
    deck = st.session_state.get("deck")
    if deck is None:
        return
    target = deck["current"] + by
    if 0 <= target < len(deck["scenes"]):
        _go_to_scene(deck["scenes"], target)
    else:
        st.session_state["turn_chapter"] = by


def pending_chapter(current: str) -> tuple[Chapter, dict[str, str]] | None:
    """Return the chapter that a key asked for and the query it opens with, or None.

    Args:
        current: the path of the chapter on the screen.
    """
    by = st.session_state.pop("turn_chapter", 0)
    here = [c for c in chapters() if not c.hidden]
    place = next((i + by for i, c in enumerate(here) if c.path == current), -1)
    if not by or not 0 <= place < len(here):
        return None
    return here[place], {"scene": "last"} if by < 0 else {}


def _current(scenes: tuple[Scene, ...]) -> int:
    wanted = st.query_params.get("scene", "")
    if wanted == "last":
        _go_to_scene([s.slug for s in scenes], len(scenes) - 1)
        return len(scenes) - 1
    return next((i for i, s in enumerate(scenes) if s.slug == wanted), 0)


def _go_to_scene(slugs: list[str], index: int) -> None:
    if index:
        st.query_params["scene"] = slugs[index]
    else:
        st.query_params.pop("scene", None)


def _pick() -> None:
    _go_to_scene(st.session_state["deck"]["scenes"], st.session_state["dots"]["pick"]["scene"])


def _show(shown: Scene, scenes: tuple[Scene, ...], current: int) -> None:
    with st.container(key="head", gap=None):
        st.title(shown.title, anchor=False)
        st.markdown(f":gray[{shown.sentence}]")
        terms = terms_of(_path(shown), shown.slug)
        wants_words = bool(terms) and st.button("Words used here", type="tertiary", key="show_words")
    stage = st.container(key="stage")
    with st.container(key="bar", horizontal=True, vertical_alignment="bottom"):
        row = st.container(key="controls", horizontal=True, vertical_alignment="bottom")
        with st.container(key="frame", horizontal=True, vertical_alignment="center", width="content"):
            receipt = st.empty()  # at the outer end, so that nothing moves when the button comes
            dots("dots", [s.title for s in scenes], current, _pick)
            wants_code = st.button("Show the code", type="tertiary", key="show_code")
    token, place = _controls.set(row), _receipt.set(receipt)
    try:
        with stage, recording() as ran:
            shown.draw()
    finally:
        _controls.reset(token)
        _receipt.reset(place)
    if wants_code:
        show_code([shown.draw, *ran])
    if wants_words:
        show_words(terms, pages().get("references"))


def _path(shown: Scene) -> str:
    """Return the path of the chapter that a scene is written in."""
    file = Path(shown.draw.__code__.co_filename).name
    return next((c.path for c in CHAPTERS if c.file == file), file)
