"""What one attention head does, what its absence changes, and what every layer already guesses."""

from dataclasses import dataclass, replace

import numpy as np
import streamlit as st

from explainer.checkpoints import Checkpoint
from explainer.components.grid import Cell, Cross, Link, Matrix, Product, Same, Stage, Stages, grid
from explainer.components.reel import Lane, Tile, Tiles, reel
from explainer.models.gpt import GPT, attention_scores, causal_attention
from explainer.sampling import Settings, Switches
from explainer.traces import gpt as trace
from explainer.traces import one_head, switching
from explainer.training.habits import MEANINGS, NONE
from explainer.ui import widgets, window
from explainer.ui.blocks import complain, signs, small_map
from explainer.ui.caches import keep
from explainer.ui.receipt.dialog import Question, open_receipt, receipt_button
from explainer.ui.scenes import attention, head_weights
from explainer.ui.scenes.gpt import visible
from explainer.ui.source import cached, with_source
from explainer.ui.trained import checkpoint
from explainer.vocabulary import BOUNDARY

STEPS = {
    "pair": "a pair",
    "made": "x · W",
    "dot": "q · k",
    "softmax": "softmax",
    "values": "the values",
    "writes": "what it writes",
}
BY_WEIGHTS = ("made", "writes")  # steps that are products with weights
NUMBERS = {"some": "the largest", "all": "all"}
COLOURS = {"guess": "its guess", "truth": "what truly follows"}
# On a projector, and on a phone:
LINES = (2, 8)  # lines that a query is folded into
KEYS = (20, 8)  # characters of a row that are shown one by one
VALUES = (6, 4)  # the same where their values stand below each other
OUTPUTS = (8, 5)  # numbers of z that are shown
POSITIONS = (24, 11)  # columns of the guesses
LENGTH = 72  # characters of a continuation
LIKELIEST = 8  # next characters that are compared
MOST_NAMED = 5  # parts from which on only their number is said
LOOKS = "{row} looks at {col}"  # a cell of a pattern
SPACE = "\u00a0"  # stands in labels, where a space of the text would be shown as ␣
SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


# --- the prompt -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class PromptRequest:
    """A text and the model that reads it.

    Args:
        sha: of the model's weights, which everything that is computed is kept under.
        text: as the model reads it; of a name with the boundary in front.
    """

    model: str
    sha: str
    text: str

    def next(self, character: str) -> Question:
        """Return which probability a receipt explains: that of a character after the text."""
        context = self.text.removeprefix(BOUNDARY) if attention.names(self.model) else self.text
        return Question(self.model, context, character, len(self.text))

    @property
    def labels(self) -> list[str]:
        """Return the characters as they are shown."""
        return [visible(c) for c in self.text]

    @property
    def places(self) -> list[str]:
        """Return the characters with their places, counted from 1."""
        return [f"{c}{str(i).translate(SUBSCRIPTS)}" for i, c in enumerate(self.labels, start=1)]


def request() -> PromptRequest:
    """Draw the choice of the model and the field for a prompt that all scenes of the chapter share."""
    with st.popover("Model and prompt"):
        name = attention.model()
        told = attention.prompt(name)
    text, most = attention.readable(name, told), checkpoint(name).model.config.block_size
    if len(text) > most:
        complain(f"{len(text)} characters are too many for this model: the last {most} are shown.")
    return PromptRequest(name, checkpoint(name).meta["sha256"], text[-most:])


# --- computed by the traces -------------------------------------------------------------------------


def _read(wanted: PromptRequest) -> trace.Trace:
    return trace.trace(*_model_and_ids(wanted))


def _importance(wanted: PromptRequest) -> switching.Importance:
    return switching.importance(*_model_and_ids(wanted))


def _compared(
    wanted: PromptRequest, seed: int, temperature: float, switches: Switches
) -> switching.Comparison:
    return switching.compare(
        checkpoint(wanted.model), wanted.text, LENGTH, Settings(temperature), seed, switches
    )


