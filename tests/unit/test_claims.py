"""What a scene's sentence says is true of what it opens with."""

import re

import numpy as np
import pytest
import torch

from explainer import checkpoints, names
from explainer.figures import palette, plane
from explainer.models.network import ACTIVATIONS as FUNCTIONS
from explainer.sampling import Settings, Switches
from explainer.traces import compare, neuron, one_head, switching, tokens
from explainer.traces import gpt as trace
from explainer.traces import gradient_descent as gd
from explainer.traces import matrix_multiplication as mm
from explainer.traces import mlp as perceptron
from explainer.training import habits
from explainer.training import network as learning
from explainer.training.gpt_recipes import RECIPES
from explainer.ui import catalogue
from explainer.ui.scenes import backpropagation as graphs
from explainer.ui.scenes import bigram, fine_tuning, gpt
from explainer.ui.scenes import gradient_descent as gradients
from explainer.ui.scenes import matrix_multiplication as planes
from explainer.ui.scenes import neuron as nr
from explainer.ui.scenes import training as letters
from explainer.ui.scenes import training_step as steps
from explainer.ui.words import Source, word_list
from explainer.wording import bigram as of_names
from explainer.wording import matrix_multiplication as sums
from explainer.wording import neuron as wording
from explainer.wording.numerals import number, read

RATES = ("too_small", "right", "too_big")


def models(sex: str) -> dict:
    return {kind: checkpoints.load(f"{sex}-{kind}").model for kind in ("bigram", "mlp", "gpt")}


@pytest.mark.parametrize("sex", ["girls", "boys"])
def test_on_average_the_further_back_a_model_looks_the_better_it_guesses(sex):
    losses = [checkpoints.read_meta(f"{sex}-{kind}")["losses"]["test"] for kind in ("bigram", "mlp", "gpt")]
    assert losses == sorted(losses, reverse=True)


@pytest.mark.parametrize("sex", ["girls", "boys"])
def test_on_rarer_names_the_gpt_guesses_best_and_is_too_sure_of_itself(sex):
    models_ = models(sex)
    rare, test = names.rarer(sex.removesuffix("s"), 1_000), split_of(sex).test
    mlp, gpt = (compare.held_out(models_[kind], names.VOCABULARY, rare) for kind in ("mlp", "gpt"))
    assert gpt.right > mlp.right + 0.02
    assert gpt.sure - gpt.right > 0.11 > mlp.sure - mlp.right
    ahead = {"girls": 0.04, "boys": -0.02}[sex]  # on names off its own ground the boys' still pays more
    assert mlp.loss - gpt.loss == pytest.approx(ahead, abs=0.005)
    before = [compare.held_out(models_[kind], names.VOCABULARY, test).loss for kind in ("mlp", "gpt")]
    assert before[0] - before[1] > 0.14
    calmer = [softened(models_[kind], rare, 1.4) for kind in ("mlp", "gpt")]
    assert calmer[1] < calmer[0] - 0.04  # less sure, it is ahead: that is what it pays for


def split_of(sex: str) -> names.Split:
    return names.split(names.select(names.register(), sex.removesuffix("s"))["name"].tolist())


def softened(model, words: list[str], temperature: float) -> float:
    """What a model would pay for names, in nats per character, if its logits were divided by so much."""
    with torch.inference_mode():
        logits, targets = compare._every_character(model, names.VOCABULARY, words)
    return torch.nn.functional.cross_entropy(logits.double() / temperature, targets).item()


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
        refined = meta.get("refined_losses", meta["losses"])  # before a share of the way is kept
        assert history["step"][history["held_out_loss"].argmin()] == meta["steps"]
        assert history["held_out_loss"].min() == pytest.approx(
            refined["val"], abs=0.04
        )  # the curve is judged on a part
        assert meta["losses"]["val"] <= refined["val"]


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


@pytest.mark.parametrize("which", graphs.GRAPHS)
def test_how_many_gradients_are_complete_is_said_of_the_step_that_is_seen(which):
    found = graphs.graph_of(which, graphs.start(which).values())
    seen, last = graphs.moments(found), len(found.flows)
    for i, moment in enumerate(seen[:-1]):
        values = sum(bool(value) for value in moment.values)
        there = [name for name, text in zip(found.names, moment.gradients, strict=True) if text]
        back = i - (len(seen) - 1 - last)
        if back < 0:
            assert moment.caption.startswith(f"**{values} of {len(found.names)}** numbers")
            assert not there
            continue
        to_come = {found.names[flow.to] for flow in found.flows[back:]}
        assert (
            f"**{len(set(there) - to_come)} of {(~np.isnan(found.gradients)).sum()}** grad" in moment.caption
        )
        assert values == len(found.names)
    known = ~np.isnan(found.gradients)
    apart = np.abs(found.gradients - found.autograd)[known].max()
    assert f"All **{known.sum()}** gradients are found" in seen[-1].caption
    assert f"autograd's by at most {graphs._least(float(apart))}" in seen[-1].caption


