"""What all autoencoders share: an encoder, a decoder, and a likelihood that says how well one undoes the other."""

from collections.abc import Sequence
from typing import ClassVar

import torch
from torch import Tensor, nn

from genmodels.config import RunConfig, setting
from genmodels.data.base import DataSpec
from genmodels.models.base import Batch, Model, Player, Terms
from genmodels.nn import at_least_float, network_of
from genmodels.objectives import LIKELIHOODS

PALEST = 0.01
"""Mean values from 0 and from 1 by less than this are not told apart."""


class AutoencoderConfig(RunConfig):
    likelihood: str = setting(
        "bernoulli",
        "Likelihood",
        "How the decoder's output explains a sample: coins per pixel, or squared error.",
        "Objective",
        choices="likelihoods",
    )
    sigma: float = setting(
        0.1,
        "Sigma",
        "Gaussian likelihoods: the error that counts as normal. Small: detail first. Large: a tidy latent "
        "space first. A learned sigma starts here.",
        "Objective",
        log=True,
        ge=0.005,
        le=10,
    )
    lr: float = setting(
        1e-3,
        "Learning rate",
        "Length of each step. Too large diverges, too small crawls.",
        "Training",
        live=True,
        log=True,
        gt=0,
        le=1,
    )
    optimizer: str = setting(
        "adam", "Optimizer", "The rule that turns gradients into steps.", "Training", choices="optimizers"
    )


class Autoencoder(Model):
    """One player, ``"vae"`` or what ``player_name`` says; a subclass says what it minimises in ``loss``.

    Attributes:
        code_values: Values that the encoder writes per latent dimension: 2 for a mean and a log-variance.
    """

    config: AutoencoderConfig
    encodes = True
    player_name: ClassVar[str] = "vae"
    code_values: ClassVar[int] = 2

    def __init__(self, config: AutoencoderConfig, spec: DataSpec) -> None:
        super().__init__(config, spec)
        network = network_of(config)
        size = (config.width, config.depth, config.activation)
        self.encoder = network.encoder(spec.shape, self.code_values * config.latent_dim, *size)
        self.decoder = network.decoder(config.latent_dim + self.label_count, spec.shape, *size)
        self.likelihood = LIKELIHOODS[config.likelihood].thing(config.sigma)

    def objection(self) -> str:
        entry = LIKELIHOODS[self.config.likelihood]
        if self.spec.modality == "points" and entry.extra["modality"] == "image":
            return f"The {entry.card.title} likelihood is for images; choose 'gaussian' for points."
        return super().objection()

    @torch.no_grad()
    def begin_at(self, mean: Tensor) -> None:
        r"""Have the decoder draw the mean of the data before it has learned anything: ``b = logit(mean)``.

        So the IWAE's authors did (Burda et al., arXiv 1509.00519). Otherwise a part of the code is spent on what all
        pictures share, its mean moves away from zero, and samples from the prior are no pictures for a long time: on
        drawn faces of 64 x 64 the distance of samples to data (KID) after a fast preset fell from 2.5 to 1.0. A network
        whose last layer is a convolution is told the mean colour only.
        """
        last = [layer for layer in self.decoder.modules() if isinstance(layer, nn.Linear | nn.Conv2d)][-1]
        identity = LIKELIHOODS[self.config.likelihood].extra["mean"] == "identity"
        raw = mean if identity else mean.clamp(PALEST, 1 - PALEST).logit()
        if isinstance(last, nn.Conv2d):
            raw = raw.flatten(1).mean(1).repeat_interleave(last.out_channels // len(raw))
        assert last.bias is not None
        last.bias.copy_(raw.flatten())

    def autoencoder(self) -> nn.ModuleList:
        """What the player that encodes and decodes may change."""
        return nn.ModuleList([self.encoder, self.decoder, self.likelihood])

    def players(self) -> Sequence[Player]:
        return (Player(self.player_name, self.autoencoder(), self.loss, lr="lr", optimizer="optimizer"),)

    def loss(self, batch: Batch, generator: torch.Generator) -> Terms:
        """What the autoencoder minimises."""
        raise NotImplementedError

    def log_likelihood(self, x: Tensor, z: Tensor, y: Tensor | None = None) -> Tensor:
        """``ln p(x|z)`` per sample ``[N]`` in nats, for standardised samples."""
        value: Tensor = self.likelihood(at_least_float(self.decoder(self.joined(z, y))), x)
        return value

    def decode(self, z: Tensor, y: Tensor | None = None) -> Tensor:
        mean = self.likelihood.mean(at_least_float(self.decoder(self.joined(z, y))))
        return mean * self.scale if self.spec.modality == "points" else mean.clamp(0, 1)
