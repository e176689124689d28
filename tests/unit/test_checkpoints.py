"""The contract of checkpoints: what loads is what was saved, and damage is explained."""

import hashlib
import json

import pytest
import torch

from explainer import checkpoints
from explainer.checkpoints import FOLDER, BadCheckpoint, load, read_meta, save
from explainer.models.bigram import CountedBigram
from explainer.names import VOCABULARY


@pytest.fixture
def folder(tmp_path):
    for suffix in ("safetensors", "json"):
        (tmp_path / f"girls-bigram.{suffix}").write_bytes((FOLDER / f"girls-bigram.{suffix}").read_bytes())
    return tmp_path


def rewrite(folder, **changes):
    path = folder / "girls-bigram.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **changes}))


def test_a_checkpoint_has_model_vocabulary_and_meta():
    checkpoint = load("girls-bigram")
    assert not checkpoint.model.training
    assert all(not tensor.requires_grad for tensor in checkpoint.model.parameters())
    assert checkpoint.vocabulary.symbols == VOCABULARY.symbols
    assert checkpoint.vocabulary.decode(checkpoint.vocabulary.encode("ZUZANNA")) == "ZUZANNA"
    assert {"architecture", "data", "seed", "steps", "losses", "sha256"} <= set(checkpoint.meta)


def test_saved_and_loaded_are_the_same(tmp_path):
    model = CountedBigram(34, smoothing=0.5)
    model.counts[3, 4] = 2049  # half precision would make 2,048 of it
    architecture = {"kind": "bigram", "vocab_size": 34, "smoothing": 0.5}
    history = {"loss": torch.arange(3.0).numpy()}
    save("mine", model, architecture, VOCABULARY, {"seed": 7}, history, tmp_path, dtype=torch.float32)
    loaded = load("mine", tmp_path)
    assert torch.equal(loaded.model.counts, model.counts)
    assert loaded.model.smoothing == 0.5
    assert loaded.meta["seed"] == 7
    assert checkpoints.history("mine", tmp_path)["loss"].tolist() == [0, 1, 2]


def test_half_precision_comes_back_as_single(tmp_path):
    model = CountedBigram(34)
    model.counts[0, 0] = 1 / 3
    save("half", model, {"kind": "bigram", "vocab_size": 34}, VOCABULARY, {}, folder=tmp_path)
    counts = load("half", tmp_path).model.counts
    assert counts.dtype == torch.float32
    assert counts[0, 0].item() == torch.tensor(1 / 3).half().item()


def test_no_history_is_no_arrays(folder):
    assert checkpoints.history("girls-bigram", folder) == {}


def test_the_recorded_checksum_is_that_of_the_file():
    data = (FOLDER / "girls-bigram.safetensors").read_bytes()
    assert read_meta("girls-bigram")["sha256"] == hashlib.sha256(data).hexdigest()


@pytest.mark.parametrize("damage", ["altered", "cut short", "emptied"])
def test_damaged_weights(folder, damage):
    path = folder / "girls-bigram.safetensors"
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes({"altered": data, "cut short": data[:1000], "emptied": b""}[damage])
    with pytest.raises(
        BadCheckpoint, match=r"altered or cut short.*Restore it.*explainer\.training girls-bigram"
    ):
        load("girls-bigram", folder)


@pytest.mark.parametrize("suffix", ["safetensors", "json"])
def test_a_missing_file(folder, suffix):
    (folder / f"girls-bigram.{suffix}").unlink()
    with pytest.raises(BadCheckpoint, match=rf"missing its file girls-bigram\.{suffix}.*Restore it"):
        load("girls-bigram", folder)


def test_metadata_cut_short(folder):
    path = folder / "girls-bigram.json"
    path.write_text(path.read_text()[:100])
    with pytest.raises(BadCheckpoint, match="metadata that is not JSON"):
        load("girls-bigram", folder)


def test_another_architecture(folder):
    rewrite(folder, architecture={"kind": "bigram", "vocab_size": 30})
    with pytest.raises(BadCheckpoint, match="does not fit the architecture"):
        load("girls-bigram", folder)


def test_an_unknown_architecture(folder):
    rewrite(folder, architecture={"kind": "oracle"})
    with pytest.raises(BadCheckpoint, match="kind “oracle” is known; known are bigram, mlp, gpt"):
        load("girls-bigram", folder)
