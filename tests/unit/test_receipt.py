"""Receipts: at every step the terms come to the number that the model used."""

import functools
import random
from itertools import takewhile

import numpy as np
import pytest
import torch

from explainer import checkpoints
from explainer.models.bigram import CountedBigram, NeuralBigram, count_pairs, initial_weights
from explainer.models.mlp import build_dataset
from explainer.traces import backpropagation, gpt, training_step
from explainer.traces.bigram import probability_table
from explainer.traces.receipt import FORMS, BadReceipt, Receipt, receipt, walk
from explainer.traces.receipt.bigram import Counted
from explainer.traces.receipt.gradient import GraphSlope, Slope
from explainer.ui.receipt.wording import text
from explainer.vocabulary import UnknownCharacter, Vocabulary

NAMES = sorted(path.stem for path in checkpoints.FOLDER.glob("*.safetensors") if "." not in path.stem)
NAMES = [name for name in NAMES if (checkpoints.FOLDER / f"{name}.json").exists()]
load = functools.cache(checkpoints.load)
TOLERANCE = 1e-4  # of the largest number that is added up, and of one


def sound(step, where: str) -> None:
    """Fail if a step's terms do not come to its number, or a term's operands not to the term."""
    assert step.made == pytest.approx(step.result, abs=TOLERANCE * step.magnitude), where
    for term in step.terms:
        if term.operands:
            made = FORMS[term.form](*(operand.value for operand in term.operands))
            assert made == pytest.approx(term.value, rel=1e-9, abs=1e-12), (where, term)


def descend(made: Receipt, die: random.Random) -> str:
    """Go down from the probability at random until nothing can be opened any more; return the path."""
    path, name = [], ""
    while True:
        step = made.step(name)
        sound(step, "/".join(path))
        if step.views:
            path[-1] = die.choice(sorted(step.views.values()))
            step = made.step(path[-1])
            sound(step, "/".join(path))
        if not step.leads:
            return "/".join(path)
        name = die.choice(sorted(step.leads))
        path.append(name)


def asked(vocabulary: Vocabulary, die: random.Random) -> tuple[str, str]:
    """Return a random context and a random next character."""
    letters = [symbol for symbol in vocabulary.symbols if symbol != "."]
    return "".join(die.choices(letters, k=die.randint(1, 12))), die.choice(vocabulary.symbols)


@pytest.mark.parametrize("name", NAMES)
def test_every_step_adds_up_for_random_prompts(name):
    loaded, die = load(name), random.Random(7)
    for _ in range(2 if loaded.meta["architecture"].get("n_embd", 0) > 100 else 6):
        context, character = asked(loaded.vocabulary, die)
        made = receipt(loaded.model, loaded.vocabulary, context, character)
        for _ in range(5):
            path = descend(made, die)
        assert walk(made, path)[-1].leads == set()


@pytest.mark.parametrize("name", NAMES)
def test_the_probability_is_the_models_own(name):
    loaded, die = load(name), random.Random(3)
    for _ in range(3):
        context, character = asked(loaded.vocabulary, die)
        bounded = "." + context if loaded.vocabulary.symbols[0] == "." else context
        size = getattr(loaded.model, "block_size", 16)
        ids = loaded.vocabulary.encode(("." * size + context)[-size:] if "mlp" in name else bounded[-size:])
        with torch.inference_mode():
            logits = loaded.model(torch.tensor([ids]))[0].reshape(-1, len(loaded.vocabulary))[-1]
        expected = logits.softmax(0)[loaded.vocabulary.encode(character)[0]].item()
        shown = receipt(loaded.model, loaded.vocabulary, bounded[-size:].lstrip("."), character).step("")
        assert shown.result == pytest.approx(expected, rel=1e-4)
        assert shown.made == pytest.approx(expected, rel=1e-4)


