"""How the C library keeps memory that is free: little of it, and for a short while.

Streamlit runs every visit in a thread of its own, and glibc gives threads heaps of their own, up to sixteen
on two cores, each of which keeps what a visit left behind.
"""

import ctypes

MEGABYTE = 1 << 20
# mallopt's names in malloc.h
M_TRIM_THRESHOLD, M_MMAP_THRESHOLD, M_ARENA_MAX = -1, -3, -8
SETTINGS = {
    M_ARENA_MAX: 1,  # Python's own lock lets hardly two threads ask at once
    # What is larger goes back at once when it is freed, and comes anew, as zeros: with a quarter of this, the
    # longest prompt took half as long again.
    M_MMAP_THRESHOLD: 4 * MEGABYTE,
    M_TRIM_THRESHOLD: 16 * MEGABYTE,
}

_libc = ctypes.CDLL(None)


def settle() -> None:
    """Set how much may be kept, once for the process; another C library than glibc is left as it is."""
    mallopt = getattr(_libc, "mallopt", None)
    if mallopt is not None:
        for setting, value in SETTINGS.items():
            mallopt(setting, value)


def trim() -> None:
    """Give back every page that is free, also in the middle of a heap."""
    malloc_trim = getattr(_libc, "malloc_trim", None)
    if malloc_trim is not None:
        malloc_trim(0)
