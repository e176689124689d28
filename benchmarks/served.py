"""A script, served by a process of its own whose memory and processor time the kernel tells; Linux only."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.browser.conftest import started  # noqa: E402

APP = ROOT / "explainer" / "app.py"


class Server:
    """What the kernel knows of a process that serves.

    Args:
        pid: of the process.
    """

    def __init__(self, pid: int, address: str) -> None:
        self.address = address
        self._process = Path("/proc") / str(pid)

    def megabytes(self, field: str) -> float:
        """Return a size that the kernel knows of the process: VmRSS now, VmHWM at its highest."""
        return round(int(self._status()[field].split()[0]) / 1024, 1)

    def threads(self) -> int:
        """Return how many threads the process has."""
        return int(self._status()["Threads"])

    def forget_peak(self) -> None:
        """Let VmHWM begin anew."""
        (self._process / "clear_refs").write_text("5")

    def computed(self) -> float:
        """Return how many seconds the processors have worked for it."""
        fields = (self._process / "stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def _status(self) -> dict[str, str]:
        lines = (self._process / "status").read_text().splitlines()
        return {name: value.strip() for name, _, value in (line.partition(":") for line in lines)}


@contextmanager
def served(script: Path) -> Iterator[Server]:
    """Serve a script on a free port while the block runs."""
    with started(script, "--server.address", "127.0.0.1") as (process, address):
        yield Server(process.pid, address)
