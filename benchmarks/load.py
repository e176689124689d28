"""How long visitors wait when many are there at once, over all chapters, beside a bare page with one slider.

``python benchmarks/load.py [--seconds 30] [--only fifty hundred]`` serves both, drives them over websockets
and prints JSON, times in milliseconds, with the bounds that each run must keep. A visitor begins at a scene
of his own and moves a control every few seconds; every fifth time he turns to the next scene instead. Linux
only: the server's processor time is read from /proc.
"""

import argparse
import asyncio
import json
import os
import random
import statistics
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from websockets.exceptions import WebSocketException

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.interaction import summary  # noqa: E402
from benchmarks.served import APP, Server, served  # noqa: E402
from explainer.ui.sessions import Failed, Placed, Run, Session  # noqa: E402
from tests.scenes import address, deck  # noqa: E402

BARE = ROOT / "benchmarks" / "peers" / "slider.py"
BARE_PLACES = [("", "")]
SLIDER = [("neuron", "one-neuron")]
PLACES = [(path, slug) for path, slug, _ in deck(hidden=False)]
TURN_EVERY = 5  # changes
SETTLING = 15  # seconds
CONTROLS = ("slider", "button_group", "checkbox", "number_input", "selectbox")
WRITTEN = {  # scenes where a large model writes, their seed, and the button that asks for another text
    ("fine-tuning", "before-and-after"): ("tuning_seed", "tuning_seed_next"),
    ("attention", "switch-a-head-off"): ("attention_seed", "attention_seed_next"),
    ("fine-tuning", "was-it-worth-it"): ("tuning_seed", "tuning_seed_next"),
}


class Visitor:
    """Someone who goes through the scenes in the order of the talk and moves what can be moved.

    Args:
        session: connected, nothing opened yet.
        number: which visitor; each begins at another place.
        places: chapter paths and scene slugs.
    """

    def __init__(self, session: Session, number: int, places: list[tuple[str, str]]) -> None:
        self._session, self._number, self._places = session, number, places
        self._dice = random.Random(number)
        self._changes = 0

    @property
    def place(self) -> tuple[str, str]:
        """The chapter's path and the scene's slug."""
        return self._places[self._number % len(self._places)]

    async def arrive(self) -> Run:
        """Open the scene by its address."""
        path, slug = self.place
        return await self._session.open(path, **({"scene": slug} if slug else {}))

    async def change(self) -> Run:
        """Move a control of the scene; turn to the next if it is time, or if there is none."""
        self._changes += 1
        controls = self._session.kinds(*CONTROLS)
        if not controls or (len(self._places) > 1 and self._changes % TURN_EVERY == 0):
            return await self._turn()
        return await self._session.put(*moved(self._dice.choice(controls), self._dice))

    async def _turn(self) -> Run:
        before, self._number = self.place, self._number + 1
        path, slug = self.place
        if path != before[0]:
            return await self.arrive()
        scenes = [scene for chapter, scene in self._places if chapter == path]
        return await self._session.event("frame", "pick", {"scene": scenes.index(slug)})


def moved(placed: Placed, dice: random.Random) -> tuple[Placed, Any]:
    """Return a control and another value for it."""
    kind = placed.element.WhichOneof("type")
    control = getattr(placed.element, kind)
    if kind == "checkbox":
        return placed, dice.random() < 0.5
    if kind == "number_input":
        return placed, float(dice.randint(int(control.min), min(int(control.max), 999)))
    if kind == "slider" and not control.options:
        steps = range(round((control.max - control.min) / control.step) + 1)
        ends = sorted(dice.choices(steps, k=len(control.default)))
        return placed, [control.min + control.step * end for end in ends]
    return placed, dice.choice([getattr(option, "content", option) for option in control.options])


