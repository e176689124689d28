"""The training chapter: a live training through the page, and the recorded ones."""

import itertools
import json
import re
import time

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from explainer import checkpoints
from explainer.components.grid import unpacked
from explainer.models.mlp import build_dataset, forward_pass
from explainer.traces import training as recorded
from explainer.training.queue import STOPPED
from explainer.training.recipes import BETTER, CAUSES, TALK
from explainer.ui.scenes import live, training
from tests.drawings import unfolded
from tests.notebooks import offered, run
from tests.scenes import ask, listed, open_scene, part, plotted


def opened(scene: str, **query: str) -> AppTest:
    return open_scene("training.py", scene, **query)


SHIPPED = ("talk (shipped MLP)", "better (shipped MLP)")


def button(app: AppTest, label: str):
    return next(b for b in app.button if b.label == label)


def said(app: AppTest) -> str:
    return " ".join(t.value for t in app.text)


@pytest.fixture
def short(monkeypatch):
    """A training that is over in a moment."""
    monkeypatch.setattr(live, "STEPS", (300, *live.STEPS))
    app = opened("live")
    app.slider(key="training_hidden").set_value(20)
    app.select_slider(key="training_steps_better").set_value(300).run()
    return app


def wait_for(app: AppTest, words: str, seconds: float = 60) -> AppTest:
    end = time.monotonic() + seconds
    while words not in said(app) and time.monotonic() < end:
        time.sleep(0.2)
        app.run()
    assert words in said(app)
    return app


def test_a_visitor_trains_a_model_and_gets_names(short):
    app = wait_for(button(short, "Train it").click().run(), "Done.")
    assert not app.exception
    assert [m.value for m in app.metric if m.label == "step"] == ["300"]
    assert [d.label for d in app.get("download_button")] == ["The model", "The names"]
    cards = json.loads(part(app, "training_made").json)["cards"]
    counts = re.search(r"([\d,]+) different: ([\d,]+) new, ([\d,]+) copied", said(app)).groups()
    assert len(cards) == live.CARDS
    assert [card["known"] for card in cards] == ["new"] * live.CARDS
    different, new, copied = (int(count.replace(",", "")) for count in counts)
    assert 500 < different == new + copied <= 1_000


def ended(app: AppTest) -> AppTest:
    """Let a short training run to its end, on the screen."""
    return wait_for(button(app, "Train it").click().run(), "Done.")


def test_a_run_is_compared_and_taken_back_with_its_settings_and_its_model(short):
    app = ended(short)
    first, before = app.session_state["training_job"], made_names(app)
    app.slider(key="training_hidden").set_value(10).run()
    app = wait_for(button(app, "Train again").click().run(), "Done.")
    assert made_names(app) != before
    names = [trace.name for trace in plotted(app, "training_losses").data]
    assert [name.partition(":")[0] for name in names] == ["train", "dev", *SHIPPED, "run 1"]
    last = first.history()["dev_loss"]
    np.testing.assert_allclose(plotted(app, "training_losses").data[4].y, last)
    app.button_group(key="training_watch").set_value("runs").run()
    assert f"run 1, dev {last[-1]:.2f}: scaled start" in said(app)
    assert "300 steps, 3 letters of 10 numbers, 20 neurons" in said(app)
    app = button(app, "Take back").click().run()
    assert app.session_state["training_job"] is first
    assert app.slider(key="training_hidden").value == 20
    app.button_group(key="training_watch").set_value("names").run()
    assert made_names(app) == before


def test_at_most_five_earlier_runs_are_kept_beside_the_two_shipped_ones(short):
    app = ended(short)
    for _ in range(live.KEPT + 1):
        app = wait_for(button(app, "Train again").click().run(), "Done.")
    names = [trace.name.partition(":")[0] for trace in plotted(app, "training_losses").data[2:]]
    assert names == [*SHIPPED, *(f"run {n}" for n in range(2, live.KEPT + 2))]


def made_names(app: AppTest) -> list[str]:
    return [card["name"] for card in json.loads(part(app, "training_made").json)["cards"]]


