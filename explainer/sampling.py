"""Characters drawn one at a time from any of the models: temperature, top-k, top-p, seeds, a KV cache."""

import copy
import math
import random
import threading
from collections.abc import Iterator, Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from types import MappingProxyType
from typing import Protocol
from weakref import WeakKeyDictionary

import numpy as np
import torch

from explainer.faults import Fault
from explainer.models.gpt import GPT, Gains, KVCache
from explainer.models.half import HalfLinear, can_be_halved
from explainer.vocabulary import BOUNDARY, Vocabulary

LONGEST_PROMPT = 20_000  # characters; the models read 256 at most
LARGE = 256  # numbers a character has in a model whose texts take long
# Large models take turns, character by character, and leave a core to everybody else.
_reading = threading.Lock()


class BadRequest(Fault, ValueError):
    """A sampling request that no model can answer; the message says what to do."""


@dataclass(frozen=True)
class Settings:
    """How the next character is chosen from the model's probabilities.

    Args:
        temperature: divides the logits; 0 always takes the likeliest character (greedy).
        top_k: only so many of the likeliest characters may be drawn; None for all.
        top_p: only the likeliest characters that together reach this probability may be drawn.
    Raises:
        BadRequest: if a number is out of its range.
    """

    temperature: float = 1.0
    top_k: int | None = None
    top_p: float = 1.0

    def __post_init__(self) -> None:
        if not (math.isfinite(self.temperature) and self.temperature >= 0):
            raise BadRequest(f"The temperature is {self.temperature}; choose 0 (greedy) or more.")
        if self.top_k is not None and self.top_k < 1:
            raise BadRequest(f"top-k is {self.top_k}; choose 1 or more, or leave it out.")
        if not 0 < self.top_p <= 1:
            raise BadRequest(f"top-p is {self.top_p}; choose a probability above 0 and up to 1.")


@dataclass(frozen=True)
class Switches:
    """Parts of a GPT that write nothing while it generates.

    Args:
        heads: (layer, head) pairs, counted from 0.
        mlps: layers whose MLP is off.
        layers: layers that are off altogether, attention and MLP.
    """

    heads: frozenset[tuple[int, int]] = frozenset()
    mlps: frozenset[int] = frozenset()
    layers: frozenset[int] = frozenset()

    def gains(self, model: GPT) -> Gains | None:
        """Return the factors for ``GPT.read``; None if everything is on.

        Raises:
            BadRequest: if the model has no such layer or head.
        """
        if not (self.heads or self.mlps or self.layers):
            return None
        gains = Gains(torch.ones(model.config.n_layer, model.config.n_head), torch.ones(model.config.n_layer))
        try:
            for layer, head in self.heads:
                gains.head[layer, head] = 0
            gains.mlp[list(self.mlps | self.layers)] = 0
            gains.head[list(self.layers)] = 0
        except IndexError as error:
            shape = f"{model.config.n_layer} layers with {model.config.n_head} heads each"
            raise BadRequest(f"The model has {shape}; choose among those, counted from 0.") from error
        return gains


@dataclass(frozen=True)
class Candidate:
    """One possible next character.

    Args:
        probability: what the model gives it.
        chance: what it is drawn with after temperature, top-k and top-p.
    """

    token: int
    character: str
    probability: float
    chance: float


@dataclass(frozen=True)
class Step:
    """One character and how it was chosen.

    Args:
        roll: the number in [0, 1) that was drawn; None if the character was greedy or forced.
        candidates: the likeliest characters, best first.
        attention: (n_layer, n_head, S) share of attention that the last position pays to each of the S
            characters of the window; None if not asked for.
        window: ids of the S characters that the prediction was made from.
    """

    token: int
    character: str
    roll: float | None
    candidates: tuple[Candidate, ...]
    window: tuple[int, ...]
    attention: np.ndarray | None = None


class Reader(Protocol):
    """A model that has read a text and can read on, one character at a time."""

    window: list[int]  # ids of the characters that the next prediction is made from

    def read(self, ids: list[int]) -> torch.Tensor:
        """Read on; return the logits (vocab_size,) of the next character."""
        ...

    def attention(self) -> np.ndarray | None:
        """Return the attention (n_layer, n_head, S) behind the last prediction, if the model has any."""
        ...


_packed: WeakKeyDictionary[GPT, GPT] = WeakKeyDictionary()


