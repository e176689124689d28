"""What a scene's sentence says is true of what it opens with."""

import numpy as np
import pytest

from explainer import checkpoints, names
from explainer.sampling import Settings, Switches
from explainer.traces import compare, one_head, switching
from explainer.traces import gpt as trace
from explainer.training import habits
from explainer.ui import catalogue
from explainer.ui.scenes import backpropagation as graphs
from explainer.ui.scenes import training_step as steps


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


@pytest.mark.parametrize("which", graphs.GRAPHS)
def test_the_slopes_are_followed_back_to_every_number_that_could_be_changed(which):
    found = graphs.graph_of(which, graphs.start(which).values())
    known = ~np.isnan(found.gradients)
    assert [name for name, one in zip(found.names, known, strict=True) if not one] == ["y"]
    np.testing.assert_allclose(found.gradients[known], found.autograd[known], atol=1e-12)
    np.testing.assert_allclose(found.gradients[known], found.measured[known], atol=1e-6)
    assert {flow.ways for flow in found.flows} == {"neuron": {1, 2}, "network": {1, 4}}[
        which
    ]  # sums are seen


def test_a_step_against_the_gradient_makes_the_neuron_of_the_scene_better():
    start = graphs.start("neuron")
    found = graphs.graph_of("neuron", start.values())
    slopes = dict(zip(found.names, found.gradients, strict=True))
    moved = [value - 0.1 * slopes[name] if name[0] in "wb" else value for name, value in start.items()]
    assert graphs.graph_of("neuron", moved).values[-1] < found.values[-1]


@pytest.mark.parametrize("optimizer", steps.OPTIMIZERS)
@pytest.mark.parametrize("weights", steps.WEIGHTS)
def test_a_step_lowers_the_loss_of_its_own_examples(optimizer, weights):
    rate = steps.USUAL[optimizer]
    found = steps.made(steps.Asked("girls", weights, "ANNA", optimizer, rate, 1))
    assert found.loss_after < found.loss


def test_momentum_adds_up_what_points_the_same_way():
    asked = [steps.Asked("girls", "better", "ANNA", name, 0.1, 3) for name in ("sgd", "momentum")]
    plain, rolling = (np.abs(steps.made(one).changes["W2"]).max() for one in asked)
    assert rolling > 2 * plain


def test_adam_goes_as_far_for_a_small_gradient_as_for_a_large_one():
    found = steps.made(steps.Asked("girls", "better", "ANNA", "adam", 0.01, 1))
    gradient, change = (np.abs(one["W2"]) for one in (found.gradients, found.changes))
    assert np.median(gradient) < gradient.max() / 10
    assert np.median(change) > 0.99 * change.max()


# --- attention: what it opens on --------------------------------------------------------------------


def opening(name: str):
    """Return a model, its opening prompt as it reads it, and the head that is shown first, from 0."""
    loaded = checkpoints.load(name)
    prompt = catalogue.PROMPTS[name].replace("↵", "\n").replace("␣", " ")
    text = f".{prompt}" if name.endswith("-gpt") else prompt
    layer, head = (int(number) - 1 for number in catalogue.HEADS[name].split("."))
    return loaded, text, layer, head


@pytest.mark.parametrize("name", catalogue.HEADS)
def test_the_head_that_attention_opens_on_does_there_what_its_habit_says(name):
    loaded, text, layer, head = opening(name)
    habit = loaded.meta["heads"][layer][head]
    pattern = trace.trace(loaded.model, loaded.vocabulary.encode(text)).layers[layer].pattern[head]
    row = one_head.looks_elsewhere(pattern)
    assert row > 0
    assert pattern[row, habits.keys(habit["name"], text)[row]].sum() > 0.6


@pytest.mark.parametrize("name", ["shakespeare", "polish-books", "pan-tadeusz"])
def test_without_the_head_that_is_off_at_first_the_same_dice_write_another_text(name):
    loaded, text, layer, head = opening(name)
    off = Switches(heads=frozenset([(layer, head)]))
    found = switching.compare(loaded, text, 72, Settings(1.0), 1, off)
    assert found.differs is not None
    assert found.off.text != found.on.text


def test_switching_off_opens_on_the_one_head_that_matters_most():
    loaded, text, layer, head = opening("shakespeare")
    matter = switching.importance(loaded.model, loaded.vocabulary.encode(text)).heads
    assert np.unravel_index(matter.argmax(), matter.shape) == (layer, head)
