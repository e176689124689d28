"""The models of names side by side: what each expects, makes, pays on names it never saw, and costs."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from explainer.models.bigram import CountedBigram, NeuralBigram, pairs
from explainer.models.gpt import GPT, KVCache
from explainer.models.mlp import MLP, build_dataset
from explainer.names import Split
from explainer.sampling import Settings, chances, pick
from explainer.traces.bigram import neural_training
from explainer.vocabulary import BOUNDARY, Vocabulary

LONGEST = 40  # letters of a name that is drawn
AT_ONCE = 250  # names that are drawn side by side: the keys and values of a thousand take 100 MB
ROUNDS = 20  # of draws in which as many different names are looked for as were asked for

NamesModel = CountedBigram | NeuralBigram | MLP | GPT


def gradient_bigram(train: np.ndarray, dev: np.ndarray, vocabulary: Vocabulary) -> NeuralBigram:
    """Return the bigram that the talk's hundred steps of gradient descent make of counts (V, V)."""
    W = neural_training(train, dev, vocabulary, frames=2).W[-1]  # (V, V)
    return NeuralBigram(torch.from_numpy(W)).eval().requires_grad_(False)


# --- what follows a prefix --------------------------------------------------------------------------


def next_logits(model: NamesModel, ids: Tensor, cache: KVCache | None = None) -> Tensor:
    """Return the logits (B, V) of what follows texts of equal length.

    Args:
        ids: (B, T) the boundary and the letters so far; a model with a shorter window reads their end.
        cache: of a GPT that has read the texts' beginning; what is new is added to it.
    """
    if isinstance(model, MLP):
        padded = F.pad(ids, (model.block_size, 0), value=int(ids[0, 0]))  # (B, block_size + T)
        return model(padded[:, -model.block_size :])[0]  # (B, V)
    if not isinstance(model, GPT):
        return model(ids[:, -1:])[0][:, -1]  # (B, V)
    size = model.config.block_size
    if cache is None or ids.size(1) > size:  # in a window that has moved on, kept positions do not hold
        return model.read(ids[:, -size:], last=True)[0][:, -1]  # (B, V)
    return model.read(ids[:, cache.length :], cache, last=True)[0][:, -1]  # (B, V)


@torch.inference_mode()
def next_probabilities(
    model: NamesModel, vocabulary: Vocabulary, prefix: str, boundary: str = BOUNDARY
) -> np.ndarray:
    """Return the probability (V,) of every character after the letters of a name; they add up to one.

    Args:
        boundary: what stands before the name.
    Raises:
        UnknownCharacter: if the vocabulary lacks a letter.
    """
    ids = torch.tensor([vocabulary.encode(boundary + prefix)])  # (1, T)
    return F.softmax(next_logits(model, ids)[0].double(), dim=0).numpy()  # (V,)


# --- the names it makes -----------------------------------------------------------------------------


@dataclass(frozen=True)
class DrawnName:
    """A name that a model made.

    Args:
        prefix: the letters that were given.
        probabilities: (N,) what the model itself gave each letter after the prefix, and the end.
        chances: (N,) with which each was drawn, at the temperature that was asked for.
    """

    name: str
    prefix: str
    probabilities: np.ndarray
    chances: np.ndarray

    @property
    def ended(self) -> bool:
        """Whether its end was drawn; if not, it was cut off."""
        return len(self.probabilities) > len(self.name) - len(self.prefix)

    @property
    def nats(self) -> float:
        """What the model itself pays for a character of it, on average, its end included."""
        return float(-np.log(self.probabilities).mean()) if len(self.probabilities) else 0.0

    @property
    def chance(self) -> float:
        """How often such draws give this name, given the prefix: the product over what was drawn."""
        return float(self.chances.prod(dtype=np.float64))


@torch.inference_mode()
def draw_names(
    model: NamesModel,
    vocabulary: Vocabulary,
    prefix: str,
    count: int,
    temperature: float = 1.0,
    seed: int = 0,
) -> list[DrawnName]:
    """Draw names that begin with a prefix, all side by side; the same seed rolls the same dice.

    Returns:
        At most ``count`` names, some perhaps twice: one that has no end after 40 letters is left out.
    Raises:
        UnknownCharacter: if the vocabulary lacks a letter of the prefix.
    """
    seeds = [f"{seed} {row}" for row in range(count)]
    groups = [seeds[first : first + AT_ONCE] for first in range(0, count, AT_ONCE)]
    settings = Settings(temperature)
    drawn = [made for group in groups for made in _drawn(model, vocabulary, prefix, group, settings)]
    return [made for made in drawn if made.ended]


