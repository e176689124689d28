"""The deck: chapters made of scenes; which one is on the screen stands in the URL."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import streamlit as st

from explainer.components.deck_keys import frame, head
from explainer.ui import address, own_training
from explainer.ui.all_scenes import all_scenes
from explainer.ui.chapters import CHAPTERS, MOVED, Chapter, pages
from explainer.ui.glossary import show_words, terms_of
from explainer.ui.guard import guarded
from explainer.ui.receipt.dialog import open_receipt, receipts_from
from explainer.ui.receipt.question import Question
from explainer.ui.source import recording, show_code
from explainer.ui.stage import Surroundings, drawn_in
from explainer.ui.take_along import take_along

ENTRANCES = {"first": 1, "last": -1}  # in the address: which way a key turned here from another chapter


@dataclass(frozen=True)
class Scene:
    """One screen: a title, one sentence that can be spoken, and the function that draws the rest."""

    title: str
    sentence: str
    draw: Callable[[], None]
    slug: str = field(default="")


def scene(title: str, sentence: str) -> Callable[[Callable[[], None]], Scene]:
    """Turn a function into a scene; its address is the function's name."""

    def decorate(draw: Callable[[], None]) -> Scene:
        return Scene(title, sentence, draw, draw.__name__.replace("_", "-"))

    return decorate


@st.fragment  # a turn and every control run the scene alone, not the shell around it
def chapter(*scenes: Scene) -> None:
    """Show the scene that the URL names (the first, if it names none)."""
    _show(scenes, _current(scenes))


def _current(scenes: Sequence[Scene]) -> int:
    slugs = [s.slug for s in scenes]
    wanted = st.query_params.get("scene", slugs[0])
    if wanted in slugs:
        return slugs.index(wanted)
    _follow(_chapter_of(scenes[0]).path, wanted)
    by = ENTRANCES.get(wanted, 0)
    current = len(scenes) - 1 if by < 0 else 0
    _go_to_scene(scenes, current, by)
    return current


def _follow(path: str, slug: str) -> None:
    """Open the chapter that a scene has moved to, with all that the address says."""
    if (path, slug) in MOVED:
        query = {name: st.query_params.get_all(name) for name in st.query_params}
        st.switch_page(pages()[MOVED[path, slug]], query_params=query)


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
    reads = ("scene", *chapter.reads)
    try:
        with drawn_in(around), stage, recording() as ran, guarded(complaint), address.of_scene(reads):
            shown.draw()
    finally:  # also when the run is interrupted: one must be able to leave the scene
        with bar:
            _badge(shown)
            wants_code, wants_scenes = _frame(scenes, current, around)
    name = f"{chapter.path or 'welcome'}-{shown.slug}"
    if wants_code:
        show_code(shown.draw, ran, shown.title, shown.sentence, name)
    if wants_scenes:
        all_scenes(chapter.path, shown.slug)
    if wants_address:
        take_along(name)
    if wants_words:
        show_words(terms, pages().get("references"))


def _frame(scenes: Sequence[Scene], current: int, around: Surroundings) -> tuple[bool, bool]:
    """Draw what stands beside the controls; return whether the code was asked for, and all scenes."""
    receipt = partial(open_receipt, *around.receipt) if around.receipt else None
    return frame(
        "frame",
        _chapter_of(scenes[current]).path,
        [s.title for s in scenes],
        current,
        kept=address.kept(),
        keyed=address.keyed(),
        stage=around.stages.current,
        stages=len(around.stages.options),
        on_scene=partial(_go_to_scene, scenes),
        on_stage=around.stages.go,
        on_receipt=receipt,
    )


def _made(asked: Question) -> Any:
    from explainer.ui.receipt import models  # the shell is drawn before torch is there

    return models.opened(asked)


receipts_from(_made)


def _badge(shown: Scene) -> None:
    """Draw how the visitor's own training stands, except where it is shown at length."""
    if (_chapter_of(shown).path, shown.slug) != (own_training.CHAPTER, own_training.SCENE):
        own_training.badge(pages()[own_training.CHAPTER])


def _chapter_of(shown: Scene) -> Chapter:
    """Return the chapter that a scene is written in."""
    file = Path(shown.draw.__code__.co_filename).name
    return next((c for c in CHAPTERS if c.file == file), Chapter("", file, file, file))
