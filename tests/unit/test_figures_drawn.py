"""Strips and learned letters: every interval, die, bar and place is the number it was given."""

import numpy as np
import pytest

from explainer.figures import palette
from explainer.figures.drawing import Box, Mark, Text
from explainer.figures.letters import letters, letters_alt
from explainer.figures.strip import BARS, Strip, draws, draws_alt, strips
from explainer.figures.wall import Column, wall, wall_alt
from tests.drawings import of_kind

ROWS = [
    Strip("·", np.array([0, 0.2, 0.7, 1.0]), ["·", "A", "B"], 0.25, 1),
    Strip("·A", np.array([0, 0.5, 0.5, 1.0]), ["·", "A", "B"], 0.1, 0),
]
PLACES = np.array([[[0.0, 0.5], [1.0, -1.0], [2.0, 2.0]], [[0.25, 0.5], [1.5, -1.0], [2.0, -2.0]]])
LABELS, KINDS = [".", "A", "Ł"], [4, 0, 3]


def edges(boxes: list[Box]) -> list[float]:
    return [boxes[0].x0, *(box.x1 for box in boxes)]


def test_every_strip_has_its_intervals_and_its_die():
    drawn = strips(ROWS)
    boxes, dice = of_kind(drawn, Box), of_kind(drawn, Mark)
    for row, own, die in zip(ROWS, (boxes[:4], boxes[4:]), dice, strict=True):
        assert edges(own[:3]) == row.edges.tolist()
        assert (own[3].x0, own[3].x1) == (row.edges[row.drawn], row.edges[row.drawn + 1])
        assert [box.opacity == 0.5 for box in own[:3]] == [i == row.drawn for i in range(3)]
        assert die.x == row.die
    texts = [text.text for text in of_kind(drawn, Text)]
    assert [text for text in texts if "→" in text] == ["0.250 → A", "0.100 → ·"]


def test_a_label_without_room_is_left_out_and_no_die_leaves_no_mark():
    drawn = strips([Strip("", np.array([0, 0.01, 1]), ["A", "B"])], scale=False, letters=30)
    assert [text.text for text in of_kind(drawn, Text) if text.text] == ["B"]
    assert of_kind(drawn, Mark) == []
    assert len(of_kind(drawn, Box)) == 2


def test_a_title_stands_below_the_scale():
    assert "the first 20" in [text.text for text in of_kind(strips(ROWS, title="the first 20"), Text)]


def test_what_is_drawn_follows_the_text_frame_by_frame():
    drawn = draws([row.name for row in ROWS], ROWS)
    assert drawn.frames.titles == ["after ·", "after A"]
    boxes = of_kind(drawn, Box)
    bars, intervals, outline = boxes[:3], boxes[3:6], boxes[6]
    for frame, row in enumerate(ROWS):
        heights = np.array([bar.y1.values[frame] - BARS[0] for bar in bars])
        np.testing.assert_allclose(heights / heights.sum(), np.diff(row.edges))
        assert [bar.opacity.values[frame] == 1 for bar in bars] == [i == row.drawn for i in range(3)]
        assert [box.x0.values[frame] for box in intervals] == row.edges[:-1].tolist()
        assert outline.x0.values[frame] <= row.die < outline.x1.values[frame]
        assert of_kind(drawn, Mark)[0].x.values[frame] == row.die
    spelt = of_kind(drawn, Text)[0].text.values
    assert [["".join(w.text for w in words)] for words in spelt] == [["·A"], ["·A·"]]
    assert "the die shows 0.250 and A is drawn" in draws_alt([row.name for row in ROWS], ROWS)


def test_one_draw_needs_no_values_for_each_frame():
    sent = draws(["·"], ROWS[:1]).sent
    assert sent["frames"]["titles"] == ["after ·"]


def test_an_edge_that_is_no_number_is_refused():
    with pytest.raises(ValueError, match="edges of strip 0 holds NaN"):
        strips([Strip("", np.array([0, np.nan, 1]), ["A", "B"])])


def marks(figure):
    """Return the traces that hold letters, not what leads to their places."""
    return [trace for trace in figure.data if trace.text is not None]


def test_letters_stand_where_they_were_recorded():
    drawn = letters(PLACES, [0, 1000], LABELS, KINDS, (-3, 3))
    meta, kinds = drawn.layout.meta, marks(drawn)
    assert meta["frames"]["titles"] == ["step 0", "step 1,000"]
    assert meta["frames"]["start"] == 1
    order = [LABELS.index(label) for trace in kinds for label in trace.text]
    np.testing.assert_array_equal(meta["places"], PLACES[:, order].astype("f4"))
    np.testing.assert_array_equal(np.concatenate([np.stack([t.x, t.y], 1) for t in kinds]), PLACES[1, order])
    assert [trace.marker.symbol for trace in kinds] == ["circle", "square", "diamond"]
    assert [trace.marker.line.color for trace in kinds] == [palette.WEIGHTS, palette.INPUT, palette.WEIGHTS]
    named = [trace for trace in drawn.data if trace.showlegend is not False]
    assert [trace.name for trace in sorted(named, key=lambda trace: trace.legendrank or 1000)] == [
        "vowel",
        "consonant with a diacritic",
        "beginning and end",
        "to the true place, where letters would cover each other",
    ]


def test_a_single_record_stands_still():
    assert letters(PLACES[:1], [0], LABELS, KINDS, (-3, 3)).layout.meta["frames"] is None


def test_the_closest_letters_are_told():
    assert "closest together are . and A" in letters_alt(PLACES[0], LABELS)


def test_a_place_that_is_no_number_is_refused():
    with pytest.raises(ValueError, match="places holds NaN"):
        letters(PLACES * np.nan, [0, 1], LABELS, KINDS, (-3, 3))


def test_an_empty_name_is_called_so():
    column = Column("equal chances", ["ANNA", ""])
    assert "(empty)" in [one.text for one in wall([column]).primitives]
    assert wall_alt([column]) == "equal chances: ANNA, (empty)."
