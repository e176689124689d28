"""The perceptron in a real Chromium: cells are linked, links restore, sums stay in sight, a phone stacks."""

import re

import pytest

from explainer import checkpoints
from explainer.traces import mlp as trace
from tests.browser.conftest import settled
from tests.browser.test_grid import FIND, Shown


def shown(page) -> Shown:
    """Return the grid of the scene, once it stands."""
    page.wait_for_function(FIND, timeout=20_000)
    return Shown(page)


@pytest.fixture(scope="module")
def expected():
    loaded = checkpoints.load("girls-mlp")
    return trace.forward(loaded.model, loaded.vocabulary, "EW", "A")


def test_a_looked_up_number_lights_its_place_in_C(open_page, expected):
    grid = shown(open_page("/mlp?scene=forward-pass&mlp_name=EWA&mlp_read=2"))
    grid.hover(1, 2, 4)
    letter = int(expected.idx[2])
    assert (0, letter, letter, 4, 4) in grid.lit("cell")
    assert (1, 2, 2, 4, 4) in grid.lit("cell")


def test_viewed_numbers_stay_linked(open_page):
    grid = shown(open_page("/mlp?scene=forward-pass&mlp_step=view&mlp_name=EWA&mlp_read=2"))
    grid.hover(1, 0, 23)
    assert sorted(grid.lit("cell")) == [(0, 2, 2, 3, 3), (1, 0, 0, 23, 23)]


@pytest.mark.parametrize(("step", "steps"), [("%40+W1+%2B+b1", "preactivation"), ("%40+W2+%2B+b2", "logits")])
def test_the_sum_of_the_products_is_the_models_and_in_sight(open_page, expected, step, steps):
    page = open_page(f"/mlp?scene=forward-pass&mlp_step={step}&mlp_name=EWA&mlp_read=2&mlp_neurons=all+200")
    grid = shown(page)
    column = 7
    grid.hover(2, 0, column)
    told = float(page.locator(".total").inner_text().split()[-1].replace("−", "-"))
    assert told == pytest.approx(getattr(expected, steps)[column], rel=1e-3, abs=1e-4)
    assert page.locator(".panel").evaluate("e => e.scrollHeight <= e.clientHeight")


def test_a_guess_is_drawn_from_a_link_and_a_typed_name_reaches_the_link(open_page, expected):
    page = open_page("/mlp?mlp_name=EWA&mlp_read=2")
    best = f"{expected.probabilities.max():.1%}"
    page.get_by_text(re.compile(rf"≈ {best}")).wait_for(timeout=20_000)
    field = page.get_by_role("textbox", name="name")
    field.fill("Zofia")
    field.press("Enter")
    settled(page)
    page.wait_for_function("location.search.includes('mlp_name=Zofia')", timeout=20_000)


def test_a_long_name_does_not_scroll_a_phone_sideways(open_page):
    page = open_page("/mlp?scene=data-set&mlp_name=MAKSYMILIANNA&mlp_block=8", width=390, height=844)
    page.wait_for_timeout(500)
    assert page.evaluate("document.documentElement.scrollWidth") == 390


def test_an_index_lights_what_it_takes(open_page):
    grid = shown(open_page("/pytorch?pytorch_index=C%5B%5B1%2C+2%5D%5D"))
    assert [rows[1:3] for rows in grid.lit("soft")] == [(1, 1), (2, 2)]
    grid.hover(1, 1, 3)
    assert (0, 2, 2, 3, 3) in grid.lit("cell")
