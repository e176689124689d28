"""What a grid is opened with stands there at once: its products, not the advice to choose something."""

import pytest

from tests.browser.conftest import settled


@pytest.mark.parametrize(
    ("scene", "products"), [("your-own", ["2", "−3", "0"]), ("two-layers-one-matrix", None)]
)
def test_a_product_stands_beside_the_matrices_from_the_beginning(open_page, scene, products):
    page = open_page(f"/matrix-multiplication?scene={scene}", width=1280, height=720)
    settled(page)
    page.locator(".ledger .line").first.wait_for()
    lines = page.locator(".ledger .line")
    shown = [line.locator("span").last.text_content() for line in lines.all()]
    assert shown == products if products else len(shown) == 5
    assert page.locator(".ledger .hint").count() == 0
    page.locator("canvas.cells").first.click(position={"x": 3, "y": 3})  # beside all cells: nothing is chosen
    page.mouse.move(5, 5)
    assert lines.count() == len(shown)
