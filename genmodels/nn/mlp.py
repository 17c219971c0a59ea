"""Fully connected networks."""

from math import prod

from torch import nn

from genmodels.nn.base import NETWORKS, Shape, activation
from genmodels.registry import Card


def _hidden(size: int, width: int, depth: int, act: str) -> list[nn.Module]:
    layers: list[nn.Module] = []
    for _ in range(depth):
        layers += [nn.Linear(size, width), activation(act)]
        size = width
    return layers


@NETWORKS.register(
    "mlp",
    Card(
        "MLP",
        "Fully connected layers: every pixel is tied to every unit.",
        family="network",
        equation=r"h_{l+1} = \sigma(W_l h_l + b_l)",
        teaches="The simplest network that works; it does not know that neighbouring pixels belong together.",
        fails="Needs many weights and blurs fine detail on larger images.",
    ),
)
class MLP:
    """``depth`` hidden layers of ``width`` units each way."""

    @staticmethod
    def encoder(shape: Shape, out_dim: int, width: int, depth: int, act: str) -> nn.Sequential:
        return nn.Sequential(nn.Flatten(), *_hidden(prod(shape), width, depth, act), nn.Linear(width, out_dim))

    @staticmethod
    def decoder(latent_dim: int, shape: Shape, width: int, depth: int, act: str) -> nn.Sequential:
        out = nn.Linear(width, prod(shape))
        return nn.Sequential(*_hidden(latent_dim, width, depth, act), out, nn.Unflatten(1, shape))
