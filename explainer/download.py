"""Fetch a file over HTTP: retried, resumed where it stopped, bounded in size and time, with a bar."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from http.client import HTTPException, HTTPResponse
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from explainer.faults import Fault

ATTEMPTS = 5
TIMEOUT = 30  # seconds without a byte
SECONDS = 900.0  # for one file, every attempt included
MOST = 100_000_000  # bytes of one file
CHUNK = 1 << 16  # bytes
LATER = "start again; it goes on where it stopped"

Report = Callable[[int, int | None], None]


class DownloadError(Fault, OSError):
    """A file could not be fetched; the message says why and what to do.

    Attributes:
        status: what the server answered, such as 404; None if it did not.
    """

    def __init__(self, message: str, status: int | None = None) -> None:
        super().__init__(message)
        self.status = status


class _BrokenOff(Exception):
    """The answer ended too early; another attempt may help."""


@dataclass(frozen=True)
class _Bounds:
    """How much a file may be, and until when it may come."""

    most: int  # bytes
    deadline: float  # of time.monotonic()

    def check_size(self, size: int, part: Path) -> None:
        if size > self.most:
            part.unlink(missing_ok=True)  # it is another file
            raise DownloadError(f"it is larger than {self.most / 1e6:g} MB. Is there a login page?")

    def check_time(self) -> None:
        if time.monotonic() > self.deadline:
            raise DownloadError(f"it took too long. Check the network and {LATER}.")


def download(
    address: str,
    path: Path,
    pause: float = 1.0,
    report: Report | None = None,
    most: int = MOST,
    seconds: float = SECONDS,
) -> Path:
    """Fetch a file; what came before an interruption stays in ``PATH.part`` and is not fetched again.

    Args:
        pause: seconds before the second attempt; it doubles with every further one.
        report: called with the bytes that are here and the bytes expected (None if not known).
        most: bytes that the file may have.
        seconds: that all attempts may take together.
    Returns:
        The path, at which the complete file lies.
    Raises:
        DownloadError: if the server cannot be reached, refuses, breaks off time and again, sends too much or
            takes too long, or if the file cannot be written.
    """
    part = path.with_name(path.name + ".part")
    bounds = _Bounds(most, time.monotonic() + seconds)
    try:
        _try(address, part, pause, report or progress_bar(path.name), bounds)
    except DownloadError as error:
        raise DownloadError(f"{address} could not be downloaded: {error}", error.status) from error
    return part.replace(path)


def progress_bar(title: str) -> Report:
    """Return a function that draws how much of a file is here on the terminal's error line."""

    def draw(done: int, expected: int | None) -> None:
        share = f"{'█' * (20 * done // expected):░<20} {done / expected:4.0%}" if expected else ""
        end = "\n" if done == expected else ""
        print(f"\r{title[:40]:40} {share} {done / 1e6:.1f} MB", end=end, file=sys.stderr, flush=True)

    return draw


def _try(address: str, part: Path, pause: float, report: Report, bounds: _Bounds) -> None:
    """Fetch until all is here; after a failure that may pass, again."""
    for attempt in range(ATTEMPTS):
        if attempt:
            time.sleep(pause * 2 ** (attempt - 1))
        bounds.check_time()
        try:
            return _fetch(address, part, report, bounds)
        except (HTTPError, _BrokenOff) as error:
            failure = error
            if _refused(error):
                break
    raise DownloadError(_explain(failure), getattr(failure, "code", None)) from failure


def _fetch(address: str, part: Path, report: Report, bounds: _Bounds) -> None:
    have = part.stat().st_size if part.exists() else 0
    headers = {"User-Agent": "gen-ai-demystified", **({"Range": f"bytes={have}-"} if have else {})}
    try:
        response = urlopen(Request(address, headers=headers), timeout=TIMEOUT)
    except HTTPError as error:
        if error.code != HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE or not have:
            raise
        if error.headers.get("Content-Range") == f"bytes */{have}":
            return  # all of it was here already
        with _written(part):
            part.unlink()  # what is here is no beginning of that file
        raise _BrokenOff(f"the server has no byte {have:,} of it") from error
    except (OSError, HTTPException) as error:
        raise _BrokenOff(str(getattr(error, "reason", error)) or type(error).__name__) from error
    with response, _written(part):
        _save(response, part, have if _continues(response, have) else 0, report, bounds)


def _save(response: HTTPResponse, part: Path, have: int, report: Report, bounds: _Bounds) -> None:
    expected = _expected(response, have)
    bounds.check_size(expected or 0, part)
    with part.open("ab" if have else "wb") as file:
        for chunk in _chunks(response):
            have += len(chunk)
            bounds.check_size(have, part)
            bounds.check_time()
            file.write(chunk)
            report(have, expected)
    if expected is not None and have < expected:
        raise _BrokenOff(f"the connection broke off after {have:,} of {expected:,} bytes")


def _chunks(response: HTTPResponse) -> Iterator[bytes]:
    try:
        while chunk := response.read1(CHUNK):
            yield chunk
    except (OSError, HTTPException) as error:
        raise _BrokenOff(str(error) or type(error).__name__) from error


def _expected(response: HTTPResponse, have: int) -> int | None:
    """Return how long the file will be with what comes now; None if the server does not say."""
    told = response.headers.get("Content-Length")
    if told is None or response.chunked:
        return None
    if not (told.isascii() and told.isdigit() and len(told) < 16):
        raise DownloadError(f"the server says that “{told[:40]}” bytes will come. Try again later.")
    return have + int(told)


@contextmanager
def _written(part: Path) -> Iterator[None]:
    """Tell a disk that is full or read-only from a network that fails."""
    try:
        part.parent.mkdir(parents=True, exist_ok=True)
        yield
    except DownloadError:
        raise
    except OSError as error:
        why = f"{part.parent} cannot be written to ({error.strerror})"
        raise DownloadError(f"{why}. Make room there and {LATER}.") from error


def _continues(response: HTTPResponse, have: int) -> bool:
    content_range = response.headers.get("Content-Range", "")
    return response.status == HTTPStatus.PARTIAL_CONTENT and content_range.startswith(f"bytes {have}-")


def _refused(error: Exception) -> bool:
    """Return whether the server has understood and said no, so that asking again is of no use."""
    again = (HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS)
    return isinstance(error, HTTPError) and 400 <= error.code < 500 and error.code not in again


def _explain(error: Exception) -> str:
    reason = str(error)
    if isinstance(error, HTTPError):
        reason = f"the server answered {error.code} {error.reason}"
    return f"{reason}. Check the network and {LATER}."
