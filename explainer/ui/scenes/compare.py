"""What the models of names have in common: their answers, their samples, what they cost, and the game."""

import math
import random
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import streamlit as st

from explainer import checkpoints, names
from explainer.checkpoints import Checkpoint
from explainer.components.names import Answer, Column, Entry, Player, answers, guess, ledger
from explainer.models.bigram import count_pairs
from explainer.models.gpt import GPT
from explainer.traces import compare as trace
from explainer.training.copied import COUNT
from explainer.ui import catalogue, own_models, typed, widgets, window
from explainer.ui.blocks import complain
from explainer.ui.caches import keep
from explainer.ui.receipt.models import learned
from explainer.ui.scenes.gpt import outline
from explainer.ui.source import cached
from explainer.ui.source import with_source as noted
from explainer.ui.trained import checkpoint, split
from explainer.ui.words import Source
from explainer.vocabulary import Vocabulary

KINDS = {"bigram": "counts", "neural": "gradient descent", "mlp": "MLP", "gpt": "GPT"}
READS = {
    "bigram": "reads one letter",
    "neural": "one letter, 100 steps",
    "mlp": "reads three letters",
    "gpt": "reads the whole name",
}
PARTS = {"test": "the test names", "dev": "the dev names", "rare": "rarer ones"}
RARE = 1_000  # names with fewer bearers than any in the data that the models are judged on
SAMPLES = 4
REHEARSED = 1  # the seed of the first game on stage


# --- the models and the register --------------------------------------------------------------------


def model(sex: str, kind: str) -> trace.NamesModel:
    """Return one of the models of names, or one of the visitor's own by its key; nobody writes to it."""
    return checkpoint(kind).model if own_models.is_own(kind) else _of_house(sex, kind)


@keep("models")
def _of_house(sex: str, kind: str) -> trace.NamesModel:
    if kind != "neural":
        return checkpoint(f"{sex}-{kind}").model
    parts = split(sex)
    train, dev = (count_pairs(part, names.VOCABULARY).numpy() for part in (parts.train, parts.dev))
    return trace.gradient_bigram(train, dev, names.VOCABULARY)


@keep("scenes")
def bearers() -> dict[tuple[str, str], int]:
    """Return how many bear each name that models may learn from, by (name, "girls" or "boys")."""
    return _borne(names.register())


@keep("scenes")
def rare_bearers() -> dict[tuple[str, str], int]:
    """Return how many bear each name that is too rare to learn from, by (name, "girls" or "boys")."""
    return _borne(names.register(names.RARE, sizes=None))


def _borne(table: pd.DataFrame) -> dict[tuple[str, str], int]:
    keys = zip(table["name"], table["sex"] + "s", strict=True)
    return dict(zip(keys, table["bearers"].tolist(), strict=True))


def vocabulary(kind: str) -> Vocabulary:
    """Return the characters that a model of names knows."""
    return checkpoint(kind).vocabulary if own_models.is_own(kind) else names.VOCABULARY


def labels() -> list[str]:
    """Return the characters as they are shown, the end of a name as a dot in the middle."""
    return ["·", *names.VOCABULARY.symbols[1:]]


# --- computed by the traces -------------------------------------------------------------------------


def _probabilities(sex: str, kind: str, prefix: str) -> np.ndarray:
    return trace.next_probabilities(model(sex, kind), names.VOCABULARY, prefix)


def _samples(sex: str, kind: str, prefix: str, seed: int) -> list[str]:
    made = trace.draw_names(model(sex, kind), vocabulary(kind), prefix, SAMPLES, seed=seed)
    return [one.name for one in made]


def _held_out(sex: str, kind: str, part: str) -> trace.HeldOut:
    words = names.rarer(sex.removesuffix("s"), RARE) if part == "rare" else getattr(split(sex), part)
    return trace.held_out(model(sex, kind), names.VOCABULARY, words)


def _copied(sex: str, kind: str) -> trace.Copied:
    known = checkpoint(f"{sex}-{kind}").meta.get("copied") if kind in catalogue.KINDS else None
    if known:  # counted when it was trained: half a second a model
        return trace.Copied(**known)
    return trace.copied(model(sex, kind), names.VOCABULARY, split(sex), COUNT, names.SEED)


