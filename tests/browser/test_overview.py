"""All scenes at a glance: found by their words, gone to by mouse, key and finger, closed by the clicker."""

from tests.browser.conftest import settled

SEARCH = "[role=dialog] input[type=search]"


def cards(page):
    return page.locator("[role=dialog] .cards button:visible")


def test_a_scene_is_found_and_gone_to_by_keyboard_and_mouse(open_page):
    page = open_page("/neuron?scene=a-layer")
    requests = []
    page.on("request", lambda request: requests.append(request.url))
    page.keyboard.press("o")
    page.wait_for_selector(SEARCH)
    assert page.locator("[role=dialog] [aria-current=page]").inner_text() == page.locator("h1").inner_text()
    page.keyboard.type("tanh")  # letters are spelled here, and no keys
    assert 0 < cards(page).count() < 9
    page.keyboard.press("Enter")
    page.wait_for_function("location.search !== '?scene=a-layer'")
    settled(page)
    assert page.locator("[role=dialog]").count() == 0
    page.keyboard.press("o")
    page.wait_for_selector(SEARCH)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    lit = "document.activeElement.shadowRoot.activeElement.innerText"
    assert page.evaluate(lit).strip() == cards(page).nth(1).inner_text().strip()
    cards(page).nth(0).click()
    page.wait_for_function("location.pathname === '/'")
    assert any("static/scenes/" in url for url in requests)


def test_the_clicker_closes_it_and_goes_on(open_page):
    page = open_page("/references?scene=references")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="All scenes").click()
    page.wait_for_selector(SEARCH)
    page.keyboard.press("PageUp")
    page.wait_for_selector("[role=dialog]", state="detached")
    page.wait_for_function("location.pathname === '/compare'")


def test_nothing_of_it_comes_before_it_is_asked_for_and_a_phone_has_a_button(open_page):
    page = open_page("/neuron", width=390, height=844)
    asked = "performance.getEntriesByType('resource').filter(({ name }) => name.includes('/scenes/'))"
    assert page.evaluate(f"{asked}.length") == 0
    page.locator(".thumbs button", has_text="Scenes").click()
    page.wait_for_selector(SEARCH)
    box = page.locator("[role=dialog] .cards").first.bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390
    cards(page).nth(3).click()
    page.wait_for_function("location.search.includes('scene=')")
    settled(page)
    assert page.locator("[role=dialog]").count() == 0
