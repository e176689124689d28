"""What the training chapter shows of recorded trainings, and of the letters of one's own."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from explainer import checkpoints, names
from explainer.components import nudge as nudging
from explainer.components.grid import Matrix, grid
from explainer.figures import curves
from explainer.figures.letters import ASIDE, KINDS, letters_alt
from explainer.models.mlp import MLP
from explainer.traces import mlp as trace
from explainer.traces import training as recorded
from explainer.traces.compare import Copied, draw_names
from explainer.training.copied import COUNT
from explainer.training.recipes import BETTER, TALK, Recipe, Shape
from explainer.ui import own_models, typed, widgets
from explainer.ui.blocks import table
from explainer.ui.catalogue import SEXES
from explainer.ui.receipt.dialog import open_receipt
from explainer.ui.source import cached, with_source
from explainer.ui.trained import checkpoint, history, split
from explainer.ui.words import dotted as displayed
from explainer.vocabulary import Vocabulary

RUNS = {"talk": "{sex}-mlp-talk", "better": "{sex}-mlp"}  # the checkpoint of each
LADDER = {  # each row differs from the recipe that it names in nothing else
    "mlp-talk": "talk",
    "mlp-talk-scaled": "talk, but scaled start",
    "mlp-talk-dropout": "talk, but with dropout",
    "mlp-unscaled": "better, but plain start",
    "mlp": "better",
}
BOTH = {"talk": TALK, "better": BETTER}
FARTHEST = 8.0  # that a letter can be moved along either number
FREQUENT = 50  # times that a letter stands in the names learned from


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
    counted = Counter("".join(words))
    occurrences = np.array([counted[symbol] for symbol in vocabulary.symbols])  # (V,)
    return Letters(paths, list(vocabulary.symbols), kinds_of(vocabulary), model, vocabulary, occurrences)


def kinds_of(vocabulary: Vocabulary) -> np.ndarray:
    """Return what kind each character is of: (V,) index into ``figures.letters.KINDS``."""
    marks = trace.letters(vocabulary)
    kinds = np.where(marks.vowel, 0, 1) + 2 * marks.diacritic  # (V,)
    kinds[[symbol == names.BOUNDARY for symbol in vocabulary.symbols]] = 4  # a text may have none
    return kinds


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
    place = found.model.C[i].detach().numpy() + np.array([right, up])
    return nudge(found.model, found.vocabulary, letter, place.tolist(), text)


def move_by_hand(found: Letters, letter: str, right: float, up: float, text: str, model: str) -> None:
    """Draw the letters to be dragged and what the model guesses, which follows in the browser.

    Args:
        letter: the one that is moved, by so much.
        text: what is read before the next letter.
        model: the name of the perceptron with the letter moved, as a receipt knows it.
    """
    weights, symbols = trace.matrices(found.model), found.vocabulary.symbols
    context = found.vocabulary.encode(trace.window(text, found.model.block_size))
    seen = [displayed(symbol) for symbol in symbols]
    heading = f"next letter after {spaced(found, context)}"
    letters = nudging.Letters(seen, found.kinds.tolist(), KINDS, readings(found, context), heading, ASIDE)
    nudging.nudge(
        nudging.Perceptron(**vars(weights), context=context),
        letters,
        symbols.index(letter),
        (right, up),
        key="training_nudge",
        alt=letters_alt(weights.C, found.labels),
        farthest=FARTHEST,
        on_nudge=partial(_moved_to, symbols),
        on_pick=lambda i: open_receipt(model, text, symbols[i]),
    )


def readings(found: Letters, context: Sequence[int]) -> list[str]:
    """Say of every letter whether it is read, and so whether moving it changes the guess."""
    read = spaced(found, context)
    return [_reading(found, i, list(context).count(i), read) for i in range(len(found.labels))]


def spaced(found: Letters, context: Sequence[int]) -> str:
    """Return the letters that are read, as they are shown."""
    return " ".join(displayed(found.labels[i]) for i in context)


def _reading(found: Letters, i: int, times: int, read: str) -> str:
    letter = displayed(found.labels[i])
    if times:
        often = {1: "once", 2: "twice"}.get(times, f"{times} times")
        return f"{letter} is read {often} in {read}: where it goes, the guess follows."
    never = " No name learned from has it." if not found.occurrences[i] else ""
    return f"{letter} is not among the letters read, {read}: the guess stays as it is.{never}"


def _moved_to(symbols: Sequence[str], told: dict[str, Any]) -> None:
    """Have the controls stand where the hand has left the letter."""
    st.session_state.update(
        training_letter=symbols[told["letter"]], training_right=told["right"], training_up=told["up"]
    )


# --- the recipes ------------------------------------------------------------------------------------


def compared(sex: str) -> dict[str, recorded.Overfitting]:
    """Return the recorded losses of both recipes, by what the recipe is called."""
    return {kind: overfitting(history(name.format(sex=sex))) for kind, name in RUNS.items()}


def losses(sex: str, rung: str) -> dict[str, float]:
    """Return what a recorded recipe reached on each part, in nats per character."""
    return checkpoints.read_meta(f"{sex}-{rung}")["losses"]


def ladder(sex: str) -> None:
    """Show what each change of the talk's recipe brings by itself."""
    values = np.array([list(losses(sex, rung).values()) for rung in LADDER])  # (R, 3)
    parts = list(losses(sex, "mlp"))
    rows = [name.replace(" ", "\u00a0") for name in LADDER.values()]  # a space would be shown as ␣
    title = "nats per character"
    drawn = Matrix(values, "loss", "loss", rows=rows, cols=parts, decimals=2, title=title, shade="none")
    alt = f"Losses of {len(LADDER)} recipes on {', '.join(parts)}; {causes(sex)}"
    grid([drawn], key=f"training_ladder_{sex}", alt=alt, panel=False)
    st.markdown(causes(sex))


