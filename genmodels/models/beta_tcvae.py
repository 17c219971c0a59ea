"""beta-TCVAE (Chen et al., arXiv 1802.04942)."""

from torch import Tensor

from genmodels.config import setting
from genmodels.models.base import MODELS
from genmodels.models.vae import VAE, Passage, VAEConfig, varied
from genmodels.objectives.kl import decompose
from genmodels.registry import Card

PAIRS = 1 << 25
"""Values of all pairs in a batch: 128 MB in float32, a few times over."""


class BetaTCVAEConfig(VAEConfig):
    model: str = "beta-tcvae"
    beta: float = setting(
        6.0,
        "Beta",
        "Weight of the total correlation alone: what dimensions say together that none says by itself.",
        "Objective",
        basic=True,
        live=True,
        ge=0,
        le=1000,
    )


@MODELS.register(
    "beta-tcvae",
    Card(
        "β-TCVAE",
        "Splits the KL term into three and makes only one of them expensive: dependence between the dimensions.",
        family="autoencoder",
        equation=r"\mathbb{E}[\ln p(x|z)] - I(x;z) - \beta\,\mathrm{KL}\big(q(z)\,\|\,\textstyle\prod_j q(z_j)\big)"
        r" - \sum_j \mathrm{KL}(q(z_j)\,\|\,p(z_j))",
        paper="Chen et al., arXiv 1802.04942",
        teaches="Why β-VAE works: not the whole KL term separates the factors, but its total correlation.",
        fails="The three parts are estimated within a batch: small batches show too little information.",
    ),
)
class BetaTCVAE(VAE):
    """The batch's own aggregate posterior stands for that of the data; see :func:`decompose`."""

    config_class = BetaTCVAEConfig
    PRESETS = varied(fast={"steps": 900})

    def objection(self) -> str:
        if self.config.batch_size**2 * self.config.latent_dim > PAIRS:
            return "Every pair in the batch is compared in every dimension, too many here; choose a smaller batch."
        return super().objection()

    def regulariser(self, passage: Passage, step: int) -> tuple[Tensor, dict[str, Tensor]]:
        assert passage.q.logvar is not None
        split = decompose(passage.z, passage.q.mu, passage.q.logvar)
        # The three sum to one draw's ln q(z|x) - ln p(z); the closed form has the same mean and less noise.
        price = passage.kl + (self.warmed(step) - 1) * split.total_correlation
        return price, split._asdict()
