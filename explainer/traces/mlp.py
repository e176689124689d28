"""What happens inside the multilayer perceptron, as plain arrays."""

import math
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from explainer.models.mlp import BOUNDARY, MLP, build_dataset, forward_pass, parameter_shapes
from explainer.vocabulary import Vocabulary

SATURATED = 0.99  # |h| beyond which tanh passes less than 2 % of the gradient


@dataclass(frozen=True)
class Windows:
    """The examples that one name gives: each character asked for, with the ones before it.

    Args:
        contexts: (N, block_size) ids; targets: (N,) ids.
        context_texts, target_texts: the same as characters.
    """

    contexts: np.ndarray
    targets: np.ndarray
    context_texts: tuple[str, ...]
    target_texts: tuple[str, ...]


def windows(name: str, vocabulary: Vocabulary, block_size: int = 3) -> Windows:
    """Slide the window over a name, with the function that builds the training set.

    Raises:
        UnknownCharacter: if the vocabulary lacks a character of the name.
    """
    X, Y = build_dataset([name], vocabulary, block_size)  # (N, T), (N,)
    texts = tuple(vocabulary.decode(row) for row in X.tolist())
    return Windows(X.numpy(), Y.numpy(), texts, tuple(vocabulary.decode(Y.tolist())))


@torch.inference_mode()
def spell(model: MLP, vocabulary: Vocabulary, name: str) -> np.ndarray:
    """Return what a model gives each letter of a name, and its end (N,); multiplied, the joint probability.

    Raises:
        UnknownCharacter: if the vocabulary lacks a character of the name.
    """
    X, Y = build_dataset([name], vocabulary, model.block_size)  # (N, T), (N,)
    p = F.softmax(model(X)[0].double(), dim=1)  # (N, V)
    return p[torch.arange(len(Y)), Y].numpy()  # (N,)


@dataclass(frozen=True)
class ParameterCount:
    """What a shape costs.

    Args:
        shapes: rows and columns of each matrix by name, in the talk's order.
        counts: numbers in each.
        multiplications: for one prediction.
    """

    shapes: dict[str, tuple[int, ...]]
    counts: dict[str, int]
    total: int
    multiplications: int


def parameter_count(
    vocab_size: int = 34, block_size: int = 3, embedding_dimension: int = 10, hidden_layer_size: int = 200
) -> ParameterCount:
    """Count the parameters of a shape, matrix by matrix; they add up to the total."""
    shapes = parameter_shapes(vocab_size, block_size, embedding_dimension, hidden_layer_size)
    counts = {name: math.prod(shape) for name, shape in shapes.items()}
    return ParameterCount(shapes, counts, sum(counts.values()), counts["W1"] + counts["W2"])


@dataclass(frozen=True)
class Matrices:
    """The learned numbers: C (V, E), W1 (block_size * E, H), b1 (H,), W2 (H, V), b2 (V,)."""

    C: np.ndarray
    W1: np.ndarray
    b1: np.ndarray
    W2: np.ndarray
    b2: np.ndarray


def matrices(model: MLP) -> Matrices:
    """Return a model's parameters as arrays."""
    return Matrices(*(parameter.detach().numpy().copy() for parameter in model.parameters()))


@dataclass(frozen=True)
class ForwardPass:
    """One prediction, step by step.

    Args:
        context: the ``block_size`` characters that were read; idx: (T,) their ids.
        emb: (T, E) the rows of C that were looked up; x: (T * E,) side by side.
        preactivation: (H,) x @ W1 + b1; h: (H,) its tanh.
        logits: (V,) h @ W2 + b2.
        exponentials: (V,) of the logits less their maximum; probabilities: (V,) their shares, adding up to 1.
        target: id of the character that truly follows, and loss, minus the logarithm of its probability
            in nats; None if it was not given.
    """

    context: str
    idx: np.ndarray
    emb: np.ndarray
    x: np.ndarray
    preactivation: np.ndarray
    h: np.ndarray
    logits: np.ndarray
    exponentials: np.ndarray
    probabilities: np.ndarray
    target: int | None
    loss: float | None

    @property
    def surprise(self) -> np.ndarray:
        """Return what the loss would be for every character, were it the true one: (V,) nats."""
        return np.log(self.exponentials.sum()) - (self.logits - self.logits.max())


