"""Heads, switches and guesses on their pages: every number is the trace's, and it adds up."""

import json

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from explainer import checkpoints
from explainer.components.grid import unpacked
from explainer.sampling import Settings, Switches
from explainer.traces import caching, neurons, switching
from explainer.traces import gpt as trace
from explainer.traces.one_head import one_head
from explainer.training import habits
from explainer.ui.trained import checkpoint
from tests.scenes import drawn, open_sound, primitives

NAME = {"model": "girls’ names", "prompt_girls-gpt": "Zuzan"}
STEPS = {
    "pair": "a pair",
    "made": "x · W",
    "dot": "q · k",
    "softmax": "softmax",
    "values": "the values",
    "writes": "what it writes",
}


def page(scene: str, **query: str) -> AppTest:
    return open_sound("attention", scene, query)


def parts(app: AppTest, component: str) -> list:
    return [part.proto for part in app.get("bidi_component") if part.proto.component_name == component]


def sent(app: AppTest) -> tuple[dict, dict[str, np.ndarray]]:
    """Return the header of the scene's grid, and its matrices by name."""
    header, arrays = unpacked(parts(app, "grid")[0].bytes)
    header["arrays_"] = arrays
    return header, {m["name"]: arrays[m["values"]["array"]] for m in header["matrices"]}


def told(app: AppTest) -> str:
    return "\n".join(part.value for kind in ("text", "markdown") for part in app.get(kind))


def lanes(app: AppTest) -> list[dict]:
    return json.loads(parts(app, "reel")[0].json)["lanes"]


@pytest.fixture(scope="module")
def girls():
    return checkpoint("girls-gpt")  # the very one that the page asks


@pytest.fixture(scope="module")
def traced(girls):
    return trace.trace(girls.model, girls.vocabulary.encode(".ZUZAN"))


# --- how one head does it ---------------------------------------------------------------------------


def head_page(step: str, **query: str) -> tuple[dict, dict[str, np.ndarray]]:
    chosen = {"head": "2.4", "query": "5", "key": "3"} | query
    return sent(page("how-one-head-does-it", step=STEPS[step], **NAME, **chosen))


def test_the_pattern_is_the_models_and_the_future_is_empty(traced):
    header, shown = head_page("pair")
    pattern = traced.layers[1].pattern[3]
    past = np.tril(np.ones((6, 6), dtype=bool))
    np.testing.assert_allclose(shown["attention"][past], pattern[past], rtol=1e-4)
    assert np.isnan(shown["attention"][~past]).all()
    assert f"{pattern[4, 2]:.2%}" in header["frames"][0]["stages"][0]["title"]


def test_without_a_key_the_one_it_looks_at_most_is_chosen(traced):
    header, _ = head_page("pair", key="0")
    assert f"{traced.layers[1].pattern[3, 4].max():.2%}" in header["frames"][0]["stages"][0]["title"]


def test_x_times_the_weights_is_the_query_that_meets_the_key(girls, traced):
    header, _ = head_page("made")
    shown = [header["arrays_"][m["values"]["array"]].ravel() for m in header["matrices"]]
    stage, weight = traced.layers[1], girls.model.h[1].attn.c_attn.weight.numpy()  # (3C, C)
    size = stage.q.shape[2]
    for kind, (at, made) in enumerate(((4, stage.q), (2, stage.k), (2, stage.v))):
        number = int(np.abs(made[3, at]).argmax())
        x, weights, products = shown[3 * kind : 3 * kind + 3]
        np.testing.assert_array_equal(x, stage.ln_1[at])
        np.testing.assert_array_equal(weights, weight[(4 * kind + 3) * size + number])
        assert products.sum() == pytest.approx(made[3, at, number], abs=1e-4)


def test_what_a_head_writes_is_added_to_the_stream(traced):
    _, shown = head_page("writes")
    before, writes, others = (shown[name].ravel() for name in ("the stream", "this head", "other heads"))
    np.testing.assert_array_equal(shown["their sum"].ravel(), traced.layers[1].resid_mid[4])
    np.testing.assert_allclose(before + writes + others, traced.layers[1].resid_mid[4], atol=1e-4)
    assert shown["writes"].sum() == pytest.approx(writes[np.abs(writes).argmax()], abs=1e-4)


