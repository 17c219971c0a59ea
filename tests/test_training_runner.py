"""A run and its folder: what is written, divergence, going on, wishes before the start."""

import os
import time
from dataclasses import replace
from types import SimpleNamespace

import pytest
import torch

from genmodels.config import parse
from genmodels.data import of_run
from genmodels.errors import UserError
from genmodels.training import clock, loop, runner
from genmodels.training.folder import RunFolder
from genmodels.training.machine import cards
from genmodels.training.runner import run
from tests.small_runs import EVERY_STEP, finite, same_weights, small, trained, until

GONE = 2**22 + 1
"""A process number that Linux never gives."""


@pytest.fixture
def eager(monkeypatch):
    """Write a resume point after every step."""
    monkeypatch.setattr(runner, "CHECKPOINT_EVERY", 0.0)
    monkeypatch.setattr(runner, "CHECKPOINT_SHARE", float("inf"))


def kinds(folder):
    return [line["event"] for line in folder.history()[0]]


@pytest.mark.parametrize(("model", "data"), [("vae", "digits"), ("gan", "ring")])
def test_folder_of_a_finished_run(tmp_path, model, data):
    config = small(model, data)
    folder = RunFolder.create(tmp_path / "run", config, title="First")
    assert folder.status().state == "queued"
    heard = []
    status = run(folder.path, pace=EVERY_STEP, listener=heard.append)
    assert status == folder.status()
    assert (status.state, status.step, status.progress, status.remaining) == ("finished", 8, 1.0, None)
    assert kinds(folder) == [type(e).__name__.lower() for e in heard if type(e).__name__ != "Snapshot"]
    assert folder.frames() == list(range(9))
    assert set(folder.frame(3)) == set(folder.frame())
    assert same_weights(folder.model(), trained(config).shown)
    assert folder.fixed()["z"].shape[1] == 2
    assert folder.config() == config
    assert folder.kept_weights()[0] == 0
    assert finite(folder.model(folder.kept_weights()[-1]))
    assert not list(folder.path.rglob(".*"))


def test_history_says_what_was_trained(tmp_path):
    folder = RunFolder.create(tmp_path / "run", small())
    run(folder.path, pace=EVERY_STEP)
    started, *_ = folder.history()[0]
    assert parse(started["config"]) == small()
    assert folder.history(folder.history()[1])[0] == []


def test_going_on_with_a_larger_budget_equals_one_run(tmp_path):
    folder = RunFolder.create(tmp_path / "run", small(steps=3))
    run(folder.path)
    folder.change(steps=8)
    folder.reopen()
    assert (folder.status().state, folder.status().step) == ("queued", 3)
    assert run(folder.path).state == "finished"
    assert same_weights(folder.model(), trained(small(steps=8)).shown)


def test_a_finished_run_finishes_again_at_once(tmp_path):
    folder = RunFolder.create(tmp_path / "run", small())
    run(folder.path)
    before = folder.model()
    folder.reopen()
    assert run(folder.path).state == "finished"
    assert same_weights(folder.model(), before)


def test_edits_outlast_the_run(tmp_path):
    folder = RunFolder.create(tmp_path / "run", small())

    def edit(event):
        if type(event).__name__ == "Started":
            folder.send("edit", lr=0.01)

    run(folder.path, listener=edit)
    assert folder.config() == small(lr=0.01)
    assert "edited" in kinds(folder)


@pytest.mark.parametrize("model", ["vae", "gan"])
def test_divergence_stops_at_the_last_finite_weights(tmp_path, model, monkeypatch, eager):
    folder = RunFolder.create(tmp_path / "run", small(model, steps=50))
    advance = loop.Trainer.advance

    def poisoned(trainer, only=None):
        advance(trainer, only)
        if trainer.step == 5:
            next(trainer.model.decoder.parameters()).data.fill_(float("nan"))
            advance(trainer)

    monkeypatch.setattr(loop.Trainer, "advance", poisoned)
    status = run(folder.path, pace=EVERY_STEP)
    assert status.state == "diverged"
    assert "learning rate" in status.reason
    assert same_weights(folder.model(), trained(small(model, steps=4)).shown)
    assert "NaN" not in (folder.path / "history.jsonl").read_text()
    assert folder.checkpoint().step == 4
    assert all(
        bool(value.isfinite().all()) for value in folder.checkpoint().tensors.values() if value.is_floating_point()
    )

    monkeypatch.setattr(loop.Trainer, "advance", advance)
    folder.reopen()
    assert run(folder.path).state == "finished"
    assert same_weights(folder.model(), trained(small(model, steps=50)).shown)


