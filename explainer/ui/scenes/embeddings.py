"""A map of embeddings: where the characters of a model lie, and which lie close to each other."""

from typing import Any

import numpy as np
from torch.nn import Module

from explainer.components.cloud import Space, cloud
from explainer.traces import embeddings as trace
from explainer.training.initial import initial
from explainer.ui import widgets, window
from explainer.ui.catalogue import GPTS
from explainer.ui.scenes.gpt import available
from explainer.ui.source import cached
from explainer.ui.trained import checkpoint, history
from explainer.wording import embeddings as wording

MODELS = {
    **{name: GPTS[name] for name in ("shakespeare", "polish-books", "pan-tadeusz")},
    "girls-mlp-2d": "girls’ names: MLP, two numbers",
    "girls-mlp": "girls’ names: MLP",
    "girls-gpt": "girls’ names: GPT",
    "boys-mlp-2d": "boys’ names: MLP, two numbers",
    "boys-mlp": "boys’ names: MLP",
    "boys-gpt": "boys’ names: GPT",
}
SIDES = {"plane": "2-D", "space": "3-D"}
SNAPSHOTS = 60  # moments of a training that are shown at most


def _mapped(name: str) -> tuple[trace.Cloud, list[str]]:
    vectors, moments = _moments(name)
    return trace.cloud(vectors), moments


def _moments(name: str) -> tuple[np.ndarray, list[str]]:
    """Return embeddings (S, V, D) at the moments that are known of a training, and what those are called."""
    kept, loaded = history(name), checkpoint(name)
    if "C" in kept:
        places = np.unique(np.linspace(0, len(kept["step"]) - 1, SNAPSHOTS).astype(int))
        return kept["C"][places], [wording.step(kept["step"][i]) for i in places]
    start = loaded.meta["recipe"].get("start")
    first = checkpoint(start).model if start else initial(loaded.meta)
    names = (wording.BEFORE_REFINING, wording.AFTER_REFINING) if start else (wording.BEFORE, wording.AFTER)
    steps, between = _between(kept, loaded.meta["steps"])
    vectors = [_embeddings(first), *between, _embeddings(loaded.model)]
    return np.stack(vectors), [names[0], *(wording.step(step) for step in steps), names[1]]


def _between(kept: dict[str, np.ndarray], last: int) -> tuple[list[int], list[np.ndarray]]:
    """Return the recorded steps between the first and the one that was kept, and the embeddings there."""
    if "wte" not in kept:
        return [], []
    inside = [i for i, step in enumerate(kept["sample_step"]) if 0 < step < last]
    return [int(kept["sample_step"][i]) for i in inside], list(kept["wte"][inside].astype(np.float32))


def _embeddings(model: Module) -> np.ndarray:
    weight: Any = getattr(model, "wte", None) or model.C
    return getattr(weight, "weight", weight).detach().numpy()  # (V, D)


mapped = cached(_mapped, trace.cloud, initial)


def request() -> tuple[str, str]:
    """Draw the choice of a model and of the view; two numbers of one's own have no third axis."""
    name = widgets.named("embeddings of", available(MODELS), key="gpt_embeddings")
    side = "plane" if name.endswith("-2d") else widgets.choice("seen in", SIDES, key="gpt_side")
    return name, side


def drawn(name: str, side: str) -> None:
    """Draw the map of a model's characters."""
    found, moments = mapped(name)
    symbols = checkpoint(name).vocabulary.symbols
    axes = wording.axes(found, _shown(side), window.narrow())
    zooms = trace.zooms(found.places)
    said = wording.captions(moments, trace.companions(found.vectors, symbols), zooms.tolist())
    if not found.own:
        near = [wording.short(trace.shortest(vectors), symbols) for vectors in found.vectors]
        said = [one + why for one, why in zip(said, near, strict=True)]
    size = found.vectors.shape[2]
    names = trace.KINDS if any(kind == 2 for kind in trace.kinds(symbols)) else trace.KINDS[:2]
    space = Space(
        symbols, trace.kinds(symbols), names, found.vectors, found.places, axes, moments, said, zooms
    )
    chosen = "L" if name.startswith(("girls", "boys")) else "e"
    alt = f"The {len(symbols)} characters of {MODELS[name]} by their embeddings of {size} numbers."
    cloud(space, key="gpt_cloud", alt=alt, chosen=chosen, unit="step")


def told(name: str, side: str) -> str:
    """Return in one line what the axes are, and how much of the whole they show."""
    found, moments = mapped(name)
    return wording.told(found, moments, _shown(side))


def _shown(side: str) -> int:
    return 2 if side == "plane" else 3
