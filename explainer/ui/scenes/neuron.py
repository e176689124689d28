"""What the neuron chapter shows: sliders beside the picture, networks trained once for all visitors."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from explainer.components.drawing import Moved
from explainer.components.grid import Cell, Link, Matrix, Product, Same, grid
from explainer.figures import palette, plane
from explainer.figures.drawing import Drawing, Hand
from explainer.figures.network import by_hand as by_hand_of
from explainer.figures.network import subscript
from explainer.models.network import ACTIVATIONS as FUNCTIONS
from explainer.models.network import Network, forward_pass, linear
from explainer.traces import neuron as trace
from explainer.training import network as training
from explainer.ui import blocks, widgets, window
from explainer.ui.blocks import shared
from explainer.ui.caches import keep
from explainer.ui.scenes import by_hand
from explainer.ui.source import cached, with_source
from explainer.wording import neuron as wording
from explainer.wording.numerals import number

BENDS = {"step": "step", "sigmoid": "sigmoid", "tanh": "tanh", "ReLU": "ReLU"}
LEARNS = {"tanh": "tanh", "sigmoid": "sigmoid", "ReLU": "ReLU"}
LEARNS_OR_NOT = {"none": "none", **LEARNS}
DATA = {"linear": "one line", "xor": "XOR", "circle": "circle", "spiral": "spiral"}

# What the sliders start at; two to five inputs use as many of them.
INPUTS = (1.0, 0.5, -1.0, 1.5, -0.5)
WEIGHTS = (0.8, -1.2, 0.5, 0.4, -0.6)
BIAS = 0.5
LAYER_WEIGHTS = ((0.5, -1.0, 2.0), (1.5, 1.0, -0.5))
LAYER_NAMES = (["x₁", "x₂"], ["Y₁", "Y₂", "Y₃"])
SHARES, PHONE_SHARES = (7, 9, 8), (9, 7, 8)
ROLES = (palette.INPUT, palette.ACTIVATIONS, palette.PROBABILITIES)
SHOWN_POINT = (0.5, 0.5)  # whose values stand in the nodes while a network learns
STEP, POINT = 0.05, ("neuron_point_x1", "neuron_point_x2")  # how finely the star is put, and by which sliders
MOST = 6  # hidden neurons
BOXES = {
    "tanh": "in a box: h over the plane, blue +, orange −",
    "none": "in a box: h over the plane, blue +, orange −",
    "sigmoid": "in a box: h, blue above ½, orange below",
    "ReLU": "in a box: h over the plane, blue +",
}
STAR, SHOWN = "star", "shown"  # the point whose numbers stand in the network, moved by hand or not
OWN, ADDS = "neuron_own", "neuron_adds"  # the visitor's points, and of which class a click adds one
SET, TURNED = (
    "neuron_set",
    "neuron_turned",
)  # weights that were set in a trained network, and in one that learns
CLASSES = {"0": "a circle", "1": "a square"}
POINTS = np.array([[0.5, 0.5], [-0.5, 0.5], [-0.5, -0.5]])  # sent through the stacked layers
PHONE_HEIGHTS = {1: 540, 3: 1160}  # pixels, by the number of plots below each other
# Where X, W₁, W₂, H, W₁·W₂ and the two outputs stand: a product below its right factor, if there is room.
PLACES = (1, 0), (0, 1), (0, 2), (1, 1), (0, 3), (1, 2), (1, 3)
PHONE_PLACES = (1, 0), (0, 1), (2, 0), (1, 1), (2, 1), (3, 0), (3, 1)
ROUNDING = 1e-9  # what may lie between two ways to add the same numbers


# --- one neuron, one layer --------------------------------------------------------------------------

neuron = with_source(trace.neuron, trace.layer, linear)
layer = with_source(trace.layer, linear)


def places(key: str) -> list[DeltaGenerator]:
    """Return the places of sliders, neuron and curve: from left to right, on a phone the neuron on top."""
    left, middle, right = shared(*(PHONE_SHARES if window.narrow() else SHARES), key=key)
    return [middle, left, right] if window.narrow() else [left, middle, right]


def knobs(count: int) -> tuple[list[float], list[float]]:
    """Draw a slider for each input beside the one of its weight; return the numbers."""
    inputs, weights = [], []
    for i in range(count):
        with _pair():
            inputs.append(_knob("x", i, INPUTS[i], "blue"))
            weights.append(_knob("w", i, WEIGHTS[i], "orange"))
    return inputs, weights


def bias() -> float:
    """Draw the slider of the bias."""
    return widgets.slider(":orange[bias b]", -4.0, 4.0, BIAS, step=0.1, key="neuron_b")


def bent(activation: str, total: float) -> tuple[np.ndarray, np.ndarray]:
    """Return the curve of an activation, wide enough to hold the sum."""
    reach = max(6.0, abs(total) + 1)
    return curve(activation, -reach, reach, 601)


curve = with_source(trace.curve, *FUNCTIONS.values())


def formula(opened: trace.Layer) -> None:
    """Write the neuron as a formula with the live numbers in it."""
    st.latex(trace.formula(opened, per_line=1 if window.narrow() else 2))


def layer_knobs(inputs: tuple[float, float]) -> trace.Layer:
    """Draw, for each of three neurons, its formula and the sliders of its two weights; return the layer."""
    places = []
    weights = np.zeros((2, 3))
    for j in range(3):
        places.append(st.empty())
        with _pair():
            for i in range(2):
                label = f":orange[{subscript(subscript('w', i + 1), j + 1)}]"
                key = f"neuron_w{i + 1}{j + 1}"
                weights[i, j] = widgets.slider(label, -2.0, 2.0, LAYER_WEIGHTS[i][j], step=0.1, key=key)
    opened = layer(inputs, weights, [0.0] * 3)
    for j, place in enumerate(places):
        place.latex(trace.layer_formula(opened, j, narrow=window.narrow()))
    return opened


def edge_texts(opened: trace.Layer) -> np.ndarray:
    """Return what stands on the edges: (I, O) texts such as ``× 0.5``."""
    return np.vectorize(lambda w: f"× {number(w)}")(opened.weights)


def _pair() -> DeltaGenerator:
    return st.container(horizontal=True, gap="medium", wrap=False)


def _knob(letter: str, index: int, default: float, color: str) -> float:
    name = subscript(letter, index + 1)
    return widgets.slider(
        f":{color}[{name}]", -2.0, 2.0, default, step=0.1, key=f"neuron_{letter}{index + 1}"
    )


# --- networks that were trained ---------------------------------------------------------------------


@dataclass(frozen=True)
class Choice:
    """What a network is trained on, and how."""

    data: str
    activation: str
    hidden: int = 4
    seed: int = 2
    noise: float = 0.0
    own: tuple[by_hand.Point, ...] = ()
    weights: tuple[by_hand.Weight, ...] = ()  # that were set by hand


@dataclass(frozen=True)
class Trained:
    """A data set, what was recorded while a network learned it, and its maps of the plane."""

    choice: Choice
    X: np.ndarray  # (N, 2)
    y: np.ndarray  # (N,)
    record: training.Training
    maps: trace.Maps

    @property
    def right(self) -> int:
        """How many points are on their side at the end."""
        return round(float(self.record.accuracy[-1]) * len(self.y))


def _trained(choice: Choice) -> Trained:
    X, y = training.data_set(choice.data, noise=choice.noise)
    if choice.own:
        classes, *places = np.array(choice.own, dtype=np.float32).T
        X, y = np.vstack([X, np.stack(places, axis=1)]), np.append(y, classes)
    record = training.train(
        X, y, choice.activation, seed=choice.seed, n_hidden=choice.hidden, changes=choice.weights
    )
    return Trained(choice, X, y, record, trace.maps(record))


def _forward(trained: Trained, point: tuple[float, float]) -> trace.Forward:
    return trace.forward(trained.record, point)


trained = cached(_trained, training.train, Network, trace.maps)
forward = with_source(_forward, trace.forward, forward_pass)
stacked = with_source(trace.stacked, trace.stacked_linear)


def chosen() -> Choice:
    """Draw what a network is trained on, its first weights and how many neurons it has."""
    data = widgets.choice("data", DATA, default="xor", key="neuron_data")
    more = st.popover("More")
    seed = widgets.seed("New weights", 2, key="neuron_seed", tucked_in=more)
    with more:
        noise = widgets.slider("noise in the data", 0.0, 0.5, 0.0, step=0.05, key="neuron_noise")
        hidden = widgets.slider("hidden neurons", 1, MOST, 4, key="neuron_hidden")
    return Choice(data, "tanh", hidden, seed, noise)


def points_and_weights(hidden: int) -> tuple[tuple[by_hand.Point, ...], tuple[by_hand.Weight, ...]]:
    """Return the visitor's points and the weights that were pulled, each to be written or taken back."""
    with st.popover("By hand"):
        widgets.choice("a click on the map adds", CLASSES, default="1", key=ADDS)
        told = _by_hand_text("your points: class, x₁, x₂ of each", OWN, by_hand.point_text)
        with st.container(horizontal=True):
            widgets.action("one in the middle", lambda: add_point(0, 0), key=f"{OWN}_add", primary=False)
            widgets.action("none", lambda: _forget(OWN), key=f"{OWN}_none", primary=False)
        return by_hand.points(told), _set_weights(hidden, TURNED)


