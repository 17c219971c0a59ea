"""The run folder: the only meeting place of a training process and everything that shows it.

::

    run.json                what was asked for: configuration, title, owner, time
    status.json             state, step, heartbeat, and why it ended
    history.jsonl           one line per event, appended; numbers are thinned where they would outgrow the room of a run
    commands.jsonl          wishes from outside, only ever appended
    watched                 empty, touched by whoever looks; only there for a run that rests meanwhile
    fixed.safetensors       the fixed noise, originals and labels behind every frame
    frames/<step>           what a person saw at that step (see training/views.py)
    weights/<step>          averaged weights at that step, float16 but for the buffers
    model.safetensors       averaged weights, latest
    checkpoint.safetensors  the resume point
"""

import os
import re
import socket
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import ConfigDict, Field, TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass
from typing_extensions import TypedDict

from genmodels.config import RunConfig, parse
from genmodels.errors import UserError
from genmodels.training import history
from genmodels.training.events import Command
from genmodels.training.files import (
    append_line,
    end_line,
    read_json,
    read_lines,
    read_metadata,
    read_tensors,
    write_json,
    write_tensors,
)
from genmodels.training.process import alive, birth

if TYPE_CHECKING:  # status, history and title are read without waiting for torch
    from torch import Tensor

    from genmodels.models.base import Model
    from genmodels.training.loop import ResumePoint

SILENCE = 60.0
"""Seconds without a heartbeat after which a working process counts as gone even if it can still be seen."""

State = Literal["queued", "preparing", "running", "paused", "finished", "stopped", "diverged", "failed", "interrupted"]
RESTS_AFTER, YIELDS_AFTER = 25.0, 8.0
"""Seconds without a look after which a run that wants to be watched pauses, and ends if others wait for its place."""
IDLE_YIELDS_AFTER = 60.0
"""Seconds after which a paused run ends, watched or not, if others wait for its place."""
ACTIVE: tuple[State, ...] = ("queued", "preparing", "running", "paused")
KEPT = ("frames", "weights")
RUN_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
"""Names of run folders: what may stand in the address of a page, where a dot parts several runs."""
HISTORY_SHARE = 1 / 8
"""Part of the room of a run that its history may take."""
Count = Annotated[int, Field(ge=0, le=2**62)]
Amount = Annotated[float, Field(ge=0, allow_inf_nan=False)]
_STRICT = ConfigDict(strict=True, extra="ignore")


class About(TypedDict):
    """What ``run.json`` says beside the configuration; ``created`` in seconds since 1970."""

    schema_version: Literal[1]
    owner: str
    title: str
    created: Amount
    config: dict[str, Any]


@dataclass(frozen=True, config=_STRICT)
class Status:
    """Where a run stands.

    Attributes:
        state: ``queued``, ``preparing``, ``running``, ``paused``, ``finished``, ``stopped``, ``diverged``, ``failed``
            or ``interrupted`` (its process is gone; it can be resumed).
        progress: Fraction of the budget used; 0 when there is none.
        remaining: Estimated seconds left, or None.
        reason: One sentence: why it ended, or what is being prepared.
        commands_read: Bytes of ``commands.jsonl`` already obeyed.
        pid: The process that works on it, ``born`` when it began, on ``host``.
        heartbeat: Its last sign of life, in seconds since 1970.
    """

    state: State = "queued"
    step: Count = 0
    seconds: Amount = 0.0
    progress: Annotated[float, Field(ge=0, le=1)] = 0.0
    remaining: Amount | None = None
    samples_per_second: Amount = 0.0
    reason: str = ""
    threads: Count = 0
    parameters: dict[str, Count] | None = None
    commands_read: Count = 0
    pid: Count = 0
    born: str = ""
    host: str = ""
    heartbeat: Amount = 0.0

    @property
    def active(self) -> bool:
        """Whether a process works on it, or will."""
        return self.state in ACTIVE


_ABOUT = TypeAdapter(About)


