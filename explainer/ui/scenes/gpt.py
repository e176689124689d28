"""What the GPT chapter shows: tokens, the blocks of a trained GPT with their tensors, and sizes to scale."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import streamlit as st

from explainer import checkpoints
from explainer.checkpoints import Checkpoint
from explainer.components.grid import Cell, Cross, Matrix, grid
from explainer.components.reel import Joins, Lane, Tile, Tiles, reel
from explainer.figures import scale, transformer
from explainer.models.gpt import GPT, Block
from explainer.traces import architecture, tokens
from explainer.traces import gpt as trace
from explainer.traces.receipt import made_for_names
from explainer.ui import blocks, own_file, own_models, stage, typed, widgets, window
from explainer.ui.caches import keep
from explainer.ui.catalogue import POLISH_FIRST
from explainer.ui.receipt.dialog import open_receipt
from explainer.ui.source import cached, with_source
from explainer.ui.trained import checkpoint
from explainer.vocabulary import BOUNDARY, Vocabulary

STARTS = {"shakespeare": "To be, or not to b", "girls-gpt": "ANNAMA", "boys-gpt": "WOJCIE"}
POLISH_START = "Litwo! Ojczyzno mo"
TEXTS = {
    "polish": (
        "Jak nazwiemy naszą córkę? Czytaliśmy imiona w rejestrze, jedno po drugim, a te imiona, które się "
        "nam spodobały, czytaliśmy jeszcze raz. Najdłuższe imię ma więcej liter niż najkrótsze, ale litery "
        "są te same."
    ),
    "english": (
        "What shall we name our daughter? We have read the names in the register, one after the other, and "
        "the names that we liked, we read again. The longest name has more letters than the shortest, but "
        "the letters are the same letters."
    ),
    "signs": "1072616 girls are called ANNA, 604753 KATARZYNA. π ≈ 3.14159265 😀 👶🏽 żółć naïve 北京 Łódź!",
}
TEXT_TITLES = {"polish": "Polish", "english": "English", "signs": "digits and signs", "own": "your own"}
CORPORA = {"polish-books": "Learned from fifty Polish books", "shakespeare": "Learned from Shakespeare"}
LEARNED_FROM = {"corpora": "Polish books, Shakespeare", "text": "this text itself"}
MERGES = Path(__file__).resolve().parents[3] / "data" / "merges.json"
GPT_2 = "GPT-2's tokenizer learned from English web pages."
SHOWN = {"text": "as text", "ids": "as numbers"}
LONGEST = 3_000  # characters of a visitor's text that are cut into tokens
TILED = 120  # characters that are shown as large tiles
MOST_MERGES = 1_000
OF_A_HEAD = ("pattern", "queries", "keys", "values", "what the head mixed")
COLUMNS = 24  # numbers of a row that are shown at once
ROWS = 18


# --- which models there are -------------------------------------------------------------------------


def available(options: dict[str, str] = POLISH_FIRST) -> dict[str, str]:
    """Return those of some models whose files are there; a model still to be trained is left out."""
    found = (checkpoints.FOLDER / f"{name}.json" for name in options)
    return {
        path.stem: options[path.stem]
        for path in found
        if path.exists() and path.with_suffix(".safetensors").exists()
    }


def model_of(label: str, *, key: str) -> str:
    """Draw the choice among the models that are there and return the chosen one's name."""
    return widgets.named(label, available() | own_models.options("gpt"), key=key)


def vocabulary_of(name: str) -> Vocabulary:
    """Return the characters that a model knows, without its weights."""
    return Vocabulary(meta_of(name)["symbols"])


def outline(name: str) -> GPT:
    """Return a GPT's shape without its weights: what can be counted, not what can be computed."""
    model = _outline(_measures(name))
    if not isinstance(model, GPT):
        raise TypeError(f"“{name}” is no GPT")
    return model


def _measures(name: str) -> tuple[tuple[str, Any], ...]:
    return tuple(meta_of(name)["architecture"].items())


@keep("scenes")
def _outline(architecture: tuple[tuple[str, Any], ...]) -> checkpoints.Model:
    return checkpoints.outline(dict(architecture))


def meta_of(name: str) -> dict[str, Any]:
    """Return what is known of a model, one's own among them, without reading weights if it is the house's."""
    return checkpoint(name).meta if own_models.is_own(name) else _meta(name)


@keep("scenes")
def _meta(name: str) -> dict[str, Any]:
    return checkpoints.read_meta(name)


