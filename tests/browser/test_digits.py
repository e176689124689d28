"""A digit that a grid draws can be read from the back row; what would be smaller is a map with a lens."""

from urllib.parse import quote

from explainer.ui.scenes.mlp import STEPS
from tests.browser.conftest import settled

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


def test_a_drawn_digit_can_be_read_or_is_in_a_lens(open_page, app):
    page = open_page(GRIDS[0])
    small = []
    for address in GRIDS:
        page.goto(app + address)
        settled(page)
        for (width, height), least in LEAST.items():
            page.set_viewport_size({"width": width, "height": height})
            page.wait_for_timeout(200)
            page.wait_for_function(f"({PAINTED})().length", polling=200)  # every grid draws some numbers
            drawn = page.evaluate(PAINTED)
            small += [(address, width, one) for one in drawn if one["px"] < least - 0.01]
    assert small == []
