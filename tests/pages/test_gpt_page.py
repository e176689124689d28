"""The GPT chapter: every number on it is the model's, any text is answered."""

import json

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from explainer import checkpoints
from explainer.components.grid import unpacked
from explainer.traces import gpt as trace
from explainer.traces import tokens
from explainer.ui.scenes import gpt
from tests.scenes import ask, open_sound, part, primitives, tell, title

TEXT = "To be, or not"


def page(scene: str, **query: str) -> AppTest:
    """Run one scene; query values are what the address bar shows."""
    return open_sound("gpt", scene, query)


def parts(app: AppTest, name: str) -> list:
    """Return what the components of one name were sent."""
    return [p.proto for p in app.get("bidi_component") if p.proto.component_name == name]


def reel(app: AppTest) -> dict:
    return json.loads(parts(app, "reel")[0].json)


def matrix(app: AppTest) -> tuple[dict, np.ndarray]:
    header, arrays = unpacked(parts(app, "grid")[0].bytes)
    return header["matrices"][0], arrays[header["matrices"][0]["values"]["array"]]


def told(app: AppTest) -> str:
    return "\n".join(part.value for kind in ("text", "markdown") for part in app.get(kind))


@pytest.fixture(scope="module")
def loaded():
    return checkpoints.load("shakespeare")


@pytest.fixture(scope="module")
def traced(loaded):
    return trace.trace(loaded.model, loaded.vocabulary.encode(TEXT))


def test_a_file_of_text_is_cut_in_the_encoding_that_is_said():
    app = page("byte-pairs", text="your own", learned="this text itself")
    app.session_state["gpt_own_file"] = ("wiersz.txt", "Zażółć gęślą jaźń".encode("iso8859-2"))
    app.run()
    assert "Read as ISO 8859-2: Zażółć, gęślą. Wrong? Choose." in told(app)
    assert "17 characters, 26 bytes" in reel(app)["lanes"][0]["facts"][0]
    app.session_state["gpt_own_file"] = ("wiersz.xlsx", b"PK\x03\x04")
    app.run()
    assert "cannot be opened" in told(app)


def test_every_character_of_the_text_stands_over_its_id(loaded):
    text, known = reel(page("tokens", typed=TEXT, vocabulary="Shakespeare"))["lanes"]
    assert [int(tile[1]) for tile in text["tiles"]] == loaded.vocabulary.encode(TEXT)
    assert [tile[0] for tile in known["tiles"]] == loaded.vocabulary.symbols
    assert {tile[0] for tile in known["tiles"] if tile[4] == "used"} == set(TEXT)


def test_a_character_that_the_model_has_never_seen_is_marked():
    lane = reel(page("tokens", typed="a😀", vocabulary="Shakespeare"))["lanes"][0]
    assert [tile[4] for tile in lane["tiles"]] == ["", "unknown"]
    assert "😀" in lane["facts"][0]


@pytest.mark.parametrize("text", ["polish", "english", "signs"])
def test_the_tokens_are_those_of_the_encoders(text):
    sent = reel(page("byte-pairs", text=gpt.TEXT_TITLES[text]))
    assert len(sent["titles"]) == 1_001 == sent["start"] + 1
    for lane, merges in zip(sent["lanes"], gpt.corpus_merges().values(), strict=True):
        encoded = tokens.encode(gpt.TEXTS[text], merges)
        assert (bytes(lane["bytes"]), lane["joined"]) == (gpt.TEXTS[text].encode(), encoded.joined.tolist())
        assert f"→ {len(encoded.ids(1_000))} tokens" in lane["facts"][-1]


def test_merges_can_be_learned_from_the_text_itself():
    (lane,) = reel(page("byte-pairs", text="your own", own="łał łał łał", learned="this text itself"))[
        "lanes"
    ]
    merges = tokens.learn_merges(["łał łał łał"], 1_000)
    assert lane["joined"] == tokens.encode("łał łał łał", merges).joined.tolist()


