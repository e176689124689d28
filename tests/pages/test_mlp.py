"""The perceptron's page: every number on it is one that the traces computed from the shipped models."""

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from explainer import checkpoints, names
from explainer.components.grid import unpacked
from explainer.traces import mlp as trace
from explainer.training.recipes import BETTER, TALK, Shape, untrained
from explainer.ui.words import Source, word_list
from tests.scenes import drawn, open_sound, plotted, primitives

STEPS = ["look-up", "view", "@ W1 + b1", "tanh", "@ W2 + b2", "softmax", "loss"]


def page(scene: str, **query: str) -> AppTest:
    """Run one scene; query values are what the address bar shows."""
    return open_sound("mlp", scene, query)


def matrices(app: AppTest) -> dict[str, np.ndarray]:
    """Return the matrices of the scene's grid by name."""
    sent = next(part.proto.bytes for part in app.get("bidi_component") if part.proto.component_name == "grid")
    header, arrays = unpacked(sent)
    return {m["name"]: arrays[m["values"]["array"]] for m in header["matrices"]}


def told(app: AppTest) -> str:
    return "\n".join(part.value for kind in ("text", "markdown") for part in app.get(kind))


def metrics(app: AppTest) -> dict[str, str]:
    return {metric.label: metric.value for metric in app.metric}


@pytest.fixture(scope="module")
def girls():
    return checkpoints.load("girls-mlp")


@pytest.fixture(scope="module")
def batch():
    train, _ = word_list(Source("girl")).part("train")
    return trace.batch(train, names.VOCABULARY, size=32, seed=1)


def test_figure_1_shows_the_tensors_of_the_name_being_typed(girls):
    app = page("structure", name="Łucja", read="3")
    expected = trace.forward(girls.model, girls.vocabulary, "ŁUC")
    circles = [float(m["title"].split(": ")[1].replace("−", "-")) for m in primitives(app, "mark")]
    np.testing.assert_allclose(circles, [*expected.emb.ravel(), *expected.h], atol=6e-5)
    bars = [box for box in primitives(app, "box") if box["title"]]
    heights = np.array([bar["y1"] - bar["y0"] for bar in bars])
    np.testing.assert_allclose(heights / heights.sum(), expected.probabilities, atol=5e-4)
    assert bars[0]["title"] == f"·: {expected.probabilities[0]:.2%}"


def test_the_window_slides_as_in_build_dataset():
    app = page("data-set", name="EWA")
    assert drawn(app)["frames"]["titles"] == [f"example {i} of 4" for i in range(1, 5)]
    texts = [text["text"] for text in primitives(app, "text")]
    expected = ("...", "E"), ("..E", "W"), (".EW", "A"), ("EWA", ".")
    for context, target in expected:
        letters = [[" ".join(context), ...], [" → ", ...], [target, ...]]
        start = next(i for i, text in enumerate(texts) if spelled(text) == spelled(letters))
        numbers = names.VOCABULARY.encode(context + target)
        assert texts[start + 1 : start + 5] == [str(number) for number in numbers]


def test_every_letter_is_looked_up_in_turn_and_its_numbers_keep_their_shade():
    app = page("forward-pass", name="EWA", read="2")
    sent = next(part.proto.bytes for part in app.get("bidi_component") if part.proto.component_name == "grid")
    header, _ = unpacked(sent)
    assert len({one["scale_max"] for one in header["matrices"]}) == 1
    shown = matrices(app)
    stages = header["frames"][0]["stages"]
    assert len(stages) == 3
    for stage in stages:
        (_, row, _), (_, place, _) = stage["lit"]
        np.testing.assert_array_equal(shown["C"][row], shown["emb"][place])
        assert f"row {row} of C" in stage["title"]


def spelled(phrases: list | str) -> str:
    """Return what a line says, without its looks."""
    told = phrases if isinstance(phrases, str) else "".join(phrase[0] for phrase in phrases)
    return told.replace(".", "·")


def test_what_saturated_means_stands_on_both_scenes_that_count_it():
    assert "saturated (beyond ±0.99)" in told(page("activations"))
    assert "beyond ±0.99, where tanh lets through less than 2% of a gradient" in told(page("good-start"))


def test_the_numbers_of_examples_are_those_of_the_split():
    split = names.split(names.select(names.register(), "girl")["name"].tolist())
    for part in split:
        assert f"{sum(len(name) + 1 for name in part):,}" in told(page("data-set"))


def test_the_talks_shape_has_13374_parameters():
    assert metrics(page("hyperparameters"))["parameters"] == "13,374"


@pytest.mark.parametrize(
    ("block", "embedding", "hidden"), [("1", "1", "1"), ("8", "32", "400"), ("4", "2", "64")]
)
def test_any_shape_is_priced(block, embedding, hidden):
    shown = metrics(page("hyperparameters", block=block, embedding=embedding, hidden=hidden, batch="7"))
    count = trace.parameter_count(34, int(block), int(embedding), int(hidden))
    assert shown["parameters"] == f"{count.total:,}"
    assert shown["multiplications for a batch of 7"] == f"{7 * count.multiplications:,}"


@pytest.mark.parametrize("name", ["C", "W1", "b1", "W2", "b2"])
def test_the_matrices_hold_the_models_numbers(girls, name):
    expected = getattr(trace.matrices(girls.model), name)
    shown = matrices(page("matrices", matrix=name))[name]
    shown = shown.T if name == "W2" else shown  # lies on its side
    np.testing.assert_array_equal(shown.ravel(), expected.ravel())


