"""Cars from the side: three bodies, and what a maker could vary."""

import torch
from torch import Tensor

from genmodels.data.drawing import Canvas, Number, box, column, ellipse, polygon
from genmodels.data.factors import Factor, blend, offer
from genmodels.registry import Card

FACTORS = (
    Factor("body", 3), Factor("length"), Factor("height"), Factor("wheels"), Factor("colour"), Factor("view", 2),
)  # fmt: skip
# Where the roof begins and ends and how far its pillars lean, as parts of the half-length, back to front.
_REAR = torch.tensor([-0.85, -0.98, -0.12])
_ROOF_REAR = torch.tensor([-0.45, -0.88, -0.10])
_ROOF_FRONT = torch.tensor([0.15, 0.10, 0.36])
_FRONT = torch.tensor([0.58, 0.50, 0.66])
_SKY, _ROAD, _GLASS, _TYRE = (0.86, 0.93, 0.98), (0.62, 0.62, 0.64), (0.72, 0.86, 0.94), (0.11, 0.11, 0.13)


def paint_of(share: Tensor) -> Tensor:
    """Round the colours once, from red over yellow, green and blue to purple. ``[n] -> [n, 3]``."""
    hue = share[:, None] * 5.2 + torch.tensor([0.0, 4.0, 2.0])
    return 0.18 + 0.70 * ((hue % 6 - 3).abs() - 1).clamp(0, 1)


def draw(factors: Tensor, size: int) -> Tensor:
    """Factors ``[n, 6]`` in the order of ``FACTORS`` -> pictures uint8 ``[n, 3, size, size]``."""
    body, length, height, wheels, colour, view = factors.unbind(1)
    canvas, paint = Canvas(len(factors), size, _SKY), paint_of(colour)
    canvas.paint(0.42 - canvas.y, _ROAD)
    half, radius = blend(0.58, 0.92, length), blend(0.14, 0.24, wheels)
    x = canvas.x * column(1 - 2 * view)  # facing right, or mirrored
    canvas.paint(ellipse(x, canvas.y - 0.62, half * 1.02, 0.07), (0.38, 0.38, 0.40))
    _cabin(canvas, x, body.long(), half, blend(0.26, 0.52, height), paint)
    canvas.paint(box(x, canvas.y - 0.27, half, 0.21, 0.09), paint)
    canvas.paint(box(x, canvas.y - 0.42, half - 0.02, 0.05, 0.04), paint * 0.72)
    canvas.paint(ellipse(x - column(half - 0.07), canvas.y - 0.2, 0.06, 0.06), (1.0, 0.95, 0.65))
    canvas.paint(box(x + column(half - 0.05), canvas.y - 0.2, 0.04, 0.07, 0.02), (0.75, 0.10, 0.12))
    for place in (-0.58, 0.58):
        _wheel(canvas, x - column(half * place), radius)
    return canvas.pixels()


def _cabin(canvas: Canvas, x: Tensor, body: Tensor, half: Tensor, tall: Tensor, paint: Tensor) -> None:
    ends = (_REAR[body] * half, _ROOF_REAR[body] * half, _ROOF_FRONT[body] * half, _FRONT[body] * half)
    canvas.paint(_trapezium(x, canvas.y, ends, 0.12 - tall) - 0.03, paint)
    glass = _trapezium(x, canvas.y, ends, 0.12 - tall) + 0.06
    pillar = (x - column((ends[1] + ends[2]) / 2)).abs() - 0.035
    canvas.paint(torch.maximum(glass, -pillar), _GLASS)


def _trapezium(x: Tensor, y: Tensor, ends: tuple[Tensor, ...], top: Number) -> Tensor:
    rear, roof_rear, roof_front, front = ends
    return polygon(x, y, [(rear, 0.12), (roof_rear, top), (roof_front, top), (front, 0.12)])


def _wheel(canvas: Canvas, x: Tensor, radius: Tensor) -> None:
    y = canvas.y - column(0.66 - radius)
    canvas.paint(ellipse(x, y, radius, radius), _TYRE)
    canvas.paint(ellipse(x, y, radius * 0.52, radius * 0.52), (0.80, 0.81, 0.84))


offer(
    "cars",
    Card(
        title="Cars",
        summary="10,000 cars from the side: body, length, height, wheels, colour and view are known.",
        family="Known factors",
        teaches="Colour is one number for us and a circle for a code: watch what it makes of it.",
        fails="The three bodies have nothing between them, yet a VAE draws what lies there.",
    ),
    FACTORS, draw, 3, ("saloon", "estate", "pick-up"), by=0,
)  # fmt: skip
