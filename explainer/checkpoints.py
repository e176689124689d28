"""Trained weights: safetensors beside a JSON file that says what they are, checked on load."""

import hashlib
import json
import math
import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from functools import lru_cache, partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, TypeAlias

import numpy as np
import torch
from safetensors import SafetensorError, safe_open
from safetensors.numpy import load as load_arrays
from safetensors.numpy import save as save_arrays
from safetensors.torch import load as load_tensors
from safetensors.torch import save as save_tensors
from torch.overrides import TorchFunctionMode
from typing_extensions import TypeVar

from explainer import metadata
from explainer.faults import Fault
from explainer.models.half import can_be_halved, halved
from explainer.vocabulary import Vocabulary

if TYPE_CHECKING:  # one model does not load the others
    from explainer.models.bigram import CountedBigram
    from explainer.models.gpt import GPT
    from explainer.models.mlp import MLP

Model: TypeAlias = "CountedBigram | MLP | GPT"
M = TypeVar("M", bound=torch.nn.Module, default=Any)  # what a file holds is known when it is read
FOLDER = Path(__file__).resolve().parents[1] / "checkpoints"

# architecture -> (module, class); imported when asked for.
ARCHITECTURES = {
    "bigram": ("explainer.models.bigram", "CountedBigram"),
    "mlp": ("explainer.models.mlp", "MLP"),
    "gpt": ("explainer.models.gpt", "GPT"),
}

PERCEPTRONS = ("mlp", "mlp-2d", "mlp-talk", "mlp-talk-scaled", "mlp-talk-dropout", "mlp-unscaled")
# What the house ships: every name but these is somebody's own.
SHIPPED = (
    *(f"{sex}-{kind}" for sex in ("girls", "boys") for kind in ("bigram", *PERCEPTRONS, "gpt")),
    *("shakespeare", "polish-books", "pan-tadeusz", "poem-alone"),
)
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,59}")


class BadCheckpoint(Fault):
    """A checkpoint is missing, damaged or of another architecture; the message says what to do."""

    problem = ""  # what is wrong, without what to do


@dataclass(frozen=True)
class Files:
    """Files that lie in memory, read as those of a folder are.

    Args:
        inside: what each holds, by its name.
    """

    inside: Mapping[str, bytes]
    name: str = ""

    def __truediv__(self, name: str) -> "Files":
        return Files(self.inside, name)

    def read_bytes(self) -> bytes:
        """Return what one of them holds."""
        if self.name not in self.inside:
            raise FileNotFoundError(self.name)
        return self.inside[self.name]


@dataclass(frozen=True)
class Checkpoint(Generic[M]):
    """A trained model, ready to answer: evaluation mode, no gradients."""

    model: M
    vocabulary: Vocabulary
    meta: dict[str, Any]


class _Unfilled(TorchFunctionMode):
    """Models are made without first weights: drawing those takes longer than loading, and brings in sympy."""

    def __torch_function__(self, function: Callable, _: Any, args: tuple = (), kwargs: Any = None) -> Any:
        named = kwargs or {}
        if getattr(function, "__module__", "") == "torch.nn.init":
            return named.get("tensor", *args[:1])
        return torch.empty(*args) if function is torch.randn else function(*args, **named)


