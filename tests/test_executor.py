"""The pool of workers: room, order, killed workers, and runs that outlive their program."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from loky import BrokenProcessPool

from genmodels.errors import UserError
from genmodels.training import executor
from genmodels.training.executor import WorkerPool
from genmodels.training.folder import RunFolder
from genmodels.training.machine import cores, thread_count
from genmodels.training.process import birth
from genmodels.training.runner import run
from genmodels.training.store import RunStore
from tests.small_runs import same_weights, small, trained, until

LONG = 10_000_000
"""Steps that no test waits for."""


@pytest.fixture(scope="module")
def processes():
    pool = WorkerPool(2)
    yield pool
    pool.kill()


@pytest.fixture
def threads():
    pool = WorkerPool(2, processes=False)
    yield pool
    pool.shutdown(cancel_futures=True)


class Jobs:
    """Jobs that last until they are let go, and remember how many were computed at once."""

    def __init__(self, pool):
        self.pool, self.lock = pool, threading.Lock()
        self.used = self.most = 0
        self.begun, self.gates, self.futures = [], {}, {}

    def submit(self, name, width=1):
        self.gates[name] = threading.Event()
        self.futures[name] = self.pool.submit(self.work, name, width=width, threads=width)

    def work(self, name, width):
        with self.lock:
            self.used += width
            self.most = max(self.most, self.used)
            self.begun.append(name)
        assert self.gates[name].wait(60)
        with self.lock:
            self.used -= width
        return name

    def let_go(self, *names):
        for name in names:
            self.gates[name].set()
            assert self.futures[name].result(60) == name


def test_jobs_wait_for_room_in_order(threads):
    jobs = Jobs(threads)
    for name in "abcde":
        jobs.submit(name)
    until(lambda: len(jobs.begun) == 2)
    assert threads.waiting() == [("c",), ("d",), ("e",)]
    jobs.let_go(*"abcde")
    assert (jobs.begun[2:], jobs.most) == (["c", "d", "e"], 2)
    assert threads.waiting() == []


def test_wide_jobs_take_their_room_and_are_not_overtaken(threads):
    jobs = Jobs(threads)
    for name, width in (("a", 1), ("wide", 2), ("c", 1), ("wider than the pool", 99)):
        jobs.submit(name, min(width, 2))
    until(lambda: jobs.begun == ["a"])
    assert threads.waiting() == [("wide",), ("c",), ("wider than the pool",)]
    jobs.let_go("a")
    until(lambda: jobs.begun == ["a", "wide"])
    jobs.let_go("wide", "c", "wider than the pool")
    assert jobs.begun == ["a", "wide", "c", "wider than the pool"]
    assert jobs.most == 2


def test_more_threads_than_there_are_count_as_all(threads):
    assert threads.submit(lambda: 5, threads=1000).result(60) == 5
    assert threads.submit(lambda: 6, threads=0).result(60) == 6


def test_a_failing_job_gives_its_room_back(threads):
    for _ in range(5):
        with pytest.raises(ZeroDivisionError):
            threads.submit(lambda: 1 / 0, threads=2).result(60)
    assert threads.submit(lambda: "fine").result(60) == "fine"


def test_a_job_that_no_worker_can_be_found_for_gives_its_room_back(threads, monkeypatch):
    def no_memory(worker, work):
        raise OSError(12, "Cannot allocate memory")

    with monkeypatch.context() as patch:
        patch.setattr(threads, "_give", no_memory)
        for _ in range(3):
            with pytest.raises(OSError, match="allocate memory"):
                threads.submit(lambda: "never", threads=2).result(60)
    assert threads.running() == []
    assert threads.submit(lambda: "fine", threads=2).result(60) == "fine"


def test_cancelling(threads):
    jobs = Jobs(threads)
    for name in "abcd":
        jobs.submit(name)
    until(lambda: len(jobs.begun) == 2)
    assert threads.cancel("c")
    assert not threads.cancel("c")
    assert not threads.cancel("a")
    assert threads.waiting() == [("d",)]
    assert jobs.futures["c"].cancelled()
    jobs.let_go("a", "b", "d")
    assert jobs.begun[2:] == ["d"]


def test_shutdown_finishes_what_waits():
    pool = WorkerPool(1, processes=False)
    futures = [pool.submit(lambda n=n: n) for n in range(5)]
    pool.shutdown()
    assert [future.result(0) for future in futures] == list(range(5))
    with pytest.raises(RuntimeError, match="shut down"):
        pool.submit(int)


def test_shutdown_forgets_what_waits_if_asked():
    pool = WorkerPool(1, processes=False)
    jobs = Jobs(pool)
    for name in "ab":
        jobs.submit(name)
    until(lambda: jobs.begun == ["a"])
    pool.shutdown(wait=False, cancel_futures=True)
    assert jobs.futures["b"].cancelled()
    jobs.let_go("a")


def test_a_pool_is_an_executor():
    with WorkerPool(1, processes=False) as pool:
        assert list(pool.map(abs, [-1, -2])) == [1, 2]


def test_threads_of_a_run():
    assert WorkerPool(processes=False).capacity == cores() >= 1
    assert thread_count(1) == 1
    assert thread_count(64) == cores()
    assert 1 <= thread_count(0) <= max(1, cores() - 1)


# ---------------------------------------------------------------------- processes


def test_a_killed_worker_takes_only_its_own_job(processes):
    victim = processes.submit(os.getpid, threads=2).result(120)
    doomed, other = processes.submit(time.sleep, 600), processes.submit(os.getpid)
    assert other.result(120) != victim
    os.kill(victim, signal.SIGKILL)
    with pytest.raises(BrokenProcessPool):
        doomed.result(120)
    assert processes.submit(os.getpid, threads=2).result(120) != victim


def test_a_worker_killed_while_idle_is_replaced(processes):
    victim = processes.submit(os.getpid, threads=2).result(120)
    os.kill(victim, signal.SIGKILL)

    def replaced():
        try:
            return processes.submit(os.getpid, threads=2).result(120) != victim
        except BrokenProcessPool:  # given to it in the moment of its death
            return False

    until(replaced)


def _given():
    from genmodels.training.machine import spare

    return spare()


def _until_there(file):
    while not file.exists():
        time.sleep(0.02)


def test_workers_know_what_others_were_given(processes, tmp_path):
    assert processes.submit(_given).result(60) == cores()
    other = processes.submit(_until_there, tmp_path / "over")
    beside = processes.submit(_given).result(60)
    (tmp_path / "over").touch()
    other.result(60)
    assert beside == cores() - max(0, 2 - thread_count(0))


def test_no_more_workers_are_warmed_than_runs_fit(monkeypatch):
    monkeypatch.setattr(executor, "thread_count", lambda asked: 4)
    for capacity, most in ((64, 16), (6, 1), (1, 1)):
        pool = WorkerPool(capacity)
        monkeypatch.setattr(pool, "_give", lambda worker, work: None)
        pool._start_all()
        assert len(pool._workers) == len(pool._idle) == most


def test_warming_starts_as_many_workers_as_fit(monkeypatch):
    monkeypatch.setattr(executor, "thread_count", lambda asked: 1)
    pool = WorkerPool(2)
    pool.warm()
    pool.warm()
    until(lambda: len(pool._idle) == 2)
    assert len({pool.submit(os.getpid, threads=1).result(120) for _ in range(4)}) <= 2
    assert len(pool._workers) == 2
    pool.kill()
    with pytest.raises(RuntimeError, match="shut down"):
        pool.submit(os.getpid)


def test_a_killed_run_can_be_resumed_and_equals_an_uninterrupted_one(processes, tmp_path):
    store = RunStore(tmp_path, processes)
    killed, untouched = store.start(small(steps=LONG)), store.start(small(steps=50))
    killed.send("pause")
    until(lambda: killed.status().state == "paused")
    os.kill(killed.status().pid, signal.SIGKILL)
    until(lambda: killed.status().state == "interrupted")
    until(lambda: not untouched.active())
    assert untouched.status().state == "finished"

    steps = killed.checkpoint().step + 20
    killed.change(steps=steps)
    store.resume(killed)
    with pytest.raises(UserError, match="still going"):
        store.resume(killed)
    until(lambda: not killed.active())
    assert (killed.status().state, killed.status().step) == ("finished", steps)
    assert same_weights(killed.model(), trained(small(steps=steps)).shown)


def test_stopping_a_run_that_waits(processes, tmp_path):
    store = RunStore(tmp_path, processes)
    wide = thread_count(64)
    running = store.start(small(steps=LONG, threads=wide))
    waiting = [store.start(small(threads=wide)) for _ in range(2)]
    until(lambda: running.status().step > 0)
    assert [store.queue_position(folder) for folder in (running, *waiting)] == [None, 0, 1]
    store.stop(waiting[0])
    assert waiting[0].status().state == "stopped"
    waiting[1].send("stop")
    store.stop(running)
    until(lambda: not running.active() and not waiting[1].active())
    assert running.status().state == waiting[1].status().state == "stopped"
    assert waiting[0].history()[0] == waiting[1].history()[0] == []


def test_runs_in_threads(threads, tmp_path):
    store = RunStore(tmp_path, threads)
    folders = [store.start(small(seed=seed)) for seed in range(3)]
    until(lambda: not any(folder.active() for folder in folders))
    assert [folder.status().state for folder in folders] == ["finished"] * 3
    assert same_weights(folders[1].model(), trained(small(seed=1)).shown)


# ---------------------------------------------------------------------- the program ends

PROGRAM = """
import sys, time
from pathlib import Path
from genmodels.training.executor import WorkerPool
from genmodels.training.store import RunStore
from tests.small_runs import small

