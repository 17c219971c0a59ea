"""What a run folder says about itself, whatever lies in it."""

import contextlib
import json
import os
import socket
import threading
import time
from pathlib import Path

import pytest

from genmodels.errors import UserError
from genmodels.training import files, process
from genmodels.training.files import append_line, end_line, read_json, read_lines, replacing, write_json
from genmodels.training.folder import SILENCE, RunFolder, Status
from tests.small_runs import small

GONE = 2**22 + 1
"""A process number that Linux never gives."""


@pytest.fixture
def folder(tmp_path):
    return RunFolder.create(tmp_path / "run", small(), owner="ann", title="First")


def damage(folder, name, **changes):
    path = folder.path / name
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


def test_a_new_run(folder):
    about = folder.about()
    assert (about["owner"], about["title"], folder.config()) == ("ann", "First", small())
    assert abs(about["created"] - time.time()) < 3600
    assert folder.status().state == "queued"
    assert folder.history() == ([], 0)
    assert folder.commands(0) == ([], 0)
    assert folder.frames() == folder.kept_weights() == []
    assert folder.checkpoint() is None


def test_rename_and_change(folder):
    created = folder.about()["created"]
    folder.rename("x" * 500)
    folder.change(steps=9)
    assert folder.about()["title"] == "x" * 120
    assert folder.about()["created"] == created
    assert folder.about()["owner"] == "ann"
    assert folder.config() == small(steps=9)
    with pytest.raises(UserError, match="steps"):
        folder.change(steps=-1)
    assert folder.config() == small(steps=9)


def test_wishes(folder):
    folder.send("edit", lr=0.5)
    folder.send("edit", lr=float("nan"))
    wishes, end = folder.commands(0)
    assert [(wish.action, dict(wish.values)) for wish in wishes] == [("edit", {"lr": 0.5}), ("edit", {"lr": None})]
    assert folder.commands(end) == ([], end)


def test_damaged_wishes_are_harmless(folder):
    lines = ['{"action": 5, "values": 6}', "[]", "null", "nonsense", '{"action": "pause"}', "[" * 100_000, '{"act']
    (folder.path / "commands.jsonl").write_text("\n".join(lines))
    wishes, end = folder.commands(0)
    assert [(wish.action, dict(wish.values)) for wish in wishes] == [("5", {}), ("pause", {})]
    assert end == sum(len(line) + 1 for line in lines[:-1])


# ---------------------------------------------------------------------- damaged files

TEXTS = ["", "{", "null", "[]", '"text"', "\0\1\2", "[" * 100_000, "NaN", '{"state": ', "{}" * 2]


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("name", ["run.json", "status.json"])
def test_damaged_json_is_one_sentence(folder, name, text):
    (folder.path / name).write_text(text)
    read = folder.about if name == "run.json" else folder.status
    with pytest.raises(UserError, match=f"^{name} .*damaged\\.$"):
        read()


@pytest.mark.parametrize("name", ["run.json", "status.json"])
def test_huge_missing_and_misplaced_json(folder, name):
    path = folder.path / name
    read = folder.about if name == "run.json" else folder.status
    path.write_bytes(b" " * (files.MAX_JSON + 1))
    with pytest.raises(UserError, match="larger"):
        read()
    path.write_bytes(b"\xff\xfe\xfa")
    with pytest.raises(UserError, match="damaged"):
        read()
    path.unlink()
    with pytest.raises(UserError, match="missing"):
        read()
    path.mkdir()
    with pytest.raises(UserError, match="damaged"):
        read()


HOSTILE = [
    ("state", "dancing"), ("state", None), ("state", ["running"]), ("state", {}), ("step", "7"), ("step", -1),
    ("step", 1.5), ("step", 10**30), ("step", True), ("seconds", "long"), ("seconds", float("nan")),
    ("seconds", float("inf")), ("seconds", -1), ("progress", 2), ("progress", None), ("remaining", "soon"),
    ("samples_per_second", []), ("reason", 5), ("threads", "one"), ("parameters", {"vae": "many"}), ("parameters", []),
    ("commands_read", "all"), ("commands_read", -5), ("pid", "1; rm"), ("pid", -1), ("born", 3), ("host", None),
    ("heartbeat", "now"), ("heartbeat", float("-inf")),
]  # fmt: skip


