"""Trains the run of a folder and writes down everything that happens there."""

import os
import threading
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from genmodels.data import data_of
from genmodels.errors import UserError
from genmodels.metrics.features import network_for
from genmodels.training import events as ev
from genmodels.training.clock import Rhythm
from genmodels.training.folder import RESTS_AFTER, SILENCE, RunFolder, Status
from genmodels.training.loop import PACES, Pace, ResumePoint, Trainer

CHECKPOINT_EVERY, SLOWEST_CHECKPOINT, CHECKPOINT_SHARE = 5.0, 60.0, 0.05
"""Seconds between two resume points: as a rule, and at most, where they take more than their share of the time, as
those of large networks do (see :class:`~genmodels.training.clock.Rhythm`). So much is lost with a killed process."""
WEIGHTS_GROWTH = 1.25
"""Kept weights lie that factor of steps apart: many early on, when much changes."""
BEAT = SILENCE / 6
"""Seconds of silence after which a run gives a sign of life, whatever it is busy with..."""
HUNG_AFTER = 1800.0
"""...but not for ever: so long after its last event it counts as dead."""
ENDS_AFTER = 300.0
"""Seconds without a look after which a run that wants to be watched ends; sooner when others wait for its place."""

Listener = Callable[[ev.Event], None]


class StoppedEarly(Exception):
    """Somebody asked the run to stop before its training began."""


def run(path: Path, *, parent: int | None = None, listener: Listener | None = None, pace: Pace | None = None) -> Status:
    """Train the run in ``path`` from its checkpoint, or from the start, until it ends. What goes wrong is its status.

    Args:
        path: A run folder.
        parent: Stop, resumable, as soon as this is neither our parent process nor ourselves.
        listener: Called with every event.
        pace: How often to speak.
    """
    folder = RunFolder(path)
    recorder = Recorder(folder)
    try:
        folder.tidy()
        recorder.preparing(0.0, "Loading the data")
        config, point = folder.config(), folder.checkpoint()
        data = data_of(config, recorder.preparing)
        if data.spec.modality == "image":
            network_for(data, recorder.preparing)  # now, while everybody knows that it is not training yet
        trainer = Trainer(config, data, resume=point, pace=pace or PACES[data.spec.modality])
        folder.rewind(trainer.step)
        trainer.views.last_plane = _last_plane(folder, point)
        if (limit := folder.pace()) is not None:
            trainer.inbox.append(ev.Command("speed", {"steps_per_second": limit}))
        folder.write_fixed(trainer.views.fixed())
        recorder.follow(trainer, parent, listener)
    except StoppedEarly:
        recorder.stopped_early()
    except UserError as error:
        recorder.fail(str(error))
    except BrokenPipeError:  # the listener's, not ours
        raise
    except OSError as error:
        recorder.fail(
            f"The run could not be written to disk ({error.strerror or type(error).__name__}); make room and resume it."
        )
    except Exception as error:
        recorder.fail(_explain(error, folder))
    finally:
        recorder.close()
    return recorder.status


def _last_plane(folder: RunFolder, point: ResumePoint | None) -> Any:
    """Where the codes lay when the run was left, so that the picture goes on without turning."""
    if point is None or not folder.frames():
        return None
    with suppress(UserError):
        return folder.frame().get("codes")
    return None


def _explain(error: Exception, folder: RunFolder) -> str:
    if isinstance(error, MemoryError) or "allocate memory" in str(error) or "out of memory" in str(error):
        return "The run needs more memory than there is; choose a smaller network or batch."
    with suppress(OSError):
        (folder.path / "error.log").write_text(traceback.format_exc())
    return f"Something unexpected went wrong ({type(error).__name__}); error.log in the run folder has the details."


