"""The gradient descent chapter shows what its traces computed, whatever a visitor sets."""

import itertools
import json
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from explainer.components.coded import decoded
from explainer.components.grid import unpacked
from explainer.traces import gradient_descent as trace
from explainer.ui.receipt.wording import text as number_in_receipt
from explainer.ui.scenes import backpropagation as graphs
from explainer.ui.scenes import training_step as steps
from tests.scenes import ask, drawn, part, plotted, primitives, tell, title
from tests.scenes import open_scene as open_page_scene

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "pages" / "gradient_descent.py"
SLUGS = ("slope", "downhill", "learning-rate", "race", "backpropagation", "one-step")
TITLES = {"The slope", "Downhill", "The learning rate", "The race", "Backpropagation", "One step of training"}


def open_scene(slug: str, **query: str) -> AppTest:
    """Run the app on one scene; a first run is needed before there is a page to switch to."""
    app = AppTest.from_file(str(ROOT / "explainer" / "app.py"), default_timeout=60).run()
    app.switch_page(str(PAGE))
    for key, value in {"scene": slug, **query}.items():
        app.query_params[key] = value
    sound(app.run())
    return app


def sound(app: AppTest) -> None:
    """Fail if the page shows an exception, or another page, or sends what is not a number."""
    assert [e.message for e in app.exception] + [e.value for e in app.error] == []
    assert title(app) in TITLES
    if title(app) == "The slope":
        assert plotted(app, "gd_tangent").data


def landscape(app: AppTest) -> dict:
    """Return what the landscape's component was sent, its arrays as numbers."""
    parts = [part.proto for part in app.get("bidi_component")]
    sent = json.loads(next(part.json for part in parts if part.component_name == "landscape"))
    sent["heights"] = decoded(sent["heights"])
    for way in sent["ways"]:
        way |= {name: decoded(way[name]) for name in ("points", "losses", "gradients", "velocities")}
        assert all(np.isfinite(way[name]).all() for name in ("points", "losses", "gradients", "velocities"))
    return sent


def assert_drawn(sent: dict, way: trace.Descent) -> None:
    """Fail if a way that was sent is not the trace's."""
    dimensions = way.points.shape[1]
    np.testing.assert_array_equal(sent["points"].reshape(-1, dimensions), way.points.astype("f4"))
    np.testing.assert_array_equal(sent["gradients"].reshape(-1, dimensions), way.gradients.astype("f4"))
    np.testing.assert_array_equal(sent["losses"], way.values.astype("f4"))
    assert sent["name"] == trace.OPTIMIZERS[way.optimizer].title
    assert sent["rate"] == way.learning_rate
    assert sent["diverged"] == (way.verdict == "diverged")


def note(app: AppTest) -> str:
    return next(m.value for m in app.markdown if "**" in m.value)


@pytest.mark.parametrize(("h", "size"), [("1", 1.0), ("0.01", 0.01), ("10⁻⁸", 1e-8), ("10⁻¹⁶", 1e-16)])
def test_the_slope_is_measured_beside_autograd(h, size):
    app = open_scene("slope", gd_curve="Two valleys", gd_x="1.5", gd_h=h)
    found = trace.slope(trace.CURVES["two-valleys"], 1.5, size)
    assert f"**autograd** f′(x) = **{found.gradient:g}**" in note(app)
    assert f"autograd: slope {found.gradient:g}" in [line.name for line in plotted(app, "gd_tangent").data]
    if size >= 0.01:  # the picture fills the stage; the round-off comes last
        with pytest.raises(ValueError, match="not enough values"):
            plotted(app, "gd_error")
        return
    steps, errors = trace.slope_errors(trace.CURVES["two-valleys"], 1.5)
    line, *marks = plotted(app, "gd_error").data
    np.testing.assert_allclose([line.x, line.y], [steps, errors])
    off = abs(found.numeric - found.gradient)
    assert [(*mark.x, *mark.y) for mark in marks] == ([(size, off)] if off else [])


@pytest.mark.parametrize(
    ("h", "says"),
    [
        ("10⁻³", "too big"),
        ("10⁻⁸", "A good h"),
        ("10⁻¹⁴", "too small"),
        ("10⁻¹⁶", "nothing"),
    ],
)
def test_a_bad_h_is_named(h, says):
    app = open_scene("slope", gd_x="1.5", gd_h=h)
    assert any(says in m.value for m in app.markdown)


