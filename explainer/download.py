"""Fetch a file over HTTP: retried, resumed where it stopped, with a progress bar."""

import sys
import time
from collections.abc import Callable
from http import HTTPStatus
from http.client import HTTPException, HTTPResponse
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from explainer.faults import Fault

ATTEMPTS = 5
TIMEOUT = 30  # seconds without a byte
CHUNK = 1 << 16  # bytes


class DownloadError(Fault, OSError):
    """A file could not be fetched; the message says why and what to do.

    Attributes:
        status: what the server answered, such as 404; None if it did not.
    """

    def __init__(self, message: str, status: int | None = None) -> None:
        super().__init__(message)
        self.status = status


def download(
    address: str, path: Path, pause: float = 1.0, report: Callable[[int, int | None], None] | None = None
) -> Path:
    """Fetch a file; what came before an interruption stays in ``PATH.part`` and is not fetched again.

    Args:
        pause: seconds before the second attempt; it doubles with every further one.
        report: called with the bytes that are here and the bytes expected (None if not known).
    Returns:
        The path, at which the complete file lies.
    Raises:
        DownloadError: if the server cannot be reached, refuses, or breaks off time and again.
    """
    part = path.with_name(path.name + ".part")
    part.parent.mkdir(parents=True, exist_ok=True)
    failure: Exception | None = None
    for attempt in range(ATTEMPTS):
        if attempt:
            time.sleep(pause * 2 ** (attempt - 1))
        try:
            _fetch(address, part, report or progress_bar(path.name))
            return part.replace(path)
        except (OSError, HTTPException) as error:
            failure = error
            if _refused(error):
                break
    raise DownloadError(_explain(address, failure), getattr(failure, "code", None)) from failure


def progress_bar(title: str) -> Callable[[int, int | None], None]:
    """Return a function that draws how much of a file is here on the terminal's error line."""

    def draw(done: int, expected: int | None) -> None:
        share = f"{'█' * (20 * done // expected):░<20} {done / expected:4.0%}" if expected else ""
        end = "\n" if done == expected else ""
        print(f"\r{title[:40]:40} {share} {done / 1e6:.1f} MB", end=end, file=sys.stderr, flush=True)

    return draw


def _fetch(address: str, part: Path, report: Callable[[int, int | None], None]) -> None:
    have = part.stat().st_size if part.exists() else 0
    headers = {"User-Agent": "gen-ai-demystified", **({"Range": f"bytes={have}-"} if have else {})}
    try:
        response = urlopen(Request(address, headers=headers), timeout=TIMEOUT)
    except HTTPError as error:
        if error.code == HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
            part.unlink()  # what is here is no beginning of that file
        raise
    with response:
        _save(response, part, have if _continues(response, have) else 0, report)


def _save(response: HTTPResponse, part: Path, have: int, report: Callable[[int, int | None], None]) -> None:
    length = response.headers.get("Content-Length")
    expected = have + int(length) if length else None
    with part.open("ab" if have else "wb") as file:
        while chunk := response.read1(CHUNK):
            file.write(chunk)
            have += len(chunk)
            report(have, expected)
    if expected is not None and have < expected:
        raise ConnectionError(f"the connection broke off after {have:,} of {expected:,} bytes")


def _continues(response: HTTPResponse, have: int) -> bool:
    content_range = response.headers.get("Content-Range", "")
    return response.status == HTTPStatus.PARTIAL_CONTENT and content_range.startswith(f"bytes {have}-")


def _refused(error: Exception) -> bool:
    """Return whether the server has understood and said no, so that asking again is of no use."""
    again = (
        HTTPStatus.REQUEST_TIMEOUT,
        HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE,
        HTTPStatus.TOO_MANY_REQUESTS,
    )
    return isinstance(error, HTTPError) and 400 <= error.code < 500 and error.code not in again


def _explain(address: str, error: Exception) -> str:
    if isinstance(error, HTTPError):
        reason = f"the server answered {error.code} {error.reason}"
    else:
        reason = str(getattr(error, "reason", error)) or type(error).__name__
    advice = "Check the network and start again; it goes on where it stopped"
    return f"{address} could not be downloaded: {reason}. {advice}."
