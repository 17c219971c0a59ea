"""Sample quality of an image GAN over time, against the DCGAN recipe of pytorch/examples at 28x28 on full MNIST.

Quality is the kernel distance (KID) and coverage on the features of the bundled digit classifier, 2,000 samples
against 2,000 held-out images, with the real-against-real floor beside it. The reference trains for five minutes
(``--seconds``); ours, by the default GAN preset, for a fifth of that.
"""

import argparse
import time
from pathlib import Path
from typing import Any

import torch

from benchmarks.mnist import mnist_root
from benchmarks.references import dcgan_example
from benchmarks.report import Row
from genmodels.data import Dataset, load
from genmodels.metrics.quality import Quality, draw
from genmodels.models import preset
from genmodels.training import Trainer
from genmodels.training.machine import cores

SAMPLES = 2000


def run(options: argparse.Namespace) -> dict[str, Any]:
    with mnist_root(options.datasets) as root:
        data = load("mnist", root=root)
        quality = Quality(data, SAMPLES)
        reference = _reference(root, quality, options.seconds)
        ours = _ours(data, quality, options.seconds / 5)
    return {
        "floor": _told(quality.floor()),
        "reference_seconds": options.seconds,
        "reference": reference,
        "ours_seconds": options.seconds / 5,
        "ours": ours,
        "ours_at_least_as_good": ours["kid"] <= reference["kid"] and ours["coverage"] >= reference["coverage"],
    }


def rows(result: dict[str, Any]) -> list[Row]:
    theirs, ours = result["reference"], result["ours"]
    return [
        Row(
            "GAN on full MNIST: KID and coverage (pytorch/examples DCGAN at 28x28)",
            f"{theirs['kid']}, {theirs['coverage']:.0%} after {result['reference_seconds']:.0f} s",
            f"{ours['kid']}, {ours['coverage']:.0%} after {result['ours_seconds']:.0f} s",
            "as good in a fifth of the time", result["ours_at_least_as_good"],
        )
    ]  # fmt: skip


def _reference(root: Path, quality: Quality, seconds: float) -> dict[str, float]:
    torch.set_num_threads(cores())
    recipe = dcgan_example.Recipe(root)
    start = time.perf_counter()
    for _ in recipe.steps():
        if time.perf_counter() - start > seconds:
            break
    return _told(quality.of(recipe.sample(SAMPLES)))


def _ours(data: Dataset, quality: Quality, seconds: float) -> dict[str, float]:
    config = preset("gan", "mnist", data.spec, "fast", steps=None, seconds=seconds, lr_decay="cosine", threads=cores())
    trainer = Trainer(config, data)
    for _ in trainer.events():
        pass
    return _told(quality.of(draw(trainer.shown, SAMPLES, torch.Generator().manual_seed(0)))) | {"steps": trainer.step}


def _told(measures: Any) -> dict[str, float]:
    return {name: round(measures[name], 4) for name in ("kid", "frechet", "precision", "recall", "coverage")}
