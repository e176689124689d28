"""The frame of the deck: the clicker, and above and below the stage all that every scene has.

The stylesheet beside them gives the stage its size in the window. All three stand in the page itself, not in
a shadow: the title is the document's heading.
"""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import streamlit as st

from explainer.components import events, in_page
from explainer.components.plot import ADDRESS

_FOLDER = Path(__file__).parent
_KEPT = events.named(events.several(events.text(2000), 60), 200)
# The stylesheet comes with the part that never leaves the page: it scales the page to the window, as a slide.
_clicker = in_page("clicker", _FOLDER / "clicker.js", _FOLDER / "stage.css")
_head = in_page("head", _FOLDER / "head.js")
_frame = in_page("frame", _FOLDER / "frame.js")


def clicker(key: str, on_change: Callable[[], None]) -> dict[str, list[str]] | None:
    """Listen for PageDown and PageUp everywhere, and for other keys while nothing else has a use for them.

    A key turns the frame on the screen, and closes what lies over it; at the ends of the chapter the frame
    follows the link in the container whose key is ``next_chapter`` or ``last_chapter``. Meanwhile comes what
    charts are drawn with.

    Args:
        on_change: called when what ``narrow`` or ``presenting`` return has changed.

    Returns:
        in the first run after the browser lost its server, what the last frame gave it to keep.
    """
    assumed = narrow(key)
    told = _clicker(
        key=key,
        data={"ahead": ADDRESS, "narrow": assumed},
        on_narrow_change=on_change,
        on_presenting_change=on_change,
        on_back_change=_nothing,
        default={"narrow": assumed, "presenting": presenting(key)},
    )
    return events.heard(told, "back", _KEPT)


def narrow(key: str) -> bool:
    """Return whether the window is as narrow as a phone's: as the clicker told, before that as it seems.

    A phone's browser names itself; so its first scene is drawn once, and not again when its width is known.
    """
    told = events.heard(st.session_state.get(key), "narrow", events.flag)
    return "Mobi" in st.context.headers.get("User-Agent", "") if told is None else told


def presenting(key: str) -> bool:
    """Return whether the window is a stage: as the clicker told, before that as the link says."""
    told = events.heard(st.session_state.get(key), "presenting", events.flag)
    return st.query_params.get("present") == "1" if told is None else told


def head(key: str, title: str, chapter: str, sentence: str, words: bool) -> tuple[bool, bool]:
    """Draw the title and the sentence of a scene; return whether its words, and its address, were asked for.

    Args:
        chapter: the title of the chapter; it stands beside the scene's in the window's title.
        words: whether there is a button that asks for them.
    """
    data = {"title": title, "chapter": chapter, "sentence": sentence, "words": words}
    told = _head(key=key, data=data, on_words_change=_nothing, on_take_change=_nothing)
    words_asked, taken = (bool(events.heard(told, name, events.clicked)) for name in ("words", "take"))
    return words_asked, taken


def frame(
    key: str,
    path: str,
    titles: Sequence[str],
    scene: int,
    *,
    kept: Mapping[str, list[str]],
    keyed: Mapping[str, Mapping[str, str]],
    stage: int,
    stages: int,
    on_scene: Callable[[int, int], None],
    on_stage: Callable[[int], None],
    on_receipt: Callable[[], None] | None,
) -> tuple[bool, bool]:
    """Draw one dot a scene, the current one long, between buttons; return which of two windows was asked for.

    Args:
        path: the chapter's, by which the browser sees that it has arrived in another.
        titles: the scenes' titles, told to screen readers and on hover.
        scene: the index of the one on the screen.
        stage, stages: the one of its stages that is on the screen, and how many there are.
        on_scene: called with the index of the scene that was asked for, and 1 or −1 if a key turned there
            from the one before or the one behind, 0 if its dot was clicked.
        on_stage: called with the index of the stage to which a key led.
        kept: what the browser is to bring back if the server is started anew.
        keyed: what the address calls the options of controls, by parameter and by what is shown of them.
        on_receipt: called when the receipt was asked for; without it there is no such button.

    Returns:
        whether the code was asked for, and whether the overview of all scenes.
    """
    pick = events.record(
        scene=events.index(len(titles)), by=events.whole(-1, 1), stage=events.maybe(events.index(stages))
    )

    def picked(asked: dict[str, int]) -> None:
        on_scene(asked["scene"], asked["by"]) if asked["stage"] is None else on_stage(asked["stage"])

    receipt = None if on_receipt is None else lambda _: on_receipt()
    place = {"path": path, "scene": scene, "stage": stage, "stages": stages}
    told = _frame(
        key=key,
        data={
            **place,
            "titles": list(titles),
            "receipt": on_receipt is not None,
            "kept": dict(kept),
            "keyed": {name: dict(keys) for name, keys in keyed.items()},
        },
        width="content",
        on_pick_change=events.on(key, "pick", pick, picked),
        on_receipt_change=events.on(key, "receipt", events.clicked, receipt),
        on_code_change=_nothing,
        on_scenes_change=_nothing,
    )
    code, scenes = (bool(events.heard(told, name, events.clicked)) for name in ("code", "scenes"))
    return code, scenes


def _nothing() -> None:
    """A click needs only the rerun."""
