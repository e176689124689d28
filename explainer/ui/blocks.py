"""Pictures on the stage: a chart that fills its place, figures in words, a message that helps."""

from collections.abc import Collection, Sequence
from itertools import groupby
from typing import Any

import pandas as pd
import plotly.graph_objects as go
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from explainer.components.drawing import drawing
from explainer.components.listing import listing
from explainer.components.plot import plot
from explainer.figures.drawing import Drawing
from explainer.ui import chapters, stage, window

PHONE_HEIGHT = 380  # pixels of one picture among several


def chart(
    figure: Drawing | go.Figure,
    alt: str,
    *,
    key: str,
    height: int | None = None,
    **acts: Any,
) -> None:
    """Draw a picture; without a height it fills the stage.

    Args:
        alt: one sentence that says what is seen.
        height: in pixels.
        acts: ``on_pick`` gets the ``pick`` of what was clicked, before the scene is drawn anew; of a drawing
            ``on_place`` the place in its map, and ``on_move`` what was moved by hand.
    """
    with st.container(key=f"fill-{key}" if height is None else f"fixed-{key}"):
        _picture(figure, alt, key=key, height=height or "stretch", **acts)


def beside(*widths: float) -> list[DeltaGenerator]:
    """Return places side by side, as wide as told, that stand below each other on a phone."""
    return st.columns(widths, gap="medium", vertical_alignment="top")


def explained(messages: Sequence[str], good: bool = False) -> DeltaGenerator:
    """Return the place of a picture, with what is to be said about it at its right; all of it if nothing is.

    Args:
        good: whether the messages confirm rather than warn.
    """
    if not messages:
        return st.container(key="fill-explained")
    picture, words = beside(3, 1)
    with words:
        for message in messages:
            (st.success if good else st.warning)(message)
    return picture


def agenda() -> None:
    """List the chapters by section, each a link, with what one will be able to explain at its end."""
    pages = chapters.pages()
    sections = [
        (name, list(group)) for name, group in groupby(chapters.CHAPTERS, lambda c: c.section) if name
    ]
    with st.container(key="agenda"):
        columns = st.columns(len(sections), gap="large")
    for column, (name, group) in zip(columns, sections, strict=True):
        with column, st.container(gap="medium"):
            st.header(name, anchor=False)
            for chapter in group:
                with st.container(gap=None):
                    st.page_link(
                        pages[chapter.path], label=f":primary[**{chapter.title} →**]", query_params={}
                    )
                    st.markdown(f":gray[{chapter.promise}]")


def chapter_link(path: str, scene: str, label: str, query: dict[str, str] | None = None) -> None:
    """Link to a scene with the values that its controls begin with; nothing if there is no such chapter.

    Args:
        path, scene: as they stand in the URL.
        label: constant text and numbers only.
    """
    page = chapters.pages().get(path)
    if page is not None:
        st.page_link(page, label=label, query_params={"scene": scene, **(query or {})})


def shared(*shares: float, key: str) -> list[DeltaGenerator]:
    """Return columns that fill the stage between them; on a phone they stand one below the other."""
    with st.container(key=f"stacked-{key}" if window.narrow() else f"fill-{key}"):
        return st.columns(shares, gap="large")


def picture(
    figure: Drawing | go.Figure,
    alt: str,
    *,
    key: str,
    height: int | None = None,
    **acts: Any,
) -> None:
    """Draw a picture that takes what is left of its column.

    Args:
        height: in pixels, for a figure that needs only so much.
        acts: ``on_pick`` gets the ``pick`` of what was clicked, before the scene is drawn anew; of a
            drawing ``on_place`` the place in its map, and ``on_move`` what was moved by hand.
    """
    rest = PHONE_HEIGHT if window.narrow() else "stretch"
    _picture(figure, alt, key=key, height=height or rest, **acts)


def _picture(figure: Drawing | go.Figure, alt: str, **place: Any) -> None:
    if isinstance(figure, Drawing):
        drawing(figure.sent, alt, **place)
    else:
        plot(figure.to_json(), alt, **place)


def table(
    frame: pd.DataFrame,
    alt: str,
    *,
    key: str,
    height: int | None = None,
    empty: str = "Nothing stands here.",
) -> None:
    """Show rows that can be sorted and searched, in what is left of their column.

    Args:
        height: in pixels, for a table that needs only so much.
        empty: what is said if there are no rows.
    """
    rest = "content" if window.narrow() else "stretch"
    columns = {name: frame[name].to_numpy() for name in frame}
    listing(columns, alt, key=key, height=height or rest, empty=empty)


def metrics(**numbers: str) -> None:
    """Show a few numbers in a row, each under its name."""
    with st.container(horizontal=True, gap="small" if window.narrow() else "large"):
        for name, value in numbers.items():
            st.metric(name.replace("_", " "), value, width="content")


def note(text: str) -> None:
    """Say one line above the picture, which makes room for it; constant text and numbers only.

    Where something is wrong, that is said instead.
    """
    line = stage.line()
    if line is not None:
        line.markdown(text)


def signs(filled: Collection[int], layers: int) -> str:
    """Return the model as one sign a part, from the text to what comes next: embeddings, layers, the rest.

    Args:
        filled: the layers that are marked, counted from 0; layers: how many there are.
    """
    return f"text {''.join('■' if i in filled else '□' for i in range(-1, layers + 1))} next"


def small_map(layer: int, layers: int) -> str:
    """Return the whole model as ``signs``, in colours, a layer marked; it is counted from 0."""
    runs = ("".join(run) for _, run in groupby(signs({layer}, layers), "■".__eq__))
    return "".join(f":{'green' if run[0] == '■' else 'gray'}[{run}]" for run in runs)


def complain(text: str) -> bool:
    """Say what is wrong in the line above the picture, if anything is; a visitor's words may stand in it."""
    line = stage.line(complaint=True) if text else None
    if line is not None:
        line.text(text)
    return bool(text)
