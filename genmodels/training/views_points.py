"""What a person sees of the game in the plane, beside the points: D's surface, G's mesh, arrows, posterior ellipses.

Everything is computed at places that stay the same during a run, so that what moves is learning.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from genmodels.data.base import Dataset
from genmodels.models.base import Model
from genmodels.models.gan import GAN

CELLS, NODES, LINE, ARROWS, ELLIPSES = 40, 21, 201, 200, 300
"""Places where D is asked, along each axis; mesh nodes along each of two latent axes, or along a single one; samples
with an arrow; held-out points with an ellipse."""
TAIL = 0.01
"""Share of the prior that lies outside the mesh on either side."""


@dataclass(frozen=True)
class Plane:
    """The fixed places of a run on points.

    Attributes:
        extent: ``[4]``: left, right, bottom, top of what is shown, in the data's units.
        lattice: ``[CELLS * CELLS, 2]``, row by row from bottom left: the middles of equal cells over the extent.
        mesh_z: ``[rows, columns, latent_dim]``: codes with equal shares of the prior between them; ``rows`` is 1 where
            ``latent_dim`` is. From the third dimension on all are 0.
        real: ``[ARROWS, 2]`` held-out points, for games that look at pairs.
        labels: ``[ARROWS]``, theirs, or None.
        coded: ``[ELLIPSES, 2]`` held-out points whose posteriors are shown.
    """

    extent: Tensor
    lattice: Tensor
    mesh_z: Tensor
    real: Tensor
    labels: Tensor | None
    coded: Tensor

    @classmethod
    def of(cls, model: Model, data: Dataset, points: Tensor, labels: Tensor | None) -> "Plane":
        """Choose the places; ``points`` ``[N, 2]`` are the held-out points that are shown, ``labels`` theirs."""
        extent = torch.tensor(data.toy.extent if data.toy else around(data.test))
        own = None if labels is None else labels[:ARROWS]
        return cls(extent, lattice(extent, CELLS), mesh(model), points[:ARROWS], own, points[:ELLIPSES])

    def fixed(self) -> dict[str, Tensor]:
        """What does not change during the run: ``extent`` and ``mesh_z``."""
        return {"extent": self.extent, "mesh_z": self.mesh_z}

    def look(self, model: Model, samples: Tensor) -> dict[str, Tensor]:
        """One snapshot; ``samples`` ``[N, 2]`` are those shown, of which the first get arrows.

        Returns:
            ``mesh`` ``[rows, columns, 2]``, the decoded mesh; with a discriminator its logits ``surface``
            ``[CELLS, CELLS]``, bottom row first; for a GAN ``pull`` ``[ARROWS, 2]``, where G's loss wants the samples
            to go; with a posterior its ``posterior_mu`` and ``posterior_sigma``, ``[ELLIPSES, min(2, latent_dim)]``.
        """
        device = model.scale.device
        rows, columns, latent_dim = self.mesh_z.shape
        nodes = self.mesh_z.view(-1, latent_dim).to(device)
        same_label = torch.zeros(len(nodes), dtype=torch.int64, device=device) if model.conditional else None
        views = {"mesh": model.decode(nodes, same_label).view(rows, columns, 2)}
        if model.scores:
            views["surface"] = model.score(self.lattice.to(device)).view(CELLS, CELLS)
        if isinstance(model, GAN):
            labels = None if self.labels is None else self.labels.to(device)
            views["pull"] = model.pull(samples[: len(self.real)], self.real.to(device), labels)
        if model.encodes:
            q = model.encode(self.coded.to(device))
            views["posterior_mu"] = q.mu[:, :2]
            if q.logvar is not None:
                views["posterior_sigma"] = (0.5 * q.logvar[:, :2]).exp()
        return {name: value.cpu() for name, value in views.items()}


def lattice(extent: Tensor, cells: int) -> Tensor:
    """The middles of ``cells`` by ``cells`` equal cells over ``extent``, ``[cells * cells, 2]``, bottom row first."""
    left, right, bottom, top = extent.tolist()
    middles = (torch.arange(cells) + 0.5) / cells
    y, x = torch.meshgrid(bottom + (top - bottom) * middles, left + (right - left) * middles, indexing="ij")
    return torch.stack([x, y], -1).view(-1, 2)


def mesh(model: Model) -> Tensor:
    """Codes with equal shares of the prior between neighbours, ``[rows, columns, latent_dim]``.

    A prior without a formula, which may be learned only later, is taken for a normal one: a net over its codes.
    """
    latent_dim = model.config.latent_dim
    share = torch.linspace(TAIL, 1 - TAIL, LINE if latent_dim == 1 else NODES)
    line = 2 * share - 1 if model.prior_family == "uniform" else torch.special.ndtri(share)
    if latent_dim == 1:
        return line.view(1, -1, 1)
    z = torch.zeros(NODES, NODES, latent_dim)
    z[..., 1], z[..., 0] = torch.meshgrid(line, line, indexing="ij")
    return z


def around(x: Tensor) -> tuple[float, float, float, float]:
    """A square that holds the points ``[N, 2]`` with a margin: left, right, bottom, top."""
    low, high = x.min(0).values, x.max(0).values
    x_middle, y_middle = ((low + high) / 2).tolist()
    reach = 0.65 * max(float((high - low).max()), 1e-3)
    return x_middle - reach, x_middle + reach, y_middle - reach, y_middle + reach
