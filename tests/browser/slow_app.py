"""A page whose picture takes long when it is drawn anew; served by a browser test."""

import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import streamlit as st

from explainer.components.deck_keys import clicker

clicker("clicker", lambda: None)
again = st.button("again")
with st.container(key="stage"):
    if again:
        time.sleep(1.5)
    st.markdown("drawn again" if again else "drawn once")
