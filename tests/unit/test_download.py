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


def test_a_part_that_is_whole_already_is_not_fetched_again(server, tmp_path):
    (tmp_path / "file.part").write_bytes(DATA)
    assert fetch(server, tmp_path) == DATA
    assert server.asked == [("/file", f"bytes={len(DATA)}-")]


def test_a_server_that_has_no_bytes_at_all_is_believed(server, tmp_path):
    server.failures = [416] * 9
    with pytest.raises(DownloadError, match="the server answered 416 ") as error:
        fetch(server, tmp_path)
    assert error.value.status == 416
    assert len(server.asked) == 1


def test_no_part_helps_where_no_range_is_satisfiable(server, tmp_path):
    (tmp_path / "file.part").write_bytes(b"x" * 10)
    server.failures = [416, 416]
    with pytest.raises(DownloadError, match="the server answered 416 "):
        fetch(server, tmp_path)
    assert server.asked == [("/file", "bytes=10-"), ("/file", None)]


@pytest.mark.parametrize("length", ["many", "-5", "1e6", "9" * 400, "12, 12", ""])
def test_a_length_that_makes_no_sense_is_told(server, tmp_path, length):
    server.lengths = [length] * 9
    with pytest.raises(DownloadError, match=r"the server says that “.*” bytes will come"):
        fetch(server, tmp_path)
    assert len(server.asked) == 1
    assert not (tmp_path / "file").exists()


def test_a_file_of_untold_length_arrives(server, tmp_path):
    server.lengths = [None]
    assert fetch(server, tmp_path) == DATA


def test_a_length_that_is_too_long_is_a_broken_connection(server, tmp_path):
    server.lengths = [len(DATA) + 1] * 9
    server.ranges = False
    with pytest.raises(DownloadError, match="broke off after 256,000 of 256,001 bytes"):
        fetch(server, tmp_path)


@pytest.mark.parametrize("length", [len(DATA), None])
def test_a_file_that_is_too_large_is_not_kept(server, tmp_path, length):
    server.lengths = [length]
    with pytest.raises(DownloadError, match=r"larger than 0\.2 MB"):
        download(server.address("/file"), tmp_path / "file", most=200_000)
    assert list(tmp_path.iterdir()) == []
    assert len(server.asked) == 1


def test_a_file_that_takes_too_long_is_kept_for_the_next_start(server, tmp_path):
    server.slow = 0.02
    with pytest.raises(DownloadError, match=r"took too long\. Check the network and start again; it goes on"):
        download(server.address("/file"), tmp_path / "file", seconds=0.1)
    have = (tmp_path / "file.part").stat().st_size
    assert 0 < have < len(DATA)
    server.slow = 0.0
    assert fetch(server, tmp_path) == DATA
    assert server.asked[-1] == ("/file", f"bytes={have}-")


def test_attempts_end_when_the_time_is_over(server, tmp_path):
    server.failures = [503] * 9
    with pytest.raises(DownloadError, match="took too long"):
        download(server.address("/file"), tmp_path / "file", pause=0.1, seconds=0.2)
    assert 1 < len(server.asked) < 5


def test_a_full_disk_is_not_taken_for_a_broken_network(server, tmp_path):
    (tmp_path / "file.part").symlink_to("/dev/full")
    with pytest.raises(DownloadError, match=r"cannot be written to \(No space left on device\)\. Make room"):
        fetch(server, tmp_path)
    assert len(server.asked) == 1


def test_a_folder_that_cannot_be_made_is_told(server, tmp_path):
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(DownloadError, match="file cannot be written to"):
        download(server.address("/file"), tmp_path / "file" / "below")


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
