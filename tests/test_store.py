"""The runs below one folder: whose they are, how they are found, and what a hostile address finds."""

import os
import shutil
import time
from concurrent.futures import Executor, Future
from dataclasses import asdict
from functools import partial

import pytest

from genmodels.errors import UserError
from genmodels.training import files
from genmodels.training import store as store_module
from genmodels.training.folder import IDLE_YIELDS_AFTER, YIELDS_AFTER, RunFolder, Status
from genmodels.training.store import RunStore, owner_key
from tests.small_runs import small


class Waiting(Executor):
    """A pool in which nothing ever begins."""

    def __init__(self):
        self.jobs, self.going, self.futures = [], [], []

    def submit(self, fn, /, *args, **keywords):
        self.jobs.append((fn, args, keywords))
        self.futures.append(Future())
        return self.futures[-1]

    def waiting(self):
        return [args for _, args, _ in self.jobs]

    def running(self):
        return [(folder.path,) for folder in self.going]

    def cancel(self, *arguments):
        before = len(self.jobs)
        self.jobs = [job for job in self.jobs if job[1] != arguments]
        return len(self.jobs) < before


@pytest.fixture
def store(tmp_path):
    return RunStore(tmp_path / "runs", Waiting())


def test_two_owners_do_not_see_each_other(store):
    ann = [store.start(small(), owner="ann", title=str(n)) for n in range(2)]
    bob = store.start(small(), owner="bob")
    assert {folder.id for folder in store.listed("ann")} == {folder.id for folder in ann}
    assert [folder.id for folder in store.listed("bob")] == [bob.id]
    assert store.listed("eve") == store.listed("") == []
    assert store.owns(bob, "bob")
    for stranger in ("ann", "", "bob ", "Bob", owner_key("bob")):
        assert not store.owns(bob, stranger)


def test_the_secret_is_not_written_down(store):
    folder = store.start(small(), owner="a-long-secret")
    assert all(b"a-long-secret" not in file.read_bytes() for file in folder.path.rglob("*") if file.is_file())


def test_runs_of_the_command_line_are_everybodys(store):
    folder = RunFolder.create(store.root / "mine", small())
    assert [run.id for run in store.listed("ann")] == ["mine"]
    assert store.owns(folder, "ann")


def test_newest_first(store):
    folders = [store.start(small(), owner="ann") for _ in range(3)]
    assert [run.id for run in store.listed("ann")] == [folder.id for folder in reversed(folders)]


def test_who_knows_the_address_may_look(store):
    folder = store.start(small(), owner="ann")
    assert store.find(folder.id).path == folder.path


HOSTILE_IDS = [
    "",
    ".",
    "..",
    "../runs",
    "a/../../x",
    "/etc",
    "run\0",
    "a" * 65,
    "x" * 100_000,
    "run\n",
    "C:\\run",
    "%2e%2e",
    "rün",
    "~root",
    "*",
    " ",
    None,
    5,
    ["run"],
]


@pytest.mark.parametrize("run_id", HOSTILE_IDS)
def test_hostile_ids(store, run_id):
    RunFolder.create(store.root / "run", small())
    RunFolder.create(store.root.parent / "outside", small())
    with pytest.raises(UserError, match="There is no run"):
        store.find(run_id)


@pytest.mark.parametrize("run_id", ["../outside", "missing", "empty"])
def test_what_is_no_run_here(store, run_id):
    RunFolder.create(store.root.parent / "outside", small())
    (store.root / "empty").mkdir()
    with pytest.raises(UserError, match="There is no run"):
        store.find(run_id)


def test_links_do_not_lead_out(store, tmp_path):
    outside = RunFolder.create(tmp_path / "outside", small())
    (store.root / "link").symlink_to(outside.path)
    (store.root / "dangling").symlink_to(tmp_path / "nothing")
    (store.root / "loop").symlink_to(store.root / "loop")
    assert store.listed("ann") == []
    for run_id in ("link", "dangling", "loop"):
        with pytest.raises(UserError, match="There is no run"):
            store.find(run_id)


