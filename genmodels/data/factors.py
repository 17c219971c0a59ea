"""Pictures made from known causes, so that what a code has learned can be checked against them.

A factor set is a list of factors and a function that draws: every picture's factors are independent draws, the same
for the same seed.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from genmodels.data.base import Dataset, DataSpec, Factors, Progress
from genmodels.data.catalog import DATASETS
from genmodels.registry import Card

N_TRAIN, N_TEST = 9000, 1000
_CHUNK = 100  # pictures drawn at once: their planes stay within the processor's cache


@dataclass(frozen=True)
class Factor:
    """One cause of a picture.

    Attributes:
        name: In a word or two.
        levels: Number of values 0, 1, 2, ... it takes; 0: anything from 0 to 1.
    """

    name: str
    levels: int = 0

    def sample(self, n: int, generator: torch.Generator) -> Tensor:
        """float32 ``[n]``."""
        if self.levels:
            return torch.randint(self.levels, (n,), generator=generator).float()
        return torch.rand(n, generator=generator)


Draw = Callable[[Tensor, int], Tensor]
"""Factors ``[n, k]`` and a size in pixels -> pictures uint8 ``[n, C, size, size]``."""


def offer(
    name: str, card: Card, factors: tuple[Factor, ...], draw: Draw, channels: int, classes: tuple[str, ...], by: int
) -> None:
    """Register a factor set of 32 x 32 pixels whose classes are the levels of factor number ``by``."""

    def load(root: Path, progress: Progress | None, seed: int) -> Dataset:
        values = sample(factors, N_TRAIN + N_TEST, seed)
        parts = []
        for start in range(0, len(values), _CHUNK):
            parts.append(draw(values[start : start + _CHUNK], 32))
            if progress:
                progress(start / len(values), "Drawing pictures")
        x, labels = torch.cat(parts), values[:, by].long()
        return Dataset(
            name=name, title=card.title, spec=DataSpec("image", (channels, 32, 32), classes),
            train=x[:N_TRAIN], test=x[N_TRAIN:], train_labels=labels[:N_TRAIN], test_labels=labels[N_TRAIN:],
            licence="public domain", source="drawn from known factors",
            factors=Factors(tuple(factor.name for factor in factors), values[:N_TRAIN], values[N_TRAIN:]),
        )  # fmt: skip

    facts = {"modality": "image", "shape": (channels, 32, 32), "classes": classes, "licence": "public domain"}
    DATASETS.register(name, card, group="factors", size_mb=0, factors=factors, draw=draw, **facts)(load)


def sample(factors: tuple[Factor, ...], n: int, seed: int) -> Tensor:
    """Independent draws of all factors, float32 ``[n, len(factors)]``."""
    generator = torch.Generator().manual_seed(seed)
    return torch.stack([factor.sample(n, generator) for factor in factors], dim=1)


def blend(low: float, high: float, share: Tensor) -> Tensor:
    """From ``low`` to ``high`` as ``share`` goes from 0 to 1. ``[n] -> [n]``."""
    return low + (high - low) * share
