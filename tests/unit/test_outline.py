"""The outline is what the pages say of their scenes."""

from explainer.components.overview import PICTURES, picture
from explainer.ui.outline import outline
from tests.scenes import deck


def test_every_scene_of_the_talk_is_in_the_outline_in_its_order_with_its_note():
    listed = [(path, scene.slug) for path, scenes in outline().items() for scene in scenes]
    assert listed == [(path, slug) for path, slug, _ in deck(hidden=False)]
    assert all(s.title and s.sentence and s.note for scenes in outline().values() for s in scenes)


def test_a_scene_is_written_down_whole():
    tanh = next(scene for scene in outline()["mlp"] if scene.slug == "tanh")
    assert tanh.title == "tanh"
    assert tanh.sentence.startswith("Without a bend")
    assert tanh.note.startswith("It squeezes any sum between minus one and one.")


def test_every_scene_has_a_small_picture_in_light_and_dark_and_nothing_else_has():
    """``python tools/pictures/make.py`` makes them."""
    names = {
        f"{picture(path, slug)}-{theme}.webp"
        for path, slug, _ in deck(hidden=False)
        for theme in ("light", "dark")
    }
    found = {path.name: path.stat().st_size for path in PICTURES.iterdir()}
    assert found.keys() == names
    assert max(found.values()) < 12_000  # bytes: sixty of them come at once
