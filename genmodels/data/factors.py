"""Pictures made from known causes, so that what a code has learned can be checked against them.

A factor set is a list of factors and a function that draws: every picture's factors are independent draws, the same
for the same seed.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import torch
from torch import Tensor

from genmodels.data.base import Dataset, DataSpec, Factors, Progress
from genmodels.data.catalog import DATASETS
from genmodels.registry import Card

FIRST_SIZE = 32
SIZES = {FIRST_SIZE: (9000, 1000), 64: (4500, 500)}
"""Height and width in pixels -> pictures to train on and held out."""
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
    """Register a factor set whose classes are the levels of factor number ``by``, once for each size."""
    for size, (n_train, n_test) in SIZES.items():
        _offer(_Sized(name, card, factors, draw, (channels, size, size), classes, by, n_train, n_test))


@dataclass(frozen=True)
class _Sized:
    """What :func:`offer` is given, for one size."""

    name: str
    card: Card
    factors: tuple[Factor, ...]
    draw: Draw
    shape: tuple[int, int, int]
    classes: tuple[str, ...]
    by: int
    n_train: int
    n_test: int


def _offer(made: _Sized) -> None:
    size = made.shape[-1]
    name, card = made.name, made.card
    if size != FIRST_SIZE:
        name = f"{name}-{size}"
        summary = f"{made.n_train + made.n_test:,} of the same at {size} x {size} pixels: finer, and slower to learn."
        card = replace(card, title=f"{card.title} {size}", summary=summary)

    def load(root: Path, progress: Progress | None, seed: int) -> Dataset:
        n = made.n_train
        values = sample(made.factors, n + made.n_test, seed)
        x, labels = drawn(made.draw, values, size, progress), values[:, made.by].long()
        return Dataset(
            name=name, title=card.title, spec=DataSpec("image", made.shape, made.classes),
            train=x[:n], test=x[n:], train_labels=labels[:n], test_labels=labels[n:],
            licence="public domain", source="drawn from known factors",
            factors=Factors(tuple(factor.name for factor in made.factors), values[:n], values[n:]),
        )  # fmt: skip

    facts = {"modality": "image", "shape": made.shape, "classes": made.classes, "licence": "public domain"}
    DATASETS.register(name, card, group="factors", size_mb=0, factors=made.factors, draw=made.draw, **facts)(load)


def drawn(draw: Draw, values: Tensor, size: int, progress: Progress | None = None) -> Tensor:
    """Pictures of factors ``[n, k]``, a few at a time, uint8 ``[n, C, size, size]``."""
    parts = []
    for start in range(0, len(values), _CHUNK):
        parts.append(draw(values[start : start + _CHUNK], size))
        if progress:
            progress(start / len(values), "Drawing pictures")
    return torch.cat(parts)


def sample(factors: tuple[Factor, ...], n: int, seed: int) -> Tensor:
    """Independent draws of all factors, float32 ``[n, len(factors)]``."""
    generator = torch.Generator().manual_seed(seed)
    return torch.stack([factor.sample(n, generator) for factor in factors], dim=1)


def blend(low: float, high: float, share: Tensor) -> Tensor:
    """From ``low`` to ``high`` as ``share`` goes from 0 to 1. ``[n] -> [n]``."""
    return low + (high - low) * share
