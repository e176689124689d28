"""What a scene computed, as a notebook: the functions as they ran, called with what stood on the screen.

The file is written as plain JSON, whose format has four keys; the tests check it with nbformat, which would
bring the app six packages for one call of ``json.dumps``.
"""

import ast
import builtins
import inspect
import json
import math
import sys
import textwrap
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields, is_dataclass
from types import FunctionType, ModuleType
from typing import Any, NamedTuple
from zlib import compress, decompress

import numpy as np

from explainer.metadata import VISIT
from explainer.vocabulary import Vocabulary

PENDING = object()
LONG = 2_000  # characters of a text from which on it is packed
LARGEST = 5_000  # numbers of an array that is written out
WIDTH = 100  # characters of a value that are told
SETUP = """\
# The project's own code and models are used: this file must lie in a checkout of it, or in a folder of one.
import logging, sys
from pathlib import Path

folders = [Path.cwd(), *Path.cwd().parents]
checkout = next((folder for folder in folders if (folder / "explainer" / "notebook.py").exists()), None)
if checkout is None:
    raise SystemExit("Open this notebook in a folder of the project's checkout.")
sys.path.insert(0, str(checkout))
logging.getLogger("streamlit").setLevel(logging.ERROR)  # the app is not running, and need not
from explainer.notebook import told, unpacked"""

LEFT_OUT = "What lived only in your visit, such as weights that were trained there, is left out."


class Cell(NamedTuple):
    """One cell of a notebook: Markdown, or code."""

    text: str
    code: bool = False


@dataclass
class Call:
    """A function of the house that was called while a scene was drawn.

    Args:
        also: functions that it calls and that the reader should see too.
        nested: whether another of these calls made it.
        result: what it returned; PENDING as long as it has not.
    """

    function: Callable
    args: tuple
    kwargs: dict[str, Any]
    also: tuple[Callable, ...] = ()
    nested: bool = False
    result: Any = PENDING


class Origin(NamedTuple):
    """How a value can be made again: by which function, from what, as which part of its answer."""

    module: str
    function: str
    args: tuple
    part: str = ""


class Unwritable(ValueError):
    """A value that cannot be written as an expression, such as weights that were trained in a visit."""


