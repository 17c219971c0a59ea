"""VAE-GAN (Larsen et al., arXiv 1512.09300)."""

from collections.abc import Sequence
from typing import ClassVar

import torch
from torch import Tensor
from torch.nn.functional import softplus

from genmodels.config import setting
from genmodels.data.base import DataSpec
from genmodels.models.base import MODELS, Batch, Measures, Player, Presets, Terms
from genmodels.models.gan import seldom
from genmodels.models.vae import VAE, VAEConfig
from genmodels.nn import at_least_float, network_of
from genmodels.objectives import gaussian_kl
from genmodels.objectives.penalties import squared_gradient
from genmodels.registry import Card


class VAEGANConfig(VAEConfig):
    model: str = "vae-gan"
    likeness: float = setting(
        0.1,
        "Likeness",
        "How much the decoder cares to copy rather than to convince (gamma in the paper).",
        "Objective",
        basic=True,
        live=True,
        log=True,
        ge=0,
        le=100,
    )
    gamma: float = setting(
        1.0,
        "Gamma",
        "Weight of R1, which keeps the discriminator's slope in check.",
        "Objective",
        live=True,
        log=True,
        ge=0,
        le=1000,
    )
    penalty_every: int = seldom(4)
    lr_g: float = setting(
        5e-4, "Decoder rate", "Length of the decoder's steps.", "Training", live=True, log=True, gt=0, le=1
    )
    lr_d: float = setting(
        5e-4, "D learning rate", "Length of the discriminator's steps.", "Training", live=True, log=True, gt=0, le=1
    )
    optimizer_g: str = setting(
        "adam0", "Decoder optimizer", "The rule that turns gradients into steps.", "Training", choices="optimizers"
    )
    optimizer_d: str = setting(
        "adam0", "D optimizer", "The rule that turns gradients into steps.", "Training", choices="optimizers"
    )


IMAGE = {"network": "conv", "latent_dim": 32, "batch_size": 32, "lr": 1e-3, "lr_g": 2e-3, "lr_d": 2e-3}
"""Small batches and high rates, as for the GAN; fully connected, D would look for dust rather than for strokes."""
HASTE = {"lr": 2e-3, "lr_g": 6e-3, "lr_d": 3e-3, "gamma": 0.5}
"""Rates at which small networks on small batches reach in 440 steps what they did in 800 at the ones above."""
LATER = {"lr_decay": "cosine", "ema": 0.995}
SHARED = ("network", "width", "depth", "latent_dim", "steps", "batch_size", "lr_decay", "lr_warmup", "likelihood")


