"""The deck: keys, deep links, the code behind a scene, what is typed."""

from pathlib import Path
from urllib.parse import parse_qs, urlparse

import pytest

from tests.browser.conftest import TURNED, settled

SLIDERS = "/matrix-multiplication"  # its first scene has four sliders
STAGE = "document.querySelector('.st-key-controls [aria-checked=true]').innerText"
FILLED = "getComputedStyle(document.querySelector('nav [aria-current=step]')).getPropertyValue('--seen')"
PLAYS = "[...window.__players].map(({ position, playing }) => ({ position, playing }))"
# What wears a ring because it has the focus; null if nothing does.
RING = """() => {
  let focused = document.activeElement;
  while (focused?.shadowRoot?.activeElement) focused = focused.shadowRoot.activeElement;
  return getComputedStyle(focused).outlineStyle === 'none' ? null : focused.innerText || focused.tagName;
}"""


def title(page) -> str:
    return page.locator("h1").inner_text()


def turned(page, key: str, before: str) -> str:
    """Press a key and return the title of the scene that it led to."""
    page.keyboard.press(key)
    page.wait_for_function(TURNED, arg=before)
    settled(page)
    return title(page)


def rested(page) -> None:
    """Wait until all that was asked for by key has come."""
    page.wait_for_function("__deck.resting")


def pressed(page, key: str) -> None:
    """Press a key and wait until the step that it asks for is taken."""
    page.keyboard.press(key)
    rested(page)


def plays(page) -> list[dict]:
    return page.evaluate(PLAYS)


def test_page_down_turns_the_scene_while_a_slider_has_the_focus(open_page):
    page = open_page(SLIDERS)
    first = title(page)
    slider = page.get_by_role("slider").first
    slider.focus()
    assert turned(page, "PageDown", first) != first


# The next request of the frame never arrives.
LOST = "() => { const { tell } = __deck; __deck.tell = () => { __deck.tell = tell; }; }"
# Another frame takes the place of one that still waits for a scene to be drawn.
REPLACED = """() => {
  const { here, tell, constructor } = __deck;
  __deck.arriving = { by: 1, at: performance.now() };
  new constructor(document.createElement('div')).update({ data: here, setTriggerValue: tell });
}"""


def test_a_turn_whose_request_was_lost_is_asked_again(open_page):
    page = open_page(SLIDERS)
    page.evaluate(LOST)
    page.keyboard.press("PageDown")
    page.wait_for_function("__deck.here.scene === 1", timeout=10_000)
    rested(page)


def test_a_frame_ends_what_the_one_before_it_waited_for(open_page):
    page = open_page(SLIDERS)
    page.evaluate(REPLACED)
    page.wait_for_function("__deck.resting", timeout=10_000)


def test_a_focused_slider_keeps_its_arrow_keys(open_page):
    page = open_page(SLIDERS)
    first = title(page)
    slider = page.get_by_role("slider").first
    slider.focus()
    slider.press("ArrowRight")
    settled(page)
    assert title(page) == first
    assert parse_qs(urlparse(page.url).query)["mm_n"] == ["3"]


def test_arrow_keys_turn_the_scene_while_nothing_has_the_focus(open_page):
    page = open_page(SLIDERS)
    first = title(page)
    second = turned(page, "ArrowRight", first)
    assert turned(page, "ArrowLeft", second) == first


def test_a_clicked_dot_leads_to_its_scene_and_lets_go_of_the_keys(open_page):
    page = open_page(SLIDERS)
    first = title(page)
    page.locator("nav[aria-label='Scenes of this chapter'] button").nth(2).click()
    page.wait_for_function(TURNED, arg=first)
    settled(page)
    third = title(page)
    assert parse_qs(urlparse(page.url).query)["scene"] == ["your-own"]
    assert turned(page, "ArrowLeft", third) not in (first, third)


def test_what_is_typed_stays_in_its_field_and_page_down_turns_all_the_same(open_page):
    page = open_page(f"{SLIDERS}?scene=your-own")
    first = title(page)
    page.get_by_text("Type or paste A and B").click()
    field = page.locator("textarea").first
    field.click()
    for key in ("ArrowRight", "ArrowDown", "b", ".", "f", " ", "?"):
        field.press(key)
    assert title(page) == first
    assert "b.f ?" in field.input_value()
    assert turned(page, "PageDown", first) != first


def test_page_down_turns_after_a_name_was_typed_and_entered(open_page):
    page = open_page("/bigram?scene=one-name")
    page.get_by_label("your name").fill("EWA")
    page.keyboard.press("Enter")
    settled(page)
    page.wait_for_function("document.activeElement === document.body")
    pressed(page, "PageDown")
    assert plays(page)[0]["playing"]
    pressed(page, "PageDown")
    assert turned(page, "PageDown", title(page)) == "The count matrix fills in"


