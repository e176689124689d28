"""What the scenes on backpropagation show: a small graph step by step, and one step of a real training."""

import operator
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from typing import Any

import numpy as np
import streamlit as st
import torch

from explainer.figures import palette
from explainer.figures.computation_graph import (
    COLORS,
    Moment,
    computation_graph,
    computation_graph_alt,
    network_layout,
    neuron_layout,
)
from explainer.figures.drawing import Drawing, Phrase
from explainer.models import graph
from explainer.models.network import Network
from explainer.traces import backpropagation as trace
from explainer.ui import widgets, window
from explainer.ui.caches import keep
from explainer.ui.receipt.dialog import open_receipt
from explainer.ui.source import with_source
from explainer.wording.numerals import enough, equals, number

GRAPHS = {"neuron": "one neuron", "network": "a 2–4–1 network"}
NEURON = {"x₁": 1.5, "w₁": 0.8, "x₂": 0.5, "w₂": -1.2, "b": -0.3, "y": 1.0}
POINT = {"x₁": 0.5, "x₂": -0.5}  # as in the chapter Neuron; XOR puts it into class 1
HIDDEN, SEED = "₁₂₃₄", 2
IN_SIGHT = {"neuron": ("x₁", "w₁"), "network": ("x₁", "x₂")}
COLUMNS, HIGH = {"neuron": 1, "network": 4}, 4  # of sliders behind the button
MOST = 3.0  # what a slider reaches
CLASSES = {"1": "1", "0": "0"}
LOWERED = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")
DIGITS, MOST_DIGITS = 3, 7  # of a number; of one that is multiplied, if it needs them
PHONE_HEIGHTS = {"neuron": 660, "network": 740}  # pixels

neuron = with_source(trace.neuron, graph.backward, graph.times, graph.plus, graph.tanh, trace.measured)
network = with_source(trace.network, graph.backward, graph.linear, graph.tanh, graph.sigmoid, trace.measured)


# --- the controls -----------------------------------------------------------------------------------


def choose_graph() -> str:
    """Offer the neuron and the network; the clicker takes one after the other."""
    return widgets.choice("graph", GRAPHS, key="gd_graph", stages=GRAPHS)


