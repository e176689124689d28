"""Who looks at whom: what the browser is sent is what the model computed, whatever the address says."""

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from explainer import checkpoints, sampling
from explainer.sampling import Settings, generate
from explainer.traces.gpt import trace
from explainer.traces.writing import windows
from explainer.ui.scenes import attention as loader
from explainer.ui.trained import checkpoint
from tests.scenes import heaviest, open_sound, part, tell
from tests.unit.test_attention_component import attention_rows, unpacked

SCENE = "who-looks-at-whom"
HOSTILE = ["<script>alert(1)</script>", "-1", "9" * 400, "null", "../../x", "🙂", "1e9", "٣", ""]


def page(**query: str) -> AppTest:
    """Run the scene; query values are what the address bar shows."""
    return open_sound("attention", SCENE, query)


def sent(app: AppTest) -> tuple[dict, dict[str, np.ndarray]]:
    """Return what the component of the scene was sent."""
    parts = [part.proto for part in app.get("bidi_component")]
    return unpacked(next(part.bytes for part in parts if part.component_name == "attention"))


def text(header: dict, arrays: dict) -> str:
    """Return the characters that were sent, after the prompt."""
    return "".join(header["stream"]["symbols"][token] for token in arrays["tokens"])


def test_what_is_sent_is_what_generate_writes():
    header, arrays = sent(page(temperature="0.7", top_k="5", seed="7", at="20"))
    trained = checkpoints.load("shakespeare")
    prompt = "ROMEO:\nO, "
    steps = list(
        generate(
            trained.model,
            trained.vocabulary,
            prompt,
            len(arrays["tokens"]),
            Settings(0.7, 5),
            seed=7,
            top=len(trained.vocabulary),
            attention=True,
        )
    )
    assert len(steps) >= 20 + 1
    assert text(header, arrays) == "".join(step.character for step in steps)
    rows = attention_rows(header, arrays, (6, 6))
    chances = arrays["chances"].reshape(len(steps), -1)
    for number, step in enumerate(steps):
        np.testing.assert_allclose(rows[len(prompt) - 1 + number, 0], step.attention, atol=1e-3)
        for candidate in step.candidates:
            assert chances[number, candidate.token] == pytest.approx(candidate.chance, abs=1e-4)


@pytest.mark.parametrize("label", list(loader.models().values()))
def test_every_model_writes(label):
    header, arrays = sent(page(model=label))
    assert len(arrays["tokens"]) >= 1
    probabilities = arrays["probabilities"].reshape(len(arrays["tokens"]), -1)
    np.testing.assert_allclose(probabilities.sum(1), 1, atol=1e-5)
    assert header["view"]["position"] == 0


def test_a_name_ends_at_its_boundary():
    header, arrays = sent(page(model="girls’ names", at="40"))
    assert text(header, arrays).index(".") == len(arrays["tokens"]) - 1
    assert header["stream"]["symbols"][header["stream"]["prompt"][0]] == "."


def test_a_link_keeps_the_characters_that_were_picked():
    first, arrays = sent(page())
    other = "Z" if text(first, arrays)[0] != "Z" else "Q"
    header, arrays = sent(page(text=other + "e", at="2"))
    assert text(header, arrays).startswith(other + "e")
    assert arrays["fallen"][0] != arrays["tokens"][0]
    assert header["view"]["position"] == 2


@pytest.mark.parametrize("value", HOSTILE)
@pytest.mark.parametrize("model", ["Shakespeare", "girls’ names"])
def test_a_hostile_address_is_read_as_far_as_it_makes_sense(value, model):
    header, arrays = sent(page(model=model, text=value, at=value, head=value))
    layers, heads = header["stream"]["n_layer"], header["stream"]["n_head"]
    layer, head = header["view"]["head"]
    assert 0 <= layer < layers
    assert 0 <= head < heads
    assert 0 <= header["view"]["position"] <= loader.LIMIT
    assert len(arrays["tokens"]) <= loader.LIMIT + loader.AHEAD


