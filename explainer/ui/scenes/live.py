"""A training of one's own, as it is watched: what it writes, where its letters go, how its numbers change."""

from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import asdict, dataclass, field, replace
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from explainer import names
from explainer.components.grid import Matrix, grid
from explainer.components.names import Card, Letter, cards
from explainer.components.pulse import pulse
from explainer.figures import curves, written
from explainer.figures import letters as plane
from explainer.models.mlp import forward_pass
from explainer.traces import training as trace
from explainer.traces.compare import DrawnName as Name
from explainer.traces.compare import draw_names, next_probabilities, parameters
from explainer.traces.mlp import SATURATED
from explainer.traces.receipt.step import MARKS
from explainer.training import gpt
from explainer.training.bigram import train_neural
from explainer.training.copied import COUNT
from explainer.training.mlp import Progress, Snapshot, Trainer, adamw, backward
from explainer.training.queue import (
    DIVERGED,
    DONE,
    ENDED,
    PAUSED,
    RUNNING,
    STOPPED,
    WAITING,
    Job,
    QueueFull,
    Report,
)
from explainer.training.recipes import CAUSES, Shape, check_limits, untrained
from explainer.training.small import (
    LEAST,
    LINE,
    SMALL,
    SMALL_TEXT,
    BigramRecipe,
    BigramTrainer,
    GPTTrainer,
    names_data,
    readable,
    text_data,
    vocabulary_of,
)
from explainer.ui import own_file, own_models, own_training, widgets, window
from explainer.ui.blocks import chapter_link, complain, metrics, note, picture, shared
from explainer.ui.guard import guarded
from explainer.ui.receipt.dialog import open_receipt
from explainer.ui.scenes.training import described, different, kinds_of
from explainer.ui.scenes.welcome import odds
from explainer.ui.source import offer, with_source
from explainer.ui.trained import history
from explainer.ui.words import Source, WordList, dotted
from explainer.vocabulary import Vocabulary

MODELS = {
    "mlp": "MLP",
    "bigram": "bigram, by gradient",
    "gpt": "small GPT on the names",
    "text": "small GPT on your own text",
}
RATES = (0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0)
STEPS = (500, 1_000, 2_000, 6_000, 20_000, 60_000, 200_000)
OTHERS: dict[
    str, tuple[BigramRecipe | gpt.Recipe, tuple[int, ...], tuple[float, ...]]
] = {  # how the models beside the perceptron are trained at first, for so many steps, at such rates
    "bigram": (BigramRecipe(), (30, 100, 300, 1_000, 3_000), (1.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0)),
    "gpt": (SMALL, (100, 300, 600, 1_500, 3_000), (0.0003, 0.001, 0.003, 0.01, 0.03, 0.1)),
    "text": (SMALL_TEXT, (100, 300, 1_000, 2_500, 5_000), (0.0003, 0.001, 0.003, 0.01, 0.03, 0.1)),
}
PRESETS = {  # one cause after the other, each with those before it
    "talk": "as in the talk",
    "scaled": "talk + scaled start",
    "dropout": "… + dropout",
    "decay": "… + weight decay",
    "better": "… + AdamW: the better one",
}
SHIPPED = {"talk": "mlp-talk", "better": "mlp"}  # presets whose recorded run is always there
WATCHED = {
    "names": "names",
    "letters": "letters",
    "tanh": "tanh",
    "W1": "W1",
    "gradient": "gradient",
    "runs": "runs",
}
SEEN_OF = {  # by model
    "mlp": tuple(WATCHED),
    "bigram": ("names", "W", "runs"),
    "gpt": ("names", "letters", "runs"),
    "text": ("text", "letters", "runs"),
}
DRAWN, CARDS = 60, 9  # names that are drawn at the end, and those that are shown in large
KEPT = 5  # earlier runs of a visit
EVERY = 0.45  # seconds between two frames of what is watched
LINES = 7  # steps of which the names stand above each other, at most
EXAMPLES = 16  # windows whose activations are shown
WIDTH = 44.0  # of half a stage, in sizes of its type
PHONE_WIDTH = 25.0


