"""How many codes of real data lie close to a place: many where the decoder has practice, none in a hole."""

import torch
from torch import Tensor

from genmodels.latent.nearest import nearest

USUAL = 10
"""Codes within the radius of an ordinary code, itself not counted."""


def close_by(codes: Tensor, k: int = USUAL) -> float:
    """The radius within which half of the codes ``[N, d]`` have at least ``k`` others: a yardstick for what is close.

    It is the median distance to the k-th nearest other one, so it fits codes of any scale and dimension. Where there
    are fewer others than ``k``, the farthest counts.

    >>> close_by(torch.tensor([[0.0], [1.0], [2.0], [3.0]]), 1)
    1.0
    """
    distance = nearest(codes, codes, k + 1).distance[:, -1]
    return float(distance.median())


def company(places: Tensor, codes: Tensor, radius: float) -> Tensor:
    """How many of ``codes`` ``[N, d]`` lie within ``radius`` of each of ``places`` ``[n, d]``: whole numbers ``[n]``.

    >>> company(torch.tensor([[0.0], [9.0]]), torch.tensor([[0.5], [1.0], [2.0]]), 1.0).tolist()
    [2, 0]
    """
    apart = torch.cdist(places, codes, compute_mode="donot_use_mm_for_euclid_dist")
    counts: Tensor = (apart <= radius).sum(1)
    return counts
