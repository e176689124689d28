"""The receipt of one probability, at an address of its own."""

from explainer import ui


@ui.scene("The receipt", "How one probability was made: every number, down to single multiplications.")
def receipt() -> None:
    """From a probability down to its multiplications: every line adds up to the one above it. Pick any
    number, and ask the room where it comes from.
    """
    ui.linked_receipt()


ui.chapter(receipt)