@pytest.mark.parametrize("which", graphs.GRAPHS)
def test_a_product_is_said_to_be_equal_only_if_its_factors_give_it_as_they_are_written(which):
    found = graphs.graph_of(which, graphs.start(which).values())
    seen = graphs.moments(found)
    signs = set()
    for flow, moment in zip(found.flows, seen[-len(found.flows) :], strict=True):
        line = "".join(phrase.text for phrase in moment.lines[0])
        above, slope = re.search(r"from above (\S+) × local slope (?:.*: )?(\S+) [=≈]", line).groups()
        sign, told = re.search(r" ([=≈]) (\S+)$", line).groups()
        made = read(above) * read(slope)
        assert (sign == "=") == (made == pytest.approx(read(told), abs=1e-12))
        assert told == graphs.told(flow.product) == graphs.told(made)
        signs.add(sign)
    assert signs == {"=", "≈"}


@pytest.mark.parametrize("which", graphs.GRAPHS)
def test_a_number_forward_is_what_the_written_operands_give_when_it_is_rounded(which):
    found = graphs.graph_of(which, graphs.start(which).values())
    assert any("·" in line for line in (_line(moment) for moment in graphs.moments(found)))
    for moment in graphs.moments(found):
        line = _line(moment)
        if not (product := re.fullmatch(r"\S+ = \S+·\S+ = (\S+)·(\S+) ([=≈]) (\S+)", line)):
            continue
        a, b, sign, told = product.groups()
        made = read(a.strip("()")) * read(b.strip("()"))
        assert graphs.told(made) == told, line
        assert (sign == "=") == (made == pytest.approx(read(told), abs=1e-12)), line


def _line(moment):
    return "".join(phrase.text for phrase in moment.lines[0])


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
    found = steps.made(steps.StepRequest("girls", weights, "ANNA", optimizer, rate, 1))
    assert found.loss_after < found.loss


def test_momentum_adds_up_what_points_the_same_way():
    asked = [steps.StepRequest("girls", "better", "ANNA", name, 0.1, 3) for name in ("sgd", "momentum")]
    plain, rolling = (np.abs(steps.made(one).changes["W2"]).max() for one in asked)
    assert rolling > 2 * plain


def test_adam_goes_as_far_for_a_small_gradient_as_for_a_large_one():
    found = steps.made(steps.StepRequest("girls", "better", "ANNA", "adam", 0.01, 1))
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


@pytest.mark.parametrize("name", catalogue.HEADS)
def test_most_neurons_wait_while_few_fire(name):
    loaded, text, *_ = opening(name)
    for layer in trace.trace(loaded.model, loaded.vocabulary.encode(text)).layers:
        assert (layer.mlp_post <= 0).mean() > 0.5


@pytest.mark.parametrize("name", ["shakespeare", "girls-gpt"])
def test_keys_and_values_of_what_was_read_stay_the_same_as_the_text_grows(name):
    loaded, text, *_ = opening(name)
    ids = loaded.vocabulary.encode(text + text[:1])
    shorter, longer = (trace.trace(loaded.model, read).layers for read in (ids[:-1], ids))
    for before, after in zip(shorter, longer, strict=True):
        np.testing.assert_allclose(before.k, after.k[:, :-1], atol=1e-4)
        np.testing.assert_allclose(before.v, after.v[:, :-1], atol=1e-4)


# --- gradient descent -------------------------------------------------------------------------------


def test_the_measured_slope_says_which_way_is_down_and_a_smaller_step_says_it_better_until_the_digits_end():
    found = [gd.slope(gd.CURVES["parabola"], 1.0, h) for h in (0.5, 0.1, 0.01, 1e-15)]
    off = [abs(one.numeric - one.gradient) for one in found]
    assert all(np.sign(one.numeric) == np.sign(one.gradient) for one in found)
    assert off[0] > off[1] > off[2] < off[3]


@pytest.mark.parametrize("surface", ["bowl", "ravine", "saddle", "valleys", "names"])
def test_each_step_of_sgd_is_the_rate_times_the_slope_and_it_leads_down(surface):
    way = gd.descend(gd.ground(surface))
    np.testing.assert_allclose(
        np.diff(way.points, axis=0), -way.learning_rate * way.gradients[:-1], atol=1e-12
    )
    assert (np.diff(way.values) <= 1e-12).all()


@pytest.mark.parametrize("curve", gd.CURVES)
def test_too_small_a_rate_crawls_and_too_big_a_one_flies_off(curve):
    rates = gd.OPTIMIZERS["sgd"].rates[curve]
    verdicts = [
        gd.descend(gd.CURVES[curve], "sgd", rate).verdict for rate in (rates.too_small, rates.too_big)
    ]
    assert verdicts == ["slow", "diverged"]


@pytest.mark.parametrize("curve", ["parabola", "two-valleys"])
def test_in_between_it_arrives(curve):
    assert gd.descend(gd.CURVES[curve]).verdict == "arrived"


@pytest.fixture(scope="module")
def raced():
    return {
        name: {way.optimizer: way for way in gd.race(gd.ground(name))} for name in (*gd.SURFACES, "names")
    }


def swings(points):
    """How often the second coordinate changes its side."""
    return (np.sign(points[1:, 1]) * np.sign(points[:-1, 1]) < 0).sum()


def test_in_a_ravine_sgd_zigzags_and_crawls_while_the_others_arrive(raced):
    ways = raced["ravine"]
    assert [way.verdict for way in ways.values()] == ["slow", "arrived", "arrived"]
    first = ways["sgd"].points[: gd.opening(list(ways.values())) + 1]
    assert swings(first) == len(first) - 1 >= 3  # it has zigzagged where the picture opens


