"""Numbers as they travel in text; ``coded.js`` reads them again."""

import base64

import numpy as np


def coded(values: np.ndarray) -> str:
    """Return numbers of any shape, row by row, as the base64 of their little-endian float32 bytes."""
    return base64.b64encode(np.ascontiguousarray(values, dtype="<f4").tobytes()).decode()


def decoded(text: str) -> np.ndarray:
    """Return the numbers (N,) of a coded array, rows one after the other."""
    return np.frombuffer(base64.b64decode(text), "<f4")
