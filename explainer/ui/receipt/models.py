"""Whose probability a receipt is for: a shipped model, or one that was counted or trained in this visit.

A model's name stands in links. Those of the Bigram and the Training page say all that it takes to make the
model again, such as ``counted_girl_names_21_0.1_all``; a visitor's own words and weights live only in
the visit.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import streamlit as st
import torch

from explainer import checkpoints
from explainer.metadata import VISIT
from explainer.models.bigram import CountedBigram, NeuralBigram
from explainer.models.mlp import LONGEST as LONGEST_NAME
from explainer.models.mlp import MLP
from explainer.names import VOCABULARY
from explainer.traces import receipt as trace
from explainer.traces.bigram import probability_table
from explainer.traces.receipt import BadReceipt, Receipt
from explainer.traces.receipt.bigram import Counted, Learned
from explainer.traces.receipt.bigram import learned as layer
from explainer.traces.receipt.gpt import Transformer
from explainer.traces.receipt.gradient import GraphSlope, Slope
from explainer.traces.receipt.mlp import Perceptron
from explainer.traces.training_step import NAMES as MATRICES
from explainer.ui import own_models
from explainer.ui.caches import keep
from explainer.ui.catalogue import KINDS as KINDS_OF_MODELS
from explainer.ui.catalogue import SEXES, called
from explainer.ui.receipt.question import Question
from explainer.ui.scenes import backpropagation, bigram, training_step
from explainer.ui.trained import checkpoint
from explainer.ui.words import KINDS, MIN_BEARERS, Source, word_list
from explainer.vocabulary import Vocabulary

GONE = (
    "This model lived only in the visit that made it: words of one's own and weights trained here are not "
    "kept. Open the receipt again from the page where the model was made."
)
UNKNOWN = "No model has the name in this link. Open a receipt by clicking a probability on a page."
MOST_SMOOTHING = 1_000


@dataclass(frozen=True)
class OpenedReceipt:
    """A receipt and whose it is.

    Args:
        model: as it is spoken of.
        names: whether it reads names, and not running text.
        read: how many characters a GPT read, if not all that stand before; the boundary counts.
        asked: the question in words, if it is not about a probability.
    """

    receipt: Receipt
    model: str
    names: bool = True
    read: int | None = None
    asked: str = ""


def opened(asked: Question) -> OpenedReceipt:
    """Return the receipt of a probability.

    Raises:
        BadReceipt, UnknownCharacter, BadCheckpoint: the message says what to do.
    """
    model, context, character, _ = asked
    kind, *settings = model.split("_")
    if kind in MAKERS:
        return MAKERS[kind](*_read(kind, settings), context, character)
    if model.startswith(VISIT) and "@" not in model:
        raise BadReceipt(GONE)  # as older links called it
    if model not in shipped() and not own_models.is_own(model):
        raise BadReceipt(UNKNOWN)
    named = trace.made_for_names(checkpoint(model).vocabulary)  # fails for another visitor's
    found = _receipt(*asked)
    there = len(context) + named
    read = len(found.read) if isinstance(found, Transformer) else there
    return OpenedReceipt(found, _named(model), named, read if read < there else None)


def shipped() -> list[str]:
    """Return the names of the house's models that are here; who trained one knows what it learned from."""
    there = {path.name for path in checkpoints.FOLDER.glob("*.*")}
    return sorted(name for name in checkpoints.SHIPPED if {f"{name}.json", f"{name}.safetensors"} <= there)


def _named(model: str) -> str:
    """Return what a model is called: as in the catalogue, or as the visitor's own."""
    name, own, _ = model.partition("@")
    kind = KINDS_OF_MODELS.get(checkpoint(model).meta["architecture"]["kind"], "model")
    if not own:
        return called(name)
    return f"your own {kind}" if name == VISIT else name


@keep("typed")
def _receipt(model: str, context: str, character: str, read: int | None) -> Receipt:
    loaded = checkpoint(model)
    if isinstance(loaded.model, CountedBigram) and "recipe" in loaded.meta:  # by gradient, in a visit
        trace.check(loaded.vocabulary, context, character)
        return Learned(layer(loaded.model), loaded.vocabulary, context, character, shifted=True)
    if loaded.meta["architecture"]["kind"] != "bigram" or own_models.is_own(model):
        return trace.receipt(loaded.model, loaded.vocabulary, context, character, read)
    data, counts, smoothing = loaded.meta["data"], loaded.model.counts, loaded.model.smoothing
    trace.check(loaded.vocabulary, context, character)
    table = probability_table(counts.long().numpy(), smoothing)
    listed = word_list(Source(data["sex"], data["min_bearers"])).part("train")
    return Counted(table, smoothing, loaded.vocabulary, context, character, *listed)


