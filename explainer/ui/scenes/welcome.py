"""What the first scenes show: one multiplication that predicts the next letter, and names made with it."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import streamlit as st

from explainer import names
from explainer.components.grid import Cell, Copies, Link, Matrix, SameRow, Stage, Stages, grid
from explainer.components.names import Card, Letter, cards
from explainer.traces import compare as trace
from explainer.traces.matrix_multiplication import multiply
from explainer.ui import own_models
from explainer.ui.blocks import chapter_link, note
from explainer.ui.caches import keep
from explainer.ui.catalogue import KINDS
from explainer.ui.dialog import dialog
from explainer.ui.scenes import compare
from explainer.ui.source import cached, with_source
from explainer.ui.trained import checkpoint, split
from explainer.ui.window import narrow
from explainer.wording.numerals import superscript

SEXES = {"girls": "girl", "boys": "boy"}
TEMPERATURES = {
    "very careful · 0.3": 0.3,
    "careful · 0.6": 0.6,
    "as it learned · 1.0": 1.0,
    "adventurous · 1.3": 1.3,
    "wild · 1.7": 1.7,
}
CAREFUL = "careful · 0.6"
WANTED = 12  # names
OPENS = 166  # the seed whose names one would give a child: ANASTASIA, ANNA, ANETTA
FIRST = 6  # names that the first scene tells
WORDS = {1e12: "trillion", 1e9: "billion", 1e6: "million"}

product = with_source(multiply)


# --- the claim --------------------------------------------------------------------------------------


def letters() -> list[str]:
    """Return the letters that a name may go on from, the most frequent first."""
    trained = checkpoint("girls-bigram")
    frequent = trained.model.counts.sum(1).argsort(descending=True)
    return [symbol for symbol in trained.vocabulary.decode(frequent) if symbol != "."]


def first_names(letter: str) -> str:
    """Return names that the table makes, letter by letter, from their first."""
    made = different("girls", "bigram", letter, FIRST, 1.0, 1).names
    return f"Repeat it letter by letter, and it writes names: **{' · '.join(one.name for one in made)}**"


def next_letter(letter: str, *, key: str) -> None:
    """Draw one-hot(letter) · table = the probabilities of the next letter, with the model's own numbers.

    The one-hot vector stands upright, each of its numbers beside the row that it picks; on a phone above.
    """
    trained, upright = checkpoint("girls-bigram"), not narrow()
    symbols = ["·", *trained.vocabulary.symbols[1:]]
    table = trained.model.probabilities().numpy()  # (V, V)
    one_hot = np.eye(len(symbols))[trained.vocabulary.encode(letter)]  # (1, V)
    made = product(one_hot, table)
    row, best = int(one_hot.argmax()), int(made.result.argmax())
    taught = f"what {trained.meta['data']['names']['train']:,} names taught it"
    both: dict[str, Any] = {"rows": symbols, "cols": symbols, "title": taught, "shade": "sequential"}
    scale: dict[str, Any] = {"scale_max": 1.0}  # a row and its copy have the same shades
    matrices = [
        _letter(one_hot, symbols, letter, upright),
        Matrix(table, "table", "weights", (0, 1) if upright else (1, 0), **both, **scale),
        Matrix(
            made.result,
            "next",
            "probabilities",
            (1, 1) if upright else (2, 0),
            cols=symbols,
            title="the next letter",
            **scale,
        ),
    ]
    single = (0, row, 0) if upright else (0, 0, row)
    stage = Stages([Stage("", [single, (1, row, None), (2, 0, best)])])
    taken = row * len(symbols) + np.arange(len(symbols))[None]  # (1, V)
    links: list[Link] = [Copies(1, 2, taken), *([SameRow((0, 1))] if upright else [])]
    alt = f"The letter {letter} as zeros and a single one, times the table of a bigram, is one row of it."
    at = Cell(1, row, best)
    grid(matrices, key=key, alt=alt, links=links, frames=stage, panel=False, wide=upright, lens_at=at)


def _letter(one_hot: np.ndarray, symbols: list[str], letter: str, upright: bool) -> Matrix:
    """Return a one-hot vector (1, V) as a matrix that stands upright or lies."""
    rows, cols = (symbols, []) if upright else ([], symbols)
    values = one_hot.T if upright else one_hot
    return Matrix(values, "letter", "input", rows=rows, cols=cols, title=f"the letter {letter}")


# --- name your baby ---------------------------------------------------------------------------------


def _different(
    sex: str, kind: str, prefix: str, count: int, temperature: float, seed: int
) -> trace.DistinctNames:
    model, known = compare.model(sex, kind), compare.vocabulary(kind)
    return trace.different_names(model, known, prefix, count, temperature, seed)


different = cached(_different, trace.different_names, trace.draw_names, trace.next_logits, pool="typed")


def makers() -> dict[str, str]:
    """Return the models that write names, and what they are called: the house's, and the visitor's own."""
    return KINDS | own_models.options("bigram", "mlp", "gpt", names=True)


def made(sex: str, kind: str, prefix: str, temperature: str, seed: int) -> trace.DistinctNames:
    """Return twelve different names that a model makes of a prefix, or as many as it finds."""
    return different(sex, kind, prefix, WANTED, TEMPERATURES[temperature], seed)


def explain(found: trace.DistinctNames, kind: str) -> None:
    """Say in the line above the picture what the numbers on the cards mean, or why there are so few."""
    count = len(found.names)
    if count < WANTED:
        told = f"{found.drawn} draws gave only {count} different name{'s' if count != 1 else ''}: "
        note(f"{told}after these letters little is left open. A more adventurous model finds more.")
    else:
        bars = "A bar is a letter's probability before the temperature; click it to see why."
        note(f"{_example(found.names[0], kind)} {bars}")


def _example(one: trace.DrawnName, kind: str) -> str:
    """Say what the number on a card means, by that card."""
    said = odds(one.chance)
    if not said.startswith("1 in "):
        return f"{one.name}, {said}: so often {_called(kind)} writes it after this beginning."
    among = f"among {said[5:]} names with this beginning"
    return f"{one.name}, {said}: {among}, {_called(kind)} writes it once on average."


def _called(kind: str) -> str:
    return f"the {KINDS[kind]}" if kind in KINDS else "your model"


def name_cards(
    sex: str, kind: str, found: Sequence[trace.DrawnName], *, key: str
) -> tuple[str, str, str] | None:
    """Draw one card a name; a click on its last line offers to take the name along.

    Returns:
        The model, the letters before and the letter that was clicked in this run; None if none was.
    """
    alt = f"Names that {_called(kind)} made: {', '.join(one.name for one in found)}."
    clicked = cards([_card(sex, kind, one) for one in found], key=key, alt=alt)
    if clicked is None:
        return None
    one, place = found[clicked[0]], clicked[1]
    if place is None:
        _take_along(sex, kind, one)
        return None
    return compare.receipt_model(sex, kind), one.name[:place], (one.name + names.BOUNDARY)[place]


def _card(sex: str, kind: str, one: trace.DrawnName) -> Card:
    given = [Letter(letter, None, f"{letter} was given") for letter in one.prefix]
    text = one.name[len(one.prefix) :] + "·"
    written = [
        Letter(letter, float(p), f"{'the end' if letter == '·' else letter}: {p:.1%}. Why?")
        for letter, p in zip(text, one.probabilities, strict=True)
    ]
    known, real = register_says(one.name, sex, kind)
    return Card(one.name, [*given, *written], odds(one.chance), known, real)


def register_says(name: str, sex: str, kind: str = "gpt") -> tuple[str, bool]:
    """Return what the register knows of a name, in words, and whether it knows it for this sex.

    Args:
        kind: of the model that made it; what one of the visitor's own has learned from is not known.
    """
    other = "boys" if sex == "girls" else "girls"
    here, there = (compare.bearers().get((name, one)) for one in (sex, other))
    if here is None:
        rare, elsewhere = (compare.rare_bearers().get((name, one)) for one in (sex, other))
        carried = [f"{rare:,}"] if rare else []
        carried += [f"{count:,} {other}" for count in (elsewhere, there) if count]
        return (f"carried by {' and '.join(carried)}" if carried else "new"), rare is not None
    hidden = not own_models.is_own(kind) and name not in trained_on(sex)
    return f"carried by {here:,}{', never shown to it' if hidden else ''}", True


@keep("scenes")
def trained_on(sex: str) -> frozenset[str]:
    """Return the names that the models of one sex learned from."""
    return frozenset(split(sex).train)


def odds(probability: float) -> str:
    """Return a probability as it is spoken: “34%”, “1 in 4,300”, “1 in 2.1 million”, “1 in 10²⁷”."""
    if probability >= 0.995:
        return "more than 99%"
    if probability >= 0.095:
        return f"{probability:.0%}"
    often = float(f"{1 / max(probability, 1e-300):.2g}")
    if often >= 1e15:
        return f"1 in 10{superscript(int(np.log10(often)))}"
    scale = next((scale for scale in WORDS if often >= scale), None)
    return f"1 in {often / scale:g} {WORDS[scale]}" if scale else f"1 in {often:,.0f}"


@dialog("Take the name along", width="small")
def _take_along(sex: str, kind: str, one: trace.DrawnName) -> None:
    """Tell what is known of a name, and open chapters with it."""
    known, _ = register_says(one.name, sex, kind)
    st.metric(f"{makers()[kind]}, {odds(one.chance)}", one.name)
    st.text(f"The register: {known}.")
    for link in ways(sex, one):
        chapter_link(*link)


def ways(sex: str, one: trace.DrawnName) -> list[tuple[str, str, str, dict[str, str]]]:
    """Return where a name or its prefix can be taken: chapter, scene, what one sees there, and the query."""
    girls = sex == "girls"
    bigram = {"bigram_name": one.name} | ({} if girls else {"bigram_names": "boys"})
    mlp = {"mlp_name": one.name, "mlp_read": str(len(one.prefix))} | ({} if girls else {"mlp_sex": "boys"})
    begun = {
        "attention_model": f"{sex}-gpt",
        f"attention_prompt_{sex}-gpt": one.prefix or one.name[0],
    }
    four = {"compare_prefix": one.prefix} | ({} if girls else {"compare_sex": "boys"})
    return [
        ("bigram", "how-good", "Bigram: how surprising is it, pair by pair?", bigram),
        ("mlp", "forward-pass", "MLP: its next letter, from the look-up to the softmax", mlp),
        ("attention", "who-looks-at-whom", "Attention: who looks at whom, from its beginning", begun),
        ("compare", "one-prefix", "Four models: what each makes of its beginning", four),
    ]
