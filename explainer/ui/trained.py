"""Trained models and what was recorded: the shipped ones, loaded once for all visitors, and one's own."""

import numpy as np

from explainer import checkpoints, names
from explainer.checkpoints import Checkpoint
from explainer.ui import own_models
from explainer.ui.caches import keep


def checkpoint(name: str) -> Checkpoint:
    """Return a trained model by its name, or by the key of one of the visitor's own.

    Raises:
        BadCheckpoint: if it is missing, damaged or another visitor's; the message says what to do.
    """
    return own_models.find(name) if own_models.is_own(name) else shipped(name)


@keep("models")
def shipped(name: str) -> Checkpoint:
    """Return one of the house's models, which nobody writes to; what a GPT multiplies with stays halved.

    The books' four models take 90 MB so, where they took 258 with copies that write fast, and they answer
    sooner. Each is loaded in a tenth of a second, and none has to be dropped.

    Raises:
        BadCheckpoint: if it is missing or damaged; the message says what to do.
    """
    return checkpoints.load(name, half=True)


@keep("models")
def history(name: str) -> dict[str, np.ndarray]:
    """Return what was recorded while a model trained."""
    return checkpoints.history(name)


@keep("scenes")
def split(sex: str) -> names.Split:
    """Return the names that the models of one sex learned from, were chosen by and are judged by."""
    return names.split(names.select(names.register(), sex.removesuffix("s"))["name"].tolist())
