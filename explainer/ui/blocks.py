"""Pictures on the stage: a chart that fills its place, figures in words, a message that helps."""

from itertools import groupby

import plotly.graph_objects as go
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from explainer.ui import deck

# One scale for all: the chart answers to hover, and carries no tool bar that nobody asked for.
_CONFIG = {"displayModeBar": False, "responsive": True}


def chart(figure: go.Figure, alt: str, *, key: str, height: int | None = None) -> None:
    """Draw a plotly figure; without a height it fills the stage.

    Args:
        alt: one sentence that says what is seen.
        height: in pixels.
    """
    with st.container(key=f"fill-{key}" if height is None else f"fixed-{key}"):
        st.plotly_chart(figure, key=key, alt=alt, config=_CONFIG, height=height or "stretch")


def beside(*widths: float) -> list[DeltaGenerator]:
    """Return places side by side, as wide as told, that stand below each other on a phone."""
    return st.columns(widths, gap="medium", vertical_alignment="top")


def agenda() -> None:
    """List the chapters by section, each a link, with what one will be able to explain at its end."""
    pages = deck.pages()
    sections = [(name, list(group)) for name, group in groupby(deck.chapters(), lambda c: c.section) if name]
    for column, (name, group) in zip(st.columns(len(sections), gap="large"), sections, strict=True):
        with column:
            st.subheader(name, anchor=False)
            for chapter in group:
                st.page_link(pages[chapter.path], label=f"**{chapter.title}**", query_params={})
                st.markdown(f":gray[{chapter.promise}]")
