"""What a network family offers to the models."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol

import torch
from torch import Tensor, nn

from genmodels.registry import Registry

if TYPE_CHECKING:
    from genmodels.config import RunConfig

Shape = tuple[int, ...]


class Network(Protocol):
    """Two stacks that fit one kind of sample. Every layer is a standard ``torch.nn`` layer."""

    @staticmethod
    def encoder(shape: Shape, out_dim: int, width: int, depth: int, act: str) -> nn.Sequential:
        """From samples ``[N, *shape]`` to ``[N, out_dim]``. Also serves as a discriminator with ``out_dim=1``.

        Raises:
            UserError: The shape cannot be taken with this depth.
        """
        ...

    @staticmethod
    def decoder(latent_dim: int, shape: Shape, width: int, depth: int, act: str) -> nn.Sequential:
        """From codes ``[N, latent_dim]`` to raw outputs (logits) ``[N, *shape]``.

        Raises:
            UserError: The shape cannot be made with this depth.
        """
        ...


NETWORKS: Registry[Any] = Registry("network", "genmodels.nn")
"""Each a :class:`Network`, or with the extra ``layered`` made into one by the two stacks of the configuration."""


def network_of(config: "RunConfig") -> Network:
    """The two stacks that a configuration asks for."""
    entry = NETWORKS[config.network]
    layers = (config.encoder_layers, config.decoder_layers)
    network: Network = entry.thing(*layers) if entry.extra.get("layered") else entry.thing
    return network


_ACTIVATIONS: dict[str, Callable[[], nn.Module]] = {
    "silu": nn.SiLU,
    "relu": nn.ReLU,
    "leaky_relu": lambda: nn.LeakyReLU(0.2),
    "tanh": nn.Tanh,
}


def activation(name: str) -> nn.Module:
    """A fresh activation layer by its name in the configuration."""
    return _ACTIVATIONS[name]()


def let_leak(network: nn.Module, slope: float) -> None:
    """Give every ReLU of ``network`` this slope below zero (Maas et al. 2013, "Rectifier Nonlinearities Improve Neural
    Network Acoustic Models"), so that a unit that falls silent for all samples still learns."""
    for parent in list(network.modules()):
        for name, layer in parent.named_children():
            if isinstance(layer, nn.ReLU):
                setattr(parent, name, nn.LeakyReLU(slope))


def parameter_count(module: nn.Module) -> int:
    """Number of trainable values."""
    return sum(p.numel() for p in module.parameters() if p.requires_grad)


def at_least_float(x: Tensor) -> Tensor:
    """float32 where a network computed in half precision; anything more precise stays as it is."""
    return x.float() if x.dtype in (torch.bfloat16, torch.float16) else x
