"""Figure 1 of Vaswani et al. (2017), whole, and step by step what a GPT leaves out of it and changes."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from explainer.figures import palette
from explainer.figures.base import FONT_SIZE
from explainer.figures.drawing import DOTTED, Box, Drawing, Each, Frames, Line, Primitive, Text

TITLES = (
    "2017: an encoder reads a sentence, a decoder writes its translation.",
    "A GPT leaves the encoder out: it only goes on with a text.",
    "So there is nothing to look across to: cross-attention goes as well.",
    "The norm comes first, and one more stands at the end: deeper models learn more steadily.",
    "GELU in place of ReLU: the bend has a rounded corner.",
    "Positions are learned, a row each, in place of sines and cosines.",
    "What is left is ours, with its numbers: click on a block.",
)
ENCODER, ACROSS, NORM, BEND, POSITION, OURS = range(1, len(TITLES))  # the frame in which each changes
GONE = 0.12  # of what a GPT leaves out
HEIGHT = 5.6  # of a block, of 100
WIDE = ((3.0, 41.0), (54.0, 92.0))  # left and right edge of encoder and decoder, of 100
NARROW = ((0.5, 47.0), (49.0, 95.5))
PAST = 1.5  # from the frame to what passes its blocks by
INSET = (3.0, 0.6)  # of a layer's blocks within its frame, on a projector and on a phone
# Floors: what the encoder has, and what the decoder has at first and with the norm first.
EMBEDDING, POSITIONS = 8.0, 16.4
FIRST = {"attention": 22.0, "norm 1": 28.6, "across": 36.8, "norm 2": 43.4, "mlp": 51.6, "norm 3": 58.2}
THEN = {"attention": 28.6, "norm 1": 22.0, "across": 36.8, "norm 2": 43.4, "mlp": 58.2, "norm 3": 51.6}
FRAMES = {"encoder": (20.0, 49.6), "decoder": (20.0, 66.2)}
SUMS = (35.6, 65.2)  # where what a sub-layer found is added, once its norm stands before it
SINES = ("⊕ positions: sines and cosines", "⊕ sines")  # as it is told, and on a phone
LAST, LINEAR, SOFTMAX, GUESSES = 68.0, 75.0, 82.4, (92.5, 97.5)


@dataclass(frozen=True)
class Ours:
    """What is live in the last frame: the model that stands in this house, and what it read.

    Args:
        text: whitespace made visible. layers: how many there are; the paper's figure says N.
        shares: by the decoder's blocks, from the embedding up, what stands in them in the end.
        guesses: characters and their probabilities, the best first.
    """

    text: str
    layers: int
    shares: dict[str, str]
    guesses: Sequence[tuple[str, float]]


def whole(ours: Ours, *, font_size: int = FONT_SIZE, narrow: bool = False) -> Drawing:
    """Draw the figure of 2017 and, frame by frame, what becomes of it in a GPT.

    A click reports ``block NAME`` or ``guess 0``.
    """
    encoder, decoder = NARROW if narrow else WIDE
    drawn = [*_encoder(encoder, decoder, narrow), *_decoder(decoder, ours, narrow), *_ends(decoder, ours)]
    return Drawing(drawn, (0, 100), (0, 101), font_size=font_size, frames=Frames(TITLES, speed=0.4))


def whole_alt(ours: Ours) -> str:
    """Return one sentence: the figure, what a GPT leaves out and changes, and what ours answers."""
    told = ", ".join(f"{character} {p:.0%}" for character, p in ours.guesses[:3])
    return (
        "Figure 1 of 2017: an encoder beside a decoder. A GPT leaves out the encoder and the "
        "cross-attention to it, puts the norm first, takes GELU for ReLU and learned positions for sines. "
        f"Ours, with {ours.layers} layers, reads {ours.text}; most probable next: {told}."
    )


def _until(frame: int, rest: float = GONE, before: float = 1.0) -> Each:
    """Return an opacity that falls with a frame."""
    return Each([before if i < frame else rest for i in range(len(TITLES))])


def _from(frame: int, full: float = 1.0) -> Each:
    return Each([full if i >= frame else 0.0 for i in range(len(TITLES))])


def _shown(first: int, end: int = len(TITLES)) -> Each:
    return Each([first <= i < end for i in range(len(TITLES))])


def _label(*changes: tuple[int, str]) -> Each:
    """Return a text that changes in some frames: (frame, from then on)."""
    return Each([[text for frame, text in changes if frame <= i][-1] for i in range(len(TITLES))])


def _encoder(edges: tuple[float, float], decoder: tuple[float, float], narrow: bool) -> list[Primitive]:
    """Draw the encoder, which a GPT leaves out, and its way across into the decoder."""
    left, right = edges
    middle, seen, there = (left + right) / 2, _until(ENCODER), _shown(0, ENCODER)
    blocks = (
        (EMBEDDING, "input embedding", palette.INPUT),
        (FIRST["attention"], "attention" if narrow else "multi-head attention", palette.WEIGHTS),
        (FIRST["norm 1"], "add & norm", palette.GREY),
        (FIRST["across"] - 1.2, "feed forward", palette.WEIGHTS),
        (FIRST["norm 2"] - 1.2, "add & norm", palette.GREY),
    )
    drawn: list[Primitive] = [_frame(left, right, FRAMES["encoder"], seen)]
    for floor, label, fill in blocks:
        sides = left + INSET[narrow], right - INSET[narrow]
        drawn.append(Box(*sides, floor, floor + HEIGHT, fill=fill, opacity=_until(ENCODER, GONE / 4, 0.16)))
        drawn.append(Text(middle, floor + HEIGHT / 2, label, shown=there))
    top, into = blocks[-1][0] + HEIGHT, FIRST["across"] + HEIGHT / 2
    return [
        *drawn,
        Line([middle, middle], [5.2, EMBEDDING], palette.GREY, opacity=seen),
        Line([middle, middle], [EMBEDDING + HEIGHT, FIRST["attention"]], palette.GREY, opacity=seen),
        Line([middle, middle, decoder[0] - 4, decoder[0] - 4, decoder[0] + INSET[narrow]],
             [top, 53.5, 53.5, into, into], palette.GREY, opacity=seen),
        Text(middle, POSITIONS + 1, SINES[narrow], halo=True, shown=there),
        Text(middle, 3, "a sentence", shown=there),
        Text(left, FRAMES["encoder"][1] + 2.6, "encoder, N ×", anchor="start", bold=True, shown=there),
        *_past(edges, narrow, [(21.0, 31.4), (34.9, 45.0)], seen),
        Text(middle, 33, "left out: the encoder", bold=True, shown=_shown(ENCODER)),
    ]  # fmt: skip


def _decoder(edges: tuple[float, float], ours: Ours, narrow: bool) -> list[Primitive]:
    """Draw the decoder as it was, and as it becomes a GPT."""
    left, right = edges
    middle = (left + right) / 2
    drawn: list[Primitive] = [
        _frame(left, right, FRAMES["decoder"], 1.0),
        Line([middle, middle], [5.2, EMBEDDING], palette.GREY),
        Line([middle, middle], [EMBEDDING + HEIGHT, FIRST["attention"]], palette.GREY),
        *_way(middle),
        *_residuals(edges, narrow),
        Text(left, FRAMES["decoder"][1] + 2.6, "decoder, N ×", anchor="start", bold=True,
             shown=_shown(0, NORM)),
    ]  # fmt: skip
    masked = "masked attention" if narrow else "masked multi-head attention"
    names = {
        "attention": ((0, masked), (OURS, ours.shares["masked attention"])),
        "norm 1": ((0, "add & norm"), (NORM, "layer norm"), (OURS, ours.shares["LayerNorm 1"])),
        "mlp": ((0, "feed forward: ReLU"), (BEND, "feed forward: GELU"), (OURS, ours.shares["MLP"])),
        "norm 3": ((0, "add & norm"), (NORM, "layer norm"), (OURS, ours.shares["LayerNorm 2"])),
    }
    picks = {"attention": "masked attention", "norm 1": "LayerNorm 1", "mlp": "MLP", "norm 3": "LayerNorm 2"}
    for name, changes in names.items():
        fill = palette.GREY if name.startswith("norm") else palette.WEIGHTS
        floors = [(THEN if i >= NORM else FIRST)[name] for i in range(len(TITLES))]
        drawn += _block(
            left + INSET[narrow], right - INSET[narrow], floors, fill, _label(*changes), picks[name]
        )
    for name, label in (("across", "cross-attention"), ("norm 2", "add & norm")):
        low, fill = FIRST[name], palette.WEIGHTS if name == "across" else palette.GREY
        shade = _until(ACROSS, GONE / 4, 0.16)
        drawn += [
            Box(left + INSET[narrow], right - INSET[narrow], low, low + HEIGHT, fill=fill, opacity=shade),
            Text(middle, low + HEIGHT / 2, label, shown=_shown(0, ACROSS)),
        ]
    token = _label(
        (0, "output embedding"), (ACROSS, "token embedding"), (OURS, ours.shares["token embedding"])
    )
    drawn += _block(left, right, [EMBEDDING] * len(TITLES), palette.INPUT, token, "token embedding")
    learned = "⊕ learned" if narrow else "⊕ positions: learned"
    drawn += [
        Text(
            middle,
            POSITIONS + 1,
            _label((0, SINES[narrow]), (POSITION, learned), (OURS, f"⊕ {ours.shares['position embedding']}")),
            halo=True,
        ),
        *(Text(middle, place, "⊕", halo=True, shown=_shown(NORM)) for place in SUMS),
        Text(
            right + 1, 43, _label((0, "N ×"), (OURS, f"{ours.layers} ×")), anchor="start", shown=_shown(NORM)
        ),
    ]
    final = _label((0, ""), (NORM, "layer norm"), (OURS, ours.shares["final LayerNorm"]))
    drawn.append(
        Box(left, right, LAST, LAST + HEIGHT, fill=palette.GREY, opacity=_from(NORM, 0.16),
            title="open final LayerNorm", pick="block final LayerNorm")
    )  # fmt: skip
    drawn.append(Text(middle, LAST + HEIGHT / 2, final))
    linear = _label((0, "linear"), (OURS, ours.shares["lm_head"]))
    drawn += _block(left, right, [LINEAR] * len(TITLES), palette.WEIGHTS, linear, "lm_head")
    soft = _label((0, "softmax"))
    return drawn + _block(left, right, [SOFTMAX] * len(TITLES), palette.PROBABILITIES, soft, "softmax")


def _way(middle: float) -> list[Primitive]:
    """Return the stretches of the way through a layer that no block covers, frame by frame."""
    floors = [{*(THEN if i >= NORM else FIRST).values(), LINEAR, SOFTMAX} for i in range(len(TITLES))]
    for i, found in enumerate(floors):
        found |= {LAST} if i >= NORM else set()
        if i >= ACROSS:
            found -= {FIRST["across"], FIRST["norm 2"]}
    ways = [[(low + HEIGHT, high) for low, high in pairwise(sorted(found))] for found in floors]
    longest = max(len(way) for way in ways)
    filled = [way + way[-1:] * (longest - len(way)) for way in ways]
    return [
        Line([middle, middle], Each([list(way[k]) for way in filled]), palette.GREY) for k in range(longest)
    ]


def _past(
    edges: tuple[float, float], narrow: bool, spans: Sequence[tuple[float, float]], seen: Each | float
) -> list[Primitive]:
    """Draw what passes sub-layers by, each to where it is added; a phone has no room for it."""
    left, right = edges
    x = [(left + right) / 2, left + PAST, left + PAST, left + INSET[0]]
    return [] if narrow else [Line(x, [a, a, b, b], palette.GREY, opacity=seen) for a, b in spans]


def _residuals(edges: tuple[float, float], narrow: bool) -> list[Primitive]:
    """Draw what passes the decoder's sub-layers by: into “add & norm” at first, later to the sum above."""
    if narrow:
        return []
    left, middle = edges[0], sum(edges) / 2
    drawn: list[Primitive] = _past(edges, narrow, [(35.5, 46.2)], _until(ACROSS, 0.0))
    for then, now in (((21.0, 31.4), (21.0, SUMS[0])), ((50.3, 61.0), (50.3, SUMS[1]))):
        spans = [now if i >= NORM else then for i in range(len(TITLES))]
        ends = [middle if i >= NORM else left + INSET[0] for i in range(len(TITLES))]
        x = Each([[middle, left + PAST, left + PAST, end] for end in ends])
        drawn.append(Line(x, Each([[a, a, b, b] for a, b in spans]), palette.GREY))
    return drawn