def visible(text: str) -> str:
    """Return a text with its whitespace written out, and the boundary of a name as a dot."""
    return text.replace(" ", "␣").replace("\n", "↵").replace("\t", "⇥")


# --- tokens -----------------------------------------------------------------------------------------


@keep("scenes")
def corpus_merges() -> dict[str, tuple[tokens.Merge, ...]]:
    """Return what was learned from whole corpora, by their names."""
    kept = json.loads(MERGES.read_text(encoding="utf-8"))
    return {name: tokens.from_pairs(kept[name]) for name in CORPORA}


def _own_merges(text: str) -> tuple[tokens.Merge, ...]:
    return tokens.learn_merges([text], MOST_MERGES)


def _cut(text: str, source: str) -> tokens.Encoded:
    merges = own_merges(text) if source == "text" else corpus_merges()[source]
    return tokens.encode(text, merges)


characters = with_source(tokens.characters)
own_merges = cached(
    _own_merges, tokens.learn_merges, tokens.most_frequent_pair, tokens.replaced, pool="typed"
)
cut = cached(_cut, tokens.pieces, tokens.learn_merges, tokens.encode, pool="typed")


def character_tiles(name: str, text: str) -> None:
    """Show a text as the ids that a model reads, above all the characters that the model knows."""
    vocabulary = vocabulary_of(name)
    found = characters(text[:TILED], vocabulary)
    pairs = list(zip(found.characters, found.ids, strict=True))
    read = [
        Tile(c, "?" if i is None else str(i), _said(c, i), kind="unknown" if i is None else "")
        for c, i in pairs
    ]
    used = {i for i in found.ids if i is not None}
    known = [
        Tile(symbol, str(i), _said(symbol, i), kind="used" if i in used else "known")
        for i, symbol in enumerate(vocabulary.symbols)
    ]
    lanes = [
        Lane("Your text, as the model reads it", Tiles(read), [_counted(text, found)]),
        Lane(f"All {len(vocabulary)} tokens of {POLISH_FIRST.get(name, 'yours')}", Tiles(known)),
    ]
    alt = f"{len(read)} characters with their ids, and the {len(known)} characters that the model knows."
    reel(lanes, key="gpt_tokens", alt=alt, stacked=True)


def _said(character: str, i: int | None) -> str:
    known = "a character this model has never seen" if i is None else f"token {i}"
    return f"{visible(character)}: {known}, Unicode U+{ord(character):04X}"


def _counted(text: str, found: tokens.Characters) -> str:
    cut = f"the first {TILED} of {len(text):,} characters" if len(text) > TILED else f"{len(text)} characters"
    if found.unknown:
        return f"{cut}; never seen, so it cannot be read: {' '.join(map(visible, found.unknown[:8]))}"
    return f"{cut}, {len(text[:TILED].encode(errors='replace'))} bytes in UTF-8"


def _own_text() -> str:
    """Draw a field for a text and, below it, the choice of a file, which takes the field's place."""
    pasting, choosing = st.container(), st.container()
    with choosing:
        found = own_file.text("from a file", key="gpt_own")
    if found:
        return found
    with pasting:
        return widgets.pasted("your own text", key="gpt_own", placeholder="Write or paste a text.") or ""


def text_to_cut() -> tuple[str, str]:
    """Draw the choice of a text and how its tokens are shown; a long one of the visitor's is cut short."""
    chosen = widgets.choice("text", TEXT_TITLES, key="gpt_text")
    with st.popover("More"):
        shown_as = widgets.choice("tokens", SHOWN, key="gpt_shown")
        own = _own_text()
        if len(own) > LONGEST:
            st.text(f"{len(own):,} characters are too many: the first {LONGEST:,} are used.")
    return (TEXTS[chosen] if chosen in TEXTS else own[:LONGEST]), shown_as


def byte_pairs(text: str, source: str, shown_as: str) -> None:
    """Show a text as its tokens, merge by merge: by two learned tokenizers or by its own."""
    learned = {"text": own_merges(text)} if source == "text" else corpus_merges()
    found = {name: cut(text, name) for name in learned}
    lanes = [
        _lane(CORPORA.get(name, "Learned from this text"), one, _other(found, name), shown_as == "ids")
        for name, one in found.items()
    ]
    count = max(map(len, learned.values()))
    titles = ["bytes, before the first merge", *(_merged(list(learned.values()), n) for n in range(count))]
    alt = f"A text as tokens after {count} merges; {'; '.join(lane.facts[-1] for lane in lanes)}."
    options: dict[str, Any] = {
        "unit": "merge",
        "speed": 20.0,
        "start": count,
        "ledger": f"Merged × how often{': Polish | English' if len(learned) > 1 else ''}",
    }
    key = "" if shown_as == "ids" else _key(next(iter(found.values())).data)
    options["captions"] = [_price(found, merges) + key for merges in range(count + 1)]
    reel(lanes, key=f"gpt_pairs_{source}", alt=alt, titles=titles, **options)


