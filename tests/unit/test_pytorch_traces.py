"""The PyTorch chapter's numbers: indexing, memory, views, cross-entropy, and PyTorch's own refusals."""

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from explainer.traces.pytorch import BadExpression, cross_entropy, evaluate, memory
from explainer.wording import pytorch as wording

C = torch.arange(12.0).view(4, 3)
X = torch.tensor([[0, 1], [3, 3]])
TENSORS = {"C": C, "X": X}


# --- indexing ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("expression", "shape", "cells", "shared"),
    [
        ("C[1]", (3,), [3, 4, 5], True),
        ("C[1, 2]", (), [5], True),  # one element, not two rows
        ("C[[1, 2]]", (2, 3), [3, 4, 5, 6, 7, 8], False),
        ("C[X]", (2, 2, 3), [0, 1, 2, 3, 4, 5, 9, 10, 11, 9, 10, 11], False),
        ("C[-1, ::2]", (2,), [9, 11], True),
        ("C[:, 1]", (4,), [1, 4, 7, 10], True),
        ("C[[0, 3], [1, 2]]", (2,), [1, 11], False),
        ("C[..., None, 0]", (4, 1), [0, 3, 6, 9], True),
        ("C[[True, False, False, True]]", (2, 3), [0, 1, 2, 9, 10, 11], False),
        ("C[5:2]", (0, 3), [], True),
    ],
)
def test_indexing_behaves_as_in_pytorch_and_says_which_cells(expression, shape, cells, shared):
    found = evaluate(expression, TENSORS)
    assert found.error == ""
    assert found.result.shape == shape
    assert found.result.origin.ravel().tolist() == cells
    np.testing.assert_array_equal(found.result.values.ravel(), cells)  # C holds its own places
    np.testing.assert_array_equal(found.picked.ravel(), np.bincount(cells, minlength=12))
    assert found.result.shared == shared


@pytest.mark.parametrize(
    ("expression", "error", "explanation"),
    [
        ("C[4]", "IndexError: index 4 is out of bounds for dimension 0 with size 4", "no place 4"),
        ("C[1, 2, 3]", "IndexError: too many indices for tensor of dimension 2", "at most 2"),
        ("C[1.5]", "IndexError: only integers", "whole number"),
        ("C[[0, 1, 2], [0, 1]]", "IndexError: shape mismatch", r"[3], [2]"),
        ("C[[True, False]]", "IndexError: The shape of the mask [2]", "needs as many"),
        ("C[::-1]", "ValueError: step must be greater than zero", "forwards"),
        ("C[99999999999999999999]", "Overflow", "larger than any place"),
        ("C.view(5, 2)", "RuntimeError: shape '[5, 2]' is invalid for input of size 12", "exactly 12"),
        ("C.t().view(12)", "RuntimeError: view size is not compatible", ".reshape copies"),
        ("C.view(-1, -1)", "RuntimeError: only one dimension can be inferred", "more than one answer"),
        ("C.view(-2, 3)", "RuntimeError: invalid shape dimension -2", "only -1"),
        ("C.view()", "TypeError: view() received an invalid combination", "whole numbers"),
        ("C.transpose(0, 2)", "IndexError: Dimension out of range", "no dimension 2"),
        ("C.view(2, 2, 3).t()", "RuntimeError: t() expects", "transpose(0, 1)"),
        ("C.permute(0, 0)", "RuntimeError: permute(): duplicate dims", "once"),
        ("C.permute(0)", "RuntimeError: permute", "named, once"),
        ("C.flatten(1, 0)", "RuntimeError: flatten()", "from the first"),
    ],
)
def test_what_pytorch_refuses_is_its_own_message_and_explained(expression, error, explanation):
    found = evaluate(expression, TENSORS)
    assert error in found.error
    assert "\n" not in found.error
    assert explanation in wording.explanation(found)
    assert found.result is None
    assert not found.picked.any()


@pytest.mark.parametrize(
    "expression",
    [
        "",
        "C[",
        "D[1]",
        "1 + 1",
        "C + C",
        "C.numpy()",
        "C.__class__",
        "C.view.__self__",
        "C[__import__('os')]",
        "C[X[0]]",
        "C['a']",
        "C[1j]",
        "C[2 ** 99]",
        "C[(lambda: 1)()]",
        "C[[i for i in X]]",
        "C.view(*X)",
        "C.view(size=12)",
        "open('x')[0]",
        "C[0]; C[1]",
        "C[" + "[" * 150 + "]" * 40,
        "C[" + "0, " * 300 + "]",
        "C.view(1, 1, 1, 1, 1, 1, 1, 12, 1)",
        "C[\x00]",
    ],
)
def test_nothing_else_is_run_and_the_refusal_says_what_may_stand_there(expression):
    with pytest.raises(BadExpression, match=r"Write one of C, X|use whole numbers|dimensions; at most"):
        evaluate(expression, TENSORS)


