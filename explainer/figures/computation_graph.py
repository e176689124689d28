"""A computation graph as boxes of name, value and gradient, which fill in forward and then back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from explainer.figures import palette
from explainer.figures.base import FONT_SIZE
from explainer.figures.drawing import Box, Drawing, Each, Frames, Line, Phrase, Primitive, Text

COLORS = {
    "input": (palette.INPUT, palette.INPUT_TEXT),
    "given": (palette.INPUT, palette.INPUT_TEXT),
    "weights": (palette.WEIGHTS, palette.WEIGHTS_TEXT),
    "activations": (palette.ACTIVATIONS, palette.ACTIVATIONS_TEXT),
    "probabilities": (palette.PROBABILITIES, palette.PROBABILITIES_TEXT),
    "loss": (palette.LOSS, palette.LOSS_TEXT),
}
LINE = 0.3  # of a box's height: from its middle line of text to the one above or below
ASIDE = 0.6  # hundredths between boxes and the frame of their group
SPEED = 0.8  # steps a second

Place = tuple[float, float]


@dataclass(frozen=True)
class Layout:
    """Where the boxes stand, in hundredths of the picture: their middles, by name.

    Args:
        size: width and height of a box.
        wires: what leads from where to where, by the names of an operand and of what was made of it.
        groups: boxes that stand together, by their names.
        type: how large the type in the boxes is, in sizes of the drawing's.
        made: how a number is made, where that has room beside its name.
    """

    places: Mapping[str, Place]
    size: Place
    wires: Mapping[tuple[str, str], Sequence[tuple[Place, Place]]]
    groups: Sequence[Sequence[str]] = ()
    type: float = 1.0
    made: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Moment:
    """What is seen at one step.

    Args:
        title: what is told of it in a few words.
        caption: what is said above the picture.
        lines: what stands above the boxes, the first in the largest type.
        values, gradients: (N,) what stands in the boxes; empty for what is not known yet.
        shone: the boxes that take part, the one that is filled in last; back: whether on the way back.
    """

    title: str
    lines: Sequence[Sequence[Phrase]]
    values: Sequence[str]
    gradients: Sequence[str]
    shone: Sequence[str] = field(default=())
    back: bool = False
    caption: str = ""


def neuron_layout(narrow: bool = False) -> Layout:
    """Place one neuron with its loss: from left to right, on a phone from top to bottom."""
    pairs = [(f"x{i}", f"w{i}") for i in "₁₂"]
    leaves = [*(name for pair in pairs for name in pair), "b"]
    products = [f"{x}·{w}" for x, w in pairs]
    if narrow:
        across = 100 / len(leaves)
        places = {name: ((i + 0.5) * across, 73.0) for i, name in enumerate(leaves)}
        places |= {name: ((2 * i + 1) * across, 52.0) for i, name in enumerate(products)}
        places |= {"z": (70, 31), "h": (90, 31), "y": (50, 10), "d": (70, 10), "L": (90, 10)}
        size = 18.0, 14.5
    else:
        down = 82 / (len(leaves) - 1)
        places = {name: (5.5, 82 - (i + 0.5) * down) for i, name in enumerate(leaves[:-1])}
        places |= {name: (24.0, 82 - (2 * i + 1) * down) for i, name in enumerate(products)}
        places |= {
            "b": (24.0, 41),
            "z": (42, 41),
            "h": (59.5, 41),
            "y": (59.5, 14),
            "d": (77, 41),
            "L": (94.5, 41),
        }
        size = 11.0, 17.5
    made = [(x, p) for p, pair in zip(products, pairs, strict=True) for x in pair]
    made += [*((p, "z") for p in products), ("b", "z"), ("z", "h"), ("h", "d"), ("y", "d"), ("d", "L")]
    wires = {(a, b): [_wire(places[a], places[b], size)] for a, b in made}
    wires["d", "L"] = [_bent(wires["d", "L"][0], by) for by in (5.0, -5.0)]  # d is used twice
    made_of = {"z": "z = sum", "h": "h = tanh z", "d": "d = h − y", "L": "L = d·d"}
    return Layout(places, size, wires, type=1.0 if narrow else 1.3, made=made_of)


def network_layout(narrow: bool = False) -> Layout:
    """Place a 2–4–1 network on one point: a strip of boxes for every hidden neuron, two for the output."""
    strips = [[f"w₁{j}", f"w₂{j}", f"b{j}", f"z{j}", f"h{j}"] for j in "₁₂₃₄"]
    last = [["v₁", "v₂", "v₃", "v₄", "c"], ["z", "p", "y", "L"]]
    if narrow:
        size = 19.0, 9.2
        x = {"x₁": (32.0, 76.5), "x₂": (68.0, 76.5)}
        corners = [(2.0, 76.5 - 11.8 * i) for i in range(1, 7)]
    else:
        size = 7.0, 15.0
        x = {"x₁": (3.8, 54.5), "x₂": (3.8, 27.5)}
        corners = [*((19.0, 71.5 - 20.3 * i) for i in range(4)), (64.5, 51.2), (64.5, 30.9)]
    places = x | {
        name: (left + (i + 0.5) * size[0], y)
        for strip, (left, y) in zip([*strips, *last], corners, strict=True)
        for i, name in enumerate(strip)
    }
    groups = [*strips, [*last[0], *last[1]]]
    return Layout(
        places, size, {} if narrow else _between(places, size, strips), groups, 1.0 if narrow else 1.1
    )


def _between(places: Mapping[str, Place], size: Place, strips: Sequence[Sequence[str]]) -> dict:
    """Return the wires of a network: from the point to every strip, from every strip to the output."""
    wires = {}
    for strip in strips:
        first = places[strip[0]]
        for x in ("x₁", "x₂"):
            wires[x, strip[3]] = [_wire(places[x], (first[0] - ASIDE, first[1]), size)]
        output = places["v₁"][0] - ASIDE, (places["v₁"][1] + places["z"][1]) / 2
        wires[strip[4], "z"] = [_wire((places[strip[4]][0] + ASIDE, first[1]), output, size)]
    return wires


def computation_graph(
    layout: Layout,
    names: Sequence[str],
    roles: Sequence[str],
    moments: Sequence[Moment],
    *,
    font_size: int = FONT_SIZE,
    narrow: bool = False,
) -> Drawing:
    """Draw a graph whose boxes fill in, moment by moment; a click on one reports its name.

    Args:
        names, roles: (N,) of the numbers.
    """
    drawn: list[Primitive] = [_group(layout, names) for names in layout.groups]
    for ends, ways in layout.wires.items():
        drawn += [_drawn_wire(way, ends, moments) for way in ways]
    found = [bool(gradient) for gradient in moments[-1].gradients]
    boxes = [
        _box(layout, name, role, moments, pick=name if known else "")
        for name, role, known in zip(names, roles, found, strict=True)
    ]
    texts = [
        text
        for i, (name, role) in enumerate(zip(names, roles, strict=True))
        for text in _texts(layout, i, name, role, moments, font_size)
    ]
    said = _said(moments, font_size, narrow)
    titles, captions = [moment.title for moment in moments], [moment.caption for moment in moments]
    forward = sum(not moment.back for moment in moments)
    at = max(forward - 1, 0)  # it opens with the loss known, and the way back before it
    frames = Frames(titles, "step", SPEED, at, film=f"{len(names)} numbers", captions=captions)
    return Drawing([*drawn, *boxes, *texts, *said], (0, 100), (0, 100), font_size=font_size, frames=frames)


def computation_graph_alt(names: Sequence[str], loss: str, back: int) -> str:
    """Return one sentence: what the graph is made of; what is seen of it now is told frame by frame."""
    return (
        f"A computation graph of {len(names)} numbers, from {names[0]} to {names[-1]}: forward each number "
        f"is made of those before it, up to the loss {loss}; back, in {back} multiplications, each gets its "
        f"gradient."
    )


def _wire(start: Place, end: Place, size: Place) -> tuple[Place, Place]:
    """Return the line between two boxes: from the right to the left, or from the bottom to the top."""
    if end[0] - start[0] >= size[0]:
        return (start[0] + size[0] / 2, start[1]), (end[0] - size[0] / 2, end[1])
    return (start[0], start[1] - size[1] / 2), (end[0], end[1] + size[1] / 2)


def _bent(wire: tuple[Place, Place], by: float) -> tuple[Place, Place]:
    """Return a wire that begins so much higher and ends where it ended."""
    (x, y), end = wire
    return (x, y + by), end


def _group(layout: Layout, names: Sequence[str]) -> Box:
    """Return the frame around boxes that stand together."""
    x, y = zip(*(layout.places[name] for name in names), strict=True)
    across, up = layout.size[0] / 2 + ASIDE, layout.size[1] / 2 + 1.0
    return Box(min(x) - across, max(x) + across, min(y) - up, max(y) + up, color=palette.GREY, width=2)


def _drawn_wire(way: tuple[Place, Place], ends: tuple[str, str], moments: Sequence[Moment]) -> Line:
    taken = [set(ends) <= set(moment.shone) for moment in moments]
    x, y = zip(*way, strict=True)
    looks = [
        (palette.LOSS if m.back else palette.INK, 6) if t else (palette.GREY, 2)
        for t, m in zip(taken, moments, strict=True)
    ]
    colors, widths = zip(*looks, strict=True)
    return Line(x, y, Each(colors), Each(widths))


def _box(layout: Layout, name: str, role: str, moments: Sequence[Moment], pick: str) -> Box:
    x, y = layout.places[name]
    across, up = layout.size[0] / 2 - 0.3, layout.size[1] / 2
    color, _ = COLORS[role]
    looks = [_look(name, color, moment) for moment in moments]
    fill, edge, width, opacity = (Each(values) for values in zip(*looks, strict=True))
    title = f"{name}: its receipt" if pick else ""
    return Box(x - across, x + across, y - up, y + up, fill, edge, width, opacity, title, pick)


def _look(name: str, color: str, moment: Moment) -> tuple[str, str, int, float]:
    """Return filling, edge, width of the edge and opacity of the filling of a box."""
    if name not in moment.shone:
        return palette.BACKGROUND, color, 2, 1.0
    shade = palette.LOSS if moment.back else color
    return (shade, shade, 5, 0.18) if name == moment.shone[-1] else (palette.BACKGROUND, shade, 5, 1.0)


def _texts(
    layout: Layout, i: int, name: str, role: str, moments: Sequence[Moment], font_size: int
) -> list[Text]:
    x, y = layout.places[name]
    line = LINE * layout.size[1]
    values, gradients = ([getattr(m, what)[i] for m in moments] for what in ("values", "gradients"))
    size = layout.type * font_size
    return [
        Text(
            x,
            y + line,
            layout.made.get(name, name),
            COLORS[role][1],
            size,
            bold=True,
            room=layout.size[0],
            short=name,
        ),
        Text(x, y, Each(values), size=size),
        Text(x, y - line, Each(gradients), palette.LOSS_TEXT, size, bold=True),
    ]


def _said(moments: Sequence[Moment], font_size: int, narrow: bool) -> list[Text]:
    """Return the lines above the boxes, the first in large type."""
    sizes = (1.0, 1.0, 1.0) if narrow else (1.7, 1.1)
    step = 5.0 if narrow else 7.0
    drawn = []
    for i, size in enumerate(sizes):
        lines = [list(m.lines[i]) if i < len(m.lines) else "" for m in moments]
        drawn.append(Text(50, 97 - i * step, Each(lines), size=round(size * font_size, 1)))
    return drawn
