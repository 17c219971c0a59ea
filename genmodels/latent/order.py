"""Which latent dimensions do something, and how much."""

import torch
from torch import Tensor

from genmodels.data.base import to_unit
from genmodels.latent.prior import quantiles
from genmodels.models.base import Model
from genmodels.objectives import gaussian_kl

SILENT = 0.01
"""Nats of KL below which a dimension counts as inactive: its posterior is the prior, whatever the picture."""
LEVELS = 3
CHUNK = 512
"""Values that each dimension is moved to when its effect is measured; codes decoded at once."""


@torch.no_grad()
def kl_per_dim(model: Model, x: Tensor) -> Tensor:
    """Mean ``KL(q(z_j|x) || p(z_j))`` over samples ``[N, *shape]`` (uint8 or points) -> ``[latent_dim]``, in nats.

    Raises:
        ValueError: The model has no encoder, or one whose codes have no spread.
    """
    if not model.encodes:
        raise ValueError("only a model with an encoder has a KL per dimension")
    q = model.encode(to_unit(x))
    if q.logvar is None:
        raise ValueError("codes without spread have no KL")
    return gaussian_kl(q.mu, q.logvar).mean(0)


@torch.no_grad()
def output_variance(model: Model, n: int = 8, seed: int = 0) -> Tensor:
    r"""How much the output moves when one dimension does and the others stay -> ``[latent_dim]``.

    .. math:: v_j = \mathbb{E}_{z_{\setminus j}} \sum_i \mathrm{Var}_{z_j}\, x_i(z)

    The total effect of variance-based sensitivity analysis (Saltelli et al. 2010, without its normalisation), over
    ``n`` draws of the others and 3 evenly likely values of ``z_j``. Sum over all outputs, in squared output units.
    """
    others = model.prior(n, torch.Generator().manual_seed(seed))
    d = others.shape[1]
    levels = quantiles(model, (torch.arange(LEVELS) + 0.5) / LEVELS)
    z = others.repeat(d * LEVELS, 1).view(d, LEVELS, n, d)
    for j in range(d):
        z[j, :, :, j] = levels[:, j, None]
    # A conditional model draws the same class at all levels: what its label changes is not the dimension's doing.
    y = model.labels_in_turn(n)
    labels = [None] * (d * LEVELS * n) if y is None else y.repeat(d * LEVELS).split(CHUNK)
    parts = zip(z.view(-1, d).split(CHUNK), labels, strict=False)
    x = torch.cat([model.decode(part, label).flatten(1) for part, label in parts])
    return x.view(d, LEVELS, n, -1).var(1, correction=0).sum(-1).mean(1)


def strongest_first(importance: Tensor) -> list[int]:
    """Indices of ``[d]``, largest value first; equal ones stay in order.

    >>> strongest_first(torch.tensor([0.0, 2.0, 1.0, 2.0]))
    [1, 3, 2, 0]
    """
    order: list[int] = importance.argsort(descending=True, stable=True).tolist()
    return order
