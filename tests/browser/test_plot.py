"""Plotly figures in the browser: a zoom and a hidden curve stay while controls move, by mouse and by key."""

import struct
from pathlib import Path

import numpy as np
import pytest

from explainer import checkpoints
from explainer.components.plot import ADDRESS
from explainer.ui.scenes import training
from tests.browser.conftest import ROOT, running, settled

pytestmark = pytest.mark.long

SWEEP = "/training?scene=sweep"
# The charts of the page, found in their shadow roots.
CHARTS = """() => {
  const hosts = [...document.querySelectorAll('*')].filter((e) => e.shadowRoot);
  window.charts = hosts.map((e) => e.shadowRoot.querySelector('.chart')).filter(Boolean);
  return window.charts.length > 0 && window.charts.every((chart) => chart._fullLayout && chart.__plot.heard);
}"""
RANGE = "() => [...window.charts[0]._fullLayout.xaxis.range, ...window.charts[0]._fullLayout.yaxis.range]"
HIDDEN = "() => window.charts[0]._fullData.filter((t) => t.visible === 'legendonly').map((t) => t.name)"
# Where a number of a horizontal axis lies, in pixels of the window.
PLACE = """([axis, value]) => {
  const { left } = window.charts[0].getBoundingClientRect();
  const { _offset, c2p } = window.charts[0]._fullLayout[axis];
  return left + _offset + c2p(value);
}"""


def stands(page):
    """Wait until the charts of a scene are on the screen."""
    page.wait_for_function(CHARTS, timeout=30_000)
    return page


@pytest.fixture
def sweep(open_page):
    return stands(open_page(SWEEP, color_scheme="light"))


def boys(page) -> None:
    """Move the scene's control; the figure becomes another one."""
    before = page.evaluate("() => window.charts[0]._fullData[0].y[0]")
    page.get_by_role("radio", name="boys").click()
    page.wait_for_function(f"window.charts[0]._fullData[0].y[0] !== {before}")
    settled(page)


def test_a_zoom_and_a_hidden_curve_by_mouse_survive_a_control(sweep):
    box = sweep.locator(".chart .nsewdrag").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    whole = sweep.evaluate(RANGE)
    sweep.mouse.move(x, y)
    sweep.mouse.down()
    sweep.mouse.move(x + 300, y + 150, steps=4)
    sweep.mouse.up()
    sweep.wait_for_function(f"() => ({RANGE})()[0] > {whole[0]}")
    zoomed = sweep.evaluate(RANGE)
    sweep.get_by_role("button", name="loss of one batch").click()
    assert sweep.evaluate(HIDDEN) == ["loss of one batch"]
    boys(sweep)
    assert sweep.evaluate(RANGE) == pytest.approx(zoomed)
    assert sweep.evaluate(HIDDEN) == ["loss of one batch"]
    sweep.set_viewport_size({"width": 1280, "height": 720})
    sweep.wait_for_function("() => window.charts[0]._fullLayout.width < 1280")
    sweep.get_by_role("radio", name="girls").click()
    settled(sweep)
    assert sweep.evaluate(RANGE) == pytest.approx(zoomed)
    sweep.locator(".chart").hover()
    sweep.get_by_role("button", name="Show everything").click()
    assert sweep.evaluate(RANGE)[:2] == pytest.approx(whole[:2])


def test_a_zoom_and_a_hidden_curve_by_key_survive_a_control(sweep):
    whole = sweep.evaluate(RANGE)
    sweep.get_by_role("button", name="loss of one batch").press("Enter")
    sweep.locator(".pointed").focus()
    sweep.keyboard.press("ArrowRight")
    sweep.keyboard.press("+")
    zoomed = sweep.evaluate(RANGE)
    assert zoomed[1] - zoomed[0] == pytest.approx((whole[1] - whole[0]) / 2)
    boys(sweep)
    assert sweep.evaluate(RANGE) == pytest.approx(zoomed)
    assert sweep.evaluate(HIDDEN) == ["loss of one batch"]
    sweep.locator(".pointed").focus()
    sweep.keyboard.press("0")
    assert sweep.evaluate(RANGE)[:2] == pytest.approx(whole[:2])


def test_the_picture_is_saved_by_mouse_and_by_key(sweep):
    for save in (lambda button: button.click(), lambda button: button.press("Enter")):
        sweep.locator(".chart").hover()
        with sweep.expect_download() as download:
            save(sweep.get_by_role("button", name="Save as PNG"))
        assert download.value.suggested_filename == "training_sweep.png"
        head = Path(download.value.path()).read_bytes()[:24]
        width, height = struct.unpack(">II", head[16:])
        place = sweep.locator(".place").bounding_box()
        assert head.startswith(b"\x89PNG")
        assert (width, height) == (2 * round(place["width"]), 2 * round(place["height"]))


