"""Numbers as a sentence or a label writes them."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any


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


def probability(value: float) -> str:
    """Return a probability with two decimals, or three where two would read as impossible or certain."""
    text = f"{value:.2f}" if 0.005 <= value < 0.995 else f"{value:.3f}"
    told = {"0.000": "< 0.001", "1.000": "> 0.999"}
    return number(value) if value in (0, 1) else told.get(text, text.rstrip("0"))


def equals(made: float, text: str) -> str:
    """Return the sign before a result: ``=`` only if what is written on both sides is exactly equal.

    Args:
        made: what the operands as they are written give, text: the result as it is written.
    """
    return "=" if abs(made - read(text)) < 1e-9 * max(1.0, abs(made)) else "≈"


def enough(
    write: Callable[[Any], Sequence[str]],
    gives: Callable[..., float],
    told: Callable[[float], str],
    result: str,
    digits: Iterable[Any],
) -> tuple[Sequence[str], float]:
    """Return operands with as many digits as give the result as it is written, and what they then give.

    Args:
        write: the operands with so many digits; gives: the result of the operands as they are read again.
        told: how a result is written; result: the one that stands there.
        digits: how many may be taken, in this order; the last if none is enough.
    """
    for kept in digits:
        texts = write(kept)
        made = gives(*map(read, texts))
        if told(made) == result:
            break
    return texts, made


def read(text: str) -> float:
    """Return a number that ``number`` has written."""
    mantissa, _, exponent = text.replace("−", "-").replace(",", "").partition("·10")
    return float(mantissa) * 10.0 ** int(exponent.translate(str.maketrans(_RAISED, _LOW)) or 0)


_LOW, _RAISED = "-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"


def superscript(exponent: int) -> str:
    """Return an exponent in raised digits."""
    return str(exponent).translate(str.maketrans(_LOW, _RAISED))


def counted(count: int, noun: str) -> str:
    """Return how many there are of something: ``1 row``, ``2 rows``."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
