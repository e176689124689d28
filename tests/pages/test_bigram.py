"""The bigram's page: what stands on it is what the traces computed, also for a list of one's own."""

import random
from itertools import product

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from explainer import names
from explainer.components.grid import unpacked
from explainer.traces import bigram as trace
from explainer.ui.scenes import bigram
from explainer.ui.words import Source, word_list
from tests.scenes import ask, bars, drawn, heaviest, listed, open_sound, plotted, primitives

SCENES = ["data", "one-name", "fill-in", "probabilities", "sample", "how-good", "counting-is-learning"]
OWN = "Zoë\nŁukasz\nОлена\nAnne Marie\nR2D2\nMarek\nMarta\nNina\nPaweł\nЮрій\nEwa\nAnna\nANNA\nÅsa\nBjörn"


def page(scene: str, **query: str) -> AppTest:
    """Run one scene; query values are what the address bar shows."""
    return open_sound("bigram", scene, query)


def grid(app: AppTest) -> tuple[list[dict], list[dict]]:
    """Return the matrices and the frames of the scene's grid, their arrays filled in."""
    sent = next(part.proto.bytes for part in app.get("bidi_component") if part.proto.component_name == "grid")
    header, arrays = unpacked(sent)

    def filled(entry):
        if isinstance(entry, dict):
            return (
                arrays[entry["array"]]
                if set(entry) == {"array"}
                else {k: filled(v) for k, v in entry.items()}
            )
        return [filled(e) for e in entry] if isinstance(entry, list) else entry

    return filled(header["matrices"]), filled(header["frames"])


def captions(app: AppTest) -> list[str]:
    """Return the sentences above the grid, each with the position from which it is said."""
    sent = next(part.proto.bytes for part in app.get("bidi_component") if part.proto.component_name == "grid")
    return [word_list for _, word_list in unpacked(sent)[0]["captions"]]


def told(app: AppTest) -> str:
    return "\n".join(part.value for kind in ("text", "markdown") for part in app.get(kind))


def metrics(app: AppTest) -> dict[str, str]:
    return {metric.label: metric.value for metric in app.metric}


def counts(sex: str, weighted: bool = False) -> np.ndarray:
    rows = names.select(names.register(), sex)
    weights = rows["bearers"].tolist() if weighted else None
    return trace.fill_in(rows["name"].tolist(), names.VOCABULARY, weights).counts


@pytest.mark.parametrize("names_of", ["girls", "boys"])
def test_a_table_that_fills_in_opens_when_half_of_its_pairs_have_come(names_of):
    app = page("fill-in", names=names_of)
    sent = next(p.proto.bytes for p in app.get("bidi_component") if p.proto.component_name == "grid")
    start, frames = unpacked(sent)[0]["start"], grid(app)[1][0]
    pairs = {tuple(pair) for pair in frames["cells"].tolist()}
    seen = [{tuple(p) for p in frames["cells"][: frames["starts"][n]].tolist()} for n in (start - 1, start)]
    assert len(seen[0]) < len(pairs) / 2 <= len(seen[1])


def test_the_talks_numbers_of_the_data():
    app = page("data")
    assert metrics(app) == {"names": "3,517", "letters": "33", "pairs": "25,463"}
    table = listed(app, "bigram_table")
    parts = table["part"]
    assert {part: parts.count(part) for part in set(parts)} == {"train": 2813, "dev": 352, "test": 352}
    rows = names.select(names.register(), "girl")
    assert (table["name"], table["bearers"]) == (rows["name"].tolist(), rows["bearers"].tolist())
    assert bars(app, "bigram_top")[0] == ("ANNA", 1_072_616, "1,072,616")


