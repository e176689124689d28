"""What the training chapter shows: a live training of one's own, and the recorded ones."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from explainer import checkpoints, names
from explainer.components.grid import Matrix, grid
from explainer.components.pulse import pulse
from explainer.figures import curves
from explainer.models.mlp import MLP
from explainer.traces import mlp as trace
from explainer.traces import training as recorded
from explainer.traces.compare import Copied, draw_names
from explainer.training.copied import COUNT
from explainer.training.mlp import Progress, Trainer
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
from explainer.training.recipes import BETTER, TALK, Recipe, Shape, check_limits
from explainer.ui import own_models, own_training, typed, widgets, window
from explainer.ui.blocks import beside, chart, metrics, note, table
from explainer.ui.catalogue import SEXES
from explainer.ui.guard import guarded
from explainer.ui.source import cached, offer, shown
from explainer.ui.trained import checkpoint, history, split
from explainer.ui.words import Words
from explainer.vocabulary import Vocabulary

RECIPES = {"better": "the better recipe", "talk": "as in the talk"}
RATES = (0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0)
STEPS = (500, 1_000, 2_000, 6_000, 20_000, 60_000, 200_000)
LADDER = {
    "mlp-talk": "the talk's",
    "mlp-talk-scaled": "+ scaled start",
    "mlp-talk-dropout": "+ dropout",
    "mlp-unscaled": "better, talk's start",
    "mlp": "the better one",
}
LADDER_HEIGHT = 380  # pixels
FREQUENT = 50  # times that a letter stands in the names learned from


@dataclass(frozen=True)
class Plan:
    """What a visitor wants to train."""

    shape: Shape
    recipe: Recipe


@dataclass(frozen=True)
class About:
    """What a training of one's own is about."""

    plan: Plan
    parts: names.Split
    vocabulary: Vocabulary

    def trainer(self) -> Trainer:
        """Return what trains as planned."""
        plan, parts = self.plan, self.parts
        return Trainer(parts.train, parts.dev, self.vocabulary, plan.shape, plan.recipe)

    def facts(self) -> dict[str, Any]:
        """Return what the metadata of the trained model tells of its data and its recipe."""
        recipe = self.plan.recipe
        told = f"{len(self.parts.train):,} words, chosen in a visit of the app"
        return {"data": told, "seed": recipe.seed, "recipe": asdict(recipe)}


def retrained(about: About, steps: int) -> dict[str, np.ndarray]:
    """Train as was planned, with no change of the learning rate on the way; return what was recorded."""
    trainer = about.trainer()
    trainer.advance(steps)
    return trainer.history()


# --- a training of one's own ------------------------------------------------------------------------


def planned(found: Words) -> Plan:
    """Draw the hyperparameters and return the plan; a recipe's own values stand until they are changed."""
    with st.popover("What to train"):
        kind = widgets.choice("recipe", RECIPES, key="training_recipe")
        base = TALK if kind == "talk" else BETTER
        block = widgets.slider("block size", 1, 8, 3, key="training_block")
        embedding = widgets.slider("embedding dimension", 1, 32, 10, key="training_embedding")
        hidden = widgets.slider("hidden layer size", 1, 400, 200, key="training_hidden")
        steps = widgets.steps("steps", STEPS, base.steps, key=f"training_steps_{kind}")
        batch = widgets.slider("batch size", 1, 512, base.batch_size, key=f"training_batch_{kind}")
        dropout = widgets.slider(
            "dropout", 0.0, 0.75, base.dropout, step=0.05, key=f"training_dropout_{kind}"
        )
        seed = widgets.number("seed", 0, 2**31 - 1, base.seed, key="training_seed")
    rate = widgets.steps("learning rate", RATES, base.learning_rate, key=f"training_rate_{kind}")
    recipe = replace(base, steps=steps, batch_size=batch, dropout=dropout, seed=seed, learning_rate=rate)
    return Plan(Shape(len(found.vocabulary), block, embedding, hidden), recipe)


def buttons(plan: Plan, found: Words) -> None:
    """Draw what can be done now: start, pause, go on, stop; a learning rate moved meanwhile takes effect."""
    job = own_training.current()
    state = job.report().state if job else None
    if job and state not in ENDED:
        job.set_learning_rate(plan.recipe.learning_rate)
        if _waits(plan, job.about.plan):
            note("“What to train” has changed: that holds for the next run, the learning rate at once.")
    if state in (RUNNING, WAITING):
        widgets.action("Pause", job.pause, key="training_pause")
    elif state == PAUSED:
        widgets.action("Go on", job.resume, key="training_resume")
    if state in (RUNNING, WAITING, PAUSED):
        widgets.action("Stop", job.stop, key="training_stop", primary=False)
    else:
        label = "Train it" if job is None else "Train again"
        widgets.action(label, lambda: _start(plan, found), key="training_start")


