"""What a scene that is being drawn finds around its stage: its controls, a line of text, its stages."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

import streamlit as st
from streamlit.delta_generator import DeltaGenerator


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


@contextmanager
def drawn_in(around: Surroundings) -> Iterator[None]:
    """While the block draws a scene, what it asks for stands in these surroundings."""
    token = _around.set(around)
    try:
        yield
    finally:
        _around.reset(token)


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