@pytest.mark.parametrize(("shown", "sex"), [("girls", "girl"), ("boys", "boy"), ("both", "both")])
@pytest.mark.parametrize("weighted", [False, True])
def test_the_fill_in_adds_up_to_the_counts(shown, sex, weighted):
    matrices, [frames] = grid(page("fill-in", names=shown, weighted=str(weighted).lower()))
    expected = counts(sex, weighted)
    assert np.array_equal(matrices[0]["values"], expected)
    weights = frames["weights"] if weighted else np.ones(len(frames["titles"]), int)
    added = np.zeros_like(expected)
    lengths = np.diff(frames["starts"].astype(int))
    np.add.at(added, tuple(frames["cells"].T.astype(int)), np.repeat(weights, lengths))
    assert np.array_equal(added, expected)
    assert frames["cells"].dtype == np.uint8


def test_fewer_names_when_more_bearers_are_asked_for():
    assert int(metrics(page("data", bearers="10000"))["names"].replace(",", "")) < 300


def test_one_name_is_taken_apart_pair_by_pair():
    matrices, [frames] = grid(page("one-name", name="zosia"))
    assert frames["within"]
    assert list(frames["titles"]) == ["ZOSIA"]
    labels = matrices[0]["rows"]
    pairs = [labels[row] + labels[col] for row, col in frames["cells"]]
    assert pairs == ["·Z", "ZO", "OS", "SI", "IA", "A·"]


@pytest.mark.parametrize("typed", ["Qué <b>", "😀", ".", "·", "  ", "ŻÓŁĆ" * 5])
def test_any_typed_name_keeps_the_picture(typed):
    app = page("one-name", name=typed)
    _, [frames] = grid(app)
    assert frames["titles"][0]
    assert ("never occur" in told(app)) == bool(
        names.VOCABULARY.unknown(names.capitals(typed.strip())) or "." in typed
    )


@pytest.mark.parametrize("smoothing", ["0", "0.3", "100"])
def test_rows_of_probabilities_sum_to_one_and_never_seen_pairs_are_told(smoothing):
    app = page("probabilities", smoothing=smoothing)
    count, share = (matrix["values"].astype(float) for matrix in grid(app)[0])
    expected = trace.probability_table(counts("girl"), float(smoothing))
    assert np.array_equal(count, expected.counts)
    assert np.allclose(share, expected.probabilities, atol=1e-6)
    assert np.allclose(share.sum(1), 1, atol=1e-5)
    assert f"{(count == 0).sum()} of 1,156 possible pairs were never seen" in told(app)


def strips(app: AppTest) -> list[dict]:
    """Return what was drawn: the strips' intervals, outlines, dice and what is told at their right."""
    boxes, dice = primitives(app, "box"), primitives(app, "mark")
    texts = [text["text"] for text in primitives(app, "text") if "→" in text["text"]]
    rows = []
    for die, told in zip(dice, texts, strict=True):
        row = [box for box in boxes if box["y1"] < die["y"] + 0.4 < box["y0"]]
        rows.append({"intervals": row[:-1], "outline": row[-1], "die": die["x"], "told": told})
    return rows


def test_every_die_falls_into_the_interval_that_is_drawn():
    rows = strips(page("sample", way="one name", seed="7"))
    expected = trace.sample(
        trace.probability_table(counts("girl"), 0).probabilities, names.VOCABULARY, 7
    ).draws
    for row, draw in zip(rows, expected, strict=True):
        ends = [row["intervals"][0]["x0"], *(box["x1"] for box in row["intervals"])]
        np.testing.assert_allclose(ends, draw.edges, atol=1e-4)
        assert row["die"] == pytest.approx(draw.die, abs=1e-4)
        assert row["outline"]["x0"] <= row["die"] < row["outline"]["x1"]
        assert [box["opacity"] for box in row["intervals"]].index(0.5) == draw.drawn
        assert row["told"].startswith(f"{draw.die:.3f} → ")


