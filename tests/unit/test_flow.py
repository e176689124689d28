"""One prediction through the whole GPT: every stage is the trace's, and the parts add up to every logit."""

import json
import random
import zlib
from dataclasses import fields

import numpy as np
import pytest
import torch

from explainer import checkpoints
from explainer.components.flow import levels, packed, shades
from explainer.sampling import pick
from explainer.traces import gpt as trace
from explainer.traces.flow import added, flow, patterns, step_of, vectors
from explainer.ui.scenes import flow as scene
from explainer.ui.trained import checkpoint

TEXTS = {"girls-gpt": ".MARI", "boys-gpt": ".WOJCIECH", "shakespeare": "ROMEO:\nO, speak again"}


@pytest.fixture(scope="module", params=list(TEXTS))
def case(request):
    """A model, the ids of a text, and all of its stages."""
    loaded = checkpoints.load(request.param)
    ids = loaded.vocabulary.encode(TEXTS[request.param])
    return loaded.model, ids, flow(loaded.model, ids)


def test_every_stage_is_the_traces(case):
    model, ids, found = case
    expected = trace.trace(model, ids)
    for name in ("ids", "tok_emb", "pos_emb", "ln_f", "logits", "probabilities"):
        np.testing.assert_allclose(getattr(found, name), getattr(expected, name), rtol=1e-5, atol=1e-5)
    assert len(found.layers) == model.config.n_layer
    for one, other in zip(found.layers, expected.layers, strict=True):
        for field in fields(one):
            np.testing.assert_allclose(
                getattr(one, field.name), getattr(other, field.name), rtol=1e-5, atol=1e-5
            )


def test_the_logits_are_those_of_the_models_forward(case):
    model, ids, found = case
    np.testing.assert_allclose(found.logits, model(torch.tensor([ids]))[0][0].numpy(), rtol=1e-5, atol=1e-5)
    np.testing.assert_array_equal(found.layers.stream(-1), found.layers[-1].resid_post)
    np.testing.assert_array_equal(found.layers.stream(0), found.layers[0].resid_pre)


def test_what_the_stages_add_comes_to_every_logit_at_every_position(case):
    model, ids, found = case
    for position in range(len(ids)):
        parts = added(model, found, position)
        np.testing.assert_allclose(parts.total(), found.logits[position], atol=1e-4)
        np.testing.assert_array_equal(parts.logits, found.logits[position])


def test_each_part_is_what_the_receipt_tells_of_one_character(case):
    model, ids, found = case
    parts, token = added(model, found, len(ids) - 1), int(found.logits[-1].argmax())
    told = trace.contributions(model, found, -1, token)
    assert told.token == pytest.approx(parts.token[token], abs=1e-4)
    assert told.position == pytest.approx(parts.position[token], abs=1e-4)
    np.testing.assert_allclose(told.heads, parts.heads[:, :, token], atol=1e-4)
    np.testing.assert_allclose(told.mlps, parts.mlps[:, token], atol=1e-4)


# --- as it is drawn and sent ------------------------------------------------------------------------


def asked(name: str, text: str, seed: int = 1) -> scene.FlowRequest:
    return scene.FlowRequest(name, text, seed)


def sent(name: str, text: str, position: int):
    """Return what a scene would send of a text: the way, and the passed text."""
    loaded = checkpoint(name)
    found = scene.way(name, loaded.meta["sha256"], text, position)
    return found, scene._passed(loaded, asked(name, text), position, found)


