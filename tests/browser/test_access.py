"""What those hear and see who use no mouse, other colours, or more contrast."""

SPOKEN = "document.querySelector('.st-key-frame [role=status]').textContent"


def pressed(page, key: str) -> None:
    """Press a key and wait until the step that it asks for is taken."""
    page.keyboard.press(key)
    page.wait_for_function("__deck.resting")


def test_a_turn_a_step_and_an_end_are_told(open_page):
    page = open_page("/pytorch?scene=view")
    pressed(page, "PageDown")
    page.wait_for_function(f"{SPOKEN}.endsWith('step 2 of 6')")
    page = open_page("/matrix-multiplication?scene=cell-by-cell")
    cells = page.locator("canvas.cells").first
    first = cells.get_attribute("aria-label")
    pressed(page, "PageDown")
    pressed(page, "PageDown")
    counter = page.locator(".transport .counter").first.inner_text()
    page.wait_for_function("(counter) => " + SPOKEN + " === counter", arg=counter)
    assert first != cells.get_attribute("aria-label")
    assert cells.get_attribute("aria-label").endswith(f"Seen now: {counter}")


def test_sliders_are_named_without_markup(open_page):
    page = open_page("/neuron")
    page.wait_for_function("document.querySelector('[aria-label=\"x₁\"]')")
    names = [named.get_attribute("aria-label") for named in page.locator("[aria-label]").all()]
    assert [name for name in names if ":" in name and "[" in name] == []


def test_ninety_letters_are_one_stop_of_the_tab_key(open_page):
    page = open_page("/?scene=name-your-baby")
    assert page.locator(".cards button").count() > 40
    assert page.locator(".cards button[tabindex='0']").count() == 1
    page.locator(".cards button[tabindex='0']").focus()
    told = "document.activeElement.shadowRoot.activeElement.title"
    first = page.evaluate(told)
    for key in ("ArrowRight", "ArrowLeft"):
        page.keyboard.press(key)
        assert (page.evaluate(told) == first) is (key == "ArrowLeft")


def test_forced_colours_and_more_contrast_are_honoured(open_page):
    page = open_page("/bigram?scene=fill-in")
    soft = "getComputedStyle(document.querySelector('.st-key-frame nav button'), '::before').backgroundColor"
    before = page.evaluate(soft)
    page.emulate_media(contrast="more")
    assert page.evaluate(soft) != before
    page.emulate_media(contrast="no-preference", forced_colors="active")
    assert page.evaluate(
        f"{soft} !== 'rgba(0, 0, 0, 0)' && {soft} !== getComputedStyle(document.body).backgroundColor"
    )
    assert (
        page.locator(".grid").first.evaluate("(node) => getComputedStyle(node).forcedColorAdjust") == "none"
    )