def packed(model: GPT) -> GPT:
    """Return a GPT that computes the same faster: a copy with its matrices in half precision.

    Returns:
        The copy, made once for each model; the model itself if it cannot be halved, or is so already.
    """
    if model not in _packed:
        if not can_be_halved(model):
            return model
        linears = [part for part in model.modules() if isinstance(part, torch.nn.Linear)]
        twins = {id(part): HalfLinear(part.weight) for part in linears}  # deepcopy takes these
        _packed[model] = copy.deepcopy(model, twins)
    return _packed[model]


class GPTReader:
    """A GPT with its keys and values kept, so that every character is read once.

    When the window is full, its older half is dropped and the newer half is read again: positions are
    counted from the window's start, so keys and values of a moved window cannot be kept.
    """

    def __init__(self, model: GPT, gains: Gains | None = None) -> None:
        self.model, self.gains = packed(model), gains
        self.device = model.lm_head.weight.device
        self.cache = KVCache(model.config, device=self.device)
        self.window: list[int] = []
        self.patterns: list[torch.Tensor] = []

    def read(self, ids: list[int]) -> torch.Tensor:
        size = self.model.config.block_size
        if len(self.window) + len(ids) > size:
            keep = size if len(ids) > 1 else size // 2  # a prompt fills the window; what is drawn halves it
            ids = (self.window + ids)[-keep:]
            self.window, self.cache.length = [], 0
        self.window += ids
        idx = torch.tensor([ids], device=self.device)  # (1, T)
        logits, self.patterns = self.model.read(idx, self.cache, self.gains, last=True)  # (1, 1, vocab_size)
        return logits[0, -1]  # (vocab_size,)

    def attention(self) -> np.ndarray:
        return torch.stack([pattern[0, :, -1] for pattern in self.patterns]).cpu().numpy()  # (L, nh, S)


class WindowReader:
    """A model without memory, read anew for every character: the bigram, the MLP, or a GPT the plain way.

    Args:
        size: characters that the model reads at once.
        pad: id that stands before the text where a model needs exactly ``size`` characters; None if not.
    """

    def __init__(self, model: torch.nn.Module, size: int, pad: int | None = None) -> None:
        self.model, self.size, self.pad = model, size, pad
        self.window: list[int] = [] if pad is None else [pad] * size

    def read(self, ids: list[int]) -> torch.Tensor:
        self.window = (self.window + ids)[-self.size :]
        logits = self.model(torch.tensor([self.window]))[0]  # (1, T, vocab_size), or (1, vocab_size)
        return logits.reshape(-1, logits.size(-1))[-1]  # (vocab_size,)

    def attention(self) -> None:
        return None


def reader(model: torch.nn.Module, vocabulary: Vocabulary, switches: Switches = Switches()) -> Reader:
    """Return the reader that fits a model: a GPT, an MLP of ``block_size`` characters, or a bigram.

    Raises:
        BadRequest: if the model lacks what is to be switched off.
    """
    if isinstance(model, GPT):
        return GPTReader(model, switches.gains(model))
    if switches != Switches():
        raise BadRequest("Only a GPT has heads and layers to switch off; choose one or leave that out.")
    block_size = getattr(model, "block_size", None)
    if isinstance(block_size, int):
        return WindowReader(model, block_size, pad=vocabulary.encode(BOUNDARY)[0])
    return WindowReader(model, 1)


def chances(logits: torch.Tensor, settings: Settings) -> np.ndarray:
    """Return what every character is drawn with: temperature, then top-k, then top-p.

    Args:
        logits: (..., vocab_size) the model's logits for the next character, of one text or of many.
    Returns:
        (..., vocab_size) float64 probabilities that sum to one; 0 for what is cut off.
    Source: top-p is the nucleus of Holtzman et al. 2020, equation 2.
    """
    values = logits.double().cpu().numpy()  # (..., vocab_size)
    order = np.argsort(-values, kind="stable")  # (..., vocab_size) the likeliest first
    if settings.temperature == 0:
        return np.eye(values.shape[-1])[order[..., 0]]
    p = _softmax(values / max(settings.temperature, 1e-6))  # (..., vocab_size)
    p = np.take_along_axis(p, order, axis=-1)  # (..., vocab_size)
    if settings.top_k is not None:
        p[..., settings.top_k :] = 0
    p = p / p.sum(axis=-1, keepdims=True)
    p[np.cumsum(p, axis=-1) - p >= settings.top_p] = 0  # keeps the first that reaches top_p
    kept = np.empty_like(p)
    np.put_along_axis(kept, order, p / p.sum(axis=-1, keepdims=True), axis=-1)
    return kept  # (..., vocab_size)


