"""Browser-side parts (Streamlit components v2)."""
