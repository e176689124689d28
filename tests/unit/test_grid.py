"""The grid's payload: what leaves Python arrives, in few bytes; what does not fit is refused."""

from dataclasses import replace

import numpy as np
import pytest

from explainer.components.events import heard
from explainer.components.grid import (
    Cell,
    Copies,
    Cross,
    Increments,
    Matrix,
    Product,
    Same,
    SameRow,
    Share,
    Stage,
    Stages,
    Values,
    Walk,
    _cell,
    packed,
    unpacked,
)
from explainer.components.grid.payload import compact

A = Matrix(np.array([[1.0, 2.0], [3.0, 4.0]]), "A", "input", (1, 0))
B = Matrix(np.array([[0.5, -1.0, 0.0], [2.0, 0.0, 1.0]]), "B", "weights", (0, 1))
AB = Matrix(A.values @ B.values, "A·B", "activations", (1, 1))
CELLS = np.array([[0, 1], [1, 1], [1, 0]])
STARTS = np.array([0, 1, 3])


def pack(*matrices, **options):
    return packed(matrices, alt="what is seen", **options)


def read(*matrices, **options):
    return unpacked(pack(*matrices, **options))


# --- round trip -------------------------------------------------------------------------------------


def test_matrices_arrive_as_they_left():
    header, arrays = read(A, B, AB)
    for matrix, sent in zip((A, B, AB), header["matrices"], strict=True):
        np.testing.assert_array_equal(arrays[sent["values"]["array"]], matrix.values)
        assert (sent["name"], sent["role"], tuple(sent["place"])) == (matrix.name, matrix.role, matrix.place)


def test_every_array_starts_on_a_multiple_of_eight():
    payload = pack(A, B, AB, links=Product(0, 1, 2, np.ones((2, 3, 2)) / 3))
    header, _ = unpacked(payload)
    length = int.from_bytes(payload[:4], "little")
    assert len(payload) % 8 == 0
    assert [a["offset"] % 8 for a in header["arrays"]] == [0, 0, 0, 0]
    assert payload[4 : 4 + length].decode("utf-8").startswith("{")


def test_labels_and_notes_keep_their_letters():
    matrix = Matrix(
        np.array([[1, np.nan]]), "zażółć", "counts", rows=["Ż"], cols=[" ", "\n"], notes={(0, 1): "“abc”"}
    )
    sent = read(matrix)[0]["matrices"][0]
    assert (sent["name"], sent["rows"], sent["cols"]) == ("zażółć", ["Ż"], [" ", "\n"])
    assert sent["notes"] == [[0, 1, "“abc”"]]


def test_terms_and_partial_sums_are_those_of_python():
    terms = A.values[:, None, :] * B.values.T[None]  # (2, 3, 2)
    header, arrays = read(A, B, AB, links=[Product(0, 1, 2, terms, terms.cumsum(-1))], frames=Walk(0))
    link = header["links"][0]
    np.testing.assert_array_equal(arrays[link["terms"]["array"]], terms)
    np.testing.assert_array_equal(arrays[link["partial"]["array"]][:, :, -1], AB.values)
    assert header["frames"] == [{"kind": "walk", "link": 0, "order": None, "speed": 1.5}]


def test_origins_of_copies_arrive_whole():
    origin = np.array([[3, 0, -1], [1, 1, 2]])
    header, arrays = read(A, B, links=Copies(0, 1, origin))
    link = header["links"][0]
    np.testing.assert_array_equal(arrays[link["origin"]["array"]], origin)
    assert (link["kind"], link["source"], link["copy"]) == ("copies", 0, 1)


