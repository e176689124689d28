"""A table sends its columns compactly and as they are; what the browser makes of them is tested there."""

import json

import numpy as np
import pandas as pd
import pytest

from explainer.components import listing as component
from explainer.ui import blocks

HOSTILE = "<img src=x onerror=alert(1)>"


@pytest.fixture
def sent(monkeypatch):
    """A function that returns what the browser gets of a frame, in the way of the wire and back."""
    calls = []
    monkeypatch.setattr(component, "_component", lambda **given: calls.append(given))
    monkeypatch.setattr(blocks.window, "narrow", lambda: False)

    def drawn(columns: dict, **options) -> dict:
        blocks.table(pd.DataFrame(columns), "What is seen.", key="t", **options)
        return {**calls[-1], "data": json.loads(json.dumps(calls[-1]["data"], allow_nan=False))}

    return drawn


def columns(given: dict) -> list[dict]:
    return given["data"]["columns"]


def test_every_column_is_sent_by_its_kind(sent):
    frame = {"name": ["ADA", "JAN"], "bearers": [3, 1_072_616], "p": [5.9e-8, 0.25], "copied": [True, False]}
    assert columns(sent(frame)) == [
        {"title": "name", "kind": "text", "values": ["ADA", "JAN"]},
        {"title": "bearers", "kind": "number", "values": [3, 1_072_616]},
        {"title": "p", "kind": "number", "values": [5.9e-8, 0.25]},
        {"title": "copied", "kind": "mark", "values": [True, False]},
    ]


def test_texts_that_often_occur_are_sent_once(sent):
    parts = ["train", "dev", "train", "train", "test", "train"]
    [column] = columns(sent({"part": parts}))
    assert column == {
        "title": "part",
        "kind": "text",
        "values": ["train", "dev", "test"],
        "rows": [0, 1, 0, 0, 2, 0],
    }


def test_numbers_in_single_precision_are_sent_with_the_digits_that_they_have(sent):
    [column] = columns(sent({"p": np.array([0.1, 5.9e-8, 1072616], "f4")}))
    assert column["values"] == [0.1, 5.9e-8, 1072616]


def test_what_is_missing_is_said_to_be_missing(sent):
    frame = pd.DataFrame(
        [{"name": "a", "steps": 5}, {"name": "b", "told": "x"}], columns=["name", "steps", "told"]
    )
    _, steps, told = columns(sent(frame))
    assert steps["values"] == [5, None]
    assert told["values"] == ["", "x"]
    assert columns(sent({"p": np.array([np.inf, -np.inf, 1])}))[0]["values"] == [None, None, 1]


def test_a_hostile_text_is_sent_as_it_stands(sent):
    [column] = columns(sent({HOSTILE: [HOSTILE, "\x00\n\u2028"]}))
    assert column == {"title": HOSTILE, "kind": "text", "values": [HOSTILE, "\x00\n\u2028"]}


def test_an_empty_table_says_so(sent):
    given = sent({"word": []}, empty="Nothing was left out.")
    assert (given["data"]["empty"], columns(given)[0]["values"]) == ("Nothing was left out.", [])


def test_it_fills_what_is_left_and_takes_what_it_needs_on_a_phone(sent, monkeypatch):
    assert sent({"a": [1]})["height"] == "stretch"
    given = sent({"a": [1]}, height=250)  # as many pixels as these are at 1920 × 1080
    assert (given["height"], given["data"]["height"]) == ("content", 250)
    monkeypatch.setattr(blocks.window, "narrow", lambda: True)
    assert sent({"a": [1]})["height"] == "content"


def test_a_table_without_room_is_cut_and_says_of_how_many_rows(sent):
    words = [f"{i:05}" + "Ж" * 35 for i in range(20_000)]  # six bytes a letter, as Streamlit writes it
    data = sent({"word": words, "part": ["train", "dev"] * 10_000})["data"]
    assert data["rows"] == 20_000
    assert 0.8 * component.ROOM < len(json.dumps(data)) < 1_000_000
    word, part = data["columns"]
    assert word["values"] == words[: len(word["values"])]
    assert len(part["rows"]) == len(word["values"])
    assert sent({"word": ["short"]})["data"]["rows"] == 1
