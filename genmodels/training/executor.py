"""Where runs are computed: a pool of worker processes that never asks for more cores than there are."""

import contextlib
import os
import tempfile
import threading
import time
import weakref
from collections import deque
from collections.abc import Callable
from concurrent.futures import CancelledError, Executor, Future
from concurrent.futures import wait as wait_for
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import loky
from loky import BrokenProcessPool

from genmodels.training.machine import cores, share, thread_count

GRACE = 5.0
"""Seconds that an orphaned worker has to write down where its run can be resumed."""


def _warm() -> int:
    """Import what every run needs, so that the first one starts at once."""
    import genmodels.training.runner  # noqa: F401

    return os.getpid()


def _begin(parent: int, taken: Path) -> None:
    """What a worker does first: it learns where the pool says what other runs have, and to end with the pool."""
    share(taken)
    _end_with(parent)


def _end_with(parent: int) -> None:
    """Make this worker end soon after its parent, which loky's own workers do not."""

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(1)
        time.sleep(GRACE)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


@dataclass(eq=False)
class _Job:
    future: "Future[Any]"
    work: Callable[[], Any]
    arguments: tuple[Any, ...]
    threads: int


class _Threads(Executor):
    """Each job in a thread of its own that does not keep the program from ending, as those of a thread pool would."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **keywords: Any) -> "Future[Any]":
        future: Future[Any] = Future()
        threading.Thread(target=self._run, args=(future, partial(fn, *args, **keywords)), daemon=True).start()
        return future

    @staticmethod
    def _run(future: "Future[Any]", work: Callable[[], Any]) -> None:
        try:
            future.set_result(work())
        except BaseException as error:
            future.set_exception(error)


class WorkerPool(Executor):
    """An executor whose jobs say how many threads they take; jobs that do not fit wait in order.

    Each worker is a process of its own, so that a killed one takes only its own job with it. ``loky`` starts them:
    plain ``multiprocessing`` would execute the app's script again in every worker.

    Args:
        capacity: Threads that may run at once; by default as many as there are cores.
        processes: False computes in threads of this process: less memory, but no wall between runs.
    """

    def __init__(self, capacity: int | None = None, *, processes: bool = True) -> None:
        self.capacity = capacity or cores()
        self._processes = processes
        self._lock = threading.RLock()
        self._waiting: deque[_Job] = deque()
        self._running: list[_Job] = []
        self._workers: set[Executor] = set()
        self._idle: list[Executor] = []
        self._closed = False
        self._ending: weakref.WeakSet[Executor] = weakref.WeakSet()
        self._folder = tempfile.TemporaryDirectory(prefix="genmodels-pool-", ignore_cleanup_errors=True)
        self._taken = Path(self._folder.name) / "threads"

    def warm(self) -> None:
        """Start workers in the background, so that runs start at once: as many as there can be runs that leave their
        number of threads open. Each takes some hundred megabytes."""
        if self._processes:
            threading.Thread(target=self._start_all, daemon=True).start()

    def _start_all(self) -> None:
        most = max(1, self.capacity // thread_count(0))
        while True:
            with self._lock:  # of which the pool has need between two of them
                if self._closed or len(self._workers) >= most:
                    return
                worker = self._worker()
                try:
                    self._give(worker, _warm)
                except Exception:  # no memory for another process: then there are fewer
                    self._workers.discard(worker)
                    worker.shutdown(wait=False)
                    return
                self._idle.append(worker)

    def submit(  # type: ignore[override]  # the number of threads is ours
        self, fn: Callable[..., Any], /, *args: Any, threads: int = 1, **keywords: Any
    ) -> "Future[Any]":
        """Run ``fn(*args, **keywords)`` as soon as ``threads`` of the capacity are free.

        More threads than the capacity count as all of it.
        """
        job = _Job(Future(), partial(fn, *args, **keywords), args, max(1, min(threads, self.capacity)))
        with self._lock:
            if self._closed:
                raise RuntimeError("This pool is shut down.")
            self._waiting.append(job)
        self._dispatch()
        return job.future

    def waiting(self) -> list[tuple[Any, ...]]:
        """Arguments of the jobs that wait, next one first."""
        with self._lock:
            return [job.arguments for job in self._waiting if not job.future.cancelled()]

    def running(self) -> list[tuple[Any, ...]]:
        """Arguments of the jobs that are being done."""
        with self._lock:
            return [job.arguments for job in self._running]

    def cancel(self, *arguments: Any) -> bool:
        """Forget the job with these arguments if it still waits; says whether it did."""
        with self._lock:
            found = [job for job in self._waiting if job.arguments == arguments]
            for job in found:
                self._waiting.remove(job)
                job.future.cancel()
        self._dispatch()
        return bool(found)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Take no more jobs; those that wait are done first, unless ``cancel_futures``."""
        with self._lock:
            self._closed = True
            if cancel_futures:
                for job in self._waiting:
                    job.future.cancel()
                self._waiting.clear()
            jobs = [*self._running, *self._waiting]
            idle, self._idle = self._idle, []
        for worker in idle:
            worker.shutdown(wait=wait)
        if wait:
            wait_for([job.future for job in jobs])

    def kill(self) -> None:
        """End at once, whatever is being computed; runs can be resumed from their last checkpoint."""
        self.shutdown(wait=False, cancel_futures=True)
        for worker in list(self._workers):
            if isinstance(worker, loky.ProcessPoolExecutor):
                worker.shutdown(wait=False, kill_workers=True)

    def _worker(self) -> Executor:
        worker = self._process() if self._processes else _Threads()
        self._workers.add(worker)
        return worker

    def _process(self) -> Executor:
        # Threads that wait for each other spin for some 0.05 ms and then sleep. Those that sleep at once make two
        # threads slower than one, those that spin for long hold up everybody when a core is taken for a moment.
        sleepy = {"GOMP_SPINCOUNT": "30000", "KMP_BLOCKTIME": "1"}
        pool: Executor = loky.ProcessPoolExecutor(
            1, timeout=None, env=sleepy, initializer=_begin, initargs=(os.getpid(), self._taken)
        )
        return pool

    def _give(self, worker: Executor, work: Callable[[], Any]) -> "Future[Any]":
        future = worker.submit(work)
        if self._processes and worker not in self._ending:
            # When the program ends, loky waits for its workers, for hours if need be; each of its executors registers
            # a hook for that when it starts. Hooks run last one first, so ours, registered after each of them, comes
            # before it. The standard library has no public way to say so.
            threading._register_atexit(self.kill)  # type: ignore[attr-defined]
            self._ending.add(worker)
        return future

    def _used(self) -> int:
        return sum(job.threads for job in self._running)

    def _dispatch(self) -> None:
        failed: list[tuple[_Job, Exception]] = []
        with self._lock:
            while self._waiting and self._used() + self._waiting[0].threads <= self.capacity:
                job = self._waiting.popleft()
                if job.future.set_running_or_notify_cancel():
                    try:
                        self._start(job)
                    except Exception as error:
                        failed.append((job, error))
        for job, reason in failed:  # without the lock: whoever waits for a job may ask for others
            job.future.set_exception(reason)

    def _say_taken(self) -> None:
        """Let the workers know how many threads all runs were given: each finds out for itself how many pay."""
        with contextlib.suppress(OSError):  # nothing depends on it but speed
            self._taken.write_text(str(self._used()))

    def _start(self, job: _Job) -> None:
        self._running.append(job)
        self._say_taken()
        try:
            worker, inner = self._given(job)
        except Exception:  # no memory for another process, for instance
            self._running.remove(job)
            self._say_taken()
            raise
        inner.add_done_callback(partial(self._done, job, worker))

    def _given(self, job: _Job) -> "tuple[Executor, Future[Any]]":
        """A worker that has the job, and what will come of it."""
        while True:
            worker = self._idle.pop() if self._idle else self._worker()
            try:
                return worker, self._give(worker, job.work)
            except BrokenProcessPool:  # killed while it had nothing to do
                self._workers.discard(worker)
            except Exception:
                self._workers.discard(worker)
                worker.shutdown(wait=False)
                raise

    def _done(self, job: _Job, worker: Executor, inner: "Future[Any]") -> None:
        error = CancelledError() if inner.cancelled() else inner.exception()
        with self._lock:
            self._running.remove(job)
            self._say_taken()
            if self._closed or isinstance(error, BrokenProcessPool):
                self._workers.discard(worker)
                worker.shutdown(wait=False)
            else:
                self._idle.append(worker)
        if error is not None:
            job.future.set_exception(error)
        else:
            job.future.set_result(inner.result())
        self._dispatch()
