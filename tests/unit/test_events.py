"""What a browser tells is read by type, range and length; all else is refused."""

import pytest

from explainer.components import events
from explainer.components.events import Forged

HOSTILE = [
    None,
    True,
    False,
    -1,
    0,
    3,
    10**400,
    0.5,
    1e300,
    float("nan"),
    float("inf"),
    "",
    "A",
    "<b>",
    [],
    {},
]
HOSTILE += [[0, 1], [0] * 9, {"row": 1}, {"row": "1"}, {"row": None, "x": 1}, [[[]]], object]


@pytest.mark.parametrize(
    ("read", "accepted"),
    [
        (events.flag, [True, False]),
        (events.clicked, [True]),
        (events.whole(-1, 1), [-1, 0]),
        (events.index(4), [0, 3]),
        (events.index(0), []),
        (events.number(-1, 1), [-1, 0, 0.5]),
        (events.text(2), ["", "A"]),
        (events.one_of(["A", ""]), ["", "A"]),
        (events.maybe(events.index(1)), [None, 0]),
        (events.several(events.index(2), 2), [[], [0, 1]]),
        (events.named(events.index(2), 1), [{}, {"row": 1}]),
        (events.record(row=events.index(2)), [{"row": 1}]),
        (events.record(row=events.maybe(events.index(2))), [{}, {"row": 1}, {"row": None, "x": 1}]),
    ],
)
def test_a_reader_takes_what_fits_and_refuses_the_rest(read, accepted):
    taken = []
    for value in HOSTILE:
        try:
            read(value)
        except Forged:
            continue
        taken.append(value)
    assert [repr(value) for value in taken] == [repr(value) for value in accepted if value in HOSTILE]


def test_fields_that_nobody_asked_for_are_left_out():
    assert events.record(row=events.index(2))({"row": 1, "more": "<b>"}) == {"row": 1}


@pytest.mark.parametrize("state", [None, "x", [], {}, {"pick": None}, {"pick": {"scene": "<b>"}}])
def test_nothing_is_heard_of_what_was_not_told(state):
    assert events.heard(state, "pick", events.record(scene=events.index(2))) is None