@pytest.mark.parametrize("preset", live.PRESETS)
def test_a_preset_sets_the_controls(preset):
    app = opened("live", training_recipe=preset)
    plan = CAUSES[preset]
    assert app.select_slider(key=f"training_steps_{preset}").value == plan.steps
    assert app.slider(key=f"training_dropout_{preset}").value == plan.dropout
    assert app.select_slider(key=f"training_rate_{preset}").value == plan.learning_rate
    app = button(app, "Train it").click().run()
    job = app.session_state["training_job"]
    job.stop()
    assert job.about.plan.recipe == plan


OWN_TEXT = "\n".join(f"the cat sat on mat {i} and the dog ran away from it again" for i in range(60))


@pytest.mark.parametrize("kind", live.OTHERS)
def test_the_bigram_and_a_small_gpt_are_trained_in_the_same_way(kind):
    app = opened("live", training_kind=kind)
    if kind == "text":
        app.text_area(key="training_text_pasted").set_value(OWN_TEXT).run()
    app = button(app, "Train it").click().run()
    job = app.session_state["training_job"]
    end = time.monotonic() + 60
    while not (job.report().progress and job.report().progress.step) and time.monotonic() < end:
        time.sleep(0.05)
    job.stop()
    app.run()
    for view in live.SEEN_OF[kind]:
        app.button_group(key="training_watch").set_value(view).run()
        assert not app.exception
        assert not app.error
    assert job.report().state == STOPPED


def test_a_text_that_is_too_short_is_refused_before_it_begins():
    app = opened("live", training_kind="text")
    app.text_area(key="training_text_pasted").set_value("too short").run()
    assert "a GPT needs at least 2,000" in said(app)
    assert not app.exception


def test_each_preset_changes_one_cause_and_the_last_is_the_better_recipe():
    recipes = [CAUSES[preset] for preset in live.PRESETS]
    changed = [
        {name for name, value in vars(after).items() if value != getattr(before, name)}
        for before, after in itertools.pairwise(recipes)
    ]
    assert changed[:3] == [{"initialisation"}, {"dropout"}, {"weight_decay"}]
    assert "optimiser" in changed[3]
    assert (recipes[0], recipes[-1]) == (TALK, BETTER)


def test_too_high_a_rate_says_so_and_the_step_before_is_a_click_away():
    app = opened("live", training_recipe="better", training_rate_better="10.0", training_steps_better="500")
    app = button(app, "Train it").click().run()
    app = wait_for(app, "Too high a learning rate")
    assert "knowing nothing costs 3.53" in said(app)
    assert "of tanh are saturated" in said(app)
    for trace in plotted(app, "training_losses").data:
        assert np.isfinite(np.asarray(trace.y, dtype=float)).all()
    app = button(app, "Train again with 3").click().run()
    assert app.session_state["training_job"].about.plan.rate == 3.0
    assert app.select_slider(key="training_rate_better").value == 3.0
    app.session_state["training_job"].stop()


def test_the_code_shows_the_loop_that_runs(short):
    app = ask(ended(short), "code")
    code = " ".join(block.value for block in app.code)
    for line in ("torch.randint", "forward_pass(idx", "backward(idx", "adamw(self._flat"):
        assert line in code


def test_the_same_seed_trains_the_same_model(short):
    losses = []
    for label in ("Train it", "Train again"):
        app = wait_for(button(short, label).click().run(), "Done.")
        losses.append([m.value for m in app.metric if m.label in ("train", "dev")])
    assert losses[0] == losses[1]
    retrained = run(offered(app)[0])["retrained_1"]
    assert losses[0] == [f"{retrained[loss][-1]:.3f}" for loss in ("train_loss", "dev_loss")]


def test_a_training_can_be_paused_and_stopped():
    app = button(opened("live"), "Train it").click().run()
    app = button(app, "Pause").click().run()
    assert "Paused" in said(app)
    app = button(app, "Go on").click().run()
    app = wait_for(button(app, "Stop").click().run(), "Stopped")
    assert not app.exception


def texts(app: AppTest, key: str) -> list[str]:
    """Return what stands in a drawing, from line to line."""
    return [
        told["text"] for told in unfolded(json.loads(part(app, key).json))["primitives"] if "text" in told
    ]


@pytest.fixture
def paused():
    """A training in its midst, on the screen, and the page."""
    app = button(opened("live", training_hidden="20"), "Train it").click().run()
    job = app.session_state["training_job"]
    end = time.monotonic() + 60
    while not (job.report().progress and job.report().progress.step > 150) and time.monotonic() < end:
        time.sleep(0.05)
    app = button(app.run(), "Pause").click().run()
    yield app, job
    job.stop()