@dataclass(frozen=True)
class Plan:
    """What a visitor wants to train."""

    shape: Shape  # of a perceptron
    recipe: Any  # as its trainer takes it
    preset: str = "better"  # from which it was changed
    kind: str = "mlp"  # one of ``MODELS``
    text: str = field(default="", repr=False)  # that a GPT learns from

    @property
    def rate(self) -> float:
        """The learning rate that was chosen."""
        return self.recipe.lr_rest if self.kind in ("gpt", "text") else self.recipe.learning_rate

    def at(self, rate: float) -> "Plan":
        """Return the same plan with another learning rate."""
        named = "lr_rest" if self.kind in ("gpt", "text") else "learning_rate"
        return replace(self, recipe=replace(self.recipe, **{named: rate}))

    @property
    def rate_key(self) -> str:
        """The key of the control that the learning rate is chosen by."""
        return f"training_rate_{self.preset if self.kind == 'mlp' else self.kind}"


@dataclass(frozen=True)
class About:
    """What a training of one's own is about."""

    plan: Plan
    parts: names.Split
    vocabulary: Vocabulary
    beside: str = "girls"  # whose shipped runs it is compared with
    others: bool = False  # whether it learns from other words than they did

    @property
    def kind(self) -> str:
        """What is trained: a text's GPT learns the names as long as there is no text."""
        return "gpt" if self.plan.kind == "text" and not self.plan.text else self.plan.kind

    def trainer(self) -> Any:
        """Return what trains as planned."""
        plan, parts = self.plan, self.parts
        if plan.kind == "mlp":
            return Trainer(parts.train, parts.dev, self.vocabulary, plan.shape, plan.recipe)
        if plan.kind == "bigram":
            return BigramTrainer(parts.train, parts.dev, self.vocabulary, plan.recipe)
        names_or_text = plan.text and text_data(plan.text, plan.recipe)
        return GPTTrainer(names_or_text or names_data(parts, self.vocabulary, plan.recipe), plan.recipe)

    def facts(self) -> dict[str, Any]:
        """Return what the metadata of the trained model tells of its data and its recipe."""
        recipe = self.plan.recipe
        told = f"{len(self.parts.train):,} words, chosen in a visit of the app"
        told = f"a text of {len(self.plan.text):,} characters" if self.plan.text else told
        return {"data": told, "seed": recipe.seed, "recipe": asdict(recipe)}

    def written(self, now: Snapshot) -> trace.Written:
        """Return what the model writes, at any step with the same dice."""
        write = trace.lines if self.plan.text else trace.written
        return write(now.model, self.vocabulary, now.step)


def retrained(about: About, steps: int) -> dict[str, np.ndarray]:
    """Train as was planned, with no change of the learning rate on the way; return what was recorded."""
    trainer = about.trainer()
    trainer.advance(steps)
    return trainer.history()


# --- the controls -----------------------------------------------------------------------------------


def planned(found: WordList) -> Plan:
    """Draw the hyperparameters and return the plan; a recipe's own values stand until they are changed."""
    with st.popover("What to train"):
        kind = widgets.named("model", MODELS, key="training_kind")
        plan = _perceptron(found) if kind == "mlp" else _other(kind)
        tucked_in = st.container()
    job = own_training.current()
    ended = job is not None and job.report().state in ENDED  # then the receipt needs the room
    with tucked_in if ended else nullcontext():
        rate = widgets.steps("learning rate", rates_of(kind), plan.rate, key=plan.rate_key)
    return plan.at(rate)


def rates_of(kind: str) -> tuple[float, ...]:
    """Return the learning rates that a model can be trained at."""
    return RATES if kind == "mlp" else OTHERS[kind][2]


