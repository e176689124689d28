"""Balls roll in the browser: no server call, the trace's numbers, a start exactly where one clicked."""

import re

import numpy as np
import pytest

from explainer.traces import gradient_descent as trace
from tests.browser.conftest import settled

# The landscape of the page, which tells what it has drawn.
FIND = """() => {
  const roots = [document];
  while (roots.length) {
    for (const node of roots.pop().querySelectorAll('*')) {
      if (node.__landscape) return node.__landscape;
      if (node.shadowRoot) roots.push(node.shadowRoot);
    }
  }
  return null;
}"""

# A part of it, by its selector.
PART = """selector => {
  const nodes = [...document.querySelectorAll('.st-key-stage *')];
  return nodes.map(node => node.shadowRoot?.querySelector(selector)).find(Boolean);
}"""


def drawn(page) -> dict:
    """Return where the landscape stands and the numbers it draws."""
    return page.evaluate(f"""() => {{
      const {{ position, last, playing, heights, ways }} = ({FIND})();
      return {{ position, last, playing, heights, ways }};
    }}""")


def camera(page) -> list[float]:
    return page.evaluate(f"() => ({FIND})().camera")


def wait(page, what: str, arg=None) -> None:
    """Wait until something is true of the landscape, such as ``one.position > 3``."""
    page.wait_for_function(f"given => {{ const one = ({FIND})(); return one && ({what}); }}", arg=arg)


def opened(open_page, path: str, **options):
    """Open an address and wait until its landscape stands."""
    page = open_page(path, **options)
    wait(page, "one.last > 0")
    return page


def button(page, name: str):
    return page.locator(".st-key-stage").get_by_role("button", name=name)


def hear(page) -> list:
    """Load the page anew and return the list of what it sends to the server from now on."""
    sent = []
    page.on("websocket", lambda socket: socket.on("framesent", lambda frame: sent.append(frame)))
    page.reload()
    settled(page)
    wait(page, "one.last > 0")
    page.wait_for_timeout(700)
    assert sent  # the socket is heard
    sent.clear()
    return sent


@pytest.mark.parametrize("scene", ["race", "learning-rate"])
def test_rolling_asks_the_server_nothing(open_page, scene):
    page = opened(open_page, f"/gradient-descent?scene={scene}", width=900, height=700)
    sent = hear(page)
    page.get_by_role("slider", name="Position").fill("0")
    wait(page, "one.position === 0")
    button(page, "Step").click()
    button(page, "Step").click()
    wait(page, "one.position === 2")
    button(page, "Back").click()
    wait(page, "one.position === 1")
    button(page, "Play").click()
    wait(page, "one.position > 3")
    button(page, "Pause").click()
    stopped = drawn(page)["position"]
    page.wait_for_timeout(500)
    assert 3 < drawn(page)["position"] == stopped < drawn(page)["last"]
    if scene == "race":
        before = camera(page)
        page.get_by_label("The surface in three dimensions").press("ArrowLeft")
        wait(page, "one.camera[0] !== given", before[0])
    assert sent == []


def test_nothing_moves_by_itself_and_less_with_reduced_motion(open_page):
    page = opened(
        open_page, "/gradient-descent?scene=downhill", width=900, height=700, reduced_motion="reduce"
    )
    page.get_by_role("slider", name="Position").fill("0")
    page.wait_for_timeout(500)
    assert (drawn(page)["position"], drawn(page)["playing"]) == (0, False)
    page.get_by_role("slider", name="Speed").fill("3")  # a thousand a second
    first = page.evaluate(f"""async () => {{
      const one = ({FIND})(), began = performance.now();
      ({PART})('button.primary').click();
      while (one.position === 0) await new Promise(requestAnimationFrame);
      return performance.now() - began;
    }}""")
    assert first > 240  # four pictures a second at most


