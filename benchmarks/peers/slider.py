"""The floor under load: a page with one slider and the line that says its value."""

import streamlit as st

st.write(st.slider("value", 0, 100, 50, key="value"))