def test_marks_and_the_totals_of_shares_arrive_whole():
    marked = replace(A, marks=np.array([[True, False], [False, True]]), marked_as="never seen")
    header, arrays = read(A, replace(marked, place=(0, 0)), links=Share(0, 1, np.array([3.3, 7.3]), 0.15))
    sent, link = header["matrices"][1], header["links"][0]
    np.testing.assert_array_equal(arrays[sent["marks"]["array"]], [[1, 0], [0, 1]])
    np.testing.assert_array_equal(arrays[link["totals"]["array"]], [3.3, 7.3])
    assert (sent["marked_as"], link["smoothing"], header["matrices"][0]["marks"]) == (
        "never seen",
        0.15,
        None,
    )


def test_increments_arrive_whole():
    counts = Matrix(np.array([[0, 5], [3, 3]]), "counts", "counts")
    frames = Increments(0, CELLS, STARTS, ["one", "two"], np.array([5, 3]), unit="word", within=True)
    header, arrays = read(counts, frames=frames)
    sent = header["frames"][0]
    assert [arrays[sent[n]["array"]].tolist() for n in ("cells", "starts", "weights")] == [
        CELLS.tolist(),
        [0, 1, 3],
        [5, 3],
    ]
    assert (sent["titles"], sent["unit"], sent["within"]) == (["one", "two"], "word", True)


def test_several_values_play_together():
    first, second = np.zeros((3, 2, 2)), np.arange(18).reshape(3, 2, 3)
    header, arrays = read(A, B, frames=[Values(0, first, ["a", "b", "c"]), Values(1, second)])
    assert [f["matrix"] for f in header["frames"]] == [0, 1]
    np.testing.assert_array_equal(arrays[header["frames"][1]["values"]["array"]], second)


def test_stages_arrive_in_order():
    by_then = np.full(A.values.shape, np.nan)
    by_then[0, 0] = 2.5
    stages = Stages([Stage("q", [(0, None, 1)], [1]), Stage("k", formula="q · k", values={0: by_then})])
    sent = read(A, B, frames=stages)[0]["frames"][0]["stages"]
    assert sent[0] == {"title": "q", "lit": [[0, None, 1]], "hidden": [1], "formula": "", "values": []}
    assert sent[1]["values"] == [[0, [2.5, *[None] * (A.values.size - 1)]]]
    assert sent[1]["formula"] == "q · k"


@pytest.mark.parametrize(
    ("role", "shade", "sent"),
    [
        ("counts", "auto", "sequential"),
        ("probabilities", "auto", "sequential"),
        ("weights", "auto", "diverging"),
        ("weights", "none", "none"),
    ],
)
def test_shade_follows_the_role(role, shade, sent):
    assert read(Matrix(np.ones((1, 1)), "m", role, shade=shade))[0]["matrices"][0]["shade"] == sent


def test_names_of_the_register_stay_small():
    cells = np.random.default_rng(0).integers(0, 34, (25_463, 2))
    starts = np.linspace(0, len(cells), 3518).astype(np.int64)
    counts = Matrix(np.zeros((34, 34), dtype=np.int64), "counts", "counts")
    payload = pack(counts, frames=Increments(0, cells, starts, ["ANNA"] * 3517))
    assert len(payload) < 2 * 25_463 + 2 * 3518 + 10 * 3517 + 5_000


# --- the type of an array ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "dtype"),
    [
        ([0, 255], "u1"),
        ([0, 256], "u2"),
        ([-1, 5], "i1"),
        ([-129, 5], "i2"),
        ([0, 70_000], "u4"),
        ([-70_000, 0], "i4"),
        ([1.0, 2.0], "u1"),
        ([0.5, -0.25], "f4"),
        ([0.1, 0.2], "f8"),
        ([1.0, np.nan], "f4"),
        ([True, False], "u1"),
    ],
)
def test_smallest_type_without_loss(values, dtype):
    sent = compact(np.array(values))
    assert sent.dtype == np.dtype(f"<{dtype}")
    np.testing.assert_array_equal(sent, np.array(values, dtype=np.float64))


