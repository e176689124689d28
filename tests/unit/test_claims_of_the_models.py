"""What the chapters from MLP to Fine-tuning say is true of what they open with."""

from dataclasses import asdict

import numpy as np
import pytest
import torch

from explainer import checkpoints, names
from explainer.figures import bengio, figure_one
from explainer.sampling import Switches
from explainer.traces import architecture
from explainer.traces import fine_tuning as refining
from explainer.traces import gpt as trace
from explainer.traces import mlp as perceptron
from explainer.traces import training as recorded
from explainer.training.mlp import Trainer
from explainer.training.recipes import BETTER, TALK, Shape, untrained
from explainer.ui import catalogue
from explainer.ui.scenes import fine_tuning, gpt, head_weights, heads, mlp, pytorch
from explainer.ui.scenes import training as scenes

SEXES = ("girls", "boys")


def train_of(sex: str) -> list[str]:
    return names.split(names.select(names.register(), sex.removesuffix("s"))["name"].tolist()).train


# --- MLP --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("sex", "text"), [("girls", "AN"), ("boys", "JA")])
def test_letters_are_looked_up_laid_side_by_side_mixed_and_one_is_guessed(sex, text):
    found, m = mlp.forward(sex, text), mlp.matrices(sex, "trained")
    np.testing.assert_array_equal(found.emb, m.C[found.idx])
    np.testing.assert_array_equal(found.x, found.emb.ravel())
    np.testing.assert_allclose(found.h, np.tanh(found.x @ m.W1 + m.b1), atol=1e-5)
    np.testing.assert_allclose(found.logits, found.h @ m.W2 + m.b2, atol=1e-4)
    symbols, best = mlp.symbols(sex), int(found.probabilities.argmax())
    assert len(found.logits) == len(symbols) == 34
    assert mlp.likeliest(mlp.ContextRequest(sex, text, len(text)))[2] == symbols[best]
    alt = bengio.architecture_alt(mlp.context(found), found.probabilities, symbols)
    assert f"{symbols[best]} " in alt or f" {symbols[best]}" in alt


@pytest.mark.parametrize("sex", SEXES)
def test_training_changes_the_numbers_of_all_five_matrices_and_not_their_shapes(sex):
    before, after = (mlp.matrices(sex, time) for time in ("start", "trained"))
    for one in ("C", "W1", "b1", "W2", "b2"):
        assert np.shape(getattr(before, one)) == np.shape(getattr(after, one))
        assert (getattr(before, one) != getattr(after, one)).mean() > 0.99


def test_most_numbers_of_the_model_are_in_w2_and_all_of_them_are_13374():
    count = perceptron.parameter_count(34, 3, 10, 200)
    assert count.total == 13_374
    assert max(count.counts, key=count.counts.get) == "W2"


@pytest.mark.parametrize(("name", "recipe", "kind"), [("talk", TALK, "mlp-talk"), ("better", BETTER, "mlp")])
def test_what_is_said_of_both_recipes_is_how_the_shipped_models_were_trained(name, recipe, kind):
    made = checkpoints.read_meta(f"girls-{kind}")["recipe"]
    assert {key: made[key] for key in asdict(recipe) if key in made} == {
        key: value for key, value in asdict(recipe).items() if key in made
    }
    said = mlp.chosen_for_training()
    dropout = f"dropout {made['dropout']:g}" if made["dropout"] else "no dropout"
    rate = f"learning rate {made['learning_rate']:g}, batch {made['batch_size']}, {dropout}"
    assert f"{mlp.RECIPES[name]} ({'AdamW' if made['optimiser'] == 'adamw' else 'SGD'}, {rate})" in said


@pytest.mark.parametrize("sex", SEXES)
def test_the_talks_start_is_confidently_wrong_and_smaller_numbers_know_nothing(sex):
    X, Y = perceptron.batch(train_of(sex), names.VOCABULARY, size=2_000, seed=1)
    talk, better = (perceptron.saturation(untrained(Shape(), recipe), X, Y) for recipe in (TALK, BETTER))
    assert talk.loss > 7 * talk.uniform_loss
    assert better.loss == pytest.approx(better.uniform_loss, abs=0.15)
    assert talk.share_saturated > 0.5 > 0.2 > better.share_saturated


