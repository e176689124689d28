"""The machine a run takes place on: device, memory, signals, clock."""

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import torch


def device_for(asked: str) -> str:
    if asked != "auto":
        if asked not in ("cpu", "cuda", "mps"):
            raise ValueError(f"The device must be auto, cpu, cuda or mps, not “{asked}”.")
        return asked
    if torch.cuda.is_available():
        return "cuda"
    return "mps" if torch.backends.mps.is_available() else "cpu"


def multiplies_half(device: str) -> bool:
    """Whether bfloat16 is faster than float32; a CPU without the instructions only imitates it."""
    if device == "cpu":
        return torch.cpu.get_capabilities().get("avx512_bf16", False)
    return device == "cuda" and torch.cuda.is_bf16_supported()


def use_huge_pages() -> None:
    """Start the command again with settings that keep large tensors' memory: on Linux six times faster."""
    settings = {
        "THP_MEM_ALLOC_ENABLE": "1",  # read by PyTorch when it loads, so it cannot be set later
        "MALLOC_MMAP_MAX_": "0",
        "MALLOC_TRIM_THRESHOLD_": str(1 << 33),
        "MALLOC_TOP_PAD_": str(1 << 28),
    }
    started = getattr(sys.modules["__main__"], "__spec__", None)
    is_command = started is not None and started.name == "explainer.training.__main__"
    if sys.platform == "linux" and is_command and "THP_MEM_ALLOC_ENABLE" not in os.environ:
        os.execve(sys.executable, sys.orig_argv, {**os.environ, **settings})


@contextmanager
def interruptible() -> Iterator[Callable[[], bool]]:
    """Let Ctrl-C (and a polite kill) end a run after the step at hand instead of in its middle."""
    asked: list[int] = []
    signals = (signal.SIGINT, signal.SIGTERM)
    before = [signal.signal(number, lambda number, _: asked.append(number)) for number in signals]
    try:
        yield lambda: bool(asked)
    finally:
        for number, handler in zip(signals, before, strict=True):
            signal.signal(number, handler)


class Clock:
    """Seconds of a run, and what is due again."""

    def __init__(self, before: float) -> None:
        self.before, self.start = before, time.monotonic()
        self.last: dict[str, float] = {}

    @property
    def seconds(self) -> float:
        return self.before + self.since_start

    @property
    def since_start(self) -> float:
        return time.monotonic() - self.start

    def due(self, what: str, every: float) -> bool:
        now = time.monotonic()
        if now - self.last.setdefault(what, self.start) < every:
            return False
        self.last[what] = now
        return True
