"""The peer: a page with one bare chart as large as a scene's picture, drawn anew when its slider moves."""

import plotly.graph_objects as go
import streamlit as st

st.set_page_config(layout="wide")
value = st.slider("value", 0, 100, 50, key="value")
st.plotly_chart(go.Figure(go.Bar(y=[value, 1, 2, 3])), key="chart", height=720)
