"""Pictures moved so that what is on them lies in the middle, as the digits of MNIST were (LeCun et al. 1998)."""

import torch
from torch import Tensor

CENTRED, EVEN = 1.0, 8
"""What a centred set may stray by: its middles in pixels, its ground in steps of 255."""


def middles(x: Tensor, ground: int) -> Tensor:
    """Centre of what differs from ``ground`` on pictures uint8 ``[n, C, H, W]``: ``[n, 2]``, down and across, in pixels
    from the middle of the picture; zeros for an empty picture."""
    weight = (x.float() - ground).abs().mean(1).double()
    total = weight.sum((1, 2))
    places = []
    for dim, size in ((1, x.shape[2]), (2, x.shape[3])):
        line = torch.arange(size, dtype=torch.float64) - (size - 1) / 2
        places.append((weight.sum(3 - dim) * line).sum(1) / total.clamp_min(1e-9))
    return torch.stack(places, 1)


def is_centred(x: Tensor, ground: int) -> bool:
    """Whether the pictures of a set ``[n, C, H, W]`` lie on an even ground, all with their middle in the picture's."""
    rim = torch.cat([x[..., 0, :], x[..., -1, :], x[..., :, 0], x[..., :, -1]], -1)
    even = ((rim.float() - ground).abs() < EVEN).float().mean() > 0.9
    return bool(even and middles(x, ground).square().mean().sqrt() < CENTRED)


def centred(x: Tensor, ground: int) -> Tensor:
    """Pictures moved by whole pixels to their middle; what moves out is lost, what moves in is ``ground``."""
    moved = torch.full_like(x, ground)
    height, width = x.shape[2:]
    for i, (down, across) in enumerate(middles(x, ground).round().long().tolist()):
        rows, columns = _overlap(down, height), _overlap(across, width)
        moved[i, :, rows[1], columns[1]] = x[i, :, rows[0], columns[0]]
    return moved


def _overlap(shift: int, size: int) -> tuple[slice, slice]:
    """Where a line of ``size`` pixels is read and written when it moves back by ``shift``."""
    return slice(max(0, shift), size + min(0, shift)), slice(max(0, -shift), size + min(0, -shift))