def _waits(plan: Plan, running: Plan) -> bool:
    """Return whether a plan differs from one that is running in more than the learning rate."""
    return replace(plan, recipe=replace(plan.recipe, learning_rate=running.recipe.learning_rate)) != running


def _start(plan: Plan, found: Words) -> None:
    """Begin, and have the shell drawn too, which gives the tab the secret of its training."""
    try:
        check_limits(plan.shape, plan.recipe)
        about = About(plan, names.split(found.words), found.vocabulary)
        own_training.start(about.trainer, about)
    except (QueueFull, ValueError) as error:
        st.toast(str(error))
        return
    st.rerun()


def first_letter() -> str:
    """Return the letter with which the visitor's model most probably begins."""
    job = own_training.current()
    vocabulary = job.about.vocabulary
    return vocabulary.symbols[int(trace.forward(job.trained(), vocabulary, "").probabilities.argmax())]


@dataclass(frozen=True)
class Made:
    """What a trained model made."""

    names: pd.DataFrame  # each different name, whether it stands in the training names, its probability
    csv: bytes


def watch() -> None:
    """Show the visitor's training, once a second while it is under way, and what it made in the end."""
    job = own_training.current()
    if job is None:
        offer(history, "girls-mlp")
        _show(history("girls-mlp"), "This is the recorded run of the shipped model; train one of your own.")
        return
    report = job.report()
    offer(retrained, job.about, report.progress.step if report.progress else 0)
    if report.state in (RUNNING, WAITING):
        _watched()
        return
    if report.state in ENDED:
        own_training.seen()
    _show(job.history(), _told(report), report, _made(job) if report.state in ENDED else None)


@st.fragment
@guarded()
def _watched() -> None:
    job = own_training.current()
    report = job.report()
    if report.state in ENDED:
        st.rerun()  # the controls are others now
    _show(job.history(), _told(report), report)
    pulse("live", 1.0)


def _show(
    recorded_run: dict[str, np.ndarray] | None,
    message: str,
    report: Report | None = None,
    made: Made | None = None,
) -> None:
    picture, words = beside(*((3, 2) if made else (5, 2)))
    with picture:
        run = recorded_run or {"step": np.zeros(1), "train_loss": np.zeros(0), "dev_loss": np.zeros(0)}
        losses = {"train": run["train_loss"], "dev": run["dev_loss"]}
        figure = curves.losses(run["step"], losses, font_size=window.font_size())
        alt = curves.losses_alt(run["step"], losses) if recorded_run else "No loss yet."
        chart(figure, alt, key="training_losses")
    with words:
        st.text(message)
        if report and report.progress:
            _numbers(report.progress, report.state in ENDED)
        if made:
            _results(made)


def _told(report: Report) -> str:
    """Say in a sentence where a training stands."""
    if report.state == WAITING:
        return f"Waiting: place {report.place} in the queue." if report.place else "Waiting for a turn."
    return {
        RUNNING: "Training.",
        PAUSED: "Paused; it keeps its state.",
        DONE: "Done.",
        STOPPED: "Stopped; what it had learned is kept.",
        DIVERGED: "It diverged: the numbers grew without end. Try a smaller learning rate.",
    }.get(report.state, report.problem)


def _numbers(progress: Progress, ended: bool) -> None:
    step = f"{progress.step:,}"
    losses = {"train": f"{progress.train_loss:.3f}", "dev": f"{progress.dev_loss:.3f}"}
    if ended:
        metrics(step=step, **losses)
        return
    st.progress(progress.step / progress.steps)
    left = progress.seconds_left
    metrics(step=step, time_left="–" if left is None else f"{left:.0f} s")
    metrics(**losses)


def _results(made: Made) -> None:
    copied = made.names["copied"]
    share = f"{copied.mean():.0%} of them are copied"
    st.text(f"{len(copied):,} different names among {COUNT:,} that it made; {share}.")
    table(made.names.head(100), "Names it made.", key="training_made")
    with st.container(horizontal=True):
        if key := own_models.trained():
            name, packed = own_models.archive(key)
            st.download_button("Download the model", packed, name, "application/zip", key="training_model")
        st.download_button("Download the names", made.csv, "my-names.csv", "text/csv", key="training_names")


def _made(job: Job) -> Made | None:
    """Let the visitor's model make names, once for each training."""
    kept = st.session_state.get("training_made_by")
    if kept and kept[0] is job:
        return kept[1]
    model = job.trained()
    if model is None or job.report().state == DIVERGED:
        return None
    frame = _different(model, job.about.vocabulary, job.about.parts.train, job.about.plan.recipe.seed)
    result = Made(frame, frame.to_csv(index=False).encode())
    st.session_state["training_made_by"] = (job, result)
    return result


