"""A scene whose texts, table, picture and matrix share the stage; served by a browser test."""

import sys
from pathlib import Path

ROOT = str(Path(__file__).resolve().parents[2])
if ROOT not in sys.path:
    sys.path.insert(0, ROOT)

import numpy as np  # noqa: E402
import pandas as pd  # noqa: E402
import streamlit as st  # noqa: E402

from explainer import ui  # noqa: E402
from explainer.components.deck_keys import clicker  # noqa: E402
from explainer.figures import bars  # noqa: E402

TEXT = "What is told beside a picture may take a few lines, and leaves the rest of the column to it. "


def texts() -> None:
    """Tell something, with numbers."""
    ui.metrics(train="2.03", dev="2.11")
    st.text(2 * TEXT)


def table() -> None:
    """Draw more rows than there is room for."""
    ui.table(pd.DataFrame({"row": np.arange(500)}), "Many rows.", key="table")


def picture() -> None:
    """Draw a few bars."""
    figure = bars.bars(["a", "b"], np.array([0.4, 0.6]), ["40%", "60%"], font_size=ui.font_size())
    ui.picture(figure, "Two bars.", key="picture")


def matrix() -> None:
    """Draw a matrix."""
    ui.grid([ui.Matrix(np.arange(12.0).reshape(3, 4), "A", "input")], key="matrix", alt="A matrix.")


CASES = {
    "a table below texts": [[texts, table], [picture]],
    "a picture below texts": [[texts, picture, texts], [table]],
    "a matrix below texts": [[texts, matrix], [texts]],
    "a table and a picture": [[table, picture], [texts]],
}


@ui.scene("Shared", "Texts take what they need, and what has no height takes the rest.")
def shared() -> None:
    with ui.controls():
        ui.slider("one", 0, 10, 5, key="shared_one")
    for place, parts in zip(ui.beside(2, 1), CASES[st.query_params["case"]], strict=True):
        with place:
            for draw in parts:
                draw()


if __name__ == "__main__":
    st.set_page_config(layout="wide")
    clicker("clicker", lambda: None)
    ui.chapter(shared)
