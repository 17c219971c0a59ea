"""What the prior of a model looks like along one dimension, and draws that keep to its middle."""

import torch
from torch import Tensor

from genmodels.models.base import Model


def is_uniform(model: Model) -> bool:
    """Whether codes are uniform in -1..1; else they are standard normal."""
    return getattr(model.config, "noise", "normal") == "uniform"


def quantiles(model: Model, p: Tensor) -> Tensor:
    """Values of one latent dimension below which it lies with probability ``p`` (0 to 1, exclusive), any shape.

    >>> from genmodels.models import MODELS, preset
    >>> from genmodels.data import spec_of
    >>> config = preset("gan", "ring", spec_of("ring"))
    >>> quantiles(MODELS["gan"].thing(config, spec_of("ring")), torch.tensor([0.5, 0.975])).tolist()
    [0.0, 1.95...]
    """
    return 2 * p - 1 if is_uniform(model) else torch.special.ndtri(p.double()).float()


def truncated(model: Model, n: int, psi: float, seed: int) -> Tensor:
    """``n`` codes from the prior, drawn in by ``psi``: ``z <- psi * z``, ``[n, latent_dim]``.

    The truncation trick: below 1 samples become safer and more alike, above 1 bolder (Karras et al., arXiv 1812.04948,
    appendix B; Brock et al., arXiv 1809.11096, section 3.1, resample instead). 0 is the centre, the same n times over.
    """
    return psi * model.prior(n, torch.Generator().manual_seed(seed))
