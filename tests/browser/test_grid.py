"""The grid in a real Chromium: what is drawn is what Python sent, and playing never asks the server."""

import re
from pathlib import Path

import numpy as np
import pytest

from explainer.traces.matrix_multiplication import multiply
from tests.browser import grid_app
from tests.browser.conftest import settled

APP = Path(__file__).with_name("grid_app.py")
SIXTEEN = 16.0  # ms in which 34 × 34 cells must be drawn
# Streamlit puts every component into a shadow root of its own.
FIND = """() => {
  const roots = [...document.querySelectorAll('*')].map((e) => e.shadowRoot).filter(Boolean);
  window.root = roots.find((root) => root.querySelector('canvas.cells'));
  window.canvas = window.root?.querySelector('canvas.cells');
  window.grid = window.canvas?.__grid;
  return Boolean(window.grid);
}"""
# Pictures a second, over 2.5 seconds.
RATE = """() => new Promise((done) => {
  const begin = performance.now();
  let pictures = 0;
  const tick = (now) => {
    if (now - begin > 2500) return done((1000 * pictures) / (now - begin));
    pictures += 1;
    return requestAnimationFrame(tick);
  };
  requestAnimationFrame(tick);
})"""


class Shown:
    """A page with one grid."""

    def __init__(self, page):
        self.page = page
        self.sent = []
        self.canvas = page.locator("canvas.cells")
        self.readout = page.get_by_role("status")

    def look(self, name):
        """Return what the grid says of itself: matrices, lit, frame, playing."""
        return self.page.evaluate(f"window.grid.{name}")

    def values(self, matrix=0):
        drawn = self.look("matrices")[matrix]
        return np.array(drawn["values"], dtype=np.float64).reshape(drawn["rows"], drawn["cols"])

    def texts(self, matrix=0):
        return self.look("matrices")[matrix]["texts"]

    def at(self, matrix, row, col):
        """Return where a cell is on the canvas, for hover and click."""
        m = self.look("matrices")[matrix]
        return {"x": m["x"] + (col + 0.5) * m["cw"], "y": m["y"] + (row + 0.5) * m["ch"]}

    def hover(self, matrix, row, col):
        self.canvas.hover(position=self.at(matrix, row, col))
        self.rest()

    def click(self, matrix, row, col):
        self.canvas.click(position=self.at(matrix, row, col))
        self.rest()

    def button(self, name):
        return self.page.get_by_role("button", name=name)

    def scrub(self, position):
        self.page.get_by_role("slider", name="Position").evaluate(
            "(e, v) => { e.value = v; e.dispatchEvent(new Event('input', {bubbles: true})); }", position
        )

    def restart(self):
        """Go back to the first frame, with nothing locked, pointed at or focused."""
        self.page.mouse.move(0, 0)
        self.canvas.press("Escape")
        self.canvas.evaluate("canvas => canvas.blur()")
        if self.look("last"):
            self.scrub(0)
        self.rest()

    def rest(self):
        """Wait until the next picture is drawn."""
        self.page.evaluate("new Promise((r) => requestAnimationFrame(() => requestAnimationFrame(r)))")

    def lit(self, kind):
        return [
            (light["matrix"], *light["rows"], *light["cols"])
            for light in self.look("lit")
            if light["kind"] == kind
        ]


@pytest.fixture(scope="module")
def windows(chromium, serve):
    """A function that opens one of the grids of grid_app in a window of its own."""
    base = serve(APP)
    contexts = []

    def visit(name, width=1920, height=1080, **options):
        context = chromium.new_context(viewport={"width": width, "height": height}, **options)
        contexts.append(context)
        page = context.new_page()
        shown = Shown(page)
        page.on("websocket", lambda ws: ws.on("framesent", lambda frame: shown.sent.append(frame)))
        page.goto(f"{base}/?show={name}")
        settled(page)
        page.wait_for_function(FIND)
        shown.rest()
        return shown

    yield visit
    for context in contexts:
        context.close()


@pytest.fixture(scope="module")
def shared():
    """The windows that several tests look at, by the grid they show."""
    return {}


