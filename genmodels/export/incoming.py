"""Opening a run that was taken away elsewhere. Whatever the zip holds may be hostile.

Nothing of it reaches the folder of runs as it came: what can be read is checked and written anew by the functions that
write every run. Names are compared with those a run has, and all others are passed over; paths of the zip are never
used. Data that this machine or this person does not have are not looked for.
"""

import re
import secrets
import tempfile
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from genmodels.config import RunConfig
from genmodels.data import DATASETS, Dataset, DataSpec
from genmodels.data.files.sources import Member, UnreadableError, Zip
from genmodels.errors import UserError
from genmodels.jsontext import to_json
from genmodels.models.base import MODELS, Model
from genmodels.owners import owner_key
from genmodels.training.folder import RunFolder, Status
from genmodels.training.views import CODES, PAIRS, SAMPLES, SCORED, Views

_NAMES = re.compile(
    r"(?:[^/]{1,200}/)?"
    r"(run\.json|status\.json|history\.jsonl|(?:fixed|model|checkpoint)\.safetensors|"
    r"(?:frames|weights)/[0-9]{1,8}\.safetensors)"
)
_QUANTITY = re.compile(r"[\w /.-]{1,60}")
MOST_FILE = 128 << 20
MOST_ALL = 512 << 20
"""Bytes of one file and of all files, unpacked."""
MOST_FILES = 20_000
"""A run of an hour on points keeps some 5,000 frames."""
MOST_ZIP_MB = 256
"""What a browser may send; ``maxUploadSize`` in ``.streamlit/config.toml`` says it once more, to the server."""
ELSEWHERE = "elsewhere"
"""Stands for data that are not here. It is no name of a data set, so going on with such a run ends in a sentence."""
ENOUGH, FEW = 1_000, 2
"""Held-out points with which every view is as large as it gets, and pictures: how much room a network needs for more of
them is up to the zip."""
LONGEST = {
    "z": SAMPLES, "samples": SAMPLES, "score_fake": SAMPLES, "originals": PAIRS, "reconstructions": PAIRS,
    "labels": CODES, "codes": CODES, "score_real": SCORED,
}  # fmt: skip
"""How many rows a view of pictures has at most."""


def unpack(
    file: Path, root: Path, *, owner: str = "", has_data: Callable[[str], bool] = DATASETS.__contains__
) -> RunFolder:
    """The run in a zip by :func:`~genmodels.export.whole.whole` as a new, finished or stopped run below ``root``.

    Args:
        file: The zip.
        root: The folder of runs.
        owner: To whom it belongs from now on.
        has_data: Whether the owner may use the data of a name; others are replaced by :data:`ELSEWHERE`.

    Raises:
        UserError: It is no such zip, or something in it is damaged, does not fit together or is too large.
    """
    with tempfile.TemporaryDirectory(dir=root, prefix=".arriving-") as scratch:
        raw = _laid_out(file, Path(scratch) / "given")
        made = _rewritten(raw, Path(scratch) / "made", owner, has_data)
        target = root / secrets.token_urlsafe(12)
        made.path.rename(target)
    return RunFolder(target)


def _laid_out(file: Path, folder: Path) -> RunFolder:
    """The files that a run has, under their own names, and no others."""
    left = MOST_ALL
    with Zip(file) as archive:
        for name, member in _known(archive.members()).items():
            try:
                content = archive.read(member, MOST_FILE)
            except UnreadableError as error:
                raise UserError(f"{name} in the zip cannot be read: {error}.") from error
            left -= len(content)
            if left < 0:
                raise UserError(f"This run unpacks to more than {MOST_ALL >> 20} MB; it cannot be brought here.")
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
    return RunFolder(folder)


def _known(members: Iterable[Member]) -> dict[str, Member]:
    found: dict[str, Member] = {}
    for member in members:
        if match := _NAMES.fullmatch(member.name):
            if match[1] in found:
                raise UserError(f"The zip holds {match[1]} twice; it has to hold one run.")
            found[match[1]] = member
    if "run.json" not in found or "model.safetensors" not in found:
        raise UserError("This zip holds no trained run; make one with Export, Whole run.")
    if len(found) > MOST_FILES:
        raise UserError(f"This zip holds more than {MOST_FILES:,} files of a run; it cannot be brought here.")
    return found


