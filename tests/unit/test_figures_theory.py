"""Figures show the numbers they were given, and nothing that is not a number."""

from dataclasses import dataclass, replace
from itertools import combinations, pairwise

import numpy as np
import pytest

from explainer.figures import computation_graph as graph
from explainer.figures import curves, drawing, network, palette, plane, recipes
from explainer.figures.axes import Axis, Panel
from explainer.figures.drawing import Box, Drawing, Field, Line, Mark, Text
from explainer.wording.numerals import number
from tests.drawings import of_kind, read_off


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (-0.001, "−1·10⁻³"),
        (2.5, "2.5"),
        (-3.0, "−3"),
        (1.005e-7, "1·10⁻⁷"),
        (12.344, "12.34"),
        (2e9, "2·10⁹"),
    ],
)
def test_numbers_read_like_text(value, text):
    assert number(value) == text


STRAIGHT = curves.Curve("f", np.array([0, 1]), np.array([0, 1]))


def curve_lines(figure):
    """The curves of a chart without its marked points."""
    return [trace for trace in figure.data if trace.mode == "lines"]


def test_curves_hold_the_data_and_log_ranges_are_given_in_data_units():
    x, y = np.array([1.0, 10.0, 100.0]), np.array([3.0, 2.0, 1.0])
    drawn = curves.curves(
        [curves.Curve("loss", x, y)], x_title="h", y_title="error", log_x=True, x_range=(1, 1000)
    )
    (line,) = curve_lines(drawn)
    np.testing.assert_array_equal([line.x, line.y], [x, y])
    assert (drawn.layout.xaxis.type, drawn.layout.xaxis.range) == ("log", (0, 3))
    assert drawn.layout.xaxis.exponentformat == "none"  # 1, 10, 100
    assert drawn.layout.xaxis.title.text == "h"
    assert [note.text for note in drawn.layout.annotations] == ["error"]
    assert not drawn.layout.showlegend


def test_curves_are_shown_in_the_range_that_is_asked_for():
    drawn = curves.curves([STRAIGHT], x_title="x", y_title="y", x_range=(1, 3), y_range=(0, 7))
    assert (drawn.layout.xaxis.range, drawn.layout.yaxis.range) == ((1, 3), (0, 7))


@pytest.mark.parametrize(("latest", "least", "most"), [(2.0, 2.0, 4.5), (4.5, 4.5, 7.0), (29.0, 29.0, 38.0)])
def test_the_axis_of_a_training_ends_above_where_it_stands_and_not_where_others_began(latest, least, most):
    steps, others = np.array([0, 100, 200]), np.array([30.0, 5.0, 2.0])
    own = {"train": np.array([3.5, 3.0, 0.5]), "dev": np.array([3.5, 3.0, latest])}
    drawn = curves.live_losses(steps, own, {"talk": (steps, others)}, 200.0)
    assert least < drawn.layout.yaxis.range[1] < most


def test_a_straight_line_tells_no_numbers_of_its_own():
    bent = curves.Curve("bent", np.arange(3), np.arange(3) ** 2)
    drawn = curves.curves([STRAIGHT, bent], x_title="", y_title="")
    assert [line.hoverinfo for line in curve_lines(drawn)] == ["skip", "all"]


def test_labels_near_a_side_turn_inward():
    points = [
        curves.Point(0, 0.5, "at the left", beside="bottom left"),
        curves.Point(0.5, 0.5, "in the middle", beside="right"),
        curves.Point(1, 0.5, "at the right"),
    ]
    drawn = curves.curves([STRAIGHT], x_title="", y_title="", points=points)
    assert {mark.text[0]: mark.textposition for mark in drawn.data[1:]} == {
        "at the left": "bottom right",
        "in the middle": "middle right",
        "at the right": "top left",
    }


