"""Which probability a receipt is asked for, and the address of one of its steps."""

from typing import NamedTuple


class Question(NamedTuple):
    """Which probability a receipt explains.

    Args:
        model: a checkpoint's name, or one that ``models`` gives to a model made in this visit.
        context: the characters before; for a model of names without the boundary.
        character: the one that may come next.
        read: how many of the last characters a GPT read, the boundary counted; as many as it can if None.
    """

    model: str
    context: str
    character: str
    read: int | None = None


def link(asked: Question, path: str = "") -> dict[str, str]:
    """Return what stands in the address of a step."""
    query = {"model": asked.model, "context": asked.context, "next": asked.character, "step": path}
    query["read"] = str(asked.read or "")
    return {key: value for key, value in query.items() if value}


def count(text: str) -> int | None:
    """Return a number of characters; None if the text says none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 and int(text) else None
