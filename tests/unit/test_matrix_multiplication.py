"""Matrix multiplication: by hand, against PyTorch, typed matrices of every sort, the counts of our models."""

import pickle

import numpy as np
import pytest
import torch
from torch import nn

from explainer.models.mlp import parameter_shapes
from explainer.traces.matrix_multiplication import (
    EMPTY,
    edit_matrix,
    four_views,
    gpt_multiplications,
    layer,
    multiplication_counts,
    multiply,
    parse_matrix,
    shape_rule,
)
from explainer.wording import matrix_multiplication as wording

A = np.array([[1.0, 2.0], [3.0, 4.0]])
B = np.array([[5.0, 6.0], [7.0, -8.0]])
SHAPES = [(1, 1, 1), (2, 3, 4), (8, 8, 8), (1, 8, 1), (8, 1, 8)]


def noted(parsed):
    """Return what is said beside the cells."""
    return {cell: wording.fault(found) for cell, found in parsed.notes.items()}


def matrices(n, K, m):
    rng = np.random.default_rng(n * 100 + K * 10 + m)
    return rng.normal(size=(n, K)) * 100, rng.normal(size=(K, m)) * 100


# --- the product -------------------------------------------------------------------------------------


def test_two_by_two_by_hand():
    product = multiply(A, B)
    assert product.products.tolist() == [[[5, 14], [6, -16]], [[15, 28], [18, -32]]]
    assert product.partial.tolist() == [[[5, 19], [6, -10]], [[15, 43], [18, -14]]]
    assert product.result.tolist() == [[19, -10], [43, -14]]


@pytest.mark.parametrize("shape", SHAPES)
def test_every_number_equals_pytorchs(shape):
    left, right = matrices(*shape)
    product = multiply(left, right)
    for i in range(shape[0]):
        for j in range(shape[2]):
            terms = torch.tensor(left)[i] * torch.tensor(right)[:, j]
            assert np.allclose(product.products[i, j], terms, rtol=0, atol=1e-9)
            assert np.allclose(product.partial[i, j], terms.cumsum(0), rtol=0, atol=1e-9)
    assert np.allclose(product.result, torch.tensor(left) @ torch.tensor(right), rtol=0, atol=1e-9)
    assert np.allclose(product.partial[:, :, -1], product.result, rtol=0, atol=1e-9)


def test_an_empty_cell_empties_only_what_depends_on_it():
    left = A.copy()
    left[0, 1] = np.nan
    product = multiply(left, B)
    assert np.isnan(product.result).tolist() == [[True, True], [False, False]]
    assert product.partial[0, :, 0].tolist() == [5, 6]


def test_zero_has_no_sign():
    product = multiply(np.array([[0.0]]), np.array([[-2.0]]))
    assert not np.signbit(product.products).any()
    assert not np.signbit(product.result).any()


@pytest.mark.parametrize(
    ("a", "b", "explanation"),
    [
        ((2, 3), (2, 4), "A has 3 columns but B 2 rows: 1 number in every row of A would have no partner."),
        (
            (4, 1),
            (3, 4),
            "A has 1 column but B 3 rows: 2 numbers in every column of B would have no partner. "
            "B · A would fit.",
        ),
    ],
)
def test_a_mismatch_is_explained(a, b, explanation):
    rule = shape_rule(a, b)
    assert (rule.fits, rule.shape, wording.shape_rule(a, b)) == (False, None, explanation)
    with pytest.raises(ValueError, match="·"):
        multiply(np.zeros(a), np.zeros(b))


def test_a_match_gives_the_shape_of_the_product():
    rule = shape_rule((2, 3), (3, 4))
    assert rule.fits
    assert rule.shape == multiply(np.zeros((2, 3)), np.zeros((3, 4))).result.shape == (2, 4)
    assert wording.shape_rule((2, 3), (3, 4)).endswith("The product is 2 × 4.")


# --- four views and a layer --------------------------------------------------------------------------


@pytest.mark.parametrize("shape", SHAPES)
def test_four_views_are_one_product(shape):
    n, K, m = shape
    left, right = matrices(*shape)
    views = four_views(multiply(left, right))
    result = torch.tensor(left) @ torch.tensor(right)
    assert np.allclose(views.dots.sum(2), result)
    for k in range(K):
        assert np.allclose(views.layers[k], torch.outer(torch.tensor(left)[:, k], torch.tensor(right)[k]))
        for i in range(n):
            assert np.allclose(views.rows[i, k], left[i, k] * right[k])
        for j in range(m):
            assert np.allclose(views.columns[j, k], right[k, j] * left[:, k])
    for sums in (views.layer_sums[-1], views.rows.sum(1), views.columns.sum(1).T):
        assert np.allclose(sums, result)
    assert np.allclose(views.layer_sums, views.layers.cumsum(0))


