"""Many runs at once: total images per second when 1, 2, 4 and 8 runs are asked for, and how soon a page answers then.

Runs that find no room wait. The total counts all images of all runs from the first request to the last end. The answer
is that to a press of Dice on the Explore page, from the click to the new seed on the screen: the picture does not wait
for the server, the seed does. A press follows a second after the one before, when its point has come to rest.
"""

import argparse
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.report import Row
from benchmarks.start import app, chromium
from genmodels.data import spec_of
from genmodels.models import preset
from genmodels.training.executor import WorkerPool
from genmodels.training.store import RunStore

STEPS = 400
RUNS = (1, 2, 4, 8)
PRESSES = 40
BETWEEN = 1000
"""Milliseconds between two presses."""

PRESS = """(seed) => new Promise((done) => {
  const before = seed.value;
  const start = performance.now();
  const look = () => (seed.value === before ? requestAnimationFrame(look) : done(performance.now() - start));
  document.querySelector('.st-key-explore-dice button').click();
  requestAnimationFrame(look);
})"""
"""Milliseconds from the click on Dice until the field shows another seed."""


def run(options: argparse.Namespace) -> dict[str, Any]:
    totals = {str(n): round(total(n)) for n in RUNS}
    worst = min(totals.values()) / totals["1"]
    answers = {str(n): answer(n) for n in (0, *RUNS)}
    return {"images_per_second": totals, "lowest_share_of_one_run": round(worst, 2), "milliseconds_to_answer": answers}


def rows(result: dict[str, Any]) -> list[Row]:
    share = result["lowest_share_of_one_run"]
    slowest = max(answer["p95"] for answer in result["milliseconds_to_answer"].values())
    return [
        Row("1 to 8 runs at once: least total images a second", "one run", f"{share:.0%}", "90 %", share >= 0.9),
        Row("1 to 8 runs at once: a page answers, p95", "-", f"{slowest} ms", "300 ms", slowest <= 300),
    ]


def answer(runs: int) -> dict[str, float]:
    """Median and 95th percentile, in milliseconds, of what a visitor waits while ``runs`` were asked for."""
    pool = WorkerPool()
    try:
        with app() as server, chromium() as browser:
            store = RunStore(server.runs, pool)
            config = preset("vae", "digits", spec_of("digits"), "fast", steps=None, seconds=600.0, lr_decay="none")
            started = [store.start(config) for _ in range(runs)]
            page = browser.new_page()
            page.goto(f"{server.url}/explore?run=vae-digits")
            page.wait_for_selector(".st-key-latent_desk canvas[data-drawn]")
            for folder in started[: pool.capacity]:
                while folder.status().step == 0:
                    time.sleep(0.05)
            times = [_press(page) for _ in range(PRESSES)][5:]
            for folder in started:
                store.stop(folder)
    finally:
        pool.kill()
    return {"median": round(float(np.median(times))), "p95": round(float(np.quantile(times, 0.95)))}


def _press(page: Any) -> float:
    page.wait_for_timeout(BETWEEN)
    return float(page.get_by_role("spinbutton", name="Seed").evaluate(PRESS))


def total(runs: int) -> float:
    """Images per second over all runs, with a warm pool."""
    config = preset("vae", "digits", spec_of("digits"), "fast", steps=STEPS, lr_decay="none")
    pool = WorkerPool()
    try:
        with tempfile.TemporaryDirectory() as folder:
            store = RunStore(Path(folder), pool)
            for warm in [store.start(config.changed({"steps": 1})) for _ in range(pool.capacity)]:
                _wait(warm)
            start = time.perf_counter()
            started = [store.start(config) for _ in range(runs)]
            for each in started:
                _wait(each)
            return runs * STEPS * config.batch_size / (time.perf_counter() - start)
    finally:
        pool.shutdown(wait=True)


def _wait(folder: Any) -> None:
    while (status := folder.status()).active:
        time.sleep(0.02)
    if status.state != "finished":
        raise RuntimeError(f"run {folder.id} ended as {status.state}: {status.reason}")