def test_points_of_one_name_stand_in_the_legend_once():
    points = [curves.Point(x, x, title=f"{x}", name="two points") for x in (0.25, 0.75)]
    drawn = curves.curves([STRAIGHT], x_title="", y_title="", points=points)
    (marks,) = [trace for trace in drawn.data if trace.mode == "markers"]
    assert [trace.name for trace in drawn.data if trace.showlegend] == ["two points"]
    assert (marks.x, marks.hovertext) == ((0.25, 0.75), ("0.25", "0.75"))
    assert drawn.layout.showlegend


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_curves_refuse_what_no_chart_can_show(bad):
    with pytest.raises(ValueError, match="NaN or infinity"):
        curves.curves([curves.Curve("loss", np.arange(2), np.array([1, bad]))], x_title="", y_title="")


def test_curves_refuse_zero_on_a_logarithmic_axis():
    with pytest.raises(ValueError, match="not positive"):
        curves.curves([curves.Curve("e", np.arange(2), np.ones(2))], x_title="", y_title="", log_x=True)


def test_losses_of_one_role_are_told_apart_by_dash_not_by_color():
    drawn = curves.losses([0, 1], {"train": [2.0, 1.0], "dev": [2.0, 1.5]})
    lines = curve_lines(drawn)
    assert {line.line.color for line in lines} == {palette.LOSS}
    assert len({line.line.dash for line in lines}) == 2
    assert [line.name for line in lines if line.showlegend] == ["train", "dev"]
    assert "dev from 2 to 1.5" in curves.losses_alt([0, 1], {"train": [2.0, 1.0], "dev": [2.0, 1.5]})


def test_losses_are_drawn_before_the_first_is_known():
    lines = curve_lines(curves.losses([0], {"train": [], "dev": []}))
    assert [len(line.x) for line in lines] == [0, 0]


def test_activation_marks_the_point_one_is_at():
    z = np.linspace(-3, 3, 7)
    drawn = curves.activation("tanh", z, np.tanh(z), (1.0, float(np.tanh(1.0))))
    point = drawn.data[-1]
    assert (*point.x, *point.y) == (1, np.tanh(1))
    assert point.text == ("tanh(1) ≈ 0.76",)


WEIGHTS = np.array([[0.5, -1.0, 2.0], [1.5, 0.25, -0.75]])
VALUES = [np.array([1.0, -2.0]), np.array([-2.5, -1.5, 3.5])]
NAMES = [["x₁", "x₂"], ["Y₁", "Y₂", "Y₃"]]


def test_edges_show_sign_by_dash_and_color_and_size_by_width():
    lines = of_kind(network.network(VALUES, [WEIGHTS], names=NAMES), Line)
    assert [line.dash == "" for line in lines] == [True, False, True, True, True, False]
    assert len({(line.dash, line.color) for line in lines}) == 2
    assert np.argsort([line.width for line in lines]).tolist() == np.argsort(np.abs(WEIGHTS).ravel()).tolist()


def test_edges_lead_from_node_to_node():
    drawn = network.network(VALUES, [WEIGHTS], names=NAMES)
    nodes = [(mark.x, mark.y) for mark in of_kind(drawn, Mark)]
    ends = [(tuple(zip(line.x, line.y, strict=True))) for line in of_kind(drawn, Line)]
    assert ends == [(left, right) for left in nodes[:2] for right in nodes[2:]]


@pytest.mark.parametrize(
    ("p", "told"),
    [(0.998, "0.998"), (0.99991, "> 0.999"), (1.0, "> 0.999"), (2e-4, "< 0.001"), (0.46, "0.46")],
)
def test_a_probability_that_is_not_certain_does_not_read_so(p, told):
    assert network.node_texts(np.array([p]), palette.PROBABILITIES) == [told]
    alt = network.network_alt([np.ones(1), np.array([p])], [np.ones((1, 1))], ["", palette.PROBABILITIES])
    assert f"; {told};" in alt


