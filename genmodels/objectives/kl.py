"""Gaussian log-densities and Kullback-Leibler divergences, in nats."""

from math import log, pi
from typing import NamedTuple

import torch
from torch import Tensor


def gaussian_kl(mu: Tensor, logvar: Tensor) -> Tensor:
    r"""``KL(N(mu, diag(exp(logvar))) || N(0, I))`` for each dimension.

    .. math:: \mathrm{KL}_j = \tfrac12\left(\mu_j^2 + \sigma_j^2 - 1 - \ln \sigma_j^2\right) \ge 0

    Kingma & Welling, arXiv 1312.6114, appendix B. ``logvar`` is the log of the variance, not of sigma.

    Args:
        mu: ``[N, d]``.
        logvar: ``[N, d]``.

    Returns:
        ``[N, d]`` in nats; the sum over ``d`` is the divergence of a sample.

    >>> import torch
    >>> gaussian_kl(torch.tensor([[0.0, 1.0]]), torch.zeros(1, 2)).tolist()
    [[0.0, 0.5]]
    """
    return 0.5 * (mu.square() + logvar.exp() - 1 - logvar)


def log_normal(z: Tensor, mu: Tensor, logvar: Tensor) -> Tensor:
    """``ln N(z; mu, exp(logvar))`` for each dimension; any shapes that broadcast."""
    return -0.5 * ((z - mu).square() * (-logvar).exp() + logvar + log(2 * pi))


class Decomposition(NamedTuple):
    """``KL(q(z|x) || p(z))`` in three, each ``[N]`` nats: their means are estimates, single values may be negative.

    Attributes:
        mutual_information: Between sample and code, ``ln q(z|x) - ln q(z)``.
        total_correlation: Dependence between the dimensions, ``ln q(z) - sum_j ln q(z_j)``.
        dimension_kl: Of each dimension from its prior, ``sum_j ln q(z_j) - ln p(z_j)``.
    """

    mutual_information: Tensor
    total_correlation: Tensor
    dimension_kl: Tensor


def decompose(z: Tensor, mu: Tensor, logvar: Tensor, data_size: int = 1) -> Decomposition:
    r"""The KL term of a batch split by minibatch-weighted sampling (Chen et al., arXiv 1802.04942, equation S6).

    .. math:: \ln q(z_i) \approx \ln \frac{1}{N M}\sum_{j=1}^M q(z_i|x_j), \qquad
        \ln q(z_{i,k}) \approx \ln \frac{1}{N M}\sum_{j=1}^M q(z_{i,k}|x_j)

    ``N`` only shifts the parts, by ``ln N``, ``(d-1) ln N`` and ``-d ln N``, so no gradient depends on it. With the
    ``N = 1`` used here the batch itself is the data: information lies between 0 and ``ln M``, and codes that do not
    depend on x have none. Every other sample counts with the same weight: the result does not depend on the order.

    Args:
        z: One draw for each sample, ``[M, d]``.
        mu: Posterior means, ``[M, d]``.
        logvar: Posterior log-variances, ``[M, d]``.
        data_size: ``N``.
    """
    size = log(len(z) * data_size)
    each = log_normal(z[:, None], mu, logvar)  # [M draws, M posteriors, d]
    log_q_given_x = log_normal(z, mu, logvar).sum(1)
    log_q = each.sum(2).logsumexp(1) - size
    log_q_dims = (each.logsumexp(1) - size).sum(1)
    log_p = log_normal(z, torch.zeros_like(z), torch.zeros_like(z)).sum(1)
    return Decomposition(log_q_given_x - log_q, log_q - log_q_dims, log_q_dims - log_p)