@pytest.mark.parametrize(
    ("typed", "told", "read"),
    [
        ("", "nothing to go on with", "ROMEO:\nO, "),
        ("Zażółć", "“ż”, “ó”, “ł”, “ć” never occur", "Za"),
        ("🙂", "“🙂” never occurs", "ROMEO:\nO, "),
    ],
)
def test_of_a_bad_prompt_is_read_what_can_be_and_the_rest_is_told(typed, told, read):
    app = page()
    app.text_input(key="attention_prompt_shakespeare").set_value(typed).run()
    assert [e.message for e in app.exception] + [e.value for e in app.error] == []
    assert any(told in line.value for line in app.text)
    stream = sent(app)[0]["stream"]
    assert "".join(stream["symbols"][i] for i in stream["prompt"]) == read


def test_another_prompt_forgets_what_was_kept_of_the_text():
    app = page(text="Zounds", at="6")
    app.text_input(key="attention_prompt_shakespeare").set_value("JULIET:↵").run()
    header, arrays = sent(app)
    assert not text(header, arrays).startswith("Zounds")
    assert header["view"]["position"] == 0
    assert header["stream"]["symbols"][header["stream"]["prompt"][-1]] == "\n"


def test_a_missing_model_is_left_out(monkeypatch, tmp_path):
    for file in checkpoints.FOLDER.glob("girls-gpt.*"):
        (tmp_path / file.name).write_bytes(file.read_bytes())
    monkeypatch.setattr(checkpoints, "FOLDER", tmp_path)
    assert list(loader.models()) == ["girls-gpt"]


def test_settings_are_those_that_sampling_allows():
    most = [k for k in loader.TOP_K if k != loader.ALL][-1]
    smallest = min(len(checkpoints.read_meta(name)["symbols"]) for name in loader.models())
    assert most <= smallest
    assert sampling.Settings(2.0, most, 0.05)


LONG = "What is this that I have written, and who will read it to the end? " * 6


@pytest.mark.parametrize(("prompt", "text", "at"), [(LONG[:400], "", "0"), ("O, ", LONG[:400], "400")])
def test_the_longest_text_comes_in_messages_of_less_than_a_megabyte(prompt, text, at):
    app = page(**{"prompt_shakespeare": prompt, "text": text, "at": at})
    header, arrays = sent(app)
    found = attention_rows(header, arrays, (6, 6))
    ids, length = header["stream"]["prompt"], len(prompt) + max(0, int(at) - 1)
    window = windows(len(ids), length, 256)[-1][0]
    assert length - window > 140
    while missing := [c for c in range(window, length) if (c, window) not in found]:
        assert heaviest(app) < 1_000_000
        kept = [header["stream"]["symbols"].index(character) for character in text]
        app = lacking(app, {"kept": kept, "window": window, "end": missing[-1] + 1})
        more, parts = sent(app)
        assert len(more["rows"]) > 0
        assert parts["tokens"].size == 0
        found |= attention_rows(more, parts, (6, 6))
    trained = checkpoint("shakespeare")
    traced = trace(trained.model, trained.vocabulary.encode((prompt + text)[window:length]))
    for layer, stage in enumerate(traced.layers):
        for character in range(window, length):
            expected = stage.pattern[:, character - window, : character - window + 1]
            np.testing.assert_allclose(found[character, window][layer], expected, atol=1e-3)


@pytest.mark.parametrize(
    "asked", [{"window": 3, "end": 9}, {"window": 0, "end": 0}, {"window": 0, "end": 9_999}]
)
def test_rows_that_nobody_can_lack_are_not_told(asked):
    _, arrays = sent(lacking(page(), {"kept": [], **asked}))
    assert arrays["tokens"].size > 0  # as without the question


def lacking(app: AppTest, asked: dict) -> AppTest:
    """Ask for the rows of a window, as the browser does."""
    return tell(app, [(part(app, "attention_view").id, "ask", {"whole": False, **asked})])
