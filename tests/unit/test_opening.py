"""The opening: three models write with the same dice, and what is said of every frame is true of it."""

import random
import re

import numpy as np
import pytest

from explainer import names
from explainer.figures.opening import PHASES, written
from explainer.traces import compare
from explainer.ui.catalogue import KINDS
from explainer.ui.scenes import opening
from explainer.ui.trained import checkpoint

GIVEN = 1_000  # girls that bear a name which one would give a child
SEEDS = [opening.SEED, 1, 7, 19]


def bearers() -> dict[str, int]:
    girls = names.select(names.register(), "girl")
    return dict(zip(girls["name"], girls["bearers"], strict=True))


def test_it_opens_on_three_names_that_one_would_give_a_child_from_the_same_dice():
    made = {kind: opening.write(kind, opening.SEED) for kind in KINDS}
    assert [one.name for one in made.values()] == ["LENA", "LILA", "LINA"]
    assert all(bearers()[one.name] > GIVEN and one.ended for one in made.values())
    rolled = [[letter.draw.die for letter in one.letters] for one in made.values()]
    dice = random.Random(opening.SEED)
    assert rolled == [[dice.random() for _ in range(5)]] * 3


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("kind", KINDS)
def test_every_letter_is_drawn_from_what_the_model_itself_expects(kind, seed):
    model, made = checkpoint(f"girls-{kind}").model, opening.write(kind, seed)
    text = made.name + "." if made.ended else made.name
    assert len(made.letters) == len(text)
    for place, (letter, one) in enumerate(zip(text, made.letters, strict=True)):
        expected = compare.next_probabilities(model, names.VOCABULARY, made.name[:place])
        np.testing.assert_allclose(one.draw.probabilities, expected, atol=1e-6)
        assert names.VOCABULARY.decode([one.draw.drawn]) == letter
        assert one.draw.edges[one.draw.drawn] <= one.draw.die < one.draw.edges[one.draw.drawn + 1]


def test_what_is_read_picks_rows_of_the_models_own_table():
    models = {kind: checkpoint(f"girls-{kind}").model for kind in KINDS}
    tables = {"bigram": models["bigram"].probabilities(), "mlp": models["mlp"].C}
    tables["gpt"] = models["gpt"].wte.weight
    for kind, seen in {"bigram": "N", "mlp": "LEN", "gpt": ".LEN"}.items():
        ids = names.VOCABULARY.encode(".LEN")
        read, inside, p = opening.trace.look(models[kind], ids)
        assert names.VOCABULARY.decode(list(read)) == seen
        np.testing.assert_array_equal(opening.trace.table(models[kind]), tables[kind].detach().numpy())
        assert len(inside) == {"bigram": 0, "mlp": 200, "gpt": 96}[kind]
        if kind == "bigram":
            np.testing.assert_allclose(p, tables[kind][read[0]], atol=1e-6)
        elif kind == "mlp":
            logits = inside @ models[kind].W2.numpy() + models[kind].b2.numpy()  # (V,)
            np.testing.assert_allclose(np.exp(logits) / np.exp(logits).sum(), p, atol=1e-5)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("kind", KINDS)
def test_what_is_said_is_true_of_the_frame_it_is_said_over(kind, seed):
    made, alphabet = opening.write(kind, seed), opening.alphabet()
    for place, one in enumerate(made.letters):
        reads, lights, falls, grows = opening.captions(kind, made, place)
        if kind != "bigram":
            assert f"**{''.join(alphabet[i] for i in one.read)}**" in reads
            assert len(one.read) == (3 if kind == "mlp" else place + 1)
        best = int(one.draw.probabilities.argmax())
        assert f"**{alphabet[best]}**, {one.draw.probabilities[best]:.1%}" in lights
        assert f"{one.draw.die:.3f}" in falls
        assert (
            f"**{alphabet[one.draw.drawn]}**, which has {one.draw.probabilities[one.draw.drawn]:.1%}" in falls
        )
        assert f"**{made.name[: place + 1]}**" in grows
        if place == len(made.letters) - 1 and made.ended:
            told = re.search(r"([\d,]+) girls", grows)
            assert (int(told[1].replace(",", "")) if told else None) == bearers().get(made.name)


@pytest.mark.parametrize("narrow", [False, True])
@pytest.mark.parametrize("kind", KINDS)
def test_it_plays_four_frames_a_letter_and_opens_on_the_first_that_is_written(kind, narrow):
    made = opening.write(kind, opening.SEED)
    titles = opening.titles(kind, made)
    turns = opening.turns(kind, made)
    drawing = written(turns, opening.alphabet(), made.table, titles, narrow=narrow)
    frames = drawing.sent["frames"]
    assert len(frames["titles"]) == len(frames["captions"]) == PHASES * len(made.letters)
    assert frames["captions"][frames["start"]] == f"The name so far: **{made.name[0]}**."


def test_a_name_that_finds_no_end_is_cut_off_and_that_is_said():
    found = (opening.write("bigram", seed) for seed in range(400))
    made = next(one for one in found if not one.ended)
    assert len(made.name) == len(made.letters) == opening.trace.LONGEST
    assert "cut off" in opening.captions("bigram", made, len(made.letters) - 1)[-1]
    opening.drawn("bigram", 0, "", 20, False)