def _guesses(wanted: PromptRequest) -> np.ndarray:
    return trace.logit_lens(checkpoint(wanted.model).model, traced(wanted))


def _model_and_ids(wanted: PromptRequest) -> tuple[GPT, list[int]]:
    loaded = checkpoint(wanted.model)
    return loaded.model, loaded.vocabulary.encode(wanted.text)


traced = with_source(
    keep("typed")(_read),
    trace.trace,
    attention_scores,
    causal_attention,
)
answer = with_source(one_head.one_head)
importance = cached(_importance, switching.importance, pool="typed")
compared = cached(_compared, switching.compare, trace.ablation, pool="typed")
guesses = cached(_guesses, trace.logit_lens, pool="typed")


# --- how one head does it ---------------------------------------------------------------------------


@dataclass(frozen=True)
class Pair:
    """One head, the character that asks and the one that is asked; counted from 0."""

    layer: int
    head: int
    query: int
    key: int


def pair(wanted: PromptRequest) -> Pair:
    """Draw the choice of a head and of two characters."""
    config, T = checkpoint(wanted.model).model.config, len(wanted.text)
    places = [f"{layer + 1}.{head + 1}" for layer, head in np.ndindex(config.n_layer, config.n_head)]
    with st.popover("Head and pair"):
        layer, head = (
            int(number) - 1 for number in _head(places, attention.first_head(wanted.model)).split(".")
        )
        pattern = traced(wanted).layers[layer].pattern[head]  # (T, T)
        query = _place(
            "query: the character that asks; 0 for the last that looks elsewhere", T, 0, "attention_query"
        )
        query = one_head.looks_elsewhere(pattern) if query < 0 else query
        key = _place(
            "key: the character that is asked; 0 for the one it looks at most", T, 0, "attention_key"
        )
    return Pair(layer, head, query, int(pattern[query].argmax()) if key < 0 else key)


def _room(numbers: tuple[int, int]) -> int:
    """Return how much there is room for, of a pair for a projector and for a phone."""
    return numbers[window.narrow()]


def _head(places: list[str], default: str) -> str:
    """Draw the choice of a head; the first scene writes its own choice into the address, which counts."""
    told, key = st.query_params.get("attention_head"), "attention_head"
    if told in places and told != st.session_state.get("attention_head_told"):
        st.session_state[key] = told
    if st.session_state.get(key, default) not in places:  # another model has fewer
        st.session_state[key] = default
    chosen = widgets.pick("layer.head", places, default, key=key)
    st.session_state["attention_head_told"] = chosen
    return chosen


def _place(label: str, T: int, default: int, key: str) -> int:
    """Return a place in the text, counted from 0; −1 for a 0; a single character leaves no choice."""
    return widgets.slider(label, min(1, default), T, default, key=key) - 1 if T > 1 else 0


def habit(wanted: PromptRequest, chosen: Pair) -> str:
    """Return in one line what a head does on held-out text."""
    loaded = checkpoint(wanted.model)
    here = small_map(chosen.layer, loaded.model.config.n_layer)
    place, known = f"{here} Layer {chosen.layer + 1}, head {chosen.head + 1}", loaded.meta.get("heads")
    if not known:
        return f"{place}: not measured on held-out text."
    found = known[chosen.layer][chosen.head]
    share = "" if found["name"] == NONE else f", {found['share']:.0%} of its attention on held-out text"
    return f"{place}: **{found['name']}**{share}. {MEANINGS[found['name']]}"


