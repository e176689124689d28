"""Slopes equal autograd's, steps equal torch.optim's, and nothing that is not a number reaches a chart."""

import numpy as np
import pytest
import torch

from explainer import checkpoints
from explainer.models.bigram import NeuralBigram, mean_nll
from explainer.traces import gradient_descent as gd

torch.set_num_threads(1)

THEIRS = {
    "sgd": lambda p, lr: torch.optim.SGD(p, lr),
    "momentum": lambda p, lr: torch.optim.SGD(p, lr, momentum=0.9),
    "rmsprop": lambda p, lr: torch.optim.RMSprop(p, lr, alpha=0.9),
    "adam": lambda p, lr: torch.optim.Adam(p, lr),
}
EVERY = [
    (landscape, name)
    for landscape in [*gd.CURVES.values(), *gd.SURFACES.values()]
    for name, optimizer in gd.OPTIMIZERS.items()
    if landscape.name in optimizer.rates
]
ALL_RATES = [
    (landscape, optimizer, kind)
    for landscape, optimizer in EVERY
    for kind in ("too_small", "right", "too_big")
]


# Where no learning rate helps: what the race is there to show.
EXCEPTIONS = {
    ("valleys", "sgd", "right"): {"stuck"},
    ("ravine", "sgd", "right"): {"slow"},
    ("valleys", "rmsprop", "right"): {"bounces"},
}


def theirs(landscape, optimizer, rate, steps):
    x = torch.tensor(landscape.start, dtype=torch.float64, requires_grad=True)
    stepper = THEIRS[optimizer]([x], rate)
    points = [x.detach().clone()]
    for _ in range(steps):
        stepper.zero_grad()
        landscape.function(x).backward()
        stepper.step()
        points.append(x.detach().clone())
    return torch.stack(points).numpy()


@pytest.mark.parametrize("optimizer", gd.OPTIMIZERS)
@pytest.mark.parametrize("surface", gd.SURFACES)
def test_a_hundred_steps_equal_torch_optim(surface, optimizer):
    landscape = gd.SURFACES[surface]
    ours = gd.descend(landscape, optimizer, steps=100)
    expected = theirs(landscape, optimizer, ours.learning_rate, 100)
    assert len(ours.points) == 101
    np.testing.assert_allclose(ours.points, expected, atol=1e-6, rtol=0)


def test_one_step_of_each_optimizer_by_hand():
    x, g = np.array([1.0]), np.array([4.0])
    assert gd.sgd(x, g, {}, 0.1) == pytest.approx([0.6])
    assert gd.momentum(x, g, {"v": np.array([10.0])}, 0.1) == pytest.approx([1 - 0.1 * 13])
    assert gd.rmsprop(x, g, {"v": np.array([9.0])}, 0.1) == pytest.approx([1 - 0.4 / np.sqrt(9.7)])
    assert gd.adam(x, g, {}, 0.1) == pytest.approx([0.9])


@pytest.mark.parametrize(
    ("function", "point", "gradient"),
    [
        (gd.parabola, [1.5], [3]),
        (gd.two_valleys, [2.0], [8 - 4 + 0.25]),
        (gd.bowl, [1.0, -2.0], [1, -2]),
        (gd.ravine, [1.0, -2.0], [1 / 50, -4]),
        (gd.saddle, [1.0, 2.0], [1, 0]),
        (gd.waves, [1.0, 0.0], [1 / 3 + 0.75 * np.sin(3), 0]),
    ],
)
def test_gradients_equal_those_worked_out_on_paper(function, point, gradient):
    np.testing.assert_allclose(gd.gradient_at(function, point)[1], gradient, atol=1e-12)


@pytest.mark.parametrize("name", gd.CURVES)
def test_the_measured_slope_is_close_to_autograds(name):
    slope = gd.slope(gd.CURVES[name], 0.7, 1e-6)
    assert slope.numeric == pytest.approx(slope.gradient, abs=1e-4)
    assert slope.beyond == pytest.approx(slope.y + slope.numeric * slope.h)


