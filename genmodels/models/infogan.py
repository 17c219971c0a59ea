"""InfoGAN (Chen et al., arXiv 1606.03657)."""

import math
from collections.abc import Mapping
from typing import Any, ClassVar, Literal

import torch
from torch import Tensor, nn
from torch.nn.functional import log_softmax, one_hot

from genmodels.config import setting
from genmodels.data.base import DataSpec
from genmodels.models.base import MODELS, Batch, Presets, Terms
from genmodels.models.gan import GAN, GANConfig
from genmodels.nn import at_least_float, network_of
from genmodels.objectives import log_normal
from genmodels.registry import Card


class InfoGANConfig(GANConfig):
    model: str = "infogan"
    categories: int = setting(
        10,
        "Categories",
        "How many categories the first entries of z choose among; 0 for none.",
        "Objective",
        basic=True,
        ge=0,
        le=50,
    )
    continuous: int = setting(
        2,
        "Continuous codes",
        "Entries of z behind the categories, even between -1 and 1, that should mean something.",
        "Objective",
        basic=True,
        ge=0,
        le=20,
    )
    info: float = setting(
        0.1,
        "Information",
        "Weight of the information that samples carry about their codes (lambda in the paper). Too large: "
        "samples are only there to be read.",
        "Objective",
        live=True,
        ge=0,
        le=100,
    )


CODES = {"latent_dim": 44}
"""Ten categories, two continuous codes and the noise of the GAN."""
SHORTER: Mapping[str, Mapping[str, Any]] = {
    "fast": {"info": 0.05, "steps": 1400},
    "good": {"info": 0.05, "steps": 4200, "width": 20, "lr_g": 3e-3, "lr_d": 2e-3, "latent_dim": 64},
}
"""A third network takes its time. With 0.05 nearly every category can be read off a digit (97 %), with 0.01 only 30 %,
for samples that vary more."""


@MODELS.register(
    "infogan",
    Card(
        "InfoGAN",
        "A GAN whose samples must let their code be read off again.",
        family="GAN",
        equation=r"\min_{G,Q}\max_D V(D,G) - \lambda L_I, \quad "
        r"L_I = \mathbb{E}[\ln Q(c|G(z,c))] + H(c) \le I(c; G(z,c))",
        paper="Chen et al., arXiv 1606.03657",
        teaches="Meaning without labels: a category becomes a digit, a continuous code its slant.",
        fails="The code may settle on something easy to read that means nothing, such as overall brightness.",
    ),
)
class InfoGAN(GAN):
    """``z = [one-hot category, continuous codes, noise]``; the recogniser Q moves with the generator.

    Q is a network of its own rather than a second head on D, so that each player only changes what is its own.
    """

    config_class = InfoGANConfig
    config: InfoGANConfig
    PRESETS: ClassVar[Presets] = {
        "image": {
            name: {**settings, **CODES, **SHORTER.get(name, {})} for name, settings in GAN.PRESETS["image"].items()
        },
        "points": {
            name: {**settings, "latent_dim": 12, "categories": 8} for name, settings in GAN.PRESETS["points"].items()
        },
    }

    def __init__(self, config: InfoGANConfig, spec: DataSpec) -> None:
        super().__init__(config, spec)
        network = network_of(config)
        out = config.categories + 2 * config.continuous
        # Reading a code that is meant to be read is easier than judging: half the width is enough.
        width = max(1, config.width // 2)
        self.recogniser = network.encoder(spec.shape, out, width, config.depth, config.activation)

    def objection(self) -> str:
        codes, most = self.config.categories + self.config.continuous, self.config.latent_dim
        if not 1 <= codes <= most:
            return f"{codes} codes do not fit a latent size of {most}; there must be 1 to {most}."
        return super().objection()

    def forger(self) -> nn.Module:
        return nn.ModuleList([self.decoder, self.recogniser])

    def prior(self, n: int, generator: torch.Generator) -> Tensor:
        c = self.config
        z = super().prior(n, generator)
        where = generator.device
        even = 2 * torch.rand(n, c.continuous, generator=generator, device=where) - 1
        parts = [even, z[:, c.categories + c.continuous :]]
        if c.categories:
            chosen = torch.randint(c.categories, (n,), generator=generator, device=where)
            parts.insert(0, one_hot(chosen, c.categories).to(z.dtype))
        return torch.cat(parts, 1)

    @property
    def prior_family(self) -> Literal["normal", "uniform", "other"]:
        return "other"

    def information(self, x: Tensor, z: Tensor) -> Tensor:
        """``L_I`` for samples as :meth:`generate` makes them from ``z``, ``[N]`` nats: at most what x tells about c."""
        k, m = self.config.categories, self.config.continuous
        logits, mu, logvar = at_least_float(self.recogniser(x)).split([k, m, m], dim=1)
        # A density may be as narrow as it likes; a floor on its variance keeps the information finite.
        continuous = (log_normal(z[:, k : k + m], mu, logvar.clamp(-6, 6)) + math.log(2)).sum(1)
        if not k:
            return continuous
        return continuous + (z[:, :k] * log_softmax(logits, 1)).sum(1) + math.log(k)

    def generator_loss(self, batch: Batch, generator: torch.Generator) -> Terms:
        z = self.prior(len(batch.x), generator)
        x = self.generate(z)
        b = self.critic(self.packed(x))
        a = self.critic(self.packed(self.seen(batch.x))) if self.paired else b
        loss, information = self.game(a, b).generator, self.information(x, z)
        per_pack = information.view(len(loss), -1).mean(1)
        return Terms(loss - self.config.info * per_pack, {"loss": loss, "information": information})