def star_and_weights() -> tuple[tuple[float, float], tuple[by_hand.Weight, ...]]:
    """Return where the star stands and the weights that were pulled, for who has no pointer, too."""
    with st.popover("By hand"):
        point = (
            widgets.slider("x₁", -1.0, 1.0, 0.5, step=STEP, key=POINT[0]),
            widgets.slider("x₂", -1.0, 1.0, -0.5, step=STEP, key=POINT[1]),
        )
        return point, _set_weights(4, SET)


def _set_weights(hidden: int, key: str) -> tuple[by_hand.Weight, ...]:
    told = _by_hand_text("weights that were set: step, name, value of each", key, by_hand.weight_text)
    widgets.action("as trained", lambda: _forget(key), key=f"{key}_none", primary=False)
    return by_hand.weights(told, hidden)


def _by_hand_text(label: str, key: str, fits: widgets.Fits) -> str:
    return widgets.text(label, "", key=key, max_chars=by_hand.LONGEST, fits=fits) or ""


def _forget(key: str) -> None:
    st.session_state[key] = ""


def add_point(x: float, y: float) -> None:
    """Put another point of the visitor's on the map, of the class that is chosen."""
    those = by_hand.points(st.session_state.get(OWN) or "")
    added = (int(st.session_state.get(ADDS) or 1), _finely(x), _finely(y))
    st.session_state[OWN] = by_hand.of_points([*those, added][-by_hand.MOST :])


