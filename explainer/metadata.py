"""What stands beside a checkpoint's weights: which facts, of which kind, and what is wrong with them."""

import math
from collections.abc import Iterator
from typing import Any

VISIT = "yours"  # what the key of a model that lives in one visit begins with, before an @

# A type; a list of one form; an object of one form (its key is str), or with these keys at least.
Form = type | list | dict

NEEDED: dict[str, Form] = {
    "architecture": {"kind": str, "vocab_size": int},
    "symbols": [str],
    "data": object,
    "seed": int,
    "steps": int,
    "losses": {str: float},
    "sha256": str,
}
TOLD: dict[str, Form] = {
    "recipe": {},
    "corpus": {"texts": int, "characters": int},
    "characters": int,
    "start_losses": {str: float},
    "refined_losses": {str: float},
    "halves": {str: float},
    "together": int,
    "prompt": str,
    "heads": [[{"name": str, "share": float}]],
    "copied": {"count": int, "from_train": float, "held_out": float},
    "history_sha256": str,
    "passages": {"sha256": str, "of": str},
}  # where it is known
# What is known of the data if it is a table of names.
NAMES: Form = {"file": str, "sex": str, "min_bearers": int, "names": {"train": int}}

_TYPES = {str: "text", int: "whole number", float: "number"}


def problem(meta: Any) -> str:
    """Return the first thing that is wrong with a checkpoint's metadata; nothing if all is well."""
    return next(_problems(meta), "")


def _problems(meta: Any) -> Iterator[str]:
    yield from _wrong(meta, NEEDED, "it")
    yield from _wrong(meta, {key: form for key, form in TOLD.items() if key in meta}, "it")
    measures = {key: value for key, value in meta["architecture"].items() if key != "kind"}
    yield from _wrong(measures, {str: float}, "“architecture”")
    if not isinstance(meta["data"], str):
        yield from _wrong(meta["data"], NAMES, "“data”")
    symbols, size = meta["symbols"], meta["architecture"]["vocab_size"]
    if len(symbols) != size:
        yield f"it has {len(symbols):,} symbols for a vocabulary of {size:,}"
    for i, symbol in enumerate(symbols):
        if len(symbol) != 1:
            yield f"the symbol “{symbol[:40]}” is not one character"
        if symbol in symbols[:i]:
            yield f"the symbol “{symbol}” stands twice"


def _wrong(value: Any, form: Form, where: str) -> Iterator[str]:
    """Yield what keeps a value from having a form, and where."""
    if isinstance(form, type):
        if not _is_a(value, form):
            yield f"{where} is {_shown(value)} and no {_TYPES[form]}"
        return
    if not isinstance(value, type(form)):
        yield f"{where} is {_shown(value)} and no {'list' if isinstance(form, list) else 'object'}"
        return
    for key, inner in _inside(value, form):
        if isinstance(form, dict) and key not in value:
            yield f"{where} lacks “{key}”"
        else:
            yield from _wrong(value[key], inner, _within(where, key))


def _inside(value: list | dict, form: list | dict) -> Iterator[tuple[Any, Form]]:
    """Yield the places that a form speaks of, each with its own form."""
    if isinstance(form, list):
        yield from ((place, form[0]) for place in range(len(value)))
    elif str in form:
        yield from ((key, form[str]) for key in value)
    else:
        yield from form.items()


def _is_a(value: Any, kind: type) -> bool:
    if kind is float:
        return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    return kind is object or (isinstance(value, kind) and not (kind is int and isinstance(value, bool)))


def _within(where: str, key: str | int) -> str:
    name = key if isinstance(key, str) else f"{key + 1}"
    return f"“{name}”" if where == "it" else f"{where[:-1]}, {name}”"


def _shown(value: Any) -> str:
    if isinstance(value, dict | list):
        return "an object" if isinstance(value, dict) else "a list"
    return f"“{str(value)[:40]}”"
