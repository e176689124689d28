"""Entry point: ``streamlit run explainer/app.py``."""

import os
import sys
from pathlib import Path

import streamlit as st

# One thread a visitor: with more, torch's threads wait for each other as soon as two visitors compute.
os.environ.setdefault("OMP_NUM_THREADS", "1")

# Streamlit puts this file's folder on the path, not the repository's root.
ROOT = str(Path(__file__).resolve().parents[1])
if ROOT not in sys.path:
    sys.path.insert(0, ROOT)

from explainer.ui import shell  # noqa: E402

st.set_page_config(
    page_title="Gen AI, demystified",
    page_icon=f"{ROOT}/explainer/ui/icon.svg",
    layout="wide",
    initial_sidebar_state="collapsed",
)
shell.run()
