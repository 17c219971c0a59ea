"""Distances between two sets of samples or features. Pure functions on tensors; symmetric unless they say otherwise."""

import math

import torch
from torch import Tensor


def frechet(x: Tensor, y: Tensor) -> float:
    r"""Squared Frechet distance between Gaussians fitted to ``[n, d]`` and ``[m, d]``.

    .. math:: \lVert \mu_x - \mu_y \rVert^2
        + \operatorname{tr}\left(\Sigma_x + \Sigma_y - 2\,(\Sigma_x^{1/2}\Sigma_y\Sigma_x^{1/2})^{1/2}\right)

    Dowson & Landau 1982; Heusel et al. (FID), arXiv 1706.08500. The roots come from eigenvalues of symmetric
    matrices, which never turn complex as those of a general matrix root do. In float64.
    """
    x, y = x.double(), y.double()
    root = _root(x.T.cov(correction=1).reshape(x.shape[1], -1))
    inner = root @ y.T.cov(correction=1).reshape(y.shape[1], -1) @ root
    cross = torch.linalg.eigvalsh((inner + inner.T) / 2).clamp_min(0).sqrt().sum()
    traces = x.var(0).sum() + y.var(0).sum()
    return float(((x.mean(0) - y.mean(0)).square().sum() + traces - 2 * cross).clamp_min(0))


def _root(matrix: Tensor) -> Tensor:
    values, vectors = torch.linalg.eigh(matrix)
    root: Tensor = (vectors * values.clamp_min(0).sqrt()) @ vectors.T
    return root


def kernel_distance(x: Tensor, y: Tensor) -> float:
    r"""Unbiased squared maximum mean discrepancy with the kernel ``(x.y / d + 1)^3`` between ``[n, d]`` and ``[m, d]``.

    .. math:: \frac{1}{n(n-1)}\sum_{i\ne j} k(x_i,x_j) + \frac{1}{m(m-1)}\sum_{i\ne j} k(y_i,y_j)
        - \frac{2}{nm}\sum_{i,j} k(x_i,y_j)

    Bińkowski et al. (KID), arXiv 1801.01401. Around 0, and as often below, for equal distributions. At least two each.
    """
    x, y = x.double(), y.double()
    d = x.shape[1]

    def kernel(a: Tensor, b: Tensor) -> Tensor:
        return (a @ b.T / d + 1).pow(3)

    def within(a: Tensor) -> Tensor:
        k = kernel(a, a)
        return (k.sum() - k.diagonal().sum()) / (len(a) * (len(a) - 1))

    return float(within(x) + within(y) - 2 * kernel(x, y).mean())


def sliced_wasserstein(x: Tensor, y: Tensor, directions: Tensor) -> float:
    r"""Sliced 2-Wasserstein distance between ``[n, d]`` and ``[n, d]`` along unit ``directions`` ``[p, d]``.

    .. math:: \left(\frac1p\sum_k \frac1n\sum_i \left(x^{(i)}_k - y^{(i)}_k\right)^2\right)^{1/2}

    where the projections on direction k are sorted. Rabin et al. 2011; Bonneel et al. 2015.

    Raises:
        ValueError: The two have different numbers of samples.
    """
    if len(x) != len(y):
        raise ValueError(f"needs as many samples on both sides, not {len(x)} and {len(y)}")
    a, b = (x @ directions.T).sort(0).values, (y @ directions.T).sort(0).values
    return float((a - b).square().mean().sqrt())


def half_circle(n: int) -> Tensor:
    """``n`` directions evenly around half the circle, ``[n, 2]``: all there is to see of the plane, without chance."""
    angle = torch.arange(n) * (math.pi / n)
    return torch.stack([angle.cos(), angle.sin()], 1)


def grid_histogram(points: Tensor, extent: tuple[float, float, float, float], cells: int) -> Tensor:
    """Share of ``points`` ``[n, 2]`` in each cell of a grid over ``(x_min, x_max, y_min, y_max)``, ``[cells, cells]``.

    Sums to 1: a point outside counts in the nearest cell of the border, so that no sample escapes the comparison.
    """
    low = torch.tensor([extent[0], extent[2]])
    size = torch.tensor([extent[1] - extent[0], extent[3] - extent[2]])
    index = ((points - low) / size * cells).nan_to_num(0).floor().clamp(0, cells - 1).long()
    counts = torch.bincount(index[:, 0] * cells + index[:, 1], minlength=cells * cells)
    return counts.double().view(cells, cells) / max(1, len(points))


def kl_divergence(p: Tensor, q: Tensor) -> float:
    """``KL(p || q)`` in nats of two histograms that sum to 1; infinite where q misses what p has. Not symmetric."""
    held = p > 0
    return float((p[held] * (p[held] / q[held]).log()).sum())


def js_divergence(p: Tensor, q: Tensor) -> float:
    """Jensen-Shannon divergence in nats of two histograms that sum to 1: from 0 (equal) to ln 2 (disjoint)."""
    middle = (p + q) / 2
    return 0.5 * (kl_divergence(p, middle) + kl_divergence(q, middle))
