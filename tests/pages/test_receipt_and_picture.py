"""A receipt explains the very number in the picture that it was opened from, for every model of a visit."""

import base64
import json
import re
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from explainer import checkpoints
from explainer.components.grid import unpacked
from explainer.training.queue import DONE, Report
from explainer.ui.catalogue import GPTS, KINDS
from explainer.ui.chapters import PAGES
from explainer.ui.receipt.wording import percent
from explainer.ui.scenes import bigram, gpt
from tests.drawings import unfolded
from tests.scenes import APP, ask, open_scene, part, plotted, tell
from tests.unit.test_attention_component import unpacked as unpacked_text

TEXTS = ("shakespeare", "polish-books", "pan-tadeusz")
LONG = "It was the best of times, it was the worst of times, it was the age of wisdom. " * 5  # over 256
WRITTEN = "and the sea went in and out of the bay as if it had been asked to by somebody, "


def receipt(app: AppTest) -> dict:
    """Return the receipt on the screen as it is sent to the browser."""
    shown = [p.proto for p in app.get("bidi_component") if p.proto.component_name == "receipt"]
    assert [e.message for e in app.exception] == []
    assert shown, [text.value for text in app.text]
    return json.loads(shown[-1].json)


def explains(app: AppTest, seen: float, place: str = "dialog", slack: float = 0.0) -> dict:
    """Fail if the receipt on the screen is of another probability than the one in the picture.

    Args:
        slack: by which the picture has rounded.
    """
    sent = receipt(app)
    assert sent["place"] == place
    assert sent["good"]
    told = sent["formula"][-1]["text"]
    near = {percent(max(0.0, seen + by)) for by in (0, -slack, slack, -2e-7 * seen, 2e-7 * seen)}
    assert told in near or (slack and abs(number(told) - 100 * seen) <= 100 * slack), sent["asked"]
    return sent


def number(told: str) -> float:
    """Return a percentage as it is shown."""
    mantissa, _, power = told.removesuffix(" %").partition("·10")
    raised = power.translate(str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789"))
    return float(mantissa) * 10.0 ** int(raised or 0)


def pressed(app: AppTest, grid: str, matrix: int, row: int, col: int) -> AppTest:
    return tell(app, [(part(app, grid).id, "press", {"matrix": matrix, "row": row, "col": col})])


def picked(app: AppTest, drawing: str, pick: str | int) -> AppTest:
    return tell(app, [(part(app, drawing).id, "pick", pick)])


def grid(app: AppTest, key: str) -> tuple[dict, list[np.ndarray]]:
    return unpacked(part(app, key).bytes)


def primitives(app: AppTest, key: str) -> list[dict]:
    return unfolded(json.loads(part(app, key).json))["primitives"]


def lengths(app: AppTest, key: str) -> list[float]:
    """Return how long the bars of a figure are, from the top down."""
    return list(next(trace.x for trace in plotted(app, key).data if trace.type == "bar"))


def guessed(app: AppTest) -> np.ndarray:
    """Return the probabilities (V,) of what follows a nudge, by what the browser works them out from."""
    sent = json.loads(part(app, "training_nudge").json)
    read = {
        name: np.frombuffer(base64.b64decode(sent[name]), "<f4").astype(float)
        for name in ("C", "W1", "b1", "W2", "b2")
    }
    C = read["C"].reshape(-1, 2)
    C[sent["moved"]] += sent["by"]
    x = C[sent["context"]].ravel()
    h = np.tanh(x @ read["W1"].reshape(len(x), -1) + read["b1"])
    logits = h @ read["W2"].reshape(len(h), -1) + read["b2"]
    shares = np.exp(logits - logits.max())
    return shares / shares.sum()


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (1.0, "100.00 %"),
        (0.40761, "40.76 %"),
        (0.00104, "0.10 %"),
        (0.000999, "0.0999 %"),
        (0.0000104, "0.0010 %"),
        (0.0000099, "9.9·10⁻⁴ %"),
        (0.00000142, "1.4·10⁻⁴ %"),
        (3.4e-9, "3.4·10⁻⁷ %"),
        (0.0, "0.00 %"),
    ],
)
def test_a_percentage_keeps_two_digits_however_small_it_is(value, told):
    assert percent(value) == told
    assert number(told) == pytest.approx(100 * value, rel=0.05)