@pytest.fixture
def show(windows, shared):
    """A function that shows a grid as it is at the start; windows with options of their own are fresh."""

    def visit(name, **options):
        if options:
            return windows(name, **options)
        if name not in shared:
            shared[name] = windows(name)
        shared[name].restart()
        return shared[name]

    return visit


def number(text):
    return float(text.replace("−", "-").replace(",", ""))


# --- what is drawn is what was sent -------------------------------------------------------------------


def test_hover_shows_the_products_that_torch_computed(show):
    grid = show("product")
    left, right = grid_app.activations()
    product = multiply(left, right)
    np.testing.assert_array_equal(grid.values(0), left)
    np.testing.assert_array_equal(grid.values(1), right)
    np.testing.assert_array_equal(grid.values(2), product.result)
    for i, j in [(0, 0), (2, 3)]:
        grid.hover(2, i, j)
        assert {(0, i, i, 0, 11), (1, 0, 11, j, j)} == set(grid.lit("soft"))
        assert grid.lit("cell") == [(2, i, i, j, j)]
        lines = grid.page.locator(".line").all_inner_texts()
        shown = np.array([[number(p) for p in re.split(r"[\s×=≈]+", line)] for line in lines])
        wanted = np.stack([left[i], right[:, j], product.products[i, j]], 1)
        np.testing.assert_allclose(shown, wanted, rtol=5.1e-4)
        total = number(grid.page.locator(".total").inner_text().split()[-1])
        assert total == pytest.approx(product.result[i, j], rel=5.1e-4)


def test_the_formula_is_filled_in(show):
    grid = show("walk")
    grid.scrub(24)
    grid.hover(2, 0, 2)
    assert grid.readout.inner_text() == "2·(−2) + (−1)·1 + 0.5·(−1) = −5.5"
    grid.hover(0, 1, 2)
    assert grid.readout.inner_text() == "A, row 2, column 3: 3"
    assert (2, 1, 1, 0, 3) in grid.lit("soft")


def test_cells_are_written_short_and_with_a_true_minus(show):
    grid = show("walk")
    assert grid.texts(1) == ["1", "4", "−2", "0", "3", "0.5", "1", "−1", "0", "2", "−1", "2"]


def test_cells_hold_three_digits_of_what_torch_computed(show):
    grid = show("product")
    for matrix, values in enumerate(grid_app.activations()):
        shown = np.array([number(text) for text in grid.texts(matrix)])
        np.testing.assert_allclose(shown, values.ravel(), rtol=5.1e-3, atol=5.1e-3)


def test_cross_lights_row_and_column(show):
    grid = show("counts")
    grid.scrub(3517)
    letters = grid_app.letters()
    n, a = letters.index("N"), letters.index("A")
    grid.hover(0, n, a)
    assert grid.lit("row") == [(0, n, n, 0, 33)]
    assert grid.lit("column") == [(0, 0, 33, a, a)]
    assert grid.readout.inner_text() == "row N, column A: 820"


def test_the_same_cell_is_lit_in_all(show):
    grid = show("trained")
    grid.hover(1, 4, 9)
    assert grid.lit("cell") == [(m, 4, 4, 9, 9) for m in range(3)]
    assert re.fullmatch(r"row C, column G: W \S+ · P \S+ · counted \S+", grid.readout.inner_text())


def test_a_copy_lights_its_source_and_a_source_all_its_copies(show):
    grid = show("copies")
    grid.hover(1, 0, 1)
    assert sorted(grid.lit("cell")) == [(0, 2, 2, 1, 1), (1, 0, 0, 1, 1)]
    grid.hover(0, 2, 3)
    assert sorted(grid.lit("cell")) == [(0, 2, 2, 3, 3), (1, 0, 0, 3, 3), (1, 2, 2, 3, 3)]
    grid.hover(1, 1, 3)
    assert grid.lit("cell") == [(1, 1, 1, 3, 3)]