# --- the letters ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Letters:
    """Where the letters stood while they were learned, how they are called, and what they are."""

    paths: recorded.Paths
    labels: list[str]
    kinds: np.ndarray  # (V,) index into figures.letters.KINDS
    model: MLP
    vocabulary: Vocabulary
    occurrences: np.ndarray  # (V,) in the names that were learned from

    @property
    def reach(self) -> tuple[float, float]:
        """The square that holds all of them."""
        return self.paths.low, self.paths.high


def letters() -> Letters:
    """Offer the recorded runs, and the visitor's own that learned two numbers a letter."""
    own = {key: label for key, label in own_models.options("mlp").items() if _recorded(key)}
    run = widgets.choice("run", {**SEXES, **own}, key="training_letters")
    return _own_letters(run) if own_models.is_own(run) else shipped_letters(run)


def _recorded(key: str) -> bool:
    """Return whether it is known where the letters of one's own model stood while it learned."""
    return "C" in own_models.history(key)


def run() -> str:
    """Return whose letters are on the screen: "girls", "boys" or the key of one's own model."""
    return st.session_state["training_letters"]


def _shipped_letters(sex: str) -> Letters:
    name = f"{sex}-mlp-2d"
    trained = checkpoint(name)
    words = split(trained.meta["data"]["sex"]).train
    return _lettered(recorded.paths(history(name)), trained.vocabulary, trained.model, words)


shipped_letters = cached(_shipped_letters, recorded.paths)


def _own_letters(key: str) -> Letters:
    loaded = checkpoint(key)
    return _lettered(
        recorded.paths(own_models.history(key)), loaded.vocabulary, loaded.model, own_models.learned_from(key)
    )


def _lettered(paths: recorded.Paths, vocabulary: Vocabulary, model: MLP, words: Sequence[str]) -> Letters:
    marks = trace.letters(vocabulary)
    kinds = np.where(marks.vowel, 0, 1) + 2 * marks.diacritic
    kinds[vocabulary.encode(names.BOUNDARY)] = 4
    counted = Counter("".join(words))
    occurrences = np.array([counted[symbol] for symbol in vocabulary.symbols])  # (V,)
    return Letters(paths, list(vocabulary.symbols), kinds, model, vocabulary, occurrences)


def boundary(found: Letters) -> int:
    """Return the id of what stands before and behind a name."""
    return found.vocabulary.encode(names.BOUNDARY)[0]


def companions(found: Letters) -> list[str]:
    """Say of every record how many frequent vowels have a vowel as their nearest frequent letter."""
    frequent = found.occurrences >= FREQUENT  # (V,)
    vowel = np.isin(found.kinds, [0, 2])  # (V,)
    asked = np.flatnonzero(frequent & vowel)
    absent = [found.labels[i] for i in np.flatnonzero(found.occurrences == 0) if i != boundary(found)]
    more = f" No name learned from has {', '.join(absent)}: nothing teaches it a place." if absent else ""
    together = [vowel[recorded.nearest(places, frequent)[asked]].sum() for places in found.paths.places]
    told = "a vowel as the nearest frequent letter."
    return [
        f"Of {len(asked)} frequent vowels, **{n or 'none'}** {'has' if n < 2 else 'have'} {told}{more}"
        for n in together
        if len(asked)
    ]


def context(found: Letters) -> str:
    """Draw the field for the letters before the next one."""
    return typed.name(widgets.text("after", "AN", key="training_text", max_chars=20), found.vocabulary)


def nudged(found: Letters, letter: str, right: float, up: float, text: str) -> trace.Nudge:
    """Move a letter by so much and predict what follows a text, before and after."""
    i = found.vocabulary.encode(letter)[0]
    place = found.paths.places[-1][i] + np.array([right, up])
    return nudge(found.model, found.vocabulary, letter, place.tolist(), text)


def likely(found: Letters, move: trace.Nudge, most: int = 12) -> tuple[list[str], np.ndarray, list[str]]:
    """Return the most probable next characters after the move: labels, probabilities, and what they were."""
    order = np.argsort(-np.maximum(move.probabilities_after, move.probabilities_before))[:most]
    after, before = move.probabilities_after[order], move.probabilities_before[order]
    texts = [f"{a:.1%} (was {b:.1%})" for a, b in zip(after, before, strict=True)]
    return [found.labels[i] for i in order], after, texts


# --- the recipes ------------------------------------------------------------------------------------


def compared(sex: str) -> dict[str, recorded.Overfitting]:
    """Return the recorded losses of both recipes, by what the recipe is called."""
    return {RECIPES[kind]: overfitting(history(name)) for kind, name in _runs(sex).items()}


