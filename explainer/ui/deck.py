"""The deck: chapters made of scenes; which one is on the screen stands in the URL."""

from collections.abc import Callable, Iterable, Sequence
from contextvars import ContextVar
from copy import copy
from dataclasses import dataclass, field
from functools import cache, partial
from pathlib import Path

import streamlit as st
from streamlit.delta_generator import DeltaGenerator
from streamlit.navigation.page import StreamlitPage

from explainer.components import deck_keys
from explainer.components.deck_keys import frame, head
from explainer.figures.base import FONT_SIZE, PHONE_FONT_SIZE
from explainer.ui import address, own_training
from explainer.ui.glossary import show_words, terms_of
from explainer.ui.guard import guarded
from explainer.ui.receipt.dialog import open_receipt
from explainer.ui.source import recording, show_code
from explainer.ui.take_along import take_along

ENTRANCES = {"first": 1, "last": -1}  # in the address: which way a key turned here from another chapter
PAGES = Path(__file__).resolve().parents[2] / "pages"


@dataclass(frozen=True)
class Chapter:
    """One page: its place in the navigation, its address, its file, and what it lets one explain."""

    section: str
    title: str
    path: str
    file: str
    promise: str = ""
    reads: tuple[str, ...] = ()  # parameters of its address that are no control's
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
    Chapter(
        "GPT",
        "Attention",
        "attention",
        "attention.py",
        "who looks at whom, and what it brings",
        reads=("attention_text", "attention_at", "attention_head"),
    ),
    Chapter("GPT", "Fine-tuning", "fine-tuning", "fine_tuning.py", "how a general model takes on a style"),
    Chapter("Wrap-up", "Four models", "compare", "compare.py", "what each step of the way was worth"),
    Chapter("Wrap-up", "References", "references", "references.py", "where all of this comes from"),
    Chapter(
        "",
        "The receipt",
        "receipt",
        "receipt.py",
        reads=("model", "context", "next", "step"),
        hidden=True,
    ),
    Chapter("", "Presenter", "presenter", "presenter.py", hidden=True),
]


@dataclass(frozen=True)
class Scene:
    """One screen: a title, one sentence that can be spoken, and the function that draws the rest."""

    title: str
    sentence: str
    draw: Callable[[], None]
    slug: str = field(default="")


@dataclass(frozen=True)
class Stages:
    """The options of one control, which the keys take one by one."""

    key: str
    options: Sequence

    @property
    def current(self) -> int:
        """Return which of them is on the screen."""
        chosen = st.session_state.get(self.key)
        return self.options.index(chosen) if chosen in self.options else 0

    def go(self, index: int) -> None:
        """Choose another one, before its control is drawn."""
        st.session_state[self.key] = self.options[index]


ONE_STAGE = Stages("one_stage", [None])


@dataclass
class Surroundings:
    """What a scene that is being drawn finds around its stage."""

    controls: DeltaGenerator
    line: DeltaGenerator  # above the picture
    complained: bool = False  # what is wrong stands there, and nothing else
    entered: int = 0  # 1 if a key turned here from the scene before, −1 from the one behind
    stages: Stages = ONE_STAGE  # through which the keys lead
    receipt: tuple[str, str, str] | None = None  # the probability whose receipt the frame's button opens


_around: ContextVar[Surroundings] = ContextVar("around")


def scene(title: str, sentence: str) -> Callable[[Callable[[], None]], Scene]:
    """Turn a function into a scene; its address is the function's name."""

    def decorate(draw: Callable[[], None]) -> Scene:
        return Scene(title, sentence, draw, draw.__name__.replace("_", "-"))

    return decorate


@st.fragment  # a turn and every control run the scene alone, not the shell around it
def chapter(*scenes: Scene) -> None:
    """Show the scene that the URL names (the first, if it names none)."""
    _show(scenes, _current(scenes))


def controls() -> DeltaGenerator:
    """Return the row below the picture; ``with controls():`` puts the scene's controls there."""
    return _around.get().controls


def line(complaint: bool = False) -> DeltaGenerator | None:
    """Return the line above the picture, for one sentence; None if a complaint stands there.

    Args:
        complaint: whether the sentence is one; then nothing else will stand there.
    """
    around = _around.get()
    if around.complained:
        return None
    around.complained = complaint
    return around.line


def receipt_of(model: str, context: str, character: str) -> None:
    """Say which probability of the scene "Open the receipt" explains; see ``open_receipt``."""
    _around.get().receipt = (model, context, character)


