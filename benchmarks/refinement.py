"""What refining on *Pan Tadeusz* is worth: unrefined, refined, and trained on the poem alone.

``python benchmarks/refinement.py --data pan-tadeusz.txt``: all three are judged on the poem's last tenth,
in nats per character. The one trained on the poem alone takes as many steps of as many characters as the
refinement, with the learning rates of a model that starts from nothing.
"""

import argparse
import dataclasses
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from explainer import checkpoints
from explainer.training import gpt
from explainer.training.gpt_recipes import RECIPES, Recipe
from explainer.training.sequences import RUNS, data_of


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="the poem")
    parser.add_argument("--folder", type=Path, default=checkpoints.FOLDER, help="where the checkpoints are")
    parser.add_argument("--runs", type=Path, default=RUNS / "refinement", help="for the model trained alone")
    options = parser.parse_args()
    for name, loss in compare(options.data, options.folder, options.runs).items():
        print(f"{name:20} {loss:.4f}")


def compare(data: Path, folder: Path, runs: Path) -> dict[str, float]:
    """Return the loss of each model on the poem's held-out end, training the lone one first."""
    refined = checkpoints.load("pan-tadeusz", folder)
    recipe = dataclasses.replace(alone(RECIPES["pan-tadeusz"]), **_shape(refined.meta))
    gpt.run("pan-tadeusz", data=data, folder=runs, runs=runs, recipe=recipe)
    held_out = data_of("pan-tadeusz", dataclasses.replace(recipe, start="polish-books"), data, folder)
    rows = held_out.held_out["val"]
    models = {
        "unrefined": checkpoints.load("polish-books", folder).model,
        "refined": refined.model,
        "the poem alone": checkpoints.load("pan-tadeusz", runs).model,
    }
    return {name: gpt.evaluate(model, rows) for name, model in models.items()}


def alone(recipe: Recipe) -> Recipe:
    """Return the recipe of a model that sees the same, but starts from nothing."""
    scratch = Recipe()
    return dataclasses.replace(
        recipe, start=None, lr_matrices=scratch.lr_matrices, lr_rest=scratch.lr_rest, decay=scratch.decay
    )


def _shape(meta: dict) -> dict:
    return {key: meta["architecture"][key] for key in ("n_layer", "n_head", "n_embd", "block_size")}


if __name__ == "__main__":
    main()
