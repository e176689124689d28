"""What a scene's sentence says is true of what it opens with."""

import numpy as np
import pytest

from explainer import checkpoints, names
from explainer.traces import compare


def models(sex: str) -> dict:
    return {kind: checkpoints.load(f"{sex}-{kind}").model for kind in ("bigram", "mlp", "gpt")}


@pytest.mark.parametrize("sex", ["girls", "boys"])
def test_on_average_the_further_back_a_model_looks_the_better_it_guesses(sex):
    losses = [checkpoints.read_meta(f"{sex}-{kind}")["losses"]["test"] for kind in ("bigram", "mlp", "gpt")]
    assert losses == sorted(losses, reverse=True)


@pytest.mark.parametrize("sex", ["girls", "boys"])
def test_on_the_opening_prefix_the_one_that_looks_further_back_is_surer(sex):
    found = [
        compare.next_probabilities(model, names.VOCABULARY, "KAMI").max() for model in models(sex).values()
    ]
    assert (np.diff(found) > 0.05).all()


@pytest.mark.parametrize("sex", ["girls", "boys"])
def test_the_model_that_overfits_copies_more_and_the_best_one_copies_too(sex):
    meta = {kind: checkpoints.read_meta(f"{sex}-{kind}") for kind in ("mlp-talk", "mlp", "gpt")}
    gap = {kind: one["losses"]["dev"] - one["losses"]["train"] for kind, one in meta.items()}
    copied = {kind: one["copied"]["from_train"] for kind, one in meta.items()}
    assert gap["mlp-talk"] > 2 * gap["mlp"]
    assert copied["mlp-talk"] > copied["mlp"]
    assert meta["gpt"]["losses"]["dev"] < meta["mlp"]["losses"]["dev"]
    assert copied["gpt"] > copied["mlp"]


def test_what_is_kept_of_every_text_model_is_its_best_step_on_the_text_held_out():
    for name in ("shakespeare", "polish-books", "pan-tadeusz", "poem-alone"):
        meta, history = checkpoints.read_meta(name), checkpoints.history(name)
        assert history["step"][history["held_out_loss"].argmin()] == meta["steps"]
        assert history["held_out_loss"].min() == pytest.approx(
            meta["losses"]["val"], abs=0.04
        )  # the curve is judged on a part
