"""A tab that is open while the server is started anew comes back by itself: same scene, same controls."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import product
from pathlib import Path

import pytest

from tests.browser.conftest import ROOT, TURNED, running, settled

pytestmark = pytest.mark.long

APP = ROOT / "explainer" / "app.py"
PATIENCE = 2.0  # seconds from the new server's first answer until it has been asked for what is on the screen

NOTE = """() => {
    const app = document.querySelector('[data-testid=stApp]');
    window.__asked = 0; // when the new server began to draw
    new MutationObserver(() => {
        const { testConnectionState: connection, testScriptState: script } = app.dataset;
        if (connection === 'CONNECTED' && script === 'running') window.__asked ||= Date.now() / 1000;
    }).observe(app, { attributes: true });
}"""
PICTURE = """(key) => document.querySelector(`.st-key-${key} [data-testid=stBidiComponentRegular]`)
    .shadowRoot.querySelector('[aria-label]').ariaLabel"""


def opened(context, address: str):
    """Return a tab in which a scene is drawn."""
    page = context.new_page()
    page.goto(address)
    settled(page)
    return page


@contextmanager
def restarted(pages, script: Path, base: str) -> Iterator[None]:
    """Serve a script where a server is gone, once every tab has asked for its scene and has got it.

    On a machine that others work on, too, a tab that asks late has two more restarts to be in time.
    """
    for tries_left in (2, 1, 0):
        for page in pages:
            page.wait_for_selector("[data-testid=stApp]:not([data-test-connection-state=CONNECTED])")
            page.evaluate(NOTE)
        with running(script, int(base.rsplit(":", 1)[1])):
            late = max(_asked(pages)) > PATIENCE
            assert tries_left or not late
            if not late:
                yield
                return


def _asked(pages) -> list[float]:
    """Return after how many seconds each tab has asked a new server for its scene, once it has got it."""
    back, found = time.time(), []
    for page in pages:
        page.wait_for_function("window.__asked")
        found.append(page.evaluate("window.__asked") - back)
        settled(page)
    return found


def seen(page, control: str, picture: str) -> tuple[str, str, str, str]:
    """Return address, title, the option that a control stands at, and what a picture says."""
    settled(page)
    option = page.locator(f".st-key-{control} [aria-checked=true]").inner_text()
    return page.url, page.locator("h1").inner_text(), option, page.evaluate(PICTURE, picture)


def choose(page, control: str, option: str, picture: str) -> None:
    """Choose another option, and wait for another picture."""
    before = page.evaluate(PICTURE, picture)
    page.locator(f".st-key-{control}").get_by_role("radio", name=option).click()
    page.wait_for_function(f"([key, before]) => ({PICTURE})(key) !== before", arg=[picture, before])


def turn(page, to: int | None = None) -> None:
    """Click the dot of a scene, or press the clicker until the scene has been played and turns."""
    before = page.locator("h1").inner_text()
    if to is not None:
        page.locator("nav[aria-label='Scenes of this chapter'] button").nth(to).click()
        page.wait_for_function(TURNED, arg=before)
        settled(page)
    while page.locator("h1").inner_text() == before:
        page.keyboard.press("PageDown")
        settled(page)


def test_open_tabs_come_back(chromium):
    context = chromium.new_context(viewport={"width": 1920, "height": 1080})
    with running(APP) as base:
        network = opened(context, f"{base}/neuron")
        network.locator(".st-key-neuron_inputs input").press("ArrowRight")
        turn(network, 2)
        choose(network, "neuron_activation", "ReLU", "neuron_map")
        names = opened(context, f"{base}/?scene=name-your-baby")
        choose(names, "welcome_sex", "boy", "welcome_names")
        film = opened(context, f"{base}/matrix-multiplication?scene=cell-by-cell")
        for _ in range(3):
            film.get_by_role("button", name="Next product").click()
        shown = [("neuron_activation", "neuron_map"), ("welcome_sex", "welcome_names")]
        before = [seen(page, *what) for page, what in zip((network, names), shown, strict=True)]
    with restarted([network, names, film], APP, base):
        assert [seen(page, *what) for page, what in zip((network, names), shown, strict=True)] == before
        assert film.locator(".counter").inner_text() == "6 of 24 multiplications"
        choose(network, "neuron_activation", "sigmoid", "neuron_map")
        choose(names, "welcome_sex", "girl", "welcome_names")
        for page in (network, names, film):
            turn(page)
        turn(network, 0)  # what was chosen on another scene is chosen still
        settled(network)
        assert network.locator(".st-key-neuron_inputs input").input_value() == "4"
        assert "neuron_inputs=4" in network.url
    context.close()


def test_a_tab_comes_back_to_a_server_in_another_place(chromium, tmp_path):
    """Streamlit then takes all from the page and forgets what its controls stand at."""
    (tmp_path / "moved").symlink_to(ROOT)
    context = chromium.new_context(viewport={"width": 1920, "height": 1080})
    with running(APP) as base:
        page = opened(context, f"{base}/?scene=claim&welcome_letter=Z")
        turn(page, 2)
        choose(page, "welcome_sex", "boy", "welcome_names")
        before = seen(page, "welcome_sex", "welcome_names")
    with restarted([page], tmp_path / "moved" / "explainer" / "app.py", base):
        page.wait_for_function("performance.getEntriesByType('navigation')[0].type === 'reload'")
        settled(page)
        assert seen(page, "welcome_sex", "welcome_names") == before
        choose(page, "welcome_sex", "girl", "welcome_names")
        turn(page)
        turn(page, 1)
        assert "welcome_letter=Z" in page.url
    context.close()


OWN = "\n".join("".join(letters) for letters in product("ABCDE", repeat=4))  # longer than a link


def paste(page, words: str) -> None:
    """Paste a list of one's own on the scene of the data, and wait until it is read."""
    page.get_by_role("textbox", name="your words, one a line").fill(words)
    page.get_by_role("textbox", name="your words, one a line").press("Control+Enter")
    page.get_by_text(f"{len(words.split()):,} words; left out: 0").wait_for()
    page.locator(".st-key-bigram_split").wait_for()


def missed(page) -> None:
    """Expect that the list is missed, and that no other names stand in its place."""
    page.get_by_text("Your list is empty, or a reload has lost it. Paste it again").first.wait_for()
    settled(page)
    assert (
        page.locator(".st-key-stage canvas, .st-key-stage svg[role=img], .st-key-bigram_table").count() == 0
    )


def test_a_list_of_ones_own_is_still_there_or_is_missed_and_comes_back_when_it_is_pasted(chromium):
    context = chromium.new_context(viewport={"width": 1920, "height": 1080})
    with running(APP) as base:
        page = opened(context, f"{base}/bigram?bigram_names=your+own+list")
        paste(page, "ZOË\nŁUKASZ\nОЛЕНА")
        page.wait_for_function("location.search.includes('bigram_list')")
        page.reload()
        page.get_by_text("3 words; left out: 0").wait_for()  # a short one is in the link
        paste(page, OWN)
        page.reload()
        missed(page)
        page.goto(f"{base}/bigram?scene=fill-in&bigram_names=your+own+list")
        missed(page)
        page.goto(f"{base}/bigram?bigram_names=your+own+list")
        settled(page)
        paste(page, OWN)
    with restarted([page], APP, base):
        page.get_by_text("625 words; left out: 0").wait_for()  # the open window brings it along
        page.locator(".st-key-bigram_split").wait_for()
    context.close()