def _perceptron(found: WordList) -> Plan:
    preset = widgets.named("recipe", PRESETS, key="training_recipe", default="better")
    base = CAUSES[preset]
    block = widgets.slider("block size", 1, 8, 3, key="training_block")
    embedding = widgets.slider("embedding dimension", 1, 32, 10, key="training_embedding")
    hidden = widgets.slider("hidden layer size", 1, 400, 200, key="training_hidden")
    steps = widgets.steps("steps", STEPS, base.steps, key=f"training_steps_{preset}")
    batch = widgets.slider("batch size", 1, 512, base.batch_size, key=f"training_batch_{preset}")
    dropout = widgets.slider("dropout", 0.0, 0.75, base.dropout, step=0.05, key=f"training_dropout_{preset}")
    seed = widgets.number("seed", 0, 2**31 - 1, base.seed, key="training_seed")
    recipe = replace(base, steps=steps, batch_size=batch, dropout=dropout, seed=seed)
    return Plan(Shape(len(found.vocabulary), block, embedding, hidden), recipe, preset)


def _other(kind: str) -> Plan:
    base, counts, _ = OTHERS[kind]
    text = _own_text() if kind == "text" else ""
    steps = widgets.steps("steps", counts, base.steps, key=f"training_steps_{kind}")
    seed = widgets.number("seed", 0, 2**31 - 1, base.seed, key="training_seed")
    return Plan(Shape(), replace(base, steps=steps, seed=seed), kind=kind, text=text)


def _own_text() -> str:
    """Return the text of the visitor's file, or what was pasted, if a GPT can learn from it."""
    found = own_file.text("a text from a file", key="training_text_own")
    told = f"Paste a text of {LEAST:,} characters or more; until then it learns the names."
    found = found or widgets.pasted("your own text", key="training_text_pasted", placeholder=told) or ""
    if not found or len(readable(found)) >= LEAST:
        return found
    few = f"The text has {len(found):,} characters; a GPT needs at least {LEAST:,}."
    complain(f"{few} Until then it learns the names.")
    return ""


def about(plan: Plan, source: Source, found: WordList) -> About:
    """Return what a training would be about that begins now."""
    beside = "boys" if source.kind == "boy" else "girls"
    vocabulary = vocabulary_of(plan.text) if plan.text else found.vocabulary
    others = bool(plan.text) or source.kind not in ("girl", "boy")
    return About(plan, names.split(found.words), vocabulary, beside, others)


def buttons(asked: About, missed: str = "") -> None:
    """Draw what can be done now: start, pause, go on, stop; a learning rate moved meanwhile takes effect.

    Args:
        missed: why a list of one's own cannot be used; nobody trains on other names in its place.
    """
    job, plan = own_training.current(), asked.plan
    if job and job.report().state not in ENDED:
        _under_way(job, plan)
    elif plan.text or not missed:
        label = "Train it" if job is None else "Train again"
        widgets.action(label, lambda: _start(asked), key="training_start")


def _under_way(job: Job, plan: Plan) -> None:
    job.set_learning_rate(plan.rate)
    if _waits(plan, job.about.plan):
        note("“What to train” has changed: that holds for the next run, the learning rate at once.")
    if job.report().state == PAUSED:
        widgets.action("Go on", job.resume, key="training_resume")
    else:
        widgets.action("Pause", job.pause, key="training_pause")
    widgets.action("Stop", job.stop, key="training_stop", primary=False)


def _waits(plan: Plan, running: Plan) -> bool:
    """Return whether a plan differs from one that is running in more than the learning rate."""
    return plan.at(running.rate) != running if plan.kind == running.kind else True


def _start(asked: About) -> None:
    """Begin, and have the shell drawn too, which gives the tab the secret of its training."""
    last = own_training.current()
    try:
        if asked.plan.kind == "mlp":
            check_limits(asked.plan.shape, asked.plan.recipe)
        own_training.start(asked.trainer, asked, asked.written)
    except (QueueFull, ValueError) as error:
        st.toast(str(error))
        return
    _remember(last)
    st.rerun()