def test_nodes_show_their_values_and_names():
    drawn = network.network(VALUES, [WEIGHTS], names=NAMES)
    assert [mark.label for mark in of_kind(drawn, Mark)] == ["1", "−2", "−2.5", "−1.5", "3.5"]
    assert [text.text for text in of_kind(drawn, Text)][:5] == ["x₁", "x₂", "Y₁", "Y₂", "Y₃"]
    assert [mark.title for mark in of_kind(drawn, Mark)][2:] == ["Y₁ = -2.5", "Y₂ = -1.5", "Y₃ = 3.5"]
    assert "4 edges are positive and 2 negative" in network.network_alt(VALUES, [WEIGHTS])


def test_values_flow_layer_by_layer():
    drawn = network.network(VALUES, [WEIGHTS], names=NAMES, flow=True)
    assert drawn.frames.titles == ["inputs", "layer 1 of 1"]
    marks = of_kind(drawn, Mark)
    before, after = zip(*(mark.label.values for mark in marks), strict=True)
    assert before == ("1", "−2", "?", "?", "?")  # what is not computed yet is not told
    assert after == ("1", "−2", "−2.5", "−1.5", "3.5")
    assert [mark.color.values[0] == palette.GREY for mark in marks] == [False] * 2 + [True] * 3
    assert not any(mark.color.values[1] == palette.GREY for mark in marks)
    assert [line.opacity.values for line in of_kind(drawn, Line)] == [[0.25, 1.0]] * 6


def test_a_bias_stands_below_its_node():
    biases = [np.array([0.304, -2.14, 0.0])]
    drawn = network.network(VALUES, [WEIGHTS], names=NAMES, biases=biases)
    told = {text.text: text for text in of_kind(drawn, Text)}
    for mark, bias in zip(of_kind(drawn, Mark)[2:], ("+0.3", "−2.14", "+0"), strict=True):
        assert (told[bias].x, told[bias].y) == (mark.x, mark.y)
        assert told[bias].dy > mark.size / 2
    assert f"{network.KEY} · {network.BIASES}" in told


@pytest.mark.parametrize(("across", "up", "size"), [(270, 315, 32), (700, 340, 46)])
def test_no_weight_hides_another_or_a_node(across, up, size):
    columns = plane.PHONE_COLUMNS if across < 300 else None
    weights = [np.ones((2, 4)), np.ones((4, 1))]
    values, names = [np.ones(n) for n in (2, 4, 1)], [["x"] * 2, ["h"] * 4, ["p"]]
    drawn = network.network(values, weights, names=names, columns=columns)
    handles = network.with_handles(drawn.primitives, weights, 14, across / up)
    marks = [one for one in handles if isinstance(one, Mark)]
    places = np.array([[mark.x * across, mark.y * up] for mark in marks])  # (7 + 12, 2)
    apart = np.linalg.norm(places[:, None] - places, axis=2) + 1e9 * np.eye(len(places))
    assert apart[7:, 7:].min() > size - 1
    assert apart[7:, :7].min() > size


def test_a_network_refuses_what_is_not_a_number():
    with pytest.raises(ValueError, match="layer 1 holds NaN"):
        network.network([VALUES[0], np.array([1, np.nan, 2])], [WEIGHTS], names=NAMES)


def test_a_neuron_is_drawn_with_every_product():
    drawn = network.neuron(np.array([0.5, -1.2]), np.array([0.8, -0.6]), 0.3, 1.42, 0.89, "tanh")
    assert [text.text for text in of_kind(drawn, Text)][:4] == [
        "× 0.8 = 0.4",
        "× −0.6 = 0.72",
        "× bias 0.3 = 0.3",
        "tanh",
    ]
    assert of_kind(drawn, Line)[-1].color == palette.ACTIVATIONS
    assert "0.5 times 0.8 plus −1.2 times −0.6 plus the bias 0.3 is 1.42" in network.neuron_alt(
        np.array([0.5, -1.2]), np.array([0.8, -0.6]), 0.3, 1.42, 0.89
    )


