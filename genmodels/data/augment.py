"""More of a small set: copies of its pictures, moved a little and mirrored."""

import torch
from torch import Tensor

SHIFT = 1 / 14
"""How far a copy is moved at most, as a part of the picture's side."""


def augment(x: Tensor, labels: Tensor | None, total: int, flip: bool, seed: int) -> tuple[Tensor, Tensor | None]:
    """``x`` itself and then copies of it, each moved by up to :data:`SHIFT` of its side, until there are ``total``.

    Args:
        x: Images uint8 ``[N, C, H, W]``; what moves in at the edge repeats the edge.
        labels: int64 ``[N]`` or None.
        total: Images afterwards; a set that has as many stays as it is.
        flip: Mirror every other copy left to right.
        seed: Draws the shifts.

    Returns:
        uint8 ``[max(N, total), C, H, W]`` and the labels that belong to them.
    """
    extra = total - len(x)
    if extra <= 0:
        return x, labels
    generator = torch.Generator().manual_seed(seed)
    chosen = torch.arange(extra) % len(x)
    copies = _shifted(x[chosen], generator)
    if flip:
        mirrored = torch.rand(extra, generator=generator) < 0.5
        copies[mirrored] = copies[mirrored].flip(-1)
    return torch.cat([x, copies]), None if labels is None else torch.cat([labels, labels[chosen]])


def _shifted(x: Tensor, generator: torch.Generator) -> Tensor:
    n, _, height, width = x.shape
    reach = max(1, round(SHIFT * min(height, width)))
    down, right = torch.randint(-reach, reach + 1, (2, n, 1), generator=generator)
    rows = (torch.arange(height) - down).clamp(0, height - 1)[:, None, :, None]
    columns = (torch.arange(width) - right).clamp(0, width - 1)[:, None, None, :]
    return x.gather(2, rows.expand_as(x)).gather(3, columns.expand_as(x))
