"""Models as they were before their first step: drawn again with the seed that is kept with the checkpoint."""

from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import nn
from torch.overrides import TorchFunctionMode

from explainer.models.gpt import GPT
from explainer.training.recipes import Recipe, Shape, untrained

DRAWING = ("normal_", "uniform_", "kaiming_uniform_")  # how PyTorch draws the numbers of a new layer


class _Drawing(TorchFunctionMode):
    """Draws a new model's numbers from one generator; other threads draw from PyTorch's own meanwhile."""

    def __init__(self, seed: int) -> None:
        super().__init__()
        self.generator = torch.Generator().manual_seed(seed)

    def __torch_function__(
        self, function: Callable, types: Any, args: tuple = (), kwargs: Mapping[str, Any] | None = None
    ) -> Any:
        options = dict(kwargs or {})
        if getattr(function, "__name__", "") in DRAWING:
            options["generator"] = self.generator
        return function(*args, **options)


def initial(meta: Mapping[str, Any]) -> nn.Module:
    """Return the model that a training began with, before its first step.

    Args:
        meta: what is kept with the checkpoint of an MLP or a GPT that was not refined from another one.
    Raises:
        ValueError: if it was refined: it began with the numbers of the model named there.
    """
    options = {key: value for key, value in meta["architecture"].items() if key != "kind"}
    if meta["architecture"]["kind"] == "mlp":
        options.pop("dropout")
        return untrained(Shape(**options), Recipe(**meta["recipe"]))
    if meta["recipe"].get("start"):
        raise ValueError(f"{meta['name']} was refined; it began as {meta['recipe']['start']}.")
    with _Drawing(meta["seed"]):
        return GPT(**options).eval().requires_grad_(False)