def _price(found: dict[str, tokens.Encoded], merges: int) -> str:
    """Return how many tokens a text has after so many merges, or which tokenizer makes fewer of it."""
    after = f"After {merges:,} merge{'s' if merges != 1 else ''}" if merges else "Before the first merge"
    counts = {int(one.counts[merges]): name for name, one in found.items()}
    if len(counts) == 1:
        either = " by either tokenizer" if len(found) > 1 else ""
        return f"{after} the text is **{next(iter(counts)):,}** tokens{either}."
    cheap, dear = (_called(counts[count]) for count in sorted(counts))
    return f"{after} **{cheap}** makes fewer tokens of this text than {dear}. {GPT_2}"


def _key(data: bytes) -> str:
    """Return what the number of a byte stands for that is no letter by itself; empty if there is none."""
    part = next((byte for byte in data if byte > 127), None)
    return "" if part is None else f" ⟨{part:02X}⟩: one byte of a character."


def _called(name: str) -> str:
    return {"polish-books": "the Polish tokenizer", "shakespeare": "the English tokenizer"}[name]


def _other(found: dict[str, tokens.Encoded], name: str) -> tuple[str, tokens.Encoded] | None:
    return next(((_called(other), one) for other, one in found.items() if other != name), None)


def _lane(title: str, found: tokens.Encoded, other: tuple[str, tokens.Encoded] | None, ids: bool) -> Lane:
    letters, size = len(found.text), len(found.data)
    facts = [
        f"{letters:,} characters, {size:,} bytes → {n:,} tokens, {letters / max(n, 1):.2f} characters each"
        for n in found.counts.tolist()
    ]
    if other is not None:
        name, one = other
        facts = [
            f"{fact}\n{n / max(m, 1):.2f} × the tokens of {name}"
            for fact, n, m in zip(facts, found.counts.tolist(), one.counts.tolist(), strict=True)
        ]
    return Lane(title, Joins(found.data, found.joined, ids), facts)


def _merged(learned: Sequence[Sequence[tokens.Merge]], number: int) -> str:
    """Return what became one token in a merge, the tokenizers side by side."""
    merges = [merges[number] for merges in learned]
    told = " | ".join(f"{visible(tokens.readable(one.content))} × {one.count:,}" for one in merges)
    return f"{number + 1}. {told}"


def nothing_to_cut(text: str) -> str:
    """Say what to do if there is no text."""
    return "" if text else "Write or paste a text under “More”."


# --- the architecture -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Opened:
    """Which model reads which text, and which block, layer and head are open."""

    name: str
    text: str
    part: str
    layer: int
    head: int
    tensor: str
    first: int


@keep("typed")
def _traced(name: str, text: str) -> trace.Trace:
    loaded = checkpoint(name)
    return trace.trace(loaded.model, loaded.vocabulary.encode(text))


traced = with_source(_traced, trace.trace, Block.forward)
parts = with_source(architecture.parts)
tensors = with_source(architecture.tensors)


def opened() -> Opened:
    """Draw the controls of the architecture and return what is open."""
    more = st.popover("More")
    with more:
        name = model_of("model", key="gpt_model")
    model = checkpoint(name).model
    text = text_for(name)
    labels = [part.name for part in parts(outline(name))]
    part = widgets.pick("block", labels, "masked attention", key="gpt_block", stages=labels)
    layer = 0
    if next(one for one in parts(outline(name)) if one.name == part).copies > 1:
        layer = widgets.slider("layer", 1, model.config.n_layer, 1, key="gpt_layer") - 1
    found = tensors(model, traced(name, text), part)
    which = widgets.pick("tensor", list(found), next(iter(found)), key=f"gpt_tensor_{labels.index(part)}")
    head = first = 0
    with more:  # only what moves something
        if part == "masked attention" and which in OF_A_HEAD:
            head = widgets.slider("head", 1, model.config.n_head, 1, key="gpt_head") - 1
        if found[which].cols != "position" and found[which].values.shape[1] > COLUMNS:
            first = widgets.slider("numbers from", 0, 1512, 0, step=COLUMNS, key="gpt_first")
    return Opened(name, text, part, layer, head, which, first)


