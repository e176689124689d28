"""What the GPTs learn from: names or texts as sequences, in an order that the seed fixes."""

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
import torch

from explainer import checkpoints, corpus, names
from explainer.download import download
from explainer.training import tables
from explainer.training.gpt_recipes import Recipe
from explainer.vocabulary import Vocabulary, alphabetical

RUNS = Path(__file__).resolve().parents[2] / "runs"
IGNORED = -1  # target that counts for nothing
POEMS = ("pan-tadeusz", "poem-alone")
POLISH = ("polish-books", *POEMS)
HELD_OUT = {"shakespeare": 0.1, "polish-books": 0.05, **dict.fromkeys(POEMS, 0.1)}  # share at each text's end
REGISTER = "given names with more than 20 bearers, PESEL register (dane.gov.pl, data set 1667)"
SHAKESPEARE = "https://raw.githubusercontent.com/karpathy/char-rnn/master/data/tinyshakespeare/input.txt"


class Examples(Protocol):
    """Sequences to learn from, in a fixed order for every epoch."""

    content: torch.Tensor  # all of it, as ids

    @property
    def characters(self) -> float:
        """Characters that one sequence predicts, on average."""
        ...

    def __len__(self) -> int: ...

    def rows(self, epoch: int, places: torch.Tensor) -> torch.Tensor:
        """Return the sequences (B, T + 1) at these places of an epoch; IGNORED where there is none."""
        ...


class Names:
    """Names, each between two boundaries.

    Args:
        ids: names as lists of ids, boundaries included.
    """

    def __init__(self, ids: Sequence[list[int]], block_size: int, seed: int) -> None:
        self.content = self.table = torch.full((len(ids), block_size + 1), IGNORED)
        for row, name in zip(self.table, ids, strict=True):
            row[: len(name)] = torch.tensor(name)
        self.seed = seed
        self.characters = float((self.table[:, 1:] != IGNORED).sum()) / len(ids)

    def __len__(self) -> int:
        return len(self.table)

    def rows(self, epoch: int, places: torch.Tensor) -> torch.Tensor:
        return self.table[_shuffled(len(self), self.seed, epoch)[places]]


class Windows:
    """A text cut into sequences side by side, at another offset in every epoch.

    Args:
        ids: (N,) character ids of the whole text.
    """

    def __init__(self, ids: torch.Tensor, block_size: int, seed: int) -> None:
        if len(ids) < 2 * block_size + 1:
            raise ValueError(f"The text is {len(ids):,} characters long; give at least {2 * block_size + 1}.")
        self.content = self.ids = ids
        self.block_size, self.seed = block_size, seed
        self.characters = block_size

    def __len__(self) -> int:
        return (len(self.ids) - 1) // self.block_size - 1

    def rows(self, epoch: int, places: torch.Tensor) -> torch.Tensor:
        offset = _random(self.seed, epoch).initial_seed() % self.block_size
        starts = offset + self.block_size * _shuffled(len(self), self.seed, epoch)[places]
        return self.ids[starts[:, None] + torch.arange(self.block_size + 1)].long()


@dataclass(frozen=True)
class Data:
    """What one model learns from and is judged by.

    Args:
        held_out: part's name -> (N, T + 1) sequences, in order; the first part chooses the best step.
        together: what a recipe's first steps learn from; None if that is what all learn from.
        origin: what the data is, for the metadata.
        size: how many texts (or names) and characters all parts have together.
        prompt: text that the history's samples begin with.
    """

    train: Examples
    held_out: dict[str, torch.Tensor]
    vocabulary: Vocabulary
    origin: str
    size: dict[str, int]
    prompt: str
    together: Examples | None = None

    def fingerprint(self) -> str:
        """Return what differs as soon as a character does, or the order of the vocabulary."""
        found = hashlib.sha256("".join(self.vocabulary.symbols).encode())
        before = [] if self.together is None else [self.together.content]
        for part in (self.train.content, *before, *self.held_out.values()):
            found.update(part.numpy().tobytes())
        return found.hexdigest()


