"""What those hear and see who use no mouse, other colours, or more contrast."""

from io import BytesIO

import pytest
from PIL import Image

pytestmark = pytest.mark.long

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
    page.wait_for_function("(counter) => " + SPOKEN + ".startsWith(counter)", arg=counter)
    assert first != cells.get_attribute("aria-label")
    assert cells.get_attribute("aria-label").endswith(f"Seen now: {counter}")


# A scene of each kind that plays, and the picture whose description follows.
PLAYED = {
    "grid": ("/matrix-multiplication?scene=cell-by-cell", "canvas.cells"),
    "drawing": ("/neuron?scene=a-network", ".drawing svg[role=img]"),
    "landscape": ("/gradient-descent?scene=downhill", ".landscape"),
    "reel": ("/gpt?scene=byte-pairs", ".reel"),
    "plot": ("/training?scene=letters-move", ".pointed"),
}


@pytest.mark.parametrize("kind", PLAYED)
def test_what_is_described_and_told_follows_the_frame(open_page, kind):
    address, picture = PLAYED[kind]
    page = open_page(address)
    page.wait_for_function("__deck.resting")
    told, transport = page.locator(picture).first, page.locator(".transport:not([hidden])").first
    page.evaluate("[...__players][0].reset()")
    seen = []
    for move in ("step", "scrub"):
        if move == "step":
            transport.locator("button:not(.primary)").nth(1).click()
        else:
            transport.locator(".scrubber").fill("0")
        counter = transport.locator(".counter").text_content()
        assert told.get_attribute("aria-label").endswith(f"Seen now: {counter}")
        page.wait_for_function(f"(counter) => {SPOKEN}.startsWith(counter)", arg=counter)
        seen.append((told.get_attribute("aria-label"), counter))
    assert seen[0] != seen[1]


def test_what_is_written_is_described_and_told_character_by_character(open_page):
    page = open_page("/attention")
    heat = page.locator(".attention .heat canvas")
    before = heat.get_attribute("aria-label")
    page.get_by_role("button", name="Sample one").click()
    spoken = page.locator(".attention > [role=status]")
    page.wait_for_function("[...__players][0].position === 1")
    page.wait_for_function("document.querySelector('.st-key-frame [role=status]')")
    assert "%" in spoken.text_content()
    page.get_by_role("button", name="Sample one").click()
    page.wait_for_function("[...__players][0].position === 2")
    assert heat.get_attribute("aria-label") != before


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


RING = (
    "(node) => { const { outlineStyle, opacity } = getComputedStyle(node); return [outlineStyle, opacity]; }"
)


def test_who_uses_the_keyboard_sees_where_it_is(open_page):
    page = open_page("/?scene=agenda")
    links = page.locator(".st-key-stage [data-testid=stPageLink-NavLink]")
    assert links.count() >= 12
    page.keyboard.press("Tab")
    for link in links.all():
        link.focus()
        assert link.evaluate(RING) == ["solid", "1"], link.inner_text()
    page.get_by_role("button", name="Show the code").focus()
    page.keyboard.press("Enter")
    copying = page.get_by_role("button", name="Copy to clipboard").first
    copying.wait_for()
    page.keyboard.press("Tab")
    copying.focus()
    assert copying.evaluate(RING) == ["solid", "1"]


# A scene of each kind of picture, and the picture in it.
PICTURES = {
    "grid": ("/bigram?scene=probabilities", "bigram_probabilities"),
    "drawing": ("/neuron?scene=a-network", "neuron_flow"),
    "landscape": ("/gradient-descent?scene=downhill", "gd_downhill"),
    "reel": ("/gpt?scene=byte-pairs", "gpt_pairs"),
    "plot": ("/training?scene=sweep", "training_sweep"),
    "attention": ("/attention", "attention_view"),
    "table": ("/bigram", "bigram_table"),
    "names": ("/?scene=name-your-baby", "welcome_names"),
}
STANDS_OUT = 40  # greys of 256
OTHER_COLOURS = [{"forced_colors": "active"}, {"contrast": "more"}]


def drawn(page, key: str) -> float:
    """Return how much of a picture stands out from its ground, 0 to 1."""
    shot = page.locator(f"[class*='st-key-{key}']").first.screenshot()
    counts = Image.open(BytesIO(shot)).convert("L").histogram()
    ground = counts.index(max(counts))
    return sum(count for grey, count in enumerate(counts) if abs(grey - ground) > STANDS_OUT) / sum(counts)


@pytest.mark.parametrize("kind", PICTURES)
def test_no_picture_loses_anything_in_other_colours(open_page, kind):
    address, key = PICTURES[kind]
    page = open_page(address, 1280, 720, color_scheme="light")
    page.wait_for_function("__deck.resting")
    whole = drawn(page, key)
    assert whole > 0.01
    for colours in OTHER_COLOURS:
        page.emulate_media(**{"forced_colors": "none", "contrast": "no-preference"} | colours)
        page.wait_for_timeout(300)  # some are drawn anew
        assert drawn(page, key) > 0.9 * whole, colours


GROUND = "getComputedStyle(document.querySelector('[data-testid=stApp]')).backgroundColor"
# What a control is told by: the colours of its parts.
PARTS = """(found) => [...document.querySelectorAll(found)].map((part) => {
  const { backgroundColor, color } = getComputedStyle(part);
  return [backgroundColor, color];
})"""


def test_forced_colours_show_what_is_chosen_where_a_slider_stands_and_what_a_button_says(open_page):
    page = open_page("/bigram?scene=sample", forced_colors="active")
    ground = page.evaluate(GROUND)
    options = page.evaluate(PARTS, ".st-key-controls [role=radio]")
    chosen = page.evaluate(PARTS, ".st-key-controls [role=radio][aria-checked=true]")
    assert len(chosen) == 2
    assert {back for back, _ in chosen}.isdisjoint(back for back, _ in options if [back, _] not in chosen)
    back, ink = page.evaluate(PARTS, "[data-testid=stBaseButton-primary]")[0]
    assert ink not in (back, ground)
    page = open_page("/neuron", forced_colors="active")
    page.locator(".stSlider").first.wait_for()
    track = "[...document.querySelector('.stSlider [role=group] > div').children].slice(0, 2)"
    backs = page.evaluate(f"{track}.map((part) => getComputedStyle(part).backgroundColor)")
    assert ground not in backs
    assert len(set(backs)) == 2


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
