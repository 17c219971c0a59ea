"""Small, quick, seeded runs for the tests of training."""

import functools
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from genmodels.config import RunConfig
from genmodels.data import Dataset, load, spec_of
from genmodels.diagnose import History
from genmodels.models import Model, preset
from genmodels.training import Event, Trainer
from genmodels.training import events as ev
from genmodels.training.loop import Pace, ResumePoint

EVERY_STEP = Pace(tick=0, snapshot=0, evaluation=0, share=float("inf"))
"""Speaks after every step."""
SILENT = Pace(tick=1e9, snapshot=1e9, evaluation=1e9)
"""Speaks at the beginning and at the end only."""


TINY = {
    "width": 8,
    "depth": 1,
    "batch_size": 16,
    "steps": 8,
    "lr_warmup": 0,
    "lr_decay": "none",
    "threads": 1,
    "precision": "float32",
}
STACKS = {"encoder_layers": "conv 4 s2, flatten, linear 8", "decoder_layers": "linear 8"}
"""Of the network that is laid layer by layer, which knows no width."""
LATENT_DIM = {"infogan": 16, "vq-vae": 8}


def small(model: str = "vae", data: str = "ring", **changes: Any) -> RunConfig:
    """The fast preset, cut down to train in a moment; codes have two numbers where the model allows it."""
    fast = preset(model, data, spec_of(data), "fast")
    if changes.get("network") == "custom":
        changes = STACKS | changes
    return fast.changed({**TINY, "latent_dim": LATENT_DIM.get(model, 2), **changes})


@functools.cache
def dataset(name: str, seed: int = 0) -> Dataset:
    return load(name, seed=seed)


def trainer(config: RunConfig, pace: Pace = SILENT, resume: ResumePoint | None = None) -> Trainer:
    return Trainer(config, dataset(config.data, config.seed), resume=resume, pace=pace)


def trained(config: RunConfig, pace: Pace = SILENT, resume: ResumePoint | None = None) -> Trainer:
    """A trainer at the end of its budget."""
    finished = trainer(config, pace, resume)
    for _ in finished.events():
        pass
    return finished


def walked(config: RunConfig, resume: ResumePoint | None = None) -> Trainer:
    """The same, for whom weights are enough: without looking at anything on the way, or measuring it at the end."""
    finished = trainer(config, resume=resume)
    finished.watch.go()
    while finished.progress < 1:
        finished.advance()
    return finished


def names(events: list[Event]) -> list[str]:
    return [type(event).__name__ for event in events]


def same_weights(a: Model, b: Model) -> bool:
    """Whether two models are equal bit for bit."""
    ours, theirs = a.state_dict(), b.state_dict()
    return list(ours) == list(theirs) and all(torch.equal(ours[name], theirs[name]) for name in ours)


def finite(model: Model) -> bool:
    return all(bool(value.isfinite().all()) for value in model.state_dict().values())


def told(trainer: Trainer, steps: int, every: int) -> History:
    """What a run of so many steps tells, every few of them whatever the clock says."""
    losses: dict[str, list[float]] = {}
    metrics: dict[str, list[Any]] = {}
    for step in range(1, steps + 1):
        trainer.advance()
        if step % every == 0:
            report = trainer._report()
            assert isinstance(report, ev.Step)
            for name, value in report.losses.items():
                losses.setdefault(name, []).append(value)
    for _ in range(3):
        for name, value in trainer.evaluate(500).metrics.items():
            metrics.setdefault(name, []).append(value)
    flat = {name: np.array(values) for name, values in metrics.items()}
    return History(
        trainer.step,
        {name: np.array(values) for name, values in losses.items()},
        {name: values for name, values in flat.items() if values.ndim == 1},
        {name: values for name, values in flat.items() if values.ndim == 2},
        {name: value.numpy() for name, value in trainer.snapshot().views.items()},
        {name: value.numpy() for name, value in trainer.views.fixed().items()},
    )


def until(happened: Callable[[], object], seconds: float = 120) -> None:
    """Wait for something that other processes do. Fails when it does not happen."""
    deadline = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)