def _frame(left: float, right: float, span: tuple[float, float], seen: Each | float) -> Line:
    low, high = span
    x, y = [left, right, right, left, left], [low, low, high, high, low]
    return Line(x, y, palette.GREY, 2, DOTTED, opacity=seen)


def _block(
    left: float, right: float, floors: Sequence[float], fill: str, label: Each, pick: str
) -> list[Primitive]:
    """Draw a block that may move from frame to frame, with what stands in it."""
    low, middle = Each(list(floors)), Each([floor + HEIGHT / 2 for floor in floors])
    high = Each([floor + HEIGHT for floor in floors])
    box = Box(left, right, low, high, fill=fill, opacity=0.16, title=f"open {pick}", pick=f"block {pick}")
    return [box, Text((left + right) / 2, middle, label)]


def _ends(edges: tuple[float, float], ours: Ours) -> list[Primitive]:
    """Draw what goes in below and comes out above: words of 2017, then the model's own."""
    left, right = edges
    middle, (low, high) = (left + right) / 2, GUESSES
    drawn: list[Primitive] = [
        Text(middle, 3, "its translation so far", shown=_shown(0, ENCODER)),
        Text(middle, 3, "a text", shown=_shown(ENCODER, OURS)),
        Text(middle, 3, ours.text[-24:], palette.INPUT_TEXT, bold=True, shown=_shown(OURS)),
        Text(middle, 92, "the next word", shown=_shown(0, OURS)),
    ]
    step = (right - left) / len(ours.guesses)
    for i, (character, p) in enumerate(ours.guesses):
        x, top = left + step * (i + 0.5), low + p / ours.guesses[0][1] * (high - low)
        drawn += [
            Box(x - 0.25 * step, x + 0.25 * step, low, top, fill=palette.PROBABILITIES, opacity=_from(OURS),
                title=f"{character}: {p:.1%}; open its receipt", pick=f"guess {i}"),
            Text(x, low - 2.2, character, palette.PROBABILITIES_TEXT, bold=True, shown=_shown(OURS)),
            Text(x, top + 2.0, f"{p:.0%}", shown=_shown(OURS)),
        ]  # fmt: skip
    return drawn