def test_where_tanh_is_flat_its_slope_lets_nothing_through():
    found = perceptron.tanh_curve()
    assert found.slope[np.abs(found.y) > perceptron.SATURATED].max() < 0.02
    assert found.slope.max() == pytest.approx(1)


# --- training ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("sex", SEXES)
@pytest.mark.parametrize("recipe", [TALK, BETTER])
def test_a_step_looks_at_a_few_windows_and_moves_nearly_every_number_a_little_downhill(sex, recipe):
    trainer = Trainer(train_of(sex), train_of(sex)[:200], names.VOCABULARY, Shape(), recipe)
    before = trainer.trained()
    X, Y = perceptron.batch(train_of(sex), names.VOCABULARY, size=20_000, seed=1)
    assert recipe.batch_size < len(X) / 100
    trainer.advance(1)
    after = trainer.trained()
    pairs = list(zip(before.parameters(), after.parameters(), strict=True))
    moved = torch.cat([(b - a).abs().flatten() for a, b in pairs])
    assert (moved > 0).float().mean() > (0.99 if recipe is BETTER else 0.6)  # decay moves what was not read
    assert moved.max() < 1
    trainer.advance(29)
    assert trainer.trained()(X, Y)[1] < before(X, Y)[1] - 0.1


@pytest.mark.parametrize("sex", SEXES)
def test_before_the_first_step_the_better_recipe_knows_nothing_and_no_number_is_learned(sex):
    X, Y = perceptron.batch(train_of(sex), names.VOCABULARY, size=2_000, seed=1)
    drawn = untrained(Shape(), BETTER)
    assert sum(p.numel() for p in drawn.parameters()) == 13_374
    assert float(drawn(X, Y)[1].detach()) == pytest.approx(np.log(34), abs=0.15)


@pytest.mark.parametrize("sex", SEXES)
def test_dropout_helps_on_names_held_out_and_the_start_alone_does_not(sex):
    dev = {rung: scenes.losses(sex, rung)["dev"] for rung in scenes.LADDER}
    assert dev["mlp-talk-dropout"] < dev["mlp-talk"] - 0.15
    assert dev["mlp-talk-scaled"] > dev["mlp-talk"] - 0.1
    assert abs(dev["mlp-unscaled"] - dev["mlp"]) < 0.05
    assert scenes.first_loss(sex, "mlp-talk") > 7 * scenes.first_loss(sex, "mlp")


@pytest.mark.parametrize("sex", SEXES)
def test_where_the_loss_falls_fastest_it_is_not_yet_at_its_lowest(sex):
    swept = scenes.sweep(sex)
    first, lowest = recorded.fastest(swept), int(swept.smoothed.argmin())
    assert first < lowest
    assert swept.smoothed[0] > swept.smoothed[first] > swept.smoothed[lowest]
    assert swept.learning_rates[first] <= TALK.learning_rate <= swept.learning_rates[lowest]


@pytest.mark.parametrize("sex", SEXES)
def test_a_letter_that_is_moved_changes_the_guess_and_on_top_of_another_it_is_read_as_that_one(sex):
    found = scenes.shipped_letters(sex)
    move = scenes.nudged(found, found.labels[1], 2.0, 0.0, "AN" if sex == "girls" else "JA")
    assert np.abs(move.probabilities_after - move.probabilities_before).sum() > 0.05
    places, (n, m) = found.model.C.detach().numpy(), found.vocabulary.encode("NM")
    there = (places[m] - places[n]).tolist()
    on_top = scenes.nudged(found, "N", *there, "AN").probabilities_after
    other = scenes.nudged(found, "M", 0.0, 0.0, "AM").probabilities_before
    np.testing.assert_allclose(on_top, other, atol=1e-6)


# --- PyTorch ----------------------------------------------------------------------------------------


def test_the_three_lines_give_what_the_one_call_gives_until_the_logits_are_large():
    usual, large = (pytorch.cross_entropy("ANNA", factor) for factor in (1, 100))
    assert usual.loss == pytest.approx(usual.reference, abs=1e-5)
    assert large.loss is None
    assert np.isfinite(large.reference)


