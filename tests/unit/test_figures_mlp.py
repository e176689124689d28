"""The perceptron's figures: every circle, bar and box stands for the number it was given."""

import numpy as np
import pytest

from explainer.figures import palette
from explainer.figures.bengio import architecture, architecture_alt
from explainer.figures.histogram import Histogram, histograms, histograms_alt, stand_on
from explainer.figures.window import sliding

SYMBOLS = [".", "A", "B"]
EMB = np.array([[0.5, -1.0], [2.0, 0.25]])
H = np.linspace(-1, 1, 7)
P = np.array([0.1, 0.7, 0.2])


@pytest.mark.parametrize("narrow", [False, True])
def test_circles_and_bars_are_the_tensors(narrow):
    figure = architecture([".", "A"], np.array([0, 1]), EMB, H, P, SYMBOLS, narrow=narrow)
    circles = [t for t in figure.data if t.type == "scatter" and t.mode == "markers"]
    for trace, values in zip(circles, [*EMB, H], strict=True):
        np.testing.assert_array_equal(trace.marker.color, values)
        assert trace.marker.cmin == -trace.marker.cmax == -np.abs(values).max()
    bars = next(t for t in figure.data if t.type == "bar")
    np.testing.assert_allclose(np.array(bars.y) / sum(bars.y), P)
    assert any("P(A) = 70.0%" in a.text for a in figure.layout.annotations)


def test_letters_are_escaped():
    figure = architecture(["<", "A"], np.array([0, 1]), EMB, H, P, ["<", "A", "B"])
    assert not any("C(<)" in a.text for a in figure.layout.annotations)


def test_the_picture_is_told():
    assert "A 70%, B 20%, . 10%" in architecture_alt([".", "A"], P, SYMBOLS)


def test_infinity_is_refused():
    with pytest.raises(ValueError, match="h holds NaN or infinity"):
        architecture([".", "A"], np.array([0, 1]), EMB, np.array([np.inf]), P, SYMBOLS)


def test_shares_add_up_and_stuck_bars_are_marked():
    layer = Histogram("h", np.array([-1.0, -0.5, 0.5, 1.0]), np.array([6, 2, 2]))
    bars = histograms([layer], x_title="h", beyond=0.9).data[0]
    np.testing.assert_allclose(bars.y, [0.6, 0.2, 0.2])
    assert list(bars.marker.color) == [palette.LOSS, palette.ACTIVATIONS, palette.LOSS]
    assert "80% in the two outermost bars" in histograms_alt("What is seen", [layer])


def test_an_empty_histogram_is_flat():
    bars = histograms([Histogram("h", np.array([0.0, 1.0]), np.array([0]))], x_title="h").data[0]
    assert list(bars.y) == [0]


def test_numbers_stand_on_the_curve():
    figure = stand_on(histograms([], x_title="x"), H, np.tanh(H), "neurons")
    np.testing.assert_array_equal(figure.data[-1].y, np.tanh(H))


@pytest.mark.parametrize("narrow", [False, True])
def test_the_window_moves_by_one_letter_and_the_list_grows(narrow):
    figure = sliding(["··", "·A", "AB"], ["A", "B", "·"], [[0, 0, 1], [0, 1, 2], [1, 2, 0]], narrow=narrow)
    assert list(figure.data[0].text) == ["·", "·", "A", "B", "·"]
    drawn = [frame["data"] for frame in figure.to_dict()["frames"]]
    lefts = [min(window["x"]) for window, _, _ in drawn]
    assert np.diff(lefts).tolist() == [1, 1]
    assert [len(listed["text"]) for _, _, listed in drawn] == [1, 2, 3]
    assert all(listed["text"][-1].startswith("<b>") for _, _, listed in drawn)
