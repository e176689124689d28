"""The floor: an empty two-scene app; its button's key turns the scene."""

import streamlit as st

st.set_page_config(layout="wide")
on = st.session_state.get("on", False)
if st.button("turn", shortcut="PageDown"):
    st.session_state["on"] = on = not on
st.title("second" if on else "first")
st.slider("value", 0, 100, 50, key="value")