def moved(told: Moved, steps: Sequence[int], key: str) -> None:
    """Keep what was moved by hand: a weight at the step that was seen, or a point of the visitor's."""
    if told.grip.startswith("own"):
        _move_point(told)
    elif told.grip == STAR:
        put_point(told.x, told.y)
    else:
        those = by_hand.weights(st.session_state.get(key) or "", MOST)
        step = int(steps[min(told.frame, len(steps) - 1)])
        others = [one for one in those if one[:2] != (step, told.grip)]
        st.session_state[key] = by_hand.of_weights(
            [*others, (step, told.grip, round(told.x, 1))][-by_hand.MOST :]
        )


def pulled(told: Moved) -> None:
    """Keep what was moved by hand of a network whose training is over: a weight, or the star."""
    moved(told, [by_hand.LAST], SET)


def _move_point(told: Moved) -> None:
    those = list(by_hand.points(st.session_state.get(OWN) or ""))
    index = int(told.grip.removeprefix("own"))
    if index < len(those):
        those[index : index + 1] = [] if told.gone else [(those[index][0], _finely(told.x), _finely(told.y))]
    st.session_state[OWN] = by_hand.of_points(those)


def _finely(value: float) -> float:
    return round(round(min(max(value, -1.0), 1.0) / STEP) * STEP, 2)


def passed_layers(passed: trace.Forward) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """Return the values of the three layers and the weights between them."""
    values = [passed.hidden.inputs, passed.hidden.outputs, passed.output.outputs]
    return values, [passed.hidden.weights, passed.output.weights]


def columns() -> tuple[float, ...] | None:
    """Return where the layers stand: on a phone with more room for the many weights of the first."""
    return plane.PHONE_COLUMNS if window.narrow() else None


def biases(network: Trained) -> list[np.ndarray]:
    """Return the biases of a trained network, layer by layer."""
    return [network.record.b1[-1], network.record.b2[-1]]


