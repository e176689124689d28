"""The receipt of one probability, at an address of its own."""

from explainer import ui


@ui.scene("The receipt", "How one probability was made: every number, down to single multiplications.")
def receipt() -> None:
    ui.linked_receipt()


ui.chapter(receipt)