def causes(sex: str) -> str:
    """Say what the start and the dropout each bring on names held out."""
    dev = {rung: losses(sex, rung)["dev"] for rung in LADDER}
    return (
        f"On dev the talk ends at {dev['mlp-talk']:.2f}; with only its start changed, at "
        f"{dev['mlp-talk-scaled']:.2f}; with only dropout added, at {dev['mlp-talk-dropout']:.2f}. "
        f"At step 0 the start is all there is: a loss of {first_loss(sex, 'mlp-talk'):.1f} on train when "
        f"plain, {first_loss(sex, 'mlp'):.2f} when scaled."
    )


def described(recipe: Recipe) -> list[str]:
    """Return what a recipe trains with, one phrase a setting, with no word for what it does without."""
    rate, half = recipe.learning_rate, recipe.steps // 2
    optimiser = {"sgd": "SGD", "adamw": "AdamW"}[recipe.optimiser]
    later = {"step": f" ({rate / 10:g} from step {half:,})", "cosine": " (falling to 0)"}
    return [
        "scaled start" if recipe.initialisation == "scaled" else "plain start",
        f"{optimiser} {rate:g}{later.get(recipe.schedule, '')}",
        f"batch {recipe.batch_size}",
        *([f"dropout {recipe.dropout:g}"] if recipe.dropout else []),
        *([f"weight decay {recipe.weight_decay:g}"] if recipe.weight_decay else []),
        f"{recipe.steps:,} steps",
    ]


def ingredients() -> str:
    """Say what the two recipes train with."""
    return "  \n".join(f"**{name}**: {', '.join(described(recipe))}" for name, recipe in BOTH.items())


def first_loss(sex: str, rung: str) -> float:
    """Return the loss on train before the first step, in nats per character."""
    return float(history(f"{sex}-{rung}")["train_loss"][0])


def made_up(sex: str, kind: str) -> None:
    """Show names that a recipe's model makes, and how many of them stand in the training names."""
    name = RUNS[kind].format(sex=sex)
    counted = Copied(**checkpoint(name).meta["copied"])
    told = f"{kind}: {counted.from_train:.1%} of {counted.distinct:,} different names copied"
    st.header(told, anchor=False)
    alt = f"Names made by the recipe “{kind}”, whether they were copied, and how probable they are."
    table(made_names(sex, name), alt, key=f"training_made_{kind}")


def copying(sex: str) -> str:
    """Say that copying is one thing and overfitting another."""
    gpt = Copied(**checkpoint(f"{sex}-gpt").meta["copied"])
    return f"Copying alone is not overfitting: the GPT, best on names held out, copies {gpt.from_train:.1%}."


def _samples(sex: str, name: str) -> pd.DataFrame:
    """Return the names of which a shipped model's record counts how many it copied."""
    trained = checkpoint(name)
    return different(trained.model, trained.vocabulary, split(sex).train, names.SEED)


def different(model: MLP, vocabulary: Vocabulary, train: Sequence[str], seed: int) -> pd.DataFrame:
    """Return the different names that a model makes, in the order of the dice."""
    made = {one.name: one.chance for one in draw_names(model, vocabulary, "", COUNT, seed=seed)}
    known = set(train)
    copied = [name in known for name in made]
    return pd.DataFrame({"name": list(made), "copied": copied, "probability": list(made.values())})


made_names = cached(_samples, draw_names)


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
nudge = with_source(trace.nudge)
overfitting = with_source(recorded.overfitting)
