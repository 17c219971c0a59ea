"""Pictures as bare bytes, one after the other, without a word about their size: 28 x 28 and grey, as such files are."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from genmodels.data.files import limits
from genmodels.errors import UserError

SUFFIXES = frozenset((".bin", ".raw", ".dat"))
SIDE = 28


def read_array(path: Path) -> NDArray[np.uint8]:
    """The pictures of a file, ``[N, 28, 28]``.

    Raises:
        UserError: Its bytes are no whole number of such pictures, or too many.
    """
    if path.stat().st_size > limits.MAX_ARRAY_BYTES:
        raise UserError(f"{path.name[:60]!r} is larger than {limits.MAX_ARRAY_BYTES >> 20} MB; give a part of it.")
    return pictures(path.name, path.read_bytes())


def pictures(name: str, data: bytes) -> NDArray[np.uint8]:
    """The same of bytes at hand."""
    count, rest = divmod(len(data), SIDE * SIDE)
    if rest or not count:
        raise UserError(
            f"{name[-60:]!r} does not say what size its pictures have, and {len(data):,} bytes are no whole number of "
            f"grey ones of {SIDE} x {SIDE}; save them as .npz with numpy.savez(name, x=array)."
        )
    return np.frombuffer(data, np.uint8).reshape(count, SIDE, SIDE)


def pack(given: Sequence[tuple[str, bytes]], path: Path) -> Path:
    """Several files as one ``.npz`` at ``path``, each a class that is called as the file. Raises UserError."""
    parts = [pictures(name, data) for name, data in given]
    names = [Path(name).stem[:40] for name, _ in given]
    np.savez(path, x=np.concatenate(parts), y=np.repeat(np.array(names), [len(part) for part in parts]))
    return path
