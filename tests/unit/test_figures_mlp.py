"""The perceptron's figures: every circle, bar and box stands for the number it was given."""

import numpy as np
import pytest

from explainer.figures import bengio, palette
from explainer.figures.bengio import architecture, architecture_alt
from explainer.figures.drawing import Box, Each, Mark, Text
from explainer.figures.histogram import Histogram, histogram, histogram_alt
from explainer.figures.window import sliding
from tests.drawings import of_kind

SYMBOLS = [".", "A", "B"]
EMB = np.array([[0.5, -1.0], [2.0, 0.25]])
H = np.linspace(-1, 1, 7)
P = np.array([0.1, 0.7, 0.2])


@pytest.mark.parametrize("narrow", [False, True])
def test_circles_and_bars_are_the_tensors(narrow):
    drawn = architecture([".", "A"], np.array([0, 1]), EMB, H, P, SYMBOLS, narrow=narrow)
    circles = of_kind(drawn, Mark)
    told = [float(mark.title.split(": ")[1].replace("−", "-")) for mark in circles]
    np.testing.assert_allclose(told, [*EMB.ravel(), *H], atol=5e-5)
    scales = [np.abs(row).max() for row in EMB for _ in row] + [np.abs(H).max()] * len(H)
    shades = [2 * float(mark.fill.split()[1]) - 1 for mark in circles]
    np.testing.assert_allclose(shades, np.array(told) / scales, atol=2e-3)
    bars = [box for box in of_kind(drawn, Box) if box.title]
    heights = np.array([bar.y1 - bar.y0 for bar in bars])
    np.testing.assert_allclose(heights / heights.sum(), P)
    assert [bar.title for bar in bars] == [".: 10.00%", "A: 70.00%", "B: 20.00%"]
    told = [text.text for text in of_kind(drawn, Text)]
    assert "P(A) ≈ 70.0%" in told
    assert any(bengio.SIGNS in text for text in told)


@pytest.mark.parametrize("narrow", [False, True])
def test_circles_lie_in_their_boxes_row_by_row(narrow):
    drawn = architecture([".", "A"], np.array([0, 1]), EMB, H, P, SYMBOLS, narrow=narrow)
    first, second = [box for box in of_kind(drawn, Box) if (box.y0, box.y1) == bengio.LOOKUP]
    circles = of_kind(drawn, Mark)
    for box, members in ((first, circles[:2]), (second, circles[2:4])):
        assert all(box.x0 < mark.x < box.x1 and box.y0 < mark.y < box.y1 for mark in members)
    assert first.x1 < second.x0


def test_the_picture_is_told():
    assert "A 70%, B 20%, . 10%" in architecture_alt([".", "A"], P, SYMBOLS)


def test_infinity_is_refused():
    with pytest.raises(ValueError, match="h holds NaN or infinity"):
        architecture([".", "A"], np.array([0, 1]), EMB, np.array([np.inf]), P, SYMBOLS)


def test_shares_add_up_and_stuck_bars_are_marked():
    layer = Histogram("h", np.array([-1.0, -0.5, 0.5, 1.0]), np.array([6, 2, 2]))
    drawn = histogram(layer, x_title="h", beyond=0.5)
    (bars,) = drawn.data
    np.testing.assert_allclose(bars.y, [0.6, 0.2, 0.2])
    np.testing.assert_allclose(bars.x - bars.width / 2, layer.edges[:-1])
    np.testing.assert_allclose(bars.x + bars.width / 2, layer.edges[1:])
    assert bars.marker.color == (palette.LOSS, palette.ACTIVATIONS, palette.LOSS)
    assert bars.hovertext[0] == "−1.00 to −0.50: 60.0%"
    assert "80% in the two outermost bars" in histogram_alt("What is seen", layer)


def test_an_empty_histogram_is_flat():
    (bars,) = histogram(Histogram("h", np.array([0.0, 1.0]), np.array([0])), x_title="h").data
    assert bars.y.tolist() == [0]


def test_two_histograms_can_end_at_the_same_share():
    layer = Histogram("h", np.array([0.0, 1.0, 2.0]), np.array([1, 3]))
    drawn = histogram(layer, x_title="h", most=1.0)
    assert drawn.layout.yaxis.range == (0, 1)
    assert drawn.data[0].y.tolist() == [0.25, 0.75]


SLID = ["··", "·A", "AB"], ["A", "B", "·"], [[0, 0, 1], [0, 1, 2], [1, 2, 0]]


@pytest.mark.parametrize("narrow", [False, True])
def test_the_window_moves_by_one_letter_and_the_example_it_reads_is_lit(narrow):
    drawn = sliding(*SLID, narrow=narrow)
    texts, boxes = of_kind(drawn, Text), of_kind(drawn, Box)
    tiles = texts[:5]
    assert [tile.text for tile in tiles] == ["·", "·", "A", "B", "·"]
    read, asked, *cells = boxes
    cells = [box for box in cells if isinstance(box.width, Each)]  # three examples of three numbers
    for frame in range(3):
        inside = [t.text for t in tiles if read.x0.values[frame] < t.x < read.x1.values[frame]]
        target = [t.text for t in tiles if asked.x0.values[frame] < t.x < asked.x1.values[frame]]
        assert "".join(inside) == SLID[0][frame]
        assert target == SLID[1][frame : frame + 1]
        lit = [i for i, cell in enumerate(cells) if cell.color.values[frame] != palette.GREY]
        assert lit == [3 * frame, 3 * frame + 1, 3 * frame + 2]
        bold = [t.text for t in texts[5:] if isinstance(t.bold, Each) and t.bold.values[frame]]
        assert bold[1:] == [str(number) for number in SLID[2][frame]]
    assert [box.leads for box in boxes if box.leads >= 0] == [0, 1, 2]


def test_a_bar_is_as_long_as_the_probability_and_the_caption_tells_it():
    drawn = sliding(*SLID, [0.5, 0.25, 1.0])
    bars = [box for box in of_kind(drawn, Box) if box.fill == palette.PROBABILITIES]
    shares = [
        (part.x1 - part.x0) / (whole.x1 - whole.x0) for whole, part in zip(bars[::2], bars[1::2], strict=True)
    ]
    np.testing.assert_allclose(shares, [0.5, 0.25, 1.0])
    assert drawn.frames.captions[1] == (
        "Read: **· A**, as 0, 1. What follows: **B**, 2. The trained model gives it **25.0%**."
    )


@pytest.mark.parametrize("narrow", [False, True])
@pytest.mark.parametrize(("size", "count"), [(1, 2), (3, 5), (3, 8), (8, 21)])
def test_all_examples_stand_within_the_picture_and_no_number_on_another(size, count, narrow):
    numbers = np.arange(count * (size + 1)).reshape(count, -1) % 34
    drawn = sliding(["A" * size] * count, ["B"] * count, numbers.tolist(), [0.5] * count, narrow=narrow)
    cells = [box for box in of_kind(drawn, Box)[2:] if isinstance(box.width, Each)]
    assert len(cells) == count * (size + 1)
    edges = np.array([[box.x0, box.x1, box.y0, box.y1] for box in cells])  # (C, 4)
    assert edges.min() >= 0
    assert edges.max() <= 1
    left, right, low, high = edges.T
    apart = (
        (left[:, None] >= right) | (right[:, None] <= left) | (low[:, None] >= high) | (high[:, None] <= low)
    )
    assert (apart | np.eye(len(cells), dtype=bool)).all()
