"""No test leaves a training behind, and none waits for what is the same for all."""

import sys
from functools import cache

import pytest
from streamlit.components.v2 import manifest_scanner


@pytest.fixture(autouse=True)
def _no_training_left():
    """Stop what a test began to train: a thread that computes while Python ends would end it badly."""
    yield
    training = sys.modules.get("explainer.ui.loaders.training")
    for job in list(training.queue()._jobs) if training else ():
        job.stop()


@pytest.fixture(autouse=True, scope="session")
def _packages_are_scanned_once():
    """Keep what AppTest looks for at every run, in the metadata of every installed package."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            manifest_scanner, "scan_component_manifests", cache(manifest_scanner.scan_component_manifests)
        )
        yield
