"""Play, pause, step back and on, scrub: in the browser, without asking the server.

Nothing starts by itself and nothing glides: who asked for reduced motion sees one still picture at a time.
"""

from collections.abc import Mapping, Sequence

import plotly.graph_objects as go

from explainer.figures import palette
from explainer.figures.base import FONT_SIZE


class Animation(go.Figure):
    """A figure with frames and their controls, which plotly does not check one by one: that took a second."""

    frames_sent: Sequence[dict] = ()
    controls_sent: Mapping[str, list[dict]] = {}

    def to_dict(self) -> dict:
        """Return the whole figure as plotly's dictionaries."""
        whole = super().to_dict()
        return {
            **whole,
            "layout": {**whole["layout"], **self.controls_sent},
            "frames": list(self.frames_sent),
        }


def animate(
    figure: go.Figure,
    frames: Sequence[Sequence[dict]],
    traces: Sequence[int],
    labels: Sequence[str],
    *,
    prefix: str = "step ",
    at: int = 0,
    milliseconds: int = 250,
    font_size: int = FONT_SIZE,
    narrow: bool = False,
) -> Animation:
    """Give a figure its frames and their controls; the picture that shows first is frame ``at``.

    Args:
        frames: for each frame one dict for every animated trace, holding what changes in it.
        traces: the indices of the animated traces in ``figure.data``.
        labels: what the slider says at each frame; the prefix stands before it.
        at: index of the first picture, -1 for the last.
        milliseconds: how long a frame stays while playing.
        narrow: whether the buttons stand below the slider, as on a phone, instead of to its left.
    Returns:
        A figure with the same traces and layout.
    """
    at %= len(frames)
    for trace, change in zip(traces, frames[at], strict=True):
        figure.data[trace].update(change)
    types = [figure.data[trace].type for trace in traces]
    below = 3 * font_size  # an axis's numbers and title
    rows = 5 if narrow else 3
    figure.update_layout(margin={"b": below + rows * font_size + 16})
    result = Animation(figure)
    result.frames_sent = [
        _frame(i, changes, traces, types, _buttons(i, len(frames), milliseconds))
        for i, changes in enumerate(frames)
    ]
    result.controls_sent = {
        "updatemenus": [_menu(_buttons(at, len(frames), milliseconds), font_size, narrow, below)],
        "sliders": [_slider(labels, prefix, at, font_size, narrow, below)],
    }
    return result


def _frame(
    i: int, changes: Sequence[dict], traces: Sequence[int], types: Sequence[str], buttons: list[dict]
) -> dict:
    """Return one frame; it tells buttons and slider where they are.

    Plotly has no "next frame", and its slider stops following once it was dragged.
    """
    return {
        "name": str(i),
        "data": [{"type": kind, **change} for kind, change in zip(types, changes, strict=True)],
        "traces": list(traces),
        "layout": {"updatemenus": [{"buttons": buttons}], "sliders": [{"active": i}]},
    }


def _buttons(at: int, count: int, milliseconds: int) -> list[dict]:
    """Return the four buttons as they are at one frame: back and on lead to its neighbours."""
    targets = {
        "▶ Play": (None, milliseconds),
        "Pause": ([None], 0),
        "‹ Back": ([str(max(at - 1, 0))], 0),
        "Step ›": ([str(min(at + 1, count - 1))], 0),
    }
    return [
        {"label": label, "method": "animate", "args": [target, _still(duration)]}
        for label, (target, duration) in targets.items()
    ]


def _still(milliseconds: int) -> dict:
    return {
        "mode": "immediate",
        "fromcurrent": True,
        "frame": {"duration": milliseconds, "redraw": True},
        "transition": {"duration": 0},
    }


def _menu(buttons: list[dict], font_size: int, narrow: bool, below: int) -> dict:
    return {
        "type": "buttons",
        "direction": "right",
        "showactive": False,
        "buttons": buttons,
        "x": 0,
        "xanchor": "left",
        "y": 0,
        "yanchor": "top",
        "pad": {"t": below + (3 * font_size + 8 if narrow else font_size // 2), "l": 0, "r": 0, "b": 0},
        "font": {"size": font_size, "color": palette.INK},
        "bgcolor": palette.BACKGROUND,
        "bordercolor": palette.GREY,
    }


def _slider(labels: Sequence[str], prefix: str, at: int, font_size: int, narrow: bool, below: int) -> dict:
    font = {"size": font_size, "color": palette.INK}
    steps = [
        {"label": label, "method": "animate", "args": [[str(i)], _still(0)]} for i, label in enumerate(labels)
    ]
    return {
        "active": at,
        "steps": steps,
        "x": 0,
        "len": 1,
        "y": 0,
        "yanchor": "top",
        "pad": {"t": below, "l": 0 if narrow else 21 * font_size, "r": 0, "b": 0},
        "currentvalue": {"prefix": prefix, "font": font, "xanchor": "left", "offset": 8},
        # Labels under every step would overlap; the current one is written above the slider.
        "font": {"size": 1, "color": "rgba(0,0,0,0)"},
        "ticklen": 0,
        "minorticklen": 0,
        "bgcolor": palette.GRID,
        "bordercolor": palette.GREY,
        "activebgcolor": palette.GREY,
        "transition": {"duration": 0},
    }
