"""A visitor's own models: trained in this visit, loaded from a file, or put beside the shipped ones.

Each goes by a key that holds the beginning of its weights' checksum: ``yours@…`` if it lives in the visit,
with the name of its checkpoint before the @ if it lies in the folder. So no other training ever answers to
it, and whatever is kept of an answer is an answer of these very weights.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import streamlit as st

from explainer.metadata import VISIT
from explainer.training.queue import DONE, STOPPED, Job
from explainer.ui import own_training, widgets
from explainer.ui.caches import keep
from explainer.ui.catalogue import KINDS

if TYPE_CHECKING:  # a scene that needs no model is drawn before torch is there
    from explainer.checkpoints import Checkpoint

TYPES = ("zip", "safetensors", "json")
MOST = 4_000_000  # bytes of all files of a model; 2 MB of weights are a million numbers in half precision
DIGITS = 16  # of a checksum that stand in a key
MEASURES = {  # the largest that are opened: each more would cost every visitor time
    "vocab_size": 256,
    "block_size": 512,
    "n_layer": 12,
    "n_head": 16,
    "n_embd": 512,
    "embedding_dimension": 64,
    "hidden_layer_size": 1_024,
}
GONE = "This model lived only in the visit that made it. Train it again, or load it from its file."
CHOOSE = "Choose the .zip that was downloaded here, or the .safetensors and the .json of one checkpoint."
KEPT = "What was there stays as it was."


class Own(NamedTuple):
    """A model of a visitor's own.

    Args:
        label: as it is called where models are chosen.
        history: what was recorded while it learned, by name; empty if nothing was.
    """

    label: str
    loaded: Checkpoint
    history: dict[str, np.ndarray]

    @property
    def kind(self) -> str:
        """Its architecture: "bigram", "mlp" or "gpt"."""
        return self.loaded.meta["architecture"]["kind"]


def mine() -> dict[str, Own]:
    """Return the models of this visit by their keys; of no other visitor's."""
    found: dict[str, Own] = {}
    for label, files in _held():
        own = _opened(tuple(files.items()))._replace(label=label)
        found.setdefault(f"{VISIT}@{own.loaded.meta['sha256'][:DIGITS]}", own)
    return found


def options(*kinds: str, names: bool | None = None) -> dict[str, str]:
    """Return what the visitor's own models are called, by their keys.

    Args:
        kinds: architectures that can be chosen; if there are several, each is called by its own, too.
        names: whether they must read names, or running text.
    """
    told = {}
    for key, own in {**mine(), **beside()}.items():
        if own.kind in kinds and names in (None, _reads_names(own)):
            told[key] = f"{KINDS[own.kind]}, {own.label}" if len(kinds) > 1 else own.label
    return told


def find(key: str) -> Checkpoint:
    """Return the model of a key.

    Raises:
        BadCheckpoint: if it is none of this visitor's, or its checkpoint has been trained again.
    """
    from explainer.checkpoints import BadCheckpoint

    name, _, stamp = key.partition("@")
    if name != VISIT:
        return _beside(name, stamp).loaded
    if key not in (found := mine()):
        raise BadCheckpoint(GONE)
    return found[key].loaded


def history(key: str) -> dict[str, np.ndarray]:
    """Return what was recorded while the model of a key learned, by name."""
    return {**mine(), **beside()}[key].history


def learned_from(key: str) -> list[str]:
    """Return the words that this visit's training learned from; a file does not hold them."""
    return own_training.existing().about.parts.train if key == trained() else []


def is_own(key: str) -> bool:
    """Return whether a model's name is the key of somebody's own."""
    return "@" in key


def trained() -> str | None:
    """Return the key of what this visitor's training has ended with; None as long as it has not."""
    return next((key for key, own in mine().items() if own.label == YOURS), None)


YOURS, LOADED = "yours", "yours, from a file"


def _held() -> Iterator[tuple[str, dict[str, bytes]]]:
    """Yield the files of this visit's models, each with what it is called."""
    if files := _of_training():
        yield YOURS, files
    if files := st.session_state.get("own_model"):
        yield LOADED, files


def _reads_names(own: Own) -> bool:
    from explainer.traces.receipt import made_for_names

    return made_for_names(own.loaded.vocabulary)


# --- trained in this visit --------------------------------------------------------------------------


