"""What a kept key and value saves: a text written with everything computed anew, and with what is kept."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch

from explainer.models.gpt import GPT, GPTConfig
from explainer.sampling import GPTReader, Reader, WindowReader

WORK = 4_000_000_000  # multiplications that the plain way may cost: about a tenth of a second
FEWEST, MOST = 4, 12  # characters that are written
PATIENCE = 0.25  # seconds that both ways may take together; on a slow server fewer characters are measured


@dataclass(frozen=True)
class Counted:
    """The multiplications that every new character costs.

    Args:
        read: (N,) characters that are read before the new one is known.
        anew: (N,) multiplications if all of them are computed again, as the talk's script does.
        kept: (N,) the same if keys and values of the earlier ones are there.
        numbers: (N,) keys and values that are kept then, over all layers.
    """

    read: np.ndarray
    anew: np.ndarray
    kept: np.ndarray
    numbers: np.ndarray


def count(config: GPTConfig, prompt: int, length: int) -> Counted:
    """Count what it costs to write so many characters behind a prompt, by the model's shape alone.

    Args:
        prompt, length: characters; together at most block_size.
    """
    read = np.arange(prompt, prompt + length)  # (N,)
    new = np.r_[prompt, np.ones(length - 1, dtype=int)]  # (N,) characters that the cache has not seen
    return Counted(
        read,
        anew=multiplications(config, read, read, read),
        kept=multiplications(config, new, read, np.ones_like(read)),
        numbers=2 * config.n_layer * config.n_embd * read,
    )


def multiplications(config: GPTConfig, new: np.ndarray, seen: np.ndarray, asked: np.ndarray) -> np.ndarray:
    """Return the multiplications of all matrix products of one reading.

    In each layer: query, key and value 3 · n_embd², the projection 1 · n_embd², the MLP 8 · n_embd² for each
    new character; scores and mixture of the values n_embd each for each pair of a new and a seen one.

    Args:
        new: (N,) characters that go through the model, seen: (N,) with those whose keys are kept.
        asked: (N,) positions whose logits are computed.
    """
    weights = 12 * config.n_embd**2 * new  # (N,)
    attention = 2 * config.n_embd * new * seen  # (N,)
    return config.n_layer * (weights + attention) + config.n_embd * config.vocab_size * asked  # (N,)


def affordable(config: GPTConfig, prompt: int) -> int:
    """Return how many characters may be written the plain way, behind a prompt of so many."""
    room = min(MOST, config.block_size - prompt)
    costs = np.cumsum(count(config, prompt, room).anew)  # (room,)
    return min(room, max(FEWEST, int((costs <= WORK).sum())))


@dataclass(frozen=True)
class Measured:
    """Seconds of one processor that every new character took, both ways in turn; NaN where patience was over.

    Args:
        anew, kept: (N,). tokens: (N,) ids of the likeliest characters, which both ways found.
        agree: whether both ways found the same.
    """

    anew: np.ndarray
    kept: np.ndarray
    tokens: np.ndarray
    agree: bool

    @property
    def steps(self) -> int:
        """How many characters were measured."""
        return int(np.isfinite(self.anew).sum())


@torch.inference_mode()
def measure(
    model: GPT,
    ids: Sequence[int],
    length: int,
    stop: int | None = None,
    clock: Callable[[], float] = time.thread_time,
) -> Measured:
    """Write the likeliest characters behind a prompt in both ways, in turn, and take the time.

    What is not measured is still written with what is kept, which costs next to nothing.

    Only this thread's own time counts: another visitor's work would else be told as the model's.

    Args:
        ids: prompt; with length at most block_size.
        stop: id after which the text ends.
        clock: returns seconds.
    """
    plain, cached = WindowReader(model, model.config.block_size), GPTReader(model)
    seconds, agree = np.full((2, length), np.nan), True
    tokens: list[int] = []
    GPTReader(model).read(list(ids))  # what comes first is slow for reasons of the machine
    begun, read = clock(), list(ids)
    for n in range(length):
        seconds[1, n], token = _timed(cached, read, clock)
        if n < 2 or clock() - begun < PATIENCE:
            seconds[0, n], other = _timed(plain, read, clock)
            agree &= token == other
        tokens, read = [*tokens, token], [token]
        if token == stop:
            break
    seconds[1, np.isnan(seconds[0])] = np.nan  # only what both did is compared
    anew, kept = seconds[:, : len(tokens)]  # (N,) each
    return Measured(anew, kept, np.array(tokens), agree)


def _timed(reader: Reader, ids: list[int], clock: Callable[[], float]) -> tuple[float, int]:
    """Return the seconds that reading on took, and the likeliest next character."""
    begun = clock()
    logits = reader.read(ids)  # (V,)
    return clock() - begun, int(logits.argmax())
