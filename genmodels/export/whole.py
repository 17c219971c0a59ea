"""A whole run as one zip, which can be opened on another machine (see ``incoming.py``)."""

from collections.abc import Iterable
from dataclasses import asdict, replace
from itertools import chain
from pathlib import Path

from genmodels.errors import UserError
from genmodels.export.base import EXPORTS, harmless
from genmodels.export.incoming import MOST_FILE, MOST_FILES, MOST_ZIP_MB
from genmodels.export.numbers import packed
from genmodels.jsontext import to_json
from genmodels.registry import Card
from genmodels.training.folder import KEPT, RunFolder

MOST_KEPT = (MOST_ZIP_MB - 16) << 20
"""Bytes taken along, before they are packed: room is left for what a zip adds, some 250 bytes a file."""
MOST_MOMENTS = MOST_FILES // 2 - 10
"""Files of each kind that a run keeps moments in; the others of a run are fewer than ten."""


@EXPORTS.register(
    "zip",
    Card("Whole run", "Everything: history, frames, weights, checkpoint. The Runs page can import it.", "run"),
    stem="run", suffix=".zip", mime="application/zip", needs="run.json",
)  # fmt: skip
def whole(folder: RunFolder) -> bytes:
    """The folder's files, so many of its moments as can be brought back; nothing of its owner or of its process."""
    about, status = folder.about(), folder.status()
    if status.active:
        raise UserError("This run is still going; stop it before you export it whole.")
    here = replace(status, pid=0, born="", host="", heartbeat=0.0, commands_read=0)
    written = {
        "run.json": to_json({**about, "owner": ""}).encode(),
        "status.json": to_json(asdict(here)).encode(),
    }
    kept = [(file.relative_to(folder.path).as_posix(), file) for file in _kept(folder.path)]
    contents = chain(written.items(), ((name, file.read_bytes()) for name, file in kept))
    return packed((f"{harmless(folder)}/{name}", content) for name, content in contents)


def _kept(path: Path) -> list[Path]:
    """The files to take along, in order. Raises UserError where they are more than can be brought back."""
    files = [file for file in (*path.glob("[!.]*.safetensors"), path / "history.jsonl") if file.is_file()]
    room = (MOST_KEPT - _size(files)) / len(KEPT)
    for kind in KEPT:
        files += _thinned(sorted((path / kind).glob("[!.]*.safetensors")), room)
    if _size(files) > MOST_KEPT or any(_size([file]) > MOST_FILE for file in files):
        raise UserError(
            f"This run is too large to be brought back, which takes {MOST_FILE >> 20} MB for a file and "
            f"{MOST_KEPT >> 20} MB in all; take its model instead."
        )
    return sorted(files)


def _thinned(files: list[Path], room: float) -> list[Path]:
    """Every second one, never without the first or the last, until they fit; as a run thins what it keeps."""
    while len(files) > 2 and (len(files) > MOST_MOMENTS or _size(files) > room):
        files = [*files[:-1:2], files[-1]]
    return files


def _size(files: Iterable[Path]) -> int:
    return sum(file.stat().st_size for file in files)