# --- attention --------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["shakespeare", "polish-books", "girls-gpt"])
def test_a_guess_forms_layer_by_layer(name):
    loaded = checkpoints.load(name)
    prompt = catalogue.PROMPTS[name].replace("↵", "\n").replace("␣", " ")
    text = f".{prompt}" if name.endswith("-gpt") else prompt
    ids = loaded.vocabulary.encode(text)
    with torch.inference_mode():
        lens = trace.logit_lens(loaded.model, trace.trace(loaded.model, ids))  # (L + 1, T, V)
    true = -np.log(lens[:, range(len(ids) - 1), ids[1:]]).mean(1)  # (L + 1,) nats
    assert true[0] > true[-1] + 0.5
    assert true.argmin() > len(true) // 2


def test_the_map_beside_what_is_off_marks_its_layers():
    wanted = heads.PromptRequest("shakespeare", "", "ROMEO:")
    off = Switches(heads=frozenset([(0, 5), (3, 1)]), mlps=frozenset([3]), layers=frozenset())
    assert heads.what_is_off(wanted, off) == "text □■□□■□□□ next Off: head 1.6, head 4.2, MLP 4."
    many = Switches(heads=frozenset((0, head) for head in range(6)), mlps=frozenset(), layers=frozenset([5]))
    assert heads.what_is_off(wanted, many) == "text □■□□□□■□ next Off: 7 parts."


@pytest.mark.parametrize("step", ["made", "writes"])
def test_the_lens_stands_on_the_product_that_the_formula_begins_with(step):
    loaded, text = checkpoints.load("shakespeare"), "ROMEO:\nO, "
    traced = trace.trace(loaded.model, loaded.vocabulary.encode(text))
    place = head_weights.Place(0, 5, 8, 5, "O", "O")
    drawn, _, _, frames = getattr(head_weights, f"{step}_grid")(loaded.model, traced, place)
    for stage in frames.frames[: 3 if step == "made" else 1]:
        cells = [(drawn[index].values[row, col]) for index, row, col in stage.lit if row is not None]
        x, weight, product = map(float, cells)
        assert product == pytest.approx(x * weight, rel=1e-4)
        first, second = (f"({v:.3f})" if v < 0 else f"{v:.3f}" for v in (x, weight))
        assert f"= {first}·{second} + ".replace("-", "−") in stage.formula


# --- fine-tuning ------------------------------------------------------------------------------------


def test_with_fifty_books_read_before_the_poem_is_learned_better_and_sooner():
    alone, books, refined = (
        checkpoints.read_meta(one) for one in ("poem-alone", "polish-books", "pan-tadeusz")
    )
    assert refined["losses"]["val"] < alone["losses"]["val"] - 0.3
    assert (refined["steps"], alone["steps"]) == (125, 400)
    assert checkpoints.history("pan-tadeusz")["held_out_loss"].min() == pytest.approx(1.43, abs=0.005)
    assert f"{refined['refined_losses']['val']:.2f} {refined['losses']['val']:.2f}" == "1.43 1.42"
    assert checkpoints.history("poem-alone")["held_out_loss"].min() == pytest.approx(1.77, abs=0.005)
    assert books["losses"]["val"] < alone["losses"]["val"]


def test_what_is_kept_of_the_poem_is_better_on_both_halves_than_all_of_the_way_and_no_point_of_the_curve():
    meta = checkpoints.read_meta("pan-tadeusz")
    assert all(meta["halves"][part] < meta["refined_losses"][part] - 0.01 for part in ("dev", "test"))
    assert meta["losses"]["val"] == meta["halves"]["val"] < meta["start_losses"]["val"]
    for sentence in (fine_tuning.refined_for(), fine_tuning.kept("pan-tadeusz")):
        assert f"{meta['recipe']['share']:.0%} of the way" in sentence
    assert not any("which is kept" in sentence for sentence in fine_tuning.on_the_way("pan-tadeusz")[:5])
    assert all(
        f"{one['test']:.3f}" in fine_tuning.chosen() for one in (meta["halves"], meta["refined_losses"])
    )


