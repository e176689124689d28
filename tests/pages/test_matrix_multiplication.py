"""The matrix multiplication chapter: what reaches the browser is what torch computed."""

import numpy as np
import pytest
import torch
from streamlit.testing.v1 import AppTest

from explainer.components.grid import unpacked
from explainer.ui.scenes import matrix_multiplication
from tests.scenes import open_scene


def opened(scene: str, **query: str) -> AppTest:
    return open_scene("matrix_multiplication.py", scene, **query)


def drawn(app: AppTest) -> tuple[dict, list[np.ndarray]]:
    """Return the header and the arrays of the one grid on the page."""
    parts = [e.proto.bytes for e in app.get("bidi_component") if e.proto.bytes]
    assert len(parts) == 1
    return unpacked(parts[0])


def matrix(app: AppTest, place: int) -> np.ndarray:
    header, arrays = drawn(app)
    return arrays[header["matrices"][place]["values"]["array"]]


@pytest.mark.parametrize("scene", ["cell-by-cell", "your-own"])
@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("2 -1 0.5\n1 0 3", "1 4 -2 0\n3 0.5 1 -1\n0 2 -1 2"),
        ("1.25", "-8"),
        ("\n".join(["0.1 -0.2 3 4 5 6 7 8"] * 8), "\n".join(["1 -1 0.3 2 -2 0.5 7 9"] * 8)),
    ],
)
def test_the_product_on_screen_is_torchs(scene, a, b):
    app = opened(scene, mm_a=a, mm_b=b)
    A, B = (torch.tensor([[float(x) for x in row.split()] for row in m.split("\n")]).double() for m in (a, b))
    np.testing.assert_allclose(matrix(app, 2), (A @ B).numpy(), atol=1e-6)


def test_every_product_and_running_sum_is_sent():
    header, arrays = drawn(opened("cell-by-cell"))
    sent = [array for array in arrays if array.shape == (2, 4, 3)]
    A = torch.tensor([[2, -1, 0.5], [1, 0, 3]])
    B = torch.tensor([[1, 4, -2, 0], [3, 0.5, 1, -1], [0, 2, -1, 2]])
    products = (A[:, None, :] * B.T[None]).numpy()
    assert any(np.allclose(array, products, atol=1e-6) for array in sent), header
    assert any(np.allclose(array, products.cumsum(2), atol=1e-6) for array in sent)


def test_nonsense_is_answered_beside_its_cell_and_nothing_else_is_lost():
    app = opened("your-own", mm_a="2 x 0.5\n1 inf 3")
    A = matrix(app, 0)
    assert np.isnan(A[0, 1])
    assert np.isnan(A[1, 1])
    assert A[[0, 0, 1, 1], [0, 2, 0, 2]].tolist() == [2, 0.5, 1, 3]
    assert "not a number" in str(drawn(app)[0]["matrices"][0])


def test_shapes_that_do_not_fit_are_explained_and_both_stay():
    app = opened("your-own", mm_a="1 2\n3 4")
    assert "A has 2 columns but B 3 rows" in app.warning[0].value
    assert len(drawn(app)[0]["matrices"]) == 2


@pytest.mark.parametrize(("n", "k", "rows", "m"), [(1, 1, 1, 1), (8, 8, 8, 8), (2, 5, 5, 3)])
def test_the_shape_rule(n, k, rows, m):
    app = opened("shape-rule", mm_n=str(n), mm_k=str(k), mm_rows=str(rows), mm_m=str(m))
    assert f"The product is {n} × {m}" in app.success[0].value


def test_the_odometer_counts_this_product():
    app = opened("counting", mm_a="1 2 3\n4 5 6", mm_b="1\n2\n3")
    assert app.metric[0].value == "6"


def test_too_many_outer_products_to_be_read_add_up_in_one_matrix():
    wide = "\n".join(["1 2 3 4 5 6 7 8"] * 8)
    app = opened("four-ways", mm_way="outer products", mm_a=wide, mm_b=wide)
    header, arrays = drawn(app)
    frames = next(array for array in arrays if array.ndim == 3)
    np.testing.assert_allclose(frames[-1], matrix(app, 2), atol=1e-6)
    assert not frames[0].any()
    assert header["frames"]


A, B = np.array([[2, -1, 0.5], [1, 0, 3]]), np.array([[1, 4, -2, 0], [3, 0.5, 1, -1], [0, 2, -1, 2]])


def test_outer_products_pile_up_as_matrices_that_one_sees():
    app = opened("four-ways", mm_way="outer products")
    shown = [matrix(app, place) for place in range(3, 6)]
    for k, layer in enumerate(shown):
        np.testing.assert_allclose(layer, np.outer(A[:, k], B[k]), atol=1e-6)
    np.testing.assert_allclose(sum(shown), matrix(app, 2), atol=1e-6)
    stages = drawn(app)[0]["frames"][0]["stages"]
    assert [stage["hidden"] for stage in stages] == [[4, 5], [5], []]


def test_rows_and_columns_show_what_they_are_mixed_of():
    app = opened("four-ways", mm_way="rows")
    for i in range(2):
        np.testing.assert_allclose(matrix(app, 3 + i), A[i][:, None] * B, atol=1e-6)
        np.testing.assert_allclose(matrix(app, 3 + i).sum(0), matrix(app, 2)[i], atol=1e-6)
    app = opened("four-ways", mm_way="columns")
    for j in range(4):
        np.testing.assert_allclose(matrix(app, 3 + j), A * B[:, j], atol=1e-6)
        np.testing.assert_allclose(matrix(app, 3 + j).sum(1), matrix(app, 2)[:, j], atol=1e-6)


def test_cells_without_a_partner_are_marked():
    app = opened("shape-rule", mm_k="4", mm_rows="3")
    left, right = drawn(app)[0]["matrices"]
    assert [note[:2] for note in left["notes"]] == [[0, 3], [1, 3]]
    assert right["notes"] == []
    assert all(note[2] == "no partner" for note in left["notes"])


def test_rows_and_columns_are_added_taken_off_and_put_back():
    app = opened("your-own")
    app.button(key="mm_a_row_1").click().run()
    assert matrix(app, 0).tolist() == [*A.tolist(), [0, 0, 0]]
    app.button(key="mm_b_column_-1").click().run()
    assert matrix(app, 1).tolist() == B[:, :3].tolist()
    app.button(key="mm_random").click().run()
    assert (matrix(app, 0).shape, matrix(app, 1).shape) == ((3, 3), (3, 3))
    app.button(key="mm_reset").click().run()
    assert (matrix(app, 0).tolist(), matrix(app, 1).tolist()) == (A.tolist(), B.tolist())


def test_the_first_output_is_written_out_with_its_weights():
    app = opened("why-useful")
    assert any("Y₁ = x₁·w₁₁ + x₂·w₂₁ = 1·0.5 + 2·1.5 = 3.5" in m.value for m in app.markdown)
    assert matrix(app, 0).shape == (4, 2)


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0, "0 seconds"), (1, "1 second"), (24, "24 seconds"), (1156, "19 minutes"), (12_800, "4 hours"),
     (11_833_344, "137 days"), (1_712_257_600, "54 years"), (1_760_000_000_000, "55,771 years")],
)  # fmt: skip
def test_a_time_by_hand_is_said_in_a_unit_one_can_feel(seconds, said):
    assert matrix_multiplication.duration(seconds) == said
