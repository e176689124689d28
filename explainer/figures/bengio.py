"""Figure 1 of Bengio et al. (2003), redrawn: every circle is a number of a trained model."""

from collections.abc import Sequence
from html import escape

import numpy as np
import plotly.graph_objects as go

from explainer.figures import palette
from explainer.figures.base import FONT_SIZE, bare_axis, figure, number, require_finite

# The floors of the house, from the ground up: where each begins and ends, of 100.
INDEX, LOOKUP, HIDDEN, SOFTMAX = (0, 9), (21, 32), (44, 62), (72, 92)


def architecture(
    letters: Sequence[str],
    idx: np.ndarray,
    emb: np.ndarray,
    h: np.ndarray,
    probabilities: np.ndarray,
    symbols: Sequence[str],
    *,
    height: int = 640,
    font_size: int = FONT_SIZE,
    narrow: bool = False,
) -> go.Figure:
    """Draw one prediction from the letters at the bottom to the probabilities at the top.

    Args:
        letters: T letters that were read, idx: (T,) their places in C.
        emb: (T, E) the rows of C; h: (H,) the hidden layer; probabilities: (V,) of the symbols.
        narrow: whether there is no room for words at the sides, as on a phone.
    Raises:
        ValueError: if a number is NaN or infinite.
    """
    require_finite(emb=emb, h=h, probabilities=probabilities)
    result = figure(height=height, font_size=font_size, showlegend=False, bargap=0)
    result.update_layout(xaxis=bare_axis(0, 100), yaxis=bare_axis(-1, 101))
    span = (0.5, 99.5) if narrow else (17.0, 99.5)
    boxes = _side_by_side(span, len(letters))
    unit = 3.4 if narrow else 17.0  # pixels of a hundredth of the width, about
    _wire(result, boxes, span, font_size)
    for letter, i, row, box in zip(letters, idx, emb, boxes, strict=True):
        _index(result, letter, int(i), box, font_size, narrow)
        names = [f"C[{i}, {e}]" for e in range(len(row))]
        _numbers(result, row, names, box, LOOKUP, 2 if narrow else 1, unit)
        told = f"C({escape(letter)})"
        _write(result, told, sum(box) / 2, LOOKUP[1] + 3, font_size, palette.WEIGHTS_TEXT, palette.BACKGROUND)
    names = [f"neuron {n}: h" for n in range(len(h))]
    _numbers(result, h, names, span, HIDDEN, 8 if narrow else 4, unit)
    _probabilities(result, probabilities, symbols, span, font_size, narrow)
    _words(result, len(h), emb.shape[1], font_size, narrow)
    return result


def architecture_alt(letters: Sequence[str], probabilities: np.ndarray, symbols: Sequence[str]) -> str:
    """Return one sentence: what is read, through what it goes, and the three most probable letters."""
    best = np.argsort(-probabilities)[:3]
    told = ", ".join(f"{symbols[i]} {probabilities[i]:.0%}" for i in best)
    return (
        f"From the letters {' '.join(letters)}, each looked up in C, through a hidden layer of tanh, "
        f"to a probability for every letter; the most probable are {told}."
    )


def _side_by_side(span: tuple[float, float], count: int) -> list[tuple[float, float]]:
    """Return where the boxes of the letters begin and end, the newest letter last."""
    width = (span[1] - span[0]) / count
    return [(span[0] + (i + 0.06) * width, span[0] + (i + 0.94) * width) for i in range(count)]


def _wire(
    result: go.Figure, boxes: Sequence[tuple[float, float]], span: tuple[float, float], font_size: int
) -> None:
    """Draw the lines from each letter to its row of C, from there to the hidden layer, and on to the top."""
    middle = sum(span) / 2
    x: list[float | None] = []
    y: list[float | None] = []
    for left, right in boxes:
        own = (left + right) / 2
        towards = middle + 0.35 * (own - middle)
        x += [own, own, None, own, towards, None]
        y += [INDEX[1], LOOKUP[0], None, LOOKUP[1], HIDDEN[0], None]
    for side in (-0.25, 0.0, 0.25):
        x += [middle + side * (span[1] - span[0])] * 2 + [None]
        y += [HIDDEN[1], SOFTMAX[0] - 5, None]
    line = {"color": palette.GREY, "width": 3}
    result.add_trace(go.Scatter(x=x, y=y, mode="lines", line=line, hoverinfo="skip"))
    for told, low, high in (("W1, b1", LOOKUP[1] + 3, HIDDEN[0]), ("W2, b2", HIDDEN[1] - 1, SOFTMAX[0] - 5)):
        right = span[0] + 0.87 * (span[1] - span[0])
        _write(result, told, right, (low + high) / 2, font_size, palette.WEIGHTS_TEXT, palette.BACKGROUND)


def _index(
    result: go.Figure, letter: str, i: int, box: tuple[float, float], font_size: int, narrow: bool
) -> None:
    _frame(result, box, INDEX, palette.INPUT)
    told = f"<b>{escape(letter)}</b>  {i}" if narrow else f"<b>{escape(letter)}</b>   index {i}"
    _write(result, told, sum(box) / 2, sum(INDEX) / 2, round(1.3 * font_size), palette.INPUT_TEXT)


