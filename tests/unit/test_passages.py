"""What neurons read: the passages that move them most, found again by plain loops; what they push."""

import numpy as np
import pytest
import torch

from explainer import checkpoints, corpus
from explainer.models.gpt import GPT
from explainer.traces import gpt as trace
from explainer.traces import neurons
from explainer.training import passages
from explainer.training.gpt_recipes import RECIPES
from explainer.training.habits import followed
from explainer.training.sequences import IGNORED, RUNS, Data, Names, data_of
from explainer.vocabulary import Vocabulary

torch.set_num_threads(1)
WHERE = {  # where training reads it from; it is no part of the repository
    "shakespeare": RUNS / "shakespeare.txt",
    "pan-tadeusz": RUNS / "pan-tadeusz.txt",
    "polish-books": corpus.BOOKS,
}
NAMES = ("girls-gpt", "boys-gpt")
HABIT = [[{"name": "one back", "share": 0.5}, {"name": "no single habit", "share": 0.0}]] * 2


def kept_of(name: str) -> dict[str, np.ndarray]:
    found = checkpoints.passages(name)
    assert found, f"python -m explainer.training.passages {name}"
    return found


# --- on a small model, by plain loops ---------------------------------------------------------------


@pytest.fixture(scope="module")
def small():
    torch.manual_seed(2)
    model = GPT(vocab_size=6, block_size=12, n_layer=2, n_head=2, n_embd=8)
    for p in model.parameters():
        torch.nn.init.normal_(p, std=0.7)
    return model.eval().requires_grad_(False)


@pytest.fixture(scope="module")
def rows():
    found = torch.randint(0, 6, (40, 9), generator=torch.Generator().manual_seed(1))
    for i, row in enumerate(found):
        row[4 + i % 6 :] = IGNORED  # of different lengths
    return found


def test_the_passages_of_every_neuron_are_those_that_a_plain_loop_finds(small, rows):
    found = passages.found(small, Vocabulary("abcd \n"), HABIT, rows)
    peaks = np.zeros((2, 32, len(rows)))
    for i, row in enumerate(rows):
        ids = [int(token) for token in row if token != IGNORED]
        layers = trace.trace(small, ids).layers
        for layer in range(2):
            for neuron in range(32):
                peaks[layer, neuron, i] = max(float(v) for v in layers[layer].mlp_post[:, neuron])
    best = np.sort(peaks)[..., ::-1][..., : passages.KEPT]
    np.testing.assert_allclose(found["peaks"], best, rtol=2e-3, atol=2e-3)
    for layer, neuron in ((0, 0), (1, 31), (1, 7)):
        best_row = rows[int(peaks[layer, neuron].argmax())].numpy()
        text = found["texts"][found["neurons"][layer, neuron, 0]]
        np.testing.assert_array_equal(text, np.where(best_row == IGNORED, passages.ENDED, best_row))


def test_the_passages_of_every_head_are_those_on_which_it_follows_its_habit_most(small, rows):
    found = passages.found(small, Vocabulary("abcd \n"), HABIT, rows)
    for layer in range(2):
        for head in range(2):
            shares = []
            for row in rows:
                ids = [int(token) for token in row if token != IGNORED]
                pattern = trace.trace(small, ids).layers[layer].pattern[head]
                back = [pattern[i, i - 1] if i else 0.0 for i in range(len(ids))]
                shares.append(np.mean(back if head == 0 else pattern.max(axis=1)))
            np.testing.assert_allclose(found["shares"][layer, head], sorted(shares)[::-1][:3], atol=2e-3)


def test_a_text_is_cut_at_words_and_nothing_but_the_end_of_a_row_is_left_out():
    text = "to be or not to be that is the question whether tis nobler " * 6
    vocabulary = Vocabulary(sorted(set(text)))
    row = torch.tensor(vocabulary.encode(text[:257]))
    read = passages.passages(Data(Names([[0]], 4, 1), {"val": row[None]}, vocabulary, "", {}, ""))
    found = [vocabulary.decode(one.tolist()) for one in read]
    at = [text.index(one) for one in found]
    assert all(len(one) == passages.LENGTH and one in text for one in found)
    assert found[0] == text[: passages.LENGTH]
    assert all(one[0] != " " for one in found)
    assert len(at) >= 257 // passages.LENGTH


def test_what_follows_a_habit_by_hand():
    pattern = np.array([[1.0, 0, 0], [0.25, 0.75, 0], [0.1, 0.6, 0.3]])
    assert followed("one back", "abc", pattern).tolist() == [0, 0.25, 0.6]
    assert followed("no single habit", "abc", pattern).tolist() == [1, 0.75, 0.6]


