"""Balls roll in the browser: no server call, the trace's numbers, a click for a new start."""

import numpy as np
import pytest

from explainer.traces import gradient_descent as trace
from tests.browser.conftest import settled

# What plotly draws: its traces, and the frame its slider stands at.
DRAWN = """() => {
  const plot = document.querySelector('.js-plotly-plot');
  const list = a => Array.from(a, v => (v.length === undefined ? v : Array.from(v)));
  return {
    at: plot._fullLayout.sliders[0].active,
    traces: plot._fullData.map(t => ({type: t.type, name: t.name,
      x: list(t.x), y: list(t.y), z: t.z ? list(t.z) : null})),
  };
}"""
# Where a place of the contour is on the screen.
PLACE = """([x, y]) => {
  const plot = document.querySelector('.js-plotly-plot'), {xaxis, yaxis} = plot._fullLayout;
  const box = plot.getBoundingClientRect();
  return [box.x + xaxis._offset + xaxis.d2p(x), box.y + yaxis._offset + yaxis.d2p(y)];
}"""
AT = "i => document.querySelector('.js-plotly-plot')._fullLayout.sliders[0].active === i"


def opened(open_page, path: str, **options):
    """Open an address and wait until plotly has drawn."""
    page = open_page(path, **options)
    page.wait_for_function("() => document.querySelector('.js-plotly-plot')?._fullLayout?.sliders?.length")
    settled(page)
    return page


@pytest.mark.parametrize("scene", ["downhill", "learning-rate"])
def test_rolling_asks_the_server_nothing(open_page, scene):
    page = open_page(f"/gradient-descent?scene={scene}", width=900, height=700)  # drawn without a GPU
    sent = []
    page.on("websocket", lambda socket: socket.on("framesent", lambda frame: sent.append(frame)))
    page.reload()
    settled(page)
    page.wait_for_function("() => document.querySelector('.js-plotly-plot')?._fullLayout?.sliders?.length")
    page.wait_for_timeout(1000)
    assert sent  # the socket is heard
    sent.clear()
    button = {b.text_content().strip(): b for b in page.locator(".updatemenu-button").all()}
    page.locator(".slider-rail-touch-rect").click(position={"x": 5, "y": 5})
    page.wait_for_function(AT, arg=0)
    button["Step ›"].click()
    page.wait_for_function(AT, arg=1)
    page.locator(".updatemenu-button", has_text="Step").click()
    page.wait_for_function(AT, arg=2)
    page.locator(".updatemenu-button", has_text="Back").click()
    page.wait_for_function(AT, arg=1)
    page.locator(".updatemenu-button", has_text="Play").click()
    page.wait_for_function(
        "() => document.querySelector('.js-plotly-plot')._fullLayout.sliders[0].active > 3"
    )
    page.locator(".updatemenu-button", has_text="Pause").click()
    page.wait_for_timeout(600)
    stopped = page.evaluate(DRAWN)["at"]
    page.wait_for_timeout(600)
    assert 3 < page.evaluate(DRAWN)["at"] == stopped < 60
    assert sent == []


def test_a_link_restores_the_race_and_draws_the_traces_numbers(open_page):
    address = "/gradient-descent?scene=race&gd_surface=Ravine&gd_rates=too+big&gd_ravine_x1=1.5"
    page = opened(open_page, address, width=900, height=700)
    landscape = trace.SURFACES["ravine"]
    rates = {name: rate.too_big for name, rate in landscape.rates.items()}
    ways = trace.race(landscape, (1.5, 1.5), rates)
    drawn = page.evaluate(DRAWN)["traces"]
    np.testing.assert_array_equal(np.array(drawn[0]["z"]), trace.surface(landscape).z)
    for on_surface, on_contour, loss, way in zip(drawn[2::3], drawn[3::3], drawn[4::3], ways, strict=False):
        np.testing.assert_allclose([on_contour["x"], on_contour["y"]], way.points.T, atol=1e-4)
        np.testing.assert_allclose([on_surface["x"], on_surface["y"]], way.points.T, atol=1e-4)
        np.testing.assert_allclose(loss["y"], way.values, atol=1e-4)
    assert "SGD at 1.05: diverged" in page.locator(".st-key-note").inner_text()


@pytest.mark.parametrize("size", [{"width": 900, "height": 700}, {"width": 390, "height": 844}])
def test_a_click_on_the_contour_starts_there(open_page, size):
    page = opened(open_page, "/gradient-descent?scene=race", **size)
    for place in ((1.5, -2.0), (-2.0, -1.5)):
        page.evaluate("document.querySelector('.js-plotly-plot').scrollIntoView({block: 'center'})")
        page.mouse.click(*page.evaluate(PLACE, place))
        page.wait_for_function(
            """([x, y]) => {
              const start = document.querySelector('.js-plotly-plot')?._fullData?.[3];
              return start && start.x[0] === x && start.y[0] === y;
            }""",
            arg=place,
        )
        page.wait_for_function("place => location.search.includes(`gd_bowl_x1=${place[0]}`)", arg=place)


def test_the_surface_turns_under_a_finger_and_the_page_still_scrolls(open_page):
    page = opened(open_page, "/gradient-descent?scene=downhill", width=390, height=844)
    eye = "() => ({...document.querySelector('.js-plotly-plot')._fullLayout.scene._scene.getCamera().eye})"
    before = page.evaluate(eye)
    box = page.locator(".js-plotly-plot").bounding_box()
    page.mouse.move(box["x"] + 150, box["y"] + 150)
    page.mouse.down()
    page.mouse.move(box["x"] + 250, box["y"] + 160, steps=5)
    page.mouse.up()
    page.wait_for_timeout(300)
    assert page.evaluate(eye) != before
    assert page.evaluate("document.documentElement.scrollWidth") == 390
