"""Which code does a picture belong to? For a model without an encoder the only way is to search for it."""

import math
from collections.abc import Iterator
from typing import NamedTuple

import torch
from torch import Tensor

from genmodels.data.base import to_unit
from genmodels.latent.prior import is_uniform
from genmodels.models.base import Model
from genmodels.training.optimizers import Adam

RESTARTS, STEPS = 6, 150
RATE = 0.1
"""Searches side by side, steps of each, and the step size to begin with, in units of the prior's deviation."""


class Found(NamedTuple):
    """Where the search stands.

    Attributes:
        step: Steps done, from 0.
        z: The code of each search, ``[restarts, latent_dim]``.
        x: What the decoder makes of it, ``[restarts, *shape]``.
        error: Mean squared error of each against the picture, ``[restarts]``.
        label: Classes that were tried, ``[restarts]``, or None where the model takes none.
    """

    step: int
    z: Tensor
    x: Tensor
    error: Tensor
    label: Tensor | None

    @property
    def best(self) -> int:
        """The search that is closest."""
        return int(self.error.argmin())


def invert(
    model: Model,
    x: Tensor,
    *,
    start: Tensor | None = None,
    label: Tensor | None = None,
    restarts: int = RESTARTS,
    steps: int = STEPS,
    rate: float = RATE,
    prior: float = 3e-4,
    seed: int = 0,
) -> Iterator[Found]:
    r"""Search for the code whose picture is closest, and tell after every step.

    .. math:: \min_z \; \frac{1}{D} |G(z) - x|^2 + \frac{\lambda}{d} |z|^2

    by Adam from several places at once, its step size falling to zero along a cosine (Zhu et al., arXiv 1609.03552,
    section 3.1; Creswell & Bharath, arXiv 1611.05644; for a uniform prior codes are clipped to it as in Lipton &
    Tripathi, arXiv 1702.04782). The problem is not convex: some searches get stuck, which is why there are several.

    Args:
        model: Any with a decoder; its weights are left alone.
        x: One sample ``[1, *shape]``, uint8 or in the model's own units.
        start: A code ``[latent_dim]`` to begin one of the searches with; the others begin at draws from the prior.
        label: The class ``[1]`` to be drawn by a conditional model; None: the searches try the classes in turn.
        restarts: Number of searches.
        steps: Steps of each.
        rate: Step size at the beginning.
        prior: Weight ``lambda`` of the prior, in squared output units per squared unit of z.
        seed: Of the places to begin at.

    Yields:
        ``steps + 1`` times where the searches stand, the beginning included; every tensor is its reader's to keep.
    """
    target = to_unit(x)
    begin = model.prior(restarts, torch.Generator().manual_seed(seed))
    if start is not None:
        begin[0] = start
    labels = model.labels_in_turn(restarts) if label is None else label.expand(restarts)
    labels = labels if model.conditional else None
    z = begin.clone().requires_grad_()
    optimizer = Adam([z])
    for step in range(steps + 1):
        with torch.enable_grad():
            decoded = model.decode(z, labels)
            error = (decoded - target).square().flatten(1).mean(1)
            loss = (error + prior * z.square().mean(1)).sum()  # the searches do not touch each other
            gradient = torch.autograd.grad(loss, [z])
        yield Found(step, z.detach().clone(), decoded.detach(), error.detach(), labels)
        optimizer.step(gradient, rate * 0.5 * (1 + math.cos(math.pi * step / max(1, steps))))
        if is_uniform(model):
            with torch.no_grad():
                z.clamp_(-1, 1)


def closest(model: Model, x: Tensor, **settings: int | float | Tensor | None) -> Found:
    """The end of :func:`invert`, with its settings."""
    *_, last = invert(model, x, **settings)  # type: ignore[arg-type]
    return last
