"""Reading and writing the files of a run: atomically, without pickle, and never trusting what is read.

Nothing here imports torch before tensors are read or written.
"""

import os
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from genmodels.errors import UserError
from genmodels.jsontext import from_json, to_json

if TYPE_CHECKING:
    from torch import Tensor

MAX_JSON = 1_000_000
MAX_LINES = 32_000_000
MAX_TENSORS = 2_000_000_000
"""Bytes of the largest JSON file, of the lines read at once, and of the largest tensor file."""


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A temporary path whose file takes the place of ``path`` at the end: readers see the old file or the new one."""
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        yield temporary
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def write_json(path: Path, values: Mapping[str, Any]) -> None:
    with replacing(path) as temporary:
        temporary.write_text(to_json(values))


def read_json(path: Path) -> dict[str, Any]:
    """A JSON object from a file. Raises UserError when it is missing, damaged or too large."""
    damaged = UserError(f"{path.name} in the run folder {path.parent.name!r} is damaged.")
    try:
        if path.stat().st_size > MAX_JSON:
            raise UserError(f"{path.name} is larger than {MAX_JSON // 1_000_000} MB; it cannot belong to a run.")
        values = from_json(path.read_bytes())
    except (FileNotFoundError, NotADirectoryError):
        raise UserError(f"{path.name} is missing from the folder {path.parent.name!r}; it holds no run.") from None
    except UserError:
        raise
    except (OSError, ValueError):
        raise damaged from None
    if not isinstance(values, dict):
        raise damaged
    return values


def write_tensors(path: Path, tensors: "Mapping[str, Tensor]", metadata: Mapping[str, Any] | None = None) -> None:
    """Tensors as safetensors, with metadata as JSON under the key ``genmodels``."""
    from safetensors.torch import save_file

    contiguous = {name: value.detach().cpu().contiguous() for name, value in tensors.items()}
    with replacing(path) as temporary:
        save_file(contiguous, temporary, {"genmodels": to_json(metadata or {})})


def read_tensors(path: Path) -> "tuple[dict[str, Tensor], dict[str, Any]]":
    """Tensors and metadata written by :func:`write_tensors`. Raises UserError when the file is foreign or damaged."""
    with _opened(path, "pt") as (file, metadata):
        names = file.keys()
        return dict(zip(names, map(file.get_tensor, names), strict=True)), metadata


def read_metadata(path: Path) -> dict[str, Any]:
    """Of what :func:`read_tensors` reads the metadata alone, however large the tensors are. Raises UserError."""
    with _opened(path, "numpy") as (_, metadata):
        return metadata


@contextmanager
def _opened(path: Path, framework: str) -> Iterator[tuple[Any, dict[str, Any]]]:
    from safetensors import SafetensorError, safe_open

    try:
        if path.stat().st_size > MAX_TENSORS:
            raise UserError(f"{path.name} is too large to be a model of this app.")
        with safe_open(path, framework=framework) as file:
            metadata = from_json((file.metadata() or {}).get("genmodels", "null"))
            if not isinstance(metadata, dict):
                raise UserError(f"{path.name} is a safetensors file, but not one that genmodels wrote.")
            yield file, metadata
    except (FileNotFoundError, NotADirectoryError):
        raise UserError(f"{path.name} is not there yet; give the run a few seconds, or choose another run.") from None
    except UserError:
        raise
    except (SafetensorError, OSError, ValueError):
        raise UserError(f"{path.name} is not a readable safetensors file; it may be damaged.") from None


def append_line(path: Path, values: Mapping[str, Any]) -> None:
    """One JSON object as one line at the end of a file, in a single write."""
    with path.open("ab", buffering=0) as file:
        file.write(to_json(values).encode() + b"\n")


def end_line(path: Path) -> None:
    """Close a half-written last line, so that what is appended next stands on a line of its own."""
    if not path.is_file() or not path.stat().st_size:
        return
    with path.open("rb+") as file:
        file.seek(-1, os.SEEK_END)
        if file.read(1) != b"\n":
            file.write(b"\n")


def read_lines(path: Path, offset: int = 0) -> tuple[list[dict[str, Any]], int]:
    """JSON objects from ``offset`` on, and where to read on next time.

    A half-written last line is left for later, damaged lines are passed over, and at most ``MAX_LINES`` bytes are read.
    """
    try:
        with path.open("rb") as file:
            file.seek(offset)
            content = file.read(MAX_LINES)
    except (OSError, ValueError):
        return [], offset
    whole, newline, _ = content.rpartition(b"\n")
    if not newline and len(content) == MAX_LINES:  # no line of ours is that long
        return [], offset + len(content)
    return [value for line in whole.splitlines() if (value := _object(line)) is not None], offset + len(whole) + len(
        newline
    )


def _object(line: bytes) -> dict[str, Any] | None:
    try:
        value = from_json(line)
    except ValueError:
        return None
    return value if isinstance(value, dict) else None
