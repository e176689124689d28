"""Names as the browser draws them: cards of letters, answers side by side, a ledger, and a game."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from explainer.components import component, events

_FOLDER = Path(__file__).parent


def _component(name: str) -> Any:
    return component(f"names_{name}", [_FOLDER / "names.css"], _FOLDER / f"{name}.js")


_cards, _answers, _ledger, _guess = map(_component, ("cards", "answers", "ledger", "guess"))


@dataclass(frozen=True)
class Letter:
    """A letter of a name; one that was given and not written by a model has no probability."""

    symbol: str
    probability: float | None
    told: str  # what is said of it on hover


@dataclass(frozen=True)
class Card:
    """A name that a model made, letter by letter, the end included."""

    name: str
    letters: Sequence[Letter]
    odds: str  # how probable it is
    known: str  # what the register says
    real: bool  # whether it stands in the register


@dataclass(frozen=True)
class Answer:
    """What one model says: the probability of every column, and names that it makes."""

    label: str
    told: str
    probabilities: Sequence[float]
    samples: Sequence[str]


@dataclass(frozen=True)
class Column:
    """A column of a ledger."""

    title: str
    detail: str
    role: str  # of the colour grammar: "weights", "probabilities", …


@dataclass(frozen=True)
class Entry:
    """A number of a ledger: as text, as a bar (a share of the longest one), and what is to be said of it."""

    text: str
    share: float
    detail: str = ""
    digits: bool = False  # whether each digit stands in a window of its own, as on an odometer


@dataclass(frozen=True)
class Player:
    """One who guesses: what was said last, whether it was right, and how it stands."""

    label: str
    guess: str
    hit: bool | None  # None before the first guess
    score: str
    paid: str


def cards(shown: Sequence[Card], *, key: str, alt: str) -> tuple[int, int | None] | None:
    """Draw one card a name; its letters carry their probability as bars.

    Returns:
        What was clicked in this run: the card and the letter, or the card alone; None if nothing was.
    """
    data = {"alt": alt, "cards": [asdict(card) for card in shown]}
    told = _cards(key=key, data=data, height="stretch", on_open_change=_nothing)
    return events.heard(told, "open", _letter_of(shown))


def _letter_of(shown: Sequence[Card]) -> events.Reader[tuple[int, int | None]]:
    """Return what reads a card and one of the letters that a model gave it, or the card alone."""

    def read(value: Any) -> tuple[int, int | None]:
        card = events.record(card=events.index(len(shown)))(value)["card"]
        letters = shown[card].letters
        letter = events.record(letter=events.maybe(events.index(len(letters))))(value)["letter"]
        if letter is not None and letters[letter].probability is None:
            raise events.Forged("a letter that was given opens nothing")
        return card, letter

    return read


def answers(
    columns: Sequence[str], shown: Sequence[Answer], heading: str, *, key: str, alt: str
) -> tuple[int, int] | None:
    """Draw one row of bars an answer, all over the same columns.

    Args:
        heading: what the samples at the right are.
    Returns:
        The answer and the column that were clicked in this run; None if nothing was.
    """
    rows = [asdict(answer) for answer in shown]
    data = {"alt": alt, "columns": list(columns), "rows": rows, "heading": heading}
    told = _answers(key=key, data=data, height="stretch", on_open_change=_nothing)
    place = events.record(row=events.index(len(rows)), column=events.index(len(columns)))
    clicked = events.heard(told, "open", place)
    return None if clicked is None else (clicked["row"], clicked["column"])


def ledger(
    columns: Sequence[Column], rows: Mapping[str, tuple[str, Sequence[Entry]]], *, key: str, alt: str
) -> None:
    """Draw a table of numbers, each with its bar.

    Args:
        rows: by label, what is said of it, and an entry for each column.
    """
    told = [
        {"label": label, "told": said, "entries": [asdict(entry) for entry in entries]}
        for label, (said, entries) in rows.items()
    ]
    data = {"alt": alt, "columns": [asdict(column) for column in columns], "rows": told}
    _ledger(key=key, data=data, height="stretch")


def guess(
    word: str,
    letters: Sequence[str],
    players: Sequence[Player],
    verdict: str,
    over: bool,
    *,
    key: str,
    on_guess: Callable[[str], None],
) -> None:
    """Draw the letters of a hidden name so far, one button a letter, and how the players stand.

    Args:
        verdict: what is said of the last guess.
        over: whether the name is known to its end.
        on_guess: gets the letter that was clicked or typed, before the rerun; "" to go on to the next name.
    """
    data = {"word": word, "letters": list(letters), "verdict": verdict, "over": over}
    data["players"] = [asdict(player) for player in players]
    letter = events.record(letter=events.one_of([""] if over else letters))
    guessed = events.on(key, "open", letter, lambda told: on_guess(told["letter"]))
    _guess(key=key, data=data, height="stretch", on_open_change=guessed)


def _nothing() -> None:
    """A click needs only the rerun."""
