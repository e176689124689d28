"""Gradient descent: measure the slope, step against it, and mind how far."""

import streamlit as st

from explainer import ui
from explainer.figures import curves
from explainer.ui.scenes import backpropagation as bp
from explainer.ui.scenes import gradient_descent as gd
from explainer.ui.scenes import training_step as ts


@ui.scene(
    "The slope", "The slope says which way is down: measure it with a small step h, or derive it exactly."
)
def slope() -> None:
    """Go a small step h and see how far you rise: that is the slope, measured. Make h smaller, and the two
    lines become one. At last make it tiny: the digits run out. Why is the smallest h not the best one?
    """
    with ui.controls():
        landscape = gd.choose_curve()
        x = ui.slider("x", -2.5, 2.5, 1.0, step=0.1, key="gd_x")
        h = ui.steps("step h", list(gd.H), "0.5", key="gd_h", stages=gd.SMALLER)
    found = gd.slope(landscape, x, gd.H[h])
    ui.note(gd.measured(found, h))
    here, beyond = (x, found.y), (x + found.h, found.beyond)
    tangent = curves.tangent(
        *gd.curve(landscape), here, found.gradient, beyond, found.numeric, font_size=ui.font_size()
    )
    alt = curves.tangent_alt(here, found.gradient, found.numeric, found.h)
    if found.h >= gd.SEEN:
        ui.chart(tangent, alt, key="gd_tangent")
        return
    steps, errors = gd.slope_errors(landscape, x)
    off = abs(found.numeric - found.gradient)
    error = curves.slope_errors(steps, errors, (found.h, off) if off else None, font_size=ui.font_size())
    left, right = ui.shared(2, 3, key="gd_slope")
    with left:
        ui.picture(tangent, alt, key="gd_tangent")
    with right:
        st.markdown(gd.judged(found, steps, errors))
        ui.picture(error, curves.slope_errors_alt(steps, errors), key="gd_error")


@ui.scene("Downhill", "A step is the learning rate times the slope, downhill: x ← x − η · gradient.")
def downhill() -> None:
    """The step is the learning rate times the slope, and downhill: steep ground, long steps. Press play.
    What happens where it is level?
    """
    with ui.controls():
        landscape = gd.choose_surface()
        rate = gd.learning_rate(landscape, key="gd_rate")
        start = gd.start_on(landscape)
    way = gd.descend(landscape, "sgd", rate, start)
    gd.roll(landscape, [way], key="gd_downhill")


@ui.scene("The learning rate", "Too small and it crawls, too big and it flies off; in between it arrives.")
def learning_rate() -> None:
    """Too small, and it crawls; too big, and it flies off the map; in between it arrives. Show all three.
    What would you try first on a mountain that you cannot see?
    """
    with ui.controls():
        landscape = gd.choose_curve()
        rate = gd.learning_rate(landscape, key="gd_step", stages=gd.TRIED)
        start = gd.start_on(landscape)
    way = gd.descend(landscape, "sgd", rate, start)
    gd.roll(landscape, [way], key="gd_curve_way")


@ui.scene("The race", "Three optimizers start from the same place; each uses the slope in its own way.")
def race() -> None:
    """In a ravine one learning rate has to serve two slopes: SGD zigzags across and crawls along. Momentum
    remembers where it was going; Adam divides by how steep it has been. Then take a real loss: two weights
    of the bigram, one of a rare pair of letters. Drag the ball: who wins from there?
    """
    with ui.controls():
        landscape = gd.choose_surface("gd_race_surface", "ravine")
        taking_part, more = gd.entries(landscape)
        with more:
            start = gd.start_on(landscape, nested=True)
            ways = gd.race(landscape, start, taking_part)
            gd.reasons(ways)
    gd.roll(landscape, ways, key="gd_race")


@ui.scene(
    "Backpropagation", "Which way is down, for every number at once? Follow the slopes back, one by one."
)
def backpropagation() -> None:
    """Forward, every number is made of those before it. Then back: what comes from above, times the local
    slope, and where a number is used twice, both ways are added up. Point at the gradient of the first
    weight, and drag that weight: does the loss change as it says?
    """
    with ui.controls():
        which = bp.choose_graph()
        numbers = bp.numbers(which)
    found = bp.graph_of(which, numbers)
    drawn, opens = bp.drawn(which, found), bp.opens(which, numbers)
    ui.chart(*drawn, key=f"gd_graph_{which}", height=bp.tall(which), on_pick=opens)
    ui.receipt_of(*bp.first_weight(which, numbers))


@ui.scene(
    "One step of training", "Forward, loss, backward, update: all training is these four, again and again."
)
def one_step() -> None:
    """Forward, loss, backward, update: training is nothing else, thousands of times over. Point at the loss
    of these five examples: 3.54 before the step, 1.60 after it. What do momentum and Adam make of the
    same gradient?
    """
    with ui.controls():
        stage = ui.choice("step", ts.STEPS, key="gd_stage", stages=ts.STEPS)
        asked, part, matrix = ts.request()
    ts.step_grid(stage, asked, part)
    ui.receipt_of(*ts.slope_of_first(asked, matrix))


ui.chapter(slope, downhill, learning_rate, race, backpropagation, one_step)
