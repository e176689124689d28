"""Every scene has a note that can be said aloud, and its numbers are those of the data and the models."""

import ast
import re
from functools import cache

import pytest

from explainer import checkpoints, names
from explainer.models.bigram import count_pairs
from explainer.traces import matrix_multiplication, mlp, tokens
from explainer.training.network import data_set, train
from explainer.training.recipes import TALK
from explainer.ui.chapters import CHAPTERS, PAGES
from explainer.ui.scenes import gpt
from explainer.ui.scenes import mlp as shown
from explainer.ui.scenes import training_step as steps
from explainer.ui.scenes.matrix_multiplication import A_TEXT, B_TEXT
from tests.scenes import deck


@cache
def notes() -> dict[tuple[str, str], str]:
    """Return the docstring of every scene, in one line, by the page's file and the function."""
    trees = {c.file: ast.parse((PAGES / c.file).read_text(encoding="utf-8")) for c in CHAPTERS}
    return {
        (file, node.name): " ".join((ast.get_docstring(node) or "").split())
        for file, tree in trees.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef)
    }


@pytest.mark.parametrize(("file", "slug"), [(page.name, slug) for _, slug, page in deck()])
def test_every_scene_has_a_note_of_two_to_four_sentences(file, slug):
    note = notes()[file, slug.replace("-", "_")]
    assert 2 <= len(re.findall(r"[.?](?= |$)", note)) <= 4
    assert 60 < len(note) < 330  # half a minute of speaking at most
    assert not re.search(r"[`*_!]", note)  # it is said, not read


@cache
def girls() -> names.Split:
    return names.split(names.select(names.register())["name"].tolist())


def losses(name: str) -> dict[str, float]:
    return checkpoints.read_meta(name)["losses"]


@cache
def start() -> mlp.Saturation:
    """Return what the talk's start makes of the batch that the scenes open with."""
    return shown.saturation("girls", "talk", "before", 32, 1)


@cache
def counted():
    return count_pairs(names.select(names.register())["name"].tolist(), names.VOCABULARY).numpy()


def polish_tokens() -> float:
    """Return how many times as many tokens the Polish text takes in the English encoder."""
    learned = gpt.corpus_merges()
    english, polish = (
        tokens.encode(gpt.TEXTS["polish"], learned[n]).counts[-1] for n in ("shakespeare", "polish-books")
    )
    return english / polish


def seconds(place: int) -> int:
    """Return the multiplications of this product (0) or of the largest model (−1)."""
    rows, inner, columns = (
        len(A_TEXT.split("\n")),
        len(B_TEXT.split("\n")),
        len(B_TEXT.split("\n")[0].split()),
    )
    return matrix_multiplication.multiplication_counts(rows, inner, columns)[place].multiplications


