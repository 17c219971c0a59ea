"""Learned or learned by heart? How far a sample is from what the model was trained on."""

from typing import NamedTuple

import torch
from torch import Tensor

from genmodels.data.base import to_unit
from genmodels.metrics.neighbours import squared_distances

CHUNK = 4_096
"""Training samples compared at a time."""


class Nearest(NamedTuple):
    """The ``k`` nearest of each of ``n`` samples, nearest first: places and Euclidean distances, ``[n, k]``."""

    where: Tensor
    distance: Tensor


def nearest(x: Tensor, among: Tensor, k: int = 1) -> Nearest:
    """The ``k`` nearest among ``[N, ...]`` of each of ``x`` ``[n, ...]``; pictures as uint8 are compared in 0..1.

    Found in chunks by one matrix product each, and the few that are left measured again exactly: what the product
    rounds away is as large as the distance of a copy.
    """
    flat = to_unit(x).flatten(1)
    extra = min(len(among), k + 4)
    index = torch.empty(len(flat), 0, dtype=torch.long)
    squared = torch.empty(len(flat), 0)
    for begin in range(0, len(among), CHUNK):
        part = squared_distances(flat, to_unit(among[begin : begin + CHUNK]).flatten(1))
        squared = torch.cat([squared, part], 1)
        index = torch.cat([index, torch.arange(begin, begin + part.shape[1]).expand(len(flat), -1)], 1)
        squared, kept = squared.topk(min(extra, squared.shape[1]), largest=False)
        index = index.gather(1, kept)
    exact = (flat[:, None] - to_unit(among[index]).flatten(2)).norm(dim=2)
    distance, order = exact.topk(min(k, exact.shape[1]), largest=False)
    return Nearest(index.gather(1, order), distance)


class Verdict(NamedTuple):
    """A distance against those of real samples that the model has never seen.

    Attributes:
        closer: Share of real held-out samples that are closer to a training sample than this, 0 to 1.
        typical: Their distances at 10, 50 and 90 per cent.
    """

    closer: float
    typical: tuple[float, float, float]

    @property
    def kind(self) -> str:
        """``"copy"``: closer than 99 of 100 real samples are. ``"far"``: farther than 99 of 100. Else ``"new"``."""
        return "copy" if self.closer <= 0.01 else "far" if self.closer >= 0.99 else "new"


def verdict(distance: float, real: Tensor) -> Verdict:
    """Compare ``distance`` with the nearest distances ``[n]`` of real held-out samples.

    >>> verdict(0.5, torch.arange(1.0, 101.0)).kind, verdict(50.0, torch.arange(1.0, 101.0)).closer
    ('copy', 0.49)
    """
    low, middle, high = torch.quantile(real.double(), torch.tensor([0.1, 0.5, 0.9], dtype=torch.float64)).tolist()
    return Verdict(float((real < distance).double().mean()), (low, middle, high))
