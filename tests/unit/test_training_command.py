"""The training command: whose checkpoint is written, what is refused, what a full disk or a stop costs."""

import dataclasses
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from safetensors import SafetensorError

from explainer import checkpoints
from explainer.training import gpt, gpt_recipes, heads, machine, mlp, tokens
from explainer.training.__main__ import TRAINERS, main
from explainer.training.gpt_recipes import Recipe
from explainer.training.recipes import Shape

ROOT = Path(__file__).resolve().parents[2]
HEADER = "name,sex,bearers\n"
WORDS = ("ADA", "BEA", "CELA", "DORA", "EWA", "FELA", "GAJA", "HANNA", "IDA", "JAGA", "KAJA", "LENA")
TINY = Recipe(
    n_layer=1, n_head=2, n_embd=8, block_size=16, dropout=0.0, batch_size=4, micro_batch=4, steps=4,
    half=False, records=3, judged=10, sample_length=10,
)  # fmt: skip


@pytest.fixture
def house(tmp_path, monkeypatch):
    """A house of its own with a shipped model in it, short recipes, and a table of names."""
    folder = tmp_path / "checkpoints"
    folder.mkdir()
    for path in checkpoints.FOLDER.glob("girls-bigram.*"):
        (folder / path.name).write_bytes(path.read_bytes())
    monkeypatch.setattr(checkpoints, "FOLDER", folder)
    monkeypatch.setattr(checkpoints.to_write, "__defaults__", (False, folder))
    short = dataclasses.replace(mlp.RUNS["mlp"][1], steps=60, batch_size=8)
    monkeypatch.setitem(mlp.RUNS, "mlp", (Shape(hidden_layer_size=8, embedding_dimension=3), short))
    for name in ("girls-gpt", "shakespeare", "polish-books"):
        monkeypatch.setitem(gpt_recipes.RECIPES, name, TINY)
    (tmp_path / "mine.csv").write_text(HEADER + "".join(f"{word},girl,30\n" for word in WORDS))
    (tmp_path / "other.csv").write_text(HEADER + "".join(f"{word}B,girl,30\n" for word in WORDS))
    return tmp_path


def train(house: Path, name: str, *arguments: str) -> int:
    return main([name, "--device", "cpu", *(a.replace("HOUSE", str(house)) for a in arguments)])


def stopped_at_once(monkeypatch) -> None:
    """Send Ctrl-C in the first step of a perceptron or a GPT."""
    for trainer, step in ((mlp.Trainer, "advance"), (gpt.Trainer, "take_step")):
        take = getattr(trainer, step)

        def taken(self, *arguments, take=take):
            signal.raise_signal(signal.SIGINT)
            return take(self, *arguments)

        monkeypatch.setattr(trainer, step, taken)


# --- whose name -------------------------------------------------------------------------------------


def test_every_shipped_checkpoint_can_be_trained():
    assert set(TRAINERS) == set(checkpoints.SHIPPED)
    assert {path.stem for path in checkpoints.FOLDER.glob("*.json")} >= set(checkpoints.SHIPPED)


@pytest.mark.parametrize("name", ["girls-bigram", "girls-mlp", "girls-gpt"])
def test_other_data_never_replaces_a_shipped_model_without_a_word(house, capsys, name):
    before = {path.name: path.read_bytes() for path in (house / "checkpoints").iterdir()}
    assert train(house, name, "--data", "HOUSE/mine.csv") == 1
    assert f"“{name}” is a model of the app" in (said := capsys.readouterr().err)
    assert f"--output my-{name}, or replace the app's model: --overwrite" in said
    assert {path.name: path.read_bytes() for path in (house / "checkpoints").iterdir()} == before


@pytest.mark.parametrize("name", ["girls-bigram", "girls-mlp", "girls-gpt"])
def test_ones_own_run_gets_its_own_name_and_the_record_of_its_own_data(house, capsys, name):
    assert train(house, name, "--data", "HOUSE/mine.csv", "--output", "mine") == 0
    meta = checkpoints.load("mine", house / "checkpoints").meta
    data = meta["data"]
    assert meta["name"] == "mine"
    assert (data if name == "girls-gpt" else data["file"]) == "mine.csv"
    assert not list((house / "checkpoints").glob("girls-mlp*"))
    assert train(house, name, "--data", "HOUSE/mine.csv", "--output", "mine") == 1
    assert "“mine” is there already" in capsys.readouterr().err
    assert train(house, name, "--data", "HOUSE/other.csv", "--output", "mine", "--overwrite") == 0
    assert checkpoints.read_meta("mine", house / "checkpoints")["sha256"] != meta["sha256"]


def test_consent_replaces_the_shipped_model(house):
    assert train(house, "girls-bigram", "--data", "HOUSE/mine.csv", "--overwrite") == 0
    assert checkpoints.read_meta("girls-bigram", house / "checkpoints")["data"]["file"] == "mine.csv"


