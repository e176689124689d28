"""Every scene of every page runs, with every control moved to its ends, and with hostile addresses."""

import pytest
from streamlit.testing.v1 import AppTest

from tests.notebooks import offered, run
from tests.scenes import ask, deck, heaviest, open_scene, title

SCENES = deck()
MODELS = ("", "bigram", "mlp", "training", "gpt", "attention", "fine-tuning", "compare")  # chapters
WITHOUT = {"agenda", "data", "to-scale", "the-data"}  # their scenes that show no answer of a model
HOSTILE = ["<script>alert(1)</script>", "-1", "9" * 400, "null", "../../etc/passwd", "\x00", "🙂", ""]


def sound(app: AppTest, what: str) -> None:
    """Fail if the page shows an exception or a traceback, or sends a megabyte at once."""
    shown = [e.message for e in app.exception] + [e.value for e in app.error]
    assert not shown, f"{what}: {shown}"
    assert heaviest(app) < 1_000_000, what


@pytest.mark.parametrize(("path", "slug", "file"), SCENES, ids=[f"{p}?scene={s}" for p, s, _ in SCENES])
def test_every_control_moves(path, slug, file):
    app = open_scene(file, slug)
    sound(app, "at the start")
    assert title(app)
    for kind, ends in (
        ("slider", lambda w: (w.min, w.max)),
        ("select_slider", lambda w: (w.options[0], w.options[-1])),
        ("number_input", lambda w: (w.min, w.max)),
        ("button_group", lambda w: (w.options[-1], w.options[0])),
        ("selectbox", lambda w: (w.options[-1],)),
        ("toggle", lambda w: (not w.value,)),
        ("text_input", lambda w: ("", "<b>x</b>", "ŻÓŁĆ 😀 123", "A" * w.max_chars)),
        ("text_area", lambda _: ("", "1;x\n2;y", "<b>x</b>")),
        ("button", lambda _: (None,)),
    ):
        for key in [w.key for w in app.get(kind) if w.key]:
            _move(app, kind, key, ends)
    for what in ("words", "receipt"):
        sound(ask(app, what), what)
    notebook = offered(app)
    sound(app, "code")
    assert notebook or path not in MODELS or slug in WITHOUT
    if notebook:
        assert notebook[1] == f"{path or 'welcome'}-{slug}.ipynb"
        run(notebook[0])


def _move(app: AppTest, kind: str, key: str, ends) -> None:
    """Move one control through its ends; a control that another one took away is left alone."""
    values = next((ends(w) for w in app.get(kind) if w.key == key), ())
    for value in values:
        widget = next((w for w in app.get(kind) if w.key == key), None)
        if widget is None or getattr(widget, "disabled", False):
            return
        if kind == "button":
            widget.click().run()
        else:
            low = isinstance(getattr(widget, "value", None), list | tuple) and kind == "slider"
            widget.set_value([widget.min, value] if low else value).run()
        sound(app, f"{key} = {value!r}")


@pytest.mark.parametrize(("path", "file"), dict.fromkeys((p, f) for p, _, f in SCENES))
def test_a_hostile_address_shows_the_first_scene(path, file):
    first = title(open_scene(file, ""))
    for value in HOSTILE:
        app = open_scene(file, value)
        sound(app, f"scene={value!r}")
        assert title(app) == first, path
