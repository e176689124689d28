"""The gradient descent chapter shows what its traces computed, whatever a visitor sets."""

import base64
import itertools
import json
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from explainer.traces import gradient_descent as trace

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
    assert app.title[0].value in {"The slope", "Downhill", "The learning rate", "The race"}
    for chart in charts(app):
        sent = json.dumps([chart["data"], [frame["data"] for frame in chart.get("frames", [])]])
        assert [word for word in ("NaN", "Infinity", "null") if word in sent] == []


def charts(app: AppTest) -> list[dict]:
    return [json.loads(element.proto.spec) for element in app.get("plotly_chart")]


def numbers(sent) -> np.ndarray:
    """Return an array as plotly sends it: a list, or bytes with their type and shape."""
    if isinstance(sent, dict):
        flat = np.frombuffer(base64.b64decode(sent["bdata"]), sent["dtype"])
        return flat.reshape([int(n) for n in sent.get("shape", str(len(flat))).split(",")])
    return np.array(sent)


def note(app: AppTest) -> str:
    return next(m.value for m in app.markdown if "**" in m.value)


@pytest.mark.parametrize(("h", "size"), [("1", 1.0), ("0.01", 0.01), ("10⁻⁸", 1e-8), ("10⁻¹⁶", 1e-16)])
def test_the_slope_is_measured_beside_autograd(h, size):
    app = open_scene("slope", gd_curve="Two valleys", gd_x="1.5", gd_h=h)
    found = trace.slope(trace.CURVES["two-valleys"], 1.5, size)
    drawn, error = charts(app)
    assert f"**autograd** f′(x) = **{found.gradient:g}**" in note(app)
    assert f"autograd: slope {found.gradient:g}" in [t.get("name") for t in drawn["data"]]
    steps, errors = trace.slope_errors(trace.CURVES["two-valleys"], 1.5)
    np.testing.assert_array_equal(numbers(error["data"][0]["x"]), steps)
    np.testing.assert_array_equal(numbers(error["data"][0]["y"]), errors)
    off = abs(found.numeric - found.gradient)
    if off:
        assert [numbers(error["data"][1][k])[0] for k in "xy"] == [size, off]


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
    landscape = trace.SURFACES[surface]
    app = open_scene("downhill", gd_surface=landscape.title, gd_rate=rate)
    way = trace.descend(landscape, "sgd", getattr(landscape.rates["sgd"], rate.replace(" ", "_")))
    assert note(app).endswith(f"**{trace.VERDICTS[way.verdict]}.** {way.reason}")
    (drawn,) = charts(app)
    np.testing.assert_array_equal(numbers(drawn["data"][0]["z"]), trace.surface(landscape).z)
    assert len(drawn["frames"]) == len(way.values)
    for i, frame in enumerate(drawn["frames"]):
        _, on_contour, loss = frame["data"]
        np.testing.assert_allclose([on_contour["x"], on_contour["y"]], way.points[: i + 1].T, atol=1e-4)
        np.testing.assert_allclose(loss["y"], way.values[: i + 1], atol=1e-4)


def test_sgd_diverges_on_every_landscape_if_its_rate_is_too_big():
    for landscape in (trace.CURVES | trace.SURFACES).values():
        way = trace.descend(landscape, "sgd", landscape.rates["sgd"].too_big)
        assert (way.verdict, way.reason[:5]) == ("diverged", "Step "), landscape.title


@pytest.mark.parametrize("title", [curve.title for curve in trace.CURVES.values()])
def test_no_chart_holds_what_is_not_a_number(title):
    for rate in ("too small", "right", "too big", "my own"):
        open_scene("learning-rate", gd_curve=title, gd_step=rate, gd_step_own="10.0")


@pytest.mark.parametrize("surface", trace.SURFACES)
def test_the_three_race_from_the_start_of_the_link(surface):
    landscape = trace.SURFACES[surface]
    start = {f"gd_{surface}_x1": "1.25", f"gd_{surface}_x2": "-2.5"}
    app = open_scene("race", gd_surface=landscape.title, **start)
    (drawn,) = charts(app)
    for trace_of_one, way in zip(drawn["data"][3::3], trace.race(landscape, (1.25, -2.5)), strict=False):
        assert trace_of_one["name"] == trace.OPTIMIZER_TITLES[way.optimizer]
        np.testing.assert_allclose(
            [numbers(trace_of_one["x"]), numbers(trace_of_one["y"])], way.points.T, atol=1e-4
        )
        assert [numbers(trace_of_one[k])[0] for k in "xy"] == [1.25, -2.5]


def test_every_landscape_remembers_its_own_start():
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
    app.button(key="show_code").click().run()
    shown = "\n".join(c.value for c in app.code)
    assert all(f"def {name}(" in shown for name in ("race", "sgd", "momentum", "adam"))