def test_a_far_too_large_rate_diverges_and_a_smaller_one_goes_on(tmp_path):
    folder = RunFolder.create(tmp_path / "run", small("vae", "digits", lr=1, optimizer="sgd", steps=200))
    assert run(folder.path, pace=EVERY_STEP).state == "diverged"
    assert finite(folder.model())
    folder.change(lr=1e-5)
    folder.reopen()
    assert run(folder.path).state == "finished"
    assert finite(folder.model())


def test_divergence_seen_at_the_end_of_the_budget(tmp_path, monkeypatch):
    folder = RunFolder.create(tmp_path / "run", small(steps=2))
    advance = loop.Trainer.advance

    def poisoned(trainer, only=None):
        advance(trainer, only)
        next(trainer.shown.parameters()).fill_(float("inf"))

    monkeypatch.setattr(loop.Trainer, "advance", poisoned)
    assert run(folder.path).state == "diverged"
    assert finite(folder.model())


def test_pausing_and_stopping_through_the_folder(tmp_path):
    folder = RunFolder.create(tmp_path / "run", small(steps=100_000))
    states = []

    def steer(event):
        kind = type(event).__name__
        states.append(folder.status().state)
        if kind == "Started":
            folder.send("pause")
        if kind == "Paused" and states.count("paused") == 2:
            assert folder.checkpoint() is not None
            folder.send("resume")
        if kind == "Resumed":
            folder.send("stop")

    status = run(folder.path, listener=steer, pace=EVERY_STEP)
    assert (status.state, status.reason) == ("stopped", "Stopped on request.")
    assert kinds(folder).count("paused") == 1
    assert folder.checkpoint().step == status.step < 10


def test_stop_while_waiting_ends_before_the_data_are_read(tmp_path, monkeypatch):
    monkeypatch.setattr(runner, "data_of", lambda *_, **__: pytest.fail("the data were read"))
    folder = RunFolder.create(tmp_path / "run", small())
    folder.send("stop")
    status = run(folder.path)
    assert (status.state, status.reason) == ("stopped", "Stopped on request.")


def test_stop_during_a_download(tmp_path, monkeypatch):
    folder = RunFolder.create(tmp_path / "run", small())

    def load(name, progress, **settings):
        progress(0.1, "Downloading")
        assert folder.status().reason == "Downloading"
        folder.send("stop")
        progress(7.0, "Downloading")
        pytest.fail("the download went on")

    monkeypatch.setattr(of_run, "load", load)
    assert run(folder.path).state == "stopped"


def test_old_wishes_do_not_count_after_a_resume(tmp_path):
    folder = RunFolder.create(tmp_path / "run", small())
    folder.send("stop")
    run(folder.path)
    folder.send("stop")
    with (folder.path / "commands.jsonl").open("a") as file:
        file.write('{"action": "st')
    folder.reopen()
    assert run(folder.path).state == "finished"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"network": "conv"}, "MLP"),
        ({"device": "cuda"}, "cuda"),
        ({"data": "no-such-set"}, "no-such-set"),
    ],
)
def test_what_cannot_be_trained_fails_with_a_sentence(tmp_path, changes, words):
    if changes.get("device") in cards():
        changes = {"device": "mps"}
        words = "mps"
    folder = RunFolder.create(tmp_path / "run", small().changed(changes))
    status = run(folder.path)
    assert status.state == "failed"
    assert words in status.reason
    assert not (folder.path / "error.log").exists()


def test_a_checkpoint_of_another_model_is_refused(tmp_path):
    a, b = RunFolder.create(tmp_path / "a", small("vae")), RunFolder.create(tmp_path / "b", small("gan"))
    run(a.path)
    (b.path / "checkpoint.safetensors").write_bytes((a.path / "checkpoint.safetensors").read_bytes())
    status = run(b.path)
    assert status.state == "failed"
    assert "start the run again" in status.reason