def test_the_text_alternative_holds_the_numbers(show):
    grid = show("walk")
    grid.page.wait_for_selector("table", state="attached")
    cells = grid.page.locator("table").nth(1).locator("td").all_text_contents()
    np.testing.assert_array_equal([number(c) for c in cells], grid_app.B.ravel())
    assert grid.canvas.get_attribute("aria-label") == "A times B. Seen now: 0 of 24 multiplications"


# --- lock and keys --------------------------------------------------------------------------------------


def test_click_locks_and_escape_unlocks_without_a_word_to_the_server(show):
    grid = show("product")
    before = len(grid.sent)
    grid.click(2, 1, 1)
    locked = grid.readout.inner_text()
    grid.hover(2, 0, 4)
    assert grid.readout.inner_text() == locked
    grid.page.keyboard.press("Escape")
    grid.rest()
    assert grid.readout.inner_text() != locked
    grid.click(2, 0, 4)
    grid.click(2, 0, 4)
    grid.canvas.hover(position={"x": 2, "y": 2})
    grid.rest()
    assert grid.lit("cell") == []
    assert len(grid.sent) == before


def test_keys_move_lock_and_cross_to_the_next_matrix(show):
    grid = show("product", width=1600)
    grid.page.keyboard.press("Tab")
    while grid.page.evaluate("document.activeElement.shadowRoot?.activeElement?.className") != "cells":
        grid.page.keyboard.press("Tab")
    for key in ["ArrowDown", "ArrowRight", "Enter"]:
        grid.page.keyboard.press(key)
    grid.rest()
    assert grid.lit("cell") == [(0, 1, 1, 1, 1)]
    assert grid.readout.inner_text().startswith("A, row 2, column 2: ")
    grid.page.keyboard.press("Escape")
    for _ in range(11):
        grid.page.keyboard.press("ArrowRight")
    grid.rest()
    assert grid.lit("cell") == [(2, 1, 1, 0, 0)]


@pytest.mark.parametrize("key", ["PageDown", "PageUp"])
def test_the_clicker_keys_pass_through(show, key):
    grid = show("walk")
    grid.canvas.focus()
    grid.page.evaluate(
        "document.addEventListener('keydown', (e) => { window.passed = !e.defaultPrevented; })"
    )
    grid.page.keyboard.press(key)
    assert grid.page.evaluate("window.passed") is True


# --- playing ----------------------------------------------------------------------------------------------


def test_play_is_smooth_and_silent(show):
    grid = show("counts")
    grid.scrub(3000)
    before = len(grid.sent)
    grid.button("Play").click()
    fps = grid.page.evaluate(RATE)
    playing, frame = grid.look("playing"), grid.look("frame")
    grid.button("Pause").click()
    assert playing
    assert frame > 3050
    assert len(grid.sent) == before
    print(f"34 × 34 with numbers plays at {fps:.0f} frames a second")
    assert fps >= 30


@pytest.mark.parametrize("show_name", ["counts", "trained"])
def test_drawing_takes_less_than_a_frame(show, show_name):
    grid = show(show_name)
    if show_name == "counts":
        grid.scrub(3517)
        assert grid.look("matrices[0].font") == 0  # a map: its numbers stand in the lens
        assert grid.look("lenses[0].font") >= 16
    times = grid.page.evaluate("Array.from({ length: 50 }, () => window.grid.redraw())")
    print(f"{show_name}: one full picture {np.median(times):.1f} ms")
    assert np.median(times) <= 2 * SIXTEEN


def test_any_frame_of_the_counts_equals_numpy(show):
    grid = show("counts")
    filled = grid_app.fill_in()
    for frame in [1, 0, 1200, 3517, 37, 38, 3516]:
        grid.scrub(frame)
        wanted = np.zeros((34, 34))
        np.add.at(wanted, tuple(filled.cells[: filled.starts[frame]].T), 1)
        np.testing.assert_array_equal(grid.values(), wanted)
        title = grid.page.locator(".title").inner_text().strip()
        assert title == (filled.titles[frame - 1] if frame else "")
    assert grid.page.locator(".tally .heading").first.inner_text() == "name 3,516 of 3,517"


