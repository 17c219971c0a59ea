"""beta-VAE (Higgins et al., ICLR 2017)."""

from genmodels.config import setting
from genmodels.models.base import MODELS
from genmodels.models.vae import VAE, VAEConfig
from genmodels.registry import Card


class BetaVAEConfig(VAEConfig):
    model: str = "beta-vae"
    beta: float = setting(
        4.0,
        "Beta",
        "How expensive a code is. Above 1, dimensions that say little fall silent and the others part ways.",
        "Objective",
        basic=True,
        live=True,
        ge=0,
        le=1000,
    )


@MODELS.register(
    "beta-vae",
    Card(
        "β-VAE",
        "A VAE that pays more for its codes, so that each dimension has to be worth it.",
        family="autoencoder",
        equation=r"\mathbb{E}_{q(z|x)}[\ln p(x|z)] - \beta\,\mathrm{KL}(q(z|x)\,\|\,p(z)), \quad \beta > 1",
        paper="Higgins et al., ICLR 2017; Burgess et al., arXiv 1804.03599",
        teaches="A trade: the larger beta, the more each dimension means one thing, and the blurrier the pictures.",
        fails="Too large a beta silences all dimensions, and every picture becomes the average one.",
    ),
)
class BetaVAE(VAE):
    """A VAE with another beta: the loss is the same."""

    config_class = BetaVAEConfig
