"""What a browser may tell: whatever is forged is ignored on every scene, at once, and changes nothing."""

import json
import time

import pytest
from streamlit.testing.v1 import AppTest

from tests.scenes import deck, open_scene, part, tell, triggers

SCENES = deck()
IDS = [f"{path}?scene={slug}" for path, slug, _ in SCENES]
FIELDS = ("scene", "matrix", "row", "col", "column", "card", "letter", "text", "kept", "whole")
FIELDS += ("position", "context", "token", "by", "stage")
NESTED = json.loads("[" * 300 + "]" * 300)
VALUES = [-1, True, 10**400, float("nan"), "<b>x</b>", "ŻÓŁĆ" * 500, [0] * 5_000, NESTED]
OUTSIDE = {"row": -1, "col": -1, "card": 0, "letter": -1, "kept": [-1], "whole": False, "position": 1}
BEYOND = {"row": 0, "col": 9_999, "card": 0, "letter": 99, "kept": [9_999], "whole": False, "position": 1}
ALMOST = [  # each is nearly what some component tells
    OUTSIDE
    | {"scene": 1.0, "by": 1, "matrix": 0, "column": 0, "x": float("nan"), "y": 0, "context": [], "token": 0},
    BEYOND
    | {"scene": 99, "by": 0, "matrix": 0, "column": 99, "x": 1e9, "y": 0, "context": [0] * 900, "token": 0},
    BEYOND
    | {
        "scene": 0,
        "by": 1,
        "stage": 99,
        "matrix": -1,
        "column": -1,
        "col": 0,
        "x": "1",
        "y": "1",
        "kept": [0] * 900,
    },
    {
        "scene": 0,
        "by": 9,
        "window": 9,
        "end": -1,
        "matrix": 0,
        "row": 0.5,
        "col": True,
        "card": 0,
        "letter": "",
        "kept": [0],
        "position": -1,
    },
]
FORGED = [None, {}, *VALUES[-3:], *(dict.fromkeys(FIELDS, value) for value in VALUES), *ALMOST]
CLICKS = ("words", "take", "code", "receipt", "more")  # are true when there was one


def state(app: AppTest) -> dict[str, object]:
    """Return all that an event may change: the session, the address, and what the browser gets."""
    parts = [part.proto for part in app.get("bidi_component")]
    return {
        **{f"session {k}": repr(v) for k, v in app._session_state.filtered_state.items()},
        **{f"address {k}": v for k, v in app.query_params.items()},
        **{f"part {sent.id}": sent.SerializeToString() for sent in parts},
        "text": [text.value for text in app.text],
    }


def changed(before: dict[str, object], after: dict[str, object]) -> dict[str, object]:
    """Return what is no longer as it was."""
    return {key: after.get(key) for key in before | after if before.get(key) != after.get(key)}


@pytest.mark.long
@pytest.mark.parametrize(("slug", "file"), [(s, f) for _, s, f in SCENES], ids=IDS)
def test_a_forged_event_changes_nothing(slug, file):
    app = open_scene(file, slug)
    app.run()  # what a first run alone does has been done
    events = triggers(app)
    assert {"pick", "code", "receipt"} <= {event for _, event in events}
    before = state(app)
    for value in FORGED:
        tell(app, [(*event, value) for event in events if event[1] not in CLICKS or value is not True])
        assert [e.message for e in app.exception] == [], f"{value!r:.80}"
        assert changed(before, state(app)) == {}, f"{value!r:.80}"
    tell(app, [(*event, True) for event in events])
    assert [e.message for e in app.exception] == [], "every button at once"


@pytest.mark.parametrize(
    "edit",
    [
        {"row": -1, "col": 0, "text": "9"},
        {"row": 0, "col": 9, "text": "9"},
        {"row": 0, "col": 0, "text": 9},
        {"row": 0, "col": 0, "text": "9\t" * 20_000},
        {"row": 0, "col": 0, "text": "9", "matrix": 2},
    ],
)
def test_an_edit_beside_the_typed_matrices_changes_nothing(edit):
    app = open_scene("matrix_multiplication.py", "your-own")
    before = state(app)
    grid = part(app, "mm_own").id
    assert state(tell(app, [(grid, "edit", {"matrix": 0, **edit})])) == before
    assert state(tell(app, [(grid, "edit", {"matrix": 0, "row": 0, "col": 0, "text": "9"})])) != before


@pytest.mark.parametrize("value", [None, "A", {"letter": "A"}, {"scene": 1, "by": 0}])
@pytest.mark.parametrize("scene", ["compare?scene=guess-the-next-letter", "bigram?scene=how-good"])
def test_thousands_of_events_in_one_message_are_answered_at_once(scene, value):
    _, slug, file = SCENES[IDS.index(scene)]
    app = open_scene(file, slug)

    def took(times: int) -> float:
        began = time.process_time()
        tell(app, [(*event, value) for event in triggers(app) for _ in range(times)])
        assert [e.message for e in app.exception] == []
        return time.process_time() - began

    took(1)  # what one event asks for is computed before the clock runs
    assert any(took(5_000) < 2 for _ in range(3))  # the fault took ten; a busy neighbour once two
