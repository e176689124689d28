"""What the gradient descent chapter shows."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from explainer.components.landscape import DescentPath, Landscape
from explainer.components.landscape import landscape as show
from explainer.traces import gradient_descent as trace
from explainer.ui import widgets
from explainer.ui.source import cached, with_source
from explainer.wording.numerals import enough, equals, number, superscript

CURVES = {name: curve.title for name, curve in trace.CURVES.items()}
SURFACES = {name: surface.title for name, surface in trace.SURFACES.items()} | {"names": "A real loss"}
OPTIMIZERS = {name: one.title for name, one in trace.OPTIMIZERS.items()}
GREEK = {"beta": "β"}
H = {"1": 1.0, "0.5": 0.5, "0.1": 0.1, "0.01": 0.01} | {
    f"10{superscript(-e)}": 10.0**-e for e in range(3, 17)
}
SMALLER = ("0.5", "0.1", "0.01", f"10{superscript(-15)}")
DIGITS = (6, 8, 10, None)  # of f(x): as few as give the measured slope as it is written; None: all it has
SEEN = 0.01  # the smallest step that the picture of a curve can show
RATES = {"too_small": "too small", "right": "right", "too_big": "too big", "own": "my own"}
TRIED = ("too_small", "right", "too_big")
OWN_RATES = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 0.8, 1.0, 1.5, 2.0, 2.5, 4.0, 6.0, 10.0)
# How far from the best step a measurement may be before it is called bad: this many times its error.
_WORSE = 1000
# Where each surface is looked at from, in degrees, so that no wall hides the valley the ball rolls into.
CAMERAS = {
    "bowl": (-125.0, 42.0),
    "ravine": (-155.0, 40.0),
    "saddle": (129.0, 38.0),
    "valleys": (-128.0, 44.0),
    "names": (-140.0, 34.0),
}


@dataclass(frozen=True)
class Entry:
    """An optimizer that takes part in a race."""

    name: str  # a key of OPTIMIZERS
    learning_rate: float
    settings: tuple[tuple[str, float], ...] = ()


def _race(
    landscape: trace.Landscape, start: tuple[float, ...], entries: tuple[Entry, ...]
) -> list[trace.Descent]:
    rates = {entry.name: entry.learning_rate for entry in entries}
    settings = {entry.name: dict(entry.settings) for entry in entries}
    return trace.race(landscape, start, rates, list(rates), settings)


slope = with_source(trace.slope, trace.gradient_at)
slope_errors = with_source(trace.slope_errors)
descend = cached(trace.descend, trace.sgd, trace.gradient_at)
_raced = cached(_race, trace.race, *(one.step for one in trace.OPTIMIZERS.values()))
curve = trace.curve


def choose_curve() -> trace.Landscape:
    """Offer the curves."""
    return trace.CURVES[widgets.choice("curve", CURVES, key="gd_curve")]


def choose_surface(key: str = "gd_surface", default: str = "bowl") -> trace.Landscape:
    """Offer the surfaces."""
    return trace.ground(widgets.choice("surface", SURFACES, key=key, default=default))


def start_on(landscape: trace.Landscape, nested: bool = False) -> tuple[float, ...]:
    """Offer where the ball starts, nested or in its own window; every landscape remembers its place."""
    keys = _start_keys(landscape)
    names = ["start"] if len(keys) == 1 else landscape.names
    place = st.container() if len(keys) == 1 or nested else st.popover("Start")
    with place:
        return tuple(
            widgets.slider(name, -landscape.half, landscape.half, default, step=0.01, key=key)
            for name, key, default in zip(names, keys, landscape.start, strict=True)
        )


def learning_rate(landscape: trace.Landscape, *, key: str, stages: tuple[str, ...] = ()) -> float:
    """Offer SGD's learning rates that are too small, right and too big here, and any other."""
    how = widgets.choice("learning rate", RATES, key=key, default="right", stages=stages)
    if how == "own":
        return widgets.steps("my learning rate", OWN_RATES, 0.1, key=f"{key}_own")
    return getattr(trace.OPTIMIZERS["sgd"].rates[landscape.name], how)


def entries(landscape: trace.Landscape) -> tuple[tuple[Entry, ...], DeltaGenerator]:
    """Offer who takes part, at which rates, and what else each can be told; return where that stands."""
    how = widgets.choice("learning rates", RATES, key="gd_rates", default="right")
    with st.popover("Optimizers") as more:
        names = widgets.several("in the race", OPTIMIZERS, key="gd_racers", default=trace.RACERS)
        names = [name for name in OPTIMIZERS if name in names] or [trace.RACERS[0]]
        chosen = tuple(Entry(name, _rate(landscape, name, how), _settings(name)) for name in names)
    return chosen, more


def _rate(landscape: trace.Landscape, name: str, how: str) -> float:
    if how == "own":
        return widgets.steps(f"{OPTIMIZERS[name]}: rate", OWN_RATES, 0.1, key=f"gd_rates_{name}")
    return getattr(trace.OPTIMIZERS[name].rates[landscape.name], how)