def test_momentum_swings_past_the_bottom_and_less_with_a_smaller_beta(raced):
    for name in ("bowl", "ravine", "names"):
        calm = gd.descend(gd.ground(name), "momentum", settings={"beta": 0.3})
        assert swings(raced[name]["momentum"].points) > 2, name
        if name == "bowl":
            assert gd.crossings(calm.gradients) < gd.crossings(raced[name]["momentum"].gradients)


def test_adam_walks_flat_directions_as_fast_as_steep_ones(raced):
    for name in ("ravine", "names"):
        gone = {who: np.abs(way.points[1] - way.points[0]) for who, way in raced[name].items()}
        assert gone["adam"][0] == pytest.approx(gone["adam"][1], rel=1e-3)
        assert gone["sgd"][0] < gone["sgd"][1] / 5


def test_a_bowl_needs_no_help_and_a_ridge_takes_tiny_steps(raced):
    steps = {who: gd.arrival(gd.SURFACES["bowl"], way.points) for who, way in raced["bowl"].items()}
    assert min(steps, key=steps.get) == "sgd"
    left = {who: abs(way.points[4, 1]) for who, way in raced["saddle"].items()}
    assert left["adam"] > 4 * left["sgd"]


def test_sgd_stops_in_the_first_valley_and_what_has_speed_rolls_through(raced):
    assert [way.verdict for way in raced["valleys"].values()] == ["stuck", "arrived", "arrived"]


def test_the_real_loss_learns_the_rare_pair_slowly_by_sgd(raced):
    ways = raced["names"]
    assert [way.verdict for way in ways.values()] == ["slow", "arrived", "arrived"]
    rare, common = np.abs(ways["sgd"].points[20])
    assert rare > 1 > 0.05 > common


EVERY_GROUND = {**gd.CURVES, **gd.SURFACES}


def bottoms(landscape):
    """Return the lowest places of a landscape and how high they are, searched for finely."""
    fine = np.linspace(-landscape.half, landscape.half, 1201 if len(landscape.start) == 1 else 241)
    places = np.stack(np.meshgrid(*[fine] * len(landscape.start)), -1).reshape(-1, len(landscape.start))
    heights = gd.values(landscape.function, places)
    return places[heights <= heights.min() + 1e-9], heights.min(), np.ptp(heights)


def numbers(sentence: str) -> list[float]:
    return [float(one) for one in re.findall(r"\d+(?:\.\d+)?(?:e-?\d+)?", sentence.replace("x₁", ""))]


@pytest.fixture(
    scope="module", params=[(name, rate) for name in EVERY_GROUND for rate in RATES], ids="-".join
)
def rolled(request):
    """A ball on every landscape at every rate, where its lowest places are, and what is said of its steps."""
    name, rate = request.param
    landscape = EVERY_GROUND[name]
    way = gd.descend(landscape, "sgd", getattr(gd.OPTIMIZERS["sgd"].rates[name], rate))
    return landscape, way, bottoms(landscape), gd.captions(landscape, way)


def test_arrived_stands_only_above_a_ball_that_has_arrived_by_place_and_by_height(rolled):
    landscape, way, (lowest, height, high), said = rolled
    assert len(said) == len(way.values)
    for step, sentence in enumerate(said):
        there = [np.linalg.norm(lowest - point, axis=-1).min() for point in way.points[step:]]
        if not sentence.startswith("Arrived"):
            continue
        since, near, above = re.match(
            r"Arrived at step (\d+): within ([\d.]+) .*, (.+) above", sentence
        ).groups()
        assert int(since) <= step
        assert max(there) <= float(near) * 1.05 + 0.005 <= landscape.half / 15
        assert way.values[step:].max() - height <= high / 90
        if above == "less than 0.001":
            assert way.values[step] - height < 0.0012
        else:
            assert way.values[step] - height == pytest.approx(float(above), rel=0.06, abs=1e-4)
    if way.verdict == "arrived":
        assert sum(one.startswith("Arrived") for one in said) > 5


def test_how_far_a_ball_is_and_how_far_it_goes_is_that_of_the_step_it_is_said_of(rolled):
    landscape, way, (lowest, height, _), said = rolled
    coarse = 1.1 * landscape.half / 120  # as finely as the lowest point is told
    for step, sentence in enumerate(said[:-1]):
        goes = np.linalg.norm(way.points[step + 1] - way.points[step])
        far = np.linalg.norm(lowest - way.points[step], axis=-1).min()
        if step == 0 and "the first step is" in sentence:
            slope, first = numbers(sentence)
            assert (slope, first) == pytest.approx((np.linalg.norm(way.gradients[0]), goes), rel=0.05)
        elif "the next step is" in sentence:
            assert numbers(sentence) == pytest.approx([far, goes], rel=0.05, abs=coarse)
        elif sentence.startswith("Tiny steps"):
            assert numbers(sentence) == pytest.approx([goes, far], rel=0.05, abs=coarse)
            assert goes < landscape.half / 99
        elif sentence.startswith("The ball stops"):
            assert np.linalg.norm(np.diff(way.points[step:], axis=0), axis=1).sum() < landscape.half / 200
            assert way.values[step] - height == pytest.approx(numbers(sentence)[0], rel=0.05)
        else:
            assert re.match("Arrived|Step", sentence), sentence