def text_for(name: str) -> str:
    """Draw the field for a text."""
    loaded, start = checkpoint(name), STARTS.get(name, POLISH_START)
    if own_models.is_own(name):
        start = STARTS["girls-gpt"] if made_for_names(loaded.vocabulary) else POLISH_START
        start = "".join(c for c in start if c in loaded.vocabulary) or loaded.vocabulary.symbols[-1]
    told = widgets.word("your text", start, key="gpt_text", max_chars=40) or start
    if made_for_names(loaded.vocabulary):
        text = BOUNDARY + typed.name(told, loaded.vocabulary)
    else:
        text = (
            typed.text(told, loaded.vocabulary) or loaded.meta.get("prompt") or loaded.vocabulary.symbols[-1]
        )
    return text[: loaded.model.config.block_size]


def decoder(asked: Opened) -> None:
    """Draw the path of the text through the model; a click opens a block."""
    loaded = checkpoint(asked.name)
    found = parts(outline(asked.name))
    whole = architecture.total(outline(asked.name))
    names_ = [part.name for part in found]
    labels = [f"{part.name} · {_share(part.total, whole)}" for part in found]
    for i in (0, 1):
        labels[i] = labels[i].replace(" embedding", "")
    guesses = best(asked)
    figure = transformer.decoder(
        visible(asked.text),
        labels,
        names_.index(asked.part),
        asked.layer,
        loaded.model.config.n_layer,
        guesses,
        font_size=window.font_size(),
        narrow=window.narrow(),
    )
    alt = transformer.decoder_alt(visible(asked.text), loaded.model.config.n_layer, asked.part, guesses)

    def click(pick: str) -> None:
        kind, number = pick.split()
        if kind == "block":
            st.session_state["gpt_block"] = names_[int(number)]
        else:
            open_receipt(*explained(asked, int(number)))

    blocks.chart(figure, alt, key="gpt_decoder", on_pick=click)
    stage.receipt_of(*explained(asked, 0))


def explained(asked: Opened, rank: int) -> tuple[str, str, str]:
    """Return model, context and character of one of the likeliest guesses, as the receipt wants them."""
    order = np.argsort(-traced(asked.name, asked.text).probabilities[-1], kind="stable")  # (V,)
    context = asked.text.removeprefix(BOUNDARY) if made_for_names(vocabulary_of(asked.name)) else asked.text
    return asked.name, context, vocabulary_of(asked.name).symbols[int(order[rank])]


def best(asked: Opened, most: int = 6) -> list[tuple[str, float]]:
    """Return the likeliest next characters, as they are shown, with their probabilities."""
    last = traced(asked.name, asked.text).probabilities[-1]  # (V,)
    symbols = checkpoint(asked.name).vocabulary.symbols
    return [(visible(symbols[i]), float(last[i])) for i in np.argsort(-last, kind="stable")[:most]]


def told(asked: Opened) -> str:
    """Return in one line what the open block holds, and its share of the whole."""
    model = outline(asked.name)
    part = next(p for p in parts(model) if p.name == asked.part)
    whole = architecture.total(model)
    if not part.total:
        return f":orange[{asked.part}: no parameters], only arithmetic"
    copies = f" in each of {part.copies} layers: {part.total:,}" if part.copies > 1 else ""
    return (
        f":orange[{asked.part}: {part.parameters:,} parameters{copies}], "
        f"{_share(part.total, whole)} of {whole:,}"
    )


def _share(n: int, whole: int) -> str:
    if not n:
        return "no parameters"
    return f"{n / whole:.1%}" if n / whole >= 0.001 else "under 0.1%"


def tensor_grid(asked: Opened) -> None:
    """Draw the open tensor, or the part of it that has room; its title says which part that is."""
    loaded = checkpoint(asked.name)
    found = tensors(loaded.model, traced(asked.name, asked.text), asked.part, asked.layer, asked.head)[
        asked.tensor
    ]
    height, width = found.values.shape
    rows, cols = _rows(found, height, asked), _cols(found, width, asked)
    values = found.values[np.ix_(rows, cols)]
    labels = [_labels(kind, span, asked, loaded) for kind, span in ((found.rows, rows), (found.cols, cols))]
    drawn = Matrix(
        values,
        asked.tensor,
        found.role,
        rows=labels[0],
        cols=labels[1],
        spot=f"{asked.tensor} {{row}} → {{col}}" if found.cols in ("position", "symbol") else "",
        title=_head(asked) + _window(asked.tensor, (height, width), rows, cols),
    )
    alt = f"{asked.tensor} of {asked.part}, {height} × {width}, a part of it cell by cell."
    key = f"gpt_tensor_grid_{asked.part}_{asked.tensor}".replace(" ", "_").replace("+", "and")
    grid([drawn], key=key, alt=alt, links=Cross(0), lens_at=_matters(found, values))