def _settings(name: str) -> tuple[tuple[str, float], ...]:
    return tuple(
        (
            setting,
            widgets.slider(
                f"{OPTIMIZERS[name]}: {GREEK[setting]}",
                0.0,
                0.99,
                usual,
                step=0.01,
                key=f"gd_{name}_{setting}",
            ),
        )
        for setting, usual in trace.OPTIMIZERS[name].settings.items()
    )


def measured(slope: trace.Slope, h: str) -> str:
    """Return the line that works out a measured slope, with every digit where h needs it, and autograd's."""
    found = number(slope.numeric, 6)
    (beyond, y), made = enough(
        lambda digits: [_all(v) if digits is None else number(v, digits) for v in (slope.beyond, slope.y)],
        lambda beyond, y: (beyond - y) / slope.h,
        lambda value: number(value, 6),
        found,
        DIGITS,
    )
    sign = equals(made, found)
    derived = number(slope.gradient, 6)
    return (
        f"**measured** (f(x + h) − f(x)) / h = ({beyond} − {_bracketed(y)}) / {h} {sign} "
        f"**{found}** · **autograd** f′(x) {equals(slope.gradient, derived)} **{derived}**"
    )


def _all(value: float) -> str:
    return repr(value).removesuffix(".0").replace("-", "−")


def judged(slope: trace.Slope, h: np.ndarray, error: np.ndarray) -> str:
    """Return what this h does to the measured slope.

    Args:
        h: (N,) steps, error: (N,) what each gets wrong.
    """
    off = abs(slope.numeric - slope.gradient)
    told = f"Off by **{number(off)}**. "
    if slope.x + slope.h == slope.x:
        return f"{told}h is so small that x + h **is** x in the computer: nothing is measured."
    if off <= _WORSE * max(error.min(), 1e-12):
        return f"{told}A good h: small enough for the curve, large enough for the digits."
    if slope.h > h[error.argmin()]:
        return f"{told}h is **too big**: the line cuts the curve's corner."
    return f"{told}h is **too small**: f(x + h) and f(x) agree in nearly all digits; mostly rounding is left."


def race(
    landscape: trace.Landscape, start: tuple[float, ...], taking_part: tuple[Entry, ...]
) -> list[trace.Descent]:
    """Return the ways of all who take part, from one start."""
    return _raced(landscape, start, taking_part)


def told(way: trace.Descent, words: str = "") -> str:
    """Return what is said of a way at its learning rate: how it goes, and why, if nothing else is given."""
    return f"Learning rate **{number(way.learning_rate, 4)}**: {words or way.reason}"


def reasons(ways: Sequence[trace.Descent]) -> None:
    """Say what every optimizer does, and why it ended where it did."""
    for way in ways:
        st.markdown(f"**{OPTIMIZERS[way.optimizer]}.** {trace.OPTIMIZERS[way.optimizer].lesson} {told(way)}")


def roll(landscape: trace.Landscape, ways: Sequence[trace.Descent], *, key: str) -> None:
    """Draw a landscape and the ways down it; where a ball is let go, or a click, is a new start."""

    def start_there(place: tuple[float, ...]) -> None:
        st.session_state.update(zip(_start_keys(landscape), place, strict=True))

    show(_ground(landscape, ways), key=key, alt=alt(landscape, ways), on_pick=start_there)


def alt(landscape: trace.Landscape, ways: Sequence[trace.Descent]) -> str:
    """Return one sentence: the landscape, and for each ball where it starts and where it ends."""
    told = [
        f"{OPTIMIZERS[way.optimizer]} goes from a loss of {number(way.values[0])} "
        f"to {number(way.values[-1])} in {len(way.values) - 1} steps"
        f"{', then flies off the map' if way.verdict == 'diverged' else ''}"
        for way in ways
    ]
    return f"“{landscape.title}”, the ways down it and their losses: {'; '.join(told)}."


def _ground(landscape: trace.Landscape, ways: Sequence[trace.Descent]) -> Landscape:
    drawn, opening, said = [_way(way) for way in ways], trace.opening(ways), _said(landscape, ways)
    if len(landscape.start) == 1:
        return Landscape(landscape.title, *trace.curve(landscape), drawn, opening, captions=said)
    surface = trace.surface(landscape)
    look = landscape.names, CAMERAS[landscape.name]
    return Landscape(landscape.title, surface.x, surface.z, drawn, opening, *look, said)


def _said(landscape: trace.Landscape, ways: Sequence[trace.Descent]) -> list[str]:
    if [way.optimizer for way in ways] != ["sgd"]:
        return trace.race_captions(landscape, ways)
    return [told(ways[0], caption) for caption in trace.captions(landscape, ways[0])]


def _way(way: trace.Descent) -> DescentPath:
    name, gone = OPTIMIZERS[way.optimizer], way.verdict == "diverged"
    return DescentPath(name, way.points, way.values, way.gradients, way.velocities, way.learning_rate, gone)


def _start_keys(landscape: trace.Landscape) -> list[str]:
    """Return the keys of the sliders that hold a landscape's start."""
    return [f"gd_{landscape.name}_x{i + 1}" for i in range(len(landscape.start))]


def _bracketed(number: str) -> str:
    return f"({number})" if number.startswith("−") else number