def test_a_link_restores_the_race_and_draws_the_traces_numbers(open_page):
    address = "/gradient-descent?scene=race&gd_race_surface=Ravine&gd_rates=too+big&gd_ravine_x1=1.5"
    page = opened(open_page, address, width=900, height=700)
    landscape = trace.SURFACES["ravine"]
    rates = {name: one.rates["ravine"].too_big for name, one in trace.OPTIMIZERS.items()}
    ways, seen = trace.race(landscape, (1.5, 1.5), rates), drawn(page)
    np.testing.assert_allclose(seen["heights"], trace.surface(landscape).z.ravel(), rtol=1e-6, atol=1e-6)
    for one, way in zip(seen["ways"], ways, strict=True):
        assert one["name"] == trace.OPTIMIZERS[way.optimizer].title
        np.testing.assert_allclose(one["points"], way.points.ravel(), rtol=1e-6, atol=1e-6)
        np.testing.assert_allclose(one["losses"], way.values, rtol=1e-6, atol=1e-6)
        np.testing.assert_allclose(one["gradients"], way.gradients.ravel(), rtol=1e-6, atol=1e-6)
    assert "Adam gone at step 1" in page.locator(".narrator").inner_text()
    assert "left after" in page.locator(".st-key-stage table").inner_text()


def test_the_numbers_of_a_step_stand_beside_it(open_page):
    page = opened(open_page, "/gradient-descent?scene=downhill", width=1920, height=1080)
    way = trace.descend(trace.SURFACES["bowl"])
    page.get_by_role("slider", name="Position").fill("4")
    wait(page, "one.position === 4")
    said = page.locator(".st-key-stage table").inner_text().replace("−", "-").split()
    for value in (*way.points[4], way.values[4], *way.gradients[4]):
        assert f"{value:.3f}" in said
    worked = page.locator(".st-key-stage .formulas").inner_text().replace("−", "-")
    assert f"≈ {way.points[5][0]:.3f}" in worked


@pytest.mark.parametrize(
    "options",
    [{"width": 1920, "height": 1080}, {"width": 390, "height": 844, "has_touch": True, "is_mobile": True}],
    ids=["mouse", "touch"],
)
def test_the_race_starts_exactly_where_one_clicked_or_tapped(open_page, options):
    page = opened(open_page, "/gradient-descent?scene=race", **options)
    act = page.touchscreen.tap if "has_touch" in options else page.mouse.click
    for place in ((1.5, -2.0), (-2.0, -1.5), (0.4, 2.6)):
        page.get_by_label("The contour").evaluate("node => node.scrollIntoView({block: 'center'})")
        act(*page.evaluate(f"place => ({FIND})().place(place)", place))
        near = "one.ways[0].points.slice(0, 2).every((x, i) => Math.abs(x - given[i]) < 0.025)"
        wait(page, near, place)
        start = drawn(page)["ways"][0]["points"][:2]
        page.wait_for_function("x => location.search.includes(`gd_ravine_x1=${x}`)", arg=round(start[0], 2))
    ways = trace.race(trace.SURFACES["ravine"], np.round(start, 2))
    np.testing.assert_allclose(drawn(page)["ways"][2]["points"], ways[2].points.ravel(), atol=1e-5)


@pytest.mark.parametrize("scene", ["downhill", "learning-rate"])
def test_a_click_on_the_losses_leads_to_that_step(open_page, scene):
    page = opened(open_page, f"/gradient-descent?scene={scene}")
    canvas = page.locator(".losses canvas")
    box = canvas.bounding_box()
    canvas.click(position={"x": box["width"] - 3, "y": box["height"] / 2})
    wait(page, "one.position === one.last")
    canvas.click(position={"x": 2, "y": box["height"] / 2})
    wait(page, "one.position === 0")


def test_a_start_is_picked_by_keys(open_page):
    page = opened(open_page, "/gradient-descent?scene=race", width=900, height=700)
    contour = page.get_by_label("The contour")
    for key in ("ArrowRight", "ArrowRight", "ArrowDown", "Enter"):
        contour.press(key)
    wait(page, "Math.abs(one.ways[0].points[0] + 2.5) < 1e-4 && Math.abs(one.ways[0].points[1] - 1.4) < 1e-4")


