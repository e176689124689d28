"""Trained weights: safetensors beside a JSON file that says what they are, checked on load."""

import hashlib
import json
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.numpy import load_file as load_arrays
from safetensors.numpy import save_file as save_arrays
from safetensors.torch import load as load_tensors
from safetensors.torch import save as save_tensors

from explainer.faults import Fault
from explainer.vocabulary import Vocabulary

FOLDER = Path(__file__).resolve().parents[1] / "checkpoints"

# architecture -> (module, class); imported when asked for, so that one model does not load the others.
ARCHITECTURES = {
    "bigram": ("explainer.models.bigram", "CountedBigram"),
    "mlp": ("explainer.models.mlp", "MLP"),
    "gpt": ("explainer.models.gpt", "GPT"),
}


class BadCheckpoint(Fault):
    """A checkpoint is missing, damaged or of another architecture; the message says what to do."""


@dataclass(frozen=True)
class Checkpoint:
    """A trained model, ready to answer: evaluation mode, no gradients."""

    model: torch.nn.Module
    vocabulary: Vocabulary
    meta: dict[str, Any]


def load(name: str, folder: Path = FOLDER) -> Checkpoint:
    """Load a trained model by its name, such as ``girls-mlp``.

    Returns:
        A Checkpoint whose weights are float32 and whose file matched the recorded sha256.
    Raises:
        BadCheckpoint: if a file is missing, truncated, altered or of another architecture.
    """
    meta = read_meta(name, folder)
    weights = _read(folder / f"{name}.safetensors")
    if hashlib.sha256(weights).hexdigest() != meta["sha256"]:
        raise BadCheckpoint(_advice(name, "has been altered or cut short: its checksum does not match"))
    model = build(meta["architecture"])
    state = {key: _full_precision(tensor) for key, tensor in load_tensors(weights).items()}
    try:
        model.load_state_dict(state)
    except RuntimeError as error:
        raise BadCheckpoint(_advice(name, "does not fit the architecture its metadata names")) from error
    return Checkpoint(model.eval().requires_grad_(False), Vocabulary(meta["symbols"]), meta)


def save(
    name: str,
    model: torch.nn.Module,
    architecture: dict[str, Any],
    vocabulary: Vocabulary,
    meta: dict[str, Any],
    history: dict[str, np.ndarray] | None = None,
    folder: Path = FOLDER,
    dtype: torch.dtype = torch.float16,
) -> None:
    """Write a model as ``NAME.safetensors`` and ``NAME.json``; ``load`` reads it back.

    Args:
        architecture: ``{"kind": "bigram" | "mlp" | "gpt", **keyword arguments of the model's class}``.
        meta: what the run was (data, seed, steps, losses in nats per character).
        history: arrays recorded while training, kept in ``NAME.history.safetensors``.
        dtype: precision of the floating-point weights on disk.
    """
    folder.mkdir(parents=True, exist_ok=True)
    stored = partial(_stored, dtype=dtype)
    data = save_tensors({key: stored(tensor) for key, tensor in model.state_dict().items()})
    _replace(folder / f"{name}.safetensors", data)
    record = {
        "name": name,
        "architecture": architecture,
        "symbols": vocabulary.symbols,
        **meta,
        "sha256": hashlib.sha256(data).hexdigest(),
    }
    _write_meta(name, record, folder)
    if history is not None:
        arrays = {key: np.ascontiguousarray(array) for key, array in history.items()}
        save_arrays(arrays, folder / f"{name}.history.safetensors")


def note(name: str, facts: dict[str, Any], folder: Path = FOLDER) -> None:
    """Add facts about a trained model to its metadata; the weights stay as they are."""
    _write_meta(name, read_meta(name, folder) | facts, folder)


def history(name: str, folder: Path = FOLDER) -> dict[str, np.ndarray]:
    """Return the arrays recorded while a model trained, by name; empty if none were kept."""
    path = folder / f"{name}.history.safetensors"
    return load_arrays(path) if path.exists() else {}


def read_meta(name: str, folder: Path = FOLDER) -> dict[str, Any]:
    """Return a checkpoint's metadata without loading its weights.

    Raises:
        BadCheckpoint: if the metadata is missing or cannot be read.
    """
    try:
        return json.loads(_read(folder / f"{name}.json"))
    except ValueError as error:
        raise BadCheckpoint(_advice(name, "has metadata that is not JSON")) from error


def build(architecture: dict[str, Any]) -> torch.nn.Module:
    """Return an untrained model of an architecture, as its metadata describes it.

    Raises:
        BadCheckpoint: if no model of that kind is known.
    """
    options = dict(architecture)
    kind = options.pop("kind", None)
    if kind not in ARCHITECTURES:
        raise BadCheckpoint(f"No model of the kind “{kind}” is known; known are {', '.join(ARCHITECTURES)}.")
    module, name = ARCHITECTURES[kind]
    return getattr(import_module(module), name)(**options)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError as error:
        name = path.name.split(".")[0]
        raise BadCheckpoint(_advice(name, f"is missing its file {path.name}")) from error


def _write_meta(name: str, record: dict[str, Any], folder: Path) -> None:
    _replace(folder / f"{name}.json", (json.dumps(record, ensure_ascii=False, indent=1) + "\n").encode())


def _replace(path: Path, data: bytes) -> None:
    partial_path = path.with_suffix(path.suffix + ".part")
    partial_path.write_bytes(data)
    partial_path.replace(path)


def _stored(tensor: torch.Tensor, dtype: torch.dtype) -> torch.Tensor:
    tensor = tensor.detach().cpu().contiguous()
    return tensor.to(dtype) if tensor.is_floating_point() else tensor


def _full_precision(tensor: torch.Tensor) -> torch.Tensor:
    return tensor.float() if tensor.is_floating_point() else tensor


def _advice(name: str, problem: str) -> str:
    return (
        f"The checkpoint “{name}” {problem}. Restore it from the repository, "
        f"or train it again: python -m explainer.training {name}"
    )
