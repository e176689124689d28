"""Why keys and values are kept: a text written in both ways, counted and measured."""

from typing import Any

import numpy as np

from explainer.figures import caching as figure
from explainer.traces import caching as trace
from explainer.ui import blocks, window
from explainer.ui.caches import keep
from explainer.ui.scenes.gpt import visible
from explainer.ui.scenes.heads import PromptRequest
from explainer.ui.source import cached
from explainer.ui.trained import checkpoint
from explainer.vocabulary import BOUNDARY

WAYS = ("All computed again, as in the talk’s script", "Keys and values kept")
BYTES = 4  # of a key's or value's number, in single precision
MEASURED = (
    "Multiplications are counted from the model’s shape; the milliseconds were measured on this server, "
    "on one processor, when this prompt was first asked for."
)


def _counted(model: str, prompt: int, length: int) -> trace.Counted:
    return trace.count(checkpoint(model).model.config, prompt, length)


counted = cached(_counted, trace.count, trace.multiplications)


@keep("typed")
def measured(wanted: PromptRequest) -> trace.Measured:
    """Return what both ways took on this server; taken once, because that is work for all of it."""
    loaded = checkpoint(wanted.model)
    ids = loaded.vocabulary.encode(wanted.text)
    stop = loaded.vocabulary.encode(BOUNDARY)[0] if wanted.text.startswith(BOUNDARY) else None
    return trace.measure(loaded.model, ids, trace.affordable(loaded.model.config, len(ids)), stop)


def with_room(wanted: PromptRequest) -> PromptRequest:
    """Return what is asked for with a prompt that leaves the model's window room to write."""
    most = checkpoint(wanted.model).model.config.block_size - trace.FEWEST
    return PromptRequest(wanted.model, wanted.sha, wanted.text[-most:])


def written(wanted: PromptRequest) -> None:
    """Draw what is computed for every new character, everything anew and with what is kept."""
    found = measured(wanted)
    costs = counted(wanted.model, len(wanted.text), len(found.tokens))
    symbols = checkpoint(wanted.model).vocabulary.symbols
    text, prompt = wanted.text + "".join(symbols[i] for i in found.tokens), len(wanted.text)
    size: dict[str, Any] = {"font_size": window.font_size(), "narrow": window.narrow()}
    ways = _ways(costs, found)
    drawn = figure.written(visible(text), prompt, ways, _titles(visible(text), costs), **size)
    blocks.chart(drawn, figure.written_alt(visible(text), prompt, ways), key="attention_cache")


def _ways(costs: trace.Counted, found: trace.Measured) -> list[figure.Strategy]:
    """Return both ways with their sums; the longest bar of a kind is that of reading all again."""
    work = np.stack([costs.anew, costs.kept]).cumsum(axis=1)  # (2, N)
    took = np.stack([found.anew, found.kept])[:, : found.steps].cumsum(axis=1)  # (2, measured)
    took = np.pad(took, ((0, 0), (0, len(found.tokens) - found.steps)), mode="edge")  # (2, N)
    new = (costs.read, np.r_[costs.read[0], np.ones(len(costs.read) - 1, dtype=int)])
    held = (np.zeros_like(costs.numbers), costs.numbers)
    return [
        figure.Strategy(
            title,
            new[i],
            [
                ([f"{n / 1e6:,.0f} million multiplications" for n in work[i]], work[i] / work.max()),
                (_seconds(took[i], held[i], found.steps), took[i] / took.max()),
            ],
        )
        for i, title in enumerate(WAYS)
    ]


def _seconds(took: np.ndarray, held: np.ndarray, steps: int) -> list[str]:
    """Return the time so far as it is told, with what is kept for it."""
    told = []
    for n, (seconds, numbers) in enumerate(zip(took, held, strict=True)):
        until = "" if n < steps else f" for the first {steps}"
        kept = f"; kept: {BYTES * numbers / 1e6:.2g} MB" if numbers else ""
        told.append(f"{1000 * seconds:,.0f} ms{until}{kept}")
    return told


def _titles(text: str, costs: trace.Counted) -> list[str]:
    first = int(costs.read[0])
    titles = [f"For “{text[first]}” both ways compute all {first} characters."]
    for read in costs.read[1:].tolist():
        titles.append(f"For “{text[read]}” all {read} are computed again, or only the newest.")
    return titles
