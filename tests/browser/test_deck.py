"""The deck: keys, deep links, the code behind a scene, what is typed."""

from pathlib import Path
from urllib.parse import parse_qs, urlparse

from tests.browser.conftest import settled

SLIDERS = "/matrix-multiplication"  # its first scene has four sliders


def title(page) -> str:
    return page.locator("h1").inner_text()


def turned(page, key: str, before: str) -> str:
    """Press a key and return the title of the scene that it led to."""
    page.keyboard.press(key)
    other = "(before) => (document.querySelector('h1')?.innerText ?? before) !== before"
    page.wait_for_function(other, arg=before)
    settled(page)
    return title(page)


def test_page_down_turns_the_scene_while_a_slider_has_the_focus(open_page):
    page = open_page(SLIDERS)
    first = title(page)
    slider = page.get_by_role("slider").first
    slider.focus()
    assert turned(page, "PageDown", first) != first


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
    page.wait_for_function("(before) => document.querySelector('h1').innerText !== before", arg=first)
    settled(page)
    third = title(page)
    assert parse_qs(urlparse(page.url).query)["scene"] == ["your-own"]
    assert turned(page, "ArrowLeft", third) not in (first, third)


def test_keys_typed_into_a_field_stay_there(open_page):
    page = open_page(f"{SLIDERS}?scene=cell-by-cell")
    first = title(page)
    page.get_by_text("Type or paste A and B").click()
    field = page.locator("textarea").first
    field.click()
    for key in ("PageDown", "ArrowRight", "PageUp"):
        field.press(key)
    page.wait_for_timeout(500)
    assert title(page) == first


def test_sixteen_presses_turn_sixteen_times(open_page):
    page = open_page(SLIDERS)
    names = [title(page)]
    for _ in range(8):
        names.append(turned(page, "PageDown", names[-1]))
    for expected in reversed(names[:-1]):
        assert turned(page, "PageUp", title(page)) == expected


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
