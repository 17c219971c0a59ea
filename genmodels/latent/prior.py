"""What the prior of a model looks like along one dimension, and draws that keep to its middle."""

import torch
from torch import Tensor

from genmodels.models.base import Model

DRAWS = 2000
"""Codes from which a prior without a formula is known."""


def is_uniform(model: Model) -> bool:
    """Whether codes are uniform in -1..1."""
    return model.prior_family == "uniform"


def quantiles(model: Model, p: Tensor) -> Tensor:
    """Values below which each latent dimension lies with probability ``p`` ``[n]`` -> ``[n, latent_dim]``.

    Where the prior has no formula, as that of InfoGAN or of a model that learns it, those of draws.

    Args:
        model: Any.
        p: From 0 to 1, exclusive.

    >>> from genmodels.models import MODELS, preset
    >>> from genmodels.data import spec_of
    >>> config = preset("gan", "ring", spec_of("ring"), latent_dim=1)
    >>> quantiles(MODELS["gan"].thing(config, spec_of("ring")), torch.tensor([0.5, 0.975])).tolist()
    [[0.0], [1.95...]]
    """
    if model.prior_family == "other":
        return _drawn(model).quantile(p, 0)
    values = 2 * p - 1 if is_uniform(model) else torch.special.ndtri(p.double()).float()
    return values[:, None].expand(-1, model.config.latent_dim)


def usual_length(model: Model) -> float:
    """The mean length of a code from the prior."""
    return float(_drawn(model).norm(dim=1).mean())


def _drawn(model: Model) -> Tensor:
    return model.prior(DRAWS, torch.Generator().manual_seed(0))


def truncated(model: Model, n: int, psi: float, seed: int) -> Tensor:
    """``n`` codes from the prior, drawn in by ``psi``: ``z <- psi * z``, ``[n, latent_dim]``.

    The truncation trick: below 1 samples become safer and more alike, above 1 bolder (Karras et al., arXiv 1812.04948,
    appendix B; Brock et al., arXiv 1809.11096, section 3.1, resample instead). 0 is the centre, the same n times over.
    """
    return psi * model.prior(n, torch.Generator().manual_seed(seed))
