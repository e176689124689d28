"""What a neuron reads: where it fires in held-out text, what it pushes; where a head's habit shows."""

from dataclasses import dataclass

import numpy as np
import streamlit as st

from explainer import checkpoints
from explainer.components.grid import Cell, Matrix, Stage, Stages, grid
from explainer.components.reel import Lane, Tile, Tiles, reel
from explainer.traces import neurons as trace
from explainer.training.habits import MEANINGS, followed
from explainer.ui import blocks, own_models, widgets, window
from explainer.ui.caches import keep
from explainer.ui.scenes.gpt import visible
from explainer.ui.scenes.heads import LOOKS, PromptRequest, traced
from explainer.ui.source import cached
from explainer.ui.trained import checkpoint

KINDS = {"neuron": "a neuron", "head": "a head"}
LINES = (48, 24)  # neurons in a line of the map, on a projector and on a phone
PUSHED = (6, 3)  # characters that are pushed most, each way


@dataclass(frozen=True)
class Chosen:
    """Which part of the model is looked at, counted from 0."""

    kind: str
    layer: int
    number: int


@keep("models")
def _kept(name: str, sha: str) -> dict[str, np.ndarray]:  # noqa: ARG001  those of these very weights
    return {} if own_models.is_own(name) else checkpoints.passages(name)


def _fired(name: str, sha: str, layer: int, neuron: int) -> list[trace.Passage]:
    return trace.fired(checkpoint(name), _kept(name, sha), layer, neuron)


def _habitual(name: str, sha: str, layer: int, head: int) -> list[trace.Passage]:
    return trace.habitual(checkpoint(name), _kept(name, sha), layer, head)


def _pushes(name: str, layer: int, neuron: int) -> np.ndarray:
    return trace.pushes(checkpoint(name).model, layer, neuron)


fired = cached(_fired, trace.fired)
habitual = cached(_habitual, trace.habitual, followed)
pushes = cached(_pushes, trace.pushes)


def chosen(wanted: PromptRequest) -> Chosen:
    """Draw the choice of a neuron or a head of a layer."""
    config = checkpoint(wanted.model).model.config
    kind = widgets.choice("of", KINDS, key="attention_part")
    with st.popover("Which one"):
        first = min(2, config.n_layer)
        layer = widgets.slider("layer", 1, config.n_layer, first, key="attention_part_layer") - 1
        if kind == "head":
            head = widgets.slider("head", 1, config.n_head, 1, key="attention_part_head") - 1
            return Chosen(kind, layer, head)
        label = "neuron; 0 for the one that fires most at the prompt’s end"
        told = widgets.number(label, 0, 4 * config.n_embd, 0, key="attention_part_neuron")
    return Chosen(kind, layer, told - 1 if told else int(_now(wanted, layer).argmax()))


def _now(wanted: PromptRequest, layer: int) -> np.ndarray:
    """Return what all neurons of a layer do (4C,) at the last character of the prompt."""
    return traced(wanted).layers[layer].mlp_post[-1]


def ready(wanted: PromptRequest) -> bool:
    """Return whether passages were found for a model; if not, say how to find them."""
    found = bool(_kept(wanted.model, wanted.sha))
    if not found:
        way = f": `python -m explainer.training.passages {wanted.model}`"
        st.warning(f"No passages were found yet{'' if own_models.is_own(wanted.model) else way}.")
    return found


def told(wanted: PromptRequest, part: Chosen) -> str:
    """Return in one line what is seen."""
    loaded = checkpoint(wanted.model)
    here = f"{blocks.small_map(part.layer, loaded.model.config.n_layer)} Layer {part.layer + 1}"
    if part.kind == "head":
        found = loaded.meta["heads"][part.layer][part.number]
        return f"{here}, head {part.number + 1}: **{found['name']}**. {MEANINGS[found['name']]}"
    return (
        f"{here}, neuron {part.number + 1}: the three passages of held-out text that move it "
        "most, each read by itself."
    )


