"""What a link says: nothing breaks a scene, and what makes no sense leaves the address."""

import json
from collections.abc import Iterator

import pytest
from streamlit.testing.v1 import AppTest

from explainer.components.moment import KINDS, LONGEST, fits
from explainer.ui.chapters import PAGES
from tests.pages.test_every_scene import sound
from tests.scenes import deck, open_scene, part, tell, title

SCENES = deck()
CONTROLS = (
    "slider", "select_slider", "number_input", "button_group", "selectbox", "toggle", "text_input",
    "text_area", "multiselect",
)  # fmt: skip
HOSTILE = (
    "", "nan", "inf", "1e309", "9" * 400, "-" + "9" * 400, "1_0", "None", "🙂", "<script>alert(1)</script>",
    ["x"] * 50,
)  # fmt: skip
HUGE = "x" * 100_000


def bound(app: AppTest) -> dict[str, str]:
    """Return the kind of every control that a link sets, by its parameter."""
    found = {w.key: (kind, w.proto) for kind in CONTROLS for w in app.get(kind)}
    return {key: kind for key, (kind, proto) in found.items() if getattr(proto, "query_param_key", "")}


def moments(app: AppTest) -> dict[str, str]:
    """Return what an address might tell of every picture; no search, which may be any text."""
    pictures = [sent.proto.id.rsplit("-", 1)[1] for sent in app.get("bidi_component")]
    return {f"{key}_{kind}": "moment" for key in pictures for kind in KINDS if kind != "find"}


def hostile(controls: dict[str, str], pictures: dict[str, str]) -> Iterator[dict[str, str | list[str]]]:
    """Yield addresses that say something hostile of all controls and pictures; half a megabyte is read.

    A field takes any text of some length and is told only what it does not take.
    """
    others = [key for key, kind in controls.items() if kind not in ("text_input", "text_area")]
    for value in HOSTILE:
        yield dict.fromkeys(others if isinstance(value, list) else [*others, *pictures], value)
    for value in (["", ""], ["1", "2"], "\x00"):
        yield dict.fromkeys(controls, value)
    keys = list(controls)
    for start in range(0, len(keys), 5):
        yield dict.fromkeys(keys[start : start + 5], HUGE)


def said(app: AppTest) -> dict[str, list[str]]:
    """Return what the address says."""
    told = {key: app.query_params[key] for key in app.query_params}
    return {key: value if isinstance(value, list) else [value] for key, value in told.items()}


def stands_for(told: list[str], kind: str, value: object) -> bool:
    """Return whether an address says what a control stands at."""
    if isinstance(value, bool):
        return told == [str(value).lower()]
    if isinstance(value, int | float):
        return len(told) == 1 and float(told[0]) == value
    if isinstance(value, list | tuple):
        return told == ([str(one) for one in value] or [""])
    return kind != "button_group" and told == [value]


@pytest.mark.parametrize(
    ("slug", "file"), [(s, f) for _, s, f in SCENES], ids=[f"{p}?scene={s}" for p, s, _ in SCENES]
)
def test_what_makes_no_sense_leaves_the_address(slug, file):
    plain = open_scene(file, slug)
    controls, pictures, shown = bound(plain), moments(plain), title(plain)
    assert "frame_at" in pictures
    other = "mm_n" if file.stem != "matrix_multiplication" else "neuron_data"
    for query in hostile(controls | {other: "other", "utm_source": "other"}, pictures):
        what = f"{next(iter(query.values()))!r:.40}"
        app = open_scene(file, slug, **query)
        sound(app, what)
        assert title(app) == shown, what
        left = {key: told for key, told in said(app).items() if key != "scene"}
        assert left.keys() <= controls.keys(), what
        for key, told in left.items():
            assert stands_for(told, controls[key], app.session_state[key]), (what, key, told)


def test_an_unknown_scene_leaves_the_address():
    for slug in ("", "no-such-scene", HUGE):
        app = open_scene("neuron.py", slug)
        assert title(app) == "One neuron"
        assert "scene" not in app.query_params