if __name__ == "__main__":
    pool = WorkerPool(1, processes=sys.argv[2] == "processes")
    run = RunStore(Path(sys.argv[1]), pool).start(small(steps=10**7))
    while run.status().step == 0:
        time.sleep(0.02)
    print(run.id, flush=True)
    if sys.argv[3] == "waits":
        time.sleep(600)
"""


def program(root, *arguments):
    """A program that starts a run and prints its id once it trains."""
    command = [sys.executable, "-c", PROGRAM, str(root), *arguments]
    started = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parent.parent)
    return started, RunFolder(root / started.stdout.readline().strip())


def finish(folder):
    """Resume ``folder`` for a few more steps."""
    steps = folder.checkpoint().step + 5 if folder.checkpoint() else 5
    folder.change(steps=steps)
    folder.reopen()
    assert run(folder.path).state == "finished"
    assert same_weights(folder.model(), trained(folder.config()).shown)


def test_a_killed_program_leaves_a_resumable_run(tmp_path):
    started, folder = program(tmp_path, "processes", "waits")
    worker = folder.status().pid
    assert worker != started.pid
    started.kill()
    started.wait(120)
    until(lambda: folder.status().state == "interrupted" and "app ended" in folder.status().reason)
    until(lambda: not birth(worker))
    finish(folder)


@pytest.mark.parametrize("mode", ["processes", "threads"])
def test_a_program_that_ends_does_not_wait_for_its_runs(tmp_path, mode):
    started, folder = program(tmp_path, mode, "ends")
    assert started.wait(120) is not None
    until(lambda: folder.status().state == "interrupted")
    finish(folder)
