"""The layer table of the design, enforced."""

import ast
import subprocess
import sys
from collections.abc import Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("torch", "numpy", "pandas", "plotly", "streamlit")

# layer -> (the layers it may import, the packages it may import)
DATA = ({"data"}, {"pandas", "numpy", "torch"})
RULES: dict[str, tuple[set[str], set[str]]] = {
    "data": DATA,
    "models": ({"models", "vocabulary"}, {"torch"}),
    "engine": ({"data", "models", "engine"}, {"torch", "numpy", "pandas"}),
    "wording": ({"data", "traces", "wording"}, {"numpy"}),
    "figures": ({"wording", "figures"}, {"plotly", "numpy", "pandas"}),
    "components": ({"components"}, {"streamlit", "numpy"}),
    "ui": ({"data", "models", "engine", "wording", "figures", "components", "ui"}, set(PACKAGES)),
    "pages": ({"ui", "figures"}, {"streamlit"}),
}
ENGINE = {"sampling", "training", "checkpoints", "traces"}


def _layer(module: str) -> str:
    """Return the layer of a module below ``explainer``, such as ``traces.bigram``."""
    top = module.split(".")[0]
    if top in ENGINE:
        return "engine"
    return {"app": "ui", "rehearse": "ui"}.get(top, top if top in RULES else "data")


def _imports(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def _files() -> list[tuple[Path, str]]:
    house = [
        (p, ".".join(p.relative_to(ROOT / "explainer").with_suffix("").parts))
        for p in sorted((ROOT / "explainer").rglob("*.py"))
        if p.name != "__init__.py" or p.parent.name != "explainer"
    ]
    return [(p, _layer(module)) for p, module in house] + [
        (p, "pages") for p in sorted((ROOT / "pages").glob("*.py"))
    ]


def _forbidden(path: Path, layer: str) -> list[str]:
    layers, packages = RULES[layer]
    bad = []
    for name in _imports(path):
        top, _, rest = name.partition(".")
        if top in PACKAGES and top not in packages:
            bad.append(name)
        if top == "explainer" and rest and not _allowed(rest, layers):
            bad.append(name)
    return bad


def _allowed(module: str, layers: set[str]) -> bool:
    """Return whether a layer may import a module: its layer is named, or a part of it, such as its traces."""
    return module.partition(".")[0] in layers or _layer(module) in layers


@pytest.mark.parametrize(("path", "layer"), _files(), ids=lambda v: v.name if isinstance(v, Path) else v)
def test_imports_follow_the_layers(path, layer):
    assert _forbidden(path, layer) == []


def test_the_rule_notices_a_breach(tmp_path):
    page = tmp_path / "page.py"
    page.write_text("import torch\nfrom explainer.traces import bigram\n")
    assert sorted(_forbidden(page, "pages")) == ["explainer.traces.bigram", "torch"]


def test_a_trace_that_words_something_is_noticed(tmp_path):
    trace, words = tmp_path / "trace.py", tmp_path / "words.py"
    trace.write_text("from explainer.wording import neuron\n")
    words.write_text("from explainer.traces import neuron\nfrom explainer.training import network\n")
    assert _forbidden(trace, "engine") == ["explainer.wording.neuron"]
    assert _forbidden(words, "wording") == ["explainer.training.network"]


def _graph() -> dict[str, set[str]]:
    """Return which modules of the house each one imports by name, wherever in it that stands."""
    files = [*(ROOT / "explainer").rglob("*.py"), *(ROOT / "pages").glob("*.py")]
    modules = {
        ".".join(p.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): p for p in files
    }
    return {
        module: {_module(name, modules) for name in _imports(path)} - {module, ""}
        for module, path in modules.items()
    }


def _module(name: str, modules: Mapping[str, Path]) -> str:
    """Return the module that an imported name is or stands in; "" if it is not of the house."""
    return next((found for found in (name, name.rpartition(".")[0]) if found in modules), "")


def _circle(graph: Mapping[str, set[str]]) -> list[str]:
    """Return modules of which each imports the next, the last one the first; nothing if there are none."""
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return error.args[1]
    return []


def test_no_module_needs_itself():
    """Also an import within a function, which Python would forgive."""
    graph = _graph()
    assert sum(map(len, graph.values())) > 300
    assert _circle(graph) == []


def test_the_rule_notices_a_circle(tmp_path):
    late = tmp_path / "late.py"
    late.write_text("def f():\n    from explainer.ui import deck\n")
    modules = {"explainer.ui.deck": late, "explainer.ui.blocks": late}
    graph = {"explainer.ui.deck": {"explainer.ui.blocks"}}
    graph["explainer.ui.blocks"] = {_module(name, modules) for name in _imports(late)}
    assert set(_circle(graph)) == set(modules)


def test_no_page_or_component_renders_html():
    sources = [*(ROOT / "pages").glob("*.py"), *(ROOT / "explainer").rglob("*.py")]
    assert [p.name for p in sources if "unsafe_allow_html" in p.read_text(encoding="utf-8")] == []


def test_no_scene_stops_its_run():
    """What stands beside the stage would not be drawn; a scene that cannot go on raises a ``Fault``."""
    sources = [*(ROOT / "pages").glob("*.py"), *(ROOT / "explainer").rglob("*.py")]
    assert [p.name for p in sources if "st.stop(" in p.read_text(encoding="utf-8")] == []


def test_the_shell_and_a_page_without_models_do_without_torch():
    """It takes longest to import: who comes to a server that has just started waits for it."""
    code = "import sys, explainer.ui.shell, explainer.ui.scenes.references; print('torch' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "False"
