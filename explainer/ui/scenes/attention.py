"""The attention chapter's first scene: what a visitor asks for, and the text that a GPT writes for it."""

import hashlib
from dataclasses import astuple, dataclass

import numpy as np
import streamlit as st

from explainer import checkpoints, sampling
from explainer.checkpoints import Checkpoint
from explainer.components.attention import Chunk, Stream, attention
from explainer.sampling import Settings
from explainer.traces.receipt import made_for_names
from explainer.traces.writing import Writing, rows, windows
from explainer.traces.writing import write as write_text
from explainer.ui import own_models, typed, widgets
from explainer.ui.blocks import complain
from explainer.ui.catalogue import GPTS, HEADS, PROMPTS
from explainer.ui.guard import guarded
from explainer.ui.receipt.dialog import open_receipt
from explainer.ui.source import cached
from explainer.ui.trained import checkpoint
from explainer.vocabulary import BOUNDARY

VISIBLE = {"↵": "\n", "␣": " "}  # as whitespace is typed and shown
ALL = "all"
TOP_K = (1, 2, 3, 5, 8, 12, 20, 30, ALL)
LONGEST_PROMPT = 400  # characters that fit into a link
SEED = 1
LIMIT = 400  # characters that are written at most
AHEAD = 12  # characters that are sent with the page
CHUNK = 32  # characters that are sent when the browser asks for more


@dataclass(frozen=True)
class SamplingRequest:
    """What is to be written: by which model, after which text, with which dice."""

    name: str
    prompt: str  # for names models behind the boundary
    settings: Settings
    seed: int

    @property
    def stop(self) -> str | None:
        """The character after which a text ends."""
        return BOUNDARY if names(self.name) else None


# --- the controls -----------------------------------------------------------------------------------


def models() -> dict[str, str]:
    """Return the GPTs that are there, with what they are called, one's own last; all if none is."""
    folder = checkpoints.FOLDER
    there = [
        name for name in GPTS if all((folder / f"{name}{end}").exists() for end in (".json", ".safetensors"))
    ]
    return ({name: GPTS[name] for name in there} or GPTS) | own_models.options("gpt")


def model() -> str:
    """Draw the choice of a model that all scenes share, and return its name."""
    return widgets.named("model", models(), key="attention_model")


def request() -> SamplingRequest:
    """Draw the controls and return what is asked for."""
    name = model()
    told = prompt(name, "↵ begins a new line, ␣ is a space" if not names(name) else "its first letters")
    temperature = widgets.slider("temperature", 0.0, 2.0, 1.0, step=0.05, key="attention_temperature")
    top_k = widgets.steps("top-k", TOP_K, ALL, key="attention_top_k")
    with st.popover("More"):
        top_p = widgets.slider("top-p", 0.05, 1.0, 1.0, step=0.05, key="attention_top_p")
        seed = widgets.number("seed of the dice", 0, 999_999, SEED, key="attention_seed")
    settings = Settings(temperature, None if top_k == ALL else top_k, top_p)
    return SamplingRequest(name, readable(name, told), settings, seed)


def prompt(name: str, hint: str | None = None) -> str:
    """Draw the field for a prompt, one for each model and one for all of a visitor's own, and return it."""
    key = f"attention_prompt_{'own' if own_models.is_own(name) else name}"
    return widgets.text("prompt", example(name), key=key, max_chars=LONGEST_PROMPT, help=hint)


def example(name: str) -> str:
    """Return the prompt that a model has at first; one's own goes on from the beginning that it knows."""
    if not own_models.is_own(name):
        return PROMPTS[name]
    loaded = checkpoint(name)
    known = [symbol for symbol in PROMPTS["girls-gpt"] if symbol in loaded.vocabulary]
    shown = {symbol: sign for sign, symbol in VISIBLE.items()}
    return "".join(known) or shown.get(last := loaded.vocabulary.symbols[-1], last)


def first_head(name: str) -> str:
    """Return which head is shown at first, as layer.head: one whose habit shows, if it is known."""
    return HEADS.get(name, "1.1")