def test_the_products_add_up_to_the_score(traced):
    header, shown = head_page("dot")
    found = one_head(traced, 1, 3, 4)
    np.testing.assert_array_equal(shown["q"].ravel(), found.q)
    np.testing.assert_array_equal(shown["k"].ravel(), found.k[2])
    np.testing.assert_allclose(shown["q"] * shown["k"], shown["q × k"], rtol=1e-4)
    dot = f"{shown['q × k'].sum():.4f}"
    assert header["frames"][0]["stages"][-1]["formula"].replace("−", "-").endswith(f"= {dot}")


def test_scores_are_scaled_masked_and_shared_out(traced):
    header, _ = head_page("softmax")
    rows = [unpacked_values(header, i) for i in range(4)]
    found = one_head(traced, 1, 3, 4)
    np.testing.assert_allclose(rows[0], found.dots, rtol=1e-5)
    np.testing.assert_allclose(rows[1][:5], found.dots[:5] / found.scale, rtol=1e-4)
    assert np.isnan(rows[1][5])  # still to come
    np.testing.assert_allclose(rows[2] / rows[2].sum(), rows[3], atol=1e-6)
    assert rows[3].sum() == pytest.approx(1.0, abs=1e-6)


def unpacked_values(header: dict, place: int) -> np.ndarray:
    return header["arrays_"][header["matrices"][place]["values"]["array"]].ravel()


def test_a_long_row_keeps_its_sum():
    text = "To be, or not to be, that is the question of the day that is to come"
    app = page("how-one-head-does-it", step=STEPS["softmax"], model="Shakespeare", prompt_shakespeare=text)
    header, _ = sent(app)
    assert header["matrices"][0]["cols"][-1].endswith("others")
    assert unpacked_values(header, 3).sum() == pytest.approx(1.0, abs=1e-5)
    assert unpacked_values(header, 3).size == 21


@pytest.mark.parametrize("numbers", ["the largest", "all"])
def test_shares_times_values_add_up_to_z(traced, numbers):
    _, shown = head_page("values", numbers=numbers)
    z = traced.layers[1].z[3, 4]
    columns = np.arange(24) if numbers == "all" else np.sort(np.argsort(-np.abs(z), kind="stable")[:8])
    np.testing.assert_array_equal(shown["z"][0], z[columns])
    np.testing.assert_allclose(shown["pattern"] @ shown["v"], shown["z"], atol=1e-5)


def test_a_key_still_to_come_is_told_so():
    header, _ = head_page("softmax", query="2", key="4")
    stage = header["frames"][0]["stages"][0]
    assert "still to come" in stage["title"]
    assert stage["formula"] == "e^(−∞) = 0"


def test_the_heads_name_and_share_are_those_of_the_checkpoint(girls):
    habit = girls.meta["heads"][1][3]
    shown = told(page("how-one-head-does-it", head="2.4", **NAME))
    said = f"Layer 2, head 4: **{habit['name']}**, {habit['share']:.0%} of its attention"
    assert f":gray[text □□]:green[■]:gray[□□□ next] {said}" in shown


# --- a head switched off ----------------------------------------------------------------------------


def test_what_matters_is_the_traces_importance(girls):
    header, shown = sent(page("switch-a-head-off", off="head 1.2", **NAME))
    found = switching.importance(girls.model, girls.vocabulary.encode(".ZUZAN"))
    others = found.heads.copy()  # (L, nh)
    others[0, 1] = np.nan  # what is off has no shade that could be taken for a number
    np.testing.assert_allclose(shown["matters"][:, :4], others, rtol=1e-4, atol=1e-7)
    np.testing.assert_allclose(shown["matters"][:, 4], found.mlps, rtol=1e-4, atol=1e-7)
    np.testing.assert_allclose(shown["matters"][:, 5], found.layers, rtol=1e-4, atol=1e-7)
    assert header["matrices"][0]["instead"] == [[0, 1, "off"]]