def test_a_count_worked_by_hand():
    """After A came B twice and the end once; smoothing adds one to each of the three."""
    vocabulary = Vocabulary(".AB")
    counts = np.array([[0, 3, 0], [1, 0, 2], [2, 0, 0]])
    step = Counted(probability_table(counts, 1.0), 1.0, vocabulary, "BA", "B").step("")
    assert [(term.label, term.value) for term in step.terms] == [("·", 2.0), ("A", 1.0), ("B", 3.0)]
    assert step.total == 6
    assert step.result == step.made == 0.5
    assert step.order == [2, 0, 1]


@pytest.mark.parametrize("weights", [None, [10, 1, 5]])
def test_a_count_opens_to_the_words_that_were_counted(weights):
    vocabulary, listed = Vocabulary(".AN"), ["ANNA", "NNNA", "AAN"]
    table = probability_table(count_pairs(listed, vocabulary, weights).numpy(), 0.5)
    made = Counted(table, 0.5, vocabulary, "N", "N", listed, weights)
    count = walk(made, "pair-2")[-1]
    assert [(term.label, term.operands[0].value) for term in count.terms] == [("ANNA", 1), ("NNNA", 2)]
    assert count.result == count.made == (12 if weights else 3)
    sound(count, "pair-2")


def test_a_row_that_was_never_seen_is_uniform():
    vocabulary = Vocabulary(".AB")
    step = Counted(probability_table(np.zeros((3, 3), dtype=int), 0.0), 0.0, vocabulary, "A", "B").step("")
    assert step.made == step.result == pytest.approx(1 / 3)


def test_a_learned_bigram_picks_one_row():
    vocabulary = Vocabulary(".AB")
    model = NeuralBigram(torch.tensor([[0.0, 1, 2], [3, 4, 5], [6, 7, 8]]))
    steps = walk(receipt(model, vocabulary, "A", "B"), "logit-2")
    assert steps[0].made == pytest.approx(np.exp(2) / (1 + np.e + np.exp(2)))
    assert [term.value for term in steps[1].terms] == [0.0, 5.0, 0.0]


def test_the_counted_and_the_learned_start_from_the_same_context():
    vocabulary = Vocabulary(".AB")
    counted, learned = CountedBigram(3, 1.0), NeuralBigram(initial_weights(vocabulary))
    assert receipt(counted, vocabulary, "", "A").step("").symbol == "p(A | ·)"
    assert receipt(learned, vocabulary, "", "A").step("").symbol == "p(A | ·)"


@pytest.fixture(scope="module")
def names_gpt():
    return load("girls-gpt")


def test_the_parts_of_a_gpts_logit_are_those_of_the_trace(names_gpt):
    made = receipt(names_gpt.model, names_gpt.vocabulary, "AN", "N")
    token = names_gpt.vocabulary.encode("N")[0]
    traced = gpt.trace(names_gpt.model, names_gpt.vocabulary.encode(".AN"))
    parts = gpt.contributions(names_gpt.model, traced, -1, token)
    logit = made.step(f"logit-{token}")
    assert logit.total == pytest.approx(parts.logit, abs=1e-4)
    stage, weight = traced.layers[1], names_gpt.model.h[1].attn.c_proj.weight.T.unflatten(0, (4, -1))
    direction = gpt.logit_direction(names_gpt.model, traced, -1, token)  # (C,)
    sources = stage.pattern[2, 2] * (stage.v[2] @ weight[2].numpy() @ direction)  # (T,)
    head = made.step(f"head-{token}-1-2")
    np.testing.assert_allclose([term.value for term in head.terms], sources, atol=1e-5)
    products = traced.ln_f[-1] * names_gpt.model.lm_head.weight[token].numpy()  # (C,)
    shown = walk(made, f"logit-{token}~products")[-1]
    np.testing.assert_allclose([term.value for term in shown.terms], products, atol=1e-5)


