"""Every scene between phone and projector: nothing sideways, cut or covered, and no barrier for anyone."""

import pytest

from tests.browser.barriers import barriers
from tests.browser.conftest import settled
from tests.browser.test_stage import BOXES, DRAWN, NEXT, SURVEY, at
from tests.scenes import deck

pytestmark = pytest.mark.long

# A tablet upright, a phone lying and a laptop of long ago.
WINDOWS = [(701, 900), (844, 390), (1024, 768)]
PICTURE = 150  # px that the largest picture of a scene is high and wide at least
SIDES = """() => [...document.querySelectorAll('.st-key-stage [data-testid=stBidiComponentRegular]')]
  .flatMap((host) => [...(host.shadowRoot?.querySelectorAll('.picture, .place, .board, .lanes, .box') ?? [])])
  .filter((node) => node.checkVisibility()).map((node) => Math.min(node.clientWidth, node.clientHeight))"""


def complaints(page) -> list[str]:
    """Return what is off the window to the side, cut, or covered, in a page that may be scrolled."""
    seen = page.evaluate(SURVEY)
    bad = [f"scrolls {seen['sideways']} px sideways"] if seen["sideways"] > 0 else []
    bad += ["shows an error"] if seen["failures"] else []
    sides = page.evaluate(SIDES)
    bad += [f"the largest picture is {max(sides)} px"] if sides and max(sides) < PICTURE else []
    return bad + page.evaluate(BOXES, True)


def test_every_scene_flows_from_the_phone_to_the_projector(open_page):
    page = open_page("/", *WINDOWS[0], color_scheme="light")
    bad = []
    for path, slug, _ in deck(hidden=False):
        assert at(page)[:2] == (path, slug)
        for width, height in WINDOWS:
            page.set_viewport_size({"width": width, "height": height})
            page.evaluate("new Promise((r) => requestAnimationFrame(() => requestAnimationFrame(r)))")
            page.wait_for_function(DRAWN, timeout=20_000)
            bad += [f"{path}/{slug} in {width}: {line}" for line in complaints(page)]
        bad += [f"{path}/{slug}: {line}" for line in barriers(page)]
        page.evaluate(NEXT)
    assert bad == []


def test_a_key_goes_through_a_page_that_is_longer_than_the_window_before_it_turns(open_page):
    page = open_page("/bigram?scene=data", 960, 540)
    down = "document.querySelector('[data-testid=stMain]').scrollTop"
    for _ in range(8):
        before = page.evaluate(f"[__deck.here.scene, {down}]")
        page.keyboard.press("PageDown")
        page.wait_for_function("__deck.resting")
        settled(page)
        scene, top = page.evaluate(f"[__deck.here.scene, {down}]")
        if scene != before[0]:
            break
        assert top > before[1]
    assert scene == 1
    assert top == 0
