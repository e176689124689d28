"""Matrix multiplication: one rule, and the whole of what a neural network computes."""

from explainer import ui
from explainer.figures import bars, network, palette
from explainer.ui.scenes import matrix_multiplication as mm
from explainer.ui.scenes import neuron as nr


@ui.scene(
    "The shape rule", "A must have as many columns as B has rows; the result keeps the other two sizes."
)
def shape_rule() -> None:
    """The inner numbers must agree, the outer ones remain. Make them disagree and see what is missing. What
    shape does a 2 × 3 times a 3 × 4 have?
    """
    with ui.controls():
        n = ui.slider("rows of A", 1, 8, 2, key="mm_n")
        k = ui.slider("columns of A", 1, 8, 3, key="mm_k")
        rows = ui.slider("rows of B", 1, 8, 3, key="mm_rows")
        m = ui.slider("columns of B", 1, 8, 4, key="mm_m")
    mm.shapes((n, k), (rows, m), key="mm_shapes")


@ui.scene(
    "Cell by cell", "Each number of the result is one row of A against one column of B: multiply, then add."
)
def cell_by_cell() -> None:
    """One cell is one row of A against one column of B: multiply pair by pair, add up. Let the room do the
    next cell before you press. Two rows against four columns, three products each: how many
    multiplications in all?
    """
    pair = mm.typed()
    mm.falk(pair, key="mm_walk", play=True)


@ui.scene("Your own matrices", "Double-click any number of A or B and change it; the product follows.")
def your_own() -> None:
    """Change any number and the product follows. Ask for a matrix that leaves the other one as it is, and
    for one that swaps two rows.
    """
    mm.change_shape()
    pair = mm.typed()
    mm.falk(pair, key="mm_own", editable=True)


@ui.scene("Why it is useful", "One multiplication sends a whole batch of inputs through a whole layer.")
def why_useful() -> None:
    """At the left a layer and the first input; at the right the whole batch as one product. Add inputs: the
    batch grows by a row, the weights stay. This is why graphics cards are good at it.
    """
    with ui.controls():
        x1 = ui.slider("x₁", -2.0, 2.0, 1.0, step=0.5, key="mm_x1")
        x2 = ui.slider("x₂", -2.0, 2.0, 2.0, step=0.5, key="mm_x2")
        inputs = ui.slider("inputs in the batch", 1, 6, 4, key="mm_batch")
    layer = mm.layer(mm.inputs(x1, x2, inputs), mm.LAYER_WEIGHTS)
    ui.note(mm.written_out(layer))
    drawn, multiplied = ui.beside(1, 1)
    with drawn:
        values, weights = [layer.X[0], layer.Y[0]], [layer.W]
        figure = network.network(
            values, weights, names=mm.LAYER_NAMES, edge_texts=[mm.edge_texts(layer)], font_size=ui.font_size()
        )
        ui.chart(figure, network.network_alt(values, weights), key="mm_network")
    with multiplied:
        mm.falk_layer(layer, key="mm_layer")


@ui.scene(
    "Two layers, one matrix",
    "Without an activation in between, two layers are the product of their weights: one layer.",
)
def two_layers_one_matrix() -> None:
    """Multiply the two weight matrices first and you get one matrix that does the same: without a bend,
    depth buys nothing. Point at the two results, the same number for number. Then put tanh in between:
    are they still the same?
    """
    with ui.controls():
        data = ui.choice("trained on", nr.DATA, default="xor", key="neuron_data")
        bend = ui.choice(
            "activation between the layers", nr.LEARNS_OR_NOT, key="neuron_between", stages=("none", "tanh")
        )
    trained = nr.trained(nr.Choice(data, bend))
    ui.note(nr.stacked_verdict(trained))
    nr.two_layers(trained, key="neuron_stacked")


@ui.scene(
    "W moves the plane",
    "The weights move the plane as one, tanh bends it; then one straight line is enough.",
)
def w_moves_the_plane() -> None:
    """Every point of the plane goes through the same W. Straight lines stay straight, until tanh bends them.
    At the beginning no straight line parts the circles from the squares. And at the end?
    """
    mm.plane_in_motion("tanh", 2, key="mm_plane")


@ui.scene(
    "Four ways to see it", "The same numbers in another order: dot products, rows, columns, outer products."
)
def four_ways() -> None:
    """Always the same numbers: cell by cell, row by row, column by column, or as a sum of outer products,
    each a column times a row. Attention will use the second way: a row of the result is a mixture of rows.
    """
    with ui.controls():
        way = ui.choice("see it as", mm.WAYS, key="mm_way", stages=mm.WAYS)
    pair = mm.typed()
    mm.view(pair, way, key=f"mm_view_{way}")


@ui.scene("Counting", "How many multiplications does the next letter, or the next token, take?")
def counting() -> None:
    """This product takes twenty-four multiplications, about half a minute by hand. Go on to GPT-4: one a
    second would take more than fifty-five thousand years, for one token. The axis hides it: every line is
    a thousand times the one before.
    """
    pair = mm.typed()
    (n, K), (_, m) = pair.A.values.shape, pair.B.values.shape
    counts = mm.multiplication_counts(n, K, m)
    with ui.controls():
        named = mm.named_counts(counts)
        all_ = list(named)
        name = ui.steps("from this one to GPT-4", all_, all_[0], key="mm_model", stages=all_)
    words, picture = ui.beside(1, 2)
    with words:
        mm.odometer(named[name])
    compared = mm.comparison(counts, name)
    figure = bars.bars(
        compared.labels,
        compared.lengths,
        compared.texts,
        color=palette.WEIGHTS,
        lit=compared.lit,
        log=True,
        title="multiplications, a thousand times as many from line to line",
        low=1,
        font_size=ui.font_size(),
        narrow=ui.narrow(),
    )
    alt = bars.bars_alt("Multiplications for one answer", compared.labels, compared.texts)
    with picture:
        ui.chart(figure, alt, key="mm_count")


ui.chapter(
    shape_rule,
    cell_by_cell,
    your_own,
    why_useful,
    two_layers_one_matrix,
    w_moves_the_plane,
    four_ways,
    counting,
)
