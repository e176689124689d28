"""Four models: the numbers on the page are the traces', and the game is fair."""

import json

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from explainer import checkpoints, names
from explainer.traces import compare as trace
from explainer.ui import window
from explainer.ui.scenes import compare
from explainer.ui.trained import split
from tests.scenes import open_sound


def page(scene: str, **query: str) -> AppTest:
    return open_sound("compare", scene, query)


def sent(app: AppTest, component: str) -> dict:
    """Return what a component of names is sent."""
    parts = [part.proto for part in app.get("bidi_component")]
    return json.loads(next(p.json for p in parts if p.component_name == f"names_{component}"))


def told(app: AppTest) -> str:
    return "\n".join(part.value for kind in ("text", "markdown") for part in app.get(kind))


@pytest.mark.parametrize("prefix", ["MAR", "", "zofi", " an na "])
def test_the_bars_are_the_models_probabilities(prefix):
    shown = sent(page("one-prefix", prefix=prefix, sex="boys"), "answers")
    wanted = prefix.replace(" ", "").upper()
    loaded = {kind: checkpoints.load(f"boys-{kind}").model for kind in ("bigram", "mlp", "gpt")}
    for row, kind in zip(shown["rows"], compare.KINDS, strict=True):
        assert sum(row["probabilities"]) == pytest.approx(1, abs=1e-4)
        assert all(name.startswith(wanted) for name in row["samples"])
        if kind in loaded:
            expected = trace.next_probabilities(loaded[kind], names.VOCABULARY, wanted)
            np.testing.assert_allclose(row["probabilities"], expected, atol=1e-6)
    assert shown["columns"][0] == "·"
    assert shown["columns"][1:] == names.VOCABULARY.symbols[1:]


@pytest.mark.parametrize(
    ("typed", "said", "read"),
    [
        ("A7", "“7” never occurs", "A"),
        ("A" * 40, "40 letters; the longest has", "ZOF"),
        ("Ω", "“Ω” never occurs", ""),
        ("a.b", "“.” never occurs", "AB"),
        ("<b>x</b>", "“<”, “>”, “/” never occur", "BXB"),
        ("\x00", "U+0000 never occurs", ""),
    ],
)
def test_of_an_impossible_prefix_is_read_what_can_be(typed, said, read):
    app = page("one-prefix", prefix="ZOF")
    app.text_input("compare_prefix").set_value(typed).run()
    assert not app.exception
    assert said in told(app)
    assert sent(app, "answers") == sent(page("one-prefix", prefix=read), "answers")


def test_the_ledger_tells_the_measured_losses():
    for part in ("dev", "test"):
        shown = sent(page("what-each-step-was-worth", part=compare.PARTS[part]), "ledger")
        losses = {row["label"]: row["entries"][0]["text"] for row in shown["rows"]}
        for kind in ("bigram", "mlp", "gpt"):
            recorded = checkpoints.read_meta(f"girls-{kind}")["losses"][part]
            assert float(losses[compare.KINDS[kind]]) == pytest.approx(recorded, abs=6e-4)


@pytest.mark.parametrize("part", ["dev", "test"])
@pytest.mark.parametrize("sex", ["girls", "boys"])
def test_gradient_descent_is_said_to_come_near_the_counts_and_does(sex, part):
    app = page("what-each-step-was-worth", part=compare.PARTS[part], sex=sex)
    rows = sent(app, "ledger")["rows"]
    counts, learned = (float(row["entries"][0]["text"]) for row in rows[:2])
    assert 0 < learned - counts < 0.15
    said = float(told(app).split("near the counts: ")[1].split(" nats more")[0])
    assert said == pytest.approx(learned - counts, abs=0.006)


def test_each_model_multiplies_more_than_the_one_before():
    counted = [row["entries"][2]["text"] for row in sent(page("what-each-step-was-worth"), "ledger")["rows"]]
    numbers = [int(text.replace(",", "")) for text in counted]
    assert numbers == sorted(set(numbers))


