"""What a person sees of a model in training: always the same noise and the same held-out samples.

So whatever moves from one snapshot to the next is learning, not chance.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from genmodels.data.base import Dataset, to_unit
from genmodels.latent.project import aligned, pca_plane
from genmodels.models.base import Model
from genmodels.training.views_points import Plane

SAMPLES, PAIRS, CODES, SCORED, POINTS = 64, 16, 500, 128, 1000
"""How many are shown: generated images, reconstructions, codes, scored images, and points of each kind in the plane."""


@dataclass
class Views:
    """Fixed inputs of all snapshots of a run, and the plane in which the last codes were drawn.

    Attributes:
        z: Codes of the samples ``[n, latent_dim]``; where a model learns its prior, those at the beginning.
        seed: Of the noise behind them.
        pairs: Held-out samples to be reconstructed, as stored.
        coded: Held-out samples to be encoded and scored; the pairs are the first of them.
        labels: Of ``coded``, or None.
        plane: Further fixed places, where the data are points.
    """

    z: Tensor
    seed: int
    pairs: Tensor
    coded: Tensor
    labels: Tensor | None
    plane: Plane | None = None
    last_plane: Tensor | None = None

    @classmethod
    def of(cls, model: Model, data: Dataset, seed: int) -> "Views":
        """Choose the fixed inputs: noise from ``seed``, the first held-out samples of each class in turn."""
        images = data.spec.modality == "image"
        order = spread(data.test_labels, len(data.test), CODES if images else POINTS)
        z = model.prior(SAMPLES if images else POINTS, torch.Generator().manual_seed(seed))
        labels = None if data.test_labels is None else data.test_labels[order]
        coded = data.test[order]
        plane = None if images else Plane.of(model, data, coded, labels)
        return cls(z, seed, coded[: PAIRS if images else POINTS], coded, labels, plane)

    def fixed(self) -> dict[str, Tensor]:
        """What does not change during the run: ``z``, ``originals``, ``labels``, and what the plane adds."""
        still = {"z": self.z, "originals": self.pairs} | (self.plane.fixed() if self.plane else {})
        return still if self.labels is None else still | {"labels": self.labels}

    @torch.no_grad()
    def look(self, model: Model) -> dict[str, Tensor]:
        """One snapshot.

        Returns:
            ``samples`` ``[64, C, H, W]`` uint8 or ``[1000, 2]``; with an encoder ``reconstructions`` of the originals
            and ``codes`` ``[N, 2]`` float32 of held-out samples in a plane that turns as little as possible from
            snapshot to snapshot; with a discriminator its logits ``score_real`` and ``score_fake``; where the model
            learns its prior, the codes ``z`` of the samples; on points also what ``views_points.py`` shows.
        """
        device = model.scale.device
        z = self._codes(model).to(device)
        y = model.labels_in_turn(len(z))
        generated = model.decode(z, y)
        views = {"samples": to_pixels(generated, model)}
        if model.learns_prior:
            views["z"] = z.cpu()
        if model.encodes:
            views |= self._encoded(model, device)
        if model.scores:
            scored = self.coded[: SCORED if model.spec.modality == "image" else POINTS]
            views["score_real"] = model.score(to_unit(scored).to(device), self._labels(model, len(scored))).cpu()
            views["score_fake"] = model.score(generated, y).cpu()
        if self.plane is not None:
            views |= self.plane.look(model, generated)
        return {name: value.contiguous() for name, value in views.items()}

    def _codes(self, model: Model) -> Tensor:
        """The same noise each time, and so the same codes unless the model learns its prior."""
        if not model.learns_prior:
            return self.z
        return model.prior(len(self.z), torch.Generator().manual_seed(self.seed))

    def _labels(self, model: Model, n: int) -> Tensor | None:
        return self.labels[:n].to(model.scale.device) if model.conditional and self.labels is not None else None

    def _encoded(self, model: Model, device: torch.device) -> dict[str, Tensor]:
        mu = model.encode(to_unit(self.coded).to(device), self._labels(model, len(self.coded))).mu.cpu()
        with torch.autocast("cpu", enabled=False):  # the plane itself is drawn in full precision
            plane = mu if mu.shape[1] == 2 else pca_plane(mu)
            if self.last_plane is not None and self.last_plane.shape == plane.shape and mu.shape[1] > 2:
                plane = aligned(plane, self.last_plane)
        self.last_plane = plane
        reconstructions = model.reconstruct(to_unit(self.pairs).to(device), self._labels(model, len(self.pairs)))
        return {"codes": plane, "reconstructions": to_pixels(reconstructions, model)}


def to_pixels(x: Tensor, model: Model) -> Tensor:
    """Decoded images 0..1 -> uint8 on the CPU; points stay float."""
    if model.spec.modality == "image":
        x = (x * 255).round().clamp(0, 255).to(torch.uint8)
    return x.cpu()


def spread(labels: Tensor | None, total: int, n: int) -> Tensor:
    """Indices of ``n`` samples that take the classes in turn: 0, 1, ..., 9, 0, 1, ..."""
    if labels is None:
        return torch.arange(min(n, total))
    rank = torch.empty_like(labels)
    for label in labels.unique():
        members = labels == label
        rank[members] = torch.arange(int(members.sum()))
    return torch.argsort(rank * (int(labels.max()) + 1) + labels, stable=True)[:n]