def test_the_names_are_written_by_the_model_as_it_stands_with_the_same_dice_as_before(paused):
    app, job = paused
    shown, now = texts(app, "training_written"), job.watch()
    told = job.about.written(now)
    for one in (*job.notes, told):
        assert f"{one.step:,}" in shown
        assert f"{one.nats:.2f}" in shown
    assert [one.step for one in job.notes][:2] == [0, 100]  # a slow machine pauses later
    assert job.notes[0].nats > 3 > told.nats
    latest = shown[shown.index(f"{now.step:,}") + 1 :]
    assert latest[0] == told.names[0].name or latest[0].endswith("…")


@pytest.mark.parametrize(("what", "matrix"), [("W1", "W1"), ("tanh", "h")])
def test_a_matrix_that_is_watched_is_the_models(paused, what, matrix):
    app, job = paused
    app.button_group(key="training_watch").set_value(what).run()
    _, (values,) = unpacked(part(app, f"training_{what}").bytes)
    model = job.watch().model
    X, _ = build_dataset(job.about.parts.dev[: live.EXAMPLES], job.about.vocabulary, model.block_size)
    expected = {"W1": model.W1, "h": forward_pass(X[: live.EXAMPLES], *model.parameters()).h}[matrix]
    np.testing.assert_allclose(values, expected, atol=1e-6)


def test_the_letters_and_the_gradient_that_are_watched_are_the_models(paused):
    app, job = paused
    app.button_group(key="training_watch").set_value("letters").run()
    found = recorded.plane(job.watch().model.C.numpy())
    assert f"{found.share:.0%} of how the letters differ" in said(app)
    assert "first main direction of C" in str(plotted(app, "training_plane_now").layout.xaxis.title)
    app.button_group(key="training_watch").set_value("gradient").run()
    (line,) = plotted(app, "training_gradient").data
    np.testing.assert_allclose(line.y, job.history()["batch_slope"], rtol=1e-5)


@pytest.mark.parametrize("what", live.WATCHED)
def test_before_it_begins_what_is_watched_is_the_model_drawn_at_random(what):
    app = opened("live", training_watch=what)
    assert not app.exception
    assert "13,374 numbers, drawn at random" in said(app)


@pytest.mark.parametrize("sex", ["girls", "boys"])
def test_the_ladder_shows_what_was_recorded(sex):
    app = opened("two-recipes", training_sex=sex)
    (values,) = unpacked(next(e.proto.bytes for e in app.get("bidi_component") if e.proto.bytes))[1]
    metas = [checkpoints.read_meta(f"{sex}-{rung}") for rung in training.LADDER]
    np.testing.assert_allclose(values, [list(meta["losses"].values()) for meta in metas], rtol=1e-6)
    dev = {rung: meta["losses"]["dev"] for rung, meta in zip(training.LADDER, metas, strict=True)}
    told = "".join(m.value for m in app.markdown)
    assert f"with only dropout added, at {dev['mlp-talk-dropout']:.2f}" in told


@pytest.mark.parametrize("sex", ["girls", "boys"])
def test_a_row_of_the_ladder_changes_of_the_recipe_it_names_what_it_says_and_nothing_else(sex):
    meta = {name: checkpoints.read_meta(f"{sex}-{rung}")["recipe"] for rung, name in training.LADDER.items()}
    for name, recipe in meta.items():
        usual, _, change = name.partition(", but ")
        changed = {field for field, value in recipe.items() if value != meta[usual][field]}
        said = {"": set(), "scaled start": {"initialisation"}, "plain start": {"initialisation"}}
        assert changed == said.get(change, {"dropout"}), name


def test_what_the_two_recipes_train_with_is_said_above_their_curves():
    told = "".join(m.value for m in opened("two-recipes").markdown)
    assert "SGD 0.1 (0.01 from step 100,000), batch 32, 200,000 steps" in told
    assert "AdamW 0.01 (falling to 0), batch 128, dropout 0.25, weight decay 0.01, 6,000 steps" in told


def test_the_legend_says_of_every_earlier_run_on_which_part_and_at_which_step_it_ended():
    app = opened("live")
    for rung, name in (("mlp-talk", "talk"), ("mlp", "better")):
        meta = checkpoints.read_meta(f"girls-{rung}")
        told = f"{name} (shipped MLP): dev {meta['losses']['dev']:.2f} at {meta['recipe']['steps']:,}"
        assert told in [line["name"] for line in plotted(app, "training_losses")["data"]]
    assert "most probable per character" in part(app, "training_written").json