def _bet(sex: str, kind: str, name: str, read: int) -> trace.Bet:
    return trace.bet(model(sex, kind), names.VOCABULARY, name, read)


probabilities = cached(_probabilities, trace.next_probabilities, trace.next_logits, pool="typed")
samples = cached(_samples, trace.draw_names, pool="typed")
held_out = cached(_held_out, trace.held_out)
copied = cached(_copied, trace.copied, trace.draw_names)
bet = cached(_bet, trace.bet)
parameters = noted(trace.parameters)
multiplications = noted(trace.multiplications)


# --- a prefix ---------------------------------------------------------------------------------------


def prefix(label: str, default: str, *, key: str) -> str:
    """Draw the field for the beginning of a name and return it as the house's models read it."""
    return begun(widgets.beginning(label, default, key=key), default, names.VOCABULARY, key=key)


def begun(told: str, default: str, known: Vocabulary, *, key: str) -> str:
    """Return the beginning of a name that was typed; while it is too long, say so and keep the last one.

    Args:
        known: the characters of the model that goes on with it.
    """
    wanted, kept = typed.name(told, known), f"{key}_kept"
    if len(wanted) <= longest_name():
        st.session_state[kept] = wanted
    else:
        told = f"No name has {len(wanted)} letters; the longest has {longest_name()}"
        complain(f"{told}. The last names stay here.")
    return "".join(c for c in st.session_state.get(kept, default) if c in known)


@keep("scenes")
def longest_name() -> int:
    """Return how many letters the longest name of the register has."""
    return int(names.register()["name"].str.len().max())


# --- one prefix, four answers -----------------------------------------------------------------------


def own() -> dict[str, str]:
    """Offer the visitor's own models that know the same letters; return the chosen one, if there is any."""
    known = own_models.options("bigram", "mlp", "gpt", names=True)
    there = {one: label for one, label in known.items() if _fits(checkpoint(one))}
    if len(there) < 2:
        return there
    chosen = widgets.named("beside them", there, key="compare_own")
    return {chosen: there[chosen]}


def _fits(own: Checkpoint) -> bool:
    """Return whether a model can be asked what the house's are: it has their letters, and room for a name."""
    read = own.model.config.block_size if isinstance(own.model, GPT) else math.inf
    return own.vocabulary.symbols == names.VOCABULARY.symbols and read > longest_name()


def four_answers(
    sex: str, typed: str, seed: int, own: Mapping[str, str], *, key: str
) -> tuple[str, str] | None:
    """Draw what every model expects after a prefix, and names that it makes of it with the same dice.

    Args:
        own: what a model of the visitor's own is called, by its key; it stands below the others.
    Returns:
        The model, by its name in a receipt, and the character that were clicked in this run, or None.
    """
    kinds = {**KINDS, **own}
    told = [_answer(sex, kind, label, typed, seed) for kind, label in kinds.items()]
    alt = f"What follows {typed or 'the beginning'}: " + "; ".join(f"{a.label} {a.told}" for a in told)
    clicked = answers(labels(), told, "names it makes, same dice", key=key, alt=alt)
    if clicked is None:
        return None
    return receipt_model(sex, list(kinds)[clicked[0]]), names.VOCABULARY.symbols[clicked[1]]


def receipt_model(sex: str, kind: str) -> str:
    """Return the name that a receipt knows a model by."""
    if own_models.is_own(kind):
        return kind
    if kind != "neural":
        return f"{sex}-{kind}"
    return learned(Source(sex.removesuffix("s")), 100, 50, 0.01)


def _answer(sex: str, kind: str, label: str, typed: str, seed: int) -> Answer:
    p = probabilities(sex, kind, typed)
    told = f"{labels()[int(p.argmax())]}, {p.max():.0%}"
    return Answer(label, told, p.round(6).tolist(), samples(sex, kind, typed, seed))


# --- what each step was worth -----------------------------------------------------------------------


