"""All runs in one place: started, found again, and each visitor's own."""

import os
import secrets
import shutil
import threading
import time
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import replace
from functools import partial
from importlib.resources import files
from pathlib import Path
from typing import Any

from genmodels.config import RunConfig
from genmodels.errors import UserError
from genmodels.owners import owner_key
from genmodels.training.executor import WorkerPool
from genmodels.training.folder import IDLE_YIELDS_AFTER, RUN_ID, YIELDS_AFTER, RunFolder, Status
from genmodels.training.machine import thread_count

QUEUE_MINDED = 1.0
"""Seconds between two looks at who could make room for the runs that wait."""
KEPT_DISCARDED = 600.0
"""Seconds that a discarded run can be taken back."""


def _train(path: Path, parent: int) -> Any:
    """What a worker does. It imports the loop, and with it torch, so that whoever only lists runs need not."""
    from genmodels.training.runner import run

    return run(path, parent=parent)


def _never_begun(folder: RunFolder, queued: Status, job: "Future[Any]") -> None:
    """Let a run fail whose job is over, though it still stands as it was ``queued``: its worker never got to it."""
    if job.cancelled():
        return
    reason = "Its process ended before it began, perhaps because memory ran out; resume the run to try again."
    with suppress(OSError, UserError):  # of a folder that is gone or damaged there is nothing to say
        if folder.status() == queued:
            folder.write_status(replace(queued, state="failed", reason=reason))