def names(hidden: int) -> list[list[str]]:
    """Return what is written beside the nodes of a 2–H–1 network."""
    return [["x₁", "x₂"], [subscript("h", i + 1) for i in range(hidden)], ["p"]]


@keep("scenes")
def _learning(choice: Choice, font_size: int, narrow: bool) -> Drawing:
    # Built once: a figure of thirty frames takes longer to build than to send.
    network = trained(choice)
    record, maps = network.record, network.maps
    flow = trace.flow(record, SHOWN_POINT)
    figure = plane.learning(
        maps.x,
        maps.p,
        network.X,
        network.y,
        [record.W1, record.W2],
        flow,
        record.steps,
        record.losses,
        record.accuracy,
        hidden=trace.hidden_maps(record),
        told=BOXES[record.activation],
        lines=trace.lines(record),
        own=choice.own,
        hand=network_by_hand("learning", record, {SHOWN: SHOWN_POINT, **_own_places(choice)}, SHOWN),
        captions=captions(network),
        at=trace.opening(record),
        font_size=font_size,
        narrow=narrow,
    )
    return _ready(figure)


def _own_places(choice: Choice) -> dict[str, tuple[float, float]]:
    return {f"own{i}": (x, y) for i, (_, x, y) in enumerate(choice.own)}


def network_by_hand(
    name: str, record: training.Training, places: dict[str, tuple[float, float]], star: str
) -> Hand:
    """Return what can be moved by hand of a network in all its recorded pictures."""
    weights = {"W1": record.W1, "b1": record.b1, "W2": record.W2, "b2": record.b2}
    return by_hand_of(name, weights, record.activation, places, star)


def last(record: training.Training) -> training.Training:
    """Return of a training what came of it: its last picture alone."""
    names = ("steps", "W1", "b1", "W2", "b2", "accuracy")
    return replace(record, **{name: getattr(record, name)[-1:] for name in names})


def flow_by_hand(network: Trained, point: tuple[float, float]) -> Hand:
    """Return what can be moved by hand of a trained network and of the star on its map."""
    return network_by_hand("network", last(network.record), {STAR: point}, STAR)


def _ready(figure: Drawing) -> Drawing:
    """Return a picture with what the browser is sent of it, which counts when the picture is kept."""
    vars(figure).setdefault("sent", figure.sent)
    return figure


def tall(plots: int) -> int | None:
    """Return the height of a figure that needs more than a phone's share of the screen, else None."""
    return PHONE_HEIGHTS[plots] if window.narrow() else None


def learning(network: Trained, *, key: str) -> None:
    """Draw a network while it learns; a click adds a point, weights and points can be moved."""
    record = network.record
    figure = _learning(network.choice, window.font_size(), window.narrow())
    alt = plane.learning_alt(record.steps, record.losses, record.accuracy)
    acts = {"on_place": add_point, "on_move": partial(moved, steps=record.steps.tolist(), key=TURNED)}
    blocks.chart(
        figure, alt, key=key, height=tall(3), **acts, placing="A click on the map adds a point there."
    )


@keep("scenes")
def _map(choice: Choice, mark: tuple[float, float] | None, font_size: int) -> Drawing:
    network = trained(choice)
    maps = network.maps
    hand = flow_by_hand(network, mark) if mark else None
    return _ready(
        plane.output_map(maps.x, maps.p[-1], network.X, network.y, mark=mark, hand=hand, font_size=font_size)
    )


def map_figure(network: Trained, mark: tuple[float, float] | None = None) -> tuple[Drawing, str]:
    """Return the map of a network after its training, and its sentence."""
    figure = _map(network.choice, mark, window.font_size())
    accuracy = float(network.record.accuracy[-1])
    return figure, plane.output_map_alt(network.maps.p[-1], accuracy, len(network.y))


def put_point(x: float, y: float) -> None:
    """Put the star where the map was clicked, as finely as its sliders go."""
    for key, value in zip(POINT, (x, y), strict=True):
        st.session_state[key] = _finely(value)


def captions(network: Trained) -> list[str]:
    """Return one sentence for every picture of a training: how many points are right, and why, once it is so.

    Where all points come to be right, that is said of every picture that has them right; else of the last.
    """
    record, count = network.record, len(network.y)
    told = wording.captions(record.steps, np.rint(record.accuracy * count).astype(int), count)
    settled = record.accuracy == 1 if network.right == count else np.arange(len(told)) == len(told) - 1
    return [f"{words} {why(network)}" if so else words for words, so in zip(told, settled, strict=True)]