def test_a_bad_step_measures_badly_at_both_ends():
    h, error = gd.slope_errors(gd.CURVES["two-valleys"], -0.5)
    best = error.argmin()
    assert 1e-10 < h[best] < 1e-6
    assert error[0] > 1e4 * error[best]
    assert error[-1] > 1e4 * error[best]


@pytest.mark.parametrize("x", [0.0, 1.0, -0.5, 3.0])
def test_slope_errors_fit_on_a_logarithmic_axis(x):
    h, error = gd.slope_errors(gd.CURVES["parabola"], x)
    assert len(h) == len(error) > 50
    assert (error > 0).all()
    assert np.isfinite(error).all()


def test_a_slope_needs_a_step():
    with pytest.raises(ValueError, match="greater than zero"):
        gd.slope(gd.CURVES["parabola"], 1.0, 0.0)


@pytest.mark.parametrize(("landscape", "optimizer", "kind"), ALL_RATES)
def test_every_path_is_finite_and_explained(landscape, optimizer, kind):
    path = gd.descend(landscape, optimizer, getattr(gd.OPTIMIZERS[optimizer].rates[landscape.name], kind))
    for array in (path.points, path.values, path.gradients):
        assert np.isfinite(array).all()
        assert len(array) == len(path.points)
    expected = {
        "too_small": {"slow"},
        "right": {"stuck"} if landscape.title == "Waves" else {"arrived"},
        "too_big": {"diverged", "bounces"},
    }[kind]
    expected = EXCEPTIONS.get((landscape.name, optimizer, kind), expected)
    assert path.verdict in expected
    assert path.reason.endswith(".")


@pytest.mark.parametrize(("landscape", "optimizer"), EVERY)
@pytest.mark.parametrize("rate", [50.0, 1e30, 1e308])
def test_absurd_learning_rates_end_in_a_verdict(landscape, optimizer, rate):
    path = gd.descend(landscape, optimizer, rate)
    assert path.verdict == "diverged"
    assert np.isfinite(path.values).all()
    assert path.reason.startswith("Step 1 is off a map three times as wide")


def test_the_limit_that_divergence_names_is_the_true_one():
    landscape = gd.SURFACES["bowl"]
    assert "above 2 overshoots" in gd.descend(landscape, "sgd", 2.1).reason
    assert gd.descend(landscape, "sgd", 1.9, steps=300).verdict == "arrived"
    assert "above 3.8 overshoots" in gd.descend(landscape, "momentum", 4.0).reason
    assert gd.descend(landscape, "momentum", 3.7, (0.2, 0.1), steps=2000).verdict == "arrived"


def test_on_the_ridge_of_the_saddle_a_ball_is_stuck():
    path = gd.descend(gd.SURFACES["saddle"], "sgd", 0.3, (-2.5, 0.0))
    assert path.verdict == "stuck"
    np.testing.assert_allclose(path.points[-1], [0, 0], atol=1e-6)


def test_a_race_starts_from_one_place():
    paths = gd.race(gd.SURFACES["ravine"], (1.0, 2.0), {"adam": 0.05})
    assert [p.optimizer for p in paths] == ["sgd", "momentum", "adam"]
    assert all((p.points[0] == [1.0, 2.0]).all() for p in paths)
    assert paths[2].learning_rate == 0.05


def test_one_learning_rate_zigzags_across_a_ravine_and_crawls_along_it():
    sgd, momentum, adam = gd.race(gd.SURFACES["ravine"])
    assert gd.crossings(sgd.gradients) == gd.STEPS
    assert sgd.verdict == "slow"
    assert (momentum.verdict, adam.verdict) == ("arrived", "arrived")


def test_in_an_even_bowl_sgd_needs_no_help():
    arrivals = [gd.arrival(gd.SURFACES["bowl"], way.points) for way in gd.race(gd.SURFACES["bowl"])]
    assert arrivals[0] == min(arrivals)


def test_on_the_ridge_of_the_saddle_adam_leaves_before_sgd():
    sgd, _, adam = gd.race(gd.SURFACES["saddle"])
    left = [int((np.abs(way.points[:, 1]) > 1).argmax()) for way in (sgd, adam)]
    assert 0 < left[1] < left[0]