# --- bigrams ----------------------------------------------------------------------------------------

SOURCES = [
    {"bigram_names": "boys"},
    {"bigram_names": "both", "bigram_bearers": "1000"},
    {"bigram_weighted": "true"},
    {"bigram_names": "your own list", "bigram_list": "ZOË\nLEO\nOLEG\nELA"},
]


@pytest.mark.parametrize(
    ("query", "smoothing"),
    [*(({}, s) for s in bigram.SMOOTHINGS), *((q, s) for q in SOURCES for s in (0, 0.3))],
)
def test_a_counted_table(query, smoothing):
    app = open_scene("bigram.py", "probabilities", bigram_smoothing=str(smoothing), **query)
    header, arrays = grid(app, "bigram_probabilities")
    shares = arrays[header["matrices"][1]["values"]["array"]]
    for row, col in ((0, int(shares[0].argmax())), (1, 0), (2, 3)):
        explains(pressed(app, "bigram_probabilities", 1, row, col), shares[row, col])
    explains(ask(app, "receipt"), shares[0].max())


@pytest.mark.parametrize(
    ("query", "smoothing"), [({}, s) for s in bigram.SMOOTHINGS[::3]] + [(q, 1) for q in SOURCES[:3]]
)
def test_how_good_a_counted_table_is(query, smoothing):
    asked = {"bigram_added": str(smoothing)} if smoothing else {"bigram_judge": "without smoothing"}
    app = open_scene("bigram.py", "how-good", bigram_name="EWA", **asked, **query)
    titles = [box["title"] for box in primitives(app, "bigram_spelled") if box["kind"] == "box"]
    assert [title[:2] for title in titles] == ["·E", "EW", "WA", "A·"]
    for place, title in enumerate(titles):
        chance = number(f"{re.search(r'−ln ([^ ]+) =', title)[1]} %")
        explains(picked(app, "bigram_spelled", str(place)), chance, slack=6e-4)


@pytest.mark.parametrize("smoothing", [0, 3])
def test_a_drawn_name(smoothing):
    app = open_scene("bigram.py", "sample", bigram_way="one name", bigram_smoothing=str(smoothing))
    boxes = [p for p in primitives(app, "bigram_sample_whole") if p["kind"] == "box"]
    letter = re.search("“(.)”", receipt(ask(app, "receipt"))["asked"]).group(1)
    box = boxes[checkpoints.read_meta("girls-bigram")["symbols"].index(letter)]
    explains(app, box["x1"] - box["x0"], slack=1e-4)


@pytest.mark.parametrize(
    ("steps", "rate", "pull", "query"),
    [
        (100, 50, 0.01, {}),
        (10, 1, 0, {"bigram_names": "boys"}),
        (30, 20, 0.1, {"bigram_names": "both"}),
        (
            300,
            10,
            0.001,
            {"bigram_names": "your own list", "bigram_list": "\n".join(["ZOË", "LEO", "ELA"] * 9)},
        ),
    ],
)
def test_a_learned_table(steps, rate, pull, query):
    query = {"bigram_steps": str(steps), "bigram_rate": str(rate), "bigram_pull": str(pull), **query}
    app = open_scene("bigram.py", "counting-is-learning", **query)
    header, arrays = grid(app, "bigram_learning")
    learned = arrays[header["frames"][0]["values"]["array"]][-1]
    counted = arrays[header["matrices"][1]["values"]["array"]]
    for row, col in ((0, int(learned[0].argmax())), (2, 1)):
        explains(pressed(app, "bigram_learning", 0, row, col), learned[row, col])
        explains(pressed(app, "bigram_learning", 1, row, col), counted[row, col])


# --- perceptrons ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "query", [{}, {"mlp_sex": "boys", "mlp_name": "JAN", "mlp_read": "3"}, {"mlp_read": "0"}]
)
def test_a_perceptron(query):
    app = open_scene("mlp.py", "forward-pass", mlp_step="softmax", **query)
    header, arrays = grid(app, "mlp_step_softmax")
    shares = arrays[header["matrices"][2]["values"]["array"]][0]
    for col in (int(shares.argmax()), 0, int(shares.argmin())):
        explains(pressed(app, "mlp_step_softmax", 2, 0, col), shares[col])
    explains(ask(app, "receipt"), shares.max())


