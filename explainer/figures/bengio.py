"""Figure 1 of Bengio et al. (2003), redrawn: every circle is a number of a trained model."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from explainer.figures import palette
from explainer.figures.base import FONT_SIZE, require_finite
from explainer.figures.drawing import Box, Drawing, Line, Mark, Phrase, Primitive, Text, diverging
from explainer.wording.numerals import number

# The floors of the house, from the ground up: where each begins and ends, of 100.
INDEX, LOOKUP, HIDDEN, SOFTMAX = (0, 8), (17, 27), (38, 54), (64, 98)

SIGNS = "blue +, orange −"  # what the colours of the circles say
FULL = 0.4  # probability of a bar as high as its floor, unless one is larger: 19 % looks less than 57 %

Span = tuple[float, float]


def architecture(
    letters: Sequence[str],
    idx: np.ndarray,
    emb: np.ndarray,
    h: np.ndarray,
    probabilities: np.ndarray,
    symbols: Sequence[str],
    *,
    font_size: int = FONT_SIZE,
    narrow: bool = False,
) -> Drawing:
    """Draw one prediction from the letters at the bottom to the probabilities at the top.

    Args:
        letters: T letters that were read, idx: (T,) their places in C.
        emb: (T, E) the rows of C; h: (H,) the hidden layer; probabilities: (V,) of the symbols.
        narrow: whether there is no room for words at the sides, as on a phone.
    Raises:
        ValueError: if a number is NaN or infinite.
    """
    require_finite(emb=emb, h=h, probabilities=probabilities)
    span = (0.5, 99.5) if narrow else (17.0, 99.5)
    boxes = _side_by_side(span, len(letters))
    unit = 3.4 if narrow else 17.0  # pixels of a hundredth of the width, about
    drawn = _wires(boxes, span)
    for letter, i, row, box in zip(letters, idx, emb, boxes, strict=True):
        drawn += _index(letter, int(i), box, font_size, narrow)
        names = [f"C[{i}, {e}]" for e in range(len(row))]
        drawn += _numbers(row, names, box, LOOKUP, 2 if narrow else 1, unit)
        drawn.append(Text(sum(box) / 2, LOOKUP[1] + 3, f"C({letter})", palette.WEIGHTS_TEXT, halo=True))
    names = [f"h of neuron {n}" for n in range(len(h))]
    drawn += _numbers(h, names, span, HIDDEN, 8 if narrow else 4, unit)
    drawn += _bars(probabilities, symbols, span, font_size, narrow)
    drawn += _words(len(h), emb.shape[1], font_size, narrow)
    return Drawing(drawn, (0, 100), (-1, 101), font_size=font_size)


def architecture_alt(letters: Sequence[str], probabilities: np.ndarray, symbols: Sequence[str]) -> str:
    """Return one sentence: what is read, through what it goes, and the three most probable letters."""
    best = np.argsort(-probabilities)[:3]
    told = ", ".join(f"{symbols[i]} {probabilities[i]:.0%}" for i in best)
    return (
        f"From the letters {' '.join(letters)}, each looked up in C, through a hidden layer of tanh, "
        f"to a probability for every letter; the most probable are {told}."
    )


def _side_by_side(span: Span, count: int) -> list[Span]:
    """Return where the boxes of the letters begin and end, the newest letter last."""
    width = (span[1] - span[0]) / count
    return [(span[0] + (i + 0.06) * width, span[0] + (i + 0.94) * width) for i in range(count)]


def _wires(boxes: Sequence[Span], span: Span) -> list[Primitive]:
    """Draw the lines from each letter to its row of C, from there to the hidden layer, and on to the top."""
    middle, width = sum(span) / 2, span[1] - span[0]
    drawn: list[Primitive] = []
    for box in boxes:
        own = sum(box) / 2
        drawn.append(_wire((own, own), (INDEX[1], LOOKUP[0])))
        drawn.append(_wire((own, middle + 0.35 * (own - middle)), (LOOKUP[1], HIDDEN[0])))
    for side in (-0.25, 0.0, 0.25):
        drawn.append(_wire([middle + side * width] * 2, (HIDDEN[1], SOFTMAX[0] - 5)))
    right = span[0] + 0.87 * width
    for told, low, high in (("W1, b1", LOOKUP[1] + 3, HIDDEN[0]), ("W2, b2", HIDDEN[1] - 1, SOFTMAX[0] - 5)):
        drawn.append(Text(right, (low + high) / 2, told, palette.WEIGHTS_TEXT))
    return drawn


def _wire(x: Sequence[float], y: Sequence[float]) -> Line:
    return Line(x, y, palette.GREY)


def _index(letter: str, i: int, box: Span, font_size: int, narrow: bool) -> list[Primitive]:
    x, y, size = sum(box) / 2, sum(INDEX) / 2, round(1.3 * font_size)
    place = Phrase(f"  {i}" if narrow else f"   index {i}", palette.INPUT_TEXT)
    told = [Phrase(letter, palette.INPUT_TEXT, bold=True), place]
    return [_frame(box, INDEX, palette.INPUT), Text(x, y, told, size=size)]


def _numbers(
    values: np.ndarray, names: Sequence[str], box: Span, floor: Span, lines: int, unit: float
) -> list[Primitive]:
    """Draw numbers as circles in a box, read line by line; the colour is the number, centred on zero.

    Args:
        unit: pixels of one step on the horizontal axis.
    """
    lines = min(lines, len(values))
    columns = -(-len(values) // lines)
    limit = max(float(np.abs(values).max()), 1e-9)
    step = (box[1] - box[0]) / (columns + 0.6)
    rise = (floor[1] - floor[0]) / lines
    circles = [
        Mark(
            box[0] + (i % columns + 0.8) * step,
            floor[1] - (i // columns + 0.5) * rise,
            round(min(28.0, 0.85 * step * unit)),
            fill=diverging(value, limit),
            color=palette.GREY,
            width=1,
            title=f"{name}: {number(value, 4)}",
        )
        for i, (name, value) in enumerate(zip(names, values, strict=True))
    ]
    return [_frame(box, floor, palette.GREY), *circles]


def _bars(
    probabilities: np.ndarray, symbols: Sequence[str], span: Span, font_size: int, narrow: bool
) -> list[Primitive]:
    """Draw the probabilities as bars over their letters, on a phone in two lines; the largest is told."""
    lines = 2 if narrow else 1
    columns = -(-len(symbols) // lines)
    rise = (SOFTMAX[1] - SOFTMAX[0]) / lines
    step = (span[1] - span[0]) / columns
    best = int(probabilities.argmax())
    heights = probabilities / max(float(probabilities[best]), FULL) * 0.8 * rise  # (V,)
    drawn: list[Primitive] = []
    written: list[Primitive] = []
    for i, (symbol, p, height) in enumerate(zip(symbols, probabilities, heights, strict=True)):
        x, base = span[0] + (i % columns + 0.5) * step, SOFTMAX[1] - (i // columns + 1) * rise
        sides = x - 0.375 * step, x + 0.375 * step
        bar = Box(*sides, base, base + height, palette.PROBABILITIES, opacity=1.0 if i == best else 0.6)
        drawn.append(replace(bar, title=f"{symbol}: {p:.2%}", pick=f"letter {i}"))
        written.append(Text(x, base - 2.6, symbol, size=font_size - narrow))
        if i == best:
            told, size = f"P({symbol}) ≈ {p:.1%}", round(1.2 * font_size)
            look = palette.PROBABILITIES_TEXT, size, _towards(x, span)
            written.append(Text(x, base + height + 4.5, told, *look, bold=True))
    return [*drawn, *written]


def _towards(x: float, span: Span) -> str:
    """Return which end of a text at x stays there, so that it grows to the inside."""
    part = (x - span[0]) / (span[1] - span[0])
    return "start" if part < 0.2 else "end" if part > 0.8 else "middle"


def _words(neurons: int, numbers: int, font_size: int, narrow: bool) -> list[Primitive]:
    """Write at the left what each floor does, or on a phone only the hidden layer's name above it."""
    floors = {
        INDEX: (["the letters before", "as numbers"], palette.INPUT_TEXT),
        LOOKUP: (["look-up in C", f"{numbers} numbers a letter", SIGNS], palette.WEIGHTS_TEXT),
        HIDDEN: (["tanh", f"{neurons} neurons", SIGNS], palette.ACTIVATIONS_TEXT),
        SOFTMAX: (["softmax", "one share a letter"], palette.PROBABILITIES_TEXT),
    }
    if narrow:
        lines, color = floors[HIDDEN]
        return [Text(0.5, HIDDEN[1] + 2.5, ", ".join(lines), color, anchor="start", halo=True)]
    step = 1.3 * font_size
    return [
        Text(
            0, sum(floor) / 2, text, color, anchor="start", dy=(i - (len(lines) - 1) / 2) * step, bold=i == 0
        )
        for floor, (lines, color) in floors.items()
        for i, text in enumerate(lines)
    ]


def _frame(box: Span, floor: Span, color: str) -> Box:
    return Box(*box, *floor, fill=palette.BACKGROUND, color=color, width=3)