@pytest.mark.parametrize("surface", trace.SURFACES)
@pytest.mark.parametrize("rate", ["too small", "right", "too big"])
def test_every_surface_is_gone_down_as_the_trace_says(surface, rate):
    shape = trace.SURFACES[surface]
    app = open_scene("downhill", gd_surface=shape.title, gd_rate=rate)
    way = trace.descend(shape, "sgd", getattr(trace.OPTIMIZERS["sgd"].rates[surface], rate.replace(" ", "_")))
    sent = landscape(app)
    told = f"Learning rate **{way.learning_rate:g}**: "
    assert sent["captions"] == [f"{told}{words}" for words in trace.captions(shape, way)]
    assert sent["captions"][-1].endswith(way.reason) or way.verdict in ("arrived", "stuck")
    np.testing.assert_array_equal(sent["heights"], trace.surface(shape).z.ravel().astype("f4"))
    assert_drawn(sent["ways"][0], way)


def test_sgd_diverges_on_every_landscape_if_its_rate_is_too_big():
    for landscape in (trace.CURVES | trace.SURFACES).values():
        way = trace.descend(landscape, "sgd", trace.OPTIMIZERS["sgd"].rates[landscape.name].too_big)
        assert (way.verdict, way.reason[:5]) == ("diverged", "Step "), landscape.title


@pytest.mark.parametrize("curve", trace.CURVES)
@pytest.mark.parametrize("rate", ["too small", "right", "too big"])
def test_every_curve_is_gone_down_as_the_trace_says(curve, rate):
    shape = trace.CURVES[curve]
    app = open_scene("learning-rate", gd_curve=shape.title, gd_step=rate)
    way = trace.descend(shape, "sgd", getattr(trace.OPTIMIZERS["sgd"].rates[curve], rate.replace(" ", "_")))
    sent = landscape(app)
    assert sent["flat"]
    assert sent["pickable"]
    np.testing.assert_array_equal(sent["heights"], trace.curve(shape)[1].astype("f4"))
    assert_drawn(sent["ways"][0], way)


@pytest.mark.parametrize("title", [curve.title for curve in trace.CURVES.values()])
def test_no_picture_holds_what_is_not_a_number(title):
    landscape(open_scene("learning-rate", gd_curve=title, gd_step="my own", gd_step_own="10.0"))


@pytest.mark.parametrize("surface", trace.SURFACES)
def test_the_three_race_from_the_start_of_the_link(surface):
    shape = trace.SURFACES[surface]
    start = {f"gd_{surface}_x1": "1.25", f"gd_{surface}_x2": "-2.5"}
    sent = landscape(open_scene("race", gd_race_surface=shape.title, **start))
    assert sent["pickable"]
    assert sent["opening"] == trace.opening(trace.race(shape, (1.25, -2.5)))
    for one, way in zip(sent["ways"], trace.race(shape, (1.25, -2.5)), strict=True):
        assert_drawn(one, way)
        assert one["points"][:2].tolist() == [1.25, -2.5]


def test_a_race_says_what_its_surface_teaches_only_where_it_shows_that():
    lesson = trace.SURFACES["ravine"].lesson
    sent = landscape(open_scene("race"))
    assert lesson not in sent["captions"][0]
    assert lesson in sent["captions"][sent["opening"]]
    assert "arrived at step" in sent["captions"][-1]
    slow = landscape(open_scene("race", gd_rates="too small"))
    assert not any(lesson in words for words in slow["captions"])


def test_who_races_is_chosen():
    sent = landscape(open_scene("race", gd_racers=["SGD", "RMSProp", "Adam", "Momentum"]))
    assert [way["name"] for way in sent["ways"]] == ["SGD", "Momentum", "RMSProp", "Adam"]


def test_in_words_a_ball_that_left_has_flown_off_the_map():
    sent = landscape(open_scene("race", gd_race_surface="Ravine", gd_rates="too big"))
    gone = [way["name"] for way in sent["ways"] if way["diverged"]]
    assert gone
    assert sent["alt"].count("then flies off the map") == len(gone)


def test_every_shape_remembers_its_own_start():
    app = open_scene("downhill", gd_surface="Bowl")
    app.slider(key="gd_bowl_x1").set_value(1.0).run()
    app.button_group(key="gd_surface").set_value("saddle").run()
    assert app.slider(key="gd_saddle_x2").value == trace.SURFACES["saddle"].start[1]
    app.button_group(key="gd_surface").set_value("bowl").run()
    assert app.slider(key="gd_bowl_x1").value == 1.0


