"""Name a GPT's heads by what they do on held-out text: ``python -m explainer.training.heads NAME``."""

import argparse
import sys
from dataclasses import asdict
from pathlib import Path

import torch

from explainer import checkpoints
from explainer.checkpoints import Checkpoint
from explainer.faults import Fault, told
from explainer.models.gpt import GPT
from explainer.training.gpt_recipes import RECIPES
from explainer.training.habits import measure, named
from explainer.training.sequences import IGNORED, Data, data_of
from explainer.vocabulary import Vocabulary

CHARACTERS = 24_000  # of held-out text that the habits are measured on


def habits(model: GPT, vocabulary: Vocabulary, data: Data) -> list[list[dict]]:
    """Return what every head does on held-out text, as it is kept with the checkpoint.

    Returns:
        A list of layers of lists of heads, each {"name", "share"}.
    """
    rows = next(iter(data.held_out.values()))  # (N, T + 1)
    wanted = min(len(rows), CHARACTERS // (rows.size(1) - 1))
    spread = rows[torch.linspace(0, len(rows) - 1, wanted).long()]  # (n, T + 1)
    texts = [row[:-1][row[1:] != IGNORED].tolist() for row in spread]
    found = named(measure(model.eval(), vocabulary.symbols, texts))
    return [[_rounded(asdict(habit)) for habit in layer] for layer in found]


def read_again(name: str, data: Path | None, output: str, folder: Path) -> tuple[Checkpoint, Data]:
    """Return a checkpoint and the data that it learned from.

    Args:
        name: of the model whose recipe it was trained by.
        data: file or directory of texts, or a table of names; None for the usual one.
        output: the checkpoint's name.
    Raises:
        BadCheckpoint: if there is no such checkpoint.
        ValueError: if the data cannot be used, or the model knows other characters.
    """
    loaded = checkpoints.load(output, folder)
    read = data_of(name, RECIPES[name], data, folder)
    if read.vocabulary.symbols != loaded.vocabulary.symbols:
        raise ValueError(
            f"“{output}” knows other characters than these texts have; name those it learned from."
        )
    return loaded, read


def keep(
    name: str, data: Path | None = None, output: str | None = None, folder: Path = checkpoints.FOLDER
) -> list[list[dict]]:
    """Measure the heads of a checkpoint and write what they do beside its weights.

    Args:
        name: of the model whose recipe it was trained by.
        output: the checkpoint's name, if it is not the model's.
        data: file or directory of texts, or a table of names, instead of the usual one.
    Raises:
        BadCheckpoint: if there is no such checkpoint.
        ValueError: if the data cannot be used, or the model knows other characters.
    """
    loaded, read = read_again(name, data, output or name, folder)
    found = habits(loaded.model, loaded.vocabulary, read)
    checkpoints.note(output or name, {"heads": found}, folder)
    return found


def _rounded(habit: dict) -> dict:
    return {key: round(value, 3) if isinstance(value, float) else value for key, value in habit.items()}


def main(arguments: list[str] | None = None) -> int:
    """Parse the command line, measure and say what was found; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m explainer.training.heads", description=__doc__)
    parser.add_argument("name", choices=RECIPES, metavar="NAME", help=", ".join(RECIPES))
    parser.add_argument("--data", type=Path, help="file or directory to read, instead of the usual one")
    parser.add_argument("--output", metavar="NAME", help="a checkpoint of your own that was trained as NAME")
    parser.add_argument("--overwrite", action="store_true", help="name the app's heads by other data")
    options = parser.parse_args(arguments)
    try:
        if options.data and not (options.output or options.overwrite):
            raise ValueError(
                f"The heads of “{options.name}”, a model of the app, are named by the data it learned from. "
                "Say --output NAME for a model of your own, or --overwrite to name them by other data."
            )
        found = keep(options.name, options.data, options.output)
    except (Fault, OSError, ValueError) as error:
        print(told(error), file=sys.stderr)
        return 1
    for layer, heads in enumerate(found, start=1):
        print(f"layer {layer}: " + ", ".join(f"{head['name']} {head['share']:.0%}" for head in heads))
    return 0


if __name__ == "__main__":
    sys.exit(main())
