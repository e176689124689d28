"""The GPT chapter's opening: one prediction through a whole model, every vector of every stage."""

import random
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import streamlit as st

from explainer.checkpoints import Checkpoint
from explainer.components.flow import Passed, Stage, Strip, flow, shades
from explainer.models.gpt import Block, GPTConfig
from explainer.sampling import pick
from explainer.traces import flow as trace
from explainer.traces import receipt as receipts
from explainer.traces.gpt import Trace
from explainer.ui import stage, typed, widgets
from explainer.ui.caches import keep
from explainer.ui.catalogue import POLISH_FIRST
from explainer.ui.guard import guarded
from explainer.ui.receipt.wording import MORE, percent, worded
from explainer.ui.scenes.gpt import model_of, visible
from explainer.ui.source import cached
from explainer.ui.trained import checkpoint
from explainer.vocabulary import BOUNDARY

KEY = "gpt_flow"
LONGEST = 64  # characters whose way is drawn
TOP = 10  # terms of a number that are shown at first
STARTS = {
    "polish-books": "Pan Tadeusz wszedł do ",
    "pan-tadeusz": "Litwo! Ojczyzno mo",
    "shakespeare": "To be, or not to b",
    "girls-gpt": "MARI",
    "boys-gpt": "WOJCIE",
}
LONG, SHORT = 90, 30  # ticks of a stage: where it is seen first and last, and between


@dataclass(frozen=True)
class FlowRequest:
    """Which model reads which text, and how the die falls."""

    name: str
    text: str  # of names models behind the boundary
    seed: int


def request() -> FlowRequest:
    """Draw the controls and return what is asked for."""
    name = model_of("model", key=f"{KEY}_model")
    told = widgets.word("your text", STARTS[name], key=f"{KEY}_text", max_chars=LONGEST) or STARTS[name]
    with st.popover("More"):
        seed = widgets.number("seed of the die", 0, 999_999, 1, key=f"{KEY}_seed")
    return FlowRequest(name, _read(name, told), seed)


def _read(name: str, told: str) -> str:
    """Return what the model reads of a text: as much as it can, and as is drawn."""
    loaded = checkpoint(name)
    longest = min(LONGEST, loaded.model.config.block_size)
    if name.endswith("-gpt"):
        return (BOUNDARY + typed.name(told, loaded.vocabulary))[:longest]
    return (typed.text(told, loaded.vocabulary) or STARTS[name])[:longest]


# --- what is computed -------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class DrawnFlow:
    """A text's way through a model, as it is drawn."""

    shades: bytes  # of all characters
    exact: dict[str, np.ndarray]  # (width,) by name, of the character that is followed
    peaks: dict[str, float]
    looks: np.ndarray  # (L, nh, T)
    added: np.ndarray  # (2 + L · (nh + 1), V)
    fire: np.ndarray  # (L,) neurons of each layer that hand on more than nothing
    probabilities: np.ndarray  # (V,)


def _way(name: str, sha256: str, text: str, position: int) -> DrawnFlow:  # noqa: ARG001  these very weights
    loaded = checkpoint(name)
    passed = trace.flow(loaded.model, loaded.vocabulary.encode(text))
    values, patterns = trace.vectors(passed), trace.patterns(passed)
    parts = trace.added(loaded.model, passed, position)
    by_layer = np.concatenate([parts.heads, parts.mlps[:, None]], axis=1)  # (L, nh + 1, V)
    return DrawnFlow(
        shades=shades(list(values.values()), patterns),
        exact={name: one[position].copy() for name, one in values.items()},
        peaks={name: float(np.abs(one).max()) for name, one in values.items()},
        looks=patterns[:, :, position].copy(),
        added=np.stack([parts.token, parts.position, *by_layer.reshape(-1, by_layer.shape[-1])]),
        fire=_firing(passed, position),
        probabilities=passed.probabilities[position],
    )


def _firing(passed: Trace, position: int) -> np.ndarray:
    """Return how many neurons of each layer hand on more than nothing at a position (L,)."""
    return np.array([(layer.mlp_post[position] > 0).sum() for layer in passed.layers])  # (L,)


way = cached(_way, trace.flow, trace.added, Block.forward, pool="typed")


@keep("typed")
def _receipt(name: str, sha256: str, context: str, character: str) -> receipts.Receipt:  # noqa: ARG001
    """Return how the model came to the probability of what follows a text."""
    loaded = checkpoint(name)
    named = context.removeprefix(BOUNDARY) if name.endswith("-gpt") else context
    return receipts.receipt(loaded.model, loaded.vocabulary, named, character)


# --- what is drawn ----------------------------------------------------------------------------------


