"""Rules that turn gradients into steps.

Not those of ``torch.optim``: their first use imports torch's compiler, which costs every worker and the app more than a
second and 70 MB, and at each step they keep books that take a small network longer than the arithmetic. The numbers are
the same, bit for bit.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import ClassVar

import torch
from torch import Tensor

from genmodels.registry import Card, Registry

Gradients = tuple[Tensor, ...]


class Optimizer:
    """Moves parameters against their gradients.

    Attributes:
        SLOTS: Names of what it remembers of each parameter, in tensors of the parameter's shape.
        lr: Learning rate of the last step.
    """

    SLOTS: ClassVar[tuple[str, ...]] = ()

    def __init__(self, parameters: Iterable[Tensor]) -> None:
        self.parameters = list(parameters)
        self.lr = 0.0
        self.slots = {name: [torch.zeros_like(p.detach()) for p in self.parameters] for name in self.SLOTS}

    @torch.no_grad()
    def step(self, gradients: Gradients, lr: float) -> None:
        """Take one step with learning rate ``lr``; ``gradients`` has one for each parameter, in their order."""
        self.lr = lr
        self.move(gradients)

    def move(self, gradients: Gradients) -> None:
        raise NotImplementedError

    def state(self) -> dict[str, Tensor]:
        """What is remembered, as ``"index of the parameter/name"``."""
        return {f"{i}/{name}": slot for name, slots in self.slots.items() for i, slot in enumerate(slots)}

    def restore(self, state: Mapping[str, Tensor]) -> None:
        """Remember what :meth:`state` said. Raises KeyError or ValueError when it does not fit."""
        own = self.state()
        for name in state.keys() - own.keys():
            if not name.endswith("/step"):  # earlier versions counted the steps of every parameter
                raise KeyError(name)
        for name, slot in own.items():
            if state[name].shape != slot.shape:
                raise ValueError(f"{name} has shape {tuple(state[name].shape)} instead of {tuple(slot.shape)}.")
            slot.copy_(state[name])


OPTIMIZERS: Registry[Callable[[Iterable[Tensor]], Optimizer]] = Registry("optimizer", "genmodels.training")


class Adam(Optimizer):
    r"""Steps along the running mean of the gradients, divided by their running size (arXiv 1412.6980, algorithm 1).

    .. math:: \theta \leftarrow \theta - \mathrm{lr}\,\frac{m / (1 - \beta_1^t)}{\sqrt{v / (1 - \beta_2^t)} + 10^{-8}}
    """

    SLOTS = ("exp_avg", "exp_avg_sq")

    def __init__(self, parameters: Iterable[Tensor], betas: tuple[float, float] = (0.9, 0.999)) -> None:
        super().__init__(parameters)
        self.betas = betas
        # The count lies beside the parameters, so that a step on a graphics card does not wait for the processor.
        self.count = torch.zeros((), device=self.parameters[0].device)

    def move(self, gradients: Gradients) -> None:
        self.count += 1
        torch._fused_adam_(
            self.parameters, gradients, self.slots["exp_avg"], self.slots["exp_avg_sq"], [],
            [self.count] * len(self.parameters), lr=self.lr, beta1=self.betas[0], beta2=self.betas[1],
            weight_decay=0.0, eps=1e-8, amsgrad=False, maximize=False,
        )  # fmt: skip

    def state(self) -> dict[str, Tensor]:
        return super().state() | {"0/step": self.count}


@OPTIMIZERS.register(
    "adam",
    Card("Adam", "Adaptive steps with momentum 0.9: the usual choice for autoencoders.", paper="arXiv 1412.6980"),
)
def adam(parameters: Iterable[Tensor]) -> Optimizer:
    return Adam(parameters)


@OPTIMIZERS.register(
    "adam0", Card("Adam, no momentum", "Adaptive steps with betas 0 and 0.99: momentum makes games circle.")
)
def adam0(parameters: Iterable[Tensor]) -> Optimizer:
    return Adam(parameters, betas=(0.0, 0.99))


@OPTIMIZERS.register(
    "adam05", Card("Adam, half momentum", "Adaptive steps with beta 0.5, as in DCGAN.", paper="arXiv 1511.06434")
)
def adam05(parameters: Iterable[Tensor]) -> Optimizer:
    return Adam(parameters, betas=(0.5, 0.999))


@OPTIMIZERS.register("rmsprop", Card("RMSprop", "Divides each step by the recent size of its gradient."))
class RMSprop(Optimizer):
    r"""``v <- 0.99 v + 0.01 g^2``, then a step of ``-lr g / (sqrt(v) + 1e-8)`` (Tieleman & Hinton 2012)."""

    SLOTS = ("square_avg",)

    def move(self, gradients: Gradients) -> None:
        squares = self.slots["square_avg"]
        torch._foreach_mul_(squares, 0.99)
        torch._foreach_addcmul_(squares, gradients, gradients, value=1 - 0.99)
        sizes = torch._foreach_sqrt(squares)
        torch._foreach_add_(sizes, 1e-8)
        torch._foreach_addcdiv_(self.parameters, gradients, sizes, value=-self.lr)


@OPTIMIZERS.register("sgd", Card("SGD", "Plain gradient steps, nothing adapted: shows the bare game."))
class SGD(Optimizer):
    """``-lr g``."""

    def move(self, gradients: Gradients) -> None:
        torch._foreach_add_(self.parameters, gradients, alpha=-self.lr)
