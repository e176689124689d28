"""Numbers as a sentence or a label writes them."""


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


def counted(count: int, noun: str) -> str:
    """Return how many there are of something: ``1 row``, ``2 rows``."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