def frame(app: AppTest) -> dict:
    """Return what the browser gets with the frame."""
    return json.loads(part(app, "frame").json)


def test_what_the_browser_brings_back_is_chosen_again_where_it_makes_sense():
    before = open_scene("neuron.py", "a-network", neuron_data="circle", neuron_activation="ReLU")
    kept = frame(before)["kept"]
    assert kept == {"neuron_data": ["circle"], "neuron_activation": ["ReLU"]}
    app = open_scene("neuron.py", "one-neuron")
    clicker = part(app, "clicker").id
    tell(app, [(clicker, "back", kept | {"neuron_hidden": ["1e309"], "neuron_x1": ["<b>"]})])
    sound(app, "brought back")
    assert said(app).keys() <= {"scene"}
    app.query_params["scene"] = "it-learns"
    app.run()
    sound(app, "brought back")
    assert said(app) == kept | {"scene": ["it-learns"]}
    assert frame(app)["kept"] == kept


@pytest.mark.parametrize(
    "forged", [None, [], {"neuron_data": "circle"}, {"neuron_data": [1]}, {"x" * 99: []}]
)
def test_what_no_browser_keeps_is_not_brought_back(forged):
    app = open_scene("neuron.py", "one-neuron")
    tell(app, [(part(app, "clicker").id, "back", forged)])
    sound(app, "forged")
    assert frame(app)["kept"] == {}


CAN_STAND_AT = {
    "whole": ["3"],
    "fraction": ["-1.5"],
    "tiny": ["1e-7"],
    "pair": ["2", "7"],
    "step": ["0.5"],
    "choice": ["second & last"],
    "switch": ["true"],
    "text": ["Ż 🙂 <b>"],
    "lines": ["1\t0.5\n-2\t3"],
    "number": ["999999"],
    "dice": ["0"],
    "pick": ["ß"],
    "pills": ["two words"],
    "several": ["A", "C"],
    "none_of_several": [""],
    "word": ["Zoë"],
    "beginning": [""],
    "pasted": ["x" * 1500],
}


def one_of_each():
    from explainer.ui import widgets

    options = {"first": "first", "second": "second & last"}
    widgets.slider("whole", 1, 5, 1, key="whole")
    widgets.slider("fraction", -2.0, 2.0, 0.0, key="fraction")
    widgets.slider("tiny", 0.0, 1.0, 0.5, step=1e-7, key="tiny")
    widgets.slider("pair", 0, 9, (0, 9), key="pair")
    widgets.steps("step", [0.1, 0.5, 1], 0.1, key="step")
    widgets.choice("choice", options, key="choice")
    widgets.switch("switch", False, key="switch")
    widgets.text("text", "a", key="text")
    widgets.lines("lines", "a", key="lines")
    widgets.number("number", 0, 999_999, 1, key="number")
    widgets.seed(key="dice")
    widgets.pick("pick", ["a", "ß"], "a", key="pick")
    widgets.pills("pills", ["one", "two words"], key="pills")
    widgets.several("several", {"a": "A", "b": "B", "c": "C"}, key="several")
    widgets.several("none_of_several", {"a": "A"}, key="none_of_several", default=["a"])
    widgets.word("word", "Ann", key="word")
    widgets.beginning("beginning", "AN", key="beginning")
    widgets.pasted("pasted", key="pasted")


def test_what_a_control_can_stand_at_stays_in_the_address():
    app = AppTest.from_function(one_of_each)
    for key, told in CAN_STAND_AT.items():
        app.query_params[key] = told
    for _ in range(2):  # as a link, and again while one reads
        app.run()
        assert not app.exception
        assert said(app) == CAN_STAND_AT
    found = {
        key: app.session_state[key]
        for key in ("whole", "tiny", "pair", "step", "choice", "switch", "several")
    }
    assert found == {
        "whole": 3, "tiny": 1e-7, "pair": (2, 7), "step": 0.5, "choice": "second", "switch": True,
        "several": ["a", "c"],
    }  # fmt: skip
    assert set(bound(app)) == set(CAN_STAND_AT)


