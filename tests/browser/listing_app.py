"""Tables for the browser tests; what stands in them is told by the functions below."""

import sys
from pathlib import Path

import pandas as pd
import streamlit as st

ROOT = str(Path(__file__).resolve().parents[2])
if ROOT not in sys.path:
    sys.path.insert(0, ROOT)

from explainer.ui.blocks import table  # noqa: E402

MANY = 9_000
HOSTILE = "<img src=x onerror=alert(1)>"
LONG = "a text that has no end " * 12


def many() -> pd.DataFrame:
    """Return many rows: words without order, numbers with some missing, small probabilities, and marks."""
    places = [(7919 * i) % MANY for i in range(MANY)]
    return pd.DataFrame(
        {
            "word": [f"WORD {place}" for place in places],
            "bearers": [None if place == 5 else 1000 * place for place in places],
            "probability": [place / MANY**3 for place in places],
            "copied": [place % 3 == 0 for place in places],
        }
    )


def few() -> pd.DataFrame:
    """Return what a visitor may have typed, and a text that is too long for its place."""
    words = ["ŁÓDŹ", "lodz", "Zoë", "İstanbul", HOSTILE, "a.*b", LONG, *(f"no {i}" for i in range(20))]
    return pd.DataFrame({"word": words, "told": "nothing", "line": range(len(words))})


if __name__ == "__main__":
    st.markdown("One more word of the page.")
    if st.toggle("other"):
        table(many().head(3), "Three rows.", key="many", height=400)
    else:
        table(many(), "Many rows.", key="many", height=400)
    table(few(), "Few rows.", key="few", height=300)
    table(few().head(0), "No rows.", key="none", height=200, empty="Nothing was left out.")
