"""Texts that play: parts with different numbers of frames are refused before the browser sees them."""

import numpy as np
import pytest

from explainer.components import reel as component
from explainer.components.reel import Chart, Joins, Lane, Line, Pages, Tile, Tiles, reel

LINE = Line("loss", np.array([1, 10]), np.array([2.0, 1.0]))


@pytest.fixture
def sent(monkeypatch):
    """What the browser would be sent."""
    kept = {}
    monkeypatch.setattr(component, "_component", lambda key, data, **_: kept.update({key: data}))
    return kept


@pytest.mark.parametrize(
    "wrong",
    [
        {"lanes": [Lane("a", Pages(["x"]))], "titles": ["1", "2"]},
        {"lanes": [Lane("a", Tiles([Tile("x")], [0, 1, 1]))], "titles": ["1", "2"]},
        {"lanes": [Lane("a", Tiles([Tile("x")]), ["f", "g", "h"])], "titles": ["1", "2"]},
        {"lanes": [], "titles": ["1", "2"], "chart": Chart([LINE], "step", "loss", [1.0])},
    ],
)
def test_parts_with_other_numbers_of_frames_are_refused(sent, wrong):
    with pytest.raises(ValueError, match="2 frames, but"):
        reel(key="k", alt="", **wrong)
    assert sent == {}


def test_everything_reaches_the_browser_as_it_is(sent):
    lanes = [
        Lane("tiles", Tiles([Tile("<b>", "7", "told", 0.5, "given", (0.25, 0.5))], [0, 1])),
        Lane("bytes", Joins(b"\xc5\x82a", np.array([1, 0])), ["one fact"]),
        Lane("pages", Pages(["a", "b\n"])),
    ]
    reel(lanes, key="k", alt="what is seen", titles=["0", "1"], chart=Chart([LINE], "x", "y", [1, 10]))
    data = sent["k"]
    assert data["lanes"][0]["tiles"] == [["<b>", "7", "told", 0.5, "given", (0.25, 0.5)]]
    assert (data["lanes"][1]["bytes"], data["lanes"][1]["joined"]) == ([0xC5, 0x82, 0x61], [1, 0])
    assert data["lanes"][2]["texts"] == ["a", "b\n"]
    assert data["chart"]["lines"][0]["y"] == [2.0, 1.0]
    assert data["chart"]["marks"] == [1.0, 10.0]
