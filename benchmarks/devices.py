"""The processor against the graphics cards of this machine: images a second, and a VAE on full MNIST to 105.5 nats.

Each in the precision that ``auto`` takes there and in the other one. Devices that are not there are left out.
"""

import argparse
import statistics
from typing import Any

import torch

from benchmarks.mnist import mnist_root
from benchmarks.report import Row
from benchmarks.training import TARGET, neg_elbo, rate, steps
from genmodels.data import Dataset, load
from genmodels.models import preset
from genmodels.training import Trainer
from genmodels.training.machine import cards, choose_precision, cores

NETWORKS: dict[str, tuple[str, dict[str, Any]]] = {
    "vae": ("vae", {}),
    "vae, convolutional, width 32": ("vae", {"network": "conv", "width": 32}),
    "gan": ("gan", {}),
    "vae-gan": ("vae-gan", {}),
}


def run(options: argparse.Namespace) -> dict[str, Any]:
    with mnist_root(options.datasets) as root:
        data = load("mnist", root=root)
    found: dict[str, Any] = {"card": card(), "images_per_second": {}, "seconds_to_105.5_nats": {}}
    for device in ("cpu", *cards()):
        auto = choose_precision("auto", torch.device(device), "image")
        for precision in ("float32", "bfloat16"):
            name = f"{device}, {precision}" + (" (auto)" if precision == auto else "")
            found["images_per_second"][name] = {
                network: round(speed(data, network, device, precision, options.repeat)) for network in NETWORKS
            }
        found["seconds_to_105.5_nats"][device] = to_target(data, device, options.repeat)
    return found


def rows(result: dict[str, Any]) -> list[Row]:
    speeds, times = result["images_per_second"], result["seconds_to_105.5_nats"]
    base = next(name for name in speeds if name.startswith("cpu") and "auto" in name)
    found = []
    for device in times:
        if device == "cpu":
            continue
        fastest = next(name for name in speeds if name.startswith(device) and "auto" in name)
        for network, images in speeds[fastest].items():
            found.append(
                Row(
                    f"{network}: images a second on {result['card']} (the processor)", f"{speeds[base][network]:,}",
                    f"{images:,}, {images / speeds[base][network]:.1f} x", "faster", images > speeds[base][network],
                )
            )  # fmt: skip
        found.append(
            Row(
                f"VAE on full MNIST to 105.5 nats on {result['card']} (the processor)", f"{times['cpu']['seconds']} s",
                f"{times[device]['seconds']} s", "faster",
                times[device]["seconds"] < times["cpu"]["seconds"] and times[device]["reached"],
            )
        )  # fmt: skip
    return found


def card() -> str:
    """Name of the graphics card, if there is one."""
    names = {"cuda": torch.cuda.get_device_name, "mps": lambda: "Apple GPU"}
    return next((names[device]() for device in cards()), "")


def speed(data: Dataset, network: str, device: str, precision: str, repeat: int) -> float:
    """Images a second, the median of so many tries."""
    model, changes = NETWORKS[network]
    config = preset(
        model, "mnist", data.spec, "fast", **changes, device=device, precision=precision, threads=cores(), steps=None
    )
    return statistics.median(rate(steps(Trainer(config, data))) for _ in range(repeat))


def to_target(data: Dataset, device: str, repeat: int) -> dict[str, Any]:
    """The default VAE preset to its end, with everything that a run does."""
    seconds, losses = [], []
    for seed in range(repeat):
        trainer = Trainer(preset("vae", "mnist", data.spec, "fast", seed=seed, threads=cores(), device=device), data)
        for _ in trainer.events():
            pass
        seconds.append(trainer.watch.seconds)
        losses.append(neg_elbo(trainer))
    return {
        "seconds": round(statistics.median(seconds), 2),
        "neg_elbo": [round(loss, 2) for loss in losses],
        "reached": all(loss <= TARGET for loss in losses),
    }