@dataclass
class Waits:
    """How long visitors waited, in milliseconds, by the scene that they came to, and what failed."""

    scenes: dict[str, list[float]] = field(default_factory=dict)
    first: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    async def note(self, visitor: Visitor, act: Awaitable[Run], *, first: bool = False) -> None:
        """Wait for what a visitor does, and note how long it took; apart, if it comes first."""
        begun = time.perf_counter()
        try:
            await act
        except (Failed, OSError, TimeoutError, WebSocketException) as error:
            self.errors.append(f"{address(*visitor.place)}: {type(error).__name__}: {error}")
            return
        took = 1000 * (time.perf_counter() - begun)
        (self.first if first else self.scenes.setdefault(address(*visitor.place), [])).append(took)

    def told(self) -> dict[str, Any]:
        """Return the summary of all waits, and the scenes where they were longest."""
        medians = {scene: round(statistics.median(found), 1) for scene, found in self.scenes.items()}
        slowest = sorted(medians, key=medians.__getitem__, reverse=True)[:5]
        writing = {address(*place) for place in WRITTEN}
        rest = [wait for scene, found in self.scenes.items() if scene not in writing for wait in found]
        return {
            **summary([wait for found in self.scenes.values() for wait in found]),
            "p95_where_no_large_model_writes": summary(rest)["p95"],
            "p95_at_first": summary(self.first)["p95"] if self.first else None,
            "errors": self.errors,
            "slowest": {scene: medians[scene] for scene in slowest},
        }


# --- what visitors do -------------------------------------------------------------------------------


async def crowd(base: str, visitors: int, every: float, seconds: float, places: list = PLACES) -> Waits:
    """Let visitors change something every few seconds, each on a beat of his own.

    For ``SETTLING`` seconds all arrive and ask for what the server has never computed; that is noted apart.
    """
    waits, start = Waits(), time.monotonic()

    async def visit(number: int) -> None:
        await asyncio.sleep(2 * every * number / visitors)
        async with Session(base) as session:
            visitor = Visitor(session, number, places)
            await visitor.arrive()
            for _ in range(round((SETTLING + seconds) / every)):
                begun = time.monotonic()
                await waits.note(visitor, visitor.change(), first=begun < start + SETTLING)
                await asyncio.sleep(max(0, begun + every - time.monotonic()))

    await asyncio.gather(*map(visit, range(visitors)))
    return waits


async def arrivals(base: str, visitors: int, seconds: float) -> Waits:
    """Let visitors arrive within some seconds, each at a scene of his own; all stay."""
    waits = Waits()
    async with AsyncExitStack() as stack:

        async def arrive(number: int) -> None:
            await asyncio.sleep(seconds * number / visitors)
            session = Session(base)
            visitor = Visitor(session, number, PLACES)
            await waits.note(visitor, _enter(stack, session, visitor))

        await asyncio.gather(*map(arrive, range(visitors)))
    return waits


async def _enter(stack: AsyncExitStack, session: Session, visitor: Visitor) -> Run:
    await stack.enter_async_context(session)
    return await visitor.arrive()


@asynccontextmanager
async def beside(base: str, trainings: int, generations: int) -> AsyncIterator[None]:
    """Let some train a model, and others ask for one text after the other, while the block runs."""
    async with AsyncExitStack() as stack:
        tasks = []
        for number in range(trainings):
            session = await stack.enter_async_context(Session(base))
            await session.open("training", training_steps_better=200_000, training_seed=number)
            await session.press("training_start")
            tasks.append(asyncio.create_task(_watch(session)))
        for number in range(generations):
            path, slug = list(WRITTEN)[number % len(WRITTEN)]
            seed, button = WRITTEN[path, slug]
            session = await stack.enter_async_context(Session(base))
            await session.open(path, scene=slug, **{seed: 10_000 * (number + 1)})
            tasks.append(asyncio.create_task(_write(session, button)))
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            ended = await asyncio.gather(*tasks, return_exceptions=True)
            failed = [error for error in ended if not isinstance(error, asyncio.CancelledError)]
            if failed:
                raise ExceptionGroup("a training or a generation failed", failed)


async def _watch(session: Session) -> None:
    """Run what has a timer again and again, as the browser does."""
    done: dict[str, float] = {}
    while True:
        await asyncio.sleep(0.1)
        for fragment, interval in list(session.timers.items()):
            if time.monotonic() - done.get(fragment, 0.0) > interval:
                await session.again(fragment)
                done[fragment] = time.monotonic()


async def _write(session: Session, button: str) -> None:
    while True:
        await session.press(button)


