"""The receipt of a gradient: which examples, which ways back, which multiplications."""

from dataclasses import replace

import torch

from explainer.models.mlp import MLP
from explainer.traces.backpropagation import Opened
from explainer.traces.receipt.mlp import Perceptron
from explainer.traces.receipt.step import Finish, Operand, Step, Term, seen, subscript
from explainer.traces.training_step import NAMES, TrainingStep
from explainer.vocabulary import Vocabulary


class Slope:
    """How one number of a perceptron's gradient came about, example by example, way by way.

    Args:
        step: the training step that it was computed in.
        matrix: one of C, W1, b1, W2, b2; row, column: the place in it, the row 0 for b1 and b2.
    """

    def __init__(
        self, step: TrainingStep, vocabulary: Vocabulary, matrix: str, row: int, column: int
    ) -> None:
        self.found, self.vocabulary = step, vocabulary
        self.matrix, self.row, self.column = matrix, row, column
        self.labels = [seen(symbol, vocabulary) for symbol in vocabulary.symbols]
        self.examples = [
            f"{''.join(self.labels[i] for i in idx)} → {self.labels[y]}"
            for idx, y in zip(step.idx.tolist(), step.targets.tolist(), strict=True)
        ]
        self.count = len(self.examples)
        self._model = _as_it_was(step)

    def step(self, name: str) -> Step:
        """Return a step by its name; empty for the gradient, from which all the others are reached."""
        kind, *places = name.split("-")
        if kind == "in":
            return self._within(int(places[0]), int(places[1]), "-".join(places[2:]))
        steps = {"logit": self._logit, "sum": self._sum, "bend": self._bend, "x": self._x}
        return steps[kind](*map(int, places)) if kind else self._gradient()

    def _gradient(self) -> Step:
        terms = {"W2": self._by_w2, "b2": self._by_b2, "W1": self._by_w1, "b1": self._by_b1, "C": self._by_c}
        place = self.column if self.matrix in ("b1", "b2") else (self.row, self.column)
        gradient = self.found.gradients[self.matrix]
        return Step(
            name="gradient",
            told=f"What every example adds to the slope of the mean loss of all {self.count}",
            symbol=f"∂loss/∂{self.called}",
            result=float(gradient[place]),
            terms=terms[self.matrix](),
            role="loss",
        )

    @property
    def called(self) -> str:
        """Return what the number is called, such as W2[17, A]."""
        column = self.labels[self.column] if self.matrix in ("W2", "b2") else str(self.column)
        row = self.labels[self.row] if self.matrix == "C" else str(self.row)
        return f"{self.matrix}[{column if self.matrix in ('b1', 'b2') else f'{row}, {column}'}]"

    def _by_w2(self) -> tuple[Term, ...]:
        v, n = self.column, self.row
        return tuple(_product(self.examples[b], self._h(b, n), self._dlogit(b, v)) for b in range(self.count))

    def _by_b2(self) -> tuple[Term, ...]:
        return tuple(_alone(self.examples[b], self._dlogit(b, self.column)) for b in range(self.count))

    def _by_w1(self) -> tuple[Term, ...]:
        i, n = self.row, self.column
        return tuple(
            _product(self.examples[b], self._read(b, i), self._dsum(b, n)) for b in range(self.count)
        )

    def _by_b1(self) -> tuple[Term, ...]:
        return tuple(_alone(self.examples[b], self._dsum(b, self.column)) for b in range(self.count))

    def _by_c(self) -> tuple[Term, ...]:
        """Return a term for every place at which the letter of the row is read; nothing else looks it up."""
        size = self.found.before["C"].shape[1]
        read = [(b, t) for b, idx in enumerate(self.found.idx) for t, i in enumerate(idx) if i == self.row]
        terms = [
            _alone(f"{self.examples[b]}, letter {t + 1}", self._dx(b, t * size + self.column))
            for b, t in read
        ]
        return tuple(terms) or (Term("the letter is not read in any example", 0.0, role="loss"),)

    def _logit(self, b: int, v: int) -> Step:
        p = float(self.found.probabilities[b, v])
        terms = [
            Term(
                "its probability",
                p,
                (Operand("p", p, "probabilities", f"in-{b}-{v}-"),),
                role="probabilities",
            )
        ]
        if v == self.found.targets[b]:
            terms.append(Term("it is what truly follows", -1.0, role="loss"))
        return Step(
            name=f"slope by logit {self.labels[v]}",
            told=f"In {self.examples[b]}: the probability, less 1 for the true letter, shared by all",
            symbol=f"∂loss/∂logit({self.labels[v]})",
            result=float(self.found.dlogits[b, v]),
            terms=tuple(terms),
            finish=Finish("scale", over=(Operand("examples", float(self.count), "counts"),)),
            role="loss",
        )

    def _sum(self, b: int, n: int) -> Step:
        W2 = self.found.before["W2"][n]
        ways = [
            _product(f"by way of {label}", self._dlogit(b, v), Operand("W2", float(W2[v]), "weights"))
            for v, label in enumerate(self.labels)
        ]
        h = self.found.h[b, n]
        return Step(
            name=f"slope by sum {n}",
            told=f"In {self.examples[b]}: back by way of every letter, added up; then times tanh's own slope",
            symbol=f"∂loss/∂sum{subscript(n)}",
            result=float(self.found.dpreactivation[b, n]),
            terms=tuple(ways),
            finish=Finish(
                "scale", times=(Operand("1 − h²", float(1 - h * h), "activations", f"bend-{b}-{n}"),)
            ),
            role="loss",
        )

    def _bend(self, b: int, n: int) -> Step:
        h = self._h(b, n)
        square = Term(f"h{subscript(n)} squared", -h.value * h.value, (h, replace(h, opens="")), "−{} × {}")
        return Step(
            name=f"slope of tanh {n}",
            told="Steep in the middle, flat at the ends: where h is near −1 or 1, hardly anything passes",
            symbol=f"1 − h{subscript(n)}²",
            result=float(1 - self.found.h[b, n] ** 2),
            terms=(Term("one", 1.0), square),
        )

    def _x(self, b: int, i: int) -> Step:
        W1 = self.found.before["W1"][i]
        ways = [
            _product(f"by way of neuron {n}", self._dsum(b, n), Operand("W1", float(w), "weights"))
            for n, w in enumerate(W1)
        ]
        return Step(
            name=f"slope by x{subscript(i)}",
            told=f"In {self.examples[b]}: back by way of every neuron, added up",
            symbol=f"∂loss/∂x{subscript(i)}",
            result=float(self.found.dx[b, i]),
            terms=tuple(ways),
            role="loss",
        )

    def _within(self, b: int, v: int, name: str) -> Step:
        """Return a step of the forward pass of one example, whose ways down stay in that example."""
        context = self.vocabulary.decode(self.found.idx[b].tolist())
        step = Perceptron(self._model, self.vocabulary, context, self.vocabulary.symbols[v]).step(name)
        return replace(step, terms=tuple(_led(term, f"in-{b}-{v}-") for term in step.terms))

    def _h(self, b: int, n: int) -> Operand:
        v = self.found.targets[b]  # whichever: the hidden layer is the same for every letter
        return Operand(f"h{subscript(n)}", float(self.found.h[b, n]), "activations", f"in-{b}-{v}-h-{n}")

    def _read(self, b: int, i: int) -> Operand:
        v = self.found.targets[b]
        return Operand(f"x{subscript(i)}", float(self.found.x[b, i]), "input", f"in-{b}-{v}-x-{i}")

    def _dlogit(self, b: int, v: int) -> Operand:
        name = f"∂/∂logit {self.labels[v]}"
        return Operand(name, float(self.found.dlogits[b, v]), "loss", f"logit-{b}-{v}")

    def _dsum(self, b: int, n: int) -> Operand:
        value = float(self.found.dpreactivation[b, n])
        return Operand(f"∂/∂sum{subscript(n)}", value, "loss", f"sum-{b}-{n}")

    def _dx(self, b: int, i: int) -> Operand:
        return Operand(f"∂/∂x{subscript(i)}", float(self.found.dx[b, i]), "loss", f"x-{b}-{i}")


