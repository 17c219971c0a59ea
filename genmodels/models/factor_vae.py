"""FactorVAE (Kim & Mnih, arXiv 1802.05983)."""

from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn.functional import softplus

from genmodels.config import setting
from genmodels.data.base import DataSpec
from genmodels.models.base import MODELS, Batch, Player, Terms
from genmodels.models.vae import VAE, Passage, VAEConfig, varied
from genmodels.nn import NETWORKS, at_least_float
from genmodels.registry import Card


class FactorVAEConfig(VAEConfig):
    model: str = "factor-vae"
    gamma: float = setting(
        10.0,
        "Gamma",
        "Weight of the total correlation that the discriminator estimates.",
        "Objective",
        basic=True,
        live=True,
        log=True,
        ge=0,
        le=1000,
    )
    lr_d: float = setting(
        5e-4, "D learning rate", "Length of the discriminator's steps.", "Training", live=True, log=True, gt=0, le=1
    )
    optimizer_d: str = setting(
        "adam05", "D optimizer", "The rule that turns gradients into steps.", "Training", choices="optimizers"
    )


@MODELS.register(
    "factor-vae",
    Card(
        "FactorVAE",
        "A VAE with a judge who looks at codes: are the dimensions independent?",
        family="autoencoder",
        equation=r"\mathrm{ELBO} - \gamma\,\mathrm{KL}\big(q(z)\,\|\,\bar q(z)\big), \quad "
        r"\mathrm{KL} \approx \mathbb{E}\Big[\ln\tfrac{D(z)}{1-D(z)}\Big], \quad \bar q(z) = \textstyle\prod_j q(z_j)",
        paper="Kim & Mnih, arXiv 1802.05983",
        teaches="A discriminator can measure what has no formula: shuffled codes show it what independence looks like.",
        fails="If D falls behind, its estimate is too low and nothing is punished.",
    ),
)
class FactorVAE(VAE):
    """Two players: the VAE, and a discriminator that tells codes from codes shuffled within each dimension."""

    config_class = FactorVAEConfig
    config: FactorVAEConfig
    PRESETS = varied(fast={"steps": 750})

    def __init__(self, config: FactorVAEConfig, spec: DataSpec) -> None:
        super().__init__(config, spec)
        self.code_critic = NETWORKS["mlp"].thing.encoder(
            (config.latent_dim,), 1, config.width, config.depth, "leaky_relu"
        )

    def players(self) -> Sequence[Player]:
        critic = Player("discriminator", self.code_critic, self.discriminator_loss, "lr_d", "optimizer_d")
        return (*super().players(), critic)

    def log_ratio(self, z: Tensor) -> Tensor:
        """D's logit on codes ``[N, d]``: where D is at its best, ``ln q(z) - ln prod q(z_j)``, ``[N]``."""
        return at_least_float(self.code_critic(z)).squeeze(1)

    def regulariser(self, passage: Passage, step: int) -> tuple[Tensor, dict[str, Tensor]]:
        correlation = self.log_ratio(passage.z)
        return self.warmed(step) * passage.kl + self.config.gamma * correlation, {"total_correlation": correlation}

    def discriminator_loss(self, batch: Batch, generator: torch.Generator) -> Terms:
        with torch.no_grad():
            z = self.posterior(batch.x, batch.y).sample(generator)
        joint, apart = self.log_ratio(z), self.log_ratio(shuffled(z, generator))
        loss = 0.5 * (softplus(-joint) + softplus(apart))
        return Terms(loss, {"loss": loss, "joint": joint.sigmoid(), "shuffled": apart.sigmoid()})


def shuffled(z: Tensor, generator: torch.Generator) -> Tensor:
    """``z`` ``[N, d]`` with every dimension put in an order of its own: a draw from the product of its marginals."""
    order = torch.rand(z.shape, generator=generator, device=z.device).argsort(0)
    return z.gather(0, order)