def test_the_usual_data_makes_the_shipped_model_again(house):
    before = checkpoints.read_meta("girls-bigram", house / "checkpoints")
    assert train(house, "girls-bigram") == 0
    assert checkpoints.read_meta("girls-bigram", house / "checkpoints")["sha256"] == before["sha256"]


@pytest.mark.parametrize("consent", [(), ("--overwrite",)])
def test_no_run_takes_the_name_of_another_model(house, capsys, consent):
    assert train(house, "girls-bigram", "--output", "boys-bigram", *consent) == 1
    assert "“boys-bigram” is another model of the app" in capsys.readouterr().err


@pytest.mark.parametrize("output", ["../evil", "a/b", "", ".hidden", "mine.history", "a" * 61, "a b", "żółć"])
def test_a_name_that_is_none_for_a_file_is_refused(house, capsys, output):
    assert train(house, "girls-bigram", "--output", output) == 1
    assert "is no name for a checkpoint: take letters, digits" in capsys.readouterr().err


def test_heads_are_named_by_other_data_only_where_that_is_asked_for(house, capsys):
    assert train(house, "girls-gpt", "--data", "HOUSE/mine.csv", "--output", "mine") == 0
    folder = house / "checkpoints"
    assert heads.main(["girls-gpt", "--data", str(house / "mine.csv")]) == 1
    assert "--output NAME for a model of your own" in capsys.readouterr().err
    checkpoints.note("mine", {"heads": []}, folder)
    heads.keep("girls-gpt", house / "mine.csv", "mine", folder)
    assert len(checkpoints.read_meta("mine", folder)["heads"]) == TINY.n_layer


# --- what cannot be learned from --------------------------------------------------------------------


@pytest.mark.parametrize("name", ["girls-bigram", "girls-mlp", "girls-gpt"])
@pytest.mark.parametrize("words", [(), ("ADA",), WORDS[:2], WORDS[:9]])
def test_too_few_names_are_told(house, capsys, name, words):
    (house / "few.csv").write_text(HEADER + "".join(f"{word},girl,30\n" for word in words))
    assert train(house, name, "--data", "HOUSE/few.csv", "--output", "few") == 1
    told = f"few.csv has {len(words)} girls' names of at least 21 bearers; at least 10 are needed"
    assert told in capsys.readouterr().err


@pytest.mark.parametrize("name", ["girls-bigram", "girls-mlp", "girls-gpt", "shakespeare"])
def test_data_that_is_not_there_is_told(house, capsys, name):
    assert train(house, name, "--data", "HOUSE/none.csv", "--output", "none") == 1
    assert re.search(r"none\.csv (cannot be read|does not exist)", said := capsys.readouterr().err)
    assert "epository" not in said


@pytest.mark.parametrize("name", ["girls-bigram", "girls-mlp", "girls-gpt"])
@pytest.mark.parametrize("words", [WORDS[:10], "ABCDEFGHIJ"])
def test_ten_names_are_enough(house, name, words):
    (house / "ten.csv").write_text(HEADER + "".join(f"{word},girl,30\n" for word in words))
    assert train(house, name, "--data", "HOUSE/ten.csv", "--output", "ten") == 0
    assert checkpoints.load("ten", house / "checkpoints").meta["losses"]["dev"] > 0


@pytest.mark.parametrize("name", ["shakespeare", "polish-books"])
@pytest.mark.parametrize(
    ("texts", "problem"),
    [
        (["word"], "characters long; give at least 33"),
        (["x"] * 40, "held out to judge by, are too short; give longer texts"),
        (["\N{CJK UNIFIED IDEOGRAPH-6F22}"], "characters long; give at least 33"),
    ],
)
def test_texts_that_are_too_short_are_told(house, capsys, name, texts, problem):
    (house / "texts").mkdir()
    for i, text in enumerate(texts):
        (house / "texts" / f"{i}.txt").write_text(text, encoding="utf-8")
    assert train(house, name, "--data", "HOUSE/texts", "--output", "short") == 1
    assert problem in capsys.readouterr().err


def test_a_bad_start_of_a_refinement_is_told(house, capsys):
    (house / "poem.txt").write_text("litwo ojczyzno moja\n" * 60, encoding="utf-8")
    assert train(house, "pan-tadeusz", "--data", "HOUSE/poem.txt", "--output", "mine") == 1
    assert "polish-books” is missing its file" in capsys.readouterr().err


def test_no_byte_pairs_can_be_learned_from_one_letter(house, capsys, monkeypatch):
    (house / "one.txt").write_text("x")
    monkeypatch.setattr(tokens, "FILE", house / "merges.json")
    assert tokens.main(["shakespeare", "--data", str(house / "one.txt")]) == 1
    assert "no pair of bytes stands twice" in capsys.readouterr().err


# --- stopping, going on, full disks -----------------------------------------------------------------


