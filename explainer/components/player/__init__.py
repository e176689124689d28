"""What plays: a position, its transport, and the steps that the clicker takes through it."""

from pathlib import Path

_FOLDER = Path(__file__).parent

# For components that play; what they draw follows the position.
SOURCES = [_FOLDER / f"{part}.js" for part in ("stage", "moment", "narrator", "transport", "player")]
STYLES = [_FOLDER / "transport.css"]
MOMENT = _FOLDER / "moment.js"  # for those that do not play, but have something to keep
