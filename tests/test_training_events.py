"""The stream of events: its order, budgets, targets and wishes from outside."""

import pytest

from genmodels.training import (
    Edited,
    Evaluation,
    Finished,
    Paused,
    Refused,
    Resumed,
    Snapshot,
    Started,
    Step,
    Stopped,
    clock,
)
from genmodels.training.clock import Rhythm, Stopwatch
from genmodels.training.events import Command
from tests.small_runs import EVERY_STEP, SILENT, names, small, trainer


class Clock:
    """Time that passes only when told to, or by ``tick`` at every look."""

    def __init__(self, tick: float = 0.0) -> None:
        self.now, self.tick = 0.0, tick

    def perf_counter(self) -> float:
        self.now += self.tick
        return self.now


@pytest.fixture
def time(monkeypatch):
    fake = Clock()
    monkeypatch.setattr(clock, "time", fake)
    return fake


@pytest.mark.parametrize("model", ["vae", "gan"])
def test_order(model):
    events = list(trainer(small(model, steps=3), EVERY_STEP).events())
    assert names(events) == [
        "Started", "Snapshot", *["Step", "Snapshot", "Evaluation"] * 3, "Snapshot", "Evaluation", "Finished",
    ]  # fmt: skip
    assert [event.step for event in events] == sorted(event.step for event in events)
    assert [event.seconds for event in events] == sorted(event.seconds for event in events)
    assert events[-1].step == 3


def test_quiet_run_still_tells_the_end():
    events = list(trainer(small(steps=3), SILENT).events())
    assert names(events) == ["Started", "Snapshot", "Step", "Snapshot", "Evaluation", "Finished"]
    assert events[2].step == 3


def test_started_counts_parameters():
    started = next(trainer(small("gan")).events())
    assert isinstance(started, Started)
    # one hidden layer of 8: 2*8+8 and 8*k+k with k outputs
    assert started.parameters == {"discriminator": 24 + 9, "generator": 24 + 18}
    assert (started.threads, started.precision) == (1, "float32")


def test_step_reports_progress_and_losses():
    run = trainer(small("gan", steps=4, d_moves=2), EVERY_STEP)
    steps = [event for event in run.events() if isinstance(event, Step)]
    assert [event.progress for event in steps] == [0.25, 0.5, 0.75, 1.0]
    assert steps[-1].remaining == 0
    assert {"discriminator/loss", "discriminator/real", "discriminator/fake", "generator/loss"} <= set(steps[0].losses)
    assert all(event.samples_per_second > 0 for event in steps)


def test_no_budget_means_no_progress():
    run = trainer(small(steps=None), EVERY_STEP)
    for event in run.events():
        if isinstance(event, Step):
            assert (event.progress, event.remaining) == (0, None)
            run.inbox.append(Command("stop"))
    assert run.step == 1


def test_seconds_budget(time):
    time.tick = 0.01
    run = trainer(small(steps=None, seconds=1.0))
    events = list(run.events())
    assert isinstance(events[-1], Finished)
    assert run.step > 3
    assert 1.0 <= events[-1].seconds < 1.5


def test_the_first_of_two_budgets_ends_the_run(time):
    time.tick = 0.01
    run = trainer(small(steps=2, seconds=1000.0))
    assert list(run.events())[-1].step == 2


def test_target_ends_the_run():
    run = trainer(small(steps=1000, target=1e6), EVERY_STEP)
    *_, last = run.events()
    assert isinstance(last, Finished)
    assert "target" in last.reason
    assert run.step == 1


def test_pause_resume_stop():
    run, seen = trainer(small(steps=1000), EVERY_STEP), []
    for event in run.events():
        seen.append(event)
        if isinstance(event, Evaluation) and event.step == 1:
            run.inbox.append(Command("pause"))
        if isinstance(event, Paused) and names(seen).count("Paused") == 2:
            run.inbox.append(Command("resume"))
        if isinstance(event, Resumed):
            run.inbox.append(Command("stop"))
    after = names(seen)[names(seen).index("Paused") :]
    assert after[:3] == ["Paused", "Paused", "Resumed"]
    assert isinstance(seen[-1], Stopped)
    assert not seen[-1].diverged
    # A wish is obeyed before the next step, except a step that had already begun when it came.
    assert seen[-1].step <= 2


def test_stop_before_the_first_step_trains_nothing():
    run = trainer(small())
    run.inbox.append(Command("stop"))
    assert names(list(run.events()))[-1] == "Stopped"
    assert run.step == 0


def test_pauses_do_not_count(time):
    run = trainer(small(steps=2), EVERY_STEP)
    run.inbox.append(Command("pause"))
    for event in run.events():
        time.now += 1
        if isinstance(event, Paused):
            before = event.seconds
            time.now += 1000
            run.inbox.append(Command("resume"))
        if isinstance(event, Resumed):
            assert event.seconds == before
    assert event.seconds < 100


