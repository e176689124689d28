"""The neuron's page: its formula, networks, maps and matrices hold what the traces computed."""

import numpy as np
import pytest
import torch
from streamlit.testing.v1 import AppTest

from explainer.components.grid import unpacked
from explainer.figures import palette
from explainer.traces import neuron as trace
from explainer.training import network as training
from tests.drawings import probabilities, read_off
from tests.scenes import drawn, open_scene, open_sound, plotted, primitives

torch.set_num_threads(1)  # tensors this small only wait for a second thread

SCENES = [
    "one-neuron",
    "a-layer",
    "a-network",
    "it-learns",
    "why-it-must-bend",
]
MAP = 1  # the drawing of a network's map, after that of the network


def page(scene: str, **query: str) -> AppTest:
    """Run one scene; query values are what the address bar shows."""
    return open_sound("neuron", scene, query)


def maps_of(app: AppTest, index: int = 0) -> list[np.ndarray]:
    """Return the probabilities of the map in a drawing: one map, or one for every frame."""
    values = next(f for f in primitives(app, "field", index) if f["name"])["values"]
    return [probabilities(one) for one in (values["each"] if isinstance(values, dict) else [values])]


def matrices(app: AppTest) -> dict[str, np.ndarray]:
    """Return the matrices of the scene's grid by their names."""
    sent = next(part.proto.bytes for part in app.get("bidi_component") if part.proto.component_name == "grid")
    header, arrays = unpacked(sent)
    return {m["name"]: arrays[m["values"]["array"]] for m in header["matrices"]}


def pictures(app: AppTest) -> list[str]:
    """Return the drawings of a scene as they are sent."""
    parts = [part.proto for part in app.get("bidi_component")]
    return [part.json for part in parts if part.component_name == "drawing"]


def recorded(data: str, activation: str, hidden: int = 4, seed: int = 2) -> training.Training:
    """Train as the page does."""
    return training.train(*training.data_set(data), activation, n_hidden=hidden, seed=seed)


def test_the_formula_is_worked_out_with_the_numbers_of_the_sliders():
    app = page("one-neuron", inputs="2", x1="2", w1="-1.5", x2="1", w2="0.5", b="0.5", bend="ReLU")
    said = app.latex[0].value
    assert r"2 \cdot (-1.5) + 1 \cdot 0.5" in said
    assert r"\\ &= -2 \\" in said
    assert r"\operatorname{ReLU}(-2) = 0" in said


@pytest.mark.parametrize("bend", ["step", "sigmoid", "tanh", "ReLU"])
def test_the_marked_point_lies_on_the_curve(bend):
    app = page("one-neuron", bend=bend)
    line, point = plotted(app, "neuron_curve").data
    assert point.x[0] == pytest.approx(0.2)
    steepest = 0.002 if bend != "step" else 1e-9
    assert np.interp(point.x[0], line.x, line.y) == pytest.approx(point.y[0], abs=steepest)


@pytest.mark.parametrize("count", [2, 5])
def test_every_input_has_its_two_sliders(count):
    app = page("one-neuron", inputs=str(count))
    keys = {s.key for s in app.slider}
    assert {f"neuron_{letter}{i}" for letter in "xw" for i in range(1, count + 1)} <= keys
    assert f"neuron_x{count + 1}" not in keys


def test_a_sum_beyond_the_usual_curve_stays_on_it():
    strong = {f"{letter}{i}": "2" for letter in "xw" for i in range(1, 6)}
    app = page("one-neuron", inputs="5", b="4", bend="ReLU", **strong)
    line, point = plotted(app, "neuron_curve").data
    assert (point.x[0], max(line.x)) == (24, 25)


def test_the_layer_computes_what_its_formulas_say():
    app = page("a-layer", layer_x1="1", layer_x2="2")
    said = [latex.value for latex in app.latex]
    assert r"Y_{1} &= x_{1} w_{11} + x_{2} w_{21} = 1 \cdot 0.5 + 2 \cdot 1.5 = 3.5" in said[0]
    edges = primitives(app, "line")
    assert [edge["dash"] == "" for edge in edges] == [True, False, True, True, True, False]
    assert [t["text"] for t in primitives(app, "text")[:6]] == [
        "× 0.5", "× −1", "× 2", "× 1.5", "× 1", "× −0.5"
    ]  # fmt: skip
    assert max(edges, key=lambda edge: edge["width"]) == edges[2]  # w13 = 2, the largest


def test_the_values_in_the_network_are_the_forward_pass():
    app = page("a-network", data="circle", point_x1="0.25", point_x2="-0.75")
    passed = trace.forward(recorded("circle", "tanh"), (0.25, -0.75))
    shown = [float(node["title"].split("= ")[1]) for node in primitives(app, "mark") if node["part"]]
    np.testing.assert_allclose(shown, [0.25, -0.75, *passed.hidden.outputs, passed.p], rtol=1e-4)
    assert len(drawn(app)["frames"]["titles"]) == 3
    (shown,) = maps_of(app, MAP)
    np.testing.assert_allclose(shown, trace.maps(recorded("circle", "tanh")).p[-1], atol=1e-5)
    x, y = (
        read_off(primitives(app, "text", MAP), axis, primitives(app, "mark", MAP)[200][axis]) for axis in "xy"
    )
    assert (x, y) == (pytest.approx(0.25, abs=1e-3), pytest.approx(-0.75, abs=1e-3))


