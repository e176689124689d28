"""What the server holds in memory while visitors do what is hard on it, step by step, beside its bound.

``python benchmarks/memory.py [--reruns 3000] [--sessions 1000]`` serves the app, drives it over real
websockets and prints JSON: for every step the resident set after it and its peak in it, in megabytes, the
threads, the largest message, and the seconds it took; then the peak of all, and whether the bounds hold.
Linux only: the numbers are those of /proc.
"""

import argparse
import asyncio
import json
import random
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.served import APP, Server, served  # noqa: E402
from explainer.ui.catalogue import GPTS  # noqa: E402
from explainer.ui.scenes.attention import LONGEST_PROMPT  # noqa: E402
from explainer.ui.sessions import Run, Session  # noqa: E402
from tests.scenes import deck  # noqa: E402

BOUND = 690  # megabytes that Community Cloud promises
GROWTH = 0.05  # by which reruns and sessions may add to that
LETTERS = "abcdefghijklmnoprstuwyz"


# --- what visitors do -------------------------------------------------------------------------------


Act = Callable[[str], Awaitable[list[Run]]]


async def start(address: str) -> list[Run]:
    """Open the first page."""
    async with Session(address) as visitor:
        return [await visitor.open()]


async def every_scene(address: str) -> list[Run]:
    """Visit every scene, in the order of the talk."""
    async with Session(address) as visitor:
        return [await visitor.open(path, scene=slug) for path, slug, _ in deck()]


async def every_checkpoint(address: str) -> list[Run]:
    """Open a receipt of every checkpoint, and let every GPT write."""
    names = sorted({path.name.split(".")[0] for path in (ROOT / "checkpoints").glob("*.safetensors")})
    async with Session(address) as visitor:
        runs = [await visitor.open("receipt", model=name, context="A", next="a") for name in names]
        for title in GPTS.values():
            for slug in scenes_of("attention"):
                runs.append(await visitor.open("attention", scene=slug, attention_model=title))
        return runs


async def long_prompts(address: str) -> list[Run]:
    """Give every scene of the attention chapter prompts as long as one may type, all of them different."""
    dice, runs = random.Random(1), []
    async with Session(address) as visitor:
        for number in range(200):
            slug = scenes_of("attention")[number % 4]
            prompt = "".join(dice.choices(LETTERS, k=LONGEST_PROMPT))
            if number % 40 < 4 or number < 4:
                await visitor.open("attention", scene=slug)
            runs.append(await visitor.open("attention", scene=slug, attention_prompt_shakespeare=prompt))
        return runs


async def own_lists(address: str) -> list[Run]:
    """Paste forty lists of 1.9 MB, each of them a visitor's own."""
    runs = []
    for number in range(40):
        async with Session(address) as visitor:
            await visitor.open("bigram", scene="data", bigram_names="your own list")
            runs.append(await visitor.set("bigram_list", own_list(number)))
    return runs


def own_list(seed: int, size: int = 1_900_000) -> str:
    """Return words, one a line, of so many characters together."""
    dice = random.Random(seed)
    words = ("".join(dice.choices(LETTERS, k=19)) for _ in range(size // 20))
    return "\n".join(words)


async def clears(address: str) -> list[Run]:
    """Ask twelve times for all caches to be cleared, and visit the heaviest scenes each time."""
    runs = []
    for _ in range(12):
        async with Session(address) as visitor:
            await visitor.open("attention")
            await visitor.clear_cache()
            runs.append(await visitor.open("fine-tuning", scene="before-and-after"))
            runs.append(await visitor.open("attention"))
    return runs


def reruns(count: int) -> Act:
    """Return an act that moves a control so many times, on one chapter after the other."""

    async def act(address: str) -> list[Run]:
        runs, controls = [], [("neuron", "neuron_x1"), ("attention", "attention_temperature")]
        async with Session(address) as visitor:
            for number in range(count):
                path, key = controls[number // 100 % len(controls)]
                if number % 100 == 0:
                    await visitor.open(path)
                runs.append(await visitor.set(key, number % 20 / 10))
        return runs

    return act


def sessions(count: int) -> Act:
    """Return an act in which so many visitors open a scene each and leave, ten at a time."""

    async def one(address: str, number: int) -> Run:
        path, slug, _ = deck()[number % len(deck())]
        async with Session(address) as visitor:
            return await visitor.open(path, scene=slug)

    async def act(address: str) -> list[Run]:
        runs = []
        for first in range(0, count, 10):
            runs += await asyncio.gather(*(one(address, n) for n in range(first, min(first + 10, count))))
        return runs

    return act


def scenes_of(path: str) -> list[str]:
    """Return the scenes of a chapter."""
    return [slug for chapter, slug, _ in deck() if chapter == path]


# --- the steps --------------------------------------------------------------------------------------


def step(server: Server, name: str, act: Act) -> dict:
    """Do something and return what it did to the server."""
    server.forget_peak()
    begun = time.perf_counter()
    runs = asyncio.run(act(server.address))
    largest = max(runs, key=lambda run: max(run.sizes))
    return {
        "step": name,
        "runs": len(runs),
        "seconds": round(time.perf_counter() - begun, 1),
        "slowest_s": round(max(run.seconds for run in runs), 2),
        "rss": server.megabytes("VmRSS"),
        "peak": server.megabytes("VmHWM"),
        "threads": server.threads(),
        "largest_message": max(largest.sizes),
        "largest_holds": largest.largest,
    }


def main() -> None:
    """Measure every step and print JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reruns", type=int, default=3000)
    parser.add_argument("--sessions", type=int, default=1000)
    options = parser.parse_args()
    hard = {
        "start": start,
        "every scene": every_scene,
        "every checkpoint": every_checkpoint,
        "200 long prompts": long_prompts,
        "40 own lists of 1.9 MB": own_lists,
        "12 times clear_cache": clears,
    }
    long = {
        f"{options.reruns:,} reruns": reruns(options.reruns),
        f"{options.sessions:,} sessions": sessions(options.sessions),
    }
    rows = []
    with served(APP) as server:
        for name, act in {**hard, **long}.items():
            rows.append(step(server, name, act))
            print(json.dumps(rows[-1]), file=sys.stderr)
    peak = max(row["peak"] for row in rows[: len(hard)])
    later = max(row["peak"] for row in rows[len(hard) :])
    print(
        json.dumps(
            {
                "unit": "MB",
                "steps": rows,
                "peak": peak,
                "bound": BOUND,
                "later": later,
                "holds": peak <= BOUND and later <= (1 + GROWTH) * max(peak, rows[len(hard) - 1]["rss"]),
            },
            indent=1,
        )
    )


if __name__ == "__main__":
    main()
