"""The neuron in the browser: what is drawn is what was computed, and playing it asks nobody."""

import numpy as np
import pytest

from explainer.traces import neuron as trace
from explainer.training import network as training
from tests.browser.conftest import settled
from tests.browser.test_drawing import stands

# The probabilities of the map that is painted, at the points of the grid that was sent.
MAP = """() => {
  const [grid] = window.drawn.shapes.find((s) => s.spec.kind === 'field' && s.spec.name).node.__painted;
  const side = Array.from({ length: (grid.width + 1) / 2 }, (_, i) => 2 * i);
  return side.map((j) => side.map((i) => 1 / (1 + Math.exp(-grid.at(i, j)))));
}"""
# Streamlit's main part scrolls, not the document.
ROOM = """() => { const main = document.querySelector('[data-testid=stMain]');
  return [main.scrollHeight - main.clientHeight, document.documentElement.scrollWidth]; }"""


def test_the_training_plays_without_a_call_and_shows_the_recorded_maps(open_page):
    page = open_page("/neuron?scene=it-learns&neuron_seed=3")
    sent = []
    page.on("websocket", lambda socket: socket.on("framesent", lambda frame: sent.append(frame)))
    page.reload()
    settled(page)
    stands(page)
    page.wait_for_timeout(1000)
    assert sent  # the socket is heard
    sent.clear()
    maps = trace.maps(training.train(*training.data_set("xor"), "tanh", seed=3)).p
    page.get_by_role("slider", name="Position").press("End")
    np.testing.assert_allclose(page.evaluate(MAP), maps[-1], atol=2e-5)
    page.get_by_role("slider", name="Position").press("Home")
    page.get_by_role("button", name="Step").click()
    np.testing.assert_allclose(page.evaluate(MAP), maps[1], atol=2e-5)
    page.get_by_role("button", name="Back").click()
    np.testing.assert_allclose(page.evaluate(MAP), maps[0], atol=2e-5)
    page.get_by_role("button", name="Play").click()
    page.wait_for_function("window.drawn.player.position > 2")
    assert sent == []


def test_a_click_on_the_loss_leads_to_the_picture_taken_nearest_to_it(open_page):
    page = open_page("/neuron?scene=it-learns")
    stands(page)
    page.locator(".drawing rect.pickable").nth(20).click()
    assert page.evaluate("window.drawn.player.position") == 20
    assert page.evaluate("window.drawn.player.playing") is False


def test_a_link_restores_the_neuron_and_a_key_moves_it(open_page):
    page = open_page("/neuron?neuron_inputs=2&neuron_x1=2.0&neuron_w1=-1.5&neuron_x2=1.0&neuron_w2=0.5")
    formula = page.locator("annotation")
    assert r"2 \cdot (-1.5) + 1 \cdot 0.5" in formula.text_content()
    page.locator(".st-key-neuron_w1").get_by_role("slider").press("ArrowRight")
    page.wait_for_function(r"() => document.querySelector('annotation').textContent.includes('(-1.4)')")
    settled(page)
    assert "neuron_w1=-1.4" in page.url


@pytest.mark.parametrize("count", [2, 5])
def test_all_sliders_of_a_neuron_fit_beside_it(open_page, count):
    page = open_page(f"/neuron?neuron_inputs={count}")
    for drawn in (".drawing svg g", ".plot .js-line"):  # the neuron and its curve
        page.locator(drawn).first.wait_for()
    page.locator(".st-key-neuron_w1").wait_for()
    assert page.locator(".stSlider").count() == 2 * count + 2
    assert page.evaluate(ROOM)[0] <= 0
    bar = page.locator(".st-key-bar").bounding_box()["y"]
    for part in (*page.locator(".stSlider, .drawing, .plot, .stLatex, .katex").all(),):
        box = part.bounding_box()
        below = box["y"] >= bar - 1  # the controls under the picture
        assert below or box["y"] + box["height"] <= bar + 1, part.text_content()


def test_a_click_on_the_map_puts_the_star_there(open_page):
    page = open_page("/neuron?scene=a-network")
    shown = page.locator(".drawing .below canvas").first.bounding_box()
    page.mouse.click(shown["x"] + 0.25 * shown["width"], shown["y"] + 0.1 * shown["height"])
    page.wait_for_url("**neuron_point_x1=-0.5*")
    settled(page)
    assert "neuron_point_x2=0.8" in page.url
    told = page.locator(".drawing svg").first.get_attribute("aria-label")
    assert "−0.5" in told
