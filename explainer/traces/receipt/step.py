"""What a receipt is made of: steps, each a number of the model and the terms that add up to it."""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from explainer.vocabulary import BOUNDARY, Vocabulary

Numbers = Sequence[float] | np.ndarray  # (N,)

# How the operands of a term stand together, and what they then amount to.
FORMS: dict[str, Callable[..., float]] = {
    "{}": lambda a: a,
    "−{}": lambda a: -a,
    "{} + {}": lambda a, b: a + b,
    "{} × {}": lambda a, b: a * b,
    "−{} × {}": lambda a, b: -a * b,
    "({} − {})²": lambda a, b: (a - b) ** 2,
    "e^({} − {})": lambda a, b: math.exp(a - b),
}
SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
MARKS = str.maketrans({" ": "␣", "\n": "↵", "\t": "⇥", "\u00a0": "⍽"})


@dataclass(frozen=True)
class Operand:
    """A number that stands in a formula.

    Args:
        role: its colour: input, weights, activations, probabilities, loss, or counts.
        opens: the step that shows how it came about; empty for what was learned or given.
    """

    name: str
    value: float
    role: str
    opens: str = ""


@dataclass(frozen=True)
class Term:
    """One line of a step: ``FORMS[form]`` of its operands is its value.

    Args:
        opens: the step that shows how the term as a whole came about; empty if its operands say it.
    """

    label: str
    value: float
    operands: tuple[Operand, ...] = ()
    form: str = "{}"
    role: str = "activations"
    opens: str = ""

    @property
    def leads(self) -> list[str]:
        """Return the steps that can be opened from this line."""
        return [step for step in (self.opens, *(operand.opens for operand in self.operands)) if step]


@dataclass(frozen=True)
class Finish:
    """What is done with the sum of a step's terms.

    Args:
        kind: "sum" leaves it, "share" divides one term by it, "tanh" and "gelu" bend it, "scale"
            multiplies by ``times`` and divides by ``over``, "root" divides by ``over``, adds ``plus``
            and takes the square root.
        picked: the term whose share it is.
    """

    kind: str = "sum"
    picked: int = 0
    times: tuple[Operand, ...] = ()
    over: tuple[Operand, ...] = ()
    plus: float = 0.0

    def of(self, total: float, terms: Sequence[Term]) -> float:
        """Return the number that comes out."""
        scaled = total * math.prod(o.value for o in self.times) / math.prod(o.value for o in self.over)
        return {
            "sum": lambda: total,
            "share": lambda: terms[self.picked].value / total,
            "tanh": lambda: math.tanh(total),
            "gelu": lambda: total * (1 + math.erf(total / math.sqrt(2))) / 2,
            "scale": lambda: scaled,
            "root": lambda: math.sqrt(scaled + self.plus),
        }[self.kind]()


@dataclass(frozen=True)
class Step:
    """One number of the model and how it was made.

    Args:
        name: what it is called on the way there, such as “neuron 137”.
        told: one sentence that says what it is.
        symbol: what stands before the equals sign.
        result: the number that the model used; ``made`` comes out of the terms.
        views: the ways to take the same number apart: the step of each by what it is called.
    """

    name: str
    told: str
    symbol: str
    result: float
    terms: tuple[Term, ...]
    finish: Finish = Finish()
    role: str = "activations"
    views: dict[str, str] = field(default_factory=dict)

    @property
    def total(self) -> float:
        """Return the sum of the terms."""
        return math.fsum(term.value for term in self.terms)

    @property
    def made(self) -> float:
        """Return what the terms come to; ``result`` but for rounding."""
        return self.finish.of(self.total, self.terms)

    @property
    def magnitude(self) -> float:
        """Return the largest number that was added up, by which rounding is to be judged."""
        return max(1.0, *(abs(term.value) for term in self.terms))

    @property
    def order(self) -> list[int]:
        """Return the terms' places, the one whose share it is first, then the largest by size."""
        first = self.finish.picked if self.finish.kind == "share" else -1
        return sorted(range(len(self.terms)), key=lambda i: (i != first, -abs(self.terms[i].value)))

    @property
    def leads(self) -> set[str]:
        """Return every step that can be opened from this one."""
        operands = (*self.finish.times, *self.finish.over)
        return {
            *(step for term in self.terms for step in term.leads),
            *(operand.opens for operand in operands if operand.opens),
        }


def products(
    labels: Iterable[str],
    left: tuple[str, Numbers, str, str],
    right: tuple[str, Numbers, str, str],
    role: str = "activations",
) -> tuple[Term, ...]:
    """Return one multiplication a line.

    Args:
        left, right: of the factors: name, numbers (N,), role, and the step that each opens, empty for
            none; a ``#`` in the name becomes the factor's place as an index, in the step the place.
    """
    lines = zip(labels, _numbered(*left), _numbered(*right), strict=True)
    return tuple(Term(label, a.value * b.value, (a, b), "{} × {}", role) for label, a, b in lines)


def _numbered(name: str, values: Numbers, role: str, opens: str) -> list[Operand]:
    return [
        Operand(name.replace("#", subscript(i)), float(value), role, opens.replace("#", str(i)))
        for i, value in enumerate(values)
    ]


def one_hot(index: int, labels: Sequence[str], table: str, column: Numbers) -> tuple[Term, ...]:
    """Return a look-up as the multiplication that it is: only the row ``index`` counts.

    Args:
        table: the name of the table; column: (N,) its numbers.
    """
    hot = [float(i == index) for i in range(len(labels))]
    return products(labels, ("one-hot", hot, "input", ""), (table, column, "weights", ""), "input")


def exponentials(
    labels: Sequence[str], logits: Numbers, name: str, opens: str, role: str = "activations"
) -> tuple[Term, ...]:
    """Return the exponentials of a softmax, each less the highest, as softmax computes them."""
    highest = Operand("highest", float(max(logits)), role)
    operands = _numbered(name, logits, role, opens)
    form = "e^({} − {})"
    values = (FORMS[form](operand.value, highest.value) for operand in operands)
    return tuple(
        Term(label, value, (operand, highest), form, "probabilities")
        for label, operand, value in zip(labels, operands, values, strict=True)
    )


def subscript(number: int) -> str:
    """Return a number in lowered digits."""
    return str(number).translate(SUBSCRIPTS)


def seen(text: str, vocabulary: Vocabulary) -> str:
    """Return a text as it is shown: white space visible, the boundary of names as a dot in the middle."""
    bounded = text.replace(BOUNDARY, "·") if made_for_names(vocabulary) else text
    return bounded.translate(MARKS)


def made_for_names(vocabulary: Vocabulary) -> bool:
    """Return whether a model reads names, which begin and end at the boundary, and not running text."""
    return vocabulary.symbols[0] == BOUNDARY
