"""A step of a receipt in words: what its component draws, the formula with its numbers included."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from explainer.vocabulary import BOUNDARY
from explainer.wording import numerals
from explainer.wording.numerals import equals, number

if TYPE_CHECKING:  # the shell is drawn before torch is there
    from explainer.traces.receipt import Operand, Step, Term

MORE = 3  # times as many terms after each click
FEW = 3  # terms that the formula of a sum spells out
SHOWN_CONTEXT = 60  # characters
SPOKEN = (
    "probability",
    "count",
    "logit",
    "score",
    "value",
    "mean",
    "deviation",
    "gradient",
)  # steps that are called by name
KEPT_CRUMBS = 5  # of a long way, and the first


def question(model: str, context: str, character: str, names: bool, read: int | None) -> str:
    """Return the question, as a text: it holds what a visitor typed."""
    end = context if len(context) <= SHOWN_CONTEXT else f"…{context[-SHOWN_CONTEXT:]}"
    before = f"after “{_visible(end)}”" if end else "at the start of a name"
    after = "its end" if names and character == BOUNDARY else f"“{_visible(character)}”"
    window = f" The model read the last {read} characters." if read else ""
    return f"{model}: {before}, how probable is {after}?{window}"


def _visible(text: str) -> str:
    """Return a text of which no character is lost to the eye."""
    marked = text.replace("\n", "↵")
    return marked if marked.strip(" ") else marked.replace(" ", "␣")


def worded(steps: list[Step], names: list[str], shown: int) -> dict[str, Any]:
    """Return the last of the steps as the component takes it."""
    step, path = steps[-1], "/".join(names)
    count = len(step.order) if len(step.order) == shown + 1 else shown  # the rest is never a single one
    seen, rest = step.order[:count], step.order[count:]
    left = math.fsum(step.terms[i].value for i in rest)
    scale = _scale([*(step.terms[i].value for i in seen), left])
    picked = step.finish.picked if step.finish.kind == "share" else None
    crumbs, hidden = _crumbs(steps, names)
    return {
        "crumbs": crumbs,
        "hidden": hidden,
        "back": "/".join(names[:-1]) if names else None,
        "path": path,
        "told": f"{step.told}.",
        "formula": _formula(step, path),
        "views": _views(step, names),
        "lines": [_line(step.terms[i], path, scale, picked=i == picked) for i in seen],
        "rest": _rest(step, rest, left, scale, shown) if rest else None,
        "check": _check(step),
        "good": abs(step.made - step.result) <= 1e-4 * step.magnitude,
    }


def _crumbs(steps: list[Step], names: list[str]) -> tuple[list[dict], dict | None]:
    """Return the way to a step, and what is left out of a long one."""
    all_crumbs = [
        {"name": step.name, "text": _amount(step), "role": step.role, "path": "/".join(names[:i])}
        for i, step in enumerate(steps)
    ]
    if len(all_crumbs) <= KEPT_CRUMBS + 1:
        return all_crumbs, None
    hidden = all_crumbs[1 : -KEPT_CRUMBS + 1]
    return [all_crumbs[0], *all_crumbs[-KEPT_CRUMBS + 1 :]], {
        "count": len(hidden),
        "path": hidden[-1]["path"],
    }


def _amount(step: Step) -> str:
    return percent(step.result) if step.role == "probabilities" else text(step.result, step.role)


def _views(step: Step, names: list[str]) -> list[dict]:
    """Return the ways to take the number apart; the one on the screen leads nowhere."""
    if not step.views:
        return []
    here, before = names[-1], "/".join(names[:-1])
    return [
        {"name": name, "path": None if to == here else "/".join(filter(None, (before, to)))}
        for name, to in step.views.items()
    ]


def _line(term: Term, path: str, scale: tuple[float, float], picked: bool) -> dict:
    parts = term.form.split("{}")
    pieces: list[Any] = [parts[0]]
    for operand, after in zip(term.operands, parts[1:], strict=False):
        pieces += [_operand(operand, path), after]
    return {
        "label": term.label,
        "path": _below(path, term.opens),
        "operands": [piece for piece in pieces if piece] if term.operands else [],
        "text": text(term.value, term.role),
        "role": term.role,
        "picked": picked,
        **_bar(term.value, scale),
    }


def _rest(step: Step, rest: list[int], left: float, scale: tuple[float, float], shown: int) -> dict:
    coming = min(len(rest), (MORE - 1) * shown)
    return {
        "label": f"and {len(rest):,} more",
        "text": text(left, step.terms[rest[0]].role),
        "role": step.terms[rest[0]].role,
        "more": "show them" if coming == len(rest) else f"show the next {coming}",
        **_bar(left, scale),
    }


def _operand(operand: Operand, path: str) -> dict:
    return {
        "name": operand.name,
        "text": text(operand.value, operand.role),
        "role": operand.role,
        "path": _below(path, operand.opens),
    }


def _below(path: str, name: str) -> str | None:
    return "/".join(filter(None, (path, name))) if name else None


def _scale(values: list[float]) -> tuple[float, float]:
    """Return the lowest and the highest number that a bar must reach; zero lies between."""
    return min(0.0, *values), max(0.0, *values)


def _bar(value: float, scale: tuple[float, float]) -> dict[str, float]:
    """Return where a bar begins and ends, as shares of its track."""
    low, high = scale
    span = (high - low) or 1.0
    return {"from": -low / span, "to": (value - low) / span}


# --- the formula with its numbers -------------------------------------------------------------------


def _formula(step: Step, path: str) -> list[Any]:
    """Return the formula as pieces: signs, and numbers in the colour of their role."""
    result = {"name": "", "text": _amount(step), "role": step.role, "path": None}
    return [_name(step.symbol), "=", *_right_side(step, path), _sign(step), result]


def _sign(step: Step) -> str:
    """Return ``=`` only if the numbers as they are written give the result as it is written."""
    finish, written = step.finish, tuple(replace(one, value=_written(one)) for one in step.terms)
    if finish.kind == "share" or (finish.kind != "sum" and len(written) > FEW):
        total = numerals.read(text(step.total, step.terms[0].role))
    else:
        hidden = set(step.order[FEW:])
        total = math.fsum((step.terms if i in hidden else written)[i].value for i in range(len(written)))
    times, over = (
        tuple(replace(one, value=_written(one)) for one in some) for some in (finish.times, finish.over)
    )
    made, shown = replace(finish, times=times, over=over).of(total, written), _amount(step)
    return equals(100 * made if shown.endswith("%") else made, shown.removesuffix(" %"))


def _written(one: Term | Operand) -> float:
    return numerals.read(text(one.value, one.role))


def _name(symbol: str) -> dict:
    return {"name": symbol, "text": "", "role": "", "path": None}


def _right_side(step: Step, path: str) -> list[Any]:
    finish, total = step.finish, _plain(step.total, step.terms[0].role)
    if finish.kind == "share":
        return [_plain(step.terms[finish.picked].value, step.terms[finish.picked].role), "÷", total]
    if finish.kind in ("tanh", "gelu"):
        return (
            [f"{finish.kind}(", *_sum(step), ")"]
            if len(step.terms) <= FEW
            else [f"{finish.kind}(", total, ")"]
        )
    if finish.kind == "sum":
        return _sum(step)
    around = [piece for o in finish.times for piece in ("×", _operand(o, path))]
    around += [piece for o in finish.over for piece in ("÷", _operand(o, path))]
    inner = ["(", *_sum(step), ")"] if len(step.terms) <= FEW else [total]
    if finish.kind == "root":
        return ["√(", *inner, *around, "+", _plain(finish.plus, "input"), ")"]
    return [*inner, *around]


def _sum(step: Step) -> list[Any]:
    """Return the largest terms with their signs, and how many more there are."""
    pieces: list[Any] = []
    largest = [step.terms[i] for i in step.order[:FEW]]
    spelled = [term for term in largest if term.value] or largest[:1]
    for term in spelled:
        if pieces or term.value < 0:
            pieces.append("−" if term.value < 0 else "+")
        pieces.append(_plain(abs(term.value), term.role))
    more = len(step.terms) - len(spelled)
    return [*pieces, "+", f"{more:,} more"] if more > 0 else pieces


def _plain(value: float, role: str) -> dict:
    return {"name": "", "text": text(value, role), "role": role, "path": None}


def _check(step: Step) -> str:
    """Return in one sentence what the terms add up to, and what the model used."""
    total, result = text(step.total, step.terms[0].role), text(step.result, step.role)
    count = len(step.terms)
    all_of_them = {1: "The one number", 2: "Both"}.get(count, f"All {count:,}")
    what = step.name if step.name.split(" of ")[0] in SPOKEN else "number"
    by = "that the way back found" if step.role == "loss" else "that the model used"
    if step.finish.kind == "sum" and count == 1:
        return f"It is the {what} {by}: {result}"
    if step.finish.kind == "sum":
        return f"{all_of_them} add up to the {what} {by}: {result}"
    then = {
        "share": f"; the share of {step.terms[step.finish.picked].label} is the {what}",
        "tanh": f", and tanh makes it the {what}",
        "gelu": f", and GELU makes it the {what}",
        "scale": f"; the rest of the formula makes it the {what}",
        "root": f"; the rest of the formula makes it the {what}",
    }[step.finish.kind]
    return f"{all_of_them} add up to {total}{then} {by}: {result}"


def text(value: float, role: str = "activations") -> str:
    """Return a number with four decimals and a true minus sign; counts and tiny ones as they are spoken."""
    if role == "counts" or (role == "input" and value in (0, 1)):
        return f"{value + 0.0:,.2f}".rstrip("0").rstrip(".")  # minus zero is zero
    if abs(value) >= 0.00005 or value == 0:
        return f"{value + 0.0:,.4f}".replace("-", "−")
    return number(value)


def percent(value: float) -> str:
    """Return a probability as a percentage that keeps two digits, however small it is."""
    if 0 < value < 0.00001:
        return f"{number(100 * value)} %"
    return f"{100 * value:.{2 if value >= 0.001 or value == 0 else 4}f} %"