@pytest.mark.parametrize(
    ("off", "switches"),
    [
        (["head 1.2"], Switches(heads=frozenset([(0, 1)]))),
        (["MLP 2", "layer 4"], Switches(mlps=frozenset([1]), layers=frozenset([3]))),
    ],
)
def test_both_texts_are_those_of_the_dice(girls, off, switches):
    app = page("switch-a-head-off", off=off, seed="7", **NAME)
    found = switching.compare(girls, ".ZUZAN", 72, Settings(1.0), 7, switches)
    texts = ["".join(tile[0] for tile in lane["tiles"]) for lane in lanes(app)]
    assert texts == [f".ZUZAN{found.on.text}", f".ZUZAN{found.off.text}"]
    marked = [[i for i, tile in enumerate(lane["tiles"]) if tile[3]] for lane in lanes(app)]
    place = [] if found.differs is None else [6 + found.differs]
    assert marked == [[i for i in place if i < len(text)] for text in texts]
    header, shown = sent(app)
    drawn_first = girls.vocabulary.encode(found.on.text[0] + found.off.text[0])
    order = np.argsort(-np.maximum(found.next.before, found.next.after), kind="stable").tolist()
    best = [i for i in order if i in order[: 8 - len(set(drawn_first))] or i in drawn_first]
    assert {*drawn_first} <= {*best}
    assert all(girls.vocabulary.symbols[i] in header["matrices"][1]["title"] for i in drawn_first)
    np.testing.assert_allclose(
        shown["probability"], [found.next.before[best], found.next.after[best]], rtol=1e-6
    )


def test_with_everything_on_there_is_one_text():
    assert len(lanes(page("switch-a-head-off", off=[""], **NAME))) == 1


# --- what each layer guesses ------------------------------------------------------------------------


@pytest.mark.parametrize("colour", ["its guess", "what truly follows"])
def test_guesses_are_those_of_the_logit_lens(girls, traced, colour):
    header, shown = sent(page("what-each-layer-guesses", colour=colour, **NAME))
    lens = trace.logit_lens(girls.model, traced)  # (5, 6, V)
    top, ids = lens.max(axis=-1), girls.vocabulary.encode("ZUZAN")
    symbols = girls.vocabulary.symbols
    text = header["matrices"][0]["texts"][4 * 6 + 2]
    assert text == f"{symbols[lens[4, 2].argmax()]}\u00a0{min(round(100 * float(top[4, 2])), 99)}%"
    if colour == "its guess":
        np.testing.assert_allclose(shown["guess"], top, rtol=1e-4)
    else:
        np.testing.assert_allclose(shown["truth"][:, :5], lens[:, np.arange(5), ids], rtol=1e-4)
    assert header["matrices"][1]["texts"] == [*"ZUZAN", ""]
    np.testing.assert_allclose(lens[-1], traced.probabilities, atol=1e-6)


def test_a_long_prompt_is_shown_in_parts():
    text = "abcdefghij " * 10
    header, _ = sent(
        page("what-each-layer-guesses", model="Shakespeare", prompt_shakespeare=text, **{"from": "2"})
    )
    assert "".join(header["matrices"][0]["cols"]) == text[1:25].replace(" ", "␣")


# --- prompts ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("scene", ["how-one-head-does-it", "switch-a-head-off", "what-each-layer-guesses"])
@pytest.mark.parametrize(
    ("prompt", "message"),
    [
        ("Łódź 😀", "“Ł”, “ó”, “ź”, “😀” never occur in these texts: left out."),
        ("a" * 300, "the last 256 are shown"),
        ("<b>x</b>{}", "never occur in these texts: left out."),
        ("", "nothing to go on with"),
    ],
)
def test_a_prompt_that_cannot_be_read_is_told_and_a_picture_stays(scene, prompt, message):
    app = page(scene, model="Shakespeare", prompt_shakespeare=prompt)
    assert message in "\n".join(part.value for part in app.text)
    assert parts(app, "grid")
    assert "<b>" not in "\n".join(part.value for part in app.markdown)


