"""Horizontal bars: what is compared stands at the left, its number at the bar's end."""

from collections.abc import Sequence

import numpy as np

from explainer.figures import palette
from explainer.figures.base import FONT_SIZE, require_finite
from explainer.figures.drawing import Box, Drawing, Line, Primitive, Text

# Ticks of a logarithmic axis as they are spoken.
POWERS = {1: "one", 1e3: "thousand", 1e6: "million", 1e9: "billion", 1e12: "trillion"}
SPAN = -0.325, 0.325  # of a bar in its row, from the row's middle
SPAN_BELOW = 0.02, 0.4  # where its name and its text stand above it
WIDTHS = 0.68, 0.55  # of a capital letter and of any other character, about, in sizes of its type


def bars(
    labels: Sequence[str],
    values: Sequence[float] | np.ndarray,
    texts: Sequence[str],
    *,
    color: str = palette.PROBABILITIES,
    lit: Sequence[int] | None = None,
    log: bool = False,
    title: str = "",
    low: float = 0.0,
    high: float | None = None,
    opens: str = "",
    font_size: int = FONT_SIZE,
    narrow: bool = False,
) -> Drawing:
    """Draw one bar a label, from the top down.

    Args:
        values: (N,) lengths; on a logarithmic axis all positive.
        texts: what stands at the end of each bar.
        lit: the bars in full colour, the others faint; all if not given.
        low: where a bar begins on a logarithmic axis.
        high: the longest length the axis has room for; the largest value if not given.
        opens: what a click on a bar opens, in words; the picture reports the bar's number.
        narrow: whether names and texts stand above the bars, where there is no room beside them.
    Raises:
        ValueError: if a value is NaN or infinite, or not positive on a logarithmic axis.
    """
    values = np.asarray(values, dtype=float)
    require_finite(values=values)
    if log and (values <= 0).any():
        raise ValueError("A logarithmic axis has no place for values that are not positive.")
    longest = float(values.max(initial=1e-12)) if high is None else high
    start, end = (np.log10([low or values.min() / 10, longest])) if log else (0.0, longest)
    ends = np.log10(values) if log else values  # (N,)
    full = set(range(len(values)) if lit is None else lit)
    ground = max(len(labels), 1) - 0.5
    drawn: list[Primitive] = _powers(start, end, ground, font_size) if log else []
    drawn.append(Line([start, start], [-0.5, ground], palette.GREY, width=1))
    top, bottom = SPAN_BELOW if narrow else SPAN
    for i, (label, text) in enumerate(zip(labels, texts, strict=True)):
        drawn.append(Box(start, ends[i], i + bottom, i + top, color, opacity=1 if i in full else 0.3))
        drawn += (
            _above(i, label, text, start, end)
            if narrow
            else _beside(i, label, text, start, ends[i], font_size)
        )
        if opens:  # the whole row: a short bar is no harder to hit
            row = {"fill": palette.BACKGROUND, "opacity": 0, "title": opens, "pick": str(i)}
            drawn.append(Box(start, end, i + 0.5, i - 0.5, **row))
    if title:
        drawn.append(Text((start + end) / 2, ground, title, dy=font_size * (2.3 if log else 1)))
    below = font_size * (1.6 * log + 1.6 * bool(title))
    left, right = (0, 0) if narrow else _room(labels, texts, font_size)
    margins = (left + font_size, right + font_size, 0, below)
    return Drawing(drawn, (start, end), (ground, -0.5), margins, font_size)


def bars_alt(what: str, labels: Sequence[str], texts: Sequence[str]) -> str:
    """Return one sentence that reads the bars out, at most the first eight."""
    told = ", ".join(f"{label} {text}" for label, text in list(zip(labels, texts, strict=True))[:8])
    more = f" and {len(labels) - 8} more" if len(labels) > 8 else ""
    return f"{what}: {told}{more}."


def _beside(i: int, label: str, text: str, start: float, tip: float, font_size: int) -> list[Text]:
    """Return a bar's name, left of its beginning, and its text, right of its end."""
    name = Text(start, i, label, anchor="end", dx=-0.5 * font_size)
    return [name, Text(tip, i, text, anchor="start", dx=0.4 * font_size)]


def _above(i: int, label: str, text: str, start: float, end: float) -> list[Text]:
    """Return a bar's name and its text on the line above it, one at each end."""
    return [Text(start, i - 0.22, label, anchor="start", dx=4), Text(end, i - 0.22, text, anchor="end")]


def _room(labels: Sequence[str], texts: Sequence[str], font_size: int) -> list[float]:
    """Return the pixels that the longest name at the left and the longest text at the right take, about."""
    longest = (max(map(len, told), default=0) for told in (labels, texts))
    return [width * font_size * n for width, n in zip(WIDTHS, longest, strict=True)]


def _powers(start: float, end: float, ground: float, font_size: int) -> list[Primitive]:
    """Return the lines and names of the powers of ten that lie between two exponents."""
    inside = {np.log10(power): name for power, name in POWERS.items() if start <= np.log10(power) <= end}
    lines = [Line([x, x], [-0.5, ground], palette.GRID, width=1) for x in inside]
    return [*lines, *(Text(x, ground, name, dy=font_size) for x, name in inside.items())]
