"""What is taken along, made in the browser from what is on the stage: its picture, its numbers as CSV."""

from pathlib import Path

from explainer.components import component

_FOLDER = Path(__file__).parent

_component = component("along", [_FOLDER / "along.css"], _FOLDER / "along.js")


def along(name: str, *, key: str) -> None:
    """Draw a button for the picture on the stage, and one for each table and matrix in it.

    Args:
        name: what the files are called, without their ending.
    """
    _component(key=key, data={"name": name})
