"""The bigram's page in a real browser: the grid counts, a link restores, a visitor's own list moves in."""

from urllib.parse import parse_qs, urlparse

import numpy as np
import pytest

from explainer import names
from explainer.traces import bigram as trace
from tests.browser.conftest import settled

OWN = "ZOË\nŁUKASZ\nОЛЕНА\nR2D2\n" + "\n".join(f"MAREK{c}" for c in "ABCDEFGHIJ")
CSV = "nr;imię;płeć\n1;Ada;K\n2;Bartosz;M\n3;Celina;K\n4;Anna Maria;K\n"


def drawn(page, key: str) -> list[dict]:
    """Return the matrices as the canvas draws them now."""
    canvas = page.locator(f".st-key-{key} canvas.cells")
    canvas.wait_for()
    return canvas.evaluate("c => c.__grid.matrices")


def values(matrix: dict) -> np.ndarray:
    return np.array(matrix["values"], dtype=float).reshape(matrix["rows"], matrix["cols"])


def query(page) -> dict[str, str]:
    return {key: value[0] for key, value in parse_qs(urlparse(page.url).query).items()}


def girls() -> trace.FillIn:
    return trace.fill_in(names.select(names.register(), "girl")["name"].tolist(), names.VOCABULARY)


def test_the_count_matrix_fills_in_back_and_forth_without_the_server(open_page):
    page = open_page("/bigram?scene=fill-in")
    sent = []
    page.on("websocket", lambda socket: socket.on("framesent", lambda frame: sent.append(frame)))
    page.reload()
    settled(page)
    drawn(page, "bigram_fill_in")
    assert sent
    page.wait_for_timeout(500)
    sent.clear()
    fill = girls()
    scrubber = page.locator(".st-key-bigram_fill_in input.scrubber")
    for position in (len(fill.titles), 1200, 1199):
        scrubber.evaluate("(e, to) => { e.value = to; e.dispatchEvent(new Event('input')); }", position)
        seen = fill.cells[: fill.starts[position]]
        expected = np.zeros((34, 34))
        np.add.at(expected, (seen[:, 0], seen[:, 1]), 1)
        assert np.array_equal(values(drawn(page, "bigram_fill_in")[0]), expected), position
    page.get_by_role("button", name="Play").click()
    page.wait_for_timeout(1000)
    assert values(drawn(page, "bigram_fill_in")[0]).sum() > expected.sum()
    assert sent == []


def test_a_link_restores_the_picture(open_page):
    page = open_page("/bigram?scene=probabilities&bigram_names=boys&bigram_smoothing=0.3&bigram_bearers=1000")
    rows = names.select(names.register(), "boy", 1000)["name"].tolist()
    expected = trace.probability_table(trace.fill_in(rows, names.VOCABULARY).counts, 0.3)
    count, share = drawn(page, "bigram_probabilities")
    assert np.array_equal(values(count), expected.counts)
    assert np.allclose(values(share), expected.probabilities, atol=1e-6)
    box = page.locator(".st-key-bigram_probabilities canvas.cells").bounding_box()
    row, col = names.VOCABULARY.encode("NA")
    x, y = share["x"] + (col + 0.5) * share["cw"], share["y"] + (row + 0.5) * share["ch"]
    page.mouse.move(box["x"] + x, box["y"] + y)
    formula = f"({expected.counts[row, col]} + 0.3) ÷ {expected.totals[row]:,.1f} ≈ "
    page.get_by_text(f"row N, column A: {formula}").wait_for()


def test_rolling_again_moves_the_seed_in_the_address(open_page):
    page = open_page("/bigram?scene=sample&bigram_seed=41&bigram_way=ten+names")
    page.get_by_role("button", name="Roll again").click()
    settled(page)
    assert query(page)["bigram_seed"] == "42"


def test_a_pasted_list_is_restored_from_its_link(open_page):
    page = open_page("/bigram?scene=data&bigram_names=your+own+list")
    field = page.locator(".st-key-bigram_list textarea")
    field.fill(OWN)
    field.press("Control+Enter")
    page.get_by_text("13 words; left out: 1").wait_for()
    assert query(page)["bigram_list"] == OWN
    again = open_page(f"/bigram?{urlparse(page.url).query}&scene=fill-in")
    assert drawn(again, "bigram_fill_in")[0]["rows"] == len(set("".join(OWN.split())) - set("2\n")) + 1


def test_a_long_list_stays_out_of_the_address_and_is_kept_between_scenes(open_page):
    page = open_page("/bigram?scene=data&bigram_names=your+own+list")
    field = page.locator(".st-key-bigram_list textarea")
    field.fill("\n".join(names.select(names.register(), "boy")["name"].tolist()[:400]))
    field.press("Control+Enter")
    page.get_by_text("400 words; left out: 0").wait_for()
    assert "bigram_list" not in query(page)
    page.keyboard.press("Escape")
    page.locator("h1").click()
    page.keyboard.press("PageDown")
    page.get_by_text("One name", exact=True).wait_for()
    settled(page)
    page.get_by_role("button", name="Your list").click()
    page.get_by_text("400 words; left out: 0").wait_for()