def test_stopwatch(time):
    watch = Stopwatch(5)
    watch.go()
    time.now += 2
    watch.go()
    watch.pause()
    time.now += 10
    assert watch.seconds == 7
    watch.pause()
    watch.go()
    time.now += 1
    assert watch.seconds == 8


def test_single_steps_while_paused():
    run = trainer(small("gan", steps=10), EVERY_STEP)
    run.inbox.extend([Command("pause"), Command("step"), Command("step", {"player": "generator"})])
    before = {name: value.clone() for name, value in run.model.discriminator.state_dict().items()}
    seen = []
    for event in run.events():
        seen.append(event)
        if isinstance(event, Step) and event.step == 1:
            before = {name: value.clone() for name, value in run.model.discriminator.state_dict().items()}
        if isinstance(event, Step) and event.step == 2:
            assert set(event.losses) == {"generator/loss", "generator/gradient"}
            assert all(value.equal(before[name]) for name, value in run.model.discriminator.state_dict().items())
        if isinstance(event, Paused) and event.step == 2:
            run.inbox.append(Command("stop"))
    assert names(seen)[:7] == ["Started", "Snapshot", "Snapshot", "Paused", "Step", "Snapshot", "Step"]
    steps = [event for event in seen if isinstance(event, Step)]
    assert [event.step for event in steps] == [1, 2]


def test_single_step_takes_time(time):
    time.tick = 0.01
    run = trainer(small(steps=10))
    run.inbox.extend([Command("pause"), Command("step")])
    for event in run.events():
        if isinstance(event, Step):
            assert event.samples_per_second <= 16 / 0.01
            break


def test_single_steps_do_not_pass_the_budget():
    run = trainer(small(steps=2))
    run.inbox.extend([Command("pause"), *[Command("step")] * 5])
    *_, last = run.events()
    assert isinstance(last, Finished)
    assert run.step == 2


def test_edit_live_fields():
    run = trainer(small(steps=2), EVERY_STEP)
    run.inbox.append(Command("edit", {"lr": "0.5", "beta": 2}))
    events = list(run.events())
    edited = [event for event in events if isinstance(event, Edited)]
    assert [event.changes for event in edited] == [{"lr": 0.5, "beta": 2.0}]
    assert run.config.beta == run.model.config.beta == run.shown.config.beta == 2
    assert run.optimizers["vae"].lr == 0.5


@pytest.mark.parametrize(
    ("command", "word"),
    [
        (Command("edit", {"latent_dim": 3}), "latent_dim"),
        (Command("edit", {"lr": 1e9}), "lr"),
        (Command("edit", {"lr": "fast"}), "lr"),
        (Command("edit", {"lr": float("nan")}), "lr"),
        (Command("edit", {"nonsense": 1}), "nonsense"),
        (Command("step", {"player": "referee"}), "referee"),
        (Command("step", {"player": ["generator"]}), "player"),
        (Command("explode"), "explode"),
    ],
)
def test_refused_wishes_say_why_and_change_nothing(command, word):
    run = trainer(small(steps=2))
    config = run.config
    run.inbox.append(command)
    refused = [event for event in run.events() if isinstance(event, Refused)]
    assert len(refused) == 1
    assert word in refused[0].reason
    assert run.config == config
    assert run.step == 2


def test_snapshot_before_the_first_step():
    events = trainer(small()).events()
    next(events)
    first = next(events)
    assert isinstance(first, Snapshot)
    assert first.step == 0


class TestRhythm:
    @staticmethod
    def wait_after(time, *costs, intervals=(0.4, 1.0), share=0.025):
        rhythm = Rhythm({"look": intervals}, share)
        for cost in costs:
            with rhythm.work("look"):
                time.now += cost
        return rhythm.wait("look")

    def test_cheap_work_keeps_its_interval(self, time):
        assert self.wait_after(time, 0.001, 0.001) == 0.4

    def test_costly_work_takes_no_more_than_its_share(self, time):
        assert self.wait_after(time, 0.02, 0.02) == pytest.approx(0.8)

    def test_the_first_time_does_not_count(self, time):
        assert self.wait_after(time, 5.0) == 0.4

    def test_a_hiccup_does_not_count(self, time):
        assert self.wait_after(time, 0.01, 0.012, 3.0) == pytest.approx(0.48)

    def test_a_busy_machine_still_shows_once_a_second(self, time):
        assert self.wait_after(time, 0.08, 0.08) == 1.0

    def test_but_not_at_any_price(self, time):
        assert self.wait_after(time, 1.0, 1.0) == pytest.approx(10.0)

    def test_due(self, time):
        rhythm = Rhythm({"look": (1.0, 1.0)}, 0.1)
        assert not rhythm.due("look")
        time.now += 1
        assert rhythm.due("look")
        with rhythm.work("look"):
            pass
        assert not rhythm.due("look")
