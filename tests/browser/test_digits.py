"""A digit that a grid draws can be read from the back row; what would be smaller is a map with a lens."""

from urllib.parse import quote

import numpy as np
import pytest

from explainer.ui.scenes.mlp import STEPS
from tests.browser.conftest import settled

pytestmark = pytest.mark.long

GRIDS = [
    "/?scene=claim",
    "/bigram?scene=one-name",
    "/bigram?scene=fill-in",
    "/bigram?scene=probabilities",
    "/bigram?scene=counting-is-learning",
    "/mlp?scene=matrices&mlp_matrix=all",
    "/mlp?scene=matrices&mlp_matrix=W1",
    *[f"/mlp?scene=forward-pass&mlp_step={quote(step)}" for step in STEPS.values()],
    "/pytorch?scene=indexing",
    "/pytorch?scene=cross-entropy",
    "/gpt?scene=architecture",
    "/attention?scene=how-one-head-does-it",
]
LEAST = {(1920, 1080): 20, (1280, 720): 14}
# Every number of every grid on the page, as the grid says that it painted it, in css pixels.
PAINTED = """() => [...document.querySelectorAll('*')].map((e) => e.shadowRoot)
  .map((root) => root?.querySelector('canvas.cells')?.__grid)
  .filter(Boolean).flatMap((grid) => grid.painted).filter(({ text }) => /\\d/.test(text))"""
# Every lens on the page: its matrix, where it stands, what its heading and its legend say.
LENSES = """() => [...document.querySelectorAll('*')].map((e) => e.shadowRoot)
  .map((root) => root?.querySelector('canvas.cells')?.__grid).filter(Boolean)
  .flatMap((grid) => grid.lenses.map((lens) => ({ ...lens, ...grid.matrices[lens.matrix] })))"""


def lenses(page) -> list[dict]:
    """Return the lenses of a scene, once they are painted."""
    page.wait_for_function(f"({LENSES})().every((lens) => lens.told)", polling=100)
    return page.evaluate(LENSES)


def has_another_sign(lens: dict) -> bool:
    """Return whether a legend has a negative end and no number is negative, or the other way round."""
    values = np.array([value for value in lens["values"] if value is not None], dtype=float)
    return "from" in lens["told"] and (lens["told"]["from"] < 0) != (np.nanmin(values) < 0)


def test_a_drawn_digit_can_be_read_or_is_in_a_lens_whose_legend_has_the_signs_of_its_numbers(open_page, app):
    page = open_page(GRIDS[0])
    small, signs = [], []
    for address in GRIDS:
        page.goto(app + address)
        settled(page)
        signs += [(address, lens["name"], lens["told"]) for lens in lenses(page) if has_another_sign(lens)]
        for (width, height), least in LEAST.items():
            page.set_viewport_size({"width": width, "height": height})
            page.wait_for_timeout(200)
            page.wait_for_function(f"({PAINTED})().length", polling=200)  # every grid draws some numbers
            drawn = page.evaluate(PAINTED)
            small += [(address, width, one) for one in drawn if one["px"] < least - 0.01]
    assert small == []
    assert signs == []


# Of every scale its shades: what fills a cell, what is written on it, and what stands between them.
SCALES = """() => [...document.querySelectorAll('*')].map((e) => e.shadowRoot)
  .map((root) => root?.querySelector('canvas.cells')?.__grid).find(Boolean).scales"""


def luminance(color: str) -> float:
    """Return the relative luminance of a colour as the browser writes it, by WCAG 2."""
    parts = [float(part) / 255 for part in color.partition("(")[2].split(",")[:3]]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return float(np.dot(linear, [0.2126, 0.7152, 0.0722]))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_on_every_shade_a_number_has_the_contrast_that_text_needs(open_page, scheme):
    page = open_page("/attention?scene=what-each-layer-guesses", color_scheme=scheme)
    page.wait_for_function(f"({PAINTED})().length", polling=200)
    for scale in page.evaluate(SCALES):
        for fill, text, plate in zip(scale["fill"], scale["text"], scale["plate"], strict=True):
            low, high = sorted(map(luminance, (text, plate or fill)))
            assert (high + 0.05) / (low + 0.05) >= 7