def layer_grid(wanted: PromptRequest, part: Chosen) -> None:
    """Draw what all neurons of the layer do at the prompt's last character; a click chooses one."""
    now = _now(wanted, part.layer)  # (4C,)
    length = next(n for n in range(LINES[window.narrow()], 0, -1) if len(now) % n == 0)
    drawn = Matrix(
        now.reshape(-1, length), "neuron", "activations",
        title=f"all {len(now):,} neurons", first=1, spot="neuron {number}",
    )  # fmt: skip
    rank = int((now > now[part.number]).sum()) + 1
    sentence = (
        f"Neuron {part.number + 1} at the prompt’s last character, {wanted.places[-1]}: "
        f"{now[part.number]:.3f}, number {rank:,} of {len(now):,}."
    )
    stages = Stages([Stage(sentence.replace("-", "−"), [(0, *divmod(part.number, length))])])

    def press(cell: Cell) -> None:
        st.session_state["attention_part_neuron"] = cell.row * length + cell.col + 1

    alt = f"The activations of {len(now)} neurons of layer {part.layer + 1}. {sentence}"
    grid([drawn], key="attention_neurons", alt=alt, frames=stages, on_press=press)


def pattern_grid(wanted: PromptRequest, part: Chosen) -> None:
    """Draw who looks at whom in the chosen head, on the prompt."""
    pattern = traced(wanted).layers[part.layer].pattern[part.number]  # (T, T)
    values = np.where(np.tril(np.ones_like(pattern)) > 0, pattern, np.nan)  # (T, T)
    drawn = Matrix(
        values, "attention", "probabilities", rows=wanted.labels, cols=wanted.labels,
        title="its pattern on your prompt", spot=LOOKS, decimals=3,
    )  # fmt: skip
    grid([drawn], key="attention_part_pattern", alt="The pattern of the head on the prompt.")


def passages(wanted: PromptRequest, part: Chosen) -> None:
    """Show the passages, shaded character by character, and which characters a neuron pushes."""
    read = fired if part.kind == "neuron" else habitual
    found = read(wanted.model, wanted.sha, part.layer, part.number)
    limit = max(float(np.abs(one.values).max()) for one in found) if part.kind == "neuron" else 1.0
    lanes = [Lane(_title(part, one, i), Tiles(_tiles(one, limit))) for i, one in enumerate(found)]
    if part.kind == "neuron":
        lanes.append(_pushed(wanted, part))
    alt = f"Passages of held-out text: {'; '.join(visible(one.text) for one in found)}."
    reel(lanes, key=f"attention_passages_{part.kind}", alt=alt, stacked=True)


def _title(part: Chosen, found: trace.Passage, i: int) -> str:
    if part.kind == "neuron":
        return f"{i + 1}. up to {found.values.max():.2f}"
    return f"{i + 1}. {found.values.mean():.0%} of its attention"


def _tiles(found: trace.Passage, limit: float) -> list[Tile]:
    return [
        Tile(c, told=f"{visible(c)}: {value:.3f}".replace("-", "−"), shade=float(value) / limit)
        for c, value in zip(found.text, found.values, strict=True)
    ]


def _pushed(wanted: PromptRequest, part: Chosen) -> Lane:
    """Return the characters whose logits a neuron raises most, and lowers most, each with how far."""
    found = pushes(wanted.model, part.layer, part.number)  # (V,)
    symbols, most = checkpoint(wanted.model).vocabulary.symbols, PUSHED[window.narrow()]
    order, limit = np.argsort(-found, kind="stable"), float(np.abs(found).max())
    tiles = [
        Tile(
            symbols[i], f"{found[i]:+.2f}".replace("-", "−"),
            f"{visible(symbols[i])}: {found[i]:+.3f} for each unit", float(found[i]) / limit,
        )
        for i in [*order[:most], *order[-most:]]
    ]  # fmt: skip
    return Lane("What it pushes up most, and down most", Tiles(tiles))


def picture(wanted: PromptRequest, part: Chosen) -> None:
    """Draw the layer beside the passages."""
    left, right = blocks.shared(2, 3, key="attention_reads")
    with left:
        (layer_grid if part.kind == "neuron" else pattern_grid)(wanted, part)
    with right:
        passages(wanted, part)