# --- the Bigram page --------------------------------------------------------------------------------


def counted(source: Source, smoothing: float, train: bool = False) -> str:
    """Return the name of the bigram that is counted from words.

    Args:
        train: whether from their training part alone.
    """
    part = "train" if train else "all"
    return "_".join(["counted", *_source_settings(source), f"{smoothing:.10g}", part])


def learned(source: Source, steps: int, rate: float, pull: float) -> str:
    """Return the name of the bigram that is trained on the training part of words."""
    return "_".join(["learned", *_source_settings(source), f"{steps}", f"{rate:g}", f"{pull:g}"])


def _source_settings(source: Source) -> list[str]:
    if source.kind == "own":
        st.session_state["receipt_words"] = source
    return [source.kind, "bearers" if source.weighted else "names", str(source.min_bearers)]


def _source(kind: str, counts: str, min_bearers: int) -> Source:
    if kind != "own":
        return Source(kind, min_bearers, counts == "bearers")
    if "receipt_words" not in st.session_state:
        raise BadReceipt(GONE)
    return st.session_state["receipt_words"]


def _counted(
    kind: str, counts: str, bearers: int, added: float, part: str, context: str, character: str
) -> OpenedReceipt:
    source = _source(kind, counts, bearers)
    vocabulary, found = _checked(source, context, character), word_list(source)
    listed: tuple[Sequence[str], Sequence[int] | None]
    if part == "train":
        table = probability_table(bigram.counted_parts(source)["train"], added)
        listed = found.part("train")
    else:
        table, listed = bigram.probabilities(source, added), (found.words, found.weights)
    told = f"counted, {_called(source)}" + (f", smoothing {added:g}" if added else "")
    return OpenedReceipt(Counted(table, added, vocabulary, context, character, *listed), told)


def _learned(
    kind: str, counts: str, bearers: int, steps: int, rate: float, pull: float, context: str, character: str
) -> OpenedReceipt:
    source = _source(kind, counts, bearers)
    run = bigram.training(source, steps, rate, pull)
    vocabulary = _checked(source, context, character)
    model = NeuralBigram(torch.tensor(run.W[-1]))
    told = f"learned in {steps:,} steps, {_called(source)}"
    return OpenedReceipt(Learned(model, vocabulary, context, character), told)


def _checked(source: Source, context: str, character: str) -> Vocabulary:
    vocabulary = word_list(source).vocabulary
    trace.check(vocabulary, context, character)
    return vocabulary


def _called(source: Source) -> str:
    if source.kind == "own":
        return "your own list"
    who = "girls and boys" if source.kind == "both" else KINDS[source.kind]
    least = f" with {source.min_bearers:,} bearers or more" if source.min_bearers > MIN_BEARERS[0] else ""
    return f"{'bearers of ' if source.weighted else ''}names of {who}{least}"


# --- the Training page ------------------------------------------------------------------------------


def nudged(run: str, letter: str, place: np.ndarray) -> str:
    """Return the name of a perceptron with one letter moved; ``run`` is a sex or a key of one's own."""
    return "_".join(["nudged", run, letter, *(f"{number:.8g}" for number in place)])


def _nudged(run: str, letter: str, right: float, up: float, context: str, character: str) -> OpenedReceipt:
    loaded = checkpoint(f"{run}-mlp-2d" if run in SEXES else run)
    model, vocabulary = loaded.model, loaded.vocabulary
    trace.check(vocabulary, context, character)
    if not isinstance(model, MLP) or model.C.shape[1] != 2:
        raise BadReceipt(GONE)
    moved = _moved(model, vocabulary.encode(letter)[0], (right, up))
    return OpenedReceipt(Perceptron(moved, vocabulary, context, character), f"the MLP with {letter} moved")


def _moved(model: MLP, letter: int, place: tuple[float, float]) -> MLP:
    """Return a copy with another embedding for one letter."""
    shape = (model.C.shape[0], model.block_size, model.C.shape[1], model.b1.shape[0])
    copy = MLP(*shape).eval().requires_grad_(False)
    copy.load_state_dict(model.state_dict())
    copy.C.data[letter] = torch.tensor(place)
    return copy


# --- the Gradient descent page ----------------------------------------------------------------------


