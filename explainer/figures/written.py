"""Names that a model writes at steps of its training: a line a step, a column a roll of the dice."""

from collections.abc import Sequence
from dataclasses import dataclass

from explainer.figures import palette
from explainer.figures.base import FONT_SIZE
from explainer.figures.drawing import Drawing, Line, Phrase, Primitive, Text
from explainer.figures.wall import EMPTY

COLUMNS = 4
STEPS = 0.12  # where the steps end, of the width
NAMES = 0.15, 0.9  # from where to where the names stand
LEAST = 7  # lines that the height is shared among, at least
CAPITAL, SMALL = 0.72, 0.54  # width of a capital and of a small letter, in sizes of their type, about


@dataclass(frozen=True)
class Row:
    """What was written at a step, and what it cost the model itself, in nats per character."""

    step: int
    names: Sequence[str]
    nats: float


@dataclass(frozen=True)
class Extreme:
    """The best or the worst name of the last step: what is said of it, the name, its nats per character."""

    told: str
    name: str
    nats: float


def written(
    rows: Sequence[Row],
    extremes: Sequence[Extreme],
    *,
    count: int,
    width: float,
    columns: int = COLUMNS,
    font_size: int = FONT_SIZE,
    narrow: bool = False,
) -> Drawing:
    """Draw the names of every step, those of the last one in bold, and below them its best and its worst.

    Args:
        count: of names at a step, of which the first are shown; the numbers are of all.
        columns: of names beside each other; one for the lines of a text.
        width: of the picture, in sizes of its type; a name that has no room is cut off.
    """
    columns = min(columns, 2) if narrow else columns
    head: list[Primitive] = [
        Text(STEPS, -1, "step", anchor="end"),
        Text(NAMES[0], -1, "the same dice at every step", anchor="start"),
        Text(1, -1, f"nats per character, mean of {count}", anchor="end"),
    ]
    drawn = head if not narrow else [head[0], head[2]]
    for place, row in enumerate(rows):
        drawn += _line(place, row, columns, place == len(rows) - 1, width)
    ground = len(rows) - 0.5
    drawn.append(Line((0, 1), (ground, ground), palette.GRID, 2))
    drawn += [part for i, one in enumerate(extremes) for part in _extreme(ground + 0.6 + i, one)]
    lines = max(LEAST, len(rows) + len(extremes))
    return Drawing(drawn, y=(lines + 0.2, -1.5), font_size=font_size)


def written_alt(rows: Sequence[Row]) -> str:
    """Return one sentence: what the model wrote at the first step that is shown and at the last."""
    told = [
        f"at step {row.step:,} {', '.join(row.names)} ({row.nats:.2f} nats per character)"
        for row in (rows[:1] if len(rows) == 1 else (rows[0], rows[-1]))
    ]
    return f"Names that the model writes with the same dice: {'; '.join(told)}."


def _line(place: int, row: Row, columns: int, last: bool, width: float) -> list[Primitive]:
    """Return the line of one step; that of the last one in bold."""
    apart = (NAMES[1] - NAMES[0]) / columns
    room = int(apart * width / (CAPITAL if columns > 1 else SMALL)) - 1
    names = [
        Text(NAMES[0] + i * apart, place, _cut(name, room), anchor="start", bold=last)
        for i, name in enumerate(row.names[:columns])
    ]
    step = Text(STEPS, place, f"{row.step:,}", anchor="end", bold=last)
    return [step, *names, Text(1, place, f"{row.nats:.2f}", palette.LOSS_TEXT, anchor="end", bold=last)]


def _extreme(place: float, one: Extreme) -> list[Primitive]:
    name = [Phrase(f"{one.told} "), Phrase(one.name, palette.PROBABILITIES_TEXT, bold=True)]
    return [
        Text(0, place, name, anchor="start"),
        Text(1, place, f"{one.nats:.2f}", palette.LOSS_TEXT, anchor="end"),
    ]


def _cut(name: str, room: int) -> str:
    """Return a name, or its beginning if it has no room; an empty one is called so."""
    return (name if len(name) <= room else f"{name[: room - 1]}…") or EMPTY
