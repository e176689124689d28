"""What a network says about every point of the plane: a map of its output with the data on it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from explainer.figures import palette
from explainer.figures.axes import Axis, Panel
from explainer.figures.base import FONT_SIZE, require_finite
from explainer.figures.drawing import (
    DASHED,
    Box,
    Drawing,
    Each,
    Field,
    Frames,
    Hand,
    Line,
    Mark,
    Primitive,
    Text,
)
from explainer.figures.network import KEY, how_to_read, subscript, with_handles
from explainer.figures.network import learning as network
from explainer.wording.numerals import number

BAR = 0.05, 0.08  # where the colour bar begins and ends, in widths of the map right of it
SHADES = 33  # points along the colour bar
SPEED = 4.0  # pictures a second
ALONG = 0.88, 0.12, 0.76, 0.24, 0.64, 0.36, 0.5  # where a line's name can stand, in shares of its length
APART = 0.13  # of the map's width, which two names are apart at least
BESIDE = 1.35  # how far the plane as it was and what becomes of it stand from the middle
ROLES = (palette.INPUT, palette.ACTIVATIONS, palette.PROBABILITIES)


@dataclass(frozen=True)
class Layout:
    """The size of the whole and, of network, map and loss, their left, right, bottom and top, in pixels."""

    size: tuple[float, float]
    network: tuple[float, float, float, float]
    plane: tuple[float, float, float, float]
    loss: tuple[float, float, float, float]


WIDE = Layout((1800, 585), (70, 620, 20, 575), (750, 1235, 62, 547), (1410, 1775, 62, 547))
NARROW = Layout((358, 1000), (40, 330, 632, 995), (36, 304, 286, 554), (36, 344, 46, 206))
PHONE_COLUMNS = 0, 0.56, 1  # eight weights need more room than four


def output_map(
    x: np.ndarray,
    p: np.ndarray,
    points: np.ndarray,
    classes: np.ndarray,
    *,
    mark: tuple[float, float] | None = None,
    hand: Hand | None = None,
    font_size: int = FONT_SIZE,
) -> Drawing:
    """Draw the probability of class 1 over the plane, the line where it is one half, and the data.

    Args:
        x: (G,) both axes, p: (G, G) probabilities, rows being the second input.
        points: (N, 2), classes: (N,) zeros and ones.
        mark: a point to be pointed out.
        hand: with which it can be moved, as its star.
    Raises:
        ValueError: if a probability is NaN or infinite.
    """
    require_finite(p=p)
    panel = _plane(x, (0, 1, 0, 1), font_size)
    drawn = [*_map(panel, p), *_data(panel, points, classes)]
    named = _classes(font_size)
    if mark is not None:
        grip = hand.star if hand else ""
        star = _star(font_size, float(panel.x(mark[0])), float(panel.y(mark[1])))
        drawn.append(
            replace(star, grip=grip, title=f"({number(mark[0])}, {number(mark[1])})" if grip else "")
        )
        named.append((_star(font_size), "this point"))
    left, _, top, _ = panel.margins()
    below = 3.2 * font_size  # the numbers, and a title with its index
    width = 1 + BAR[1]
    drawn += _legend(panel, named)
    return Drawing(
        drawn,
        (0, width),
        margins=(left, 2.2 * font_size, top, below),
        font_size=font_size,
        ratio=width,
        hand=hand,
    )


def output_map_alt(p: np.ndarray, accuracy: float, n: int) -> str:
    """Return one sentence: how much of the plane is given to class 1, and how many points are right."""
    share = float((p > 0.5).mean())
    return (
        f"A map of the plane: the network gives {share:.0%} of it to class 1; "
        f"{round(accuracy * n)} of {n} points lie on their side of the line."
    )


def learning(
    x: np.ndarray,
    p: np.ndarray,
    points: np.ndarray,
    classes: np.ndarray,
    weights: Sequence[np.ndarray],
    values: Sequence[np.ndarray],
    steps: np.ndarray,
    losses: np.ndarray,
    accuracy: np.ndarray,
    *,
    hidden: np.ndarray | None = None,
    told: str = "",
    lines: np.ndarray | None = None,
    captions: Sequence[str] = (),
    at: int = -1,
    own: Sequence[tuple[int, float, float]] = (),
    hand: Hand | None = None,
    font_size: int = FONT_SIZE,
    narrow: bool = False,
) -> Drawing:
    """Draw a network while it learns: its weights, its map of the plane and its loss, on one slider.

    Args:
        x: (G,), p: (S, G, G): one map for each of S recorded pictures.
        points: (N, 2), classes: (N,).
        weights: arrays (S, Nᵢ, Nᵢ₊₁) for each layer of edges.
        values: arrays (S, Nᵢ) for each layer of nodes.
        steps: (S,) when each picture was taken, losses: (T + 1,) nats, accuracy: (S,).
        hidden: (H, S, G', G') what each hidden neuron gives over the plane, 0..1; told: how to read it.
        lines: (H, S, 2, 2) the ends of the line of each hidden neuron, NaN where it has none.
        captions: S sentences, what is said above each picture.
        at: the picture that shows first.
        own: class, x₁ and x₂ of points that a visitor put on the map.
        hand: with which these and the weights can be moved; without it no weights stand on the edges.
        narrow: whether they stand one below the other, as on a phone, instead of side by side.
    Raises:
        ValueError: if a number is NaN or infinite.
    """
    require_finite(p=p, losses=losses)
    layout = NARROW if narrow else WIDE
    plane = _plane(x, layout.plane, font_size)
    x1, x2 = values[0][0]  # the point whose numbers stand in the network
    left, right, bottom, _ = layout.network
    drawn = [
        *_network(
            weights,
            values,
            layout.network,
            font_size,
            hidden,
            hand is not None,
            PHONE_COLUMNS if narrow else None,
        ),
        *how_to_read([KEY, told] if told else [KEY], (left + right) / 2, bottom, font_size, 0.8),
        *_map(plane, Each(p)),
        *([] if lines is None else _lines(plane, lines)),
        *_data(plane, points, classes),
        *([] if lines is None else _line_names(plane, lines)),
        _star(font_size, float(plane.x(x1)), float(plane.y(x2))),
        *_own(plane, own),
        *_legend(plane, [*_classes(font_size), (_star(font_size), "this point")]),
        *_loss(steps, losses, layout.loss, font_size),
    ]
    titles = [
        f"step {step} · loss {number(losses[step])} nats · {_percent(share)} right"
        for step, share in zip(steps, accuracy, strict=True)
    ]
    width, height = layout.size
    frames = Frames(titles, "picture", SPEED, at, film="learning", captions=captions)
    margins = (20, 0, 12, 12)  # letters keep their size where the panels are small
    return Drawing(drawn, (0, width), (0, height), margins, font_size, frames, hand, ratio=width / height)


def learning_alt(steps: np.ndarray, losses: np.ndarray, accuracy: np.ndarray) -> str:
    """Return one sentence: how the loss and the share of points on their side went."""
    return (
        f"A network, its map of the plane and its loss over {steps[-1]} steps: the loss goes from "
        f"{number(losses[0])} to {number(losses[-1])} nats, the points on their side of the line from "
        f"{accuracy[0]:.0%} to {accuracy[-1]:.0%}."
    )


def motion(
    shares: np.ndarray,
    grid: np.ndarray,
    points: np.ndarray,
    classes: np.ndarray,
    border: np.ndarray,
    *,
    captions: Sequence[str] = (),
    at: int = 0,
    font_size: int = FONT_SIZE,
    narrow: bool = False,
) -> Drawing:
    """Draw a grid of the plane and the data on it while a layer moves and bends them, as large as fits.

    Args:
        shares: (F, 2) how much of the weights and of the activation has been applied.
        grid: (F, L, P, 2), points: (F, N, 2), classes: (N,).
        border: (2, 2) the straight line that parts the classes at the end.
        captions: F sentences, what is said above each frame.
        at: the frame that shows first.
        narrow: whether there is only the width of a phone.
    """
    count = len(shares)
    middle = (grid.max((1, 2)) + grid.min((1, 2))) / 2  # (F, 2) so that all of it is seen as large as can be
    grid, points = grid - middle[:, None, None], points - middle[:, None]
    reach = 1.06 * np.maximum(np.abs(grid).max((1, 2, 3)), np.abs(points).max((1, 2)))[:, None]  # (F, 1)
    aside = 0.0 if narrow else BESIDE  # where there is room, the plane as it was stays beside it
    lines = grid / reach[..., None, None]  # (F, L, P, 2)
    drawn = [] if narrow else _before(lines[0], points[0] / reach[0], classes, font_size)
    drawn += [
        Line(Each(line[..., 0] + aside), Each(line[..., 1]), palette.GREY, 1.5)
        for line in lines.swapaxes(0, 1)
    ]
    ends = Each([float(i == count - 1) for i in range(count)])
    x, y = _within((border - middle[-1]) / reach[-1]).T
    drawn.append(Line(x + aside, y, palette.PROBABILITIES, 5, opacity=ends))
    for (x, y), c in zip((points / reach[..., None]).transpose(1, 2, 0), classes, strict=True):
        drawn.append(replace(_point(int(c), font_size), x=Each(x + aside), y=Each(y)))
    drawn += [
        Text(-1 - aside, 1.08, "class 0: circles · class 1: squares", anchor="start"),
        Text(1 + aside, 1.08, "the next layer's line", palette.PROBABILITIES_TEXT, anchor="end", shown=Each(
            [i == count - 1 for i in range(count)]
        )),
    ]  # fmt: skip
    titles = [f"{w:.0%} of x·W + b" if not f else f"x·W + b, {f:.0%} of tanh" for w, f in shares]
    frames = Frames(["the plane as it is", *titles[1:]], "picture", 6, at, captions=captions)
    side = 1.1 if narrow else 2.7  # as wide as a stage, so that it stands in the middle
    ratio = 2 * side / 2.2
    return Drawing(drawn, (-side, side), (-1.05, 1.15), font_size=font_size, frames=frames, ratio=ratio)


def _before(lines: np.ndarray, points: np.ndarray, classes: np.ndarray, font_size: int) -> list[Primitive]:
    """Return the plane as it is, (L, P, 2) and (N, 2), at the left, with an arrow to what becomes of it."""
    drawn: list[Primitive] = [Line(line[:, 0] - BESIDE, line[:, 1], palette.GREY, 1.5) for line in lines]
    for (x, y), c in zip(points, classes, strict=True):
        drawn.append(_point(int(c), font_size, x - BESIDE, y))
    return [*drawn, Text(0, 0, "→", size=2.0 * font_size)]


def _within(line: np.ndarray) -> np.ndarray:
    """Return what lies within the square -1..1 of the straight line through two points (2, 2)."""
    start, run = line[0], line[1] - line[0]
    with np.errstate(divide="ignore"):
        sides = np.sort([(-1 - start) / run, (1 - start) / run], axis=0)  # (2, 2) by axis: in, out
    return start + run * np.array([[sides[0].max()], [sides[1].min()]])


def _percent(share: float) -> str:
    """Return a share with a decimal where it has one."""
    return f"{share:.1%}".replace(".0%", "%")


def motion_alt(right: float) -> str:
    """Return one sentence: what happens to the plane, and how many points one line then parts rightly."""
    return (
        "A grid of the plane with the data on it: the weights move it as one, tanh bends it, and one "
        f"straight line then has {right:.0%} of the points on the right side."
    )


def _plane(x: np.ndarray, sides: tuple[float, float, float, float], font_size: int) -> Panel:
    """Return the axes of the two inputs between the sides of a map."""
    across, up = (Axis(float(x[0]), float(x[-1]), name, at=[-1, 0, 1], grid=False) for name in ("x₁", "x₂"))
    return Panel(across, up, *sides, font_size)


def _map(panel: Panel, p: np.ndarray | Each) -> list[Primitive]:
    """Return the map between its axes, and the scale of its colours at its right."""
    across, up = panel.across, panel.up
    sides = (across.low, across.high, up.low, up.high)
    corners = (panel.left, panel.right, panel.bottom, panel.top)
    edge = Box(*corners, color=palette.GREY, width=1.5)
    return [Field(*corners, p, name="p", sides=sides), *panel.frame(), edge, *_bar(panel)]


def _bar(panel: Panel) -> list[Primitive]:
    """Return the colours from a probability of zero to one, with their numbers."""
    left, right = (panel.right + share * (panel.right - panel.left) for share in BAR)
    shades = np.repeat(np.linspace(0, 1, SHADES)[:, None], 2, axis=1)  # (SHADES, 2)
    corners = (left, right, panel.bottom, panel.top)
    drawn: list[Primitive] = [Field(*corners, shades), Box(*corners, color=palette.GREY, width=1.5)]
    for value in (0, 0.5, 1):
        y = panel.bottom + value * (panel.top - panel.bottom)
        drawn.append(Text(right, y, number(value), anchor="start", dx=0.35 * panel.font_size))
    return [*drawn, Text((left + right) / 2, panel.bottom, "p", dy=1.2 * panel.font_size)]


def _data(panel: Panel, points: np.ndarray, classes: np.ndarray) -> list[Mark]:
    """Return the data: light circles for class 0, dark squares for class 1."""
    places = zip(panel.x(points[:, 0]), panel.y(points[:, 1]), classes, strict=True)
    return [_point(int(c), panel.font_size, x, y) for x, y, c in places]


def _own(panel: Panel, points: Sequence[tuple[int, float, float]]) -> list[Mark]:
    """Return a visitor's own points: larger, so that a finger can take hold of them."""
    return [
        replace(
            _point(c, panel.font_size, float(panel.x(x)), float(panel.y(y))),
            size=1.1 * panel.font_size,
            color=palette.INPUT,
            width=3,
            grip=f"own{i}",
            title=f"({number(x)}, {number(y)})",
        )
        for i, (c, x, y) in enumerate(points)
    ]