@pytest.mark.parametrize(("field", "value"), HOSTILE)
def test_hostile_status(folder, field, value):
    damage(folder, "status.json", **{field: value})
    with pytest.raises(UserError, match=r"status\.json in the run folder 'run' is damaged"):
        folder.status()
    assert not folder.active()


@pytest.mark.parametrize(
    ("field", "value"),
    [("owner", 5), ("owner", ["ann"]), ("title", {}), ("created", "today"), ("created", float("nan")), ("created", -1),
     ("config", "vae"), ("config", None), ("schema_version", 2)],
)  # fmt: skip
def test_hostile_run_json(folder, field, value):
    damage(folder, "run.json", **{field: value})
    with pytest.raises(UserError, match=r"run\.json in the run folder 'run' is damaged"):
        folder.about()


def test_hostile_configuration(folder):
    damage(folder, "run.json", config={"model": "vae", "latent_dim": "many"})
    with pytest.raises(UserError, match="latent_dim"):
        folder.config()


def test_what_a_later_version_adds_is_passed_over(folder):
    damage(folder, "status.json", mood="good")
    damage(folder, "run.json", mood="good")
    assert folder.status().state == "queued"
    assert folder.about()["title"] == "First"


def test_an_active_run_is_not_reopened(folder):
    with pytest.raises(UserError, match="still going"):
        folder.reopen()


def test_a_damaged_status_does_not_keep_a_run_from_going_on(folder):
    (folder.path / "status.json").write_text("{")
    folder.reopen()
    assert folder.status().state == "queued"


# ---------------------------------------------------------------------- whose process


def with_process(folder, **changes):
    """The status after another process took over, as far as ``changes`` say."""
    damage(folder, "status.json", **changes)
    return folder.status().state


def test_the_process_is_there(folder):
    assert with_process(folder, state="running") == "running"


@pytest.mark.parametrize("state", ["queued", "preparing", "running", "paused"])
def test_the_process_is_gone(folder, state):
    assert with_process(folder, state=state, pid=GONE) == "interrupted"
    assert "resume" in folder.status().reason
    assert not folder.active()


@pytest.mark.parametrize("state", ["finished", "stopped", "diverged", "failed"])
def test_an_ended_run_needs_no_process(folder, state):
    assert with_process(folder, state=state, pid=GONE) == state


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="this machine does not tell when a process began")
def test_the_number_belongs_to_another_process_now(folder):
    assert with_process(folder, state="queued", born="1") == "interrupted"
    assert with_process(folder, state="queued", born="") == "interrupted"


def test_a_zombie_is_gone():
    child = os.fork()
    if child == 0:
        os._exit(0)
    born = process.birth(os.getpid())
    os.waitid(os.P_PID, child, os.WEXITED | os.WNOWAIT)  # ended, but not yet collected
    try:
        assert process.alive(os.getpid(), born)
        assert process.birth(child) == ""
        assert not process.alive(child, "5")
    finally:
        os.waitpid(child, 0)


@pytest.mark.parametrize(
    ("state", "seen"),
    [("running", "interrupted"), ("paused", "interrupted"), ("preparing", "preparing"), ("queued", "queued")],
)
def test_long_silence(folder, state, seen):
    assert with_process(folder, state=state, heartbeat=time.time() - 2 * SILENCE) == seen


@pytest.mark.parametrize(("age", "seen"), [(0, "running"), (2 * SILENCE, "interrupted")])
def test_another_machine_is_known_by_its_heartbeat(folder, age, seen):
    host = socket.gethostname() + "-other"
    assert with_process(folder, state="running", pid=GONE, host=host, heartbeat=time.time() - age) == seen