def test_damaged_and_foreign_folders_are_left_out(store):
    good = store.start(small(), owner="ann")
    damaged = store.start(small(), owner="ann")
    (damaged.path / "run.json").write_text('{"created": "today", "owner": 5}')
    (store.root / "notes.txt").write_text("hello")
    (store.root / "pictures").mkdir()
    assert [folder.id for folder in store.listed("ann")] == [good.id]


def test_delete(store):
    folder = store.start(small(), owner="ann")
    with pytest.raises(UserError, match="still going"):
        store.delete(folder, "ann")
    folder.write_status(Status(state="finished"))
    with pytest.raises(UserError, match="person who started"):
        store.delete(folder, "bob")
    assert folder.path.exists()
    store.delete(folder, "ann")
    assert not folder.path.exists()
    with pytest.raises(UserError, match="There is no run"):
        store.find(folder.id)


def test_a_run_with_a_damaged_status_can_be_deleted(store):
    folder = store.start(small(), owner="ann")
    (folder.path / "status.json").write_text("{")
    store.delete(folder, "ann")
    assert store.listed("ann") == []


def test_bundled_runs_are_found_but_nobodys(store, tmp_path, monkeypatch):
    bundled = RunFolder.create(tmp_path / "bundled" / "digits-vae", small())
    monkeypatch.setattr(store_module, "bundled_root", lambda: tmp_path / "bundled")
    assert store.find("digits-vae").path == bundled.path
    assert [folder.id for folder in store_module.bundled()] == ["digits-vae"]
    assert store.listed("ann") == []
    assert not store.owns(bundled, "ann")
    bundled.write_status(Status(state="finished"))
    with pytest.raises(UserError):
        store.delete(bundled, "ann")
    shutil.rmtree(tmp_path / "bundled")
    assert store_module.bundled() == []


def test_the_queue(store):
    first, second = store.start(small()), store.start(small())
    assert (store.queue_position(first), store.queue_position(second)) == (0, 1)
    store.stop(first)
    assert (first.status().state, store.queue_position(second)) == ("stopped", 0)
    assert store.queue_position(first) is None


def test_the_wait_is_estimated_from_the_runs_that_go_on(store):
    def going(remaining):
        folder = RunFolder.create(store.root / f"going-{remaining}", small())
        folder.write_status(Status(state="running", remaining=remaining))
        return folder

    waiting = [store.start(small()) for _ in range(3)]
    assert store.queue_wait(waiting[0]) is None
    store.pool.going = [going(30.0), going(12.0)]
    assert [store.queue_wait(folder) for folder in waiting] == [12.0, 30.0, 42.0]
    assert store.queue_wait(store.pool.going[0]) is None
    store.pool.going.append(going(None))
    assert store.queue_wait(waiting[0]) is None


def test_runs_that_nobody_looks_at_make_room_when_others_wait(store):
    def going(name, ago):
        folder = RunFolder.create(store.root / name, small())
        if ago is not None:
            folder.rest_unwatched()
            os.utime(folder.path / "watched", (time.time() - ago,) * 2)
        return folder

    def still(name, ago):
        folder = going(name, 0)
        folder.write_status(Status(state="paused"))
        folder.send("pause")
        os.utime(folder.path / "commands.jsonl", (time.time() - ago,) * 2)
        return folder

    left, seen, steady = going("left", YIELDS_AFTER + 1), going("seen", 0), going("steady", None)
    idle, pausing = still("idle", IDLE_YIELDS_AFTER + 1), still("pausing", 0)
    store.pool.going = [left, seen, steady, idle, pausing]

    def wishes():
        wished = {folder.id: [wish.action for wish in folder.commands(0)[0]] for folder in store.pool.going}
        return {name: [action for action in actions if action != "pause"] for name, actions in wished.items()}

    store.make_room()
    assert not any(wishes().values()), "nobody waits"
    waiting = store.start(small())
    store.make_room()
    assert [name for name, actions in wishes().items() if actions] == ["left", "idle"]
    assert set(wishes()["left"] + wishes()["idle"]) == {"stop"}
    store.stop(waiting)


def test_resume(store):
    folder = store.start(small())
    with pytest.raises(UserError, match="still going"):
        store.resume(folder)
    store.stop(folder)
    store.resume(folder)
    assert folder.status().state == "queued"
    with pytest.raises(UserError, match="still going"):
        store.resume(folder)
    assert store.queue_position(folder) == 0