def test_a_ball_jumps_across_a_valley_when_its_slope_points_the_other_way(rolled):
    _, way, _, said = rolled
    for step, sentence in enumerate(said[:-1]):
        if not sentence.startswith("Step"):
            continue
        gone = np.linalg.norm(np.diff(way.points, axis=0), axis=1)
        assert (way.gradients[step] * way.gradients[step - 1]).min() < 0
        assert f"{gone[step - 1]:.2g} far" in sentence
        assert ("farther than" in sentence) == (step > 1 and gone[step - 1] > gone[step - 2])
        signs = np.sign(way.gradients[: step + 1])
        changes = max((np.diff(axis[axis != 0]) != 0).sum() for axis in signs.T)
        assert {"once.": 1, "twice.": 2}.get(sentence.split()[-1], numbers(sentence)[-1]) == changes


def test_in_a_race_every_ball_is_where_the_sentence_says(raced):
    for name, ways in raced.items():
        landscape = gd.ground(name)
        lowest, near = bottoms(landscape)[0], landscape.half / 20
        for step, sentence in enumerate(gd.race_captions(landscape, list(ways.values()))):
            for who, told in re.findall(r"\*\*(\w+)\*\* ([^·]+?)(?: ·|\.$)", sentence):
                points = next(w.points for w in ways.values() if gd.OPTIMIZERS[w.optimizer].title == who)
                far = np.linalg.norm(lowest - points[step:, None], axis=-1).min(1)
                if told.startswith("arrived"):
                    assert far.max() <= 1.02 * near, (name, step)
                    assert int(told.split()[-1]) <= step
                else:
                    assert far[0] == pytest.approx(float(re.sub("[^0-9.]", "", told)), rel=0.06, abs=0.01)


@pytest.mark.parametrize("name", [*gd.SURFACES, "names"])
def test_in_a_race_that_is_too_fast_it_is_said_who_leaves_the_map_and_when(name):
    landscape = gd.ground(name)
    rates = {who: gd.OPTIMIZERS[who].rates[name].too_big for who in gd.RACERS}
    ways = gd.race(landscape, rates=rates)
    for step, sentence in enumerate(gd.race_captions(landscape, ways)):
        told = dict(re.findall(r"\*\*(\w+)\*\* ([^·]+?)(?: ·|\.$)", sentence))
        for way in ways:
            said, last = told[gd.OPTIMIZERS[way.optimizer].title], len(way.points) - 1
            gone = last < gd.STEPS and step >= last  # the step after that is off the map
            assert (said == f"gone at step {last + 1}") == gone


def test_a_lesson_is_said_only_while_it_can_be_seen_and_where_the_race_opens_or_ends(raced):
    for name, ways in raced.items():
        landscape = gd.ground(name)
        shown = [landscape.lesson in one for one in gd.race_captions(landscape, list(ways.values()))]
        sgd, adam = ways["sgd"].points, ways["adam"].points
        there = {who: np.linalg.norm(way.points, axis=1) < 0.15 for who, way in ways.items()}
        for step in np.flatnonzero(shown):
            seen = {
                "bowl": there["sgd"][step] and not there["adam"][:14].any(),
                "ravine": swings(sgd[: step + 1]) >= 3 and not there["sgd"][step],
                "saddle": step > 3 and np.ptp(adam[:5, 1]) > 4 * np.ptp(sgd[:5, 1]),
                "valleys": np.ptp(sgd[step:], axis=0).max() < 0.05 and there["adam"][step],
                "names": abs(sgd[step, 0]) > 5 * abs(sgd[step, 1]),
            }
            assert seen[name], (name, step)
        assert not shown[0]
        assert shown[-1]
    for name in ("ravine", "names"):
        ways = list(raced[name].values())
        assert gd.ground(name).lesson in gd.race_captions(gd.ground(name), ways)[gd.opening(ways)]


def test_a_scene_that_plays_opens_after_something_has_happened_and_before_the_end(raced):
    for ways in (
        *[list(one.values()) for one in raced.values()],
        *[[gd.descend(c)] for c in gd.CURVES.values()],
    ):
        last = max(len(way.values) for way in ways) - 1
        assert 3 <= gd.opening(ways) <= last / 3
        assert min(way.values[gd.opening(ways)] / way.values[0] for way in ways) < 1


@pytest.mark.parametrize("h", ["0.5", "0.1", "0.01", "10⁻¹⁵"])
def test_a_measured_slope_is_worked_out_with_no_more_digits_than_h_needs(h):
    step = gradients.H[h]
    beyond = float((np.float64(1.0) + step) ** 2)
    line = gradients.measured(gradients.slope(gd.CURVES["parabola"], 1.0, step), h)
    told, sign, found = re.search(r"\(([\d.]+) − 1\) / \S+ ([=≈]) \*\*(\S+)\*\*", line).groups()
    assert float(told) == pytest.approx(beyond, rel=1e-15 if step < 0.01 else 1e-9)
    assert len(told) <= 8 or step < 0.01
    assert number((float(told) - 1) / step, 6) == found
    assert (sign == "=") == ((float(told) - 1) / step == pytest.approx(float(found), abs=1e-9))


