"""A run's numbers: as a table, and as TensorBoard reads them."""

import csv
import io
import tempfile
import zipfile
from collections.abc import Iterable
from pathlib import Path

from genmodels.errors import UserError
from genmodels.export.base import EXPORTS, harmless
from genmodels.registry import Card
from genmodels.training.folder import RunFolder
from genmodels.training.tracks import Row, rows


def _rows(folder: RunFolder) -> list[Row]:
    folder.about()  # that it is a run at all
    told = rows(folder)
    if not told:
        raise UserError("This run has not written down any numbers yet; give it a few seconds.")
    return told


@EXPORTS.register(
    "csv",
    Card("Numbers", "Every loss and every measure over steps and seconds, as CSV.", "numbers"),
    stem="history", suffix=".csv", mime="text/csv", needs="history.jsonl",
)  # fmt: skip
def table(folder: RunFolder) -> bytes:
    """One line for each time the run spoke: step, seconds, and a column for each quantity, empty where it said none."""
    told = _rows(folder)
    names = list(dict.fromkeys(name for _, _, values in told for name in values))
    text = io.StringIO()
    writer = csv.DictWriter(text, ["step", "seconds", *names], lineterminator="\n")
    writer.writeheader()
    for step, seconds, values in told:
        writer.writerow({"step": int(step), "seconds": round(seconds, 3), **values})
    return text.getvalue().encode()


@EXPORTS.register(
    "tensorboard",
    Card("TensorBoard", "The same as event files: unpack it, then `tensorboard --logdir` that folder.", "numbers"),
    stem="tensorboard", suffix=".zip", mime="application/zip", needs="history.jsonl",
)  # fmt: skip
def tensorboard(folder: RunFolder) -> bytes:
    """A zip with one folder of event files; wall times are those of the training."""
    from tensorboardX import SummaryWriter

    told, began = _rows(folder), folder.about()["created"]
    with tempfile.TemporaryDirectory() as scratch:
        with SummaryWriter(scratch, write_to_disk=True) as writer:
            for step, seconds, values in told:
                for name, value in values.items():
                    writer.add_scalar(name, value, int(step), walltime=began + seconds)
        return packed(
            (f"{harmless(folder)}/{file.name}", file.read_bytes()) for file in sorted(Path(scratch).iterdir())
        )


def packed(files: Iterable[tuple[str, bytes]]) -> bytes:
    """A zip of names and contents, in order, each asked for when its turn comes; the same files give the same bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files:
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()
