"""Train one model and write its checkpoint: ``python -m explainer.training NAME``.

Without --data the model learns from its usual data and is written under its own name. A run on other data
gets a name of its own, --data PATH --output my-names; it replaces a model of the app only with --overwrite.
"""

import argparse
import sys
from importlib import import_module
from pathlib import Path

from explainer.checkpoints import PERCEPTRONS
from explainer.faults import Fault, told

SEXES = ("girls", "boys")

# checkpoint name -> the module whose run() trains it
TRAINERS = {
    **{f"{sex}-bigram": "explainer.training.bigram" for sex in SEXES},
    **{f"{sex}-{kind}": "explainer.training.mlp" for sex in SEXES for kind in PERCEPTRONS},
    **{f"{sex}-gpt": "explainer.training.gpt" for sex in SEXES},
    **dict.fromkeys(("shakespeare", "polish-books", "pan-tadeusz", "poem-alone"), "explainer.training.gpt"),
}


def main(arguments: list[str] | None = None) -> int:
    """Parse the command line and train; return the exit status."""
    options = _parser().parse_args(arguments)
    try:
        _train(options)
    except (Fault, OSError, ValueError) as error:
        print(told(error), file=sys.stderr)
        return 1
    except KeyboardInterrupt as stopped:
        print(str(stopped) or "Stopped.", file=sys.stderr)
        return 130
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m explainer.training", description=__doc__)
    parser.add_argument("name", choices=TRAINERS, metavar="NAME", help=", ".join(TRAINERS))
    parser.add_argument("--data", type=Path, help="file or directory to learn from, instead of the usual one")
    parser.add_argument("--output", metavar="NAME", help="name of the checkpoint that is written")
    parser.add_argument(
        "--overwrite", action="store_true", help="replace the checkpoint of that name, if there is one"
    )
    parser.add_argument("--device", default="auto", help="auto, cpu, cuda or mps")
    parser.add_argument("--resume", action="store_true", help="go on where an interrupted run stopped")
    return parser


def _train(options: argparse.Namespace) -> None:
    from explainer import checkpoints
    from explainer.training import copied

    output = checkpoints.to_write(options.name, options.output, options.data is None, options.overwrite)
    import_module(TRAINERS[options.name]).run(
        options.name,
        data=options.data,
        device=options.device,
        resume=options.resume,
        output=output,
        folder=checkpoints.FOLDER,
    )
    if output in copied.MODELS:
        copied.keep(output, checkpoints.FOLDER)


if __name__ == "__main__":
    sys.exit(main())