@pytest.mark.parametrize(
    "query",
    [
        {"head": "9.9", "query": "99", "key": "-3"},
        {"head": "<script>", "step": "null", "off": "head 7.1"},
        {"model": "GPT-4", "numbers": "none", "from": "9999"},
    ],
)
def test_a_hostile_link_shows_the_scene(query):
    for scene in ("how-one-head-does-it", "switch-a-head-off", "what-each-layer-guesses"):
        assert parts(page(scene, **query), "grid")


# --- why a cache ------------------------------------------------------------------------------------


def test_both_ways_write_the_likeliest_characters_and_their_sums_are_counted(girls):
    app = page("why-a-cache", **NAME)
    shown = primitives(app, "text")
    written, ids = ".ZUZAN", girls.vocabulary.encode(".ZUZAN")
    while len(written) == len(".ZUZAN") or not written.endswith("."):
        ids.append(int(trace.trace(girls.model, ids).probabilities[-1].argmax()))
        written += girls.vocabulary.symbols[ids[-1]]
    letters = "".join(
        text["text"] for text in shown if isinstance(text["text"], str) and len(text["text"]) == 1
    )
    assert letters == 2 * written
    counted = caching.count(girls.model.config, 6, len(written) - 6)
    sums = [text["text"]["each"][-1] for text in shown if isinstance(text["text"], dict)]
    for told, work in zip(sums[::2], (counted.anew, counted.kept), strict=True):
        assert told == f"{work.sum() / 1e6:,.0f} million multiplications"
    assert all("ms" in told for told in sums[1::2])
    boxes = [box["title"] for box in primitives(app, "box") if box["title"]]
    assert boxes.count("1 character goes through all layers") == len(written) - 7


def test_a_prompt_that_fills_the_window_still_leaves_room_to_write():
    app = page("why-a-cache", model="Shakespeare", prompt_shakespeare="To be, or not to be. " * 19)
    assert len(drawn(app)["frames"]["titles"]) >= 4


# --- what a neuron reads ----------------------------------------------------------------------------


def test_the_neuron_that_fires_most_is_chosen_and_its_passages_are_the_models_own(girls, traced):
    app = page("what-a-neuron-reads", part_layer="2", **NAME)
    now = traced.layers[1].mlp_post[-1]
    neuron = int(now.argmax())
    np.testing.assert_allclose(sent(app)[1]["neuron"].ravel(), now, rtol=1e-4, atol=1e-5)
    assert f"neuron {neuron + 1}:" in told(app)
    *found, pushed = lanes(app)
    for lane, passage in zip(found, neurons.fired(girls, passages_of(girls), 1, neuron), strict=True):
        assert "".join(tile[0] for tile in lane["tiles"]) == passage.text
        values = trace.trace(girls.model, girls.vocabulary.encode(passage.text)).layers[1].mlp_post
        assert [tile[2].split(": ")[1] for tile in lane["tiles"]] == [
            f"{value:.3f}".replace("-", "−") for value in values[:, neuron]
        ]
    most = neurons.pushes(girls.model, 1, neuron)
    symbols = girls.vocabulary.symbols
    assert pushed["tiles"][0][0] == symbols[int(most.argmax())]
    assert pushed["tiles"][-1][0] == symbols[int(most.argmin())]


def test_a_head_shows_where_its_habit_shows(girls):
    app = page("what-a-neuron-reads", part="a head", part_layer="2", part_head="4", **NAME)
    habit = girls.meta["heads"][1][3]["name"]
    assert habit in told(app)
    for lane in lanes(app):
        text = "".join(tile[0] for tile in lane["tiles"])
        pattern = trace.trace(girls.model, girls.vocabulary.encode(text)).layers[1].pattern[3]
        share = (pattern * habits.keys(habit, text)).sum() / len(text)
        assert f"{share:.0%} of its attention" in lane["title"]


def passages_of(loaded) -> dict[str, np.ndarray]:
    return checkpoints.passages(loaded.meta["name"])
