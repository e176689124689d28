"""With no route out, the served app looks nothing up: not when it starts, nor for its first visitor."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from explainer.ui.sessions import Session
from tests.browser.conftest import started
from tests.scenes import APP

# Python runs it before anything else: what asks for another machine is noted and finds no route.
GUARD = """
import sys

HERE = ("", "None", "localhost", "127.0.0.1", "0.0.0.0", "::", "::1")
PLACE = {"socket.connect": 1, "socket.sendto": 1, "socket.getaddrinfo": 0, "socket.gethostbyname": 0}


def guard(event, args):
    if event not in PLACE:
        return
    asked = args[PLACE[event]]
    host = str(asked[0] if isinstance(asked, tuple) else asked)
    if host not in HERE:
        with open(NOTES, "a") as notes:
            print(event, host, file=notes)
        raise OSError("no route to host")


open(NOTES, "w").close()
sys.addaudithook(guard)
"""


def test_a_start_and_a_visit_ask_no_other_machine(tmp_path: Path):
    notes = tmp_path / "asked.txt"
    (tmp_path / "sitecustomize.py").write_text(f"NOTES = {str(notes)!r}\n{GUARD}")

    async def visit(address: str) -> None:
        async with Session(address) as visitor:
            await visitor.open()
            assert visitor.pages

    with started(APP, PYTHONPATH=str(tmp_path)) as (_, address), ThreadPoolExecutor() as thread:
        # In a thread of its own: the browser that other tests keep open has its event loop in this one.
        thread.submit(asyncio.run, visit(address)).result()
    assert notes.read_text() == ""
