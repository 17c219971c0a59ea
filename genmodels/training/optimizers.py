"""Rules that turn gradients into steps."""

from collections.abc import Callable, Iterable

import torch
from torch import nn

from genmodels.registry import Card, Registry

Optimizer = torch.optim.Optimizer
OptimizerMaker = Callable[[Iterable[nn.Parameter], float], Optimizer]
OPTIMIZERS: Registry[OptimizerMaker] = Registry("optimizer", "genmodels.training")


@OPTIMIZERS.register(
    "adam",
    Card("Adam", "Adaptive steps with momentum 0.9: the usual choice for autoencoders.", paper="arXiv 1412.6980"),
)
def adam(parameters: Iterable[nn.Parameter], lr: float) -> Optimizer:
    return torch.optim.Adam(parameters, lr=lr, fused=True)


@OPTIMIZERS.register(
    "adam0", Card("Adam, no momentum", "Adaptive steps with betas 0 and 0.99: momentum makes games circle.")
)
def adam0(parameters: Iterable[nn.Parameter], lr: float) -> Optimizer:
    return torch.optim.Adam(parameters, lr=lr, betas=(0.0, 0.99), fused=True)


@OPTIMIZERS.register(
    "adam05", Card("Adam, half momentum", "Adaptive steps with beta 0.5, as in DCGAN.", paper="arXiv 1511.06434")
)
def adam05(parameters: Iterable[nn.Parameter], lr: float) -> Optimizer:
    return torch.optim.Adam(parameters, lr=lr, betas=(0.5, 0.999), fused=True)


@OPTIMIZERS.register("rmsprop", Card("RMSprop", "Divides each step by the recent size of its gradient."))
def rmsprop(parameters: Iterable[nn.Parameter], lr: float) -> Optimizer:
    return torch.optim.RMSprop(parameters, lr=lr)


@OPTIMIZERS.register("sgd", Card("SGD", "Plain gradient steps, nothing adapted: shows the bare game."))
def sgd(parameters: Iterable[nn.Parameter], lr: float) -> Optimizer:
    return torch.optim.SGD(parameters, lr=lr)
