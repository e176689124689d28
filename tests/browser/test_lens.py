"""A lens opens on what matters, names its cells as PyTorch does, and its legend is the scale that is used."""

import re

import numpy as np
import pytest

from explainer import checkpoints
from explainer.traces import mlp as trace
from tests.browser.conftest import settled
from tests.browser.test_digits import lenses

pytestmark = pytest.mark.long


@pytest.mark.parametrize("letter", ["A", "N", "Z"])
def test_the_claim_opens_on_the_row_of_its_letter_and_the_likeliest_next(open_page, letter):
    page = open_page(f"/?scene=claim&welcome_letter={letter}")
    model = checkpoints.load("girls-bigram")
    row = model.vocabulary.encode(letter)[0]
    best = int(model.model.probabilities()[row].argmax())
    found = lenses(page)
    assert [lens["at"] for lens in found] == [[row, 0], [row, best], [0, best]]


def test_a_matrix_on_its_side_is_spoken_of_as_it_stands_in_pytorch(open_page):
    page = open_page("/mlp?scene=matrices&mlp_matrix=all")
    m = trace.matrices(checkpoints.load("girls-mlp").model)
    heads = {lens["name"]: lens["told"]["head"] for lens in lenses(page)}
    for name in ("C", "W1", "W2", "b1", "b2"):  # there is room for a lens of each
        values = getattr(m, name)
        place = np.unravel_index(int(np.abs(values).argmax()), values.shape)
        assert heads[name].startswith(f"{name}[{', '.join(map(str, place))}]: ")


def test_what_has_no_labels_is_called_by_what_it_is_multiplied_with(open_page):
    page = open_page("/mlp?scene=forward-pass&mlp_step=@+W1+%2B+b1")
    found = {lens["name"]: lens for lens in lenses(page)}
    assert found["x"]["cols"] == found["W1"]["rows"]
    assert found["sums"]["cols"] == found["W1"]["cols"]
    row, col = found["W1"]["at"]
    assert found["x"]["at"] == [0, row]  # the largest product of the sum that is lit
    assert found["sums"]["at"] == [0, col]


def test_the_tables_that_are_learned_open_on_the_most_frequent_pair(open_page):
    page = open_page("/bigram?scene=counting-is-learning")
    found = lenses(page)
    assert [lens["at"] for lens in found] == [[1, 0]] * 3  # A, and the end
    names = ["learned", "counted", "learned − counted"]
    for lens, name in zip(found, names, strict=True):
        head = lens["told"]["head"]
        assert re.fullmatch(rf"{re.escape(name)}(,? \S+)?(: \S+)?", head)


GRID = """(() => [...document.querySelectorAll('*')].map((e) => e.shadowRoot)
  .map((root) => root?.querySelector('canvas.cells')?.__grid).find(Boolean))()"""


@pytest.mark.parametrize("letter", ["A", "N", "Z", "Ą"])
def test_a_row_that_is_lit_has_its_label_where_not_every_row_has_one(open_page, letter):
    page = open_page(f"/?scene=claim&welcome_letter={letter}", 1280, 720)
    row = checkpoints.load("girls-bigram").vocabulary.encode(letter)[0]
    lenses(page)
    named = page.evaluate(f"{GRID}.named.filter((one) => one.side === 'row' && !one.lens)")
    assert {one["matrix"]: one["at"] for one in named} == {0: row, 1: row}


def test_where_nothing_is_lit_the_cell_of_a_lens_has_its_labels(open_page):
    page = open_page("/bigram?scene=probabilities", 1280, 720)
    lenses(page)
    named = page.evaluate(f"{GRID}.named.map((one) => [one.matrix, one.lens, one.side, one.at])")
    assert sorted(named) == sorted(
        [m, lens, *place] for m in (0, 1) for lens in (False, True) for place in (("row", 1), ("col", 0))
    )


def test_a_row_and_its_copy_have_the_same_shades(open_page):
    page = open_page("/?scene=claim")
    assert [lens["told"]["to"] for lens in lenses(page)] == [1, 1, 1]
    page = open_page("/gradient-descent?scene=one-step&gd_stage=update", 1280, 720)
    scales = {lens["name"]: lens["told"]["to"] for lens in lenses(page)}
    assert scales["W2"] == scales["change"] == scales["W2 after"]


LOSS = "/pytorch?scene=cross-entropy&pytorch_factor=100&pytorch_line="


@pytest.mark.parametrize("line", ["1++counts", "2++prob", "3++loss"])
def test_every_number_that_broke_says_what_became_of_it(open_page, line):
    page = open_page(LOSS + line)
    drawn = page.evaluate(f"{GRID}.matrices")
    signs = {
        text
        for m in drawn
        for text, value in zip(m["texts"], m["values"], strict=True)
        if np.isnan(float(value))
    }
    assert signs
    assert signs <= {"∞", "−∞", "nan"}  # none of them is blank
    matrix = next(i for i, m in enumerate(drawn) if np.isnan(np.array(m["values"], dtype=float)).any())
    row, col = divmod(
        int(np.isnan(np.array(drawn[matrix]["values"], dtype=float)).argmax()), drawn[matrix]["cols"]
    )
    said = page.evaluate(f"{GRID}.words({matrix}, {row}, {col})")
    assert said.endswith(f" {drawn[matrix]['texts'][row * drawn[matrix]['cols'] + col]}")


