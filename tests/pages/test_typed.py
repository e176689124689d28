"""A letter that a model lacks is answered alike on every page: it is left out, and one sentence says so."""

import pytest
from streamlit.testing.v1 import AppTest

from tests.scenes import open_scene

GIRLS = {"attention_model": "girls’ names"}
HEADS = ("who-looks-at-whom", "how-one-head-does-it", "switch-a-head-off", "what-each-layer-guesses")
NAMES = [
    ("bigram.py", "one-name", "bigram_name", {}),
    ("bigram.py", "how-good", "bigram_name", {"bigram_names": "boys"}),
    ("bigram.py", "how-good", "bigram_name", {"bigram_names": "your own list", "bigram_list": "ANNA\nEWA"}),
    ("mlp.py", "structure", "mlp_name", {}),
    ("mlp.py", "data-set", "mlp_name", {}),
    ("mlp.py", "forward-pass", "mlp_name", {}),
    ("training.py", "nudge-a-letter", "training_text", {}),
    ("pytorch.py", "indexing", "pytorch_name", {}),
    ("pytorch.py", "cross-entropy", "pytorch_name", {}),
    ("compare.py", "one-prefix", "compare_prefix", {}),
    ("welcome.py", "name-your-baby", "welcome_prefix", {}),
    ("gpt.py", "architecture", "gpt_text", {"gpt_model": "girls' names"}),
    *(("attention.py", scene, "attention_prompt_girls-gpt", GIRLS) for scene in HEADS),
]
TEXTS = [
    ("gpt.py", "architecture", "gpt_text", {}),
    *(("attention.py", scene, "attention_prompt_shakespeare", {}) for scene in HEADS),
    ("fine_tuning.py", "before-and-after", "tuning_prompt", {}),
    ("fine_tuning.py", "was-it-worth-it", "tuning_prompt", {}),
]


def said(app: AppTest) -> list[str]:
    """Return what is said in plain text, which alone may hold what a visitor typed."""
    assert [e.message for e in app.exception] + [e.value for e in app.error] == []
    return [text.value for text in app.text if "never" in text.value]


def drawn(app: AppTest) -> dict[str, bytes]:
    """Return what the parts of the stage were sent; the frame beside it keeps what was typed as it was."""
    parts = [part.proto for part in app.get("bidi_component")]
    return {part.id: part.SerializeToString() for part in parts if part.component_name != "frame"}


@pytest.mark.parametrize(("file", "scene", "key", "query"), NAMES)
def test_a_letter_that_no_name_has_is_left_out(file, scene, key, query):
    plain = open_scene(file, scene, **{key: "AN", **query})
    assert said(plain) == []
    mixed = open_scene(file, scene, **{key: " a5N ", **query})
    assert said(mixed) == ["“5” never occurs in these names: left out."]
    assert drawn(mixed) == drawn(plain)


def test_several_letters_are_named_and_the_dot_is_none_of_a_name():
    app = open_scene("bigram.py", "one-name", bigram_name=".A N.<")
    assert said(app) == ["“.”, “ ”, “<” never occur in these names: left out."]


@pytest.mark.parametrize(("file", "scene", "key", "query"), TEXTS)
def test_a_character_that_no_text_has_is_left_out(file, scene, key, query):
    plain = open_scene(file, scene, **{key: "Romeo", **query})
    assert said(plain) == []
    mixed = open_scene(file, scene, **{key: "Rom\U0001f600eo", **query})
    assert said(mixed) == ["“\U0001f600” never occurs in these texts: left out."]
    assert drawn(mixed) == drawn(plain)


def test_what_is_wrong_stands_in_place_of_the_note():
    app = open_scene("mlp.py", "forward-pass", mlp_name="A5", mlp_step="tanh")
    assert said(app) == ["“5” never occurs in these names: left out."]
    assert not any("bent into a number" in note.value for note in app.markdown)
