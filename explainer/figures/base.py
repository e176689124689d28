"""What every figure shares: the sizes of its type, numbers as text, and what it refuses."""

from collections.abc import Sequence

import numpy as np

# What must be read from the last row at 1920 × 1080; a page on a phone passes PHONE_FONT_SIZE instead.
FONT_SIZE = 20
PHONE_FONT_SIZE = 14


def number(value: float, digits: int = 2) -> str:
    """Return a number as text: at most so many decimals, no trailing zeros, a true minus sign.

    Numbers too large or too small for that are written as a power of ten: ``1.5·10⁻⁷``.
    """
    if value != 0 and not 10.0**-digits / 2 <= abs(value) < 1e6:
        mantissa, exponent = f"{value:.1e}".split("e")
        return f"{number(float(mantissa), 1)}·10{superscript(int(exponent))}"
    text = f"{value:.{digits}f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in {"0", "-0"} else text.replace("-", "−")


def superscript(exponent: int) -> str:
    """Return an exponent in raised digits."""
    return str(exponent).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))


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