def _rewritten(raw: RunFolder, target: Path, owner: str, has_data: Callable[[str], bool]) -> RunFolder:
    """The same run, every part of it read, checked and written anew."""
    about, config = raw.about(), raw.config()
    changes = {"device": "auto", "keep_mb": min(config.keep_mb, RunConfig.model_fields["keep_mb"].default)}
    if not has_data(config.data):
        changes["data"] = ELSEWHERE
    config = config.changed(changes)
    model = _fitted(raw.model(), config)
    views = _views(model)
    made = RunFolder.create(target, config, owner=owner_key(owner), title=about["title"][:120])
    made.write_model(model)
    fixed = _fitting(raw.fixed(), views.fixed(), model.spec)
    if fixed is None or "originals" not in fixed:
        raise UserError("The fixed samples of this run do not fit its model; the zip is damaged.")
    made.write_fixed(fixed)
    _frames(raw, made, views, model)
    for step in raw.kept_weights():
        with suppress(UserError):  # one look back less
            made.keep_weights(step, _fitted(raw.model(step), config))
    _history(raw, made)
    if point := raw.checkpoint():
        made.write_checkpoint(replace(point, config=config))
    made.write_status(_ended(raw.status()))
    made.thin(config.keep_mb * 1_000_000)
    return made


def _fitted(model: Model, config: RunConfig) -> Model:
    """The weights of ``model`` in a model of ``config``. Raises UserError when they do not fit."""
    with torch.device("meta"):
        same = MODELS[config.model].thing(config, model.spec)
    try:
        same.load_state_dict(model.state_dict(), assign=True)
    except (RuntimeError, TypeError):
        raise UserError("The weights of this run do not fit its settings; the zip is damaged.") from None
    return same.eval().requires_grad_(False)


def _views(model: Model) -> Views:
    """What a run of this model shows, tried on empty data: which parts there are, of which type and shape."""
    shape = model.spec.shape
    kind = torch.uint8 if model.spec.modality == "image" else torch.float32
    n = FEW if model.spec.modality == "image" else ENOUGH
    labels = torch.arange(n) % len(model.spec.classes) if model.spec.classes else None
    empty = torch.zeros(n, *shape, dtype=kind)
    views = Views.of(model, Dataset("", "", model.spec, empty[:2], empty, None, labels), seed=0)
    return replace(views, z=views.z[:n])


def _frames(raw: RunFolder, made: RunFolder, views: Views, model: Model) -> None:
    expected = views.look(model)
    for step in raw.frames():
        with suppress(UserError):  # one frame less
            frame = _fitting(raw.frame(step), expected, model.spec)
            if frame is not None and "samples" in frame:
                made.write_frame(step, frame)


def _fitting(given: Mapping[str, Tensor], expected: Mapping[str, Tensor], spec: DataSpec) -> dict[str, Tensor] | None:
    """The parts that are expected, None if one of them has another type or shape, or is not finite."""
    kept = {name: value for name, value in given.items() if name in expected}
    for name, value in kept.items():
        model = expected[name]
        if value.dtype != model.dtype or value.ndim != model.ndim or value.shape[1:] != model.shape[1:]:
            return None
        if not 1 <= len(value) <= max(len(model), LONGEST.get(name, 0)) or not bool(value.isfinite().all()):
            return None
        if name == "labels" and not 0 <= int(value.min()) <= int(value.max()) < len(spec.classes):
            return None
    return kept


def _history(raw: RunFolder, made: RunFolder) -> None:
    with (made.path / "history.jsonl").open("w") as file:
        file.writelines(f"{to_json(_readable(event))}\n" for event in raw.events())


def _readable(event: Mapping[str, Any]) -> dict[str, Any]:
    """An event without the losses and measures that nobody would call so: their names become titles of charts."""
    return {
        part: {name: value for name, value in values.items() if _QUANTITY.fullmatch(name)}
        if part in ("losses", "metrics", "floor") and isinstance(values, dict)
        else values
        for part, values in event.items()
    }


def _ended(status: Status) -> Status:
    """Where it stood; nothing works on it here."""
    state = "stopped" if status.active or status.state == "interrupted" else status.state
    return replace(status, state=state, reason=status.reason[:300], remaining=None, commands_read=0)
