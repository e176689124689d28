"""Bars as drawings: lengths to scale, names at the left, texts at the ends, rows that report a click."""

import numpy as np
import pytest

from explainer.figures import palette
from explainer.figures.bars import bars, bars_alt
from explainer.figures.drawing import Box, Text
from tests.drawings import of_kind


def test_lengths_are_the_values_from_the_top_down():
    drawing = bars(["A", "B"], [3.0, 1.5], ["three", "half of it"], color=palette.INPUT)
    boxes = of_kind(drawing, Box)
    assert [(box.x0, box.x1) for box in boxes] == [(0, 3.0), (0, 1.5)]
    assert drawing.x == (0, 3.0)
    heights = [drawing.y[0] - (box.y0 + box.y1) / 2 for box in boxes]
    assert heights[0] > heights[1] > 0 > drawing.y[1] - drawing.y[0]
    assert {box.fill for box in boxes} == {palette.INPUT}


def test_texts_stand_at_the_ends_and_names_at_the_left():
    texts = of_kind(bars(["A", "B"], [3.0, 1.5], ["three", "half of it"]), Text)
    assert [(text.x, text.text, text.anchor) for text in texts] == [
        (0, "A", "end"), (3.0, "three", "start"), (0, "B", "end"), (1.5, "half of it", "start"),
    ]  # fmt: skip


def test_on_a_phone_names_and_texts_stand_above_bars_that_take_the_whole_width():
    drawing = bars(["A", "B"], [3.0, 1.5], ["three", "half of it"], narrow=True)
    boxes, texts = of_kind(drawing, Box), of_kind(drawing, Text)
    assert [(text.x, text.text, text.anchor) for text in texts] == [
        (0, "A", "start"), (3.0, "three", "end"), (0, "B", "start"), (3.0, "half of it", "end"),
    ]  # fmt: skip
    assert all(text.y < min(box.y0, box.y1) for box, text in zip(boxes, texts[::2], strict=True))
    beside = bars(["A", "B"], [3.0, 1.5], ["three", "half of it"])
    assert sum(drawing.margins[:2]) < sum(beside.margins[:2])


def test_a_logarithmic_axis_begins_where_told_and_names_its_powers():
    drawing = bars(["ours", "theirs"], [1e3, 1e6], ["", ""], log=True, low=1, title="parameters")
    assert drawing.x == (0, 6)
    assert [box.x1 for box in of_kind(drawing, Box)] == [3, 6]
    told = {text.text: text.x for text in of_kind(drawing, Text) if text.anchor == "middle"}
    assert told == {"one": 0, "thousand": 3, "million": 6, "parameters": 3}


def test_what_is_not_lit_is_faint():
    boxes = of_kind(bars(["A", "B", "C"], [1, 2, 3], [""] * 3, lit=[1]), Box)
    assert [box.opacity for box in boxes] == [0.3, 1, 0.3]


def test_a_row_reports_its_number_only_where_a_click_opens_something():
    assert not any(box.pick for box in of_kind(bars(["A"], [1], [""]), Box))
    rows = [box for box in of_kind(bars(["A", "B"], [0, 2], ["", ""], opens="the receipt"), Box) if box.pick]
    assert [row.pick for row in rows] == ["0", "1"]
    assert {(row.x0, row.x1, row.title) for row in rows} == {(0, 2, "the receipt")}


@pytest.mark.parametrize("values", [[np.nan], [np.inf]])
def test_what_no_picture_can_show_is_refused(values):
    with pytest.raises(ValueError, match="values"):
        bars(["A"], values, [""])


def test_zero_has_no_place_on_a_logarithmic_axis():
    with pytest.raises(ValueError, match="not positive"):
        bars(["A"], [0], [""], log=True)


def test_no_bars_are_an_empty_picture():
    assert of_kind(bars([], [], []), Box) == []


def test_the_alternative_reads_the_first_eight():
    told = bars_alt("Letters", list("ABCDEFGHIJ"), ["1"] * 10)
    assert told.startswith("Letters: A 1, B 1")
    assert told.endswith("H 1 and 2 more.")