def load(name: str, folder: Path | Files = FOLDER, *, half: bool = False) -> Checkpoint:
    """Load a trained model by its name, such as ``girls-mlp``.

    Args:
        half: whether linear layers may keep their weights in half precision, where the machine can calculate
            with it and nothing is lost; they answer like others, but are no parameters.
    Returns:
        A Checkpoint whose weights are float32 and whose file matched the recorded sha256.
    Raises:
        BadCheckpoint: if a file is missing, truncated, altered or of another architecture.
    """
    meta = read_meta(name, folder)
    path = folder / f"{name}.safetensors"
    data = _checked(name, path, meta["sha256"])
    try:
        model = outline(meta["architecture"])
        tensors = load_tensors(data) if isinstance(path, Files) else _tensors(path)
        model.load_state_dict(tensors, assign=True)
    except BadCheckpoint as error:
        problem = f"names an architecture that cannot be built. {str(error).rstrip('.')}"
        raise _bad(name, problem) from error
    except (RuntimeError, SafetensorError) as error:
        raise _bad(name, "does not fit the architecture its metadata names") from error
    model.eval().requires_grad_(False)
    if half and can_be_halved(model):
        halved(model)
    return Checkpoint(model.float(), Vocabulary(meta["symbols"]), meta)


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
    Raises:
        BadCheckpoint: if the folder cannot be written to.
    """
    for file, data in packed(name, model, architecture, vocabulary, meta, history, dtype).items():
        _replace(folder / file, data)


def packed(
    name: str,
    model: torch.nn.Module,
    architecture: dict[str, Any],
    vocabulary: Vocabulary,
    meta: dict[str, Any],
    history: dict[str, np.ndarray] | None = None,
    dtype: torch.dtype = torch.float16,
) -> dict[str, bytes]:
    """Return the files that ``save`` writes, by their names; what they tell of each other comes last."""
    stored = partial(_stored, dtype=dtype)
    data = save_tensors({key: stored(tensor) for key, tensor in model.state_dict().items()})
    files = {f"{name}.safetensors": data}
    record = {
        "name": name,
        "architecture": architecture,
        "symbols": vocabulary.symbols,
        **meta,
        "sha256": hashlib.sha256(data).hexdigest(),
    }
    if history is not None:
        arrays = save_arrays({key: np.ascontiguousarray(array) for key, array in history.items()})
        files[f"{name}.history.safetensors"] = arrays
        record["history_sha256"] = hashlib.sha256(arrays).hexdigest()
    return files | {f"{name}.json": _written(record)}


def to_write(
    model: str, name: str | None, usual: bool, overwrite: bool = False, folder: Path = FOLDER
) -> str:
    """Return the name under which a run is written, so that it replaces no checkpoint without a word.

    Args:
        model: the shipped checkpoint that is trained as.
        name: what was asked for; the model's own name if nothing was.
        usual: whether it learns from the data that the model always learns from.
        overwrite: whether the checkpoint of that name may be replaced.
    Raises:
        ValueError: if it may not, or the name is none for a file.
    """
    name = model if name is None else name
    if not is_name(name):
        raise ValueError(f"“{name}” is no name for a checkpoint: take letters, digits, - and _.")
    yours = f"give this run a name of your own: --output my-{model}"
    if name in SHIPPED and name != model:
        raise ValueError(f"“{name}” is another model of the app; {yours}")
    if name == model and not (usual or overwrite):
        problem = f"“{name}” is a model of the app that learned from other data"
        raise ValueError(f"{problem}; {yours}, or replace the app's model: --overwrite")
    if name != model and not overwrite and any(folder.glob(f"{name}.*")):
        raise ValueError(f"“{name}” is there already. Take another name, or replace it: --overwrite")
    return name


def is_name(name: str) -> bool:
    """Return whether a checkpoint may have this name: one for a file, in no other folder."""
    return _NAME.fullmatch(name) is not None


def note(name: str, facts: dict[str, Any], folder: Path = FOLDER) -> None:
    """Add facts about a trained model to its metadata; the weights stay as they are."""
    _write_meta(name, read_meta(name, folder) | facts, folder)


def history(name: str, folder: Path | Files = FOLDER) -> dict[str, np.ndarray]:
    """Return the arrays recorded while a model trained, by name; empty if its metadata tells of none.

    Raises:
        BadCheckpoint: if the metadata is bad, or the arrays that it tells of are missing or altered.
    """
    recorded = read_meta(name, folder).get("history_sha256")
    if recorded is None:
        return {}
    return load_arrays(_checked(name, folder / f"{name}.history.safetensors", recorded))


def keep_passages(name: str, arrays: dict[str, np.ndarray], folder: Path = FOLDER) -> None:
    """Write the held-out passages that move a model's neurons as ``NAME.passages.safetensors``.

    Raises:
        BadCheckpoint: if there is no such checkpoint, or the folder cannot be written to.
    """
    data = save_arrays({key: np.ascontiguousarray(array) for key, array in arrays.items()})
    of = read_meta(name, folder)["sha256"]
    _replace(folder / f"{name}.passages.safetensors", data)
    note(name, {"passages": {"sha256": hashlib.sha256(data).hexdigest(), "of": of}}, folder)


def passages(name: str, folder: Path | Files = FOLDER) -> dict[str, np.ndarray]:
    """Return the passages of a model's neurons and heads, as ``training.passages.found`` tells them.

    Returns:
        The arrays by name; none if none were found, or if those were another training's.
    Raises:
        BadCheckpoint: if the metadata is bad, or the arrays that it tells of are missing or altered.
    """
    meta = read_meta(name, folder)
    recorded = meta.get("passages", {})
    if recorded.get("of") != meta["sha256"]:
        return {}
    return load_arrays(_checked(name, folder / f"{name}.passages.safetensors", recorded["sha256"]))


def read_meta(name: str, folder: Path | Files = FOLDER) -> dict[str, Any]:
    """Return a checkpoint's metadata without loading its weights.

    Raises:
        BadCheckpoint: if the metadata is missing, cannot be read or is not what it should be.
    """
    path = folder / f"{name}.json"
    try:
        told = _read(name, path)
        meta, problem = json.loads(told), _problem(told)
    except (ValueError, RecursionError) as error:
        raise _bad(name, f"has metadata that is not JSON, in {path.name}") from error
    if problem:
        raise _bad(name, f"has bad metadata in {path.name}: {problem}")
    return meta


@lru_cache(32)
def _problem(told: bytes) -> str:
    """Return what is wrong with metadata; the same text is looked at once."""
    return metadata.problem(json.loads(told))


def parameters(name: str, folder: Path = FOLDER) -> int:
    """Return how many numbers a checkpoint holds, without reading them.

    Raises:
        BadCheckpoint: if its weights are missing, or no weights.
    """
    path = folder / f"{name}.safetensors"
    try:
        with safe_open(path, "numpy") as stored:
            return sum(math.prod(stored.get_slice(key).get_shape()) for key in stored.keys())  # noqa: SIM118
    except FileNotFoundError as error:
        raise _bad(name, f"is missing its file {path.name}") from error
    except (OSError, SafetensorError) as error:
        raise _bad(name, f"has a file, {path.name}, that holds no weights") from error


def build(architecture: dict[str, Any]) -> Model:
    """Return an untrained model of an architecture, as its metadata describes it.

    Raises:
        BadCheckpoint: if no model of that kind is known, or it takes other measures.
    """
    options = dict(architecture)
    kind = options.pop("kind", None)
    if kind not in ARCHITECTURES:
        raise BadCheckpoint(f"No model of the kind “{kind}” is known; known are {', '.join(ARCHITECTURES)}.")
    module, name = ARCHITECTURES[kind]
    try:
        return getattr(import_module(module), name)(**options)
    except (TypeError, ValueError, RuntimeError, ArithmeticError) as error:
        why = str(error).partition("\n")[0]
        raise BadCheckpoint(f"No {kind} of these measures can be made: {why}.") from error


def architecture(model: Any) -> dict[str, Any]:
    """Return the architecture of a model as its metadata describes it: ``build`` makes one like it."""
    kind = next(kind for kind, (_, name) in ARCHITECTURES.items() if type(model).__name__ == name)
    if kind == "gpt":
        return {"kind": kind, **asdict(model.config)}
    if kind == "bigram":
        return {"kind": kind, "vocab_size": len(model.counts), "smoothing": model.smoothing}
    return {
        "kind": kind,
        "vocab_size": model.C.shape[0],
        "block_size": model.block_size,
        "embedding_dimension": model.C.shape[1],
        "hidden_layer_size": model.b1.shape[0],
    }


def _tensors(path: Path) -> dict[str, torch.Tensor]:
    """Return what a file holds: what is to be converted as the file's own pages, all else copied."""
    with safe_open(path, "pt") as stored:
        found = {key: stored.get_tensor(key) for key in stored.keys()}  # noqa: SIM118
    return {key: value if value.dtype == torch.half else value.clone() for key, value in found.items()}


