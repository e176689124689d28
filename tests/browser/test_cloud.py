"""The map of embeddings in a real Chromium: neighbours are numpy's, it turns, it finds, it asks nothing."""

import re

import numpy as np
import pytest

from explainer import checkpoints
from explainer.traces import embeddings

pytestmark = pytest.mark.long

FIND = """() => {
  const roots = [...document.querySelectorAll('*')].map((e) => e.shadowRoot).filter(Boolean);
  window.view = roots.map((root) => root.querySelector('.cloud')?.__cloud).find((v) => v?.seen);
  return Boolean(window.view);
}"""


@pytest.fixture
def open_map(open_page):
    def visit(query: str = "", **options):
        page = open_page(f"/gpt?scene=embedding-map&{query}", **options)
        page.wait_for_function(FIND, timeout=60_000)
        return page

    return visit


def test_the_neighbours_are_those_of_all_numbers_by_angle_and_by_distance(open_map):
    page = open_map("gpt_embeddings=shakespeare")
    loaded = checkpoints.load("shakespeare")
    vectors, symbols = loaded.model.wte.weight.numpy(), loaded.vocabulary.symbols
    for letter in ("a", "T"):
        page.locator(".aside input").fill(letter)
        at = symbols.index(letter)
        for way, table in (
            ("cosine", -embeddings.cosines(vectors)),
            ("distance", embeddings.distances(vectors)),
        ):
            order = [i for i in np.argsort(table[at], kind="stable") if i != at][:6]
            told = page.evaluate("(way) => view.lists[way].innerText.split('\\n').filter(Boolean)", way)
            assert told[::2] == [symbols[i].replace(" ", "␣").replace("\n", "↵") for i in order]
            expected = np.abs(table[at, order])
            assert [float(one) for one in told[1::2]] == pytest.approx(expected, abs=0.006)


def test_it_turns_by_hand_and_by_key_and_a_click_chooses(open_map):
    page = open_map("gpt_embeddings=shakespeare&gpt_side=3-D")
    canvas = page.locator(".cloud canvas")
    box = canvas.bounding_box()
    before = page.evaluate("view.seen.map(({ x }) => x)")
    page.mouse.move(box["x"] + 100, box["y"] + 100)
    page.mouse.down()
    page.mouse.move(box["x"] + 220, box["y"] + 130, steps=4)
    page.mouse.up()
    after = page.evaluate("view.seen.map(({ x }) => x)")
    assert np.abs(np.subtract(before, after)).max() > 10
    canvas.press("ArrowLeft")
    assert page.evaluate("view.seen.map(({ x }) => x)") != after
    place = page.evaluate("({ x: view.seen[20].x, y: view.seen[20].y })")
    canvas.click(position=place)
    taken = page.evaluate("view.symbolAt({ offsetX: view.seen[20].x, offsetY: view.seen[20].y })")
    assert page.evaluate("view.chosen") == taken


@pytest.mark.parametrize("name", ["girls-mlp-2d", "girls-gpt"])
def test_the_letters_move_when_it_plays(open_map, name):
    page = open_map(f"gpt_embeddings={name}")
    last = page.evaluate("view.player.last")
    assert page.evaluate("view.player.position") == last > 20
    assert re.fullmatch(
        r"speed \d+(\.\d)? steps/s", page.evaluate("view.player.transport.speedText.textContent")
    )
    end = page.evaluate("view.seen[3].x")
    page.evaluate("view.player.seek(0)")
    assert page.evaluate("view.seen[3].x") != end


@pytest.mark.parametrize("size", [{"width": 1280, "height": 720}, {"width": 390, "height": 844}])
def test_it_fits(open_map, size):
    page = open_map("gpt_embeddings=pan-tadeusz&gpt_side=3-D", **size)
    assert page.evaluate("document.documentElement.scrollWidth") == size["width"]
    if size["width"] > 700:
        main = page.locator("[data-testid=stMain]")
        assert main.evaluate("(e) => e.scrollHeight - e.clientHeight") <= 0
        assert page.evaluate("view.aside.scrollHeight - view.aside.clientHeight") <= 1


@pytest.mark.parametrize("name", ["shakespeare", "polish-books"])
@pytest.mark.parametrize("size", [{"width": 1280, "height": 720}, {"width": 390, "height": 844}])
def test_in_the_plane_no_symbol_covers_another_and_all_of_the_map_is_seen(open_map, name, size):
    page = open_map(f"gpt_embeddings={name}", **size)
    letter = page.evaluate("view.letter")
    seen = np.array(page.evaluate("view.seen.map(({ x, y }) => [x, y])"))  # (V, 2)
    apart = np.abs(seen[:, None] - seen).max(axis=-1) + 1e3 * np.eye(len(seen))  # (V, V)
    assert apart.min() > 0.9 * letter
    box = page.locator(".cloud canvas").bounding_box()
    below = page.locator(".cloud .transport").bounding_box()
    assert box["y"] + box["height"] <= below["y"] + 1
