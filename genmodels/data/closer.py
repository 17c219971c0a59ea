"""What is to be known of a data set before anything learns from it: its mean, its classes, and what occurs twice."""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from genmodels.data.base import Dataset, to_unit

COMPARED = 2_000
"""Samples among which the nearest are looked for: all pairs of them are compared."""
PAIRS = 8
_MOST_SIDE = 32  # pictures are compared at this size at most


@dataclass(frozen=True)
class Pairs:
    """Samples that lie nearest to each other, nearest first.

    Attributes:
        first, second: Indices into the samples, int64 ``[p]``.
        distance: Root mean square difference of a value, float32 ``[p]``; images count from 0 to 1.
    """

    first: Tensor
    second: Tensor
    distance: Tensor


def mean_sample(x: Tensor) -> Tensor:
    """The mean of ``[N, ...]``: float32 for points, uint8 for images. ``[...]``."""
    total = torch.stack([part.double().sum(0) for part in x.split(4096)]).sum(0) / len(x)
    return total.round().to(torch.uint8) if x.dtype == torch.uint8 else total.float()


def class_means(x: Tensor, labels: Tensor, count: int) -> Tensor:
    """The mean of each class, ``[count, ...]``; zeros for a class without samples."""
    empty = torch.zeros_like(x[0])
    members = [x[labels == label] for label in range(count)]
    return torch.stack([mean_sample(part) if len(part) else empty for part in members])


def class_counts(data: Dataset) -> dict[str, int]:
    """How many samples each class has to train on; empty without labels."""
    if data.train_labels is None:
        return {}
    counts = data.train_labels.bincount(minlength=len(data.spec.classes)).tolist()
    return dict(zip(data.spec.classes, counts, strict=True))


def repeats(x: Tensor) -> int:
    """How many of ``[N, ...]`` are, value for value, a copy of one before them."""
    return len(x) - len(_rows(x))


def leaked(train: Tensor, test: Tensor) -> int:
    """How many held-out samples are, value for value, in training too; what is measured on them is too good."""
    known = _rows(train)
    return sum(row.tobytes() in known for row in test.flatten(1).numpy())


def _rows(x: Tensor) -> set[bytes]:
    return {row.tobytes() for row in x.flatten(1).numpy()}


def nearest_pairs(x: Tensor, most: int = PAIRS) -> Pairs:
    """The ``most`` pairs that lie nearest to each other among the first :data:`COMPARED` of ``[N, ...]``.

    Each sample is asked for its nearest neighbour, so two samples make one pair at most. Images are compared at no
    more than 32 pixels.
    """
    flat = _comparable(x[:COMPARED])
    if len(flat) < 2:
        empty = torch.zeros(0, dtype=torch.long)
        return Pairs(empty, empty, torch.zeros(0))
    between = torch.cdist(flat, flat)
    nearest = between.fill_diagonal_(torch.inf).min(1)
    own = torch.arange(len(flat))
    ordered = torch.stack([torch.minimum(own, nearest.indices), torch.maximum(own, nearest.indices)])
    first, second = ordered.unique(dim=1)
    # Matrix products lose what is small against the numbers themselves: the found pairs are measured afresh.
    distance = (flat[first] - flat[second]).square().mean(1).sqrt()
    best = distance.argsort(stable=True)[:most]
    return Pairs(first[best], second[best], distance[best])


def _comparable(x: Tensor) -> Tensor:
    if x.ndim == 4 and max(x.shape[-2:]) > _MOST_SIDE:
        return F.adaptive_avg_pool2d(to_unit(x), _MOST_SIDE).flatten(1)
    return to_unit(x).flatten(1)
