"""The receipt at its own address and as a dialog: what is shown is what the steps say; bad links are told."""

import hashlib
import json
from types import SimpleNamespace

import pytest
from streamlit.testing.v1 import AppTest

from explainer import checkpoints, names
from explainer.models.bigram import count_pairs
from explainer.traces import receipt as trace
from explainer.training.queue import DONE, Report
from explainer.ui import own_models
from explainer.ui.catalogue import called
from explainer.ui.chapters import PAGES
from explainer.ui.words import Source, word_list
from tests.scenes import APP, ask, open_scene


def linked(**query: str) -> AppTest:
    """Open a receipt by its address."""
    app = open_scene("receipt.py", "", **query)
    assert [e.message for e in app.exception] + [e.value for e in app.error] == []
    return app


def step(app: AppTest) -> dict:
    """Return the step on the screen as it is sent to the browser."""
    parts = [part.proto for part in app.get("bidi_component") if part.proto.component_name == "receipt"]
    return json.loads(parts[-1].json)


def told(app: AppTest) -> str:
    return "\n".join(part.value for kind in ("text", "markdown") for part in app.get(kind))


def number(text: str) -> float:
    """Return a number as it is shown."""
    return float(text.replace("−", "-").replace(",", "").removesuffix(" %"))


def shown_sum(sent: dict) -> float:
    """Return the sum of all lines, the rest included."""
    return sum(number(line["text"]) for line in [*sent["lines"], *([sent["rest"]] if sent["rest"] else [])])


@pytest.mark.parametrize("model", ["girls-bigram", "boys-mlp", "girls-gpt"])
def test_the_probability_is_the_models(model):
    loaded = checkpoints.load(model)
    expected = trace.receipt(loaded.model, loaded.vocabulary, "AN", "A").step("").result
    sent = step(linked(model=model, context="AN", next="A"))
    assert number(sent["formula"][-1]["text"]) == pytest.approx(100 * expected, abs=0.01)
    assert sent["asked"] == f"{called(model)}: after “AN”, how probable is “A”?"
    assert (sent["where"] and sent["where"]["part"]) == ("softmax" if model == "girls-gpt" else None)
    assert sent["good"]


def test_the_lines_that_are_shown_add_up():
    column = names.VOCABULARY.encode("N")[0]
    sent = step(linked(model="girls-mlp", context="AN", next="N", step=f"logit-{column}"))
    assert len(sent["lines"]) == 10
    assert sent["rest"]["label"] == "and 191 more"
    logit = number(sent["crumbs"][-1]["text"])
    assert shown_sum(sent) == pytest.approx(logit, abs=6e-4)  # eleven numbers, each rounded to four decimals
    assert sent["check"].endswith(sent["crumbs"][-1]["text"])
    sizes = [abs(number(line["text"])) for line in sent["lines"]]
    assert sizes == sorted(sizes, reverse=True)


@pytest.mark.parametrize(
    ("model", "path", "sign"),
    [
        ("girls-mlp", "", "≈"),
        ("girls-gpt", "", "≈"),
        ("girls-bigram", "", "≈"),
        ("girls-mlp", f"logit-{names.VOCABULARY.encode('N')[0]}", "≈"),
    ],
)
def test_a_rounded_result_is_not_called_equal(model, path, sign):
    sent = step(linked(model=model, context="AN", next="N", step=path))
    assert sent["formula"][-2] == sign


def test_a_sum_of_whole_numbers_is_equal():
    sent = step(linked(model="girls-bigram", context="AN", next="N", step="pair-17"))
    assert sent["formula"][-2] == "="


def test_a_link_restores_the_way_to_its_step():
    column = names.VOCABULARY.encode("N")[0]
    path = f"logit-{column}/head-{column}-3-1/pattern-3-1-2-1/score-3-1-2-1"
    sent = step(linked(model="girls-gpt", context="AN", next="N", step=path))
    assert [crumb["name"] for crumb in sent["crumbs"]] == [
        "probability", "logit of N", "head 4.2", "attention to A", "score of A",
    ]  # fmt: skip
    assert f"step=logit-{column}%2Fhead" in sent["link"]
    assert all("×" in " ".join(p for p in line["operands"] if isinstance(p, str)) for line in sent["lines"])


def test_a_long_way_keeps_its_beginning_and_its_end():
    path = "logit-1/head-1-3-1/pattern-3-1-2-1/score-3-1-2-1/q-3-1-2-0/ln-6-2-0/x-6-2-0/attn-0-2-0"
    sent = step(linked(model="girls-gpt", context="AN", next="N", step=path))
    assert sent["crumbs"][0]["name"] == "probability"
    assert sent["crumbs"][-1]["name"] == "attention of layer 1"
    assert sent["hidden"]["count"] + len(sent["crumbs"]) == 9


