"""The receipt in a real Chromium: a click opens it, keys lead down to multiplications, links restore."""

import pytest

from explainer import checkpoints, names
from explainer.traces import receipt as trace
from tests.browser.conftest import settled
from tests.browser.test_grid import FIND, Shown

CRUMBS = (
    "[...document.querySelectorAll('*')]"
    ".flatMap((e) => [...(e.shadowRoot?.querySelectorAll('.crumb') ?? [])])"
)
WAY = f"() => {CRUMBS}.map((crumb) => crumb.firstChild.textContent)"
DEEP = f"(count) => {CRUMBS}.length === count"
PATIENT = 60_000
LETTERS = names.VOCABULARY.symbols


def way(page, count: int) -> list[str]:
    """Return the names of the steps from the probability on, once there are so many."""
    page.wait_for_function(DEEP, arg=count, timeout=PATIENT)
    return page.evaluate(WAY)


@pytest.fixture(scope="module")
def perceptron():
    loaded = checkpoints.load("girls-mlp")
    return trace.receipt(loaded.model, loaded.vocabulary, "AN", "N")


def test_a_click_on_a_probability_opens_its_receipt_every_time(open_page):
    page = open_page("/bigram?scene=probabilities")
    page.wait_for_function(FIND, timeout=PATIENT)
    for _ in range(2):
        Shown(page).click(1, 1, 17)
        assert way(page, 1) == ["probability"]
        dialog = page.get_by_role("dialog")
        assert f"after “A”, how probable is “{LETTERS[17]}”?" in dialog.locator(".asked").inner_text()
        page.keyboard.press("Escape")
        dialog.wait_for(state="detached")


def test_keys_lead_down_to_a_single_multiplication_and_back(open_page):
    page = open_page("/mlp?mlp_name=ANNA&mlp_read=2")
    page.get_by_role("button", name="Open the receipt").click()
    assert way(page, 1) == ["probability"]
    lines = page.locator("[role=dialog] .lines button")
    lines.first.focus()
    for depth in (2, 3, 4):
        page.keyboard.press("Enter")
        way(page, depth)
        page.wait_for_function("() => document.activeElement?.shadowRoot?.activeElement", timeout=PATIENT)
    assert page.locator("[role=dialog] .line").first.inner_text().count("×") == 1
    assert page.locator("[role=dialog] .lines button.operand").count() == 0
    page.locator("[role=dialog] .crumbs button").last.focus()
    page.keyboard.press("ArrowLeft")
    assert len(way(page, 3)) == 3


def test_a_link_restores_its_step_and_the_rest_opens(open_page, perceptron):
    letter = checkpoints.load("girls-mlp").vocabulary.encode("N")[0]
    page = open_page(f"/receipt?model=girls-mlp&context=AN&next=N&step=logit-{letter}/h-137")
    assert way(page, 3)[-1] == "neuron 137"
    result = perceptron.step("h-137").result
    assert f"{result:.4f}".replace("-", "−") in page.locator(".check").inner_text()
    assert page.evaluate("document.querySelector('[data-testid=stMain]').scrollHeight - innerHeight") <= 0
    page.locator(".more").click()
    page.locator(".line:not(.rest)").nth(20).wait_for(timeout=PATIENT)
    page.locator(".crumbs button").first.click()
    assert way(page, 1) == ["probability"]
    page.wait_for_function("() => !location.search.includes('step=')", timeout=PATIENT)


def test_a_phone_does_not_scroll_sideways(open_page):
    page = open_page("/receipt?model=girls-gpt&context=AN&next=N&step=logit-17", width=390, height=844)
    way(page, 2)
    assert page.evaluate("document.documentElement.scrollWidth") == 390


def test_the_clicker_stays_on_a_receipt(open_page):
    page = open_page("/receipt")
    way(page, 1)
    page.keyboard.press("PageDown")
    settled(page)
    assert page.evaluate("location.pathname") == "/receipt"