def test_a_saved_picture_carries_the_type_of_the_page_and_the_whole_legend(sweep):
    drawn = """async () => {
      const make = URL.createObjectURL;
      const blob = new Promise((done) => { URL.createObjectURL = (b) => { done(b); return make(b); }; });
      window.charts[0].__plot.save();
      return (await blob).text();
    }"""
    svg = sweep.evaluate(drawn)
    assert "@font-face" in svg
    assert "data:font/woff2;base64," in svg
    assert svg.index("@font-face") < svg.index("mean of its neighbours")
    assert sweep.evaluate("() => window.charts[0].querySelectorAll('.legend').length") == 0


def test_pointing_over_curves_tells_the_recorded_numbers_there(open_page):
    page = stands(open_page("/training?scene=two-recipes"))
    history = checkpoints.history("girls-mlp")
    i = len(history["step"]) // 2
    step, train, dev = history["step"][i], history["train_loss"][i], history["dev_loss"][i]
    box = page.locator(".chart").bounding_box()
    page.mouse.move(page.evaluate(PLACE, ["xaxis2", int(step)]), box["y"] + box["height"] / 2)
    told = page.locator(".hoverlayer")
    told.get_by_text(f"step {step:,}").wait_for()
    assert told.locator(".legendtext").all_text_contents() == [f"train : {train:.6g}", f"dev : {dev:.6g}"]


def test_arrow_keys_lead_from_point_to_point_and_say_what_is_there(sweep):
    sweep.locator(".pointed").focus()
    sweep.keyboard.press("ArrowRight")
    said = sweep.locator(".place [role=status]")
    said.get_by_text("learning rate 0.001, ").wait_for(state="attached")
    first = said.text_content()
    assert "loss of one batch : " in first
    assert "mean of its neighbours : " in first
    sweep.keyboard.press("End")
    said.get_by_text("learning rate 1, ").wait_for(state="attached")
    sweep.keyboard.press("ArrowRight")  # there is no further one
    sweep.keyboard.press("Escape")
    assert sweep.locator(".pointed").get_attribute("aria-label").startswith("The loss over the learning rate")
    assert "scene=sweep" in sweep.url


def test_the_colours_follow_the_theme_without_a_rerun(sweep):
    line = "getComputedStyle(window.charts[0].querySelector('.js-line')).stroke"
    light, sent = sweep.evaluate(line), []
    sweep.on("websocket", lambda socket: socket.on("framesent", lambda frame: sent.append(frame)))
    sweep.emulate_media(color_scheme="dark")
    sweep.wait_for_function(f"{line} !== '{light}'", timeout=20_000)
    assert sent == []


def test_a_finger_scrolls_over_a_chart_and_a_phone_has_no_mode_bar(open_page):
    page = stands(open_page("/training?scene=two-recipes", 390, 844, has_touch=True, is_mobile=True))
    top = "() => document.querySelector('[data-testid=stMain]').scrollTop"
    box = page.locator(".chart").bounding_box()
    finger = page.context.new_cdp_session(page)
    for step in range(12):
        kind, y = "touchMove" if step else "touchStart", box["y"] + box["height"] / 2 - 20 * step
        finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": 195, "y": y}]})
    finger.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    page.wait_for_function(f"() => ({top})() > 100")
    assert page.locator(".modebar").count() == 0
    assert page.evaluate(RANGE)[0] == 0  # nothing was zoomed


def test_a_swipe_over_a_chart_turns_the_scene(open_page):
    page = stands(open_page("/training?scene=two-recipes", 390, 844, has_touch=True, is_mobile=True))
    box = page.locator(".chart").bounding_box()
    finger, y = page.context.new_cdp_session(page), box["y"] + box["height"] / 2
    for kind, x in (("touchStart", 300), ("touchMove", 200), ("touchMove", 80)):
        finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y}]})
    finger.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    page.wait_for_function("() => !location.search.includes('two-recipes')")


def test_a_chart_that_has_gone_before_its_library_came_fails_nowhere(chromium):
    page, faults, held = chromium.new_page(), [], []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.route("**/plotly-*", lambda route: held.append(route))
    with running(ROOT / "explainer" / "app.py") as base:
        page.goto(f"{base}/training?scene=sweep")
        settled(page)
        page.wait_for_function("window.__deck")
        page.locator("nav[aria-label='Scenes of this chapter'] button").nth(0).click()
        page.wait_for_function("document.querySelector('h1')?.innerText === 'Train it live'")
        settled(page)
        assert held
        for route in held:
            route.continue_()
        page.wait_for_function(CHARTS)
    page.close()
    assert faults == []