def readable(name: str, told: str) -> str:
    """Return a prompt as its model reads it: a name behind its boundary, ↵ and ␣ as what they stand for."""
    vocabulary = checkpoint(name).vocabulary
    if names(name):
        return BOUNDARY + typed.name(told, vocabulary)
    prompt = typed.text("".join(VISIBLE.get(character, character) for character in told), vocabulary)
    if not prompt:
        complain("There is nothing to go on with: until there is, the example stands here.")
    return prompt or "".join(VISIBLE.get(character, character) for character in example(name))


def names(name: str) -> bool:
    """Return whether a model reads names, and not running text."""
    return made_for_names(checkpoint(name).vocabulary)


# --- what is written --------------------------------------------------------------------------------


def _write(
    name: str,
    sha256: str,  # noqa: ARG001  an answer is that of these very weights
    asked: SamplingRequest,
    kept: str,
    count: int,
    whole: bool,
    seen: int,
) -> Writing:
    trained = checkpoint(name)
    return write_text(
        trained.model,
        trained.vocabulary,
        asked.prompt,
        kept,
        count,
        asked.settings,
        seed=asked.seed,
        stop=asked.stop,
        whole=whole,
        seen=seen,
    )


write = cached(_write, write_text, sampling.chances, sampling.pick, pool="typed")


def watched(asked: SamplingRequest) -> None:
    """Show the text while it is written; only this part runs anew when the browser asks for more."""
    _forget_other_texts(asked)
    st.fragment(guarded()(_watched))(asked)


def _watched(asked: SamplingRequest) -> None:
    trained = checkpoint(asked.name)
    if st.session_state.pop("attention_again", False):
        st.rerun()
    request = st.session_state.pop("attention_ask", None)
    link = _link(trained, asked)
    kept, count, whole = link.kept, max(1, link.position + AHEAD - len(link.kept)), True
    if request is not None and not request["whole"]:
        kept, count, whole = _text(trained, asked, request["kept"]), CHUNK, False
    if not whole and asked.stop is not None and kept.endswith(asked.stop):
        whole = True  # nothing comes after the end; all of it is sent again
    seen = link.position if whole else 0
    chunk = _looked(trained, asked, request) or _chunk(
        trained, kept, write(asked.name, trained.meta["sha256"], asked, kept, min(count, LIMIT), whole, seen)
    )
    attention(
        _stream(trained, asked),
        chunk,
        key="attention_view",
        alt=f"What the model {models()[asked.name]} looks at while it goes on with a text.",
        position=link.position,
        head=link.head,
        prefix="attention",
        on_ask=lambda value: st.session_state.update(attention_ask=value),
        on_again=lambda value: _roll_again(trained, value),
        on_receipt=lambda value: _receipt(trained, asked, value),
    )


def _receipt(trained: Checkpoint, asked: SamplingRequest, value: dict) -> None:
    """Open how a probability was made in the window that the model read."""
    read, prompt = len(value["context"]), len(asked.prompt)
    first, _ = windows(prompt, read, trained.model.config.block_size)[-1]
    context = trained.vocabulary.decode(value["context"])
    context = context.removeprefix(BOUNDARY) if names(asked.name) else context
    open_receipt(asked.name, context, trained.vocabulary.symbols[value["token"]], read - first)


def _roll_again(trained: Checkpoint, value: dict) -> None:
    """Take the next seed: what is on the screen stays, what comes after it is drawn anew."""
    st.query_params["attention_text"] = trained.vocabulary.decode(value["kept"])
    st.query_params["attention_at"] = str(value["position"])
    st.session_state["attention_seed"] = (st.session_state.get("attention_seed", SEED) + 1) % 1_000_000
    st.session_state["attention_again"] = True


@dataclass(frozen=True)
class Link:
    """What a link says of the text: the characters that stay, how many are seen, which head."""

    kept: str
    position: int
    head: tuple[int, int]