def _slope(
    sex: str,
    weights: str,
    optimizer: str,
    rate: float,
    number: int,
    matrix: str,
    row: int,
    column: int,
    name: str,
    _: str,
) -> OpenedReceipt:
    if not 0 < len(name) <= LONGEST_NAME:
        raise BadReceipt(f"A step is made on the letters of one name: give 1 to {LONGEST_NAME} of them.")
    trace.check(VOCABULARY, name, name[0])
    asked = training_step.StepRequest(sex, weights, name, optimizer, rate, number)
    found = training_step.made(asked)
    rows, columns = np.atleast_2d(found.gradients[matrix]).shape
    if row >= rows or column >= columns:
        raise BadReceipt(f"{matrix} has {rows} rows and {columns} columns; choose a number within them.")
    made = Slope(found, VOCABULARY, matrix, row, column)
    told = f"{name}, step {number} with {training_step.OPTIMIZERS[optimizer]}"
    return OpenedReceipt(made, told, asked=f"{told}: how fast does the loss change with {made.called}?")


def _in_graph(which: str, *asked: Any) -> OpenedReceipt:
    *numbers, name, _ = asked
    found = backpropagation.graph_of(which, numbers)
    if name not in found.names or np.isnan(found.gradients[found.names.index(name)]):
        raise BadReceipt(UNKNOWN)
    told = f"{backpropagation.GRAPHS[which]}: how fast does the loss L change with {name}?"
    return OpenedReceipt(GraphSlope(found, found.names.index(name)), which, asked=told)


# --- names of models --------------------------------------------------------------------------------


def _one_of(*options: str) -> Callable[[str], str]:
    return lambda text: {option: option for option in options}[text]


def _option(*options: float) -> Callable[[str], float]:
    """Read a number as one of the options: a receipt of another training than a scene shows is not made."""
    return lambda text: {float(option): option for option in options}[float(text)]


def _finite(text: str) -> float:
    if not math.isfinite(float(text)):
        raise ValueError(f"{text} is no number to count with")
    return float(text)


def _smoothing(text: str) -> float:
    if not 0 <= float(text) <= MOST_SMOOTHING:
        raise ValueError(f"{text} cannot be added to a count")
    return float(text)


def _run(text: str) -> str:
    if text not in SEXES and not own_models.is_own(text):
        raise ValueError(f"{text} is no run")
    return text


def _letter(text: str) -> str:
    if len(text) != 1:
        raise ValueError(f"{text} is not one letter")
    return text


def _place(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 6):
        raise ValueError(f"{text} is no place in a matrix")
    return int(text)


def _knob(text: str) -> float:
    if not abs(float(text)) <= backpropagation.MOST:
        raise ValueError(f"{text} is beyond what the sliders reach")
    return float(text)


MAKERS: dict[str, Callable[..., OpenedReceipt]] = {
    "counted": _counted,
    "learned": _learned,
    "nudged": _nudged,
    "gradient": _slope,
    "neuron": partial(_in_graph, "neuron"),
    "network": partial(_in_graph, "network"),
}
WORDS = _one_of(*KINDS), _one_of("names", "bearers"), int
SETTINGS: dict[str, tuple[Callable[[str], Any], ...]] = {
    "counted": (*WORDS, _smoothing, _one_of("train", "all")),
    "learned": (
        *WORDS,
        _option(*bigram.STEPS),
        _option(*bigram.LEARNING_RATES),
        _option(*bigram.REGULARISATIONS),
    ),
    "nudged": (_run, _letter, _finite, _finite),
    "gradient": (
        _one_of(*SEXES),
        _one_of(*training_step.WEIGHTS),
        _one_of(*training_step.OPTIMIZERS),
        _option(*training_step.RATES),
        lambda text: int(_option(*training_step.NUMBERS)(text)),
        _one_of(*MATRICES),
        _place,
        _place,
    ),
    "neuron": (_knob,) * len(backpropagation.start("neuron")),
    "network": (_knob,) * len(backpropagation.start("network")),
}


def _read(kind: str, settings: list[str]) -> list[Any]:
    """Return the settings that the name of a model holds.

    Raises:
        BadReceipt: if they are not such as this page gives.
    """
    try:
        told = "_".join(settings).rsplit("_", len(SETTINGS[kind]) - 1)  # a checkpoint's name may hold some
        return [read(text) for read, text in zip(SETTINGS[kind], told, strict=True)]
    except (ValueError, KeyError) as error:
        raise BadReceipt(UNKNOWN) from error
