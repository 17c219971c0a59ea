"""A look inside a network: what each layer of a stack makes of what it is given."""

from collections.abc import Callable
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn.utils.parametrize import type_before_parametrizations


class Layer(NamedTuple):
    """One layer with weights, together with the layers without weights that shape its output.

    Attributes:
        name: Its kind: ``"input"``, ``"linear"``, ``"conv2d"``, ``"residual"``, ...
        out: What comes out, batch first; of the input, what goes in.
        weights: Number of values in it that training sets.
    """

    name: str
    out: Tensor
    weights: int


def activations(stack: nn.Sequential, x: Tensor) -> list[Layer]:
    r"""What a stack makes of ``x`` ``[N, ...]``, layer by layer: the input first, the network's output last.

    .. math:: h_0 = x, \qquad h_l = \sigma(W_l h_{l-1} + b_l)

    An activation, and what only puts the same values in another order, counts to the layer before it.
    """
    found = [Layer("input", x, 0)]
    for layer in stack:
        x = layer(x)
        if weights := sum(p.numel() for p in layer.parameters()):  # frozen ones too
            found.append(Layer(type_before_parametrizations(layer).__name__.lower(), x, weights))
        elif isinstance(layer, nn.Unflatten | nn.PixelShuffle) or x.shape == found[-1].out.shape:
            found[-1] = found[-1]._replace(out=x)
    return found


def given_to(stack: nn.Sequential, call: Callable[[], Any]) -> Tensor:
    """What ``stack`` is given, first, while ``call`` runs; nothing of it is kept for a gradient.

    Raises:
        LookupError: ``call`` does not use the stack.
    """
    heard: list[Tensor] = []
    # At its first layer: some models walk through a stack in two parts.
    hook = stack[0].register_forward_pre_hook(lambda _module, arguments: heard.append(arguments[0]))
    try:
        with torch.no_grad():
            call()
    finally:
        hook.remove()
    if not heard:
        raise LookupError("the network was not used")
    return heard[0]
