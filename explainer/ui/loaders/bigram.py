"""The bigram's page: what is counted, drawn and learnt from its words."""

from dataclasses import dataclass
from html import escape

import numpy as np
import plotly.graph_objects as go

from explainer import names
from explainer.figures import palette, strip
from explainer.figures.base import FONT_SIZE, PHONE_FONT_SIZE, number
from explainer.figures.curves import Curve, Point, curves
from explainer.models.bigram import conditional_probabilities, count_pairs, mean_nll, pairs
from explainer.traces import bigram as trace
from explainer.training.bigram import train_neural
from explainer.ui.loaders.words import Source, Words, shown, words
from explainer.ui.source import cached
from explainer.vocabulary import Vocabulary

SMOOTHINGS = (0, 0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100)
STEPS = (10, 30, 100, 300, 1_000, 3_000)
LEARNING_RATES = (1, 3, 10, 20, 30, 50, 100, 200, 500)
REGULARISATIONS = (0, 0.001, 0.01, 0.1, 1)
DASHES = {"train": "solid", "dev": "dash", "test": "dot"}
DIVERGED = 0.05  # nats by which the loss ends above its lowest
SWINGING = 0.05  # by which a probability still changes in the last step
SCALE = 0.9  # of probability, where a colour is full
FRAME_BYTES = 400_000  # of one table's frames, sent to the browser once


@dataclass(frozen=True)
class TenNames:
    """Ten names, the first as ``sample`` draws it, and how surprising each is to the table they came from."""

    names: list[str]  # safe for a figure
    nlls: np.ndarray  # (10,) nats per character
    texts: list[str]


# --- computed by the traces -------------------------------------------------------------------------


def _fill_in(source: Source) -> trace.FillIn:
    chosen = words(source)
    return trace.fill_in(chosen.words, chosen.vocabulary, chosen.weights)


def _one_name(source: Source, word: str) -> trace.FillIn:
    return trace.fill_in([word], words(source).vocabulary)


def _probabilities(source: Source, smoothing: float) -> trace.ProbabilityTable:
    return trace.probability_table(_fill_in(source).counts, smoothing)


def _sample(source: Source, smoothing: float, seed: int) -> trace.Sample:
    table = _probabilities(source, smoothing)
    return trace.sample(table.probabilities, words(source).vocabulary, seed)


def _ten_names(source: Source, smoothing: float, seed: int) -> TenNames:
    table, chosen = _probabilities(source, smoothing).probabilities, words(source)
    drawn = [trace.sample(table, chosen.vocabulary, seed + i * 1_000_000).name for i in range(10)]
    nlls = [trace.likelihood(name, table, chosen.vocabulary).nll for name in drawn]
    known = set(chosen.words)
    told = ["in the list" if name in known else "new" for name in drawn]
    texts = [f"{nll:.2f} · {new}" for nll, new in zip(nlls, told, strict=True)]
    return TenNames([escape(name) for name in drawn], np.array(nlls), texts)


def _counted(source: Source) -> dict[str, np.ndarray]:
    """Return the counts of each part of the words."""
    chosen = words(source)
    return {part: trace.fill_in(*_arguments(chosen, part)).counts for part in ("train", "dev", "test")}


def _arguments(chosen: Words, part: str) -> tuple[list[str], Vocabulary, list[int] | None]:
    inside, weights = chosen.part(part)
    return inside, chosen.vocabulary, weights


def _likelihood(source: Source, smoothing: float, word: str) -> trace.Likelihood:
    table = trace.probability_table(_counted(source)["train"], smoothing)
    return trace.likelihood(word, table.probabilities, words(source).vocabulary)


def _evaluation(source: Source, smoothing: float) -> trace.Evaluation:
    return trace.evaluate(_counted(source), smoothing)


def _smoothing_curve(source: Source) -> trace.SmoothingCurve:
    return trace.smoothing_curve(_counted(source), SMOOTHINGS[1:])


def _training(source: Source, steps: int, rate: float, regularisation: float) -> trace.NeuralTraining:
    parts, vocabulary = _counted(source), words(source).vocabulary
    fitting = FRAME_BYTES // (4 * len(vocabulary) ** 2)
    frames = next(frames for frames in (51, 26, 11) if frames <= fitting or frames == 11)
    return trace.neural_training(
        parts["train"], parts["dev"], vocabulary, steps, rate, regularisation, frames=frames
    )