def test_a_name_drawn_letter_by_letter_shows_the_row_of_each_letter():
    app = page("sample", seed="3")
    expected = trace.sample(trace.probability_table(counts("girl"), 0).probabilities, names.VOCABULARY, 3)
    assert drawn(app)["frames"]["titles"] == [f"after {c}" for c in f"·{expected.name}"]
    bars = primitives(app, "box")[:34]
    for frame, draw in enumerate(expected.draws):
        heights = np.array([bar["y1"]["each"][frame] - bar["y0"] for bar in bars])
        np.testing.assert_allclose(heights / heights.sum(), np.diff(draw.edges), atol=2e-3)
        assert [bar["opacity"]["each"][frame] for bar in bars].index(1) == draw.drawn
        [die] = primitives(app, "mark")
        assert die["x"]["each"][frame] == pytest.approx(draw.die, abs=1e-4)
    spelt = primitives(app, "text")[0]["text"]["each"]
    assert ["".join(text for text, *_ in words) for words in spelt] == [
        f"·{expected.name}·"[: frame + 2] for frame in range(len(expected.draws))
    ]


def test_the_same_seed_draws_the_same_name_in_every_view():
    letters = drawn(page("sample", seed="3"))
    whole = strips(page("sample", seed="3", way="one name"))
    spelt = [row["told"].split("→ ")[1] for row in whole]
    assert len(letters["frames"]["titles"]) == len(spelt)
    assert wall("ten names")["this table"][0] == ("".join(spelt[:-1]),)


def wall(way: str, **choices: str) -> dict[str, list[tuple[str, ...]]]:
    """Return the columns of the wall: what stands in each of its lines."""
    found: dict[int, list] = {}
    for text in primitives(page("sample", seed="3", way=way, **choices), "text"):
        found.setdefault(int(text["x"]), []).append((text["y"], text["text"]))
    return {
        lines[0][1]: [
            tuple(word for y, word in lines[1:] if y == line) for line in sorted({y for y, _ in lines[1:]})
        ]
        for lines in found.values()
    }


def test_the_wall_is_read_before_it_is_judged():
    assert list(wall("ten names")) == ["equal chances", "this table", "real names"]
    assert all(len(line) == 1 for lines in wall("ten names").values() for line in lines)


def test_the_wall_judges_by_the_table_that_wrote_it():
    judged = wall("judged", smoothing="1")
    chosen = word_list(Source())
    table = trace.probability_table(trace.fill_in(chosen.words, names.VOCABULARY).counts, 1).probabilities
    assert len(judged) == 3
    for heading, lines in judged.items():
        sums, letters = 0.0, 0
        for name, told in lines:
            if "…" in name:
                break
            name = name.strip("·")
            loss = trace.likelihood(name, table, names.VOCABULARY).nll
            assert told.endswith(f"{loss:.2f}")
            assert told.startswith("in the list") == (name in chosen.words and "real" not in heading)
            sums, letters = sums + loss * (len(name) + 1), letters + len(name) + 1
        else:
            assert heading.endswith(f": {sums / letters:.2f}")


def judged(word: str, smoothing: float) -> trace.Likelihood:
    """Return how likely a name is by the girls' names to learn from."""
    train, _ = word_list(Source()).part("train")
    table = trace.probability_table(trace.fill_in(train, names.VOCABULARY).counts, smoothing)
    return trace.likelihood(word, table.probabilities, names.VOCABULARY)


def spelled(app: AppTest) -> tuple[list[dict], dict[str, list[str]], list[str]]:
    """Return the bars of a name that is spelled out, its lines frame by frame, and what is said of each."""
    lines = {}
    texts = primitives(app, "text")
    for name, line in zip(texts[-6::2], texts[-5::2], strict=True):
        lines[name["text"]] = ["".join(part for part, *_ in frame) for frame in line["text"]["each"]]
    return primitives(app, "box"), lines, drawn(app)["frames"]["captions"]


