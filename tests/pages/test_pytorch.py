"""The PyTorch page: what stands on it is what PyTorch gives for the same expression."""

import numpy as np
import pytest
import torch
from streamlit.testing.v1 import AppTest
from torch.nn import functional as F

from explainer import checkpoints, names
from explainer.components.grid import unpacked
from explainer.models.mlp import build_dataset
from tests.scenes import open_sound


def page(scene: str, **query: str) -> AppTest:
    """Run one scene; query values are what the address bar shows."""
    return open_sound("pytorch", scene, query)


def grid(app: AppTest) -> tuple[dict[str, np.ndarray], dict]:
    """Return the matrices of the scene's grid by name, and the header with its links filled in."""
    sent = next(part.proto.bytes for part in app.get("bidi_component") if part.proto.component_name == "grid")
    header, arrays = unpacked(sent)
    for link in header["links"]:
        if "origin" in link:
            link["origin"] = arrays[link["origin"]["array"]]
    return {m["name"]: arrays[m["values"]["array"]] for m in header["matrices"]}, header


def said(app: AppTest) -> str:
    kinds = ("text", "markdown", "code")
    return "\n".join(part.value for kind in kinds for part in app.get(kind))


@pytest.fixture(scope="module")
def model():
    return checkpoints.load("girls-mlp").model


@pytest.fixture(scope="module")
def examples():
    return build_dataset(["ANNA"], names.VOCABULARY, 3)


@pytest.mark.parametrize("expression", ["C[1]", "C[1, 2]", "C[[1, 2]]", "C[X]"])
def test_indexing_gives_what_torch_gives(model, examples, expression):
    X, _ = examples
    expected = {
        "C[1]": model.C[1],
        "C[1, 2]": model.C[1, 2],
        "C[[1, 2]]": model.C[[1, 2]],
        "C[X]": model.C[X],
    }[expression]
    app = page("indexing", index=expression)
    shown, header = grid(app)
    np.testing.assert_array_equal(shown["result"].ravel(), expected.numpy().ravel())
    assert f"shape {list(expected.shape)}," in said(app)
    origin = header["links"][0]["origin"]
    np.testing.assert_array_equal(shown["C"].ravel()[origin].ravel(), shown["result"].ravel())
    scales = {one["scale_max"] or float(np.abs(shown["C"]).max()) for one in header["matrices"][:2]}
    assert len(scales) == 1  # a number that is picked keeps its shade
    at = header["lens_at"]
    lit = header["frames"][0]["stages"][0]["lit"][-1]
    assert origin[at["row"], at["col"]] // 10 == lit[1]  # both lenses stand on the row that is lit last


def test_what_emb_is_stands_above_its_views(model):
    app = page("view", name="EWA")
    assert "the rows of C for E W A, 3 × 10 = 30 numbers" in said(app)
    X, _ = build_dataset(["EWA"], names.VOCABULARY, 3)
    np.testing.assert_array_equal(grid(app)[0]["memory"].ravel(), model.C[X[-1]].ravel().numpy())


def test_the_slide_is_put_right():
    assert "The slide says rows 1 and 2: that is C[[1, 2]]." in said(page("indexing", index="C[1, 2]"))


def test_the_expression_to_begin_with_works(model):
    shown, _ = grid(page("indexing", index="your own"))
    np.testing.assert_array_equal(shown["result"], model.C[[1, 2], :3].numpy())
    assert grid(page("view", view="your own"))[0]["tensor"].shape == (2, 15)


def test_one_s_own_expression_is_worked_out(model):
    shown, _ = grid(page("indexing", index="your own", index_own="C[3:9:2, [0, -1]]"))
    np.testing.assert_array_equal(shown["result"], model.C[3:9:2, [0, -1]].numpy())


@pytest.mark.parametrize("expression", ["C[40]", "C[1, 2, 3]", "C[0.5]", "C[[1, 2], [1, 2, 3]]"])
def test_the_error_is_pytorchs_own_and_explained(model, expression):
    with pytest.raises((IndexError, TypeError)) as refusal:
        eval(expression, {"C": model.C})
    app = page("indexing", index="your own", index_own=expression)
    assert str(refusal.value).splitlines()[0] in said(app)
    assert app.get("text")[-1].value.endswith(".")


@pytest.mark.parametrize(
    "expression",
    ["__import__('os').system('x')", "C.__class__", "(lambda: 1)()", "<script>", "", "C" * 60, "emb", "X[9]"],
)
def test_nothing_else_is_run(expression):
    for scene, key in (("indexing", "index"), ("view", "view")):
        app = page(scene, **{key: "your own", f"{key}_own": expression})
        assert "<script>" not in "\n".join(part.value for part in app.markdown)


@pytest.mark.parametrize(
    ("chosen", "shape", "strides"),
    [(".view(30)", [30], [1]), (".view(5, 6)", [5, 6], [6, 1]), (".t()", [10, 3], [1, 10])],
)
def test_a_view_walks_along_the_same_memory(model, examples, chosen, shape, strides):
    app = page("view", view=chosen)
    shown, header = grid(app)
    np.testing.assert_array_equal(shown["memory"].ravel(), model.C[examples[0][-1]].numpy().ravel())
    np.testing.assert_array_equal(shown["memory"][0][header["links"][0]["origin"]], shown["tensor"])
    assert f"shape {shape}, strides {strides}" in said(app)
    assert "nothing was copied" in said(app)


@pytest.mark.parametrize(
    ("chosen", "message", "means"),
    [
        (".t().view(30)", "view size is not compatible", "No single step size"),
        (".view(4, 7)", "is invalid for input of size 30", "must give exactly 30"),
    ],
)
def test_a_bad_view_is_refused_in_pytorchs_words_and_in_plain_ones(chosen, message, means):
    assert message in said(page("view", view=chosen))
    assert means in said(page("view", view=chosen))


def test_three_lines_give_what_the_one_call_gives(model, examples):
    X, Y = examples
    logits, loss = model(X, Y)
    app = page("cross-entropy", line="3  loss")
    assert [m.value for m in app.metric] == [f"{loss:.5f}"] * 2
    np.testing.assert_allclose(
        grid(app)[0]["−ln p"].ravel(), F.cross_entropy(logits, Y, reduction="none"), rtol=1e-5, atol=1e-6
    )


@pytest.mark.parametrize("line", ["1  counts", "2  prob", "3  loss", "F.cross_entropy"])
def test_large_logits_break_the_three_lines_but_not_the_call(model, examples, line):
    X, Y = examples
    app = page("cross-entropy", factor="100", line=line)
    expected = F.cross_entropy(100 * model(X)[0], Y)
    assert torch.isfinite(expected)
    assert [m.value for m in app.metric] == ["nan", f"{expected:.5f}"]
    assert "more than float32 can hold" in said(app)
