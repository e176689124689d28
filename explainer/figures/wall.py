"""A wall of names: where they come from above each column, how surprising each is beside it."""

from collections.abc import Sequence
from dataclasses import dataclass

from explainer.figures import palette
from explainer.figures.base import FONT_SIZE
from explainer.figures.drawing import Drawing, Text

LARGE = 2.0  # the size of a name, times that of the type around it
ON_PHONE = 1.2
LONGEST = {False: 13, True: 7}  # letters of a name that fit beside its judgement, by whether it is a phone
EMPTY = "(empty)"  # a name that ended before its first letter; in brackets, as it is none


@dataclass(frozen=True)
class Column:
    """Names that come from one source; a judgement of each, or none as long as they are only read."""

    heading: str
    names: Sequence[str]
    judgements: Sequence[str] = ()


def wall(columns: Sequence[Column], *, font_size: int = FONT_SIZE, narrow: bool = False) -> Drawing:
    """Draw the names of each column below its heading, large; what is judged stands at their right."""
    rows = max(len(column.names) for column in columns)
    primitives = [text for i, one in enumerate(columns) for text in _column(i, one, font_size, narrow)]
    return Drawing(primitives, x=(0, len(columns) - 0.1), y=(rows + 0.5, -1), font_size=font_size)


def wall_alt(columns: Sequence[Column]) -> str:
    """Return one sentence: the names of each column, and what is judged of them."""
    return " ".join(f"{column.heading}: {', '.join(_told(column))}." for column in columns)


def _column(place: int, column: Column, font_size: int, narrow: bool) -> list[Text]:
    large = font_size * (ON_PHONE if narrow else LARGE)
    heading = Text(place, -0.6, column.heading, anchor="start", bold=True)
    names = [
        Text(place, row + 0.5, _cut(name, narrow), size=large, anchor="start")
        for row, name in enumerate(column.names)
    ]
    judged = [
        Text(x=place + 0.9, anchor="end", y=row + 0.5, text=text, color=palette.LOSS_TEXT)
        for row, text in enumerate(column.judgements)
    ]
    return [heading, *names, *judged]


def _cut(name: str, narrow: bool) -> str:
    most = LONGEST[narrow]
    return (name or EMPTY) if len(name) <= most else f"{name[: most - 1]}…"


def _told(column: Column) -> list[str]:
    if not column.judgements:
        return [name or EMPTY for name in column.names]
    return [f"{name or EMPTY} {text}" for name, text in zip(column.names, column.judgements, strict=True)]