def head_grid(step: str, numbers: str, wanted: PromptRequest, chosen: Pair) -> None:
    """Draw one step of what a head computes for a pair of characters, with every number."""
    if step == "pair":
        _pattern(wanted, chosen)
        return
    found = answer(traced(wanted), chosen.layer, chosen.head, chosen.query)
    if step in BY_WEIGHTS:
        asks, asked_ = wanted.places[chosen.query], wanted.places[chosen.key]
        place = head_weights.Place(chosen.layer, chosen.head, chosen.query, chosen.key, asks, asked_)
        draw = head_weights.made_grid if step == "made" else head_weights.writes_grid
        drawn, links, alt, frames = draw(checkpoint(wanted.model).model, traced(wanted), place)
    elif step == "values":
        drawn, links, alt, frames = _values(wanted, chosen, found, numbers)
    else:
        drawn, links, alt, frames = (_dot if step == "dot" else _softmax)(wanted, chosen, found)
    grid(drawn, key=f"attention_step_{step}", alt=alt, links=links, frames=frames)


def _pattern(wanted: PromptRequest, chosen: Pair) -> None:
    """Draw who looks at whom; a click chooses the pair."""
    pattern = traced(wanted).layers[chosen.layer].pattern[chosen.head]  # (T, T)
    values = np.where(np.tril(np.ones_like(pattern)) > 0, pattern, np.nan)  # (T, T)
    title = f"pattern of layer {chosen.layer + 1}, head {chosen.head + 1}: a row looks at columns"
    drawn = Matrix(
        values, "attention", "probabilities", rows=wanted.labels, cols=wanted.labels,
        called=(wanted.places, wanted.places), spot=LOOKS, title=title, decimals=3,
    )  # fmt: skip
    share = pattern[chosen.query, chosen.key]
    told = _asks(wanted, chosen, f"gives it {share:.2%} of its attention. Click on another pair.")
    stages = Stages([Stage(told, [(0, chosen.query, None), (0, None, chosen.key)])])

    def press(cell: Cell) -> None:
        st.session_state.update(attention_query=cell.row + 1, attention_key=cell.col + 1)

    alt = f"The attention of {len(values)} characters to each other; {told}"
    grid([drawn], key="attention_pairs", alt=alt, links=Cross(0), frames=stages, on_press=press)


def _asks(wanted: PromptRequest, chosen: Pair, rest: str) -> str:
    places = wanted.places
    if chosen.key > chosen.query:
        return f"{places[chosen.query]} must not look at {places[chosen.key]}, which is still to come."
    asked_ = "itself" if chosen.key == chosen.query else places[chosen.key]
    return f"{places[chosen.query]} asks {asked_} and {rest}"


def _dot(wanted: PromptRequest, chosen: Pair, found: one_head.OneHead) -> tuple:
    asks, key = wanted.places[chosen.query], wanted.places[chosen.key]
    products = found.products(chosen.key)  # (hs,)
    drawn = [
        _folded(found.q, "q", "input", 0, f"q of {asks}: what it looks for"),
        _folded(found.k[chosen.key], "k", "weights", 1, f"k of {key}: what it offers"),
        _folded(products, "q × k", "activations", 2, "q times k, number by number"),
    ]
    terms = [f"({p:.3f})" if p < 0 else f"{p:.3f}" for p in products[:3]]
    count, dot = len(products), float(found.dots[chosen.key])
    steps = [
        Stage(
            f"The query of {asks}, made from what layer {chosen.layer + 1} reads there.", [(0, None, None)]
        ),
        Stage(f"The key of {key}, made in the same way by other weights.", [(1, None, None)]),
        Stage("Where both are large and of one sign, the product is large.", [(2, None, None)]),
        Stage(
            f"The {count} products are added up: how well {key} fits what {asks} looks for.",
            [(2, None, None)],
            formula=f"q·k = {' + '.join(terms)} + … = {dot:.4f}".replace("-", "−"),
        ),
    ]
    alt = f"The query of {asks}, the key of {key}, and their {count} products, which add up to {dot:.4f}."
    return drawn, [Same((0, 1, 2))], alt, Stages(steps)


def _folded(values: np.ndarray, name: str, role: str, row: int, title: str) -> Matrix:
    """Return a vector (hs,) as a matrix of a few lines."""
    folded = values.reshape(_room(LINES), -1)
    return head_weights.in_lines(folded, name, role, (row, 0), title=title)


