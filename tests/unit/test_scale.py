"""Areas to scale: no label lies on a small area, and each leads to its own."""

import numpy as np
import pytest

from explainer.figures import scale
from explainer.figures.drawing import Box, Line, Text
from tests.drawings import of_kind

NAMES = ["our MLP", "our GPT", "GPT-2", "GPT-4"]
SIZES = [13_374, 10_793_856, 1_542_000_000, 1_760_000_000_000]


@pytest.mark.parametrize("frame", range(scale.STEPS + 1))
def test_a_label_stands_in_its_area_or_beside_all_small_ones(frame):
    drawing = scale.zoom(NAMES, SIZES, first=1)
    sides = [box.x1.values[frame] for box in of_kind(drawing, Box)][::-1]
    heights = []
    for text, line, side in zip(of_kind(drawing, Text), of_kind(drawing, Line), sides, strict=True):
        if not text.shown.values[frame]:
            continue
        x, leads = text.x.values[frame], line.opacity.values[frame]
        assert leads == (side <= scale.INSIDE)
        if leads:
            assert x > max(one for one in sides if one <= scale.INSIDE)
            assert line.x.values[frame][1] < side
            heights.append(line.y.values[frame][0])
    assert all(np.diff(heights) >= scale.CLOSEST - 1e-9)
    assert len(heights) >= 1