@pytest.mark.parametrize("x", np.linspace(-2.5, 2.5, 26).round(1))
@pytest.mark.parametrize("h", gradients.SMALLER)
@pytest.mark.parametrize("curve", gd.CURVES)
def test_a_measured_slope_is_what_the_written_heights_give(curve, x, h):
    line = gradients.measured(gradients.slope(gd.CURVES[curve], float(x), gradients.H[h]), h)
    beyond, y, found = re.search(r"= \((\S+) − (\S+)\) / \S+ [=≈] \*\*(\S+)\*\*", line).groups()
    made = (read(beyond) - read(y.strip("()"))) / gradients.H[h]
    assert number(made, 6) == found, line


# --- neuron -----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def learned():
    return {
        (data, bend): learning.train(*learning.data_set(data), bend)
        for data in ("linear", "xor", "circle")
        for bend in ("none", "tanh")
    }


@pytest.mark.parametrize("data", ["xor", "circle"])
def test_the_names_of_the_lines_do_not_cover_each_other(learned, data):
    maps, lines = neuron.maps(learned[data, "tanh"]), neuron.lines(learned[data, "tanh"])
    panel = plane._plane(maps.x, plane.WIDE.plane, 20)
    places, seen = plane._places(panel, lines), plane._seen(lines)
    for s in range(seen.shape[1]):
        names = places[seen[:, s], s]
        gaps = np.linalg.norm(names[:, None] - names, axis=2)[np.triu_indices(len(names), 1)]
        assert (gaps > plane.APART * (panel.right - panel.left)).all()


@pytest.mark.parametrize("data", ["xor", "circle"])
def test_training_moves_the_lines_until_the_border_fits(learned, data):
    record = learned[data, "tanh"]
    assert record.accuracy[0] < 0.8 < record.accuracy[-1] == 1
    lines = neuron.lines(record)
    middles = [line[~np.isnan(line).any((1, 2))].mean(1) for line in lines]
    assert all(np.ptp(one, axis=0).max() > 0.02 for one in middles)  # each of them has moved


@pytest.mark.parametrize("choice", [
    nr.Choice("xor", "tanh"), nr.Choice("xor", "none"), nr.Choice("linear", "none"),
    nr.Choice("circle", "ReLU"), nr.Choice("spiral", "tanh", hidden=1, noise=0.3),
])  # fmt: skip
def test_above_a_network_that_learns_stands_how_many_points_that_picture_has_right(choice):
    network = nr.trained(choice)
    record, targets = network.record, network.y > 0.5
    for i, sentence in enumerate(nr.captions(network)):
        h = FUNCTIONS[choice.activation](torch.from_numpy(network.X @ record.W1[i] + record.b1[i])).numpy()
        right = (((h @ record.W2[i] + record.b2[i])[:, 0] > 0) == targets).sum()
        assert f"**{right} of {len(targets)}** points" in sentence
        assert (f"After {record.steps[i]} step" in sentence) == (i > 0)
        assert ("by chance" in sentence) == (86 <= right <= 114)
        last = i == len(record.steps) - 1
        assert (nr.why(network) in sentence) == (last or right == len(targets) == network.right)
        if right < len(targets):
            assert "make the border" not in sentence
            assert "is enough here" not in sentence


def test_the_line_of_a_hidden_neuron_is_where_its_sum_is_zero(learned):
    record = learned["xor", "tanh"]
    lines = neuron.lines(record)
    for j, step in np.ndindex(lines.shape[:2]):
        sums = lines[j, step] @ record.W1[step][:, j] + record.b1[step][j]
        assert np.isnan(sums).all() or np.abs(sums).max() < 1e-5


def test_without_an_activation_the_border_is_one_line_and_with_one_it_bends(learned):
    straight, bent = (neuron.maps(learned["xor", bend]).p[-1] for bend in ("none", "tanh"))
    logit = np.log(straight / (1 - straight))
    assert np.abs(np.diff(logit, 2, axis=0)).max() < 2e-3
    assert learned["xor", "none"].accuracy[-1] < 0.7
    assert np.abs(np.diff(bent, 2, axis=0)).max() > 0.05


def test_two_layers_without_an_activation_are_one_matrix_and_with_one_they_are_not(learned):
    points = np.array([[0.5, 0.5], [-0.5, 0.5], [-0.5, -0.5]])
    assert neuron.stacked(learned["xor", "none"], points).difference < 1e-9
    assert neuron.stacked(learned["xor", "tanh"], points).difference > 1


# --- bigram -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("source", [Source(), Source("boy", 5_000, weighted=True)])
def test_while_the_count_matrix_fills_in_it_is_said_how_much_of_it_has_been_seen(source):
    fill, labels = bigram.fill_in(source), word_list(source).labels
    seen, said = np.zeros(fill.counts.shape, dtype=np.int64), bigram.so_far(source)
    assert len(said) == len(fill.titles) + 1
    assert said[0] == "Nothing is counted yet."
    for word, sentence in enumerate(said[1:]):
        cells = fill.cells[fill.starts[word] : fill.starts[word + 1]]
        np.add.at(seen, tuple(cells.T), 1 if fill.weights is None else fill.weights[word])
        assert sentence.startswith(f"**{(seen > 0).sum():,}** of {seen.size:,} possible pairs")
        most = {labels[i] + labels[j] for i, j in np.argwhere(seen == seen.max())}
        assert re.findall(r"most frequent one is \*\*(.+)\*\*", sentence) == (
            sorted(most) if len(most) == 1 else []
        )
    np.testing.assert_array_equal(seen, fill.counts)


