"""The whole talk, turned by the clicker alone: every step comes, it fits, it can be read, nothing breaks."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from playwright.sync_api import TimeoutError as PlaywrightTimeoutError

from tests.browser.barriers import barriers
from tests.browser.conftest import settled
from tests.browser.stage_app import CASES
from tests.scenes import deck, scenes_of

pytestmark = pytest.mark.long

HERE = Path(__file__).parent
SURVEY, BOXES = (
    (HERE / name).read_text(encoding="utf-8").split("\n", 1)[1] for name in ("survey.js", "boxes.js")
)
SMALLEST = 20  # px at 1920 × 1080
CONTRAST = 7.0
LARGE, SMALL = (1920, 1080), (1280, 720)
# How many stages a scene has; all others have one.
STAGES = {
    "opening": 3,
    "one-neuron": 4,
    "two-layers-one-matrix": 2,
    "four-ways": 4,
    "counting": 7,
    "slope": 4,
    "learning-rate": 3,
    "backpropagation": 2,
    "one-step": 4,
    "sample": 4,
    "how-good": 3,
    "counting-is-learning": 2,
    "matrices": 6,
    "forward-pass": 7,
    "activations": 2,
    "good-start": 2,
    "indexing": 5,
    "view": 6,
    "cross-entropy": 4,
    "architecture": 9,
    "how-one-head-does-it": 6,
}
# How often the clicker stops in what plays in a scene; everywhere else only at its end.
STOPS = {"the-flow": 10}
# In which of its stages something plays.
PLAYS = {
    "opening": [0, 1, 2],
    "a-network": [0],
    "it-learns": [0],
    "cell-by-cell": [0],
    "w-moves-the-plane": [0],
    "four-ways": [0, 1, 2, 3],
    "downhill": [0],
    "learning-rate": [0, 1, 2],
    "race": [0],
    "backpropagation": [0, 1],
    "one-step": [2],
    "one-name": [0],
    "fill-in": [0],
    "sample": [0],
    "how-good": [0, 1],
    "counting-is-learning": [0],
    "data-set": [0],
    "forward-pass": [0, 2, 4],
    "letters-move": [0],
    "the-flow": [0],
    "byte-pairs": [0],
    "embedding-map": [0],
    "figure-one": [0],
    "to-scale": [0],
    "who-looks-at-whom": [0],
    "how-one-head-does-it": [1, 2, 3, 4, 5],
    "why-a-cache": [0],
    "how-it-learned": [0],
    "before-and-after": [0],
    "was-it-worth-it": [0],
}
# What is done to a scene, and what is to be said about it.
DAMAGES = {
    ".st-key-table { translate: 0 40vh }": "leaves stage",
    ".st-key-bar { translate: 0 60px }": "leaves the window",
    ".st-key-controls { translate: 0 -120px }": "overlap",
    ".st-key-head p { height: 9px; overflow: hidden }": "cut off",
    "[data-testid=stMetricValue] { translate: 60vw 0 }": "leaves its column",
    ".st-key-head h1 { translate: 0 2rem }": "lies on",
}
PHASES = {
    "PageDown": lambda stops: [*["start", "plays"] * stops, "end"],
    "PageUp": lambda stops: ["end", *["start"] * stops],
}
# Where the talk is: the chapter, the scene, its stage, and how far what plays has come.
STEP = """(slugs) => {
  const { path, scene, stage } = __deck.here;
  const [player] = [...(window.__players ?? [])].filter(({ root }) => root.isConnected);
  const phase = !player ? '' : player.playing ? 'plays' : player.passed ? 'end' : 'start';
  return [path, slugs[path][scene], stage, phase];
}"""
# Where it was when a key was pressed: what plays can end between a look and the press.
NOTE_PRESSES = (
    f"""(slugs) => addEventListener('keydown', () => {{ window.__pressed = ({STEP})(slugs) }}, true)"""
)
# What the frame waits for.
RESTLESS = """() => {
  const { asked, arriving, presses, here } = __deck;
  return JSON.stringify({ asked, arriving, presses, here, now: performance.now() });
}"""
POPOVER = ".st-key-controls [data-testid=stPopoverButton]"
DIALOG = "[role=dialog]"
# To the next scene, whatever is left of this one: as its dot or the chapter's link does.
NEXT = """() => {
  const { scene, titles } = __deck.here;
  if (scene + 1 < titles.length) __deck.ask({ scene: scene + 1, by: 0 });
  else __deck.leave(1);
}"""
# Streamlit puts an empty element into every component; those that are not seen add nothing to it.
DRAWN = """() => [...document.querySelectorAll('.st-key-stage [data-testid=stBidiComponentRegular]')]
  .filter((host) => host.checkVisibility())
  .every((host) => host.shadowRoot ? host.shadowRoot.childElementCount > 0 : host.childElementCount > 1)"""


def steps(key: str) -> list[tuple[str, str, int, str]]:
    """Return every step of the talk, as ``STEP`` tells it, in the order in which a key takes them."""
    way = 1 if key == "PageDown" else -1
    return [
        (path, slug, stage, phase)
        for path, slug, _ in deck(hidden=False)[::way]
        for stage in range(STAGES.get(slug, 1))[::way]
        for phase in (PHASES[key](STOPS.get(slug, 1)) if stage in PLAYS.get(slug, []) else [""])
    ]


@cache
def slugs() -> dict[str, list[str]]:
    """Return the scenes of every chapter."""
    return {path: scenes_of(file.name) for path, _, file in deck()}


def at(page) -> tuple[str, str, int, str]:
    """Return which step is on the screen, once it stands."""
    try:
        page.wait_for_function("__deck.resting", timeout=30_000)
    except PlaywrightTimeoutError as error:
        raise AssertionError(f"{page.url} does not come to rest: {page.evaluate(RESTLESS)}") from error
    return tuple(page.evaluate(STEP, slugs()))


def passed(step: tuple, here: tuple, pressed: tuple | None) -> bool:
    """Return whether what plays has come to its end, or to its next stop, by itself.

    Args:
        here: where the talk stands.
        pressed: where the key found it, if that was not the step that was looked at before.
    """
    *where, phase = step
    return step == pressed or (phase == "plays" and here in [(*where, "end"), (*where, "start")])


def cover(page, key: str) -> None:
    """Open something over the stage: a popover on the way there, the receipt on the way back; or the code."""
    over = page.locator(POPOVER if key == "PageDown" else ".st-key-frame button:text('receipt'):visible")
    (over if over.count() else page.get_by_role("button", name="Show the code")).first.click()
    page.wait_for_selector(DIALOG, timeout=20_000)
    page.mouse.move(0, 0)  # a slider under the mouse would show its ends


def walk(page, key: str, size: tuple[int, int]) -> Iterator[tuple[str, float, dict]]:
    """Take every step of the talk by the key; yield (address, share of a large window, survey) of each stage.

    Every stage is looked at in the size, every scene in the other one as well; over every scene something is
    open when the key is pressed first.
    """
    seen, pressed = (None, None, None), None
    page.evaluate(NOTE_PRESSES, slugs())
    for step in steps(key):
        here = at(page)
        if passed(step, here, pressed):
            continue
        assert here == step
        path, slug, stage, _ = step
        new = (path, slug) != seen[:2]
        if (path, slug, stage) != seen:
            sizes = [SMALL if size == LARGE else LARGE, size] if new else [size]
            yield from looks(page, f"{path}?scene={slug} stage {stage}", sizes)
        if new:
            cover(page, key)
        page.keyboard.press(key)
        found = tuple(page.evaluate("window.__pressed"))
        pressed = found if found != step else None
        if new:
            page.wait_for_selector(DIALOG, state="detached", timeout=10_000)
        seen = (path, slug, stage)


def looks(page, where: str, sizes: list[tuple[int, int]]) -> Iterator[tuple[str, float, dict]]:
    """Yield what is seen in windows of these sizes; the last one stays."""
    for width, height in sizes:
        if page.viewport_size != {"width": width, "height": height}:
            page.set_viewport_size({"width": width, "height": height})
            page.evaluate("new Promise((r) => requestAnimationFrame(() => requestAnimationFrame(r)))")
        page.wait_for_function(DRAWN, timeout=20_000)
        yield f"{where} in {width}", width / LARGE[0], look(page)


def look(page) -> dict:
    """Return what a reader meets on the screen, and what stands where it should not."""
    return page.evaluate(SURVEY) | {"misplaced": page.evaluate(BOXES)}


def complaints(where: str, seen: dict, share: float = 1.0) -> list[str]:
    """Return what the last row of the room could not read, or would have to scroll for.

    Args:
        share: how large the window is, compared with 1920 × 1080.
    """
    bad = [f"{where}: scrolls {seen['down']} px down"] if seen["down"] > 0 else []
    bad += [f"{where}: scrolls {seen['sideways']} px sideways"] if seen["sideways"] > 0 else []
    bad += [f"{where}: shows an error"] if seen["failures"] else []
    bad += [f"{where}: {line}" for line in seen["misplaced"]]
    for text in seen["texts"]:
        if text["size"] < SMALLEST * share - 0.1:
            bad.append(f"{where}: “{text['text']}” is {text['size']:.1f} px")
        if text["contrast"] < CONTRAST - 0.01:
            bad.append(f"{where}: “{text['text']}” has contrast {text['contrast']:.1f}")
    return bad


def test_page_down_takes_every_step_of_the_talk_and_each_fits_and_can_be_read(open_page):
    page = open_page("/", color_scheme="light")
    seen = walk(page, "PageDown", LARGE)
    assert [line for where, share, look in seen for line in complaints(where, look, share)] == []


def test_page_up_takes_every_step_back_and_each_fits_and_can_be_read_on_stage_in_the_dark(open_page):
    path, slug, _ = deck(hidden=False)[-1]
    page = open_page(f"/{path}?scene={slug}&present=1", *SMALL, color_scheme="dark")
    seen = walk(page, "PageUp", SMALL)
    assert [line for where, share, look in seen for line in complaints(where, look, share)] == []


def test_every_scene_stacks_on_a_phone_and_keeps_nobody_out_in_the_dark(open_page):
    page = open_page("/", width=390, height=844, color_scheme="dark")
    bad = []
    for path, slug, _ in deck(hidden=False):
        assert at(page)[:2] == (path, slug)
        settled(page, pause=50)  # a phone has told its width: the scene is drawn anew
        page.wait_for_function(DRAWN, timeout=20_000)
        seen = page.evaluate(SURVEY)
        bad += [(path, slug)] if seen["sideways"] or seen["failures"] else []
        bad += [(path, slug, line) for line in barriers(page)]
        page.evaluate(NEXT)
    assert bad == []


def test_a_training_that_has_ended_fits(open_page):
    page = open_page("/training?scene=live&training_steps_better=500&training_hidden=20", *LARGE)
    page.locator(".st-key-training_start button").click()
    page.get_by_text("Done.").wait_for(timeout=60_000)
    settled(page)
    assert complaints("ended", look(page)) == []
    page.set_viewport_size(dict(zip(("width", "height"), SMALL, strict=True)))
    settled(page)
    assert complaints("ended", look(page), SMALL[0] / LARGE[0]) == []


@pytest.fixture
def filled(open_page, serve):
    """A page with a scene on which texts leave less room than there is to fill."""
    return lambda case: open_page(f"?case={case}", *LARGE, base=serve(HERE / "stage_app.py"))


@pytest.mark.parametrize("case", CASES)
def test_what_is_given_no_height_takes_what_is_left(filled, case):
    page = filled(case)
    for width, height in (LARGE, SMALL):
        page.set_viewport_size({"width": width, "height": height})
        settled(page)
        assert look(page)["misplaced"] == []


def test_what_stands_where_it_should_not_is_noticed(filled):
    page, seen = filled(next(iter(CASES))), {}
    for damage in DAMAGES:
        style = page.add_style_tag(content=damage)
        seen[damage] = " ".join(look(page)["misplaced"])
        style.evaluate("(style) => style.remove()")
    assert {damage: DAMAGES[damage] in seen[damage] for damage in seen} == dict.fromkeys(DAMAGES, True)
