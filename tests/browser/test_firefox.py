"""The talk in Firefox: the clicker takes it from scene to scene, it fits, and no label is cut."""

import json

import pytest

from tests.browser.firefox import executable, firefox
from tests.browser.test_stage import BOXES, DRAWN, LARGE, NOTE_PRESSES, STEP, SURVEY, passed, slugs, steps

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(executable() is None, reason="There is no Firefox: apt install firefox-esr"),
]

# Labels whose letters are wider than the place that would cut them off.
CUT = """[...document.querySelectorAll('[data-testid=stMain] .stMarkdownEllipsis')].filter((label) => {
  const { textOverflow, overflowX } = getComputedStyle(label);
  const range = document.createRange();
  range.selectNodeContents(label);
  const over = range.getBoundingClientRect().width - label.getBoundingClientRect().width;
  return label.checkVisibility() && textOverflow === 'ellipsis' && overflowX !== 'visible' && over > 0.001;
}).map((label) => label.textContent)"""
HERE = "[__deck.here.path, __deck.here.scene, __deck.here.titles.length]"


@pytest.fixture(scope="module")
def page(app, tmp_path_factory):
    with firefox(tmp_path_factory.mktemp("profile")) as window:
        window.resize(*LARGE)
        window.open(app)
        window.wait_for("window.__clicker && window.__deck?.resting", 60)
        yield window


def looked_at(page) -> list[str]:
    """Return what is wrong with the scene on the screen."""
    page.wait_for(f"__deck.resting && ({DRAWN})()")
    seen = page.evaluate(f"({SURVEY})()")
    bad = [f"“{label}” is cut" for label in page.evaluate(CUT)]
    bad += [f"scrolls {seen[way]} px {way}" for way in ("down", "sideways") if seen[way] > 0]
    return bad + ["shows an error"] * seen["failures"] + page.evaluate(f"({BOXES})()")


def test_page_down_takes_every_step_every_scene_fits_and_no_label_is_cut(page):
    bad, seen, pressed = [], None, None
    page.evaluate(f"({NOTE_PRESSES})({json.dumps(slugs())})")
    for step in steps("PageDown"):
        page.wait_for("__deck.resting")
        here = tuple(page.evaluate(f"({STEP})({json.dumps(slugs())})"))
        if passed(step, here, pressed):
            continue
        assert here == step
        path, slug, *_ = step
        if (path, slug) != seen:
            bad += [f"{path}/{slug}: {line}" for line in looked_at(page)]
        seen = (path, slug)
        page.press("PageDown")
        found = tuple(page.evaluate("window.__pressed"))
        pressed = found if found != step else None
    assert bad == []


def test_page_down_and_page_up_turn_across_chapters(page, app):
    page.open(f"{app}/gradient-descent?scene=last")
    page.wait_for("window.__clicker && window.__deck?.resting", 60)
    there = page.evaluate(HERE)
    for key, path in (("PageDown", "bigram"), ("PageUp", "gradient-descent")):
        for _ in range(3):  # what plays starts, and jumps to its end, first
            if page.evaluate("__deck.here.path") != path:
                page.press(key)
                page.wait_for("__deck.resting")
        assert page.evaluate("__deck.here.path") == path
    assert page.evaluate(HERE) == there
