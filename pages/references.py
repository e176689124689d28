"""References: where all of this comes from, what the words mean, and how every model was trained."""

from explainer import ui
from explainer.ui.loaders import references


@ui.scene("Sources", "What to read and watch next, and the data that the models learned from.")
def sources() -> None:
    references.sources()


@ui.scene("Glossary", "Every word of the talk in one sentence, and where to see it.")
def glossary() -> None:
    meaning, words = ui.beside(2, 3)
    with words:
        term = references.chosen_term()
    with meaning:
        references.explain(term)


@ui.scene("Checkpoints", "How every model in this house was made: data, steps, losses, seed and checksum.")
def checkpoints() -> None:
    references.checkpoints()


ui.chapter(sources, glossary, checkpoints)
