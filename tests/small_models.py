"""Every registered model on data so small that it trains in a moment."""

from typing import Any

import torch

from genmodels.config import RunConfig
from genmodels.data import DataSpec
from genmodels.data.base import Dataset
from genmodels.models import MODELS, Model, preset
from genmodels.training.loop import Trainer, build

SMALL = {"width": 16, "depth": 1, "batch_size": 16, "steps": 6, "threads": 1, "precision": "float32", "lr_warmup": 0}
KINDS = [(model, kind) for model, entry in MODELS.items() for kind in entry.thing.PRESETS]
"""Every model with every kind of data it is made for."""


def pictures(n: int = 32, held_out: int = 16, seed: int = 0) -> Dataset:
    """Grey 8 x 8 pictures: class 0 is bright on the left, class 1 at the top; the rest is noise."""
    generator = torch.Generator().manual_seed(seed)
    x = torch.randint(0, 80, (n + held_out, 1, 8, 8), generator=generator, dtype=torch.uint8)
    y = torch.arange(n + held_out) % 2
    x[y == 0, :, :, :4] += 150
    x[y == 1, :, :4, :] += 150
    return Dataset("pictures", "Pictures", DataSpec("image", (1, 8, 8), ("left", "top")), x[:n], x[n:], y[:n], y[n:])


def points(n: int = 256, held_out: int = 64, seed: int = 0) -> Dataset:
    """Two clusters in the plane."""
    generator = torch.Generator().manual_seed(seed)
    y = torch.arange(n + held_out) % 2
    x = 0.2 * torch.randn(n + held_out, 2, generator=generator) + torch.stack([2.0 * y - 1, 1 - 2.0 * y], 1)
    return Dataset("points", "Points", DataSpec("points", (2,), ("a", "b")), x[:n], x[n:], y[:n], y[n:])


DATA = {"image": pictures(), "points": points()}


def small(model: str, kind: str = "image", **changes: Any) -> RunConfig:
    """The fast preset of a model, made small."""
    name = "digits" if kind == "image" else "ring"  # only the registered name: the data come from DATA
    return preset(model, name, DATA[kind].spec, "fast", **{**SMALL, **changes})


def fresh(model: str, kind: str = "image", **changes: Any) -> Model:
    return build(small(model, kind, **changes), DATA[kind])


def trained(config: RunConfig, kind: str = "image", steps: int | None = None) -> Trainer:
    """A trainer after ``steps`` steps, or all of its budget."""
    trainer = Trainer(config, DATA[kind])
    trainer.watch.go()
    for _ in range(steps or config.steps or 0):
        trainer.advance()
    return trainer
