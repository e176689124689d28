"""A drawing sends what it was given: rounded places, only what differs, one value for every frame."""

import json

import numpy as np
import pytest

from explainer.figures import palette
from explainer.figures.drawing import (
    Box,
    Drawing,
    Each,
    Field,
    Frames,
    Line,
    Mark,
    Phrase,
    Text,
    diverging,
    ticks,
)
from tests.drawings import probabilities

FRAMES = Frames(["first", "second"], "example", speed=2, start=-1)


def sent(*primitives, **options):
    """The drawing as JSON, in the way of the wire and back."""
    return json.loads(json.dumps(Drawing(primitives, **options).sent, allow_nan=False))


def test_neighbours_of_one_kind_travel_together_without_their_defaults():
    whole = sent(Text(0.5, 0.25, "A", bold=True), Mark(0, 1, 20), Mark(1, 1, 20, title="one"))
    assert whole["groups"] == [
        {"kind": "text", "count": 1, "shared": {"x": 0.5, "y": 0.25, "text": "A", "bold": True}, "own": {}},
        {
            "kind": "mark",
            "count": 2,
            "shared": {"y": 1, "size": 20},
            "own": {"x": [0, 1], "title": ["", "one"]},
        },
    ]
    assert whole["defaults"]["mark"]["shape"] == "circle"
    assert whole["defaults"]["text"]["color"] == palette.INK


def test_a_field_sends_sixteen_bits_of_every_probability():
    rng = np.random.default_rng(3)
    p = rng.uniform(size=(2, 3, 5))
    p[0, 0, :2] = 0, 1
    shared = sent(Field(0, 1, 0, 1, Each(p), name="p"), frames=FRAMES)["groups"][0]["shared"]
    for shown, given in zip(shared["values"]["each"], p, strict=True):
        np.testing.assert_allclose(probabilities(shown), given, atol=1e-5)
    still = sent(Field(0, 1, 0, 1, p[0]))["groups"][0]["shared"]["values"]
    assert still == shared["values"]["each"][0]
    assert probabilities(still)[0, :2].tolist() == [0, 1]


@pytest.mark.parametrize("bad", [np.nan, np.inf, -0.01, 1.01])
def test_what_is_no_probability_is_refused(bad):
    with pytest.raises(ValueError, match="probabilities: numbers from 0 to 1"):
        sent(Field(0, 1, 0, 1, np.array([[0.5, bad], [0, 1]])))


def test_a_drawing_tells_which_shape_it_keeps():
    assert sent(ratio=1.5)["ratio"] == 1.5
    assert sent()["ratio"] is None


def test_the_order_of_drawing_is_kept():
    kinds = [group["kind"] for group in sent(Mark(0, 0, 9), Line((0, 1), (0, 1)), Mark(1, 1, 9))["groups"]]
    assert kinds == ["mark", "line", "mark"]


@pytest.mark.parametrize(("span", "expected"), [((0, 1), 0.1235), ((0, 100), 0.12), ((-4, 4), 0.1235)])
def test_places_are_as_fine_as_a_screen_can_show(span, expected):
    line = sent(Line((0.123456, 1), (0.123456, 1)), x=span, y=(0, 1))["groups"][0]["shared"]
    assert line["x"][0] == expected
    assert line["y"][0] == 0.1235


def test_a_finer_place_moves_less_than_a_pixel():
    rng = np.random.default_rng(1)
    for low, high in ((0, 1), (-4, 3.7), (10, 1), (0, 9.99), (0, 1e-6)):
        place = low + (high - low) * rng.random()
        moved = sent(Mark(place, 0, 9), x=(low, high))["groups"][0]["shared"]["x"] - place
        assert abs(moved / (high - low)) * 4000 < 2.1  # a hundred per mille of a wide screen, both ways


def test_values_for_each_frame_travel_once():
    whole = sent(Mark(Each(np.array([0.0, 0.5])), 0, 9, fill=Each([palette.INPUT, "none"])), frames=FRAMES)
    assert whole["groups"][0]["shared"]["x"] == {"each": [0.0, 0.5]}
    assert whole["groups"][0]["shared"]["fill"] == {"each": [palette.INPUT, "none"]}
    assert whole["frames"] == {"titles": ["first", "second"], "unit": "example", "speed": 2, "start": 1}


def test_words_of_several_colours_stay_in_their_order():
    text = sent(Text(0, 0, [Phrase("AN", palette.INPUT_TEXT), Phrase("N", bold=True)]))["groups"][0][
        "shared"
    ]["text"]
    assert text == [["AN", palette.INPUT_TEXT, False], ["N", palette.INK, True]]


def test_numpy_numbers_become_json():
    box = sent(Box(np.float32(0.25), np.float64(1), 0, 1, width=np.int64(3)))["groups"][0]["shared"]
    assert (box["x0"], box["x1"], box["width"]) == (0.25, 1, 3)


@pytest.mark.parametrize("frames", [None, FRAMES])
def test_a_missing_frame_is_refused(frames):
    with pytest.raises(ValueError, match=r"frames, but 3 values of x\."):
        sent(Mark(Each([0, 1, 2]), 0, 9), frames=frames)


@pytest.mark.parametrize("place", [np.nan, np.inf, Each([0, -np.inf])])
def test_a_place_that_is_no_number_is_refused(place):
    with pytest.raises(ValueError, match="NaN or infinite"):
        sent(Mark(place, 0, 9), frames=FRAMES)


@pytest.mark.parametrize(
    ("value", "expected"), [(0, "diverging 0.500"), (2, "diverging 1.000"), (-1, "diverging 0.250")]
)
def test_a_signed_number_has_its_place_on_the_scale(value, expected):
    assert diverging(value, 2) == expected


@pytest.mark.parametrize(
    ("span", "expected"),
    [
        ((0, 1), [0, 0.2, 0.4, 0.6, 0.8, 1]),
        ((-4.2, 3.9), [-4, -2, 0, 2]),
        ((0, 0.051), [0, 0.01, 0.02, 0.03, 0.04, 0.05]),
    ],
)
def test_ticks_are_round_and_inside(span, expected):
    np.testing.assert_allclose(ticks(*span), expected, atol=1e-12)
