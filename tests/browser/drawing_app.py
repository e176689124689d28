"""A drawing of every kind of primitive, played over three frames, that reports what was clicked."""

import sys
from pathlib import Path

import numpy as np
import streamlit as st

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from explainer.figures import palette
from explainer.figures.drawing import Box, Drawing, Each, Field, Frames, Line, Mark, Phrase, Text
from explainer.ui.blocks import chart

X, Y = (0, 10), (0, 5)
ROUTE = [1.0, 4.0, 9.0]  # of the mark, frame by frame
# Of the field, frame by frame: as likely as not in the middle, then everywhere alike.
MAPS = [np.tile([0.1, 0.5, 0.9], (3, 1)), np.full((3, 3), 0.25), np.ones((3, 3))]
HOSTILE = "<img src=x onerror=alert(1)>"


def drawing() -> Drawing:
    """Return the drawing."""
    return Drawing(
        [
            Box(2, 4, 1, 2, palette.PROBABILITIES, opacity=0.5, title="a box", pick="box"),
            Line([0, 10], [0, 5], palette.GREY),
            Field(6, 9, 1, 3, Each(MAPS), name="p"),
            Mark(
                Each(ROUTE),
                3,
                40,
                color=palette.ACTIVATIONS,
                label=Each(["one", "two", "three"]),
                title="m",
                pick="m",
            ),
            Text(5, 4.5, [Phrase("red "), Phrase("input", palette.INPUT_TEXT, bold=True)]),
            Text(5, 0.5, HOSTILE, shown=Each([True, False, True])),
        ],
        X,
        Y,
        frames=Frames(["first", "second", "third"], "frame", speed=2),
    )


if __name__ == "__main__":
    chart(
        drawing(),
        "Everything that can be drawn.",
        key="drawn",
        on_pick=lambda pick: st.session_state.update(picked=pick),
        height=500,
    )
    st.write("picked:", st.session_state.get("picked", "nothing"))
