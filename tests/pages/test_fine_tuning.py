"""The fine-tuning chapter, on small models of its own: what is there is shown, what is missing is named."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from streamlit.testing.v1 import AppTest

from explainer import checkpoints, corpus
from explainer.models.gpt import GPT
from explainer.traces import fine_tuning
from explainer.ui import caches
from explainer.ui.scenes.fine_tuning import LENGTH
from explainer.vocabulary import Vocabulary, alphabetical
from tests.scenes import bars, open_scene, scenes_of

VOCABULARY = Vocabulary(alphabetical(corpus.SYMBOLS))
SHAPE = {"vocab_size": len(VOCABULARY), "block_size": 256, "n_layer": 1, "n_head": 1, "n_embd": 8}
POLISH = ("polish-books", "pan-tadeusz", "poem-alone")


def build(folder: Path, name: str, seed: int) -> None:
    """Write a small untrained model that looks like one of the house's, with a history."""
    torch.manual_seed(seed)
    model = GPT(**SHAPE)
    torch.nn.init.normal_(model.lm_head.weight)
    history = {
        "step": np.array([0, 1, 10, 100]),
        "train_loss": np.array([4.0, 3, 2, 1.5], np.float32),
        "held_out_loss": np.array([4.1, 3.1, 2.2, 1.9], np.float32) + seed,
        "sample_step": np.array([0, 100]),
        "sample": np.array([VOCABULARY.encode("\nżół!"), VOCABULARY.encode("\nLas.")], np.int16),
    }
    losses = {"losses": {"train": 1.5, "val": 1.9 + seed}, "start_losses": {"val": 6.3}}
    run = {
        "data": "three",
        "seed": seed,
        "steps": 100,
        "characters": 614_400,
        "recipe": {"steps": 400, "judged": 64},
    }
    meta = {**losses, "prompt": "\n", **run}
    checkpoints.save(name, model, {"kind": "gpt", **SHAPE}, VOCABULARY, meta, history, folder)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A house that holds only what the welcome page needs."""
    for path in checkpoints.FOLDER.glob("girls-bigram.*"):
        (tmp_path / path.name).symlink_to(path)
    monkeypatch.setattr(checkpoints, "FOLDER", tmp_path)
    for name in ("load", "history", "read_meta"):
        monkeypatch.setattr(getattr(checkpoints, name), "__defaults__", (tmp_path,))
    caches.clear()
    yield tmp_path
    caches.clear()


@pytest.fixture
def house(folder):
    for seed, name in enumerate(POLISH):
        build(folder, name, seed)
    return folder


def page(scene: str, **query: str) -> AppTest:
    """Run one scene; query values are what the address bar shows."""
    app = open_scene("fine_tuning.py", scene, **{f"tuning_{key}": value for key, value in query.items()})
    assert [e.message for e in app.exception] + [e.value for e in app.error] == []
    return app


def reel(app: AppTest) -> dict:
    sent = [p.proto for p in app.get("bidi_component") if p.proto.component_name == "reel"]
    return json.loads(sent[0].json)


def told(app: AppTest) -> str:
    kinds = ("text", "markdown", "warning")
    return "\n".join(part.value for kind in kinds for part in app.get(kind))


@pytest.mark.parametrize("scene", scenes_of("fine_tuning.py"))
@pytest.mark.parametrize("missing", [POLISH, ("pan-tadeusz", "poem-alone"), ("poem-alone",)])
def test_a_missing_model_is_named_with_what_to_do(folder, scene, missing):
    for seed, name in enumerate(POLISH):
        if name not in missing:
            build(folder, name, seed)
    app = page(scene)
    needed = {"before-and-after": POLISH[:2], "was-it-worth-it": POLISH, "the-data": POLISH[:2]}.get(
        scene, ()
    )
    named = {name for name in POLISH if f"python -m explainer.training {name}" in told(app)}
    assert set(needed) & set(missing) <= named
    assert named <= set(missing)


@pytest.mark.usefixtures("folder")
def test_an_empty_house_says_how_to_train_the_first_model():
    assert "python -m explainer.training" in told(page("how-it-learned"))


@pytest.mark.usefixtures("house")
def test_the_data_is_told_from_the_checkpoints_or_the_counted_facts():
    values = [metric.value for metric in page("the-data").metric]
    assert {"1,115,394", "20,406,928", "441,118"} <= set(values)
    lengths = [length for _, length, _ in bars(page("the-data"), "tuning_sizes")]
    np.testing.assert_allclose(lengths, [1_115_394, 20_406_928, 441_118], atol=2e-4 * max(lengths))


@pytest.mark.usefixtures("house")
@pytest.mark.parametrize("run", ["Polish books", "Pan Tadeusz, refined", "Pan Tadeusz alone"])
def test_every_recorded_text_stands_beside_its_loss(run):
    sent = reel(page("how-it-learned", run=run))
    assert sent["lanes"][0]["texts"] == ["żół!", "Las."]
    assert sent["titles"] == ["step 0", "step 100"]
    assert sent["chart"]["marks"] == [0, 100]
    assert "0.6 million characters" in sent["lanes"][0]["facts"][1]


@pytest.mark.usefixtures("house")
def test_what_changed_is_the_probabilities_of_both_models():
    sent = reel(page("before-and-after", prompt="Tadeusz ", seed="3", temperature="1.0"))
    before, after = (checkpoints.load(name) for name in POLISH[:2])
    for lane, own in zip(sent["lanes"], (before, after), strict=True):
        text = fine_tuning.written(own.model, VOCABULARY, "Tadeusz ", LENGTH, 1.0, 3)
        found = fine_tuning.compared(before.model, after.model, VOCABULARY, "Tadeusz ", text)
        assert "".join(tile[0] for tile in lane["tiles"]) == "Tadeusz " + text
        shown = np.array([tile[5] for tile in lane["tiles"][8:]])
        np.testing.assert_allclose(shown, np.stack([found.before, found.after], axis=1), atol=1e-4)
        assert f"{found.loss()[0]:.2f}" in lane["facts"][-1]
        assert f"{found.loss()[1]:.2f}" in lane["facts"][-1]
        assert lane["shown"] == [8 + n for n in range(LENGTH + 1)]


@pytest.mark.usefixtures("house")
def test_all_three_models_are_compared_on_the_poem():
    sent = reel(page("was-it-worth-it"))
    assert len(sent["lanes"]) == 3
    names = " ".join(line["name"] for line in sent["chart"]["lines"])
    assert all(loss in names for loss in ("2.90", "3.90", "6.30"))  # refined, alone, and before refining


@pytest.mark.usefixtures("house")
@pytest.mark.parametrize("prompt", ["", "<script>alert(1)</script>", "😀Ω", "żółć", "A" * 60])
@pytest.mark.parametrize("scene", ["before-and-after", "was-it-worth-it"])
def test_any_beginning_is_continued(scene, prompt):
    lanes = reel(page(scene, prompt=prompt))["lanes"]
    assert all(len(lane["tiles"]) >= LENGTH + 1 for lane in lanes)
