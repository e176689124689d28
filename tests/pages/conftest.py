"""No test leaves a training behind."""

import sys

import pytest


@pytest.fixture(autouse=True)
def _no_training_left():
    """Stop what a test began to train: a thread that computes while Python ends would end it badly."""
    yield
    training = sys.modules.get("explainer.ui.loaders.training")
    for job in list(training.queue()._jobs) if training else ():
        job.stop()