class Recorder:
    """Writes the events of one trainer into its folder and brings it the wishes that arrive there."""

    def __init__(self, folder: RunFolder) -> None:
        self.folder = folder
        try:
            self.status = folder.status()
        except UserError:
            self.status = Status()
        self._rhythm = Rhythm({"checkpoint": (CHECKPOINT_EVERY, SLOWEST_CHECKPOINT)}, CHECKPOINT_SHARE)
        self._next_weights = 0.0
        self._rests = False
        self._spoke = time.monotonic()
        self._writing = threading.Lock()
        self._closed = threading.Event()
        self._heart = threading.Thread(target=self._beat, daemon=True)
        self._heart.start()

    def close(self) -> None:
        """Give no more signs of life."""
        self._closed.set()
        self._heart.join()

    def _beat(self) -> None:
        """Give signs of life where no event does: one step or evaluation may take longer than a minute."""
        while not self._closed.wait(BEAT) and time.monotonic() - self._spoke < HUNG_AFTER:
            with suppress(OSError), self._writing:
                if self.status.active and time.time() - self.status.heartbeat >= BEAT:
                    self.status = self.folder.write_status(self.status)

    def preparing(self, fraction: float, what: str) -> None:
        """Say what is done before training. Raises StoppedEarly when somebody does not want to wait for it."""
        self._now(state="preparing", progress=min(1.0, max(0.0, fraction)), reason=what)
        wishes, _ = self.folder.commands(self.status.commands_read)
        if any(wish.action == "stop" for wish in wishes):
            raise StoppedEarly

    def stopped_early(self) -> None:
        """End a run that has not begun to train."""
        _, end = self.folder.commands(self.status.commands_read)
        self._now(state="stopped", reason="Stopped on request.", progress=0.0, commands_read=end)

    def fail(self, reason: str) -> None:
        """End the run with a sentence; where not even that can be written, its silence will tell."""
        with suppress(OSError):
            self._now(state="failed", reason=reason)

    def follow(self, trainer: Trainer, parent: int | None = None, listener: Listener | None = None) -> None:
        """Record ``trainer`` to its end."""
        for event in trainer.events():
            self.record(event, trainer)
            if listener is not None:
                listener(event)
            self._fetch_wishes(trainer)
            self._mind_watchers(trainer)
            if parent is not None and parent not in (os.getpid(), os.getppid()) and self.status.active:
                self._keep_resumable(trainer)
                self._now(state="interrupted", reason="The app ended; resume the run from its last checkpoint.")
                return

    def record(self, event: ev.Event, trainer: Trainer) -> None:
        """Put one event on disk."""
        still = isinstance(event, ev.Paused) and self.status.state == "paused"
        if not isinstance(event, ev.Snapshot) and not still:
            asked = {"config": trainer.config.model_dump()} if isinstance(event, ev.Started) else {}
            self.folder.append({"event": type(event).__name__.lower(), **asdict(event), **asked})
        match event:
            case ev.Snapshot():
                self._frame(event, trainer)
            case ev.Started():
                self._now(
                    state="running", reason="", threads=event.threads, parameters=dict(event.parameters),
                    step=event.step, progress=trainer.progress,
                )  # fmt: skip
            case ev.Step():
                self._now(**{name: value for name, value in vars(event).items() if name != "losses"})
                self._checkpoint(trainer)
            case ev.Edited():
                self.folder.change(**event.changes)
            case ev.Paused():
                self._pause(trainer, still)
            case ev.Resumed():
                self._now(state="running")
            case ev.Stopped() | ev.Finished():
                self._end(event, trainer)

    def _pause(self, trainer: Trainer, still: bool) -> None:
        if still:
            self._spoke = time.monotonic()
            return
        self._keep_resumable(trainer)
        self._now(state="paused")

    def _end(self, event: ev.Stopped | ev.Finished, trainer: Trainer) -> None:
        self._keep_resumable(trainer)
        self.folder.thin(trainer.config.keep_mb * 1_000_000)
        state = "diverged" if trainer.diverged else "stopped" if isinstance(event, ev.Stopped) else "finished"
        self._now(state=state, reason=event.reason, remaining=None, progress=trainer.progress)

    def _frame(self, event: ev.Snapshot, trainer: Trainer) -> None:
        self.folder.write_frame(event.step, event.views)
        if event.step >= self._next_weights:
            self._next_weights = event.step * WEIGHTS_GROWTH + 1
            self.folder.keep_weights(event.step, trainer.shown)
            self.folder.write_model(trainer.shown)

    def _checkpoint(self, trainer: Trainer) -> None:
        if self._rhythm.due("checkpoint"):
            with self._rhythm.work("checkpoint"):
                self._keep_resumable(trainer)
                self.folder.thin(trainer.config.keep_mb * 1_000_000)

    def _keep_resumable(self, trainer: Trainer) -> None:
        """Write the averaged weights and, unless the run diverged since the last one, a resume point."""
        self.folder.write_model(trainer.shown)
        if not trainer.diverged:
            self.folder.write_checkpoint(trainer.resume_point())

    def _fetch_wishes(self, trainer: Trainer) -> None:
        wishes, end = self.folder.commands(self.status.commands_read)
        if wishes:
            trainer.inbox.extend(wishes)
            self._now(commands_read=end)

    def _mind_watchers(self, trainer: Trainer) -> None:
        """Pause a run that nobody looks at any more, go on when somebody does, and end it when that takes too long."""
        alone = self.folder.alone()
        if alone > ENDS_AFTER:
            reason = "Stopped because nobody was watching; you can resume it."
            trainer.inbox.append(ev.Command("stop", {"reason": reason}))
        elif alone > RESTS_AFTER and not trainer.paused:
            self._rests = True
            trainer.inbox.append(ev.Command("pause", {}))
        elif alone <= RESTS_AFTER and self._rests:
            self._rests = False
            trainer.inbox.append(ev.Command("resume", {}))

    def _now(self, **changes: Any) -> None:
        with self._writing:
            self._spoke = time.monotonic()
            self.status = replace(self.status, **changes)
            self.status = self.folder.write_status(self.status)
