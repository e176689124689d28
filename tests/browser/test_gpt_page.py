"""The GPT chapters in a real Chromium: tokens join, texts grow, a click opens a block."""

import numpy as np
import pytest

from explainer import checkpoints
from explainer.traces import tokens
from tests.browser.conftest import settled

FIND = """() => {
  const roots = [...document.querySelectorAll('*')].map((e) => e.shadowRoot).filter(Boolean);
  window.reel = roots.map((root) => root.querySelector('.reel')).find(Boolean)?.__reel;
  return Boolean(window.reel);
}"""
TEXT = "łąka łąka: łabędź i 😀😀"


def reel(page):
    """Wait for the texts of a scene and return the page."""
    page.wait_for_function(FIND, timeout=20_000)
    return page


def tiles(page, lane: int = 0) -> list[str]:
    return page.locator(".lane").nth(lane).locator(".tile").all_inner_texts()


def test_the_browser_joins_bytes_as_the_encoder_does(open_page):
    page = reel(
        open_page(f"/gpt?scene=byte-pairs&gpt_text=your+own&gpt_own={TEXT}&gpt_learned=this+text+itself")
    )
    merges = tokens.learn_merges([TEXT], 1_000)
    encoded = tokens.encode(TEXT, merges)
    assert page.evaluate("window.reel.player.last") == len(merges)
    for k in (0, 1, len(merges) // 2, len(merges)):
        page.evaluate(f"window.reel.player.seek({k})")
        shown = page.evaluate(f"window.reel.lanes[0].tokens({k}).map((token) => token.id)")
        assert shown == encoded.ids(k)
    content = {m.token: m.content for m in merges}
    last = [content[i] if i in content else bytes([i]) for i in encoded.ids(len(merges))]
    assert tiles(page) == [tokens.readable(part).replace(" ", "␣") for part in last]


def test_merges_step_play_and_scrub(open_page):
    page = reel(open_page("/gpt?scene=byte-pairs"))
    end = page.evaluate("window.reel.player.last")
    page.get_by_role("button", name="‹ One merge").click()
    assert page.evaluate("window.reel.player.position") == end - 1
    page.get_by_role("slider", name="Position").fill("3")
    assert page.locator(".lane .tile.newest").count() >= 2
    page.get_by_role("button", name="Play").click()
    page.wait_for_function("window.reel.player.position > 4")
    page.get_by_role("button", name="Pause").click()


def test_a_token_tells_its_bytes_by_key(open_page):
    page = reel(open_page("/gpt?scene=tokens"))
    page.locator(".lanes").focus()
    page.keyboard.press("ArrowRight")
    assert "P: token" in page.locator(".st-key-stage").get_by_role("status").inner_text()


def test_a_click_on_a_block_opens_it(open_page):
    page = open_page("/gpt?scene=architecture")
    page.get_by_text("MLP · ").wait_for(timeout=20_000)
    box = page.get_by_text("MLP · ").bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.wait_for_function("location.search.includes('gpt_block=MLP')", timeout=20_000)
    settled(page)
    page.get_by_text("MLP: 1,179,648 parameters in each of 6 layers").wait_for(timeout=20_000)


def test_the_recorded_texts_are_scrubbed_in_the_browser(open_page):
    page = reel(open_page("/fine-tuning?scene=how-it-learned&tuning_run=Shakespeare"))
    history, loaded = checkpoints.history("shakespeare"), checkpoints.read_meta("shakespeare")
    last = len(history["sample_step"]) - 1
    page.evaluate(f"window.reel.player.seek({last})")
    told = "".join(loaded["symbols"][i] for i in history["sample"][last]).lstrip("\n")
    assert page.locator(".lane .body").inner_text().split() == told.split()
    marker = page.evaluate("window.reel.chart.marker[0].getAttribute('x1')")
    assert float(marker) == pytest.approx(page.evaluate(f"window.reel.chart.x({history['step'][-1]})"))


def test_the_losses_are_drawn_where_they_belong(open_page):
    page = reel(open_page("/fine-tuning?scene=how-it-learned&tuning_run=Shakespeare"))
    history = checkpoints.history("shakespeare")
    points = page.evaluate("window.reel.chart.node.querySelectorAll('polyline')[1].getAttribute('points')")
    heights = np.array([float(point.split(",")[1]) for point in points.split()])
    assert np.corrcoef(heights, history["held_out_loss"])[0, 1] == pytest.approx(-1, abs=1e-9)


def test_a_click_on_a_guess_opens_its_receipt(open_page):
    page = open_page("/gpt?scene=architecture&gpt_model=Shakespeare")
    bar = page.locator(".drawing rect.pickable").last  # the sixth guess
    bar.wait_for(timeout=20_000)
    bar.evaluate("bar => bar.dispatchEvent(new MouseEvent('click', { bubbles: true }))")
    page.get_by_role("dialog").get_by_text("The receipt").wait_for(timeout=20_000)
