"""Paths between codes."""

import torch
from torch import Tensor


def lerp(a: Tensor, b: Tensor, t: Tensor) -> Tensor:
    """Straight line: codes ``[d]`` and times ``[n]`` (0 is a, 1 is b, beyond is overshoot) -> ``[n, d]``."""
    return a + t[:, None] * (b - a)


def slerp(a: Tensor, b: Tensor, t: Tensor) -> Tensor:
    r"""Along the great circle (Shoemake 1985; White, arXiv 1609.04468), the length changing evenly from |a| to |b|.

    .. math:: \frac{\sin((1-t)\omega)}{\sin\omega} \hat a + \frac{\sin(t\omega)}{\sin\omega} \hat b

    Falls back to :func:`lerp` where the two point the same way, or exactly opposite ways, or one is zero:
    there is no one circle through them.
    """
    length_a, length_b = a.norm(), b.norm()
    if length_a == 0 or length_b == 0:
        return lerp(a, b, t)
    cosine = ((a / length_a) @ (b / length_b)).clamp(-1, 1)
    omega = torch.acos(cosine)
    if torch.sin(omega) < 1e-4:
        return lerp(a, b, t)
    from_a, from_b = torch.sin((1 - t) * omega)[:, None], torch.sin(t * omega)[:, None]
    direction: Tensor = (from_a * (a / length_a) + from_b * (b / length_b)) / torch.sin(omega)
    lengths: Tensor = length_a + t * (length_b - length_a)
    return direction * lengths[:, None]
