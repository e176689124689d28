"""What the first scenes say is so in the state in which they open."""

import numpy as np
import pytest
import torch

from explainer.traces import compare as traces
from explainer.traces import neuron as trace
from explainer.ui.scenes import compare, opening, welcome
from explainer.ui.scenes import matrix_multiplication as mm
from explainer.ui.scenes import neuron as nr

# --- Welcome ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", opening.KINDS)
def test_with_the_first_dice_every_model_writes_a_name_that_girls_bear(kind):
    made = opening.write(kind, opening.SEED)
    assert made.ended
    said = [told for turn in opening.turns(kind, made) for told in turn.captions]
    bearers = compare.bearers()[made.name, "girls"]
    assert said[-1] == f"The dot ends it: **{made.name}**, a name that {bearers:,} girls bear."
    assert [one.draw.drawn for one in made.letters][-1] == 0
    for one in made.letters:
        low, high = one.draw.edges[one.draw.drawn : one.draw.drawn + 2]
        assert low <= one.draw.die <= high  # what the die falls on is what is written


def test_a_single_one_times_the_table_leaves_a_row_and_half_of_all_letters_a_are_the_last():
    model = compare.model("girls", "bigram")
    table = model.probabilities().numpy()
    row = welcome.letters().index("A")
    assert row == 0  # the most frequent stands first
    at = compare.vocabulary("bigram").encode("A")[0]
    made = welcome.product(np.eye(len(table))[[at]], table)
    np.testing.assert_array_equal(made.result[0], table[at])
    assert table[at, 0] == pytest.approx(0.5, abs=0.01)


def test_the_odds_on_a_card_are_those_of_what_was_drawn_and_the_example_is_the_first_card():
    found = welcome.made("girls", "gpt", "AN", welcome.CAREFUL, welcome.OPENS)
    assert len(found.names) == welcome.WANTED
    for one in found.names:
        assert one.name.startswith("AN")
        logits = traces.next_logits(
            compare.model("girls", "gpt"),
            torch.tensor([compare.vocabulary("gpt").encode(f".{one.name[:2]}")]),
        )
        careful = logits.double()[0].div(welcome.TEMPERATURES[welcome.CAREFUL]).softmax(0)
        drawn = compare.vocabulary("gpt").encode(one.name[2])[0]
        assert one.chances[0] == pytest.approx(careful[drawn].item(), rel=1e-3)
        assert one.chance == pytest.approx(float(np.prod(one.chances)), rel=1e-6)
        told, known = welcome.register_says(one.name, "girls")
        facts = [facts.get((one.name, sex)) for facts in (compare.bearers(), compare.rare_bearers())
                 for sex in ("girls", "boys")]  # fmt: skip
        assert (told == "new") == (not any(facts))
        assert known == (facts[0] is not None or facts[2] is not None)
    first = found.names[0]
    assert welcome._example(first, "gpt").startswith(f"{first.name}, {welcome.odds(first.chance)}: ")


# --- Neuron -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("bend", nr.BENDS)
def test_a_neuron_multiplies_adds_and_bends(bend):
    opened = nr.neuron(nr.INPUTS[:3], nr.WEIGHTS[:3], nr.BIAS, bend)
    total = sum(x * w for x, w in zip(nr.INPUTS[:3], nr.WEIGHTS[:3], strict=True)) + nr.BIAS
    assert opened.sums[0] == pytest.approx(total)
    bends = {
        "step": total > 0,
        "sigmoid": 1 / (1 + np.exp(-total)),
        "tanh": np.tanh(total),
        "ReLU": max(total, 0),
    }
    assert opened.outputs[0] == pytest.approx(float(bends[bend]))


def test_a_layer_has_six_weights_and_every_neuron_looks_at_the_same_inputs():
    opened = nr.layer((1.0, 2.0), np.array(nr.LAYER_WEIGHTS), np.zeros(3))
    assert opened.weights.size == 6
    np.testing.assert_allclose(opened.outputs, [3.5, 1.0, 1.0])
    np.testing.assert_allclose(opened.products, np.array([[1.0], [2.0]]) * opened.weights)


def test_the_network_gives_the_first_point_to_its_class_and_is_almost_sure():
    network = nr.trained(nr.Choice("xor", "tanh"))
    passed = trace.forward(network.record, (0.5, -0.5))
    assert passed.p == pytest.approx(1 / (1 + np.exp(-passed.output.sums[0])))
    np.testing.assert_array_equal(passed.output.inputs, passed.hidden.outputs)  # one gives, the next takes
    near = np.linalg.norm(network.X - [0.5, -0.5], axis=1).argmin()
    assert (passed.p > 0.999) == (network.y[near] == 1)


# --- Matrix multiplication --------------------------------------------------------------------------


def test_the_opening_shapes_fit_and_the_outer_sizes_remain():
    rule = mm.shape_rule((2, 3), (3, 4))
    assert (rule.fits, rule.shape) == (True, (2, 4))
    assert not mm.shape_rule((2, 3), (4, 4)).fits


def test_what_the_notes_count_is_counted():
    (this, *_, largest) = mm.multiplication_counts(2, 3, 4)
    assert (this.multiplications, mm.duration(this.multiplications)) == (24, "24 seconds")
    assert mm.duration(largest.multiplications) == "55,771 years"
    counts = [one.multiplications for one in mm.multiplication_counts(2, 3, 4) if one.multiplications]
    assert counts == sorted(counts)