def stages(key: str, options: Iterable) -> None:
    """Say which values of a control that is drawn next are the stages of the scene; no values, no stages.

    PageDown takes them one by one before it turns the scene; who turns here with PageUp finds the last one.
    """
    found = Stages(key, list(options))
    if not found.options:
        return
    around = _around.get()
    around.stages = found
    if around.entered:
        found.go(0 if around.entered > 0 else -1)


def narrow() -> bool:
    """Return whether the window is as narrow as a phone's."""
    return deck_keys.narrow("clicker")


def presenting() -> bool:
    """Return whether the window is a stage, on which nothing may differ from what was rehearsed."""
    return deck_keys.presenting("clicker")


def font_size() -> int:
    """Return a figure's type size in pixels: what the last row can read, or what a phone has room for."""
    return PHONE_FONT_SIZE if narrow() else FONT_SIZE


def chapters() -> list[Chapter]:
    """Return the chapters of this house, in the order of the talk."""
    return CHAPTERS


def pages() -> dict[str, StreamlitPage]:
    """Return Streamlit's page of every chapter, by its path; each run has its own, because it marks one."""
    return {path: copy(page) for path, page in _pages().items()}


@cache  # each of them asks the disk where its file is, and whether
def _pages() -> dict[str, StreamlitPage]:
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


def neighbours(current: str) -> tuple[Chapter | None, Chapter | None]:
    """Return the chapters before and after one; None where there is none.

    Args:
        current: the path of the chapter on the screen.
    """
    here = [c for c in chapters() if not c.hidden]
    place = next((i for i, c in enumerate(here) if c.path == current), None)
    if place is None:
        return None, None
    return here[place - 1] if place else None, here[place + 1] if place + 1 < len(here) else None


def _current(scenes: Sequence[Scene]) -> int:
    slugs = [s.slug for s in scenes]
    wanted = st.query_params.get("scene", slugs[0])
    if wanted in slugs:
        return slugs.index(wanted)
    by = ENTRANCES.get(wanted, 0)
    current = len(scenes) - 1 if by < 0 else 0
    _go_to_scene(scenes, current, by)
    return current


def _go_to_scene(scenes: Sequence[Scene], index: int, by: int) -> None:
    st.session_state["deck_entered"] = by
    if index:
        st.query_params["scene"] = scenes[index].slug
    else:
        st.query_params.pop("scene", None)


def _show(scenes: Sequence[Scene], current: int) -> None:
    shown = scenes[current]
    chapter = _chapter_of(shown)
    terms = terms_of(chapter.path, shown.slug)
    wants_words, wants_address = head("head", shown.title, chapter.title, shown.sentence, bool(terms))
    stage = st.container(key="stage")
    complaint = stage.container(key="complaint")
    bar = st.container(key="bar", horizontal=True, vertical_alignment="bottom")
    around = Surroundings(
        bar.container(key="controls", horizontal=True, vertical_alignment="bottom"),
        stage.container(key="note"),
        entered=st.session_state.pop("deck_entered", 0),
    )
    token = _around.set(around)
    try:
        with stage, recording() as ran, guarded(complaint), address.of_scene(("scene", *chapter.reads)):
            shown.draw()
    finally:  # also when the run is interrupted: one must be able to leave the scene
        _around.reset(token)
        with bar:
            _badge(shown)
            wants_code = _frame(scenes, current, around)
    if wants_code:
        name = f"{chapter.path or 'welcome'}-{shown.slug}"
        show_code(shown.draw, ran, shown.title, shown.sentence, name)
    if wants_address:
        take_along()
    if wants_words:
        show_words(terms, pages().get("references"))


def _frame(scenes: Sequence[Scene], current: int, around: Surroundings) -> bool:
    """Draw what stands beside the controls; return whether the code was asked for."""
    receipt = partial(open_receipt, *around.receipt) if around.receipt else None
    return frame(
        "frame",
        _chapter_of(scenes[current]).path,
        [s.title for s in scenes],
        current,
        kept=address.kept(),
        stage=around.stages.current,
        stages=len(around.stages.options),
        on_scene=partial(_go_to_scene, scenes),
        on_stage=around.stages.go,
        on_receipt=receipt,
    )


def _badge(shown: Scene) -> None:
    """Draw how the visitor's own training stands, except where it is shown at length."""
    if (_chapter_of(shown).path, shown.slug) != (own_training.CHAPTER, own_training.SCENE):
        own_training.badge(pages()[own_training.CHAPTER])


def _chapter_of(shown: Scene) -> Chapter:
    """Return the chapter that a scene is written in."""
    file = Path(shown.draw.__code__.co_filename).name
    return next((c for c in CHAPTERS if c.file == file), Chapter("", file, file, file))
