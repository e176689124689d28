"""Welcome: names that a model made, each with its probability and what the register knows."""

import json

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from explainer import checkpoints, names
from explainer.components.grid import unpacked
from explainer.traces import compare as trace
from explainer.ui.catalogue import KINDS
from explainer.ui.scenes import opening, welcome
from tests.pages.test_compare import sent, told
from tests.scenes import APP, open_scene, open_sound, part


def page(scene: str = "name-your-baby", **query: str) -> AppTest:
    return open_sound("welcome", scene, query)


def shown(app: AppTest) -> list[dict]:
    return sent(app, "cards")["cards"]


@pytest.mark.parametrize("temperature", ["careful · 0.6", "as it learned · 1.0", "wild · 1.7"])
@pytest.mark.parametrize("kind", list(KINDS))
def test_twelve_names_are_the_models_and_their_odds_are_those_they_were_drawn_with(kind, temperature):
    query = {"prefix": "jo", "sex": "boy", "model": KINDS[kind], "seed": "5"}
    cards = shown(page(**query, temperature=temperature))
    assert len({card["name"] for card in cards}) == 12
    model = checkpoints.load(f"boys-{kind}").model
    for card in cards:
        assert card["name"].startswith("JO")
        assert "".join(letter["symbol"] for letter in card["letters"]) == card["name"] + "·"
        given = [letter["probability"] for letter in card["letters"]]
        assert given[:2] == [None, None]
        product = 1.0
        for read, p in enumerate(given[2:], 2):
            answer = trace.next_probabilities(model, names.VOCABULARY, card["name"][:read])
            truth = names.VOCABULARY.encode((card["name"] + ".")[read])[0]
            assert p == pytest.approx(answer[truth], rel=1e-3)
            warmed = answer ** (1 / welcome.TEMPERATURES[temperature])
            product *= warmed[truth] / warmed.sum()
        assert card["odds"] == welcome.odds(product)


def test_the_register_is_asked():
    table = pd.read_csv(names.DATA, keep_default_na=False)
    girls = dict(table[table["sex"] == "girl"][["name", "bearers"]].itertuples(index=False))
    cards = shown(page(prefix="A", temperature="careful · 0.6"))
    assert any(card["real"] for card in cards)
    for card in cards:
        if card["name"] in girls:
            assert card["known"].startswith(f"carried by {girls[card['name']]:,}")
            assert card["real"]


def test_a_name_of_the_other_sex_and_a_hidden_one_are_said():
    assert welcome.register_says("ADAM", "girls")[1] is False
    assert "boys" in welcome.register_says("ADAM", "girls")[0]
    hidden = names.split(names.select(names.register(), "girl")["name"].tolist()).test[0]
    assert welcome.register_says(hidden, "girls")[0].endswith("never shown to it")
    assert welcome.register_says("XYXYX", "boys") == ("new", False)


def test_it_opens_on_names_that_one_would_give_a_child_some_of_them_new():
    cards = shown(page())
    borne = [welcome.register_says(card["name"], "girls") for card in cards]
    assert sum(real for _, real in borne) >= 9
    assert borne[0][1]
    assert any(known == "new" for known, _ in borne)
    assert any(known.endswith("never shown to it") for known, _ in borne)
    assert not any("boys" in known for known, _ in borne)


def test_new_is_only_what_nobody_in_the_register_bears():
    rare = pd.read_csv(names.RARE, keep_default_na=False)
    assert rare["bearers"].max() < names.MIN_BEARERS
    assert not set(zip(rare["name"], rare["sex"], strict=True)) & set(
        names.register()[["name", "sex"]].itertuples(index=False, name=None)
    )
    one = rare[rare["sex"] == "girl"].iloc[0]
    known, real = welcome.register_says(one["name"], "girls")
    assert known.startswith(f"carried by {one['bearers']}")
    assert real
    everybody = set(rare["name"]) | set(names.register()["name"])
    for card in shown(page(temperature="as it learned · 1.0", seed="2")):
        assert (card["known"] == "new") == (card["name"] not in everybody)


def test_the_line_above_the_cards_reads_one_of_them():
    cards = {card["name"]: card["odds"] for card in shown(page())}
    line = next(part.value for part in page().markdown if "click it to see why" in part.value)
    assert any(line.startswith(f"{name}, {odds}:") for name, odds in cards.items())


