"""Train one model and write its checkpoint: ``python -m explainer.training NAME``."""

import argparse
import sys
from importlib import import_module
from pathlib import Path

SEXES = ("girls", "boys")

# checkpoint name -> the module whose run() trains it
TRAINERS = {
    **{f"{sex}-bigram": "explainer.training.bigram" for sex in SEXES},
    **{f"{sex}-{kind}": "explainer.training.mlp" for sex in SEXES for kind in ("mlp", "mlp-2d", "mlp-talk")},
    **{f"{sex}-gpt": "explainer.training.gpt" for sex in SEXES},
    **dict.fromkeys(("shakespeare", "polish-books", "pan-tadeusz", "poem-alone"), "explainer.training.gpt"),
}


def main(arguments: list[str] | None = None) -> int:
    """Parse the command line and train; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m explainer.training", description=__doc__)
    parser.add_argument("name", choices=TRAINERS, metavar="NAME", help=", ".join(TRAINERS))
    parser.add_argument("--data", type=Path, help="file or directory to learn from, instead of the usual one")
    parser.add_argument("--device", default="auto", help="auto, cpu, cuda or mps")
    parser.add_argument("--resume", action="store_true", help="go on where an interrupted run stopped")
    options = parser.parse_args(arguments)
    try:
        import_module(TRAINERS[options.name]).run(
            options.name, data=options.data, device=options.device, resume=options.resume
        )
    except (OSError, ValueError) as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Stopped. Go on later with --resume.", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
