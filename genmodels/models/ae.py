"""The autoencoder, with a mixture of Gaussians over its codes to sample from (Ghosh et al., arXiv 1903.12436)."""

import torch
from torch import Tensor

from genmodels.config import setting
from genmodels.data.base import DataSpec
from genmodels.models.autoencoder import Autoencoder, AutoencoderConfig
from genmodels.models.base import MODELS, Batch, Measures, Posterior, Terms
from genmodels.models.vae import varied
from genmodels.nn import at_least_float
from genmodels.nn.mixture import GaussianMixture
from genmodels.registry import Card


class AEConfig(AutoencoderConfig):
    model: str = "ae"
    components: int = setting(
        10,
        "Components",
        "Gaussians that are laid over the codes to sample from. 1: one ellipse. More follow the clusters.",
        "Objective",
        ge=1,
        le=64,
    )


@MODELS.register(
    "ae",
    Card(
        "Autoencoder",
        "Squeezes what it is shown into a short code and draws it back: no noise, no prior, no price.",
        family="autoencoder",
        equation=r"\min\; -\ln p(x\,|\,z = f(x)), \quad z' \sim \textstyle\sum_k w_k\,\mathcal{N}(m_k, C_k)",
        paper="Hinton & Salakhutdinov, Science 2006; sampling: Ghosh et al., arXiv 1903.12436",
        teaches="Sharp copies, and why a VAE needs its prior: nothing says where codes lie or what lies between them.",
        fails="Codes from nowhere give nothing. Samples come from a mixture of Gaussians laid over the codes.",
    ),
)
class AE(Autoencoder):
    """One player; the mixture follows the codes by itself."""

    config_class = AEConfig
    config: AEConfig
    learns_prior = True
    player_name = "ae"
    code_values = 1
    PRESETS = varied(fast={"steps": 1000})

    def __init__(self, config: AEConfig, spec: DataSpec) -> None:
        super().__init__(config, spec)
        self.mixture = GaussianMixture(config.components, config.latent_dim)

    def code(self, x: Tensor) -> Tensor:
        """The code of standardised samples, ``[N, latent_dim]``."""
        return at_least_float(self.encoder(x))

    def loss(self, batch: Batch, generator: torch.Generator) -> Terms:
        z = self.code(batch.x)
        self.mixture.update(z.detach(), generator)
        reconstruction = -self.log_likelihood(batch.x, z)
        return Terms(reconstruction, {"reconstruction": reconstruction})

    def prior(self, n: int, generator: torch.Generator) -> Tensor:
        return self.mixture.sample(n, generator)

    def encode(self, x: Tensor, y: Tensor | None = None) -> Posterior:
        return Posterior(self.code(self.standardise(x)), None)

    def measure(self, x: Tensor, generator: torch.Generator, y: Tensor | None = None) -> Measures:
        """Reconstruction ``-ln p(x|z)`` in nats: no bound on anything, since nothing prices the code."""
        x = self.standardise(x)
        return {"reconstruction": -float(self.log_likelihood(x, self.code(x)).mean())}
