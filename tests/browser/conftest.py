"""A real Chromium and a real server; missing Chromium fails in CI and is reported elsewhere."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    # A page of the address bar's own stood behind every window and took a tenth of the time.
    "--disable-features=WebUIOmniboxPopup,WebUIOmniboxAimPopup,PaintHolding,OptimizationHints,MediaRouter",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
# Another scene has come; between two of them there is no heading.
TURNED = "(before) => (document.querySelector('h1')?.innerText ?? before) !== before"
IDLE = "[data-testid=stApp][data-test-connection-state=CONNECTED][data-test-script-state=notRunning]"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """In CI, what timed out is tried once more and named: a shared machine can stand still for a while."""
    for item in items:
        if os.environ.get("CI") and Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.flaky(reruns=1, only_rerun=["TimeoutError"]))


@pytest.fixture(scope="session")
def chromium():
    """One headless Chromium for all browser tests."""
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        path = None
    if path is None:
        message = (
            "Browser tests need Chromium and playwright: "
            "apt install chromium; pip install -r tests/requirements.txt"
        )
        (pytest.fail if os.environ.get("CI") else pytest.skip)(message)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


@contextmanager
def started(
    script: Path, *flags: str, port: int = 0, **environment: str
) -> Iterator[tuple[subprocess.Popen, str]]:
    """Serve a Streamlit script while the block runs; yields the process and its address.

    Args:
        flags: of ``streamlit run``.
        port: where; a free one if none is given.
        environment: variables that the process gets besides those of this one.
    """
    if not port:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", str(script), "--server.port", str(port)]
    server = subprocess.Popen(
        [*command, "--server.headless", "true", *flags],
        cwd=ROOT,
        env=os.environ | environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        base = environment.get("STREAMLIT_SERVER_BASE_URL_PATH", "")
        address = f"http://127.0.0.1:{port}{base and '/'}{base}"
        _wait_for(f"{address}/_stcore/health")
        yield server, address
    finally:
        server.terminate()
        server.wait(10)


@contextmanager
def running(script: Path, port: int = 0, **environment: str) -> Iterator[str]:
    """Serve a Streamlit script to this machine alone while the block runs; yields its address."""
    with started(script, "--server.address", "127.0.0.1", port=port, **environment) as (_, address):
        yield address


@pytest.fixture(scope="session")
def serve() -> Iterator[Callable[[Path], str]]:
    """A function that serves a script for the rest of the session and returns its address."""
    open_servers = []
    addresses: dict[Path, str] = {}

    def start(script: Path) -> str:
        if script not in addresses:
            server = running(script)
            addresses[script] = server.__enter__()
            open_servers.append(server)
        return addresses[script]

    yield start
    for server in open_servers:
        server.__exit__(None, None, None)


@pytest.fixture(scope="session")
def app(serve) -> str:
    """The address of the app itself."""
    return serve(ROOT / "explainer" / "app.py")


@pytest.fixture(scope="session")
def context(chromium):
    """A function that returns the browser's context for some options; its cache outlives a test."""
    return lru_cache(None)(lambda **options: chromium.new_context(**options))


@pytest.fixture
def open_page(context, app):
    """A function that opens an address of the app in a fresh window and waits until it is drawn."""
    pages = []

    def visit(path: str = "/", width: int = 1920, height: int = 1080, base: str = app, **options):
        page = context(**options).new_page()
        pages.append(page)
        page.set_viewport_size({"width": width, "height": height})
        page.goto(base + path)
        settled(page)
        if base == app:
            page.wait_for_function("window.__clicker && window.__deck")  # before it stands, keys go nowhere
            settled(page)  # a phone has told its width: the scene is drawn anew
        return page

    yield visit
    failed = [
        page.url for page in pages if not page.is_closed() and page.locator(".st-key-complaint").count()
    ]
    for page in pages:
        page.close()
    assert failed == []


def settled(page, pause: float = 150) -> None:
    """Wait until the script has run and the first scene stands.

    Args:
        pause: milliseconds in which a run that was asked for must have begun.
    """
    page.wait_for_selector(IDLE, timeout=60_000)
    page.wait_for_timeout(pause)
    page.wait_for_selector(IDLE, timeout=60_000)


def _wait_for(address: str, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(address, timeout=1):
                return
        except OSError:
            time.sleep(0.1)
    raise TimeoutError(f"{address} did not answer within {seconds:.0f} s")
