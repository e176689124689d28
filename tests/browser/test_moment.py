"""The address holds this very moment: it comes back after a turn, a reload, and in another window."""

from urllib.parse import parse_qs, urlparse

import pytest

from tests.browser.conftest import settled
from tests.browser.test_history import turn

pytestmark = pytest.mark.long

LOCKED = """() => document.querySelector('.st-key-bigram_fill_in [data-testid=stBidiComponentRegular]')
  .shadowRoot.querySelector('canvas').__grid.lit.filter(({ kind }) => kind === 'cell')"""
CAMERA = """() => document.querySelector('.st-key-gd_downhill [data-testid=stBidiComponentRegular]')
  .shadowRoot.querySelector('.landscape').__landscape.camera"""


def told(page) -> dict[str, str]:
    """Return what the address says, once all of it has been written."""
    page.evaluate("__moments.write()")
    return {key: value for key, [value] in parse_qs(urlparse(page.url).query).items()}


def positions(page) -> list[int]:
    """Return where what plays stands, once it is there."""
    page.wait_for_function("window.__players?.size && __deck.resting")
    return page.evaluate("[...__players].map(({ position }) => position)")


def table(page) -> tuple[str, str, str]:
    """Return what is searched for, how the second column is sorted, and how many rows there are."""
    one = page.locator(".st-key-bigram_table")
    sorted_by = one.locator("th[scope=col]").nth(1).get_attribute("aria-sort")
    return one.locator("input").input_value(), sorted_by, one.locator(".count").inner_text()


def test_a_position_comes_back_after_a_turn_a_reload_and_in_another_window(open_page):
    page = open_page("/bigram?scene=fill-in")
    entries = page.evaluate("history.length")
    page.evaluate("[...__players][0].seek(1234)")
    assert told(page) == {"scene": "fill-in", "bigram_fill_in_at": "1234"}
    turn(page, 0)
    settled(page)
    assert told(page) == {}
    turn(page, 2)
    settled(page)
    assert (positions(page), told(page)["bigram_fill_in_at"]) == ([1234], "1234")
    assert page.evaluate("history.length") - entries == 2
    page.evaluate("history.go(-2)")
    settled(page)
    assert (positions(page), told(page)["bigram_fill_in_at"]) == ([1234], "1234")
    page.reload()
    settled(page)
    assert positions(page) == [1234]
    other = open_page(page.url.removeprefix(page.evaluate("location.origin")))
    assert positions(other) == [1234]
    other.evaluate("[...__players][0].reset()")
    assert told(other) == {"scene": "fill-in"}


def test_playing_writes_the_address_and_asks_the_server_nothing(open_page):
    page = open_page("/bigram?scene=fill-in")
    page.evaluate("""() => {
      const { send } = WebSocket.prototype;
      const { replaceState } = history;
      window.__asked = window.__written = 0;
      WebSocket.prototype.send = function (...given) { __asked += 1; return send.apply(this, given); };
      history.replaceState = function (...given) { __written += 1; return replaceState.apply(this, given); };
    }""")
    page.keyboard.press("Space")
    page.wait_for_timeout(1500)
    page.keyboard.press("Space")
    [at] = positions(page)
    assert 0 < at == int(told(page)["bigram_fill_in_at"])
    assert page.evaluate("__asked") == 0
    assert 1 <= page.evaluate("__written") <= 6


def test_a_search_and_an_order_come_back(open_page):
    page = open_page("/bigram")
    one = page.locator(".st-key-bigram_table")
    one.locator("input").fill("ann")
    one.locator("th button").nth(1).click()
    before, address = table(page), told(page)
    assert before[:2] == ("ann", "ascending")
    assert address["bigram_table_find"] == "ann"
    turn(page, 2)
    turn(page, 0)
    settled(page)
    assert (table(page), told(page)) == (before, address)
    page.reload()
    settled(page)
    page.wait_for_function("window.__deck?.resting")
    assert (table(page), told(page)) == (before, address)


def test_a_locked_cell_and_the_camera_come_back(open_page):
    page = open_page("/bigram?scene=fill-in&bigram_fill_in_cell=0.3.17")
    page.wait_for_function(f"({LOCKED})().some(({{ rows, cols }}) => rows[0] === 3 && cols[0] === 17)")
    page.goto(page.url.replace("0.3.17", "0.3.34"))  # no such column
    settled(page)
    page.wait_for_function("window.__deck?.resting")
    assert [cell for cell in page.evaluate(LOCKED) if cell["rows"] == [3, 3]] == []
    assert told(page) == {"scene": "fill-in"}
    page = open_page("/gradient-descent?scene=downhill&gd_downhill_camera=-120.50")
    assert page.evaluate(CAMERA) == [-120, 50]
    turn(page, 0)
    turn(page, 1)
    settled(page)
    assert page.evaluate(CAMERA) == [-120, 50]
    assert told(page)["gd_downhill_camera"] == "-120.50"


@pytest.mark.parametrize("at", ["9999999", "101"])
def test_what_does_not_fit_the_picture_leaves_the_address(open_page, at):
    page = open_page(f"/gradient-descent?scene=downhill&gd_downhill_at={at}")
    assert positions(page) == page.evaluate("[...__players].map(({ start }) => start)")
    assert told(page) == {"scene": "downhill"}
