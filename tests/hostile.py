"""Builders of files that a data set reader must refuse in one sentence. Each takes an empty folder, returns a path."""

import struct
import zipfile
import zlib
from collections.abc import Callable, Iterable
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

import numpy as np
from PIL import Image

MB = 1 << 20


class Entry(NamedTuple):
    """A zip entry as the headers tell it; ``packed`` are the raw bytes that follow."""

    name: str
    packed: bytes
    size: int
    crc: int = 0
    method: int = zipfile.ZIP_DEFLATED
    flags: int = 0


def raw_zip(path: Path, entries: Iterable[Entry]) -> Path:
    """A zip written byte by byte, so that its headers can say anything."""
    body, directory, number = bytearray(), bytearray(), 0
    for entry in entries:
        number += 1
        name = entry.name.encode()
        common = struct.pack(
            "<HHHHHIIIHH", 20, entry.flags, entry.method, 0, 33, entry.crc, len(entry.packed), entry.size, len(name), 0
        )
        directory += b"PK\1\2" + struct.pack("<H", 20) + common + struct.pack("<HHHII", 0, 0, 0, 0, len(body)) + name
        body += b"PK\3\4" + common + name + entry.packed
    count = min(number, 0xFFFF)
    end = b"PK\5\6" + struct.pack("<HHHHIIH", 0, 0, count, count, len(directory), len(body), 0)
    path.write_bytes(body + directory + end)
    return path


def deflated_zeros(size: int) -> bytes:
    """Raw deflate of ``size`` zero bytes (about a thousandth)."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    # After a full flush the packer starts afresh, so a block can be repeated instead of packed again.
    block = packer.compress(bytes(MB)) + packer.flush(zlib.Z_FULL_FLUSH)
    return block * (size // MB) + packer.compress(bytes(size % MB)) + packer.flush()


def png(value: int = 128, size: int = 28) -> bytes:
    """A small grey PNG."""
    file = BytesIO()
    Image.new("L", (size, size), value).save(file, "PNG")
    return file.getvalue()


def black_png(width: int, height: int) -> bytes:
    """A valid black PNG of any size."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    size = (width + 1) * height
    adler = (size % 65521) << 16 | 1
    pixels = b"\x78\x9c" + deflated_zeros(size) + struct.pack(">I", adler)
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def idx_bytes(array: np.ndarray, kind: int = 8) -> bytes:
    """The idx file of a uint8 array."""
    return bytes([0, 0, kind, array.ndim]) + struct.pack(f">{array.ndim}I", *array.shape) + array.tobytes()


def truncated_idx(folder: Path) -> Path:
    path = folder / "train-images-idx3-ubyte"
    path.write_bytes(idx_bytes(np.zeros((20, 28, 28), np.uint8))[:-100])
    return path