def test_every_frame_of_the_training_is_a_recorded_step():
    app = page("it-learns", hidden="3", seed="5")
    record = recorded("xor", "tanh", 3, 5)
    assert len(drawn(app)["frames"]["titles"]) == len(record.steps)
    np.testing.assert_allclose(maps_of(app), trace.maps(record).p, atol=1e-5)
    (curve,) = [line for line in primitives(app, "line") if line["color"] == palette.LOSS]
    height = np.polyfit(record.losses, curve["y"], 1)
    np.testing.assert_allclose(np.polyval(height, record.losses), curve["y"], atol=0.1)  # of a pixel
    ball = primitives(app, "mark")[-1]
    np.testing.assert_allclose(ball["y"]["each"], np.polyval(height, record.losses[record.steps]), atol=0.1)
    np.testing.assert_allclose(ball["x"]["each"], np.array(curve["x"])[record.steps], atol=0.1)


@pytest.mark.parametrize("seed", ["1", "3", "7"])
def test_without_an_activation_xor_is_never_learned(seed):
    app = page("why-it-must-bend", seed=seed)
    without, with_tanh = [m.value for m in app.markdown if "classified correctly" in m.value]
    right = round(float(recorded("xor", "none", seed=int(seed)).accuracy[-1]) * 200)
    assert right < 150
    assert f"{right} of 200" in without
    assert without.startswith("**without")
    bent = round(float(recorded("xor", "tanh", seed=int(seed)).accuracy[-1]) * 200)
    assert bent > 190
    assert f"{bent} of 200" in with_tanh
    (straight,) = maps_of(app)  # of one line: its logit is a plane
    logit = np.log(straight / (1 - straight))
    np.testing.assert_allclose(np.diff(logit, 2, axis=0), 0, atol=2e-3)
    np.testing.assert_allclose(np.diff(logit, 2, axis=1), 0, atol=2e-3)


def test_it_learns_opens_where_something_has_been_learned_and_more_is_to_come():
    start, record = drawn(page("it-learns"))["frames"]["start"], recorded("xor", "tanh")
    assert start == trace.opening(record)
    assert record.accuracy[0] < record.accuracy[start] < record.accuracy[-1]


@pytest.mark.parametrize("data", ["spiral", "XOR"])
def test_noise_and_the_spiral_are_data_too(data):
    app = page("it-learns", data=data, noise="0.3", hidden="6")
    points = [m for m in primitives(app, "mark") if m["shape"] in ("circle", "square") and m["size"] < 12]
    assert len(points) >= 200
    assert "The classes overlap" in drawn(app)["frames"]["captions"][-1]


def test_one_hidden_neuron_is_told_to_be_too_few():
    captions = drawn(page("it-learns", hidden="1"))["frames"]["captions"]
    assert "One hidden neuron looks in one direction only" in captions[-1]
    assert "looks in one direction" not in captions[0]


def stacked(**query: str) -> AppTest:
    """Run the scene that multiplies the two layers' weights, which stands where multiplication is shown."""
    return open_scene("matrix_multiplication.py", "two-layers-one-matrix", **query)


def test_stacked_layers_are_the_product_of_their_weights():
    app = stacked()
    shown = matrices(app)
    X, W1, W2 = shown["X"], shown["W₁"], shown["W₂"]
    np.testing.assert_allclose(shown["X·W₁"], X @ W1, atol=1e-5)
    np.testing.assert_allclose(shown["W₁·W₂"], W1 @ W2, atol=1e-5)
    np.testing.assert_allclose(shown["(X·W₁)·W₂"], shown["X·(W₁·W₂)"], atol=1e-5)
    record = recorded("xor", "none")
    np.testing.assert_allclose(W1[:2, :4], record.W1[-1], atol=1e-6)
    assert any("The outputs are the same" in m.value for m in app.markdown)


@pytest.mark.parametrize("data", ["XOR", "circle", "spiral"])
@pytest.mark.parametrize("bend", ["tanh", "sigmoid"])
def test_how_far_the_outputs_differ_is_what_the_written_outputs_give(data, bend):
    app = stacked(neuron_data=data, neuron_between=bend)
    shown = matrices(app)
    two, one = (shown[name].astype(float).round(2) for name in (f"{bend}(X·W₁)·W₂", "X·(W₁·W₂)"))
    told = f"differ by up to {np.abs(two - one).max():.2f}".rstrip("0").rstrip(".")
    assert any(told in m.value for m in app.markdown)


def test_an_activation_in_between_keeps_the_layers_apart():
    app = stacked(neuron_between="tanh")
    shown = matrices(app)
    hidden = shown["tanh(X·W₁)"]
    np.testing.assert_allclose(hidden[:, :4], np.tanh(shown["X"] @ shown["W₁"])[:, :4], atol=1e-5)
    apart = np.abs(shown["tanh(X·W₁)·W₂"] - shown["X·(W₁·W₂)"]).max()
    assert apart > 1
    assert any("The outputs differ" in m.value for m in app.markdown)


@pytest.mark.parametrize("scene", SCENES)
def test_hostile_values_in_the_address_leave_the_defaults(scene):
    wild = {"inputs": "99", "x1": "1e400", "w1": "NaN", "b": "<b>", "bend": "<script>", "data": "../etc"}
    wild |= {"hidden": "0", "seed": "-1", "activation": "step", "between": "🙂", "w11": "", "point_x1": "7"}
    app = page(scene, **wild)
    plain = page(scene)
    assert pictures(app) == pictures(plain)
