"""References: where all of this comes from, what the words mean, and how every model was trained."""

from explainer import ui
from explainer.ui.scenes import references


@ui.scene("Sources", "What to read and watch next, and the data that the models learned from.")
def sources() -> None:
    """Where it all comes from. If you watch one thing tonight, let it be Karpathy's lecture."""
    references.sources()


@ui.scene("Glossary", "The words of the talk, each in one sentence, and where to see it.")
def glossary() -> None:
    """Every word of this talk in one sentence, and the scene where one sees it. Which word would you like to
    hear once more?
    """
    meaning, words = ui.beside(2, 3)
    with words:
        term = references.chosen_term()
    with meaning:
        references.explain(term)


@ui.scene("Checkpoints", "How every model of this app was made: data, recipe, losses, seed and checksum.")
def checkpoints() -> None:
    """How each model was made, down to the seed and the checksum. Whoever wants to can train it again, and
    compare.
    """
    references.checkpoints()


ui.chapter(sources, glossary, checkpoints)