def test_a_run_whose_worker_never_got_to_it_has_failed_and_can_be_resumed(store):
    folder = store.start(small(), owner="ann")
    store.pool.futures[0].set_exception(OSError(12, "Cannot allocate memory"))
    status = folder.status()
    assert status.state == "failed"
    assert "memory" in status.reason
    store.resume(folder)
    assert folder.status().state == "queued"


def test_the_end_of_a_job_says_nothing_about_the_next_one(store):
    folder = store.start(small())
    folder.write_status(Status(state="stopped"))
    store.resume(folder)
    store.pool.futures[0].set_result(None)
    assert folder.status().state == "queued"


def test_resuming_an_active_run_changes_nothing(store):
    folder = store.start(small(steps=10))
    with pytest.raises(UserError, match="still going"):
        store.resume(folder, steps=20)
    assert folder.config().steps == 10
    store.stop(folder)
    with pytest.raises(UserError):
        store.resume(folder, steps=-1)
    assert (folder.config().steps, folder.status().state) == (10, "stopped")
    store.resume(folder, steps=20)
    assert (folder.config().steps, folder.status().state) == (20, "queued")


def test_a_silent_run_is_neither_resumed_nor_deleted_while_its_worker_has_it(store):
    folder = store.start(small(), owner="ann")
    silent = folder.write_status(Status(state="running"))
    files.write_json(folder.path / "status.json", asdict(silent) | {"heartbeat": 0.0})
    store.pool.going = [folder]
    assert folder.status().state == "interrupted"
    for act in (store.resume, partial(store.delete, owner="ann"), partial(store.discard, owner="ann")):
        with pytest.raises(UserError, match="still going"):
            act(folder)
    files.write_json(folder.path / "status.json", asdict(silent) | {"born": "gone"})
    store.resume(folder)


def test_a_damaged_run_does_not_keep_others_from_getting_room(store):
    damaged, left = (RunFolder.create(store.root / name, small()) for name in ("damaged", "left"))
    (damaged.path / "status.json").write_text("{")
    damaged.send("pause")
    left.rest_unwatched()
    os.utime(left.path / "watched", (time.time() - YIELDS_AFTER - 1,) * 2)
    store.pool.going = [damaged, left]
    waiting = store.start(small())
    store.make_room()
    assert {wish.action for wish in left.commands(0)[0]} == {"stop"}
    assert store.queue_wait(waiting) is None
    store.stop(waiting)


def test_a_discarded_run_can_be_taken_back_by_its_owner_only(store):
    folder = store.start(small(), owner="ann")
    folder.write_status(Status(state="stopped"))
    with pytest.raises(UserError, match="Only the person"):
        store.discard(folder, "bob")
    store.discard(folder, "ann")
    assert store.listed("ann") == []
    with pytest.raises(UserError):
        store.find(folder.id)
    with pytest.raises(UserError, match="cannot be brought back"):
        store.restore(folder.id, "bob")
    assert store.restore(folder.id, "ann").config() == small()
    assert [run.id for run in store.listed("ann")] == [folder.id]
    with pytest.raises(UserError, match="cannot be brought back"):
        store.restore(folder.id, "ann")


def test_an_active_run_is_not_discarded(store):
    folder = store.start(small(), owner="ann")
    with pytest.raises(UserError, match="still going"):
        store.discard(folder, "ann")


@pytest.mark.parametrize("run_id", ["..", ".", "", "../runs", "a/b", ".discarded", "\0", "x" * 500])
def test_nothing_but_a_discarded_run_is_taken_back(store, run_id):
    with pytest.raises(UserError):
        store.restore(run_id, "ann")


def test_what_was_discarded_long_ago_is_gone_for_good(store, monkeypatch):
    folders = [store.start(small(), owner="ann") for _ in range(2)]
    for folder in folders:
        folder.write_status(Status(state="stopped"))
    store.discard(folders[0], "ann")
    monkeypatch.setattr(store_module, "KEPT_DISCARDED", -1.0)
    store.discard(folders[1], "ann")
    with pytest.raises(UserError):
        store.restore(folders[0].id, "ann")
    RunStore(store.root, Waiting())  # a new start tidies up as well
    with pytest.raises(UserError):
        store.restore(folders[1].id, "ann")