def worth(sex: str, part: str, own: Mapping[str, str], *, key: str) -> None:
    """Draw what each model pays on names it never saw, what it costs, and how much of it is copied.

    Args:
        own: what a model of the visitor's own is called, by its key; it stands below the others.
    """
    kinds = {**KINDS, **own}
    judged = {kind: held_out(sex, kind, part) for kind in kinds}
    context = checkpoint(f"{sex}-gpt").model.config.block_size
    shapes: dict[str, trace.NamesModel] = {kind: model(sex, kind) for kind in KINDS}
    shapes |= {"gpt": outline(f"{sex}-gpt")}
    shapes |= {kind: checkpoints.outline(checkpoint(kind).meta["architecture"]) for kind in own}
    counted = {kind: multiplications(shape, context) for kind, shape in shapes.items()}
    sizes = {kind: parameters(shape) for kind, shape in shapes.items()}
    copies = {kind: copied(sex, kind) for kind in kinds}
    nothing = float(np.log(len(names.VOCABULARY)))
    columns = [
        Column("nats per character", f"on {judged['gpt'].characters:,} {_where(part)}", "loss"),
        Column("parameters", "numbers it learned", "weights"),
        Column("multiplications", "for one character", "activations"),
        Column("copied names", f"of the different ones among {COUNT:,}", "probabilities"),
    ]
    rows = {}
    for kind, label in kinds.items():
        loss, share = judged[kind].loss, copies[kind].from_train
        rows[label] = (
            READS.get(kind, "your own"),
            [
                Entry(f"{loss:.3f}", loss / nothing, f"as if among {np.exp(loss):.1f} letters"),
                Entry(f"{sizes[kind]:,}", sizes[kind] / max(sizes.values()), _shape(sex, kind)),
                Entry(
                    f"{counted[kind]:,}",
                    counted[kind] / max(counted.values()),
                    _products(kind, context),
                    digits=True,
                ),
                Entry(f"{share:.1%}", share, f"{copies[kind].held_out:.1%} real, never shown to it"),
            ],
        )
    alt = "; ".join(f"{label}: " + ", ".join(e.text for e in entries) for label, (_, entries) in rows.items())
    ledger(columns, rows, key=key, alt=alt)


def _where(part: str) -> str:
    return "characters of rarer names" if part == "rare" else "held-out characters"


def lead(sex: str, part: str) -> str:
    """Say what gradient descent and the GPT are worth, and on rarer names whether the GPT is too sure."""
    gpt, mlp = held_out(sex, "gpt", part), held_out(sex, "mlp", part)
    ahead = mlp.loss - gpt.loss
    pays = f"pays {abs(ahead):.2f} nats {'less' if ahead > 0 else 'more'} than the MLP"
    right = f"guesses right {gpt.right:.0%} of the time, the MLP {mlp.right:.0%}"
    if part != "rare":
        more = held_out(sex, "neural", part).loss - held_out(sex, "bigram", part).loss
        near = f"Gradient descent only comes near the counts: {more:.2f} nats more."
        return f"{near} The GPT {right}; it {pays}."
    sure = f"holds its guess for {gpt.sure:.0%} likely"
    told = f"Names with at most 20 bearers: the GPT {right}, but it {sure}"
    return f"{told}; all the same it {pays}." if ahead > 0 else f"{told}, and {pays}."


def _shape(sex: str, kind: str) -> str:
    if isinstance(found := model(sex, kind), GPT):
        config = found.config
        return f"{config.n_layer} layers, {config.n_head} heads, {config.n_embd} wide"
    if own_models.is_own(kind):
        return checkpoint(kind).meta["architecture"]["kind"]
    return {"bigram": "34 × 34 counts", "neural": "34 × 34 weights", "mlp": "C, W1, b1, W2, b2"}[kind]


def _products(kind: str, context: int) -> str:
    return {
        "bigram": "a row is looked up",
        "neural": "1 × 34 · 34 × 34",
        "mlp": "30 · 200 + 200 · 34",
        "gpt": f"with {context} characters to look back on",
    }.get(kind, "")


# --- the game ---------------------------------------------------------------------------------------


