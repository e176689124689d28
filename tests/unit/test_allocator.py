"""What is freed goes back to the system: large pieces at once, the others when free pages are given back."""

import subprocess
import sys

import pytest

# Pieces of memory, and behind each a small one that outlives it, as visits leave behind what is kept.
CODE = """
import ctypes
from pathlib import Path
from explainer.ui import allocator

allocator.settle()
malloc, free = ctypes.CDLL(None).malloc, ctypes.CDLL(None).free
malloc.restype, malloc.argtypes, free.argtypes = ctypes.c_void_p, [ctypes.c_size_t], [ctypes.c_void_p]
pins = []

def megabytes():
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 / 1e6

def left(megabyte):
    before, pieces = megabytes(), []
    for _ in range(10):
        pieces.append(malloc(megabyte * 1_000_000))
        pins.append(malloc(100_000))
        ctypes.memset(pieces[-1], 1, megabyte * 1_000_000)
    for piece in pieces:
        free(piece)
    return megabytes() - before

left(6)
print(left(6), left(2))
before = megabytes()
allocator.trim()
print(before - megabytes())
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="these are settings of glibc")
def test_what_is_freed_goes_back():
    told = subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True, check=True).stdout
    large, small, trimmed = map(float, told.split())
    assert large < 5  # of 60: without the setting, glibc keeps pieces as large as one that was freed before
    assert small > 15  # of 20, which the next visit takes without waiting for zeros
    assert trimmed > 15
