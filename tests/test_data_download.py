"""Downloads that break off, go on, are of another file, or are begun by two at once."""

import hashlib
import random
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from genmodels.data import download
from genmodels.data.download import NotFetchedError, Original, fetch, fetch_all
from tests.file_server import Served, serving

CONTENT = random.Random(0).randbytes(1_500_000)
SHA256 = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture
def server() -> Iterator[Served]:
    with serving(CONTENT) as served:
        yield served


@pytest.fixture
def original(server: Served, tmp_path: Path) -> Original:
    return Original((server.url,), tmp_path / "folder" / "file.zip", SHA256)


def quiet(fraction: float) -> None:
    pass


def left(original: Original) -> dict[str, int]:
    """What lies in the folder, and how large it is."""
    return {path.name: path.stat().st_size for path in original.path.parent.iterdir()}


def part_of(original: Original, content: bytes) -> None:
    original.path.parent.mkdir()
    (original.path.parent / "file.zip.part").write_bytes(content)


def test_a_broken_connection_goes_on_where_it_broke_off(server: Served, original: Original) -> None:
    server.break_at = [400_000, 300_000]
    told: list[float] = []
    fetch(original, told.append)
    assert original.path.read_bytes() == CONTENT
    assert server.asked == ["", "bytes=400000-", "bytes=700000-"]
    assert left(original) == {"file.zip": len(CONTENT)}
    assert told == sorted(told)
    assert told[-1] == 1.0


def test_what_was_fetched_before_is_not_asked_for_again(server: Served, original: Original) -> None:
    def leave(fraction: float) -> None:
        if fraction > 0.5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fetch(original, leave)
    (size,) = left(original).values()
    assert 0.5 < size / len(CONTENT) < 1
    fetch(original, quiet)
    assert original.path.read_bytes() == CONTENT
    assert server.asked == ["", f"bytes={size}-"]


def test_a_server_that_cannot_start_in_the_middle_sends_everything(server: Served, original: Original) -> None:
    part_of(original, CONTENT[:500_000])
    server.ranges = False
    fetch(original, quiet)
    assert original.path.read_bytes() == CONTENT
    assert server.asked == ["bytes=500000-"]


@pytest.mark.parametrize("stale", [bytes(500_000), bytes(len(CONTENT)), bytes(len(CONTENT) + 7)])
def test_a_part_of_another_file_is_thrown_away(server: Served, original: Original, stale: bytes) -> None:
    part_of(original, stale)
    fetch(original, quiet)
    assert original.path.read_bytes() == CONTENT
    assert server.asked == [f"bytes={len(stale)}-", ""]
    assert left(original) == {"file.zip": len(CONTENT)}


def test_another_piece_than_was_asked_for_is_not_added(server: Served, original: Original) -> None:
    part_of(original, CONTENT[:500_000])
    server.shift = -3
    fetch(original, quiet)
    assert original.path.read_bytes() == CONTENT
    assert server.asked == ["bytes=500000-", ""]


def test_a_damaged_file_leaves_nothing(server: Served, original: Original) -> None:
    server.content = CONTENT[:-1] + b"?"
    with pytest.raises(NotFetchedError, match="damaged"):
        fetch(original, quiet)
    assert left(original) == {}


def test_a_web_page_is_no_file_and_spoils_nothing(server: Served, original: Original) -> None:
    part_of(original, CONTENT[:500_000])
    server.html = True
    with pytest.raises(NotFetchedError, match="a web page came instead"):
        fetch(original, quiet)
    assert left(original) == {"file.zip.part": 500_000}
    server.html = False
    fetch(original, quiet)
    assert original.path.read_bytes() == CONTENT


def test_a_server_that_gives_nothing_more_is_left_and_the_next_one_goes_on(server: Served, original: Original) -> None:
    with serving(CONTENT) as poor:
        poor.break_at = [600_000] + [0] * 5
        fetch(original._replace(urls=(poor.url, server.url)), quiet)
    assert original.path.read_bytes() == CONTENT
    assert poor.asked == ["", "bytes=600000-"]
    assert server.asked == ["bytes=600000-"]


def test_two_at_once_fetch_it_once(server: Served, original: Original, monkeypatch) -> None:
    monkeypatch.setattr(download, "_WAIT", 0.01)
    server.gate = threading.Event()
    waited = threading.Event()

    def second(fraction: float) -> None:
        waited.set()

    threads = [threading.Thread(target=fetch, args=(original, quiet))]
    threads[0].start()
    while not server.asked:  # the first one is in the middle of it
        waited.wait(0.01)
    threads.append(threading.Thread(target=fetch, args=(original, second)))
    threads[1].start()
    assert waited.wait(30)
    server.gate.set()
    for thread in threads:
        thread.join(30)
    assert original.path.read_bytes() == CONTENT
    assert server.asked == [""]
    assert left(original) == {"file.zip": len(CONTENT)}


def test_what_lies_there_whole_is_not_fetched(server: Served, original: Original, tmp_path: Path) -> None:
    original.path.parent.mkdir()
    original.path.write_bytes(CONTENT)
    told: list[float] = []
    md5 = hashlib.md5(CONTENT, usedforsecurity=False).hexdigest()
    fetch_all([original, original._replace(checksum=md5), original._replace(path=tmp_path / "other")], told.append)
    assert server.asked == [""]
    assert min(told) >= 2 / 3
    assert told[-1] == 1.0
