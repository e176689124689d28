"""What refining on *Pan Tadeusz* is worth: unrefined, refined, and trained on the poem alone.

``python benchmarks/refinement.py --data pan-tadeusz.txt`` judges the three checkpoints on the poem's last
tenth and prints nats per character. ``poem-alone`` took as many steps of as many characters as the
refinement, with the learning rates of a model that starts from nothing.
"""

import argparse
import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from explainer import checkpoints
from explainer.training import gpt
from explainer.training.gpt_recipes import RECIPES
from explainer.training.sequences import data_of

MODELS = {"unrefined": "polish-books", "refined": "pan-tadeusz", "the poem alone": "poem-alone"}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="the poem")
    parser.add_argument("--folder", type=Path, default=checkpoints.FOLDER, help="where the checkpoints are")
    options = parser.parse_args()
    print(json.dumps(compare(options.data, options.folder), indent=1))


def compare(data: Path, folder: Path) -> dict[str, float]:
    """Return the loss of each model on the poem's held-out end, in nats per character."""
    rows = data_of("pan-tadeusz", RECIPES["pan-tadeusz"], data, folder).held_out["val"]
    return {
        title: round(gpt.evaluate(checkpoints.load(name, folder).model, rows), 4)
        for title, name in MODELS.items()
    }


if __name__ == "__main__":
    main()
