"""Take it along: the address of what is seen, as a link and as a code for the last row's phones."""

import socket
from io import BytesIO
from urllib.parse import urlencode, urlsplit, urlunsplit

import segno
import streamlit as st

from explainer.components.along import along
from explainer.ui.address import shared
from explainer.ui.dialog import dialog

ALONE = ("localhost", "127.0.0.1", "::1")  # how a machine calls itself
EVERYWHERE = (None, "", "0.0.0.0", "::")  # a server that listens so is reached from its network
PATIENCE = 0.5  # seconds for an answer from this machine itself
PIXELS = 14  # of one square of the code
STAYS = "A file that was picked, a list of one's own and a trained model stay in this window."


@dialog("Take it along")
def take_along(name: str) -> None:
    """Open a window with the address of exactly what is seen, its picture and its numbers.

    Args:
        name: of the files, without their ending.
    """
    address, told = reachable(here(), st.get_option("server.address"))
    scanned, rest = st.columns([2, 3], gap="large") if address else (None, st.container())
    if scanned is not None:
        scanned.image(code(address), width="stretch")
        rest.code(address, language=None, wrap_lines=True)
    with rest:
        along(name, key="along")
        st.markdown(f"{told} :gray[{STAYS}]" if told else f":gray[{STAYS}]")


def here() -> str:
    """Return the address of what is seen, with what its controls say."""
    query = shared()
    page = st.context.url or ""
    return f"{page}?{urlencode(query)}" if query else page


def code(address: str) -> bytes:
    """Return an address as a QR code, a PNG; black on white in every theme, as phones read it best."""
    picture = BytesIO()
    segno.make(address, error="m", micro=False).save(picture, kind="png", scale=PIXELS, border=4)
    return picture.getvalue()


def reachable(address: str, listens: str | None) -> tuple[str, str]:
    """Return the address by which others get here, "" if there is none, and what is to be said about it.

    Args:
        listens: the server's own address; see ``EVERYWHERE``.
    """
    parts = urlsplit(address)
    if parts.hostname not in ALONE:
        return address, ""
    own = network_address(parts.port or 80) if listens in EVERYWHERE else None
    if own is None:
        return "", "This app runs on this machine alone: nobody else can open its address."
    port = f":{parts.port}" if parts.port else ""
    shared = urlunsplit(parts._replace(netloc=f"{own}{port}"))
    return shared, "This app runs on this machine: phones must be in the same network."


def network_address(port: int) -> str | None:
    """Return this machine's address in its network, if it is in one and its server answers there."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # kept for documents, and nothing is sent for that
            own = probe.getsockname()[0]
            socket.create_connection((own, port), timeout=PATIENCE).close()
        except OSError:
            return None
        return own
