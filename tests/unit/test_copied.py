"""How much a model of names copies stands beside its weights, and is what the model does."""

import json

import pytest
import torch

from explainer import checkpoints, names
from explainer.models.mlp import MLP
from explainer.traces.compare import Copied, copied
from explainer.training.copied import COUNT, MODELS, keep, learned


@pytest.mark.parametrize("name", MODELS)
def test_what_is_shipped_is_what_the_model_does(name):
    trained = checkpoints.load(name)
    split = learned(trained)
    assert Copied(**trained.meta["copied"]) == copied(
        trained.model, trained.vocabulary, split, COUNT, names.SEED
    )


@pytest.mark.parametrize("sex", ["girls", "boys"])
def test_a_model_that_read_both_sexes_copies_from_both_and_never_from_what_is_held_out(sex):
    gpt, mlp = (learned(checkpoints.load(f"{sex}-{kind}")) for kind in ("gpt", "mlp"))
    assert set(mlp.train) < set(gpt.train)
    assert (gpt.dev, gpt.test) == (mlp.dev, mlp.test)
    assert not set(gpt.train) & {*gpt.dev, *gpt.test}


def test_it_is_written_beside_the_weights(tmp_path):
    for path in checkpoints.FOLDER.glob("girls-bigram.*"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    record = json.loads((tmp_path / "girls-bigram.json").read_text())
    del record["copied"]
    (tmp_path / "girls-bigram.json").write_text(json.dumps(record))
    found = keep("girls-bigram", tmp_path)
    assert checkpoints.load("girls-bigram", tmp_path).meta["copied"] == {
        "count": COUNT,
        "distinct": found.distinct,
        "from_train": found.from_train,
        "held_out": found.held_out,
    }


def test_a_model_that_writes_one_name_again_and_again_copies_one():
    stuck = MLP(len(names.VOCABULARY), 3, 2, 4)
    with torch.no_grad():
        for parameter in stuck.parameters():
            parameter.zero_()
        stuck.b2[0] = 50.0  # the end of a name, at once
    assert copied(stuck, names.VOCABULARY, names.Split([""], [], []), 100, 1) == Copied(100, 1, 1.0, 0.0)