def watched(asked: FlowRequest) -> None:
    """Show the way of the text; only this part runs anew when the browser asks for more."""
    loaded, text = checkpoint(asked.name), asked.text
    best = int(way(asked.name, loaded.meta["sha256"], text, len(text) - 1).probabilities.argmax())
    context = text.removeprefix(BOUNDARY) if asked.name.endswith("-gpt") else text
    stage.receipt_of(asked.name, context, loaded.vocabulary.symbols[best])
    with st.container(key="fill-flow"):
        st.fragment(guarded()(_watched))(asked)


def _watched(asked: FlowRequest) -> None:
    loaded = checkpoint(asked.name)
    position = _followed(asked)
    found = way(asked.name, loaded.meta["sha256"], asked.text, position)
    here = (asked.name, asked.text, position)
    if st.session_state.get(f"{KEY}_here") != here:
        st.session_state.pop(f"{KEY}_opened", None)
    st.session_state[f"{KEY}_here"] = here
    flow(
        _passed(loaded, asked, position, found),
        key=KEY,
        alt=f"One prediction through the model {POLISH_FIRST[asked.name]}, every vector as a strip.",
        known=st.session_state.pop(f"{KEY}_known", ""),
        opened=_opened(loaded, asked, position),
        on_ask=lambda value: _ask(asked, value),
        on_open=_open,
        on_more=_more,
    )


def _followed(asked: FlowRequest) -> int:
    """Return the character that was chosen, else the one that the address names, else the last, from 0."""
    text, position = st.session_state.get(f"{KEY}_chosen", ("", 0))
    length = len(asked.text)
    if text == asked.text:
        return position
    told = st.query_params.get(f"{KEY}_follow", "").partition(".")[0]
    number = int(told) if told.isascii() and told.isdigit() and len(told) < 4 else 0
    return min(number, length) - 1 if number else length - 1


def _ask(asked: FlowRequest, value: dict) -> None:
    st.session_state[f"{KEY}_known"] = value["known"]
    if value["position"] is not None:
        st.session_state[f"{KEY}_chosen"] = asked.text, value["position"]


def _open(value: dict) -> None:
    st.session_state[f"{KEY}_known"] = value.pop("known")
    st.session_state[f"{KEY}_opened"] = value | {"shown": TOP}


def _more() -> None:
    opened = st.session_state.get(f"{KEY}_opened")
    if opened:
        opened["shown"] *= MORE


def _opened(loaded: Checkpoint, asked: FlowRequest, position: int) -> dict | None:
    """Return how the number that was opened came about, in words."""
    opened = st.session_state.get(f"{KEY}_opened")
    if opened is None:
        return None
    config, name, number = loaded.model.config, opened["name"], opened["number"]
    size = len(asked.text) if name.startswith("pattern") else config.n_embd // config.n_head
    start = trace.step_of(name, position, number, size, config.n_layer)
    next_one = loaded.vocabulary.symbols[
        number if name == "probabilities" else 0
    ]  # any will do for the others
    made = _receipt(asked.name, loaded.meta["sha256"], asked.text[: position + 1], next_one)
    steps = receipts.walk(made, opened["path"], start)
    names = [one for one in opened["path"].split("/") if one]
    return {"name": name, "number": number, **worded(steps, names, opened["shown"])}


def _passed(loaded: Checkpoint, asked: FlowRequest, position: int, found: DrawnFlow) -> Passed:
    config, symbols = loaded.model.config, [_shown(one) for one in loaded.vocabulary.symbols]
    roll = random.Random(asked.seed).random()
    drawn = pick(found.probabilities, roll)
    return Passed(
        id=f"{loaded.meta['sha256'][:16]} {hash(asked.text) & 0xFFFFFFFF:x}",
        text=[_shown(one) for one in asked.text],
        symbols=symbols,
        n_layer=config.n_layer,
        n_head=config.n_head,
        sections=["text", *(f"layer {i + 1}" for i in range(config.n_layer)), "next"],
        strips=strips(config.n_layer, config.n_head),
        stages=stages(asked, position, found, symbols, roll, drawn),
        shades=found.shades,
        position=position,
        exact=found.exact,
        peaks=found.peaks,
        looks=found.looks,
        added=found.added,
        roll=roll,
        drawn=drawn,
    )


def _shown(character: str) -> str:
    return "·" if character == BOUNDARY else visible(character)