def test_bugs_leave_a_witness(tmp_path, monkeypatch):
    def broken(*_, **__):
        raise ZeroDivisionError("oh")

    monkeypatch.setattr(runner, "data_of", broken)
    folder = RunFolder.create(tmp_path / "run", small())
    status = run(folder.path)
    assert "ZeroDivisionError" in status.reason
    assert "oh" in (folder.path / "error.log").read_text()


@pytest.mark.parametrize("error", [MemoryError(), RuntimeError("DefaultCPUAllocator: can't allocate memory")])
def test_too_little_memory(tmp_path, monkeypatch, error):
    def greedy(*_, **__):
        raise error

    monkeypatch.setattr(runner, "Trainer", greedy)
    status = run(RunFolder.create(tmp_path / "run", small()).path)
    assert status.state == "failed"
    assert "memory" in status.reason


def test_a_full_disk(tmp_path, monkeypatch):
    def full(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(RunFolder, "write_frame", full)
    status = run(RunFolder.create(tmp_path / "run", small()).path)
    assert status.state == "failed"
    assert "No space left" in status.reason


def test_an_orphan_stops_resumably(tmp_path):
    folder = RunFolder.create(tmp_path / "run", small(steps=100_000))
    status = run(folder.path, parent=GONE, pace=EVERY_STEP)
    assert status.state == "interrupted"
    folder.change(steps=8)
    folder.reopen()
    assert run(folder.path, parent=os.getppid()).state == "finished"
    assert same_weights(folder.model(), trained(small(steps=8)).shown)


def test_a_run_in_a_thread_of_the_app_is_no_orphan(tmp_path):
    folder = RunFolder.create(tmp_path / "run", small())
    assert run(folder.path, parent=os.getpid()).state == "finished"


def test_a_run_gives_signs_of_life_whatever_it_is_busy_with_and_none_after_its_end(tmp_path, monkeypatch):
    monkeypatch.setattr(runner, "BEAT", 0.001)
    folder = RunFolder.create(tmp_path / "run", small())
    recorder = runner.Recorder(folder)
    recorder.preparing(0.5, "Loading")
    before = folder.status()
    until(lambda: folder.status().heartbeat > before.heartbeat)
    recorder.fail("It ended.")
    ended = folder.status()
    beats = recorder._closed.wait
    passed = []
    monkeypatch.setattr(recorder._closed, "wait", lambda seconds: passed.append(0) or beats(seconds))
    until(lambda: len(passed) > 20)
    recorder.close()
    assert not recorder._heart.is_alive()
    assert folder.status() == ended
    assert replace(ended, heartbeat=0) == replace(before, state="failed", reason="It ended.", heartbeat=0)


@pytest.mark.parametrize(("cost", "most"), [(0.0, 60), (2.0, 8), (20.0, 4)])
def test_resume_points_take_a_small_part_of_the_time_whatever_they_cost(tmp_path, monkeypatch, cost, most):
    now = [0.0]
    monkeypatch.setattr(clock, "time", SimpleNamespace(perf_counter=lambda: now[0]))
    folder = RunFolder.create(tmp_path / "run", small())
    recorder = runner.Recorder(folder)
    recorder.close()
    times = []

    def written(trainer):
        times.append(now[0])
        now[0] += cost

    monkeypatch.setattr(recorder, "_keep_resumable", written)
    while now[0] < 300:
        now[0] += 1
        recorder._checkpoint(SimpleNamespace(config=small()))
    assert most / 2 <= len(times) <= most


def test_leftovers_of_a_killed_process_are_cleared(tmp_path):
    folder = RunFolder.create(tmp_path / "run", small())
    leftovers = [folder.path / ".model.safetensors.0a1b2c3d", folder.path / "frames" / ".00000001.safetensors.0a1b2c3d"]
    for file in leftovers:
        file.write_bytes(b"half")
    (folder.path / "history.jsonl").write_text('{"event": "step", "st')
    run(folder.path)
    assert not any(file.exists() for file in leftovers)
    assert kinds(folder)[0] == "started"


def test_codes_do_not_turn_when_a_run_goes_on(tmp_path):
    folder = RunFolder.create(tmp_path / "run", small("vae", "digits", latent_dim=4, steps=3))
    run(folder.path)
    before = folder.frame()["codes"]
    folder.reopen()
    run(folder.path)
    torch.testing.assert_close(folder.frame()["codes"], before, atol=1e-4, rtol=0)


@pytest.mark.parametrize("resumable", [True, False])
def test_nothing_is_shown_of_what_a_resumed_run_does_not_go_on_from(tmp_path, resumable):
    folder = RunFolder.create(tmp_path / "run", small(steps=3))
    run(folder.path, pace=EVERY_STEP)
    for step in (5, 9):
        folder.write_frame(step, folder.frame(3))
        folder.keep_weights(step, folder.model())
    if not resumable:
        (folder.path / "checkpoint.safetensors").unlink()
        with pytest.raises(UserError, match="start over"):  # what it knows would be lost
            folder.reopen()
        folder.write_status(replace(folder.status(), state="diverged"))
    folder.reopen()
    kept = []

    def look(event):
        if type(event).__name__ == "Started":
            kept.extend(folder.frames())

    assert run(folder.path, pace=EVERY_STEP, listener=look).state == "finished"
    assert kept == ([0, 1, 2, 3] if resumable else [0])
    assert folder.frames() == [0, 1, 2, 3]
    assert folder.kept_weights()[-1] <= 3


@pytest.mark.parametrize(("wishes", "interval"), [((), 0.0), ((500,), 0.002), ((500, None), 0.0)])
def test_a_run_goes_on_at_the_speed_it_had(tmp_path, monkeypatch, wishes, interval):
    trainers = []

    class Seen(loop.Trainer):
        def __init__(self, *args, **keywords):
            super().__init__(*args, **keywords)
            trainers.append(self)

    folder = RunFolder.create(tmp_path / "run", small())
    run(folder.path)
    for limit in wishes:
        folder.send("speed", steps_per_second=limit)
    folder.change(steps=12)
    folder.reopen()
    monkeypatch.setattr(runner, "Trainer", Seen)
    assert run(folder.path).state == "finished"
    assert trainers[0].interval == interval == (1 / folder.pace() if folder.pace() else 0.0)


def test_an_unwritable_folder_does_not_raise(tmp_path):
    assert run(tmp_path / "nothing").state == "failed"


def _look(folder, ago):
    os.utime(folder.path / "watched", (time.time() - ago,) * 2)


def test_a_run_that_nobody_looks_at_rests_and_goes_on_when_somebody_does(tmp_path):
    folder, heard = RunFolder.create(tmp_path / "run", small(steps=12)), []
    folder.rest_unwatched()

    def listen(event):
        heard.append(type(event).__name__)
        if event.step == 3 and "Paused" not in heard:
            _look(folder, runner.RESTS_AFTER + 1)
        elif heard.count("Paused") == 3 and "Resumed" not in heard:
            folder.look()

    status = run(folder.path, pace=EVERY_STEP, listener=listen)
    assert (status.state, status.step) == ("finished", 12)
    assert heard.index("Paused") < heard.index("Resumed")
    assert heard.count("Resumed") == 1


def test_a_run_that_nobody_comes_back_to_makes_room_and_can_be_resumed(tmp_path):
    folder = RunFolder.create(tmp_path / "run", small(steps=20))
    folder.rest_unwatched()
    _look(folder, runner.ENDS_AFTER + 1)
    status = run(folder.path, pace=EVERY_STEP)
    assert status.state == "stopped"
    assert status.step < 20
    folder.reopen()
    assert folder.alone() < runner.RESTS_AFTER
    assert run(folder.path, pace=EVERY_STEP).state == "finished"


def test_a_pause_by_hand_is_not_ended_by_a_look(tmp_path):
    folder, heard = RunFolder.create(tmp_path / "run", small(steps=20)), []
    folder.rest_unwatched()
    folder.send("pause")

    def listen(event):
        heard.append(type(event).__name__)
        if heard.count("Paused") == 2:
            _look(folder, runner.RESTS_AFTER + 1)
        elif heard.count("Paused") == 4:
            folder.look()
        elif heard.count("Paused") == 6:
            folder.send("stop")

    assert run(folder.path, pace=EVERY_STEP, listener=listen).state == "stopped"
    assert "Resumed" not in heard


def test_a_run_of_the_train_page_goes_on_unwatched(tmp_path):
    folder = RunFolder.create(tmp_path / "run", small())
    folder.look()
    assert folder.alone() == 0.0
    assert not (folder.path / "watched").exists()
