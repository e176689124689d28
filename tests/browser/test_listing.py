"""Tables in the browser: what stands is what was sent, wherever one scrolls, sorts or searches."""

from pathlib import Path

import pandas as pd
import pytest

from tests.browser import listing_app
from tests.browser.conftest import settled
from tests.browser.test_stage import complaints, look

ROWS = "rows => rows.map((row) => [...row.cells].map((cell) => cell.textContent))"
# The places, from 0, of the rows that are seen below the head, whole or in part.
SEEN = """table => {
  const box = table.parentElement.getBoundingClientRect();
  const top = box.top + table.tHead.offsetHeight;
  return [...table.querySelectorAll('tr[id]')].filter((row) => {
    const { top: from, bottom: to } = row.getBoundingClientRect();
    return to > top + 1 && from < box.bottom - 1;
  }).map((row) => row.ariaRowIndex - 2);
}"""


@pytest.fixture
def page(open_page, serve):
    page = open_page("/", base=serve(Path(listing_app.__file__)))
    table(page, "Few rows.").locator("tr[id]").first.wait_for()
    return page


def table(page, name: str = "Many rows."):
    """Return a table by what it is called."""
    return page.get_by_role("grid", name=name)


def search(page, text: str, place: int = 0) -> None:
    page.get_by_role("searchbox").nth(place).fill(text)


def rows(found) -> list[list[str]]:
    """Return the texts of the rows that stand in the page."""
    return found.locator("tr[id]").evaluate_all(ROWS)


def first(page, name: str = "Many rows.") -> list[str]:
    return [row[0] for row in rows(table(page, name))][:3]


def scroll(found, to: str) -> None:
    """Scroll a table, and wait until it is drawn there."""
    found.evaluate(f"table => {{ const box = table.parentElement; box.scrollTop = {to}; }}")
    found.page.wait_for_timeout(100)


def test_what_stands_is_what_was_sent(page):
    frame = listing_app.many()
    shown = rows(table(page))
    assert [row[0] for row in shown] == frame["word"].tolist()[: len(shown)]
    assert [row[1] for row in shown] == [f"{n:,.0f}" for n in frame["bearers"].tolist()[: len(shown)]]
    assert [row[3] == "✓yes" for row in shown] == frame["copied"].tolist()[: len(shown)]
    assert len(shown) < 60  # of 9,000: the others cost nothing
    assert table(page).get_attribute("aria-rowcount") == "9001"


def test_numbers_are_written_as_in_the_figures(page):
    page.get_by_role("columnheader", name="word").first.get_by_role("button").click()
    shown = rows(table(page))
    assert shown[0] == ["WORD 0", "0", "0", "✓yes"]
    assert shown[5] == ["WORD 5", "–", "6.9·10⁻¹²", "no"]


def test_every_row_is_reached_by_scrolling(page):
    frame = listing_app.many()
    for to in ("1e9", "box.scrollHeight / 2", "0", "1001.5"):
        scroll(table(page), to)
        places = table(page).evaluate(SEEN)
        assert places == list(range(places[0], places[0] + len(places)))
        assert len(places) >= 6
        shown = {row[0] for row in rows(table(page))}
        assert shown >= set(frame["word"].iloc[places])
        if to == "1e9":
            assert places[-1] == listing_app.MANY - 1


def test_columns_are_sorted_up_down_and_as_they_came(page):
    as_given = first(page)
    head = page.get_by_role("columnheader", name="bearers").first
    button = head.get_by_role("button")
    orders = []
    for _ in range(3):
        button.click()
        orders.append((head.get_attribute("aria-sort"), first(page)))
    assert orders == [
        ("ascending", ["WORD 0", "WORD 1", "WORD 2"]),
        ("descending", ["WORD 8999", "WORD 8998", "WORD 8997"]),
        ("none", as_given),
    ]
    button.press("Enter")
    scroll(table(page), "1e9")
    assert rows(table(page))[-1][:2] == ["WORD 5", "–"]  # what is missing comes last
    page.get_by_role("columnheader", name="word").first.get_by_role("button").click()
    assert first(page) == ["WORD 0", "WORD 1", "WORD 2"]
    assert head.get_attribute("aria-sort") == "none"


def test_a_search_is_plain_and_knows_no_accents(page):
    for asked, found in {
        "lodz": ["ŁÓDŹ", "lodz"],
        "łóDŹ ": ["ŁÓDŹ", "lodz"],
        "zoe": ["Zoë"],
        "istanbul": ["İstanbul"],
        ".*": ["a.*b"],
        "<IMG": [listing_app.HOSTILE],
    }.items():
        search(page, asked, 1)
        assert [row[0] for row in rows(table(page, "Few rows."))] == found
        assert page.get_by_role("status").nth(1).inner_text() == f"{len(found)} of 27 rows"


def test_numbers_are_found_with_and_without_separators(page):
    for asked in ("8,999,000", "8999000"):
        search(page, asked)
        assert first(page) == ["WORD 8999"]
    search(page, listing_app.HOSTILE)
    assert page.get_by_text(f"No row has “{listing_app.HOSTILE}”.").is_visible()
    search(page, "")
    assert first(page) == listing_app.many()["word"].tolist()[:3]


def test_a_hostile_text_is_no_html(page):
    assert page.locator("[data-testid=stBidiComponentRegular] img").count() == 0
    assert page.get_by_role("rowheader", name=listing_app.HOSTILE).inner_text() == listing_app.HOSTILE


def test_an_empty_table_says_so(page):
    assert page.get_by_text("Nothing was left out.").is_visible()
    assert table(page, "No rows.").count() == 0


