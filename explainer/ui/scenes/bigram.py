"""The bigram's page: what is counted, drawn and learned from its words."""

import random
from collections.abc import Callable
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from explainer import names
from explainer.components.grid import Cell
from explainer.figures import curves, palette
from explainer.figures.bars import bars, bars_alt
from explainer.figures.curves import LONG_DASHED, Curve, Point
from explainer.figures.drawing import Drawing
from explainer.figures.likelihood import Spelled, spelled_out
from explainer.figures.strip import Strip, draws, draws_alt, strips
from explainer.figures.wall import Column, wall, wall_alt
from explainer.models.bigram import conditional_probabilities, count_pairs, mean_nll, pairs
from explainer.traces import bigram as trace
from explainer.training.bigram import train_neural
from explainer.ui.caches import keep
from explainer.ui.receipt import opening as receipts
from explainer.ui.source import cached
from explainer.ui.window import font_size, narrow
from explainer.ui.words import Source, WordList, dotted, word_list
from explainer.vocabulary import Vocabulary
from explainer.wording import bigram as wording
from explainer.wording.bigram import nats
from explainer.wording.numerals import number

SMOOTHINGS = (0, 0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100)
JUDGED = 0.1  # the smoothing with which names are judged at first: all are possible
STEPS = (10, 30, 100, 300, 1_000)
LEARNING_RATES = (1, 3, 10, 20, 30, 50, 100, 200, 500)
REGULARISATIONS = (0, 0.001, 0.01, 0.1, 1)
USUAL_STEPS, USUAL_RATE, USUAL_PULL = 300, 30, 0.01  # with which the counted table comes out
DASHES = dict(zip(("train", "dev", "test"), curves.DASHES, strict=False))
DIVERGED = 0.05  # nats by which the loss ends above its lowest
SWINGING = 0.05  # by which a probability still changes in the last step
SCALE = 1.0  # of probability, where a colour is full: one scale for all tables
MOST_STRIPS = 20
BLIND, OURS, REAL = "equal chances", "this table", "real names"  # where the names of the wall come from
FRAME_BYTES = 400_000  # of one table's frames, sent to the browser once


class Judged(NamedTuple):
    """A name, how surprising it is to the table, and whether it is new."""

    name: str
    nll: float  # nats per character
    new: bool  # not in the list


# --- computed by the traces -------------------------------------------------------------------------


def _fill_in(source: Source) -> trace.FillIn:
    chosen = word_list(source)
    return trace.fill_in(chosen.words, chosen.vocabulary, chosen.weights)


def _so_far(source: Source) -> list[str]:
    return trace.counted_so_far(_fill_in(source), word_list(source).labels)


def _one_name(source: Source, word: str) -> trace.FillIn:
    return trace.fill_in([word], word_list(source).vocabulary)


def _probabilities(source: Source, smoothing: float) -> trace.ProbabilityTable:
    return trace.probability_table(_fill_in(source).counts, smoothing)


def _sample(source: Source, smoothing: float, seed: int) -> trace.Sample:
    table = _probabilities(source, smoothing)
    return trace.sample(table.probabilities, word_list(source).vocabulary, seed)


def _ten_names(source: Source, smoothing: float, seed: int) -> dict[str, list[Judged]]:
    """Return ten names from equal chances, ten from the table (the first is that of ``sample``), ten real."""
    table, chosen = _probabilities(source, smoothing).probabilities, word_list(source)
    seeds = [seed + i * 1_000_000 for i in range(10)]
    drawn = {
        BLIND: [trace.sample(np.full_like(table, 1 / len(table)), chosen.vocabulary, s).name for s in seeds],
        OURS: [trace.sample(table, chosen.vocabulary, s).name for s in seeds],
        REAL: random.Random(seed).sample(chosen.words, min(10, len(chosen.words))),
    }
    known = set(chosen.words)
    judged = {n: trace.likelihood(n, table, chosen.vocabulary).nll for some in drawn.values() for n in some}
    return {where: [Judged(n, judged[n], n not in known) for n in some] for where, some in drawn.items()}