@torch.no_grad()
def forward(model: MLP, vocabulary: Vocabulary, text: str, target: str | None = None) -> ForwardPass:
    """Predict what follows a text, keeping every tensor on the way.

    Args:
        text: any length; the last ``block_size`` characters count, ``.`` fills up on the left.
        target: the character that truly follows.
    Raises:
        UnknownCharacter: if the vocabulary lacks a character.
    """
    context = window(text, model.block_size)
    idx = torch.tensor([vocabulary.encode(context)])  # (1, T)
    a = model.activations(idx)
    exponentials = (a.logits - a.logits.max()).exp()  # (1, V)
    probabilities = F.softmax(a.logits, dim=1)  # (1, V)
    steps = {name: tensor for name, tensor in a._asdict().items() if name != "kept"}
    tensors = {"idx": idx, **steps, "exponentials": exponentials, "probabilities": probabilities}
    arrays = {name: tensor[0].numpy() for name, tensor in tensors.items()}
    if target is None:
        return ForwardPass(context=context, target=None, loss=None, **arrays)
    truth = vocabulary.encode(target)
    loss = F.cross_entropy(a.logits, torch.tensor(truth)).item()
    return ForwardPass(context=context, target=truth[0], loss=loss, **arrays)


def window(text: str, block_size: int) -> str:
    """Return the last ``block_size`` characters of a text, with ``.`` before them if they are fewer."""
    return (BOUNDARY * block_size + text)[-block_size:]


@dataclass(frozen=True)
class Dot:
    """One number of ``x @ W + b``, taken apart: the products and the bias add up to it.

    Args:
        products: (I,) x[i] * W[i, column]; order: (I,) their places, largest first by size.
    """

    products: np.ndarray
    order: np.ndarray
    bias: float
    total: float


def dot(x: np.ndarray, W: np.ndarray, b: np.ndarray, column: int) -> Dot:
    """Take one column of ``x (I,) @ W (I, O) + b (O,)`` apart."""
    products = x * W[:, column]  # (I,)
    order = np.argsort(-np.abs(products), kind="stable")  # (I,)
    return Dot(products, order, float(b[column]), float(products.sum() + b[column]))


@dataclass(frozen=True)
class Layer:
    """``x @ W + b`` as one product: b is the weight of a last input that is always 1.

    Args:
        inputs: (1, K); weights: (K, O); outputs: (1, O) as the model computed them.
        terms: (1, O, K) the products, which add up to the outputs.
        names: (K,) of the inputs.
    """

    inputs: np.ndarray
    weights: np.ndarray
    outputs: np.ndarray
    terms: np.ndarray
    names: tuple[str, ...]


def layer(
    x: np.ndarray,
    W: np.ndarray,
    b: np.ndarray,
    outputs: np.ndarray,
    names: Sequence[str],
    kept: Sequence[int] | np.ndarray | None = None,
) -> Layer:
    """Write x (I,) @ W (I, O) + b (O,) = outputs (O,) as one product.

    Args:
        names: (I,) of the inputs.
        kept: the inputs that stay, in this order, all if None; the others are added up into one.
    """
    stay = np.arange(len(x)) if kept is None else np.asarray(kept)
    others = np.setdiff1d(np.arange(len(x)), stay)
    rest = [x[others] @ W[others]] if len(others) else []  # (O,)
    weights = np.vstack([W[stay], *rest, b])  # (K, O)
    inputs = np.concatenate([x[stay], np.ones(len(rest) + 1)])[None]  # (1, K)
    told = ["others"] * len(rest) + ["bias"]
    terms = (inputs * weights.T)[None]  # (1, O, K)
    return Layer(inputs, weights, outputs[None], terms, (*(names[i] for i in stay.tolist()), *told))


def loudest(h: np.ndarray, W2: np.ndarray, letter: int, count: int = 10) -> np.ndarray:
    """Return the neurons (count,) whose h (H,) times W2 (H, V) says most about one letter, for or against."""
    return np.argsort(-np.abs(h * W2[:, letter]), kind="stable")[:count]  # (count,)


# --- tanh -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Curve:
    """tanh and its slope 1 - tanh² at x, each (N,)."""

    x: np.ndarray
    y: np.ndarray
    slope: np.ndarray


def tanh_curve(limit: float = 5.0, points: int = 201) -> Curve:
    """Return tanh from -limit to limit."""
    x = np.linspace(-limit, limit, points)
    y = np.tanh(x)
    return Curve(x, y, 1 - y * y)