def test_attention_opens_down_to_an_embedding(names_gpt):
    made = receipt(names_gpt.model, names_gpt.vocabulary, "AN", "N")
    token = names_gpt.vocabulary.encode("N")[0]
    path = f"logit-{token}/head-{token}-0-1/pattern-0-1-2-1/score-0-1-2-1/q-0-1-2-3/ln-0-2-5/x-0-2-5/wte-2-5"
    steps = walk(made, path)
    assert [step.name for step in steps[3:6]] == ["attention to A", "score of A", "q₃"]
    embedding = names_gpt.model.wte.weight[names_gpt.vocabulary.encode("N")[0], 5].item()
    assert steps[-1].total == pytest.approx(embedding, abs=1e-6)


@pytest.mark.parametrize(
    "path",
    [
        "logit-99",
        "nothing",
        "logit-1~products",
        "logit-1~step",
        "logit-1/logit-2",
        "h-0",
        "__class__",
        "probability",
        "-",
        "step-1",
        "x" * 9,
    ],
)
def test_a_step_that_does_not_exist_is_refused(path):
    loaded = load("girls-mlp")
    with pytest.raises(BadReceipt, match="no such step"):
        walk(receipt(loaded.model, loaded.vocabulary, "AN", "N"), path)


def test_an_endless_path_is_refused(names_gpt):
    with pytest.raises(BadReceipt, match="too long"):
        walk(receipt(names_gpt.model, names_gpt.vocabulary, "AN", "N"), "logit-1/" * 200)


@pytest.mark.parametrize(
    ("context", "character", "told"),
    [("AN", "NA", "exactly one"), ("AN", "", "exactly one"), ("A" * 30_000, "A", "at most 20,000")],
)
def test_what_no_model_can_be_asked_is_refused(names_gpt, context, character, told):
    with pytest.raises(BadReceipt, match=told):
        receipt(names_gpt.model, names_gpt.vocabulary, context, character)


def test_unknown_characters_are_named(names_gpt):
    with pytest.raises(UnknownCharacter, match="“5”"):
        receipt(names_gpt.model, names_gpt.vocabulary, "A5", "N")


@pytest.mark.parametrize(("context", "shown"), [("AN", "| ·AN)"), ("ALEKSANDR", "| …LEKSANDR)")])
def test_only_what_is_left_out_of_a_context_is_dotted(context, shown):
    loaded = checkpoints.load("girls-gpt")
    step = receipt(loaded.model, loaded.vocabulary, context, "A").step("")
    assert step.symbol.endswith(shown)


@pytest.mark.parametrize(
    ("value", "role", "told"),
    [
        (-1.42, "weights", "−1.4200"),
        (-0.0, "input", "0"),
        (0.0, "activations", "0.0000"),
        (1.0, "input", "1"),
        (1.0, "probabilities", "1.0000"),
        (1563.4, "counts", "1,563.4"),
        (-0.0000123, "activations", "−1.2·10⁻⁵"),
        (12345.678, "activations", "12,345.6780"),
    ],
)
def test_numbers_are_told_so_that_they_add_up(value, role, told):
    assert text(value, role) == told


def test_a_text_model_needs_a_text():
    if "shakespeare" not in NAMES:
        pytest.skip("the checkpoint shakespeare is not here")
    loaded = load("shakespeare")
    with pytest.raises(BadReceipt, match="at least one character"):
        receipt(loaded.model, loaded.vocabulary, "", "a")


# --- gradients --------------------------------------------------------------------------------------


@functools.cache
def trained_on(optimizer: str = "adam", number: int = 2) -> training_step.TrainingStep:
    loaded = load("girls-mlp")
    X, Y = build_dataset(["KAMILA"], loaded.vocabulary, 3)
    return training_step.training_step(loaded.model, X, Y, optimizer, 0.01, number)


@pytest.mark.parametrize("matrix", training_step.NAMES)
def test_every_step_of_a_gradient_adds_up(matrix):
    vocabulary, die = load("girls-mlp").vocabulary, random.Random(5)
    found = trained_on()
    rows, columns = np.atleast_2d(found.gradients[matrix]).shape
    for _ in range(6):
        row, column = die.randrange(rows), die.randrange(columns)
        made = Slope(found, vocabulary, matrix, row, column)
        place = column if matrix in ("b1", "b2") else (row, column)
        assert made.step("").result == found.gradients[matrix][place]
        for _ in range(3):
            path = descend(made, die)
            assert walk(made, path)[-1].leads == set()