def data_of(name: str, recipe: Recipe, path: Path | None, folder: Path) -> Data:
    """Return what a model learns from and is judged by.

    Args:
        path: file or directory to read; None for the usual one.
        folder: where the checkpoint lies that is refined.
    Raises:
        ValueError: if the data is missing or cannot be used.
    """
    if name in ("girls-gpt", "boys-gpt"):
        return _names(name, recipe, path)
    return _texts(name, recipe, path, folder)


def _names(name: str, recipe: Recipe, path: Path | None) -> Data:
    split = tables.learned({"girls": "girl", "boys": "boy"}[name.split("-")[0]], path)
    words = {**split._asdict(), "together": tables.together(path)}
    ids = {part: [names.VOCABULARY.encode(f".{n}.") for n in some] for part, some in words.items()}
    longest = max(len(row) for rows in ids.values() for row in rows)
    if longest > recipe.block_size + 1:
        raise ValueError(
            f"A name has {longest - 2} letters; the model reads {recipe.block_size - 1} at most."
        )
    parts = {part: Names(rows, recipe.block_size, recipe.seed) for part, rows in ids.items()}
    held_out = {part: parts[part].table for part in ("dev", "test")}
    origin = path.name if path else REGISTER
    everyone = [name for part in split._fields for name in ids[part]]
    size = {"texts": len(everyone), "characters": sum(len(name) - 1 for name in everyone)}
    return Data(parts["train"], held_out, names.VOCABULARY, origin, size, ".", parts["together"])


def _texts(name: str, recipe: Recipe, path: Path | None, folder: Path) -> Data:
    texts = corpus.read_corpus(path or _usual_text(name))
    if recipe.start:
        vocabulary = Vocabulary(checkpoints.read_meta(recipe.start, folder)["symbols"])
    elif name in POLISH:
        vocabulary = Vocabulary(alphabetical(corpus.SYMBOLS))
    else:
        vocabulary = Vocabulary(alphabetical("\n".join(text for _, text in texts)))
    parts = [
        corpus.split_text(corpus.normalise(text) if name in POLISH else text, HELD_OUT[name])
        for _, text in texts
    ]
    ids = torch.tensor(vocabulary.encode("\n".join(train for train, _ in parts)), dtype=torch.int16)
    tails = torch.cat([side_by_side(vocabulary, tail, recipe.block_size) for _, tail in parts])
    origin = ", ".join(title for title, _ in texts)
    size = {"texts": len(texts), "characters": sum(len(train) + len(tail) for train, tail in parts)}
    windows = Windows(ids, recipe.block_size, recipe.seed)
    if not len(tails):
        raise ValueError("The ends of these texts, held out to judge by, are too short; give longer texts.")
    return Data(windows, {"val": tails}, vocabulary, origin, size, prompt="\n")


def _usual_text(name: str) -> Path:
    """Return where a text lies when none is named, fetching it if it is a single one."""
    if name == "shakespeare":
        path = RUNS / "shakespeare.txt"
        return path if path.exists() else download(SHAKESPEARE, path)
    path = RUNS / "pan-tadeusz.txt" if name in POEMS else corpus.BOOKS
    if not path.exists():
        raise ValueError(
            f"There is no text at {path} yet. Fetch it with python -m explainer.corpus --help, "
            "or name a file or directory with --data."
        )
    return path


def side_by_side(vocabulary: Vocabulary, text: str, block_size: int) -> torch.Tensor:
    """Return a text as sequences (N, block_size + 1) that predict every character but the first once."""
    ids = torch.tensor(vocabulary.encode(text))
    rows = torch.full((math.ceil((len(ids) - 1) / block_size), block_size + 1), IGNORED)
    for row, start in zip(rows, range(0, len(ids) - 1, block_size), strict=True):
        part = ids[start : start + block_size + 1]
        row[: len(part)] = part
    return rows


def _shuffled(n: int, seed: int, epoch: int) -> torch.Tensor:
    return torch.randperm(n, generator=_random(seed, epoch))


def _random(seed: int, number: int) -> torch.Generator:
    return torch.Generator().manual_seed(mixed(seed, number))


def mixed(seed: int, number: int) -> int:
    """Return a seed that differs from number to number in all its bits."""
    return int(np.random.SeedSequence([seed, number]).generate_state(1)[0])
