"""The presenter's window and the one on the stage follow each other."""

import pytest

from tests.browser.conftest import settled

pytestmark = pytest.mark.long


def test_both_windows_follow_each_other_and_a_late_one_catches_up(open_page):
    stage = open_page("/mlp?scene=tanh")
    with stage.expect_popup() as opened:
        stage.keyboard.press("s")
    presenter = opened.value
    settled(presenter)
    now, said = presenter.locator(".notes .now"), presenter.locator(".notes .said")
    now.get_by_text("tanh", exact=True).wait_for()  # opened late, it asks where the talk is
    assert said.inner_text().startswith("It squeezes any sum")
    assert "The activations of a batch" in presenter.locator(".notes .next").inner_text()
    presenter.keyboard.press("PageDown")
    stage.get_by_role("heading", name="The activations of a batch").wait_for()
    now.get_by_text("The activations of a batch").wait_for()
    stage.keyboard.press("PageDown")  # the next stage of the scene
    presenter.locator(".notes .where", has_text="stage 2 of 2").wait_for()
    presenter.keyboard.press("b")
    stage.locator(".blackened").wait_for()
    assert presenter.locator(".blackened").count() == 0
    stage.goto(stage.url.split("/mlp")[0] + "/bigram?scene=fill-in&bigram_fill_in_at=1234")
    presenter.locator(".notes .where", has_text="name 1,234 of 3,517").wait_for()
    stage.evaluate("[...__players][0].seek(2000)")
    presenter.locator(".notes .where", has_text="name 2,000 of 3,517").wait_for()
    presenter.get_by_label("minutes planned").fill("61")
    assert "planned to here" in presenter.locator(".notes .time").inner_text()
    presenter.close()


def test_what_is_seen_can_be_taken_along_and_only_where_others_can_open_it(open_page):
    page = open_page("/bigram?scene=sample&bigram_seed=7")
    page.get_by_role("button", name="Take it along").click()
    told = page.get_by_role("dialog", name="Take it along")
    told.get_by_text("runs on this machine alone").wait_for()  # the tests' server listens to nobody else
    assert told.locator("img").count() == 0