def test_a_gradient_opens_by_example_and_letter_down_to_what_was_read():
    vocabulary = load("girls-mlp").vocabulary
    made = Slope(trained_on(), vocabulary, "W1", 12, 7)
    letter = vocabulary.encode("A")[0]
    steps = walk(made, f"sum-1-7/logit-1-{letter}/in-1-{letter}-/in-1-{letter}-logit-{letter}")
    assert [term.label for term in steps[0].terms][:2] == ["··· → K", "··K → A"]
    assert len(steps[1].terms) == len(vocabulary)
    assert [term.value for term in steps[2].terms][1:] == [-1.0]
    assert steps[3].result == pytest.approx(trained_on().probabilities[1, letter], rel=1e-5)


def test_the_gradient_of_a_letter_comes_from_the_places_where_it_is_read():
    vocabulary = load("girls-mlp").vocabulary
    read = Slope(trained_on(), vocabulary, "C", vocabulary.encode("K")[0], 0).step("")
    assert [term.label for term in read.terms] == [
        "··K → A, letter 3", "·KA → M, letter 2", "KAM → I, letter 1",
    ]  # fmt: skip
    never = Slope(trained_on(), vocabulary, "C", vocabulary.encode("Z")[0], 0).step("")
    assert never.result == never.made == 0


def test_the_gradient_in_a_graph_opens_way_by_way_to_the_loss():
    opened = backpropagation.network([0.5, -0.5], np.ones((2, 4)), [0, 1, 0, 1], [1, -1, 0.5, 2], 0.1, 1)
    for place, name in enumerate(opened.names):
        if name != "y":
            for _ in range(3):
                descend(GraphSlope(opened, place), random.Random(place))
    ways = GraphSlope(opened, opened.names.index("x₁")).step("")
    assert [term.label for term in ways.terms] == [f"by way of z{j}" for j in "₁₂₃₄"]


PLACES = {
    "": (5, "softmax"),
    "logit-3": (5, "logits"),
    "logit-3~products": (5, "logits"),
    "ln-8-4-7": (5, "layer norm"),
    "mlp-3-3": (4, "MLP"),
    "written-3-4-7": (4, "MLP"),
    "x-8-4-7": (4, "stream"),
    "head-3-1-0": (2, "attention"),
    "score-1-0-4-2": (2, "attention"),
    "q-1-0-4-2": (2, "attention"),
    "ln-2-4-7": (2, "layer norm"),
    "sigma-3-4": (2, "layer norm"),
    "x-2-4-7": (1, "stream"),
    "x-1-4-7": (1, "stream"),
    "x-0-4-7": (0, "stream"),
    "wte-0-1": (0, "embedding"),
}


@pytest.mark.parametrize("name", PLACES)
def test_a_step_of_a_gpt_says_where_it_stands(name):
    loaded = load("girls-gpt")  # of four layers
    place = receipt(loaded.model, loaded.vocabulary, "MARIA", "N").place(name)
    assert (place.section, place.part) == PLACES[name]
    assert place.sections == ("text", "layer 1", "layer 2", "layer 3", "layer 4", "next")


def test_what_a_step_of_a_gpt_is_made_of_never_stands_behind_it_but_for_weights():
    loaded, die = load("girls-gpt"), random.Random(3)
    made = receipt(loaded.model, loaded.vocabulary, "MARIA", "N")
    weights = ("direction", "middle", "row", "out")
    for _ in range(30):
        names = ["", *descend(made, die).split("/")]
        numbers = takewhile(lambda name: not name.startswith(weights), names)
        sections = [made.place(name).section for name in numbers]
        assert sections == sorted(sections, reverse=True)