def test_an_uploaded_table_offers_its_columns_and_outlives_a_walk_to_another_page(open_page):
    page = open_page("/bigram?scene=data&bigram_names=your+own+list")
    file = {"name": "klasa.csv", "mimeType": "text/csv", "buffer": CSV.encode()}
    page.locator(".st-key-bigram_file_widget input[type=file]").set_input_files(file)
    page.get_by_text("3 words; left out: 2").wait_for()
    for width, height in ((1280, 720), (1920, 1080)):
        page.set_viewport_size({"width": width, "height": height})
        settled(page)
        row = page.locator(".st-key-bar").bounding_box()["y"]
        for part in page.locator(".st-key-stage .stElementContainer").all():
            box = part.bounding_box()
            assert box["y"] + box["height"] <= row + 1, part.inner_text()
    page.keyboard.press("PageUp")
    page.wait_for_function("location.pathname !== '/bigram'")
    settled(page)
    page.keyboard.press("PageDown")
    page.wait_for_function("location.pathname === '/bigram'")
    page.get_by_text("3 words; left out: 2").wait_for()
    page.get_by_role("button", name="Remove the file").click()
    page.get_by_text("Your list is empty").wait_for()


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"PK\x03\x04 not a text", b"", b"1;2\n3;4\n"])
def test_a_hostile_file_is_answered(open_page, content):
    page = open_page("/bigram?scene=data&bigram_names=your+own+list")
    file = {"name": "x.csv", "mimeType": "text/csv", "buffer": content}
    page.locator(".st-key-bigram_file_widget input[type=file]").set_input_files(file)
    settled(page)
    assert page.locator(".st-key-stage input[type=file]").count() == 1
    assert page.locator(".st-key-bigram_split").count() == 0
    assert page.locator("[data-testid=stException]").count() == 0


@pytest.mark.parametrize("scene", ["data", "counting-is-learning"])
@pytest.mark.parametrize(("width", "height"), [(1920, 1080), (390, 844)])
def test_an_own_list_fits_as_the_register_does(open_page, scene, width, height):
    page = open_page(f"/bigram?scene={scene}&bigram_names=your+own+list&bigram_list=A%0AB", width, height)
    page.wait_for_timeout(500)
    main = page.locator("[data-testid=stMain]")
    if width > 700:
        assert main.evaluate("m => m.scrollHeight - m.clientHeight") <= 0
    assert page.evaluate("document.documentElement.scrollWidth") == width


def test_another_table_is_not_searched_for_what_the_last_one_was(open_page):
    page = open_page("/bigram?scene=data")
    page.get_by_role("searchbox").fill("anna")
    page.get_by_text(" of 3,517 rows").wait_for()
    page.get_by_text("boys", exact=True).click()
    page.get_by_text("4,940 rows", exact=True).wait_for()
    assert page.get_by_role("searchbox").input_value() == ""


def test_another_name_starts_at_its_first_pair(open_page):
    page = open_page("/bigram?scene=one-name&bigram_name=ANNA")
    at = "() => [...window.__players][0].position"
    start = page.evaluate(at)
    page.evaluate("() => [...window.__players][0].end()")
    assert page.evaluate(at) > start
    page.get_by_label("your name").fill("ADAM")
    page.keyboard.press("Enter")
    page.wait_for_function("() => location.search.includes('ADAM')")
    settled(page)
    assert page.evaluate(at) == start


# Texts of a drawing that lie over each other, pair by pair.
COLLIDING = """() => {
  const roots = [...document.querySelectorAll('*')].map((e) => e.shadowRoot).filter(Boolean);
  const texts = roots.flatMap((root) => [...root.querySelectorAll('svg text')])
    .filter((text) => text.checkVisibility() && text.textContent && getComputedStyle(text).display !== 'none')
    .map((text) => ({ says: text.textContent, ...text.getBoundingClientRect().toJSON() }));
  const over = (a, b) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > 0.5
    && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 0.6 * Math.min(a.height, b.height);
  const pairs = texts.flatMap((a, i) => texts.slice(i + 1).map((b) => [a, b]));
  return pairs.filter(([a, b]) => over(a, b)).map(([a, b]) => `${a.says} | ${b.says}`);
}"""


@pytest.mark.parametrize("width", [320, 701, 1280])
@pytest.mark.parametrize("scene", ["data", "sample", "sample&bigram_way=one+name"])
def test_labels_of_a_strip_do_not_lie_on_each_other(open_page, scene, width):
    page = open_page(f"/bigram?scene={scene}", width, 900)
    assert page.evaluate(COLLIDING) == []
