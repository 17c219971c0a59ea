"""Networks whose outputs only see what came before them."""

import torch
from torch import Tensor, nn
from torch.nn.functional import linear, silu

from genmodels.nn.base import at_least_float


class MaskedLinear(nn.Linear):
    """A linear layer in which each output is joined to the inputs that it may see.

    Args:
        sees: ``[in]``, the place of each input in the order.
        at: ``[out]``, the place of each output.
        strictly: Whether an output sees only inputs of earlier places, or those of its own as well.
    """

    mask: Tensor

    def __init__(self, sees: Tensor, at: Tensor, *, strictly: bool) -> None:
        super().__init__(len(sees), len(at))
        joined = at[:, None] > sees if strictly else at[:, None] >= sees
        self.register_buffer("mask", joined)
        if not self.weight.is_meta:  # as wide at the start as if the joined inputs were all there are
            with torch.no_grad():
                self.weight *= (len(sees) / joined.sum(1, keepdim=True).clamp_min(1)).sqrt()

    def forward(self, x: Tensor) -> Tensor:
        return linear(x, self.weight * self.mask, self.bias)

    def rows(self, x: Tensor, rows: slice) -> Tensor:
        """Only these outputs."""
        return linear(x, self.weight[rows] * self.mask[rows], self.bias[rows])


class MaskedNetwork(nn.Module):
    r"""``p(k_1, ..., k_P) = \prod_p p(k_p | k_1, ..., k_{p-1})`` for all places in one pass: MADE.

    Every unit has a place in the order; it is joined to units of the same or earlier places below it, and outputs only
    to those of earlier ones (Germain et al., arXiv 1502.03509).

    Args:
        places: How many things there are to predict, ``P``.
        dim: Values that describe one of them.
        width: Hidden units in each of two layers.
        size: Outcomes each may have.
    """

    def __init__(self, places: int, dim: int, width: int, size: int) -> None:
        super().__init__()
        self.size = size
        # Which sees which is known before there are weights, also while a model is only counted.
        given, asked = (torch.arange(places, device="cpu").repeat_interleave(n) for n in (dim, size))
        hidden = torch.arange(width, device="cpu") % max(1, places - 1)
        self.first = MaskedLinear(given, hidden, strictly=False)
        self.second = MaskedLinear(hidden, hidden, strictly=False)
        self.head = MaskedLinear(hidden, asked, strictly=True)
        nn.init.zeros_(self.head.bias)

    def hidden(self, x: Tensor) -> Tensor:
        h = silu(self.first(x.flatten(1)))
        return h + silu(self.second(h))

    def forward(self, x: Tensor) -> Tensor:
        """``[N, P, dim]`` -> logits ``[N, P, size]``; those of place p are the same whatever p and later ones are."""
        return at_least_float(self.head(self.hidden(x))).view(len(x), -1, self.size)

    def at(self, x: Tensor, place: int) -> Tensor:
        """The logits of one place alone, ``[N, size]``."""
        return at_least_float(self.head.rows(self.hidden(x), slice(place * self.size, (place + 1) * self.size)))
