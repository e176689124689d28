"""The bigram's two ways to learn: counting the names, and the talk's gradient descent."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import torch
from torch import Tensor

from explainer import checkpoints, names
from explainer.models.bigram import (
    CountedBigram,
    NeuralBigram,
    conditional_probabilities,
    count_pairs,
    mean_nll,
)
from explainer.training import tables

SMOOTHINGS = (0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0)


def run(
    name: str,
    *,
    data: Path | None,
    device: str,
    resume: bool,
    output: str | None = None,
    folder: Path = checkpoints.FOLDER,
) -> None:
    """Count the pairs of the training names as ``girls-bigram`` or ``boys-bigram`` does; write a checkpoint.

    The smoothing is the one of a few with the lowest loss on the development names.

    Args:
        data: another table of names than the app's, with the same columns.
        device, resume: without effect, for counting takes milliseconds.
        output: the checkpoint's name, if it is not the model's.
    Raises:
        ValueError: if the table is damaged or has too few names to split.
    """
    del device, resume
    sex = name.split("-")[0].removesuffix("s")
    split = tables.learned(sex, data)
    counts = {part: count_pairs(words, names.VOCABULARY).double() for part, words in split._asdict().items()}
    tried = {smoothing: losses(counts["train"], counts, smoothing) for smoothing in SMOOTHINGS}
    best = min(tried, key=lambda smoothing: tried[smoothing]["dev"])
    model = CountedBigram(len(names.VOCABULARY), best)
    model.counts.copy_(counts["train"])
    architecture = {"kind": "bigram", "vocab_size": len(names.VOCABULARY), "smoothing": best}
    meta = {
        "data": tables.described(sex, data, split),
        "seed": names.SEED,
        "steps": 0,
        "losses": tried[best],
        "dev_loss_by_smoothing": {str(smoothing): tried[smoothing]["dev"] for smoothing in SMOOTHINGS},
    }
    # Half precision would round counts above 2,048.
    output = output or name
    checkpoints.save(output, model, architecture, names.VOCABULARY, meta, folder=folder, dtype=torch.float32)
    print(f"{output}: smoothing {best}, {tried[best]['dev']:.4f} nats per character on dev")


def losses(learned: Tensor, parts: Mapping[str, Tensor], smoothing: float) -> dict[str, float]:
    """Return the loss in nats per character on the pairs of each part, by what was counted in one.

    Args:
        learned: (V, V) the counts that the probabilities are taken from.
        parts: (V, V) counts of the pairs to be judged, by name.
    """
    log_probabilities = conditional_probabilities(learned, smoothing).log()  # (V, V)
    return {part: mean_nll(log_probabilities, counts).item() for part, counts in parts.items()}


class Step(NamedTuple):
    """The neural bigram after so many updates."""

    step: int
    W: Tensor  # (V, V)
    log_probabilities: Tensor  # (V, V) log-softmax of the rows of W
    loss: float  # nats per character, and the penalty for large weights


def train_neural(
    counts: Tensor,
    W: Tensor,
    steps: int = 100,
    learning_rate: float = 50.0,
    regularisation: float = 0.01,
) -> Iterator[Step]:
    """Fit W by gradient descent on all pairs at once, as in the talk.

    Equal pairs have equal losses: each letter goes through the model once, and each of its
    pairs weighs as much as it was counted. That is the mean over all the one-hot rows.

    Args:
        counts: (V, V) how often each pair occurs.
        W: (V, V) weights to start from.
        regularisation: weight of the mean of W² in the loss.
    Yields:
        ``steps`` + 1 states, the first before any update.
    """
    model = NeuralBigram(W)
    counts = counts.to(W.dtype)  # (V, V)
    letters = torch.arange(len(counts))[None]  # (1, V)
    for step in range(steps + 1):
        logits, _ = model(letters)  # (1, V, V)
        log_probabilities = logits[0].log_softmax(1)  # (V, V)
        loss = mean_nll(log_probabilities, counts) + regularisation * (model.W**2).mean()
        yield Step(step, model.W.detach().clone(), log_probabilities.detach(), loss.item())
        (gradient,) = torch.autograd.grad(loss, model.W)  # (V, V)
        model.W.data -= learning_rate * gradient