def test_in_many_valleys_sgd_stops_in_the_first_and_what_has_speed_rolls_through():
    sgd, momentum, adam = gd.race(gd.SURFACES["valleys"])
    assert sgd.verdict == "stuck"
    assert np.linalg.norm(sgd.points[-1] - sgd.points[0]) < 1.5
    assert (momentum.verdict, adam.verdict) == ("arrived", "arrived")


@pytest.mark.parametrize(("landscape", "optimizer"), EVERY)
@pytest.mark.parametrize("start", [(-2.4, 0.3), (-1.5, 0.0), (2.0, 2.0), (0.0, 1.5)])
def test_arrived_means_near_the_lowest_point_and_within_the_steps_taken(landscape, optimizer, start):
    way = gd.descend(landscape, optimizer, start=start[: len(landscape.start)])
    nearest = gd.distances(landscape, way.points)
    if way.verdict == "arrived":
        step = gd.arrival(landscape, way.points)
        assert step <= gd.STEPS
        assert nearest[step:].max() <= landscape.half / 20
        assert f"From step {step} on" in way.reason
    else:
        assert nearest[-5:].max() > landscape.half / 20 or gd.arrival(landscape, way.points) > gd.STEPS - 5


def test_a_ball_that_creeps_along_a_ravine_has_not_arrived():
    way = gd.descend(gd.SURFACES["ravine"], "sgd", 0.5)
    assert abs(way.points[-1, 0]) > 0.9
    assert way.verdict == "slow"


def test_beta_is_how_much_of_its_speed_the_ball_keeps():
    ravine = gd.SURFACES["ravine"]
    sluggish = gd.descend(ravine, "momentum", 0.3, settings={"beta": 0.0})
    np.testing.assert_allclose(sluggish.points, gd.descend(ravine, "sgd", 0.3).points)
    turns = [
        gd.crossings(gd.descend(ravine, "momentum", 0.3, settings={"beta": beta}).gradients[:, :1])
        for beta in (0.5, 0.9, 0.97)
    ]
    assert turns[0] < turns[1] <= turns[2]  # more speed swings past the bottom more often


def test_a_surface_has_its_rows_along_the_second_input():
    grid = gd.surface(gd.SURFACES["ravine"], side=7)
    assert grid.z.shape == (7, 7)
    assert grid.z[6, 0] == pytest.approx(grid.x[0] ** 2 / 100 + grid.x[6] ** 2)


@pytest.mark.parametrize("start", [(9.0, 0.0), (0.0,), (float("nan"), 0.0)])
def test_a_start_outside_the_picture_is_refused(start):
    with pytest.raises(ValueError, match="Start within the picture"):
        gd.descend(gd.SURFACES["bowl"], start=start)


def test_an_unknown_optimizer_names_the_known_ones():
    with pytest.raises(ValueError, match="choose one of sgd, momentum, rmsprop, adam"):
        gd.descend(gd.SURFACES["bowl"], "lbfgs")


def test_the_real_loss_is_the_bigrams_on_the_names_it_learned():
    landscape = gd.names_loss()
    found = checkpoints.load("girls-bigram")
    counts, encode = found.model.counts.double(), found.vocabulary.encode
    W = ((counts + 1e-3) / (counts + 1e-3).sum(1, keepdim=True)).log()
    (a,) = encode("A")
    for x in ([0.0, 0.0], [-2.6, -1.2], [1.5, 3.0]):
        moved = W.clone()
        for row, weight in zip(encode("ŁN"), x, strict=True):
            moved[row, a] += weight  # softmax does not notice that the row's weight of A was made zero
        model = NeuralBigram(moved)
        logits, _ = model(torch.arange(len(W))[None])
        expected = mean_nll(logits[0].log_softmax(1), counts).item()
        assert gd.gradient_at(landscape.function, x)[0] == pytest.approx(expected, abs=1e-12)
    np.testing.assert_allclose(gd.lowest(landscape), [[0, 0]], atol=1e-9)
