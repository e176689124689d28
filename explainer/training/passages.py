"""Find the held-out passages that move every neuron most: ``python -m explainer.training.passages NAME``."""

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import torch

from explainer import checkpoints
from explainer.checkpoints import Checkpoint
from explainer.faults import Fault, told
from explainer.models.gpt import GPT
from explainer.training.gpt_recipes import RECIPES
from explainer.training.habits import followed
from explainer.training.heads import read_again
from explainer.training.sequences import IGNORED, Data
from explainer.vocabulary import Vocabulary

LENGTH = 48  # characters of a passage, which is read by itself
MOST = 4096  # passages that are read, spread evenly over what is held out
KEPT = 3  # passages of each neuron and head
TOGETHER = 32  # passages that go through the model at once
ENDED = 255  # stands behind the last character of a shorter passage
Places = list[list[dict]]  # of every head its name and share, as the checkpoint keeps them


def passages(data: Data) -> torch.Tensor:
    """Cut what is held out into passages (P, at most LENGTH), IGNORED behind the end of a shorter one.

    In a text they begin with a word, so that one can read them; a name is a passage of its own.
    """
    rows = next(iter(data.held_out.values()))[:, :-1]  # (N, T)
    if rows.size(1) < LENGTH:
        found = rows
    else:
        blank = torch.tensor([symbol in " \n" for symbol in data.vocabulary.symbols])
        cut = [row[start : start + LENGTH] for row in rows for start in _starts(row, blank)]
        found = torch.stack(cut)  # (P, LENGTH)
    chosen = torch.linspace(0, len(found) - 1, min(MOST, len(found))).long()  # (P,)
    return found[chosen]  # (P, T)


def _starts(row: torch.Tensor, blank: torch.Tensor) -> Iterator[int]:
    """Yield where passages begin in a row (T,) of held-out text: behind a space, one after the other."""
    row, start = row[row != IGNORED], 0
    while start + LENGTH <= len(row):
        yield start
        ends = blank[row[: start + LENGTH]].nonzero()  # where a word may begin behind
        start = max(start + LENGTH // 2, int(ends[-1]) + 1 if len(ends) else 0)


@torch.inference_mode()
def found(model: GPT, vocabulary: Vocabulary, heads: Places, texts: torch.Tensor) -> dict[str, np.ndarray]:
    """Return the passages that move every neuron and follow every head's habit most, as they are kept.

    Args:
        heads: what every head does, by layers.
        texts: (P, T) ids, IGNORED behind the end.
    Returns:
        texts (U, T): the passages that are in use, ENDED behind their end.
        neurons, heads (L, 4C or nh, KEPT): places among them, the best first.
        peaks (L, 4C, KEPT): the neuron's largest activation there; shares (L, nh, KEPT): the share of the
        head's attention that follows its habit.
    """
    read = [_read(model, vocabulary, heads, part) for part in texts.split(TOGETHER)]
    peaks, shares = (torch.cat(one, dim=-1) for one in zip(*read, strict=True))  # (L, 4C or nh, P)
    best = {"peaks": peaks.topk(min(KEPT, len(texts))), "shares": shares.topk(min(KEPT, len(texts)))}
    used, places = np.unique(
        np.concatenate([one.indices.numpy().ravel() for one in best.values()]), return_inverse=True
    )
    neurons, others = np.split(places.astype("<u2"), [best["peaks"].indices.numel()])
    kept = torch.where(texts == IGNORED, ENDED, texts)[used].numpy().astype(np.uint8)  # (U, T)
    return {
        "texts": kept,
        "neurons": neurons.reshape(best["peaks"].indices.shape),
        "heads": others.reshape(best["shares"].indices.shape),
        "peaks": best["peaks"].values.numpy().astype("<f2"),
        "shares": best["shares"].values.numpy().astype("<f2"),
    }


def _read(
    model: GPT, vocabulary: Vocabulary, heads: Places, texts: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor]:
    """Return largest activations (L, 4C, B) in passages (B, T), and the shares of heads (L, nh, B)."""
    there = texts != IGNORED  # (B, T)
    x = model.embed(texts.clamp(min=0))  # (B, T, C)
    peaks, shares = [], []
    for block, named in zip(model.h, heads, strict=True):
        written, pattern = block.attn(block.ln_1(x))  # (B, T, C), (B, nh, T, T)
        x = x + written  # (B, T, C)
        post = block.mlp.gelu(block.mlp.c_fc(block.ln_2(x)))  # (B, T, 4C)
        x = x + block.mlp.c_proj(post)  # (B, T, C)
        peaks.append(post.masked_fill(~there[:, :, None], -torch.inf).amax(dim=1).T)  # (4C, B)
        shares.append(_shares(pattern.numpy(), _symbols(vocabulary, texts), named))  # (nh, B)
    return torch.stack(peaks), torch.tensor(np.stack(shares))  # (L, 4C, B), (L, nh, B)


def _shares(pattern: np.ndarray, texts: Sequence[Sequence[str]], heads: Sequence[dict]) -> np.ndarray:
    """Return which share of its attention (nh, B) each head spends on its habit, given (B, nh, T, T)."""
    found = np.zeros((len(heads), len(texts)), dtype=np.float32)
    for i, symbols in enumerate(texts):
        T = len(symbols)
        for head, named in enumerate(heads):
            found[head, i] = followed(named["name"], symbols, pattern[i, head, :T, :T]).mean()
    return found  # (nh, B)


def _symbols(vocabulary: Vocabulary, texts: torch.Tensor) -> list[list[str]]:
    return [[vocabulary.symbols[i] for i in row[row != IGNORED].tolist()] for row in texts]


def keep(
    name: str, data: Path | None = None, output: str | None = None, folder: Path = checkpoints.FOLDER
) -> dict[str, np.ndarray]:
    """Find the passages of a checkpoint's neurons and heads, and write them beside its weights.

    Args:
        name: of the model whose recipe it was trained by.
        data: file or directory of texts, or a table of names, instead of the usual one.
        output: the checkpoint's name, if it is not the model's.
    Raises:
        BadCheckpoint: if there is no such checkpoint.
        ValueError: if the data cannot be used, or the model knows other characters.
    """
    loaded, read = read_again(name, data, output or name, folder)
    return write(loaded, output or name, read, folder)


def write(loaded: Checkpoint, name: str, data: Data, folder: Path) -> dict[str, np.ndarray]:
    """Find the passages of a model's neurons and heads in its data, and write them beside its weights."""
    arrays = found(loaded.model, loaded.vocabulary, loaded.meta["heads"], passages(data))
    checkpoints.keep_passages(name, arrays, folder)
    return arrays


def main(arguments: list[str] | None = None) -> int:
    """Parse the command line, find the passages and say how many; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m explainer.training.passages", description=__doc__)
    parser.add_argument("name", choices=RECIPES, metavar="NAME", help=", ".join(RECIPES))
    parser.add_argument("--data", type=Path, help="file or directory to read, instead of the usual one")
    parser.add_argument("--output", metavar="NAME", help="a checkpoint of your own that was trained as NAME")
    options = parser.parse_args(arguments)
    try:
        arrays = keep(options.name, options.data, options.output)
    except (Fault, OSError, ValueError) as error:
        print(told(error), file=sys.stderr)
        return 1
    size = sum(array.nbytes for array in arrays.values())
    print(f"{arrays['neurons'][..., 0].size:,} neurons, {len(arrays['texts']):,} passages, {size:,} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
