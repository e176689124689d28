"""What charts are drawn with is of the version that the installed package speaks."""

import json
import re
from pathlib import Path

from plotly.offline import get_plotlyjs_version

from explainer.components.plot import ADDRESS, LIBRARY

ROOT = Path(__file__).resolve().parents[2]


def test_the_bundle_is_of_the_version_of_the_package():
    version = get_plotlyjs_version()
    assert LIBRARY.name == f"plotly-{version}.js"
    text = LIBRARY.read_text(encoding="utf-8")
    assert text.startswith(f"/* plotly.js {version}: ")
    assert re.search(rf'\.version="{re.escape(version)}"', text)
    package = json.loads((ROOT / "tools" / "plotly" / "package.json").read_text(encoding="utf-8"))
    assert package["dependencies"] == {"plotly.js": version}


def test_the_bundle_lies_where_the_app_serves_it():
    assert LIBRARY.parent == ROOT / "explainer" / "static"
    assert f"app/static/{LIBRARY.name}" == ADDRESS
    assert "enableStaticServing = true" in (ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8")