@pytest.mark.parametrize("name", fine_tuning.RUNS)
def test_passages_held_out_are_called_easier_only_where_they_cost_less_than_those_learned_from(name):
    found, meta = fine_tuning.recorded(name), checkpoints.read_meta(name)
    at = found.steps == meta["steps"]
    easier = found.held_out[at][0] < min(found.train[at][0], meta["losses"].get("val", 0.0))
    assert ("happen to be easier" in fine_tuning.judged_on(name)) == easier == (name == "polish-books")


def test_what_is_compared_of_the_poem_lies_below_the_ceiling_of_its_curves():
    curves = {name: fine_tuning.recorded(name).held_out for name in ("pan-tadeusz", "poem-alone")}
    assert curves["pan-tadeusz"].max() < fine_tuning.HIGHEST
    assert (curves["poem-alone"] < fine_tuning.HIGHEST).mean() > 0.5


@pytest.mark.parametrize("one", fine_tuning.corpora(), ids=fine_tuning.STAGES)
def test_a_text_is_read_as_often_as_is_said(one):
    said = {"once": 1, "twice": 2}.get(often := fine_tuning.often(one.times)) or int(often.split()[0])
    assert said == pytest.approx(one.times, rel=0.1)


@pytest.mark.parametrize("name", fine_tuning.RUNS)
def test_the_loss_on_text_held_out_falls_without_a_jump(name):
    losses = checkpoints.history(name)["held_out_loss"]
    fall = losses[0] - losses.min()
    assert fall > 0
    assert np.abs(np.diff(losses)).max() < max(0.35 * fall, 0.1)


def test_refined_on_verse_its_ends_become_likelier_an_empty_line_less_and_the_same_dice_write_another_text():
    before, after = (checkpoints.load(name) for name in ("polish-books", "pan-tadeusz"))
    written = [
        refining.written(one.model, one.vocabulary, fine_tuning.PROMPT, fine_tuning.LENGTH, 0.8, 1)
        for one in (before, after)
    ]
    assert written[0] != written[1]
    found = refining.compared(before.model, after.model, after.vocabulary, fine_tuning.PROMPT, written[1])
    breaks = np.array([character == "\n" for character in found.text])
    empty = breaks & np.append(False, breaks[:-1])
    assert (breaks & ~empty).any()
    assert (found.change[breaks & ~empty] > 0).all()
    assert empty.any()
    assert (found.change[empty] < 0).all()
    assert found.loss()[1] < found.loss()[0]


# --- GPT --------------------------------------------------------------------------------------------


def test_the_areas_are_the_numbers_of_weights_and_the_multiplications_are_one_a_weight_and_the_attention():
    _, values = gpt.sizes()
    model = checkpoints.load("polish-books").model
    ours = sum(p.numel() for p in model.parameters())
    assert values == sorted(values)
    assert values[1] == architecture.total(model) == ours == 10_793_856
    matrices = sum(p.numel() for name, p in model.named_parameters() if p.ndim == 2 and "wpe" not in name)
    looked_up = model.wte.weight.numel()
    config = model.config
    attention = 2 * config.n_layer * config.block_size * config.n_embd
    assert architecture.multiplications(model) == matrices - looked_up + attention


def test_of_figure_1_a_gpt_keeps_one_half_and_changes_three_things():
    changed = [figure_one.TITLES[i] for i in (figure_one.NORM, figure_one.BEND, figure_one.POSITION)]
    assert figure_one.TITLES[figure_one.OURS].startswith("What is left is ours")
    assert len(changed) == figure_one.OURS - figure_one.NORM == 3
    model = checkpoints.load("polish-books").model
    x = torch.randn(1, 3, model.config.n_embd)  # (B, T, C)
    block = model.h[0]
    mid = x + block.attn(block.ln_1(x))[0]  # the norm comes first
    torch.testing.assert_close(block(x)[0], mid + block.mlp(block.ln_2(mid)))
    assert isinstance(block.mlp.gelu, torch.nn.GELU)
    assert model.wpe.weight.shape == (model.config.block_size, model.config.n_embd)  # a learned row each