@pytest.mark.parametrize("layer", [np.array([[1.0], [-0.5]]), np.array([[0.1], [0.2]])])
def test_a_network_that_learns_is_drawn_as_one_that_has_learned(layer):
    panel = Panel(Axis(0, 1), Axis(0, 1), 100, 700, 0, 500)
    weights, values = np.stack([layer, 2 * layer]), [np.array([[1.0, 2.0], [1.0, 2.0]]), np.ones((2, 1))]
    look = {"names": [["x₁", "x₂"], ["p"]], "roles": [palette.INPUT, palette.PROBABILITIES]}
    drawn = Drawing(network.learning(values, [weights], panel=panel, **look))
    for frame in (0, 1):
        still = network.network([v[frame] for v in values], [weights[frame]], **look)
        for moving, line in zip(of_kind(drawn, Line), of_kind(still, Line), strict=True):
            assert (moving.dash.values[frame], moving.color.values[frame]) == (line.dash, line.color)
            np.testing.assert_allclose(moving.x, 100 + 600 * np.array(line.x))
        marks = zip(of_kind(drawn, Mark), of_kind(still, Mark), strict=True)
        assert [moving.label.values[frame] == mark.label for moving, mark in marks] == [True] * 3
    widths = [line.width.values for line in of_kind(drawn, Line)]
    assert max(widths[i][1] for i in (0, 1)) == 10  # the largest weight of all frames
    assert [w[0] < w[1] for w in widths] == [True, True]


def test_many_nodes_are_smaller_so_that_their_names_stand_between_them():
    panel = Panel(Axis(0, 1), Axis(0, 1), 0, 300, 0, 240)
    values, weights = [np.ones((1, n)) for n in (2, 6, 1)], [np.ones((1, 2, 6)), np.ones((1, 6, 1))]
    names = [["x"] * 2, ["h"] * 6, ["p"]]
    drawn = network.learning(values, weights, names=names, roles=plane.ROLES, panel=panel)
    *sizes, _ = (mark.size for mark in of_kind(Drawing(drawn), Mark))
    (size,) = set(sizes)
    (pitch,) = {round(a.y - b.y) for a, b in pairwise(of_kind(Drawing(drawn), Mark)[2:8])}
    assert pitch == 40
    assert size + panel.font_size < pitch


def test_the_map_holds_the_probabilities_and_both_classes():
    x, p = np.array([-1.0, 0.0, 1.0]), np.linspace(0, 1, 9).reshape(3, 3)
    points, classes = np.array([[0.5, 0.5], [-0.5, 0.5], [0.0, -1.0]]), np.array([0, 1, 1])
    drawn = plane.output_map(x, p, points, classes, mark=(0.1, 0.2))
    shown, bar = of_kind(drawn, Field)
    np.testing.assert_array_equal(shown.values, p)
    assert (shown.x0, shown.x1, shown.y0, shown.y1, shown.sides) == (0, 1, 0, 1, (-1, 1, -1, 1))
    assert drawn.ratio * (drawn.y[1] - drawn.y[0]) == drawn.x[1] - drawn.x[0]  # the map is a square
    assert bar.values[[0, -1]].tolist() == [[0, 0], [1, 1]]
    texts, marks = of_kind(drawn, Text), of_kind(drawn, Mark)
    light, *dark = marks[:3]
    np.testing.assert_allclose(
        read_off(texts, "x", [m.x for m in (light, *dark, marks[3])]), [0.5, -0.5, 0, 0.1]
    )
    np.testing.assert_allclose(
        read_off(texts, "y", [m.y for m in (light, *dark, marks[3])]), [0.5, 0.5, -1, 0.2]
    )
    assert [m.shape for m in marks[:4]] == ["circle", "square", "square", "star"]
    assert {m.fill for m in dark} == {palette.INK} != {light.fill}
    assert {"x₁", "x₂", "p", "class 0", "class 1", "this point"} <= {text.text for text in texts}
    assert "gives 44% of it to class 1; 2 of 3 points" in plane.output_map_alt(p, 2 / 3, 3)


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_a_map_refuses_what_is_not_a_number(bad):
    with pytest.raises(ValueError, match="p holds NaN"):
        plane.output_map(np.array([-1, 1]), np.array([[0, 1], [bad, 1]]), np.zeros((0, 2)), np.zeros(0))


