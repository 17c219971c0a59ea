"""What it costs to be watched: steps per second of the loop alone, of a whole run, and of one looked at in Chromium.

The loop alone only trains. A whole run reports, draws its views, measures its quality and writes all that down. Each is
measured in a process of its own, in turn, with as many threads as pay, as in the app.
"""

import argparse
import contextlib
import statistics
import time
from collections.abc import Iterator
from typing import Any

from benchmarks.report import Row
from benchmarks.start import app, chromium
from genmodels.data import load, spec_of
from genmodels.models import preset
from genmodels.training.executor import WorkerPool
from genmodels.training.loop import Trainer
from genmodels.training.store import RunStore

SECONDS = 12.0
WARM = 3.0
"""Seconds of each measurement, and before it."""
MODELS = ("vae", "gan")


def run(options: argparse.Namespace) -> dict[str, Any]:
    return {model: costs(model, options.repeat) for model in MODELS}


def rows(result: dict[str, Any]) -> list[Row]:
    return [
        Row(
            f"{model} on digits: training speed lost to the live view",
            f"{result[model]['loop_alone']} steps/s alone",
            f"{result[model]['lost_unwatched']:.1%}, {result[model]['lost_watched']:.1%} with a browser",
            "5 %",
            result[model]["lost_watched"] <= 0.05,
        )
        for model in MODELS
    ]


def costs(model: str, repeat: int) -> dict[str, Any]:
    alone, unwatched, watched = [], [], []
    for _ in range(repeat):
        alone.append(_alone(model))
        unwatched.append(_in_the_app(model, look=False))
        watched.append(_in_the_app(model, look=True))
    a, b, c = (statistics.median(rates) for rates in (alone, unwatched, watched))
    return {
        "loop_alone": round(a, 1),
        "run": round(b, 1),
        "run_watched": round(c, 1),
        "lost_unwatched": round(1 - b / a, 3),
        "lost_watched": round(1 - c / a, 3),
    }


def _config(model: str) -> Any:
    return preset(model, "digits", spec_of("digits"), "fast", steps=None, seconds=600.0, lr_decay="none")


@contextlib.contextmanager
def _workers() -> Iterator[WorkerPool]:
    pool = WorkerPool(1)
    try:
        yield pool
    finally:
        pool.kill()


def _alone(model: str) -> float:
    with _workers() as pool:
        return pool.submit(loop_alone, model).result()


def loop_alone(model: str) -> float:
    """Steps per second of nothing but training."""
    trainer = Trainer(_config(model), load("digits"))
    _advance(trainer, WARM)
    start, before = time.perf_counter(), trainer.step
    _advance(trainer, SECONDS)
    return (trainer.step - before) / (time.perf_counter() - start)


def _advance(trainer: Trainer, seconds: float) -> None:
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        with trainer.threads.step():
            trainer.advance()


def _in_the_app(model: str, *, look: bool) -> float:
    """Steps per second of a run, as it tells them itself at two moments."""
    # The workers go first: a run that still writes would hold on to the folder of the server.
    with app() as server, chromium() as browser, _workers() as pool:
        folder = RunStore(server.runs, pool).start(_config(model))
        if look:
            page = browser.new_page(viewport={"width": 1440, "height": 900})
            page.goto(f"{server.url}/train?run={folder.id}")
            page.wait_for_selector(".st-key-samples canvas")
        while folder.status().seconds < WARM:
            time.sleep(0.1)
        first = folder.status()
        time.sleep(SECONDS)
        last = folder.status()
        return (last.step - first.step) / (last.seconds - first.seconds)
