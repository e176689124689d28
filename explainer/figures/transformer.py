"""Figure 1 of Vaswani et al. (2017), its decoder half redrawn: one path from a text to the next character."""

from collections.abc import Sequence
from html import escape

import numpy as np
import plotly.graph_objects as go

from explainer.figures import palette
from explainer.figures.base import FONT_SIZE, bare_axis, figure

# Each block's floor, of 100 from the ground up, its left and right edge, and its colour.
LEFT, RIGHT = 16.0, 84.0
FLOORS = (
    (9.0, LEFT, 48.5, palette.INPUT),
    (9.0, 51.5, RIGHT, palette.INPUT),
    (21.0, LEFT + 6, RIGHT - 6, palette.GREY),
    (29.5, LEFT + 6, RIGHT - 6, palette.WEIGHTS),
    (41.0, LEFT + 6, RIGHT - 6, palette.GREY),
    (49.5, LEFT + 6, RIGHT - 6, palette.WEIGHTS),
    (63.0, LEFT, RIGHT, palette.GREY),
    (71.0, LEFT, RIGHT, palette.WEIGHTS),
    (79.0, LEFT, RIGHT, palette.PROBABILITIES),
)
HEIGHT = 6.2  # of a block
FRAME = (18.6, 59.6)  # what every layer has
SUMS = (38.3, 58.0)  # where what a sub-layer found is added to the stream
GUESSES = (90.5, 96.5)
STREAM = LEFT + 2.0  # where the residual stream passes the sub-layers by


def decoder(
    text: str,
    blocks: Sequence[str],
    opened: int,
    layer: int,
    layers: int,
    guesses: Sequence[tuple[str, float]],
    *,
    height: int = 640,
    font_size: int = FONT_SIZE,
    narrow: bool = False,
) -> go.Figure:
    """Draw the path of a text through the blocks to the most probable next characters.

    Args:
        text: what was read, whitespace made visible.
        blocks: the nine blocks' labels, from the embeddings to the softmax.
        opened: the block that stands out; layer: of how many layers, counted from 0.
        guesses: characters and their probabilities, the best first.
    """
    result = figure(height=height, font_size=font_size, showlegend=False, barmode="overlay", bargap=0)
    result.update_layout(xaxis=bare_axis(0, 100), yaxis=bare_axis(0, 101))
    _paths(result, font_size)
    middles = [low + HEIGHT / 2 for low, *_ in FLOORS]
    result.add_trace(
        go.Bar(
            x=[right - left for _, left, right, _ in FLOORS],
            base=[left for _, left, *_ in FLOORS],
            y=middles,
            width=HEIGHT,
            orientation="h",
            marker={
                "color": [color for *_, color in FLOORS],
                "opacity": [0.5 if i == opened else 0.16 for i in range(len(FLOORS))],
                "line": {
                    "color": palette.INK,
                    "width": [4 if i == opened else 0 for i in range(len(FLOORS))],
                },
            },
            hoverinfo="none",
            selected={"marker": {"opacity": 0.5}},
            unselected={"marker": {"opacity": 0.16}},
        )
    )
    for i, (label, (_, left, right, _)) in enumerate(zip(blocks, FLOORS, strict=True)):
        told = f"<b>{label}</b>" if i == opened else label
        _write(result, told, (left + right) / 2, middles[i], font_size)
    most = 15 if narrow else 26  # letters that have room
    _write(result, f"<b>{escape(text[-most:])}</b>", 50, 3, font_size + 4, palette.INPUT_TEXT)
    _write(result, f"{layers} ×<br>layer {layer + 1}", RIGHT + 1.5, 40, font_size, anchor="left")
    _guessed(result, guesses, font_size)
    return result


def decoder_alt(text: str, layers: int, opened: str, guesses: Sequence[tuple[str, float]]) -> str:
    """Return one sentence: the text, the blocks on its way, and the most probable next characters."""
    told = ", ".join(f"{character} {p:.0%}" for character, p in guesses[:3])
    return (
        f"The text {text} goes through token and position embedding, {layers} layers of LayerNorm, masked "
        f"attention, LayerNorm and MLP, a final LayerNorm, lm_head and softmax; opened is {opened}. "
        f"Most probable next: {told}."
    )


def _paths(result: go.Figure, font_size: int) -> None:
    """Draw the frame around a layer, the stream through it, and the two places where something is added."""
    line = {"color": palette.GREY, "width": 3}
    box = {"x0": LEFT - 2, "x1": RIGHT + 1, "y0": FRAME[0], "y1": FRAME[1]}
    shapes = [{"type": "rect", **box, "line": {"color": palette.GREY, "width": 2, "dash": "dot"}}]
    middle = 50.0
    shapes += [_line(x, 5.2, x, 9.0, line) for x in (32.0, 68.0)]
    tops = [15.2, *(low + HEIGHT for low, *_ in FLOORS[2:])]
    ends = [low for low, *_ in FLOORS[2:]] + [86.0]
    shapes += [_line(middle, low, middle, high, line) for low, high in zip(tops, ends, strict=True)]
    for entry, out in ((19.8, SUMS[0]), (39.7, SUMS[1])):
        shapes += [
            _line(middle, entry, STREAM, entry, line),
            _line(STREAM, entry, STREAM, out, line),
            _line(STREAM, out, middle, out, line),
        ]
    result.update_layout(shapes=[{"layer": "below", **shape} for shape in shapes])
    for place in (17.0, *SUMS):
        _write(result, "⊕", middle, place, round(1.3 * font_size), background=palette.BACKGROUND)


def _line(x0: float, y0: float, x1: float, y1: float, line: dict) -> dict:
    return {"type": "line", "x0": x0, "y0": y0, "x1": x1, "y1": y1, "line": line}


def _guessed(result: go.Figure, guesses: Sequence[tuple[str, float]], font_size: int) -> None:
    low, high = GUESSES
    step = (RIGHT - LEFT + 20) / len(guesses)
    x = LEFT - 10 + step * (np.arange(len(guesses)) + 0.5)
    values = np.array([p for _, p in guesses])
    result.add_trace(
        go.Bar(
            x=x,
            y=values / max(values.max(), 1e-9) * (high - low),
            base=low,
            width=0.5 * step,
            marker={"color": palette.PROBABILITIES},
            hoverinfo="skip",
            unselected={"marker": {"opacity": 1}},
        )
    )
    for place, (character, p), bar in zip(x, guesses, values / max(values.max(), 1e-9), strict=True):
        _write(result, f"<b>{escape(character)}</b>", place, low - 2.4, font_size, palette.PROBABILITIES_TEXT)
        _write(result, f"{p:.0%}", place, low + bar * (high - low) + 2.2, font_size)


def _write(
    result: go.Figure,
    text: str,
    x: float,
    y: float,
    size: int,
    color: str = palette.INK,
    anchor: str = "center",
    background: str = "rgba(0,0,0,0)",
) -> None:
    font = {"size": size, "color": color}
    place = {"x": x, "y": y, "showarrow": False, "xanchor": anchor, "yanchor": "middle"}
    result.add_annotation(text=text, font=font, bgcolor=background, captureevents=False, **place)
