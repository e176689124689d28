"""All that hangs on Streamlit's inside, each with its reason: no other module knows more than is documented.

``SEEN_WITH`` is the version with which it was seen to hold; the names in its page stand in
``streamlit_inside.js``, and in ``deck_keys/stage.css``, which gives its blocks their places.
"""

from collections.abc import Sequence

from streamlit import runtime
from streamlit.errors import FragmentHandledException
from streamlit.runtime import Runtime, RuntimeState
from streamlit.runtime.scriptrunner import ScriptRunContext, get_script_run_ctx
from streamlit.runtime.state.query_params import QueryParams

__all__ = ["FragmentHandledException", "QueryParams"]  # what a guard lets pass; the address, as a type
SEEN_WITH = "1.67.0"


def this_run() -> object:
    """Return what is new in each run, which has no other name; None outside of one."""
    return getattr(get_script_run_ctx(), "cursors", None)


def has_dialog() -> bool:
    """Return whether this run has opened a dialog: a second one would end it."""
    return getattr(get_script_run_ctx(), "has_dialog_opened", False)


def _run() -> ScriptRunContext:
    context = get_script_run_ctx()
    if context is None:
        raise RuntimeError("No script runs in this thread: only one that draws a page may ask.")
    return context


def this_tab() -> str:
    """Return the name of the session, one a tab."""
    return _run().session_id


def is_open(tab: str) -> bool:
    """Return whether a tab is connected: the session manager alone knows."""
    return runtime.exists() and runtime.get_instance().is_active_session(tab)


def server() -> Runtime:
    """Return the server, to see when it stops: a thread of ours must end with it."""
    return Runtime.instance()


def runs(server: Runtime) -> bool:
    """Return whether a server has not stopped."""
    return server.state is not RuntimeState.STOPPED


def goes_back() -> bool:
    """Return whether this run was asked for by Back or Forward: what was seen there comes back."""
    return _run().is_history_navigation


# --- the address: st.query_params does not tell the values that wait for controls not yet drawn ---


def query() -> QueryParams:
    """Return the parameters, with those values."""
    with _run().session_state.query_params() as found:
        return found


def put(found: QueryParams, key: str, values: Sequence[str]) -> None:
    """Give a parameter values that its control takes when it is drawn."""
    found.set_corrected_value(key, list(values), "string_array_value")
    found._initial_query_params[key] = list(values)


def read_as(found: QueryParams, key: str, values: Sequence[str]) -> None:
    """Have a control read other values than the address says; the address stays as it is."""
    found.set_with_no_forward_msg(key, values[0] if len(values) == 1 else list(values))
    found._initial_query_params[key] = list(values)


def drop(found: QueryParams, key: str) -> None:
    """Take a parameter out, and what waits for its control."""
    found.remove_param(key)
    found._initial_query_params.pop(key, None)
