"""Welcome: the claim, and the way into the chapters."""

from explainer import ui
from explainer.ui.loaders import welcome


@ui.scene("Gen AI, demystified", "It is not magic, just a lot of matrix multiplication. This is one.")
def claim() -> None:
    with ui.controls():
        letter = ui.steps("a name stands at the letter", welcome.letters(), "A", key="welcome_letter")
    welcome.next_letter(letter, key="welcome_product")


@ui.scene("Agenda", "Four steps, one multiplication at a time, to a model that writes.")
def agenda() -> None:
    ui.agenda()


ui.chapter(claim, agenda)