def truncated_idx_gz(folder: Path) -> Path:
    path = folder / "train-images-idx3-ubyte.gz"
    packer = zlib.compressobj(wbits=31)
    packed = packer.compress(idx_bytes(np.zeros((20, 28, 28), np.uint8))) + packer.flush()
    path.write_bytes(packed[: len(packed) // 2])
    return path


def wrong_magic_idx(folder: Path) -> Path:
    path = folder / "train-images-idx3-ubyte"
    path.write_bytes(b"GIF8" + bytes(1000))
    return path


def float_idx(folder: Path) -> Path:
    path = folder / "train-images-idx3-ubyte"
    path.write_bytes(idx_bytes(np.zeros((20, 28, 28), np.uint8), kind=0x0D))
    return path


def giant_idx(folder: Path) -> Path:
    """16 bytes that promise 64 exabytes."""
    path = folder / "train-images-idx3-ubyte"
    path.write_bytes(b"\0\0\x08\3" + struct.pack(">3I", 0xFFFFFFFF, 0xFFFF, 0xFFFF))
    return path


def gz_bomb_idx(folder: Path) -> Path:
    """A header for 28 x 28 and a gigabyte of zeros behind it."""
    path = folder / "train-images-idx3-ubyte.gz"
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    data = packer.compress(idx_bytes(np.zeros((10, 28, 28), np.uint8))) + packer.flush(zlib.Z_FULL_FLUSH)
    path.write_bytes(data + deflated_zeros(1024 * MB))
    return path


def mismatched_labels_idx(folder: Path) -> Path:
    (folder / "train-labels-idx1-ubyte").write_bytes(idx_bytes(np.zeros(19, np.uint8)))
    path = folder / "train-images-idx3-ubyte"
    path.write_bytes(idx_bytes(np.zeros((20, 28, 28), np.uint8)))
    return path


def empty_zip(folder: Path) -> Path:
    return raw_zip(folder / "empty.zip", [])


def not_a_zip(folder: Path) -> Path:
    path = folder / "broken.zip"
    path.write_bytes(b"PK\3\4" + bytes(1000))
    return path


def zip_without_pictures(folder: Path) -> Path:
    path = folder / "words.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("readme.txt", "hello")
    return path


def empty_folder(folder: Path) -> Path:
    return folder


def text_named_png(folder: Path) -> Path:
    (folder / "words.png").write_text("This is not a picture.")
    return folder


def cut_off_png(folder: Path) -> Path:
    noise = np.random.default_rng(0).integers(0, 255, (64, 64), np.uint8)
    Image.fromarray(noise).save(folder / "cut.png")
    data = (folder / "cut.png").read_bytes()
    (folder / "cut.png").write_bytes(data[: len(data) // 2])
    return folder


def single_png(folder: Path) -> Path:
    path = folder / "one.png"
    path.write_bytes(png())
    return path


def one_picture(folder: Path) -> Path:
    (folder / "one.png").write_bytes(png())
    return folder


def huge_png(folder: Path) -> Path:
    """20,000 x 20,000 pixels, 400 MB when decoded."""
    (folder / "huge.png").write_bytes(black_png(20_000, 20_000))
    return folder


def zip_bomb_many(folder: Path) -> Path:
    """60 entries of 31 MB from 2 MB of file: each within the limit, all together not."""
    zeros = deflated_zeros(31 * MB)
    return raw_zip(folder / "bomb.zip", [Entry(f"{i:02}.png", zeros, 31 * MB) for i in range(60)])


def zip_bomb_one(folder: Path) -> Path:
    """One entry of a gigabyte."""
    return raw_zip(folder / "bomb.zip", [Entry("a.png", deflated_zeros(1024 * MB), 1024 * MB)])


def zip_bomb_lying(folder: Path) -> Path:
    """One entry whose header says 100 bytes, and which unpacks to a gigabyte."""
    return raw_zip(folder / "bomb.zip", [Entry("a.png", deflated_zeros(1024 * MB), 100)])


def zip_bomb_bzip2(folder: Path) -> Path:
    """bzip2 packs zeros more than a thousand times tighter than deflate."""
    path = folder / "bomb.zip"
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_BZIP2) as archive,
        archive.open("a.png", "w", force_zip64=True) as file,
    ):
        file.write(bytes(16 * MB))
    return path


def zip_many_entries(folder: Path) -> Path:
    return raw_zip(folder / "many.zip", [Entry(f"{i}.png", b"", 0) for i in range(100_001)])


def zip_giant_directory(folder: Path) -> Path:
    """A sparse file whose table of contents claims three gigabytes, all of which are there."""
    path = folder / "giant.zip"
    size = 3 * 1024 * MB
    with path.open("wb") as file:
        file.seek(size)
        file.write(b"PK\5\6" + struct.pack("<HHHHIIH", 0, 0, 1, 1, size, 0, 0))
    return path


def zip_parent_path(folder: Path) -> Path:
    path = folder / "slip.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("../outside.png", png())
    return path


def zip_absolute_path(folder: Path) -> Path:
    path = folder / "slip.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("/tmp/outside.png", png())
    return path


def zip_symlink(folder: Path) -> Path:
    path = folder / "link.zip"
    link = zipfile.ZipInfo("link.png")
    link.external_attr = 0o120777 << 16
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(link, "/etc/passwd")
    return path


def encrypted_zip(folder: Path) -> Path:
    data = png()
    entry = Entry("secret.png", data, len(data), zlib.crc32(data), zipfile.ZIP_STORED, flags=1)
    return raw_zip(folder / "secret.zip", [entry])


def object_npz(folder: Path) -> Path:
    path = folder / "objects.npz"
    np.savez(path, x=np.array([{"a": 1}, None], dtype=object))
    return path


def giant_npz(folder: Path) -> Path:
    """A few bytes that promise an array of 100 petabytes."""
    path = folder / "giant.npz"
    header = "{'descr': '|u1', 'fortran_order': False, 'shape': (10000000000, 10000, 1000), }\n"
    data = b"\x93NUMPY\1\0" + struct.pack("<H", len(header)) + header.encode() + bytes(64)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("x.npy", data)
    return path


def nameless_npz(folder: Path) -> Path:
    path = folder / "other.npz"
    np.savez(path, weights=np.zeros((10, 28, 28), np.uint8))
    return path


def nan_npz(folder: Path) -> Path:
    path = folder / "nan.npz"
    np.savez(path, x=np.full((10, 28, 28), np.nan))
    return path


def wrong_shape_npz(folder: Path) -> Path:
    path = folder / "shape.npz"
    np.savez(path, x=np.zeros((10, 5, 28, 28), np.uint8))
    return path


def words_file(folder: Path) -> Path:
    path = folder / "words.txt"
    path.write_text("hello")
    return path


def many_files(folder: Path, count: int = 200_000) -> Path:
    """A folder with ``count`` empty pictures."""
    for i in range(count):
        (folder / f"{i}.png").touch()
    return folder


HOSTILE: dict[Callable[[Path], Path], str] = {
    truncated_idx: "cut off",
    truncated_idx_gz: "cut off",
    wrong_magic_idx: "not an idx file",
    float_idx: "only bytes",
    giant_idx: "at most",
    gz_bomb_idx: "longer than its header says",
    mismatched_labels_idx: "19",
    empty_zip: "no pictures",
    not_a_zip: "not a whole zip",
    zip_without_pictures: "no pictures",
    empty_folder: "no pictures",
    text_named_png: "not a picture",
    cut_off_png: "damaged",
    single_png: "not a data set",
    one_picture: "at least two",
    huge_png: "million pixels",
    zip_bomb_many: "unpacks to more than",
    zip_bomb_one: "larger than",
    zip_bomb_lying: "damaged",
    zip_bomb_bzip2: "rare method",
    zip_many_entries: "at most 100,000",
    zip_giant_directory: "table of contents",
    zip_parent_path: "outside the archive",
    zip_absolute_path: "outside the archive",
    zip_symlink: "link",
    encrypted_zip: "encrypted",
    object_npz: "Python objects",
    giant_npz: "save it again",
    nameless_npz: "no array called",
    nan_npz: "values",
    wrong_shape_npz: "channels",
    words_file: "not a data set",
}
"""Builder -> words that the refusal must contain."""


def zipped(files: dict[str, bytes]) -> bytes:
    """The bytes of a zip."""
    file = BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return file.getvalue()


def npy(array: np.ndarray) -> bytes:
    """The bytes of an .npy; objects are pickled, as NumPy would."""
    file = BytesIO()
    np.save(file, array)
    return file.getvalue()


def npz(**arrays: np.ndarray) -> bytes:
    """The bytes of an .npz."""
    file = BytesIO()
    np.savez_compressed(file, **arrays)
    return file.getvalue()


def striped_png() -> bytes:
    """A picture with something on it."""
    file = BytesIO()
    Image.fromarray(np.tile(np.arange(0, 224, 8, dtype=np.uint8), (28, 1))).save(file, "PNG")
    return file.getvalue()


def _built(build: Callable[[Path], Path]) -> Callable[[Path], list[tuple[str, bytes]]]:
    def files(folder: Path) -> list[tuple[str, bytes]]:
        build(folder)
        return [(path.name, path.read_bytes()) for path in sorted(folder.rglob("*")) if path.is_file()]

    return files


TOO_LARGE_TO_SEND = (zip_giant_directory, empty_folder, single_png)
"""Not sent by a browser, or fine when they are."""
GREY = np.zeros((8, 28, 28), np.uint8)

UPLOADS: dict[str, tuple[Callable[[Path], list[tuple[str, bytes]]] | list[tuple[str, bytes]], str]] = {
    **{build.__name__: (_built(build), words) for build, words in HOSTILE.items() if build not in TOO_LARGE_TO_SEND},
    # Told by their bytes rather than by their names, or with other words than the same file at a path:
    "wrong_magic_idx": (_built(wrong_magic_idx), "not an idx file"),
    "nothing": ([], "Nothing was given"),
    "empty file": ([("a.png", b"")], "is empty"),
    "one_picture": (_built(one_picture), "almost blank"),
    "one picture": ([("a.png", striped_png())], "at least two"),
    "blank pictures": ([(f"{i}.png", png(i)) for i in range(5)], "almost blank"),
    "blank zip": ([("a.zip", zipped({f"{i}.png": png(i) for i in range(5)}))], "almost blank"),
    "heic": ([("IMG_1.HEIC", b"ftypheic" * 9)], "PNG or JPEG"),
    "tiff": ([("scan.tif", b"II*\0" * 9)], "PNG or JPEG"),
    "svg": ([("drawing.svg", b"<svg/>")], "PNG or JPEG"),
    "rar": ([("a.rar", b"Rar!" * 9)], "as a zip"),
    "headerless": ([("cats1000.bin", bytes(range(1, 255)) * 99)], "numpy.savez"),
    "zip and csv": ([("a.zip", zipped({"a.png": png()})), ("b.csv", b"1,2")], "one kind"),
    "picture and npz": ([("a.png", png()), ("b.npz", npz(x=GREY))], "one kind"),
    "labels alone": ([("labels", idx_bytes(np.zeros(8, np.uint8)))], "no images"),
    "two idx images": ([("a-idx3", idx_bytes(GREY)), ("b-idx3", idx_bytes(GREY))], "holds 2 idx"),
    "short labels": ([("i", idx_bytes(GREY)), ("l", idx_bytes(np.zeros(7, np.uint8)))], "belong together"),
    "float idx": ([("i", idx_bytes(GREY, kind=0x0D))], "only bytes"),
    "npy objects": ([("a.npy", npy(np.array([GREY, None], object)))], "Python objects"),
    "npy cut off": ([("a.npy", npy(GREY)[:-1])], "save it again"),
    "npy header": ([("a.npy", npy(GREY)[:20])], "not a NumPy array"),
    "npy words": ([("a.npy", b"12 34")], "not a NumPy array"),
    "strokes cut off": ([("cat.ndjson", b'{"word": "cat", "drawing": [[[1, 2')], "no drawings"),
    "strokes too deep": ([("cat.ndjson", b"[" * 99_999)], "no drawings"),
    "endless line": ([("cat.ndjson", b"1" * (3 << 20))], "no drawings"),
    "strokes and npz": ([("cat.ndjson", b"{}"), ("b.npz", npz(x=GREY))], "one kind"),
    "npy and npz": ([("a.npy", npy(GREY)), ("b.npz", npz(x=GREY))], "one kind"),
    "npz labels": ([("a.npz", npz(x=GREY, y=np.arange(7)))], "one label per image"),
    "npz words": ([("a.npz", npz(x=np.array(["a", "b"])))], "no set of images"),
    "npz flat": ([("a.npz", npz(x=np.zeros((8, 17), np.uint8)))], "no square images"),
    "npz strip": ([("a.npz", npz(x=np.zeros((2, 1, 30_000_000), np.uint8)))], "too large"),
    "npz empty": ([("a.npz", npz(x=np.zeros((0, 28, 28), np.uint8)))], "is empty"),
    "npz one": ([("a.npz", npz(x=GREY[:1]))], "at least two"),
    "npz range": ([("a.npz", npz(x=np.full((4, 8, 8), 1e9)))], "values go from"),
    "npz not a zip": ([("a.npz", b"\x93NUMPY\1\0")], "not a whole zip"),
    "csv empty": ([("a.csv", b"\n\n")], "is empty"),
    "csv words": ([("a.csv", b"x,y\n1,2\nthree,4\n")], "Line 3"),
    "csv nan": ([("a.csv", b"1,2\nnan,4\n")], "Line 2"),
    "csv infinite": ([("a.csv", b"1,2\n3,inf\n")], "Line 2"),
    "csv one column": ([("a.csv", b"1\n2\n")], "two columns"),
    "csv ragged": ([("a.csv", b"1,2\n1,2,3\n")], "two columns"),
    "csv wide": ([("a.csv", b"1,2,3,4\n1,2,3,4\n")], "two columns"),
    "csv one point": ([("a.csv", b"1,2\n")], "the same"),
    "csv same points": ([("a.csv", b"1,2\n1,2\n")], "the same"),
    "csv binary": ([("a.csv", bytes(range(128, 256)))], "not text"),
    "csv huge number": ([("a.csv", b"1,2\n1e300,4\n")], "Line 2"),
    "csv long cell": ([("a.csv", b"1,2\n1," + b"9" * 200_000)], "not a CSV table"),
    "zip in zip": ([("a.zip", zipped({"b.zip": zipped({"a.png": png()})}))], "no pictures"),
    "only mac files": ([("a.zip", zipped({"__MACOSX/a.png": png(), ".hidden.png": png()}))], "no pictures"),
    "broken pictures": ([("a.png", png()[:40]), ("b.png", striped_png()[:-30])], "not a picture"),
    "words": ([("a.txt", b"hello")], "not a data set"),
    "odd name": ([("../../etc/passwd\0\n", b"root:x:0:0")], "not a data set"),
}
"""Files that a visitor sends, and words that the refusal must contain."""