def test_a_layer_equals_pytorchs():
    X, W = matrices(5, 2, 3)
    linear = nn.Linear(2, 3, bias=False, dtype=torch.float64)
    with torch.no_grad():
        linear.weight.copy_(torch.tensor(W.T))
    result = layer(X, W)
    assert np.allclose(result.Y, linear(torch.tensor(X)).detach())
    assert result.edges.shape == (5, 2, 3)
    assert np.allclose(result.edges.sum(1), result.Y)


def test_a_layer_writes_its_formulas_out():
    result = layer(np.array([[1.0, -2.0]]), np.array([[0.5, 1, 2], [3, 4, -5]]))
    assert [wording.formula(result, 0, output) for output in range(3)] == [
        "Y₁ = 1·0.5 + (−2)·3 = −5.5",
        "Y₂ = 1·1 + (−2)·4 = −7",
        "Y₃ = 1·2 + (−2)·(−5) = 12",
    ]
    assert wording.formula(layer(np.array([[np.nan]]), np.array([[2.0]])), 0, 0) == "Y₁ = ?·2 = ?"


# --- typed matrices ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("1 2\n3 4", [[1, 2], [3, 4]]),
        ("  1   2 \r\n\r\n 3 4\r\n", [[1, 2], [3, 4]]),
        ("1\t2\n3\t4\n", [[1, 2], [3, 4]]),
        ("1,2\n3,4", [[1, 2], [3, 4]]),
        ("1, 2,\n3, 4", [[1, 2], [3, 4]]),
        ("1;2;\n3;4;", [[1, 2], [3, 4]]),
        ("1 2; 3 4", [[1, 2], [3, 4]]),
        ("1 ; 2 ; 3", [[1, 2, 3]]),
        ("1,5\t2\n−3\t–4,25", [[1.5, 2], [-3, -4.25]]),
        ("1,5; 2,5", [[1.5, 2.5]]),
        ("[[1, -2.5], [3, 4]]", [[1, -2.5], [3, 4]]),
        ("[[1 2]\n [3 4]]", [[1, 2], [3, 4]]),
        ("1e-3 .5 5. +2 -0", [[0.001, 0.5, 5, 2, 0]]),
        ("7", [[7]]),
    ],
)
def test_what_is_typed_is_read(text, values):
    parsed = parse_matrix(text)
    assert parsed.values.tolist() == values
    assert (parsed.notes, parsed.fault) == ({}, None)


@pytest.mark.parametrize(
    ("cell", "note"),
    [
        ("abc", "“abc” is not a number"),
        ("nan", "“nan” is not a number"),
        ("1_0", "“1_0” is not a number"),
        ("0x1", "“0x1” is not a number"),
        ("١", "“١” is not a number"),
        ("1.2.3", "“1.2.3” is not a number"),
        ("--1", "“--1” is not a number"),
        ("<b>", "“<b>” is not a number"),
        ("a" * 30, f"“{'a' * 20}…” is not a number"),
        ("inf", "“inf” is not a number to multiply with"),
        ("−∞", "“−∞” is not a number to multiply with"),
        ("1000001", "“1000001” is too large: at most 1,000,000"),
        ("-1e400", "“-1e400” is too large: at most 1,000,000"),
        (EMPTY, "empty"),
    ],
)
def test_nonsense_is_answered_beside_its_cell(cell, note):
    parsed = parse_matrix(f"1 {cell}\n3 4")
    assert noted(parsed) == {(0, 1): note}
    assert np.isnan(parsed.values).tolist() == [[False, True], [False, False]]
    assert parsed.values[1].tolist() == [3, 4]


def test_missing_cells_are_empty():
    assert noted(parse_matrix("")) == noted(parse_matrix(" \n ")) == {(0, 0): "empty"}
    assert noted(parse_matrix("1\t\t3\n\t5")) == {(0, 1): "empty", (1, 0): "empty", (1, 2): "empty"}
    assert parse_matrix("1\t2\n\t\n3\t4").values.shape == (3, 2)


def test_too_large_a_matrix_keeps_its_first_rows_and_columns():
    parsed = parse_matrix("\n".join(" ".join(str(10 * i + j) for j in range(9)) for i in range(10)))
    assert parsed.values.tolist() == [[10 * i + j for j in range(8)] for i in range(8)]
    assert wording.fault(parsed.fault) == "The matrix is 10 × 9; its first 8 rows and columns are kept."


def test_commas_that_can_be_read_in_two_ways_are_said():
    assert "Write 1.5, or part the cells by semicolons" in wording.fault(parse_matrix("1,5 2,5").fault)
    assert parse_matrix("1,5 2,5").values.tolist() == [[1, 5, 2, 5]]


@pytest.mark.parametrize(
    "hostile", ["]" + " " * 200_000 + "x", "1," * 100_000, "\n" * 100_000 + "1", "\0\ud800"]
)
def test_hostile_text_is_answered(hostile):
    parsed = parse_matrix(hostile)
    assert parsed.values.size <= 64
    assert parsed.fault or parsed.notes


