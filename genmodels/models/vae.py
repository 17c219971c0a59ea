"""The variational autoencoder (Kingma & Welling, arXiv 1312.6114; Rezende et al., arXiv 1401.4082)."""

from collections.abc import Mapping
from typing import ClassVar, NamedTuple

import torch
from torch import Tensor

from genmodels.config import RunConfig, setting
from genmodels.models.autoencoder import Autoencoder, AutoencoderConfig
from genmodels.models.base import MODELS, Batch, Measures, Posterior, Presets, Terms
from genmodels.nn import at_least_float
from genmodels.objectives import gaussian_kl, log_normal
from genmodels.registry import Card


class Passage(NamedTuple):
    """Samples on their way through a VAE.

    Attributes:
        q: The posterior of each sample.
        z: One draw from it, ``[N, latent_dim]``.
        reconstruction: ``-ln p(x|z)``, ``[N]`` nats.
        kl_per_dim: ``KL(q(z_j|x) || p(z_j))``, ``[N, latent_dim]`` nats.
    """

    q: Posterior
    z: Tensor
    reconstruction: Tensor
    kl_per_dim: Tensor

    @property
    def kl(self) -> Tensor:
        """``[N]``; minus the sum of ``reconstruction`` and this is the ELBO."""
        return self.kl_per_dim.sum(1)


class VAEConfig(AutoencoderConfig):
    model: str = "vae"
    beta: float = setting(
        1.0,
        "Beta",
        "Weight of the KL term. Above 1: a tidier latent space, blurrier pictures. 0: a plain autoencoder.",
        "Objective",
        basic=True,
        live=True,
        ge=0,
        le=1000,
    )
    kl_warmup: int = setting(
        0,
        "KL warm-up",
        "Steps over which the KL term grows from nothing to beta; keeps codes alive early on.",
        "Objective",
        ge=0,
        le=1_000_000,
    )


IMAGE = {"width": 512, "batch_size": 256, "lr": 2e-3, "lr_warmup": 100, "lr_decay": "cosine"}
SHALLOW = {"depth": 1, "batch_size": 128}
"""One wide layer learns fastest; with two, codes stay silent for the first thousand steps."""
POINTS = {"latent_dim": 2, "batch_size": 256, "lr": 2e-3, "lr_decay": "cosine", "likelihood": "gaussian"}


@MODELS.register(
    "vae",
    Card(
        "VAE",
        "Learns to describe what it is shown by a small cloud of codes, and to draw it back from there.",
        family="autoencoder",
        equation=r"\ln p(x) \ge \mathbb{E}_{q(z|x)}[\ln p(x|z)] - \mathrm{KL}(q(z|x)\,\|\,p(z))",
        paper="Kingma & Welling, arXiv 1312.6114",
        teaches="A latent space that you can walk through, and a bound that says how well it explains the data.",
        fails="Blurs what it cannot decide; with a large beta the codes fall silent (posterior collapse).",
    ),
)
class VAE(Autoencoder):
    """One player: encoder and decoder climb the same bound.

    Variants override :meth:`regulariser`, which is all of the loss but the reconstruction.
    """

    config_class: ClassVar[type[RunConfig]] = VAEConfig
    config: VAEConfig
    bounded = True
    PRESETS: ClassVar[Presets] = {
        "image": {
            "fast": {**IMAGE, **SHALLOW, "latent_dim": 20, "steps": 1250, "lr": 9e-3, "lr_warmup": 50},
            "good": {**IMAGE, **SHALLOW, "width": 1024, "latent_dim": 24, "steps": 3000, "lr": 3e-3},
            "best": {**IMAGE, "network": "conv", "width": 32, "latent_dim": 24, "steps": 12000, "batch_size": 128},
        },
        "points": {
            "fast": {**POINTS, "width": 64, "steps": 3000},
            "good": {**POINTS, "width": 128, "steps": 10000},
            "best": {**POINTS, "width": 128, "depth": 3, "steps": 30000, "batch_size": 512, "lr": 1e-3},
        },
    }

    def posterior(self, x: Tensor, y: Tensor | None = None) -> Posterior:
        """``q(z|x)`` for standardised samples."""
        mu, logvar = at_least_float(self.encoder(x)).chunk(2, dim=1)
        return Posterior(mu, logvar)

    def passage(self, x: Tensor, generator: torch.Generator, y: Tensor | None = None) -> Passage:
        """Standardised samples through encoder, noise and decoder."""
        q = self.posterior(x, y)
        assert q.logvar is not None
        z = q.sample(generator)
        return Passage(q, z, -self.log_likelihood(x, z, y), gaussian_kl(q.mu, q.logvar))

    def loss(self, batch: Batch, generator: torch.Generator) -> Terms:
        passage = self.passage(batch.x, generator, batch.y)
        price, parts = self.regulariser(passage, batch.step)
        return Terms(
            passage.reconstruction + price, {"reconstruction": passage.reconstruction, "kl": passage.kl} | parts
        )

    def regulariser(self, passage: Passage, step: int) -> tuple[Tensor, dict[str, Tensor]]:
        """What a code costs, ``[N]`` nats, and further parts worth showing: here the weighted KL term alone."""
        return self.warmed(step) * passage.kl, {}

    def warmed(self, step: int) -> float:
        """Beta, grown from nothing over the warm-up."""
        return self.config.beta * min(1.0, (step + 1) / max(1, self.config.kl_warmup))

    def log_weights(
        self, x: Tensor, k: int, generator: torch.Generator, y: Tensor | None = None, beta: float = 1.0
    ) -> Tensor:
        r"""Importance weights of ``k`` draws of z for each standardised sample, ``[k, N]`` nats.

        .. math:: \ln w_i = \ln p(x|z_i) + \beta\,(\ln p(z_i) - \ln q(z_i|x)), \qquad z_i \sim q(z|x)

        With beta 1 their mean is the ELBO; ``ln`` of the mean of ``w`` is the IWAE bound (Burda et al., arXiv
        1509.00519).
        """
        q = self.posterior(x, y)
        assert q.logvar is not None
        mu, logvar = q.mu.repeat(k, 1), q.logvar.repeat(k, 1)
        z = Posterior(mu, logvar).sample(generator)
        ratio = log_normal(z, torch.zeros_like(z), torch.zeros_like(z)) - log_normal(z, mu, logvar)
        labels = None if y is None else y.repeat(k)
        likelihood = self.log_likelihood(x.repeat(k, *(1,) * (x.dim() - 1)), z, labels)
        return (likelihood + beta * ratio.sum(1)).view(k, len(x))

    def encode(self, x: Tensor, y: Tensor | None = None) -> Posterior:
        return self.posterior(self.standardise(x), y)

    def measure(self, x: Tensor, generator: torch.Generator, y: Tensor | None = None) -> Measures:
        """The unweighted bound, one draw of z each, and how much each dimension says."""
        passage = self.passage(self.standardise(x), generator, y)
        return {
            "neg_elbo": float((passage.reconstruction + passage.kl).mean()),
            "reconstruction": float(passage.reconstruction.mean()),
            "kl": float(passage.kl.mean()),
            "kl_per_dim": passage.kl_per_dim.mean(0).tolist(),
        }


def varied(**changes: Mapping[str, float]) -> Presets:
    """The presets of the VAE for a relative whose steps take longer or teach less: those on images changed, by name."""
    image = {name: {**settings, **changes.get(name, {})} for name, settings in VAE.PRESETS["image"].items()}
    return {**VAE.PRESETS, "image": image}
