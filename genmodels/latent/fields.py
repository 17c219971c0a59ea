"""What can be said of every place of a plane of latent space: one number for each place of a lattice."""

from collections.abc import Iterator
from typing import NamedTuple

import torch
from torch import Tensor

from genmodels.latent.plane import CHUNK, Plane
from genmodels.metrics.features import FeatureNetwork
from genmodels.models.base import Model

STEP = 0.01
"""Half the distance over which a slope is measured, in units of ``z``."""
DRAWS = 2_000
"""Draws that stand for a prior without a formula."""
CHANCE = 12.0
"""Codes that have to be missing from an empty circle: so many are hardly ever missing by chance (see :func:`holes`)."""
LIKELY = 0.95
"""Share of the prior within which holes are looked for."""
MOST_HOLES = 8


def middles(n: int, reach: float) -> Tensor:
    """Middles of ``n`` equal cells between ``-reach`` and ``reach``, ascending.

    >>> middles(4, 1.0).tolist()
    [-0.75, -0.25, 0.25, 0.75]
    """
    return ((2 * torch.arange(n) + 1) / n - 1) * reach


def _label(model: Model, label: int, n: int) -> Tensor | None:
    """One label for all, where the model takes any: the map shows what one wish makes of every code."""
    return torch.full((n,), label) if model.conditional else None


@torch.no_grad()
def classes(model: Model, network: FeatureNetwork, z: Tensor, label: int = 0) -> Tensor:
    """What a frozen classifier sees in ``decode(z)``, ``[n, latent_dim]`` -> ``[n]``. ``label``: of conditional models.

    Raises:
        ValueError: The network knows no classes.
    """
    seen = [network.describe(model.decode(part, _label(model, label, len(part))))[1] for part in z.split(CHUNK)]
    if any(part is None for part in seen):
        raise ValueError(f"the {network.name} network knows no classes")
    return torch.cat([part for part in seen if part is not None])


@torch.no_grad()
def verdicts(model: Model, z: Tensor, label: int = 0) -> Tensor:
    """The discriminator's logits ``D(G(z))``, ``[n, latent_dim]`` -> ``[n]``. Only where the model ``scores``.

    A conditional one is told ``label`` with every picture.
    """
    parts = ((part, _label(model, label, len(part))) for part in z.split(CHUNK))
    return torch.cat([model.score(model.decode(part, y), y) for part, y in parts])


@torch.no_grad()
def sensitivity(model: Model, plane: Plane, places: Tensor, label: int = 0) -> Tensor:
    r"""How much the output changes per step along the plane, ``[n, 2]`` -> ``[n]``.

    .. math:: s(a, b) = \lVert J \rVert_F = \sqrt{\lVert \partial_a G \rVert^2 + \lVert \partial_b G \rVert^2}

    ``G(a, b)`` is the output at the place with coordinates ``(a, b)``, all its values in a row. The metric that the
    decoder pulls back to its codes has the trace ``s^2`` (Arvanitidis et al., arXiv 1710.11379). Central differences:
    what is left of their error is of the order ``STEP^2``. A conditional model decodes all under ``label``.
    """
    parts = []
    for part in places.split(CHUNK):
        squared = torch.zeros(len(part), dtype=part.dtype)
        y = _label(model, label, len(part))
        for step in STEP * torch.eye(2, dtype=part.dtype):
            ahead, behind = (model.decode(plane.at(at), y).flatten(1) for at in (part + step, part - step))
            squared += ((ahead - behind) / (2 * STEP)).square().sum(1)
        parts.append(squared.sqrt())
    return torch.cat(parts)


def density(points: Tensor, places: Tensor) -> Tensor:
    r"""How densely ``points`` ``[N, 2]`` lie around each of ``places`` ``[n, 2]`` -> ``[n]``, per unit of area.

    .. math:: \hat p(x) = \frac1N \sum_i \mathcal N(x; x_i, h^2 \Sigma), \quad h = N^{-1/6}

    The Gaussian kernel estimate with Scott's bandwidth (Scott 1992, equation 6.42): its integral over the plane is 1.

    Raises:
        ValueError: Fewer than 3 points, or all on one line.
    """
    from scipy.stats import gaussian_kde  # takes its time to load

    if len(points) < 3:
        raise ValueError("a density takes at least 3 points")
    root, failed = torch.linalg.cholesky_ex(torch.cov(points.T))
    if failed or root.diagonal().min() < 1e-3 * root.diagonal().max():
        raise ValueError("points on one line have no density in the plane")
    return torch.from_numpy(gaussian_kde(points.T.numpy())(places.T.numpy())).to(places.dtype)


def prior_density(model: Model, plane: Plane, places: Tensor) -> Tensor:
    """Density of the coordinates ``plane.coordinates(z)`` of draws from the prior at ``places`` ``[n, 2]`` -> ``[n]``.

    For a standard normal prior in closed form: coordinates along ``A`` are ``N(0, A A^T)``. Any other is drawn from.
    """
    if model.prior_family != "normal":
        return density(plane.coordinates(model.prior(DRAWS, torch.Generator().manual_seed(0))), places)
    axes = torch.stack([plane.across, plane.up])
    normal = torch.distributions.MultivariateNormal(places.new_zeros(2), axes @ axes.T)
    found: Tensor = normal.log_prob(places).exp()
    return found


class Hole(NamedTuple):
    """A circle of the plane in which the prior expects codes and none is.

    Attributes:
        x: Of its centre.
        y: Likewise.
        radius: Distance to the nearest code.
        missing: Codes that would lie within if codes followed the prior.
    """

    x: float
    y: float
    radius: float
    missing: float


def holes(codes: Tensor, places: Tensor, prior: Tensor) -> list[Hole]:
    """Empty circles around ``places``, the emptiest first, none within another; at most ``MOST_HOLES``.

    Each place is the centre of the largest circle without a code. If ``N`` codes followed the prior, a circle that
    holds the share ``m`` of it would be empty with probability ``(1 - m)^N <= exp(-N m)``; it counts as a hole where
    ``N m`` is at least ``CHANCE``, so that chance alone hardly ever shows one. What a decoder makes of
    such places is what a VAE samples where its aggregate posterior misses the prior (Tomczak & Welling, arXiv
    1705.07120; Rosca et al., arXiv 1802.06847).

    Args:
        codes: Of real samples, ``[N, 2]`` in the coordinates of the plane.
        places: The middles of equal cells, ``[n, 2]``.
        prior: Density of the prior at ``places``, ``[n]``, up to a factor.
    """
    share = prior / prior.sum()
    radius = torch.cdist(places, codes).amin(1)
    within = (torch.cdist(places, places) < radius[:, None]).to(share.dtype)
    missing = len(codes) * within @ share
    likely = share >= _threshold(share)
    return list(_apart(places, radius, torch.where(likely, missing, 0.0)))


def _threshold(share: Tensor) -> Tensor:
    """The share of the least likely cell among those that together hold ``LIKELY`` of everything."""
    ordered = share.sort(descending=True).values
    return ordered[int((ordered.cumsum(0) < LIKELY).sum().clamp_max(len(ordered) - 1))]


def _apart(places: Tensor, radius: Tensor, missing: Tensor) -> Iterator[Hole]:
    missing = missing.clone()
    for _ in range(MOST_HOLES):
        best = int(missing.argmax())
        if missing[best] < CHANCE:
            return
        x, y = places[best].tolist()
        yield Hole(x, y, float(radius[best]), float(missing[best]))
        overlapping = (places - places[best]).norm(dim=1) < radius + radius[best]
        missing[overlapping] = 0
