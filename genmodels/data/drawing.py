"""Drawing many small pictures at once, with smooth edges.

A shape is its signed distance to every pixel, in units of half a picture, negative inside; its edge is blended over
one pixel. Numbers that differ from picture to picture are tensors ``[n]``; x grows to the right, y downwards, both
from -1 to 1. (The distances are the classical ones, see Quilez, "2D distance functions".)
"""

from collections.abc import Sequence

import torch
from torch import Tensor

Number = Tensor | float
Colour = Tensor | tuple[float, float, float]
"""``[n, 3]``, or one for all; 0 to 1."""


def column(value: Number) -> Tensor:
    """``[n]`` or a number -> ``[n, 1, 1]`` or ``[1, 1, 1]``, to be combined with pixels."""
    return torch.as_tensor(value, dtype=torch.float32).reshape(-1, 1, 1)


class Canvas:
    """``n`` pictures of ``size`` pixels, painted from back to front.

    Attributes:
        x, y: Coordinates of the pixels' centres, ``[1, size, size]``.
    """

    def __init__(self, n: int, size: int, ground: Colour) -> None:
        line = (torch.arange(size) + 0.5) * (2 / size) - 1
        self.y, self.x = (grid[None] for grid in torch.meshgrid(line, line, indexing="ij"))
        self._pixel = 2 / size
        self._rgb = _rgb(ground).expand(n, 3, size, size).clone()

    def paint(self, distance: Tensor, colour: Colour, opacity: float = 1.0) -> None:
        """Cover the inside of a shape ``[n, size, size]``."""
        cover = (0.5 - distance / self._pixel).clamp_(0, 1).mul_(opacity)
        self._rgb += cover[:, None] * (_rgb(colour) - self._rgb)

    def pixels(self) -> Tensor:
        """uint8 ``[n, 3, size, size]``."""
        return (self._rgb * 255).round_().clamp_(0, 255).byte()


def _rgb(colour: Colour) -> Tensor:
    return torch.as_tensor(colour, dtype=torch.float32).reshape(-1, 3, 1, 1)


def ellipse(x: Tensor, y: Tensor, rx: Number, ry: Number) -> Tensor:
    """Around the origin; exact for circles, to first order at the edge otherwise."""
    a, b = x / column(rx), y / column(ry)
    radius = (a * a + b * b).sqrt()
    slope = ((a / column(rx)) ** 2 + (b / column(ry)) ** 2).sqrt().clamp_min(1e-6)
    return radius * (radius - 1) / slope


def box(x: Tensor, y: Tensor, width: Number, height: Number, corner: float = 0.0) -> Tensor:
    """Around the origin, of half-width and half-height, with round corners."""
    dx, dy = x.abs() - column(width) + corner, y.abs() - column(height) + corner
    outside = (dx.clamp_min(0) ** 2 + dy.clamp_min(0) ** 2).sqrt()
    return outside + torch.maximum(dx, dy).clamp_max(0) - corner


def stroke(x: Tensor, y: Tensor, start: tuple[Number, Number], end: tuple[Number, Number], radius: float) -> Tensor:
    """A straight line with round ends."""
    ax, ay = column(start[0]), column(start[1])
    bx, by = column(end[0]) - ax, column(end[1]) - ay
    along = (((x - ax) * bx + (y - ay) * by) / (bx * bx + by * by)).clamp(0, 1)
    return ((x - ax - along * bx) ** 2 + (y - ay - along * by) ** 2).sqrt() - radius


def polygon(x: Tensor, y: Tensor, corners: Sequence[tuple[Number, Number]]) -> Tensor:
    """A convex polygon, its corners clockwise on the screen."""
    sides = []
    for (ax, ay), (bx, by) in zip(corners, [*corners[1:], corners[0]], strict=True):
        ex, ey = column(bx) - column(ax), column(by) - column(ay)
        sides.append(((x - column(ax)) * ey - (y - column(ay)) * ex) / (ex * ex + ey * ey).sqrt())
    return torch.stack(torch.broadcast_tensors(*sides)).amax(0)


def heart(x: Tensor, y: Tensor) -> Tensor:
    """From its tip at (0, 0) upwards to about (0, -1.1), about 1.2 wide."""
    x, y = x.abs(), -y
    lobe = ((x - 0.25) ** 2 + (y - 0.75) ** 2).sqrt() - 2**0.5 / 4
    half = 0.5 * (x + y).clamp_min(0)
    below = torch.minimum(x**2 + (y - 1) ** 2, (x - half) ** 2 + (y - half) ** 2).sqrt() * torch.sign(x - y)
    return torch.where(x + y > 1, lobe, below)


def turned(x: Tensor, y: Tensor, angle: Number) -> tuple[Tensor, Tensor]:
    """Coordinates in which a shape drawn as usual appears turned by ``angle`` in radians."""
    cos, sin = column(angle).cos(), column(angle).sin()
    return x * cos + y * sin, y * cos - x * sin
