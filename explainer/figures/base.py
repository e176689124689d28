"""What every figure shares: the sizes of its type, and what it refuses."""

from collections.abc import Sequence

import numpy as np

# What must be read from the last row at 1920 × 1080; a page on a phone passes PHONE_FONT_SIZE instead.
FONT_SIZE = 20
PHONE_FONT_SIZE = 14


def require_finite(**arrays: Sequence[float] | np.ndarray) -> None:
    """Refuse values that a chart cannot show.

    Raises:
        ValueError: if an array holds NaN or infinity; the message names it.
    """
    for name, values in arrays.items():
        if not np.isfinite(np.asarray(values, dtype=float)).all():
            raise ValueError(
                f"{name} holds NaN or infinity, which no chart can show: cut the data before that."
            )
