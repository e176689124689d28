"""What every figure shares: an empty canvas in the app's type sizes, its axes, and numbers as text."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from explainer.figures import palette

# What must be read from the last row at 1920 × 1080; a page on a phone passes PHONE_FONT_SIZE instead.
FONT_SIZE = 20
PHONE_FONT_SIZE = 14


def figure(*, height: int = 480, font_size: int = FONT_SIZE, **layout) -> go.Figure:
    """Return an empty figure: transparent, quiet margins, one type size, nothing that zooms by accident.

    Args:
        height: pixels; the width follows the container.
        font_size: pixels, for every text of the figure.
        layout: any attribute of plotly's layout, merged over the defaults.
    """
    font = {"size": font_size, "color": palette.INK}
    result = go.Figure(
        layout={
            "template": go.layout.Template(),
            "height": height,
            "font": font,
            "paper_bgcolor": "rgba(0,0,0,0)",
            "plot_bgcolor": "rgba(0,0,0,0)",
            "margin": {"l": 8, "r": 8, "t": 8, "b": 8, "pad": 0},
            "dragmode": False,
            "hovermode": "closest",
            "hoverlabel": {"font": font, "bgcolor": palette.BACKGROUND, "bordercolor": palette.GRID},
            "legend": {"font": font, "orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"},
            "xaxis": axis(font_size=font_size),
            "yaxis": axis(font_size=font_size),
        }
    )
    return result.update_layout(**layout)


def axis(title: str = "", *, font_size: int = FONT_SIZE, **options) -> dict:
    """Return the settings of a 2-D axis with a title, quiet grid lines and no zoom.

    Args:
        options: any attribute of plotly's axis, over the defaults.
    """
    font = {"size": font_size, "color": palette.INK}
    return {
        "title": {"text": title, "font": font, "standoff": font_size // 2},
        "tickfont": font,
        "gridcolor": palette.GRID,
        "zerolinecolor": palette.GRID,
        "linecolor": palette.GRID,
        "fixedrange": True,
        "automargin": True,
        **options,
    }


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
