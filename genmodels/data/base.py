"""What a data set is, whatever it holds and wherever it comes from."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

import torch
from torch import Tensor

if TYPE_CHECKING:
    from genmodels.data.toys import Toy

Modality = Literal["image", "points"]
Progress = Callable[[float, str], None]
"""Called with a fraction from 0 to 1 and what is being done."""


@dataclass(frozen=True)
class DataSpec:
    """What a model must know about its data.

    Attributes:
        modality: ``"image"`` or ``"points"``.
        shape: Of one sample: ``(channels, height, width)`` for images, ``(2,)`` for points.
        classes: Names of the classes, in label order; empty where there are no labels.
    """

    modality: Modality
    shape: tuple[int, ...]
    classes: tuple[str, ...] = ()

    @property
    def dim(self) -> int:
        """Number of values in one sample."""
        return int(torch.Size(self.shape).numel())


@dataclass(frozen=True)
class Factors:
    """The causes from which samples were made.

    Attributes:
        names: Of the ``k`` factors.
        train: float32 ``[N, k]``, in the order of the training samples; levels are 0, 1, 2, ..., the rest is in 0..1.
        test: The same for the held-out samples.
    """

    names: tuple[str, ...]
    train: Tensor
    test: Tensor


@dataclass(frozen=True)
class Dataset:
    """Samples in memory, split into a part to train on and a part held out.

    Attributes:
        name: The registered name, or the path it was read from.
        title: As shown to people.
        spec: Modality, shape, classes.
        train: uint8 ``[N, C, H, W]`` for images (0 to 255), float32 ``[N, 2]`` for points.
        test: The same, held out: never trained on.
        train_labels: int64 ``[N]`` or None.
        test_labels: int64 ``[N]`` or None.
        licence: Short name of the licence.
        source: Where it comes from, for people.
        toy: The exact distribution behind a toy (see ``data/toys.py``), else None.
        factors: What each picture was made from, where that is known, else None.
        notes: Sentences about what was left out while reading, and why.
    """

    name: str
    title: str
    spec: DataSpec
    train: Tensor
    test: Tensor
    train_labels: Tensor | None = None
    test_labels: Tensor | None = None
    licence: str = ""
    source: str = ""
    toy: "Toy | None" = None
    factors: Factors | None = None
    notes: tuple[str, ...] = field(default=())


def to_unit(x: Tensor) -> Tensor:
    """Images uint8 0..255 -> float32 0..1; points stay as they are. Any shape."""
    return x.float().div_(255) if x.dtype == torch.uint8 else x