# --- what is kept beside the checkpoints ------------------------------------------------------------


@pytest.mark.parametrize("name", [*NAMES, *WHERE])
def test_what_is_kept_is_what_the_model_does_on_the_kept_passages(name):
    loaded, kept = checkpoints.load(name), kept_of(name)
    layers, width = loaded.model.config.n_layer, 4 * loaded.model.config.n_embd
    assert kept["neurons"].shape == kept["peaks"].shape == (layers, width, passages.KEPT)
    assert kept["neurons"].max() < len(kept["texts"])
    for layer, neuron in ((0, 1), (layers - 1, width - 1), (1, width // 2)):
        found = neurons.fired(loaded, kept, layer, neuron)
        peaks = [one.values.max() for one in found]
        np.testing.assert_allclose(peaks, kept["peaks"][layer, neuron], rtol=5e-3, atol=5e-3)
        assert peaks == sorted(peaks, reverse=True)
    for layer, head in ((0, 0), (layers - 1, 1)):
        shares = [one.values.mean() for one in neurons.habitual(loaded, kept, layer, head)]
        np.testing.assert_allclose(shares, kept["shares"][layer, head], rtol=5e-3, atol=5e-3)


@pytest.mark.parametrize("name", [*NAMES, *WHERE])
def test_no_passage_of_the_held_out_text_moves_a_neuron_more(name):
    path = WHERE.get(name)
    if path and not path.exists():
        pytest.skip(f"{name}: its text is not here")
    loaded, kept = checkpoints.load(name), kept_of(name)
    texts = passages.passages(data_of(name, RECIPES[name], path, checkpoints.FOLDER))
    layer, neuron = 1, 5
    looked = np.random.default_rng(3).choice(len(texts), 60, replace=False)
    for row in texts[looked]:
        ids = [int(token) for token in row if token != IGNORED]
        most = max(trace.trace(loaded.model, ids).layers[layer].mlp_post[:, neuron])
        known = neurons.passages_of(kept, kept["neurons"][layer, neuron])
        assert ids in known or most <= kept["peaks"][layer, neuron, -1] * 1.005 + 0.005


@pytest.mark.parametrize("name", [*NAMES, *WHERE])
def test_they_are_small_and_forgotten_with_their_weights(name, tmp_path):
    assert (checkpoints.FOLDER / f"{name}.passages.safetensors").stat().st_size < 1_000_000
    meta = checkpoints.read_meta(name)
    assert meta["passages"]["of"] == meta["sha256"]
    for end in (".json", ".passages.safetensors"):
        (tmp_path / f"{name}{end}").write_bytes((checkpoints.FOLDER / f"{name}{end}").read_bytes())
    checkpoints.note(name, {"sha256": "0" * 64}, tmp_path)
    assert checkpoints.passages(name, tmp_path) == {}


def test_altered_passages_are_refused(tmp_path):
    for end in (".json", ".passages.safetensors"):
        (tmp_path / f"girls-gpt{end}").write_bytes((checkpoints.FOLDER / f"girls-gpt{end}").read_bytes())
    path = tmp_path / "girls-gpt.passages.safetensors"
    path.write_bytes(path.read_bytes()[:-1] + b"\x07")
    with pytest.raises(checkpoints.BadCheckpoint, match="checksum"):
        checkpoints.passages("girls-gpt", tmp_path)


# --- what a neuron pushes ---------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "layer", "neuron"), [("girls-gpt", 0, 3), ("shakespeare", 5, 700)])
def test_a_unit_more_of_a_neuron_moves_the_logits_as_its_weights_say(name, layer, neuron):
    model = checkpoints.load(name).model
    x = torch.randn(model.config.n_embd, generator=torch.Generator().manual_seed(4))
    column = model.h[layer].mlp.c_proj.weight[:, neuron]
    small = 1e-3
    moved = (model.unembed(x + small * column) - model.unembed(x - small * column)) / (2 * small)  # (V,)
    centred = x - x.mean()
    own = column - column.mean()
    along = centred * (centred @ own) / (centred @ centred)  # what the norm's division takes back
    expected = (
        neurons.pushes(model, layer, neuron) - (model.lm_head.weight @ (model.ln_f.weight * along)).numpy()
    )
    np.testing.assert_allclose(moved.numpy() * float(x.std(correction=0)), expected, atol=5e-3)
