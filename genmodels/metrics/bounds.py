"""Bounds on the likelihood and diagnoses of codes, for models with a Gaussian posterior."""

import math
from typing import TYPE_CHECKING

import torch
from torch import Tensor

if TYPE_CHECKING:
    from genmodels.models.vae import VAE

ACTIVE = 0.01
"""Variance of its mean over the data above which a dimension counts as active (arXiv 1509.00519, section 5.2)."""
ROWS = 20_000
"""Samples that are decoded at a time."""


@torch.no_grad()
def iwae_bound(model: "VAE", x: Tensor, k: int, generator: torch.Generator, y: Tensor | None = None) -> Tensor:
    r"""Importance-weighted bound on ``ln p(x)`` for each sample, ``[N]`` nats; tighter with every draw.

    .. math:: \mathcal L_k = \mathbb E\left[\ln \frac1k\sum_{i=1}^k w_i\right], \qquad
        \mathrm{ELBO} = \mathcal L_1 \le \mathcal L_k \le \mathcal L_{k+1} \le \ln p(x)

    Burda et al., arXiv 1509.00519, equation 8. Computed in parts, so that memory does not grow with ``k``.

    Args:
        model: A VAE or a variant of it.
        x: Standardised samples ``[N, *shape]``.
        k: Draws of z per sample.
        generator: Draws them.
        y: Labels ``[N]`` for a conditional model.
    """
    at_once = max(1, ROWS // k)
    parts = []
    for start in range(0, len(x), at_once):
        rows = slice(start, start + at_once)
        some = x[rows]
        total = torch.full((len(some),), -math.inf, device=x.device, dtype=x.dtype)
        for done in range(0, k, ROWS):
            draws = min(ROWS, k - done)
            weights = model.log_weights(some, draws, generator, None if y is None else y[rows])
            total = torch.logaddexp(total, weights.logsumexp(0))
        parts.append(total - math.log(k))
    return torch.cat(parts)


def active_units(mu: Tensor, threshold: float = ACTIVE) -> int:
    r"""Latent dimensions that say something: those whose posterior mean ``[N, d]`` varies over the data.

    .. math:: A_j = \operatorname{Var}_x\left(\mathbb E_{q(z|x)}[z_j]\right) > 10^{-2}

    Burda et al., arXiv 1509.00519, section 5.2.
    """
    return int((mu.var(0, correction=0) > threshold).sum())