@dataclass(frozen=True)
class Saturation:
    """The hidden layer's activations for a batch.

    Args:
        preactivation, h: (B, H) before and after tanh.
        saturated: (B, H) where |h| > 0.99, so that hardly any gradient passes.
        share_saturated: of all B * H.
        throughout: (H,) neurons that are saturated for every example of the batch, and learn little from it.
        edges, counts: (201,), (200,) histogram of h, whose outermost bars are the saturated values.
        preactivation_edges, preactivation_counts: of its input, the bound of saturation among the edges.
        loss: of the batch, nats per character; uniform_loss: ln V, of guessing every character alike.
    """

    preactivation: np.ndarray
    h: np.ndarray
    saturated: np.ndarray
    share_saturated: float
    throughout: np.ndarray
    edges: np.ndarray
    counts: np.ndarray
    preactivation_edges: np.ndarray
    preactivation_counts: np.ndarray
    loss: float
    uniform_loss: float


@torch.no_grad()
def saturation(model: MLP, X: Tensor, Y: Tensor) -> Saturation:
    """Look at the activations of a batch X (B, block_size) with targets Y (B,)."""
    a = model.activations(X)
    h, preactivation = a.h.numpy(), a.preactivation.numpy()  # (B, H)
    saturated = np.abs(h) > SATURATED  # (B, H)
    counts, edges = np.histogram(h, bins=200, range=(-1, 1))
    width = np.arctanh(SATURATED) / 8  # the bound stands at an edge
    bars = max(int(np.ceil(np.abs(preactivation).max() / width)), 9)  # on either side of zero
    preactivation_counts, preactivation_edges = np.histogram(
        preactivation, width * np.arange(-bars, bars + 1)
    )
    return Saturation(
        preactivation,
        h,
        saturated,
        float(saturated.mean()),
        saturated.all(axis=0),
        edges,
        counts,
        preactivation_edges,
        preactivation_counts,
        F.cross_entropy(a.logits, Y).item(),
        math.log(a.logits.shape[1]),
    )


def batch(
    words: Sequence[str], vocabulary: Vocabulary, block_size: int = 3, size: int = 32, seed: int = 0
) -> tuple[Tensor, Tensor]:
    """Draw examples of a list of words: X (size, block_size) and Y (size,)."""
    X, Y = build_dataset(words, vocabulary, block_size)
    chosen = torch.randint(len(Y), (size,), generator=torch.Generator().manual_seed(seed))  # (size,)
    return X[chosen], Y[chosen]


# --- the learned letters ----------------------------------------------------------------------------


@dataclass(frozen=True)
class Letters:
    """Marks for each of V characters: vowel (V,) and diacritic (V,), both bool."""

    vowel: np.ndarray
    diacritic: np.ndarray


def letters(vocabulary: Vocabulary) -> Letters:
    """Mark vowels and letters with a diacritic, in Polish and in any other Latin alphabet."""
    bases = [unicodedata.normalize("NFD", symbol)[0].upper() for symbol in vocabulary.symbols]
    vowel = np.array([base in "AEIOUYÆØŒ" for base in bases])
    # Ł and its like do not decompose, but their Unicode names say it: LATIN CAPITAL LETTER L WITH STROKE.
    diacritic = np.array([" WITH " in unicodedata.name(symbol, "") for symbol in vocabulary.symbols])
    return Letters(vowel, diacritic)


@dataclass(frozen=True)
class Nudge:
    """One letter moved in the space of its embedding, and what the model then expects.

    Args:
        before, after: (E,) where the letter stood and stands now.
        probabilities_before, probabilities_after: (V,) of the next character.
        change: (V,) their difference, adding up to 0.
    """

    before: np.ndarray
    after: np.ndarray
    probabilities_before: np.ndarray
    probabilities_after: np.ndarray
    change: np.ndarray


@torch.no_grad()
def nudge(
    model: MLP,
    vocabulary: Vocabulary,
    letter: str,
    place: Sequence[float],
    text: str,
) -> Nudge:
    """Put a letter at another place (E,) and predict what follows a text, as before and with the move.

    Raises:
        UnknownCharacter: if the vocabulary lacks a character of the text or the letter.
    """
    i = vocabulary.encode(letter)[0]
    idx = torch.tensor([vocabulary.encode(window(text, model.block_size))])  # (1, T)
    C, *others = model.parameters()
    moved = C.clone()  # (V, E)
    moved[i] = torch.as_tensor(place, dtype=C.dtype)
    before, after = (
        F.softmax(forward_pass(idx, table, *others).logits, dim=1)[0].numpy() for table in (C, moved)
    )
    return Nudge(C[i].numpy().copy(), moved[i].numpy(), before, after, after - before)
