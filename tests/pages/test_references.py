"""References: every source, every word, every checkpoint."""

import json

import pytest

from explainer import checkpoints
from explainer.ui import caches
from explainer.ui.glossary import TERMS
from tests.pages.test_compare import told
from tests.scenes import ask, listed, open_scene

TALK = [
    "PLAqhlrjkxbuWI23v9cThsA9GvCAUhRvKZ",
    "dane.gov.pl/pl/dataset/1667",
    "PLZHQObOWTQDNU6R1_67000Dx_ZCJB-3pi",
    "bengio03a.pdf",
    "1706.03762",
    "language-models.pdf",
    "bodzio50318/genAiWorkshop",
    "wolnelektury.pl",
    "10.5281/zenodo.4662725",
]


def test_every_source_of_the_talk_is_linked():
    listed = told(open_scene("references.py", "sources"))
    assert [address for address in TALK if address not in listed] == []
    assert "CC BY 4.0" in listed


@pytest.mark.parametrize("term", ["softmax", "activation", "<script>", "weight"])
def test_a_link_opens_its_word(term):
    app = open_scene("references.py", "glossary", term=term)
    assert not app.exception
    known = {t.name: t for t in TERMS}
    expected = known.get(term, TERMS[0])
    assert app.header[0].value == expected.name
    assert expected.meaning in app.subheader[0].value
    assert "<script>" not in told(app)


def test_every_checkpoint_is_told_with_its_record():
    app = open_scene("references.py", "checkpoints")
    table = listed(app, "references_checkpoints")
    assert len(set(table["name"])) == len(table["name"])
    for path in checkpoints.FOLDER.glob("*.safetensors"):
        if "." in path.stem:  # what stands beside the weights: a history, passages
            continue
        row = {title: values[table["name"].index(path.stem)] for title, values in table.items()}
        meta = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
        assert meta["sha256"].startswith(row["sha256 …"])
        assert len(row["sha256 …"]) == 8
        recipe = meta.get("recipe", {})
        assert (row["batch"], row["dropout"]) == (recipe.get("batch_size"), recipe.get("dropout"))
        rates = [recipe[key] for key in ("learning_rate", "lr_matrices", "lr_rest") if key in recipe]
        assert all(f" {rate:g}" in row["optimizer, learning rate"] for rate in rates)
        assert row["steps"] == meta["steps"]
        assert f"every seed is {meta['seed']}." in told(app)
        losses, tested = meta["losses"], meta.get("halves", {}) | meta["losses"]
        judged = (row["train"], row["dev/val"], row["test"])
        assert judged == (losses["train"], losses.get("dev", losses.get("val")), tested.get("test"))
        share = recipe.get("share", 1)
        assert share == 1 or f"{path.stem} {share:.0%} of the way" in told(app)
        assert row["parameters"] == sum(
            p.numel() for p in checkpoints.load(path.stem).model.state_dict().values()
        )


def test_the_talks_own_recipes_and_results_stand_beside_ours():
    app = open_scene("references.py", "checkpoints")
    rows = list(zip(*listed(app, "references_talk").values(), strict=True))
    [mlp, gpt] = [" ".join(map(str, row)) for row in rows]
    assert all(said in mlp for said in ("SGD 0.1", "32", "200000", "1.5667", "2.4647", "2.5008"))
    assert all(said in gpt for said in ("AdamW 0.0003", "64", "0.2", "5000", "1.4111", "1.4315"))
    assert "Muon" in told(app)


def test_no_row_of_the_checkpoints_is_cut_at_once():
    table = listed(open_scene("references.py", "checkpoints"), "references_checkpoints")
    texts = [(title, str(value)) for title, values in table.items() for value in values]
    assert [one for one in texts if len(one[1]) > 40] == []


@pytest.fixture
def damaged(tmp_path, monkeypatch):
    """A house with a good checkpoint and one of every kind of bad ones."""
    for name in ("girls-bigram", "girls-mlp", "boys-mlp", "boys-bigram", "girls-mlp-2d"):
        for path in checkpoints.FOLDER.glob(f"{name}.*"):
            (tmp_path / path.name).write_bytes(path.read_bytes())
    (tmp_path / "girls-mlp.json").write_text("[]")
    (tmp_path / "boys-mlp.json").unlink()
    (tmp_path / "boys-bigram.safetensors").write_bytes(b"x" * 100)
    (tmp_path / "girls-mlp-2d.safetensors").unlink()
    monkeypatch.setattr(checkpoints, "FOLDER", tmp_path)
    for name in ("load", "read_meta", "parameters"):
        monkeypatch.setattr(getattr(checkpoints, name), "__defaults__", (tmp_path,))
    caches.clear()
    yield
    caches.clear()


@pytest.mark.usefixtures("damaged")
def test_one_bad_file_leaves_the_other_records_readable():
    app = open_scene("references.py", "checkpoints")
    assert not app.error
    table = listed(app, "references_checkpoints")
    told = dict(zip(table["name"], table["learned from"], strict=True))
    assert told.pop("girls-bigram") == "2,813 girls' names"
    assert [
        (name, message.partition("” ")[2].partition(". Restore")[0]) for name, message in told.items()
    ] == [
        ("boys-bigram", "has a file, boys-bigram.safetensors, that holds no weights"),
        ("boys-mlp", "is missing its file boys-mlp.json"),
        ("girls-mlp", "has bad metadata in girls-mlp.json: it is a list and no object"),
        ("girls-mlp-2d", "is missing its file girls-mlp-2d.safetensors"),
    ]
    good = table["name"].index("girls-bigram")
    assert (table["parameters"][good], table["steps"][good]) == (34 * 34, 0)


def test_a_scene_shows_its_words():
    app = open_scene("bigram.py", "probabilities")
    ask(app, "words")
    assert not app.exception
    assert "what was never seen is unlikely and not impossible" in told(app)