@pytest.mark.parametrize("run", ["girls", "boys"])
def test_a_perceptron_with_a_letter_moved(run):
    app = open_scene("training.py", "nudge-a-letter", training_letters=run, training_right="-3.3")
    after = guessed(app)
    for letter in np.argsort(-after)[:3].tolist():
        explains(picked(app, "training_nudge", letter), after[letter], slack=1e-4)


class Ended:
    """A training that was asked for, as it ends; it runs here, and not when the machine has nothing to do."""

    owner = "nobody"

    def __init__(self, job) -> None:
        job.stop()
        trainer = job.about.trainer()
        trainer.advance(100)
        self.about, self.history, self.trained = job.about, trainer.history, trainer.trained
        self.notes, self.watch = (), trainer.snapshot
        self.report = lambda: Report(DONE, None, None)


def test_a_perceptron_that_was_trained_in_this_visit():
    shape = {"training_block": "2", "training_embedding": "2", "training_hidden": "20"}
    app = open_scene("training.py", "live", training_steps_better="500", **shape)
    app.button(key="training_start").click().run()
    app.session_state["training_job"] = Ended(app.session_state["training_job"])
    app.run()
    card = json.loads(part(app, "training_made").json)["cards"][0]
    key = asked_of(ask(app, "receipt"))
    app = tell(app, [(part(app, "training_made").id, "open", {"card": 0, "letter": 1})])
    explains(app, card["letters"][1]["probability"])
    for place, letter in enumerate(card["name"] + "."):
        told = linked(app, model=key, context=card["name"][:place], next=letter)
        assert told == pytest.approx(card["letters"][place]["probability"], abs=6e-5)
    app.switch_page(str(PAGES / "training.py"))
    app.query_params.update(scene="nudge-a-letter", training_letters="yours")
    explains(picked(app.run(), "training_nudge", 1), guessed(app)[1], slack=1e-4)


def asked_of(app: AppTest) -> str:
    """Return the model that the receipt on the screen is of, by its link."""
    return parse_qs(urlsplit(receipt(app)["link"]).query)["model"][0]


def linked(app: AppTest, **query: str) -> float:
    """Return the probability at the receipt's own address."""
    app.switch_page(str(PAGES / "receipt.py"))
    app.query_params.update(query)
    terms = receipt(app.run())["formula"]
    return number(terms[-1]["text"]) / 100


# --- a visitor's own, by its file ----------------------------------------------------------------------


def test_a_bigram_that_learned_by_gradient_in_this_visit_reads_as_learned():
    app = open_scene("training.py", "live", training_kind="bigram, by gradient")
    app.button(key="training_start").click().run()
    app.session_state["training_job"] = Ended(app.session_state["training_job"])
    app.run()
    sent = receipt(ask(app, "receipt"))
    assert "softmax" in sent["told"]
    [logit] = [piece for piece in sent["lines"][0]["operands"] if isinstance(piece, dict) and piece["path"]]
    told = {key: value[0] for key, value in parse_qs(urlsplit(sent["link"]).query, True).items()}
    app.switch_page(str(PAGES / "receipt.py"))
    app.query_params.update(told | {"step": logit["path"]})
    shown = receipt(app.run())
    assert "of W" in shown["told"]
    assert shown["good"]


def with_own(page: str, scene: str, name: str, **chosen: str) -> AppTest:
    """Open a scene in a visit that has loaded a model from its files.

    Args:
        chosen: controls that are set to it.
    """
    files = {path.name: path.read_bytes() for path in checkpoints.FOLDER.glob(f"{name}.*")}
    app = AppTest.from_file(str(APP), default_timeout=60)
    app.session_state["own_model"] = files
    app.run().switch_page(str(PAGES / page))
    app.query_params.update(scene=scene, **chosen)
    return app.run()


def of_own(app: AppTest, name: str) -> None:
    """Fail if the receipt on the screen is not of the visitor's own model."""
    assert asked_of(app) == f"yours@{checkpoints.read_meta(name)['sha256'][:16]}"