@pytest.mark.parametrize("shape", [(1, 1), (8, 8), (8, 1), (1, 8)])
def test_parse_reads_every_digit(shape):
    rng = np.random.default_rng(1)
    values = rng.normal(size=shape) * 10.0 ** rng.integers(-12, 6, size=shape)
    values.flat[0] = -3
    text = "\n".join(" ".join(repr(float(x)) for x in row) for row in values)
    assert np.array_equal(parse_matrix(text).values, values)


def test_an_empty_cell_is_read_as_one():
    assert np.array_equal(parse_matrix("?\n2").values, [[np.nan], [2.0]], equal_nan=True)


@pytest.mark.parametrize(
    ("typed", "values", "notes"),
    [
        ("9", [[1, 2], [9, 4]], {}),
        (" 1,5 ", [[1, 2], [1.5, 4]], {}),
        ("−2", [[1, 2], [-2, 4]], {}),
        ("8 9", [[1, 2], [8, 9]], {}),
        ("8\t9", [[1, 2], [8, 9]], {}),
        ("foo bar", [[1, 2], [None, 4]], {(1, 0): "“foo bar” is not a number"}),
        ("", [[1, 2], [None, 4]], {(1, 0): "empty"}),
        ("1;2", [[1, 2], [None, 4]], {(1, 0): "“1;2” is not a number"}),
    ],
)
def test_an_edit_changes_its_cell_and_nothing_else(typed, values, notes):
    edited = edit_matrix("1 2\n3 4", 1, 0, typed)
    parsed = parse_matrix(edited.text)
    assert [[None if np.isnan(x) else x for x in row] for row in parsed.values] == values
    assert noted(parsed) == notes
    assert edited.fault is None


def test_an_edit_keeps_the_nonsense_of_other_cells():
    text = edit_matrix("1 2\n3 4", 0, 0, "foo bar").text
    parsed = parse_matrix(edit_matrix(text, 1, 1, "5").text)
    assert noted(parsed) == {(0, 0): "“foo bar” is not a number"}
    assert parsed.values[1].tolist() == [3, 5]


@pytest.mark.parametrize("typed", ["foo bar", "1;2", "a,b", "[x]", "1,2,3", "a\x0bb"])
def test_nonsense_in_a_single_column_stays_in_its_cell(typed):
    text = edit_matrix("1\n2", 0, 0, typed).text
    for _ in range(2):
        parsed = parse_matrix(text)
        assert noted(parsed) == {(0, 0): f"“{' '.join(typed.split())}” is not a number"}
        assert parsed.values[1].tolist() == [2]
        text = edit_matrix(text, 1, 0, "2").text


def test_a_block_that_reaches_beyond_the_matrix_is_cut_and_said():
    edited = edit_matrix("1 2\n3 4", 0, 1, "7\t8\n9\t10\n11\t12")
    assert parse_matrix(edited.text).values.tolist() == [[1, 7], [3, 9]]
    assert (
        wording.fault(edited.fault) == "The block of 3 × 2 reaches beyond the matrix; the rest is left out."
    )


# --- counting ----------------------------------------------------------------------------------------


def test_counts_are_those_of_the_models():
    counts = {wording.counted(count): count.multiplications for count in multiplication_counts(2, 3, 4)}
    shapes = parameter_shapes(34, 3, 10, 200)
    assert counts["A · B"] == multiply(np.ones((2, 3)), np.ones((3, 4))).products.size == 24
    assert counts["Bigram, looked up"] == 0
    assert counts["Bigram, one-hot · W"] == 1156
    assert counts["MLP"] == np.prod(shapes["W1"]) + np.prod(shapes["W2"])
    assert 1.5e9 < counts["GPT-2 XL"] < 1.8e9
    assert counts["GPT-4, highest estimate"] == 1.76e12
    assert list(counts.values())[1:] == sorted(list(counts.values())[1:])


def test_a_small_gpt_by_hand():
    # Width 2, 3 tokens, 5 symbols: 12 · 4 weights, 3 · 2 for scores, 3 · 2 for values; 2 · 5 at the end.
    assert gpt_multiplications(n_layer=1, n_embd=2, block_size=3, vocab_size=5) == 48 + 6 + 6 + 10
    assert gpt_multiplications(n_layer=4, n_embd=2, block_size=3, vocab_size=5) == 4 * 60 + 10


def test_every_count_says_how_and_whence():
    assert all(wording.how(count) and wording.source(count) for count in multiplication_counts(1, 1, 1))


def test_traces_can_be_cached():
    for trace in (parse_matrix("1 x"), multiply(A, B), layer(A, B), multiplication_counts(1, 1, 1)):
        assert type(pickle.loads(pickle.dumps(trace))) is type(trace)
