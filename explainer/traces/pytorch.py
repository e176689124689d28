"""PyTorch's own tricks on live tensors: indexing, memory and views, cross-entropy in three lines."""

import ast
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from explainer.faults import Fault

METHODS = ("view", "reshape", "transpose", "t", "permute", "flatten", "contiguous")
LONGEST = 200  # characters of an expression
MOST_NODES = 300  # numbers, lists and operators in an expression
MOST_DIMENSIONS = 8


class BadExpression(Fault, ValueError):
    """An expression holds something that is not asked for here; the message says what may stand in it."""


@dataclass(frozen=True)
class Memory:
    """A tensor as it lies in memory: one row of numbers, and the rule that finds an element in it.

    Element (i, j, …) stands at ``offset + i * strides[0] + j * strides[1] + …``.

    Args:
        storage: (S,) all the numbers of the row, also those that the tensor leaves out.
        values: the tensor itself; positions: in its shape, each element's place in the storage.
        shape, strides, offset: counted in elements.
        contiguous: whether the elements, read row by row, lie side by side.
        origin: in its shape, the place of each element in the tensor that the expression began with.
        shared: whether it lies in that tensor's memory (a view) and not in a copy.
    """

    storage: np.ndarray
    values: np.ndarray
    positions: np.ndarray
    shape: tuple[int, ...]
    strides: tuple[int, ...]
    offset: int
    contiguous: bool
    origin: np.ndarray
    shared: bool


@dataclass(frozen=True)
class Step:
    """One operation of an expression: the code up to it and what it gave."""

    code: str
    memory: Memory


@dataclass(frozen=True)
class Outcome:
    """What PyTorch makes of an expression.

    Args:
        steps: the tensor that it begins with, then one step for each operation that worked.
        result: the last step's memory, or None if PyTorch refused.
        picked: in the first tensor's shape, how often each of its cells stands in the result.
        error: PyTorch's own message, with the kind of error; empty if there is none.
        nested: whether a list of lists stood in brackets: PyTorch reads it as one index for each dimension.
    """

    steps: tuple[Step, ...]
    result: Memory | None
    picked: np.ndarray
    error: str = ""
    nested: bool = False


def evaluate(expression: str, tensors: Mapping[str, Tensor]) -> Outcome:
    """Work out an expression such as ``C[[1, 2]]`` or ``emb.view(-1, 30)``, operation by operation.

    It may index, and call ``view``, ``reshape``, ``t``, ``transpose``, ``permute``, ``flatten``,
    ``contiguous`` with whole numbers. Nothing else is ever run.

    Args:
        tensors: those that may be named.
    Raises:
        BadExpression: if something else stands in it, or it is too long.
    """
    name, operations = _parse(expression, tensors)
    tensor = tensors[name]
    origin = torch.arange(tensor.numel()).view(tensor.shape)
    first, steps = tensor, [Step(name, memory(tensor, origin, tensor))]
    error, nested = "", False
    for operation in operations:
        try:
            tensor, origin = operation.apply(tensor), operation.apply(origin)
        except (IndexError, TypeError, ValueError, RuntimeError) as refusal:
            error = f"{type(refusal).__name__}: {str(refusal).splitlines()[0]}"
            break
        if tensor.dim() > MOST_DIMENSIONS:
            raise BadExpression(
                f"The result has {tensor.dim()} dimensions; at most {MOST_DIMENSIONS} can be drawn."
            )
        nested |= operation.nested
        steps.append(Step(operation.code, memory(tensor, origin, first)))
    if error:
        return Outcome(tuple(steps), None, np.zeros(first.shape, dtype=np.int64), error, nested)
    picked = torch.bincount(origin.reshape(-1), minlength=first.numel()).view(first.shape)
    return Outcome(tuple(steps), steps[-1].memory, picked.numpy(), "", nested)