def _point(c: int, font_size: float, x: float = 0, y: float = 0) -> Mark:
    """Return the mark of a class."""
    look = ("square", palette.INK, palette.BACKGROUND) if c else ("circle", palette.BACKGROUND, palette.INK)
    return Mark(x, y, 0.5 * font_size, *look, 1.5)


def _star(font_size: float, x: float = 0, y: float = 0) -> Mark:
    return Mark(x, y, font_size, "star", palette.INPUT, palette.BACKGROUND, 1.5)


def _classes(font_size: float) -> list[tuple[Mark, str]]:
    """Return the marks of both classes with their names."""
    return [(_point(c, font_size), f"class {c}") for c in (0, 1)]


def _legend(panel: Panel, entries: Sequence[tuple[Mark, str]]) -> list[Mark | Text]:
    """Return what marks mean: in the line above the map, beside the name of its axis."""
    font = panel.font_size
    drawn: list[Mark | Text] = []
    for i, (mark, name) in enumerate(entries):
        right, above = (1.7 + 4.5 * i) * font, -1.2 * font
        drawn.append(replace(mark, x=panel.left, y=panel.top, dx=right, dy=above))
        drawn.append(Text(panel.left, panel.top, name, anchor="start", dx=right + 0.95 * font, dy=above))
    return drawn