def test_a_link_may_name_options_by_their_keys_which_no_rewording_touches():
    app = AppTest.from_function(one_of_each)
    app.query_params["choice"], app.query_params["several"] = "second", ["c", "a"]
    for _ in range(2):
        app.run()
        assert app.session_state["choice"] == "second"
        assert app.session_state["several"] == ["c", "a"]
    assert said(app) == {"choice": ["second"], "several": ["c", "a"]}  # nobody has written another address


def taken_along():
    import streamlit as st

    from explainer.ui import address, widgets

    crossed = {"first": "second", "second": "third", "other": "Another one"}
    widgets.choice("plain", {"one": "The first", "two": "The second"}, key="plain")
    widgets.several("many", {"a": "A1", "b": "B1"}, key="many")
    widgets.choice("crossed", crossed, key="crossed")
    widgets.number("number", 0, 9, 1, key="number")
    st.json(address.shared())


def test_the_browser_learns_what_the_address_calls_options():
    app = open_scene("neuron.py", "it-learns", neuron_data="circle")
    assert frame(app)["keyed"]["neuron_data"] == {"one line": "linear", "XOR": "xor"}
    app.query_params["scene"] = "one-neuron"
    app.run()
    assert "neuron_data" not in frame(app)["keyed"]


def test_what_is_taken_along_names_options_by_their_keys_and_leads_back():
    asked = {"plain": ["The second"], "many": ["B1", "A1"], "crossed": ["third"], "number": ["7"]}
    shared = [["plain", "two"], ["many", "b"], ["many", "a"], ["crossed", "third"], ["number", "7"]]
    for query in (asked, {"plain": ["two"], "many": ["b", "a"], "crossed": ["third"], "number": ["7"]}):
        app = AppTest.from_function(taken_along)
        for key, values in query.items():
            app.query_params[key] = values
        app.run()
        assert said(app) == query
        assert sorted(json.loads(app.json[0].value)) == sorted(shared)


def test_older_links_call_the_models_by_a_straight_apostrophe():
    app = open_scene("gpt.py", "architecture", gpt_model="girls' names")
    assert app.session_state["gpt_model"] == "girls’ names"
    assert frame(app)["keyed"]["gpt_model"]["girls' names"] == "girls-gpt"


def test_the_moment_of_a_picture_stays_in_the_address_and_no_other():
    good = {"bigram_fill_in_at": "1234", "bigram_fill_in_cell": "0.3.17"}
    others = {"bigram_table_at": "3", "bigram_fill_in_camera": "30.40", "bigram_fill_in_find": "ann"}
    app = open_scene("bigram.py", "fill-in", **good, **others)
    assert said(app) == {key: [value] for key, value in good.items()} | {"scene": ["fill-in"]}
    app.query_params["scene"] = "data"
    app.run()
    assert said(app).keys() <= {"scene"}


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        ("at", ["0", "9999999"], ["", "-1", "1.5", "1_0", "12345678", "٣", "1\n"]),
        ("camera", ["-135.42", "0.8"], ["5", "1.2.3", "nan.8", "1e3.4", "30.400"]),
        ("cell", ["0.0.0", "2.33.33"], ["0.0", "-1.0.0", "0.0.0.0", "a.b.c"]),
        ("find", ["ann", "Ż <b>", "x" * LONGEST], ["", "\x00", "a\nb", "x" * (LONGEST + 1)]),
        ("by", ["up.bearers", "down.a.b"], ["bearers", "up.", "left.x", "up." + "x" * (LONGEST + 1)]),
    ],
)
def test_a_moment_is_told_as_the_browser_writes_it(kind, good, bad):
    assert [value for value in good if not fits(kind, [value])] == []
    assert [value for value in bad if fits(kind, [value])] == []
    assert not fits(kind, good[:2])
    assert not fits(kind, [])


def test_only_cleaned_parameters_are_bound():
    sources = [path for path in (PAGES.parent / "explainer").rglob("*.py") if path.name != "widgets.py"]
    assert len(sources) > 80
    assert [
        path.name for path in [*sources, *PAGES.glob("*.py")] if "bind=" in path.read_text(encoding="utf-8")
    ] == []
