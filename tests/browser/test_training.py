"""A training of one's own goes on behind other scenes, is found again after a reload, is nobody else's."""

import math
import re
import time
from pathlib import Path

import pytest

from explainer.ui.own_training import LOOK_EVERY
from tests.browser.conftest import TURNED, settled
from tests.browser.test_deck import title
from tests.browser.training_app import PATIENCE

pytestmark = pytest.mark.long

LIVE = "/training?scene=live&training_steps_better=200000"
PAUSED = "Paused; it keeps its state."
BADGE = ".st-key-badge a"


@pytest.fixture
def impatient(serve):
    """The address of the app, in which a training outlives its tabs by a few seconds only."""
    return serve(Path(__file__).parent / "training_app.py")


def begun(open_page, **base: str):
    """Return a page on which a long training has made its first steps."""
    page = open_page(LIVE, **base)
    press(page, "start")
    page.get_by_text("Training.").wait_for()
    page.get_by_test_id("stMetricValue").first.wait_for()
    return page


def press(page, what: str) -> None:
    page.locator(f".st-key-training_{what} button").click()


def pause(page) -> int:
    """Pause the training and return how many steps are made."""
    press(page, "pause")
    page.get_by_text(PAUSED).wait_for()
    return step(page)


def stop(page) -> None:
    press(page, "stop")
    page.get_by_text("Train again").wait_for()


def step(page) -> int:
    """Return how many steps are made, from the scene that shows them."""
    return int(page.locator("[data-testid=stMetricValue]").first.inner_text().replace(",", ""))


def nats(page) -> list[float]:
    """Return what the names of each line cost the model, from the first step to the latest."""
    told = page.locator("[class*=st-key-training_written] text").all_text_contents()
    numbers = [float(text) for text in told if re.fullmatch(r"\d\.\d\d", text)]
    return numbers[:-2]  # the last two are the best and the worst name's


def test_within_ten_seconds_the_names_are_better_than_noise(open_page):
    page = open_page(LIVE)
    press(page, "start")
    begun = time.monotonic()
    while time.monotonic() < begun + 10 and not (len(nats(page)) > 1 and nats(page)[-1] < nats(page)[0] - 1):
        page.wait_for_timeout(200)
    assert nats(page)[0] == pytest.approx(math.log(34), abs=0.1)
    assert nats(page)[-1] < nats(page)[0] - 1
    stop(page)


def go_to(page, scene: int) -> None:
    """Go to another scene of the chapter by its dot."""
    before = title(page)
    page.locator("nav[aria-label='Scenes of this chapter'] button").nth(scene).click()
    page.wait_for_function(TURNED, arg=before)
    settled(page)


def wander(page) -> None:
    """Read three scenes and another chapter, for longer than the queue's patience."""
    left = time.monotonic()
    for scene in (1, 2, 5):
        go_to(page, scene)
    page.locator(".st-key-next_chapter a").evaluate("(link) => link.click()")
    page.wait_for_url("**/pytorch**")
    settled(page)
    page.wait_for_timeout(1000 * max(0.0, PATIENCE + 1 - (time.monotonic() - left)))


def test_a_training_goes_on_behind_other_scenes_and_its_badge_leads_back(open_page, impatient):
    page = begun(open_page, base=impatient)
    before = step(page)
    wander(page)
    page.locator(BADGE, has_text="Training").click()
    page.get_by_text("Training.").wait_for()
    assert step(page) > before
    stop(page)


def test_a_paused_training_stays_paused_behind_other_scenes(open_page, impatient):
    page = begun(open_page, base=impatient)
    before = pause(page)
    wander(page)
    page.locator(BADGE, has_text="Training paused at").click()
    page.get_by_text(PAUSED).wait_for()
    assert step(page) == before
    stop(page)


def test_after_a_reload_it_is_the_visitors_and_in_another_browser_it_is_not(open_page, chromium, app):
    page = begun(open_page)
    before = pause(page)
    page.reload()
    page.get_by_text(PAUSED).wait_for()
    assert step(page) == before
    secret = page.evaluate("sessionStorage.getItem('training')")
    assert secret not in page.url
    context = chromium.new_context()
    for forged in (None, secret[::-1]):
        other = context.new_page()
        if forged:
            other.add_init_script(f"sessionStorage.setItem('training', {forged!r})")
        other.goto(app + LIVE)
        settled(other, pause=500)
        assert other.get_by_text("Train it", exact=True).count() == 1
    context.close()
    stop(page)


def test_the_badge_says_when_it_has_ended_and_nothing_is_asked_any_more(open_page):
    page, sent = open_page(LIVE.replace("200000", "2000")), []
    page.on("websocket", lambda socket: socket.on("framesent", lambda frame: sent.append(frame)))
    page.reload()
    settled(page)
    press(page, "start")
    go_to(page, 1)
    page.locator(BADGE, has_text="Training done").wait_for(timeout=60_000)
    settled(page)
    before = len(sent)
    page.wait_for_timeout(1000 * (LOOK_EVERY + 0.5))
    assert len(sent) == before > 0
    page.locator(BADGE).click()
    page.get_by_text("Done.").wait_for()
    go_to(page, 1)
    assert page.locator(BADGE).count() == 0


def test_nothing_is_asked_while_another_page_is_on_its_way(open_page, app):
    page, late, slow = open_page("/"), [], []

    def relay(socket):
        server = socket.connect_to_server()
        socket.on_message(lambda message: server.send(message))
        server.on_message(lambda message: late.append((socket, message)) if slow else socket.send(message))

    page.route_web_socket("**/_stcore/stream", relay)
    page.goto(app + LIVE)
    settled(page)
    press(page, "start")
    page.get_by_text("Training.").wait_for()
    go_to(page, 1)
    slow.append(True)
    page.locator(".st-key-next_chapter a").evaluate("(link) => link.click()")
    page.wait_for_timeout(1000 * (LOOK_EVERY + 0.5))
    slow.clear()
    for socket, message in late:
        socket.send(message)
    page.wait_for_function("document.querySelector('h1')?.innerText === 'Indexing'")
    settled(page, pause=1000 * (LOOK_EVERY + 0.5))
    assert title(page) == "Indexing"
    page.locator(BADGE).click()
    stop(page)


def test_after_a_reload_the_trained_model_is_still_chosen_and_elsewhere_the_scene_is_drawn_without_it(
    open_page, chromium
):
    page = open_page("/training?scene=live&training_kind=bigram%2C+by+gradient")
    press(page, "start")
    page.get_by_text("Name a baby with it").click(timeout=60_000)
    page.wait_for_url("**/?*welcome_model=yours*")
    settled(page)
    link = page.url
    page.reload()
    settled(page)
    page.locator(".st-key-welcome_names").wait_for()
    assert page.url == link
    page.get_by_text("bigram, yours").first.wait_for()
    context = chromium.new_context()
    other = context.new_page()
    other.goto(link)
    other.locator(".st-key-welcome_names").wait_for()
    settled(other)
    assert "welcome_model=yours" not in other.url
    context.close()
