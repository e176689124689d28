"""The scenes of the house, read from the pages' own last line."""

import ast
from pathlib import Path

from explainer.ui.deck import PAGES, chapters


def scenes_of(file: str) -> list[str]:
    """Return the slugs of a page's scenes, in their order."""
    tree = ast.parse((PAGES / file).read_text(encoding="utf-8"))
    calls = [n for n in ast.walk(tree) if isinstance(n, ast.Call) and ast.unparse(n.func) == "ui.chapter"]
    return [ast.unparse(argument).replace("_", "-") for argument in calls[-1].args]


def deck() -> list[tuple[str, str, Path]]:
    """Return (chapter path, scene slug, page file) for every scene, in the order of the talk."""
    return [(c.path, slug, PAGES / c.file) for c in chapters() for slug in scenes_of(c.file)]


def address(path: str, slug: str) -> str:
    """Return a scene's address below the app's root."""
    return f"/{path}?scene={slug}"