def test_what_flies_is_gone_after_a_leap(show):
    grid = show("walk")
    grid.button("Next product ›").click()
    assert grid.look("flying") is not None
    grid.scrub(grid.look("last"))
    assert grid.look("flying") is None
    seen = "document => window.root.querySelector('canvas.lights').toDataURL()"
    left = grid.page.evaluate(seen)
    grid.look("redraw()")
    grid.page.wait_for_timeout(100)
    assert grid.page.evaluate(seen) == left


def test_back_undoes_next(show):
    grid = show("counts")
    grid.scrub(37)
    before = grid.values()
    grid.button("One name ›").click()
    assert grid.values().sum() > before.sum()
    grid.button("‹ One name").click()
    np.testing.assert_array_equal(grid.values(), before)


def test_the_ranking_is_that_of_the_counts(show):
    grid = show("counts")
    grid.scrub(3517)
    shown = [tuple(t.split()) for t in grid.page.locator(".bar").all_inner_texts()]
    assert shown == [
        ("A.", "2,387"),
        ("NA", "820"),
        ("AN", "675"),
        ("IA", "473"),
        ("LI", "470"),
        (".A", "457"),
    ]


def test_pair_by_pair(show):
    grid = show("pairs")
    filled = grid_app.fill_in()
    for _ in range(3):
        grid.button("One pair ›").click()
    assert grid.values().sum() == 3
    assert grid.page.locator(".pair").all_inner_texts() == list(filled.titles[0][1:3])
    assert "pair 3 of 5" in grid.page.locator(".tally .heading").first.inner_text()


def test_values_play_together(show):
    grid = show("trained")
    W = grid_app.training()
    grid.scrub(17)
    np.testing.assert_array_equal(grid.values(0), W[17])
    np.testing.assert_allclose(grid.values(1).sum(1), 1, rtol=1e-5)
    assert grid.page.locator(".counter").inner_text() == "step 17"


def test_walk_reveals_a_number_with_its_last_product(show):
    grid = show("walk")
    grid.scrub(11)
    assert grid.texts(2) == ["−1", "8.5", "−5.5", "?", "", "", "", ""]
    assert grid.page.locator(".counter").inner_text() == "11 of 24 multiplications"
    assert grid.page.locator(".line.ahead").count() == 1
    assert grid.readout.inner_text() == "2·0 + (−1)·(−1) + …"
    grid.button("Next product ›").click()
    assert grid.texts(2)[3] == "2"
    assert grid.readout.inner_text() == "2·0 + (−1)·(−1) + 0.5·2 = 2"
    grid.button("‹ Back").click()
    assert grid.texts(2)[3] == "?"


def test_stages_light_hide_and_say(show):
    grid = show("script")
    assert grid.page.locator(".sentence").inner_text() == "First A."
    assert grid.lit("soft") == [(0, 0, 1, 0, 2)]
    grid.button("Next ›").click()
    assert grid.lit("soft") == [(1, 0, 2, 2, 2)]
    assert grid.page.locator(".formula").inner_text() == "A · B"


def test_reduced_motion_plays_in_few_steps(show):
    grid = show("counts", reduced_motion="reduce")
    grid.page.evaluate("""() => {
      window.seen = new Set();
      const look = () => { window.seen.add(window.grid.frame); requestAnimationFrame(look); };
      look();
    }""")
    grid.button("Play").click()
    grid.page.wait_for_timeout(2000)
    assert 2 <= grid.page.evaluate("window.seen.size") <= 10
    assert grid.look("frame") > 30


# --- new data, editing, reports ---------------------------------------------------------------------------


def test_new_numbers_of_the_same_shape_keep_the_place_and_the_lock(show):
    grid = show("walk")
    grid.scrub(13)
    grid.click(2, 0, 1)
    grid.page.get_by_text("change").click()
    grid.page.wait_for_function("window.grid.matrices[0].values[0] === 7")
    grid.rest()
    assert grid.look("frame") == 13
    assert grid.lit("cell") == [(2, 0, 0, 1, 1)]
    assert grid.readout.inner_text().startswith("7·4 + ")


