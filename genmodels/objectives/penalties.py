"""Gradient penalties on the discriminator, one value per sample: never the norm of the whole batch."""

from collections.abc import Callable, Iterable

import torch
from torch import Tensor

from genmodels.registry import Card, Registry

Critic = Callable[[Tensor], Tensor]
Penalty = Callable[[Critic, Tensor, Tensor, torch.Generator], Tensor]
PENALTIES: Registry[Penalty] = Registry("penalty", "genmodels.objectives")
"""Extra: ``scale``. D's loss grows by ``gamma * scale * penalty``: papers weigh R1 and R2 with gamma / 2 (scale 1/2)
but the slope penalty of WGAN-GP with lambda (scale 1, so that gamma is their lambda). Scale 0: it adds nothing.
``clips``: instead D's weights are held within +-gamma after each of its moves (see :func:`clip`)."""


def mixed(real: Tensor, fake: Tensor, generator: torch.Generator) -> Tensor:
    """A point drawn evenly on the line between each real sample and its generated partner, ``[N, *shape]``."""
    shape = (len(real), *(1,) * (real.dim() - 1))
    share = torch.rand(shape, generator=generator, device=generator.device, dtype=real.dtype).to(real.device)
    return torch.lerp(real, fake, share)


def squared_gradient(critic: Critic, x: Tensor) -> Tensor:
    """``|grad_x D(x)|^2`` for each sample, ``[N]``; differentiable, for the parameters of D.

    The critic must treat samples one by one (no batch statistics), else the gradient mixes samples.
    """
    x = x.detach().requires_grad_()
    (gradient,) = torch.autograd.grad(critic(x).sum(), x, create_graph=True)
    return gradient.square().flatten(1).sum(1)


@PENALTIES.register("none", Card("None", "No penalty.", family="penalty"), scale=0.0)
def none(critic: Critic, real: Tensor, fake: Tensor, generator: torch.Generator) -> Tensor:
    return torch.zeros(len(real), device=real.device)


@PENALTIES.register(
    "r1",
    Card(
        "R1",
        "Keeps D flat around real data.",
        family="penalty",
        equation=r"\tfrac{\gamma}{2}\,\lVert\nabla_x D(x)\rVert^2",
        paper="Mescheder et al., arXiv 1801.04406",
        teaches="The damping that makes the game converge near its equilibrium.",
        fails="Too large a gamma makes D too weak to teach.",
    ),
    scale=0.5,
)
def r1(critic: Critic, real: Tensor, fake: Tensor, generator: torch.Generator) -> Tensor:
    return squared_gradient(critic, real)


@PENALTIES.register(
    "r1r2",
    Card(
        "R1 + R2",
        "Keeps D flat around real and generated data alike.",
        family="penalty",
        equation=r"\tfrac{\gamma}{2}\left(\lVert\nabla D(x)\rVert^2 + \lVert\nabla D(G(z))\rVert^2\right)",
        paper="Huang et al. (R3GAN), arXiv 2501.05441",
        teaches="Needed early on, while generated samples are far from the data.",
        fails="Costs a second gradient on twice the samples.",
    ),
    scale=0.5,
)
def r1r2(critic: Critic, real: Tensor, fake: Tensor, generator: torch.Generator) -> Tensor:
    real_part, fake_part = squared_gradient(critic, torch.cat([real, fake])).chunk(2)
    return real_part + fake_part


@PENALTIES.register(
    "r2",
    Card(
        "R2",
        "Keeps D flat around generated data.",
        family="penalty",
        equation=r"\tfrac{\gamma}{2}\,\lVert\nabla_x D(G(z))\rVert^2",
        paper="Mescheder et al., arXiv 1801.04406",
        teaches="The same damping as R1, felt where G is now rather than where it should be.",
        fails="Holds D back just where it has to correct G.",
    ),
    scale=0.5,
)
def r2(critic: Critic, real: Tensor, fake: Tensor, generator: torch.Generator) -> Tensor:
    return squared_gradient(critic, fake)


@PENALTIES.register(
    "gp",
    Card(
        "Slope 1 (WGAN-GP)",
        "Pulls D's slope to 1 on the way from generated to real data.",
        family="penalty",
        equation=r"\lambda\left(\lVert\nabla D(\hat x)\rVert - 1\right)^2, "
        r"\quad \hat x = (1-\epsilon)\,x + \epsilon\,G(z)",
        paper="Gulrajani et al., arXiv 1704.00028, equation 3; lambda = 10 there",
        teaches="Turns the Wasserstein critic into a distance; set gamma (their lambda) to 10 and D moves to 5.",
        fails="Pulls even where a flat D would be right, so the game keeps moving at the end.",
    ),
    scale=1.0,
)
def gp(critic: Critic, real: Tensor, fake: Tensor, generator: torch.Generator) -> Tensor:
    # The root of zero has no slope; the smallest normal number keeps the gradient finite and changes nothing else.
    squared = squared_gradient(critic, mixed(real, fake, generator))
    return (squared.clamp_min(torch.finfo(squared.dtype).tiny).sqrt() - 1).square()


@PENALTIES.register(
    "clip",
    Card(
        "Clipped weights",
        "Cuts every weight of D to a small range after each move; gamma is the bound.",
        family="penalty",
        equation=r"w \leftarrow \min(\max(w, -c),\, c)",
        paper="Arjovsky et al. (WGAN), arXiv 1701.07875, algorithm 1; c = 0.01 there",
        teaches="The first and simplest leash of a Wasserstein critic: bounded weights bound its slope.",
        fails="The weights end at the bound and D becomes nearly straight (arXiv 1704.00028, figure 1).",
    ),
    scale=0.0,
    clips=True,
)
def clipping(critic: Critic, real: Tensor, fake: Tensor, generator: torch.Generator) -> Tensor:
    return torch.zeros(len(real), dtype=real.dtype, device=real.device)


@torch.no_grad()
def clip(weights: Iterable[Tensor], bound: float) -> None:
    """Bring all ``weights`` into ``-bound .. bound``, in place.

    >>> w = torch.tensor([-3.0, 0.05])
    >>> clip([w], 0.1)
    >>> w
    tensor([-0.1000,  0.0500])
    """
    for weight in weights:
        weight.clamp_(-bound, bound)