def test_single_precision_of_torch_stays_single():
    values = np.random.default_rng(1).normal(size=(101, 34, 34)).astype(np.float32)
    assert compact(values).dtype == np.float32


def test_many_doubles_become_single_unless_a_shown_digit_would_change():
    values = np.linspace(0.1, 0.9, 5000)
    assert compact(values).dtype == np.float32
    values[7] = 0.33499999999  # shown as 0.33; in single precision it is above 0.335, shown as 0.34
    assert compact(values, decimals=2).dtype == np.float64


# --- what does not fit is refused, with advice --------------------------------------------------------


def matrix(values=None, **fields):
    return Matrix(
        np.zeros((2, 3)) if values is None else values, fields.pop("name", "M"), "weights", **fields
    )


@pytest.mark.parametrize(
    ("broken", "says"),
    [
        (matrix(np.zeros(3)), "2-D"),
        (matrix(np.zeros((0, 3))), "filled"),
        (matrix(np.array([["a"]])), "numbers"),
        (matrix(np.array([[np.inf]])), "infinity"),
        (matrix(rows=["a"]), "1 labels for 2 rows"),
        (matrix(cols=["a", "b"]), "2 labels for 3 cols"),
        (matrix(shade="dark"), "shade 'dark' is not one of"),
        (matrix(scale_max=0.0), "above zero"),
        (matrix(scale_max=np.inf), "above zero"),
        (matrix(decimals=-1), "0 to 20"),
        (matrix(notes={(2, 0): "x"}), "outside"),
        (matrix(instead={(0, 9): "∞"}), "outside"),
        (matrix(called=((), ["one"])), "1 of 3 cols are called|1 of 2 cols are called"),
        (matrix(place=(-1, 0)), "zero or more"),
        (matrix(marks=np.zeros(2, bool)), r"marks have shape \(2,\)"),
        (Matrix(np.zeros((1, 1)), "M", "bias"), "role 'bias' is not one of"),
    ],
)
def test_a_broken_matrix_is_refused(broken, says):
    with pytest.raises(ValueError, match=says):
        pack(broken)


def test_two_matrices_cannot_share_a_place():
    with pytest.raises(ValueError, match=r"'M' and 'N' both stand at \(0, 0\)"):
        pack(matrix(), matrix(name="N"))


def test_a_grid_needs_a_matrix():
    with pytest.raises(ValueError, match="at least one matrix"):
        packed([], alt="")


@pytest.mark.parametrize(
    ("link", "says"),
    [
        (Cross(3), "there is no matrix 3"),
        (Product(0, 1, 0), "2 × 2 times 2 × 3 does not give 2 × 2"),
        (Product(1, 0, 2), "2 × 3 times 2 × 2 does not give"),
        (Product(0, 1, 2, terms=np.zeros((2, 3))), r"give \(2, 3, 2\)"),
        (Product(0, 1, 2, partial=np.zeros((3, 2, 2))), r"give \(2, 3, 2\)"),
        (Same((0, 1)), "same size"),
        (Copies(0, 1, np.zeros((2, 2), int)), "origin must be whole numbers"),
        (Copies(0, 1, np.full((2, 3), 4)), "origin must lie between 0 and 3"),
        (Share(0, 1, np.ones(2)), "do not fit"),
        (Share(0, 0, np.ones(3)), "do not fit"),
        (SameRow((0, 7)), "there is no matrix 7"),
        ("cross", "give a Cross"),
    ],
)
def test_a_broken_link_is_refused(link, says):
    with pytest.raises(ValueError, match=says):
        pack(A, B, AB, links=[link])


def increments(**changed):
    fields = {"matrix": 0, "cells": CELLS, "starts": STARTS, "titles": ["a", "b"]} | changed
    return Increments(**fields)


