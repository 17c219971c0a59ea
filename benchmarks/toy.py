"""GANs in two dimensions: steps per second at GAN Lab's size, and how soon and well the default preset covers modes.

GAN Lab (Kahng et al., arXiv 1809.01587) makes one step per animation frame, at most 60 a second, with one hidden layer
of 8 units and batches of 150.
"""

import argparse
import multiprocessing
import statistics
import time
from functools import partial
from typing import Any

import torch

from benchmarks.report import Row
from genmodels.data import Dataset, load
from genmodels.metrics.modes import count_modes
from genmodels.models import preset
from genmodels.training import Trainer

GAN_LAB = {"width": 8, "depth": 1, "batch_size": 150, "latent_dim": 2, "threads": 1, "steps": None}
GAN_LAB_MOST = 60
GOALS = {
    "ring": {"modes": 8, "modes_by": 10.0, "quality_by": 30.0},
    "grid": {"modes": 25, "modes_by": 30.0, "quality_by": 60.0},
}


def run(options: argparse.Namespace) -> dict[str, Any]:
    rates = [steps_per_second() for _ in range(options.repeat)]
    rate = statistics.median(rates)
    speed = {"ours": round(rate), "ours_all": [round(r) for r in rates], "gan_lab_at_most": GAN_LAB_MOST}
    with multiprocessing.get_context("spawn").Pool(options.jobs) as pool:
        seeds = range(options.seeds or options.repeat)
        coverage = {name: pool.map(partial(modes, name), seeds, chunksize=1) for name in GOALS}
    return {"steps_per_second": speed | {"times_better": round(rate / GAN_LAB_MOST, 1)}, "modes": coverage}


def rows(result: dict[str, Any]) -> list[Row]:
    speed = result["steps_per_second"]
    found = [
        Row(
            "2-D GAN of GAN Lab's size, steps a second",
            f"at most {GAN_LAB_MOST}",
            str(speed["ours"]),
            "300",
            speed["ours"] >= 300,
        )
    ]
    for name, goal in GOALS.items():
        runs = result["modes"][name]
        good = [run for run in runs if run["modes"] == goal["modes"] and run["high_quality"] >= 0.95]
        found.append(
            Row(
                f"{name}: all {goal['modes']} modes by {goal['modes_by']:.0f} s, "
                f"95 % high quality by {goal['quality_by']:.0f} s",
                "-", f"{len(good)} of {len(runs)} seeds", "9 of 10 seeds", len(good) >= 0.9 * len(runs),
            )
        )  # fmt: skip
    return found


def steps_per_second(seconds: float = 3.0) -> float:
    """Steps of the default objective with GAN Lab's network and batch on one thread."""
    data = load("ring")
    trainer = Trainer(preset("gan", "ring", data.spec, "fast", **GAN_LAB), data)
    for _ in range(50):
        trainer.advance()
    start, first = time.perf_counter(), trainer.step
    while time.perf_counter() - start < seconds:
        trainer.advance()
    return (trainer.step - first) / (time.perf_counter() - start)


def modes(name: str, seed: int) -> dict[str, Any]:
    """Modes covered and the share within three sigma, at the two times of the goal, by the default preset."""
    data, goal = load(name), GOALS[name]
    config = preset("gan", data.name, data.spec, "fast", seed=seed, steps=None, seconds=goal["quality_by"])
    trainer, seen = Trainer(config, data), {}
    for _ in trainer.events():
        if "modes" not in seen and trainer.watch.seconds >= goal["modes_by"]:
            trainer.watch.pause()
            seen["modes"] = _count(trainer, data)[0]
            trainer.watch.go()
    seen["modes_at_end"], seen["high_quality"] = _count(trainer, data)
    return {"seed": seed, "steps": trainer.step, **seen}


def _count(trainer: Trainer, data: Dataset) -> tuple[int, float]:
    with torch.no_grad():
        generator = torch.Generator().manual_seed(1)
        points = trainer.shown.decode(trainer.shown.prior(10_000, generator))
    counted = count_modes(points, data.toy.centres, data.toy.sigma)
    return counted.covered, round(counted.high_quality, 4)