class RunFolder:
    """A run on disk. Readers never write, and tolerate whatever they find."""

    def __init__(self, path: Path) -> None:
        self.path = Path(path)
        self.id = self.path.name

    @property
    def _history(self) -> Path:
        return self.path / "history.jsonl"

    def __repr__(self) -> str:
        return f"RunFolder({str(self.path)!r})"

    @classmethod
    def create(cls, path: Path, config: RunConfig, *, owner: str = "", title: str = "") -> "RunFolder":
        """A new, queued run. Raises UserError when the folder already holds one."""
        folder = cls(path)
        if (folder.path / "run.json").exists():
            raise UserError(f"The folder {folder.id!r} already holds a run; resume it or choose another name.")
        try:
            folder.path.mkdir(parents=True, exist_ok=True)
            if any(folder.path.iterdir()):
                raise UserError(f"The folder {folder.id!r} holds other files; choose a new or an empty one.")
            (folder.path / "frames").mkdir()
            (folder.path / "weights").mkdir()
            folder.write_status(Status())
            folder._write_run(config, owner, title, time.time())
        except OSError as error:
            raise UserError(
                f"The folder {folder.id!r} cannot be made ({error.strerror}); choose another place."
            ) from None
        return folder

    def _write_run(self, config: RunConfig, owner: str, title: str, created: float) -> None:
        values = {
            "schema_version": 1,
            "owner": owner,
            "title": title,
            "created": created,
            "config": config.model_dump(),
        }
        write_json(self.path / "run.json", values)

    # ------------------------------------------------------------------ what was asked for

    def about(self) -> About:
        """Owner, title, time and configuration as written. Raises UserError when this is no run or a damaged one."""
        try:
            return _ABOUT.validate_python(read_json(self.path / "run.json"), strict=True)
        except ValidationError:
            raise UserError(f"run.json in the run folder {self.id!r} is damaged.") from None

    def config(self) -> RunConfig:
        """The configuration, edits in mid-run included. Raises UserError as :meth:`about`."""
        return parse(self.about()["config"])

    def rename(self, title: str) -> None:
        about = self.about()
        self._write_run(self.config(), about["owner"], title[:120], about["created"])

    def change(self, **changes: Any) -> None:
        """Change the configuration, for instance to give a run that is not active a larger budget."""
        about = self.about()
        self._write_run(self.config().changed(changes), about["owner"], about["title"], about["created"])

    # ------------------------------------------------------------------ where it stands

    def status(self) -> Status:
        """Where the run stands; ``interrupted`` when it should be active but its process is gone. Raises UserError."""
        status = self._written_status()
        if status.active and not _worked_on(status):
            return replace(status, state="interrupted", reason="Its process ended; resume it from its last checkpoint.")
        return status

    def _written_status(self) -> Status:
        try:
            return Status(**read_json(self.path / "status.json"))
        except ValidationError:
            raise UserError(f"status.json in the run folder {self.id!r} is damaged.") from None

    def left(self) -> bool:
        """Whether its process has said that it ended, or is gone for certain; silence alone does not prove it."""
        try:
            status = self._written_status()
        except UserError:
            return False
        return not (status.active and alive(status.pid, status.born))

    def active(self) -> bool:
        """Whether a process works on it, or will; a run whose status is damaged or missing is not."""
        try:
            return self.status().active
        except UserError:
            return False

    def write_status(self, status: Status) -> Status:
        """Write ``status`` with a sign of life of this process; returns it as written."""
        pid = os.getpid()
        signed = replace(status, pid=pid, born=birth(pid), host=socket.gethostname(), heartbeat=time.time())
        write_json(self.path / "status.json", asdict(signed))
        return signed

    def reopen(self) -> None:
        """Queue a run again that is not active; a damaged status does not keep it from going on.

        Raises:
            UserError: It is active, its configuration or checkpoint is damaged, or it has learned and came without a
                checkpoint: to begin again would lose what it knows.
        """
        if self.active():
            raise UserError("This run is still going; pause or stop it first.")
        self.config()
        point = self._resumes_at()
        if point.step == 0 and self._has_learned():
            raise UserError("This run has no checkpoint, so it cannot go on; start over to train a new one like it.")
        self.look()
        wishes = self.path / "commands.jsonl"
        end_line(wishes)
        read = wishes.stat().st_size if wishes.exists() else 0
        self.write_status(replace(point, commands_read=read))

    def _has_learned(self) -> bool:
        try:
            status = self._written_status()
        except UserError:
            return False
        return status.state in ("finished", "stopped") and status.step > 0

    def history(self, offset: int = 0) -> tuple[list[dict[str, Any]], int]:
        """Events since ``offset`` as dictionaries with ``event``, ``step``, ``seconds``, ...; and the next offset.

        A next offset of 0 says that the history was thinned meanwhile and is to be read anew.
        """
        return history.read(self._history, offset)

    def events(self) -> Iterator[dict[str, Any]]:
        """The whole history, however long it is."""
        return history.events(self._history)

    def append(self, values: Mapping[str, Any]) -> None:
        append_line(self._history, values)

    # ------------------------------------------------------------------ wishes

    def send(self, action: str, **values: Any) -> None:
        """Ask the run for something (see :class:`Command`); obeyed within a fraction of a second."""
        append_line(self.path / "commands.jsonl", {"action": action, "values": values})

    def commands(self, offset: int) -> tuple[list[Command], int]:
        """Wishes since ``offset`` and the next offset."""
        lines, end = read_lines(self.path / "commands.jsonl", offset)
        wishes = [(line.get("action"), line.get("values")) for line in lines]
        return [Command(str(a), v if isinstance(v, dict) else {}) for a, v in wishes], end

    def pace(self) -> object:
        """Most steps a second that were wished for last, as it was said; None where nothing bounds the run.

        A run that goes on keeps it.
        """
        wishes, _ = self.commands(0)
        return next((wish.values.get("steps_per_second") for wish in reversed(wishes) if wish.action == "speed"), None)

    # ------------------------------------------------------------------ who looks

    def rest_unwatched(self) -> None:
        """From now on the run rests while nobody looks; see :meth:`look`."""
        (self.path / "watched").touch()

    def look(self) -> None:
        """Somebody sees this run now. Says nothing to a run that goes on whether watched or not."""
        with suppress(OSError):  # there is no such file, or it may only be read
            os.utime(self.path / "watched")

    def alone(self) -> float:
        """Seconds since somebody looked; 0 for a run that goes on whether watched or not."""
        try:
            return max(0.0, time.time() - (self.path / "watched").stat().st_mtime)
        except OSError:
            return 0.0

    def idle(self) -> float:
        """Seconds since a paused run was last asked for anything; 0 while it works."""
        try:
            asked = (self.path / "commands.jsonl").stat().st_mtime
            return max(0.0, time.time() - asked) if self.status().state == "paused" else 0.0
        except OSError:
            return 0.0

    # ------------------------------------------------------------------ what it looked like

    def frames(self) -> list[int]:
        """Steps at which a frame was kept, in order."""
        return _steps(self.path / "frames")

    def frame(self, step: int | None = None) -> "dict[str, Tensor]":
        """The frame at ``step``, or the latest. Raises UserError when there is none."""
        step = step if step is not None else next(reversed(self.frames()), -1)
        if step < 0:
            raise UserError("This run has nothing to show yet; give it a few seconds.")
        return read_tensors(self._part("frames", step))[0]

    def write_frame(self, step: int, views: "Mapping[str, Tensor]") -> None:
        write_tensors(self._part("frames", step), views)

    def fixed(self) -> "dict[str, Tensor]":
        """The fixed noise ``z``, ``originals`` and ``labels`` behind all frames."""
        return read_tensors(self.path / "fixed.safetensors")[0]

    def write_fixed(self, tensors: "Mapping[str, Tensor]") -> None:
        write_tensors(self.path / "fixed.safetensors", tensors)

    # ------------------------------------------------------------------ what it learned

    def model(self, step: int | None = None) -> "Model":
        """The averaged weights: the latest, or those kept at ``step`` (one of :meth:`kept_weights`)."""
        from genmodels.models.storage import load_model

        return load_model(self.weights(step))

    def weights(self, step: int | None = None) -> Path:
        """The file in which :meth:`model` finds them."""
        return self.path / "model.safetensors" if step is None else self._part("weights", step)

    def kept_weights(self) -> list[int]:
        """Steps at which weights were kept, in order."""
        return _steps(self.path / "weights")

    def write_model(self, model: "Model") -> None:
        from genmodels.models.storage import save_model

        save_model(model, self.path / "model.safetensors")

    def keep_weights(self, step: int, model: "Model") -> None:
        from genmodels.models.storage import save_model

        save_model(model, self._part("weights", step), half=True)

    def write_checkpoint(self, point: "ResumePoint") -> None:
        metadata = {"config": point.config.model_dump(), "step": point.step, "seconds": point.seconds}
        write_tensors(self.path / "checkpoint.safetensors", point.tensors, metadata)

    def checkpoint(self) -> "ResumePoint | None":
        """Where to go on, or None when the run never got that far. Raises UserError when it is damaged."""
        if not (self.path / "checkpoint.safetensors").exists():
            return None
        from genmodels.training.loop import ResumePoint

        tensors, metadata = read_tensors(self.path / "checkpoint.safetensors")
        config, where = self._point(metadata)
        return ResumePoint(config, where.step, where.seconds, tensors)

    def _resumes_at(self) -> Status:
        """Queued to go on from :meth:`checkpoint`, of which only the metadata are read. Raises UserError as it does."""
        if not (self.path / "checkpoint.safetensors").exists():
            return Status()
        return self._point(read_metadata(self.path / "checkpoint.safetensors"))[1]

    def _point(self, metadata: Mapping[str, Any]) -> tuple[RunConfig, Status]:
        try:
            return parse(metadata["config"]), Status(step=metadata["step"], seconds=metadata["seconds"])
        except (KeyError, ValueError):
            raise UserError(f"The checkpoint of the run {self.id!r} is damaged; start the run anew.") from None

    # ------------------------------------------------------------------ space on disk

    def size(self) -> int:
        """Bytes on disk."""
        return sum(_size(file) for file in self.path.rglob("*"))

    def tidy(self) -> None:
        """Clear away what a killed process left half-written."""
        for part in (self.path, self.path / "frames", self.path / "weights"):
            for file in part.glob(".*.*"):
                file.unlink(missing_ok=True)
        end_line(self._history)

    def rewind(self, step: int) -> None:
        """Drop the frames and weights after ``step``, where a run goes on: what came then is no part of its story.

        Without a resume point it begins anew, and nothing of it stays.
        """
        for kind in KEPT:
            for gone in _steps(self.path / kind):
                if gone > step:
                    self._part(kind, gone).unlink(missing_ok=True)

    def thin(self, budget: int) -> None:
        """Drop every second kept frame and weight file, never the first or last, until all fits ``budget`` bytes.

        Before that the history makes room, as it would crowd them out.
        """
        history.thin(self._history, budget * HISTORY_SHARE)
        kept = {kind: {step: _size(self._part(kind, step)) for step in _steps(self.path / kind)} for kind in KEPT}
        fixed = self.size() - sum(sum(sizes.values()) for sizes in kept.values())
        for kind, sizes in kept.items():
            while len(sizes) > 2 and sum(sizes.values()) > (budget - fixed) / len(KEPT):
                for step in list(sizes)[1:-1:2]:
                    self._part(kind, step).unlink(missing_ok=True)
                    del sizes[step]

    def _part(self, kind: str, step: int) -> Path:
        return self.path / kind / f"{step:08d}.safetensors"


def _steps(folder: Path) -> list[int]:
    return sorted(int(file.stem) for file in folder.glob("*.safetensors") if file.stem.isdecimal())


def _size(path: Path) -> int:
    try:
        return path.stat().st_size if path.is_file() else 0
    except FileNotFoundError:  # thinned or replaced just now
        return 0


def _worked_on(status: Status) -> bool:
    if status.host == socket.gethostname() and status.pid:
        if not alive(status.pid, status.born):
            return False
        if status.state in ("queued", "preparing"):  # waiting and downloading may be silent for long
            return True
    return time.time() - status.heartbeat < SILENCE