def notebook(cells: Sequence[Cell]) -> bytes:
    """Return cells as a notebook file (nbformat 4.5), without outputs."""
    told = {
        "cells": [_cell(i, cell) for i, cell in enumerate(cells)],
        "metadata": {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return (json.dumps(told, ensure_ascii=False, indent=1) + "\n").encode()


def _cell(number: int, cell: Cell) -> dict[str, Any]:
    common = {"id": f"cell-{number}", "metadata": {}, "source": cell.text.splitlines(keepends=True)}
    code: dict[str, Any] = {"cell_type": "code", "execution_count": None, "outputs": []}
    return {**(code if cell.code else {"cell_type": "markdown"}), **common}


def of_calls(
    title: str, sentence: str, calls: Sequence[Call], origin: Callable[[Any], Origin | None]
) -> bytes | None:
    """Return what was computed for a scene as a notebook that computes it again; None if nothing can be.

    Args:
        origin: how a value can be made that no call returned and that cannot be written, such as a model.
    """
    writer = _Writer(origin)
    cells = [cell for call in calls if not call.nested for cell in writer.cells(call)]
    if not cells:
        return None
    ending = [Cell(LEFT_OUT)] if writer.left_out else []
    return notebook([Cell(f"# {title}\n\n{sentence}"), Cell(SETUP, code=True), *cells, *ending])


# --- helpers that a notebook calls ----------------------------------------------------------------------


def told(found: Any) -> Any:
    """Return what a function found as a table: its parts, their shapes and the beginning of their values."""
    import pandas as pd  # no page needs it to be drawn

    if isinstance(found, list) and found and all(map(_has_fields, found)):
        return pd.DataFrame([dict(_parts(one)) for one in found])
    if not (_has_fields(found) or isinstance(found, dict)):
        return found
    rows = [(name, getattr(value, "shape", ""), _brief(value)) for name, value in _parts(found)]
    return pd.DataFrame(rows, columns=["part", "shape", "value"]).set_index("part")


def unpacked(packed: str) -> str:
    """Return a long text that was packed so that it takes one line of a notebook."""
    return decompress(b64decode(packed)).decode(errors="surrogatepass")


def _has_fields(value: Any) -> bool:
    return is_dataclass(value) or hasattr(value, "_fields")


def _parts(found: Any) -> Iterable[tuple[str, Any]]:
    if isinstance(found, dict):
        return found.items()
    names = [one.name for one in fields(found)] if is_dataclass(found) else found._fields
    return ((name, getattr(found, name)) for name in names)


def _brief(value: Any) -> Any:
    if isinstance(value, str | int | float | bool | None):
        return value
    return textwrap.shorten(repr(value), WIDTH, placeholder=" …")


# --- values as expressions ------------------------------------------------------------------------------


class _Writer:
    """Writes calls as cells, and values as what makes them again."""

    def __init__(self, origin: Callable[[Any], Origin | None]) -> None:
        self.origin = origin
        self.variables: dict[int, str] = {}  # id of a result, or of a part of one -> how it is called
        self.kept: list[Any] = []  # what has such an id, so that nothing else takes it
        self.names: set[str] = set()
        self.made: set[str] = set()
        self.left_out = False
        self.defined: dict[str, Callable] = {}
        self.imports: set[tuple[str, str]] = set()

    def cells(self, call: Call) -> list[Cell]:
        """Return the cells of one call; none if it was written already, or cannot be."""
        self.imports = set()
        function = inspect.unwrap(call.function)
        if not _written_here(function):
            return []
        try:
            made = f"{function.__name__}({self._arguments(function, call)})"
        except Unwritable:
            self.left_out = True
            return []
        if f"{function.__module__} {made}" in self.made:
            return []
        self.made.add(f"{function.__module__} {made}")
        name = self._variable(function, call)
        asked = [f"{name} = {made}", f"told({name})"]
        if self.defined.get(function.__name__) is function:
            lines = [*_import_lines(self.imports), "", *asked] if self.imports else asked
            return [Cell("\n".join(lines), code=True)]
        self.defined[function.__name__] = function
        source = inspect.getsource(function).rstrip()
        lines = [*_import_lines(_names_in(function) | self._lacking(function)), "", "", source, "", ""]
        return [Cell(_heading(function, call.also)), Cell("\n".join([*lines, *asked]), code=True)]

    def _arguments(self, function: Callable, call: Call) -> str:
        """Return what a function was called with, each argument by its name."""
        bound = inspect.signature(function).bind(*call.args, **call.kwargs)
        named = {**{key: value for key, value in bound.arguments.items() if key != "args"}, **bound.kwargs}
        return ", ".join(f"{key}={self.expression(value)}" for key, value in named.items())

    def _lacking(self, function: Callable) -> set[tuple[str, str]]:
        """Return the imports that the arguments need and the function's own lines do not."""
        own = {name for _, name in _names_in(function)}
        return {(module, name) for module, name in self.imports if name not in own}

    def _variable(self, function: Callable, call: Call) -> str:
        """Return what the result is called, and note it and its parts, which later calls may take."""
        base = function.__name__.strip("_")
        taken = self.names | {function.__name__, *function.__globals__, *dir(builtins), "told", "unpacked"}
        name = next(one for one in (base, *(f"{base}_{i}" for i in range(1, 1_000))) if one not in taken)
        self.names.add(name)
        if call.result is not PENDING:
            self._note(call.result, name)
            for part, value in _parts(call.result) if _has_fields(call.result) else ():
                self._note(value, f"{name}.{part}")
        return name

    def _note(self, value: Any, name: str) -> None:
        if not isinstance(value, str | bytes | int | float | bool | None):
            self.variables[id(value)] = name
            self.kept.append(value)

    def expression(self, value: Any) -> str:
        """Return what makes a value again.

        Raises:
            Unwritable: if nothing does.
        """
        if id(value) in self.variables:
            return self.variables[id(value)]
        found = self.origin(value) if _is_large(value) else None
        if found is None:
            return self._literally(value)
        self.imports.add((found.module, found.function))
        args = ", ".join(map(self.expression, found.args))
        return f"{found.function}({args})" + (f".{found.part}" if found.part else "")

    def _literally(self, value: Any) -> str:
        for kind, write in WRITERS:
            if isinstance(value, kind):
                return write(self, value)
        if is_dataclass(value):
            return self._record(value)
        raise Unwritable(type(value).__name__)

    def _record(self, value: Any) -> str:
        """Return a dataclass as its call, without what is empty as it is by itself."""
        told = [(one.name, getattr(value, one.name)) for one in fields(value) if one.init]
        empty = {one.name: one.default for one in fields(value) if one.default in (None, "", b"")}
        written = [f"{k}={self.expression(v)}" for k, v in told if not (k in empty and empty[k] == v)]
        self.imports.add((type(value).__module__, type(value).__qualname__))
        return f"{type(value).__name__}({', '.join(written)})"

    def literal(self, value: Any) -> str:
        return repr(value)

    def number(self, value: float) -> str:
        return repr(value) if math.isfinite(value) else f'float("{value}")'

    def text(self, value: str) -> str:
        if value.startswith(f"{VISIT}@"):
            raise Unwritable("a model that lived in the visit")
        if len(value) <= LONG:
            return repr(value)
        return f'unpacked("{b64encode(compress(value.encode(errors="surrogatepass"))).decode()}")'

    def data(self, value: bytes) -> str:
        return (
            repr(value) if len(value) <= LONG else f'{self.text(value.decode("latin-1"))}.encode("latin-1")'
        )

    def several(self, value: tuple | list | set | frozenset) -> str:
        if hasattr(value, "_fields"):
            self.imports.add((type(value).__module__, type(value).__name__))
            return f"{type(value).__name__}({', '.join(map(self.expression, value))})"
        if len(value) > LONG // 10 and all(isinstance(one, str) and one and "\n" not in one for one in value):
            return f"{type(value).__name__}({self.text(chr(10).join(value))}.split())"
        inner = ", ".join(
            map(self.expression, sorted(value) if isinstance(value, set | frozenset) else value)
        )
        return {
            tuple: f"({inner}{',' if len(value) == 1 else ''})",
            list: f"[{inner}]",
        }.get(type(value), f"{type(value).__name__}([{inner}])")

    def table(self, value: dict) -> str:
        pairs = (f"{self.expression(key)}: {self.expression(one)}" for key, one in value.items())
        return f"{{{', '.join(pairs)}}}"

    def array(self, value: np.ndarray) -> str:
        if value.size > LARGEST:
            raise Unwritable("a large array")
        self.imports.add((__name__, "np"))
        return f'np.array({self._nested(value.tolist())}, dtype="{value.dtype}").reshape({value.shape})'

    def _nested(self, value: Any) -> str:
        if isinstance(value, list):
            return f"[{', '.join(map(self._nested, value))}]"
        return self._literally(value)

    def scalar(self, value: np.generic) -> str:
        return self.expression(value.item())

    def vocabulary(self, value: Vocabulary) -> str:
        self.imports.add((type(value).__module__, "Vocabulary"))
        return f"Vocabulary({''.join(value.symbols)!r})"

    def global_name(self, value: Callable) -> str:
        module = sys.modules.get(getattr(value, "__module__", ""))
        if getattr(module, value.__name__, None) is not value:
            raise Unwritable(value.__name__)
        self.imports.add((value.__module__, value.__name__))
        return value.__name__


WRITERS: list[tuple[Any, Callable[[_Writer, Any], str]]] = [
    (bool | int | None, _Writer.literal),
    (float, _Writer.number),
    (str, _Writer.text),
    (bytes, _Writer.data),
    (tuple | list | set | frozenset, _Writer.several),
    (dict, _Writer.table),
    (np.ndarray, _Writer.array),
    (np.generic, _Writer.scalar),
    (Vocabulary, _Writer.vocabulary),
    (FunctionType | type, _Writer.global_name),
]


def _is_large(value: Any) -> bool:
    """Return whether a value is told by how it was made, if that is known."""
    if isinstance(value, str | bytes | int | float | FunctionType | type | None):
        return False
    return (
        not isinstance(value, tuple | list | set | frozenset) or len(value) > LONG // 10 or _has_fields(value)
    )


def _names_in(function: Callable) -> set[tuple[str, str]]:
    """Return the global names that a function's own lines hold, each with the module that it is read from."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)} & set(function.__globals__)
    own = {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)} | {function.__name__}
    return {(function.__module__, name) for name in used - own}


def _import_lines(imports: set[tuple[str, str]]) -> list[str]:
    modules: dict[str, list[str]] = {}
    for module, name in sorted(imports):
        modules.setdefault(module, []).append(name)
    return [f"from {module} import {', '.join(names)}" for module, names in modules.items()]


def _written_here(function: Callable) -> bool:
    """Return whether a function has a source of this house, and no surroundings that would be lacking."""
    module = inspect.getmodule(function)
    here = isinstance(module, ModuleType) and module.__name__.partition(".")[0] == "explainer"
    return here and isinstance(function, FunctionType) and function.__closure__ is None


def _heading(function: Callable, also: Sequence[Callable]) -> str:
    """Return what a function does, and the functions that it calls, as they ran."""
    further = [one for one in map(inspect.unwrap, also) if isinstance(one, FunctionType)]
    told = next(filter(None, map(inspect.getdoc, [function, *further])), "").partition("\n")[0]
    fences = [f"`{one.__module__}`\n```python\n{inspect.getsource(one).rstrip()}\n```" for one in further]
    read = ["What it calls:", *fences] if fences else []
    title = f"## {function.__name__.replace('_', ' ').strip().capitalize()}"
    return "\n\n".join([title, *filter(None, [told]), *read])