def _softmax(wanted: PromptRequest, chosen: Pair, found: one_head.OneHead) -> tuple:
    kept, labels, rest = _kept(wanted, chosen, found, _room(KEYS))
    future = kept > chosen.query  # (K,)
    added = [np.nan] * bool(rest)
    rows = [
        ("q·k", "activations", found.dots[kept], added),
        (
            f"÷{SPACE}√{len(found.q)},{SPACE}masked",
            "activations",
            np.where(future, np.nan, found.scores[kept]),
            added,
        ),
        (
            f"exp(score{SPACE}−{SPACE}max)",
            "counts",
            found.exponentials[kept],
            [found.exponentials[rest].sum()] * bool(rest),
        ),
        (
            f"÷{SPACE}their{SPACE}sum",
            "probabilities",
            found.pattern[kept],
            [found.pattern[rest].sum()] * bool(rest),
        ),
    ]
    drawn = [
        Matrix(np.r_[one, others][None], name, role, (i, 0), rows=[name], cols=() if i else labels, title="")
        for i, (name, role, one, others) in enumerate(rows)
    ]
    at = int(np.flatnonzero(kept == chosen.key)[0])
    stages = _softmax_stages(wanted, chosen, found, at)
    alt = f"Scores, exponentials and shares of the characters that {wanted.places[chosen.query]} may look at."
    return drawn, [Same((0, 1, 2, 3))], alt, stages


def _softmax_stages(wanted: PromptRequest, chosen: Pair, found: one_head.OneHead, at: int) -> Stages:
    key, i = wanted.places[chosen.key], chosen.key
    dot, score, e, share = (
        float(v[i]) for v in (found.dots, found.scores, found.exponentials, found.pattern)
    )
    largest = float(found.scores.max())
    if chosen.key > chosen.query:
        told = f"{key} is still to come: its score is minus infinity, and exp makes that exactly 0."
        return Stages([Stage(told, [(row, 0, at) for row in range(4)], formula="e^(−∞) = 0")])
    steps = [
        (f"How well {key} fits, before scaling.", f"q·k = {dot:.4f}"),
        ("Without the scale, long vectors would make softmax all or nothing.",
         f"{dot:.4f} ÷ {found.scale:.4f} = {score:.4f}"),
        ("All become positive; the best fit becomes 1.", f"e^({score:.4f} − {_bracket(largest)}) = {e:.5g}"),
        (f"All shares add up to 1; {key} gets {share:.2%}.", f"{e:.5g} ÷ {found.total:.6g} = {share:.5g}"),
    ]  # fmt: skip
    return Stages(
        [
            Stage(told, [(row, 0, at)], formula=formula.replace("-", "−"))
            for row, (told, formula) in enumerate(steps)
        ]
    )


def _bracket(value: float) -> str:
    return f"({value:.4f})" if value < 0 else f"{value:.4f}"


def _kept(
    wanted: PromptRequest, chosen: Pair, found: one_head.OneHead, most: int
) -> tuple[np.ndarray, list[str], list[int]]:
    """Return the characters that are shown one by one, all labels, and the characters that are added up."""
    pattern, last = found.pattern, chosen.query
    kept = one_head.loudest(pattern, min(most, len(pattern)), chosen.key)  # (K,)
    rest = [i for i in range(last + 1) if i not in kept]
    labels = [wanted.places[i] for i in kept] + ([f"{len(rest)}{SPACE}others"] if rest else [])
    return kept, labels, rest


