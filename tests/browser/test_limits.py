"""A server takes what the app needs and no more, whoever sends it."""

import urllib.error
import urllib.request
from contextlib import suppress
from http.cookiejar import CookieJar

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from explainer import own_text
from explainer.ui.widgets import MOST_PASTED

pytestmark = pytest.mark.long

MEGABYTE = 1024 * 1024
BOUNDARY = b"--words"
CUT = 0
REFUSED = (413, CUT)  # the answer may come before all has been sent


@pytest.fixture
def session(app):
    """A visitor's session, kept open, and its id."""
    address = app.replace("http", "ws") + "/_stcore/stream"
    with connect(address, subprotocols=["streamlit"], max_size=None) as socket:
        message = BackMsg()
        message.rerun_script.page_name = "references"
        socket.send(message.SerializeToString())
        yield socket, until(socket, "new_session").new_session.initialize.session_id


def until(socket, kind: str) -> ForwardMsg:
    """Return the next message of a kind."""
    while (told := ForwardMsg.FromString(socket.recv(60))).WhichOneof("type") != kind:
        pass
    return told


def put(app: str, session: str, size: int, chunked: bool = False) -> int:
    """Upload a file as a browser does; return the answer's status, or CUT if none was waited for."""
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar := CookieJar()))
    opener.open(f"{app}/_stcore/health").read()
    token = next((cookie.value for cookie in jar if cookie.name == "_streamlit_xsrf"), "")
    head = b'\r\nContent-Disposition: form-data; name="a"; filename="a.txt"\r\n\r\n'
    body = BOUNDARY + head + b"A" * size + b"\r\n" + BOUNDARY + b"--\r\n"
    request = urllib.request.Request(f"{app}/_stcore/upload_file/{session}/a", method="PUT")
    request.data = iter([body[i : i + 65_536] for i in range(0, len(body), 65_536)]) if chunked else body
    request.add_header("Content-Type", f"multipart/form-data; boundary={BOUNDARY[2:].decode()}")
    request.add_header("X-Xsrftoken", token)
    try:
        return opener.open(request).status
    except urllib.error.HTTPError as error:
        return error.code
    except (urllib.error.URLError, ConnectionError):
        return CUT


def test_a_file_of_words_is_taken_and_a_larger_one_is_not(app, session):
    assert put(app, session[1], own_text.MAX_SIZE) == 204
    assert put(app, session[1], 2 * MEGABYTE + 1) in REFUSED
    assert put(app, session[1], 8 * MEGABYTE) in REFUSED


def test_a_file_that_hides_its_size_is_cut_off(app, session):
    assert put(app, session[1], own_text.MAX_SIZE, chunked=True) == 204
    assert put(app, session[1], 40 * MEGABYTE, chunked=True) in REFUSED


def test_the_longest_pasted_text_is_taken_and_a_larger_message_ends_its_sender_alone(app, session):
    socket, _ = session
    until(socket, "script_finished")
    message = BackMsg()
    message.rerun_script.widget_states.widgets.append(
        WidgetState(id="a", string_value="Ж一" * (MOST_PASTED // 2))
    )
    socket.send(message.SerializeToString())
    until(socket, "script_finished")
    message.rerun_script.widget_states.widgets[0].string_value = "A" * 13 * MEGABYTE
    with suppress(ConnectionClosed):  # it may end before all has been sent
        socket.send(message.SerializeToString())
    with pytest.raises(ConnectionClosed):
        until(socket, "nothing of this kind")
    assert urllib.request.urlopen(f"{app}/_stcore/health").status == 200