def _numbers(
    result: go.Figure,
    values: np.ndarray,
    names: Sequence[str],
    box: tuple[float, float],
    floor: tuple[float, float],
    lines: int,
    unit: float,
) -> None:
    """Draw numbers as circles in a box, read line by line; the colour is the number, centred on zero.

    Args:
        unit: pixels of one step on the horizontal axis.
    """
    lines = min(lines, len(values))
    columns = -(-len(values) // lines)
    place = np.arange(len(values))
    limit = max(float(np.abs(values).max()), 1e-9)
    _frame(result, box, floor, palette.GREY)
    step = (box[1] - box[0]) / (columns + 0.6)
    rise = (floor[1] - floor[0]) / lines
    result.add_trace(
        go.Scatter(
            x=box[0] + (place % columns + 0.8) * step,
            y=floor[1] - (place // columns + 0.5) * rise,
            mode="markers",
            marker={
                "size": round(min(28.0, 0.85 * step * unit)),
                "color": values,
                "cmin": -limit,
                "cmax": limit,
                "colorscale": palette.colorscale(palette.DIVERGING),
                "line": {"color": palette.GREY, "width": 1},
            },
            hovertext=[f"{name} = {number(v, 4)}" for name, v in zip(names, values, strict=True)],
            hoverinfo="text",
        )
    )


def _probabilities(
    result: go.Figure,
    probabilities: np.ndarray,
    symbols: Sequence[str],
    span: tuple[float, float],
    font_size: int,
    narrow: bool,
) -> None:
    """Draw the probabilities as bars over their letters, on a phone in two lines; the largest is told."""
    lines = 2 if narrow else 1
    columns = -(-len(symbols) // lines)
    low, high = SOFTMAX
    rise = (high - low) / lines
    place = np.arange(len(symbols))
    step = (span[1] - span[0]) / columns
    x = span[0] + (place % columns + 0.5) * step
    base = high - (place // columns + 1) * rise
    top = float(probabilities.max())
    best = int(probabilities.argmax())
    told = [f"{s}: {p:.2%}" for s, p in zip(symbols, probabilities, strict=True)]
    result.add_trace(
        go.Bar(
            x=x,
            y=probabilities / top * 0.8 * rise,
            base=base,
            width=0.75 * step,
            marker={"color": palette.PROBABILITIES, "opacity": np.where(place == best, 1.0, 0.6)},
            hovertext=told,
            hoverinfo="text",
        )
    )
    size = font_size if not narrow else font_size - 1
    for i, symbol in enumerate(symbols):
        _write(result, escape(symbol), x[i], base[i] - 2.6, size, palette.INK)
    _write(
        result,
        f"<b>P({escape(symbols[best])}) = {probabilities[best]:.1%}</b>",
        x[best],
        base[best] + rise * 0.8 + 4.5,
        round(1.2 * font_size),
        palette.PROBABILITIES_TEXT,
        anchor=_towards(x[best], span),
    )


def _towards(x: float, span: tuple[float, float]) -> str:
    """Return to which side a text at x may grow so that it stays inside."""
    part = (x - span[0]) / (span[1] - span[0])
    return "left" if part < 0.2 else "right" if part > 0.8 else "center"


def _words(result: go.Figure, neurons: int, numbers: int, font_size: int, narrow: bool) -> None:
    """Write at the left what each floor does, or on a phone its name above it."""
    floors = {
        INDEX: ("the letters before", "as numbers"),
        LOOKUP: ("look-up in C", f"{numbers} numbers a letter"),
        HIDDEN: ("tanh", f"{neurons} neurons"),
        SOFTMAX: ("softmax", "one share a letter"),
    }
    colors = (palette.INPUT_TEXT, palette.WEIGHTS_TEXT, palette.ACTIVATIONS_TEXT, palette.PROBABILITIES_TEXT)
    for (floor, (name, more)), color in zip(floors.items(), colors, strict=True):
        if not narrow:
            told = f"<b>{name}</b><br>{more}"
            _write(result, told, 0, sum(floor) / 2, font_size, color, anchor="left")
        elif floor == HIDDEN:
            _write(result, f"{name}, {more}", 50, floor[1] + 2.5, font_size, color, palette.BACKGROUND)


def _frame(result: go.Figure, box: tuple[float, float], floor: tuple[float, float], color: str) -> None:
    line = {"color": color, "width": 3}
    result.add_shape(
        type="rect", x0=box[0], x1=box[1], y0=floor[0], y1=floor[1], line=line, fillcolor=palette.BACKGROUND
    )
    result.layout.shapes[-1].layer = "below"


def _write(
    result: go.Figure,
    text: str,
    x: float,
    y: float,
    size: int,
    color: str,
    background: str = "rgba(0,0,0,0)",
    anchor: str = "center",
) -> None:
    result.add_annotation(
        text=text,
        x=x,
        y=y,
        showarrow=False,
        font={"size": size, "color": color},
        bgcolor=background,
        xanchor=anchor,
        yanchor="middle",
        align="left",
    )