@pytest.mark.parametrize("kind", ["bigram", "mlp", "gpt"])
def test_a_card_of_ones_own(kind):
    name, label = f"boys-{kind}", f"{KINDS[kind]}, yours, from a file"
    app = with_own("welcome.py", "name-your-baby", name, welcome_model=label)
    letters = json.loads(part(app, "welcome_names").json)["cards"][1]["letters"]
    for place in (2, len(letters) - 1):
        app = tell(app, [(part(app, "welcome_names").id, "open", {"card": 1, "letter": place})])
        explains(app, letters[place]["probability"])
        of_own(app, name)


@pytest.mark.parametrize("kind", ["bigram", "mlp", "gpt"])
def test_a_fifth_answer(kind):
    app = with_own("compare.py", "one-prefix", f"boys-{kind}")
    rows = json.loads(part(app, "compare_answers").json)["rows"]
    assert rows[4]["label"] == f"{KINDS[kind]}, yours, from a file"
    column = int(np.argmax(rows[4]["probabilities"]))
    app = tell(app, [(part(app, "compare_answers").id, "open", {"row": 4, "column": column})])
    explains(app, rows[4]["probabilities"][column], slack=1e-6)
    of_own(app, f"boys-{kind}")


@pytest.mark.parametrize("scene", ["structure", "forward-pass"])
def test_a_perceptron_of_ones_own(scene):
    label = "yours, from a file"
    app = with_own("mlp.py", scene, "boys-mlp-2d", mlp_sex=label, mlp_step="softmax", mlp_name="JAN")
    seen = explained(ask(app, "receipt"))
    of_own(app, "boys-mlp-2d")
    if scene == "forward-pass":
        header, arrays = grid(app, "mlp_step_softmax")
        shares = arrays[header["matrices"][2]["values"]["array"]][0]
        assert seen == pytest.approx(shares.max(), abs=1e-4)
        explains(pressed(app, "mlp_step_softmax", 2, 0, 0), shares[0])
        of_own(app, "boys-mlp-2d")


def explained(app: AppTest) -> float:
    """Return the probability of the receipt on the screen."""
    return number(receipt(app)["formula"][-1]["text"]) / 100


def test_a_text_of_ones_own():
    app = with_own("attention.py", "who-looks-at-whom", "boys-gpt", attention_model="yours, from a file")
    explains_a_written_one(app, 1)
    of_own(app, "boys-gpt")


@pytest.mark.parametrize("scene", ["switch-a-head-off", "what-each-layer-guesses"])
def test_heads_and_layers_of_ones_own(scene):
    app = with_own("attention.py", scene, "boys-gpt", attention_model="yours, from a file")
    key, row = ("attention_switches", 0) if scene == "switch-a-head-off" else ("attention_lens", -1)
    header, arrays = grid(app, key)
    shares = arrays[header["matrices"][1 if row == 0 else 0]["values"]["array"]]
    if row == 0:
        explains(pressed(app, key, 1, 0, 0), shares[0, 0])
        of_own(app, "boys-gpt")
    app.button(key="attention_open").click().run()
    of_own(app, "boys-gpt")


def test_the_architecture_of_ones_own():
    app = with_own("gpt.py", "architecture", "boys-gpt", gpt_model="yours, from a file")
    [guess] = [p for p in primitives(app, "gpt_decoder") if p.get("pick") == "guess 0"]
    seen = float(re.search(r": ([\d.]+)%;", guess["title"]).group(1)) / 100
    explains(picked(app, "gpt_decoder", "guess 0"), seen, slack=6e-4)
    of_own(app, "boys-gpt")


# --- names, by all models ---------------------------------------------------------------------------


@pytest.mark.parametrize("sex", ["girls", "boys"])
@pytest.mark.parametrize("prefix", ["MAR", "", "MARYKATARZYNKA"])
def test_four_answers(sex, prefix):
    app = open_scene("compare.py", "one-prefix", compare_sex=sex, compare_prefix=prefix)
    rows = json.loads(part(app, "compare_answers").json)["rows"]
    assert len(rows) == 4
    for i, row in enumerate(rows):
        column = int(np.argmax(row["probabilities"]))
        event = {"row": i, "column": column}
        app = tell(app, [(part(app, "compare_answers").id, "open", event)])
        explains(app, row["probabilities"][column], slack=1e-6)


