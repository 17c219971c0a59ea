"""Planes through latent space, and what the decoder makes of them."""

from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor

from genmodels.latent.prior import is_uniform, quantiles
from genmodels.models.base import Model

Spacing = Literal["quantiles", "even"]
CHUNK = 256


@dataclass(frozen=True)
class Plane:
    """The plane through ``base`` along two directions, with coordinates that do not depend on ``base``.

    Attributes:
        base: Any point on it, ``[d]``.
        across: First direction, ``[d]``, not zero.
        up: Second direction, ``[d]``, not parallel to the first.
    """

    base: Tensor
    across: Tensor
    up: Tensor

    @classmethod
    def of_axes(cls, base: Tensor, i: int, j: int) -> "Plane":
        """The plane in which only dimensions ``i`` and ``j`` change."""
        eye = torch.eye(len(base))
        return cls(base, eye[i], eye[j])

    @classmethod
    def of_path(cls, keys: Tensor) -> "Plane":
        """The plane through the origin that lies closest to codes ``[k, d]``, k and d at least 2, seen from the way.

        The way from the first to the last leads to the right, and the codes lie above the origin. Of two codes it
        holds both exactly, with every line and every great circle between them. Two dimensions stay as they are.
        """
        if keys.shape[1] == 2:
            return cls.of_axes(torch.zeros(2), 0, 1)
        axes = torch.linalg.svd(keys, full_matrices=False).Vh[:2]
        way = axes @ (keys[-1] - keys[0])
        if way.norm() > 1e-6:
            x, y = (way / way.norm()).tolist()
            axes = torch.tensor([[x, y], [-y, x]]) @ axes
        if axes[1] @ keys.sum(0) < 0:
            axes[1] = -axes[1]
        return cls(torch.zeros(keys.shape[1]), axes[0], axes[1])

    def coordinates(self, z: Tensor) -> Tensor:
        """``[n, d]`` -> ``[n, 2]``: the products with the two directions; for axes simply those two entries."""
        places: Tensor = z @ torch.stack([self.across, self.up]).T
        return places

    def at(self, places: Tensor) -> Tensor:
        """The codes with these coordinates, ``[n, 2]`` -> ``[n, d]``, as close to ``base`` as there are."""
        axes = torch.stack([self.across, self.up])
        steps: Tensor = torch.linalg.solve(axes @ axes.T, (places - self.coordinates(self.base[None])).T).T
        return self.base + steps @ axes


def ticks(model: Model, n: int, spacing: Spacing = "quantiles", reach: float = 3.0, dim: int = 0) -> Tensor:
    """``n`` values along the axis of a latent dimension, ascending.

    ``"quantiles"``: equally likely under the prior, so that the picture shows the plane as the prior sees it (Kingma &
    Welling, arXiv 1312.6114, figure 4). ``"even"``: from ``-reach`` to ``reach``; for a uniform prior from -1 to 1.
    """
    if spacing == "quantiles":
        return quantiles(model, (torch.arange(n) + 0.5) / n)[:, dim]
    end = 1.0 if is_uniform(model) else reach
    return torch.linspace(-end, end, n)


def lattice(values: Tensor, upward: Tensor | None = None) -> Tensor:
    """All pairs of ``[n]`` values, across and ``upward`` (None: the same), as places ``[n * n, 2]``.

    Row by row from the top left, as pictures are laid out.

    >>> lattice(torch.tensor([0.0, 1.0])).tolist()
    [[0.0, 1.0], [1.0, 1.0], [0.0, 0.0], [1.0, 0.0]]
    """
    up, across = torch.meshgrid((values if upward is None else upward).flip(0), values, indexing="ij")
    return torch.stack([across, up], -1).flatten(0, 1)


@torch.no_grad()
def manifold(model: Model, plane: Plane, values: Tensor, upward: Tensor | None = None) -> Tensor:
    """The plane decoded at ``lattice(values, upward)``: ``[n * n, *shape]``."""
    return torch.cat([model.decode(z) for z in plane.at(lattice(values, upward)).split(CHUNK)])
