"""Welcome: the claim, and the way into the chapters."""

from explainer import ui


@ui.scene("Gen AI, demystified", "It is not magic, just a lot of matrix multiplication.")
def claim() -> None:
    ui.agenda()


@ui.scene("Agenda", "Four steps, one multiplication at a time, to a model that writes.")
def agenda() -> None:
    ui.agenda()


ui.chapter(claim, agenda)
