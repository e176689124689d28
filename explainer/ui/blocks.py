"""Pictures on the stage: a chart that fills its place, figures in words, a message that helps."""

import plotly.graph_objects as go
import streamlit as st

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