@pytest.mark.parametrize("view", ["", "~products"])
def test_a_gpts_logit_is_taken_apart_in_two_ways(view):
    sent = step(linked(model="girls-gpt", context="AN", next="N", step=f"logit-17{view}"))
    here = "number by number" if view else "part by part"
    assert [(v["name"], v["path"] is None) for v in sent["views"]] == [
        (name, name == here) for name in ("part by part", "number by number")
    ]
    assert len(sent["lines"]) + int(sent["rest"]["label"].split()[1]) == (96 if view else 22)


def test_an_address_without_a_model_shows_an_example():
    assert step(linked())["asked"] == "GPT, girls’ names: after “AN”, how probable is “N”?"


@pytest.mark.parametrize(
    ("query", "advice"),
    [
        ({"model": "nobody", "next": "A"}, "No model has the name"),
        ({"model": "../girls-mlp", "next": "A"}, "No model has the name"),
        ({"model": "<script>alert(1)</script>", "next": "A"}, "No model has the name"),
        ({"model": "girls-mlp", "context": "A5", "next": "A"}, "never seen “5”"),
        ({"model": "girls-mlp", "context": "<b>x</b>", "next": "A"}, "never seen"),
        ({"model": "girls-gpt", "context": "AN"}, "exactly one"),
        ({"model": "girls-gpt", "context": "AN", "next": "NA"}, "exactly one"),
        ({"model": "shakespeare", "next": "a"}, "at least one character"),
        ({"model": "shakespeare", "context": "a" * 30_000, "next": "a"}, "at most 20,000"),
        ({"model": "girls-mlp", "context": "AN", "next": "N", "step": "h-9"}, "no such step"),
        ({"model": "girls-mlp", "context": "AN", "next": "N", "step": "\x00<i>"}, "no such step"),
        ({"model": "girls-gpt", "context": "AN", "next": "N", "step": "x/" * 5_000}, "too long"),
        ({"model": "yours-mlp", "next": "A"}, "lived only in the visit"),
        ({"model": f"yours@{'0' * 16}", "next": "A"}, "lived only in the visit"),
        ({"model": "yours@", "next": "A"}, "lived only in the visit"),
        ({"model": "girls-mlp@", "next": "A"}, "lived only in the visit"),
        ({"model": "../girls-mlp@0", "next": "A"}, "lived only in the visit"),
        ({"model": "nobody@0123", "next": "A"}, "missing its file"),
        ({"model": "learned_girl_names_21_101_50_0.01", "next": "A"}, "No model has the name"),
        ({"model": "learned_girl_names_21_100_51_0.01", "next": "A"}, "No model has the name"),
        ({"model": "learned_girl_names_21_100_50_nan", "next": "A"}, "No model has the name"),
        ({"model": "counted_own_names_21_0_all", "next": "A"}, "lived only in the visit"),
        ({"model": "counted_girl_names_21_nan_all", "next": "A"}, "No model has the name"),
        ({"model": "counted_girl_names_x_0_all", "next": "A"}, "No model has the name"),
        ({"model": "counted_girl_names_21_0_test", "next": "A"}, "No model has the name"),
        ({"model": "counted_girl", "next": "A"}, "No model has the name"),
        ({"model": "nudged_girls_A_1.0_inf", "next": "A"}, "No model has the name"),
        ({"model": "nudged_girls_A_1.0", "next": "A"}, "No model has the name"),
        ({"model": "nudged_girls__1_1", "next": "A"}, "No model has the name"),
    ],
)
def test_a_bad_link_says_what_to_do(query, advice):
    app = linked(**query)
    assert advice in told(app)
    assert not any("<script>" in part.value for part in app.markdown)


def test_a_long_text_counts_by_its_end():
    sent = step(linked(model="shakespeare", context="Juliet " * 1_400, next="R"))
    assert sent["asked"].startswith("GPT, Shakespeare: after “…")
    assert len(sent["asked"]) < 160


def test_a_link_keeps_the_window_that_was_read():
    text = "Juliet " * 60
    whole, window, end = (
        step(linked(model="shakespeare", context=c, next="R", **q))
        for c, q in ((text, {}), (text, {"read": "128"}), (text[-128:], {}))
    )
    assert window["formula"] == end["formula"] != whole["formula"]
    assert window["asked"].endswith("The model read the last 128 characters.")
    assert whole["asked"].endswith("The model read the last 256 characters.")
    assert "read=128" in window["link"]
    assert "read" not in end["link"]


@pytest.mark.parametrize("read", ["", "0", "-1", "x", "9" * 400, "²", "1e3", "<b>", "20"])
def test_a_window_that_makes_no_sense_is_the_whole_text(read):
    asked = {"model": "girls-gpt", "context": "AN", "next": "A"}
    assert step(linked(**asked, read=read)) == step(linked(**asked))


def test_the_counted_bigram_of_a_link_is_counted_again():
    sent = step(linked(model="counted_boy_names_100_0.5_all", context="K", next="A"))
    found = word_list(Source("boy", 100))
    counts = count_pairs(found.words, found.vocabulary)
    k, a = found.vocabulary.encode("KA")
    assert sent["lines"][0]["text"] == f"{counts[k, a].item() + 0.5:,g}"


