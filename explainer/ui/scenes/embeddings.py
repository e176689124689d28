"""A map of embeddings: where the characters of a model lie, and which lie close to each other."""

import numpy as np

from explainer.components.cloud import Space, cloud
from explainer.traces import embeddings as trace
from explainer.ui import widgets
from explainer.ui.catalogue import GPTS
from explainer.ui.scenes.gpt import available
from explainer.ui.source import cached
from explainer.ui.trained import checkpoint, history

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
TRAINED = ["after training"]


def _mapped(name: str) -> tuple[trace.Cloud, list[str]]:
    vectors, moments = _moments(name)
    return trace.cloud(vectors), moments


def _moments(name: str) -> tuple[np.ndarray, list[str]]:
    """Return embeddings (S, V, D) at the moments that are known of a training, and what those are called."""
    if name.endswith("-2d"):
        kept = history(name)
        places = np.unique(np.linspace(0, len(kept["step"]) - 1, SNAPSHOTS).astype(int))
        return kept["C"][places], [f"step {kept['step'][i]:,}" for i in places]
    if name == "pan-tadeusz":
        pair = np.stack([_embeddings("polish-books"), _embeddings(name)])  # (2, V, D)
        return pair, ["before the poem: Polish books", "after the poem"]
    return _embeddings(name)[None], TRAINED


def _embeddings(name: str) -> np.ndarray:
    model = checkpoint(name).model
    weight = model.wte.weight if hasattr(model, "wte") else model.C
    return getattr(weight, "weight", weight).detach().numpy()  # (V, D)


mapped = cached(_mapped, trace.cloud)


def asked() -> tuple[str, str]:
    """Draw the choice of a model and of the view; two numbers of one's own have no third axis."""
    name = widgets.named("embeddings of", available(MODELS), key="gpt_embeddings")
    side = "plane" if name.endswith("-2d") else widgets.choice("seen in", SIDES, key="gpt_side")
    return name, side


def drawn(name: str, side: str) -> None:
    """Draw the map of a model's characters."""
    found, moments = mapped(name)
    symbols = checkpoint(name).vocabulary.symbols
    axes = [
        f"number {i + 1}" if found.own else f"{share:.1%} of the variance"
        for i, share in enumerate(found.shares)
    ]
    axes = axes[: 2 if side == "plane" else 3]
    size = found.vectors.shape[2]
    names = trace.KINDS if any(kind == 2 for kind in trace.kinds(symbols)) else trace.KINDS[:2]
    space = Space(symbols, trace.kinds(symbols), names, found.vectors, found.places, axes, moments)
    chosen = "L" if name.startswith(("girls", "boys")) else "e"
    alt = f"The {len(symbols)} characters of {MODELS[name]} by their embeddings of {size} numbers."
    cloud(space, key="gpt_cloud", alt=alt, chosen=chosen, unit="step")


def told(name: str, side: str) -> str:
    """Return in one line what the axes are, and how much of the whole they show."""
    found, _ = mapped(name)
    size = found.vectors.shape[2]
    if found.own:
        return "Two numbers a letter: they are the model’s own, nothing is left out."
    shown = float(found.shares[: 2 if side == "plane" else 3].sum())
    return (
        f"{size} numbers a character, seen from where they differ most (PCA): the axes show {shown:.0%} of "
        "their variance. Neighbours are found by all numbers."
    )
