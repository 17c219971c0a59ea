"""Training speed of a VAE on full MNIST against the recipe of pytorch/examples.

Two questions: how many images a second does each process with the *same* network and batch, and how long does each
take to a test negative ELBO of 105.5 nats per image (grey pixels as Bernoulli targets, mean over all 10,000 test
images, one draw of z each): the reference by its own recipe, ours by the default VAE preset. Testing is not counted
for the reference; for ours everything is, live view included.
"""

import argparse
import statistics
import time
from pathlib import Path
from typing import Any

import torch

from benchmarks.mnist import mnist_root
from benchmarks.references import vae_example
from benchmarks.report import Row
from genmodels.data import Dataset, load
from genmodels.models import preset
from genmodels.training import Trainer
from genmodels.training.machine import cores

TARGET = 105.5
SECONDS = 4.0
"""Length of one throughput measurement."""


def run(options: argparse.Namespace) -> dict[str, Any]:
    with mnist_root(options.datasets) as root:
        data = load("mnist", root=root)
        return {
            "images_per_second": throughput(root, data, options.repeat),
            "seconds_to_105.5_nats": to_target(root, data, options.repeat),
        }


def rows(result: dict[str, Any]) -> list[Row]:
    speed, target = result["images_per_second"], result["seconds_to_105.5_nats"]
    return [
        Row(
            "VAE, same network and batch, images a second (pytorch/examples)",
            f"{speed['reference']:,.0f}", f"{speed['ours']:,.0f}, {speed['times_better']} x", "4 x",
            speed["times_better"] >= 4,
        ),
        Row(
            "VAE on full MNIST to 105.5 nats (pytorch/examples)",
            f"{target['reference']} s", f"{target['ours']} s, {target['times_better']} x", "10 x",
            target["times_better"] >= 10 and target["ours_reached"],
        ),
    ]  # fmt: skip


def throughput(root: Path, data: Dataset, repeat: int) -> dict[str, Any]:
    """Images per second with 784-400-20-400-784 and batch 128, reference and ours in turn."""
    same = {
        "width": 400,
        "depth": 1,
        "latent_dim": 20,
        "activation": "relu",
        "batch_size": vae_example.BATCH,
        "lr": 1e-3,
    }
    config = preset(
        "vae", "mnist", data.spec, "fast", **same, lr_warmup=0, lr_decay="none", steps=None, threads=cores()
    )
    theirs, ours = [], []
    for _ in range(repeat):
        torch.set_num_threads(cores())
        theirs.append(rate(vae_example.Recipe(root).steps()))
        trainer = Trainer(config, data)
        ours.append(rate(steps(trainer)))
    return _compared(theirs, ours, larger_is_better=True)


def steps(trainer: Trainer) -> Any:
    while True:
        trainer.advance()
        yield trainer.config.batch_size


def rate(steps: Any) -> float:
    for _, _ in zip(range(20), steps, strict=False):
        pass
    images, start = 0, time.perf_counter()
    for n in steps:
        images += n
        if (elapsed := time.perf_counter() - start) > SECONDS:
            break
    return images / elapsed


def to_target(root: Path, data: Dataset, repeat: int) -> dict[str, Any]:
    """The reference once, as it takes long; ours ``repeat`` times, each with another seed."""
    torch.set_num_threads(cores())
    seconds, loss, epochs = vae_example.Recipe(root).seconds_to(TARGET)
    ours, losses = [], []
    for seed in range(repeat):
        trainer = Trainer(preset("vae", "mnist", data.spec, "fast", seed=seed, threads=cores()), data)
        for _ in trainer.events():
            pass
        ours.append(trainer.watch.seconds)
        losses.append(neg_elbo(trainer))
    return {
        "reference_neg_elbo": round(loss, 2),
        "reference_epochs": epochs,
        "ours_neg_elbo": [round(value, 2) for value in losses],
        "ours_reached": all(value <= TARGET for value in losses),
        **_compared([seconds], ours, larger_is_better=False),
    }


def neg_elbo(trainer: Trainer) -> float:
    value = trainer.evaluate(len(trainer.data.test)).metrics["neg_elbo"]
    assert isinstance(value, float)
    return value


def _compared(theirs: list[float], ours: list[float], *, larger_is_better: bool) -> dict[str, Any]:
    a, b = statistics.median(theirs), statistics.median(ours)
    return {
        "reference": round(a, 2),
        "reference_all": [round(v, 2) for v in theirs],
        "ours": round(b, 2),
        "ours_all": [round(v, 2) for v in ours],
        "times_better": round(b / a if larger_is_better else a / b, 2),
    }