def test_the_library_comes_ahead_and_lies_below_the_apps_own_address(chromium):
    with running(ROOT / "explainer" / "app.py", STREAMLIT_SERVER_BASE_URL_PATH="base/path") as base:
        page = chromium.new_page(viewport={"width": 1280, "height": 720})
        asked = []
        page.on("response", lambda answer: asked.append((answer.url, answer.status)))
        page.goto(f"{base}/")
        settled(page)
        page.wait_for_function(f"() => document.querySelector('link[href$=\"{ADDRESS}\"]')")
        page.goto(f"{base}{SWEEP}")
        settled(page)
        stands(page)
        assert {answer for answer in asked if ADDRESS in answer[0]} == {(f"{base}/{ADDRESS}", 200)}
        page.close()


LETTERS = "/training?scene=letters-move"
# Where every letter stands in the window, and how large its mark is with its outline.
MARKS = """() => {
  const { data, _fullLayout: { xaxis, yaxis } } = window.charts[0];
  return data.filter((trace) => trace.text).flatMap(({ x, y, text, marker }) => text.map((name, i) => (
    [name, xaxis.c2p(x[i]), yaxis.c2p(y[i]), marker.size + marker.line.width])));
}"""


def covered(page) -> list[tuple[str, str]]:
    """Return the pairs of letters whose marks overlap."""
    marks = page.evaluate(MARKS)
    assert len(marks) == 34
    return [
        (a, b)
        for i, (a, x, y, size) in enumerate(marks)
        for b, right, down, _ in marks[i + 1 :]
        if max(abs(right - x), abs(down - y)) < size - 1
    ]


@pytest.mark.parametrize(("width", "height"), [(1920, 1080), (1280, 720), (390, 844)])
def test_no_letter_is_covered_at_any_step(open_page, width, height):
    page = stands(open_page(LETTERS, width, height))
    assert covered(page) == []
    scrubber = page.get_by_role("slider", name="Position")
    for position in (0, 20, 60):
        scrubber.fill(str(position))
        page.wait_for_function("() => !window.charts[0].__plot.turning")
        assert covered(page) == []


def test_a_letter_tells_its_place_and_its_neighbours_and_plays_without_the_server(open_page):
    page = stands(open_page(LETTERS))
    found = training._shipped_letters("girls")
    sent = []
    page.on("websocket", lambda socket: socket.on("framesent", lambda frame: sent.append(frame)))
    page.get_by_role("button", name="Back").click()
    page.wait_for_function("() => !window.charts[0].__plot.turning")
    places = found.paths.places[-2]
    i = found.labels.index("A")
    name, x, y, _ = next(mark for mark in page.evaluate(MARKS) if mark[0] == "A")
    area = page.locator(".chart .nsewdrag").bounding_box()
    page.mouse.move(area["x"] + x, area["y"] + y)
    told = page.locator(".hoverlayer")
    told.get_by_text("nearest").wait_for()
    far = np.linalg.norm(places - places[i], axis=1)
    near = [f"{found.labels[j]} {far[j]:.2f}" for j in np.argsort(far)[1:4]]
    place = ", ".join(f"{value:.2f}" for value in places[i]).replace("-", "−")
    assert told.locator("tspan.line").all_text_contents() == [
        f"{name} ({place})", f"nearest: {' · '.join(near)}"
    ]  # fmt: skip
    assert sent == []


def test_kinds_of_letters_can_be_hidden_while_the_film_stays_where_it_is(open_page):
    page = stands(open_page(LETTERS))
    page.get_by_role("slider", name="Position").fill("40")
    page.get_by_role("button", name="consonant", exact=True).click()
    page.get_by_role("radio", name="boys").click()
    settled(page)
    assert page.evaluate(HIDDEN) == ["consonant"]
    assert page.evaluate("() => window.charts[0].__plot.player.position") == 40


def test_a_click_on_a_loss_or_enter_leads_to_the_tables_of_its_step(open_page):
    page = stands(open_page("/bigram?scene=counting-is-learning&bigram_view=losses"))
    area = page.locator(".st-key-bigram_losses .nsewdrag").bounding_box()
    page.mouse.move(area["x"] + 0.5 * area["width"], area["y"] + 0.5 * area["height"])
    page.mouse.down()
    page.mouse.up()
    page.get_by_text("After 150 steps, ").wait_for()  # of 300
    page.get_by_text("losses", exact=True).click()
    stands(page)
    page.locator(".st-key-bigram_losses .pointed").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    page.get_by_text("Before the first step, ").wait_for()
