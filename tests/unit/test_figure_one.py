"""Figure 1, whole: what a GPT leaves out is gone, what it changes is changed, nothing lies on anything."""

from itertools import pairwise

import pytest

from explainer.figures import figure_one as figure
from explainer.figures.drawing import Box, Each, Line, Text
from tests.drawings import of_kind

PARTS = [
    "token embedding",
    "position embedding",
    "LayerNorm 1",
    "masked attention",
    "LayerNorm 2",
    "MLP",
    "final LayerNorm",
    "lm_head",
]
OURS = figure.Ours("ROMEO:", 6, {name: f"{name}: 1" for name in PARTS}, [("a", 0.5), ("b", 0.25)])


def at(value, frame: int):
    return value.values[frame] if isinstance(value, Each) else value


def shown(drawing, frame: int) -> list[Text]:
    return [text for text in of_kind(drawing, Text) if at(text.shown, frame) and at(text.text, frame)]


@pytest.mark.parametrize("narrow", [False, True])
def test_no_words_lie_on_others_in_any_frame(narrow):
    drawing = figure.whole(OURS, narrow=narrow)
    for frame in range(len(figure.TITLES)):
        places = [(at(text.x, frame), at(text.y, frame)) for text in shown(drawing, frame)]
        for i, (x, y) in enumerate(places):
            assert all(abs(x - other) > 2 or abs(y - height) > 2.4 for other, height in places[:i])


def test_the_blocks_of_the_decoder_never_overlap():
    drawing = figure.whole(OURS)
    for frame in range(len(figure.TITLES)):
        boxes = [
            box for box in of_kind(drawing, Box) if box.pick.startswith("block") and at(box.opacity, frame)
        ]
        spans = sorted((at(box.y0, frame), at(box.y1, frame)) for box in boxes)
        assert all(above[0] >= below[1] for below, above in pairwise(spans))


def test_a_norm_stands_behind_its_part_at_first_and_before_it_in_the_end():
    drawing = figure.whole(OURS)
    floors = {box.pick: box.y0 for box in of_kind(drawing, Box) if box.pick.startswith("block")}
    for norm, part in (("LayerNorm 1", "masked attention"), ("LayerNorm 2", "MLP")):
        first, last = ([at(floors[f"block {name}"], frame) for name in (norm, part)] for frame in (0, -1))
        assert first[0] > first[1]
        assert last[0] < last[1]


def test_what_a_gpt_leaves_out_fades_and_what_is_ours_comes_last():
    drawing = figure.whole(OURS)
    words = [[at(text.text, frame) for text in shown(drawing, frame)] for frame in range(len(figure.TITLES))]
    assert "cross-attention" in words[0]
    assert "cross-attention" not in words[-1]
    assert any("ReLU" in word for word in words[0])
    assert any("GELU" in word for word in words[figure.BEND])
    assert any("sines" in word for word in words[0])
    assert "⊕ positions: learned" in words[figure.POSITION]
    assert "⊕ position embedding: 1" in words[-1]
    assert "ROMEO:" in words[-1]
    assert "ROMEO:" not in words[0]
    assert {f"{name}: 1" for name in PARTS if name != "position embedding"} <= set(words[-1])


def test_the_guesses_are_as_long_as_they_are_likely():
    bars = [box for box in of_kind(figure.whole(OURS), Box) if box.pick.startswith("guess")]
    heights = [box.y1 - box.y0 for box in bars]
    assert heights[0] / heights[1] == pytest.approx(2)
    assert "50%" in figure.whole_alt(OURS)


def test_the_way_leads_from_block_to_block_in_every_frame():
    drawing = figure.whole(OURS)
    for frame in range(len(figure.TITLES)):
        boxes = [
            box
            for box in of_kind(drawing, Box)
            if box.pick.startswith("block")
            or at(box.y0, frame) in (figure.FIRST["across"], figure.FIRST["norm 2"])
        ]
        there = [box for box in boxes if at(box.opacity, frame) > 0.1]
        floors, tops = ({at(getattr(box, side), frame) for box in there} for side in ("y0", "y1"))
        moving = [at(line.y, frame) for line in of_kind(drawing, Line) if isinstance(line.y, Each)]
        ways = [y for y in moving if len(y) == 2]
        assert len(ways) > 5
        for low, high in ways:
            assert low in tops, (frame, low)
            assert high in floors, (frame, high)
            assert not [floor for floor in floors if low < floor < high], frame


def test_what_passes_a_block_by_is_added_behind_it_in_every_frame():
    drawing = figure.whole(OURS)
    for frame in range(len(figure.TITLES)):
        past = [at(line.y, frame) for line in of_kind(drawing, Line) if isinstance(line.y, Each)]
        floors = figure.THEN if frame >= figure.NORM else figure.FIRST
        for y, block in zip([y for y in past if len(y) == 4], ("attention", "mlp"), strict=True):
            assert y[0] < floors[block] < floors[block] + figure.HEIGHT <= y[-1]
