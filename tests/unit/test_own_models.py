"""A visitor's own model: the same to the last bit when it is loaded again, and nothing bad gets in."""

import hashlib
import io
import json
import pickle
import zipfile
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from explainer import checkpoints
from explainer.checkpoints import BadCheckpoint
from explainer.training.queue import DONE, RUNNING, STOPPED, Report
from explainer.ui import caches, own_models
from explainer.ui.trained import checkpoint
from explainer.vocabulary import Vocabulary


class Job:
    """A training that has ended with a shipped model."""

    def __init__(self, name: str = "girls-mlp-2d", state: str = DONE) -> None:
        self.loaded, self.recorded, self.state = checkpoints.load(name), checkpoints.history(name), state
        self.trained, self.history = lambda: self.loaded.model, lambda: self.recorded
        facts = {"data": "names", "seed": 1, "recipe": {}}
        self.about = SimpleNamespace(
            vocabulary=self.loaded.vocabulary,
            facts=lambda: facts,
            parts=SimpleNamespace(train=["EWA"]),
        )

    def report(self) -> Report:
        return Report(self.state, None, None)


@pytest.fixture
def visit(monkeypatch):
    """The session of one visitor, and a function that lets another one come."""
    caches.clear()

    def come() -> dict:
        session: dict = {}
        for module in (own_models, own_models.own_training):
            monkeypatch.setattr(module.st, "session_state", session)
        return session

    yield come
    caches.clear()


def files_of(name: str) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in checkpoints.FOLDER.glob(f"{name}.*")}


def zipped(files: dict[str, bytes]) -> dict[str, bytes]:
    return {"model.zip": own_models._zipped(files)}


def made(architecture: dict, symbols="." + "ABC", **tensors) -> dict[str, bytes]:
    """Return the files of a model that another program may have made, its checksum right."""
    data = checkpoints.save_tensors({key: torch.as_tensor(value) for key, value in tensors.items()})
    meta = {
        "name": "m", "architecture": architecture, "symbols": list(symbols), "data": "x", "seed": 1,
        "steps": 1, "losses": {"dev": 1.0}, "sha256": hashlib.sha256(data).hexdigest(),
    }  # fmt: skip
    return {"m.json": json.dumps(meta).encode(), "m.safetensors": data}


def test_what_was_trained_is_taken_along_and_loaded_again_to_the_last_bit(visit):
    session, job = visit(), Job()
    session["training_job"] = job
    key = own_models.trained()
    assert own_models.options("mlp") == {key: "yours"}
    name, packed = own_models.archive(key)
    assert name == "my-mlp.zip"
    assert own_models.learned_from(key) == ["EWA"]

    visit()
    with pytest.raises(BadCheckpoint, match="lived only in the visit"):
        checkpoint(key)  # another visitor, who has the link
    assert own_models.take({name: packed}) == ""
    assert own_models.options("mlp") == {key: "yours, from a file"}
    again = checkpoint(key)
    for one, other in zip(again.model.parameters(), job.loaded.model.parameters(), strict=True):
        assert torch.equal(one, other)
    assert again.vocabulary.symbols == job.loaded.vocabulary.symbols
    for part, array in job.recorded.items():
        np.testing.assert_array_equal(own_models.history(key)[part], array)
    assert own_models.learned_from(key) == []


def test_what_was_taken_along_lies_in_the_folder_as_any_checkpoint(visit, tmp_path):
    visit()["training_job"] = Job()
    _, packed = own_models.archive(own_models.trained())
    zipfile.ZipFile(io.BytesIO(packed)).extractall(tmp_path)
    loaded = checkpoints.load("my-mlp", tmp_path)
    assert own_models.trained() == f"yours@{loaded.meta['sha256'][:16]}"
    assert checkpoints.history("my-mlp", tmp_path)


@pytest.mark.parametrize("state", [RUNNING, "paused", "diverged", "failed"])
def test_what_has_not_ended_with_a_model_is_none(visit, state):
    visit()["training_job"] = Job(state=state)
    assert own_models.mine() == {}


def test_what_was_stopped_in_infinity_is_none(visit):
    job = Job(state=STOPPED)
    job.loaded.model.b2[0] = torch.inf
    visit()["training_job"] = job
    assert own_models.mine() == {}
    assert own_models.trained() is None


def test_the_next_training_has_another_key(visit):
    session = visit()
    session["training_job"] = Job("girls-mlp-2d")
    earlier = own_models.trained()
    session["training_job"] = Job("boys-mlp-2d")
    assert own_models.trained() != earlier
    with pytest.raises(BadCheckpoint, match="lived only"):
        checkpoint(earlier)