@pytest.mark.filterwarnings("ignore:Using a non-tuple sequence")
def test_a_list_of_lists_carries_a_remark():
    found = evaluate("C[[[1, 2], [0, 1]]]", TENSORS)
    assert found.result.values.tolist() == C[1:3].diagonal().tolist()
    assert "outer brackets" in wording.explanation(found)


def test_evaluating_changes_nothing():
    before = C.clone()
    outcome = evaluate("C[1:3].t()", TENSORS)
    outcome.result.values[:] = 99
    assert torch.equal(C, before)


# --- memory -----------------------------------------------------------------------------------------


def at(m, *place):
    """Return the element that strides and offset lead to."""
    return m.storage[m.offset + sum(i * stride for i, stride in zip(place, m.strides, strict=True))]


@pytest.mark.parametrize(
    "expression",
    [
        "C",
        "C.t()",
        "C.view(2, 6)",
        "C[1:, ::2]",
        "C.t().reshape(2, 6)",
        "C[1].view(3, 1)",
        "C.t().contiguous().view(12)",
        "C.T",
        "C.flatten()",
    ],
)
def test_strides_and_offset_lead_to_every_element(expression):
    m = evaluate(expression, TENSORS).result
    expected = eval(expression, {"C": C})
    np.testing.assert_array_equal(m.values, expected)
    assert m.strides == expected.stride()
    assert m.contiguous == expected.is_contiguous()
    for place in np.ndindex(m.shape):
        assert at(m, *place) == m.values[place] == m.storage[m.positions[place]]


def test_a_view_shares_the_row_of_memory_and_a_copy_does_not():
    view, turned, copy = (evaluate(e, TENSORS).result for e in ("C.view(3, 4)", "C.t()", "C.t().reshape(12)"))
    assert view.shared
    assert turned.shared
    assert not copy.shared
    assert (view.strides, turned.strides) == ((4, 1), (1, 3))
    assert not turned.contiguous
    np.testing.assert_array_equal(turned.storage, np.arange(12))
    np.testing.assert_array_equal(copy.storage, C.t().flatten())
    np.testing.assert_array_equal(copy.origin, copy.storage)


def test_every_operation_of_a_chain_is_a_step_up_to_the_one_refused():
    found = evaluate("C[1:].t().view(9)", TENSORS)
    assert [step.code for step in found.steps] == ["C", "C[1:]", "C[1:].t()"]
    assert found.steps[1].memory.offset == 3
    assert found.steps[2].memory.strides == (1, 3)
    assert found.result is None


def test_a_single_number_has_a_place_in_memory_too():
    m = memory(C[2, 1])
    assert (m.shape, m.strides, m.offset) == ((), (), 7)
    assert m.positions == 7


# --- cross-entropy ----------------------------------------------------------------------------------


def test_three_lines_by_hand():
    found = cross_entropy(torch.tensor([[0.0, 0.0], [np.log(3.0), 0.0]]), torch.tensor([0, 0]))
    by_code = {stage.code: stage.values for stage in found.stages}
    np.testing.assert_allclose(by_code["counts = logits.exp()"], [[1, 1], [3, 1]], rtol=1e-6)
    np.testing.assert_allclose(by_code["prob[torch.arange(B), Y]"], [0.5, 0.75], rtol=1e-6)
    assert found.loss == pytest.approx(-(np.log(0.5) + np.log(0.75)) / 2)
    assert wording.why_it_broke(found) == ""


def test_three_lines_equal_pytorchs_function():
    logits = torch.randn(32, 34, generator=torch.Generator().manual_seed(1)) * 3
    Y = torch.arange(32)
    found = cross_entropy(logits, Y)
    assert found.loss == pytest.approx(F.cross_entropy(logits, Y).item(), rel=1e-5)
    assert found.reference == F.cross_entropy(logits, Y).item()
    torch.testing.assert_close(
        torch.from_numpy(found.safe_stages[3].values), F.log_softmax(logits, 1), rtol=1e-5, atol=1e-5
    )
    assert not any(stage.broken.any() for stage in found.stages)


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ([100.0, 0.0], "inf / inf"),
        ([-200.0, -190.0], "0 / 0"),
        ([-50.0, 60.0], "log 0"),
        ([-80.0, 80.0], "log 0"),
    ],
)
def test_large_logits_break_the_three_lines_but_no_nan_leaves(row, why):
    found = cross_entropy(torch.tensor([row]), torch.tensor([0]))
    assert found.loss is None
    assert why in wording.why_it_broke(found)
    assert found.stages[-1].broken
    assert str(found.stages[-1].labels) in ("inf", "nan")
    for stage in (*found.stages, *found.safe_stages):
        assert np.isfinite(stage.values).all()
        assert stage.labels.shape == stage.values.shape
    assert not found.safe_stages[-1].broken
    assert found.safe_stages[-1].values == pytest.approx(found.reference)
    assert found.reference == pytest.approx(row[1] - row[0] if row[1] > row[0] else 0, abs=1e-3)