def asked_of(own: str) -> tuple[str, str, str]:
    """Return what the receipt of the visitor's model is of: what it most probably begins with.

    Args:
        own: the key of the model.
    """
    job = own_training.existing()
    vocabulary, before = job.about.vocabulary, LINE if job.about.plan.text else ""
    probabilities = next_probabilities(job.trained(), vocabulary, "", before or names.BOUNDARY)  # (V,)
    return own, before, vocabulary.symbols[int(probabilities.argmax())]


# --- the stage --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Outcome:
    """What a trained model made."""

    names: pd.DataFrame  # each different name, whether it stands in the training names, its probability
    csv: bytes
    shown: tuple[Name, ...]  # the first of them, letter by letter


@dataclass(frozen=True)
class Moment:
    """A training as it is seen at one moment."""

    about: About
    now: Snapshot | None  # the model, if there is one
    notes: tuple[trace.Written, ...] = ()  # what it wrote on the way
    losses: dict[str, np.ndarray] | None = None  # ``Trainer.history``; None before the first step
    report: Report | None = None


def watch(asked: About) -> None:
    """Show the visitor's training, twice a second while it is under way, and what it made in the end.

    Args:
        asked: what a training would be about that begins now.
    """
    job = own_training.current()
    if job is None:
        offer(history, "girls-mlp")
        _halves(Moment(asked, _beginning(asked)))
        return
    report = job.report()
    step = report.progress.step if report.progress else 0
    offer(retrained, job.about, step, also=LOOPS[job.about.kind])
    if report.state in (RUNNING, WAITING):
        _watched()
        return
    if report.state in ENDED:
        own_training.seen()
    made = _made(job) if report.state in ENDED else None
    _halves(_seen(job, report), made)


@st.fragment
@guarded()
def _watched() -> None:
    job = own_training.existing()
    report = job.report()
    if report.state in ENDED:
        st.rerun()  # the controls are others now
    _halves(_seen(job, report))
    pulse("live", EVERY)


def _beginning(asked: About) -> Snapshot | None:
    """Return the model before its first step; None if what it would learn from does not do."""
    plan = asked.plan
    if plan.kind == "mlp":
        return Snapshot(0, untrained(plan.shape, plan.recipe).eval().requires_grad_(False))
    kept = st.session_state.get("training_beginning")
    if kept is None or kept[0] != (plan, asked.parts):
        try:
            made = asked.trainer().snapshot()
        except ValueError as error:
            complain(str(error))
            return None
        kept = st.session_state["training_beginning"] = ((plan, asked.parts), made)
    return kept[1]


def _seen(job: Job, report: Report) -> Moment:
    now = job.watch() or (None if report.state in ENDED else _beginning(job.about))
    return Moment(job.about, now, job.notes, job.history(), report)


def _halves(seen: Moment, made: Outcome | None = None) -> None:
    """Draw how a training stands at the left, and what one has chosen to watch at the right."""
    numbers, watched = shared(1, 1, key="training_live")
    with numbers:
        _numbers(seen)
        _losses(seen)
    with watched:
        views = {view: view for view in SEEN_OF[seen.about.kind]}
        what = widgets.choice("watch", views, key="training_watch")
        if what == "runs":
            _runs(seen)
        elif made and what == "names":
            _results(made)
        elif seen.now is None:
            st.text("Nothing can be shown of it.")
        else:
            PICTURES[what](seen, seen.now)
        if what == "text" and (key := own_models.trained()):
            _text_made(key)


def _numbers(seen: Moment) -> None:
    """Say how a training stands, in a sentence and in numbers."""
    report = seen.report
    if report is None:
        if seen.now is not None:
            weights = parameters(seen.now.model)
            st.text(f"{weights:,} numbers, drawn at random: nothing is learned yet.")
        return
    off = report.state == DIVERGED or (seen.losses and trace.thrown_off(seen.losses["train_loss"]))
    if report.progress:
        _progress(report.progress, report.state in ENDED)
    if off:
        _too_high(seen)
    else:
        st.text(_told(report))


