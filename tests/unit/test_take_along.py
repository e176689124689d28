"""What is taken along leads back here, for others as well."""

import socket

import pytest

from explainer.ui import take_along
from explainer.ui.take_along import reachable

PAGE = "http://localhost:8501/bigram?scene=sample&bigram_seed=7"


def test_an_address_of_a_host_is_taken_as_it_is():
    assert reachable("https://talk.example/mlp?scene=tanh", None) == (
        "https://talk.example/mlp?scene=tanh",
        "",
    )


def test_on_this_machine_others_get_its_address_in_the_network(monkeypatch):
    monkeypatch.setattr(take_along, "network_address", lambda _: "10.0.0.7")
    address, told = reachable(PAGE, "0.0.0.0")
    assert address == "http://10.0.0.7:8501/bigram?scene=sample&bigram_seed=7"
    assert "same network" in told


@pytest.mark.parametrize(
    ("listens", "own"), [("127.0.0.1", "10.0.0.7"), ("localhost", "10.0.0.7"), (None, None)]
)
def test_what_nobody_else_can_open_is_not_handed_out(monkeypatch, listens, own):
    monkeypatch.setattr(take_along, "network_address", lambda _: own)
    address, told = reachable(PAGE, listens)
    assert address == ""
    assert "nobody else" in told


def test_an_address_is_handed_out_only_if_a_server_answers_there(monkeypatch):
    own = "127.0.0.1"

    class Routed(socket.socket):
        """A machine whose network is its own loop."""

        def connect(self, address):
            super().connect((own, 9) if self.type == socket.SOCK_DGRAM else address)

    with socket.create_server((own, 0)) as server:
        port = server.getsockname()[1]
        monkeypatch.setattr(socket, "socket", Routed)
        assert take_along.network_address(port) == own
    assert take_along.network_address(port) is None


def test_the_code_is_large_enough_for_the_last_row_and_has_a_quiet_border():
    picture = take_along.code(PAGE)
    assert picture.startswith(b"\x89PNG")
    width = int.from_bytes(picture[16:20])
    assert width % take_along.PIXELS == 0
    assert width >= (21 + 8) * take_along.PIXELS
