"""Files from the network: fetched once, checked, and taken up again where an earlier try broke off.

What has arrived lies beside its place as ``<name>.part`` and is asked for no second time where the server can start in
the middle (RFC 9110, section 14). Whether the pieces belong together is decided by the checksum, at the end.
"""

import contextlib
import errno
import hashlib
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from http.client import HTTPException
from pathlib import Path
from typing import Any, NamedTuple
from urllib.error import HTTPError

from filelock import FileLock, Timeout

TIMEOUT = 20.0
"""Seconds without an answer or without a byte after which a download is given up."""
TRIES = 20
"""How often one address is asked to go on, as long as each time something arrives."""
_CHUNK = 1 << 18
_WAIT = 0.5

Told = Callable[[float], None]
"""Called with a fraction from 0 to 1; what it raises ends the download, which can be taken up again."""


class Original(NamedTuple):
    """A file as its authors publish it.

    Attributes:
        urls: Where it may lie.
        path: Its path under the root.
        checksum: MD5 or SHA-256, hexadecimal; the length says which.
        page: Where a person gets it; empty: at the first address.
    """

    urls: tuple[str, ...]
    path: Path
    checksum: str
    page: str = ""


class NotFetchedError(Exception):
    """No address gave the ``original`` whole; the message is the shortest reason."""

    def __init__(self, original: Original, reason: str) -> None:
        super().__init__(reason)
        self.original = original


def fetch_all(originals: Sequence[Original], told: Told) -> None:
    """Downloads the originals that are not there whole.

    Raises:
        NotFetchedError: One of them cannot be had.
    """
    for number, original in enumerate(originals):

        def part(fraction: float, number: int = number) -> None:
            told((number + fraction) / len(originals))

        if not is_whole(original.path, original.checksum):
            fetch(original, part)


def fetch(original: Original, told: Told) -> None:
    """Downloads one file from the first address that gives it whole; where another process is at it, waits for that.

    Raises:
        NotFetchedError: No address does.
    """
    problem: Exception = OSError("no address")
    part = original.path.with_name(f"{original.path.name}.part")
    try:
        original.path.parent.mkdir(parents=True, exist_ok=True)
        with _alone(original.path, told):
            if is_whole(original.path, original.checksum):
                return
            for url in original.urls:
                try:
                    _complete(url, part, original.checksum, told)
                    part.replace(original.path)
                    return
                except (OSError, HTTPException) as error:  # urllib's errors are OSErrors
                    problem = error
            if getattr(problem, "errno", None) == errno.ENOSPC:
                part.unlink(missing_ok=True)
    except OSError as error:  # of the disk, outside of any download
        problem = error
    raise NotFetchedError(original, shortly(problem)) from problem


@contextlib.contextmanager
def _alone(path: Path, told: Told) -> Iterator[None]:
    """While no other process fetches ``path``. The system takes the lock from a process that dies."""
    place = path.with_name(f".{path.name}.lock")
    lock = FileLock(place)
    while True:
        with contextlib.suppress(Timeout):
            lock.acquire(timeout=_WAIT)
            break
        told(0.0)  # whoever listens may not want to wait
    try:
        yield
    finally:
        with contextlib.suppress(OSError):  # whoever waits at a lock that is gone makes a new one
            place.unlink()
        lock.release()


def _complete(url: str, part: Path, checksum: str, told: Told) -> None:
    """Fetches what ``part`` lacks until it is whole; one that turns out to be of another file is begun anew."""
    problem: Exception = OSError("the connection broke off again and again")
    for _ in range(TRIES):
        before = _size(part)
        try:
            _go_on(url, part, told)
        except (OSError, HTTPException) as error:
            if _size(part) == before:
                raise
            problem = error
            continue
        if is_whole(part, checksum):
            return
        part.unlink(missing_ok=True)
        if not before:
            raise OSError("the file arrived damaged")
    raise problem


def _go_on(url: str, part: Path, told: Told) -> None:
    """Asks for what ``part`` lacks and adds it; writes it anew where the server sends everything.

    Raises:
        OSError, HTTPException: Not all of it arrived.
    """
    done = _size(part)
    headers = {"User-Agent": "genmodels"} | ({"Range": f"bytes={done}-"} if done else {})
    try:
        response = urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=TIMEOUT)
    except HTTPError as error:
        if done and error.code == 416:  # there is nothing behind this: the checksum tells whether it is all
            return
        raise
    with response:
        if response.headers.get_content_type() == "text/html":
            raise OSError("a web page came instead of the file")
        if response.status == 206 and not _starts_at(response, done):
            part.unlink(missing_ok=True)
            raise OSError("another piece came than was asked for")
        if response.status != 206:
            done = 0
        length = int(response.headers.get("Content-Length") or 0)
        total = done + length
        with part.open("ab" if done else "wb") as file:
            while chunk := response.read(_CHUNK):
                file.write(chunk)
                done += len(chunk)
                told(min(1.0, done / total) if length else 0.0)
    if length and done < total:
        raise OSError("the connection broke off")


def _starts_at(response: Any, position: int) -> bool:
    return str(response.headers.get("Content-Range", "")).startswith(f"bytes {position}-")


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def is_whole(path: Path, checksum: str) -> bool:
    """Whether the file is there and is what its authors published."""
    if not path.is_file():
        return False
    with path.open("rb") as file:
        if len(checksum) == 64:
            return hashlib.file_digest(file, "sha256").hexdigest() == checksum
        return hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False)).hexdigest() == checksum


def shortly(error: BaseException) -> str:
    """The shortest words an error has for itself."""
    if isinstance(error, HTTPException):
        return f"the connection broke off: {type(error).__name__}"
    inner = getattr(error, "reason", error)  # urllib wraps what happened
    return str(getattr(inner, "strerror", None) or inner)[:100]