def test_before_training_the_matrices_are_the_talks():
    expected = trace.matrices(untrained(Shape(), TALK)).W2[40:60]
    shown = matrices(page("matrices", matrix="W2", time="before training, as in the talk", first="40–59"))
    np.testing.assert_array_equal(shown["W2"], expected)


@pytest.mark.parametrize("sex", ["girls", "boys"])
def test_every_step_shows_the_tensors_of_the_forward_pass(sex):
    loaded = checkpoints.load(f"{sex}-mlp")
    expected = trace.forward(loaded.model, loaded.vocabulary, "AN", "N")
    shown = {
        step: matrices(page("forward-pass", step=step, sex=sex, name="ANNA", read="2")) for step in STEPS
    }
    np.testing.assert_array_equal(shown["look-up"]["emb"], expected.emb)
    np.testing.assert_array_equal(shown["view"]["x"][0], expected.x)
    np.testing.assert_array_equal(shown["tanh"]["h"].ravel(), expected.h)
    np.testing.assert_array_equal(shown["@ W2 + b2"]["logits"][0], expected.logits)
    np.testing.assert_array_equal(shown["softmax"]["probability"][0], expected.probabilities)
    np.testing.assert_allclose(shown["loss"]["−ln p"][0, expected.target], expected.loss, rtol=1e-4)


@pytest.mark.parametrize("neurons", ["the ten loudest", "all 200"])
def test_the_products_that_are_shown_add_up_to_the_models_numbers(neurons):
    hidden = matrices(page("forward-pass", step="@ W1 + b1", neurons=neurons, read="3"))
    np.testing.assert_allclose(hidden["x"] @ hidden["W1"], hidden["sums"], atol=1e-4)
    logits = matrices(page("forward-pass", step="@ W2 + b2", neurons=neurons, read="3"))
    np.testing.assert_allclose(logits["h"] @ logits["W2"], logits["logits"], atol=1e-4)
    assert hidden["W1"].shape == (31, 10 if neurons == "the ten loudest" else 200)


@pytest.mark.parametrize(
    ("recipe", "when", "start"),
    [("the talk's recipe", "at the start", TALK), ("a better one", "at the start", BETTER)],
)
def test_the_activations_are_those_of_a_real_batch(batch, recipe, when, start):
    app = page("activations", recipe=recipe, when=when)
    expected = trace.saturation(untrained(Shape(), start), *batch)
    np.testing.assert_array_equal(matrices(app)["h"], expected.h)
    assert f"{expected.share_saturated:.1%} of the activations" in told(app)
    assert f"loss {expected.loss:.2f}" in told(app)


def test_the_good_start_is_told_by_the_numbers(batch):
    app = page("good-start")
    talk, better = (trace.saturation(untrained(Shape(), recipe), *batch) for recipe in (TALK, BETTER))
    assert [m.value for m in app.metric if m.label == "saturated"] == [
        f"{talk.share_saturated:.1%}",
        f"{better.share_saturated:.1%}",
    ]
    assert talk.loss > 3 * talk.uniform_loss
    assert better.loss == pytest.approx(better.uniform_loss, abs=0.1)
    for recipe, found in (("talk", talk), ("better", better)):
        (bars,) = plotted(app, f"mlp_histogram_{recipe}").data
        np.testing.assert_allclose(bars.y, found.counts / found.counts.sum())
        np.testing.assert_allclose(bars.x + bars.width / 2, found.edges[1:], atol=1e-6)


def test_every_neuron_stands_on_the_curve_of_tanh(girls):
    app = page("tanh", z="1")
    step = trace.forward(girls.model, girls.vocabulary, "AN", "N")
    *_, neurons, y, slope = plotted(app, "mlp_tanh").data
    np.testing.assert_allclose([neurons.x, neurons.y], [step.preactivation, step.h])
    np.testing.assert_allclose([*y.x, *y.y, *slope.y], [1, np.tanh(1), 1 - np.tanh(1) ** 2], atol=1e-3)
    told = f"{neurons.x[0]:.3f} → {neurons.y[0]:.3f}".replace("-", "−")
    assert neurons.hovertext[0] == told


def test_after_training_the_losses_are_those_of_the_checkpoints(girls):
    shown = told(page("good-start", when="after training"))
    for meta in (girls.meta, checkpoints.load("girls-mlp-talk").meta):
        losses = meta["losses"]
        assert f"loss {losses['train']:.2f} on train, {losses['dev']:.2f} on dev" in shown


@pytest.mark.parametrize("name", ["<script>alert(1)</script>", "123", "ŻÓŁĆ😀", "....", "A" * 20, "Ω"])
def test_any_name_is_answered(name):
    for scene in ("structure", "data-set", "forward-pass"):
        app = page(scene, name=name)
        assert "<script>" not in "\n".join(part.value for part in app.markdown)


@pytest.mark.parametrize(
    "query",
    [
        {"read": "99"},
        {"read": "-1"},
        {"step": "<b>x</b>"},
        {"neurons": "null", "sex": "cats"},
        {"name": "EWA", "read": "4"},
    ],
)
def test_a_hostile_link_shows_a_guess(query):
    assert matrices(page("forward-pass", **query))["emb"].shape == (3, 10)


def test_neurons_beyond_the_curves_end_are_told():
    app = open_sound("mlp", "tanh", {})
    loaded = checkpoints.load("girls-mlp")
    sums = trace.forward(loaded.model, loaded.vocabulary, "AN").preactivation
    beyond = int((np.abs(sums) > 5).sum())
    assert beyond > 0
    assert f"{beyond} of them beyond ±5" in str(plotted(app, "mlp_tanh"))
