"""What tests ask of a drawing."""

from explainer.figures.drawing import Drawing


def of_kind(drawing: Drawing, kind: type) -> list:
    """Return the primitives of one kind, in their order."""
    return [primitive for primitive in drawing.primitives if isinstance(primitive, kind)]
