"""PyTorch: three tricks that every model uses: indexing, views, and the loss in one call."""

from explainer import ui
from explainer.ui.scenes import pytorch


@ui.scene(
    "Indexing", "Numbers in brackets pick rows or single elements; a whole tensor of numbers picks many rows."
)
def indexing() -> None:
    """C[1] is a row, C[1, 2] is one number, C[[1, 2]] is two rows. And C[X], with a matrix of letters, looks
    all of them up at once: that is an embedding layer.
    """
    with ui.controls():
        expression = pytorch.expression("index", pytorch.INDEXES, "C[[1, 2], :3]", key="pytorch_index")
        name = pytorch.name()
    answer = pytorch.evaluate(expression, name)
    picture, words = ui.beside(3, 1)
    with picture:
        pytorch.index_grid(expression, answer, name)
    with words:
        pytorch.said(expression, answer)


@ui.scene(
    "View", "In memory every tensor is one row of numbers; a view is only another way to walk along it."
)
def view() -> None:
    """In memory there is only one long row of numbers; a view changes how we count along it. Nothing is
    copied. What does -1 mean?
    """
    with ui.controls():
        expression = pytorch.expression("emb", pytorch.VIEWS, "emb.view(-1, 15)", key="pytorch_view")
        name = pytorch.name()
    answer = pytorch.evaluate(expression, name)
    ui.note(pytorch.looked_up(name))
    with ui.shared(1, key="pytorch_view")[0]:
        pytorch.said(expression, answer, along=True)
        pytorch.view_grid(answer, name)


@ui.scene("Cross-entropy", "The loss in three lines, and the one call that gives the same and never breaks.")
def cross_entropy() -> None:
    """Exponentials, divide by the sum, take the logarithm of the right one: three lines. Multiply the logits
    by a hundred and the three lines break; the library's one call does not.
    """
    with ui.controls():
        line = ui.choice("line", pytorch.LINES, key="pytorch_line", stages=pytorch.LINES)
        factor = ui.steps("logits times", pytorch.FACTORS, 1, key="pytorch_factor")
        name = pytorch.name()
    found = pytorch.cross_entropy(name, factor)
    picture, words = ui.beside(3, 1)
    with picture:
        pytorch.loss_grid(found, pytorch.windows(name), line)
    with words:
        pytorch.loss_words(found, line)


ui.chapter(indexing, view, cross_entropy)