def _counted(source: Source) -> dict[str, np.ndarray]:
    """Return the counts of each part of the words."""
    chosen = word_list(source)
    return {part: trace.fill_in(*_arguments(chosen, part)).counts for part in ("train", "dev", "test")}


def _arguments(chosen: WordList, part: str) -> tuple[list[str], Vocabulary, list[int] | None]:
    inside, weights = chosen.part(part)
    return inside, chosen.vocabulary, weights


def _likelihood(source: Source, smoothing: float, word: str) -> trace.Likelihood:
    table = trace.probability_table(_counted(source)["train"], smoothing)
    return trace.likelihood(word, table.probabilities, word_list(source).vocabulary)


def _evaluation(source: Source, smoothing: float) -> trace.Evaluation:
    return trace.evaluate(_counted(source), smoothing)


def _smoothing_curve(source: Source) -> trace.SmoothingCurve:
    return trace.smoothing_curve(_counted(source), SMOOTHINGS[1:])


def _training(source: Source, steps: int, rate: float, regularisation: float) -> trace.NeuralTraining:
    parts, vocabulary = _counted(source), word_list(source).vocabulary
    fitting = FRAME_BYTES // (4 * len(vocabulary) ** 2)
    frames = next(frames for frames in (51, 26, 11) if frames <= fitting or frames == 11)
    return trace.neural_training(
        parts["train"], parts["dev"], vocabulary, steps, rate, regularisation, frames=frames
    )


