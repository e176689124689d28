"""Training loops and recipes; `python -m explainer.training NAME`."""