def memory(tensor: Tensor, origin: Tensor | None = None, first: Tensor | None = None) -> Memory:
    """Look at how a tensor lies in memory.

    Args:
        origin, first: the tensor that it was made from, and each element's place in it; itself if None.
    """
    tensor = tensor.detach()
    origin = torch.arange(tensor.numel()).view(tensor.shape) if origin is None else origin
    first = tensor if first is None else first
    size = tensor.untyped_storage().nbytes() // tensor.element_size()
    storage = tensor.as_strided((size,), (1,), 0)
    positions = torch.arange(size).as_strided(tensor.shape, tensor.stride(), tensor.storage_offset())
    return Memory(
        storage.numpy().copy(),
        tensor.numpy().copy(),
        positions.numpy().copy(),
        tuple(tensor.shape),
        tensor.stride(),
        int(tensor.storage_offset()),
        tensor.is_contiguous(),
        origin.numpy().copy(),
        tensor.untyped_storage().data_ptr() == first.untyped_storage().data_ptr(),
    )


@dataclass(frozen=True)
class _Operation:
    code: str
    apply: Callable[[Tensor], Tensor]
    nested: bool = False


def _parse(expression: str, tensors: Mapping[str, Tensor]) -> tuple[str, list[_Operation]]:
    """Return the tensor that an expression begins with and the operations on it, in order."""
    allowed = f"Write one of {', '.join(tensors)} and behind it an index like [1, 2] or .view(2, -1)."
    if len(expression) > LONGEST:
        raise BadExpression(f"The expression is longer than {LONGEST} characters. {allowed}")
    try:
        node = ast.parse(expression.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise BadExpression(f"Python cannot read “{expression}”. {allowed}") from error
    if sum(1 for _ in ast.walk(node)) > MOST_NODES:
        raise BadExpression(f"The expression has too many parts. {allowed}")
    operations = []
    while not isinstance(node, ast.Name):
        operation, node = _operation(node, tensors, allowed)
        operations.append(operation)
    if node.id not in tensors:
        raise BadExpression(f"There is no tensor “{node.id}” here. {allowed}")
    return node.id, operations[::-1]


def _operation(node: ast.expr, tensors: Mapping[str, Tensor], allowed: str) -> tuple[_Operation, ast.expr]:
    """Return the outermost operation of an expression and the expression that it works on."""
    code = ast.unparse(node)
    if isinstance(node, ast.Subscript):
        index = _index(node.slice, tensors)
        nested = isinstance(index, list) and any(isinstance(part, list) for part in index)
        return _Operation(code, lambda tensor: tensor[index], nested), node.value
    if isinstance(node, ast.Attribute) and node.attr == "T":
        return _Operation(code, lambda tensor: tensor.T), node.value
    called = node.func if isinstance(node, ast.Call) and not node.keywords else None
    if isinstance(node, ast.Call) and isinstance(called, ast.Attribute) and called.attr in METHODS:
        method, sizes = called.attr, [_index(argument, {}) for argument in node.args]
        return _Operation(code, lambda tensor: getattr(tensor, method)(*sizes)), called.value
    raise BadExpression(f"“{code}” is not asked for here. {allowed}")


def _index(node: ast.expr, tensors: Mapping[str, Tensor]) -> Any:
    """Return the number, list, slice, tuple or tensor that stands in brackets."""
    if isinstance(node, ast.Constant) and (node.value is None or node.value is ... or _is_number(node.value)):
        return node.value
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        value = _index(node.operand, {})
        if _is_number(value):
            return -value
    if isinstance(node, ast.Tuple | ast.List):
        parts = [_index(part, tensors) for part in node.elts]
        return tuple(parts) if isinstance(node, ast.Tuple) else parts
    if isinstance(node, ast.Slice):
        return slice(*(part and _index(part, {}) for part in (node.lower, node.upper, node.step)))
    if isinstance(node, ast.Name) and node.id in tensors:
        return tensors[node.id]
    names = "".join(f", {name}" for name in tensors)
    raise BadExpression(
        f"“{ast.unparse(node)}” cannot stand here; "
        f"use whole numbers, lists, slices like 1:3, None, ...{names}."
    )


def _is_number(value: object) -> bool:
    return isinstance(value, int | float)  # a bool is an int


# --- cross-entropy ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Stage:
    """One tensor of a computation, safe to draw.

    Args:
        code: the line that computed it.
        values: as PyTorch computed them, with 0 where ``broken``.
        broken: same shape, bool: where the number is infinite or not a number.
        labels: same shape: every number as text, ``inf`` and ``nan`` included.
    """

    code: str
    values: np.ndarray
    broken: np.ndarray
    labels: np.ndarray


@dataclass(frozen=True)
class CrossEntropy:
    """The talk's three lines beside the way that stays safe.

    Args:
        stages: logits, counts, totals, prob, picked, logs, loss of the three lines.
        safe_stages: logits less their row's maximum, counts, totals, log-probabilities, picked, loss.
        loss: of the three lines; None if it is not a finite number.
        reference: ``F.cross_entropy``, which equals the last safe stage.
        breaks: where the three lines leave the range of float32: "exp" overflows, the "sum" is 0, the "log"
            is that of a rounded 0; empty if nowhere.
    """

    stages: tuple[Stage, ...]
    safe_stages: tuple[Stage, ...]
    loss: float | None
    reference: float
    breaks: str


@torch.no_grad()
def cross_entropy(logits: Tensor, Y: Tensor) -> CrossEntropy:
    """Compute the loss of logits (B, V) and true characters Y (B,) by the talk's lines and by safe ones."""
    rows = torch.arange(len(Y))
    counts = logits.exp()  # (B, V)
    totals = counts.sum(1, keepdim=True)  # (B, 1)
    prob = counts / totals  # (B, V)
    picked = prob[rows, Y]  # (B,)
    loss = -picked.log().mean()  # ()
    shifted = logits - logits.max(1, keepdim=True).values  # (B, V)
    safe_totals = shifted.exp().sum(1, keepdim=True)  # (B, 1)
    log_prob = shifted - safe_totals.log()  # (B, V)
    safe_loss = -log_prob[rows, Y].mean()  # ()
    return CrossEntropy(
        stages=(
            stage("logits", logits),
            stage("counts = logits.exp()", counts),
            stage("counts.sum(1, keepdim=True)", totals),
            stage("prob = counts / counts.sum(1, keepdim=True)", prob),
            stage("prob[torch.arange(B), Y]", picked),
            stage("-prob[torch.arange(B), Y].log()", -picked.log()),
            stage("loss = -prob[torch.arange(B), Y].log().mean()", loss),
        ),
        safe_stages=(
            stage("shifted = logits - logits.max(1, keepdim=True).values", shifted),
            stage("shifted.exp()", shifted.exp()),
            stage("shifted.exp().sum(1, keepdim=True)", safe_totals),
            stage("log_prob = shifted - shifted.exp().sum(1, keepdim=True).log()", log_prob),
            stage("-log_prob[torch.arange(B), Y]", -log_prob[rows, Y]),
            stage("loss = -log_prob[torch.arange(B), Y].mean()", safe_loss),
        ),
        loss=loss.item() if loss.isfinite() else None,
        reference=F.cross_entropy(logits, Y).item(),
        breaks=_breaks(totals, picked),
    )


def stage(code: str, tensor: Tensor) -> Stage:
    """Return a tensor with its broken numbers marked and taken out."""
    broken = ~tensor.isfinite()
    labels = np.vectorize(lambda value: f"{value:.4g}", otypes=[str])(tensor.numpy())
    return Stage(code, tensor.masked_fill(broken, 0).numpy(), broken.numpy(), labels)


def _breaks(totals: Tensor, picked: Tensor) -> str:
    """Return the first of the three lines' steps that leaves the range of float32; empty if none does."""
    if not totals.isfinite().all():
        return "exp"
    if not (totals > 0).all():
        return "sum"
    return "" if (picked > 0).all() else "log"
