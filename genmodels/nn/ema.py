"""Exponential moving average of weights (Polyak averaging)."""

import copy

import torch
from torch import Tensor, nn


class EMA:
    """A running average of a module's parameters, in evaluation mode; everything shown is computed with it.

    ``average <- decay * average + (1 - decay) * weights``, where the decay grows in the first steps, from 2/11, so
    that the start is forgotten quickly: ``min(decay, (1 + t) / (10 + t))`` after step ``t``.
    """

    def __init__(self, module: nn.Module, decay: float) -> None:
        self.decay = decay
        self.module = copy.deepcopy(module).requires_grad_(False).eval()
        self._average: list[Tensor] = list(self.module.parameters())
        self._weights: list[Tensor] = list(module.parameters())
        self._buffers = list(zip(self.module.buffers(), module.buffers(), strict=True))

    @torch.no_grad()
    def update(self, step: int) -> None:
        """Take in the weights after ``step`` (counted from 1)."""
        decay = min(self.decay, (1 + step) / (10 + step))
        torch._foreach_lerp_(self._average, self._weights, 1 - decay)
        # Buffers (the state of spectral normalisation, running counts) average themselves or must not be averaged.
        for shown, current in self._buffers:
            shown.copy_(current)