@pytest.mark.parametrize("sex", ["girls", "boys"])
def test_dropout_does_almost_all_of_it_and_the_start_next_to_nothing(sex):
    dev = {rung: training.losses(sex, rung)["dev"] for rung in training.LADDER}
    gained = dev["mlp-talk"] - dev["mlp"]
    assert dev["mlp-talk"] - dev["mlp-talk-dropout"] > 0.8 * gained
    assert dev["mlp-talk"] - dev["mlp-talk-scaled"] < 0.1 * gained
    assert training.first_loss(sex, "mlp-talk") > 20 > 4 > training.first_loss(sex, "mlp")


def test_a_nudge_moves_the_prediction_and_a_still_letter_does_not():
    found = training._shipped_letters("girls")
    still = training.nudged(found, "A", 0, 0, "AN")
    moved = training.nudged(found, "A", 2, 0, "AN")
    assert np.abs(still.change).max() == 0
    assert np.abs(moved.change).max() > 0.01
    assert moved.probabilities_after.sum() == pytest.approx(1, abs=1e-5)


def test_the_names_that_are_shown_are_those_that_were_counted():
    app = opened("overfitting")
    for kind, heading in zip(("talk", "better"), app.header, strict=True):
        made = listed(app, f"training_made_{kind}")
        share, count = np.mean(made["copied"]), len(set(made["name"]))
        assert heading.value.endswith(f": {share:.1%} of {count:,} different names copied")
        assert len(made["name"]) == count > 900
        assert all(0 < p < 1 for p in made["probability"])


@pytest.mark.parametrize(("sex", "beside"), [("girls", 5), ("boys", 6)])
def test_vowels_end_beside_vowels(sex, beside):
    said = training.companions(training._shipped_letters(sex))
    assert said[0].startswith("Of 6 frequent vowels, **none** has a vowel")
    assert said[-1].startswith(f"Of 6 frequent vowels, **{beside}** have a vowel")
    app = opened("letters-move", training_letters=sex)
    assert plotted(app, "training_paths").layout.meta["frames"]["captions"] == said


def test_a_letter_that_no_training_name_has_is_named():
    found = training._shipped_letters("girls")
    assert all("No name learned from has" in one for one in training.companions(found))
    i = found.vocabulary.encode("Ą")[0]
    assert found.occurrences[i] == 0


@pytest.mark.parametrize("sex", ["girls", "boys"])
def test_a_sweep_marks_where_it_falls_where_it_is_lowest_and_the_talks_rate(sex):
    swept = training.sweep(sex)
    falling, talk, lowest = training.landmarks(swept)
    assert falling.x < talk.x == pytest.approx(0.1, rel=0.01)
    assert swept.smoothed.min() == lowest.y <= talk.y < falling.y
    assert talk.y < 1.25 * lowest.y  # still falling, and nearly there
    assert swept.smoothed[-1] > lowest.y


LIST = "\n".join(f"{a}{b}" for a in "ABCD" for b in "ELO")
OWN = {"bigram_names": "your own list", "bigram_list": LIST}


@pytest.mark.parametrize(
    ("query", "called"),
    [
        ({}, "talk (shipped MLP): dev 2.36 at 200,000"),
        ({"bigram_names": "both"}, "talk on girls (shipped MLP): dev 2.36 at 200,000"),
        (
            {
                "bigram_names": "your own list",
                "bigram_list": "\n".join(f"{a}{b}" for a in "ABCD" for b in "ELO"),
            },
            "talk on girls (shipped MLP): dev 2.36 at 200,000",
        ),
    ],
)
def test_runs_on_other_words_say_on_whose(query, called):
    app = open_scene("training.py", "live", **query)
    assert called in [trace.name for trace in plotted(app, "training_losses").data]


def test_a_model_with_letters_of_its_own_is_not_sent_to_where_it_cannot_stand():
    app = ended(open_scene("training.py", "live", training_kind="bigram, by gradient", **OWN))
    links = [link.proto.label for link in app.get("page_link")]
    assert "Name a baby with it" in links
    assert "Into Four models" not in links
    assert "Four models know other letters than it does." in said(app)
