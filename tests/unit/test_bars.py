"""Bars: lengths to scale, names at the left, texts at the ends, rows that report a click."""

import numpy as np
import pytest

from explainer.figures import palette
from explainer.figures.bars import bars, bars_alt


def test_lengths_are_the_values_from_the_top_down():
    drawn = bars(["A", "B"], [3.0, 1.5], ["three", "half of it"], color=palette.INPUT)
    (row,) = drawn.data
    assert (row.orientation, row.marker.color) == ("h", palette.INPUT)
    assert [*zip(row.y, row.base, row.x, strict=True)] == [(0, 0, 3.0), (1, 0, 1.5)]
    assert drawn.layout.xaxis.range == (0, 3.0)
    assert drawn.layout.yaxis.range == (1.5, -0.5)  # from the top down


def test_texts_stand_at_the_ends_and_names_at_the_left():
    drawn = bars(["A", "<b>"], [3.0, 1.5], ["three", "half & it"])
    assert drawn.data[0].text == ("\u00a0three", "\u00a0half &amp; it")
    assert drawn.data[0].textposition == "outside"
    assert drawn.layout.yaxis.tickvals == (0, 1)
    assert drawn.layout.yaxis.ticktext == ("A", "&lt;b>")


def test_on_a_phone_names_and_texts_stand_above_bars_that_take_the_whole_width():
    drawn = bars(["A", "B"], [3.0, 1.5], ["three", "half of it"], narrow=True)
    row, names, texts = drawn.data
    assert [*zip(names.text, names.x, strict=True)] == [("\u00a0A", 0), ("\u00a0B", 0)]
    assert [*zip(texts.text, texts.x, strict=True)] == [("three", 3), ("half of it", 3)]
    assert (names.textposition, texts.textposition) == ("middle right", "middle left")
    assert all(names.y < row.y + row.offset)
    assert not row.text
    beside = bars(["A", "B"], [3.0, 1.5], ["three", "half of it"])
    assert sum(drawn.layout.margin[s] for s in "lr") < sum(beside.layout.margin[s] for s in "lr")


def test_a_logarithmic_axis_begins_where_told_and_names_its_powers():
    drawn = bars(["ours", "theirs"], [1e3, 1e6], ["", ""], log=True, low=1, title="parameters")
    across = drawn.layout.xaxis
    assert across.range == (0, 6)
    assert (drawn.data[0].base + drawn.data[0].x).tolist() == [3, 6]
    assert dict(zip(across.ticktext, across.tickvals, strict=True)) == {
        "one": 0, "thousand": 3, "million": 6, "billion": 9, "trillion": 12,
    }  # fmt: skip
    assert across.title.text == "parameters"


def test_what_is_not_lit_is_faint():
    drawn = bars(["A", "B", "C"], [1, 2, 3], [""] * 3, lit=[1])
    assert drawn.data[0].marker.opacity.tolist() == [0.3, 1, 0.3]


@pytest.mark.parametrize("values", [[np.nan], [np.inf]])
def test_what_no_picture_can_show_is_refused(values):
    with pytest.raises(ValueError, match="values"):
        bars(["A"], values, [""])


def test_zero_has_no_place_on_a_logarithmic_axis():
    with pytest.raises(ValueError, match="not positive"):
        bars(["A"], [0], [""], log=True)


def test_no_bars_are_an_empty_picture():
    assert len(bars([], [], []).data[0].x) == 0


def test_the_alternative_reads_the_first_eight():
    told = bars_alt("Letters", list("ABCDEFGHIJ"), ["1"] * 10)
    assert told.startswith("Letters: A 1, B 1")
    assert told.endswith("H 1 and 2 more.")
