"""Files as a browser sends them, names and bytes, laid out so that they are read like those at a path."""

import re
import zlib
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from genmodels.data.files import limits, raw, strokes
from genmodels.data.files.sources import PICTURE_SUFFIXES
from genmodels.errors import UserError

File = tuple[str, bytes]
"""A name, with folders if it came with a folder, and the bytes."""
_UNSAFE = re.compile(r"[^\w .()+-]")
_MAX_PART = 80
_OTHER_PICTURES = frozenset((".heic", ".heif", ".avif", ".tif", ".tiff", ".svg", ".psd", ".pdf", ".ico"))
_OTHER_ARCHIVES = frozenset((".rar", ".7z", ".tar", ".tgz", ".xz", ".bz2"))


def lay_out(given: Sequence[File], folder: Path) -> Path:
    """Write the files below the empty ``folder``, under harmless names, and return the path to read.

    Raises:
        UserError: There are none, too many, too large ones, or kinds that do not go together.
    """
    if not given:
        raise UserError("Nothing was given; choose a zip, pictures, an idx pair, an .npz, .npy, .ndjson or CSV.")
    if len(given) > limits.MAX_GIVEN:
        raise UserError(
            f"These are {len(given):,} files; give at most {limits.MAX_GIVEN:,}, or all of them in one zip."
        )
    if sum(len(data) for _, data in given) > limits.MAX_GIVEN_BYTES:
        raise UserError(
            f"These files are larger than {limits.MAX_GIVEN_BYTES >> 20} MB together; give fewer or smaller ones."
        )
    if empty := next((name for name, data in given if not data), None):
        raise UserError(f"{_last(empty)!r} is empty; choose the file once more.")
    if all(_is_idx(data) for _, data in given):
        return _idx_folder(given, folder)
    kinds = {_suffix(name) for name, _ in given}
    if kinds & PICTURE_SUFFIXES and not kinds & {".zip", ".npz", ".npy", ".csv", ".tsv"}:
        return _picture_folder(given, folder)
    if len(given) > 1 and kinds <= raw.SUFFIXES:
        return raw.pack([(_last(name), data) for name, data in given], folder / "drawings.npz")
    if len(given) > 1 and kinds <= strokes.SUFFIXES:
        return strokes.pack(given, folder / "drawings.ndjson")
    if len(given) > 1:
        raise UserError(
            "Give one kind of data at a time: pictures, or a single zip, .npz, .npy or CSV, or an idx pair."
        )
    ((name, data),) = given
    if _suffix(name) in _OTHER_PICTURES:
        raise UserError(f"{_last(name)!r} is a kind of picture that is not read; save it as PNG or JPEG.")
    if _suffix(name) in _OTHER_ARCHIVES:
        raise UserError(f"{_last(name)!r} is an archive that is not read; pack the pictures as a zip.")
    path = folder / _safe(_last(name))
    path.write_bytes(data)
    return path


def _picture_folder(given: Sequence[File], folder: Path) -> Path:
    """Pictures with their folders; of two with the same name both are kept."""
    root = folder / "upload"
    for number, (name, data) in enumerate(given):
        parts = [_safe(part) for part in name.replace("\\", "/").split("/") if part.strip(". ")][-4:] or [str(number)]
        path = root.joinpath(*parts)
        if any(parent.is_file() for parent in path.parents):
            path = root / path.name
        if path.exists():
            path = path.with_name(f"{number} {path.name}")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return root


def _idx_folder(given: Sequence[File], folder: Path) -> Path:
    """idx files told by what they hold: one pair gets the usual names, more keep their own."""
    root = folder / "idx"
    root.mkdir()
    images = [data for _, data in given if _idx_dimensions(data) >= 3]
    if len(images) == 1 and len(given) <= 2:
        for _, data in given:
            of_images = _idx_dimensions(data) >= 3
            name = "data-images-idx3-ubyte" if of_images else "data-labels-idx1-ubyte"
            (root / (name + ".gz" * _is_gzip(data))).write_bytes(data)
        return root
    if not images:
        raise UserError("These idx files hold labels but no images; give the images file with them.")
    for name, data in given:
        (root / _safe(_last(name))).write_bytes(data)
    return root


def _is_gzip(data: bytes) -> bool:
    return data[:2] == b"\x1f\x8b"


def _idx_head(data: bytes) -> bytes:
    if not _is_gzip(data):
        return data[:4]
    try:
        return zlib.decompressobj(wbits=31).decompress(data[:4096], 4)
    except zlib.error:
        return b""


def _is_idx(data: bytes) -> bool:
    head = _idx_head(data)
    return len(head) == 4 and head[:2] == b"\0\0" and head[2] in range(8, 15) and 1 <= head[3] <= 4


def _idx_dimensions(data: bytes) -> int:
    return _idx_head(data)[3]


def _last(name: str) -> str:
    return name.replace("\\", "/").rsplit("/", 1)[-1][-60:]


def _suffix(name: str) -> str:
    return PurePosixPath(name.lower()).suffix


def _safe(part: str) -> str:
    """A name that means nothing to a file system.

    >>> _safe("..\\x00/cat.png"), _safe(".hidden.png")
    ('__cat.png', 'hidden.png')
    """
    return _UNSAFE.sub("_", part).strip(". ")[-_MAX_PART:] or "_"
