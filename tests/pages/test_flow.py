"""The flow's page: any text is answered, and what a browser may tell is checked."""

import json

import pytest

from explainer.ui.scenes import flow as scene
from tests.scenes import ask, heaviest, open_scene, part, tell


def sent(app) -> dict:
    """Return the header that the browser gets."""
    data = part(app, "gpt_flow").bytes
    return json.loads(data[4 : 4 + int.from_bytes(data[:4], "little")])


def page(**query: str):
    app = open_scene("gpt.py", "the-flow", **{f"gpt_flow_{key}": value for key, value in query.items()})
    assert [e.message for e in app.exception] + [e.value for e in app.error] == []
    return app


def told(app) -> str:
    return " ".join(markdown.value for markdown in app.markdown) + " ".join(text.value for text in app.text)


@pytest.mark.parametrize("model", ["Shakespeare", "girls' names"])
@pytest.mark.parametrize("text", ["", "Ω😀", " ", "<b>x</b>", "A" * 64])
def test_any_text_goes_through(model, text):
    found = sent(page(model=model, text=text))
    assert 1 <= len(found["text"]) <= 64
    assert len(found["stages"]) == 7 + 6 * found["n_layer"]


def test_a_character_that_no_text_has_is_told():
    app = page(model="Shakespeare", text="To Ω be")
    assert "“Ω” never occurs" in told(app)
    assert "".join(sent(app)["text"]) == "To␣␣be"


def test_twenty_thousand_characters_are_cut():
    app = page(model="Shakespeare")
    app.text_input[0].set_value("To be, or not to be. " * 1_000).run()
    assert not app.exception
    assert len(sent(app)["text"]) == scene.LONGEST
    assert heaviest(app) < 1_000_000


@pytest.mark.parametrize(("told_", "position"), [("3.0.0", 2), ("999.0.0", 17), ("0.2.0", 17), ("x", 17)])
def test_the_address_names_the_character_that_is_followed(told_, position):
    assert sent(page(model="Shakespeare", follow=told_))["position"] == position


def test_a_number_opens_and_deeper_and_nothing_else_does():
    app = page(model="girls' names", text="MARI")
    one = part(app, "gpt_flow").id
    opened = {"known": "", "name": "q.1", "number": 30, "path": ""}
    tell(app, [(one, "open", opened)])
    found = sent(app)["opened"]
    assert (found["name"], found["number"], found["good"]) == ("q.1", 30, True)
    deeper = found["lines"][0]["operands"][0]["path"]
    tell(app, [(one, "open", opened | {"path": deeper})])
    assert sent(app)["opened"]["path"] == deeper
    for forged in (opened | {"name": "os.0"}, opened | {"number": -1}, "q"):
        tell(app, [(one, "open", forged)])
        assert sent(app)["opened"]["path"] == deeper
    assert not app.exception


def test_what_the_browser_has_is_not_sent_again():
    app = page(model="Shakespeare", text="To be, or not to be")
    first = part(app, "gpt_flow")
    tell(app, [(first.id, "ask", {"known": sent(app)["id"], "position": 3})])
    assert len(part(app, "gpt_flow").bytes) < len(first.bytes) / 1.5
    assert sent(app)["position"] == 3
    tell(app, [(first.id, "ask", {"known": "", "position": None})])
    assert sent(app)["position"] == 3
    assert len(part(app, "gpt_flow").bytes) == len(first.bytes)


def test_the_best_guess_opens_its_receipt():
    app = page(model="girls' names", text="MARI")
    ask(app, "receipt")
    assert not app.exception