@dataclass
class Game:
    """A visit's game: which names are asked, how far the current one is known, and the score."""

    sex: str
    seed: int
    place: int = 0
    read: int = 1
    asked: int = 0
    hits: dict[str, int] = field(default_factory=dict)  # by player
    paid: dict[str, float] = field(default_factory=dict)  # nats, by model
    said: str = ""  # the visitor's last guess
    bets: dict[str, trace.Bet] = field(default_factory=dict)  # the models' last ones
    truth: str = ""  # what followed

    @property
    def name(self) -> str:
        """The name that is hidden."""
        order = hidden_names(split(self.sex), self.seed)
        return order[self.place % len(order)]

    @property
    def over(self) -> bool:
        """Whether the name is known to its end."""
        return self.read > len(self.name)

    def play(self, letter: str) -> None:
        """Take a guess, let the models guess, reveal the character; "" goes on to the next name."""
        if letter == "":
            self.place, self.read, self.said, self.bets = self.place + self.over, 1, "", {}
            return
        if self.over:
            return
        self.said = letter.replace("·", names.BOUNDARY)
        self.truth = (self.name + names.BOUNDARY)[self.read]
        self.bets = {kind: bet(self.sex, kind, self.name, self.read) for kind in KINDS}
        self._score("you", self.said == self.truth)
        for kind, made in self.bets.items():
            self._score(kind, names.VOCABULARY.symbols[made.guess] == self.truth)
            self.paid[kind] = self.paid.get(kind, 0.0) + made.nats
        self.asked += 1
        self.read += 1

    def _score(self, player: str, hit: bool) -> None:
        self.hits[player] = self.hits.get(player, 0) + hit


hidden_names = noted(trace.hidden_names)


def game(sex: str) -> Game:
    """Return the visit's game with the names of one sex."""
    games = _games()
    if sex not in games:
        games[sex] = Game(sex, REHEARSED if window.presenting() else random.randrange(2**31))
    return games[sex]


def start_over(sex: str) -> None:
    """Forget the score and hide other names: on stage the next ones, so that they can be rehearsed, too."""
    last = _games().pop(sex, None)
    if last and window.presenting():
        _games()[sex] = Game(sex, last.seed + 1)


def _games() -> dict[str, Game]:
    """Return the visit's games; those of the stage are games of their own."""
    kept = "compare_games_on_stage" if window.presenting() else "compare_games"
    return st.session_state.setdefault(kept, {})


def table(played: Game, *, key: str) -> None:
    """Draw the hidden name, the letters to guess with, and how everyone stands."""
    known = played.name[: played.read] + ("·" if played.over else "")
    letters = [*labels()[1:], "·"]
    guess(known, letters, _players(played), verdict(played), played.over, key=key, on_guess=played.play)


def verdict(played: Game) -> str:
    """Return in a sentence what the last guess was worth, or what to do."""
    if not played.said:
        return "What comes next? Click a letter, or click the name and type; a full stop if it ends here."
    letter = played.truth.replace(names.BOUNDARY, "the end")
    told = f"{'Right' if played.said == played.truth else 'No'}: it was {letter}."
    if played.over:
        count = bearers()[played.name, played.sex]
        told += f" {played.name}: {count:,} {played.sex} bear that name. No model has learned from it."
    return told


def _players(played: Game) -> list[Player]:
    you = Player("you", _said(played.said), _hit(played, played.said), _score(played, "you"), "")
    return [you, *(_player(played, kind, label) for kind, label in KINDS.items())]


def _player(played: Game, kind: str, label: str) -> Player:
    made = played.bets.get(kind)
    said = names.VOCABULARY.symbols[made.guess] if made else ""
    told = f"{_said(said)} {made.probability:.0%}" if made else ""
    paid = f"{played.paid[kind] / played.asked:.2f}" if played.asked else "–"
    return Player(label, told, _hit(played, said), _score(played, kind), paid)


def _said(letter: str) -> str:
    return letter.replace(names.BOUNDARY, "ends")


def _hit(played: Game, said: str) -> bool | None:
    return said == played.truth if said else None


def _score(played: Game, player: str) -> str:
    return f"{played.hits.get(player, 0)} of {played.asked}"