def _link(trained: Checkpoint, asked: SamplingRequest) -> Link:
    """Return what the address says, as far as it makes sense for this model."""
    query = st.query_params
    config = trained.model.config
    kept = query.get("attention_text", "")[:LIMIT]
    known = next((i for i, c in enumerate(kept) if c not in trained.vocabulary), len(kept))
    kept = _up_to(kept[:known], asked.stop)
    position = _whole_number(query.get("attention_at", ""), 0, LIMIT)
    layer, _, head = query.get("attention_head", "").partition(".")
    default = [int(number) for number in first_head(asked.name).split(".")]
    place = (
        _whole_number(layer, 1, config.n_layer, default[0]) - 1,
        _whole_number(head, 1, config.n_head, default[1]) - 1,
    )
    return Link(kept, position, place)


def _whole_number(text: str, low: int, high: int, default: int | None = None) -> int:
    """Return the number that a text says, within bounds; the default, or the lower bound, if it says none."""
    told = int(text) if text.isascii() and text.isdigit() and len(text) < 7 else None
    if told is None:
        return low if default is None else default
    return min(max(told, low), high)


def _up_to(text: str, stop: str | None) -> str:
    """Return a text up to its first end, the end included."""
    return text if stop is None or stop not in text else text[: text.index(stop) + 1]


def _forget_other_texts(asked: SamplingRequest) -> None:
    """What was kept of one model's text, or after another prompt, means nothing here."""
    base = (asked.name, asked.prompt)
    if st.session_state.get("attention_base", base) != base:
        for key in ("attention_text", "attention_at"):
            st.query_params.pop(key, None)
    st.session_state["attention_base"] = base


def _text(trained: Checkpoint, asked: SamplingRequest, ids: list[int]) -> str:
    """Return the characters that the browser holds, as many as one may write."""
    return _up_to(trained.vocabulary.decode(ids[: LIMIT - 1]), asked.stop)


def _stream(trained: Checkpoint, asked: SamplingRequest) -> Stream:
    config, vocabulary = trained.model.config, trained.vocabulary
    base = _short(trained.meta["sha256"], asked.prompt)
    return Stream(
        id=_short(base, astuple(asked.settings), asked.seed),
        base=base,
        symbols=vocabulary.symbols,
        prompt=vocabulary.encode(asked.prompt),
        n_layer=config.n_layer,
        n_head=config.n_head,
        block_size=config.block_size,
        heads=trained.meta.get("heads", []),
        temperature=asked.settings.temperature,
        top_k=asked.settings.top_k or 0,
        top_p=asked.settings.top_p,
        limit=LIMIT,
        stop=-1 if asked.stop is None else vocabulary.encode(asked.stop)[0],
    )


def _chunk(trained: Checkpoint, kept: str, written: Writing) -> Chunk:
    return Chunk(
        kept=trained.vocabulary.encode(kept)[: written.first],
        rows=[(row.character, row.window, row.attention) for row in written.rows],
        probabilities=np.stack([draw.probabilities for draw in written.draws]),  # (N, V)
        chances=np.stack([draw.chances for draw in written.draws]),  # (N, V)
        rolls=np.array([draw.roll for draw in written.draws]),
        fallen=np.array([draw.fallen for draw in written.draws]),
        tokens=np.array([draw.token for draw in written.draws]),
    )


def _looked(trained: Checkpoint, asked: SamplingRequest, request: dict | None) -> Chunk | None:
    """Return the rows that the browser lacks of a window, if it asks for such."""
    if request is None or request.get("window") is None or request["end"] is None:
        return None
    kept, size = _text(trained, asked, request["kept"]), trained.model.config.block_size
    text, window = asked.prompt + kept, request["window"]
    end = min(request["end"], window + size, len(text))
    if window not in dict(windows(len(asked.prompt), len(text), size)) or end <= window:
        return None
    none = np.zeros((0, len(trained.vocabulary)))
    found = rows(trained.model, trained.vocabulary, text, window, end)
    told = [(row.character, row.window, row.attention) for row in found]
    return Chunk(trained.vocabulary.encode(kept), told, none, none, *[np.zeros(0)] * 3)


def _short(*parts: object) -> str:
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:16]
