"""The contract of checkpoints: what loads is what was saved, and damage is explained."""

import hashlib
import json
import math
import os
import re
import subprocess
import sys

import pytest
import torch

from explainer import checkpoints, metadata
from explainer.checkpoints import FOLDER, BadCheckpoint, load, read_meta, save
from explainer.models.bigram import CountedBigram
from explainer.models.half import HalfLinear
from explainer.names import VOCABULARY

META = {"data": "three letters", "seed": 7, "steps": 0, "losses": {"dev": 1.5}}


@pytest.fixture
def folder(tmp_path):
    for path in (*FOLDER.glob("girls-bigram.*"), *FOLDER.glob("girls-mlp.*")):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    return tmp_path


def rewrite(folder, name="girls-bigram", **changes):
    path = folder / f"{name}.json"
    meta = {**json.loads(path.read_text()), **changes}
    path.write_text(json.dumps({key: value for key, value in meta.items() if value is not ...}))


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
    save("mine", model, architecture, VOCABULARY, META, history, tmp_path, dtype=torch.float32)
    loaded = load("mine", tmp_path)
    assert torch.equal(loaded.model.counts, model.counts)
    assert loaded.model.smoothing == 0.5
    assert loaded.meta["seed"] == 7
    assert checkpoints.history("mine", tmp_path)["loss"].tolist() == [0, 1, 2]


def test_half_precision_comes_back_as_single(tmp_path):
    model = CountedBigram(34)
    model.counts[0, 0] = 1 / 3
    save("half", model, {"kind": "bigram", "vocab_size": 34}, VOCABULARY, META, folder=tmp_path)
    counts = load("half", tmp_path).model.counts
    assert counts.dtype == torch.float32
    assert counts[0, 0].item() == torch.tensor(1 / 3).half().item()


def test_no_history_is_no_arrays(folder):
    assert checkpoints.history("girls-bigram", folder) == {}


def test_the_recorded_checksum_is_that_of_the_file():
    data = (FOLDER / "girls-bigram.safetensors").read_bytes()
    assert read_meta("girls-bigram")["sha256"] == hashlib.sha256(data).hexdigest()


@pytest.mark.parametrize(
    ("read", "file"),
    [(load, "girls-mlp.safetensors"), (checkpoints.history, "girls-mlp.history.safetensors")],
)
@pytest.mark.parametrize("damage", ["altered", "cut short", "emptied"])
def test_damaged_numbers(folder, read, file, damage):
    path = folder / file
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes({"altered": data, "cut short": data[:1000], "emptied": b""}[damage])
    message = rf"{re.escape(file)}, that was altered or cut.*Restore it.*explainer\.training girls-mlp$"
    with pytest.raises(BadCheckpoint, match=message):
        read("girls-mlp", folder)


def test_every_shipped_history_has_the_recorded_checksum():
    kept = {path.name.split(".")[0] for path in FOLDER.glob("*.history.safetensors")}
    assert kept == {name for name in checkpoints.SHIPPED if "history_sha256" in read_meta(name)}
    assert all(checkpoints.history(name) for name in kept)


def test_a_history_that_is_missing_is_missed(folder):
    (folder / "girls-mlp.history.safetensors").unlink()
    with pytest.raises(BadCheckpoint, match=r"missing its file girls-mlp\.history\.safetensors"):
        checkpoints.history("girls-mlp", folder)


def test_a_history_of_an_earlier_run_is_not_taken_for_one_of_this(folder):
    (folder / "girls-mlp.history.safetensors").rename(folder / "girls-bigram.history.safetensors")
    assert checkpoints.history("girls-bigram", folder) == {}


@pytest.mark.parametrize("suffix", ["safetensors", "json"])
def test_a_missing_file(folder, suffix):
    (folder / f"girls-bigram.{suffix}").unlink()
    with pytest.raises(BadCheckpoint, match=rf"missing its file girls-bigram\.{suffix}.*Restore it"):
        load("girls-bigram", folder)


def test_metadata_is_looked_at_once_and_again_when_its_file_has_changed(folder, monkeypatch):
    looked = []
    monkeypatch.setattr(metadata, "problem", lambda meta: looked.append(meta["seed"]) or "")
    rewrite(folder, seed=1234)
    assert [read_meta("girls-bigram", folder)["seed"] for _ in range(3)] == [1234] * 3
    rewrite(folder, seed=1235)
    assert read_meta("girls-bigram", folder)["seed"] == 1235
    assert looked == [1234, 1235]


def test_metadata_cut_short(folder):
    path = folder / "girls-bigram.json"
    path.write_text(path.read_text()[:100])
    with pytest.raises(BadCheckpoint, match="metadata that is not JSON"):
        load("girls-bigram", folder)


def test_no_file_but_a_folder(folder):
    (folder / "girls-bigram.json").unlink()
    os.mkdir(folder / "girls-bigram.json")
    with pytest.raises(BadCheckpoint, match=r"girls-bigram\.json, that cannot be read.*Restore it"):
        load("girls-bigram", folder)


@pytest.mark.parametrize("name", checkpoints.SHIPPED)
def test_the_metadata_of_every_shipped_checkpoint_is_sound(name):
    assert metadata.problem(read_meta(name)) == ""