def test_page_down_closes_what_lies_over_the_stage_and_goes_on(open_page):
    page = open_page("/bigram?scene=counting-is-learning")
    for opened in ("More", "Open the receipt", "Show the code", "Words used here"):
        page.get_by_role("button", name=opened).click()
        page.locator("[role=dialog]").wait_for()
        pressed(page, "PageDown")
        page.locator("[role=dialog]").wait_for(state="detached")
        assert plays(page)[0]["playing"], opened
        pressed(page, "PageUp")


def test_an_animation_takes_two_presses_and_is_taken_back(open_page):
    page = open_page(f"{SLIDERS}?scene=cell-by-cell")
    first, last = title(page), 24
    pressed(page, "PageDown")
    assert plays(page)[0]["playing"]
    pressed(page, "PageDown")
    assert plays(page) == [{"position": last, "playing": False}]
    second = turned(page, "PageDown", first)
    assert turned(page, "PageUp", second) == first
    assert plays(page) == [{"position": last, "playing": False}]
    pressed(page, "PageUp")
    assert plays(page) == [{"position": 3, "playing": False}]  # one cell is filled, as at first
    assert title(page) == first


def test_who_comes_by_link_and_who_comes_by_key_find_the_same_picture(open_page):
    page = open_page("/neuron?scene=a-network")
    opened = [{"position": 1, "playing": False}]  # the hidden layer is reached, the probability is not
    assert plays(page) == opened
    pressed(page, "PageUp")
    assert title(page) == "A layer"
    pressed(page, "PageDown")
    assert plays(page) == opened


def test_the_stages_of_a_scene_come_one_by_one_and_its_dot_fills_up(open_page):
    page = open_page("/pytorch?scene=cross-entropy")
    seen = []
    for _ in range(4):
        seen.append(page.evaluate(f"[{STAGE}, {FILLED}]"))
        first = title(page)
        pressed(page, "PageDown")
    assert seen == [["1 counts", "25%"], ["2 prob", "50%"], ["3 loss", "75%"], ["F.cross_entropy", "100%"]]
    assert title(page) != first
    pressed(page, "PageUp")
    assert page.evaluate(STAGE) == "F.cross_entropy"
    for _ in range(3):
        page.keyboard.press("PageUp")  # too fast: each waits for the one before
    rested(page)
    assert page.evaluate(STAGE) == "1 counts"


def test_a_press_plays_what_is_there_while_the_server_draws_it_anew(open_page):
    page = open_page(f"{SLIDERS}?scene=cell-by-cell")
    page.evaluate("document.querySelector('.st-key-stage').dataset.stale = 'true'")
    pressed(page, "PageDown")
    assert plays(page)[0]["playing"]


def test_space_plays_and_pauses(open_page):
    page = open_page(f"{SLIDERS}?scene=cell-by-cell")
    page.locator("canvas.cells").click(position={"x": 5, "y": 5})
    page.keyboard.press(" ")
    assert plays(page)[0]["playing"]
    page.keyboard.press(" ")
    assert not plays(page)[0]["playing"]


def test_letters_belong_to_a_list_that_looks_for_them(open_page):
    page = open_page("/gpt?scene=architecture")
    page.get_by_role("combobox", name="block").focus()
    page.keyboard.press("f")
    page.keyboard.press("Escape")
    page.keyboard.press("b")
    assert page.locator(".blackened").count() == 0


def test_the_screen_goes_black_or_full_and_comes_back_and_the_keys_are_told(open_page):
    page = open_page(SLIDERS)
    middle = "document.elementFromPoint(innerWidth / 2, innerHeight / 2)"
    for key in ("b", "."):
        page.keyboard.press(key)
        assert page.evaluate(f"getComputedStyle({middle}).backgroundColor") == "rgb(0, 0, 0)"
        page.keyboard.press(key)
        assert page.evaluate(f"{middle}.className") != "blackened"
    for filled in (True, False):
        page.keyboard.press("f")
        page.wait_for_function("(filled) => Boolean(document.fullscreenElement) === filled", arg=filled)
    told = page.get_by_role("dialog", name="Keys")
    page.keyboard.press("?")
    assert "full screen" in told.inner_text()
    page.keyboard.press("Escape")
    assert not told.is_visible()
    page.get_by_role("button", name="Keys").click()
    assert told.is_visible()
    assert turned(page, "PageDown", title(page))
    assert not told.is_visible()


@pytest.mark.parametrize(
    ("address", "clicked"),
    [
        ("/bigram?scene=data", ".drawing .picture > svg"),
        ("/bigram?scene=fill-in", "canvas.cells"),
        ("/gradient-descent?scene=downhill", ".surface canvas"),
        ("/gpt?scene=byte-pairs", ".lanes"),
        ("/training?scene=sweep", "[data-testid=stMain]"),
    ],
)
def test_who_uses_the_mouse_and_the_clicker_sees_no_focus(open_page, address, clicked):
    page = open_page(address)
    page.locator(clicked).first.click()
    assert page.evaluate(RING) is None
    pressed(page, "PageDown")
    assert page.evaluate(RING) is None


