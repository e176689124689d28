"""Figure 1 of the transformer's paper, whole, and what our half of it is today."""

import streamlit as st

from explainer.figures import figure_one as figure
from explainer.ui import blocks, stage, window
from explainer.ui.receipt.dialog import open_receipt
from explainer.ui.scenes import gpt


def request() -> gpt.Opened:
    """Draw the choice of a model and the field for a text, which the architecture shares."""
    with st.popover("Model"):
        name = gpt.model_of("model", key="gpt_model")
    return gpt.Opened(name, gpt.text_for(name), "masked attention", 0, 0, "pattern", 0)


def drawn(asked: gpt.Opened) -> None:
    """Draw the figure of 2017 and what a GPT makes of it; a click on one of our blocks opens it."""
    ours = _ours(asked)
    picture = figure.whole(ours, font_size=window.font_size(), narrow=window.narrow())

    def click(pick: str) -> None:
        kind, _, what = pick.partition(" ")
        if kind == "guess":
            open_receipt(*gpt.explained(asked, int(what)))
        else:
            st.session_state["gpt_block"] = what
            st.query_params["scene"] = "architecture"

    blocks.chart(picture, figure.whole_alt(ours), key="gpt_figure_one", on_pick=click)
    stage.receipt_of(*gpt.explained(asked, 0))


def _ours(asked: gpt.Opened) -> figure.Ours:
    """Return what is live in the figure: our blocks with their parameters, and what the model answers."""
    parts = gpt.parts(gpt.outline(asked.name))
    told = {part.name: f"{part.name}: {part.total:,}" for part in parts}
    layers = next(part.copies for part in parts if part.copies > 1)
    return figure.Ours(gpt.visible(asked.text), layers, told, gpt.best(asked, 5))
