"""The gradient descent chapter shows what its traces computed, whatever a visitor sets."""

import itertools
import json
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from explainer.components.landscape import decoded
from explainer.traces import gradient_descent as trace
from tests.scenes import ask, plotted, title

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "pages" / "gradient_descent.py"


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
    assert title(app) in {"The slope", "Downhill", "The learning rate", "The race"}
    if title(app) == "The slope":
        assert all(plotted(app, key).data for key in ("gd_tangent", "gd_error"))


def landscape(app: AppTest) -> dict:
    """Return what the landscape's component was sent, its arrays as numbers."""
    parts = [part.proto for part in app.get("bidi_component")]
    sent = json.loads(next(part.json for part in parts if part.component_name == "landscape"))
    sent["heights"] = decoded(sent["heights"])
    for way in sent["ways"]:
        way |= {name: decoded(way[name]) for name in ("points", "losses", "gradients")}
        assert all(np.isfinite(way[name]).all() for name in ("points", "losses", "gradients"))
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
    steps, errors = trace.slope_errors(trace.CURVES["two-valleys"], 1.5)
    line, *marks = plotted(app, "gd_error").data
    np.testing.assert_allclose([line.x, line.y], [steps, errors])
    off = abs(found.numeric - found.gradient)
    assert [(*mark.x, *mark.y) for mark in marks] == ([(size, off)] if off else [])


@pytest.mark.parametrize(
    ("h", "says"),
    [
        ("1", "too big"),
        ("0.01", "too big"),
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
    assert note(app).endswith(f": {way.reason}")
    sent = landscape(app)
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
    assert not sent["pickable"]
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
    for one, way in zip(sent["ways"], trace.race(shape, (1.25, -2.5)), strict=True):
        assert_drawn(one, way)
        assert one["points"][:2].tolist() == [1.25, -2.5]


def test_a_race_says_what_its_surface_teaches_only_where_it_shows_that():
    lesson = trace.SURFACES["ravine"].lesson
    assert lesson in note(open_scene("race"))
    assert "arrives at step" in note(open_scene("race"))
    for changed in ({"gd_rates": "too small"}, {"gd_ravine_x1": "0.5"}, {"gd_momentum_beta": "0.5"}):
        assert lesson not in note(open_scene("race", **changed))


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
    ]
    hostile = ["<script>alert(1)</script>", "9" * 400, "nan", "-inf"]
    for slug, value in itertools.product(["slope", "downhill", "learning-rate", "race"], hostile):
        app = open_scene(slug, **dict.fromkeys(keys, value))
        assert all("script" not in m.value for m in app.markdown)


def test_the_code_that_ran_is_shown():
    app = open_scene("race")
    ask(app, "code")
    shown = "\n".join(c.value for c in app.code)
    assert all(f"def {name}(" in shown for name in ("race", "sgd", "momentum", "adam"))