class GraphSlope:
    """How the gradient of one number of a computation graph came about, way by way.

    Args:
        place: of the number among those of the graph.
    """

    def __init__(self, graph: Opened, place: int) -> None:
        self.found, self.place = graph, place

    def step(self, name: str) -> Step:
        """Return a step by its name; empty for the number that was asked about."""
        place = int(name.removeprefix("by-")) if name else self.place
        called = self.found.names[place]
        terms = [
            _product(
                f"by way of {self.found.names[flow.above]}",
                Operand(f"∂L/∂{self.found.names[flow.above]}", flow.gradient, "loss", f"by-{flow.above}"),
                Operand("local slope", flow.slope, "activations"),
            )
            for flow in self.found.flows
            if flow.to == place
        ]
        return Step(
            name=f"gradient of {called}",
            told="Every way on which it acts on the loss: what comes from above, times the local slope",
            symbol=f"∂L/∂{called}",
            result=float(self.found.gradients[place]),
            terms=tuple(terms) or (Term("the loss by itself", 1.0, role="loss"),),
            role="loss",
        )


def _product(label: str, a: Operand, b: Operand) -> Term:
    return Term(label, a.value * b.value, (a, b), "{} × {}", "loss")


def _alone(label: str, operand: Operand) -> Term:
    return Term(label, operand.value, (operand,), role="loss")


def _led(term: Term, prefix: str) -> Term:
    """Return a term whose steps are called by the example that they belong to."""
    operands = tuple(replace(o, opens=prefix + o.opens if o.opens else "") for o in term.operands)
    return replace(term, operands=operands, opens=prefix + term.opens if term.opens else "")


def _as_it_was(step: TrainingStep) -> MLP:
    """Return the model with the weights before a step."""
    weights = {name: torch.tensor(step.before[name]).float() for name in NAMES}
    V, E = weights["C"].shape
    block = step.idx.shape[1]
    model = MLP(V, block, E, weights["b1"].shape[0]).eval().requires_grad_(False)
    model.load_state_dict(weights)
    return model
