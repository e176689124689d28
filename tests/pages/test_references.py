"""References: every source, every word, every checkpoint."""

import json

import pytest

from explainer import checkpoints
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
        if ".history." in path.name:
            continue
        row = {title: values[table["name"].index(path.stem)] for title, values in table.items()}
        meta = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
        assert row["sha256"] == meta["sha256"]
        assert (row["steps"], row["seed"]) == (meta["steps"], str(meta["seed"]))
        assert all(f"{loss:.3f}" in row["nats per character"] for loss in meta["losses"].values())
        assert row["parameters"] == sum(
            p.numel() for p in checkpoints.load(path.stem).model.state_dict().values()
        )


def test_a_scene_shows_its_words():
    app = open_scene("bigram.py", "probabilities")
    ask(app, "words")
    assert not app.exception
    assert "what was never seen is unlikely and not impossible" in told(app)
