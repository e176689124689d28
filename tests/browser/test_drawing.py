"""Drawings in the browser: texts and places are those that were sent; playing them asks nobody."""

from pathlib import Path

import pytest

from tests.browser import drawing_app
from tests.browser.conftest import settled
from tests.browser.test_stage import complaints, look

# The picture, found in its shadow root.
PICTURE = """() => {
  const hosts = [...document.querySelectorAll('*')].filter((e) => e.shadowRoot);
  const pictures = hosts.map((e) => e.shadowRoot.querySelector('.drawing .picture > svg'));
  window.drawn = pictures.find(Boolean)?.__drawing;
  return Boolean(window.drawn?.seen);
}"""
# Where a mark stands, in the drawing's own numbers.
MARKS = """() => {
  const { x: [x0, x1], y: [y0, y1] } = window.drawn.spec;
  const [left, top] = window.drawn.seen.at(x0, y1);
  const [right, bottom] = window.drawn.seen.at(x1, y0);
  return window.drawn.shapes.filter((s) => s.spec.kind === 'mark').map(({ node }) => {
    const [x, y] = node.getAttribute('transform').match(/[-\\d.]+/g).map(Number);
    const [across, down] = [(x - left) / (right - left), (y - top) / (bottom - top)];
    return [x0 + across * (x1 - x0), y1 - down * (y1 - y0), node.textContent];
  });
}"""
FIELD = """() => {
  const { node, now: { x0, x1 } } = window.drawn.shapes.find((s) => s.spec.kind === 'field');
  const { width, height, style } = node.__canvas;
  const pixels = node.__canvas.getContext('2d').getImageData(0, 0, width, height).data;
  const [left, right] = [x0, x1].map((x) => window.drawn.seen.at(x, 0)[0]);
  const places = node.lastChild.getAttribute('d').match(/[-\\d.]+/g) ?? [];
  const across = places.filter((_, i) => i % 2 === 0).map((x) => (x - left) / (right - left));
  const at = [parseFloat(style.left) - left, parseFloat(style.width) - (right - left)];
  return { pixels: [...pixels], border: across, at };
}"""
TEXTS = """() => window.drawn.shapes.filter((s) => s.spec.kind === 'text' && s.node.checkVisibility())
  .map(({ node }) => node.textContent)"""


def stands(page):
    """Wait until a drawing is on the screen."""
    page.wait_for_function(PICTURE, timeout=30_000)
    return page


@pytest.fixture
def page(open_page, serve):
    return stands(open_page("/", base=serve(Path(drawing_app.__file__))))


def route(page) -> list[float]:
    return [round(x, 1) for x, _, _ in page.evaluate(MARKS)]


def test_what_is_seen_is_what_was_sent(page):
    [[x, y, label]] = page.evaluate(MARKS)
    assert (round(x, 1), round(y, 1), label) == (1.0, 3.0, "one")
    assert page.evaluate(TEXTS) == ["red input", drawing_app.HOSTILE]
    assert page.evaluate("window.drawn.root.querySelectorAll('img').length") == 0
    assert page.get_by_role("img", name="Everything that can be drawn.").count() == 1


def test_a_field_is_painted_in_its_shades_and_its_border_is_where_it_is_one_half(page):
    first = page.evaluate(FIELD)
    assert first["border"] == pytest.approx([0.5] * len(first["border"]), abs=0.001)
    assert len(first["border"]) >= 4
    assert first["at"] == pytest.approx([0, 0], abs=0.01)
    shades = page.evaluate("window.drawn.scales.sequential.rgb")
    for probability in (0.25, 1):
        page.get_by_role("button", name="Step").click()
        seen = page.evaluate(FIELD)
        assert seen["border"] == []
        pixels = {tuple(seen["pixels"][i : i + 4]) for i in range(0, len(seen["pixels"]), 4)}
        assert pixels == {(*shades[round(255 * probability)], 255)}


def test_a_field_tells_what_it_holds_at_the_place_that_is_pointed_at(page):
    face = page.locator(".picture svg rect[fill=transparent]")
    box = face.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 4, box["y"] + box["height"] / 2)
    assert page.locator(".told").inner_text() == "(0.25, 0.50) p = 0.250"
    page.get_by_role("slider", name="Position").press("End")
    assert page.locator(".told").inner_text() == "(0.25, 0.50) p > 0.999"
    page.mouse.move(0, 0)
    assert not page.locator(".told").is_visible()


def test_it_plays_back_and_forth_without_the_server(open_page, serve):
    page = open_page("/", base=serve(Path(drawing_app.__file__)))
    sent = []
    page.on("websocket", lambda socket: socket.on("framesent", lambda frame: sent.append(frame)))
    page.reload()
    settled(page)
    stands(page)
    page.wait_for_timeout(500)
    assert sent  # the socket is heard
    sent.clear()
    assert route(page) == [1.0]  # nothing plays by itself
    page.get_by_role("button", name="Step").click()
    assert route(page) == [4.0]
    assert page.evaluate(TEXTS) == ["red input"]
    page.get_by_role("button", name="Back").click()
    assert route(page) == [1.0]
    page.get_by_role("slider", name="Position").press("End")
    assert route(page) == [9.0]
    page.get_by_role("button", name="Play").press("Enter")
    page.wait_for_function("window.drawn.player.passed && !window.drawn.player.playing", timeout=20_000)
    assert route(page) == [9.0]
    assert sent == []


def test_pointing_and_keys_tell_what_a_mark_is(page):
    told = page.locator(".told")
    page.locator(".picture svg g", has_text="one").hover()
    assert told.inner_text() == "m"
    page.locator(".picture > svg").focus()
    page.keyboard.press("ArrowLeft")
    assert told.inner_text() == "a box"
    page.keyboard.press("Escape")
    assert not told.is_visible()


def test_a_click_and_a_key_report_what_was_picked(page):
    page.locator(".picture svg g", has_text="one").click()
    page.get_by_text("picked: m").wait_for()
    stands(page)
    page.locator(".picture > svg").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    page.get_by_text("picked: box").wait_for()


def test_the_colours_follow_the_theme_without_a_rerun(open_page):
    page = stands(open_page("/neuron?scene=it-learns", color_scheme="light"))
    ink = "getComputedStyle(window.drawn.root.querySelector('tspan')).fill"
    paper = "window.drawn.root.querySelector('canvas').getContext('2d').getImageData(0, 0, 1, 1).data.join()"
    sent = []
    light, map_light = page.evaluate(ink), page.evaluate(paper)
    page.on("websocket", lambda socket: socket.on("framesent", lambda frame: sent.append(frame)))
    page.emulate_media(color_scheme="dark")
    page.wait_for_function(f"{ink} !== '{light}' && {paper} !== '{map_light}'", timeout=20_000)
    assert sent == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_last_row_can_read_a_long_name(open_page, scheme):
    address = "/mlp?scene=data-set&mlp_name=MAKSYMILIANNA"
    page = stands(open_page(address, color_scheme=scheme))
    assert complaints(address, look(page)) == []