def test_escape_from_the_code_leaves_no_ring_behind_unless_the_keyboard_opened_it(open_page):
    page = open_page(SLIDERS)
    code = page.get_by_role("button", name="Show the code")
    dialog = page.get_by_role("dialog").locator("pre").first
    code.click()
    dialog.wait_for()
    page.keyboard.press("Escape")
    dialog.wait_for(state="detached")
    page.wait_for_timeout(100)
    assert page.evaluate(RING) is None
    page.keyboard.press("Tab")
    code.focus()
    page.keyboard.press("Enter")
    dialog.wait_for()
    page.keyboard.press("Escape")
    dialog.wait_for(state="detached")
    page.wait_for_function(f"({RING})() === 'Show the code'")


def test_the_window_is_entitled_by_scene_and_chapter_whatever_runs(open_page):
    page = open_page("/bigram?scene=data")
    assert page.title() == "The data · Bigram"
    before = title(page)
    turned(page, "PageDown", before)
    assert page.title() == "One name · Bigram"
    turned(page, "PageUp", "One name")
    page.keyboard.press("r")  # a full run, in which Streamlit writes the chapter's title
    settled(page)
    assert page.title() == "The data · Bigram"
    page.goto(page.url.split("/bigram")[0] + "/receipt")
    settled(page)
    assert page.title() == "The receipt"


def test_a_link_restores_what_was_seen(open_page):
    page = open_page(f"{SLIDERS}?mm_n=5&mm_k=2&mm_m=7")
    for key, value in {"mm_n": "5", "mm_k": "2", "mm_m": "7"}.items():
        shown = page.locator(f".st-key-{key} [data-testid=stSliderThumbValue]")
        assert shown.inner_text() == value


def test_the_code_that_ran_is_shown(open_page):
    page = open_page(f"{SLIDERS}?scene=cell-by-cell")
    page.get_by_role("button", name="Show the code").click()
    dialog = page.get_by_role("dialog")
    dialog.locator("pre").nth(1).wait_for()
    code = dialog.text_content()
    assert "def cell_by_cell()" in code
    assert "def multiply(A: np.ndarray, B: np.ndarray) -> Product:" in code
    assert "pages/matrix_multiplication.py" in code


def test_a_slow_scene_fades_as_one_and_comes_back(open_page, serve):
    page = open_page(base=serve(Path(__file__).parent / "slow_app.py"))
    opacity = "() => getComputedStyle(document.querySelector('.st-key-stage')).opacity"
    page.get_by_role("button", name="again").click()
    page.wait_for_function("() => document.documentElement.classList.contains('slow')")
    page.wait_for_function(f"() => ({opacity})() < 0.9")
    page.get_by_text("drawn again").wait_for()
    page.wait_for_function(f"() => ({opacity})() == 1")
    assert page.locator(".st-key-stage [data-stale=true]").count() == 0


def test_a_quick_turn_does_not_fade(open_page):
    page = open_page(SLIDERS)
    page.evaluate(
        "() => new MutationObserver(() => { window.__faded ||= document.documentElement.matches('.slow') })"
        ".observe(document.documentElement, { attributes: true })"
    )
    turned(page, "PageDown", title(page))
    assert not page.evaluate("window.__faded")


def test_nothing_is_asked_of_another_host(chromium, app):
    context = chromium.new_context()
    page = context.new_page()
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(app)
    settled(page)
    context.close()
    assert [url for url in asked if urlparse(url).hostname not in ("127.0.0.1", None)] == []


SIZES = """() => {
  const size = (found) => document.querySelector(found).getBoundingClientRect();
  return { type: parseFloat(getComputedStyle(document.querySelector('h1')).fontSize),
    picture: size('.st-key-stage').height, bar: size('.st-key-bar').bottom,
    row: size('.st-key-controls').height };
}"""
CROWDED = "/neuron?scene=it-learns"  # its row of controls is full


def test_presenting_gives_the_navigation_to_the_type_and_the_picture_and_takes_no_room_from_the_row(
    open_page,
):
    page = open_page(CROWDED)
    navigation = page.get_by_test_id("stHeader")
    before = page.evaluate(SIZES)
    page.keyboard.press("p")
    settled(page)
    on_stage = page.evaluate(SIZES)
    assert not navigation.is_visible()
    assert on_stage["type"] > before["type"]
    assert on_stage["picture"] > before["picture"] + 30
    assert on_stage["bar"] <= 1080
    assert on_stage["row"] == pytest.approx(before["row"], abs=2)
    page.keyboard.press("p")
    settled(page)
    assert navigation.is_visible()
    assert page.evaluate(SIZES) == before


def test_a_link_presents_and_the_tab_goes_on_presenting(open_page):
    page = open_page("/compare?scene=guess-the-next-letter&present=1")
    hidden = page.locator(".word, [data-letters]").first
    page.wait_for_function("document.documentElement.classList.contains('presenting')")
    first = hidden.inner_text()
    again = open_page("/compare?scene=guess-the-next-letter&present=1")
    assert again.locator(".word, [data-letters]").first.inner_text() == first  # as rehearsed
    turned(page, "PageUp", title(page))
    page.reload()
    settled(page)
    assert not page.get_by_test_id("stHeader").is_visible()
