"""Where picture files come from: a folder or a zip. A zip is read in memory, never unpacked to disk."""

import io
import os
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import NamedTuple, Protocol, Self

from genmodels.data.files import limits
from genmodels.errors import UserError

PICTURE_SUFFIXES = frozenset((".png", ".jpg", ".jpeg", ".gif", ".bmp", ".webp", ".pgm", ".ppm", ".pnm"))
_CHUNK = 1 << 20
_DAMAGE = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError, NotImplementedError, ValueError)
_PLAIN_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


class UnreadableError(Exception):
    """A single file that is left out; the message completes "left out because ..."."""


class Member(NamedTuple):
    """A file of a source: its path inside it, with slashes."""

    name: str

    @property
    def is_hidden(self) -> bool:
        """Whether nobody put it there: hidden files and what systems add to folders and archives."""
        parts = self.name.split("/")
        return any(part.startswith((".", "__MACOSX")) for part in parts) or parts[-1] in ("Thumbs.db", "desktop.ini")

    @property
    def is_picture(self) -> bool:
        """By its name; what is hidden is none."""
        return not self.is_hidden and PurePosixPath(self.name).suffix.lower() in PICTURE_SUFFIXES


class Source(Protocol):
    """A folder or a zip."""

    def __enter__(self) -> Self: ...
    def __exit__(self, *error: object) -> None: ...

    def members(self) -> list[Member]:
        """All files, in a fixed order. Raises UserError beyond a limit or for a dangerous archive."""

    def read(self, member: Member) -> bytes | bytearray:
        """The bytes of one file. Raises UnreadableError, or UserError where the whole source goes beyond a limit."""


class Folder:
    """A folder with all folders below it. Links that lead out of it are not followed."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        pass

    def members(self) -> list[Member]:
        names = []
        for name in self._walk():
            names.append(name)
            if len(names) > limits.MAX_FILES:
                raise UserError(
                    f"The folder {self.path.name[:60]!r} holds more than {limits.MAX_FILES:,} files; "
                    "give a smaller folder."
                )
        return [Member(name) for name in sorted(names)]

    def _walk(self) -> Iterator[str]:
        inside = self.path.resolve()
        folders = [self.path]
        while folders:
            with os.scandir(folders.pop()) as entries:
                for entry in entries:
                    if entry.is_dir(follow_symlinks=False):
                        folders.append(Path(entry.path))
                    elif entry.is_file() and (
                        not entry.is_symlink() or Path(entry.path).resolve().is_relative_to(inside)
                    ):
                        yield Path(entry.path).relative_to(self.path).as_posix()

    def read(self, member: Member) -> bytes:
        try:
            with (self.path / member.name).open("rb") as file:
                data = file.read(limits.MAX_PICTURE_BYTES + 1)
        except OSError as error:
            raise UnreadableError("it may not be read") from error
        if len(data) > limits.MAX_PICTURE_BYTES:
            raise UnreadableError(f"it is larger than {limits.MAX_PICTURE_BYTES >> 20} MB")
        return data


class _BoundedFile(io.FileIO):
    """A file that refuses to hand out a huge piece at once, as ``zipfile`` asks for a zip's table of contents."""

    def read(self, size: int | None = -1, /) -> bytes:
        if size is not None and size > limits.MAX_DIRECTORY_BYTES:
            raise UserError("The archive's table of contents is too large; give a zip with fewer files.")
        return super().read(size)


class Zip:
    """A zip whose entries are read in memory within the limits.

    Everything in the archive's headers may be a lie, so what is unpacked is counted while it is unpacked.

    Raises:
        UserError: It is no zip, or damaged.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._left = limits.MAX_UNPACKED_BYTES
        self._file = _BoundedFile(path, "rb")
        try:
            self._archive = zipfile.ZipFile(self._file)
        except UserError:
            self._file.close()
            raise
        except _DAMAGE as error:
            self._file.close()
            raise UserError(f"{path.name[:60]!r} is not a whole zip file; make or download it again.") from error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._archive.close()
        self._file.close()

    def members(self) -> list[Member]:
        entries = self._archive.infolist()
        if len(entries) > limits.MAX_FILES:
            raise UserError(
                f"{self.path.name[:60]!r} holds {len(entries):,} files; at most {limits.MAX_FILES:,} are read."
            )
        for entry in entries:
            self._check(entry)
        # What the headers admit is refused at once; what they hide is found while unpacking.
        admitted = (entry.file_size for entry in entries if Member(entry.filename).is_picture)
        self._check_total(self._left - sum(min(size, limits.MAX_PICTURE_BYTES) for size in admitted))
        return [Member(name) for name in sorted({entry.filename for entry in entries}) if not name.endswith("/")]

    def _check(self, entry: zipfile.ZipInfo) -> None:
        path = entry.filename.replace("\\", "/")
        if path.startswith("/") or path[1:2] == ":" or ".." in path.split("/"):
            raise UserError(f"{self.path.name[:60]!r} holds a path outside the archive ({path[:60]!r}); pack it anew.")
        if stat.S_ISLNK(entry.external_attr >> 16):
            raise UserError(f"{self.path.name[:60]!r} holds a link ({path[:60]!r}); pack the files themselves.")
        if entry.flag_bits & 1:
            raise UserError(f"{self.path.name[:60]!r} is encrypted; unpack it, or pack it without a password.")

    def read(self, member: Member, limit: int | None = None) -> bytearray:
        """The bytes of an entry, at most ``limit`` (by default that of a picture)."""
        limit = limits.MAX_PICTURE_BYTES if limit is None else limit
        entry = self._archive.getinfo(member.name)
        # The other methods are unpacked by Python without a bound on what comes out of one piece.
        if entry.compress_type not in _PLAIN_METHODS:
            raise UnreadableError("it is packed with a rare method")
        data = bytearray()
        try:
            with self._archive.open(entry) as file:
                while chunk := file.read(_CHUNK):
                    data += chunk
                    self._left -= len(chunk)
                    self._check_total(self._left)
                    if len(data) > limit:
                        raise UnreadableError(f"it is larger than {limit >> 20} MB")
        except UserError:
            raise
        except _DAMAGE as error:
            raise UnreadableError("it is damaged") from error
        return data

    def _check_total(self, left: int) -> None:
        if left < 0:
            raise UserError(
                f"{self.path.name[:60]!r} unpacks to more than {limits.MAX_UNPACKED_BYTES >> 20:,} MB; "
                "give a smaller archive."
            )