async def warmed(base: str) -> None:
    """Let one visitor open every scene, so that what all of them share is loaded."""
    async with Session(base) as session:
        for path, slug in PLACES:
            await session.open(path, scene=slug)


# --- the runs ---------------------------------------------------------------------------------------


async def bare(base: str, seconds: float) -> Waits:
    """Fifty visitors of the bare page, a change every two seconds."""
    return await crowd(base, 50, 2.0, seconds, BARE_PLACES)


async def fifty(base: str, seconds: float) -> Waits:
    """Fifty visitors, a change every two seconds."""
    return await crowd(base, 50, 2.0, seconds)


async def hundred(base: str, seconds: float) -> Waits:
    """A hundred visitors, a change every five seconds."""
    return await crowd(base, 100, 5.0, seconds)


async def arriving(base: str, _: float) -> Waits:
    """A hundred visitors who arrive within three seconds."""
    return await arrivals(base, 100, 3.0)


async def busy(base: str, seconds: float) -> Waits:
    """Fifty visitors who let nothing be written, beside three trainings and five texts at a time."""
    async with beside(base, 3, 5):
        return await crowd(base, 50, 2.0, seconds, [place for place in PLACES if place not in WRITTEN])


async def slider(base: str, seconds: float) -> Waits:
    """One visitor who moves a control of one scene four times a second."""
    return await crowd(base, 1, 0.25, seconds, SLIDER)


async def training(base: str, seconds: float) -> Waits:
    """The same visitor, beside three trainings that are watched."""
    async with beside(base, 3, 0):
        return await slider(base, seconds)


RUNS: dict[str, tuple[Callable[[str, float], Awaitable[Waits]], dict[str, int]]] = {
    "slider": (slider, {}),
    "training": (training, {"p95_over_slider": 3}),
    "fifty": (fifty, {"p95": 150}),
    "hundred": (hundred, {"p95": 200}),
    "arriving": (arriving, {"p50": 1000, "p95": 3000}),
    "busy": (busy, {"p95": 500}),
}


def machine_speed(loops: int = 3_000_000) -> float:
    """Return the turns of an empty loop in a microsecond: one machine gave 9 and 60 within an hour."""
    begun = time.perf_counter()
    for _ in range(loops):
        pass
    return round(loops / (time.perf_counter() - begun) / 1e6, 1)


async def measured(server: Server, run: Callable[[str, float], Awaitable[Waits]], seconds: float) -> dict:
    """Return what a run gave, and how much of a processor the server and these visitors took meanwhile."""
    speed = [machine_speed()]
    begun, before, own = time.monotonic(), server.computed(), time.process_time()
    waits = await run(server.address, seconds)
    took = time.monotonic() - begun
    found = waits.told()
    computed, own = server.computed() - before, time.process_time() - own
    speed.append(machine_speed())
    return {
        "loops_per_us": speed,
        **found,
        "server_ms_each": round(1000 * computed / found["n"], 1),
        "server_processors": round(computed / took, 2),
        "client_processors": round(own / took, 2),
    }


async def compared(names: list[str], seconds: float) -> dict[str, dict]:
    """Serve the bare page and the app, and return what every run gave, with its bounds."""
    with served(BARE) as server:
        await bare(server.address, 2.0)
        found = {"bare": await measured(server, bare, seconds)}
    with served(APP) as server:
        await warmed(server.address)
        for name in names:
            run, bounds = RUNS[name]
            found[name] = await measured(server, run, seconds)
            if name == "training":
                found[name]["p95_over_slider"] = round(found[name]["p95"] / found["slider"]["p95"], 2)
            found[name] |= {"bounds": bounds, "kept": all(found[name][key] <= b for key, b in bounds.items())}
    return found


def main() -> None:
    """Measure and print JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=30.0, help="how long each run lasts")
    parser.add_argument("--only", nargs="+", choices=list(RUNS), default=list(RUNS))
    options = parser.parse_args()
    asked = {*options.only, *(["slider"] if "training" in options.only else [])}  # which it is compared with
    found = asyncio.run(compared([name for name in RUNS if name in asked], options.seconds))
    print(json.dumps({"unit": "ms", "processors": os.cpu_count(), "runs": found}, indent=1))


if __name__ == "__main__":
    main()
