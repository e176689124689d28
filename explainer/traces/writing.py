"""A text that a GPT writes on: who looks at whom, what is likely next, and what is drawn."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import torch

from explainer.models.gpt import GPT
from explainer.sampling import GPTReader, Settings, chances, check_prompt, packed, pick
from explainer.vocabulary import Vocabulary

PLAIN = Settings()
ROOM = 560_000  # bytes of attention that are told at once; with 400 draws, less than a megabyte


@dataclass(frozen=True, eq=False)
class Row:
    """Whom one character looks at, in every layer and head.

    Args:
        character: its place in the text, counted from 0.
        window: place of the first character that the model still sees.
        attention: (n_layer, n_head, character - window + 1) float16 shares that sum to one.
    """

    character: int
    window: int
    attention: np.ndarray


@dataclass(frozen=True, eq=False)
class Draw:
    """How one character was chosen.

    Args:
        probabilities: (V,) what the model gives every character.
        chances: (V,) what each is drawn with after temperature, top-k and top-p.
        roll: the number in [0, 1) that was drawn.
        fallen: id of the character that the roll falls on.
        token: id of the character that was taken: ``fallen``, unless another one was kept.
    """

    probabilities: np.ndarray
    chances: np.ndarray
    roll: float
    fallen: int
    token: int


@dataclass(frozen=True, eq=False)
class Writing:
    """Characters that were written, from the one with the number ``first`` on, and what they looked at."""

    first: int
    rows: tuple[Row, ...]
    draws: tuple[Draw, ...]


@torch.inference_mode()
def write(
    model: GPT,
    vocabulary: Vocabulary,
    prompt: str,
    kept: str,
    count: int,
    settings: Settings = PLAIN,
    *,
    seed: int = 0,
    stop: str | None = None,
    whole: bool = False,
    seen: int = 0,
) -> Writing:
    """Go on with a text, and tell of every new character what stood behind it.

    Prompt and kept text are read at once; what follows is what ``sampling.generate`` writes with the same
    seed and the kept characters forced.

    Args:
        kept: characters after the prompt that stay as they are.
        count: new characters at most, one at least.
        stop: character after which the text ends; no kept character but the last may be it.
        whole: whether the kept characters' draws and their rows are told too; otherwise only what is new.
        seen: how many characters after the prompt are seen at first. Where not all rows have room, those
            nearest to the last of them stay, of its window alone; ``rows`` tells the others.
    Raises:
        BadRequest: if the prompt is empty or too long.
        UnknownCharacter: if the text holds characters that the model has never seen.
    """
    start, taken = check_prompt(vocabulary, prompt), vocabulary.encode(kept)
    ended = bool(kept) and kept[-1] == stop
    ids = start + taken[: len(taken) - ended]  # after its last character nothing is asked any more
    state = GPTReader(model)
    parts = list(_read(state, ids, len(start), whole))
    rows = [row for part, _ in parts for row in part]
    logits = [vector for _, part in parts for vector in part]
    first = len(ids) - len(start) + 1 - len(logits)
    die = random.Random(seed)
    rolls = [die.random() for _ in range(len(taken) + count)]
    given = dict(enumerate(taken))
    draws = [_draw(v, settings, rolls[n], given.get(n)) for n, v in enumerate(logits, first)]
    final = None if stop is None else vocabulary.encode(stop)[0]
    while not ended and draws[-1].token != final and first + len(draws) < len(rolls):
        ids.append(draws[-1].token)
        vector = state.read(ids[-1:])  # (V,)
        rows += _rows(state.patterns, len(ids) - len(state.window), len(ids))
        draws.append(_draw(vector, settings, rolls[first + len(draws)], None))
    at = min(len(start) - 1 + (max(0, seen - 1) if whole else len(kept)), rows[-1].character)
    window = windows(len(start), at + 1, state.model.config.block_size)[-1][0] if whole else None
    return Writing(first, _nearest(rows, at, window), tuple(draws))


@torch.inference_mode()
def rows(model: GPT, vocabulary: Vocabulary, text: str, window: int, end: int) -> tuple[Row, ...]:
    """Return the rows of a window's last characters before ``end``, as many as have room.

    Args:
        text: prompt and what follows; window and end are places in it.
    """
    ids = vocabulary.encode(text[window:end])
    _, patterns = packed(model).read(torch.tensor([ids]))  # L times (1, nh, T, T)
    return _nearest(list(_rows(patterns, window, end)), end)


def _nearest(rows: list[Row], place: int, window: int | None = None) -> tuple[Row, ...]:
    """Return the rows nearest to a place, those of one window before all others, as many as have room."""
    order = sorted(rows, key=lambda row: (window not in (None, row.window), abs(row.character - place)))
    fitting = np.cumsum([row.attention.nbytes for row in order]) <= ROOM
    kept = {id(row) for row, fits in zip(order, fitting, strict=True) if fits}
    # Copies: a row alone would keep all that it was cut from.
    return tuple(replace(row, attention=row.attention.copy()) for row in rows if id(row) in kept)


def windows(prompt: int, length: int, size: int) -> list[tuple[int, int]]:
    """Return the windows that a text has been read in while it grew character by character.

    Args:
        prompt: characters that it began with.
        length: characters that it has.
        size: characters that the model sees at most.
    Returns:
        (first, end) of each window; in a full one the older half is dropped, as ``GPTReader`` does.
    """
    found = [(max(0, prompt - size), min(length, max(prompt, size)))]
    while found[-1][1] < length:
        end = found[-1][1] + 1
        first = end - size // 2
        found.append((first, min(length, first + size)))
    return found


def _read(
    state: GPTReader, ids: list[int], prompt: int, whole: bool
) -> Iterator[tuple[list[Row], list[torch.Tensor]]]:
    """Read a text window by window; yield the rows of each and the logits of what was asked in it."""
    size = state.model.config.block_size
    spans = windows(prompt, len(ids), size)
    before = prompt - 1  # the first question comes after so many characters and one
    for first, end in spans:
        if whole or end == len(ids):
            state.window, state.cache.length = ids[first:end], 0
            idx = torch.tensor([state.window], device=state.device)  # (1, T)
            logits, state.patterns = state.model.read(idx, state.cache)  # (1, T, V)
            new = before + 1 == len(ids) and before >= prompt  # the window has just moved
            rows = list(_rows(state.patterns, first, end))
            asked = list(logits[0, before - first :])  # (V,) each
            yield (rows, asked) if whole else (rows if new else rows[-1:], asked[-1:])
        before = end


def _rows(patterns: list[torch.Tensor], first: int, end: int) -> Iterator[Row]:
    """Return the rows that a reading of T characters gave, for a window from first to end."""
    attention = torch.stack([pattern[0] for pattern in patterns]).half().cpu().numpy()  # (L, nh, T, S)
    read = attention.shape[2]
    for t in range(read):
        character = end - read + t
        yield Row(character, first, attention[:, :, t, : character - first + 1])


def _draw(logits: torch.Tensor, settings: Settings, roll: float, kept: int | None) -> Draw:
    drawn = chances(logits, settings)  # (V,)
    fallen = pick(drawn, roll)
    probabilities = torch.softmax(logits.double(), -1).cpu().numpy()  # (V,)
    return Draw(probabilities, drawn, roll, fallen, fallen if kept is None else kept)
