"""Where a scene that plays opens: something is there already, and the end is still to come."""

import math

import pytest
from streamlit.testing.v1 import AppTest

from explainer.components.grid import unpacked
from tests.scenes import drawn, open_scene

GRIDS = {
    ("matrix_multiplication.py", "cell-by-cell"): 3,
    ("matrix_multiplication.py", "four-ways"): 0,
    ("bigram.py", "one-name"): 1,
    ("bigram.py", "fill-in"): None,
    ("bigram.py", "counting-is-learning"): None,
}
DRAWINGS = {
    ("neuron.py", "a-network"): 1,
    ("neuron.py", "it-learns"): None,
    ("matrix_multiplication.py", "w-moves-the-plane"): 3,
    ("gradient_descent.py", "backpropagation"): None,
    ("bigram.py", "sample"): 0,
}  # None: computed from what is seen; 0 only where the first picture shows something


def last(frames: dict, arrays: list, links: list[dict]) -> int:
    """Return the last position of what a grid plays."""
    match frames["kind"]:
        case "walk":
            return math.prod(arrays[links[frames["link"]]["terms"]["array"]].shape)
        case "increments":
            key = "cells" if frames["within"] else "starts"
            return len(arrays[frames[key]["array"]]) - (not frames["within"])
        case "values":
            return len(arrays[frames["values"]["array"]]) - 1
    return len(frames["stages"]) - 1


def grid(app: AppTest) -> tuple[int, int]:
    """Return where a grid opens and where it ends."""
    [sent] = [e.proto.bytes for e in app.get("bidi_component") if e.proto.bytes]
    header, arrays = unpacked(sent)
    return header["start"], last(header["frames"][0], arrays, header["links"])


def told(first: int | None, start: int, end: int) -> bool:
    return start < end and (start > 0 if first is None else start == first)


@pytest.mark.parametrize(("file", "scene"), GRIDS)
def test_a_grid_opens_neither_empty_nor_at_its_end(file, scene):
    assert told(GRIDS[file, scene], *grid(open_scene(file, scene)))


@pytest.mark.parametrize(("file", "scene"), DRAWINGS)
def test_a_drawing_opens_neither_empty_nor_at_its_end(file, scene):
    frames = drawn(open_scene(file, scene))["frames"]
    assert told(DRAWINGS[file, scene], frames["start"], len(frames["titles"]) - 1)


def test_backpropagation_opens_where_every_number_is_known_and_no_gradient():
    for graph in ("neuron", "network"):
        frames = drawn(open_scene("gradient_descent.py", "backpropagation", gd_graph=graph))["frames"]
        assert "of gradients, none yet" in frames["captions"][frames["start"]]
        assert "back" in frames["titles"][frames["start"] + 1]