def generate(
    model: torch.nn.Module,
    vocabulary: Vocabulary,
    prompt: str,
    length: int,
    settings: Settings = Settings(),
    *,
    seed: int = 0,
    switches: Switches = Switches(),
    forced: Mapping[int, str] = MappingProxyType({}),
    top: int = 0,
    attention: bool = False,
    stop: str | None = None,
) -> Iterator[Step]:
    """Continue a text, one step for every new character.

    The same seed gives the same text: every character takes one random number, drawn or forced.

    Args:
        prompt: text to continue; for a name its first letters, behind the boundary “.”.
        length: characters to write at most.
        forced: step, counted from 0 -> character that is taken there instead of drawn.
        top: how many candidates each step lists.
        attention: whether each step keeps the attention rows of all layers and heads.
        stop: character after which the text ends, such as the boundary of a name.
    Raises:
        BadRequest: if the prompt is empty or far too long, or the settings do not fit the model.
        UnknownCharacter: if the prompt or a forced character is one that the model has never seen.
    """
    read = check_prompt(vocabulary, prompt)
    _check_settings(vocabulary, settings)
    taken = {step: vocabulary.encode(character)[0] for step, character in forced.items()}
    state = reader(model, vocabulary, switches)
    die = random.Random(seed)
    large = isinstance(model, GPT) and model.config.n_embd >= LARGE
    turn = _reading if large else nullcontext()

    def steps(read: list[int]) -> Iterator[Step]:
        for number in range(length):
            with turn, torch.inference_mode():
                logits = state.read(read)  # (vocab_size,)
            step = _choose(logits, vocabulary, settings, die.random(), taken.get(number), top)
            rows = state.attention() if attention else None
            yield Step(**step, window=tuple(state.window), attention=rows)
            if step["character"] == stop:
                return
            read = [step["token"]]

    return steps(read)


def check_prompt(vocabulary: Vocabulary, prompt: str) -> list[int]:
    """Return a prompt's ids, or say what is wrong with it.

    Raises:
        BadRequest: if it is empty or longer than LONGEST_PROMPT.
        UnknownCharacter: if it holds characters that the model has never seen.
    """
    if not prompt:
        raise BadRequest("The prompt is empty; give at least one character to continue.")
    if len(prompt) > LONGEST_PROMPT:
        raise BadRequest(
            f"The prompt has {len(prompt):,} characters; give at most {LONGEST_PROMPT:,}, the last 256 count."
        )
    return vocabulary.encode(prompt)


def pick(drawn: np.ndarray, roll: float) -> int:
    """Return the id that a roll in [0, 1) falls on when the chances (vocab_size,) lie side by side."""
    last = int(np.flatnonzero(drawn)[-1])  # rounding may leave the sum a little below the roll
    return min(int(np.searchsorted(np.cumsum(drawn), roll, side="right")), last)


def _check_settings(vocabulary: Vocabulary, settings: Settings) -> None:
    if settings.top_k is not None and settings.top_k > len(vocabulary):
        raise BadRequest(
            f"top-k is {settings.top_k}, but the model knows {len(vocabulary)} characters; "
            f"choose {len(vocabulary)} at most."
        )


def _choose(
    logits: torch.Tensor,
    vocabulary: Vocabulary,
    settings: Settings,
    roll: float,
    forced: int | None,
    top: int,
) -> dict:
    """Return the fields of a Step that say which character was taken, and from what."""
    drawn = chances(logits, settings)  # (vocab_size,)
    token = pick(drawn, roll) if forced is None else forced
    greedy = settings.temperature == 0
    return {
        "token": token,
        "character": vocabulary.symbols[token],
        "roll": None if greedy or forced is not None else roll,
        "candidates": _candidates(logits, drawn, vocabulary, top) if top else (),
    }


def _candidates(
    logits: torch.Tensor, drawn: np.ndarray, vocabulary: Vocabulary, top: int
) -> tuple[Candidate, ...]:
    p = _softmax(logits.double().cpu().numpy())  # (vocab_size,)
    best = np.argsort(-p, kind="stable")[:top].tolist()
    return tuple(Candidate(i, vocabulary.symbols[i], float(p[i]), float(drawn[i])) for i in best)


def _softmax(values: np.ndarray) -> np.ndarray:
    e = np.exp(values - values.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)
