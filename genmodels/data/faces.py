"""Simple drawn faces: seven things that a child would change, and no other."""

import torch
from torch import Tensor

from genmodels.data.drawing import Canvas, box, column, ellipse, stroke
from genmodels.data.factors import Factor, blend, offer
from genmodels.registry import Card

FACTORS = (
    Factor("width"), Factor("eyes"), Factor("brows"), Factor("mouth"), Factor("hair"), Factor("skin"),
    Factor("glasses", 2),
)  # fmt: skip
_SKINS = torch.tensor([[0.36, 0.22, 0.14], [0.62, 0.41, 0.27], [0.85, 0.64, 0.48], [0.99, 0.86, 0.75]])
_HAIR, _DARK, _SHIRT = (0.24, 0.14, 0.10), (0.10, 0.09, 0.12), (0.20, 0.47, 0.77)
_GROUND = (0.90, 0.93, 0.88)


def skin_tone(share: Tensor) -> Tensor:
    """From dark to light. ``[n] -> [n, 3]``."""
    place = share * (len(_SKINS) - 1)
    low = place.long().clamp_max(len(_SKINS) - 2)
    return torch.lerp(_SKINS[low], _SKINS[low + 1], (place - low)[:, None])


def draw(factors: Tensor, size: int) -> Tensor:
    """Factors ``[n, 7]`` in the order of ``FACTORS`` -> pictures uint8 ``[n, 3, size, size]``."""
    width, eyes, brows, mouth, hair, skin, glasses = factors.unbind(1)
    canvas, tone, broad = Canvas(len(factors), size, _GROUND), skin_tone(skin), blend(0.44, 0.66, width)
    _hair_and_shoulders(canvas, broad, hair, tone)
    canvas.paint(ellipse(canvas.x.abs() - column(broad), canvas.y - 0.05, 0.10, 0.15), tone * 0.92)
    canvas.paint(ellipse(canvas.x, canvas.y, broad, 0.68), tone)
    _fringe(canvas, broad)
    _eyes(canvas, broad * 0.44, eyes, brows)
    canvas.paint(stroke(canvas.x, canvas.y, (0.0, 0.08), (0.0, 0.2), 0.035), tone * 0.78)
    _mouth(canvas, mouth, tone)
    _glasses(canvas, broad * 0.44, glasses)
    return canvas.pixels()


def _hair_and_shoulders(canvas: Canvas, broad: Tensor, hair: Tensor, tone: Tensor) -> None:
    length = blend(0.2, 0.92, hair)  # how far it reaches down
    canvas.paint(ellipse(canvas.x, canvas.y - 1.1, 0.85, 0.42), _SHIRT)
    fall = box(canvas.x, canvas.y - column((length - 0.3) / 2), broad + 0.13, (length + 0.3) / 2, 0.1)
    canvas.paint(torch.minimum(ellipse(canvas.x, canvas.y + 0.16, broad + 0.13, 0.74), fall), _HAIR)
    canvas.paint(box(canvas.x, canvas.y - 0.7, 0.17, 0.2, 0.05), tone * 0.85)


def _fringe(canvas: Canvas, broad: Tensor) -> None:
    head = ellipse(canvas.x, canvas.y, broad + 0.02, 0.7)
    face = ellipse(canvas.x + 0.12, canvas.y - 0.27, broad + 0.05, 0.66)
    canvas.paint(torch.maximum(head, -face), _HAIR)


def _eyes(canvas: Canvas, apart: Tensor, eyes: Tensor, brows: Tensor) -> None:
    aside = canvas.x.abs() - column(apart)
    opened = blend(0.045, 0.16, eyes)
    white = ellipse(aside, canvas.y + 0.06, 0.145, opened)
    canvas.paint(white - 0.02, _DARK, 0.75)
    canvas.paint(white, (1.0, 1.0, 1.0))
    canvas.paint(torch.maximum(white, ellipse(aside, canvas.y + 0.06, 0.085, 0.085)), (0.16, 0.26, 0.34))
    tilt = blend(-0.11, 0.11, brows)
    canvas.paint(stroke(aside, canvas.y + 0.31, (-0.13, -tilt), (0.13, tilt), 0.037), _HAIR)


def _mouth(canvas: Canvas, mouth: Tensor, tone: Tensor) -> None:
    half, bend = 0.24, column(blend(-0.17, 0.17, mouth))
    along = (canvas.x / half).clamp(-1, 1)
    level = 0.40 + bend * (0.5 - along**2)
    slope = 2 * bend * along / half
    inside = (canvas.y - level).abs() / (1 + slope**2).sqrt()
    distance = ((canvas.x - along * half) ** 2 + inside**2).sqrt() - 0.045
    canvas.paint(distance, tone * torch.tensor([0.62, 0.32, 0.34]))


def _glasses(canvas: Canvas, apart: Tensor, glasses: Tensor) -> None:
    aside = canvas.x.abs() - column(apart)
    ring = ellipse(aside, canvas.y + 0.06, 0.215, 0.215).abs() - 0.03
    inner = apart - 0.2
    bridge = torch.where(canvas.x.abs() < column(inner), (canvas.y + 0.1).abs() - 0.028, torch.tensor(1.0))
    away = 9 * (1 - column(glasses))  # too far off to be seen
    canvas.paint(torch.minimum(ring, bridge) + away, _DARK)


offer(
    "faces",
    Card(
        title="Drawn faces",
        summary="10,000 faces drawn from seven known factors, from the width of the head to glasses.",
        family="Known factors",
        teaches="Find the smile: which slider bends the mouth, and does it leave the brows alone?",
        fails="Skin changes most pixels and is learned first; brows change few and may never be.",
    ),
    FACTORS, draw, 3, ("no glasses", "glasses"), by=6,
)  # fmt: skip