def _values(wanted: PromptRequest, chosen: Pair, found: one_head.OneHead, numbers: str) -> tuple:
    kept, labels, rest = _kept(wanted, chosen, found, _room(VALUES))
    largest = np.argsort(-np.abs(found.z), kind="stable")[: _room(OUTPUTS)]  # (some,)
    columns = np.arange(len(found.z)) if numbers == "all" else np.sort(largest)  # (D,)
    others = [found.brought[rest].sum(axis=0)] if rest else []  # (hs,)
    v = np.vstack([found.v[kept], *others])[:, columns]  # (K, D)
    shares = np.r_[found.pattern[kept], [1.0] * len(others)][None]  # (1, K)
    z = found.z[columns][None]  # (1, D)
    names_ = [str(i + 1) for i in columns]
    drawn = [
        Matrix(shares, "pattern", "probabilities", (1, 0), title=f"pattern of {wanted.places[chosen.query]}"),
        Matrix(
            v, "v", "activations", (0, 1), rows=labels, cols=names_ if numbers == "some" else (),
            title="v: what each has to tell",
        ),
        Matrix(z, "z", "activations", (1, 1), title="z"),
    ]  # fmt: skip
    terms = (shares * v.T)[None]  # (1, D, K)
    order = np.argsort(-np.abs(z[0]), kind="stable")[: _room(OUTPUTS)].tolist()
    told = "Each share times what that character has to tell; the sum is what the head brings."
    stages = Stages([Stage(told, [(0, 0, None), (1, None, j), (2, 0, j)]) for j in order])
    alt = f"The pattern of {wanted.places[chosen.query]} times the values gives z, {len(found.z)} numbers."
    links: list[Link] = [Product(0, 1, 2, terms)]
    return drawn, links, alt, stages


# --- a head switched off ----------------------------------------------------------------------------


def switched_off(wanted: PromptRequest) -> Switches:
    """Draw the list of what is switched off; the grid's clicks change it too."""
    options = _parts(wanted)
    chosen = st.session_state.get("attention_off")
    if isinstance(chosen, list) and not set(chosen) <= set(options):
        st.session_state["attention_off"] = [part for part in chosen if part in options]
    off = widgets.several(
        "switched off", {part: part for part in options}, key="attention_off",
        default=[f"head {attention.first_head(wanted.model)}"], placeholder="click on a number",
    )  # fmt: skip
    found = [options[part] for part in off]
    return Switches(
        heads=frozenset((layer, part) for layer, part in found if isinstance(part, int)),
        mlps=frozenset(layer for layer, part in found if part == "MLP"),
        layers=frozenset(layer for layer, part in found if part == "all"),
    )


def what_is_off(wanted: PromptRequest, off: Switches) -> str:
    """Say where in the model something is off, and what."""
    layers = {layer for layer, _ in off.heads} | off.mlps | off.layers
    parts = [f"head {layer + 1}.{head + 1}" for layer, head in sorted(off.heads)]
    parts += [f"MLP {n + 1}" for n in sorted(off.mlps)] + [f"layer {n + 1}" for n in sorted(off.layers)]
    named = ", ".join(parts) if len(parts) < MOST_NAMED else f"{len(parts)} parts"
    return f"{signs(layers, checkpoint(wanted.model).model.config.n_layer)} Off: {named}."


def _parts(wanted: PromptRequest) -> dict[str, tuple[int, int | str]]:
    """Return everything that can be switched off, by the name it is shown under."""
    config = checkpoint(wanted.model).model.config
    parts: dict[str, tuple[int, int | str]] = {}
    for layer in range(config.n_layer):
        parts |= {f"head {layer + 1}.{head + 1}": (layer, head) for head in range(config.n_head)}
        parts |= {f"MLP {layer + 1}": (layer, "MLP"), f"layer {layer + 1}": (layer, "all")}
    return parts