def _too_high(seen: Moment) -> None:
    """Say what too high a learning rate does, and offer the step before."""
    now, blind = seen.now, np.log(len(seen.about.vocabulary))
    last = float(seen.losses["train_loss"][-1]) if seen.losses else 0.0
    told = f"Too high a learning rate: the loss is {last:.1f}, and knowing nothing costs {blind:.2f}."
    if now is not None and seen.about.kind == "mlp":
        told += f" {trace.saturated(_hidden(seen, now)[1]):.0%} of tanh are saturated, and hardly learn."
    st.text(told)
    plan = seen.about.plan
    rate = st.session_state.get(plan.rate_key, plan.rate)
    lower = [one for one in rates_of(plan.kind) if one < rate]
    if lower:
        label = f"Train again with {lower[-1]:g}"
        if widgets.action(label, lambda: _again(seen.about, lower[-1]), key="training_lower"):
            st.rerun()


def _again(about: About, rate: float) -> None:
    """Begin anew with another learning rate, to which its control moves."""
    st.session_state[about.plan.rate_key] = rate
    _start(replace(about, plan=about.plan.at(rate)))


def _told(report: Report) -> str:
    """Say in a sentence where a training stands."""
    if report.state == WAITING:
        return f"Waiting: place {report.place} in the queue." if report.place else "Waiting for a turn."
    return {
        RUNNING: "Training.",
        PAUSED: "Paused; it keeps its state.",
        DONE: "Done.",
        STOPPED: "Stopped; what it had learned is kept.",
    }.get(report.state, report.problem)


def _progress(progress: Progress, ended: bool) -> None:
    left = progress.seconds_left
    time = {} if ended else {"time_left": "–" if left is None else f"{left:.0f} s"}
    metrics(
        step=f"{progress.step:,}",
        **time,
        train=f"{progress.train_loss:.3f}",
        dev=f"{progress.dev_loss:.3f}",
    )


def _losses(seen: Moment) -> None:
    """Draw both losses, and those of earlier runs on names held out as thin lines."""
    run = seen.losses or {"step": np.zeros(0), "train_loss": np.zeros(0), "dev_loss": np.zeros(0)}
    losses = {"train": run["train_loss"], "dev": run["dev_loss"]} if seen.losses else {}
    others = {_ended(one): (one.steps, one.dev) for one in runs(seen.about)}
    until = float(seen.about.plan.recipe.steps)
    figure = curves.live_losses(run["step"], losses, others, until, font_size=window.font_size())
    told = curves.losses_alt(run["step"], losses) if losses else "No loss yet."
    picture(figure, f"{told} Thin, earlier runs: {', '.join(others)}.", key="training_losses")


def _ended(run: "Run") -> str:
    """Say where an earlier run ended, which may lie beyond the axis."""
    return f"{run.name}: dev {run.dev[-1]:.2f} at {run.steps[-1]:,}"


# --- earlier runs -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Run:
    """A run that has ended: what it is called, what was changed, and its loss on dev over the steps."""

    name: str
    plan: Plan
    steps: np.ndarray  # (R,)
    dev: np.ndarray  # (R,) nats per character
    job: Job | None = None  # None for a shipped one


def runs(about: About) -> list[Run]:
    """Return the shipped runs of the talk's recipe and the better one, and the visit's earlier ones."""
    found = []
    for preset, name in SHIPPED.items():
        recorded = history(f"{about.beside}-{name}")
        plan = Plan(Shape(), CAUSES[preset], preset)
        on = f" on {about.beside}" if about.others else ""
        found.append(Run(f"{preset}{on} (shipped MLP)", plan, recorded["step"], recorded["dev_loss"]))
    for number, job in _earlier():
        if left := job.history():
            found.append(Run(f"run {number}", job.about.plan, left["step"], left["dev_loss"], job))
    return found


def _earlier() -> list[tuple[int, Job]]:
    """Return the earlier runs of this visit, each with its number."""
    return st.session_state.setdefault("training_earlier", [])


def _remember(job: Job | None) -> None:
    """Keep a run that has ended beside the next ones, the latest five of them."""
    if job is None or not job.history():
        return
    number = st.session_state.get("training_runs", 0) + 1
    st.session_state["training_runs"] = number
    st.session_state["training_earlier"] = [*_earlier(), (number, job)][-KEPT:]