@pytest.mark.parametrize("source", list(gpt.LEARNED_FROM.values()))
def test_without_a_text_it_says_what_to_do(source):
    app = page("byte-pairs", text="your own", learned=source)
    assert "Write or paste a text" in told(app)


def test_a_hundred_thousand_characters_are_cut_with_a_message():
    app = page("byte-pairs", text="your own")
    app.text_area[0].set_value("Nie ma to jak dom. 😀 " * 5_000).run()
    assert not app.exception
    assert "3,000 are used" in told(app)
    assert len(bytes(reel(app)["lanes"][0]["bytes"]).decode()) == 3_000


@pytest.mark.parametrize(
    ("block", "tensor", "expected"),
    [
        ("masked attention", "pattern", lambda t: t.layers[1].pattern[2]),
        ("masked attention", "what attention writes", lambda t: t.layers[1].attn_out[:, :24]),
        ("MLP", "after GELU", lambda t: t.layers[1].mlp_post[:, :24]),
        ("LayerNorm 2", "after", lambda t: t.layers[1].ln_2[:, :24]),
        ("position embedding", "sum of both", lambda t: t.layers[0].resid_pre[:, :24]),
        ("final LayerNorm", "after", lambda t: t.ln_f[:, :24]),
        ("lm_head", "logits", lambda t: t.logits[:, np.argsort(-t.logits[-1], kind="stable")[:24]]),
        (
            "softmax",
            "probabilities",
            lambda t: t.probabilities[:, np.argsort(-t.probabilities[-1], kind="stable")[:24]],
        ),
    ],
)
def test_an_open_block_shows_the_models_tensor(traced, block, tensor, expected):
    names = ["token embedding", "position embedding", "LayerNorm 1", "masked attention", "LayerNorm 2"]
    names += ["MLP", "final LayerNorm", "lm_head", "softmax"]
    query = {"block": block, f"tensor_{names.index(block)}": tensor, "layer": "2", "head": "3"}
    app = page("architecture", model="Shakespeare", text=TEXT, **query)
    _, shown = matrix(app)
    np.testing.assert_allclose(shown, expected(traced), rtol=1e-4, atol=1e-6)


def test_the_guesses_and_the_parameters_are_the_models(loaded, traced):
    app = page("architecture", model="Shakespeare", text=TEXT)
    count = sum(p.numel() for p in loaded.model.parameters())
    assert f"of {count:,}" in told(app)
    best = int(traced.probabilities[-1].argmax())
    notes = [text["text"] for text in primitives(app, "text")]
    assert f"{traced.probabilities[-1].max():.0%}" in notes
    assert loaded.vocabulary.symbols[best].replace(" ", "␣") in notes
    bars = [box for box in primitives(app, "box") if box["pick"].startswith("guess")]
    heights = np.array([bar["y1"] - bar["y0"] for bar in bars])
    expected = np.sort(traced.probabilities[-1])[::-1][: len(bars)]
    np.testing.assert_allclose(heights / heights[0], expected / expected[0], atol=1e-3)


@pytest.mark.parametrize("model", ["Shakespeare", "Polish books"])
def test_the_winners_are_in_the_picture_of_the_softmax_and_the_lens_opens_on_the_first(model):
    app = page("architecture", model=model, block="softmax")
    header, _ = unpacked(parts(app, "grid")[0].bytes)
    described, shown = matrix(app)
    bars = [box["pick"] for box in primitives(app, "box") if box["pick"].startswith("guess")]
    drawn = [text["text"] for text in primitives(app, "text")]
    assert all(symbol in drawn for symbol in described["cols"][: len(bars)])
    assert (np.diff(shown[-1]) <= 0).all()
    assert header["lens_at"] == {"matrix": 0, "row": len(shown) - 1, "col": 0}