NAMED = {
    ("bigram.py", "data", "3,517"): lambda: f"{len(names.select(names.register())):,}",
    ("welcome.py", "name_your_baby", "2,813"): lambda: f"{len(girls().train):,}",
    ("welcome.py", "name_your_baby", "6,587"): lambda: f"{checkpoints.read_meta('girls-gpt')['together']:,}",
    ("mlp.py", "data_set", "2,813"): lambda: f"{len(girls().train):,}",
    ("mlp.py", "data_set", "20,409"): lambda: f"{sum(len(name) + 1 for name in girls().train):,}",
    ("bigram.py", "fill_in", "2,387"): lambda: f"{counted().max():,}",
    ("bigram.py", "fill_in", "597"): lambda: f"{(counted() == 0).sum()}",
    ("welcome.py", "claim", "Half"): lambda: {0.5: "Half"}[round(counted()[1, 0] / counted()[1].sum(), 2)],
    ("mlp.py", "matrices", "13,374"): lambda: f"{mlp.parameter_count(34, 3, 10, 200).total:,}",
    ("mlp.py", "structure", "thirty-four"): lambda: {34: "thirty-four"}[len(names.VOCABULARY)],
    ("bigram.py", "how_good", "2.38"): lambda: f"{losses('girls-bigram')['test']:.2f}",
    ("bigram.py", "how_good", "0.1"): lambda: str(smoothing()),
    ("bigram.py", "how_good", "3.53"): lambda: f"{start().uniform_loss:.2f}",
    ("mlp.py", "good_start", "3.53"): lambda: f"{start().uniform_loss:.2f}",
    ("mlp.py", "good_start", "loss of 30"): lambda: f"loss of {start().loss:.0f}",
    ("mlp.py", "activations", "64 %"): lambda: f"{100 * start().share_saturated:.0f} %",
    ("training.py", "two_recipes", "2.36"): lambda: f"{losses('girls-mlp-talk')['dev']:.2f}",
    ("training.py", "two_recipes", "2.02"): lambda: f"{losses('girls-mlp-talk-dropout')['dev']:.2f}",
    ("training.py", "sweep", "0.1"): lambda: str(TALK.learning_rate),
    ("fine_tuning.py", "was_it_worth_it", "1.77"): lambda: f"{losses('poem-alone')['val']:.2f}",
    ("fine_tuning.py", "was_it_worth_it", "1.42"): lambda: f"{losses('pan-tadeusz')['val']:.2f}",
    ("fine_tuning.py", "was_it_worth_it", "125"): lambda: str(checkpoints.read_meta("pan-tadeusz")["steps"]),
    ("fine_tuning.py", "was_it_worth_it", "400"): lambda: str(checkpoints.read_meta("poem-alone")["steps"]),
    ("fine_tuning.py", "before_and_after", "125"): lambda: str(checkpoints.read_meta("pan-tadeusz")["steps"]),
    ("gradient_descent.py", "one_step", "3.54"): lambda: f"{first_step().loss:.2f}",
    ("gradient_descent.py", "one_step", "1.60"): lambda: f"{first_step().loss_after:.2f}",
    ("neuron.py", "it_learns", "seventeen"): lambda: {17: "seventeen"}[parameters()],
    ("gpt.py", "byte_pairs", "nearly twice"): lambda: {True: "nearly twice"}[1.9 < polish_tokens() < 2],
    ("matrix_multiplication.py", "counting", "twenty-four"): lambda: {24: "twenty-four"}[seconds(0)],
    ("matrix_multiplication.py", "counting", "fifty-five thousand years"): lambda: {
        55: "fifty-five thousand years"
    }[seconds(-1) // 31_557_600 // 1000],
}  # fmt: skip


def first_step():
    """Return the step that the scene opens with."""
    return steps.made(steps.StepRequest("girls", "better", "ANNA", "sgd", steps.USUAL["sgd"], 1))


def smoothing() -> float:
    return checkpoints.read_meta("girls-bigram")["architecture"]["smoothing"]


def parameters() -> int:
    """Return how many numbers the network that the scene opens with has."""
    record = train(*data_set("xor"), steps=1)
    return sum(part[0].size for part in (record.W1, record.b1, record.W2, record.b2))


@pytest.mark.parametrize(("file", "scene", "said"), NAMED)
def test_the_numbers_that_a_note_names_are_those_of_the_house(file, scene, said):
    assert said in notes()[file, scene]
    assert NAMED[file, scene, said]() == said


def test_every_digit_of_a_note_is_among_them():
    free = {
        ("mlp.py", "structure", "1"),
        ("mlp.py", "structure", "2003"),
        ("gpt.py", "figure_one", "1"),
    }  # figures, a year
    known = {
        (file, scene): " ".join(said for f, s, said in NAMED if (f, s) == (file, scene))
        for file, scene, _ in NAMED
    }
    shapes = {"shape_rule", "indexing", "view"}  # examples of what is typed
    loose = [
        (file, scene, number)
        for (file, scene), note in notes().items()
        for number in re.findall(r"(?<![A-Za-z-])\d[\d,.]*\d|(?<![A-Za-z-])\d", note)
        if scene not in shapes
        and number not in known.get((file, scene), "")
        and (file, scene, number) not in free
    ]
    assert loose == []
