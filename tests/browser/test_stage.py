"""Every scene, turned by the clicker: it fits, it can be read, nothing breaks."""

from collections.abc import Iterator
from pathlib import Path

from tests.browser.conftest import settled
from tests.scenes import deck, scenes_of

SURVEY = (Path(__file__).parent / "survey.js").read_text(encoding="utf-8").split("\n", 1)[1]
SMALLEST = 20  # px at 1920 × 1080
CONTRAST = 7.0
SHOWN = """([path, slug, first]) => location.pathname === '/' + path
  && (new URLSearchParams(location.search).get('scene') ?? first) === slug"""

# Streamlit puts an empty element into every component; those that are not seen add nothing to it.
DRAWN = """() => [...document.querySelectorAll('[data-testid=stBidiComponentRegular]')]
    .filter((host) => !host.closest('.st-key-clicker, .st-key-training, .st-key-pulse'))
    .every((host) => host.shadowRoot ? host.shadowRoot.childElementCount > 0 : host.childElementCount > 1)"""


def stands(page, path: str, slug: str) -> None:
    """Wait until a scene and its pictures are on the screen."""
    file = next(file for p, _, file in deck() if p == path)
    page.wait_for_function(SHOWN, arg=[path, slug, scenes_of(file.name)[0]], timeout=20_000)
    settled(page, pause=50)  # the address has changed: that run has begun
    page.wait_for_function(DRAWN, timeout=20_000)


def walk(page, key: str = "PageDown") -> Iterator[tuple[str, dict]]:
    """Yield (address, survey) for every scene, from one end of the deck to the other, turned by the key."""
    for path, slug, _ in deck(hidden=False) if key == "PageDown" else reversed(deck(hidden=False)):
        stands(page, path, slug)
        yield f"{path}?scene={slug}", page.evaluate(SURVEY)
        page.keyboard.press(key)


def complaints(where: str, seen: dict) -> list[str]:
    """Return what the last row of the room could not read, or would have to scroll for."""
    bad = [f"{where}: scrolls {seen['down']} px down"] if seen["down"] > 0 else []
    bad += [f"{where}: scrolls {seen['sideways']} px sideways"] if seen["sideways"] > 0 else []
    bad += [f"{where}: shows an error"] if seen["failures"] else []
    for text in seen["texts"]:
        if text["size"] < SMALLEST - 0.1:
            bad.append(f"{where}: “{text['text']}” is {text['size']:.1f} px")
        if text["contrast"] < CONTRAST - 0.01:
            bad.append(f"{where}: “{text['text']}” has contrast {text['contrast']:.1f}")
    return bad


def test_every_scene_fits_the_projector_and_can_be_read(open_page):
    page = open_page("/", color_scheme="light")
    assert [line for where, seen in walk(page) for line in complaints(where, seen)] == []


def test_every_scene_fits_and_can_be_read_in_the_dark_on_the_way_back(open_page):
    path, slug, _ = deck(hidden=False)[-1]
    page = open_page(f"/{path}?scene={slug}", color_scheme="dark")
    assert [line for where, seen in walk(page, "PageUp") for line in complaints(where, seen)] == []


def test_every_scene_stacks_on_a_phone(open_page):
    page = open_page("/", width=390, height=844)
    assert [
        (where, seen["sideways"]) for where, seen in walk(page) if seen["sideways"] or seen["failures"]
    ] == []
