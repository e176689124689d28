"""The line above what plays is said of the frame that is seen, keeps its room, and is heard."""

import pytest

from explainer.traces import gradient_descent as trace
from tests.browser.conftest import settled

pytestmark = pytest.mark.long

PLAYED = [
    "/gradient-descent?scene=downhill",
    "/gradient-descent?scene=backpropagation",
    "/neuron?scene=it-learns",
    "/matrix-multiplication?scene=cell-by-cell",
    "/bigram?scene=fill-in",
    "/bigram?scene=counting-is-learning",
    "/training?scene=letters-move",
    "/gpt?scene=byte-pairs",
    "/fine-tuning?scene=how-it-learned",
]
HEARD = "() => [...document.querySelectorAll('[role=status]')].map((node) => node.textContent).join('|')"


def shown(page):
    """Return the line above the picture, once it stands there."""
    settled(page)
    line = page.locator(".narrator")
    line.wait_for()
    return line


def go(page, key: str) -> None:
    page.get_by_role("slider", name="Position").press(key)


@pytest.mark.parametrize("address", PLAYED)
def test_the_line_changes_with_the_frame_and_the_picture_stands_still(open_page, address):
    page = open_page(address, width=1280, height=720)
    line = shown(page)
    go(page, "Home")
    first, room = line.inner_text(), line.bounding_box()
    go(page, "End")
    assert line.inner_text() not in ("", first)
    assert line.bounding_box() == room
    page.wait_for_function(f"told => ({HEARD})().includes(told)", arg=line.inner_text())
    go(page, "Home")
    assert line.inner_text() == first
    assert "**" not in first


def test_the_line_above_a_race_is_the_traces(open_page):
    page = open_page("/gradient-descent?scene=race", width=1280, height=720)
    line = shown(page)
    landscape = trace.ground("ravine")
    said = trace.race_captions(landscape, trace.race(landscape))
    for step in (0, 3, 60, 100):
        page.get_by_role("slider", name="Position").fill(str(step))
        assert line.inner_text() == said[step].replace("**", "")


def test_nothing_is_said_of_a_ball_that_is_held(open_page):
    page = open_page("/gradient-descent?scene=learning-rate", width=1280, height=720)
    line = shown(page)
    box = page.locator(".curve canvas").bounding_box()
    page.mouse.move(box["x"] + box["width"] / 3, box["y"] + box["height"] / 2)
    page.mouse.down()
    assert not line.is_visible()
    page.mouse.up()
    line.wait_for(state="visible")
    page.wait_for_function("() => [...window.__players].some((player) => player.playing)")