def _network(
    weights: Sequence[np.ndarray],
    values: Sequence[np.ndarray],
    sides: tuple[float, float, float, float],
    font_size: int,
    maps: np.ndarray | None,
    pulled: bool,
    columns: Sequence[float] | None,
) -> list[Primitive]:
    """Return the network, the middles of its first and last nodes at the sides of its part."""
    panel = Panel(Axis(0, 1), Axis(0, 1), *sides, font_size)
    hidden = [subscript("h", i + 1) for i in range(values[1].shape[1])]
    names = [["x₁", "x₂"], hidden, ["p"]]
    drawn = network(values, weights, names=names, roles=ROLES, panel=panel, columns=columns)
    whole = list(drawn) if maps is None else _with_maps(drawn, maps, panel)
    return with_handles(whole, weights, font_size) if pulled else whole


def _with_maps(drawn: Sequence[Any], maps: np.ndarray, panel: Panel) -> list[Primitive]:
    """Return a 2–H–1 network whose hidden nodes (H, S, G, G) show what they give over the plane."""
    font, count = panel.font_size, len(maps)
    side = min(4.8 * font, (panel.top - panel.bottom) / max(count, 2) - 2 * font)
    edges, nodes = list(drawn[: 3 * count]), list(drawn[3 * count :])
    into = [replace(edge, x=(edge.x[0], edge.x[1] - side / 2)) for edge in edges[: 2 * count]]
    out = [replace(edge, x=(edge.x[0] + side / 2, edge.x[1])) for edge in edges[2 * count :]]
    before, middle, after = nodes[:4], nodes[4 : 4 + 2 * count], nodes[4 + 2 * count :]
    shown: list[Primitive] = []
    for mark, name, values in zip(middle[::2], middle[1::2], maps, strict=True):
        x, y, half = mark.x, mark.y, side / 2
        shown.append(Field(x - half, x + half, y - half, y + half, Each(values), "diverging", width=2))
        shown.append(Box(x - half, x + half, y - half, y + half, color=mark.color, width=3))
        shown.append(replace(mark, size=1, fill="none", color="none", label=""))
        shown.append(replace(name, y=y + half, dy=-0.7 * font))
    return [
        *into,
        *out,
        *before,
        *shown,
        *(replace(one, part="p") if isinstance(one, Mark) else one for one in after),
    ]