def switch_grid(wanted: PromptRequest, switches: Switches, compared_: switching.Comparison) -> None:
    """Draw how much every part matters, and what becomes of the next character; a click switches a part."""
    found = importance(wanted)
    values = np.column_stack([found.heads, found.mlps, found.layers])  # (L, nh + 2)
    (L, nh), parts = found.heads.shape, _parts(wanted)
    gone = {*switches.heads, *((n, "MLP") for n in switches.mlps), *((n, "all") for n in switches.layers)}
    off = np.reshape([place in gone for place in parts.values()], values.shape)  # (L, nh + 2)
    drawn = Matrix(
        np.where(off, np.nan, values), "matters", "loss", (0, 0),
        rows=[f"layer{SPACE}{n + 1}" for n in range(L)],
        cols=[*(str(head + 1) for head in range(nh)), "MLP", "all"], shade="sequential",
        called=(
            [f"layer {n + 1}" for n in range(L)],
            [*(f"head {head + 1} of " for head in range(nh)), "the MLP of ", ""],
        ),
        spot="without {col}{row}", unit="nats", decimals=3,
        scale_max=float(values[:, :-1].max()), instead={(int(i), int(j)): "off" for i, j in np.argwhere(off)},
        title="nats that the guess moves with this alone off",
    )  # fmt: skip
    best, likeliest_ = _next(wanted, compared_)

    def press(cell: Cell) -> None:
        if cell.matrix == 1:
            if cell.row == 0:  # receipts are those of the whole model
                open_receipt(*wanted.next(best[cell.col]))
            return
        part = list(parts)[cell.row * (nh + 2) + cell.col]
        chosen = st.session_state.get("attention_off") or []
        kept = [p for p in chosen if p != part]
        st.session_state["attention_off"] = kept if part in chosen else [*chosen, part]

    alt = f"How far the next character's probabilities move, in nats, when one of {L * nh} heads is off."
    grid([drawn, likeliest_], key="attention_switches", alt=alt, on_press=press)


def _next(wanted: PromptRequest, found: switching.Comparison) -> tuple[list[str], Matrix]:
    """Return next characters, the likeliest and those drawn, with all on and with some off."""
    before, after = found.next.before, found.next.after  # (V,)
    vocabulary = checkpoint(wanted.model).vocabulary
    drawn_ = vocabulary.encode("".join(dict.fromkeys(found.on.text[:1] + found.off.text[:1])))
    order = np.argsort(-np.maximum(before, after), kind="stable").tolist()  # (V,)
    best = [i for i in order if i in order[: LIKELIEST - len(drawn_)] or i in drawn_]
    symbols = [vocabulary.symbols[i] for i in best]
    apart = f", {found.next.divergence:.3g} nats apart" if (before != after).any() else ""
    fell = " and ".join(visible(vocabulary.symbols[i]) for i in drawn_)
    drawn = Matrix(
        np.stack([before[best], after[best]]), "probability", "probabilities", (1, 0),
        rows=[f"all{SPACE}on", f"some{SPACE}off"], cols=[visible(symbol) for symbol in symbols], decimals=3,
        scale_max=float(max(before.max(), after.max())),
        title=f"next character{apart}; drawn: {fell}",
    )  # fmt: skip
    return symbols, drawn


def without(wanted: PromptRequest, seed: int, temperature: float, switches: Switches) -> switching.Comparison:
    """Return the continuations with and without what is switched off."""
    return compared(wanted, seed, temperature, switches)


def continuations(wanted: PromptRequest, off: Switches, found: switching.Comparison) -> None:
    """Show both continuations, the first difference marked."""
    lanes = [Lane("everything on", _tiles(wanted, found.on, found.differs))]
    if off != Switches():
        told = [f"{what_is_off(wanted, off)} {_difference(found)}"]
        lanes.append(Lane("some parts off, same dice", _tiles(wanted, found.off, found.differs), told))
    reel(lanes, key="attention_without", alt=_difference(found), stacked=True)


def _tiles(wanted: PromptRequest, written: switching.Written, differs: int | None) -> Tiles:
    given = [Tile(c, told=f"{visible(c)}: given", kind="given") for c in wanted.text]
    new = [
        Tile(c, told=f"{visible(c)} had {p:.1%}", shade=-1.0 if i == differs else 0.0)
        for i, (c, p) in enumerate(zip(written.text, written.probabilities, strict=True))
    ]
    return Tiles([*given, *new])


def _difference(found: switching.Comparison) -> str:
    if found.differs is None:
        return f"Both write the same {len(found.on.text)} characters."
    return f"They part at character {found.differs + 1}: marked."


