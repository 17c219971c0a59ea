"""Style and class apart: the same codes, asked for every class."""

import torch
from torch import Tensor

from genmodels.models.base import Model


@torch.no_grad()
def style_by_class(model: Model, styles: Tensor) -> Tensor:
    """Codes ``[s, latent_dim]`` decoded as every class: ``[s, classes, *shape]``; a row keeps the style.

    Raises:
        ValueError: The model takes no labels.
    """
    if not model.conditional:
        raise ValueError("only a conditional model can be asked for a class")
    s, c = len(styles), model.label_count
    decoded = model.decode(styles.repeat_interleave(c, 0), torch.arange(c).repeat(s))
    return decoded.view(s, c, *model.spec.shape)
