"""Which samples are held out."""

import torch
from torch import Tensor

from genmodels.errors import UserError


def holdout(count: int, labels: Tensor | None, seed: int, fraction: float = 0.1) -> tuple[Tensor, Tensor]:
    """Indices to train on and indices held out, disjoint, both in random order, the same for the same seed.

    With labels every class gives its share, so that both parts have the same mixture; at least one sample is held
    out and at least one is left.

    Args:
        count: Number of samples, at least 2.
        labels: int64 ``[count]`` or None.
        seed: Draws the parts.
        fraction: Held out, between 0 and 1.

    Returns:
        int64 ``[n_train]``, int64 ``[n_test]``.

    Raises:
        UserError: There are fewer than two samples.
    """
    if count < 2:
        raise UserError("One sample cannot be split into a part to train on and a part held out; give at least two.")
    generator = torch.Generator().manual_seed(seed)
    order = torch.randperm(count, generator=generator)
    if labels is None:
        test = order[: max(1, round(fraction * count))]
    else:
        ordered = labels[order]
        groups = [order[ordered == label] for label in labels.unique()]
        test = torch.cat([group[: round(fraction * len(group))] for group in groups])
        if not len(test):  # only small classes
            test = order[:1]
        test = test[torch.randperm(len(test), generator=generator)]
    held = torch.zeros(count, dtype=torch.bool)
    held[test] = True
    return order[~held[order]], test