def _opening(source: Source) -> int:
    """Return after how many names half of all pairs that ever come have come: a table one can see fill in."""
    fill = fill_in(source)
    _, first = np.unique(fill.cells, axis=0, return_index=True)  # (pairs,) where each comes first
    middle = np.sort(first)[(len(first) - 1) // 2]
    return int(np.searchsorted(fill.starts, middle, side="right"))


def most_frequent(source: Source) -> Cell:
    """Return the cell of the pair that is counted most often among the words to learn from."""
    counts = counted_parts(source)["train"]  # (V, V)
    row, col = np.unravel_index(int(counts.argmax()), counts.shape)
    return Cell(1, int(row), int(col))


counted_parts = cached(_counted, count_pairs, pool="typed")
fill_in = cached(_fill_in, trace.fill_in, pairs, count_pairs, pool="typed")
so_far = keep("typed")(_so_far)
opening = keep("typed")(_opening)
one_name = cached(_one_name, trace.fill_in, trace.pair_labels, pairs, pool="typed")
probabilities = cached(_probabilities, trace.probability_table, conditional_probabilities, pool="typed")
sample = cached(_sample, trace.sample, trace.draw, pool="typed")
ten_names = cached(_ten_names, trace.sample, trace.draw, pool="typed")
likelihood = cached(_likelihood, trace.likelihood, pool="typed")
evaluation = cached(_evaluation, trace.evaluate, mean_nll, pool="typed")
smoothing_curve = cached(_smoothing_curve, trace.smoothing_curve, trace.evaluate, pool="typed")
training = cached(_training, trace.neural_training, train_neural, pool="typed")


# --- pictures: a figure and what is seen on it ------------------------------------------------------


Picture = tuple[Drawing | go.Figure, str]


def split_picture(words: WordList) -> Picture:
    """Draw how many words are learned from, chosen by and judged by."""
    edges, labels = words.shares
    figure = strips(
        [Strip("", edges, labels)],
        colors=[palette.INPUT] * len(labels),
        scale=False,
        font_size=font_size(),
        letters=_letters(),
    )
    return figure, f"The names, cut into {', '.join(labels)}."


def top_picture(words: WordList) -> Picture:
    """Draw the ten names with the most bearers."""
    most = words.table.nlargest(10, "bearers")
    labels, texts = most["name"].tolist(), [f"{bearers:,}" for bearers in most["bearers"]]
    figure = bars(labels, most["bearers"].to_numpy(), texts, color=palette.INPUT, font_size=font_size())
    return figure, bars_alt("The most frequent names", labels, texts)


def letters_picture(drawn: trace.Sample, words: WordList) -> Picture:
    """Draw one letter after the other, each with its die."""
    rows = _turns(drawn, words)
    before = [row.name for row in rows]
    return draws(before, rows, font_size=font_size(), narrow=narrow()), draws_alt(before, rows)


def name_picture(drawn: trace.Sample, words: WordList) -> Picture:
    """Draw the letters of one name below each other, each with its die, as many as can be read."""
    rows = _turns(drawn, words)
    room = 8 if narrow() else 16
    seen = [replace(row, name=_ending(row.name, room)) for row in rows[:MOST_STRIPS]]
    title = f"the first {MOST_STRIPS} of {len(rows)} letters" if len(rows) > MOST_STRIPS else ""
    figure = strips(seen, title=title, font_size=font_size(), letters=_letters())
    return figure, draws_alt([row.name for row in rows], rows)


def ten_picture(found: dict[str, list[Judged]], judged: bool) -> Picture:
    """Draw the names side by side, and how surprising each is to the table if they are judged."""
    columns = [
        Column(where if not judged else f"{where}: {_mean(some)}", [one.name for one in some],
               [_judgement(one, where) for one in some] if judged else ())
        for where, some in found.items()
    ]  # fmt: skip
    return wall(columns, font_size=font_size(), narrow=narrow()), wall_alt(columns)


def _judgement(one: Judged, where: str) -> str:
    """Return the loss, and that the table wrote a name that it was counted from."""
    return nats(one.nll) if one.new or where == REAL or narrow() else f"in the list · {nats(one.nll)}"


def _mean(some: list[Judged]) -> str:
    """Return the loss on all their characters together."""
    sizes = [len(one.name) + 1 for one in some]  # the end counts, too
    return nats(sum(one.nll * size for one, size in zip(some, sizes, strict=True)) / sum(sizes))


def spelled_picture(source: Source, smoothing: float, word: str) -> Picture:
    """Draw a name that becomes less probable letter by letter.

    It opens with its first impossible pair, or with the first two that are multiplied.
    """
    judged, said = likelihood(source, smoothing, word), letter_by_letter(source, smoothing, word)
    letters = [dotted(letter) for letter in f"{names.BOUNDARY}{word}{names.BOUNDARY}"]
    look: dict[str, Any] = {"opens": receipts.OPENS, "font_size": font_size(), "narrow": narrow()}
    impossible = np.flatnonzero(judged.probabilities == 0)  # (K,)
    look["start"] = int(impossible[0]) if len(impossible) else min(1, len(word))
    blind = float(np.log(len(word_list(source).labels)))
    figure = spelled_out(Spelled(letters, judged.probabilities), said, blind, **look)
    alt = f"How probable {word} is, letter by letter; its loss is {nats(judged.nll)} nats per character."
    return figure, alt


def smoothing_picture(curve: trace.SmoothingCurve, uniform: float, smoothing: float) -> Picture:
    """Draw the losses over the smoothing, with the point on dev at which one is."""
    x, dev = curve.smoothings, curve.losses["dev"]
    known = [Curve(part, x, losses, palette.LOSS, DASHES[part]) for part, losses in curve.losses.items()]
    nothing = Curve("knowing nothing", x, np.full(len(x), uniform), palette.GREY, LONG_DASHED)
    here = dev[x == smoothing]  # none at zero, where a logarithmic axis has no place
    figure = curves.curves(
        [*known, nothing],
        x_title="smoothing",
        y_title="loss (nats per character)",
        points=[Point(smoothing, loss, nats(loss), palette.LOSS_TEXT) for loss in here],
        x_range=(0.8 * x[0], 1.2 * x[-1]),
        x_ticks=x.tolist(),
        log_x=True,
        font_size=font_size(),
    )
    told = ", ".join(f"{nats(loss)} at {number(value)}" for value, loss in zip(x, dev, strict=True))
    return figure, f"The loss on dev over the smoothing: {told}."


def training_picture(run: trace.NeuralTraining, words: WordList) -> Picture:
    """Draw the losses of the learned table over the steps beside those of the counted one."""
    parts = {"train": run.train, "dev": run.dev} if words.splits else {"train": run.train}
    levels = {part: np.full(len(run.steps), run.counted_losses[part]) for part in parts}
    learned = [Curve(f"learned, {p}", run.steps, y, palette.LOSS, DASHES[p]) for p, y in parts.items()]
    counted = [
        Curve(f"counted, {p}", run.steps, y, palette.GREY, DASHES[p])
        for p, y in levels.items()
        if np.isfinite(y).all()
    ]
    lowest = min(float(curve.y.min()) for curve in (*learned, *counted))
    highest = min(float(run.train.max()), 2 * float(np.log(len(words.labels))))
    figure = curves.curves(
        [*learned, *counted],
        x_title="step",
        y_title="loss (nats per character)",
        y_range=(0.95 * lowest, 1.05 * highest),
        font_size=font_size(),
    )
    frames = [str(frame) for frame in range(len(run.steps))]  # a click leads to the tables of its step
    for line in figure.data:
        line.customdata = frames
    return figure, curves.losses_alt(run.steps, parts)


def _letters() -> int:
    """Return how many letters fit into the width of a strip."""
    return 30 if narrow() else 90


def _turns(drawn: trace.Sample, words: WordList) -> list[Strip]:
    """Return the row that each letter was drawn from, named by what stood before it."""
    return [
        Strip(dotted(names.BOUNDARY) + drawn.name[:i], draw.edges, words.labels, draw.die, draw.drawn)
        for i, draw in enumerate(drawn.draws)
    ]


def _ending(text: str, most: int) -> str:
    """Return the end of a text that is too long for its place."""
    return text if len(text) <= most else f"…{text[1 - most :]}"


# --- numbers in words -------------------------------------------------------------------------------


def never_counted(table: trace.ProbabilityTable, smoothing: float) -> str:
    """Return in one sentence how many pairs never occur and what smoothing makes of them."""
    told = f"{table.never.sum():,} of {table.never.size:,} possible pairs were never seen, marked by a dash"
    if not smoothing:
        return f":red[{told}: they can never be drawn.]"
    share = float((table.probabilities * table.never).sum() / len(table.never))
    added = f"with {number(smoothing)} added to every count"
    return f":red[{told}: {added} they share {share:.1%} of an average row.]"


def judged_by(words: WordList) -> str:
    """Return by what a name is judged: other scenes count all words, this one those to learn from."""
    count = len(words.part("train")[0])
    return f"The table here is counted over the {count:,} names of train alone: dev and test are new to it."


def letter_by_letter(source: Source, smoothing: float, word: str) -> list[str]:
    """Return one sentence for every letter of a name and its end: how probable it is, and what that makes."""
    judged, counted = likelihood(source, smoothing, word), counted_parts(source)["train"]
    where = "train" if word_list(source).splits else "the list"
    return wording.letter_by_letter(judged, counted[tuple(judged.cells.T)], where)


@keep("typed")
def stranger(source: Source) -> str:
    """Return the first name held out that has a pair which train never shows, and yet is no great surprise.

    If there is none, the first name.
    """
    chosen, counted = word_list(source), counted_parts(source)["train"]
    table = trace.probability_table(counted, JUDGED).probabilities
    held_out = (chosen.table["part"] != "train").to_numpy().nonzero()[0]
    for word in (chosen.words[i] for i in held_out):
        judged = trace.likelihood(word, table, chosen.vocabulary)
        if (counted[tuple(judged.cells.T)] == 0).any() and judged.nll < np.log(len(table)):
            return word
    return chosen.words[0]


def losses(evaluation: trace.Evaluation) -> dict[str, str]:
    """Return the loss on each part as text, and the one of knowing nothing."""
    told = {part: nats(loss) for part, loss in evaluation.losses.items()}
    return {**told, f"knowing nothing: ln {evaluation.size}": nats(evaluation.uniform)}


def verdict(evaluation: trace.Evaluation, curve: trace.SmoothingCurve) -> str:
    """Return in one sentence why a loss is infinite, or which smoothing is the best."""
    if np.isfinite(list(evaluation.losses.values())).all():
        return f"Nats per character. On dev the loss is lowest with a smoothing of {number(curve.best)}."
    told = " and ".join(f"{count} in {part}" for part, count in evaluation.unseen.items() if count)
    return f":red[Pairs that train never showed: {told}. They count as impossible: −ln 0 is infinite.]"


def judgement(run: trace.NeuralTraining) -> str:
    """Return in one sentence how the training ended."""
    if not run.finished:
        return "It diverges: the loss grew beyond what a number can hold. Lower the learning rate."
    if run.train[-1] > run.train.min() + DIVERGED:
        fell, rose = nats(run.train.min()), nats(run.train[-1])
        return f"It diverges: the loss rose from {fell} to {rose}. Lower the learning rate."
    swinging, elsewhere = int((run.last_change > SWINGING).sum()), _elsewhere(run, -1)
    if swinging:
        rows = "1 row still swings" if swinging == 1 else f"{swinging} rows still swing"
        return f"{elsewhere}; {rows} to and fro. A lower learning rate lets it settle."
    return f"{elsewhere}. More steps bring it closer; the pull to zero works like smoothing."


def judgements(run: trace.NeuralTraining) -> list[str]:
    """Return one sentence for every recorded step of a training; the last is how it ended."""
    told = [f"{_elsewhere(run, i)}{_risen(run, i)}." for i in range(len(run.steps) - 1)]
    return [*told, judgement(run)]


def _elsewhere(run: trace.NeuralTraining, at: int) -> str:
    step = run.steps[at]
    after = f"After {step:,} step{'s' if step != 1 else ''}" if step else "Before the first step"
    return f"{after}, **{run.misplaced[at]:.1%}** of the probability stands elsewhere than in the counts"


def _risen(run: trace.NeuralTraining, at: int) -> str:
    fell, now = run.train[: at + 1].min(), run.train[at]
    return f", and the loss has risen from {nats(fell)} to {nats(now)}" if now > fell + DIVERGED else ""


def first_likeness(run: trace.NeuralTraining) -> int:
    """Return the recorded step that a training opens with: the first past half of what it comes to learn."""
    off = run.misplaced
    return int(np.argmax(off <= (off[0] + off.min()) / 2))


def led_to(run: trace.NeuralTraining, asked: tuple) -> int:
    """Return the recorded step that a training opens with: the one whose loss was clicked, if any was.

    Args:
        asked: what tells this training from others.
    """
    led, frame = st.session_state.get("bigram_led_to", (None, 0))
    return min(frame, len(run.steps) - 1) if led == asked else first_likeness(run)


def leads(asked: tuple) -> Callable[[str], None]:
    """Return what shows the tables of the recorded step whose loss was clicked."""

    def clicked(pick: str) -> None:
        st.session_state.update({"bigram_led_to": (asked, int(pick)), "bigram_view": "tables"})

    return clicked


def steps_in_words(run: trace.NeuralTraining, words: WordList) -> list[str]:
    """Return what is told of every recorded step: its number and, where there is room, the losses."""
    steps = [f"step {step:,}" for step in run.steps]
    if narrow():
        return steps
    dev = [f", dev {loss:.2f}" if words.splits else "" for loss in run.dev]
    return [f"{s} · loss: train {t:.2f}{d}" for s, t, d in zip(steps, run.train, dev, strict=True)]


def counted_title(run: trace.NeuralTraining, words: WordList) -> str:
    """Return the title of the counted table: of which words, with which smoothing, and their loss."""
    of_train = " in train" if words.splits else ""
    smoothing = f" + {number(run.smoothing)}" if run.smoothing else ""
    return f"counted{of_train}{smoothing}: loss {nats(run.counted_losses['train'])}"
