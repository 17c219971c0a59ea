"""Drawings as lines of JSON, stroke by stroke: the ``.ndjson`` files of *Quick, Draw!* (raw or simplified).

Each line is ``{"word": "cat", "drawing": [[[x, ...], [y, ...]], ...]}``; the raw files add the times of the points.
"""

import itertools
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from genmodels.data.base import Progress
from genmodels.data.files import limits
from genmodels.errors import UserError
from genmodels.jsontext import from_json

SUFFIXES = frozenset((".ndjson", ".jsonl"))
SIDE = 28
_FINER = 4  # drawn so many times larger, then averaged: smooth edges
_PEN = 1 / 17  # of the side, as in the bitmaps that Quick, Draw! offers
_EVERY = 500  # drawings between two reports of progress

Stroke = list[tuple[float, float]]


def read(
    path: Path, side: int, progress: Progress | None
) -> tuple[NDArray[np.uint8], NDArray[np.str_] | None, list[str]]:
    """The drawings of a file, white on black, each as large as the picture allows.

    Returns:
        ``[N, side, side]``; their words ``[N]``, or None where all show the same; notes on what was left out.

    Raises:
        UserError: There is no drawing in it, or it is too large.
    """
    name, size = path.name[:60], path.stat().st_size
    if size > limits.MAX_STROKES_BYTES:
        raise UserError(f"{name!r} is larger than {limits.MAX_STROKES_BYTES >> 20} MB; give a part of it.")
    pictures: list[NDArray[np.uint8]] = []
    words: list[str] = []
    bad = 0
    with path.open("rb") as file:
        for line in itertools.islice(_lines(file), limits.MAX_DRAWINGS):
            if progress and not len(words) % _EVERY:
                progress(file.tell() / size, "Drawing strokes")
            if (strokes := _strokes(line)) is None:
                bad += 1
                continue
            pictures.append(draw(strokes, side))
            words.append(_word(line))
        more = file.read(1)
    if not pictures:
        raise UserError(f"{name!r} holds no drawings; each line has to be one as Quick, Draw! writes it.")
    notes = [f"{bad:,} line{'s' * (bad > 1)} left out: no drawing."] if bad else []
    if more:
        notes.append(f"Only the first {limits.MAX_DRAWINGS:,} lines were read.")
    return np.stack(pictures), np.array(words) if len(set(words)) > 1 else None, notes


def draw(strokes: Sequence[Stroke], side: int) -> NDArray[np.uint8]:
    """Strokes as a picture ``[side, side]``: scaled to fit, in the middle, with a round pen."""
    points = np.array([point for stroke in strokes for point in stroke])
    low, high = points.min(0), points.max(0)
    fine = side * _FINER
    pen = max(2.0, fine * _PEN)
    scale = (fine - 2 * pen) / max(float((high - low).max()), 1e-9)
    middle = (low + high) / 2
    image = Image.new("L", (fine, fine))
    pencil = ImageDraw.Draw(image)
    for stroke in strokes:
        line = [(fine / 2 + (x - middle[0]) * scale, fine / 2 + (y - middle[1]) * scale) for x, y in stroke]
        pencil.line(line, fill=255, width=round(pen), joint="curve")
        for x, y in (line[0], line[-1]):  # round ends; also what makes a dot of a single point
            pencil.ellipse((x - pen / 2, y - pen / 2, x + pen / 2, y + pen / 2), fill=255)
    return np.asarray(image.reduce(_FINER))


def pack(given: Sequence[tuple[str, bytes]], path: Path) -> Path:
    """Several files as one at ``path``, a line of each in turn; every line names its own word."""
    lines = itertools.zip_longest(*(data.splitlines() for _, data in given), fillvalue=b"")
    path.write_bytes(b"\n".join(itertools.chain.from_iterable(lines)))
    return path


def _lines(file: BinaryIO) -> Iterator[Any]:
    """The values of the lines that are not blank; None for one that is no JSON or far too long."""
    while text := file.readline(limits.MAX_LINE_BYTES):
        if len(text) == limits.MAX_LINE_BYTES and not text.endswith(b"\n"):
            while text and not text.endswith(b"\n"):  # the rest of it
                text = file.readline(limits.MAX_LINE_BYTES)
            yield None
        elif text.strip():
            try:
                yield from_json(text)
            except ValueError:
                yield None


def _word(line: dict[str, Any]) -> str:
    return str(line.get("word", ""))[:60]


def _strokes(line: Any) -> list[Stroke] | None:
    """The strokes of a drawing, or None where it is none."""
    drawing = line.get("drawing") if isinstance(line, dict) else None
    if not isinstance(drawing, list) or not drawing:
        return None
    strokes: list[Stroke] = []
    for stroke in drawing:
        if not isinstance(stroke, list) or len(stroke) < 2:
            return None
        xs, ys = stroke[:2]
        if not (_are_numbers(xs) and _are_numbers(ys) and len(xs) == len(ys)):
            return None
        strokes.append(list(zip(xs, ys, strict=True)))
    return strokes if sum(map(len, strokes)) <= limits.MAX_STROKE_POINTS else None


def _are_numbers(values: Any) -> bool:
    return (
        isinstance(values, list)
        and bool(values)
        and all(type(value) in (int, float) and abs(value) < 1e6 for value in values)
    )
