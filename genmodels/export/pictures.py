"""A run's pictures: samples, and a walk through its latent space."""

from math import pi

import numpy as np
import torch
from torch import Tensor

from genmodels.errors import UserError
from genmodels.export.base import EXPORTS
from genmodels.models.base import Model
from genmodels.plots.grid import encode, tile
from genmodels.plots.points import draw_points
from genmodels.plots.walk import gif
from genmodels.registry import Card
from genmodels.training.folder import RunFolder
from genmodels.training.views import to_pixels

COLUMNS, SCALE = 8, 3
FRAMES, CELLS, WALK_COLUMNS = 48, 24, 6
"""Of the walk: frames of one round, pictures in each, and how many of them stand in a row."""
POINTS_SIDE = 640
SEED = 7


@EXPORTS.register(
    "png",
    Card("Samples", "The latest samples, from the same noise as on the page, as PNG.", "pictures"),
    stem="samples", suffix=".png", mime="image/png", needs="frames",
)  # fmt: skip
def samples(folder: RunFolder) -> bytes:
    """The samples of the latest frame: a grid of pictures, or points in the plane."""
    folder.about()
    shown = folder.frame().get("samples")
    if shown is None or shown.ndim not in (2, 4):
        raise UserError("This run has no samples to show yet; give it a few seconds.")
    if shown.ndim == 2:
        return encode(draw_points(shown.numpy(), POINTS_SIDE, radius=3))
    return encode(tile(shown, COLUMNS, gap=1), "png", SCALE)


@EXPORTS.register(
    "gif",
    Card("Walk", "A walk through the latent space that comes back to where it began, as GIF.", "pictures"),
    stem="walk", suffix=".gif", mime="image/gif", needs="images",
)  # fmt: skip
def walk(folder: RunFolder) -> bytes:
    """Pictures whose codes go round in circles through the typical set of the prior."""
    folder.about()
    model = folder.model()
    if model.spec.modality != "image":
        raise UserError("This run draws points, so there is no picture to walk through; take its samples instead.")
    return gif(np.stack([_frame(model, z) for z in circles(model)]), frames_per_second=16, scale=2)


@torch.no_grad()
def _frame(model: Model, z: Tensor) -> np.ndarray:
    return tile(to_pixels(model.decode(z), model), WALK_COLUMNS, gap=1)


def circles(model: Model, cells: int = CELLS, frames: int = FRAMES) -> Tensor:
    r"""Codes ``[frames, cells, latent_dim]`` on closed paths, :math:`\cos(t)\,a + \sin(t)\,b` with a, b from the prior.

    For a normal prior every code on the way has the prior's own distribution, so no frame is an odd one. A uniform
    one is left at times and clipped back. Any other would be left for good, so its paths go straight from a to b and
    back again.
    """
    generator = torch.Generator().manual_seed(SEED)
    a, b = model.prior(cells, generator), model.prior(cells, generator)
    t = (2 * pi * torch.arange(frames) / frames)[:, None, None]
    if model.prior_family == "other":
        return torch.lerp(a, b, (1 - torch.cos(t)) / 2)
    path = torch.cos(t) * a + torch.sin(t) * b
    return path.clamp(-1, 1) if model.prior_family == "uniform" else path