def _of_training() -> dict[str, bytes] | None:
    """Return the files of what this visitor has trained, made once for each training."""
    job = own_training.current()
    if job is None or job.report().state not in (DONE, STOPPED):
        return None
    kept = st.session_state.get("own_trained")
    if kept is None or kept[0] is not job:
        kept = st.session_state["own_trained"] = (job, _files(job))
    return kept[1]


def _files(job: Job) -> dict[str, bytes] | None:
    """Return a training's checkpoint as the command line would write it; None if it has none."""
    import torch

    from explainer import checkpoints

    model, history = job.trained(), job.history()
    if (
        model is None
        or history is None
        or not all(torch.isfinite(one).all() for one in model.state_dict().values())
    ):
        return None
    meta = {
        **job.about.facts(),
        "steps": int(history["step"][-1]),
        "losses": {part: round(float(history[f"{part}_loss"][-1]), 4) for part in ("train", "dev")},
    }
    shape = checkpoints.architecture(model)
    name = f"my-{shape['kind']}"
    return checkpoints.packed(name, model, shape, job.about.vocabulary, meta, history, torch.float32)


def archive(key: str) -> tuple[str, bytes] | None:
    """Return a model of this visit as one file, and what that is called; None if it is gone."""
    for _, files in _held():
        own = _opened(tuple(files.items()))
        if key.endswith(f"@{own.loaded.meta['sha256'][:DIGITS]}"):
            return f"{own.loaded.meta['name']}.zip", _zipped(files)
    return None


