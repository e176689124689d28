"""Figures show the numbers they were given, and nothing that is not a number."""

import numpy as np
import pytest

from explainer.figures import curves, palette
from explainer.figures.base import figure, number


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (-0.001, "−1·10⁻³"),
        (2.5, "2.5"),
        (-3.0, "−3"),
        (1.005e-7, "1·10⁻⁷"),
        (12.344, "12.34"),
        (2e9, "2·10⁹"),
    ],
)
def test_numbers_read_like_text(value, text):
    assert number(value) == text


def test_figure_is_transparent_and_large_enough_for_the_last_row():
    layout = figure().layout
    assert layout.paper_bgcolor == layout.plot_bgcolor == "rgba(0,0,0,0)"
    sizes = [
        layout.font.size,
        layout.xaxis.tickfont.size,
        layout.yaxis.title.font.size,
        layout.hoverlabel.font.size,
    ]
    assert min(sizes) >= 20


def test_curves_hold_the_data_and_log_ranges_are_given_in_data_units():
    x, y = np.array([1.0, 10.0, 100.0]), np.array([3.0, 2.0, 1.0])
    drawn = curves.curves(
        [curves.Curve("loss", x, y)], x_title="h", y_title="error", log_x=True, x_range=(1, 100)
    )
    np.testing.assert_array_equal(drawn.data[0].x, x)
    np.testing.assert_array_equal(drawn.data[0].y, y)
    assert drawn.layout.xaxis.type == "log"
    assert list(drawn.layout.xaxis.range) == [0, 2]


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_curves_refuse_what_no_chart_can_show(bad):
    with pytest.raises(ValueError, match="NaN or infinity"):
        curves.curves([curves.Curve("loss", np.arange(2), np.array([1, bad]))], x_title="", y_title="")


def test_curves_refuse_zero_on_a_logarithmic_axis():
    with pytest.raises(ValueError, match="not positive"):
        curves.curves([curves.Curve("e", np.arange(2), np.ones(2))], x_title="", y_title="", log_x=True)


def test_losses_of_one_role_are_told_apart_by_dash_not_by_color():
    drawn = curves.losses([0, 1], {"train": [2.0, 1.0], "dev": [2.0, 1.5]})
    assert {t.line.color for t in drawn.data} == {palette.LOSS}
    assert len({t.line.dash for t in drawn.data}) == 2
    assert "dev from 2 to 1.5" in curves.losses_alt([0, 1], {"train": [2.0, 1.0], "dev": [2.0, 1.5]})


def test_activation_marks_the_point_one_is_at():
    z = np.linspace(-3, 3, 7)
    drawn = curves.activation("tanh", z, np.tanh(z), (1.0, float(np.tanh(1.0))))
    assert (drawn.data[1].x[0], drawn.data[1].y[0]) == (1.0, np.tanh(1.0))
    assert drawn.data[1].text[0] == "tanh(1) = 0.76"