def test_the_learned_bigram_of_a_link_is_learned_again():
    sent = step(linked(model="learned_girl_names_21_10_50_0.01", context="N", next="A", step="logit-1"))
    used = [line for line in sent["lines"] if line["operands"][0]["text"] == "1"]
    assert [line["label"] for line in used] == ["N"]
    assert sent["good"]


def test_a_nudged_letter_changes_what_is_looked_up():
    where = [
        step(linked(model=f"nudged_girls_A_{x}_0.500", context="A", next="N"))["formula"][-1]["text"]
        for x in ("-3.000", "3.000")
    ]
    assert where[0] != where[1]


@pytest.mark.parametrize(
    ("file", "scene"),
    [
        ("bigram.py", "probabilities"),
        ("bigram.py", "sample"),
        ("bigram.py", "how-good"),
        ("bigram.py", "counting-is-learning"),
        ("mlp.py", "structure"),
        ("mlp.py", "forward-pass"),
        ("training.py", "nudge-a-letter"),
    ],
)
def test_the_button_beside_the_dots_opens_the_receipt(file, scene):
    app = open_scene(file, scene)
    ask(app, "receipt")
    assert [e.message for e in app.exception] == []
    sent = step(app)
    assert sent["place"] == "dialog"
    assert sent["good"]
    assert sent["crumbs"][0]["name"] == "probability"


class Trained:
    """A training of one's own that has ended with a model."""

    owner = "nobody"

    def __init__(self, name: str) -> None:
        loaded, recorded = checkpoints.load(name), checkpoints.history(name)
        self.trained, self.history = lambda: loaded.model, lambda: recorded
        self.report = lambda: Report(DONE, None, None)
        facts = {"data": "names", "seed": 1, "recipe": {}}
        self.about = SimpleNamespace(vocabulary=loaded.vocabulary, facts=lambda: facts)


def own_receipt(app: AppTest, job: Trained, model: str) -> AppTest:
    """Ask for a receipt of a model by its address, in a visit with a training that has ended."""
    app.session_state["training_job"] = job
    app.run().switch_page(str(PAGES / "receipt.py"))
    for key, value in {"model": model, "context": "EWA", "next": "."}.items():
        app.query_params[key] = value
    return app.run()


def key_of(job: Trained) -> str:
    """Return the key of what a training has ended with, by the checksum of the file that holds it."""
    files = own_models._files(job)
    data = next(data for name, data in files.items() if name == "my-mlp.safetensors")
    return f"yours@{hashlib.sha256(data).hexdigest()[:16]}"


@pytest.mark.parametrize("model", ["{}", "nudged_{}_A_1.5_-0.5"])
def test_a_model_trained_in_this_visit_has_receipts(model):
    job, loaded = Trained("girls-mlp-2d"), checkpoints.load("girls-mlp-2d")
    app = AppTest.from_file(str(APP), default_timeout=60)
    sent = step(own_receipt(app, job, model.format(key_of(job))))
    expected = trace.receipt(loaded.model, loaded.vocabulary, "EWA", ".").step("").result
    same = number(sent["formula"][-1]["text"]) == pytest.approx(100 * expected, abs=0.006)
    assert same == (model == "{}")
    assert sent["good"]


@pytest.mark.parametrize("model", ["{}", "nudged_{}_A_1.5_-0.5"])
def test_a_link_to_one_training_never_shows_a_receipt_of_the_next(model):
    earlier, later = Trained("girls-mlp-2d"), Trained("boys-mlp-2d")
    app = AppTest.from_file(str(APP), default_timeout=60)
    step(own_receipt(app, earlier, model.format(key_of(earlier))))
    assert "lived only in the visit" in told(own_receipt(app, later, model.format(key_of(earlier))))


@pytest.mark.parametrize("model", ["{}", "nudged_{}_A_1.5_-0.5"])
def test_nobody_gets_a_receipt_of_another_visitors_model(model):
    job = Trained("girls-mlp-2d")
    asked = model.format(key_of(job))
    step(own_receipt(AppTest.from_file(str(APP), default_timeout=60), job, asked))  # it is kept by now
    other = AppTest.from_file(str(APP), default_timeout=60)
    assert "lived only in the visit" in told(own_receipt(other, None, asked))


def test_a_list_of_ones_own_has_receipts():
    app = open_scene("bigram.py", "probabilities", bigram_names="your own list", bigram_list="ZOË\nZOË\nLEO")
    ask(app, "receipt")
    sent = step(app)
    assert sent["asked"].startswith("counted, your own list")
    assert sent["good"]


def test_a_shipped_count_opens_to_the_names_it_was_counted_in():
    sent = step(linked(model="girls-bigram", context="AN", next="N", step="pair-17"))
    counted = checkpoints.load("girls-bigram").model.counts
    n = names.VOCABULARY.encode("N")[0]
    assert n == 17
    assert sent["formula"][-1]["text"] == f"{int(counted[n, n]):,}"
    assert all("NN" in line["label"] for line in sent["lines"])
    assert sent["good"]
