"""Time the perceptron's two recipes and the engine against the talk's own loop: ``python benchmarks/mlp.py``.

Prints JSON: seconds (wall and processor) and losses of both recipes trained in this run, the speed of the
talk's recipe by the talk's loop and by ``explainer.training.mlp``, and that of the better recipe in the queue
while nobody watches and while somebody does. What is compared takes turns, and where it can be, the
processor's clock counts, so that other work on the machine disturbs the ratios little.
"""

import argparse
import json
import platform
import statistics
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import torch
from torch.nn import functional as F

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from explainer import names
from explainer.figures import curves, written
from explainer.models.mlp import build_dataset
from explainer.traces import training as trace
from explainer.training.mlp import Trainer, losses
from explainer.training.queue import Job, TrainingQueue
from explainer.training.recipes import BETTER, SEED, TALK, Recipe, Shape

QUICK_STEPS = 2_000
FRAME = 0.45  # seconds between two frames of a page that watches


class TalkLoop:
    """The training loop of the talk's notebook, line by line."""

    def __init__(self, split: names.Split) -> None:
        self.Xtr, self.Ytr = build_dataset(split.train, names.VOCABULARY, 3)
        g = torch.Generator().manual_seed(SEED)
        C = torch.randn((34, 10), generator=g)
        W1 = torch.randn((30, 200), generator=g)
        b1 = torch.randn(200, generator=g)
        W2 = torch.randn((200, 34), generator=g)
        b2 = torch.randn(34, generator=g)
        self.parameters = [C, W1, b1, W2, b2]
        for p in self.parameters:
            p.requires_grad = True
        self.lossi, self.stepi = [], []

    def advance(self, steps: int) -> None:
        C, W1, b1, W2, b2 = parameters = self.parameters
        Xtr, Ytr = self.Xtr, self.Ytr
        for i in range(len(self.stepi), len(self.stepi) + steps):
            ix = torch.randint(0, Xtr.shape[0], (32,))
            emb = C[Xtr[ix]]  # (32, 3, 10)
            h = torch.tanh(emb.view(-1, 30) @ W1 + b1)  # (32, 200)
            logits = h @ W2 + b2  # (32, 34)
            loss = F.cross_entropy(logits, Ytr[ix])
            for p in parameters:
                p.grad = None
            loss.backward()
            lr = 0.1 if i < 100_000 else 0.01
            for p in parameters:
                p.data += -lr * p.grad
            self.stepi.append(i)
            self.lossi.append(loss.log10().item())


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help=f"{QUICK_STEPS:,} steps of each recipe only")
    parser.add_argument("--sex", choices=("girl", "boy"), default="girl")
    options = parser.parse_args(arguments)
    torch.set_num_threads(1)
    split = names.split(names.select(names.register(), options.sex)["name"].tolist())
    speed = compare_speed(split, rounds=10 if options.quick else 40)
    recipes = {"better": BETTER, "talk": TALK}
    if options.quick:
        recipes = {name: replace(recipe, steps=QUICK_STEPS) for name, recipe in recipes.items()}
    report = {
        "machine": {"processor": platform.machine(), "python": platform.python_version(), "threads": 1},
        "torch": torch.__version__,
        "data": {part: len(words) for part, words in split._asdict().items()},
        "recipes": train_in_turns(split, recipes),
        "steps_per_processor_second": speed,
        "watched": compare_watched(split, rounds=4 if options.quick else 12),
    }
    better, talk = report["recipes"]["better"], report["recipes"]["talk"]
    for clock in ("seconds", "processor_seconds"):
        report[f"better_over_talk_{clock}"] = round(better[clock] / talk[clock], 3)
    print(json.dumps(report, indent=1))
    return 0


def train_in_turns(split: names.Split, recipes: dict[str, Recipe], turns: int = 100) -> dict[str, dict]:
    """Train by each recipe to its end, a hundredth of each at a time, so that all meet the same machine."""
    trainers = {
        name: Trainer(split.train, split.dev, names.VOCABULARY, Shape(), recipe, records=2)
        for name, recipe in recipes.items()
    }
    for _ in range(turns):
        for trainer in trainers.values():
            trainer.advance(-(-trainer.recipe.steps // turns))
    return {
        name: {
            "steps": trainer.step,
            "batch_size": trainer.recipe.batch_size,
            "seconds": round(trainer.seconds, 2),
            "processor_seconds": round(trainer.processor_seconds, 2),
            "nats_per_character": losses(trainer.trained(), split, names.VOCABULARY),
        }
        for name, trainer in trainers.items()
    }


def compare_speed(split: names.Split, rounds: int, steps: int = 300) -> dict[str, float]:
    """Return the median steps a processor second of both loops, a few steps of each in turn."""
    plain = TalkLoop(split)
    engine = Trainer(split.train, split.dev, names.VOCABULARY, Shape(), TALK, records=2)
    pairs = [(_speed(plain.advance, steps), _speed(engine.advance, steps)) for _ in range(rounds + 1)][1:]
    loop, ours = (statistics.median(speeds) for speeds in zip(*pairs, strict=True))
    ratio = statistics.median(ours / loop for loop, ours in pairs)
    return {"talk_loop": round(loop), "engine": round(ours), "engine_over_talk_loop": round(ratio, 2)}


def compare_watched(split: names.Split, rounds: int, seconds: float = 3.0) -> dict[str, float]:
    """Return the steps a second of a training in the queue, a few seconds watched and unwatched in turn."""
    recipe = replace(BETTER, steps=200_000)
    job = TrainingQueue().submit(
        "benchmark", lambda: Trainer(split.train, split.dev, names.VOCABULARY, Shape(), recipe)
    )
    while not job.report().progress:
        time.sleep(0.1)
    pairs = []
    for turn in range(rounds + 1):
        order = (False, True) if turn % 2 else (True, False)  # a machine that warms up favours neither
        found = {watched: _paced(job, seconds, watched) for watched in order}
        pairs.append((found[False], found[True]))
    job.stop()
    alone, seen = (statistics.median(speeds) for speeds in zip(*pairs[1:], strict=True))
    ratio = statistics.median(watched / unwatched for unwatched, watched in pairs[1:])
    return {"unwatched": round(alone), "watched": round(seen), "watched_over_unwatched": round(ratio, 3)}


def _paced(job: Job, seconds: float, watched: bool) -> float:
    """Return how many steps a second are made, while frames are drawn as a page does it, or none."""
    over = threading.Event()
    page = threading.Thread(target=_watch, args=(job, over))
    begun, step = time.perf_counter(), job.report().progress.step
    if watched:
        page.start()
    time.sleep(seconds)
    made = (job.report().progress.step - step) / (time.perf_counter() - begun)
    over.set()
    if watched:
        page.join()
    return made


def _watch(job: Job, over: threading.Event) -> None:
    """Compute and draw what the page shows of a training, frame after frame."""
    while not over.wait(FRAME):
        now, history = job.watch(), job.history()
        if now is None:
            continue
        told = trace.written(now.model, names.VOCABULARY, now.step)
        row = written.Row(told.step, [one.name for one in told.names[:4]], told.nats)
        assert written.written([row], [], count=len(told.names), width=44).sent
        losses = {"train": history["train_loss"], "dev": history["dev_loss"]}
        assert curves.live_losses(history["step"], losses, {}, 200_000).to_json()


def _speed(advance: Callable[[int], None], steps: int) -> float:
    begun = time.process_time()
    advance(steps)
    return steps / (time.process_time() - begun)


if __name__ == "__main__":
    sys.exit(main())
