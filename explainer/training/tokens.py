"""Learn byte pairs from whole corpora: ``python -m explainer.training.tokens polish-books --data PATH``.

They are kept in ``data/merges.json``: for each corpus its pairs and how often each stood there.
"""

import argparse
import json
import sys
from pathlib import Path

from explainer import corpus
from explainer.corpus import CorpusError
from explainer.faults import told
from explainer.traces.tokens import Merge, learn_merges

FILE = Path(__file__).resolve().parents[2] / "data" / "merges.json"
CORPORA = ("polish-books", "shakespeare")
MOST = 1_000


def learn(name: str, path: Path, file: Path = FILE, most: int = MOST) -> tuple[Merge, ...]:
    """Learn the merges of a corpus and write them beside those of the others.

    Raises:
        OSError, ValueError: if the texts cannot be read, or no pair stands in them twice.
    """
    merges = learn_merges((text for _, text in corpus.read_corpus(path)), most)
    if not merges:
        raise CorpusError(f"In {path} no pair of bytes stands twice; give longer texts.")
    kept = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    kept[name] = [[*merge.pair, merge.count] for merge in merges]
    file.write_text(json.dumps(kept, separators=(",", ":")) + "\n", encoding="utf-8")
    return merges


def main(arguments: list[str] | None = None) -> int:
    """Parse the command line and learn; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m explainer.training.tokens", description=__doc__)
    parser.add_argument("name", choices=CORPORA, metavar="NAME", help=", ".join(CORPORA))
    parser.add_argument("--data", type=Path, required=True, help="file or directory of texts")
    options = parser.parse_args(arguments)
    try:
        merges = learn(options.name, options.data)
    except (OSError, ValueError) as error:
        print(told(error), file=sys.stderr)
        return 1
    print(f"{len(merges)} merges, the last one {merges[-1].content!r}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