def test_a_hostile_link_falls_back_to_the_start():
    keys = [
        "gd_curve",
        "gd_x",
        "gd_h",
        "gd_surface",
        "gd_rate",
        "gd_rates",
        "gd_step",
        "gd_bowl_x1",
        "gd_step_own",
        "gd_graph",
        "gd_neuron_x1",
        "gd_network_w11",
        "gd_network_y",
        "gd_stage",
        "gd_optimizer",
        "gd_sgd_number",
        "gd_name",
        "gd_weights",
        "gd_sgd_rate",
        "gd_part",
    ]
    hostile = ["<script>alert(1)</script>", "9" * 400, "nan", "-inf"]
    for slug, value in itertools.product(SLUGS, hostile):
        app = open_scene(slug, **dict.fromkeys(keys, value))
        assert all("script" not in m.value for m in app.markdown)


@pytest.mark.parametrize(
    ("slug", "names"),
    [
        ("race", ("race", "sgd", "momentum", "adam")),
        ("backpropagation", ("neuron", "backward", "times", "tanh", "measured")),
        ("one-step", ("backward", "forward_pass", "training_step", "sgd", "momentum", "adam")),
    ],
)
def test_the_code_that_ran_is_shown(slug, names):
    app = open_scene(slug)
    ask(app, "code")
    shown = "\n".join(c.value for c in app.code)
    assert [name for name in names if f"def {name}(" not in shown] == []


# --- backpropagation --------------------------------------------------------------------------------


def boxes(app: AppTest, frame: int) -> dict[str, tuple[str, str]]:
    """Return what stands in every box of the graph in a frame: value and gradient, by its name."""
    texts = [p for p in primitives(app, "text") if p["bold"] is True or isinstance(p["text"], dict)]
    at = [i for i, text in enumerate(texts) if isinstance(text["text"], str)]
    shown = [[_now(texts[i + k]["text"], frame) for k in (1, 2)] for i in at]
    return {texts[i]["text"].split(" = ")[0]: tuple(two) for i, two in zip(at, shown, strict=True)}


def _now(text: dict | str, frame: int) -> str:
    return text["each"][frame] if isinstance(text, dict) else text


@pytest.mark.parametrize(("graph", "query"), [
    ("one neuron", {}),
    ("one neuron", {"gd_neuron_x1": "-2", "gd_neuron_w2": "1.3", "gd_neuron_y": "-1"}),
    ("a 2–4–1 network", {}),
    ("a 2–4–1 network", {"gd_network_x1": "-1.5", "gd_network_v3": "2.4", "gd_network_y": "0"}),
])  # fmt: skip
def test_the_boxes_fill_in_with_the_numbers_of_the_graph(graph, query):
    which = {"one neuron": "neuron", "a 2–4–1 network": "network"}[graph]
    app = open_scene("backpropagation", gd_graph=graph, **query)
    start = graphs.start(which)
    changed = {key.rsplit("_", 1)[1]: float(value) for key, value in query.items()}
    numbers = [changed.get(name.translate(graphs.LOWERED), value) for name, value in start.items()]
    found = graphs.graph_of(which, numbers)
    first, last = boxes(app, 0), boxes(app, -1)
    for name, value, slope in zip(found.names, found.values, found.gradients, strict=True):
        assert last[name] == (graphs.told(value), "" if np.isnan(slope) else graphs.told(slope))
        assert first[name] == (graphs.told(value) if name in start else "", "")


def test_every_step_is_told_with_its_operands():
    app = open_scene("backpropagation")
    titles = drawn(app)["frames"]["titles"]
    found = graphs.graph_of("neuron", graphs.start("neuron").values())
    assert len(titles) == 1 + 6 + 1 + len(found.flows)
    weight = next(flow for flow in found.flows if found.names[flow.to] == "w₁")
    [told] = [title for title in titles if ": w₁ gets" in title]
    assert told.endswith(f"{graphs.told(weight.gradient)} × {graphs.told(weight.slope)}")


def test_a_gradient_in_the_graph_opens_its_receipt():
    app = open_scene("backpropagation", gd_neuron_w1="1.7")
    app = tell(app, [(part(app, "gd_graph_neuron").id, "pick", "w₁")])
    found = graphs.graph_of("neuron", (graphs.NEURON | {"w₁": 1.7}).values())
    sent = receipt(app)
    assert sent["formula"][-1]["text"] == number_in_receipt(found.gradients[found.names.index("w₁")], "loss")
    assert sent["good"]


# --- one step of training ---------------------------------------------------------------------------


def step_grid(app: AppTest, stage: str) -> tuple[dict, dict[str, np.ndarray]]:
    """Return what the grid of a stage was sent: its header, and its matrices by name."""
    header, arrays = unpacked(part(app, f"gd_step_{stage}").bytes)
    return header, {matrix["name"]: arrays[matrix["values"]["array"]] for matrix in header["matrices"]}


