"""Many runs at once: total images per second, and memory, when 1, 2, 4 and 8 runs are asked for.

Runs that find no room wait. The total counts all images of all runs from the first request to the last end.
"""

import argparse
import resource
import tempfile
import time
from pathlib import Path
from typing import Any

from genmodels.data import spec_of
from genmodels.models import preset
from genmodels.training.executor import WorkerPool
from genmodels.training.store import RunStore

STEPS = 400


def run(options: argparse.Namespace) -> dict[str, Any]:
    totals = {str(n): round(total(n)) for n in (1, 2, 4, 8)}
    worst = min(totals.values()) / totals["1"]
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1000
    return {"images_per_second": totals, "lowest_share_of_one_run": round(worst, 2), "largest_worker_mb": round(peak)}


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