def numbers(which: str) -> list[float]:
    """Draw a slider for every number of a graph, two of them in sight, and return them."""
    usual = start(which)
    found = {name: _knob(which, name, usual[name]) for name in IN_SIGHT[which]}
    others = [name for name in usual if name not in found]
    with st.popover("All the numbers"):
        columns = st.columns(COLUMNS[which], gap="small")
        for i, name in enumerate(others):
            apart = (which, name) == ("network", "y")  # its two buttons need more room
            with nullcontext() if apart else columns[0 if name == "c" else i // HIGH % len(columns)]:
                found[name] = _knob(which, name, usual[name])
    return [found[name] for name in usual]


def _knob(which: str, name: str, default: float) -> float:
    key = f"gd_{which}_{name.translate(LOWERED)}"
    if (which, name) == ("network", "y"):
        return float(widgets.choice("true class y", CLASSES, key=key))
    color = "blue" if name[0] in "xy" else "orange"
    return widgets.slider(f":{color}[{name}]", -MOST, MOST, default, step=0.1, key=key)


def graph_of(which: str, numbers: Sequence[float]) -> trace.Opened:
    """Return a graph made of numbers in the order of ``start``."""
    found = dict(zip(start(which), numbers, strict=True))
    if which == "neuron":
        return neuron([found["x₁"], found["x₂"]], [found["w₁"], found["w₂"]], found["b"], found["y"])
    W1 = [[found[f"w{i}{j}"] for j in HIDDEN] for i in "₁₂"]
    b1, W2 = ([found[f"{letter}{j}"] for j in HIDDEN] for letter in "bv")
    return network([found["x₁"], found["x₂"]], W1, b1, W2, found["c"], int(found["y"] > 0))


@keep("scenes")
def start(which: str) -> dict[str, float]:
    """Return the numbers of a graph at first; those of the network are the chapter Neuron's first weights."""
    if which == "neuron":
        return NEURON
    model = Network(len(HIDDEN), "tanh", torch.Generator().manual_seed(SEED))
    W1, b1, W2, b2 = (p.detach().double().numpy().round(1) + 0.0 for p in model.parameters())
    found = dict(POINT)
    for j, at in enumerate(HIDDEN):
        named = {f"w₁{at}": W1[0, j], f"w₂{at}": W1[1, j], f"b{at}": b1[j], f"v{at}": W2[j, 0]}
        found |= {name: float(value) for name, value in named.items()}
    return {**found, "c": float(b2[0]), "y": 1.0}


def called(which: str, numbers: Sequence[float]) -> str:
    """Return the name of a graph of numbers, from which the receipt of a gradient is made again."""
    return "_".join([which, *(f"{number:.10g}" for number in numbers)])


def opens(which: str, numbers: Sequence[float]) -> Callable[[str], None]:
    """Return what opens the receipt of the gradient whose box was clicked."""
    return lambda name: open_receipt(called(which, numbers), name, "")


def first_weight(which: str, numbers: Sequence[float]) -> tuple[str, str, str]:
    """Return the gradient of the first weight, as ``receipt_of`` takes it."""
    return called(which, numbers), next(name for name in start(which) if name[0] == "w"), ""


# --- the picture ------------------------------------------------------------------------------------


def drawn(which: str, found: trace.Opened) -> tuple[Drawing, str]:
    """Return the picture of a graph that fills in, and its sentence."""
    narrow = window.narrow()
    layout = (neuron_layout if which == "neuron" else network_layout)(narrow=narrow)
    look: dict[str, Any] = {"font_size": window.font_size(), "narrow": narrow}
    figure = computation_graph(layout, found.names, found.roles, moments(found, narrow), **look)
    return figure, computation_graph_alt(found.names, told(found.values[-1]), len(found.flows))


def tall(which: str) -> int | None:
    """Return the height of a picture that needs more than a phone's share of the screen, else None."""
    return PHONE_HEIGHTS[which] if window.narrow() else None


def moments(found: trace.Opened, narrow: bool = False) -> list[Moment]:
    """Return what is seen of a graph: what is given, each number made, each multiplication back."""
    made = [i for i, operation in enumerate(found.operations) if operation]
    values = [told(v) if not found.operations[i] else "" for i, v in enumerate(found.values)]
    gradients = [""] * len(values)
    seen: list[Moment] = []

    def see(title: str, lines: list[list[Phrase]], shone: Sequence[str] = (), back: int = -1) -> None:
        caption = _way_back(found, back) if back >= 0 else _way_there(values)
        seen.append(Moment(title, lines, tuple(values), tuple(gradients), shone, back >= 0, caption))

    see("given: data and weights", [[Phrase("Given are the data and the weights; all else is computed.")]])
    for k, i in enumerate(made):
        values[i] = told(found.values[i])
        sign = equals(found.values[i], values[i])
        title = f"forward {k + 1} of {len(made)}: {found.names[i]} {sign} {values[i]}"
        shone = [found.names[o] for o in found.operands[i]] + [found.names[i]]
        see(title, _forward(found, i, narrow), shone)
    gradients[-1] = "1"
    start = "Back: the loss changes as fast as itself, its gradient is 1."
    see("back: the loss has gradient 1", [[Phrase(start)]], ["L"], back=0)
    for k, flow in enumerate(found.flows):
        gradients[flow.to] = told(flow.total)
        name = found.names[flow.to]
        title = f"back {k + 1} of {len(found.flows)}: {name} gets {_product(flow)}"
        see(title, _backward(found, flow, narrow), [found.names[flow.above], name], back=k + 1)
    return seen


def _way_there(values: Sequence[str]) -> str:
    return f"**{sum(map(bool, values))} of {len(values)}** numbers are known; of gradients, none yet."


def _way_back(found: trace.Opened, flows: int) -> str:
    """Return how many gradients are complete after so many multiplications, at the end how good they are."""
    if flows == len(found.flows):
        return verdict(found)
    complete = 1 + sum(flow.way == flow.ways for flow in found.flows[:flows])
    count = int((~np.isnan(found.gradients)).sum())
    return (
        f"All numbers are known; **{complete} of {count}** gradients are complete, in red below the values."
    )


def _forward(found: trace.Opened, i: int, narrow: bool) -> list[list[Phrase]]:
    """Return how a number was made: its formula, and the same with the numbers in it."""
    name, operands = found.names[i], [found.values[o] for o in found.operands[i]]
    result = Phrase(told(found.values[i]), COLORS[found.roles[i]][1], bold=True)
    texts, made = _enough(operands, lambda *ops: getattr(graph, found.operations[i])(*ops)[0], result.text)
    formula, numbers = _written(found, i, texts)
    sign = equals(made, result.text)
    head = [Phrase(name, COLORS[found.roles[i]][1], bold=True)]
    head += [Phrase(f" = {formula}")] if formula != name else []
    if narrow:
        return [head, [Phrase(f"= {numbers}")], [Phrase(f"{sign} "), result]]
    return [[*head, Phrase(f" = {numbers} {sign} "), result]]


def _enough(
    operands: Sequence[float], operation: Callable[..., float], result: str
) -> tuple[Sequence[str], float]:
    """Return operands with as many digits as give the result as it is written, and what they then give."""
    return enough(
        lambda digits: [number(value, digits) for value in operands],
        operation,
        told,
        result,
        range(DIGITS, MOST_DIGITS + 1),
    )


def _written(found: trace.Opened, i: int, texts: Sequence[str]) -> tuple[str, str]:
    """Return the formula of a number with names in it, and with numbers."""
    names = [found.names[o] for o in found.operands[i]]
    formula, last = _FORMULAS[found.operations[i]], found.values[found.operands[i][-1]]
    return formula(names, last), formula([_bracketed(text) for text in texts], last)


def _summed(terms: Sequence[str], _: float) -> str:
    *pairs, bias = terms
    return " + ".join([*(f"{a}·{b}" for a, b in zip(pairs[::2], pairs[1::2], strict=True)), bias])


_FORMULAS = {
    "times": lambda terms, _: "·".join(terms),
    "plus": lambda terms, _: " + ".join(terms),
    "minus": lambda terms, _: " − ".join(terms),
    "linear": _summed,
    "tanh": lambda terms, _: f"tanh {terms[0]}",
    "sigmoid": lambda terms, _: f"sigmoid {terms[0]}",
    "surprise": lambda terms, y: f"−ln {terms[0]}" if y else f"−ln(1 − {terms[0]})",
}


def _backward(found: trace.Opened, flow: trace.Flow, narrow: bool) -> list[list[Phrase]]:
    """Return one multiplication of the chain rule with its operands, and how its gradient is checked."""
    red = palette.LOSS_TEXT
    head = Phrase(f"{found.names[flow.to]}: ", COLORS[found.roles[flow.to]][1], bold=True)
    product = Phrase(told(flow.product), red, bold=True)
    (gradient, local), made = _enough([flow.gradient, flow.slope], operator.mul, product.text)
    above = [Phrase("from above "), Phrase(gradient, red, bold=True)]
    slope = [Phrase(" × local slope "), *_slope(found, flow, local)]
    sign = equals(made, product.text)
    result = [Phrase(f" {sign} "), product]
    first = [[head, *above], [*slope, *result]] if narrow else [[head, *above, *slope, *result]]
    return [*first, [Phrase(_checked(found, flow, narrow))]]


def _slope(found: trace.Opened, flow: trace.Flow, text: str) -> list[Phrase]:
    """Return the local slope: what it is called, and its number as it is written."""
    operands = found.operands[flow.above]
    place, operation = operands.index(flow.to), found.operations[flow.above]
    above, to = found.names[flow.above], found.names[flow.to]
    color, called = palette.INK, ""
    if operation in ("times", "linear") and place ^ 1 < len(operands):
        other = operands[place ^ 1]
        color, called = COLORS[found.roles[other]][1], found.names[other]
    elif operation == "tanh":
        called = f"1 − {above}²"
    elif operation == "sigmoid":
        called = f"{above}(1 − {above})"
    elif operation == "surprise":
        called = f"−1/{to}" if found.values[operands[-1]] else f"1/(1 − {to})"
    value = Phrase(text, color, bold=True)
    return [Phrase(f"{called}: ", color), value] if called else [value]


def _checked(found: trace.Opened, flow: trace.Flow, narrow: bool) -> str:
    """Return how a gradient is checked; a phone has no room for two checks beside a sum."""
    if flow.way < flow.ways:
        return (
            f"way {flow.way} of {flow.ways} on which {found.names[flow.to]} acts; so far {told(flow.total)}"
        )
    summed = f"sum of its {flow.ways} ways {told(flow.total)} · " if flow.ways > 1 else ""
    theirs, ours = (number(found_by[flow.to], 6) for found_by in (found.autograd, found.measured))
    also = "" if summed and narrow else f" · measured {ours}"
    return f"{summed}autograd {theirs}{also}"


def _product(flow: trace.Flow) -> str:
    return f"{told(flow.gradient)} × {_bracketed(told(flow.slope))}"


def told(value: float) -> str:
    """Return a number as it stands in a box."""
    return number(value, DIGITS)


def _bracketed(text: str) -> str:
    return f"({text})" if text.startswith("−") else text


def verdict(found: trace.Opened) -> str:
    """Return in one line how far the three ways to find a gradient are apart."""
    known = ~np.isnan(found.gradients)
    apart = [
        float(np.abs(found.gradients - other)[known].max()) for other in (found.autograd, found.measured)
    ]
    return (
        f"All **{known.sum()}** gradients are found; a click on one opens its receipt. They differ from "
        f"autograd's by at most {_least(apart[0])}, from the measured ones by at most {_least(apart[1])}."
    )


def _least(value: float) -> str:
    return number(value) if value else "0"
