"""Bigram: predict the next character from the one before it, by counting or by gradient descent."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from explainer.vocabulary import BOUNDARY, Vocabulary

SEED = 2147483647


class CountedBigram(nn.Module):
    """Answer with the share that each pair has among the pairs with the same first character.

    Args:
        smoothing: what is added to every count before the shares are taken.
    """

    counts: Tensor  # (V, V)

    def __init__(self, vocab_size: int = 34, smoothing: float = 0.0) -> None:
        super().__init__()
        self.smoothing = smoothing
        self.register_buffer("counts", torch.zeros(vocab_size, vocab_size))  # (V, V)

    def probabilities(self) -> Tensor:
        """Return the probability of each next character (column) after each character (row): (V, V)."""
        return conditional_probabilities(self.counts, self.smoothing)  # (V, V)

    def forward(self, idx: Tensor, targets: Tensor | None = None) -> tuple[Tensor, Tensor | None]:
        """Return the log-probabilities of the next characters and, given the true ones, the loss.

        Args:
            idx, targets: (B, T) int64.
        Returns:
            logits (B, T, V), -inf for a pair that was never counted nor smoothed, and the mean
            cross-entropy in nats, or None without targets.
        """
        logits = self.probabilities().log()[idx]  # (B, T, V)
        return logits, cross_entropy(logits, targets)


class NeuralBigram(nn.Module):
    """One layer without bias: the logits are the row of W that a one-hot vector picks out."""

    def __init__(self, W: Tensor) -> None:
        super().__init__()
        self.W = nn.Parameter(W.clone())  # (V, V)

    def forward(self, idx: Tensor, targets: Tensor | None = None) -> tuple[Tensor, Tensor | None]:
        """Return logits (B, T, V) and, given targets (B, T), the mean cross-entropy in nats."""
        one_hot = F.one_hot(idx, len(self.W)).to(self.W.dtype)  # (B, T, V)
        logits = one_hot @ self.W  # (B, T, V)
        return logits, cross_entropy(logits, targets)


def initial_weights(vocabulary: Vocabulary, seed: int = SEED) -> Tensor:
    """Return the talk's W before its first step: (V, V), normally distributed.

    It is drawn in the order in which the talk numbered the characters, by their code points.
    """
    size = len(vocabulary)
    order = torch.tensor(sorted(range(size), key=vocabulary.symbols.__getitem__))  # (V,)
    W = torch.empty(size, size)  # (V, V)
    W[order[:, None], order] = torch.randn(size, size, generator=torch.Generator().manual_seed(seed))
    return W


def conditional_probabilities(counts: Tensor, smoothing: float) -> Tensor:
    """Divide each smoothed count by the sum of its row.

    Args:
        counts: (V, V) floating point.
    Returns:
        (V, V) whose rows sum to one; a row without any count is uniform, for nothing speaks for
        one character over another.
    """
    smoothed = counts + smoothing  # (V, V)
    totals = smoothed.sum(1, keepdim=True)  # (V, 1)
    return torch.where(totals > 0, smoothed / totals, 1 / len(counts))  # (V, V)


def cross_entropy(logits: Tensor, targets: Tensor | None) -> Tensor | None:
    """Return the mean negative log-likelihood of targets (B, T) under logits (B, T, V), in nats."""
    return None if targets is None else F.cross_entropy(logits.flatten(0, 1), targets.flatten())


def mean_nll(log_probabilities: Tensor, counts: Tensor) -> Tensor:
    """Return the mean negative log-likelihood in nats of pairs that occur so often.

    Args:
        log_probabilities, counts: (V, V).
    Returns:
        A scalar; inf if a pair that occurs was held to be impossible, nan if there are no pairs.
    """
    terms = torch.where(counts > 0, counts * log_probabilities, 0)  # (V, V)
    return -terms.sum() / counts.sum()


def pairs(words: Sequence[str], vocabulary: Vocabulary) -> tuple[Tensor, Tensor]:
    """Return the first and the second character of every pair of ``.WORD.``, word after word.

    Returns:
        xs, ys: (N,) int64, where N is the number of letters plus the number of words.
    Raises:
        UnknownCharacter: if a word holds a character that the vocabulary lacks.
    """
    ids = _encode(BOUNDARY + "".join(word + BOUNDARY for word in words), vocabulary)  # (N + 1,)
    return ids[:-1], ids[1:]


def count_pairs(words: Sequence[str], vocabulary: Vocabulary, weights: Sequence[int] | None = None) -> Tensor:
    """Count how often each character (column) follows each character (row).

    Args:
        weights: how often each word counts, such as its bearers; once if None.
    Returns:
        (V, V) int64.
    """
    xs, ys = pairs(words, vocabulary)  # (N,), (N,)
    times = None
    if weights is not None:
        lengths = torch.tensor([len(word) + 1 for word in words], dtype=torch.int64)  # (words,)
        times = torch.as_tensor(weights, dtype=torch.float64).repeat_interleave(lengths)  # (N,)
    size = len(vocabulary)
    return torch.bincount(xs * size + ys, times, size * size).to(torch.int64).view(size, size)  # (V, V)


def _encode(text: str, vocabulary: Vocabulary) -> Tensor:
    """Return ``vocabulary.encode(text)`` as a tensor, looked up for all characters at once."""
    codes = torch.frombuffer(bytearray(text.encode("utf-32-le", "surrogatepass")), dtype=torch.int32).long()
    known = torch.tensor([ord(symbol) for symbol in vocabulary.symbols])  # (V,)
    place = torch.full((int(max(codes.max(), known.max())) + 1,), -1)
    place[known] = torch.arange(len(known))
    ids = place[codes]  # (N,)
    return ids if ids.min() >= 0 else torch.tensor(vocabulary.encode(text))  # which names what is unknown