def test_a_name_becomes_less_probable_letter_by_letter():
    expected = judged("ANNA", 0.1)
    boxes, lines, said = spelled(page("how-good", name="ANNA"))
    heights = [box["y1"] - box["y0"] for box in boxes]
    np.testing.assert_allclose(
        np.divide(heights, heights[0]), expected.log_likelihoods / expected.log_likelihoods[0], atol=2e-3
    )
    for i in range(5):
        assert [box["opacity"]["each"][i] > 0 for box in boxes] == [k <= i for k in range(5)]
        product, log = expected.probabilities[: i + 1].prod(), expected.log_likelihoods[: i + 1].sum()
        assert float(lines["product"][i].split("≈ ")[-1]) == pytest.approx(product, rel=0.05)
        *before, now = lines["its logarithm"][i].replace("−", "-").replace(" - ", " ").split(" ≈ ")
        places = len(now.partition(".")[2])
        assert now == f"{log:.{places}f}"
        if before:  # it adds up as it is written
            total, surprise = map(float, before[0].split())
            assert f"{total - surprise:.{places}f}" == now
        assert lines["loss: the mean surprise"][i].endswith(f"≈ {-log / (i + 1):.2f} nats")
        assert f"probability {expected.probabilities[i]:.3f}" in said[i]
    assert f"**{expected.nll:.2f}** nats: its loss" in said[-1]
    assert drawn(page("how-good", name="ANNA"))["frames"]["start"] == 1


def test_an_impossible_pair_has_a_bar_that_fills_the_height_and_is_where_the_picture_opens():
    app = page("how-good", judge="without smoothing")
    boxes, lines, said = spelled(app)
    word = bigram.stranger(Source())
    impossible = [f"·{word}·"[i : i + 2] for i, p in enumerate(judged(word, 0).probabilities) if not p]
    [first, *_] = [i for i, box in enumerate(boxes) if box["y1"] == 1]
    assert f"·{word}·"[first : first + 2] == impossible[0]
    assert [box["y1"] == 1 for box in boxes].count(True) == len(impossible)
    assert drawn(app)["frames"]["start"] == first
    assert "**the loss infinite**" in said[first]
    assert lines["product"][first].endswith("= 0")
    assert lines["its logarithm"][first].endswith("= −∞")
    assert {text["text"] for text in primitives(app, "text") if text["text"] == "∞"}
    _, lines, said = spelled(page("how-good"))
    assert "infinite" not in " ".join(said)
    assert "by smoothing alone" in said[first]


def test_the_loss_on_held_out_names():
    app = page("how-good", judge="all names")
    assert (metrics(app)["dev"], metrics(app)["test"]) == ("2.33", "2.38")
    assert metrics(app)["knowing nothing: ln 34"] == "3.53"
    assert "counted over the 2,813 names of train alone" in told(app)
    app = page("how-good", judge="all names", added="0")
    assert metrics(app)["dev"] == "∞"
    assert "impossible" in told(app)
    assert len(plotted(app, "bigram_curve").data) == 4


def test_the_curve_holds_the_losses_and_marks_the_smoothing_one_is_at():
    app = page("how-good", judge="all names", added="0.1")
    curve = bigram.smoothing_curve(Source())
    *lines, _, mark = plotted(app, "bigram_curve").data
    for line, losses in zip(lines, curve.losses.values(), strict=True):
        np.testing.assert_allclose([line.x, line.y], [curve.smoothings, losses])
    assert mark.x == (0.1,)
    assert metrics(app)["dev"] == mark.text[0]


def test_the_learned_table_comes_close_to_the_counted_one():
    app = page("counting-is-learning", rate="30", steps="1000", pull="0")
    matrices, (learned, difference) = grid(app)
    counted = matrices[1]["values"]
    assert np.allclose(learned["values"].sum(2), 1, atol=1e-4)
    assert np.allclose(learned["values"][-1] - counted, difference["values"][-1], atol=1e-6)
    assert np.abs(difference["values"][-1]).mean() < 0.05 * np.abs(difference["values"][0]).mean() + 0.005
    assert learned["titles"][0].startswith("step 0 · loss: train 4.0")
    said = captions(app)
    assert said[0].startswith("Before the first step, ")
    assert "More steps bring it closer" not in said[0]
    assert said[-1].startswith("After 1,000 steps, ")
    assert "More steps bring it closer" in said[-1]