def _runs(seen: Moment) -> None:
    """List the runs by their settings; each can be taken back as long as none is under way."""
    under_way = seen.report is not None and seen.report.state not in ENDED
    for place, run in enumerate(runs(seen.about)):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.text(f"{run.name}, dev {run.dev[-1]:.2f}: {settings(run.plan)}")
            if not under_way:
                label = "Take back" if run.job else "Its settings"
                widgets.action(label, partial(_take_back, run), key=f"training_back_{place}", primary=False)


def settings(plan: Plan) -> str:
    """Say what a run was trained with."""
    recipe, shape = plan.recipe, plan.shape
    if plan.kind != "mlp":
        return f"{MODELS[plan.kind]}, {plan.rate:g}, {recipe.steps:,} steps"
    block, embedding, hidden = shape.block_size, shape.embedding_dimension, shape.hidden_layer_size
    read = f"{block} letter{'s' * (block > 1)} of {embedding} number{'s' * (embedding > 1)}"
    return ", ".join([*described(recipe), read, f"{hidden} neuron{'s' * (hidden > 1)}"])


def _take_back(run: Run) -> None:
    """Move the controls to a run's settings; one of this visit is on the screen again, with its model."""
    st.session_state.update(_controls(run.plan))
    if run.job is None:
        return
    number = next(number for number, job in _earlier() if job is run.job)
    last = own_training.current()
    st.session_state["training_earlier"] = [one for one in _earlier() if one[0] != number]
    own_training.take_back(run.job)
    _remember(last)


def _controls(plan: Plan) -> dict[str, Any]:
    """Return what the controls stand at for a plan, by their keys."""
    recipe = plan.recipe
    told = {"training_kind": MODELS[plan.kind], "training_seed": recipe.seed, plan.rate_key: plan.rate}
    if plan.kind != "mlp":
        return {**told, f"training_steps_{plan.kind}": recipe.steps}
    return {
        **told,
        "training_recipe": PRESETS[plan.preset],
        "training_block": plan.shape.block_size,
        "training_embedding": plan.shape.embedding_dimension,
        "training_hidden": plan.shape.hidden_layer_size,
        f"training_steps_{plan.preset}": recipe.steps,
        f"training_batch_{plan.preset}": recipe.batch_size,
        f"training_dropout_{plan.preset}": recipe.dropout,
    }


# --- what is watched --------------------------------------------------------------------------------


def _names(seen: Moment, now: Snapshot) -> None:
    """Draw what the model writes now below what it wrote before, with the same dice."""
    latest = (write_lines if seen.about.plan.text else write)(now.model, seen.about.vocabulary, now.step)
    before = [told for told in seen.notes if told.step < now.step]
    rows = [_row(told) for told in [*_spread(before, LINES - 1), latest]]
    extremes = [
        written.Extreme("most probable per character", _spelt(latest.best), latest.best.nats),
        written.Extreme("least probable per character", _spelt(latest.worst), latest.worst.nats),
    ]
    narrow = window.narrow()
    figure = written.written(
        rows, extremes, count=len(latest.names), width=PHONE_WIDTH if narrow else WIDTH,
        columns=1 if seen.about.plan.text else written.COLUMNS, font_size=window.font_size(), narrow=narrow,
    )  # fmt: skip
    picture(figure, written.written_alt(rows), key="training_written")


def _spread(told: Sequence[trace.Written], most: int) -> list[trace.Written]:
    """Return the first one and the latest ones, at most so many."""
    return list(told) if len(told) <= most else [told[0], *told[1 - most :]]


def _row(told: trace.Written) -> written.Row:
    shown = [_spelt(one) for one in told.names[: written.COLUMNS]]
    return written.Row(told.step, shown, told.nats)


def _spelt(one: Name) -> str:
    return one.name if one.ended else f"{one.name}…"


