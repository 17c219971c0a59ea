"""How much two sets of samples cover each other, judged by nearest neighbours in a space of features."""

from typing import NamedTuple

import torch
from torch import Tensor

CHUNK = 1000
"""Rows of a distance matrix that exist at a time."""


class Cover(NamedTuple):
    """Fidelity and diversity.

    Attributes:
        precision: Share of generated samples that lie where the data are, 0 to 1.
        recall: Share of real samples that lie where the generated ones are, 0 to 1.
        density: How many real neighbourhoods a generated sample lies in, in units of k; about 1 for a perfect sampler.
        coverage: Share of real samples with a generated one in their neighbourhood; 1 - 2^-k for a perfect sampler.
    """

    precision: float
    recall: float
    density: float
    coverage: float


def cover(real: Tensor, fake: Tensor, k_recall: int = 3, k_coverage: int = 5) -> Cover:
    """The four measures for features ``[n, d]`` and ``[m, d]``; more samples than ``k`` on both sides.

    Precision and recall after Kynkaanniemi et al. (arXiv 1904.06991), density and coverage after Naeem et al.
    (arXiv 2002.09797). A neighbourhood reaches to the k-th nearest sample of the same kind, its rim not included.
    """
    real, fake = real.double(), fake.double()
    radius, wide = radii(real, (k_recall, k_coverage))
    (fake_radius,) = radii(fake, (k_recall,))
    precise, density = 0.0, 0.0
    reached, covered = torch.zeros(2, len(real), dtype=torch.bool)
    for start in range(0, len(fake), CHUNK):
        distance = squared_distances(real, fake[start : start + CHUNK])
        precise += float((distance < radius[:, None]).any(0).sum())
        reached |= (distance < fake_radius[None, start : start + CHUNK]).any(1)
        density += float((distance < wide[:, None]).sum())
        covered |= (distance < wide[:, None]).any(1)
    m = len(fake)
    return Cover(
        precise / m, float(reached.double().mean()), density / (k_coverage * m), float(covered.double().mean())
    )


def squared_distances(x: Tensor, y: Tensor) -> Tensor:
    """``[n, d]`` and ``[m, d]`` -> ``[n, m]``, by one matrix product; what rounding leaves of equal samples is 0."""
    lengths = x.square().sum(1)[:, None] + y.square().sum(1)
    squared = (lengths - 2 * x @ y.T).clamp_min_(0)
    return squared.masked_fill_(squared < 16 * torch.finfo(x.dtype).eps * lengths, 0)


def radii(x: Tensor, ks: tuple[int, ...]) -> list[Tensor]:
    """Squared distance from each sample ``[n, d]`` to its k-th nearest other sample, ``[n]`` for each k."""
    parts = []
    for start in range(0, len(x), CHUNK):
        distance = squared_distances(x[start : start + CHUNK], x)
        # The nearest of all is the sample itself.
        parts.append(distance.topk(max(ks) + 1, largest=False).values)
    nearest = torch.cat(parts)
    return [nearest[:, k] for k in ks]
