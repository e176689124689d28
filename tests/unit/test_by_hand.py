"""What a visitor moved by hand: the texts of links are read as they were written, and nothing else is."""

import numpy as np
import pytest

from explainer.training import network as training
from explainer.ui.scenes import by_hand


def test_points_and_weights_are_read_as_they_were_written():
    points = ((0, 0.5, -0.25), (1, -1.0, 0.0))
    assert by_hand.points(by_hand.of_points(points)) == points
    weights = ((6, "w12", 1.5), (300, "v1", -12.3))
    assert by_hand.weights(by_hand.of_weights(weights)) == weights


@pytest.mark.parametrize(
    "text", ["2 0 0", "1 1.5 0", "1 nan 0", "1 0", "1 0 0 0", "1 1e9 0", "<b>", "１ 0 0", "1 -1.01 0"]
)
def test_what_is_no_point_is_left_out_and_taken_out_of_the_address(text):
    assert by_hand.points(f"{text}, 1 0.5 0.5") == ((1, 0.5, 0.5),)
    assert not by_hand.point_text([text])
    assert not by_hand.point_text([f"{text}, 1 0.5 0.5"])


@pytest.mark.parametrize(
    "text",
    ["301:w11=1", "6:w31=1", "6:v7=1", "6:w11=99", "6:w11=nan", "-1:v1=0", "v1=0", "6:b1=1", "6:w11=1;"],
)
def test_what_is_no_weight_is_left_out_and_taken_out_of_the_address(text):
    assert by_hand.weights(f"{text}, 0:v1=1") == ((0, "v1", 1.0),)
    assert not by_hand.weight_text([text])
    assert not by_hand.weight_text(["0:v1=1", "0:v1=1"])


def test_many_points_and_weights_of_neurons_that_are_not_there_are_left_out():
    assert len(by_hand.points(", ".join(["1 0 0"] * 50))) == by_hand.MOST
    assert by_hand.weights("0:w13=1, 0:v2=1", hidden=2) == ((0, "v2", 1.0),)
    assert by_hand.point_text([""])
    assert by_hand.weight_text([""])


def test_training_goes_on_from_a_weight_that_was_set_and_what_came_before_stays():
    X, y = training.data_set("xor")
    plain, set_ = (training.train(X, y, changes=c) for c in ((), [(6, "w12", 3.0), (300, "v4", 0.5)]))
    at = plain.steps.tolist().index(6)
    np.testing.assert_array_equal(plain.W1[:at], set_.W1[:at])
    assert set_.W1[at, 0, 1] == 3
    moved = plain.W1[at] != set_.W1[at]
    assert moved.sum() == 1
    assert (plain.W2[at + 1 :] != set_.W2[at + 1 :]).all()
    assert set_.W2[-1, 3, 0] == 0.5