def outline(architecture: dict[str, Any]) -> Model:
    """Return the shape of an architecture without any weights: what can be counted, not what can be computed.

    Raises:
        BadCheckpoint: as ``build``.
    """
    with torch.device("meta"), _Unfilled():
        return build(architecture)


def _checked(name: str, path: Path | Files, sha256: str) -> bytes:
    """Return what a file holds, if that is what was recorded of it."""
    data = _read(name, path)
    if hashlib.sha256(data).hexdigest() != sha256:
        problem = f"has a file, {path.name}, that was altered or cut short: its checksum does not match"
        raise _bad(name, problem)
    return data


def _read(name: str, path: Path | Files) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError as error:
        raise _bad(name, f"is missing its file {path.name}") from error
    except OSError as error:
        raise _bad(name, f"has a file, {path.name}, that cannot be read") from error


def _write_meta(name: str, record: dict[str, Any], folder: Path) -> None:
    _replace(folder / f"{name}.json", _written(record))


def _written(record: dict[str, Any]) -> bytes:
    return (json.dumps(record, ensure_ascii=False, indent=1) + "\n").encode()


def _replace(path: Path, data: bytes) -> None:
    partial_path = path.with_suffix(path.suffix + ".part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        partial_path.write_bytes(data)
        partial_path.replace(path)
    except OSError as error:
        with suppress(OSError):
            partial_path.unlink(missing_ok=True)
        problem = f"{path} cannot be written: {error.strerror}"
        advice = "Make room there, and give the same command with --resume."
        raise BadCheckpoint(f"{problem}. {advice}") from error


def _stored(tensor: torch.Tensor, dtype: torch.dtype) -> torch.Tensor:
    tensor = tensor.detach().cpu().contiguous()
    return tensor.to(dtype) if tensor.is_floating_point() else tensor


def _bad(name: str, problem: str) -> BadCheckpoint:
    error = BadCheckpoint(_advice(name, problem))
    error.problem = problem
    return error


def _advice(name: str, problem: str) -> str:
    again = "rain it again: python -m explainer.training"
    if name in SHIPPED:
        return f"The checkpoint “{name}” {problem}. Restore it from the repository, or t{again} {name}"
    return f"The checkpoint “{name}” {problem}. T{again} NAME --output {name}"
