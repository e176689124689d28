"""Streamlit asks for the colours of the grammar by other names, too: each is the same under both."""

import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
THEME = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))["theme"]
ROLES = ("blue", "orange", "green", "violet", "red")  # input, weights, activations, probabilities, loss
STYLES = [
    path.read_text(encoding="utf-8")
    for kind in ("css", "js")
    for path in (ROOT / "explainer" / "components").rglob(f"*.{kind}")
]


@pytest.mark.parametrize("look", ["light", "dark"])
def test_a_role_has_one_colour_whatever_it_is_called(look):
    plain, readable = THEME[look]["chartCategoricalColors"][:5], THEME[look]["chartCategoricalColors"][5:]
    for role, color, text in zip(ROLES, plain, readable, strict=True):
        assert THEME[look][f"{role}TextColor"] == text
        if any(f"--st-{role}-color" in style for style in STYLES):
            assert THEME[look][f"{role}Color"] == color