# --- what each layer guesses ------------------------------------------------------------------------


def guesses_shown(wanted: PromptRequest) -> range:
    """Return which characters' guesses are shown; draw a slider if there are more than fit."""
    T, most = len(wanted.text), _room(POSITIONS)
    if most >= T:
        return range(T)
    first = widgets.slider("from character", 1, T - most + 1, T - most + 1, key="attention_from") - 1
    return range(first, first + most)


def guess_grid(wanted: PromptRequest, places: range, colour: str) -> None:
    """Draw what every layer would take for the next character, and what truly follows."""
    loaded: Checkpoint = checkpoint(wanted.model)
    found = guesses(wanted)[:, list(places)]  # (L + 1, P, V)
    ids = loaded.vocabulary.encode(wanted.text)
    truth = [ids[i + 1] if i + 1 < len(ids) else int(found[-1, j].argmax()) for j, i in enumerate(places)]
    best = found.argmax(axis=-1)  # (L + 1, P)
    top = found.max(axis=-1)  # (L + 1, P)
    true = found[:, np.arange(len(places)), truth]  # (L + 1, P)
    labels = [wanted.labels[i] for i in places]
    symbols = [visible(symbol) for symbol in loaded.vocabulary.symbols]
    value = top if colour == "guess" else true
    rows = ["embeddings", *(f"layer{SPACE}{n}" for n in range(1, len(found)))]
    texts = [
        [_guess(symbols[i], float(p)) for i, p in zip(*row, strict=True)]
        for row in zip(best, top, strict=True)
    ]
    ends = [symbols[i] if place + 1 < len(ids) else "" for i, place in zip(truth, places, strict=True)]
    drawn = [
        Matrix(
            value, "guess" if colour == "guess" else "truth", "probabilities", (0, 0), rows=rows, cols=labels,
            scale_max=1.0, texts=texts,
            title="likeliest next character" + ("" if window.narrow() else ", and how probable"),
        ),
        Matrix(
            true[-1:], "follows", "input", (1, 0), rows=[f"truly{SPACE}follows"], shade="none", texts=[ends],
            title="",
        ),
    ]  # fmt: skip
    last = [loaded.vocabulary.symbols[int(i)] for i in best[-1]]
    follows = [loaded.vocabulary.symbols[i] for i in truth]

    def press(cell: Cell) -> None:
        if cell.matrix == 1 or cell.row == len(rows) - 1:  # the model's own guess, or what it gave the truth
            until = replace(wanted, text=wanted.text[: places[cell.col] + 1])
            open_receipt(*until.next((follows if cell.matrix else last)[cell.col]))

    alt = f"The guesses of {len(rows)} layers after each of {len(labels)} characters."
    grid(drawn, key="attention_lens", alt=alt, links=Cross(0), on_press=press)


def _guess(character: str, probability: float) -> str:
    """Return a guess as it stands in its cell: 99 at most, because nothing is certain."""
    return character if window.narrow() else f"{character}{SPACE}{min(round(100 * probability), 99)}%"


def likeliest(wanted: PromptRequest) -> str:
    """Return the character that the model thinks likeliest after the prompt."""
    found = traced(wanted).probabilities[-1]  # (V,)
    return checkpoint(wanted.model).vocabulary.symbols[int(found.argmax())]


def settings() -> tuple[int, float]:
    """Draw seed and temperature of the continuations."""
    with st.popover("More"):
        temperature = widgets.slider("temperature", 0.0, 2.0, 1.0, step=0.05, key="attention_temperature")
        seed = widgets.seed("Another text", key="attention_seed")
    return seed, temperature


def numbers(step: str) -> str:
    """Draw the choice of how many numbers of the values are shown, where there are values."""
    return widgets.choice("numbers", NUMBERS, key="attention_numbers") if step == "values" else "some"


def receipt(wanted: PromptRequest) -> None:
    """Draw the button that opens how the likeliest next character's probability came about."""
    receipt_button(wanted.next(likeliest(wanted)), key="attention_open")
