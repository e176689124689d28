"""Axes: what stands at them, where data lie between them, and that nothing is drawn beyond their ends."""

import numpy as np
import pytest

from explainer.figures.axes import Axis, Panel, reach
from explainer.figures.drawing import Drawing, Text
from tests.drawings import of_kind


@pytest.mark.parametrize(
    ("axis", "texts"),
    [
        (Axis(-1, 1, most=5), ["−1", "−0.5", "0", "0.5", "1"]),
        (Axis(0, 0.03, most=4), ["0", "0.01", "0.02", "0.03"]),
        (Axis(0, 200_000, most=5), ["0", "50k", "100k", "150k", "200k"]),
        (Axis(-500, 1000, most=4), ["−500", "0", "500", "1,000"]),
        (Axis(-0.3, 4, most=5), ["0", "1", "2", "3", "4"]),
        (Axis(0, 1, at=[0, 0.5, 2]), ["0", "0.5"]),
    ],
)
def test_ticks_are_round_numbers(axis, texts):
    assert [text for _, text in axis.ticks()] == texts


def test_numbers_lie_where_their_ticks_are_in_any_rectangle():
    panel = Panel(Axis(0, 20), Axis(-2, 2), left=3, right=5, bottom=10, top=20)
    np.testing.assert_allclose(panel.x(np.array([0, 10, 20])), [3, 4, 5])
    np.testing.assert_allclose(panel.y(np.array([-2, 0, 1])), [10, 15, 17.5])
    places = {text.text: (text.x, text.y) for text in of_kind(Drawing(panel.frame()), Text)}
    assert places["10"] == (4, 10)
    assert places["0"] == (3, 15)


def test_margins_grow_with_what_stands_in_them():
    plain = Panel(Axis(0, 1), Axis(0, 1, most=3)).margins()
    titled = Panel(Axis(0, 1, "x"), Axis(0, 0.01, "y", most=3)).margins()
    assert [titled[i] > plain[i] for i in (0, 2, 3)] == [True] * 3


@pytest.mark.parametrize(
    ("values", "log", "ends"), [([], False, (0, 1)), ([], True, (1, 10)), ([2, 2], False, (1.5, 2.5))]
)
def test_an_axis_has_a_length_whatever_it_holds(values, log, ends):
    assert reach(np.array(values), log=log) == pytest.approx(ends)


def test_room_on_a_logarithmic_axis_is_a_factor():
    assert reach(np.array([1.0, 100.0]), log=True, room=0.5) == pytest.approx((0.1, 1000))
