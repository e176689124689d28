"""A landscape reaches the browser as it was computed, and nothing reaches it that cannot be drawn."""

import json
from dataclasses import replace

import numpy as np
import pytest

from explainer.components.coded import decoded
from explainer.components.landscape import DescentPath, Landscape, packed
from explainer.traces import gradient_descent as trace

X = np.linspace(-3, 3, 7)
BOWL = X[:, None] ** 2 + X**2


def way(name="SGD", steps=5):
    points = np.stack([np.linspace(-2, 1, steps), np.linspace(2, 0, steps)], axis=1)
    return DescentPath(name, points, (points**2).sum(1), 2 * points, 3 * points, 0.1)


def test_what_is_sent_is_what_was_given():
    sent = packed(
        Landscape("Bowl", X, BOWL, [way(), way("Adam", 3)], 2, ("a", "b"), (10.0, 40.0)),
        alt="A bowl.",
        pickable=True,
    )
    np.testing.assert_array_equal(decoded(sent["x"]), X.astype("f4"))
    np.testing.assert_array_equal(decoded(sent["heights"]).reshape(7, 7), BOWL.astype("f4"))
    for given, one in zip((way(), way("Adam", 3)), sent["ways"], strict=True):
        assert (one["name"], one["rate"], one["diverged"]) == (given.name, 0.1, False)
        np.testing.assert_array_equal(decoded(one["points"]).reshape(-1, 2), given.points.astype("f4"))
        np.testing.assert_array_equal(decoded(one["losses"]), given.losses.astype("f4"))
        np.testing.assert_array_equal(decoded(one["gradients"]).reshape(-1, 2), given.gradients.astype("f4"))
        np.testing.assert_array_equal(
            decoded(one["velocities"]).reshape(-1, 2), given.velocities.astype("f4")
        )
    assert (sent["opening"], sent["names"]) == (2, ["a", "b"])
    assert (sent["flat"], sent["pickable"], sent["camera"], sent["alt"]) == (False, True, [10, 40], "A bowl.")


def test_a_curve_is_flat():
    points = np.array([[2.0], [1.0]])
    sent = packed(
        Landscape(
            "Parabola", X, X**2, [DescentPath("SGD", points, points[:, 0] ** 2, 2 * points, 0 * points, 0.25)]
        ),
        alt="",
    )
    assert sent["flat"]
    np.testing.assert_array_equal(decoded(sent["heights"]), (X**2).astype("f4"))


def test_a_race_weighs_less_than_sixty_kilobytes():
    for surface in (*trace.SURFACES.values(), trace.names_loss()):
        ground, ways = trace.surface(surface), trace.race(surface)
        sent = [
            DescentPath(w.optimizer, w.points, w.values, w.gradients, w.velocities, w.learning_rate)
            for w in ways
        ]
        whole = json.dumps(packed(Landscape(surface.title, ground.x, ground.z, sent), alt=""))
        assert len(whole) < 60_000, surface.title


@pytest.mark.parametrize("bad", [np.nan, np.inf, 1e300])
@pytest.mark.parametrize("part", ["points", "losses", "gradients", "velocities"])
def test_no_way_is_sent_that_is_not_a_number(part, bad):
    values = getattr(way(), part).copy()
    values[-1] = bad
    with pytest.raises(ValueError, match=f"{part} of “SGD” holds NaN or infinity"):
        packed(Landscape("Bowl", X, BOWL, [replace(way(), **{part: values})]), alt="")


@pytest.mark.parametrize("bad", [np.nan, -np.inf])
def test_no_ground_is_sent_that_is_not_a_number(bad):
    heights = BOWL.copy()
    heights[3, 2] = bad
    with pytest.raises(ValueError, match="heights holds NaN or infinity"):
        packed(Landscape("Bowl", X, heights, [way()]), alt="")


@pytest.mark.parametrize(
    ("ground", "says"),
    [
        (Landscape("a", X, BOWL[:, :5], [way()]), "do not fit"),
        (Landscape("a", X[::-1], BOWL, [way()]), "must rise"),
        (Landscape("a", X, BOWL, []), "one to 4 ways"),
        (Landscape("a", X, BOWL, [way()] * 5), "one to 4 ways"),
        (Landscape("a", X, X**2, [way()]), "1 numbers a place"),
        (Landscape("a", X, BOWL, [replace(way(), losses=np.zeros(2))]), "2 losses"),
    ],
)
def test_parts_that_do_not_fit_are_refused_with_what_to_do(ground, says):
    with pytest.raises(ValueError, match=says):
        packed(ground, alt="")
