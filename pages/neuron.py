"""Neuron: multiply, add, bend; and why a network needs all three."""

from dataclasses import replace
from typing import Any

from explainer import ui
from explainer.figures import curves, network
from explainer.ui.scenes import neuron as nr


@ui.scene("One neuron", "Multiply every input by its weight, add everything up, bend the sum.")
def one_neuron() -> None:
    """Inputs times weights, added up, plus a bias, and bent at the end: that is a neuron. Drag one weight to
    zero: its input is no longer heard. Where must the bias stand so that the sum changes its sign?
    """
    with ui.controls():
        count = ui.slider("inputs", 2, 5, 3, key="neuron_inputs")
        bias = nr.bias()
        bend = ui.choice("activation", nr.BENDS, key="neuron_bend", stages=nr.BENDS)
    sliders, drawn, bent = nr.places("neuron_one")
    with sliders:
        inputs, weights = nr.knobs(count)
    opened = nr.neuron(inputs, weights, bias, bend)
    total, output = opened.sums[0], opened.outputs[0]
    look: dict[str, Any] = {"font_size": ui.font_size()}
    with drawn:
        figure = network.neuron(inputs, weights, bias, total, output, bend, **look, narrow=ui.narrow())
        ui.picture(figure, network.neuron_alt(inputs, weights, bias, total, output), key="neuron_drawn")
    with bent:
        curve = curves.activation(bend, *nr.bent(bend, total), (total, output), **look)
        ui.picture(curve, curves.activation_alt(bend, (total, output)), key="neuron_curve")
        nr.formula(opened)


@ui.scene("A layer", "Several neurons look at the same inputs, each with weights of its own.")
def a_layer() -> None:
    """Three neurons look at the same two inputs, each with weights of its own: six weights, and here nothing
    else, neither biases nor bends. How many would it be with a thousand inputs?
    """
    with ui.controls():
        x1 = ui.slider("x₁", -2.0, 2.0, 1.0, step=0.1, key="neuron_layer_x1")
        x2 = ui.slider("x₂", -2.0, 2.0, 2.0, step=0.1, key="neuron_layer_x2")
    picture, sliders = ui.shared(3, 2, key="neuron_layer")
    with sliders:
        opened = nr.layer_knobs((x1, x2))
    values, weights = [opened.inputs, opened.outputs], [opened.weights]
    figure = network.network(
        values, weights, names=nr.LAYER_NAMES, edge_texts=[nr.edge_texts(opened)], font_size=ui.font_size()
    )
    with picture:
        ui.picture(figure, network.network_alt(values, weights), key="neuron_layer_drawn")


@ui.scene(
    "A network", "What the first layer gives, the second takes: from a point in the plane to a probability."
)
def a_network() -> None:
    """The outputs of one layer are the inputs of the next, and a point becomes a probability. Drag the star
    across the border and watch the last number, or pull a weight up and see the border move. Which hidden
    neuron changes its mind first?
    """
    with ui.controls():
        data = ui.choice("trained on", nr.DATA, default="xor", key="neuron_data")
        bend = ui.choice("activation", nr.LEARNS_OR_NOT, default="tanh", key="neuron_activation")
        point, pulled = nr.star_and_weights()
    trained = nr.trained(nr.Choice(data, bend, weights=pulled))
    values, weights = nr.passed_layers(nr.forward(trained, point))
    drawn, plane = ui.shared(3, 2, key="neuron_network")
    with drawn:
        figure = network.network(
            values,
            weights,
            names=nr.names(4),
            roles=nr.ROLES,
            biases=nr.biases(trained),
            columns=nr.columns(),
            flow=True,
            hand=nr.flow_by_hand(trained, point),
            font_size=ui.font_size(),
            narrow=ui.narrow(),
        )
        alt = network.network_alt(values, weights, nr.ROLES)
        ui.picture(figure, alt, key="neuron_flow", height=nr.tall(1), on_move=nr.pulled)
    with plane:
        figure, alt = nr.map_figure(trained, point)
        ui.picture(figure, alt, key="neuron_map", on_place=nr.put_point, on_move=nr.pulled)


@ui.scene(
    "It learns", "Every hidden neuron draws a line; training moves the lines until the border fits the data."
)
def it_learns() -> None:
    """At the start it guesses; then training moves seventeen numbers, a little at a time. Press play and
    watch the four lines: each is where a hidden neuron says zero. Pull a weight, or put a point on the map:
    training goes on from there. Who sees the moment when the border bends?
    """
    with ui.controls():
        choice = nr.chosen()
        bend = ui.choice("activation", nr.LEARNS_OR_NOT, default="tanh", key="neuron_activation")
        own, pulled = nr.points_and_weights(choice.hidden)
    trained = nr.trained(replace(choice, activation=bend, own=own, weights=pulled))
    nr.learning(trained, key="neuron_learning")


@ui.scene(
    "Why it must bend",
    "The same network, trained alike. Without an activation its border stays one straight line.",
)
def why_it_must_bend() -> None:
    """The same network twice, the same points; at the left nothing bends, and the border stays a straight
    line. No amount of training helps it. Where would you draw one line through these points?
    """
    with ui.controls():
        choice = nr.chosen()
        bend = ui.choice("activation at the right", nr.LEARNS, key="neuron_curved")
    straight, curved = (nr.trained(replace(choice, activation=one)) for one in ("none", bend))
    places = ui.shared(1, 1, key="neuron_why")
    for place, (title, trained) in zip(places, nr.compared(straight, curved), strict=True):
        with place:
            nr.heading(title)
            ui.picture(*nr.map_figure(trained), key=f"neuron_why_{trained.choice.activation}")


ui.chapter(one_neuron, a_layer, a_network, it_learns, why_it_must_bend)
