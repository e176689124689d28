"""The glossary: every word once, in one sentence, with links to scenes that exist."""

import pytest

from explainer.ui.glossary import TERMS, terms_of
from explainer.ui.scenes.references import titles
from tests.scenes import deck

HERE = {(path, slug) for path, slug, _ in deck()}


@pytest.mark.parametrize("term", TERMS, ids=lambda term: term.name)
def test_a_term_is_one_sentence_and_its_scenes_exist(term):
    assert term.meaning.endswith(".")
    assert len(term.meaning) <= 120
    assert term.scenes
    assert set(term.scenes) <= HERE


def test_the_words_stand_once_and_in_order():
    listed = [term.name.lower() for term in TERMS]
    assert listed == sorted(set(listed))


def test_a_scene_finds_its_words():
    assert [term.name for term in terms_of("bigram", "probabilities")] == ["probability", "smoothing"]
    assert terms_of("bigram", "no-such-scene") == []


def test_every_scene_has_the_title_that_its_page_shows():
    assert set(titles()) == HERE
    assert titles()["", "name-your-baby"] == "Name your baby"