def strips(layers: int, heads: int) -> list[Strip]:
    """Return the strips of a model, in their order."""
    drawn = [
        Strip("tok_emb", "token", "input", 0),
        Strip("pos_emb", "position", "input", 0, steps=False),
        Strip("resid_pre.0", "sum", "activations", 0),
    ]
    for i in range(layers):
        drawn += [
            Strip(f"ln_1.{i}", "norm", "activations", i + 1),
            *(Strip(f"{one}.{i}", one, "activations", i + 1, heads) for one in "qkv"),
            Strip(f"pattern.{i}", "pattern", "probabilities", i + 1, heads),
            Strip(f"z.{i}", "mix", "activations", i + 1, heads),
            Strip(f"attn_out.{i}", "writes", "activations", i + 1),
            Strip(f"resid_mid.{i}", "sum", "activations", i + 1),
            Strip(f"ln_2.{i}", "norm", "activations", i + 1),
            Strip(f"mlp_post.{i}", "neurons", "activations", i + 1),
            Strip(f"mlp_out.{i}", "writes", "activations", i + 1),
            Strip(f"resid_post.{i}", "sum", "activations", i + 1),
        ]
    last = layers + 1
    return [
        *drawn,
        Strip("ln_f", "norm", "activations", last),
        Strip("logits", "logits", "activations", last),
        Strip("probabilities", "probabilities", "probabilities", last),
    ]


# --- what is said -----------------------------------------------------------------------------------


def stages(
    asked: FlowRequest, position: int, found: DrawnFlow, symbols: Sequence[str], roll: float, drawn: int
) -> list[Stage]:
    """Return the stages of the way with a sentence each; their numbers are those of the text."""
    letter, config = _shown(asked.text[position]), checkpoint(asked.name).model.config
    layers = [_layer(i, config, int(found.fire[i]), letter) for i in range(config.n_layer)]
    best = int(found.probabilities.argmax())
    likeliest = f"“{symbols[best]}”, {percent(float(found.probabilities[best]))}"
    return [
        *_beginning(len(asked.text), config, letter),
        *(one for layer in layers for one in layer),
        *_ending(config, likeliest, f"The die shows {roll:.3f} and falls on “{symbols[drawn]}”."),
    ]


def _beginning(count: int, config: GPTConfig, letter: str) -> list[Stage]:
    going_in = (
        f"{count} characters go in. What follows “{letter}”?" if count > 1 else f"What follows “{letter}”?"
    )
    look_up = f"Each character is looked up: {config.n_embd} numbers that training found for it."
    place = "Its place in the text has numbers of its own; both are added."
    return [
        Stage("the text", going_in, [], [], 0, 1, False),
        Stage("token embedding", look_up, ["tok_emb"], [], 0, LONG, False, "token"),
        Stage(
            "position embedding", place, ["pos_emb", "resid_pre.0"], ["tok_emb"], 0, LONG, True, "position"
        ),
    ]


def _layer(layer: int, config: GPTConfig, fire: int, letter: str) -> list[Stage]:
    """Return the stages of one layer; the clicker stops at each of the first, and at the end of the last."""
    first, last = layer == 0, layer == config.n_layer - 1
    stream = f"resid_post.{layer - 1}" if layer else "resid_pre.0"

    def one(title: str, told: str, made: str, read: str, added: str = "") -> Stage:
        names, sources = ([f"{name}.{layer}" for name in names.split()] for names in (made, read))
        sources += [stream] if made == "ln_1" or added == "heads" else []
        stop = first or (last and added == "mlp")
        part = f"{added}.{layer}" if added else ""
        ticks = LONG if first else SHORT
        return Stage(f"layer {layer + 1}: {title}", told, names, sources, layer + 1, ticks, stop, part)

    heads, neurons = config.n_head, 4 * config.n_embd
    weigh = f"In {heads} heads q · k weighs every character so far; their values are mixed accordingly."
    fires = f"{neurons:,} neurons read the stream, normed again; {fire:,} of them fire for “{letter}”."
    return [
        one("layer norm", "Layer norm brings every vector to one scale.", "ln_1", ""),
        one("q, k, v", "Times three matrices: what it seeks, what it offers, what it brings.", "q k v",
            "ln_1"),
        one("attention", weigh, "pattern z", "q k v"),
        one("projection", "What the heads mixed is projected, and added to the stream.", "attn_out resid_mid",
            "z", "heads"),
        one("neurons", fires, "ln_2 mlp_post", "resid_mid"),
        one("MLP", "What the neurons write is added to the stream as well.", "mlp_out resid_post",
            "mlp_post resid_mid", "mlp"),
    ]  # fmt: skip


def _ending(config: GPTConfig, likeliest: str, die: str) -> list[Stage]:
    stream, last = f"resid_post.{config.n_layer - 1}", config.n_layer + 1
    rows = f"Times one row of weights for each character: {config.vocab_size} logits."
    return [
        Stage("final layer norm", "One more layer norm.", ["ln_f"], [stream], last, LONG, False),
        Stage("logits", rows, ["logits"], ["ln_f"], last, LONG, True),
        Stage("softmax", f"Softmax makes probabilities of them. The likeliest: {likeliest}.",
              ["probabilities"], ["logits"], last, LONG, True),
        Stage("the die", die, [], ["probabilities"], last, LONG, True),
    ]  # fmt: skip
