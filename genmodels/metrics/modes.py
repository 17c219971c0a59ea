"""Mode coverage of points whose modes are known."""

from typing import NamedTuple

import torch
from torch import Tensor


class ModeCount(NamedTuple):
    """Attributes:
    covered: Modes with at least one sample of high quality.
    high_quality: Share of samples within 3 sigma of a mode's centre; 0.9889 for a perfect sampler in the plane.
    histogram: Share of the high-quality samples at each mode, ``[k]``; sums to 1 unless there are none.
    """

    covered: int
    high_quality: float
    histogram: Tensor


def count_modes(x: Tensor, centres: Tensor, sigma: float) -> ModeCount:
    """Samples ``[n, 2]`` against round modes at ``centres`` ``[k, 2]``.

    The counting of VEEGAN (arXiv 1705.07761, section 4.1) and PacGAN (arXiv 1712.04086, section 4.1).
    """
    distance, nearest = torch.cdist(x.double(), centres.double()).min(1)
    good = distance <= 3 * sigma
    counts = torch.bincount(nearest[good], minlength=len(centres))
    return ModeCount(int((counts > 0).sum()), float(good.double().mean()), counts / max(1, int(counts.sum())))
