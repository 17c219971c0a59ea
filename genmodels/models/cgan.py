"""The conditional GAN with a projection discriminator (Miyato & Koyama, arXiv 1802.05637)."""

from torch import Tensor, nn

from genmodels.data.base import DataSpec
from genmodels.models.base import MODELS
from genmodels.models.gan import GAN, GANConfig
from genmodels.nn import at_least_float
from genmodels.nn.spectral import normalise
from genmodels.registry import Card


class CGANConfig(GANConfig):
    model: str = "cgan"


@MODELS.register(
    "cgan",
    Card(
        "Conditional GAN",
        "Forger and judge are both told what the picture should show.",
        family="GAN",
        equation=r"D(x, y) = \psi(\phi(x)) + e_y^\top \phi(x), \qquad x = G(z, y)",
        paper="Mirza & Osindero, arXiv 1411.1784; Miyato & Koyama, arXiv 1802.05637",
        teaches="Labels split one hard game into ten easier ones, and let you ask for a class.",
        fails="Within a class it may still collapse; wrong labels teach wrong pictures.",
    ),
)
class CGAN(GAN):
    """The generator takes ``[z, one-hot y]``; D adds the fit between label and features to its verdict."""

    config_class = CGANConfig
    conditional = True

    def __init__(self, config: CGANConfig, spec: DataSpec) -> None:
        super().__init__(config, spec)
        last = self.discriminator[-1]
        assert isinstance(last, nn.Linear)
        self.label_embedding = nn.Embedding(self.label_count, last.in_features)
        # Small at first, so that D starts from the picture alone.
        nn.init.normal_(self.label_embedding.weight, std=0.01)
        if config.spectral:
            normalise(self.label_embedding)

    def objection(self) -> str:
        if self.config.pac > 1:
            return "A conditional GAN judges samples one by one, each with its label; set the pack size to 1."
        return super().objection()

    def judge(self) -> nn.Module:
        return nn.ModuleList([self.discriminator, self.label_embedding])

    def critic(self, packs: Tensor, y: Tensor | None = None) -> Tensor:
        """Without labels each sample is judged under the one that speaks for it most."""
        features = self.discriminator[:-1](packs)
        logit = at_least_float(self.discriminator[-1](features)).squeeze(1)
        features = at_least_float(features)
        if y is None:
            fit: Tensor = (features @ at_least_float(self.label_embedding.weight).T).max(1).values
        else:
            fit = (features * self.label_embedding(y)).sum(1)
        return logit + fit
