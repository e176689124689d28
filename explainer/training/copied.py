"""How many names a model copies, counted where it is trained: ``python -m explainer.training.copied``."""

import sys
from dataclasses import asdict
from pathlib import Path

from explainer import checkpoints, names
from explainer.checkpoints import Checkpoint
from explainer.faults import Fault, told
from explainer.names import Split
from explainer.traces.compare import Copied, copied
from explainer.training import tables
from explainer.training.mlp import RUNS

COUNT = 1_000  # names that a model is asked for
MODELS = tuple(f"{sex}-{kind}" for sex in ("girls", "boys") for kind in ("bigram", *RUNS, "gpt"))


def keep(name: str, folder: Path = checkpoints.FOLDER) -> Copied:
    """Let a checkpoint make names, and write beside its weights how many it was trained on.

    Args:
        name: of a model of the register's names.
    Raises:
        BadCheckpoint: if there is no such checkpoint.
    """
    trained = checkpoints.load(name, folder)
    found = copied(trained.model, trained.vocabulary, learned(trained), COUNT, names.SEED)
    checkpoints.note(name, {"copied": asdict(found)}, folder)
    return found


def learned(trained: Checkpoint) -> Split:
    """Return what one of the app's models of names learned from, the other sex's names, too, where it did."""
    sex = trained.meta["name"].partition("s-")[0]
    split = names.split(names.select(names.register(), sex)["name"].tolist())
    both = tables.together(None) if "together" in trained.meta else []
    return split._replace(train=list(dict.fromkeys([*split.train, *both])))


def main() -> int:
    """Count for every model of names and say what was found; return the exit status."""
    try:
        for name in MODELS:
            found = keep(name)
            print(f"{name}: of {found.distinct:,} different names {found.from_train:.1%} were copied")
    except (Fault, OSError) as error:
        print(told(error), file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
