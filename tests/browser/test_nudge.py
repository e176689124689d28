"""Nudge a letter in a real Chromium: it is dragged, and the guess follows at once with PyTorch's numbers."""

import numpy as np
import pytest

from explainer.ui.scenes import training

FIND = """() => {
  const roots = [...document.querySelectorAll('*')].map((e) => e.shadowRoot).filter(Boolean);
  window.view = roots.map((root) => root.querySelector('.nudge')?.__nudge).find((v) => v?.guesses.after);
  return Boolean(window.view);
}"""
MARK = """(letter) => {
  const i = view.spec.symbols.indexOf(letter);
  const box = view.plane.letters[i].getBoundingClientRect();
  return [box.x + box.width / 2, box.y + box.height / 2];
}"""


@pytest.fixture
def open_plane(open_page):
    def visit(query: str = "", **options):
        page = open_page(f"/training?scene=nudge-a-letter&{query}", **options)
        page.wait_for_function(FIND, timeout=60_000)
        return page

    return visit


@pytest.fixture(scope="module")
def found():
    return training.shipped_letters("girls")


def drag(page, letter: str, across: float, down: float, let_go: bool = True) -> None:
    """Take a letter and move it by so many px."""
    x, y = page.evaluate(MARK, letter)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + across, y + down, steps=6)
    if let_go:
        page.mouse.up()


def guesses(page) -> np.ndarray:
    """Return the probabilities that the browser has computed."""
    return np.array(page.evaluate("Array.from(view.guesses.after)"))


def test_while_a_letter_is_dragged_the_guess_follows_with_the_numbers_of_the_model(open_plane, found):
    page = open_plane()
    before = page.evaluate("view.guesses.order.map((i) => view.guesses.bars[i].innerText)")
    drag(page, "N", 90, -60, let_go=False)
    right, up = page.evaluate("view.by")
    assert abs(right) > 0.3
    assert up > 0.3
    expected = training.nudged(found, "N", right, up, "AN")
    np.testing.assert_allclose(guesses(page), expected.probabilities_after, atol=2e-6)
    drawn = page.evaluate("view.guesses.order.map((i) => view.guesses.bars[i].innerText)")
    assert drawn != before
    top = int(page.evaluate("view.guesses.order[0]"))
    share, was = expected.probabilities_after[top], expected.probabilities_before[top]
    assert f"{share:.1%} (was {was:.1%})" in drawn[0]
    assert "move" not in page.url
    page.mouse.up()
    page.wait_for_url(f"**training_letter=N**training_right={right:g}**")


def test_its_neighbours_light_up_and_are_named(open_plane):
    page = open_plane()
    drag(page, "N", 40, 0, let_go=False)
    near = page.evaluate("view.plane.letters.filter((m) => m.matches('.near')).map((m) => m.textContent)")
    told = page.evaluate("view.told.textContent")
    assert len(near) == 3
    assert all(f"{letter} " in told.partition("Nearest:")[2] for letter in near)
    assert told.startswith("N is read once in · A N: where it goes, the guess follows.")


def test_a_letter_that_gave_way_is_led_to_its_true_place_and_the_key_says_so(open_plane, found):
    page = open_plane()
    at = "['cx', 'cy'].map((axis) => Number(dot.getAttribute(axis)))"
    dots = f"[...view.plane.aside.querySelectorAll('circle')].map((dot) => view.plane.place({at}))"
    led = page.evaluate(dots)
    places = found.model.C.detach().numpy()
    assert led
    for place in led:
        assert np.abs(places - place).max(axis=1).min() < 1e-3
    assert "to the true place, where letters would cover each other" in page.evaluate("view.key.textContent")


def test_a_letter_that_is_not_read_says_so_and_nothing_changes(open_plane):
    page = open_plane()
    before = guesses(page)
    drag(page, "Z", 120, -80)
    assert page.evaluate("view.told.textContent").startswith(
        "Z is not among the letters read, · A N: the guess"
    )
    still = np.array(page.evaluate("Array.from(view.before)"))
    np.testing.assert_allclose(guesses(page), still)
    assert np.abs(before - still).max() > 0.01  # the one that was moved is at home again


def test_the_arrow_keys_move_the_chosen_letter_and_turn_no_scene(open_plane, found):
    page = open_plane("training_right=0")
    page.evaluate("view.plane.svg.focus()")
    for key in ("ArrowRight", "ArrowRight", "Shift+ArrowUp"):
        page.keyboard.press(key)
    assert page.evaluate("view.by") == [0.2, 0.5]
    expected = training.nudged(found, "A", 0.2, 0.5, "AN").probabilities_after
    np.testing.assert_allclose(guesses(page), expected, atol=2e-6)
    page.wait_for_url("**training_up=0.5**")
    assert "scene=nudge-a-letter" in page.url


def test_a_finger_drags_a_letter_and_turns_no_scene(open_plane):
    page = open_plane(width=390, height=844, has_touch=True)
    page.evaluate("view.plane.svg.scrollIntoView({ block: 'center' })")
    x, y = page.evaluate(MARK, "N")
    hand = page.context.new_cdp_session(page)

    def touch(kind: str, *points: tuple[float, float]) -> None:
        told = [{"x": x, "y": y} for x, y in points]
        hand.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": told})

    touch("touchStart", (x, y))
    for part in range(1, 6):
        touch("touchMove", (x + 16 * part, y))
    touch("touchEnd")
    page.wait_for_url("**training_letter=N**")
    assert "scene=nudge-a-letter" in page.url
    assert page.evaluate("view.by[0]") > 0.5


def test_a_bar_opens_the_receipt_of_the_moved_model(open_plane):
    page = open_plane()
    share = page.evaluate("view.guesses.bars[view.guesses.order[0]].querySelector('.share').textContent")
    page.evaluate("view.guesses.bars[view.guesses.order[0]].click()")
    page.locator("[role=dialog]").get_by_text(share.split("%")[0]).first.wait_for()
