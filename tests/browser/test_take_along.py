"""What is taken along: an address that answers, the picture as it is on the screen, the trace's numbers."""

import csv
import socket
import urllib.request
from io import BytesIO, StringIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from explainer import checkpoints, names
from explainer.ui.take_along import network_address
from tests.browser.barriers import barriers
from tests.browser.conftest import ROOT, settled, started
from tests.browser.test_access import PICTURES
from tests.scenes import open_scene, plotted

pytestmark = pytest.mark.long

SHARP, MARGIN = 2, 24  # as photograph.js has them
FRAME = """() => {
  const parts = [...document.querySelectorAll('.st-key-head, .st-key-stage')];
  const boxes = parts.map((part) => part.getBoundingClientRect());
  const [left, top] = ['left', 'top'].map((side) => Math.min(...boxes.map((box) => box[side])));
  const [right, bottom] = ['right', 'bottom'].map((side) => Math.max(...boxes.map((box) => box[side])));
  return [left, top, right - left, bottom - top];
}"""

# The picture has no buttons that play: nor has the screen, for as long as the two are compared.
WITHOUT_BUTTONS = """() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync('.transport > :not(.counter) { visibility: hidden; }');
  for (const { shadowRoot } of document.querySelectorAll('*')) shadowRoot?.adoptedStyleSheets.push(sheet);
}"""


def window(page):
    """Open "Take it along" and return it."""
    page.wait_for_function("__deck.resting")
    page.get_by_role("button", name="Take it along", exact=True).click()
    told = page.get_by_role("dialog", name="Take it along")
    told.get_by_role("button", name="Picture (PNG)").wait_for()
    return told


def taken(page, told, button: str) -> tuple[str, bytes]:
    """Click one of its buttons; return the file's name and what is in it."""
    with page.expect_download(timeout=60_000) as download:
        told.get_by_role("button", name=button, exact=True).click()
    return download.value.suggested_filename, Path(download.value.path()).read_bytes()


def table(file: bytes) -> tuple[list[str], list[list[str]]]:
    """Return the titles of the columns and the rows of a CSV."""
    head, *rows = csv.reader(StringIO(file.decode("utf-8-sig"), newline=""))
    return head, rows


def matrix(file: bytes) -> tuple[list[str], list[str], np.ndarray]:
    """Return the labels of a matrix, of its rows and its columns, and its numbers."""
    head, rows = table(file)
    return [row[0] for row in rows], head[1:], np.array([row[1:] for row in rows], dtype=float)


def small(picture: Image.Image) -> np.ndarray:
    """Return a picture in few grey pixels: how type is drawn no longer matters."""
    return np.asarray(picture.convert("L").resize((96, 54), Image.Resampling.BOX), dtype=float)


@pytest.mark.parametrize("kind", PICTURES)
def test_the_picture_is_what_stands_on_the_screen(open_page, kind):
    address, key = PICTURES[kind]
    page = open_page(address, 1280, 720, color_scheme="dark" if kind == "drawing" else "light")
    page.wait_for_function("__deck.resting")
    page.evaluate(WITHOUT_BUTTONS)
    picture = page.locator(f"[class*='st-key-{key}'] [data-testid=stBidiComponentRegular]").first
    left, top, width, height = page.evaluate(FRAME)
    box, seen = picture.bounding_box(), small(Image.open(BytesIO(picture.screenshot())))
    name, file = taken(page, window(page), "Picture (PNG)")
    whole = Image.open(BytesIO(file))
    assert name.endswith(".png")
    assert whole.size == pytest.approx(
        (SHARP * (width + 2 * MARGIN), SHARP * (height + 2 * MARGIN)), abs=SHARP
    )
    at = [SHARP * (box["x"] - left + MARGIN), SHARP * (box["y"] - top + MARGIN)]
    part = whole.crop((*at, at[0] + SHARP * box["width"], at[1] + SHARP * box["height"]))
    drawn = small(part)
    assert np.ptp(seen) > 30
    assert np.abs(drawn - seen).mean() < 4
    assert np.corrcoef(drawn.ravel(), seen.ravel())[0, 1] > 0.9


def test_a_page_that_is_longer_than_a_phone_comes_whole(open_page):
    page = open_page("/bigram", 390, 844, is_mobile=True, has_touch=True)
    told = window(page)
    assert barriers(page) == []
    *_, height = page.evaluate(FRAME)
    assert height > 844
    _, file = taken(page, told, "Picture (PNG)")
    whole = Image.open(BytesIO(file)).convert("L")
    assert whole.height == pytest.approx(SHARP * (height + 2 * MARGIN), abs=SHARP)
    below = np.asarray(whole)[-SHARP * 300 :]
    assert np.ptp(below) > 100


def test_the_numbers_of_the_matrices_are_those_of_the_model(open_page):
    page = open_page("/mlp?scene=matrices")
    told, model = window(page), checkpoints.load("girls-mlp").model
    for title in ("C", "W1", "W2"):
        name, file = taken(page, told, f"{title} (CSV)")
        rows, cols, numbers = matrix(file)
        expected = getattr(model, title).detach().float().numpy()
        assert name == f"mlp-matrices-{title}.csv"
        assert (len(rows), len(cols)) in (expected.shape, expected.shape[::-1])
        if numbers.shape != expected.shape:
            numbers = numbers.T  # it lies on its side
        np.testing.assert_allclose(numbers, expected, rtol=1e-6)


