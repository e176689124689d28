"""The notebook that a scene offers, and what it computes."""

import json
from unittest.mock import patch

import nbformat
import streamlit as st
from streamlit.testing.v1 import AppTest

from tests.scenes import ask


def offered(app: AppTest) -> tuple[bytes, str] | None:
    """Return the notebook that a scene offers beside its code, and its name; None if it offers none."""
    kept, draw = {}, st.download_button

    def download_button(label, data, file_name, *args, **kwargs):
        kept[label] = (data, file_name)
        return draw(label, data, file_name, *args, **kwargs)

    with patch.object(st, "download_button", download_button):
        ask(app, "code")
    return kept.get("As a notebook")


def run(data: bytes) -> dict:
    """Run the code of a notebook from top to bottom and return what it leaves."""
    nbformat.validate(nbformat.reads(data.decode(), as_version=4))
    left = {"__name__": "notebook"}
    for cell in json.loads(data)["cells"]:
        if cell["cell_type"] == "code":
            exec(compile("".join(cell["source"]), "<cell>", "exec"), left)
    return left