@pytest.mark.parametrize(
    ("frames", "says"),
    [
        (increments(cells=CELLS + 1), "outside of the matrix"),
        (increments(cells=CELLS - 1), "outside of the matrix"),
        (increments(cells=CELLS.astype(float)), "whole numbers"),
        (increments(starts=np.array([0, 1, 2])), "number of cells, 3"),
        (increments(starts=np.array([0, 3, 1, 3]), titles=["a"] * 3), "must not go down"),
        (increments(titles=["a"]), "1 titles for 2 frames"),
        (increments(weights=np.ones(3)), "one weight for each of the 2 frames"),
        (increments(matrix=4), "there is no matrix 4"),
        (increments(speed=0), "Increments: speed is 0; give a number above zero"),
        (Walk(0), "not a Product"),
        (Values(0, np.zeros((3, 2, 5))), r"give \(frames, 2, 2\)"),
        (Values(0, np.zeros((3, 2, 2)), ["a"]), "1 titles for 3 frames"),
        ([Values(0, np.zeros((3, 2, 2))), Values(1, np.zeros((4, 2, 3)))], "numbers of frames differ"),
        ([Values(0, np.zeros((3, 2, 2))), Walk(0)], "not a Product|only Values"),
        (Stages([]), "at least one Stage"),
        (Stages([Stage("s", [(0, 2, None)])]), "lights row 2"),
        (Stages([Stage("s", hidden=[9])]), "there is no matrix 9"),
        (Stages([Stage("s", values={0: np.zeros((9, 9))})]), r"values \(9, 9\) for matrix 0"),
    ],
)
def test_broken_frames_are_refused(frames, says):
    with pytest.raises(ValueError, match=says):
        pack(A, B, links=Cross(0), frames=frames)


def test_a_walk_stays_inside_its_product():
    with pytest.raises(ValueError, match=r"below \(2, 3, 2\)"):
        pack(A, B, AB, links=Product(0, 1, 2), frames=Walk(0, order=np.array([[0, 0, 2]])))


@pytest.mark.parametrize(
    ("frames", "last"),
    [
        (None, 0),
        (increments(), 2),
        (increments(within=True), 3),
        (Walk(0), 12),
        (Walk(0, np.array([[0, 0, 0], [0, 0, 1]])), 2),
        (Values(0, np.zeros((5, 2, 2))), 4),
        (Stages([Stage("a"), Stage("b")]), 1),
    ],
)
def test_start_may_be_any_position_and_no_other(frames, last):
    options = {"links": Product(0, 1, 2), "frames": frames}
    assert read(A, B, AB, start=last, **options)[0]["start"] == last
    for wrong in (last + 1, -1):
        with pytest.raises(ValueError, match=f"numbered 0 to {last}"):
            pack(A, B, AB, start=wrong, **options)


@pytest.mark.parametrize(
    ("named", "cell"),
    [
        (None, None),
        ({"matrix": 1, "row": 1, "col": 2}, Cell(1, 1, 2)),
        ({"matrix": 0, "row": 1, "col": 2}, None),
        ({"matrix": 0, "row": 2, "col": 0}, None),
        ({"matrix": 2, "row": 0, "col": 0}, None),
    ],
)
def test_a_lock_on_a_cell_that_is_gone_is_none(named, cell):
    assert heard({"lock": named}, "lock", _cell([A, B])) == cell


def test_texts_stand_in_the_cells_in_place_of_numbers():
    texts = [["a 1", "b 2"], ["c 3", "d 4"]]
    header, arrays = unpacked(packed([Matrix(np.eye(2), "m", "counts", texts=texts)], alt="", press=True))
    assert header["matrices"][0]["texts"] == ["a 1", "b 2", "c 3", "d 4"]
    np.testing.assert_array_equal(arrays[header["matrices"][0]["values"]["array"]], np.eye(2))
    assert header["press"] is True
    with pytest.raises(ValueError, match="a text for each of the 2 × 2 cells"):
        packed([Matrix(np.eye(2), "m", "counts", texts=[["a"], ["b", "c"]])], alt="")
