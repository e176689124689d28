"""What hangs on Streamlit's inside stands in one place, and was seen to hold with the version that runs."""

import ast
import re
from pathlib import Path

import pytest
import streamlit

from explainer.components import streamlit_inside

ROOT = Path(__file__).resolve().parents[2]
HOUSE = [*(ROOT / "explainer").rglob("*.py"), *(ROOT / "pages").glob("*.py")]
INSIDE = "explainer/components/streamlit_inside.py"
# what types are called, and its way to test
DOCUMENTED = (
    "streamlit.delta_generator",
    "streamlit.navigation.page",
    "streamlit.testing",
)
ALSO = {"explainer/ui/sessions.py": "streamlit.proto"}  # visitors that speak the protocol
NAMES = re.compile(r"data-test|dataset\.test|data-stale|\[class\*=.st-emotion")
PAGE = {"explainer/components/streamlit_inside.js", "explainer/components/deck_keys/stage.css"}


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def _inside(path: Path) -> set[str]:
    """Return which modules within Streamlit a file imports."""
    nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
    found = {alias.name for n in nodes if isinstance(n, ast.Import) for alias in n.names}
    found |= {n.module for n in nodes if isinstance(n, ast.ImportFrom) and n.module}
    found |= {"streamlit.runtime" for n in nodes if isinstance(n, ast.ImportFrom) if _takes_runtime(n)}
    allowed = (*DOCUMENTED, ALSO.get(_name(path), "streamlit.nothing"))
    return {name for name in found if name.startswith("streamlit.") and not name.startswith(allowed)}


def _takes_runtime(node: ast.ImportFrom) -> bool:
    return node.module == "streamlit" and "runtime" in {alias.name for alias in node.names}


def test_it_was_seen_with_the_version_that_runs():
    """After an update: look at every line of both files, then write the new version there."""
    pinned = re.search(r"^streamlit==(.+)$", (ROOT / "requirements.txt").read_text(), re.M)[1]
    assert streamlit_inside.SEEN_WITH == pinned == streamlit.__version__


@pytest.mark.parametrize("path", [p for p in HOUSE if _name(p) != INSIDE], ids=_name)
def test_no_other_module_reaches_inside(path):
    assert _inside(path) == set()


def test_the_rule_notices_a_reach(tmp_path, monkeypatch):
    monkeypatch.setattr(f"{__name__}.ROOT", tmp_path)
    page = tmp_path / "page.py"
    page.write_text(
        "from streamlit import runtime\nfrom streamlit.runtime.state import x\nimport streamlit as st\n"
    )
    assert _inside(page) == {"streamlit.runtime", "streamlit.runtime.state"}


def test_names_of_its_page_stand_in_two_files():
    files = [p for end in ("js", "css") for p in (ROOT / "explainer/components").rglob(f"*.{end}")]
    assert {_name(p) for p in files if NAMES.search(p.read_text(encoding="utf-8"))} == PAGE