def _zipped(files: Mapping[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as target:
        for name, data in files.items():
            target.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
    return packed.getvalue()


# --- loaded from a file -----------------------------------------------------------------------------


def loading(*, key: str) -> None:
    """Draw the field for a model's file; what is wrong with one is said, and the last one stays."""

    def load(chosen: Mapping[str, bytes]) -> None:
        st.session_state["own_problem"] = take(chosen) if chosen else ""

    widgets.uploads("load a model of yours from its file", TYPES, load, key=key)
    there = "own_model" in st.session_state
    if problem := st.session_state.get("own_problem"):
        st.text(f"{problem} {KEPT}" if there else problem)
    elif there:
        st.text("It stands wherever models are chosen, as “yours, from a file”.")
    else:
        st.text("What you train here, or load, stands wherever models are chosen.")


def take(chosen: Mapping[str, bytes]) -> str:
    """Keep the model in a visitor's files in place of an earlier one; return what is wrong, or nothing."""
    from explainer.checkpoints import BadCheckpoint

    try:
        files = _of_one(_unzipped(chosen))
        _opened(tuple(files.items()))
    except BadCheckpoint as error:
        return str(error)
    st.session_state["own_model"] = files
    return ""


def _unzipped(chosen: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return the files that were chosen, those in archives among them, by their bare names."""
    found: dict[str, bytes] = {}
    for name, data in chosen.items():
        found |= _inside(data) if name.lower().endswith(".zip") else {name: data}
    if sum(map(len, found.values())) > MOST:
        raise _bad(f"The files hold more than {MOST // 1_000_000} MB.")
    return found


def _inside(data: bytes) -> dict[str, bytes]:
    """Return what an archive holds, without unpacking more than a model may take."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            entries = list(filter(_is_plain, packed.infolist()))
            if sum(one.file_size for one in entries) > MOST:
                raise _bad(f"The archive holds more than {MOST // 1_000_000} MB.")
            return {PurePosixPath(one.filename).name: packed.read(one) for one in entries}
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError, ValueError) as error:
        raise _bad("The file is no .zip that can be read.") from error


def _is_plain(entry: zipfile.ZipInfo) -> bool:
    """Return whether an entry may be a model's file, and not what a system has put beside it."""
    path = PurePosixPath(entry.filename)
    return path.suffix[1:] in TYPES[1:] and path.parts[0] != "__MACOSX" and not path.name.startswith(".")


def _of_one(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return the files of the one model among them."""
    told = [name.removesuffix(".json") for name in files if name.endswith(".json")]
    if len(told) != 1:
        raise _bad(f"There is {'more than one' if told else 'no'} .json that says what weights are. {CHOOSE}")
    ends = (".safetensors", ".history.safetensors", ".json")
    return {f"{told[0]}{end}": files[f"{told[0]}{end}"] for end in ends if f"{told[0]}{end}" in files}


@keep("own")
def _opened(files: tuple[tuple[str, bytes], ...]) -> Own:
    """Return the model in its files, checked as a shipped one is, and beyond: a stranger may have made them.

    Raises:
        BadCheckpoint: the message says what is wrong with the files.
    """
    from explainer import checkpoints

    inside = dict(files)
    name = next(name for name in inside if name.endswith(".json")).removesuffix(".json")
    folder = checkpoints.Files(inside)
    try:
        meta = checkpoints.read_meta(name, folder)
        _check(_odd(meta))
        own = Own(LOADED, checkpoints.load(name, folder, half=True), checkpoints.history(name, folder))
    except checkpoints.BadCheckpoint as error:
        raise (_bad(f"The model {error.problem}.") if error.problem else error) from error
    except (checkpoints.SafetensorError, LookupError, TypeError, ValueError, RuntimeError) as error:
        raise _bad(f"The model cannot be read. {CHOOSE}") from error
    _check(_odd_numbers(own))
    return own


def _check(problem: str) -> None:
    if problem:
        raise _bad(f"The model {problem}.")


def _odd(meta: Mapping[str, Any]) -> str:
    """Return what a sound checkpoint's metadata holds that cannot be shown; nothing if all can."""
    from explainer.training.habits import MEANINGS

    shape, heads = meta["architecture"], meta.get("heads", [])
    for measure, most in MEASURES.items():
        if shape.get(measure, 0) > most:
            return f"has {shape[measure]:,} for {measure}, and {most:,} is the most that is opened here"
    for symbol in meta["symbols"]:
        if not (symbol.isprintable() or symbol in "\n\t") or "\ud800" <= symbol <= "\udfff":
            return f"knows the character U+{ord(symbol):04X}, which cannot be shown"
    sizes = (shape.get("n_layer"), {shape.get("n_head")})
    if heads and (len(heads), set(map(len, heads))) != sizes:
        return "tells of more or fewer heads than it has"
    if any(one["name"] not in MEANINGS for layer in heads for one in layer):
        return "tells of a head's habit that is not known"
    return ""


def _odd_numbers(own: Own) -> str:
    """Return what is wrong with the numbers of a model that fits its architecture; nothing if all is well."""
    import torch

    weights = own.loaded.model.state_dict().items()
    if not all(torch.isfinite(tensor).all() for _, tensor in weights if torch.is_tensor(tensor)):
        return "has weights that are no finite numbers"
    if own.kind == "bigram" and bool((own.loaded.model.counts < 0).any()):
        return "has counted less than nothing"
    recorded = own.history
    long = {len(recorded[one]) for one in ("step", "train_loss", "dev_loss") if one in recorded}
    finite = all(np.isfinite(one).all() for one in recorded.values() if one.dtype.kind == "f")
    return "" if len(long) < 2 and finite else "has a history that does not fit together"


def _bad(problem: str) -> Exception:
    from explainer.checkpoints import BadCheckpoint

    return BadCheckpoint(problem)


# --- put beside the shipped ones --------------------------------------------------------------------


def beside() -> dict[str, Own]:
    """Return the models that the command line has put beside the shipped ones, by their keys."""
    from explainer import checkpoints

    found = {}
    for path in sorted(checkpoints.FOLDER.glob("*.json")):
        if path.stem not in checkpoints.SHIPPED and path.with_suffix(".safetensors").exists():
            try:
                stamp = checkpoints.read_meta(path.stem)["sha256"][:DIGITS]
                found[f"{path.stem}@{stamp}"] = _beside(path.stem, stamp)
            except checkpoints.BadCheckpoint:
                continue  # who put it there finds out by the command that tests it; visitors cannot mend it
    return found


@keep("own")
def _beside(name: str, stamp: str) -> Own:
    from explainer import checkpoints

    if name in checkpoints.SHIPPED or not checkpoints.is_name(name):
        raise checkpoints.BadCheckpoint(GONE)
    loaded = checkpoints.load(name, half=True)
    if not stamp or not loaded.meta["sha256"].startswith(stamp):
        raise checkpoints.BadCheckpoint(f"“{name}” has been trained again since. Choose it anew.")
    return Own(f"{name}, {YOURS}", loaded, checkpoints.history(name))