# ---------------------------------------------------------------------- files


def test_readers_see_the_old_or_the_new(tmp_path):
    path, writing = tmp_path / "status.json", threading.Event()
    versions = [{"n": n, "text": str(n) * 50_000} for n in range(2)]
    write_json(path, versions[0])

    def write():
        for n in range(100):
            write_json(path, versions[n % 2])
        writing.set()

    thread = threading.Thread(target=write)
    thread.start()
    while not writing.is_set():
        assert read_json(path) in versions
    thread.join()
    assert [file.name for file in tmp_path.iterdir()] == ["status.json"]


def test_a_failed_write_leaves_the_old_file_and_nothing_else(tmp_path):
    path = tmp_path / "status.json"
    write_json(path, {"n": 1})
    with contextlib.suppress(KeyboardInterrupt), replacing(path) as temporary:
        temporary.write_text("half")
        raise KeyboardInterrupt
    with pytest.raises(TypeError):
        write_json(path, {"n": object()})
    assert read_json(path) == {"n": 1}
    assert [file.name for file in tmp_path.iterdir()] == ["status.json"]


def test_half_written_lines_wait(tmp_path):
    path = tmp_path / "history.jsonl"
    append_line(path, {"n": 1})
    with path.open("a") as file:
        file.write('{"n": ')
    values, offset = read_lines(path)
    assert values == [{"n": 1}]
    with path.open("a") as file:
        file.write("2}\n")
    assert read_lines(path, offset)[0] == [{"n": 2}]


def test_a_torn_line_does_not_take_the_next_one_with_it(tmp_path):
    path = tmp_path / "history.jsonl"
    end_line(path)
    path.write_text('{"n": 1}\n{"n": ')
    end_line(path)
    end_line(path)
    append_line(path, {"n": 3})
    assert read_lines(path)[0] == [{"n": 1}, {"n": 3}]


def test_numbers_that_are_not_finite_are_null(tmp_path):
    path = tmp_path / "history.jsonl"
    append_line(path, {"losses": {"a": float("nan"), "b": [1.0, float("inf")]}})
    assert path.read_text() == '{"losses": {"a": null, "b": [1.0, null]}}\n'


def test_long_files_are_read_in_parts(tmp_path, monkeypatch):
    monkeypatch.setattr(files, "MAX_LINES", 100)
    path = tmp_path / "history.jsonl"
    for n in range(50):
        append_line(path, {"n": n})
    seen, offset, more = [], 0, True
    while more:
        values, end = read_lines(path, offset)
        more, offset = end > offset, end
        seen += [value["n"] for value in values]
    assert seen == list(range(50))


def test_a_line_without_end_does_not_hold_up_the_reader(tmp_path, monkeypatch):
    monkeypatch.setattr(files, "MAX_LINES", 100)
    path = tmp_path / "history.jsonl"
    path.write_text("x" * 150)
    assert read_lines(path) == ([], 100)
    assert read_lines(path, 100) == ([], 100)


@pytest.mark.parametrize("offset", [-1, 10**9])
def test_any_offset(tmp_path, offset):
    path = tmp_path / "history.jsonl"
    append_line(path, {"n": 1})
    assert read_lines(path, offset) == ([], offset)


def test_status_refuses_nonsense_when_written(folder):
    with pytest.raises(ValueError, match="state"):
        Status(state="dancing")


@pytest.mark.parametrize("what", ["a file", "a folder with files", "a run", "below a file"])
def test_where_no_run_can_be_made(tmp_path, what):
    path = tmp_path / "out"
    if what == "a run":
        RunFolder.create(path, small())
    elif what == "a folder with files":
        path.mkdir()
        (path / "thesis.doc").touch()
    else:
        path.touch()
    before = sorted(file.name for file in tmp_path.rglob("*"))
    with pytest.raises(UserError, match="choose"):
        RunFolder.create(path / "run" if what == "below a file" else path, small())
    assert sorted(file.name for file in tmp_path.rglob("*")) == before