@pytest.fixture(scope="module")
def learned():
    rng = np.random.default_rng(0)
    steps, losses = np.array([0, 2, 3]), np.array([0.7, 0.6, 0.5, 0.4])
    return {
        "x": np.linspace(-1, 1, 5),
        "p": rng.uniform(size=(3, 5, 5)),
        "points": rng.uniform(-1, 1, (6, 2)),
        "classes": np.array([0, 1, 0, 1, 0, 1]),
        "weights": [rng.normal(size=(3, 2, 4)), rng.normal(size=(3, 4, 1))],
        "values": [rng.normal(size=(3, n)) for n in (2, 4, 1)],
        "steps": steps,
        "losses": losses,
        "accuracy": np.array([0.5, 0.75, 1.0]),
    }


@pytest.mark.parametrize("narrow", [False, True])
def test_one_slider_drives_network_map_and_loss(learned, narrow):
    drawn = plane.learning(**learned, narrow=narrow)
    shown, ball = of_kind(drawn, Field)[0], of_kind(drawn, Mark)[-1]
    assert shown.x1 - shown.x0 == shown.y1 - shown.y0
    np.testing.assert_array_equal(shown.values.values, learned["p"])
    curve = next(line for line in of_kind(drawn, Line) if line.color == palette.LOSS)
    seen = [(curve.x[step], curve.y[step]) for step in learned["steps"]]
    np.testing.assert_allclose(np.transpose([ball.x.values, ball.y.values]), seen)
    edges = of_kind(drawn, Line)[:12]
    weights = np.concatenate([w.reshape(3, -1) for w in learned["weights"]], axis=1)  # (3, 12)
    assert [[dash == "" for dash in edge.dash.values] for edge in edges] == (weights.T >= 0).tolist()
    nodes = [mark.title.values for mark in of_kind(drawn, Mark)[:7]]
    told = [[float(title.split("= ")[1]) for title in node] for node in nodes]
    np.testing.assert_allclose(np.transpose(told), np.concatenate(learned["values"], axis=1), rtol=1e-5)
    star = next(mark for mark in of_kind(drawn, Mark) if mark.shape == "star")
    x1, x2 = learned["values"][0][0]
    at = [shown.x0 + (x1 + 1) / 2 * (shown.x1 - shown.x0), shown.y0 + (x2 + 1) / 2 * (shown.y1 - shown.y0)]
    np.testing.assert_allclose([star.x, star.y], at)  # the point whose numbers stand in the network
    assert drawn.frames.titles[1] == "step 2 · loss 0.5 nats · 75% right"
    assert drawn.sent["frames"]["start"] == 2
    assert "from 50% to 100%" in plane.learning_alt(learned["steps"], learned["losses"], learned["accuracy"])


def test_over_the_loss_every_place_leads_to_the_picture_taken_nearest_to_it(learned):
    drawn = plane.learning(**learned)
    ball, leading = of_kind(drawn, Mark)[-1], [box for box in of_kind(drawn, Box) if box.leads >= 0]
    assert [box.leads for box in leading] == [0, 1, 2]
    for box, x in zip(leading, ball.x.values, strict=True):
        assert box.x0 <= x <= box.x1
        assert box.opacity == 0


