"""The importance-weighted autoencoder (Burda et al., arXiv 1509.00519)."""

import math

import torch
from torch import Tensor

from genmodels.config import setting
from genmodels.metrics.bounds import iwae_bound
from genmodels.models.base import MODELS, Batch, Measures, Terms
from genmodels.models.vae import VAE, VAEConfig, varied
from genmodels.registry import Card

DECODED = 1 << 15
"""Codes that are decoded in one step at most."""


class IWAEConfig(VAEConfig):
    model: str = "iwae"
    draws: int = setting(
        5,
        "Draws",
        "Codes drawn per sample (k in the paper). 1 is a plain VAE; more give a tighter bound and cost time.",
        "Objective",
        basic=True,
        ge=1,
        le=256,
        log=True,
    )


@MODELS.register(
    "iwae",
    Card(
        "IWAE",
        "A VAE that draws several codes and lets the best ones count most.",
        family="autoencoder",
        equation=r"\ln p(x) \ge \mathbb{E}\Big[\ln \tfrac1k \textstyle\sum_{i=1}^k "
        r"\tfrac{p(x|z_i)\,p(z_i)}{q(z_i|x)}\Big]",
        paper="Burda et al., arXiv 1509.00519",
        teaches="The same model under a tighter bound: the posterior may be less simple than a Gaussian cloud.",
        fails="With many draws the encoder's gradient drowns in noise, so its codes get less exact (arXiv 1802.04537).",
    ),
)
class IWAE(VAE):
    r"""Minimises minus the bound of k draws.

    Beta and its warm-up bend the price of a code in every weight, ``ln p(x|z_i) + beta (ln p(z_i) - ln q(z_i|x))``:
    with one draw the loss is that of a VAE with this beta, and only with beta 1 is it a bound.
    """

    config_class = IWAEConfig
    config: IWAEConfig
    PRESETS = varied(fast={"batch_size": 64, "steps": 800})

    def objection(self) -> str:
        draws, n = self.config.draws, self.config.batch_size
        if draws * n > DECODED:
            return f"{draws} draws of {n} samples are too many at once; choose a smaller batch."
        return super().objection()

    def loss(self, batch: Batch, generator: torch.Generator) -> Terms:
        k = self.config.draws
        weights = self.log_weights(batch.x, k, generator, batch.y, beta=self.warmed(batch.step))
        bound = weights.logsumexp(0) - math.log(k)
        return Terms(-bound, {"bound": -bound})

    def measure(self, x: Tensor, generator: torch.Generator, y: Tensor | None = None) -> Measures:
        """The bound it is trained on, and the single-draw bound of a plain VAE beside it."""
        bound = iwae_bound(self, self.standardise(x), self.config.draws, generator, y)
        return {"neg_iwae": -float(bound.mean())} | super().measure(x, generator, y)
