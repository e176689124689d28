"""Downloads: retried, resumed, refused, and explained."""

import pytest

from explainer.download import DownloadError, download
from tests.local_server import LocalServer

DATA = bytes(range(256)) * 1000


@pytest.fixture
def server():
    with LocalServer({"/file": DATA}) as server:
        yield server


def fetch(server, tmp_path, path="/file"):
    return download(server.address(path), tmp_path / "file", pause=0.001).read_bytes()


def test_a_file_arrives_and_its_progress_is_reported(server, tmp_path, capsys):
    assert fetch(server, tmp_path) == DATA
    assert "100% 0.3 MB" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_the_report_counts_bytes(server, tmp_path):
    seen = []
    download(server.address("/file"), tmp_path / "file", report=lambda *state: seen.append(state))
    assert seen[-1] == (len(DATA), len(DATA))
    assert seen == sorted(seen)


def test_it_tries_again(server, tmp_path):
    server.failures = [503, 500, 429]
    assert fetch(server, tmp_path) == DATA
    assert len(server.asked) == 4


def test_it_gives_up_after_five_attempts(server, tmp_path):
    server.failures = [503] * 9
    with pytest.raises(DownloadError, match=r"the server answered 503 .*Check the network and start again"):
        fetch(server, tmp_path)
    assert len(server.asked) == 5


def test_it_goes_on_where_it_broke_off(server, tmp_path):
    server.failures = [50_000, 100_000]
    assert fetch(server, tmp_path) == DATA
    assert [wanted for _, wanted in server.asked] == [None, "bytes=50000-", "bytes=150000-"]


def test_it_goes_on_after_a_restart(server, tmp_path):
    (tmp_path / "file.part").write_bytes(DATA[:70])
    assert fetch(server, tmp_path) == DATA
    assert server.asked == [("/file", "bytes=70-")]


def test_it_starts_again_where_ranges_are_not_served(server, tmp_path):
    server.ranges, server.failures = False, [50_000]
    assert fetch(server, tmp_path) == DATA


def test_it_drops_a_part_that_cannot_be_continued(server, tmp_path):
    (tmp_path / "file.part").write_bytes(b"x" * 1_000_000)
    assert fetch(server, tmp_path) == DATA


def test_it_takes_no_for_an_answer(server, tmp_path):
    with pytest.raises(DownloadError, match=r"the server answered 404 ") as error:
        fetch(server, tmp_path, "/nothing")
    assert error.value.status == 404
    assert len(server.asked) == 1
    assert not (tmp_path / "file").exists()


def test_an_address_that_nobody_serves(tmp_path):
    with pytest.raises(DownloadError, match=r"could not be downloaded: .*Check the network") as error:
        download("http://nowhere.invalid/file", tmp_path / "file", pause=0.001)
    assert error.value.status is None