def _lines(panel: Panel, lines: np.ndarray) -> list[Primitive]:
    """Return the line of each hidden neuron over the map (H, S, 2, 2), NaN where there is none."""
    seen = _seen(lines)
    ends = _ends(panel, lines)
    return [
        Line(
            Each(ends[i, ..., 0]), Each(ends[i, ..., 1]), palette.ACTIVATIONS, 3, DASHED,
            opacity=Each(seen[i].astype(float).tolist()),
        )
        for i in range(len(lines))
    ]  # fmt: skip


def _line_names(panel: Panel, lines: np.ndarray) -> list[Primitive]:
    """Return the name of each line, near its end, or further in where another name stands."""
    seen, places = _seen(lines), _places(panel, lines)
    return [
        Text(
            Each(places[i, :, 0]), Each(places[i, :, 1]), subscript("h", i + 1), palette.ACTIVATIONS_TEXT,
            halo=True, shown=Each(seen[i].tolist()),
        )
        for i in range(len(lines))
    ]  # fmt: skip


def _places(panel: Panel, lines: np.ndarray) -> np.ndarray:
    """Return where the name of each line stands in each picture (H, S, 2)."""
    seen, ends = _seen(lines), _ends(panel, lines)
    apart = APART * (panel.right - panel.left)
    found = np.empty_like(ends[:, :, 0])  # (H, S, 2)
    shares = np.array(ALONG)[:, None, None]
    for i, (start, end) in enumerate(ends.swapaxes(1, 2)):  # (S, 2)
        ways = start + shares * (end - start)  # (A, S, 2)
        away = np.linalg.norm(ways[:, None] - found[:i], axis=-1)  # (A, i, S)
        free = ((away > apart) | ~seen[:i]).all(axis=1)  # (A, S)
        found[i] = ways[free.argmax(axis=0), np.arange(len(start))]  # the first place of all, if none is free
    return found


