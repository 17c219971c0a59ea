"""Paths between codes: from one to another, and through several key frames."""

from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor

Way = Callable[[Tensor, Tensor, Tensor], Tensor]
"""From codes a and b ``[d]`` and times ``[n]`` to codes ``[n, d]``; time 0 is exactly a, 1 is exactly b."""


def lerp(a: Tensor, b: Tensor, t: Tensor) -> Tensor:
    """Straight line: codes ``[d]`` and times ``[n]`` (0 is a, 1 is b, beyond is overshoot) -> ``[n, d]``."""
    line: Tensor = (1 - t[:, None]) * a + t[:, None] * b
    return line


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
    return _ends_kept(direction * _lengths(a, b, t)[:, None], a, b, t)


def norm_kept(a: Tensor, b: Tensor, t: Tensor) -> Tensor:
    r"""The straight line pushed out to the sphere, so that the length changes evenly from |a| to |b|.

    .. math:: \bigl((1-t)|a| + t|b|\bigr) \frac{(1-t) a + t b}{|(1-t) a + t b|}

    The same curve as :func:`slerp` where the lengths are equal, but faster in its middle. A point of the line at the
    origin has no direction and stays there.
    """
    line = lerp(a, b, t)
    norms = line.norm(dim=1, keepdim=True)
    scaled = line / norms.clamp_min(torch.finfo(line.dtype).tiny) * _lengths(a, b, t)[:, None]
    return _ends_kept(torch.where(norms > 0, scaled, line), a, b, t)


def _lengths(a: Tensor, b: Tensor, t: Tensor) -> Tensor:
    """Evenly from |a| to |b|; with much overshoot it could pass 0, where it stops."""
    lengths: Tensor = ((1 - t) * a.norm() + t * b.norm()).clamp_min(0)
    return lengths


def _ends_kept(path: Tensor, a: Tensor, b: Tensor, t: Tensor) -> Tensor:
    """``path`` with the ends themselves at times 0 and 1, where rounding has moved them."""
    return torch.where(t[:, None] == 0, a, torch.where(t[:, None] == 1, b, path))


WAYS: dict[str, Way] = {"linear": lerp, "spherical": slerp, "norm-kept": norm_kept}


class Path(NamedTuple):
    """Codes ``[n, d]`` at times ``[n]``; time k is the k-th key frame, counted from 0."""

    codes: Tensor
    times: Tensor


def through(keys: Tensor, steps: int, way: Way = lerp, overshoot: float = 0.0) -> Path:
    """A path through key frames ``[k, d]``, k at least 2, ``steps`` steps from each to the next.

    Args:
        keys: Each is met exactly.
        steps: At least 1.
        way: How to go from one to the next.
        overshoot: So far beyond the first and the last, in units of one stretch, in steps of the same size.
    """
    beyond = round(overshoot * steps)
    stretches = len(keys) - 1
    count = torch.arange(-beyond, stretches * steps + beyond + 1)
    # whole numbers first: a key frame is at time 0 or 1 of its stretch exactly, however many steps there are
    stretch = (count // steps).clamp(0, stretches - 1)
    within = (count - stretch * steps).to(keys.dtype) / steps
    parts = [way(keys[i], keys[i + 1], within[stretch == i]) for i in range(stretches)]
    return Path(torch.cat(parts), count.to(keys.dtype) / steps)


def step_lengths(x: Tensor) -> Tensor:
    """Distance from each of ``[n, ...]`` to the next, ``[n - 1]``."""
    lengths: Tensor = (x[1:] - x[:-1]).flatten(1).norm(dim=1)
    return lengths