fill_in = cached(_fill_in, trace.fill_in, pairs, count_pairs)
one_name = cached(_one_name, trace.fill_in, trace.pair_labels, pairs)
probabilities = cached(_probabilities, trace.probability_table, conditional_probabilities)
sample = cached(_sample, trace.sample, trace.draw, max_entries=256)
ten_names = cached(_ten_names, trace.sample, trace.draw)
likelihood = cached(_likelihood, trace.likelihood, max_entries=256)
evaluation = cached(_evaluation, trace.evaluate, mean_nll)
smoothing_curve = cached(_smoothing_curve, trace.smoothing_curve, trace.evaluate)
training = cached(_training, trace.neural_training, train_neural, max_entries=24)


# --- as the page shows it ---------------------------------------------------------------------------


def top(words: Words) -> tuple[list[str], list[int], list[str]]:
    """Return the ten names with the most bearers, how many these are, and the same as text."""
    most = words.table.nlargest(10, "bearers")
    return most["name"].tolist(), most["bearers"].tolist(), [f"{bearers:,}" for bearers in most["bearers"]]


def never_counted(table: trace.ProbabilityTable, smoothing: float) -> str:
    """Return in one sentence how many pairs never occur and what smoothing makes of them."""
    share = float((table.probabilities * table.never).sum() / len(table.never))
    told = f"{table.never.sum():,} of {table.never.size:,} pairs were never seen"
    if not smoothing:
        return f":red[{told}: they can never be drawn.]"
    return f":red[{told}: with {number(smoothing)} added to every count they share {share:.1%} of an average row.]"


def turns(sample: trace.Sample, words: Words) -> tuple[list[str], list[strip.Strip]]:
    """Return what stood before each draw, and the row that it was drawn from as a strip."""
    before = [shown(names.BOUNDARY) + sample.name[:i] for i in range(len(sample.draws))]
    rows = [
        strip.Strip(text, draw.edges, words.labels, draw.die, draw.drawn)
        for text, draw in zip(before, sample.draws, strict=True)
    ]
    return before, rows


def sums(judged: trace.Likelihood) -> dict[str, str]:
    """Return the sum of a name's ln p and its mean, as text."""
    return {"sum_of_ln_p": nats(judged.log_likelihood), "nats_per_character": nats(judged.nll)}


def surprise(judged: trace.Likelihood) -> tuple[np.ndarray, list[str]]:
    """Return −ln p of every pair, zero where it has no end, and what to write beside it."""
    possible = judged.probabilities > 0
    lengths = np.zeros(len(possible))
    lengths[possible] = 0.0 - judged.log_likelihoods[possible]
    texts = [
        f"−ln {p:.3f} = {length:.2f}"
        if p >= 0.001
        else f"−ln {number(p)} = {length:.2f}"
        if p
        else "impossible: ln 0 has no end"
        for p, length in zip(judged.probabilities, lengths, strict=True)
    ]
    return lengths, texts


def nats(value: float) -> str:
    """Return a loss as text; one that has no end in a word."""
    return f"{value:.2f}".replace("-", "−") if np.isfinite(value) else "infinite"


def losses(evaluation: trace.Evaluation) -> dict[str, str]:
    """Return the loss on each part as text, and the one of knowing nothing."""
    told = {part: nats(loss) for part, loss in evaluation.losses.items()}
    return {**told, f"knowing nothing: ln {evaluation.size}": nats(evaluation.uniform)}


def verdict(evaluation: trace.Evaluation, curve: trace.SmoothingCurve) -> str:
    """Return in one sentence why a loss is infinite, or which smoothing is the best."""
    if np.isfinite(list(evaluation.losses.values())).all():
        return f"Nats per character. On dev the loss is lowest with a smoothing of {number(curve.best)}."
    told = " and ".join(f"{count} in {part}" for part, count in evaluation.unseen.items() if count)
    return f":red[Pairs that train never showed: {told}. They count as impossible, and ln 0 has no end.]"


