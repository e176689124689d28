"""A connection is lost for some seconds while the server goes on: all that the visit made is still there."""

import pytest

from tests.browser.conftest import running, settled
from tests.browser.test_restart import APP, OWN, opened, paste, turn

pytestmark = pytest.mark.long

SECONDS = 4  # without a connection; long enough for a browser and a server to notice
CUT = "() => window.__sockets.forEach((socket) => socket.close())"
NOTE = """
  window.__sockets = [];
  window.WebSocket = class extends WebSocket {
    constructor(...args) { super(...args); window.__sockets.push(this); }
  };
"""


@pytest.fixture(scope="module")
def base():
    with running(APP) as address:
        yield address


@pytest.fixture
def context(chromium):
    context = chromium.new_context(viewport={"width": 1280, "height": 720})
    context.add_init_script(NOTE)
    yield context
    context.close()


def lose(context, page) -> None:
    """Take the connection away, for some seconds, and wait until the page has come back."""
    context.set_offline(True)
    page.evaluate(CUT)
    page.wait_for_selector("[data-testid=stApp]:not([data-test-connection-state=CONNECTED])")
    page.wait_for_timeout(1000 * SECONDS)
    context.set_offline(False)
    settled(page)
    page.wait_for_function("__deck.resting")


def test_a_list_of_ones_own_is_there_after_a_lost_connection(context, base):
    page = opened(context, f"{base}/bigram?bigram_names=your+own+list")
    paste(page, OWN)  # longer than a link: it lives in this window alone
    lose(context, page)
    page.get_by_text("625 words; left out: 0").wait_for()
    page.locator(".st-key-bigram_split").wait_for()
    for _ in range(2):  # to scenes that count it
        turn(page)
        lose(context, page)
        assert page.get_by_text("a reload has lost it").count() == 0
    labels = "[...document.querySelectorAll('.st-key-stage [data-testid=stBidiComponentRegular]')]"
    tables = page.evaluate(f"{labels}.flatMap(({{ __view: v }}) => v?.tables?.() ?? [])")
    letters = {value for table in tables for value in table["columns"][0]["values"]}
    assert {"A", "B", "C", "D", "E"} <= letters
    assert not {"Z", "Ł", "M", "N"} & letters  # girls' names have them


def test_a_trained_model_and_its_numbers_are_there_after_a_lost_connection(context, base):
    page = opened(context, f"{base}/training?scene=live&training_kind=bigram%2C+by+gradient")
    page.get_by_role("button", name="Train it", exact=True).click()
    page.get_by_text("Done.").wait_for(timeout=60_000)
    settled(page)
    made = page.locator(".st-key-training_made")
    made.wait_for()
    before = page.locator(".st-key-stage").inner_text()
    lose(context, page)
    assert page.locator(".st-key-stage").inner_text() == before
    page.evaluate("window.__before = true")
    page.get_by_text("Name a baby with it").click()
    page.wait_for_function("document.querySelector('h1')?.innerText === 'Name your baby'")
    settled(page)
    assert page.evaluate("window.__before")  # who goes on right after a lost connection loads no page anew
    lose(context, page)
    assert "welcome_model=" in page.url
    page.locator(".st-key-welcome_names").wait_for()
    assert page.get_by_text("Train it again").count() == 0


def test_the_position_in_a_film_is_there_after_a_lost_connection(context, base):
    page = opened(context, f"{base}/matrix-multiplication?scene=cell-by-cell")
    for _ in range(3):
        page.get_by_role("button", name="Next product").click()
    page.wait_for_function("location.search.includes('mm_walk_at=6')")
    lose(context, page)
    assert page.locator(".counter").inner_text() == "6 of 24 multiplications"
    assert "mm_walk_at=6" in page.url