@pytest.mark.parametrize("sex", ["girl", "boy"])
@pytest.mark.parametrize("kind", ["bigram", "MLP", "GPT"])
def test_a_card(sex, kind):
    wild = {"welcome_temperature": "wild · 1.7"}
    app = open_scene("welcome.py", "name-your-baby", welcome_sex=sex, welcome_model=kind, **wild)
    letters = json.loads(part(app, "welcome_names").json)["cards"][1]["letters"]
    for place in (2, len(letters) - 1):
        app = tell(app, [(part(app, "welcome_names").id, "open", {"card": 1, "letter": place})])
        explains(app, letters[place]["probability"])


# --- GPTs -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("model", list(gpt.available().values()))
@pytest.mark.parametrize("text", ["", "MARIANNA", "O, ROMEO " * 4])
def test_the_architecture(model, text):
    app = open_scene("gpt.py", "architecture", gpt_model=model, gpt_text=text)
    for rank in ("0", "3"):
        [guess] = [p for p in primitives(app, "gpt_decoder") if p.get("pick") == f"guess {rank}"]
        seen = float(re.search(r": ([\d.]+)%;", guess["title"]).group(1)) / 100
        explains(picked(app, "gpt_decoder", f"guess {rank}"), seen, slack=6e-4)


def prompts(model: str) -> list[str]:
    """Return a short prompt, one that fills the window nearly, and one that is longer than it."""
    known = set(checkpoints.read_meta(model)["symbols"])
    readable = "".join(c for c in LONG if c in known)
    return [readable[:9], readable[:250], readable[:390]]


@pytest.mark.parametrize(("model", "which"), [(m, w) for m in TEXTS for w in range(3)])
def test_a_text_that_is_written(model, which):
    kept = WRITTEN * 4
    query = {
        f"attention_prompt_{model}": prompts(model)[which],
        "attention_text": kept,
        "attention_at": "310",
    }
    app = open_scene("attention.py", "who-looks-at-whom", attention_model=GPTS[model], **query)
    for position in (1, 8, 150, 300):
        explains_a_written_one(app, position)


@pytest.mark.parametrize("written", ["", "ANNAMARIAELŻBIETAEWA"])
@pytest.mark.parametrize("model", ["girls-gpt", "boys-gpt"])
def test_a_name_that_is_written(model, written):
    query = {f"attention_prompt_{model}": "MARYANNAZOFI", "attention_text": written, "attention_at": "22"}
    app = open_scene("attention.py", "who-looks-at-whom", attention_model=GPTS[model], **query)
    for position in {1, min(3, len(written) + 1), len(written) + 1}:
        explains_a_written_one(app, position)


def explains_a_written_one(app: AppTest, position: int) -> None:
    header, arrays = unpacked_text(part(app, "attention_view").bytes)
    first, tokens = len(header["kept"]), [*header["kept"], *arrays["tokens"].tolist()]
    shares = arrays["probabilities"].reshape(-1, len(header["stream"]["symbols"]))[position - 1 - first]
    for token in (tokens[position - 1], int(shares.argmax())):
        told = {"context": [*header["stream"]["prompt"], *tokens[: position - 1]], "token": token}
        app = tell(app, [(part(app, "attention_view").id, "receipt", told)])
        explains(app, float(shares[token]))


NAMED = {"girls-gpt": "MARYANNAZOFIAELŻBIETA", "boys-gpt": "JAN"}


@pytest.mark.parametrize(
    ("model", "prompt"),
    [*NAMED.items(), ("shakespeare", "ROMEO:↵O,␣"), ("pan-tadeusz", prompts("pan-tadeusz")[2])],
)
def test_heads_and_layers(model, prompt):
    query = {"attention_model": GPTS[model], f"attention_prompt_{model}": prompt}
    app = open_scene("attention.py", "switch-a-head-off", **query)
    header, arrays = grid(app, "attention_switches")
    shares = arrays[header["matrices"][1]["values"]["array"]]
    for col in (0, 3):
        explains(pressed(app, "attention_switches", 1, 0, col), shares[0, col])
    explains(app.button(key="attention_open").click().run(), shares[0].max())
    app = open_scene(
        "attention.py", "what-each-layer-guesses", attention_colour="what truly follows", **query
    )
    header, arrays = grid(app, "attention_lens")
    true = arrays[header["matrices"][0]["values"]["array"]]
    for col in (0, true.shape[1] // 2, true.shape[1] - 1):
        explains(pressed(app, "attention_lens", 1, 0, col), true[-1, col])