@pytest.mark.parametrize(("steps", "rate"), [(100, 50), (30, 10), (100, 500)])
def test_how_far_the_learned_table_is_off_is_that_of_the_step_it_is_said_of(steps, rate):
    source = Source()
    run, counts = bigram.training(source, steps, rate, 0.01), bigram.counted_parts(source)["train"]
    said = bigram.judgements(run)
    assert len(said) == len(run.steps)
    share = counts.sum(1) / counts.sum()
    for i, sentence in enumerate(said[:-1]):
        off = (np.abs(run.probabilities[i] - run.counted).sum(1) / 2 * share).sum()
        assert float(re.search(r"([\d.]+)%", sentence)[1]) == pytest.approx(100 * off, abs=0.06)
        assert sentence.startswith(
            f"After {run.steps[i]:,} step" if run.steps[i] else "Before the first step"
        )
        assert ("risen" in sentence) == (run.train[i] > run.train[: i + 1].min() + 0.05)
        assert "swing" not in sentence
    last = said[-1]
    assert ("diverges" in last) == (not run.finished or run.train[-1] > run.train.min() + 0.05)
    assert ("swing" in last) == ("diverges" not in last and bool((run.last_change > 0.05).any()))


@pytest.mark.parametrize("source", [Source(), Source("boy"), Source("both")])
def test_learning_comes_to_the_counted_table_and_opens_on_the_way_there(source):
    run = bigram.training(source, bigram.USUAL_STEPS, bigram.USUAL_RATE, bigram.USUAL_PULL)
    assert run.misplaced[-1] < 0.03
    assert run.last_change.max() < bigram.SWINGING
    at = bigram.most_frequent(source)
    assert abs(run.difference[-1][at.row, at.col]) < 0.01  # where the lens stands
    opens = bigram.first_likeness(run)
    assert 0 < opens < len(run.steps) / 3
    assert run.misplaced[-1] < run.misplaced[opens] < 0.6 * run.misplaced[0]


SOURCES = [Source(), Source("boy"), Source("both")]


@pytest.mark.parametrize("source", SOURCES)
def test_names_are_taken_apart_into_pairs_of_which_each_is_counted_once(source):
    fill, found = bigram.fill_in(source), word_list(source)
    assert fill.counts.sum() == found.pairs == len(fill.cells)
    one = bigram.one_name(source, "ANNA").cells
    dot = found.labels.index("·")
    assert (one[0, 0], one[-1, 1]) == (dot, dot)  # the dot is where a name begins and ends
    np.testing.assert_array_equal(one[1:, 0], one[:-1, 1])  # letter by letter


@pytest.mark.parametrize("source", SOURCES)
def test_a_count_divided_by_the_sum_of_its_row_is_the_probability_and_each_row_sums_to_one(source):
    table = bigram.probabilities(source, 0)
    rows = table.counts.sum(1, keepdims=True)
    seen = rows[:, 0] > 0
    np.testing.assert_allclose(table.probabilities[seen], (table.counts / np.maximum(rows, 1))[seen])
    np.testing.assert_allclose(table.probabilities.sum(1), 1)
    share = table.counts[0] / table.counts[0].sum()  # p(A | start), the one over all names
    assert table.probabilities[0] == pytest.approx(share)


@pytest.mark.parametrize("source", SOURCES)
def test_a_good_model_finds_names_probable_that_it_has_never_seen(source):
    found, blind = word_list(source), np.log(len(word_list(source).labels))
    name = bigram.stranger(source)
    assert name not in found.part("train")[0]
    judged = bigram.likelihood(source, bigram.JUDGED, name)
    assert judged.nll < blind
    assert (0.0 - judged.log_likelihoods[:2].mean()) < blind  # where the picture opens
    assert np.isinf(bigram.likelihood(source, 0, name).nll)
    losses = bigram.evaluation(source, bigram.JUDGED).losses
    assert max(losses.values()) < blind - 0.9
    assert losses["test"] - losses["train"] < 0.1
    raw = bigram.evaluation(source, 0).losses
    assert np.isinf([raw["dev"], raw["test"]]).all()


@pytest.mark.parametrize("smoothing", [0, 0.1])
@pytest.mark.parametrize("name", ["MAŁGORZATA", "ANNA", "ŻQ"])
def test_how_probable_a_name_is_is_said_of_the_letter_that_comes(name, smoothing):
    source = Source()
    counts, labels = bigram.counted_parts(source)["train"], word_list(source).labels
    table = (counts + smoothing) / np.maximum((counts + smoothing).sum(1, keepdims=True), 1)
    said, text, product = bigram.letter_by_letter(source, smoothing, name), f"·{name}·", 1.0
    assert len(said) == len(name) + 1
    for i, sentence in enumerate(said):
        row, col = labels.index(text[i]), labels.index(text[i + 1])
        product *= table[row, col]
        assert ("**the loss infinite**" in sentence) == (table[row, col] == 0)
        assert ("by smoothing alone" in sentence) == (counts[row, col] == 0 < smoothing)
        assert all(f"**{letter}**" in sentence for letter in text[i : i + 2].strip("·"))
        if table[row, col]:
            assert f"probability {of_names.share(table[row, col])}" in sentence
        if 0 < i < len(name) and table[row, col]:
            assert f"{i + 1} letters in a row: {of_names.product(product)}." in sentence
    if product:
        assert f"**{-np.log(product) / len(said):.2f}** nats: its loss" in said[-1]