@pytest.mark.parametrize("sex", ["girls", "boys"])
def test_on_rarer_names_it_is_told_who_guesses_right_and_who_is_too_sure(sex):
    app = page("what-each-step-was-worth", part=compare.PARTS["rare"], sex=sex)
    losses = {row["label"]: row["entries"][0]["text"] for row in sent(app, "ledger")["rows"]}
    words = names.rarer(sex.removesuffix("s"), compare.RARE)
    judged = {}
    for kind in ("mlp", "gpt"):
        loaded = checkpoints.load(f"{sex}-{kind}")
        judged[kind] = trace.held_out(loaded.model, loaded.vocabulary, words)
        assert float(losses[compare.KINDS[kind]]) == pytest.approx(judged[kind].loss, abs=6e-4)
    mlp, gpt = judged.values()
    pays = {"girls": "; all the same it pays 0.04 nats less", "boys": ", and pays 0.02 nats more"}[sex]
    assert f"right {gpt.right:.0%} of the time, the MLP {mlp.right:.0%}, but" in told(app)
    assert f"its guess for {gpt.sure:.0%} likely{pays} than the MLP." in told(app)


def test_the_multiplications_stand_digit_by_digit():
    shown = sent(page("what-each-step-was-worth"), "ledger")
    counted = [row["entries"][2] for row in shown["rows"]]
    assert [entry["text"] for entry in counted] == ["0", "1,156", "12,800", "457,920"]
    assert all(entry["digits"] for entry in counted)


def test_a_hidden_name_shows_one_letter_only():
    app = page("guess-the-next-letter")
    game = app.session_state["compare_games"]["girls"]
    shown = sent(app, "guess")
    assert shown["word"] == game.name[0]
    assert game.name not in json.dumps(shown)
    assert game.name not in split("girls").train


def test_a_whole_name_is_played_and_everyone_scored():
    app = page("guess-the-next-letter", sex="boys")
    game = app.session_state["compare_games"]["boys"]
    name, vocabulary = game.name, names.VOCABULARY
    for letter in (name + ".")[1:]:
        game.play("·" if letter == "." else letter)
    assert game.over
    game.play("A")  # nothing is left to guess
    app.run()
    shown = sent(app, "guess")
    assert shown["word"] == f"{name}·"
    assert f"{compare.bearers()[name, 'boys']:,} boys" in shown["verdict"]
    asked = len(name)
    assert shown["players"][0]["score"] == f"{asked} of {asked}"
    for player, kind in zip(shown["players"][1:], compare.KINDS, strict=True):
        model = compare.model("boys", kind)
        bets = [trace.bet(model, vocabulary, name, read) for read in range(1, asked + 1)]
        hits = sum(vocabulary.symbols[b.guess] == (name + ".")[1 + i] for i, b in enumerate(bets))
        assert player["score"] == f"{hits} of {asked}"
        assert float(player["paid"]) == pytest.approx(np.mean([b.nats for b in bets]), abs=0.006)
    game.play("")
    app.run()
    assert sent(app, "guess")["word"] == game.name[0]
    assert game.name != name
    app.button("compare_again").click().run()
    assert app.session_state["compare_games"]["boys"].asked == 0


def test_on_stage_the_hidden_names_are_those_of_the_rehearsal(monkeypatch):
    monkeypatch.setattr(window, "presenting", lambda: True)

    def hidden() -> list[str]:
        app = page("guess-the-next-letter")
        first = app.session_state["compare_games_on_stage"]["girls"].name
        app.button("compare_again").click().run()
        return [first, app.session_state["compare_games_on_stage"]["girls"].name]

    assert hidden() == hidden()


def test_the_score_stays_while_one_looks_elsewhere():
    app = page("guess-the-next-letter")
    app.session_state["compare_games"]["girls"].play("A")
    app.query_params["scene"] = "one-prefix"
    app.run()
    app.query_params["scene"] = "guess-the-next-letter"
    app.run()
    assert sent(app, "guess")["players"][0]["score"].endswith("of 1")
