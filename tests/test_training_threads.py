"""A run that was not told how many threads to take finds out."""

import time

import pytest
import torch

from genmodels.training import machine
from genmodels.training.threads import Threads


@pytest.fixture(autouse=True)
def _threads_as_before():
    before = torch.get_num_threads()
    yield
    torch.set_num_threads(before)


def after(threads, seconds, pace, now=None):
    """Let ``seconds`` of steps pass, each taking ``pace(count)``; returns the counts that were used, in order."""
    now = time.perf_counter() if now is None else now
    end, used = now + seconds, []
    while now < end:
        step = pace(threads.count)
        now += step
        used.append(threads.count)
        threads.took(step, now)
    return used, now


def test_more_threads_are_taken_where_they_pay():
    threads = Threads(0, most=4, room=lambda: 4)
    used, _ = after(threads, 60, lambda n: 0.04 / n)
    assert used.count(4) > 0.8 * len(used)
    assert torch.get_num_threads() == threads.count


def test_where_they_do_not_pay_they_are_tried_seldom():
    used, _ = after(Threads(0, most=2, room=lambda: 2), 60, lambda n: 0.01 * n)
    assert used.count(2) < 0.06 * len(used)
    assert 2 in used[: len(used) // 10]


def test_a_difference_that_may_be_chance_changes_nothing():
    threads = Threads(0, most=2, room=lambda: 2)
    used, _ = after(threads, 60, lambda n: 0.0100 if n == 1 else 0.0097)
    assert used.count(1) > 0.85 * len(used)


def test_it_follows_a_machine_that_becomes_busy():
    threads = Threads(0, most=2, room=lambda: 2)
    _, now = after(threads, 30, lambda n: 0.02 / n)
    assert threads.count == 2
    used, _ = after(threads, 60, lambda n: 0.02 * n, now)
    assert used.count(1) > 0.7 * len(used)


def test_the_best_of_several_is_found_from_above_and_below():
    for first in (1, 3):
        threads = Threads(0, most=4, room=lambda: 4)
        threads.count = first
        used, _ = after(threads, 90, lambda n: {1: 0.02, 2: 0.01, 3: 0.015, 4: 0.03}[n])
        assert used.count(2) > 0.8 * len(used), first


def test_a_number_that_was_asked_for_is_kept():
    threads = Threads(1)
    used, _ = after(threads, 30, lambda n: 0.01 / n)
    assert set(used) == {1}
    assert torch.get_num_threads() == 1


def test_slow_steps_are_tried_too():
    # A step of half a second: a few steps must be enough to judge by.
    used, _ = after(Threads(0, most=2, room=lambda: 2), 60, lambda n: 0.5 / n)
    assert used.count(2) > 0.6 * len(used)


def test_a_trial_that_makes_everybody_wait_is_short():
    threads = Threads(0, most=2, room=lambda: 2)
    used, _ = after(threads, 60, lambda n: 0.01 if n == 1 else 0.1)
    in_a_row = [len(part) for part in "".join(map(str, used)).split("1")]
    assert 0 < max(in_a_row) <= Threads.WARM + Threads.FEW


def test_what_another_run_was_given_is_left_to_it():
    room = 2
    threads = Threads(0, most=2, room=lambda: room)
    _, now = after(threads, 30, lambda n: 0.02 / n)
    assert threads.count == 2
    room = 1  # another run begins
    used, now = after(threads, 60, lambda n: 0.02 / n, now)
    assert used[round(Threads.LOOKS / 0.01) + 1 :].count(1) == len(used) - round(Threads.LOOKS / 0.01) - 1
    room = 2  # and ends
    used, _ = after(threads, 60, lambda n: 0.02 / n, now)
    assert used.count(2) > 0.6 * len(used)


@pytest.mark.parametrize(("told", "room"), [("1", 2), ("2", 1), ("7", 1), ("0", 2), ("", 2), ("many", 2), (None, 2)])
def test_the_room_is_what_the_pool_says(told, room, tmp_path, monkeypatch):
    monkeypatch.setattr(machine, "cores", lambda: 2)
    file = tmp_path / "threads"
    if told is not None:
        file.write_text(told)
    machine.share(file)
    try:
        assert machine.spare() == room
    finally:
        machine.share(None)
    assert machine.spare() == 2


def test_a_machine_that_is_busy_by_turns_is_judged_over_whole_turns():
    # As beside a browser that shows the run: for 0.3 s of every 0.8 s, two threads wait for each other.
    threads = Threads(0, most=2, room=lambda: 2)
    now = start = time.perf_counter()
    used = {1: 0.0, 2: 0.0}
    while now < start + 120:
        held_up = (now - start) % 0.8 < 0.3
        seconds = 0.014 if threads.count == 1 else 0.2 if held_up else 0.0095
        now += seconds
        if now > start + 10:
            used[threads.count] += seconds
        threads.took(seconds, now)
    assert used[1] > 0.8 * sum(used.values())


def test_when_somebody_comes_fewer_are_tried_at_once():
    threads = Threads(0, most=2, room=lambda: 2)
    _, now = after(threads, 60, lambda n: 0.014 if n == 1 else 0.0095)  # the next trial is 20 s away
    assert threads.count == 2
    used, _ = after(threads, 8, lambda n: 0.014 if n == 1 else 0.021, now)
    assert used[-1] == 1
    assert used.index(1) * 0.021 < 3.5