def _letters(seen: Moment, now: Snapshot) -> None:
    """Draw the letters where they stand now, as far as a plane can show them."""
    vocabulary = seen.about.vocabulary
    C = _embeddings(now.model)  # (V, E)
    found = place(C, _before(seen))
    st.session_state["training_plane"] = (seen.about, found.places)
    reach = 1.15 * float(np.abs(found.places).max())
    labels = [symbol.translate(MARKS) for symbol in vocabulary.symbols]
    many = C.shape[1] > 2
    figure = plane.letters(
        found.places[None], [now.step], labels, kinds_of(vocabulary), (-reach, reach),
        directions=many, font_size=window.font_size(), narrow=True,
    )  # fmt: skip
    if many:
        st.text(f"The two main directions of C’s {C.shape[1]}: {found.share:.0%} of how the letters differ.")
    picture(figure, plane.letters_alt(found.places, labels), key="training_plane_now")


def _embeddings(model: Any) -> np.ndarray:
    """Return what a model looks its characters up in: (V, E)."""
    return (model.C if hasattr(model, "C") else model.wte.weight).detach().numpy()  # (V, E)


def _before(seen: Moment) -> np.ndarray | None:
    """Return where the letters of the same training were drawn last."""
    about, places = st.session_state.get("training_plane", (None, None))
    return places if about is seen.about else None


def _hidden(seen: Moment, now: Snapshot) -> tuple[list[str], np.ndarray]:
    """Return contexts that are held out, and the activations for them."""
    contexts, windows = trace.windows(seen.about.parts.dev, seen.about.vocabulary, now.model, EXAMPLES)
    return [dotted(context) for context in contexts], activations(now.model, windows)


def _tanh(seen: Moment, now: Snapshot) -> None:
    """Draw the hidden layer for examples that are held out, and say how much of it is stuck."""
    contexts, h = _hidden(seen, now)
    stuck = trace.saturated(h)
    title = f"h {h.shape[0]} × {h.shape[1]}, {stuck:.0%} saturated (beyond ±{SATURATED:g})"
    drawn = Matrix(h, "h", "activations", rows=contexts, title=title, scale_max=1.0)
    alt = f"tanh for {h.shape[0]} examples and {h.shape[1]} neurons; {stuck:.0%} are saturated."
    grid([drawn], key="training_tanh", alt=alt, panel=False)


def _W1(_: Moment, now: Snapshot) -> None:
    """Draw the first layer's weights as they are now."""
    W1 = now.model.W1.numpy()
    title = f"W1 {W1.shape[0]} × {W1.shape[1]}"
    sizes = np.abs(W1)
    alt = f"{title}: its largest weight is {sizes.max():.2f}, their mean size {sizes.mean():.2f}."
    grid([Matrix(W1, "W1", "weights", title=title)], key="training_W1", alt=alt, panel=False)


def _W(seen: Moment, now: Snapshot) -> None:
    """Draw the bigram's table as it is now: what follows each letter, as it has learned."""
    probabilities = now.model.probabilities().numpy()  # (V, V)
    labels = [symbol.translate(MARKS) for symbol in seen.about.vocabulary.symbols]
    drawn = Matrix(
        probabilities, "P", "probabilities", rows=labels, cols=labels, title="softmax of W, by row"
    )
    alt = f"What follows each letter at step {now.step:,}; at most with {probabilities.max():.2f}."
    grid([drawn], key="training_W", alt=alt, panel=False)


def _gradient(seen: Moment, _: Snapshot) -> None:
    """Draw how long the gradient was at every recorded step."""
    steps, slopes = trace.slopes(seen.losses or {})
    if not len(steps):
        st.text("No step yet, no gradient.")
        return
    figure = curves.gradient(steps, slopes, font_size=window.font_size())
    picture(figure, curves.gradient_alt(steps, slopes), key="training_gradient")


