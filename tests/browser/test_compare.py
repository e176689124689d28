"""Names in a real Chromium: a letter opens its receipt, links restore, the keyboard plays."""

import re

from explainer import checkpoints, names
from explainer.traces import compare as trace
from tests.browser.conftest import settled


def percent(text: str) -> float:
    return float(re.search(r"([\d.]+) ?%", text)[1]) / 100


def test_a_link_restores_the_names_and_a_letter_opens_its_receipt(open_page):
    page = open_page("/?scene=name-your-baby&welcome_prefix=zo&welcome_model=MLP&welcome_sex=boy")
    card = page.locator(".card").first
    letters = [card.locator("b").nth(i).inner_text() for i in range(card.locator("b").count())]
    assert letters[:2] == ["Z", "O"]
    model = checkpoints.load("boys-mlp").model
    p = trace.next_probabilities(model, names.VOCABULARY, "".join(letters[:-1]))[0]  # the end
    button = card.locator("button.letter").last
    assert abs(percent(button.get_attribute("title")) - p) < 0.001
    bar = button.locator("i").evaluate(
        "e => parseFloat(getComputedStyle(e, '::before').height) / e.clientHeight"
    )
    assert abs(bar - p) < 0.02
    button.click()
    page.get_by_role("dialog").get_by_text("MLP, boys’ names").first.wait_for(timeout=20_000)


def test_a_name_is_taken_to_another_chapter(open_page):
    page = open_page("/?scene=name-your-baby&welcome_prefix=ZO")
    foot = page.locator("button.foot").first
    name = foot.get_attribute("title").split(":")[0]
    foot.click()
    page.get_by_text("MLP: its next letter").click(timeout=20_000)
    page.wait_for_url(re.compile(rf"/mlp\?.*mlp_name={name}"), timeout=20_000)
    settled(page)
    page.get_by_role("button", name="The name").click()
    assert page.get_by_role("textbox", name="name").input_value() == name


def test_what_is_typed_is_answered_beside_the_names(open_page):
    page = open_page("/?scene=name-your-baby")
    field = page.get_by_role("textbox", name="begins with")
    field.fill("<img src=x>")
    field.press("Enter")
    page.get_by_text("occur in these names: left out.").wait_for(timeout=20_000)
    settled(page)
    assert page.locator(".cards").inner_text().replace("\n", "").startswith("IMGSRCX")
    assert page.locator("img[src=x]").count() == 0


def test_a_column_of_the_four_answers_is_the_models_number(open_page):
    page = open_page("/compare?compare_prefix=MAR")
    model = checkpoints.load("girls-gpt").model
    p = trace.next_probabilities(model, names.VOCABULARY, "MAR")
    columns = page.locator(".answer").nth(4).locator("button.column")
    columns.last.wait_for(timeout=20_000)
    assert columns.count() == len(p) == 34
    told = [percent(columns.nth(i).get_attribute("title")) for i in range(34)]
    assert max(abs(a - b) for a, b in zip(told, p, strict=True)) < 0.006
    columns.nth(int(p.argmax())).click()
    page.get_by_role("dialog").get_by_text("GPT, girls’ names").first.wait_for(timeout=20_000)


def test_the_keyboard_guesses_and_goes_on_while_the_game_has_the_focus(open_page):
    page = open_page("/compare?scene=guess-the-next-letter")
    word = page.locator(".word")
    first = word.inner_text().split()[0]
    page.keyboard.press("a")  # nobody has turned to the game yet
    word.click()
    page.keyboard.press("a")
    page.locator(".players").get_by_text("of 1").first.wait_for(timeout=20_000)
    assert word.inner_text().split()[0] == first
    for guessed in range(2, 20):
        if page.get_by_role("button", name="Next name").count():
            break
        page.keyboard.press(".")
        page.locator(".players").get_by_text(f"of {guessed}").first.wait_for(timeout=20_000)
    assert "bear that name" in page.locator(".verdict").inner_text()
    page.keyboard.press("Enter")
    page.locator(".next").wait_for(timeout=20_000)


def test_a_word_of_a_scene_leads_to_the_glossary(open_page):
    page = open_page("/bigram?scene=probabilities")
    page.get_by_role("button", name="Words used here").click()
    page.get_by_role("dialog").get_by_text("smoothing", exact=True).click(timeout=20_000)
    page.wait_for_url(re.compile(r"/references\?.*term=smoothing"), timeout=20_000)
    page.get_by_role("heading", name="smoothing").wait_for(timeout=20_000)