def _seen(lines: np.ndarray) -> np.ndarray:
    return ~np.isnan(lines).any((2, 3))  # (H, S)


def _ends(panel: Panel, lines: np.ndarray) -> np.ndarray:
    known = np.nan_to_num(lines)
    return np.stack([panel.x(known[..., 0]), panel.y(known[..., 1])], axis=-1)  # (H, S, 2, 2)


def _loss(
    steps: np.ndarray, losses: np.ndarray, sides: tuple[float, float, float, float], font_size: int
) -> list[Primitive]:
    """Return the loss at every step (T + 1,), with a point where the picture was taken."""
    high = 1.05 * max(float(losses.max()), 1e-9)  # an axis has a length
    panel = Panel(Axis(0, len(losses) - 1, "step", most=5), Axis(0, high, "loss (nats)"), *sides, font_size)
    curve = Line(panel.x(np.arange(len(losses))), panel.y(losses), palette.LOSS, 3)
    x, y = Each(panel.x(steps)), Each(panel.y(losses[steps]))
    point = Mark(x, y, 0.7 * font_size, fill=palette.LOSS, color=palette.LOSS)
    return [*panel.frame(), curve, point, *_leading(panel, steps)]


def _leading(panel: Panel, steps: np.ndarray) -> list[Box]:
    """Return what cannot be seen over a curve: where a click leads to the picture taken nearest to it."""
    edges = np.concatenate([steps[:1], (steps[1:] + steps[:-1]) / 2, steps[-1:]])  # (S + 1,)
    sides = zip(panel.x(edges[:-1]), panel.x(edges[1:]), strict=True)
    return [
        Box(left, right, panel.bottom, panel.top, fill=palette.LOSS, opacity=0, leads=i)
        for i, (left, right) in enumerate(sides)
    ]
