"""The history of a run: a line of JSON for each event, appended, and thinned where it outgrows the room of the run."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from genmodels.jsontext import from_json
from genmodels.training.files import read_lines, replacing

THINNED = ("step", "evaluation")
"""Kinds of events of which a part tells as much; all others are kept."""


def read(path: Path, offset: int = 0) -> tuple[list[dict[str, Any]], int]:
    """Events since ``offset``, and the next offset; 0 where the history was thinned meanwhile: read it anew then."""
    return read_lines(path, offset) if _ends_line(path, offset) else ([], 0)


def events(path: Path) -> Iterator[dict[str, Any]]:
    """All of them, however many there are."""
    offset = 0
    while True:
        part, end = read(path, offset)
        yield from part
        if end <= offset:
            return
        offset = end


def thin(path: Path, most: float) -> None:
    """Where it takes more than ``most`` bytes, drop every second step and evaluation, never the last of them."""
    if not path.exists() or path.stat().st_size <= most:
        return
    lines = path.read_bytes().splitlines(keepends=True)
    kinds = [_kind(line) for line in lines]
    later, kept = Counter(kinds), []
    for line, kind in zip(lines, kinds, strict=True):
        later[kind] -= 1
        if kind not in THINNED or later[kind] % 2 == 0:
            kept.append(line)
    with replacing(path) as temporary:
        temporary.write_bytes(b"".join(kept))


def _ends_line(path: Path, offset: int) -> bool:
    """Whether a line ends at ``offset``: seldom so where other lines have taken the place of those that were read."""
    if offset == 0:
        return True
    try:
        with path.open("rb") as file:
            file.seek(offset - 1)
            return file.read(1) == b"\n"
    except OSError:
        return False


def _kind(line: bytes) -> str:
    """Of an event; empty where the line is damaged."""
    try:
        return str(from_json(line)["event"])
    except (ValueError, TypeError, KeyError):
        return ""
