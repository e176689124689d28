"""The three notebooks: they run from top to bottom, hold no outputs, and give the project's own numbers."""

import re
from dataclasses import replace
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from explainer import names
from explainer.training.mlp import Trainer
from explainer.training.recipes import TALK, Shape

FOLDER = Path(__file__).resolve().parents[2] / "notebooks"
BOOKS = sorted(path.name for path in FOLDER.glob("*.ipynb"))


def read(name):
    book = nbformat.reads((FOLDER / name).read_text(encoding="utf-8"), as_version=4)
    nbformat.validate(book)
    return book


def printed(name, steps, monkeypatch):
    """Run a notebook, with few steps of training, and return all that its cells print and answer."""
    monkeypatch.setenv("STEPS", str(steps))
    monkeypatch.setenv("OMP_NUM_THREADS", "1")  # another test runs beside this one
    book = read(name)
    NotebookClient(book, timeout=120, resources={"metadata": {"path": str(FOLDER)}}).execute()
    outputs = [output for cell in book.cells if cell.cell_type == "code" for output in cell.outputs]
    return "\n".join(one.get("text") or str(one.get("data", {}).get("text/plain")) for one in outputs)


@pytest.mark.parametrize("name", BOOKS)
def test_a_notebook_holds_no_outputs(name):
    cells = read(name).cells
    assert [c.id for c in cells if c.cell_type == "code" and (c.outputs or c.execution_count)] == []
    assert cells[0].cell_type == "markdown"


def test_the_bigram_counts_and_learns_what_the_talk_did(monkeypatch):
    told = printed("bigram.ipynb", 10, monkeypatch)
    assert "[(2387, 'A.'), (820, 'NA'), (675, 'AN'), (473, 'IA'), (470, 'LI'), (457, '.A')]" in told
    assert "25463 pairs; 597 of 1156 kinds never occur" in told
    assert "train 2.312   dev inf" in told
    assert "add   0.1:  train 2.314   dev 2.327" in told
    assert "with 0.1, on test: 2.380" in told
    assert "step   0: 4.03" in told


def test_the_mlp_trains_as_the_projects_own_run_of_the_talks_recipe(monkeypatch):
    told = printed("mlp.ipynb", 100, monkeypatch)
    parts = names.split(names.select(names.register())["name"].tolist())
    trainer = Trainer(parts.train, parts.dev, names.VOCABULARY, Shape(), replace(TALK, steps=100))
    start = trainer.progress().train_loss
    trainer.advance(100)
    ended = trainer.progress()
    assert "13374" in told
    assert f"loss before the first step: {start:.2f}" in told
    losses = dict(re.findall(r"^(train|dev) +([0-9.]+)$", told, re.MULTILINE))
    assert float(losses["train"]) == pytest.approx(ended.train_loss, abs=1e-3)
    assert float(losses["dev"]) == pytest.approx(ended.dev_loss, abs=1e-3)


def test_the_gpt_learns_writes_and_shows_where_it_looks(monkeypatch):
    told = printed("gpt.ipynb", 40, monkeypatch)
    losses = [float(line.split("dev")[1]) for line in told.splitlines() if line.startswith("step")]
    assert losses[0] > 3
    assert losses[-1] < 2.6
    assert "HTML object" in told
    assert told.count("head 4") == 2
