r"""A distribution that somebody painted: soft round dabs, each of which is as likely as the others.

.. math:: p(x) = \frac1k \sum_{i=1}^k \mathcal N\!\left(x;\, c_i, (r_i / 2)^2 I\right)
"""

import math
from collections.abc import Sequence

import torch

from genmodels.data.base import Dataset, DataSpec
from genmodels.errors import UserError

REACH = 2.0
"""The sheet shows -2 to 2 on both axes."""
MOST_DABS = 3000
THINNEST, THICKEST = 0.01, 1.0
"""Radii of a dab."""
N_TRAIN, N_TEST = 20_000, 2_000


def painted(dabs: object, title: str, seed: int = 0) -> Dataset:
    """Points drawn from what was painted: 20,000 to train on and 2,000 held out.

    Args:
        dabs: ``[[x, y, radius], ...]``; may be hostile.
        title: As shown to people.
        seed: Draws the points.

    Raises:
        UserError: There is nothing painted, or it is no painting.

    >>> painted([[0.5, -0.5, 0.1]], "Dot").test.mean(0).mul(10).round().tolist()
    [5.0, -5.0]
    """
    table = torch.tensor(_checked(dabs))
    generator = torch.Generator().manual_seed(seed)
    n = N_TRAIN + N_TEST
    chosen = table[torch.randint(len(table), (n,), generator=generator)]
    points = chosen[:, :2] + chosen[:, 2:] / 2 * torch.randn(n, 2, generator=generator)
    return Dataset(
        name="", title=title, spec=DataSpec("points", (2,)), train=points[:N_TRAIN], test=points[N_TRAIN:],
        licence="yours", source="painted",
    )  # fmt: skip


def _checked(dabs: object) -> list[list[float]]:
    if not isinstance(dabs, Sequence) or isinstance(dabs, str) or not dabs:
        raise UserError("The sheet is empty; paint something first.")
    if len(dabs) > MOST_DABS:
        raise UserError(f"The painting has more than {MOST_DABS:,} dabs; paint with a thicker brush.")
    if not all(_is_dab(dab) for dab in dabs):
        raise UserError("This is no painting; draw it on the sheet.")
    return [[float(value) for value in dab] for dab in dabs]


def _is_dab(dab: object) -> bool:
    if not isinstance(dab, Sequence) or isinstance(dab, str) or len(dab) != 3:
        return False
    if not all(isinstance(value, int | float) and not isinstance(value, bool) for value in dab):
        return False
    x, y, radius = dab
    inside = all(math.isfinite(value) and abs(value) <= REACH for value in (x, y))
    return inside and THINNEST <= radius <= THICKEST
