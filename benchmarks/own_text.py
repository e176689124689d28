"""Train the small GPT on a text of one's own, as a visitor does: ``python benchmarks/own_text.py FILE``.

Prints JSON for some steps: processor seconds of one core, the losses in nats per character, which share of
the words that it writes are words of the text, beside the share of those held out that are, and some lines.
"""

import argparse
import json
import re
import sys
import time
from pathlib import Path

import torch

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from explainer.sampling import Settings, generate
from explainer.training.small import HELD_OUT, LINE, SMALL_TEXT, GPTTrainer, readable, text_data

WRITTEN = 1_000  # characters
LEAST = 4  # letters of a word that counts: shorter ones are met by chance


def words(text: str) -> list[str]:
    """Return the words of a text that count."""
    return [word for word in re.findall(r"\w+", text.lower()) if len(word) >= LEAST]


def known(text: str, among: set[str]) -> float:
    """Return the share of a text's words that are among others."""
    found = words(text)
    return round(sum(word in among for word in found) / max(len(found), 1), 3)


def main() -> None:
    """Train, and print what was reached on the way."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    text = readable(parser.parse_args().file.read_text(encoding="utf-8"))
    torch.set_num_threads(1)
    run = GPTTrainer(text_data(text, SMALL_TEXT), SMALL_TEXT)
    cut = int(len(text) * (1 - HELD_OUT))
    learned, reached, seconds = set(words(text[:cut])), [], 0.0
    for part in (0, 4, 2, 1):
        begun = time.process_time()
        run.advance((SMALL_TEXT.steps // part if part else 0) - run.step)
        seconds += time.process_time() - begun
        steps = generate(run.trained(), run.vocabulary, LINE, WRITTEN, Settings(), seed=5)
        told, now = "".join(step.character for step in steps), run.progress()
        one = {"step": run.step, "seconds": round(seconds, 1), "train": now.train_loss, "dev": now.dev_loss}
        reached.append({**one, "known_words": known(told, learned), "lines": told.split(LINE)[:6]})
    print(
        json.dumps(
            {"held_out_words_known": known(text[cut:], learned), "reached": reached},
            indent=1,
            ensure_ascii=False,
        )
    )


if __name__ == "__main__":
    main()
