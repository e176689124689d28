"""The app with a queue of little patience; served by a browser test."""

import runpy
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from explainer.ui import own_training  # noqa: E402

PATIENCE = 3.0  # seconds

if __name__ == "__main__":
    own_training.queue.patience_seconds = PATIENCE
    runpy.run_path(str(ROOT / "explainer" / "app.py"), run_name="__main__")