@MODELS.register(
    "vae-gan",
    Card(
        "VAE-GAN",
        "A VAE that compares pictures by what a GAN's discriminator sees in them, not pixel by pixel.",
        family="autoencoder",
        equation=r"\mathcal{L} = \mathrm{KL}(q(z|x)\,\|\,p(z)) - \mathbb{E}_q[\ln p(D_l(x)\,|\,z)] "
        r"+ \mathcal{L}_{\mathrm{GAN}}",
        paper="Larsen et al., arXiv 1512.09300",
        teaches="Where blur comes from: the measure of likeness. A learned one keeps strokes sharp.",
        fails="Three players are harder to balance than two; copies look right and are not quite the same.",
    ),
)
class VAEGAN(VAE):
    """Three players: encoder, decoder (which is the generator too) and discriminator.

    The pixel likelihood is not trained on; it gives the mean that is shown, and the measured bound.
    """

    config_class = VAEGANConfig
    config: VAEGANConfig
    scores = True
    bounded = False
    PRESETS: ClassVar[Presets] = {
        "image": {
            "fast": {**IMAGE, **HASTE, "width": 8, "batch_size": 16, "latent_dim": 16, "steps": 440, "ema": 0.98},
            "good": {**IMAGE, **HASTE, **LATER, "width": 16, "batch_size": 16, "latent_dim": 16, "steps": 2500},
            "best": {**IMAGE, **LATER, "width": 48, "latent_dim": 64, "steps": 12000},
        },
        "points": {
            name: {key: settings[key] for key in SHARED if key in settings}
            | {"steps": settings["steps"] // 2, "lr": 5e-4}
            for name, settings in VAE.PRESETS["points"].items()
        },
    }

    def __init__(self, config: VAEGANConfig, spec: DataSpec) -> None:
        super().__init__(config, spec)
        network = network_of(config)
        self.discriminator = network.encoder(spec.shape, 1, config.width, config.depth, "leaky_relu")

    def players(self) -> Sequence[Player]:
        return (
            Player("discriminator", self.discriminator, self.discriminator_loss, "lr_d", "optimizer_d"),
            Player("encoder", self.encoder, self.encoder_loss, "lr", "optimizer"),
            Player("decoder", self.decoder, self.decoder_loss, "lr_g", "optimizer_g"),
        )

    def drawn(self, z: Tensor) -> Tensor:
        """Standardised samples from codes: the mean of the likelihood."""
        mean: Tensor = self.likelihood.mean(at_least_float(self.decoder(z)))
        return mean

    def judged(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """The last hidden features ``[N, F]`` of D on standardised samples, and its logits ``[N]``."""
        seen = 2 * x - 1 if self.spec.modality == "image" else x
        features = self.discriminator[:-1](seen)
        return at_least_float(features), at_least_float(self.discriminator[-1](features)).squeeze(1)

    def discriminator_loss(self, batch: Batch, generator: torch.Generator) -> Terms:
        with torch.no_grad():
            copies = self.drawn(self.posterior(batch.x).sample(generator))
            dreams = self.drawn(self.prior(len(batch.x), generator))
        _, logits = self.judged(torch.cat([batch.x, copies, dreams]))
        real, copy, dream = logits.chunk(3)
        loss = softplus(-real) + 0.5 * (softplus(copy) + softplus(dream))
        parts = {"loss": loss, "real": real.sigmoid(), "reconstructed": copy.sigmoid(), "fake": dream.sigmoid()}
        if not self.config.gamma or batch.step % self.config.penalty_every:
            return Terms(loss, parts)
        penalty = 0.5 * self.config.gamma * squared_gradient(lambda x: self.judged(x)[1], batch.x)
        return Terms(loss + self.config.penalty_every * penalty, parts | {"penalty": penalty})

    def unlikeness(self, x: Tensor, copies: Tensor) -> Tensor:
        """``-ln N(D_l(x); D_l(copy), I)`` up to a constant, ``[N]`` nats: half the squared distance of D's features."""
        with torch.no_grad():
            wanted, _ = self.judged(x)
        return 0.5 * (self.judged(copies)[0] - wanted).square().sum(1)

    def encoder_loss(self, batch: Batch, generator: torch.Generator) -> Terms:
        q = self.posterior(batch.x)
        assert q.logvar is not None
        kl = gaussian_kl(q.mu, q.logvar).sum(1)
        unlike = self.unlikeness(batch.x, self.drawn(q.sample(generator)))
        return Terms(self.warmed(batch.step) * kl + unlike, {"kl": kl, "unlikeness": unlike})

    def decoder_loss(self, batch: Batch, generator: torch.Generator) -> Terms:
        with torch.no_grad():
            z = torch.cat([self.posterior(batch.x).sample(generator), self.prior(len(batch.x), generator)])
        copies, dreams = self.drawn(z).chunk(2)
        _, logits = self.judged(torch.cat([copies, dreams]))
        convince = softplus(-logits).view(2, -1).mean(0)
        unlike = self.unlikeness(batch.x, copies)
        return Terms(convince + self.config.likeness * unlike, {"loss": convince, "unlikeness": unlike})

    def score(self, x: Tensor, y: Tensor | None = None) -> Tensor:
        return self.judged(self.standardise(x))[1]

    def measure(self, x: Tensor, generator: torch.Generator, y: Tensor | None = None) -> Measures:
        """The pixel-wise bound, which it is not trained on, and how D judges real samples."""
        return super().measure(x, generator, y) | {"d_real": float(self.score(x).sigmoid().mean())}
