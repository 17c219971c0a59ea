"""The networks of a model as one can draw them: shapes from layer to layer, and numbers of weights."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import prod

import torch
from torch import nn

from genmodels.config import RunConfig
from genmodels.data.base import DataSpec
from genmodels.errors import UserError
from genmodels.models import MODELS
from genmodels.nn import parameter_count
from genmodels.nn.inside import activations

Shape = tuple[int, ...]
MOST_WEIGHTS = 100_000_000
"""A model with more is not offered: it would not fit beside others."""


@dataclass(frozen=True)
class Stack:
    """One network.

    Attributes:
        name: ``"encoder"``, ``"decoder"``, ``"discriminator"``, or what the model calls it.
        shapes: Of a sample on its way through, input first, ``(values,)`` or ``(channels, height, width)``.
        weights: Number of trainable values.
    """

    name: str
    shapes: tuple[Shape, ...]
    weights: int


def stacks(config: RunConfig, spec: DataSpec) -> list[Stack]:
    """The networks that ``config`` builds for such data, in the order in which data pass through them.

    Nothing is computed and no memory is taken: the networks live on torch's meta device.

    Raises:
        UserError: The network cannot be built for these data, or is too large.
    """
    with torch.device("meta"):
        model = MODELS[config.model].thing(config, spec)
        if (weights := parameter_count(model)) > MOST_WEIGHTS:
            raise UserError(
                f"This network has {weights / 1e6:,.0f} million weights, more than {MOST_WEIGHTS // 10**6} million; "
                "choose a smaller width or depth."
            )
        parts = [(name, module) for name, module in model.named_children() if parameter_count(module)]
        return [Stack(name, tuple(_shapes(module, spec.shape)), parameter_count(module)) for name, module in parts]


def _shapes(module: nn.Module, sample: Shape) -> Iterator[Shape]:
    """Shapes along a plain stack; nothing where the network is of another kind."""
    if not isinstance(module, nn.Sequential):
        return
    x = torch.empty(1, *_input(module, sample))
    yield from (tuple(layer.out.shape[1:]) for layer in activations(module, x))


def _input(module: nn.Sequential, sample: Shape) -> Shape:
    """What a stack takes, as its first layer with weights says."""
    for layer in module:
        if isinstance(layer, nn.Conv2d):
            return (layer.in_channels, *sample[1:])
        if isinstance(layer, nn.Linear):
            return sample if layer.in_features == prod(sample) else (layer.in_features,)
    return sample


def in_words(shape: Shape) -> str:
    """``(1, 28, 28)`` -> ``28×28``; more channels come first.

    >>> in_words((1, 28, 28)), in_words((64, 7, 7)), in_words((512,))
    ('28×28', '64×7×7', '512')
    """
    parts = shape[1:] if len(shape) == 3 and shape[0] == 1 else shape
    return "×".join(map(str, parts))
