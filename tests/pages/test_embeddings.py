"""The map of embeddings on its page: what is sent is the model's own, at every moment that was kept."""

import base64
import json

import numpy as np
import pytest

from explainer.traces import embeddings
from explainer.training.initial import initial
from explainer.ui.scenes.embeddings import MODELS
from explainer.ui.trained import checkpoint, history
from tests.scenes import open_sound, part


def sent(**query: str) -> tuple[dict, np.ndarray, np.ndarray]:
    data = json.loads(part(open_sound("gpt", "embedding-map", query), "gpt_cloud").json)
    arrays = [np.frombuffer(base64.b64decode(data[key]), "<f4") for key in ("vectors", "places")]
    shape = (len(data["moments"]), len(data["symbols"]), -1)
    return data, *(array.reshape(shape) for array in arrays)


def test_the_tokens_are_where_the_model_has_them():
    data, vectors, places = sent(embeddings="Shakespeare", side="3-D")
    loaded = checkpoint("shakespeare")
    assert data["symbols"] == loaded.vocabulary.symbols
    assert data["moments"] == ["before training", "after training"]
    np.testing.assert_array_equal(vectors[-1], loaded.model.wte.weight.numpy())
    np.testing.assert_array_equal(vectors[0], initial(loaded.meta).wte.weight.numpy())
    found = embeddings.cloud(vectors)
    np.testing.assert_allclose(places, found.places, atol=1e-5)
    assert data["axes"] == [f"{share:.1%} of the variance" for share in found.shares]


def test_the_letters_of_two_numbers_move_from_the_first_step_to_the_last():
    data, vectors, places = sent(embeddings=MODELS["girls-mlp-2d"])
    kept = history("girls-mlp-2d")
    assert data["axes"] == ["number 1", "number 2"]
    assert data["moments"][0] == f"step {kept['step'][0]:,}"
    assert data["moments"][-1] == f"step {kept['step'][-1]:,}"
    np.testing.assert_array_equal(vectors[[0, -1]], kept["C"][[0, -1]].astype("<f4"))
    np.testing.assert_array_equal(places[..., :2], vectors)
    assert data["captions"][-1].startswith(f"Step {kept['step'][-1]:,}: **")


def test_before_the_poem_is_the_model_of_the_books():
    _, vectors, _ = sent(embeddings="Pan Tadeusz")
    for at, name in enumerate(("polish-books", "pan-tadeusz")):
        np.testing.assert_array_equal(vectors[at], checkpoint(name).model.wte.weight.numpy())


@pytest.mark.parametrize("name", MODELS)
def test_every_map_is_small(name):
    app = open_sound("gpt", "embedding-map", {"embeddings": MODELS[name]})
    assert part(app, "gpt_cloud").ByteSize() < 1_000_000