def why(network: Trained) -> str:
    """Return in one sentence why a network separates its points, or why it does not."""
    choice = network.choice
    if network.right == len(network.y):
        if choice.data == "linear":
            return "One straight line is enough here: no hidden layer is needed."
        return "Every hidden neuron adds one line; bent and added up, they make the border."
    if choice.activation == "none":
        return "Without an activation the border is one straight line, whatever the weights."
    if choice.noise:
        return "The classes overlap: no border can be right for every point, and none should be."
    if choice.hidden == 1:
        return "One hidden neuron looks in one direction only: its border is one straight line, too."
    more = "more hidden neurons, or " if choice.hidden < MOST else ""
    return f"Try {more}other first weights."


def compared(straight: Trained, curved: Trained) -> list[tuple[str, Trained]]:
    """Return the two networks with what is written above their maps."""
    titles = "without activation", f"with {curved.choice.activation}"
    return [
        (f"**{title}** · {_right(network)}", network)
        for title, network in zip(titles, (straight, curved), strict=True)
    ]


def heading(text: str) -> None:
    """Write what stands above one of several pictures."""
    st.markdown(text)


def _right(network: Trained) -> str:
    told = f"**{network.right} of {len(network.y)}** points are classified correctly."
    return f"After {network.record.steps[-1]} steps, {told}"


# --- two layers, one matrix -------------------------------------------------------------------------


def two_layers(network: Trained, *, key: str) -> None:
    """Draw three points through two layers, and through the one matrix that both layers are."""
    both = stacked(network.record, POINTS)
    f = network.choice.activation
    ones = "x₁", "x₂", "1"
    hidden = [*names(network.choice.hidden)[1], "1"]
    plain = f == "none"
    first = "X·W₁" if plain else f"{f}(X·W₁)"
    second = "(X·W₁)·W₂" if plain else f"{first}·W₂"
    matrices = [
        _matrix(both.X, "X", "input"),
        _matrix(both.W1, "W₁", "weights", rows=ones, cols=hidden),
        _matrix(both.W2, "W₂", "weights", rows=hidden),
        _matrix(both.H, first, "activations"),
        _matrix(both.W, "W₁·W₂", "weights", rows=ones),
        _matrix(both.Y, second, "activations"),
        _matrix(both.Y_one, "X·(W₁·W₂)", "activations"),
    ]
    most = float(max(np.abs(both.Y).max(), np.abs(both.Y_one).max()))  # they are compared: one scale
    matrices[5:] = [replace(matrix, scale_max=most) for matrix in matrices[5:]]
    places = PHONE_PLACES if window.narrow() else PLACES
    matrices = [replace(matrix, place=place) for matrix, place in zip(matrices, places, strict=True)]
    links: list[Link] = [Product(3, 2, 5), Product(1, 2, 4), Product(0, 4, 6), Same((5, 6))]
    if plain:
        links.append(Product(0, 1, 3))
    grid(matrices, key=key, alt=_stacked_alt(both), links=links, opens=Cell(5, 0, 0))


def stacked_verdict(network: Trained) -> str:
    """Return in one sentence whether the one matrix gives what the two layers give."""
    both = stacked(network.record, POINTS)
    if both.difference < ROUNDING:
        return "**The outputs are the same:** two layers without activation are one matrix, W₁·W₂."
    between = f"with {network.choice.activation} in between, W₁·W₂ does not stand for both layers."
    apart = np.abs(both.Y.round(2) - both.Y_one.round(2)).max()  # as they are written
    return f"**The outputs differ by up to {number(float(apart))}:** {between}"


def _matrix(
    values: np.ndarray, name: str, role: str, rows: Sequence[str] = (), cols: Sequence[str] = ()
) -> Matrix:
    return Matrix(values, name, role, rows=rows, cols=cols, decimals=2, show_shape=False, first=1)


def _stacked_alt(both: trace.Stacked) -> str:
    pairs = zip(both.Y[:, 0], both.Y_one[:, 0], strict=True)
    told = ", ".join(f"{number(a)} and {number(b)}" for a, b in pairs)
    return f"{len(both.Y)} points through two layers and through the product of their weights: {told}."