@pytest.mark.parametrize("width", [1920, 1280])
def test_a_single_number_is_as_large_as_those_beside_it(open_page, width):
    page = open_page("/pytorch?scene=indexing&pytorch_index=C[1,+2]", width, 1080 if width == 1920 else 720)
    _, single = page.evaluate(f"{GRID}.matrices")
    assert single["texts"] == ["−0.224"]
    assert single["font"] >= {1920: 20, 1280: 14}[width]
    assert [lens["matrix"] for lens in page.evaluate(f"{GRID}.lenses")] == [0]


def test_what_a_head_is_worth_is_said_in_words(open_page):
    page = open_page("/attention?scene=switch-a-head-off")
    cols = page.evaluate(f"{GRID}.matrices")[0]["cols"]
    said = [page.evaluate(f"{GRID}.words(0, 0, {col})") for col in (2, cols - 2, cols - 1)]
    numbers = [text.split(": ")[1] for text in said]
    places = ["head 3 of layer 1", "the MLP of layer 1", "layer 1"]
    assert said == [f"without {place}: {n}" for place, n in zip(places, numbers, strict=True)]
    assert all(number.endswith(" nats") for number in numbers)


@pytest.mark.parametrize("motion", ["no-preference", "reduce"])
def test_factors_travel_into_the_cell_and_stand_still_where_motion_is_reduced(open_page, motion):
    page = open_page("/matrix-multiplication?scene=cell-by-cell", reduced_motion=motion)
    page.get_by_role("button", name="Next product").click()
    seen = page.evaluate(f"""async () => {{
      const seen = [];
      for (let i = 0; i < 90 && (i < 5 || seen.at(-1) !== null); i += 1) {{
        await new Promise(requestAnimationFrame);
        seen.push({GRID}.flying);
      }}
      return seen;
    }}""")
    flying = [at for at in seen if at is not None]
    if motion == "reduce":
        assert flying == []
    else:
        assert len(flying) > 1
        assert flying == sorted(flying)
    assert seen[-1] is None
    assert page.evaluate(f"{GRID}.frame") == 4  # it opens with one cell filled


SUMS = [
    "/mlp?scene=forward-pass&mlp_step=@+W1+%2B+b1",
    "/mlp?scene=forward-pass&mlp_step=@+W2+%2B+b2",
    "/matrix-multiplication?scene=cell-by-cell",
]


@pytest.mark.parametrize(("width", "height"), [(1920, 1080), (1280, 720)])
@pytest.mark.parametrize("address", SUMS)
def test_the_sum_of_the_products_is_whole(open_page, address, width, height):
    page = open_page(address, width, height)
    if "cell-by-cell" in address:
        page.get_by_role("button", name="Next product").click()
    total, panel = (page.locator(part).first.bounding_box() for part in (".total", ".panel"))
    assert total["y"] + total["height"] <= panel["y"] + panel["height"] + 0.5


def test_a_lens_on_numbers_without_shades_has_no_legend(open_page):
    page = open_page("/pytorch?scene=indexing&pytorch_index=C[X]", 1280, 720)
    page.wait_for_timeout(1500)
    assert page.locator("[data-testid=stException], [data-testid=stAlertContentError]").count() == 0


@pytest.mark.parametrize(("width", "height"), [(1920, 1080), (1280, 720)])
def test_signed_shades_have_a_key_where_no_lens_has_a_legend(open_page, app, width, height):
    page = open_page("/matrix-multiplication?scene=two-layers-one-matrix", width, height)
    for address in (
        "/matrix-multiplication?scene=two-layers-one-matrix",
        "/matrix-multiplication?scene=two-layers-one-matrix&neuron_between=tanh",
        "/mlp?scene=forward-pass&mlp_step=view",
    ):
        page.goto(app + address)
        settled(page)
        assert page.locator(".signs").is_visible() or all("from" in lens["told"] for lens in lenses(page))
        assert page.locator(".signs").is_visible() != bool(lenses(page))
    page.goto(app + "/matrix-multiplication?scene=cell-by-cell")
    settled(page)
    assert not page.locator(".signs").is_visible()


def test_losses_are_red_and_probabilities_violet(open_page):
    page = open_page("/mlp?scene=forward-pass&mlp_step=loss", 1280, 720)
    heads = {lens["name"]: lens["told"]["head"] for lens in lenses(page)}
    assert set(heads) == {"probability", "−ln p"}
    assert all(re.fullmatch(r"\D+ ?\S*: [\d.]+", head) for head in heads.values())
    probability, loss = page.evaluate(
        """() => { const grid = [...document.querySelectorAll('*')].map((e) => e.shadowRoot)
          .map((root) => root?.querySelector('canvas.cells')).find(Boolean);
          const ctx = grid.getContext('2d'), ratio = window.devicePixelRatio;
          return grid.__grid.lenses.map((lens) => [...ctx.getImageData(
            ratio * (lens.left + 3), ratio * (lens.top + 3), 1, 1).data]); }"""
    )
    assert probability[2] > probability[0] > probability[1]
    assert loss[0] > loss[2]
    assert loss[0] > loss[1] + 30