def smoothing_figure(
    curve: trace.SmoothingCurve, uniform: float, smoothing: float, font_size: int
) -> go.Figure:
    """Draw the losses over the smoothing, with the point on dev at which one is."""
    x = curve.smoothings
    known = [Curve(part, x, losses, palette.LOSS, DASHES[part]) for part, losses in curve.losses.items()]
    nothing = Curve("knowing nothing", x, np.full(len(x), uniform), palette.GREY, "longdash")
    dev = curve.losses["dev"][x == smoothing]  # none at zero, where a logarithmic axis has no place
    figure = curves(
        [*known, nothing],
        x_title="smoothing",
        y_title="loss (nats per character)",
        points=[Point(smoothing, loss, nats(loss), palette.LOSS_TEXT) for loss in dev],
        x_range=(0.8 * x[0], 1.2 * x[-1]),
        log_x=True,
        font_size=font_size,
    )
    return figure.update_xaxes(tickvals=x, ticktext=[number(value) for value in x])


def smoothing_alt(curve: trace.SmoothingCurve) -> str:
    """Return one sentence that tells how the loss on dev goes with the smoothing."""
    told = [
        f"{nats(loss)} at {number(x)}" for x, loss in zip(curve.smoothings, curve.losses["dev"], strict=True)
    ]
    return f"The loss on dev over the smoothing: {', '.join(told)}."


def lettering(narrow: bool) -> dict[str, int]:
    """Return the type size of a strip and how many letters fit into its width."""
    return (
        {"font_size": PHONE_FONT_SIZE, "letters": 30} if narrow else {"font_size": FONT_SIZE, "letters": 90}
    )


def titles(run: trace.NeuralTraining, words: Words, brief: bool) -> list[str]:
    """Return what is told of every recorded step: its number, the losses, and how much is elsewhere."""
    steps = [f"step {step:,}" for step in run.steps]
    if brief:
        return steps
    train = [f"loss: train {loss:.2f}" for loss in run.train]
    dev = [f", dev {loss:.2f}" if words.splits else "" for loss in run.dev]
    return [f"{step} · {t}{d}" for step, t, d in zip(steps, train, dev, strict=True)]


def counted_title(run: trace.NeuralTraining, words: Words) -> str:
    """Return the title of the counted table with its smoothing and its losses."""
    dev = f", dev {nats(run.counted_losses['dev'])}" if words.splits else ""
    smoothing = f" + {number(run.smoothing)}" if run.smoothing else ""
    return f"counted{smoothing}: train {nats(run.counted_losses['train'])}{dev}"


def judgement(run: trace.NeuralTraining) -> str:
    """Return in one sentence whether the training settled, swings or diverges."""
    if not run.finished:
        return ":red[It diverges: the loss grew beyond what a number can hold. Lower the learning rate.]"
    if run.train[-1] > run.train.min() + DIVERGED:
        fell, rose = nats(run.train.min()), nats(run.train[-1])
        return f":red[It diverges: the loss rose from {fell} to {rose}. Lower the learning rate.]"
    swinging = int((run.last_change > SWINGING).sum())
    elsewhere = f"{run.misplaced[-1]:.1%} of the probability lies elsewhere than counted"
    if swinging:
        rows = "1 row still swings" if swinging == 1 else f"{swinging} rows still swing"
        return f"{elsewhere}; :red[{rows} to and fro. A lower learning rate lets it settle.]"
    return f"{elsewhere}. More steps bring it closer; the pull to zero works like smoothing."


def training_figure(run: trace.NeuralTraining, words: Words, font_size: int) -> go.Figure:
    """Draw the losses of the learnt table over the steps beside those of the counted one."""
    parts = {"train": run.train, "dev": run.dev} if words.splits else {"train": run.train}
    learnt = [Curve(f"learnt, {part}", run.steps, y, palette.LOSS, DASHES[part]) for part, y in parts.items()]
    counted = [
        Curve(f"counted, {p}", run.steps, np.full(len(y), run.counted_losses[p]), palette.GREY, DASHES[p])
        for p, y in parts.items()
    ]
    low = 0.95 * min(float(curve.y.min()) for curve in (*learnt, *counted))
    high = min(1.05 * float(run.train.max()), 2 * float(np.log(len(words.labels))))
    return curves(
        [*learnt, *counted],
        x_title="step",
        y_title="loss (nats per character)",
        y_range=(low, high),
        font_size=font_size,
    )


def training_alt(run: trace.NeuralTraining) -> str:
    """Return one sentence that tells where the losses began and ended."""
    return (
        f"The loss on train falls from {nats(run.train[0])} to {nats(run.train[-1])} in {run.steps[-1]:,} "
        f"steps; that of the counted table is {nats(run.counted_losses['train'])}."
    )
