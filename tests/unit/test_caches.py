"""What is kept: by its size in bytes, within one table, out of reach of any browser."""

import ast
import threading
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import streamlit as st
import torch

from explainer.notebook import Origin
from explainer.ui import caches
from explainer.ui.caches import BOUNDS, MEGABYTE, footprint, keep, origin
from explainer.ui.trained import checkpoint
from explainer.ui.words import Source

ROOT = Path(__file__).resolve().parents[2]
# Community Cloud promises 690 MB; the libraries take 360, and 130 are left for what is under way.
ROOM = 200 * MEGABYTE
# Other caches of more than one answer, and why none of them can grow.
OTHERS = {
    "explainer/traces/receipt/gpt.py": "a few kilobytes a character of the vocabulary, gone with the receipt",
    "explainer/traces/gradient_descent.py": "one answer a landscape, and these are constants of the house",
    "explainer/checkpoints.py": "32 texts of metadata; those of all shipped models together have 40 kB",
    "explainer/training/machine.py": "one answer a device, on the command line alone",
}


@pytest.fixture(autouse=True)
def _afresh():
    yield
    caches.clear()


def test_the_bounds_add_up():
    assert sum(BOUNDS.values()) <= ROOM


def test_there_is_no_other_cache():
    files = [*(ROOT / "explainer").rglob("*.py"), *(ROOT / "pages").glob("*.py")]
    assert {path.relative_to(ROOT).as_posix() for path in files if _caches(path)} == set(OTHERS)


def _caches(path: Path) -> bool:
    """Return whether a file keeps more than one answer: Python's way of a function, or Streamlit's."""
    nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
    imported = {
        one.name
        for n in nodes
        if isinstance(n, ast.ImportFrom) and n.module == "functools"
        for one in n.names
    }
    names = {"st.cache_data", "st.cache_resource", *(imported & {"cache", "lru_cache"})}
    constant = [
        decorator
        for node in nodes
        if isinstance(node, ast.FunctionDef) and not node.args.args
        for decorator in node.decorator_list
    ]
    used = [n for n in nodes if isinstance(n, ast.Name | ast.Attribute) and ast.unparse(n) in names]
    return any(isinstance(node, ast.Attribute) or node not in constant for node in used)


@pytest.mark.parametrize(
    ("value", "size"),
    [
        (np.zeros(100_000), 800_000),
        (np.zeros((1_000, 100))[:1], 800_000),  # a view keeps the whole
        ([np.zeros(1_000)] * 50, 8_000),  # one array, fifty times
        (torch.zeros(100_000), 400_000),
        (torch.zeros(100_000).numpy(), 400_000),
        (tuple(f"{i:020}" for i in range(10_000)), 10_000 * (69 + 8)),
        (Source("own", text="x" * 100_000), 100_000),
    ],
    ids=["array", "view", "shared", "tensor", "of a tensor", "words", "dataclass"],
)
def test_size_of_what_is_known(value, size):
    assert size <= footprint(value) <= 1.02 * size + 1_000


def test_size_of_a_table():
    table = pd.DataFrame({"name": [f"{i:020}" for i in range(10_000)], "bearers": range(10_000)})
    assert 350_000 <= footprint(table) <= 450_000  # 20 bytes, an offset of 8 and a number of 8 each


def test_what_is_least_in_use_goes_first():
    @keep("typed")
    def made(number: int) -> np.ndarray:
        asked.append(number)
        return np.zeros(BOUNDS["typed"] // 40, "uint8")

    asked = []
    for number in range(60):
        made(number)
        made(0)
    assert asked == list(range(60))  # the first was in use all the time
    assert 0.9 * BOUNDS["typed"] < caches.sizes()["typed"] <= BOUNDS["typed"]
    made(1)
    assert asked[-1] == 1


def test_what_is_too_large_is_not_kept_and_drives_nothing_out():
    @keep("typed")
    def made(size: int) -> np.ndarray:
        asked.append(size)
        return np.zeros(size, "uint8")

    asked = []
    for size in (1_000, BOUNDS["typed"] + 1, 1_000, BOUNDS["typed"] + 1):
        assert len(made(size)) == size
    assert asked == [1_000, BOUNDS["typed"] + 1, BOUNDS["typed"] + 1]


def test_who_asks_meanwhile_waits_for_the_same_answer():
    @keep("scenes")
    def made() -> object:
        asked.append(1)
        time.sleep(0.05)
        return object()

    asked, answers = [], []
    threads = [threading.Thread(target=lambda: answers.append(made())) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(asked) == 1
    assert len(set(map(id, answers))) == 1


def test_what_failed_is_asked_again():
    @keep("scenes")
    def made() -> None:
        asked.append(1)
        raise ValueError("not yet")

    asked = []
    for _ in range(2):
        with pytest.raises(ValueError, match="not yet"):
            made()
    assert len(asked) == 2


def test_nobody_writes_to_what_is_kept():
    @keep("scenes")
    def made() -> dict:
        return {"inside": (np.zeros(3),)}

    with pytest.raises(ValueError, match="read-only"):
        made()["inside"][0][0] = 1


def test_a_long_text_is_not_kept_in_its_key():
    @keep("typed")
    def made(source: Source) -> str:
        asked.append(source)
        return source.filename

    asked = []
    for text in ("x" * 1_000_000, "x" * 999_999 + "y", "x" * 1_000_000):
        made(Source("own", text=text, filename=text[-1]))
    assert len(asked) == 2
    assert sum(footprint(key) for key in caches._POOLS["typed"]) < 5_000


def test_arguments_that_are_equal_in_python_but_not_alike_are_told_apart():
    @keep("scenes")
    def made(value: object) -> str:
        return repr(value)

    assert [made(value) for value in (1, 1.0, True, "1")] == ["1", "1.0", "True", "'1'"]


def test_no_browser_clears_what_is_kept():
    before = checkpoint("girls-mlp")
    st.cache_data.clear()  # what the server does when any browser sends clear_cache
    st.cache_resource.clear()
    assert checkpoint("girls-mlp") is before


def test_what_took_long_leaves_nothing_behind_in_the_heap(monkeypatch):
    @keep("scenes")
    def made(seconds: float) -> float:
        end = time.thread_time() + seconds
        while time.thread_time() < end:
            pass
        return seconds

    trims = []
    monkeypatch.setattr(caches.allocator, "trim", lambda: trims.append(1))
    made(0.0)
    assert trims == []
    made(2 * caches.HEAVY)
    made(2 * caches.HEAVY)
    assert trims == [1]


@keep("scenes")
def _made_of(name, data=b""):  # noqa: ARG001  a part of the key
    return Origin(name, "", (), "")


def test_where_a_value_comes_from_is_known_while_it_is_kept():
    value, part = _made_of("a"), "_made_of"
    assert origin(value) == (__name__, part, ("a",), "")
    assert origin(_made_of(name="b")) is None  # called by name: not told
    assert origin(_made_of("a", b"x" * 1_000)) is None  # its key holds a digest
    assert origin(object()) is None
    model = checkpoint("girls-mlp").model
    assert origin(model) == ("explainer.ui.trained", "shipped", ("girls-mlp",), "model")
