"""A lens opens on what matters, names its cells as PyTorch does, and its legend is the scale that is used."""

import numpy as np
import pytest

from explainer import checkpoints
from explainer.traces import mlp as trace
from tests.browser.conftest import settled
from tests.browser.test_digits import GRIDS

# Every lens on the page: its matrix, where it stands, what its heading and its legend say.
LENSES = """() => [...document.querySelectorAll('*')].map((e) => e.shadowRoot)
  .map((root) => root?.querySelector('canvas.cells')?.__grid).filter(Boolean)
  .flatMap((grid) => grid.lenses.map((lens) => ({ ...lens, ...grid.matrices[lens.matrix] })))"""


def lenses(page, address: str, app: str = "") -> list[dict]:
    """Go to a scene and return its lenses, once they are painted."""
    if app:
        page.goto(app + address)
        settled(page)
    page.wait_for_function(f"({LENSES})().every((lens) => lens.told)", polling=100)
    return page.evaluate(LENSES)


def test_a_legend_has_a_negative_end_only_where_there_are_negative_numbers(open_page, app):
    page, wrong = open_page(GRIDS[0]), []
    for address in GRIDS:
        for lens in lenses(page, address, app):
            values = np.array([value for value in lens["values"] if value is not None], dtype=float)
            low, told = np.nanmin(values), lens["told"]
            if "from" in told and (told["from"] < 0) != (low < 0):
                wrong.append((address, lens["name"], told, low))
    assert wrong == []


@pytest.mark.parametrize("letter", ["A", "N", "Z"])
def test_the_claim_opens_on_the_row_of_its_letter_and_the_likeliest_next(open_page, letter):
    page = open_page(f"/?welcome_letter={letter}")
    model = checkpoints.load("girls-bigram")
    row = model.vocabulary.encode(letter)[0]
    best = int(model.model.probabilities()[row].argmax())
    found = lenses(page, "/")
    assert [lens["at"] for lens in found] == [[0, row], [row, best], [0, best]]


def test_a_matrix_on_its_side_is_spoken_of_as_it_stands_in_pytorch(open_page):
    page = open_page("/mlp?scene=matrices&mlp_matrix=all")
    m = trace.matrices(checkpoints.load("girls-mlp").model)
    heads = {lens["name"]: lens["told"]["head"] for lens in lenses(page, "")}
    for name in ("C", "W1", "W2", "b1"):
        values = getattr(m, name)
        place = np.unravel_index(int(np.abs(values).argmax()), values.shape)
        assert heads[name].startswith(f"{name}  [{', '.join(map(str, place))}]  ")


def test_what_has_no_labels_is_called_by_what_it_is_multiplied_with(open_page):
    page = open_page("/mlp?scene=forward-pass&mlp_step=@+W1+%2B+b1")
    found = {lens["name"]: lens for lens in lenses(page, "")}
    assert found["x"]["cols"] == found["W1"]["rows"]
    assert found["sums"]["cols"] == found["W1"]["cols"]
    row, col = found["W1"]["at"]
    assert found["x"]["at"] == [0, row]  # the largest product of the sum that is lit
    assert found["sums"]["at"] == [0, col]


def test_the_tables_that_are_learned_open_on_the_most_frequent_pair(open_page):
    page = open_page("/bigram?scene=counting-is-learning")
    assert [lens["told"]["head"][:-1].split("  ")[1] for lens in lenses(page, "")] == ["A·"] * 3
