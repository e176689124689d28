"""All scenes of the house as their pages write them down; of the pages themselves only one runs."""

import ast
from dataclasses import dataclass
from functools import cache
from typing import TypeGuard

from explainer.ui.chapters import CHAPTERS, PAGES


@dataclass(frozen=True)
class Written:
    """One scene: what stands above it, and what is said to it."""

    slug: str
    title: str
    sentence: str
    note: str


@cache
def outline() -> dict[str, list[Written]]:
    """Return the scenes of every chapter of the talk, by its path, both in their order."""
    return {c.path: _scenes(c.file) for c in CHAPTERS if not c.hidden}


def _scenes(file: str) -> list[Written]:
    tree = ast.parse((PAGES / file).read_text(encoding="utf-8"))
    functions = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
    order = next(call for call in ast.walk(tree) if _calls(call, "ui.chapter"))
    return [_written(functions[ast.unparse(argument)]) for argument in order.args]


def _written(function: ast.FunctionDef) -> Written:
    decorator = next(call for call in function.decorator_list if _calls(call, "ui.scene"))
    title, sentence = (ast.literal_eval(argument) for argument in decorator.args)
    note = " ".join((ast.get_docstring(function) or "").split())
    return Written(function.name.replace("_", "-"), title, sentence, note)


def _calls(node: ast.AST, name: str) -> TypeGuard[ast.Call]:
    return isinstance(node, ast.Call) and ast.unparse(node.func) == name
