"""Whether each dimension of a code stands for one cause of the data, where the causes are known.

All functions take codes ``[n, d]`` and factors ``[n, k]`` of the same samples; continuous values are put into
``bins`` equally full bins. Some thousand samples make a stable figure.
"""

import math
from typing import NamedTuple

import torch
from torch import Tensor

BINS = 20
_TREES, _DEPTH = 20, 8


def binned(x: Tensor, bins: int = BINS) -> Tensor:
    """Each column's values as numbers of equally full bins, int64 ``[n, d]``; few different values keep a bin each."""
    return torch.stack([_bin(column, bins) for column in x.double().unbind(1)], dim=1)


def _bin(column: Tensor, bins: int) -> Tensor:
    values: Tensor
    places: Tensor
    values, places = column.unique(return_inverse=True)
    if len(values) <= bins:
        return places
    edges = torch.quantile(column, torch.linspace(0, 1, bins + 1, dtype=column.dtype)[1:-1])
    return torch.bucketize(column.contiguous(), edges)


def mutual_information(codes: Tensor, factors: Tensor, bins: int = BINS) -> Tensor:
    r"""Between every dimension and every factor, in nats, float64 ``[d, k]``:

    .. math:: I(z_j; v_i) = \sum_{z_j, v_i} p(z_j, v_i) \ln \frac{p(z_j, v_i)}{p(z_j)\,p(v_i)}
    """
    z, v = binned(codes, bins), binned(factors, bins)
    return torch.stack([torch.stack([_information(a, b) for b in v.unbind(1)]) for a in z.unbind(1)])


def _information(a: Tensor, b: Tensor) -> Tensor:
    columns = int(b.max()) + 1
    joint = torch.bincount(a * columns + b, minlength=(int(a.max()) + 1) * columns).double().view(-1, columns) / len(a)
    independent = joint.sum(1, keepdim=True) * joint.sum(0, keepdim=True)
    return torch.xlogy(joint, joint / independent.clamp_min(1e-300)).sum().clamp_min(0)


def entropies(factors: Tensor, bins: int = BINS) -> Tensor:
    """Of every binned factor, in nats, float64 ``[k]``."""
    shares = [column.bincount().double() / len(column) for column in binned(factors, bins).unbind(1)]
    return torch.stack([-torch.xlogy(share, share).sum() for share in shares])


def shared(codes: Tensor, factors: Tensor, bins: int = BINS) -> Tensor:
    """Which dimension knows which factor: mutual information over the factor's entropy, 0 to 1, float64 ``[d, k]``."""
    return mutual_information(codes, factors, bins) / entropies(factors, bins).clamp_min(1e-12)


def mig(codes: Tensor, factors: Tensor, bins: int = BINS) -> float:
    r"""Mutual information gap (Chen et al. 2018, arXiv 1802.04942, equation 6): 1 if each factor is in one dimension
    alone, 0 if the two that know most about it know the same.

    .. math:: \frac1k \sum_i \frac{1}{H(v_i)} \left(I(z_{j^{(i)}}; v_i) - \max_{j \ne j^{(i)}} I(z_j; v_i)\right)
    """
    known = shared(codes, factors, bins).sort(dim=0, descending=True).values
    second = known[1] if len(known) > 1 else torch.zeros_like(known[0])
    return float((known[0] - second).mean())


class DCI(NamedTuple):
    """Attributes:
    disentanglement: 1 if each dimension matters for one factor only.
    completeness: 1 if each factor needs one dimension only.
    informativeness: Share of the factors' variance that is predicted on samples not learned from; 1 is perfect.
    importance: What each dimension contributes to predicting each factor, ``[d, k]``; columns sum to 1 or are 0.
    """

    disentanglement: float
    completeness: float
    informativeness: float
    importance: Tensor


def dci(codes: Tensor, factors: Tensor, seed: int = 0) -> DCI:
    """Disentanglement, completeness, informativeness (Eastwood and Williams 2018, ICLR), with random forests.

    Half of the samples are learned from, the other half is predicted.
    """
    from sklearn.ensemble import RandomForestRegressor

    z, v = codes.double().numpy(), factors.double().numpy()
    half = len(z) // 2
    importance, explained = [], []
    for column in v.T:
        forest = RandomForestRegressor(_TREES, max_depth=_DEPTH, random_state=seed).fit(z[:half], column[:half])
        importance.append(torch.from_numpy(forest.feature_importances_))
        explained.append(max(0.0, float(forest.score(z[half:], column[half:]))))
    matrix = torch.stack(importance, dim=1)
    return DCI(_concentration(matrix), _concentration(matrix.T), sum(explained) / len(explained), matrix)


def _concentration(matrix: Tensor) -> float:
    """1 - entropy of each row in base of its length, rows weighted by their sum; 0 for a matrix of zeros."""
    sums = matrix.sum(1)
    if float(sums.sum()) <= 0:
        return 0.0
    share = matrix / sums[:, None].clamp_min(1e-12)
    spread = -torch.xlogy(share, share).sum(1) / math.log(max(2, matrix.shape[1]))
    return float(((1 - spread) * sums / sums.sum()).sum())
