"""GAN objectives. One function is one game: it takes the logits of both sides and returns both players' losses.

Write ``a = D(x)`` for the discriminator's logit on a real sample and ``b = D(G(z))`` on a generated one;
``sigma(a)`` is then its probability of being real.
"""

from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn.functional import relu, softplus

from genmodels.registry import Card, Registry


class Game(NamedTuple):
    """Losses per sample, both ``[N]``, in nats where they are log-losses; each player minimises its own."""

    discriminator: Tensor
    generator: Tensor


GANLoss = Callable[[Tensor, Tensor], Game]
GAN_LOSSES: Registry[GANLoss] = Registry("GAN loss", "genmodels.objectives")
"""Extras: ``paired``, whether the generator's loss looks at real logits too; ``balance``, the logit at equilibrium;
``probability``, whether ``sigma(a)`` may be read as the probability that a sample is real."""


def equilibrium(name: str) -> Game:
    """Both losses where generated and real are the same and D cannot tell them apart: scalars, from the loss itself."""
    entry = GAN_LOSSES[name]
    logit = torch.tensor([entry.extra["balance"]], dtype=torch.float64)
    game = entry.thing(logit, logit)
    return Game(game.discriminator[0], game.generator[0])


@GAN_LOSSES.register(
    "relativistic",
    Card(
        "Relativistic",
        "D says which of two is more real; the pair is what counts.",
        family="GAN loss",
        equation=r"L_D = \operatorname{softplus}(-(a-b)), \quad L_G = \operatorname{softplus}(-(b-a))",
        paper="Jolicoeur-Martineau, arXiv 1807.00734; Huang et al. (R3GAN), arXiv 2501.05441",
        teaches="With R1 and R2 it converges locally and covers all modes: the robust default.",
        fails="Without a gradient penalty it can still run away.",
    ),
    paired=True,
    balance=0.0,
    probability=True,
)
def relativistic(real: Tensor, fake: Tensor) -> Game:
    return Game(softplus(fake - real), softplus(real - fake))


@GAN_LOSSES.register(
    "nonsaturating",
    Card(
        "Non-saturating",
        "G maximises the logarithm of D's chance of being fooled: strong gradients even when D wins.",
        family="GAN loss",
        equation=r"L_D = \operatorname{softplus}(-a) + \operatorname{softplus}(b), "
        r"\quad L_G = \operatorname{softplus}(-b)",
        paper="Goodfellow et al., arXiv 1406.2661",
        teaches="The loss most people mean by GAN.",
        fails="May circle around the equilibrium and drop modes.",
    ),
    paired=False,
    balance=0.0,
    probability=True,
)
def nonsaturating(real: Tensor, fake: Tensor) -> Game:
    return Game(softplus(-real) + softplus(fake), softplus(-fake))


@GAN_LOSSES.register(
    "minimax",
    Card(
        "Minimax",
        "G minimises exactly what D maximises: the game as it was first written.",
        family="GAN loss",
        equation=r"L_D = \operatorname{softplus}(-a) + \operatorname{softplus}(b), "
        r"\quad L_G = -\operatorname{softplus}(b)",
        paper="Goodfellow et al., arXiv 1406.2661, equation 1",
        teaches="Why nobody uses it: when D is sure of itself, G's gradient vanishes.",
        fails="Stalls as soon as D wins: the slope of G's loss is D's probability of being fooled.",
    ),
    paired=False,
    balance=0.0,
    probability=True,
)
def minimax(real: Tensor, fake: Tensor) -> Game:
    # ln(1 - sigma(b)) = -softplus(b): no logarithm of a rounded probability.
    return Game(softplus(-real) + softplus(fake), -softplus(fake))


@GAN_LOSSES.register(
    "lsgan",
    Card(
        "Least squares",
        "D answers 1 for real and 0 for generated, and pays the squared error.",
        family="GAN loss",
        equation=r"L_D = \tfrac12 (a-1)^2 + \tfrac12 b^2, \quad L_G = \tfrac12 (b-1)^2",
        paper="Mao et al., arXiv 1611.04076, equation 9",
        teaches="Samples far from the boundary keep a gradient, so G is pulled on even when D is right.",
        fails="Outliers pull quadratically; without a penalty it still circles.",
    ),
    paired=False,
    balance=0.5,
    probability=False,
)
def lsgan(real: Tensor, fake: Tensor) -> Game:
    return Game(0.5 * (real - 1).square() + 0.5 * fake.square(), 0.5 * (fake - 1).square())


@GAN_LOSSES.register(
    "hinge",
    Card(
        "Hinge",
        "D only cares about samples it does not yet tell apart by a margin of 1.",
        family="GAN loss",
        equation=r"L_D = \max(0, 1-a) + \max(0, 1+b), \quad L_G = -b",
        paper="Lim & Ye, arXiv 1705.02894; Miyato et al., arXiv 1802.05957",
        teaches="With spectral normalisation: the classic recipe of large image GANs.",
        fails="Without a bound D's slope grows, and G's steps with it.",
    ),
    paired=False,
    balance=0.0,
    probability=False,
)
def hinge(real: Tensor, fake: Tensor) -> Game:
    return Game(relu(1 - real) + relu(1 + fake), -fake)


@GAN_LOSSES.register(
    "wasserstein",
    Card(
        "Wasserstein",
        "D becomes a critic: the gap between its mean scores estimates how far the samples have to travel.",
        family="GAN loss",
        equation=r"L_D = b - a, \quad L_G = -b",
        paper="Arjovsky et al., arXiv 1701.07875; Gulrajani et al., arXiv 1704.00028",
        teaches="Minus D's loss is a distance that shrinks as samples improve. D needs several moves and a penalty.",
        fails="Only a distance while D's slope is held at 1 at most: without that penalty it runs away at once.",
    ),
    paired=False,
    balance=0.0,
    probability=False,
)
def wasserstein(real: Tensor, fake: Tensor) -> Game:
    return Game(fake - real, -fake)