def test_a_swinging_and_a_diverging_training_are_named():
    assert "swings to and fro" in captions(page("counting-is-learning", rate="50"))[-1]
    assert "It diverges" in captions(page("counting-is-learning", rate="500"))[-1]
    app = page(
        "counting-is-learning",
        rate="500",
        steps="1000",
        pull="1",
        view="losses",
        names="your own list",
        list="AB\nBA\nAAB\nABB\nBBA\nBAB\nABA\nA\nB\nAA\nBB",
    )
    assert "It diverges" in told(app)
    assert plotted(app, "bigram_losses").data


@pytest.mark.parametrize("scene", SCENES)
def test_an_own_list_takes_the_registers_place(scene):
    app = page(scene, names="your own list", list=OWN)
    assert "12 words; left out: 3" in told(app)
    if scene == "data":
        left_out = listed(app, "bigram_left_out")
        assert set(left_out["word"]) == {"ANNE MARIE", "R2D2", "ANNA"}
        assert all(left_out["reason"])
        assert metrics(app)["names"] == "12"
    elif scene in ("one-name", "fill-in", "probabilities", "counting-is-learning"):
        assert {"·", "Å", "Ю"} <= set(grid(app)[0][0]["rows"])


def test_the_column_of_a_table_is_chosen_by_its_words_and_by_the_visitor():
    table = "nr;imię;miasto\n1;Ada;Łódź\n2;Jan;Kraków\n3;Ola;Gdynia"
    app = page("data", names="your own list", list=table)
    assert listed(app, "bigram_table")["name"] == ["ADA", "JAN", "OLA"]
    app.selectbox(key="bigram_column").set_value("miasto").run()
    assert listed(app, "bigram_table")["name"] == ["ŁÓDŹ", "KRAKÓW", "GDYNIA"]
    app.text_area(key="bigram_list").set_value("a;b\nOlek;x\nJerzy;y").run()
    assert listed(app, "bigram_table")["name"] == ["OLEK", "JERZY"]
    assert not app.exception


POLISH = "imię;liczba\r\nŻaneta;12\r\nŁukasz;3\r\nŚwiętosława;7\r\n"


def with_file(app: AppTest, name: str, data: bytes) -> AppTest:
    """Return a scene whose visitor has chosen a file."""
    app.session_state["bigram_file"] = (name, data)
    return app.run()


def test_a_file_as_excel_saves_it_is_read_and_how_is_said():
    app = with_file(page("data", names="your own list"), "imiona.csv", POLISH.encode("cp1250"))
    assert "Read as Windows-1250: ŻANETA, ŁUKASZ. Wrong? Choose." in told(app)
    assert listed(app, "bigram_table")["name"] == ["ŻANETA", "ŁUKASZ", "ŚWIĘTOSŁAWA"]
    app.selectbox(key="bigram_read_as_cp1250").set_value("Windows-1252").run()
    assert listed(app, "bigram_table")["name"] == ["¯ANETA", "£UKASZ"]
    assert "Read as Windows-1252: ¯ANETA, £UKASZ. Wrong? Choose." in told(app)
    app.selectbox(key="bigram_read_as_cp1250").set_value("UTF-8").run()
    assert "line 1: the text is not UTF-8. Choose another encoding" in told(app)
    assert "Read as" not in told(app)
    assert not app.exception