@pytest.mark.parametrize("optimizer", ["SGD", "Momentum", "Adam"])
def test_the_update_is_the_one_that_the_trace_makes(optimizer):
    name = optimizer.lower()
    query = {"gd_stage": "update", "gd_optimizer": optimizer, f"gd_{name}_number": "3", "gd_name": "EWA"}
    app = open_scene("one-step", gd_part="all of W2", **query)
    found = steps.made(steps.StepRequest("girls", "better", "EWA", name, steps.USUAL[name], 3))
    _, shown = step_grid(app, "update")
    np.testing.assert_allclose(shown[steps.GRADIENT], found.gradients["W2"].T, rtol=1e-6)
    np.testing.assert_allclose(shown["W2"] + shown["change"], shown["W2 after"], atol=1e-6)
    assert set(shown) - {steps.GRADIENT, "W2", "change", "W2 after"} == set(found.memory["W2"])
    assert f"{found.loss:.3f} → :red[**{found.loss_after:.3f}**]" in note(app)


def test_the_gradient_in_the_picture_is_a_product():
    _, shown = step_grid(open_scene("one-step", gd_stage="backward"), "backward")
    made = shown["hᵀ"].astype(float) @ shown["(p − truth) / 5"].astype(float)
    np.testing.assert_allclose(made, shown[steps.GRADIENT], atol=1e-6)
    assert shown["W2"].shape == shown[steps.GRADIENT].shape


@pytest.mark.parametrize("query", [
    {},
    {"gd_sex": "boys", "gd_name": "JAN", "gd_weights": "trained"},
    {"gd_part": "all of W2"},
    {"gd_optimizer": "Adam", "gd_adam_number": "5", "gd_adam_rate": "0.001"},
    {"gd_optimizer": "Momentum", "gd_momentum_number": "2", "gd_weights": "the talk's start"},
])  # fmt: skip
@pytest.mark.parametrize("stage", ["backward", "update"])
def test_a_gradient_in_the_picture_opens_its_own_receipt(stage, query):
    app = open_scene("one-step", gd_stage=stage, **query)
    header, shown = step_grid(app, stage)
    place = [matrix["name"] for matrix in header["matrices"]].index(steps.GRADIENT)
    gradient = shown[steps.GRADIENT]
    row, col = map(int, np.unravel_index(np.abs(gradient).argmax(), gradient.shape))
    app = tell(app, [(part(app, f"gd_step_{stage}").id, "press", {"matrix": place, "row": row, "col": col})])
    sent, seen = receipt(app), float(gradient[row, col])
    assert float(sent["formula"][-1]["text"].replace("−", "-")) == pytest.approx(seen, abs=5.1e-5)
    assert sent["good"]
    linked = parse_qs(urlsplit(sent["link"]).query)
    page = open_page_scene("receipt.py", "receipt", **{key: value[0] for key, value in linked.items()})
    assert receipt(page)["formula"] == sent["formula"]


@pytest.mark.parametrize("matrix", ["W2", "b2", "W1", "b1", "C"])
def test_the_steepest_number_of_every_matrix_has_its_receipt(matrix):
    app = ask(open_scene("one-step", gd_name="EWA", gd_matrix=matrix), "receipt")
    found = steps.made(steps.StepRequest("girls", "better", "EWA", "sgd", steps.USUAL["sgd"], 1))
    sent, steepest = receipt(app), np.abs(found.gradients[matrix]).max()
    assert f"with {matrix}[" in sent["asked"]
    assert abs(float(sent["formula"][-1]["text"].replace("−", "-"))) == pytest.approx(steepest, abs=5.1e-5)
    assert sent["good"]


@pytest.mark.parametrize("model", [
    "gradient_girls_better_sgd_0.1_1_W2_900_1", "gradient_girls_better_sgd_0.1_1_W3_0_1",
    "gradient_girls_better_sgd_nan_1_W2_0_1", "gradient_x_better_sgd_0.1_1_W2_0_1",
    "gradient_girls_better_sgd_0.1_1_W2_-1_1", "neuron_1_2", "neuron_9_9_9_9_9_9", "network_nan",
])  # fmt: skip
def test_a_link_to_a_gradient_that_is_none_says_so(model):
    app = open_page_scene("receipt.py", "receipt", model=model, context="ANNA")
    assert [e.message for e in app.exception] == []
    assert [text.value for text in app.text if "No model has" in text.value or "columns" in text.value]


def receipt(app: AppTest) -> dict:
    """Return the receipt on the screen as it is sent to the browser."""
    shown = [p.proto for p in app.get("bidi_component") if p.proto.component_name == "receipt"]
    return json.loads(shown[-1].json)
