"""The networks of a model as one can draw them: shapes from layer to layer, and numbers of weights."""

from dataclasses import dataclass
from functools import lru_cache
from math import prod
from typing import Any

import torch
from torch import nn
from torch.overrides import TorchFunctionMode

from genmodels.config import RunConfig
from genmodels.data.base import DataSpec
from genmodels.errors import UserError
from genmodels.models import MODELS
from genmodels.models.storage import MAX_VALUES
from genmodels.nn import parameter_count
from genmodels.nn.inside import activations

Shape = tuple[int, ...]


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


@lru_cache(maxsize=64)
def stacks(config: RunConfig, spec: DataSpec) -> tuple[Stack, ...]:
    """The networks that ``config`` builds for such data, in the order in which data pass through them.

    They are built and counted on torch's meta device, which takes no memory. One sample then passes through them with
    whatever values lie there: on the meta device that would load torch's compiler, which takes more than a second.

    Raises:
        UserError: The network cannot be built for these data, or is too large.
    """
    with torch.device("meta"), _NoFirstValues():
        model = MODELS[config.model].thing(config, spec)
    if (weights := parameter_count(model)) > MAX_VALUES:
        raise UserError(
            f"This network has {weights / 1e6:,.0f} million weights, more than {MAX_VALUES // 10**6} million; "
            "choose a smaller width or depth."
        )
    parts = [(name, module) for name, module in model.named_children() if parameter_count(module)]
    return tuple(Stack(name, _shapes(module, spec.shape), parameter_count(module)) for name, module in parts)


class _NoFirstValues(TorchFunctionMode):
    """Weights that are only counted are not drawn; even that would load the compiler."""

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        if getattr(func, "__module__", None) == "torch.nn.init":
            return None
        return func(*args, **(kwargs or {}))


@torch.inference_mode()
def _shapes(module: nn.Module, sample: Shape) -> tuple[Shape, ...]:
    """Shapes along a plain stack; nothing where the network is of another kind."""
    if not isinstance(module, nn.Sequential):
        return ()
    x = torch.zeros(1, *_input(module, sample))
    return tuple(tuple(layer.out.shape[1:]) for layer in activations(module.to_empty(device="cpu"), x))


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
