"""The linker of the browser's modules, with modules made by hand; Node runs what it returns."""

import shutil
import subprocess
from pathlib import Path

import pytest

from explainer.components.modules import BadModule, linked


@pytest.fixture
def link(tmp_path):
    def link(**files: str) -> str:
        """Link ``main`` with the other files, each told by its stem."""
        for name, text in files.items():
            (tmp_path / f"{name}.js").write_text(text, encoding="utf-8")
        return linked(files["main"], tmp_path)

    return link


def ran(module: str, tmp_path: Path) -> str:
    """Return what a module's default is, by Node."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("Node is not installed.")
    (tmp_path / "linked.mjs").write_text(module, encoding="utf-8")
    (tmp_path / "run.mjs").write_text(
        "import given from './linked.mjs';\nconsole.log(JSON.stringify(given));\n"
    )
    done = subprocess.run([node, tmp_path / "run.mjs"], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_what_is_imported_stands_before_it_once_and_nothing_else_comes_along(link):
    module = link(
        main="import { b } from './b.js';\nimport { c } from './c.js';\nexport default [b, c];",
        b="import { d } from './d.js';\nexport const b = 'b' + d;",
        c="import { d } from './d.js';\nexport const c = 'c' + d;",
        d="export const d = 'only once';",
        e="export const e = 'nobody asks for it';",
    )
    assert module.count("only once") == 1
    assert "nobody asks" not in module
    assert module.index("only once") < module.index("'b'") < module.index("'c'")


def test_a_linked_module_gives_what_its_files_give(link, tmp_path):
    module = link(
        main=(
            "import first, { second as two } from './a.js';\n"
            "import {\n  Third,\n  fourth,\n} from './b.js';\n"
            "export default [first(), two, new Third().of, fourth()];\n"
        ),
        a="export const second = 2; // import nothing\nexport default function () { return 1; }\n",
        b=(
            "import { second } from './a.js';\n"
            "export class Third {\n  constructor() { this.of = second + 1; }\n}\n"
            "export function fourth() { return own; }\n"
            "const own = 'export const own = 4;';\n"
        ),
    )
    assert ran(module, tmp_path) == '[1,2,3,"export const own = 4;"]'


def test_two_files_may_use_one_name_for_two_things(link, tmp_path):
    module = link(
        main="import { a } from './a.js';\nconst own = 'main';\nexport default [own, a];",
        a="const own = 'a';\nexport const a = own;",
    )
    assert ran(module, tmp_path) == '["main","a"]'


def test_a_folder_above_is_found(tmp_path):
    (tmp_path / "inner").mkdir()
    (tmp_path / "inner" / "a.js").write_text("export const a = 'from inside';\n")
    (tmp_path / "b.js").write_text("import { a } from './inner/a.js';\nexport const b = a;\n")
    text = "import { b } from '../b.js';\nimport { a } from './a.js';\nexport default [a, b];"
    assert linked(text, tmp_path / "inner").count("from inside") == 1


WRONG = {
    "a circle": (
        {"main": "import { a } from './a.js';\nexport default a;"}
        | {"a": "import { b } from './b.js';\nexport const a = b;"}
        | {"b": "import { a } from './a.js';\nexport const b = a;"},
        r"/a\.js → \S+/b\.js → \S+/a\.js is a circle of imports",
    ),
    "itself": (
        {"main": "import { a } from './a.js';\nexport default a;"}
        | {"a": "import { b } from './a.js';\nexport const a = b;\nexport const b = 1;"},
        r"/a\.js → \S+/a\.js is a circle of imports",
    ),
    "no file": (
        {"main": "import { a } from './a.js';\nexport default a;", "a": "import { b } from './lenz.js';\n"},
        r"/a\.js imports \S+/lenz\.js: there is no such file",
    ),
    "exported twice": (
        {"main": "import { a } from './a.js';\nexport default a;"}
        | {"a": "export const a = 1;\nexport function a() {}\n"},
        r"/a\.js exports a twice",
    ),
    "two defaults": (
        {"main": "export default 1;\nexport default 2;"},
        r"/component exports default twice",
    ),
    "not exported": (
        {"main": "import { a } from './a.js';\nexport default a;"}
        | {"a": "const a = 1;\nexport const b = 2;\nexport const c = 3;\n"},
        r"/component imports a from \S+/a\.js, which exports only b, c\.",
    ),
    "nothing exported": (
        {"main": "import { a } from './a.js';\nexport default a;", "a": "const a = 1;\n"},
        r"which exports only nothing\.",
    ),
    "not exported, asked for second": (
        {"main": "import { a } from './a.js';\nimport { c } from './b.js';\nexport default [a, c];"}
        | {"a": "import { b } from './b.js';\nexport const a = b;", "b": "export const b = 1;"},
        r"/component imports c from \S+/b\.js",
    ),
    "no default": ({"main": "export const a = 1;"}, "/component exports no default"),
    "all of it": (
        {"main": "import * as a from './a.js';\nexport default a;", "a": ""},
        r"“import \* as a from './a\.js';” in \S+/component is in a form that is not read",
    ),
    "a list": (
        {"main": "import { a } from './a.js';\nexport default a;", "a": "const a = 1;\nexport { a };"},
        r"“export \{ a \};” in \S+/a\.js is in a form",
    ),
    "what changes": (
        {"main": "import { a } from './a.js';\nexport default a;", "a": "export let a = 1;"},
        r"“export let a = 1;” in \S+/a\.js is in a form",
    ),
}


@pytest.mark.parametrize(("files", "said"), WRONG.values(), ids=WRONG)
def test_what_does_not_fit_is_said(link, files, said):
    with pytest.raises(BadModule, match=said):
        link(**files)