def losses(sex: str, rung: str) -> dict[str, float]:
    """Return what a recorded recipe reached on each part, in nats per character."""
    return checkpoints.read_meta(f"{sex}-{rung}")["losses"]


def ladder(sex: str) -> None:
    """Show what each change of the talk's recipe brings by itself."""
    values = np.array([list(losses(sex, rung).values()) for rung in LADDER])  # (R, 3)
    parts = list(losses(sex, "mlp"))
    rows = [name.replace(" ", "\u00a0") for name in LADDER.values()]  # a space would be shown as ␣
    title = "nats per character, trained"
    drawn = Matrix(values, "loss", "loss", rows=rows, cols=parts, decimals=2, title=title, shade="none")
    alt = f"Losses of {len(LADDER)} recipes on {', '.join(parts)}; {causes(sex)}"
    grid([drawn], key=f"training_ladder_{sex}", alt=alt, panel=False, height=LADDER_HEIGHT)
    st.markdown(causes(sex))


def causes(sex: str) -> str:
    """Say what the start and the dropout each bring on names held out."""
    dev = {rung: losses(sex, rung)["dev"] for rung in LADDER}
    return (
        f"On dev, the scaled start alone leads from {dev['mlp-talk']:.2f} to {dev['mlp-talk-scaled']:.2f}, "
        f"dropout alone to {dev['mlp-talk-dropout']:.2f}. What the start changes is the beginning: "
        f"a loss of {first_loss(sex, 'mlp-talk'):.1f} at step 0 against {first_loss(sex, 'mlp'):.2f}."
    )


def first_loss(sex: str, rung: str) -> float:
    """Return the loss on train before the first step, in nats per character."""
    return float(history(f"{sex}-{rung}")["train_loss"][0])


def made_up(sex: str) -> None:
    """Show names that both recipes make, and how many of them stand in the training names."""
    for kind, name in _runs(sex).items():
        counted = Copied(**checkpoint(name).meta["copied"])
        title = f"{RECIPES[kind]}: {counted.from_train:.1%} of {counted.distinct:,} different names copied"
        st.header(title, anchor=False)
        alt = f"Names made by {RECIPES[kind]}, whether they were copied, and how probable they are."
        table(made_names(sex, name), alt, key=f"training_made_{kind}")
    gpt = Copied(**checkpoint(f"{sex}-gpt").meta["copied"])
    st.text(
        f"Copying alone is not overfitting: the GPT, best on names held out, copies {gpt.from_train:.1%}."
    )


def _samples(sex: str, name: str) -> pd.DataFrame:
    """Return the names of which a shipped model's record counts how many it copied."""
    trained = checkpoint(name)
    return _different(trained.model, trained.vocabulary, split(sex).train, names.SEED)


def _different(model: MLP, vocabulary: Vocabulary, train: Sequence[str], seed: int) -> pd.DataFrame:
    """Return the different names that a model makes, in the order of the dice."""
    made = {one.name: one.chance for one in draw_names(model, vocabulary, "", COUNT, seed=seed)}
    known = set(train)
    copied = [name in known for name in made]
    return pd.DataFrame({"name": list(made), "copied": copied, "probability": list(made.values())})


made_names = cached(_samples, draw_names)


def _runs(sex: str) -> dict[str, str]:
    return {"talk": f"{sex}-mlp-talk", "better": f"{sex}-mlp"}


def sweep(sex: str) -> recorded.Sweep:
    """Return the talk's learning-rate sweep on one sex's names."""
    return _sweep(sex.removesuffix("s"))


def _swept(sex: str) -> recorded.Sweep:
    return recorded.learning_rate_sweep(split(sex), names.VOCABULARY, Shape())


def landmarks(swept: recorded.Sweep) -> list[curves.Point]:
    """Return where the loss falls fastest, where it is lowest, and the rate that the talk took."""
    talk = int(np.abs(swept.learning_rates - TALK.learning_rate).argmin())
    first, lowest = recorded.fastest(swept), int(swept.smoothed.argmin())
    rates = swept.learning_rates
    marked = [
        (first, "falls fastest", "circle"),
        (talk, "the talk's rate", "diamond"),
        (lowest, "lowest", "square"),
    ]
    return [
        curves.Point(rates[i], swept.smoothed[i], shape=shape, size=22, name=f"{name}: {rates[i]:.2g}")
        for i, name, shape in marked
    ]


def swept_alt(swept: recorded.Sweep) -> str:
    """Return one sentence: at which learning rate the loss was lowest."""
    best = int(swept.smoothed.argmin())
    rate, loss = swept.learning_rates[best], swept.smoothed[best]
    return f"The loss over the learning rate; its mean is lowest, {loss:.2f}, near {rate:.2g}."


_sweep = cached(_swept, recorded.learning_rate_sweep)
nudge = shown(trace.nudge)
overfitting = shown(recorded.overfitting)