def test_a_column_of_counts_weights_the_table_that_is_counted():
    app = with_file(page("data", names="your own list"), "imiona.csv", POLISH.encode())
    assert "Read as" not in told(app)
    app.selectbox(key="bigram_counts").set_value("liczba").run()
    assert listed(app, "bigram_table")["count"] == [12, 3, 7]
    app.query_params["scene"] = "fill-in"
    [counts] = [matrix["values"] for matrix in grid(app.run())[0]]
    rows = grid(app)[0][0]["rows"]
    assert counts[rows.index("·"), rows.index("Ż")] == 12
    assert counts.sum() == 12 * 7 + 3 * 7 + 7 * 12


@pytest.mark.parametrize(
    "text", ["", "\n \n", "1", "<script>alert(1)</script>", "a,b\n\x00", "😀\n😀", "x" * 1400, "A"]
)
@pytest.mark.parametrize("scene", ["data", "sample", "how-good", "counting-is-learning"])
def test_a_hopeless_list_is_answered_and_no_other_names_stand_in_its_place(scene, text):
    app = page(scene, names="your own list", list=text)
    drawn_by = {part.proto.component_name for part in app.get("bidi_component")}
    if "words; left out" in told(app):
        assert drawn_by & {"drawing", "grid", "plot"}
        return
    assert not drawn_by & {"drawing", "grid", "plot", "listing"}
    assert app.text_area(key="bigram_list").label == "your words, one a line"
    if text == "":
        times = (
            1 if scene == "data" else 2
        )  # there the list itself is on the stage; else it is said in sight, too
        assert told(app).count("Your list is empty, or a reload has lost it") == times


@pytest.mark.parametrize(
    "key", ["names", "bearers", "smoothing", "seed", "rate", "way", "weighted", "column", "name"]
)
@pytest.mark.parametrize("value", ["<script>alert(1)</script>", "-1", "9" * 300, "nan"])
def test_a_hostile_address_is_harmless(key, value):
    scene = {"rate": "counting-is-learning", "name": "how-good", "bearers": "data"}.get(key, "sample")
    page(scene, **{key: value})


def test_the_code_that_is_shown_is_the_code_that_ran():
    for judge, name in (("one name", "likelihood"), ("all names", "evaluate")):
        app = page("how-good", judge=judge)
        ask(app, "code")
        shown = "\n".join(code.value for code in app.code)
        assert f"def {name}(" in shown
        assert "def how_good(" in shown


@pytest.fixture(scope="module")
def longest_list() -> str:
    """Words of as many letters, as long and as rare as a list may hold."""
    alphabet = [chr(letter) for letter in range(0x0410, 0x0410 + 32)] + [
        chr(c) for c in range(0x0531, 0x054D)
    ]
    dice = random.Random(1)
    return "\n".join("".join(dice.choices(alphabet, k=12)) for _ in range(30_000))


@pytest.mark.parametrize("scene", SCENES)
def test_the_longest_list_comes_in_messages_of_less_than_a_megabyte(scene, longest_list):
    app = page(scene, names="your own list")
    app.text_area(key="bigram_list").set_value(longest_list).run()
    assert not app.exception
    assert heaviest(app) < 1_000_000


def test_a_list_too_long_for_a_field_leaves_it_and_stays_until_it_is_removed():
    app = page("data", names="your own list")
    words = "\n".join("".join(letters) for letters in product("ABCDEFGHIJ", repeat=4))[:-1]
    longer = f"{words}\n" + "\n".join(f"Z{word}" for word in words.split())
    app.text_area(key="bigram_list").set_value(words).run()
    assert app.text_area(key="bigram_list").value == words  # 50,000 characters are worked on where they are
    app.text_area(key="bigram_list").set_value(longer).run()
    assert metrics(app)["names"] == "20,000"
    assert not any(area.key == "bigram_list" for area in app.text_area)
    app.button(key="bigram_list_remove").click().run()
    assert app.text_area(key="bigram_list").value == ""
    assert "Your list is empty" in told(app)