def unpacked(data: bytes) -> tuple[dict, dict[str, np.ndarray]]:
    """Read the payload as the browser does."""
    length = int.from_bytes(data[:4], "little")
    header, at, arrays = json.loads(data[4 : 4 + length]), -(-(4 + length) // 8) * 8, {}
    for name, kind, size in header["arrays"]:
        arrays[name] = np.frombuffer(data, np.dtype(f"<{kind}"), size, at)
        at += -(-arrays[name].nbytes // 8) * 8
    return header, arrays


@pytest.mark.parametrize("name", list(TEXTS))
def test_what_is_sent_of_the_followed_character_is_the_trace(name):
    loaded, text = checkpoint(name), TEXTS[name]
    traced = flow(loaded.model, loaded.vocabulary.encode(text))
    for position in (0, len(text) - 1):
        found, passed = sent(name, text, position)
        header, arrays = unpacked(packed(passed, {"alt": "", "opened": None}))
        values = vectors(traced)
        assert header["widths"] == {key: one.shape[1] for key, one in values.items()}
        np.testing.assert_allclose(
            arrays["exact"], np.concatenate([one[position] for one in values.values()]), rtol=1e-5, atol=1e-5
        )
        np.testing.assert_allclose(
            arrays["looks"].reshape(found.looks.shape), patterns(traced)[:, :, position], atol=1e-6
        )
        totals = arrays["added"].reshape(-1, len(loaded.vocabulary)).sum(0)
        np.testing.assert_allclose(totals, traced.logits[position], atol=1e-4)


@pytest.mark.parametrize(
    ("name", "text"), [("girls-gpt", ".MARIANNA"), ("shakespeare", "To be, or not " * 3)]
)
def test_the_shades_are_the_numbers_to_half_a_step(name, text):
    loaded = checkpoint(name)
    traced = flow(loaded.model, loaded.vocabulary.encode(text))
    values, looks = vectors(traced), patterns(traced)
    found = np.frombuffer(zlib.decompress(shades(list(values.values()), looks)), np.uint8)
    np.testing.assert_allclose((found[: looks.size] / 255) ** 2, looks.ravel(), atol=2 * 0.5 / 255)
    halves, steps = found[looks.size :], levels(len(text))
    shade = np.stack([halves & 15, halves >> 4], axis=1).ravel().astype(int) - steps
    at = 0
    for one in values.values():
        share = np.sign(one) * np.sqrt(np.abs(one) / np.abs(one).max())
        read = shade[at : at + one.size].reshape(one.shape) / steps
        np.testing.assert_allclose(read, share, atol=0.5 / steps + 1e-6)
        at += one.size


def test_sixty_four_characters_take_less_than_a_megabyte_and_another_character_a_fifth():
    text = "Now is the winter of our discontent made glorious summer by this"
    assert len(text) == scene.LONGEST
    _, passed = sent("shakespeare", text, 63)
    whole, again = (len(packed(passed, {"alt": "", "opened": None}, known)) for known in (False, True))
    assert whole < 830_000
    assert again < 200_000


@pytest.mark.parametrize("name", list(TEXTS))
def test_every_strip_is_made_once_and_every_part_of_a_logit_comes_with_one(name):
    _, passed = sent(name, TEXTS[name], 2)
    made = [strip for stage in passed.stages for strip in stage.strips]
    assert sorted(made) == sorted(strip.name for strip in passed.strips)
    for i, stage in enumerate(passed.stages):
        before = {strip for one in passed.stages[:i] for strip in one.strips}
        assert set(stage.sources) <= before
    layers = range(passed.n_layer)
    parts = ["token", "position", *(f"{kind}.{i}" for i in layers for kind in ("heads", "mlp"))]
    assert [stage.added for stage in passed.stages if stage.added] == parts
    assert passed.stages[-1].stop


def test_the_sentences_tell_the_numbers_of_the_text():
    loaded, text = checkpoint("shakespeare"), "To be, or not to b"
    _, passed = sent("shakespeare", text, len(text) - 1)
    traced = flow(loaded.model, loaded.vocabulary.encode(text))
    told = {stage.title: stage.told for stage in passed.stages}
    fire = [int((layer.mlp_post[-1] > 0).sum()) for layer in traced.layers]
    for layer, count in enumerate(fire):
        assert (
            f"1,536 neurons read the stream, normed again; {count:,} of them fire"
            in told[f"layer {layer + 1}: neurons"]
        )
    best = traced.probabilities[-1].max()
    assert f"“e”, {100 * best:.2f} %" in told["softmax"]
    roll = random.Random(1).random()
    assert passed.drawn == pick(traced.probabilities[-1], roll)
    assert told["the die"] == f"The die shows {roll:.3f} and falls on “{passed.symbols[passed.drawn]}”."


@pytest.mark.parametrize("name", ["girls-gpt", "shakespeare"])
def test_every_strip_opens_to_the_step_that_makes_its_number(name):
    loaded, text = checkpoint(name), TEXTS[name]
    position, config = 3, loaded.model.config
    made = scene._receipt(name, loaded.meta["sha256"], text[: position + 1], loaded.vocabulary.symbols[0])
    traced = flow(loaded.model, loaded.vocabulary.encode(text))
    values, size = vectors(traced), config.n_embd // config.n_head
    for strip in scene.strips(config.n_layer, config.n_head):
        if strip.name.startswith("pattern") or not strip.steps:
            continue
        number = 5
        step = made.step(step_of(strip.name, position, number, size, config.n_layer))
        if strip.name == "probabilities":
            number = 0
        assert step.result == pytest.approx(values[strip.name][position, number], abs=1e-4), strip.name
        assert abs(step.made - step.result) <= 1e-4 * step.magnitude
    step = made.step(step_of("pattern.1", position, 2 * len(text) + 1, len(text), config.n_layer))
    assert step.result == pytest.approx(traced.layers[1].pattern[2, position, 1], abs=1e-5)
