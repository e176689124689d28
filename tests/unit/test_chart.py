"""A chart is sent as Plotly's own figure would send it, without the time that Plotly takes to check it."""

import base64
import json

import numpy as np
import pytest

from explainer.figures import bars, curves, histogram
from explainer.figures.chart import Chart, axis, chart

X = np.linspace(0.5, 8, 7)
CHARTS = {
    "curves": curves.curves([curves.Curve("f", X, np.log(X))], x_title="x", y_title="y", log_x=True),
    "bars": bars.bars(["a", "b"], [0.25, 0.75], ["25%", "75%"], lit=[0]),
    "histogram": histogram.histogram(
        histogram.Histogram("h", np.linspace(-1, 1, 5), np.arange(4)), x_title="x", beyond=0.5
    ),
    "arrays": chart(
        [
            {"type": "heatmap", "z": np.arange(6.0).reshape(2, 3), "zmin": np.float64(0)},
            {"x": np.array([3, 400, -70_000]), "y": np.array([1.5, 2.5, 3.5], np.float32), "name": None},
            {"x": ["a", "b"], "y": [np.float32(1), 2], "customdata": np.array(["p", "q"])},
        ],
        axis("x", ends=(1, 3)),
        axis("y"),
        font_size=20,
    ),
}


def told(text: str) -> dict:
    """What a figure says, its arrays as lists of numbers."""

    def plain(part: dict):
        if "bdata" not in part:
            return part
        values = np.frombuffer(base64.b64decode(part["bdata"]), part["dtype"])
        return values.reshape([int(n) for n in part.get("shape", str(len(values))).split(",")]).tolist()

    return json.loads(text, object_hook=plain)


@pytest.mark.parametrize("name", CHARTS)
def test_a_chart_says_what_plotly_says(name):
    found = CHARTS[name]
    theirs = told(found.figure.to_json())
    del theirs["layout"]["template"]  # longer than a curve, and nothing of it is wanted
    assert told(found.to_json()) == theirs


def test_what_is_no_number_is_null():
    sent = Chart([{"x": [1.0, float("nan")]}], {}).to_json()
    assert json.loads(sent, parse_constant=pytest.fail)["data"][0]["x"] == [1.0, None]


def test_plotly_refuses_what_it_does_not_know():
    with pytest.raises(ValueError, match="colour"):
        _ = Chart([{"colour": "red"}], {}).figure