@pytest.mark.parametrize("name", ["girls-bigram", "girls-mlp", "girls-gpt"])
@pytest.mark.parametrize("packed", [zipped, dict])
def test_every_kind_comes_from_its_file(visit, name, packed):
    visit()
    assert own_models.take(packed(files_of(name))) == ""
    [(key, label)] = own_models.options("bigram", "mlp", "gpt", names=True).items()
    assert label.endswith(", yours, from a file")
    assert own_models.options("bigram", "mlp", "gpt", names=False) == {}
    whole = checkpoints.load(name)
    ids = torch.tensor([whole.vocabulary.encode(".AN")])
    torch.testing.assert_close(checkpoint(key).model(ids)[0], whole.model(ids)[0], atol=1e-4, rtol=1e-4)


def test_a_folder_that_was_packed_by_hand_is_read_too(visit):
    visit()
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as target:
        for name, data in files_of("girls-mlp").items():
            target.writestr(f"my folder/{name}", data)
            target.writestr(f"__MACOSX/my folder/._{name}", b"\x00")
    assert own_models.take({"Archiv.ZIP": packed.getvalue()}) == ""


class Bomb:
    def __reduce__(self):
        return exec, ("raise SystemExit('it ran')",)


MLP = {"kind": "mlp", "vocab_size": 4, "block_size": 1, "embedding_dimension": 1, "hidden_layer_size": 1}
GPT = {"kind": "gpt", "vocab_size": 4, "block_size": 4, "n_layer": 1, "n_head": 1, "n_embd": 4}
SHAPES = {"C": (4, 1), "W1": (1, 1), "b1": (1,), "W2": (1, 4), "b2": (4,)}
FITS = {key: torch.zeros(shape) for key, shape in SHAPES.items()}
PICKLE = pickle.dumps(Bomb())


def altered(files: dict[str, bytes]) -> dict[str, bytes]:
    return {name: data[:-1] + b"?" if name.endswith(".safetensors") else data for name, data in files.items()}


def told(files: dict[str, bytes], **changes) -> dict[str, bytes]:
    return files | {"m.json": json.dumps(json.loads(files["m.json"]) | changes).encode()}


BAD = {
    "nothing": ({}, "There is no .json"),
    "a pickle": ({"m.zip": PICKLE}, "no .zip that can be read"),
    "a pickle of torch": ({"m.safetensors": PICKLE}, "There is no .json"),
    "a pickle as weights": (
        made(MLP) | {"m.safetensors": PICKLE},
        "altered or cut short",
    ),
    "a pickle with its checksum": (
        told(made(MLP), sha256=hashlib.sha256(PICKLE).hexdigest()) | {"m.safetensors": PICKLE},
        "does not fit the architecture",
    ),
    "an empty file": ({"m.zip": b""}, "no .zip that can be read"),
    "weights alone": ({"m.safetensors": made(MLP, **FITS)["m.safetensors"]}, "There is no .json"),
    "no weights": ({"m.json": made(MLP, **FITS)["m.json"]}, "missing its file m.safetensors"),
    "two models": ({**files_of("girls-mlp"), **files_of("boys-mlp")}, "more than one .json"),
    "no JSON": ({"m.json": b"\xff\x00", "m.safetensors": b""}, "metadata that is not JSON"),
    "deep JSON": ({"m.json": b"[" * 100_000, "m.safetensors": b""}, "metadata that is not JSON"),
    "altered weights": (altered(files_of("girls-bigram")), "altered or cut short"),
    "an altered history": (altered(files_of("girls-mlp")), "altered or cut short"),
    "no history": (
        {name: data for name, data in files_of("girls-mlp").items() if "history" not in name},
        "missing its file girls-mlp.history.safetensors",
    ),
    "other shapes": (made(MLP, **FITS | {"C": torch.zeros(4, 2)}), "does not fit the architecture"),
    "too few tensors": (made(MLP, C=torch.zeros(4, 1)), "does not fit the architecture"),
    "no floats": (made(MLP, **{k: v.long() for k, v in FITS.items()}), "does not fit the architecture"),
    "not a number": (made(MLP, **FITS | {"b1": torch.tensor([torch.nan])}), "no finite numbers"),
    "a vocabulary of another size": (made(MLP, "AB", **FITS), "2 symbols for a vocabulary of 4"),
    "a letter twice": (made(MLP, ".AAB", **FITS), "stands twice"),
    "half a character": (made(MLP, ".AB\ud800", **FITS), "U+D800, which cannot be shown"),
    "a control character": (made(MLP, ".AB\x00", **FITS), "U+0000, which cannot be shown"),
    "a billion layers": (made(GPT | {"n_layer": 10**9}), "12 is the most"),
    "a wide one": (made(MLP | {"hidden_layer_size": 10**12}), "1,024 is the most"),
    "a layer and a half": (made(GPT | {"n_layer": 1.5}), "names an architecture that cannot be built"),
    "less than none": (made(MLP | {"block_size": -1}, **FITS), "names an architecture that cannot be built"),
    "an oracle": (made(MLP | {"kind": "oracle"}, **FITS), "“oracle” is known"),
    "heads it lacks": (told(made(MLP, **FITS), heads=[[{"name": "self", "share": 1}]]), "fewer heads"),
    "Markdown as a habit": (
        told(made(GPT), heads=[[{"name": "**x**", "share": 1}]]),
        "habit that is not known",
    ),
    "negative counts": (
        made({"kind": "bigram", "vocab_size": 4}, counts=-torch.ones(4, 4)),
        "counted less than nothing",
    ),
    "a bomb": ({"m.zip": own_models._zipped({"m.json": b" " * 50_000_000})}, "more than 4 MB"),
    "too much": ({"m.json": b"{}", "m.safetensors": bytes(4_000_001)}, "more than 4 MB"),
}  # fmt: skip