@pytest.mark.parametrize(
    ("probability", "said"),
    [
        (1.0, "more than 99%"),
        (0.34, "34%"),
        (0.02, "1 in 50"),
        (1 / 4321, "1 in 4,300"),
        (1 / 2.14e6, "1 in 2.1 million"),
        (1 / 9.99e8, "1 in 1 billion"),
        (1 / 3e12, "1 in 3 trillion"),
        (1e-27, "1 in 10²⁷"),
        (0.0, "1 in 10³⁰⁰"),
    ],
)
def test_odds_are_spoken(probability, said):
    assert welcome.odds(probability) == said


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("7Z", "Z"),
        ("A" * 40, "ZO"),
        ("Ω", ""),
        ("🙂", ""),
        (".", ""),
        ("<script>", "SCRIPT"),
        ("ĆMA", "MA"),
        ("[x](y)", "XY"),
    ],
)
def test_of_an_impossible_prefix_is_read_what_can_be(typed, read):
    app = page(prefix="ZO")
    app.text_input("welcome_prefix").set_value(typed).run()
    assert not app.exception
    assert all(card["name"].startswith(read) for card in shown(app))
    assert ("The last names stay here" if len(typed) == 40 else "never occur") in told(app)
    assert all(typed not in part.value for part in app.markdown if len(typed) > 1)
    app.text_input("welcome_prefix").set_value("ewa").run()
    assert all(card["name"].startswith("EWA") for card in shown(app))


def test_an_impossible_prefix_in_a_link_leaves_the_beginning_open():
    assert shown(page(prefix="123")) == shown(page(prefix=""))


@pytest.mark.parametrize("prefix", ["Q", "X", "VŻ", "", "WIEŃCZYSŁAWA", "ALEKSANDRA"])
def test_rare_prefixes_end_with_names_or_a_reason(prefix):
    app = page(prefix=prefix, model="MLP", temperature="very careful · 0.3")
    cards = shown(app)
    assert cards
    assert len(cards) == 12 or "draws gave only" in told(app)


def test_other_dice_make_other_names():
    assert [c["name"] for c in shown(page(seed="2"))] != [c["name"] for c in shown(page(seed="3"))]


def test_the_claim_tells_names_that_its_table_makes():
    app = page("claim")
    app.select_slider("welcome_letter").set_value("Z").run()
    line = next(part.value for part in app.markdown if "it writes names" in part.value)
    made = line.split("**")[1].split(" · ")
    assert len(made) == welcome.FIRST
    assert all(name.startswith("Z") for name in made)


def test_a_name_is_taken_along_with_its_prefix():
    made = trace.DrawnName("MARTA", "MAR", [0.5, 0.5, 0.5], [0.5, 0.5, 0.5])
    ways = {path: (slug, query) for path, slug, _, query in welcome.ways("boys", made)}
    assert ways["mlp"] == ("forward-pass", {"mlp_name": "MARTA", "mlp_read": "3", "mlp_sex": "boys"})
    assert ways["compare"] == ("one-prefix", {"compare_prefix": "MAR", "compare_sex": "boys"})
    assert ways["bigram"][1]["bigram_name"] == "MARTA"
    assert ways["attention"][1]["attention_prompt_boys-gpt"] == "MAR"


@pytest.mark.parametrize("path", ["bigram", "mlp", "attention", "compare"])
def test_the_chapter_that_a_name_is_taken_to_shows_it(path):
    made = trace.DrawnName("MARTA", "MART", [0.5, 0.5], [0.5, 0.5])
    query = next(query for where, _, _, query in welcome.ways("boys", made) if where == path)
    slug = next(slug for where, slug, _, _ in welcome.ways("boys", made) if where == path)
    app = open_scene(f"{path}.py", slug, **query)
    assert not app.exception
    assert {"MARTA", "MART"} & {field.value for field in app.text_input}
    assert [app.session_state[key] for key in query if key != "mlp_read"]


def linked(**query: str) -> AppTest:
    """Open the house by a link to its first scene, as a browser does."""
    app = AppTest.from_file(str(APP), default_timeout=60)
    for key, value in query.items():
        app.query_params[key] = value
    return app.run()


def played(app: AppTest) -> dict:
    assert not app.exception
    return json.loads(part(app, "opening_name").json)["frames"]


def test_the_opening_follows_the_clicker_from_model_to_model():
    """Each of the three is a stage; what plays in it is sent at once, so that playing asks nothing."""
    made = {}
    for kind, label in KINDS.items():
        frames = played(linked(opening_model=label))
        made[kind] = frames["captions"][-1].split("**")[1]
        assert len(frames["captions"]) == len(frames["titles"]) == 4 * (len(made[kind]) + 1)
    assert made == {"bigram": "LENA", "mlp": "LILA", "gpt": "LINA"}


def test_other_dice_write_another_name_and_the_address_keeps_them():
    app = linked()
    app.button("opening_seed_next").click().run()
    assert app.number_input("opening_seed").value == opening.SEED + 1
    assert f"**{opening.write('bigram', 7).name}**" in played(linked(opening_seed="7"))["captions"][-1]


def test_one_row_of_the_table_is_what_the_multiplication_leaves():
    header, arrays = unpacked(part(page("claim"), "welcome_product").bytes)
    one_hot, table, made = (arrays[matrix["values"]["array"]] for matrix in header["matrices"])
    np.testing.assert_allclose(one_hot.reshape(1, -1) @ table, made, atol=1e-6)
    assert sorted(one_hot.ravel().tolist()) == [0.0] * 33 + [1.0]