@pytest.mark.parametrize(
    ("block", "moving"),
    [
        ("masked attention", {"gpt_layer", "gpt_head"}),
        ("MLP", {"gpt_layer", "gpt_first"}),
        ("softmax", {"gpt_first"}),
        ("token embedding", {"gpt_first"}),
    ],
)
def test_only_sliders_that_move_something_are_offered(block, moving):
    app = page("architecture", block=block)
    assert {slider.key for slider in app.slider if slider.key.startswith("gpt_")} == moving


def test_weights_are_shown_a_window_at_a_time(loaded):
    query = {"block": "MLP", "tensor_5": "c_fc", "first": "1512", "layer": "6"}
    described, shown = matrix(page("architecture", model="Shakespeare", text=TEXT, **query))
    np.testing.assert_array_equal(shown, loaded.model.h[5].mlp.c_fc.weight[:18, 360:].numpy())
    assert described["title"] == "c_fc 1536 × 384, rows 0–17 and columns 360–383"


@pytest.mark.parametrize(
    ("block", "title", "spot"),
    [
        ("masked attention", "head 1: pattern ", "pattern {row} → {col}"),
        ("lm_head", "logits ", "logits {row} → {col}"),
        ("MLP", "after GELU ", ""),
    ],
)
def test_a_cell_between_two_characters_says_which_and_a_heads_tensor_says_of_which_head(block, title, spot):
    described, _ = matrix(page("architecture", model="Shakespeare", text=TEXT, block=block))
    assert described["title"].startswith(title)
    assert described["spot"] == spot


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", "Ω😀", " ", "<b>x</b>", "A" * 40])
@pytest.mark.parametrize("model", ["Shakespeare", "girls' names"])
def test_any_text_goes_through_the_model(text, model):
    app = page("architecture", model=model, text=text)
    assert matrix(app)[1].shape[0] >= 1
    assert "<script>" not in told(app)


def test_sizes_are_told_with_their_sources():
    app = page("to-scale")
    numbers = {metric.label: metric.value for metric in app.metric}
    assert "1,760,000,000,000" in numbers.values()
    assert "estimated" in told(app)
    assert "Radford et al. 2019" in told(app)


@pytest.mark.parametrize(
    ("frame", "larger", "smaller", "ratio"),
    [(-1, 0, 1, 1_760e9 / 1_542e6), (12, 1, 2, 1_542e6 / 10.79e6), (0, 2, 3, 10.79e6 / 13_374)],
)
def test_the_areas_are_to_scale(frame, larger, smaller, ratio):
    boxes = primitives(page("to-scale"), "box")  # the largest first
    assert len(boxes) == 4
    assert all(box["x1"] == box["y1"] for box in boxes)
    sides = [boxes[i]["x1"]["each"][frame] for i in (larger, smaller)]
    assert (sides[0] / sides[1]) ** 2 == pytest.approx(ratio, rel=0.02)


@pytest.mark.parametrize("model", ["Shakespeare", "girls' names"])
def test_the_best_guess_opens_its_receipt(model):
    app = page("architecture", model=model, text="MARI")
    ask(app, "receipt")
    assert not app.exception
    sent = json.loads(parts(app, "receipt")[0].json)
    assert sent["good"]
    assert sent["crumbs"][0]["name"] == "probability"


def test_figure_one_ends_in_our_blocks_and_a_click_opens_one(loaded, traced):
    app = page("figure-one", model="Shakespeare", text=TEXT)
    words = [text["text"]["each"][-1] for text in primitives(app, "text") if isinstance(text["text"], dict)]
    attention = sum(p.numel() for block in loaded.model.h for p in block.attn.parameters())
    assert f"masked attention: {attention:,}" in words
    bars = [box for box in primitives(app, "box") if box["pick"].startswith("guess")]
    expected = np.sort(traced.probabilities[-1])[::-1][: len(bars)]
    heights = np.array([bar["y1"] - bar["y0"] for bar in bars])
    np.testing.assert_allclose(heights / heights[0], expected / expected[0], atol=1e-3)
    tell(app, [(part(app, "gpt_figure_one").id, "pick", "block MLP")])
    assert title(app) == "The architecture"
    assert "MLP: " in told(app)