@pytest.mark.parametrize("name", ["girls-mlp", "girls-gpt"])
def test_a_stopped_run_goes_on_with_its_own_data_alone(house, capsys, name, monkeypatch):
    own = ("--data", "HOUSE/mine.csv", "--output", "mine")
    with monkeypatch.context() as patch:
        stopped_at_once(patch)
        assert train(house, name, *own) == 130
    assert machine.GO_ON in capsys.readouterr().err
    assert train(house, name, "--data", "HOUSE/other.csv", "--output", "mine", "--resume") == 1
    assert "without --resume" in capsys.readouterr().err
    assert train(house, name, *own, "--resume") == 0
    whole = checkpoints.read_meta("mine", house / "checkpoints")["sha256"]
    assert train(house, name, *own, "--overwrite") == 0
    assert checkpoints.read_meta("mine", house / "checkpoints")["sha256"] == whole


@pytest.mark.parametrize("name", ["girls-mlp", "girls-gpt"])
def test_a_state_that_is_damaged_is_told(house, capsys, name, monkeypatch):
    with monkeypatch.context() as patch:
        stopped_at_once(patch)
        assert train(house, name) == 130
    [state] = (house / "runs").iterdir()
    state.write_bytes(state.read_bytes()[:100])
    assert train(house, name, "--resume") == 1
    assert "cannot be read" in (said := capsys.readouterr().err)
    assert "start anew without --resume" in said


@pytest.mark.parametrize("name", ["girls-mlp", "girls-gpt"])
def test_a_run_goes_on_where_its_state_cannot_be_kept_and_says_so(house, capsys, name, monkeypatch):
    (house / "runs").write_text("no folder")
    monkeypatch.setattr(mlp, "SAVE_SECONDS", 0.0)
    monkeypatch.setattr(gpt, "SAVE_SECONDS", 0.0)
    assert train(house, name) == 0
    assert checkpoints.load(name, house / "checkpoints")
    said = capsys.readouterr().err
    assert "runs cannot be written to" in said
    assert said.count(machine.UNKEPT) > 1
    with monkeypatch.context() as patch:
        stopped_at_once(patch)
        assert train(house, name) == 130
    assert "state is lost" in capsys.readouterr().err


@pytest.mark.parametrize("error", [OSError(28, "No space left"), SafetensorError("I/O error: No space left")])
@pytest.mark.parametrize("name", ["girls-mlp", "girls-gpt"])
def test_a_disk_that_was_full_is_tried_again(house, capsys, name, error, monkeypatch):
    monkeypatch.setattr(mlp, "SAVE_SECONDS", 0.0)
    monkeypatch.setattr(gpt, "SAVE_SECONDS", 0.0)
    write, failures = machine.save_file, [error]

    def full_once(tensors, path, metadata):
        write(tensors, path, metadata)
        if failures:
            raise failures.pop()

    monkeypatch.setattr(machine, "save_file", full_once)
    with monkeypatch.context() as patch:
        patch.setattr(checkpoints, "save", lambda *_: signal.default_int_handler(2, None))
        assert train(house, name) == 130
    assert capsys.readouterr().err.count("No space left") == 1
    assert [path.suffix for path in (house / "runs").iterdir()] == [".safetensors"]
    monkeypatch.setattr(mlp.Trainer, "advance", lambda *_: pytest.fail("every step was made"))
    monkeypatch.setattr(gpt.Trainer, "take_step", lambda *_: pytest.fail("every step was made"))
    assert train(house, name, "--resume") == 0
    assert checkpoints.load(name, house / "checkpoints")


def test_a_checkpoint_that_cannot_be_written_does_not_lose_the_run(house, capsys):
    os.rename(house / "checkpoints", house / "kept")
    (house / "checkpoints").write_text("no folder")
    assert train(house, "girls-mlp") == 1
    assert "cannot be written: " in (said := capsys.readouterr().err)
    assert "the same command with --resume" in said
    os.unlink(house / "checkpoints")
    assert train(house, "girls-mlp", "--resume") == 0
    assert checkpoints.load("girls-mlp", house / "checkpoints").meta["steps"] == 60


def test_a_minute_is_the_most_that_is_lost():
    assert max(mlp.SAVE_SECONDS, gpt.SAVE_SECONDS) <= 60


def test_ctrl_c_on_the_real_command_keeps_the_run(tmp_path):
    program = (
        "import sys; from pathlib import Path; from explainer import checkpoints; "
        f"checkpoints.FOLDER = Path({str(tmp_path / 'checkpoints')!r}); "
        "from explainer.training.__main__ import main; sys.exit(main(['girls-mlp-talk']))"
    )
    run = subprocess.Popen([sys.executable, "-c", program], cwd=ROOT, stdout=subprocess.PIPE,
                           stderr=subprocess.PIPE, text=True)  # fmt: skip
    assert run.stdout.read(1)  # a line of progress has begun
    run.send_signal(signal.SIGINT)
    _, said = run.communicate(timeout=60)
    assert run.returncode == 130, said
    assert machine.GO_ON in said
    assert (tmp_path / "runs" / "girls-mlp-talk.safetensors").exists()