def _head(asked: Opened) -> str:
    """Say which head a tensor is of, where it is of one."""
    return (
        f"head {asked.head + 1}: " if asked.part == "masked attention" and asked.tensor in OF_A_HEAD else ""
    )


def _matters(found: architecture.Tensor, values: np.ndarray) -> Cell | None:
    """Return what a lens opens on: the largest number at the last character, which makes the next."""
    if found.rows != "position":
        return None
    return Cell(0, len(values) - 1, int(np.abs(values[-1]).argmax()))


def _rows(found: architecture.Tensor, height: int, asked: Opened) -> Sequence[int]:
    """Return the rows that are shown: the last characters, or of weights as many as have room."""
    if found.rows == "position":
        return range(max(0, height - ROWS), height)
    if found.rows == "symbol":
        return range(min(height, 2 * ROWS))
    first = min(asked.first, max(0, height - ROWS)) if found.cols == "position" else 0
    return range(first, min(height, first + ROWS))


def _cols(found: architecture.Tensor, width: int, asked: Opened) -> Sequence[int]:
    """Return the columns that are shown; of symbols those that are likeliest next, the likeliest first."""
    if found.cols == "position":
        return range(max(0, width - ROWS), width)
    first = min(asked.first, max(0, width - COLUMNS))
    span = range(first, min(width, first + COLUMNS))
    if found.cols != "symbol":
        return span
    return np.argsort(-found.values[-1], kind="stable")[span.start : span.stop].tolist()


def _labels(kind: str, span: Sequence[int], asked: Opened, loaded: Checkpoint) -> list[str]:
    if kind == "position":
        return [visible(asked.text[i]) for i in span]
    if kind == "symbol":
        return [visible(loaded.vocabulary.symbols[i]) for i in span]
    return [str(i) for i in span]


def _window(name: str, shape: tuple[int, int], rows: Sequence[int], cols: Sequence[int]) -> str:
    height, width = shape
    whole = f"{name} {height} × {width}"
    some = [
        f"{what} {span.start}–{span.stop - 1}" if isinstance(span, range) else f"{len(span)} likeliest next"
        for what, span, size in (("rows", rows, height), ("columns", cols, width))
        if len(span) < size
    ]
    return f"{whole}, {' and '.join(some)}" if some else whole


# --- to scale ---------------------------------------------------------------------------------------


def sizes() -> tuple[list[str], list[int]]:
    """Return the sizes that are drawn, the smallest first, and how each is called."""
    name = next(iter(available()))
    ours = architecture.total(outline(name))
    perceptron = architecture.total(_outline(_measures("girls-mlp")))
    values = [perceptron, ours, architecture.GPT2_XL, architecture.GPT4_ESTIMATED]
    labels = [
        f"our MLP: {perceptron:,}",
        f"our GPT: {ours / 1e6:.1f} million",
        "GPT-2 XL: 1.5 billion",
        "GPT-4: 1.76 trillion, estimated",
    ]
    return labels, values


def zoom() -> None:
    """Draw the sizes as areas to scale, seen from farther and farther away."""
    labels, values = sizes()
    figure = scale.zoom(labels, values, first=1, font_size=window.font_size())
    blocks.chart(figure, scale.zoom_alt(labels, values), key="gpt_scale")


def odometer() -> None:
    """Tell the numbers and where each comes from."""
    name = next(iter(available()))
    model = outline(name)
    ours = architecture.total(model)
    st.metric("parameters of our GPT, counted", f"{ours:,}")
    st.metric("multiplications for one character", f"{architecture.multiplications(model):,}")
    st.markdown(":gray[all matrix products, the output layer's too; keys and values kept, full context]")
    st.metric(f"GPT-2 XL · {architecture.GPT2_XL / ours:,.0f} × ours", f"{architecture.GPT2_XL:,}")
    st.metric(f"GPT-4 · {architecture.GPT4_ESTIMATED / ours:,.0f} × ours", f"{architecture.GPT4_ESTIMATED:,}")
    st.markdown(":gray[GPT-2: Radford et al. 2019. GPT-4: estimated in the press; a token uses part of it]")