@torch.inference_mode()
def cut_names(
    model: NamesModel,
    vocabulary: Vocabulary,
    count: int,
    longest: int,
    seed: int = 0,
    boundary: str = BOUNDARY,
) -> list[DrawnName]:
    """Draw names of which one that has no end after so many letters is cut off there, and kept.

    Args:
        boundary: what stands before and behind each; a line break for the lines of a text.
    Returns:
        ``count`` names; the one at a place is always drawn with the same dice, whatever the model.
    """
    seeds = [f"{seed} {row}" for row in range(count)]
    return _drawn(model, vocabulary, "", seeds, Settings(), longest, boundary)


def _drawn(
    model: NamesModel,
    vocabulary: Vocabulary,
    prefix: str,
    seeds: Sequence[str],
    settings: Settings,
    longest: int = LONGEST,
    boundary: str = BOUNDARY,
) -> list[DrawnName]:
    """Draw a name with each of some seeds; those that have ended are not read on."""
    ids = torch.tensor([vocabulary.encode(boundary + prefix)] * len(seeds))  # (B, T)
    cache = KVCache(model.config, len(seeds)) if isinstance(model, GPT) else None
    names = [_Unfinished(random.Random(seed)) for seed in seeds]
    going = names
    while going and ids.size(1) <= longest:
        logits = next_logits(model, ids, cache)  # (B, V)
        rows = zip(going, F.softmax(logits.double(), dim=1).numpy(), chances(logits, settings), strict=True)
        drawn = torch.tensor([one.draw(p, sides) for one, p, sides in rows])  # (B,)
        on = drawn != ids[:, 0]  # (B,) a name ends as it began, with the boundary
        going = [one for one, goes_on in zip(going, on.tolist(), strict=True) if goes_on]
        ids = torch.cat([ids, drawn[:, None]], dim=1)[on]  # (fewer, T + 1)
        if cache is not None:
            cache.keep(on)
    return [one.name(prefix, vocabulary, boundary) for one in names]


@dataclass
class _Unfinished:
    """A name that is being drawn: its dice, its letters after the prefix, and what each of them was given."""

    dice: random.Random
    tokens: list[int] = field(default_factory=list)
    probabilities: list[float] = field(default_factory=list)
    chances: list[float] = field(default_factory=list)

    def draw(self, probabilities: np.ndarray, sides: np.ndarray) -> int:
        """Draw one more letter, of which each has a side (V,) of the die."""
        token = pick(sides, self.dice.random())
        self.tokens.append(token)
        self.probabilities.append(probabilities[token])
        self.chances.append(sides[token])
        return token

    def name(self, prefix: str, vocabulary: Vocabulary, boundary: str) -> DrawnName:
        """Return the name without the boundary that ended it, if one did."""
        name = prefix + vocabulary.decode(self.tokens).removesuffix(boundary)
        return DrawnName(name, prefix, np.array(self.probabilities), np.array(self.chances))


@dataclass(frozen=True)
class DistinctNames:
    """Names of which none stands twice, and how many were drawn to find them."""

    names: tuple[DrawnName, ...]
    drawn: int


def different_names(
    model: NamesModel,
    vocabulary: Vocabulary,
    prefix: str,
    count: int,
    temperature: float = 1.0,
    seed: int = 0,
) -> DistinctNames:
    """Draw until so many different names are found, or 20 times as many have been drawn."""
    found: dict[str, DrawnName] = {}
    drawn = 0
    for number in range(1 if temperature == 0 else ROUNDS):
        for made in draw_names(model, vocabulary, prefix, count, temperature, seed + number * 1_000_003):
            if made.name and len(found) < count:
                found.setdefault(made.name, made)
        drawn += count
        if len(found) == count:
            break
    return DistinctNames(tuple(found.values()), drawn)


# --- what each step was worth -----------------------------------------------------------------------


@dataclass(frozen=True)
class HeldOut:
    """What a model pays on names that it never saw.

    Args:
        loss: nats per character, the end of each name included.
        characters: that were to be predicted.
        right: share of them that the model held for the likeliest.
        sure: what it gave its likeliest one, on average; as much as it is right, if it knows what it knows.
    """

    loss: float
    characters: int
    right: float
    sure: float


