"""No scene fails unseen, no test leaves a training behind, and none waits for what is the same for all."""

import sys
from functools import cache

import pytest
from streamlit.components.v2 import manifest_scanner

from explainer.ui import guard


@pytest.fixture(autouse=True)
def _no_scene_failed(caplog):
    """Fail where a scene failed and said so; a test that wants that looks at the records and clears them."""
    yield
    records = [record for when in ("setup", "call") for record in caplog.get_records(when)]
    assert [record.exc_text for record in records if record.name == guard.__name__ and record.exc_info] == []


@pytest.fixture(autouse=True)
def _no_training_left():
    """Stop what a test began to train: a thread that computes while Python ends would end it badly."""
    yield
    own_training = sys.modules.get("explainer.ui.own_training")
    for job in list(own_training.queue._jobs) if own_training else ():
        job.stop()


@pytest.fixture(autouse=True, scope="session")
def _packages_are_scanned_once():
    """Keep what AppTest looks for at every run, in the metadata of every installed package."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            manifest_scanner, "scan_component_manifests", cache(manifest_scanner.scan_component_manifests)
        )
        yield
