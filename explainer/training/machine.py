"""The machine a run takes place on: device, memory, signals, clock."""

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import NoReturn

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file

UNKEPT = "The run goes on and tries again; make room there, or it starts anew if it is interrupted."
GO_ON = "Stopped. Go on later with the same command and --resume."


def device_for(asked: str) -> str:
    if asked != "auto":
        if asked not in ("cpu", "cuda", "mps"):
            raise ValueError(f"The device must be auto, cpu, cuda or mps, not “{asked}”.")
        return asked
    if torch.cuda.is_available():
        return "cuda"
    return "mps" if torch.backends.mps.is_available() else "cpu"


@cache
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


def kept(path: Path, tensors: dict[str, torch.Tensor], facts: dict[str, str]) -> bool:
    """Write a run's state in one move; a disk that is full or read-only is told and does not end the run.

    Args:
        facts: what must be known of the run before the tensors make sense.
    Returns:
        Whether the state is there.
    """
    part = path.with_suffix(".part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        save_file(tensors, part, metadata=facts)
        part.replace(path)
    except (OSError, SafetensorError) as error:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        print(f"\n{path.parent} cannot be written to ({error}). {UNKEPT}", file=sys.stderr, flush=True)
        return False
    return True


def restored(path: Path) -> tuple[dict[str, torch.Tensor], dict[str, str]]:
    """Return the tensors and the facts of a run that was kept.

    Raises:
        ValueError: if there is none, or it is damaged.
    """
    if not path.exists():
        raise ValueError(f"There is no interrupted run at {path}; start one without --resume.")
    try:
        with safe_open(path, "pt") as state:
            tensors = {key: state.get_tensor(key) for key in state.keys()}  # noqa: SIM118
            return tensors, state.metadata() or {}
    except (OSError, SafetensorError) as error:
        raise ValueError(f"{path} cannot be read ({error}); start anew without --resume.") from error


def stop(state_kept: bool) -> NoReturn:
    """End a run that was interrupted, and say whether it can go on."""
    raise KeyboardInterrupt(GO_ON if state_kept else "Stopped. The run's state is lost; start it anew.")


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
