"""The phone: what a thumb reaches, what a swipe does, and how often a scene is drawn."""

import pytest
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from tests.browser.conftest import settled

IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148 Safari/604.1"
)
PHONE = {"width": 390, "height": 844, "has_touch": True, "user_agent": IPHONE}
HERE = "__deck.here.path"
MENU = "document.querySelector('[data-testid=stSidebar]').getBoundingClientRect()"
TITLE = "document.querySelector('h1').innerText"


def swipe(page, selector: str, across: int) -> None:
    """Draw a finger over the middle of an element."""
    box = page.locator(selector).first.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    hand = page.context.new_cdp_session(page)
    for kind, places in {
        "touchStart": [x - across / 2],
        "touchMove": [x, x + across / 2],
        "touchEnd": [None],
    }.items():
        for place in places:
            points = [] if place is None else [{"x": place, "y": y}]
            hand.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    page.wait_for_function("__deck.resting")
    settled(page)


def test_the_thumb_takes_steps_and_crosses_chapters(open_page):
    page = open_page("/pytorch?scene=cross-entropy", **PHONE)
    forth, back = page.get_by_role("button", name="Next ›"), page.get_by_role("button", name="‹ Back").first
    for button in (forth, back):
        box = button.bounding_box()
        assert box["height"] >= 44
        assert box["y"] + box["height"] <= 844 < box["y"] + box["height"] + 10
    for _ in range(4):  # the scene has four stages
        assert page.evaluate(HERE) == "pytorch"
        forth.tap()
        page.wait_for_function("__deck.resting")
    assert page.evaluate(HERE) == "gpt"
    back.tap()
    page.wait_for_function(f"__deck.resting && {HERE} === 'pytorch'")


def test_a_swipe_turns_and_comes_back(open_page):
    page = open_page("/bigram?scene=data", **PHONE)
    swipe(page, ".st-key-stage", -200)
    assert page.evaluate(TITLE) != "The data"
    swipe(page, ".st-key-head", 200)
    assert page.evaluate("__deck.here.scene") == 0
    assert page.evaluate("getComputedStyle(document.documentElement).overscrollBehaviorX") == "none"


@pytest.mark.parametrize(
    ("address", "dragged"),
    [
        ("/gradient-descent?scene=downhill", ".surface canvas"),
        ("/gradient-descent?scene=downhill", ".scrubber"),
        ("/matrix-multiplication", "[data-testid=stSlider]"),
    ],
)
def test_what_is_dragged_does_not_turn(open_page, address, dragged):
    page = open_page(address, **PHONE)
    page.locator(dragged).first.scroll_into_view_if_needed()
    before = page.evaluate("[__deck.here.scene, __deck.here.stage]")
    swipe(page, dragged, -120)
    assert page.evaluate("[__deck.here.scene, __deck.here.stage]") == before


def test_the_chapters_menu_is_gone_once_one_is_chosen(open_page):
    page = open_page("/bigram", **PHONE)
    page.get_by_role("button", name="Expand sidebar").tap()
    page.locator("[data-testid=stSidebarNavLink]", has_text="Attention").tap()
    page.wait_for_function(f"{HERE} === 'attention'")
    page.wait_for_function(f"{MENU}.right <= 0")


def test_a_scene_is_drawn_once_on_a_phone(context, app):
    runs = []

    def count(payload: bytes) -> None:
        message = ForwardMsg()
        message.ParseFromString(payload)
        runs.extend([1] * (message.WhichOneof("type") == "new_session"))

    page = context(has_touch=True, user_agent=IPHONE).new_page()
    page.set_viewport_size({"width": 390, "height": 844})
    page.on("websocket", lambda socket: socket.on("framereceived", count))
    page.goto(f"{app}/bigram?scene=fill-in")
    settled(page)
    page.wait_for_function("window.__clicker && window.__deck")
    settled(page)
    phone = page.evaluate(
        "document.querySelector('.st-key-clicker') && matchMedia('(max-width: 700px)').matches"
    )
    page.close()
    assert phone
    assert len(runs) == 1