# --- byte pairs --------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", gpt.TEXTS.values(), ids=gpt.TEXTS)
def test_for_which_encoder_a_text_is_cheap_is_told_merge_by_merge(text):
    found = {name: gpt.cut(text, name) for name in gpt.corpus_merges()}
    for merges in (0, 1, 7, 50, 499):
        sentence, sizes = gpt._price(found, merges), {n: len(one.ids(merges)) for n, one in found.items()}
        few, many = sorted(sizes, key=sizes.get)
        if sizes[few] == sizes[many]:
            assert f"**{sizes[few]:,}** tokens by either" in sentence
        else:
            assert f"**{gpt._called(few)}** makes fewer tokens of this text than" in sentence
    assert "by either" in gpt._price(found, 0)  # bytes are bytes
    data = text.encode()
    assert (gpt._key(data) == "") == text.isascii()
    assert text.isascii() or tokens.readable(next(bytes([b]) for b in data if b > 127)) in gpt._key(data)


# --- training and fine-tuning ------------------------------------------------------------------------


@pytest.mark.parametrize("sex", ["girls", "boys"])
def test_how_many_vowels_stand_beside_a_vowel_is_counted_at_the_record_that_is_seen(sex):
    found = letters.shipped_letters(sex)
    often = [i for i, n in enumerate(found.occurrences) if n >= letters.FREQUENT]
    vowels = [i for i in often if found.labels[i] in "AEIOUYĄĘÓ"]
    said = letters.companions(found)
    for places, sentence in zip(found.paths.places, said, strict=True):
        beside = 0
        for i in vowels:
            others = [j for j in often if j != i]
            beside += others[np.hypot(*(places[others] - places[i]).T).argmin()] in vowels
        assert sentence.startswith(f"Of {len(vowels)} frequent vowels, **{beside or 'none'}** ha")
    absent = [one for one, n in zip(found.labels, found.occurrences, strict=True) if n == 0 and one != "."]
    assert all(set(absent) <= set(re.findall(r"\w", one.partition("No name")[2])) for one in said)


@pytest.mark.parametrize("name", fine_tuning.RUNS)
def test_a_text_written_on_the_way_stands_under_its_own_distance_from_the_step_that_is_kept(name):
    history, meta = checkpoints.history(name), checkpoints.read_meta(name)
    losses = dict(zip(history["step"].tolist(), history["held_out_loss"].tolist(), strict=True))
    for step, sentence in zip(history["sample_step"].tolist(), fine_tuning.on_the_way(name), strict=True):
        part = meta["recipe"].get("share", 1) < 1  # then what is kept is no point of the curve
        if step == meta["steps"]:
            assert ("Kept is 70% of the way" if part else "is kept, the best") in sentence
            continue
        assert f"tep {meta['steps']:,}, {'the best' if part else 'which is kept'}" in sentence
        assert sentence.startswith("Past") == (step > meta["steps"])
        apart = losses[step] - losses[meta["steps"]]
        told = re.search(r"\*\*(.+)\*\*", sentence)[1]
        assert apart == pytest.approx(float(told), abs=0.0051) if told[0].isdigit() else 0 <= apart < 0.005


@pytest.mark.parametrize("name", ["girls-gpt", "boys-gpt", "shakespeare"])
def test_whose_names_are_read_is_told_at_every_step(name):
    told = fine_tuning.on_the_way(name)
    steps = checkpoints.history(name)["sample_step"].tolist()
    together = RECIPES[name].together
    assert checkpoints.read_meta(name)["recipe"].get("together", 0) == together
    for step, sentence in zip(steps, told, strict=True):
        assert sentence.endswith(" it reads the names of girls and boys.") == (step < together)
        assert sentence.endswith(" it reads the names of one sex alone.") == (0 < together <= step)


# --- matrix multiplication --------------------------------------------------------------------------


def test_the_four_ways_are_the_same_numbers_in_another_order():
    A, B = np.array([[2, -1, 0.5], [1, 0, 3]]), np.array([[1, 4, -2, 0], [3, 0.5, 1, -1], [0, 2, -1, 2]])
    views = mm.four_views(mm.multiply(A, B))
    for summed in (views.dots.sum(2), views.rows.sum(1), views.columns.sum(1).T, views.layers.sum(0)):
        np.testing.assert_array_equal(summed, A @ B)


@pytest.mark.parametrize("way", planes.WAYS)
def test_in_the_product_stands_what_has_been_added_up_so_far_and_at_the_end_all_of_it(way):
    pair = planes.Pair(mm.parse_matrix(planes.A_TEXT), mm.parse_matrix(planes.B_TEXT))
    A, B = pair.A.values, pair.B.values
    seen = planes.so_far(pair, way)
    assert len(seen) == {"dots": 8, "rows": 2, "columns": 4, "outer": 3}[way]
    np.testing.assert_array_equal(seen[-1], A @ B)
    for i, product in enumerate(seen):
        if way == "outer":
            np.testing.assert_array_equal(product, A[:, : i + 1] @ B[: i + 1])
            continue
        there = ~np.isnan(product)
        np.testing.assert_array_equal(product[there], (A @ B)[there])
        assert there.sum() == (i + 1) * (A @ B).size / len(seen)


