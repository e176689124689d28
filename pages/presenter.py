"""The presenter's window, beside the one on the stage."""

from explainer import ui


@ui.scene("Presenter", "What to say to the scene in the other window, what comes next, and the time.")
def presenter() -> None:
    """This window is for whoever speaks. The keys do here what they do on the stage."""
    ui.presenter()


ui.chapter(presenter)
