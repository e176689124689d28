"""Visitors without a browser: sessions that speak Streamlit's protocol over a websocket, many in one process.

A session keeps what a browser would: the scene's elements, the fragment each of them belongs to, and the
values of its widgets; a change of a widget asks for a rerun of its fragment alone, as the browser does.
"""

import asyncio
import json
import time
from dataclasses import dataclass, field
from typing import Any, Self
from urllib.parse import urlencode

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.Element_pb2 import Element
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

PATIENCE = 120.0  # seconds until a run that does not end counts as failed


class Failed(RuntimeError):
    """A run ended with an exception on the screen, or did not end."""


@dataclass
class Run:
    """What one run sent: how long it took, in seconds, and the bytes of every message."""

    seconds: float = 0.0
    first: float = 0.0  # seconds until the first message
    sizes: list[int] = field(default_factory=list)
    largest: str = ""  # what the largest message held


@dataclass
class Placed:
    """An element on the screen and the fragment that draws it ("" for the shell's)."""

    element: Element
    fragment: str
    run: int  # the last one that drew it


class Session:
    """One visitor; ``async with Session(address) as visitor``.

    Args:
        address: of the server, such as ``http://127.0.0.1:8501``.
    """

    def __init__(self, address: str) -> None:
        self._address = address.replace("http", "ws", 1).rstrip("/") + "/_stcore/stream"
        self._page = ""  # hash of the page on the screen
        self._query = ""
        self._triggers: list[WidgetState] = []
        self._values: dict[str, WidgetState] = {}
        self._socket: ClientConnection  # as long as the window is open
        self._runs = 0
        self.pages: dict[str, str] = {}  # url path -> page hash
        self.elements: dict[tuple[int, ...], Placed] = {}
        self.timers: dict[str, float] = {}  # fragment -> seconds after which the browser runs it again

    async def __aenter__(self) -> Self:
        self._socket = await connect(
            self._address, subprotocols=[Subprotocol("streamlit")], max_size=None, compression=None
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._socket.close()

    async def open(self, path: str = "", **query: Any) -> Run:
        """Open a page by its address, in a window that was empty or showed another page."""
        self._query, self.elements, self._values, self.timers = urlencode(query), {}, {}, {}
        message = BackMsg()
        if path.strip("/") in self.pages:
            self._page = message.rerun_script.page_script_hash = self.pages[path.strip("/")]
        else:
            message.rerun_script.page_name = path.strip("/")
        return await self._run(message)

    async def set(self, key: str, value: Any) -> Run:
        """Give the widget with a key a value, as its control would; runs its fragment."""
        return await self.put(self.find(key), value)

    async def put(self, placed: Placed, value: Any) -> Run:
        """Give a widget on the screen a value; runs its fragment."""
        self._values[_id(placed.element)] = _state(placed.element, value)
        return await self.again(placed.fragment)

    async def press(self, key: str) -> Run:
        """Press the button with a key."""
        placed = self.find(key)
        self._triggers.append(WidgetState(id=_id(placed.element), trigger_value=True))
        return await self.again(placed.fragment)

    async def event(self, key: str, name: str, value: Any) -> Run:
        """Report an event of the component with a key, such as ``"pick", {"scene": 1}`` of the frame."""
        placed = self.find(key)
        told = json.dumps([{"event": name, "value": value}])
        state = WidgetState(
            id=f"$$STREAMLIT_INTERNAL_KEY_{_id(placed.element)}__events", json_trigger_value=told
        )
        self._triggers.append(state)
        return await self.again(placed.fragment)

    async def clear_cache(self) -> None:
        """Ask for all caches to be cleared, as any browser may."""
        await self._socket.send(BackMsg(clear_cache=True).SerializeToString())

    def find(self, key: str) -> Placed:
        """Return the element with a key.

        Raises:
            Failed: if it is not on the screen.
        """
        for placed in self.elements.values():
            if _id(placed.element).endswith(f"-{key}"):
                return placed
        raise Failed(f"no element with the key {key} is on the screen")

    def kinds(self, *kinds: str) -> list[Placed]:
        """Return the elements of some kinds, such as "slider"."""
        return [p for p in self.elements.values() if p.element.WhichOneof("type") in kinds]

    async def again(self, fragment: str) -> Run:
        """Run a fragment as it is, as its timer in the browser does."""
        message = BackMsg()
        message.rerun_script.fragment_id = fragment
        message.rerun_script.page_script_hash = self._page
        return await self._run(message)

    async def _run(self, message: BackMsg) -> Run:
        asked, self._triggers = self._triggers, []
        message.rerun_script.query_string = self._query
        message.rerun_script.context_info.url = self._address
        message.rerun_script.widget_states.widgets.extend([*self._values.values(), *asked])
        self._runs += 1
        begun, run = time.perf_counter(), Run()
        await self._socket.send(message.SerializeToString())
        async with asyncio.timeout(PATIENCE):
            while not await self._heard(run, begun):
                pass
        run.seconds = time.perf_counter() - begun
        self._forget(message.rerun_script.fragment_id)
        return run

    def _forget(self, fragment: str) -> None:
        """Drop what a run, of a fragment or of all, did not draw again."""
        self.elements = {
            place: placed
            for place, placed in self.elements.items()
            if placed.run == self._runs or (fragment and placed.fragment != fragment)
        }

    async def _heard(self, run: Run, begun: float) -> bool:
        """Take one message; return whether it ends the run."""
        raw = await self._socket.recv()
        told = ForwardMsg.FromString(raw)
        if not run.sizes:
            run.first = time.perf_counter() - begun
        if len(raw) > max(run.sizes, default=0):
            run.largest = _described(told)
        run.sizes.append(len(raw))
        self._take(told)
        ended = (ForwardMsg.FINISHED_SUCCESSFULLY, ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY)
        return told.WhichOneof("type") == "script_finished" and told.script_finished in ended

    def _take(self, told: ForwardMsg) -> None:
        kind = told.WhichOneof("type")
        if kind == "navigation":
            self.pages = {p.url_pathname: p.page_script_hash for p in told.navigation.app_pages}
            self._page = told.navigation.page_script_hash
        elif kind == "page_info_changed":
            self._query = told.page_info_changed.query_string
        elif kind == "auto_rerun":
            self.timers[told.auto_rerun.fragment_id] = told.auto_rerun.interval
        elif kind == "stop_auto_rerun":
            for fragment in told.stop_auto_rerun.fragment_ids:
                self.timers.pop(fragment, None)
        elif kind == "delta" and told.delta.WhichOneof("type") == "new_element":
            element = told.delta.new_element
            if element.WhichOneof("type") == "exception":
                raise Failed(f"{element.exception.type}: {element.exception.message}")
            place = tuple(told.metadata.delta_path)
            self.elements[place] = Placed(element, told.delta.fragment_id, self._runs)


def _id(element: Element) -> str:
    kind = element.WhichOneof("type")
    return getattr(getattr(element, kind), "id", "") if kind else ""


def _described(told: ForwardMsg) -> str:
    kind = told.WhichOneof("type") or ""
    if kind != "delta" or told.delta.WhichOneof("type") != "new_element":
        return kind
    element = told.delta.new_element
    return f"{element.WhichOneof('type')} {_id(element)}".strip()


# kind of element -> the field of a widget's state that its value travels in
FIELDS = {
    "slider": "double_array_value",
    "button_group": "string_array_value",
    "multiselect": "string_array_value",
    "number_input": "double_value",
    "checkbox": "bool_value",
    "text_input": "string_value",
    "text_area": "string_value",
    "selectbox": "string_value",
}


def _state(element: Element, value: Any) -> WidgetState:
    """Return a widget's value as it travels; of a slider with named steps, the step's name."""
    kind, state = element.WhichOneof("type") or "", WidgetState(id=_id(element))
    field_ = "string_array_value" if kind == "slider" and element.slider.options else FIELDS[kind]
    if field_.endswith("array_value"):
        getattr(state, field_).data.extend(value if isinstance(value, list | tuple) else [value])
    else:
        setattr(state, field_, value)
    return state