def test_one_multiplication_is_the_layer_for_every_input_of_the_batch():
    X, W = np.array([[1.0, 2.0], [0.5, -1.0], [-1.0, 1.5]]), np.array([[0.5, -1.0, 2.0], [1.5, 1.0, -0.5]])
    for x, y in zip(X, mm.layer(X, W).Y, strict=True):
        np.testing.assert_array_equal(y, neuron.layer(x, W, np.zeros(3)).outputs)


def test_w_keeps_lines_straight_tanh_bends_them_and_then_one_line_parts_the_classes():
    X, y = learning.data_set("xor")
    far = np.abs(X).min(1) > 0.4
    X, y = X[far], y[far]
    assert learning.train(X, y, "none", n_hidden=2).accuracy[-1] < 0.7  # no line does at the beginning
    record = learning.train(X, y, "tanh", n_hidden=2)
    motion = neuron.motion(record, X)
    last = int(np.argmax(motion.shares[:, 0] == 1))
    bent = np.abs(np.diff(motion.grid, 2, axis=2)).max((1, 2, 3))
    assert bent[: last + 1].max() < 1e-5
    assert bent[-1] > 0.1
    np.testing.assert_allclose(motion.points[0], X, atol=1e-6)
    np.testing.assert_allclose(motion.points[-1], np.tanh(X @ record.W1[-1] + record.b1[-1]), atol=1e-5)
    (start, end), places = motion.border, motion.points[-1]
    run, off = end - start, places - start
    side = np.sign(run[0] * off[:, 1] - run[1] * off[:, 0])
    assert len(set(side[y == 1])) == len(set(side[y == 0])) == 1
    assert set(side[y == 1]) != set(side[y == 0])


def test_cell_by_cell_the_sum_that_is_said_is_the_sum_so_far():
    A, B = np.array([[2, -1, 0.5], [1, 0, 3]]), np.array([[1, 4, -2, 0], [3, 0.5, 1, -1], [0, 2, np.nan, 2]])
    said = sums.cell_by_cell(mm.multiply(A, B))
    assert said[0].startswith("8 cells to fill")
    for step, sentence in enumerate(said[1:]):
        i, j, k = step // 12, step // 3 % 4, step % 3
        total = sum(A[i, x] * B[x, j] for x in range(k + 1))
        assert sentence.startswith(f"Row {i + 1} of A meets column {j + 1} of B: ")
        if np.isnan(total):
            assert "missing" in sentence
            continue
        assert float(re.search(r"\*\*(.+)\*\*", sentence)[1].replace("−", "-")) == total
        rest = f"{step // 3 + 1} of 8 cells filled." if k == 2 else f"{k + 1} of 3 products added"
        assert rest in sentence


def test_of_the_plane_in_motion_it_is_said_whether_its_lines_are_straight_in_that_frame():
    motion, y, right = planes.moved("tanh", 2)
    said = wording.motion_captions(motion.shares, right)
    for i, sentence in enumerate(said):
        bent = np.abs(np.diff(motion.grid[i], 2, axis=1)).max()
        assert ("straight" in sentence and "was" not in sentence) == (bent < 1e-5 or i == len(said) - 1)
        assert ("**bends**" in sentence) == (bent > 1e-5 and i < len(said) - 1)
    (start, end), places = motion.border, motion.points[-1]
    drawn = plane.motion(motion.shares, motion.grid, motion.points, y, motion.border)
    [line] = [one for one in drawn.primitives if getattr(one, "color", "") == palette.PROBABILITIES]
    assert (
        np.abs([line.x - plane.BESIDE, line.y]).max() <= 1 + 1e-9
    )  # it stays in the picture, and off the sentence
    run, off = end - start, places - start
    side = (run[0] * off[:, 1] - run[1] * off[:, 0] > 0) == (y > 0)
    assert f"has {max(side.mean(), 1 - side.mean()):.0%} of the points" in said[-1]


@pytest.mark.parametrize("seed", [1, 7])
def test_what_the_die_does_is_said_of_the_letter_that_is_drawn(seed):
    source = Source()
    drawn = bigram.sample(source, 0.0, seed)
    counts, labels = bigram.fill_in(source).counts, word_list(source).labels
    captions = bigram.letters_picture(drawn, word_list(source))[0].frames.captions
    text = "·" + drawn.name + "·" * drawn.ended
    assert len(captions) == len(drawn.draws) == len(text) - 1
    for at, sentence, one in zip(range(len(text)), captions, drawn.draws, strict=False):
        row, col = labels.index(text[at]), labels.index(text[at + 1])
        share = counts[row] / counts[row].sum()
        told = f"After **{text[at]}** the die shows {one.die:.3f}: that is **{text[at + 1]}**, which has "
        assert sentence == f"{told}{share[col]:.1%} of the row."
        assert share[:col].sum() - 1e-9 <= one.die <= share[: col + 1].sum() + 1e-9


@pytest.mark.parametrize("name", ["ANNA", "ZOFIA"])
def test_the_joint_probability_of_a_name_is_the_mean_loss_of_its_letters(name):
    loaded = checkpoints.load("girls-mlp")
    p = perceptron.spell(loaded.model, loaded.vocabulary, name)
    loss = compare.held_out(loaded.model, loaded.vocabulary, [name])
    assert len(p) == loss.characters == len(name) + 1
    assert -np.log(p.prod()) / len(p) == pytest.approx(loss.loss, rel=1e-5)
