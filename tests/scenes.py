"""The scenes of the house, read from the pages' own last line."""

import ast
import base64
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import plotly.graph_objects as go
from streamlit.proto.BidiComponent_pb2 import BidiComponent
from streamlit.proto.WidgetStates_pb2 import WidgetStates
from streamlit.testing.v1 import AppTest

from explainer.ui.chapters import CHAPTERS, PAGES
from tests.drawings import unfolded

APP = PAGES.parent / "explainer" / "app.py"


def open_scene(file: str | Path, slug: str, **query: str) -> AppTest:
    """Run the app on one scene of a page; a first run is needed before there is a page to switch to."""
    app = AppTest.from_file(str(APP), default_timeout=60).run()
    app.switch_page(str(PAGES / file))
    for key, value in {"scene": slug, **query}.items():
        app.query_params[key] = value
    return app.run()


def title(app: AppTest) -> str:
    """Return the title of the scene that is shown."""
    return json.loads(part(app, "head").json)["title"]


def part(app: AppTest, key: str) -> BidiComponent:
    """Return what the browser gets for the component with a key."""
    [sent] = [p.proto for p in app.get("bidi_component") if p.proto.id.endswith(f"-{key}")]
    return sent


def heaviest(app: AppTest) -> int:
    """Return the bytes of the largest message that drew what is on the screen."""
    return max(part.proto.ByteSize() for part in app.get("bidi_component"))


def ask(app: AppTest, what: str) -> AppTest:
    """Click "words" above the stage, or "code" or "receipt" below it, as the browser tells it."""
    return tell(app, [(part(app, "head" if what == "words" else "frame").id, what, True)])


def triggers(app: AppTest) -> list[tuple[str, str]]:
    """Return what every component on the screen may tell: its id and the name of the event."""
    known = app._session_state._state._new_widget_state.widget_metadata
    shown = [sent.proto.id for sent in app.get("bidi_component")]
    return [(one, event) for one in shown for event in known[_events(one)].callbacks or ()]


def tell(app: AppTest, events: Iterable[tuple[str, str, Any]]) -> AppTest:
    """Run the app on one message in which components, by their id, tell events with their values."""
    told: dict[str, list[dict]] = {}
    for one, event, value in events:
        told.setdefault(one, []).append({"event": event, "value": value})
    states: WidgetStates = app._tree.get_widget_states()
    for one, payloads in told.items():
        states.widgets.add(id=_events(one), json_trigger_value=json.dumps(payloads))
    return app._run(states)


def _events(one: str) -> str:
    """Return the id under which a component's events arrive."""
    return f"$$STREAMLIT_INTERNAL_KEY_{one}__events"


def open_sound(chapter: str, slug: str, query: dict[str, str]) -> AppTest:
    """Run a scene with controls set by its address, their keys without the chapter's prefix."""
    app = open_scene(f"{chapter}.py", slug, **{f"{chapter}_{key}": value for key, value in query.items()})
    assert [e.message for e in app.exception] + [e.value for e in app.error] == []
    return app


def drawn(app: AppTest, index: int = 0) -> dict:
    """Return a drawing as the browser gets it, with the defaults of its primitives; NaN is no JSON."""
    parts = [part.proto for part in app.get("bidi_component") if part.proto.component_name == "drawing"]
    return unfolded(json.loads(parts[index].json, parse_constant=_refused))


def plotted(app: AppTest, key: str) -> go.Figure:
    """Return a Plotly figure as the browser gets it; NaN is no JSON."""
    sent = json.loads(part(app, key).json, parse_constant=_refused)
    return go.Figure(json.loads(sent["figure"], object_hook=_array, parse_constant=_refused))


def _array(part: dict[str, Any]) -> Any:
    """Return an array that was sent as its bytes, anything else as it is."""
    if "bdata" not in part:
        return part
    values = np.frombuffer(base64.b64decode(part["bdata"]), part["dtype"])
    shape = [int(length) for length in part.get("shape", str(len(values))).split(",")]
    assert np.isfinite(values).all()
    return values.reshape(shape)


def primitives(app: AppTest, kind: str, index: int = 0) -> list[dict]:
    """Return the primitives of one kind of a drawing, such as "mark"."""
    return [primitive for primitive in drawn(app, index)["primitives"] if primitive["kind"] == kind]


def bars(app: AppTest, key: str) -> list[tuple[str, float, str]]:
    """Return the bars of a figure from the top down: what stands at the left, the length, the text."""
    figure = plotted(app, key)
    drawn = figure.data[0]
    texts = [text.removeprefix("\u00a0") for text in drawn.text]
    return list(zip(figure.layout.yaxis.ticktext, drawn.x, texts, strict=True))


def listed(app: AppTest, key: str) -> dict[str, list]:
    """Return a table as the browser gets it: the values by title, in the order of the rows."""
    columns = json.loads(part(app, key).json, parse_constant=_refused)["columns"]
    return {
        column["title"]: [column["values"][row] for row in column["rows"]]
        if "rows" in column
        else column["values"]
        for column in columns
    }


def _refused(constant: str) -> None:
    raise ValueError(f"The browser was sent {constant}.")


def scenes_of(file: str) -> list[str]:
    """Return the slugs of a page's scenes, in their order."""
    tree = ast.parse((PAGES / file).read_text(encoding="utf-8"))
    calls = [n for n in ast.walk(tree) if isinstance(n, ast.Call) and ast.unparse(n.func) == "ui.chapter"]
    return [ast.unparse(argument).replace("_", "-") for argument in calls[-1].args]


def deck(hidden: bool = True) -> list[tuple[str, str, Path]]:
    """Return (chapter path, scene slug, page file) for every scene, in the order of the talk.

    Args:
        hidden: whether the pages are among them that only links lead to.
    """
    listed = [c for c in CHAPTERS if hidden or not c.hidden]
    return [(c.path, slug, PAGES / c.file) for c in listed for slug in scenes_of(c.file)]


def address(path: str, slug: str) -> str:
    """Return a scene's address below the app's root."""
    return f"/{path}?scene={slug}"