@torch.inference_mode()
def held_out(model: NamesModel, vocabulary: Vocabulary, words: Sequence[str]) -> HeldOut:
    """Judge a model on every letter of every name, and on its end, with nothing before the name."""
    logits, targets = _every_character(model, vocabulary, words)  # (N, V), (N,)
    sure, guesses = F.softmax(logits.double(), dim=1).max(dim=1)  # (N,), (N,)
    loss = F.cross_entropy(logits.double(), targets).item()
    return HeldOut(loss, len(targets), (guesses == targets).double().mean().item(), sure.mean().item())


def _every_character(
    model: NamesModel, vocabulary: Vocabulary, words: Sequence[str]
) -> tuple[Tensor, Tensor]:
    """Return the logits (N, V) before every character of the names and the characters (N,)."""
    if isinstance(model, MLP):
        X, Y = build_dataset(words, vocabulary, model.block_size)  # (N, block_size), (N,)
        return model(X)[0], Y
    if not isinstance(model, GPT):
        xs, ys = pairs(words, vocabulary)  # (N,), (N,)
        return model(xs[None])[0][0], ys
    rows = [torch.tensor(vocabulary.encode(f"{BOUNDARY}{word}{BOUNDARY}")) for word in words]
    table = torch.nn.utils.rnn.pad_sequence(rows, batch_first=True, padding_value=-1)  # (W, T + 1)
    asked = table[:, 1:] >= 0  # (W, T)
    logits, _ = model(table[:, :-1].clamp(min=0))  # (W, T, V)
    return logits[asked], table[:, 1:][asked]


def parameters(model: NamesModel) -> int:
    """Return how many numbers a model has learned; a counted table's numbers are its counts."""
    return sum(tensor.numel() for tensor in model.state_dict().values())


def multiplications(model: NamesModel, context: int) -> int:
    """Count the multiplications, in all matrix products, that predict one character.

    Args:
        context: characters that a GPT looks back on, the newest included; the earlier ones' keys and
            values are kept. The other models' windows are fixed.
    """
    if isinstance(model, CountedBigram):
        return 0  # a row of the table is looked up
    if isinstance(model, NeuralBigram):
        return model.W.numel()  # one-hot (1, V) · W (V, V)
    if isinstance(model, MLP):
        return model.W1.numel() + model.W2.numel()  # x (1, I) · W1 (I, H), h (1, H) · W2 (H, V)
    weights = sum(part.weight.numel() for part in model.modules() if isinstance(part, torch.nn.Linear))
    scores_and_mixture = 2 * context * model.config.n_embd  # q · k, and pattern · v, in each layer
    return weights + model.config.n_layer * scores_and_mixture


@dataclass(frozen=True)
class Copied:
    """Of the names that a model makes, each counted once: those it was trained on, and those it found.

    Args:
        count: names that were drawn.
        distinct: different ones among them.
        from_train: share of those that stands among the names it learned from.
        held_out: share of those that stands in the register, but was hidden from it.
    """

    count: int
    distinct: int
    from_train: float
    held_out: float


def copied(model: NamesModel, vocabulary: Vocabulary, split: Split, count: int, seed: int) -> Copied:
    """Draw names and look each different one up: a model that writes one name again and again copies one."""
    made = {one.name for one in draw_names(model, vocabulary, "", count, seed=seed)}
    return Copied(count, len(made), _share(made, split.train), _share(made, split.dev + split.test))


def _share(made: set[str], known: Sequence[str]) -> float:
    return len(made.intersection(known)) / max(len(made), 1)


# --- the game ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Bet:
    """What a model says before the next character is revealed.

    Args:
        guess: id of the likeliest character; probability: what the model gives it.
        nats: what the model pays, minus the logarithm of what it gives the character that follows.
    """

    guess: int
    probability: float
    nats: float


def bet(model: NamesModel, vocabulary: Vocabulary, name: str, read: int) -> Bet:
    """Let a model guess what follows the first ``read`` letters of a name, and reveal it."""
    p = next_probabilities(model, vocabulary, name[:read])  # (V,)
    truth = vocabulary.encode((name + BOUNDARY)[read])[0]
    guess = int(p.argmax())
    return Bet(guess, float(p[guess]), float(-np.log(p[truth])))


def hidden_names(split: Split, seed: int) -> list[str]:
    """Return the names that no model learned from, in an order that the seed fixes."""
    draw = random.Random(seed).random
    return sorted([*split.dev, *split.test], key=lambda _: draw())