@pytest.mark.parametrize("bad", BAD)
def test_what_is_wrong_with_a_file_is_told_and_the_last_model_stays(visit, bad):
    session = visit()
    files, problem = BAD[bad]
    assert own_models.take(files_of("girls-mlp-2d")) == ""
    before = own_models.mine()
    assert problem in own_models.take(files)
    assert "python" not in own_models.take(files)  # who visits has no command line
    assert own_models.mine().keys() == before.keys()
    assert session["own_model"] == files_of("girls-mlp-2d")


def test_an_archive_with_a_password_is_told(visit):
    visit()
    entry = bytearray(own_models._zipped({"m.json": b"{}"}))
    for mark in (b"PK\x03\x04", b"PK\x01\x02"):
        entry[entry.index(mark) + (6 if mark == b"PK\x03\x04" else 8)] |= 1  # encrypted, it says
    assert "no .zip that can be read" in own_models.take({"m.zip": bytes(entry)})


def test_a_model_that_was_dropped_is_made_from_its_file_again(visit):
    visit()["training_job"] = Job()
    key = own_models.trained()
    before = checkpoint(key)
    caches.clear()
    again = checkpoint(key)
    assert again is not before
    assert torch.equal(again.model.C, before.model.C)


# --- put beside the shipped ones --------------------------------------------------------------------


@pytest.fixture
def folder(visit, tmp_path, monkeypatch):
    """A folder of checkpoints with one that the command line has put there."""
    visit()
    real = checkpoints.load
    monkeypatch.setattr(checkpoints, "FOLDER", tmp_path)
    monkeypatch.setattr(checkpoints, "load", lambda name, folder=tmp_path, **how: real(name, folder, **how))
    for function in ("read_meta", "history"):
        original = getattr(checkpoints, function)
        monkeypatch.setattr(checkpoints, function, lambda name, where=tmp_path, of=original: of(name, where))
    put(tmp_path, "girls-gpt")
    return tmp_path


def put(folder, shipped: str, name: str = "my_names-2") -> None:
    root = checkpoints.Path(own_models.__file__).parents[2] / "checkpoints"
    for end in (".safetensors", ".json", ".history.safetensors"):
        (folder / f"{name}{end}").write_bytes((root / f"{shipped}{end}").read_bytes())


@pytest.mark.usefixtures("folder")
def test_a_checkpoint_put_into_the_folder_appears_by_itself():
    [(key, label)] = own_models.options("gpt", names=True).items()
    assert label == "my_names-2, yours"
    assert checkpoint(key).meta["name"] == "girls-gpt"
    assert checkpoint(key) is checkpoint(key)


def test_one_that_was_trained_again_has_another_key_and_the_old_one_answers_no_more(folder):
    [before] = own_models.options("gpt")
    checkpoint(before)
    put(folder, "boys-gpt")
    [after] = own_models.options("gpt")
    assert after != before
    assert checkpoint(after).meta["name"] == "boys-gpt"
    caches.clear()
    with pytest.raises(BadCheckpoint, match="trained again since"):
        checkpoint(before)


def test_a_damaged_one_is_left_out_and_the_others_stay(folder):
    put(folder, "girls-gpt", "broken")
    (folder / "broken.safetensors").write_bytes(b"")
    (folder / "half.json").write_bytes(b"{")
    assert len(own_models.options("gpt")) == 1


@pytest.mark.parametrize("key", ["girls-mlp@", "../x@1", "a/b@1", "@", "my_names-2@", "my_names-2@00"])
@pytest.mark.usefixtures("folder")
def test_no_other_key_opens_anything(key):
    with pytest.raises(BadCheckpoint):
        checkpoint(key)


def test_a_vocabulary_of_ones_own_stays_with_its_model(visit):
    job = Job()
    job.about.vocabulary = Vocabulary(["."] + [chr(0x430 + i) for i in range(33)])
    visit()["training_job"] = job
    assert checkpoint(own_models.trained()).vocabulary.symbols[1] == "а"
