"""A whole run as one zip, which can be opened on another machine (see ``incoming.py``)."""

from dataclasses import asdict, replace

from genmodels.errors import UserError
from genmodels.export.base import EXPORTS, harmless
from genmodels.export.numbers import packed
from genmodels.jsontext import to_json
from genmodels.registry import Card
from genmodels.training.folder import KEPT, RunFolder


@EXPORTS.register(
    "zip",
    Card("Whole run", "Everything: history, frames, weights, resume point. Runs can bring it back.", "run"),
    stem="run", suffix=".zip", mime="application/zip", needs="run.json",
)  # fmt: skip
def whole(folder: RunFolder) -> bytes:
    """The folder's files; nothing of its owner or of the process that made it."""
    about, status = folder.about(), folder.status()
    if status.active:
        raise UserError("This run is still going; stop it before you take it away whole.")
    here = replace(status, pid=0, born="", host="", heartbeat=0.0, commands_read=0)
    files = {
        "run.json": to_json({**about, "owner": ""}).encode(),
        "status.json": to_json(asdict(here)).encode(),
    }
    kept = [*folder.path.glob("*.safetensors"), folder.path / "history.jsonl"]
    kept += [file for kind in KEPT for file in (folder.path / kind).glob("*.safetensors")]
    for file in sorted(kept):
        if file.is_file() and not file.name.startswith("."):
            files[file.relative_to(folder.path).as_posix()] = file.read_bytes()
    return packed({f"{harmless(folder)}/{name}": content for name, content in files.items()})