def test_an_edited_number_reaches_python_and_nonsense_is_answered_beside_the_cell(show):
    grid = show("editable")
    written = grid.page.get_by_test_id("stText")
    grid.canvas.dblclick(position=grid.at(0, 0, 0))
    grid.page.keyboard.type("7.25")
    grid.page.keyboard.press("Enter")
    written.get_by_text("text='7.25'").wait_for()
    grid.page.wait_for_function("window.grid.matrices[0].values[0] === 7.25")
    before = grid.values().ravel()[2:]
    grid.page.keyboard.press("ArrowUp")
    grid.page.keyboard.press("ArrowRight")
    grid.page.keyboard.press("Enter")
    grid.page.keyboard.type("abc")
    grid.page.keyboard.press("Tab")
    grid.page.get_by_text("“abc” is not a number").wait_for()
    assert grid.texts()[:2] == ["7.25", "abc"]
    np.testing.assert_array_equal(grid.values().ravel()[2:], before)


def test_a_pasted_block_arrives_whole(show):
    grid = show("editable")
    grid.canvas.dblclick(position=grid.at(0, 6, 6))
    grid.page.evaluate("""() => {
      const clipboardData = new DataTransfer();
      clipboardData.setData('text/plain', '1\\t2\\n3\\t−4\\n');
      const paste = new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true });
      window.root.querySelector('.editor').dispatchEvent(paste);
    }""")
    grid.page.wait_for_function("window.grid.matrices[0].values[63] === -4")
    assert grid.values()[6:, 6:].tolist() == [[1, 2], [3, -4]]


def test_a_lock_is_reported_where_python_asks_for_it(show):
    grid = show("editable")
    grid.click(0, 3, 5)
    written = grid.page.get_by_test_id("stText")
    written.get_by_text("locked Cell(matrix=0, row=3, col=5)").wait_for()
    grid.page.keyboard.press("Escape")
    written.get_by_text("locked None").wait_for()
    assert written.inner_text().count("\nCell(") + written.inner_text().startswith("Cell(") == 1


# --- looks ------------------------------------------------------------------------------------------------

# How bright the smallest and the largest number of the third matrix are drawn.
BRIGHTNESS = """() => {
  const m = window.grid.matrices[2], ratio = window.devicePixelRatio;
  const context = window.canvas.getContext('2d');
  const brightness = (value) => {
    const i = m.values.indexOf(value);
    const x = m.x + (i % m.cols + 0.08) * m.cw, y = m.y + (Math.floor(i / m.cols) + 0.08) * m.ch;
    const [r, g, b] = context.getImageData(x * ratio, y * ratio, 1, 1).data;
    return r + g + b;
  };
  return [Math.min(...m.values), Math.max(...m.values)].map(brightness);
}"""


def test_the_theme_switches_without_a_reload(show):
    grid = show("trained", color_scheme="light")
    low, high = grid.page.evaluate(BRIGHTNESS)
    assert low > high  # on white, more is darker
    grid.page.emulate_media(color_scheme="dark")
    grid.page.wait_for_timeout(600)
    low, high = grid.page.evaluate(BRIGHTNESS)
    assert low < high


@pytest.mark.parametrize("show_name", ["walk", "counts", "trained", "editable", "script"])
def test_nothing_scrolls_sideways_on_a_phone(show, show_name):
    grid = show(show_name, width=390, height=844, has_touch=True)
    assert grid.page.evaluate("document.documentElement.scrollWidth") <= 390
    assert grid.canvas.bounding_box()["width"] <= 390
    panel = grid.page.locator(".panel")
    if show_name in ("walk", "counts"):
        assert (
            panel.bounding_box()["y"]
            >= grid.canvas.bounding_box()["y"] + grid.canvas.bounding_box()["height"]
        )


def test_a_tap_locks_and_a_second_tap_unlocks(show):
    grid = show("counts", width=390, height=844, has_touch=True)
    grid.canvas.tap(position=grid.at(0, 1, 0))
    grid.rest()
    assert grid.lit("row") == [(0, 1, 1, 0, 33)]
    grid.canvas.tap(position=grid.at(0, 1, 0))
    grid.rest()
    assert grid.lit("row") == []
