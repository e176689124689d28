"""Figure 1 of Vaswani et al. (2017), its decoder half redrawn: one path from a text to the next character."""

from collections.abc import Sequence

from explainer.figures import palette
from explainer.figures.base import FONT_SIZE
from explainer.figures.drawing import DOTTED, Box, Drawing, Line, Primitive, Text

# Each block's floor, of 100 from the ground up, its left and right edge, and its colour.
LEFT, RIGHT, MIDDLE = 16.0, 84.0, 50.0
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
    font_size: int = FONT_SIZE,
    narrow: bool = False,
) -> Drawing:
    """Draw the path of a text through the blocks to the most probable next characters.

    A click reports ``block 3`` or ``guess 0``.

    Args:
        text: what was read, whitespace made visible.
        blocks: the nine blocks' labels, from the embeddings to the softmax.
        opened: the block that stands out; layer: of how many layers, counted from 0.
        guesses: characters and their probabilities, the best first.
    """
    most = 15 if narrow else 26  # letters that have room
    drawn = _paths(font_size)
    for i, (label, floor) in enumerate(zip(blocks, FLOORS, strict=True)):
        drawn += _block(i, label, floor, i == opened)
    read = Text(MIDDLE, 3, text[-most:], palette.INPUT_TEXT, font_size + 4, bold=True)
    beside = [
        Text(RIGHT + 2, y, told, anchor="start")
        for y, told in ((41.5, f"layer {layer + 1}"), (37, f"of {layers}"))
    ]
    drawn += [read, *beside, *_guessed(guesses)]
    return Drawing(drawn, (0, 100), (0, 101), font_size=font_size)


def decoder_alt(text: str, layers: int, opened: str, guesses: Sequence[tuple[str, float]]) -> str:
    """Return one sentence: the text, the blocks on its way, and the most probable next characters."""
    told = ", ".join(f"{character} {p:.0%}" for character, p in guesses[:3])
    return (
        f"The text {text} goes through token and position embedding, {layers} layers of LayerNorm, masked "
        f"attention, LayerNorm and MLP, a final LayerNorm, lm_head and softmax; opened is {opened}. "
        f"Most probable next: {told}."
    )


def _block(i: int, label: str, floor: tuple[float, float, float, str], opened: bool) -> list[Primitive]:
    low, left, right, color = floor
    look = {"color": palette.INK, "width": 4, "opacity": 0.5} if opened else {"opacity": 0.16}
    box = Box(left, right, low, low + HEIGHT, fill=color, **look, title=f"open {label}", pick=f"block {i}")
    return [box, Text((left + right) / 2, low + HEIGHT / 2, label, bold=opened)]


def _paths(font_size: int) -> list[Primitive]:
    """Draw the frame around a layer, the stream through it, and the places where something is added."""
    low, high = FRAME
    drawn: list[Primitive] = [
        Line([LEFT - 2, RIGHT + 1, RIGHT + 1, LEFT - 2, LEFT - 2], [low, low, high, high, low], palette.GREY,
             2, DOTTED)
    ]  # fmt: skip
    tops = [15.2, *(floor + HEIGHT for floor, *_ in FLOORS[2:])]
    ends = [*(floor for floor, *_ in FLOORS[2:]), 86.0]
    drawn += [_wire((x, x), (5.2, 9.0)) for x in (32.0, 68.0)]
    drawn += [_wire((MIDDLE, MIDDLE), ends_of) for ends_of in zip(tops, ends, strict=True)]
    for entry, out in ((19.8, SUMS[0]), (39.7, SUMS[1])):
        drawn.append(_wire((MIDDLE, STREAM, STREAM, MIDDLE), (entry, entry, out, out)))
    size = round(1.4 * font_size)
    return drawn + [Text(MIDDLE, place, "⊕", size=size, halo=True) for place in (17.0, *SUMS)]


def _wire(x: Sequence[float], y: Sequence[float]) -> Line:
    return Line(x, y, palette.GREY)


def _guessed(guesses: Sequence[tuple[str, float]]) -> list[Primitive]:
    """Draw the guesses as bars over their characters, the longest as high as there is room."""
    low, high = GUESSES
    step = (RIGHT - LEFT + 20) / len(guesses)
    drawn: list[Primitive] = []
    for i, (character, p) in enumerate(guesses):
        x, top = LEFT - 10 + step * (i + 0.5), low + p / guesses[0][1] * (high - low)
        title = f"{character}: {p:.1%}; open its receipt"
        drawn += [
            Box(x - 0.25 * step, x + 0.25 * step, low, top, fill=palette.PROBABILITIES, title=title,
                pick=f"guess {i}"),
            Text(x, low - 2.4, character, palette.PROBABILITIES_TEXT, bold=True),
            Text(x, top + 2.2, f"{p:.0%}"),
        ]  # fmt: skip
    return drawn
