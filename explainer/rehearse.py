"""Rehearse the talk: visit every scene and every stage of it, so that nothing is computed first on stage.

``python -m explainer.rehearse`` starts a server for that, ``python -m explainer.rehearse ADDRESS`` visits
one that runs, and warms it. What took over 300 ms is asked for again; what failed, or stays slow, makes
the command fail.
"""

import argparse
import asyncio
import json
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from websockets.exceptions import WebSocketException

from explainer.ui.outline import outline
from explainer.ui.sessions import Failed, Run, Session

APP = Path(__file__).parent / "app.py"
SLOW = 0.3  # seconds
START = 60.0  # seconds that a server may need to start


@dataclass(frozen=True)
class Step:
    """One step of the talk, as it went."""

    where: str
    first: float  # seconds
    again: float | None = None  # seconds the second time, if the first was slow
    failed: str = ""

    @property
    def ready(self) -> bool:
        """Whether it will do on stage."""
        return not self.failed and (self.again is None or self.again <= SLOW)


async def rehearse(address: str) -> AsyncIterator[Step]:
    """Visit every step of the talk once, in its order; yield how each went.

    Args:
        address: of the server, such as ``http://127.0.0.1:8501``.
    """
    for path, scenes in outline().items():
        for scene in scenes:
            async for step in _scene(address, path, scene.slug):
                yield step


async def _scene(address: str, path: str, slug: str) -> AsyncIterator[Step]:
    """Visit a scene and its stages; each scene by a visitor of its own, as one failure ends a visit."""
    where = f"/{path}?scene={slug}"
    try:
        async with Session(address) as visitor:
            yield await _timed(where, lambda: visitor.open(path, scene=slug))
            frame = json.loads(visitor.find("frame").element.bidi_component.json)
            for stage in range(1, frame["stages"]):
                asked = {"scene": frame["scene"], "stage": stage, "by": 1}
                told = f"{where}, stage {stage + 1} of {frame['stages']}"
                yield await _timed(told, partial(visitor.event, "frame", "pick", asked))
    except (Failed, OSError, TimeoutError, WebSocketException) as failure:
        yield Step(where, 0.0, failed=str(failure) or type(failure).__name__)


async def _timed(where: str, ask: Callable[[], Awaitable[Run]]) -> Step:
    first = (await ask()).seconds
    again = (await ask()).seconds if first > SLOW else None
    return Step(where, first, again)


def told(step: Step) -> str:
    """Return one line about a step that failed or was slow; "" if there is nothing to say."""
    if step.failed:
        return f"{step.where}: failed, {step.failed}"
    if step.again is None:
        return ""
    now = f"now {1000 * step.again:.0f} ms" if step.ready else f"and still {1000 * step.again:.0f} ms"
    return f"{step.where}: {1000 * step.first:.0f} ms at first, {now}"


@contextmanager
def served(address: str | None) -> Iterator[str]:
    """Yield the address of a server: the one that was given, or one that runs while the block does."""
    if address:
        yield address.rstrip("/")
        return
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    flags = ["--server.port", str(port), "--server.address", "127.0.0.1", "--server.headless", "true"]
    command = [sys.executable, "-m", "streamlit", "run", str(APP), *flags]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield _answering(f"http://127.0.0.1:{port}")
    finally:
        server.terminate()
        server.wait(10)


def _answering(address: str) -> str:
    until = time.monotonic() + START
    while True:
        try:
            with urllib.request.urlopen(f"{address}/_stcore/health", timeout=1):
                return address
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)


async def _run(address: str) -> bool:
    steps = []
    async for step in rehearse(address):
        steps.append(step)
        if line := told(step):
            print(line, flush=True)
    slow = sum(step.again is not None for step in steps)
    failed = sum(bool(step.failed) for step in steps)
    print(f"{len(steps)} steps: {slow} took over {1000 * SLOW:.0f} ms at first, {failed} failed.")
    return all(step.ready for step in steps)


def main() -> int:
    """Rehearse the talk and print what was slow or failed; return 1 if something will not do on stage."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("address", nargs="?", help="of a server that runs; else one is started")
    with served(parser.parse_args().address) as address:
        return 0 if asyncio.run(_run(address)) else 1


if __name__ == "__main__":
    sys.exit(main())