class RunStore:
    """The runs below one folder, and the pool that computes them.

    A run belongs to the owner who started it and is listed for nobody else; whoever knows its unguessable id can look
    at it. Runs without an owner, as the command line makes them, are listed for everyone on this machine.
    """

    def __init__(self, root: Path, pool: WorkerPool) -> None:
        self.root = Path(root)
        self.root.mkdir(parents=True, exist_ok=True)
        self.pool = pool
        self._lock = threading.RLock()
        self._minder: threading.Thread | None = None
        self._empty_bin()

    def start(self, config: RunConfig, owner: str = "", title: str = "") -> RunFolder:
        """A new run, computed as soon as there is room."""
        folder = RunFolder.create(self.root / secrets.token_urlsafe(12), config, owner=owner_key(owner), title=title)
        self._submit(folder, config)
        return folder

    def resume(self, folder: RunFolder, **changes: Any) -> None:
        """Go on with a run that is not active, with ``changes`` of its settings.

        Raises:
            UserError: It is active or damaged, or the changes are not valid; then nothing is changed.
        """
        with self._lock:  # two tabs may ask at once
            if self._going(folder):
                raise UserError("This run is still going; pause or stop it first.")
            config = folder.config().changed(changes)
            folder.reopen()
            try:
                if changes:
                    folder.change(**changes)
                self._submit(folder, config)
            except Exception:  # of the disk, or of a pool that is closed
                reason = "It could not be queued; resume it to try again."
                folder.write_status(replace(folder.status(), state="failed", reason=reason))
                raise

    def stop(self, folder: RunFolder) -> None:
        """End a run, resumable: at once where it waits in the queue, else within a fraction of a second."""
        folder.send("stop")
        if self.pool.cancel(folder.path):
            folder.write_status(replace(folder.status(), state="stopped", reason="Stopped while it waited."))

    def _submit(self, folder: RunFolder, config: RunConfig) -> None:
        queued = folder.status()
        job = self.pool.submit(_train, folder.path, parent=os.getpid(), threads=thread_count(config.threads))
        job.add_done_callback(partial(_never_begun, folder, queued))
        with self._lock:
            if self._minder is None or not self._minder.is_alive():
                self._minder = threading.Thread(target=self._mind_queue, daemon=True)
                self._minder.start()

    def _mind_queue(self) -> None:
        while self.pool.waiting():
            self.make_room()
            time.sleep(QUEUE_MINDED)

    def make_room(self) -> None:
        """End the runs, resumable, that nobody has looked at for a while or that stand still, while others wait."""
        for path, *_ in self.pool.running() if self.pool.waiting() else ():
            folder = RunFolder(path)
            with suppress(OSError, UserError):  # a damaged run must not keep the others waiting
                if folder.alone() > YIELDS_AFTER or folder.idle() > IDLE_YIELDS_AFTER:
                    folder.send("stop", reason="Stopped to make room for waiting runs; you can resume it.")

    def queue_position(self, folder: RunFolder) -> int | None:
        """0 for the run that is next, or None when it does not wait."""
        waiting = [arguments[0] for arguments in self.pool.waiting()]
        return waiting.index(folder.path) if folder.path in waiting else None

    def queue_wait(self, folder: RunFolder) -> float | None:
        """Estimated seconds until a waiting run begins; None where nobody can say, as before a run without a budget.

        Runs that go on end when they say; those that wait before this one are taken to last as long as the slowest.
        """
        place = self.queue_position(folder)
        left = [_remaining(RunFolder(path)) for path, *_ in self.pool.running()]
        known = sorted(seconds for seconds in left if seconds is not None)
        if place is None or not known or len(known) < len(left):
            return None
        rounds, slot = divmod(place, len(known))
        return known[slot] + rounds * known[-1]

    def find(self, run_id: object) -> RunFolder:
        """The run with this id, or the bundled one. Raises UserError when there is none; ``run_id`` may be hostile."""
        if isinstance(run_id, str) and RUN_ID.fullmatch(run_id):
            for root in (self.root, bundled_root()):
                if _is_run(root / run_id):
                    return RunFolder(root / run_id)
        raise UserError("There is no run at this address; it may have been deleted. Pick another one from the list.")

    def owns(self, folder: RunFolder, owner: str) -> bool:
        """Whether ``owner`` may steer, rename and delete this run."""
        return folder.path.parent == self.root and folder.about()["owner"] in ("", owner_key(owner))

    def listed(self, owner: str) -> list[RunFolder]:
        """The owner's runs, newest first; damaged folders are left out."""
        found = []
        for path in self.root.iterdir():
            folder = RunFolder(path)
            try:
                if RUN_ID.fullmatch(path.name) and _is_run(path) and self.owns(folder, owner):
                    found.append((folder.about()["created"], folder))
            except UserError:
                continue
        return [folder for _, folder in sorted(found, key=lambda pair: pair[0], reverse=True)]

    def delete(self, folder: RunFolder, owner: str) -> None:
        """Remove a run of one's own that is not active, for good."""
        self._check_deletable(folder, owner)
        shutil.rmtree(folder.path)

    def discard(self, folder: RunFolder, owner: str) -> None:
        """As :meth:`delete`, but for a while :meth:`restore` can take it back."""
        self._check_deletable(folder, owner)
        with self._lock:
            self._empty_bin()
            self._bin.mkdir(exist_ok=True)
            folder.path.rename(self._bin / folder.id)
            os.utime(self._bin / folder.id)

    def restore(self, run_id: str, owner: str) -> RunFolder:
        """Take back a discarded run of one's own. Raises UserError when it is too late; ``run_id`` may be hostile."""
        with self._lock:
            gone = RunFolder(self._bin / run_id) if RUN_ID.fullmatch(run_id) else None
            if gone is None or not _is_run(gone.path) or gone.about()["owner"] not in ("", owner_key(owner)):
                raise UserError("This run cannot be brought back any more; it was deleted too long ago.")
            gone.path.rename(self.root / run_id)
        return RunFolder(self.root / run_id)

    def _check_deletable(self, folder: RunFolder, owner: str) -> None:
        if not self.owns(folder, owner):
            raise UserError("Only the person who started a run can delete it.")
        if self._going(folder):
            raise UserError("This run is still going; stop it first.")

    def _going(self, folder: RunFolder) -> bool:
        """Whether it is active, or a worker of ours still has it and has only been silent for long."""
        return folder.active() or (not folder.left() and folder.path in [path for path, *_ in self.pool.running()])

    @property
    def _bin(self) -> Path:
        return self.root / ".discarded"  # no id begins with a dot: nobody finds or lists what lies there

    def _empty_bin(self) -> None:
        """Remove for good what was discarded long enough ago."""
        for path in self._bin.iterdir() if self._bin.is_dir() else ():
            if time.time() - path.stat().st_mtime > KEPT_DISCARDED:
                shutil.rmtree(path, ignore_errors=True)


def _remaining(folder: RunFolder) -> float | None:
    try:
        return folder.status().remaining
    except UserError:
        return None


def _is_run(path: Path) -> bool:
    """Whether a run lies there itself; a link might lead out of the folder of runs."""
    return not path.is_symlink() and (path / "run.json").is_file()


def bundled_root() -> Path:
    """Where the runs that come with the package lie."""
    return Path(str(files("genmodels") / "bundled"))


def bundled() -> list[RunFolder]:
    """The trained runs that come with the package, those of a VAE first: they have a map."""
    root = bundled_root()
    if not root.is_dir():
        return []
    paths = sorted(root.iterdir(), key=lambda path: (not path.name.startswith("vae"), path.name))
    return [RunFolder(path) for path in paths if _is_run(path)]
