"""White shapes on black: the set on which disentanglement is usually measured, with smooth edges."""

import math

import torch
from torch import Tensor

from genmodels.data.drawing import Canvas, box, column, ellipse, heart, turned
from genmodels.data.factors import Factor, blend, offer
from genmodels.registry import Card

FACTORS = (Factor("shape", 3), Factor("scale"), Factor("rotation"), Factor("x"), Factor("y"))


def draw(factors: Tensor, size: int) -> Tensor:
    """Factors ``[n, 5]`` in the order of ``FACTORS`` -> grey pictures uint8 ``[n, 1, size, size]``."""
    kind, scale, rotation, x, y = factors.unbind(1)
    canvas = Canvas(len(factors), size, (0.0, 0.0, 0.0))
    unit = column(blend(0.2, 0.4, scale))
    across, down = canvas.x - column(blend(-0.5, 0.5, x)), canvas.y - column(blend(-0.5, 0.5, y))
    across, down = turned(across / unit, down / unit, rotation * (2 * math.pi))
    forms = (
        box(across, down, 0.8, 0.8),
        ellipse(across, down, 1.1, 0.6),
        heart(across * 0.65, down * 0.65 - 0.55) / 0.65,
    )
    distance = torch.where(column(kind) == 0, forms[0], torch.where(column(kind) == 1, forms[1], forms[2]))
    canvas.paint(distance * unit, (1.0, 1.0, 1.0))
    return canvas.pixels()[:, :1].contiguous()


offer(
    "shapes",
    Card(
        title="Shapes",
        summary="10,000 squares, ellipses and hearts whose shape, scale, rotation and place are known.",
        family="Known factors",
        paper="after Matthey et al. 2017, dSprites",
        teaches="Does each slider move one thing? Here it can be checked.",
        fails="Rotation resists: a square looks the same after a quarter of a turn, an ellipse after half of one.",
    ),
    FACTORS, draw, 1, ("square", "ellipse", "heart"), by=0,
)  # fmt: skip