def test_every_hidden_neuron_carries_its_map_and_its_line(learned):
    rng = np.random.default_rng(1)
    maps, lines = rng.uniform(size=(4, 3, 5, 5)), rng.uniform(-1, 1, (4, 3, 2, 2))
    lines[2, 1] = np.nan
    drawn = plane.learning(**learned, hidden=maps, lines=lines, at=1)
    shown = of_kind(drawn, Field)[:4]
    np.testing.assert_array_equal([field.values.values for field in shown], maps)
    assert {field.scale for field in shown} == {"diverging"}
    frames = of_kind(drawn, Box)[:4]
    assert [(box.x0, box.y1) for box in frames] == [(field.x0, field.y1) for field in shown]
    for edge, field in zip(of_kind(drawn, Line)[:4], shown, strict=True):
        assert edge.x[1] == field.x0  # edges end where the map begins
    moving = [line for line in of_kind(drawn, Line) if hasattr(line.x, "values")]
    assert [line.opacity.values for line in moving] == [[1, 1, 1], [1, 1, 1], [1, 0, 1], [1, 1, 1]]
    left, right, *_ = plane.WIDE.plane
    for line, given in zip(moving, lines, strict=True):
        across = 2 * (np.array(line.x.values[0]) - left) / (right - left) - 1
        np.testing.assert_allclose(across, given[0, :, 0])
    assert drawn.sent["frames"]["start"] == 1


def test_the_parts_of_a_learning_network_stack_on_a_phone(learned):
    phone = plane.learning(**learned, font_size=14, narrow=True)
    assert phone.x[1] < 390 < phone.y[1]
    wide = plane.learning(**learned)
    for drawn in (phone, wide):
        parts = of_kind(drawn, Text)
        assert all(0 <= t.x <= drawn.x[1] and 0 <= t.y <= drawn.y[1] for t in parts)


def test_tangent_and_measured_line_have_their_slopes():
    x = np.linspace(-2, 2, 9)
    drawn = curves.tangent(x, x**2, (1.0, 1.0), 2.0, (1.5, 2.25), 2.5)
    lines = curve_lines(drawn)[1:]
    assert [np.ptp(line.y) / np.ptp(line.x) for line in lines] == pytest.approx([2.0, 2.5])
    assert [np.interp(1, line.x, line.y) for line in lines] == pytest.approx([1, 1])
    assert [line.name for line in lines] == ["autograd: slope 2", "measured: slope 2.5"]
    assert "measures 2.5" in curves.tangent_alt((1.0, 1.0), 2.0, 2.5, 0.5)


def test_slope_errors_are_drawn_on_logarithmic_axes():
    h, error = np.array([1e-12, 1e-8, 1e-1]), np.array([1e-4, 1e-8, 1e-1])
    drawn = curves.slope_errors(h, error, (1e-8, 1e-8))
    line, mark = drawn.data
    np.testing.assert_array_equal([line.x, line.y], [h, error])
    assert (drawn.layout.xaxis.type, drawn.layout.yaxis.type) == ("log", "log")
    assert (*mark.x, *mark.y) == (1e-8, 1e-8)
    assert drawn.layout.xaxis.exponentformat == "power"  # down to 10⁻¹²
    # Plotly draws an exponent in 0.7 × 1.25 of the size of its power; 20 px can be read.
    assert all(0.875 * drawn.layout[axis].tickfont.size >= 20 for axis in ("xaxis", "yaxis"))
    assert "least at h = 1·10⁻⁸" in curves.slope_errors_alt(h, error)


@dataclass(frozen=True)
class Run:
    steps: np.ndarray
    train: np.ndarray
    dev: np.ndarray
    best: int


RUNS = {
    "talk": Run(np.array([0, 50, 100]), np.array([9.0, 2.0, 1.0]), np.array([9.0, 2.2, 2.4]), 1),
    "better": Run(np.array([0, 5, 10]), np.array([3.5, 2.5, 1.5]), np.array([3.5, 2.6, 1.8]), 2),
}


