"""The idx format of the MNIST family: zero, zero, type, number of dimensions, dimensions (big-endian), values."""

import gzip
import math
import zlib
from pathlib import Path
from typing import BinaryIO, NamedTuple, cast

import numpy as np
from numpy.typing import NDArray

from genmodels.data.files import limits
from genmodels.errors import UserError

_UINT8 = 8
_CHUNK = 1 << 20


class Pair(NamedTuple):
    """An images file and its labels file, if there is one."""

    images: Path
    labels: Path | None


def read_array(path: Path) -> NDArray[np.uint8]:
    """The array of one idx file, gzipped or not, of 1 to 4 dimensions.

    Raises:
        UserError: It is no idx file of bytes, is truncated, too long, damaged or beyond the limit.
    """
    with path.open("rb") as file:
        packed = file.read(2) == b"\x1f\x8b"
    try:
        with gzip.open(path) if packed else path.open("rb") as opened:
            return _parse(cast(BinaryIO, opened), path.name)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise UserError(f"{path.name[:60]!r} is damaged or cut off; copy or download it again.") from error


def _parse(file: BinaryIO, name: str) -> NDArray[np.uint8]:
    head = file.read(4)
    if len(head) < 4 or head[:2] != b"\0\0" or not 1 <= head[3] <= 4:
        raise UserError(f"{name[:60]!r} is not an idx file: it does not begin as one; give the original file.")
    if head[2] != _UINT8:
        raise UserError(f"{name[:60]!r} holds values of idx type {head[2]:#04x}; only bytes (0x08) can be read.")
    shape = tuple(int(n) for n in np.frombuffer(file.read(4 * head[3]), ">u4"))
    if len(shape) < head[3]:
        raise UserError(f"{name[:60]!r} ends within its header; copy or download it again.")
    expected = math.prod(shape)
    if expected > limits.MAX_ARRAY_BYTES:
        raise UserError(f"{name[:60]!r} says it holds {expected:,} bytes; at most {limits.MAX_ARRAY_BYTES:,} are read.")
    # Grown as bytes arrive: a header may promise much more than the file holds.
    values = bytearray()
    while len(values) <= expected and (chunk := file.read(min(_CHUNK, expected + 1 - len(values)))):
        values += chunk
    if len(values) != expected:
        wrong = "is cut off" if len(values) < expected else "is longer than its header says"
        raise UserError(f"{name[:60]!r} {wrong}; copy or download it again.")
    return np.frombuffer(values, np.uint8).reshape(shape)


def is_images(path: Path) -> bool:
    """Whether a file is named as the images of an idx pair."""
    return "idx3" in path.name or "idx4" in path.name


def labels_beside(images: Path) -> Path | None:
    """The labels file that belongs to an images file by its name, unpacked or gzipped."""
    name = images.name.removesuffix(".gz").replace("images", "labels").replace("idx3", "idx1").replace("idx4", "idx1")
    if name == images.name.removesuffix(".gz"):
        return None
    candidates = (images.with_name(name), images.with_name(f"{name}.gz"))
    return next((path for path in candidates if path.is_file()), None)


def pairs_in(folder: Path) -> list[Pair]:
    """The idx pairs lying directly in a folder, sorted by name; a file that is there twice is taken unpacked."""
    found: dict[str, Path] = {}
    for path in sorted(filter(Path.is_file, folder.glob("*idx[34]*"))):
        found.setdefault(path.name.removesuffix(".gz"), path)  # "x" sorts before "x.gz"
    return [Pair(path, labels_beside(path)) for path in found.values()]
