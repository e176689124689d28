"""A scene as a notebook: it computes, outside the app, the very numbers that stand on the screen."""

import inspect
import json

import nbformat
import numpy as np
import pytest
from nbclient import NotebookClient
from streamlit.testing.v1 import AppTest

from explainer.components.grid import unpacked
from explainer.notebook import Call, of_calls
from explainer.ui import caches, words
from explainer.ui.scenes.training_step import GRADIENT
from explainer.ui.source import ROOT
from tests.notebooks import offered, run
from tests.scenes import open_scene, open_sound, part, primitives
from tests.unit.test_attention_component import unpacked as attention_unpacked


def grid(app: AppTest, key: str) -> list[np.ndarray]:
    header, arrays = unpacked(part(app, key).bytes)
    return [arrays[matrix["values"]["array"]] for matrix in header["matrices"]]


def _sent(app: AppTest, component: str):
    return next(p.proto for p in app.get("bidi_component") if p.proto.component_name == component)


def _answer(left: dict, function: str):
    """Return what a function of a notebook found."""
    return next(
        left[name] for name in (function, f"{function}_1") if name in left and not callable(left[name])
    )


# --- the number on the screen ---------------------------------------------------------------------------


def test_a_name_that_was_sampled():
    app = open_sound(
        "bigram", "sample", {"names": "boys", "smoothing": "0.1", "seed": "7", "way": "ten names"}
    )
    texts = [text for text in primitives(app, "text") if text["x"] == 1]
    shown = [text["text"] for text in sorted(texts, key=lambda text: text["y"])][1:]
    left = run(offered(app)[0])
    assert [one.name for one in _answer(left, "ten_names")["this table"]] == shown


def test_the_table_of_a_list_of_ones_own():
    app = open_sound("bigram", "probabilities", {"names": "your own list", "smoothing": "1"})
    app.session_state["bigram_file"] = ("imiona.csv", "imię;ile\nŻaneta;3\nŁukasz;2\n".encode("cp1250"))
    app.run()
    app.selectbox(key="bigram_counts").set_value("ile").run()
    left = run(offered(app)[0])
    counts, probabilities = grid(app, "bigram_probabilities")
    found = _answer(left, "probabilities")
    assert np.array_equal(found.counts, counts)
    assert counts.max() == 3
    assert np.allclose(found.probabilities, probabilities, atol=1e-6)


def test_a_step_of_the_mlps_forward_pass():
    app = open_sound("mlp", "forward-pass", {"sex": "boys", "name": "ADAM", "read": "2", "step": "softmax"})
    left = run(offered(app)[0])
    shown = grid(app, "mlp_step_softmax")
    expected = _answer(left, "forward").probabilities
    assert any(one.size == expected.size and np.allclose(one.ravel(), expected, atol=1e-6) for one in shown)


def test_what_a_gpt_writes():
    query = {
        "model": "Pan Tadeusz",
        "prompt_pan-tadeusz": "Litwo!",
        "seed": "5",
        "temperature": "0.7",
        "top_k": "5",
    }
    app = open_sound("attention", "who-looks-at-whom", query)
    written = _answer(run(offered(app)[0]), "write")
    _, arrays = attention_unpacked(_sent(app, "attention").bytes)
    assert [draw.token for draw in written.draws] == arrays["tokens"].tolist()
    assert np.allclose([draw.roll for draw in written.draws], arrays["rolls"])
    assert len(written.draws) == 12


def test_the_gradients_of_a_graph():
    app = open_scene("gradient_descent.py", "backpropagation")
    found = _answer(run(offered(app)[0]), "neuron")
    assert np.allclose(found.gradients, found.autograd, atol=1e-12, equal_nan=True)


def test_one_step_of_training():
    app = open_scene("gradient_descent.py", "one-step", gd_stage="update", gd_optimizer="Adam", gd_name="EWA")
    header, arrays = unpacked(part(app, "gd_step_update").bytes)
    [shown] = [matrix for matrix in header["matrices"] if matrix["name"] == GRADIENT]
    gradient = arrays[shown["values"]["array"]]
    found = next(one for name, one in run(offered(app)[0]).items() if hasattr(one, "gradients"))
    assert np.abs(found.gradients["W2"]).max() == pytest.approx(np.abs(gradient).max(), rel=1e-6)


def test_four_answers_to_one_prefix():
    app = open_sound("compare", "one-prefix", {"prefix": "ZO", "seed": "3"})
    left = run(offered(app)[0])
    rows = json.loads(_sent(app, "names_answers").json)["rows"]
    for i, row in enumerate(rows, 1):
        assert left[f"samples_{i}"] == row["samples"]
        assert np.allclose(left[f"probabilities_{i}"], row["probabilities"], atol=1e-6)


def test_a_downloaded_notebook_runs_by_itself(tmp_path):
    app = open_sound("mlp", "structure", {"name": "ZOFIA", "read": "3"})
    data, name = offered(app)
    (tmp_path / name).write_bytes(data)
    book = nbformat.reads((tmp_path / name).read_text(encoding="utf-8"), as_version=4)
    NotebookClient(book, timeout=60, resources={"metadata": {"path": str(ROOT / "data")}}).execute()
    assert "probabilities" in str(book.cells[-1].outputs)


# --- what is written ------------------------------------------------------------------------------------


def test_what_a_visitor_typed_stays_a_value():
    typed = "'''\n__import__('os')\n{x}`\\"
    data = of_calls(
        "A", "B.", [Call(words.word_list.__wrapped__, (words.Source("own", text=typed),), {})], caches.origin
    )
    code = ["".join(cell["source"]) for cell in json.loads(data)["cells"] if cell["cell_type"] == "code"]
    assert repr(typed) in code[-1]
    marked = [
        "".join(cell["source"]) for cell in json.loads(data)["cells"] if cell["cell_type"] == "markdown"
    ]
    assert not any("__import__" in text for text in marked)


def test_what_cannot_be_written_is_left_out_and_that_is_said():
    data = of_calls("A", "B.", [Call(words.word_list.__wrapped__, (object(),), {})], caches.origin)
    assert data is None
    calls = [Call(words.dotted, ("A.",), {}), Call(words.dotted, (object(),), {})]
    cells = json.loads(of_calls("A", "B.", calls, caches.origin))["cells"]
    assert "lived only in your visit" in "".join(cells[-1]["source"])
    assert inspect.getsource(words.dotted).rstrip() in "".join(cells[-2]["source"])
