"""What plays: a position, its transport, and the steps that the clicker takes through it."""

from pathlib import Path

_FOLDER = Path(__file__).parent

STYLES = [_FOLDER / "transport.css"]  # for components that play
