"""The conditional VAE (Sohn et al., NeurIPS 2015; Kingma et al., arXiv 1406.5298)."""

import torch
from torch import Tensor, nn

from genmodels.data.base import DataSpec
from genmodels.models.base import MODELS, Posterior
from genmodels.models.vae import VAE, VAEConfig, varied
from genmodels.nn import at_least_float
from genmodels.objectives import gaussian_kl
from genmodels.registry import Card


class CVAEConfig(VAEConfig):
    model: str = "cvae"


@MODELS.register(
    "cvae",
    Card(
        "Conditional VAE",
        "A VAE that is told the class, so that its code only has to hold the style.",
        family="autoencoder",
        equation=r"\ln p(x|y) \ge \mathbb{E}_{q(z|x,y)}[\ln p(x|z,y)] - \mathrm{KL}(q(z|x,y)\,\|\,p(z))",
        paper="Sohn et al., NeurIPS 2015; Kingma et al., arXiv 1406.5298",
        teaches="Style and class apart: one code drawn as every class shows ten of the same handwriting.",
        fails="If the code is large enough to hold the class too, the label may be ignored.",
    ),
)
class CVAE(VAE):
    """The decoder takes ``[z, one-hot y]``; the label shifts what the encoder says."""

    config_class = CVAEConfig
    conditional = True
    PRESETS = varied(good={"steps": 4000})

    def __init__(self, config: CVAEConfig, spec: DataSpec) -> None:
        super().__init__(config, spec)
        self.label_shift = nn.Embedding(self.label_count, self.code_values * config.latent_dim)

    def autoencoder(self) -> nn.ModuleList:
        return nn.ModuleList([*super().autoencoder(), self.label_shift])

    def posterior(self, x: Tensor, y: Tensor | None = None) -> Posterior:
        y = self.best_label(x) if y is None else y
        mu, logvar = at_least_float(self.encoder(x) + self.label_shift(y)).chunk(2, dim=1)
        return Posterior(mu, logvar)

    @torch.no_grad()
    def best_label(self, x: Tensor) -> Tensor:
        """The label ``[N]`` under which the bound, with z at its mean, is highest: the model as a classifier."""
        bounds = []
        for label in range(self.label_count):
            y = torch.full((len(x),), label, device=x.device)
            q = self.posterior(x, y)
            assert q.logvar is not None
            bounds.append(self.log_likelihood(x, q.mu, y) - gaussian_kl(q.mu, q.logvar).sum(1))
        return torch.stack(bounds).argmax(0)

    def reconstruct(self, x: Tensor, y: Tensor | None = None) -> Tensor:
        y = self.best_label(self.standardise(x)) if y is None else y
        return super().reconstruct(x, y)