def test_a_turned_camera_stays_while_playing_and_when_a_control_moves(open_page):
    page = opened(open_page, "/gradient-descent?scene=downhill", width=900, height=700)
    before = camera(page)
    box = page.get_by_label("The surface in three dimensions").bounding_box()
    page.mouse.move(box["x"] + 60, box["y"] + 60)
    page.mouse.down()
    page.mouse.move(box["x"] + 160, box["y"] + 80, steps=4)
    page.mouse.up()
    turned = camera(page)
    assert turned != before
    page.get_by_role("radio", name="too small").click()
    page.wait_for_function("() => location.search.includes('too')")
    settled(page)
    wait(page, "one.ways[0].losses.at(-1) > 0.5")
    button(page, "Play").click()
    wait(page, "one.position > 0")
    assert camera(page) == turned


def test_a_finger_turns_the_surface_and_beside_it_scrolls_the_page(open_page):
    options = {"width": 390, "height": 844, "has_touch": True, "is_mobile": True}
    page = opened(open_page, "/gradient-descent?scene=downhill", **options)
    touch = page.context.new_cdp_session(page)

    def swipe(x: float, y: float, by: tuple[int, int]) -> None:
        touch.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": x, "y": y}]})
        for part in range(1, 9):
            place = {"x": x + by[0] * part / 8, "y": y + by[1] * part / 8}
            touch.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [place]})
        touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
        page.wait_for_timeout(300)

    def scrolled() -> float:
        return page.evaluate("document.querySelector('[data-testid=stMain]').scrollTop")

    before = camera(page)
    box = page.get_by_label("The surface in three dimensions").bounding_box()
    swipe(box["x"] + 200, box["y"] + 150, (-90, -60))
    assert (camera(page) != before, scrolled()) == (True, 0)
    swipe(200, 60, (0, -50))  # on the title
    turned = camera(page)
    assert scrolled() > 0
    assert camera(page) == turned
    assert page.evaluate("document.documentElement.scrollWidth") == 390


def test_light_and_dark_need_no_rerun(open_page):
    page = opened(open_page, "/gradient-descent?scene=downhill", width=900, height=700, color_scheme="light")
    sent = hear(page)
    corner = f"""() => {{
      const one = ({PART})('.contour canvas');
      return [...one.getContext('2d').getImageData(one.width * 0.6, one.height * 0.45, 1, 1).data];
    }}"""
    light = page.evaluate(corner)
    page.emulate_media(color_scheme="dark")
    page.wait_for_function(f"light => ({corner})()[0] < light - 60", arg=light[0])
    assert sent == []


def test_a_graph_is_stepped_and_its_boxes_open_receipts(open_page):
    page = open_page("/gradient-descent?scene=backpropagation")
    picture = page.locator(".st-key-stage svg[role=img]")
    picture.wait_for()
    for _ in range(2):  # it opens with all numbers known: the loss by itself, the first way back
        button(page, "Step ›").click()
    assert "back 1 of 11: d gets" in picture.get_attribute("aria-label")
    said = picture.locator("text", has_text="from above").text_content()
    gradient, slope, product = (float(one) for one in re.findall(r"[-\d.]+", said.replace("−", "-")))
    assert product == pytest.approx(gradient * slope, abs=2e-3)
    page.get_by_role("slider", name="w₁").press("ArrowRight")  # numbers change, the step stays
    page.wait_for_function(f"told => !({PART})('svg[role=img]').textContent.includes(told)", arg=said)
    assert "back 1 of 11: d gets" in picture.get_attribute("aria-label")
    picture.locator("rect.pickable").nth(1).click()
    page.get_by_role("dialog").get_by_text("how fast does the loss L change with").wait_for()


def test_what_rounds_to_zero_has_no_sign(open_page):
    page = open_page("/gradient-descent?scene=one-step&gd_stage=update&gd_optimizer=Adam", 1920, 1080)
    settled(page)
    drawn = {m["name"]: m for m in page.evaluate(f"({PART})('canvas').__grid.matrices")}
    pairs = list(zip(drawn["W2"]["values"], drawn["W2"]["texts"], strict=True))
    assert "0.000" in [text for value, text in pairs if value < 0]
    assert "−0.000" not in [text for _, text in pairs]