def test_a_matrix_is_taken_at_the_frame_that_is_seen_with_its_letters(open_page):
    page = open_page("/bigram?scene=fill-in&bigram_fill_in_at=3")
    page.wait_for_function("__deck.resting")
    rows, cols, numbers = matrix(taken(page, window(page), "counts (CSV)")[1])
    first = names.select(names.register(), "girl")["name"][:3]
    expected = np.zeros_like(numbers)
    for name in first:
        for a, b in zip(f"·{name}", f"{name}·", strict=True):
            expected[rows.index(a), cols.index(b)] += 1
    np.testing.assert_array_equal(numbers, expected)


def test_a_table_is_taken_in_the_order_that_is_seen(open_page):
    page = open_page("/bigram")
    page.locator(".st-key-bigram_table th button").nth(1).click()  # from the rarest on
    head, rows = table(taken(page, window(page), "Table (CSV)")[1])
    register = names.select(names.register(), "girl")
    assert head[:2] == ["name", "bearers"]
    assert {name: int(bearers) for name, bearers, *_ in rows} == dict(
        zip(register["name"], register["bearers"], strict=True)
    )
    bearers = [int(row[1]) for row in rows]
    assert bearers == sorted(bearers)


def test_who_looks_at_whom_is_taken_as_a_matrix_whose_rows_sum_to_one(open_page):
    page = open_page("/attention")
    told = window(page)
    button = told.get_by_role("button", name="(CSV)").first.inner_text()
    head, rows = table(taken(page, told, button)[1])
    assert head[1:] == [row[0] for row in rows]
    for i, (_, *shares) in enumerate(rows):
        assert all(shares[: i + 1])
        assert not any(shares[i + 1 :])
        assert sum(map(float, shares[: i + 1])) == pytest.approx(1, abs=2e-3)  # half precision


FIGURES = {  # what is taken along, and which figure it stands in
    "curves": ("training.py", "sweep", "training_sweep", "loss"),
    "two panels": ("training.py", "two-recipes", "training_recipes", "better: step"),
    "bars of a histogram": ("mlp.py", "good-start", "mlp_histogram_better", "share of all 2"),
}


@pytest.mark.parametrize("kind", FIGURES)
def test_the_numbers_of_a_figure_are_those_that_it_draws(open_page, kind):
    chapter, scene, key, title = FIGURES[kind]
    page = open_page(f"/{chapter.removesuffix('.py')}?scene={scene}")
    head, rows = table(taken(page, window(page), f"{title} (CSV)")[1])
    *_, x, y = zip(*rows, strict=True)
    axis = "x2" if kind == "two panels" else None
    traces = [t for t in plotted(open_scene(chapter, scene), key).data if t.xaxis == axis]
    for values, expected in ((x, [t.x for t in traces]), (y, [t.y for t in traces])):
        np.testing.assert_allclose([float(value) for value in values], np.concatenate(expected), rtol=1e-6)
    if head[0] == "name":
        names_of = [t.name or text for t in traces for text in (t.text or [""] * len(t.x))]
        assert [row[0] for row in rows] == names_of


def test_a_drawn_table_is_taken_along(open_page):
    page = open_page("/mlp?scene=data-set")
    head, rows = table(taken(page, window(page), "Table (CSV)")[1])
    assert head == ["read", "follows", "X[0]", "X[1]", "X[2]", "Y", "p of Y"]
    vocabulary = names.VOCABULARY
    for read, follows, *numbers, p in rows:
        assert [int(n) for n in numbers] == vocabulary.encode((read + follows).replace("·", names.BOUNDARY))
        assert 0 < float(p) < 1
    assert "".join(row[1] for row in rows) == "ANNA·"


def test_bars_and_letters_are_taken_by_their_names(open_page):
    page = open_page("/training?scene=nudge-a-letter&training_letter=O&training_right=1&training_up=-1")
    told = window(page)
    _, bars = table(taken(page, told, "Bars (CSV)")[1])
    assert {letter for letter, _ in bars} <= set(names.VOCABULARY.symbols)
    shares = [float(share) for _, share in bars]
    assert 0.5 < sum(shares) <= 1
    _, places = table(taken(page, told, "Letters (CSV)")[1])
    C = checkpoints.load("girls-mlp-2d").model.C.detach().numpy()
    expected = dict(zip(names.VOCABULARY.symbols, C, strict=True))
    expected["O"] = expected["O"] + (1, -1)
    assert len(places) == len(expected)
    for letter, *place in places:
        true = expected[letter.replace("·", ".")]
        np.testing.assert_allclose(np.array(place, dtype=float), true, atol=2e-3)  # half precision


def test_where_the_server_listens_to_the_network_its_address_there_opens_the_scene(chromium):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    flags = ("--server.address", "0.0.0.0")
    with started(ROOT / "explainer" / "app.py", *flags, port=port) as (_, base):
        page = chromium.new_page(viewport={"width": 1280, "height": 720})
        page.goto(f"{base}/bigram?scene=sample&bigram_seed=7")
        settled(page)
        page.wait_for_function("window.__deck")
        told, own = window(page), network_address(port)
        if own is None:
            told.get_by_text("runs on this machine alone").wait_for()  # it is in no network
            return
        told.get_by_text("phones must be in the same network").wait_for()
        address = told.locator("pre").inner_text().strip()
        assert address == f"http://{own}:{port}/bigram?scene=sample&bigram_seed=7"
        with urllib.request.urlopen(address, timeout=10) as answer:
            assert answer.status == 200
        page.goto(address)
        settled(page)
        assert page.locator("h1").inner_text() == "Sample a name"
        page.close()
