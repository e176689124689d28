"""Links ES modules into the one text that Streamlit takes of a component."""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

_IMPORT = re.compile(
    r"""^import\s+(?:(?P<default>[\w$]+)\s*,?\s*)?(?:\{(?P<names>[^}]*)\}\s*)?from\s+['"](?P<file>[^'"]+)['"];?$""",
    re.MULTILINE,
)
_EXPORT = re.compile(
    r"^export\s+(?=(?:const|class|(?:async\s+)?function\b\*?)\s+(?P<name>[\w$]+))", re.MULTILINE
)
_DEFAULT = re.compile(r"^export\s+default\s+", re.MULTILINE)
_OTHER = re.compile(r"^(?:import\b(?!\s*[.(])|export\b).*", re.MULTILINE)
_FORMS = "write “import { a, b as c } from './file.js';” and “export” before const, function or class."


class BadModule(Exception):
    """A module for the browser does not fit the others; the message says which, and what to do."""


@dataclass(frozen=True)
class _Module:
    """One file.

    Args:
        imports: by file, by the name that is used here, the name that the file exports.
        exports: by the name that others import, the name that is used here.
        body: the text without all this.
    """

    path: Path
    imports: Mapping[Path, Mapping[str, str]]
    exports: Mapping[str, str]
    body: str

    @property
    def name(self) -> str:
        return f"{self.path.parent.name}/{self.path.name}"


def linked(text: str, folder: Path) -> str:
    """Return a module as one that imports nothing: every file once, after those that it imports.

    Each file keeps a scope of its own, so that two of them may use one name for two things.

    Args:
        text: what exports the default; it imports from files, told as seen from ``folder``.
    Raises:
        BadModule: if a file is missing, files import each other in a circle, a name is exported twice or
            imported from a file that does not export it, or a line is in a form that is not read here.
    """
    top = _module(text, folder / "component")
    found: dict[Path, _Module] = {}
    _follow(top, (), found)
    names = {path: f"${path.stem}_{place}" for place, path in enumerate(found)}
    if "default" not in top.exports:
        raise BadModule(f"{top.name} exports no default: that is what Streamlit calls.")
    scopes = [_scope(module, names) for module in found.values()]
    return "\n".join([*scopes, f"export default {names[top.path]}.default;\n"])


def _follow(module: _Module, way: tuple[_Module, ...], found: dict[Path, _Module]) -> None:
    """Find a module after all that it imports; ``way`` leads to it."""
    way = (*way, module)
    for path, names in module.imports.items():
        if path in (paths := [each.path for each in way]):
            circle = " → ".join(each.name for each in (*way[paths.index(path) :], way[paths.index(path)]))
            raise BadModule(f"{circle} is a circle of imports: move what both need into a file of its own.")
        if path not in found:
            _follow(_read(path, module), way, found)
        _check(module, names, found[path])
    found[module.path] = module


def _read(path: Path, by: _Module) -> _Module:
    try:
        return _module(path.read_text(encoding="utf-8"), path)
    except FileNotFoundError:
        raise BadModule(f"{by.name} imports {path.parent.name}/{path.name}: there is no such file.") from None


def _check(module: _Module, names: Mapping[str, str], other: _Module) -> None:
    for name in names.values():
        if name not in other.exports:
            given = ", ".join(sorted(other.exports)) or "nothing"
            raise BadModule(f"{module.name} imports {name} from {other.name}, which exports only {given}.")


def _module(text: str, path: Path) -> _Module:
    """Read what a file imports and exports."""
    imports: dict[Path, dict[str, str]] = {}
    for line in _IMPORT.finditer(text):
        imports.setdefault((path.parent / line["file"]).resolve(), {}).update(_taken(line))
    body = _DEFAULT.sub("const $default = ", _EXPORT.sub("", _IMPORT.sub("", text)))
    module = _Module(path, imports, _exports(text, path), body)
    if other := _OTHER.search(body):
        raise BadModule(f"“{other[0]}” in {module.name} is in a form that is not read: {_FORMS}")
    return module


def _taken(line: re.Match[str]) -> dict[str, str]:
    """Return what a line imports: by the name that is used here, the name that the file exports."""
    listed = [
        re.split(r"\s+as\s+", part.strip()) for part in (line["names"] or "").split(",") if part.strip()
    ]
    whole = {line["default"]: "default"} if line["default"] else {}
    return whole | {names[-1]: names[0] for names in listed}


def _exports(text: str, path: Path) -> dict[str, str]:
    named = [line["name"] for line in _EXPORT.finditer(text)]
    counted = Counter([*named, *("default" for _ in _DEFAULT.findall(text))])
    for name, count in counted.items():
        if count > 1:
            raise BadModule(f"{path.parent.name}/{path.name} exports {name} twice: rename one of them.")
    return {name: "$default" if name == "default" else name for name in counted}


def _scope(module: _Module, names: Mapping[Path, str]) -> str:
    """Return a module as a constant with what it exports."""
    lines = [f"const {names[module.path]} = (() => {{"]
    for path, taken in module.imports.items():
        lines.append(f"const {{ {_pairs({name: here for here, name in taken.items()})} }} = {names[path]};")
    return "\n".join([*lines, module.body.strip(), f"return {{ {_pairs(module.exports)} }};", "})();"])


def _pairs(names: Mapping[str, str]) -> str:
    return ", ".join(f"{there}: {here}" for there, here in names.items())
