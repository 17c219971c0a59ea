"""Images from an ``.npz`` or ``.npy``, without ever unpickling and without trusting a declared shape."""

import io
import math
from pathlib import Path
from typing import Any

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from genmodels.data.files import limits
from genmodels.data.files.sources import Member, UnreadableError, Zip
from genmodels.errors import UserError

IMAGE_NAMES = ("x", "X", "images", "data", "x_train", "arr_0")
_HEADER_BYTES = 1 << 17  # NumPy itself refuses headers of more than 10,000 characters
LABEL_NAMES = ("y", "Y", "labels", "targets", "y_train", "arr_1")


def read_arrays(path: Path) -> tuple[NDArray[Any], NDArray[Any] | None]:
    """The array of images and the array of labels, if there is one, found by their names.

    Raises:
        UserError: There is no such array, it holds Python objects, is damaged or beyond the limit.
    """
    with Zip(path) as archive:
        names = {member.name.removesuffix(".npy"): member for member in archive.members()}
        images = next((names[name] for name in IMAGE_NAMES if name in names), None)
        labels = next((names[name] for name in LABEL_NAMES if name in names), None)
        if images is None:
            raise UserError(
                f"{path.name[:60]!r} holds no array called {', '.join(IMAGE_NAMES[:-1])} or {IMAGE_NAMES[-1]}; "
                "save the images under one of these names."
            )
        return _read(archive, images), None if labels is None else _read(archive, labels)


def read_array(path: Path) -> NDArray[Any]:
    """The array of an ``.npy``, for instance the bitmaps of Quick, Draw!

    Raises:
        UserError: It holds Python objects, is damaged or beyond the limit.
    """
    with path.open("rb") as file:
        data = file.read(limits.MAX_ARRAY_BYTES + 1)
    if len(data) > limits.MAX_ARRAY_BYTES:
        raise UserError(f"{path.name[:60]!r} is larger than {limits.MAX_ARRAY_BYTES >> 20} MB; give a part of it.")
    return _parsed(data, repr(path.name[:60]))


def _read(archive: Zip, member: Member) -> NDArray[Any]:
    what = f"The array {member.name[:60]!r} in {archive.path.name[:60]!r}"
    try:
        data = archive.read(member, limits.MAX_ARRAY_BYTES)
    except UnreadableError as error:
        raise UserError(f"{what} cannot be read: {error}; save it again.") from error
    return _parsed(data, what)


def _parsed(data: bytes | bytearray, what: str) -> NDArray[Any]:
    shape, fortran, dtype, start = _header(data, what)
    if dtype.hasobject:
        raise UserError(f"{what} holds Python objects, which are never loaded; save it as numbers.")
    if dtype.kind not in "buifU":
        raise UserError(f"{what} holds values of type {str(dtype)[:40]}; save it as numbers.")
    expected = math.prod(shape) * dtype.itemsize
    if expected != len(data) - start:
        raise UserError(f"{what} says it holds {expected:,} bytes, but {len(data) - start:,} are there; save it again.")
    if expected == 0 or min(shape, default=1) < 0:
        raise UserError(f"{what} is empty; save it with the images in it.")
    flat = np.frombuffer(data, dtype, offset=start)
    return flat.reshape(shape[::-1]).T if fortran else flat.reshape(shape)


def _header(data: bytes | bytearray, what: str) -> tuple[tuple[int, ...], bool, np.dtype[Any], int]:
    file = io.BytesIO(data[:_HEADER_BYTES])
    try:
        version = npy.read_magic(file)
        read = {(1, 0): npy.read_array_header_1_0, (2, 0): npy.read_array_header_2_0}[version]
        shape, fortran, dtype = read(file)
    except (ValueError, KeyError) as error:
        raise UserError(f"{what} is not a NumPy array; save it again with NumPy.") from error
    return shape, fortran, dtype, file.tell()