def test_a_long_text_is_whole_on_hover_and_when_its_row_is_chosen(page):
    cell = page.get_by_role("rowheader", name="a text that has no end")
    cut = "cell => cell.scrollWidth > cell.clientWidth"
    assert cell.evaluate(cut)
    cell.hover()
    assert cell.get_attribute("title") == listing_app.LONG
    cell.click()
    assert not cell.evaluate(cut)
    scroll(table(page, "Few rows."), "1e9")
    assert table(page, "Few rows.").evaluate(SEEN)[-1] == 26
    scroll(table(page, "Few rows."), "0")
    cell.click()
    assert cell.evaluate(cut)


def test_the_keys_move_through_the_rows(page):
    frame, found = listing_app.many(), table(page)
    found.focus()
    for key, place in [("ArrowDown", 0), *[("ArrowDown", i) for i in range(1, 15)], ("ArrowUp", 13)]:
        page.keyboard.press(key)
        chosen = found.locator("tr[aria-selected=true]")
        assert chosen.get_attribute("aria-rowindex") == str(place + 2)
        assert found.get_attribute("aria-activedescendant") == chosen.get_attribute("id")
        assert place in found.evaluate(SEEN)
    page.keyboard.press("End")
    assert found.locator("tr[aria-selected=true] th").inner_text() == frame["word"].iloc[-1]
    assert listing_app.MANY - 1 in found.evaluate(SEEN)
    page.keyboard.press("Home")
    assert found.locator("tr[aria-selected=true] th").inner_text() == frame["word"].iloc[0]
    page.keyboard.press("Escape")
    assert found.locator("tr[aria-selected=true]").count() == 0
    page.get_by_role("searchbox").first.press("ArrowDown")
    assert found.locator("tr[aria-selected=true]").get_attribute("aria-rowindex") == "2"


def test_a_text_can_be_selected_and_chooses_no_row(page):
    found, cell = table(page, "Few rows."), page.get_by_role("rowheader", name="lodz")
    box = cell.bounding_box()
    y = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + 1, y)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] - 1, y, steps=4)
    page.mouse.up()
    assert found.evaluate("table => String(table.getRootNode().getSelection())").strip() == "lodz"
    assert found.locator("tr[aria-selected=true]").count() == 0


def test_a_rerun_leaves_an_unchanged_table_alone(page):
    search(page, "zoe", 1)
    page.get_by_role("columnheader", name="word").first.get_by_role("button").click()
    page.evaluate("() => { window.kept = document.activeElement; }")
    node = table(page, "Few rows.").locator("tr[id]").element_handle()
    page.get_by_text("other").click()
    table(page, "Three rows.").wait_for()
    settled(page)
    assert node.evaluate("row => row.isConnected")
    assert [row[0] for row in rows(table(page, "Few rows."))] == ["Zoë"]
    words = sorted(listing_app.many()["word"].tolist()[:3], key=lambda word: int(word.split()[1]))
    assert first(page, "Three rows.") == words  # the order that was asked for stays


def test_letters_are_the_search_s_arrows_the_table_s_and_page_keys_turn_the_scene(open_page):
    page = open_page("/bigram?scene=data")
    page.get_by_role("searchbox").press_sequentially("b.f")
    assert page.get_by_role("searchbox").input_value() == "b.f"
    page.get_by_role("searchbox").fill("zofia")
    page.get_by_role("grid").focus()
    page.keyboard.press("ArrowDown")
    page.wait_for_timeout(300)
    assert page.get_by_role("heading", name="The data").is_visible()
    page.keyboard.press("PageDown")
    page.get_by_role("heading", name="One name").wait_for()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_chosen_row_can_be_read_from_the_last_row(open_page, scheme):
    address = "/references?scene=checkpoints"
    page = open_page(address, color_scheme=scheme)
    page.get_by_role("rowheader").first.click()
    page.get_by_role("columnheader").first.get_by_role("button").hover()
    assert complaints(address, look(page)) == []


@pytest.mark.parametrize("address", ["/bigram?scene=data", "/references?scene=checkpoints"])
def test_on_a_phone_only_the_table_scrolls_sideways_and_its_first_column_stays(open_page, address):
    page = open_page(address, 390, 844)
    page.get_by_role("grid").first.scroll_into_view_if_needed()
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    page.get_by_role("grid").first.evaluate("table => { table.parentElement.scrollLeft = 1e4; }")
    box = page.get_by_role("rowheader").first.bounding_box()
    assert 0 <= box["x"] < 40
    assert box["width"] < 200


def test_the_rows_that_are_found_go_into_a_file(page):
    search(page, "ódź", place=1)
    with page.expect_download() as download:
        page.get_by_role("button", name="Save the rows as CSV").nth(1).click()
    assert download.value.suggested_filename == "few.csv"
    saved = pd.read_csv(download.value.path())
    expected = listing_app.few().iloc[:2]
    pd.testing.assert_frame_equal(saved, expected)


def test_a_file_holds_every_row_in_the_order_that_is_seen_with_all_digits(page):
    page.get_by_role("columnheader", name="probability").first.get_by_role("button").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Save the rows as CSV").first.press("Enter")
    saved = pd.read_csv(download.value.path())
    expected = listing_app.many().sort_values("probability", ignore_index=True)
    pd.testing.assert_frame_equal(saved, expected, check_dtype=False)


def test_a_table_fills_the_window_and_comes_back(page):
    small = len(table(page).evaluate(SEEN))
    whole = page.get_by_role("button", name="Full view").first
    whole.press("Enter")
    page.wait_for_timeout(100)
    assert len(table(page).evaluate(SEEN)) > 2 * small
    scroll(table(page), "1e9")
    assert table(page).evaluate(SEEN)[-1] == 8_999
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Full view").first.wait_for()
    page.wait_for_timeout(100)
    assert len(table(page).evaluate(SEEN)) == small
