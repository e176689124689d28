"""One head, switches and guesses in a real Chromium: what is drawn is the trace's, and clicks choose."""

import re

import numpy as np
import pytest

from explainer import checkpoints
from explainer.traces import gpt as trace
from explainer.traces.one_head import one_head
from tests.browser.conftest import settled
from tests.browser.test_grid import FIND, Shown

pytestmark = pytest.mark.long

GIRLS = "attention_model=girls%E2%80%99+names&attention_prompt_girls-gpt=Zuzan&attention_head=2.4"
HEAD = f"/attention?scene=how-one-head-does-it&{GIRLS}"
SWITCH = f"/attention?scene=switch-a-head-off&attention_off=&{GIRLS}"


def shown(page) -> Shown:
    """Return the grid of the scene, once it stands."""
    page.wait_for_function(FIND, timeout=20_000)
    return Shown(page)


@pytest.fixture(scope="module")
def traced():
    loaded = checkpoints.load("girls-gpt")
    return trace.trace(loaded.model, loaded.vocabulary.encode(".ZUZAN"))


def test_a_click_on_the_pattern_chooses_the_pair_and_the_link_keeps_it(open_page, traced):
    page = open_page(HEAD)
    grid = shown(page)
    pattern = traced.layers[1].pattern[3]
    past = np.tril(np.ones((6, 6), dtype=bool))
    np.testing.assert_allclose(grid.values()[past], pattern[past], rtol=1e-4)
    grid.click(0, 4, 2)
    page.get_by_text(re.compile(f"{pattern[4, 2]:.2%}")).wait_for(timeout=20_000)
    page.wait_for_function("location.search.includes('attention_key=3')", timeout=20_000)
    again = open_page("/attention" + page.evaluate("location.search"))
    again.get_by_text(re.compile(f"{pattern[4, 2]:.2%}")).wait_for(timeout=20_000)


def test_the_sum_on_the_screen_is_that_of_the_products_on_it(open_page, traced):
    page = open_page(f"{HEAD}&attention_step=q+%C2%B7+k&attention_query=5&attention_key=3")
    grid = shown(page)
    for _ in range(3):
        grid.button("Next ›").click()
    told = page.locator(".formula").inner_text().split("=")[-1]
    dot = float(told.replace("−", "-"))
    assert dot == pytest.approx(grid.values(2).sum(), abs=1e-4)
    assert dot == pytest.approx(one_head(traced, 1, 3, 4).dots[2], abs=1e-4)


def test_shares_on_the_screen_add_up_and_so_do_the_values_they_bring(open_page, traced):
    page = open_page(f"{HEAD}&attention_step=softmax&attention_query=5")
    grid = shown(page)
    assert grid.values(3).sum() == pytest.approx(1, abs=1e-6)
    assert grid.texts(1)[5] == ""  # masked
    page = open_page(f"{HEAD}&attention_step=the+values&attention_query=5&attention_numbers=all")
    grid = shown(page)
    grid.hover(2, 0, 7)
    total = float(page.locator(".total").inner_text().split()[-1].replace("−", "-"))
    assert total == pytest.approx(traced.layers[1].z[3, 4, 7], rel=1e-3)
    assert page.locator(".panel").evaluate("e => e.scrollHeight <= e.clientHeight")


def test_a_click_switches_a_part_off_and_another_one_on_again(open_page):
    page = open_page(SWITCH)
    grid = shown(page)
    assert page.locator(".lane").count() == 1
    for texts, lanes in ((["off"], 2), ([], 1)):
        grid.click(0, 0, 1)
        page.wait_for_function(
            f"window.grid.matrices[0].texts.includes('off') === {str(bool(texts)).lower()}"
        )
        settled(page)
        assert page.locator(".lane").count() == lanes
    grid.click(0, 1, 5)
    page.wait_for_function("location.search.includes('attention_off=layer+2')", timeout=20_000)


def test_a_probability_opens_its_receipt(open_page):
    page = open_page(SWITCH)
    grid = shown(page)
    best = page.evaluate("window.grid.matrices[1].values[0]")
    grid.click(1, 0, 0)
    dialog = page.get_by_role("dialog")
    dialog.wait_for(timeout=20_000)
    dialog.get_by_text(f"{100 * best:.2f} %").first.wait_for(timeout=20_000)


def test_guesses_stand_in_their_cells(open_page, traced):
    loaded = checkpoints.load("girls-gpt")
    grid = shown(open_page(f"/attention?scene=what-each-layer-guesses&{GIRLS}"))
    lens = trace.logit_lens(loaded.model, traced)
    np.testing.assert_allclose(grid.values(), lens.max(axis=-1), rtol=1e-4)
    assert [text[0] for text in grid.texts()[-6:]] == [
        loaded.vocabulary.symbols[i] for i in lens[-1].argmax(axis=-1)
    ]
    assert grid.texts(1) == [*"ZUZAN", ""]


def test_the_head_chosen_in_the_first_scene_is_the_one_that_is_opened(open_page):
    page = open_page(f"/attention?{GIRLS}")
    page.wait_for_function("location.search.includes('attention_head=2.4')", timeout=20_000)
    page.get_by_role("button", name=re.compile("Scene 2 of")).click()
    page.get_by_text(re.compile("Layer 2, head 4")).wait_for(timeout=20_000)


@pytest.mark.parametrize("address", [HEAD, f"{HEAD}&attention_step=the+values", SWITCH])
def test_a_phone_does_not_scroll_sideways(open_page, address):
    page = open_page(address, width=390, height=844)
    page.wait_for_timeout(500)
    assert page.evaluate("document.documentElement.scrollWidth") == 390