def test_both_recipes_share_the_axis_of_the_loss_which_ends_where_it_is_told():
    drawn = recipes.losses(RUNS, highest=4)
    lines = curve_lines(drawn)
    assert [line.line.dash for line in lines] == [*curves.DASHES[:2]] * 2
    assert [line.xaxis for line in lines] == ["x", "x", "x2", "x2"]
    assert drawn.layout.yaxis.range[1] == 4
    assert drawn.layout.yaxis2.matches == "y"
    assert drawn.layout.xaxis.domain[1] < drawn.layout.xaxis2.domain[0]
    best = [mark for mark in drawn.data if mark.mode == "markers+text"]
    assert [(*mark.x, *mark.y, *mark.text) for mark in best] == [
        (50, 2.2, "lowest: 2.20"),
        (10, 1.8, "lowest: 1.80"),
    ]
    assert [line.name for line in lines if line.showlegend] == ["train", "dev"]
    assert "lowest 2.20 at step 50" in recipes.losses_alt(RUNS)


def test_a_gap_is_what_dev_costs_more_than_train():
    drawn = recipes.gaps(RUNS)
    found = [line.y for line in curve_lines(drawn)]
    np.testing.assert_allclose(found, [[0.2, 1.4], [0.1, 0.3]])
    assert "talk 1.4, better 0.3" in recipes.gaps_alt(RUNS)


def test_everything_that_must_be_read_is_large_enough(learned):
    x = np.linspace(-3, 3, 7)
    drawn = [
        plane.output_map(learned["x"], learned["p"][0], learned["points"], learned["classes"]),
        plane.learning(**learned),
    ]
    for one in drawn:
        assert [one.font_size, *(text.size for text in of_kind(one, Text) if text.size)] == [20]
    for one in (curves.tangent(x, x**2, (1.0, 1.0), 2.0, (1.5, 2.25), 2.5), recipes.losses(RUNS)):
        across = list(one.select_xaxes())
        fonts = [one.layout.font, one.layout.hoverlabel.font, *(axis.title.font for axis in across)]
        assert {font.size for font in fonts} == {20}


# --- computation graphs -----------------------------------------------------------------------------

LAYOUTS = [make(narrow) for make in (graph.neuron_layout, graph.network_layout) for narrow in (False, True)]


@pytest.mark.parametrize("layout", LAYOUTS)
def test_boxes_stand_apart_and_below_what_is_said(layout):
    across, up = layout.size
    for place in layout.places.values():
        assert across / 2 <= place[0] <= 100 - across / 2
        assert up / 2 <= place[1] <= 84 - up / 2
    for a, b in combinations(layout.places.values(), 2):
        assert abs(a[0] - b[0]) >= across - 1e-9 or abs(a[1] - b[1]) >= up


def test_what_takes_part_in_a_step_is_lit_and_the_wire_between():
    moments = [
        graph.Moment("at first", [[]], ("1", "2", ""), ("", "", "")),
        graph.Moment("forward", [[]], ("1", "2", "2"), ("", "", ""), ("x₁", "w₁", "x₁·w₁")),
        graph.Moment("back", [[]], ("1", "2", "2"), ("", "4", "2"), ("x₁·w₁", "w₁"), back=True),
    ]
    names, roles = ("x₁", "w₁", "x₁·w₁"), ("input", "weights", "activations")
    layout = replace(graph.neuron_layout(), wires={(a, names[2]): [((0, 0), (1, 1))] for a in names[:2]})
    drawn = graph.computation_graph(layout, names, roles, moments)
    by_way_of_x, by_way_of_w = of_kind(drawn, Line)
    assert by_way_of_x.color.values == (palette.GREY, palette.INK, palette.GREY)
    assert by_way_of_w.color.values == (palette.GREY, palette.INK, palette.LOSS)
    x, w, product = of_kind(drawn, Box)
    assert [x.pick, w.pick, product.pick] == ["", "w₁", "x₁·w₁"]  # x₁ has no gradient here
    assert product.fill.values == (palette.BACKGROUND, palette.ACTIVATIONS, palette.BACKGROUND)
    assert w.fill.values == (palette.BACKGROUND, palette.BACKGROUND, palette.LOSS)
    texts = [text.text for text in of_kind(drawn, Text)]
    assert texts[3:6] == ["w₁", drawing.Each(["2", "2", "2"]), drawing.Each(["", "", "4"])]
    assert drawn.frames.titles == ["at first", "forward", "back"]