write = with_source(trace.written)
write_lines = with_source(trace.lines)
place = with_source(trace.plane)
activations = with_source(trace.hidden)
# What "Show the code" shows of a training: sample a batch, forward, backward, update.
LOOPS = {
    "mlp": (Trainer.advance, Trainer._draw, Trainer._make_step, forward_pass, backward, adamw),
    "bigram": (BigramTrainer.advance, train_neural),
    "gpt": (GPTTrainer.advance, gpt.Trainer.take_step, gpt.Trainer.batch),
    "text": (GPTTrainer.advance, gpt.Trainer.take_step, gpt.Trainer.batch),
}
PICTURES: dict[str, Callable[[Moment, Snapshot], None]] = {
    "names": _names,
    "text": _names,
    "letters": _letters,
    "tanh": _tanh,
    "W1": _W1,
    "W": _W,
    "gradient": _gradient,
}


# --- what it made in the end ------------------------------------------------------------------------


def _results(made: Outcome) -> None:
    """Show names in large, how many are new, and where one can go with the model."""
    copied, key = made.names["copied"], own_models.trained()
    _cards(made, key)
    new, old = (~copied).sum(), copied.sum()
    st.text(f"{COUNT:,} written, {len(copied):,} different: {new:,} new, {old:,} copied")
    with st.container(horizontal=True, vertical_alignment="center"):
        if key:
            chapter_link("", "name-your-baby", "Name a baby with it", {"welcome_model": key})
            if own_models.find(key).vocabulary.symbols == names.VOCABULARY.symbols:
                chapter_link("compare", "one-prefix", "Into Four models")
            else:
                st.text("Four models know other letters than it does.")
        with st.popover("Download"):
            if key:
                _download("The model", key)
            st.download_button("The names", made.csv, "my-names.csv", "text/csv", key="training_names")


def _text_made(key: str) -> None:
    """Offer the ways on from a GPT that has learned a text."""
    with st.container(horizontal=True, vertical_alignment="center"):
        chapter_link("attention", "who-looks-at-whom", "Write with it", {"attention_model": key})
        _download("Download the model", key)


def _download(label: str, key: str) -> None:
    """Offer a model of this visit as one file, as long as it is there."""
    if files := own_models.archive(key):
        name, packed = files
        st.download_button(label, packed, name, "application/zip", key="training_model")


def _cards(made: Outcome, key: str | None) -> None:
    """Draw one card a name, the new ones first; a click on a letter opens its receipt."""
    copied = set(made.names.loc[made.names["copied"], "name"])
    drawn = [_card(one, one.name in copied) for one in made.shown]
    alt = f"Names it made: {', '.join(one.name for one in made.shown)}."
    clicked = cards(drawn, key="training_made", alt=alt)
    if clicked and key:
        name, place = made.shown[clicked[0]].name, clicked[1] or 0
        open_receipt(key, name[:place], (name + names.BOUNDARY)[place])


def _card(one: Name, copied: bool) -> Card:
    text = [*one.name, "·"]
    letters = [
        Letter(letter, float(p), f"{'the end' if letter == '·' else letter}: {p:.1%}. Why?")
        for letter, p in zip(text, one.probabilities, strict=True)
    ]
    return Card(one.name, letters, odds(one.chance), "copied" if copied else "new", copied)


def _made(job: Job) -> Outcome | None:
    """Let the visitor's model make names, once for each training."""
    kept = st.session_state.get("training_made_by")
    if kept and kept[0] is job:
        return kept[1]
    model = job.trained()
    if model is None or job.about.plan.text or job.report().state == DIVERGED:
        return None
    seed, vocabulary = job.about.plan.recipe.seed, job.about.vocabulary
    frame = different(model, vocabulary, job.about.parts.train, seed)
    drawn = draw_names(model, vocabulary, "", DRAWN, seed=seed)
    first = {one.name: one for one in drawn if 0 < len(one.name) <= trace.CUT}  # a card has no more room
    new = frame.loc[~frame["copied"], "name"]
    shown = sorted(first.values(), key=lambda one: one.name not in set(new))[:CARDS]
    result = Outcome(frame, frame.to_csv(index=False).encode(), tuple(shown))
    st.session_state["training_made_by"] = (job, result)
    return result