@pytest.mark.parametrize(
    ("meta", "problem"),
    [
        ([], "it is a list and no object"),
        (None, "it is “None” and no object"),
        (3, "it is “3” and no object"),
        ({}, "it lacks “architecture”"),
    ],
)
def test_metadata_of_another_kind(folder, meta, problem):
    (folder / "girls-bigram.json").write_text(json.dumps(meta))
    with pytest.raises(BadCheckpoint, match=f"bad metadata in girls-bigram.json: {problem}. Restore"):
        read_meta("girls-bigram", folder)


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"sha256": ...}, "it lacks “sha256”"),
        ({"sha256": 5}, "“sha256” is “5” and no text"),
        ({"architecture": []}, "“architecture” is a list and no object"),
        ({"architecture": {"kind": "bigram"}}, "“architecture” lacks “vocab_size”"),
        ({"architecture": {"kind": ["gpt"], "vocab_size": 34}}, "“architecture, kind” is a list and no text"),
        ({"architecture": {"kind": "gpt", "vocab_size": "34"}}, "vocab_size” is “34” and no whole number"),
        ({"architecture": {"kind": "gpt", "vocab_size": True}}, "vocab_size” is “True” and no whole number"),
        ({"architecture": {"kind": "gpt", "vocab_size": 34, "n_head": "6"}}, "n_head” is “6” and no number"),
        ({"symbols": "ABC"}, "“symbols” is “ABC” and no list"),
        ({"symbols": [".", 7]}, "“symbols, 2” is “7” and no text"),
        ({"symbols": [".", "A"]}, "it has 2 symbols for a vocabulary of 34"),
        ({"symbols": ["AB", *"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefg"]}, "the symbol “AB” is not one character"),
        ({"symbols": [*"AABCDEFGHIJKLMNOPQRSTUVWXYZabcdefg"]}, "the symbol “A” stands twice"),
        ({"data": ["a"]}, "“data” is a list and no object"),
        ({"data": {"file": "x", "min_bearers": 1, "names": {"train": 1}}}, "“data” lacks “sex”"),
        ({"steps": 1.5}, "“steps” is “1.5” and no whole number"),
        ({"losses": {"dev": "low"}}, "“losses, dev” is “low” and no number"),
        ({"losses": {"dev": math.nan}}, "“losses, dev” is “nan” and no number"),
        ({"heads": [[{"name": "self"}]]}, "“heads, 1, 1” lacks “share”"),
        ({"history_sha256": 1}, "“history_sha256” is “1” and no text"),
    ],
)
def test_metadata_of_wrong_types_is_named_precisely(folder, changes, problem):
    rewrite(folder, **changes)
    with pytest.raises(BadCheckpoint, match=re.escape(problem) + ". Restore it"):
        load("girls-bigram", folder)


@pytest.mark.parametrize(
    ("architecture", "problem"),
    [
        ({"kind": "mlp", "vocab_size": 34, "width": 3}, "No mlp of these measures.*unexpected.*width"),
        (
            {"kind": "gpt", "vocab_size": 34, "n_embd": 9, "n_head": 2},
            "n_embd .9. must be a multiple of n_head",
        ),
        ({"kind": "gpt", "vocab_size": 34, "n_head": 0}, "No gpt of these measures can be made"),
        ({"kind": "mlp", "vocab_size": 34, "block_size": -3}, "No mlp of these measures can be made"),
        ({"kind": "mlp", "vocab_size": 34, "block_size": 2.5}, "No mlp of these measures can be made"),
    ],
)
def test_an_architecture_that_cannot_be_built(folder, architecture, problem):
    rewrite(folder, architecture=architecture)
    with pytest.raises(BadCheckpoint, match=f"“girls-bigram” names an archi.*{problem}.*[^.][.] Restore it"):
        load("girls-bigram", folder)


def test_weights_that_are_no_safetensors_file(folder):
    (folder / "girls-bigram.safetensors").write_bytes(b"weights")
    rewrite(folder, sha256=hashlib.sha256(b"weights").hexdigest())
    with pytest.raises(BadCheckpoint, match="does not fit"):
        load("girls-bigram", folder)


def test_ones_own_checkpoint_is_not_to_be_restored_from_the_repository(tmp_path):
    with pytest.raises(BadCheckpoint, match=r"Train it again: .*NAME --output mine$") as error:
        load("mine", tmp_path)
    assert "repository" not in str(error.value)


def test_another_architecture(folder):
    symbols = VOCABULARY.symbols[:30]
    rewrite(folder, architecture={"kind": "bigram", "vocab_size": 30}, symbols=symbols)
    with pytest.raises(BadCheckpoint, match="does not fit the architecture"):
        load("girls-bigram", folder)


def test_an_unknown_architecture(folder):
    rewrite(folder, architecture={"kind": "oracle", "vocab_size": 34})
    with pytest.raises(BadCheckpoint, match="kind “oracle” is known; known are bigram, mlp, gpt"):
        load("girls-bigram", folder)


def test_half_precision_answers_as_single_does():
    whole, half = load("girls-gpt"), load("girls-gpt", half=True)
    ids = torch.tensor([whole.vocabulary.encode(".ZUZANN")])
    torch.testing.assert_close(half.model(ids)[0], whole.model(ids)[0], atol=1e-4, rtol=1e-5)
    if "fbgemm" in torch.backends.quantized.supported_engines:
        assert isinstance(half.model.h[0].attn.c_attn, HalfLinear)
    for one, other in zip(half.model.h, whole.model.h, strict=True):
        assert torch.equal(one.mlp.c_fc.weight, other.mlp.c_fc.weight)  # not one number is lost


def test_an_outline_has_every_shape_and_costs_nothing():
    code = (
        "import sys, torch; from explainer.checkpoints import outline, read_meta; "
        "made = [outline(read_meta(name)['architecture']) for name in ('girls-gpt', 'girls-mlp')]; "
        "print('sympy' in sys.modules, [[list(t.shape) for t in m.state_dict().values()] for m in made])"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    shapes = [
        [list(t.shape) for t in load(n).model.state_dict().values()] for n in ("girls-gpt", "girls-mlp")
    ]
    assert (
        told.strip() == f"False {shapes}"
    )  # sympy comes with whatever is drawn at random on no device: 75 MB
