"""The vector-quantised VAE (van den Oord et al., arXiv 1711.00937)."""

import math
from collections.abc import Sequence
from typing import ClassVar

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from genmodels.config import setting
from genmodels.data.base import DataSpec
from genmodels.models.autoencoder import Autoencoder, AutoencoderConfig
from genmodels.models.base import MODELS, Batch, Measures, Player, Posterior, Presets, Terms
from genmodels.nn import at_least_float
from genmodels.nn.codebook import Codebook
from genmodels.nn.masked import MaskedNetwork
from genmodels.registry import Card


class VQVAEConfig(AutoencoderConfig):
    model: str = "vq-vae"
    code_dim: int = setting(
        4,
        "Code size",
        "Values per code vector. The latent size divided by it is the number of codes in a picture.",
        "Objective",
        ge=1,
        le=64,
    )
    codebook: int = setting(
        64,
        "Codebook",
        "How many different code vectors there are. Few: coarse pictures that are easy to sample. Many: the reverse.",
        "Objective",
        basic=True,
        log=True,
        ge=2,
        le=1024,
    )
    commitment: float = setting(
        0.25,
        "Commitment",
        "How firmly the encoder is held near the code vectors (beta in the paper).",
        "Objective",
        live=True,
        ge=0,
        le=100,
    )
    prior_width: int = setting(
        256,
        "Prior width",
        "Hidden units of the network that learns which codes go together.",
        "Network",
        ge=2,
        le=1024,
        log=True,
    )
    lr_prior: float = setting(
        3e-3, "Prior learning rate", "Length of the prior's steps.", "Training", live=True, log=True, gt=0, le=1
    )


IMAGE = {
    "depth": 1,
    "width": 512,
    "latent_dim": 64,
    "batch_size": 128,
    "lr": 4e-3,
    "lr_prior": 6e-3,
    "lr_warmup": 100,
    "lr_decay": "cosine",
}
POINTS = {
    "latent_dim": 4,
    "code_dim": 2,
    "batch_size": 256,
    "lr": 2e-3,
    "lr_decay": "cosine",
    "likelihood": "gaussian",
    "sigma": 0.05,
}


@MODELS.register(
    "vq-vae",
    Card(
        "VQ-VAE",
        "Writes each picture with a few words from a small dictionary, which it makes up as it goes.",
        family="autoencoder",
        equation=r"-\ln p(x|v_k) + \beta\,\lVert e(x) - \mathrm{sg}[v_k]\rVert^2, "
        r"\quad k = \arg\min_j \lVert e(x) - v_j\rVert",
        paper="van den Oord et al., arXiv 1711.00937",
        teaches="Codes can be words rather than numbers. New pictures are new sentences: a second player learns which "
        "code follows which, and samples are drawn from it one code after another.",
        fails="Words fall out of use (those start again elsewhere); between code vectors the decoder knows nothing.",
    ),
)
class VQVAE(Autoencoder):
    """Two players: the autoencoder, and the prior over its codes.

    A code ``z`` is ``latent_dim / code_dim`` code vectors side by side, so it can be decoded like any other. The
    encoder is certain, so ``-ln p(x|z) - ln p(codes)`` is an upper bound on ``-ln p(x)``, in nats.
    """

    config_class = VQVAEConfig
    config: VQVAEConfig
    bounded = True
    learns_prior = True
    player_name = "vq-vae"
    code_values = 1
    PRESETS: ClassVar[Presets] = {
        "image": {
            "fast": {**IMAGE, "steps": 700, "batch_size": 64, "lr": 8e-3, "lr_warmup": 50},
            "good": {**IMAGE, "steps": 1000},
            "best": {
                **IMAGE,
                "network": "conv",
                "depth": 2,
                "width": 32,
                "latent_dim": 96,
                "codebook": 128,
                "steps": 12000,
                "lr": 1e-3,
                "lr_prior": 3e-3,
            },
        },
        "points": {
            "fast": {**POINTS, "width": 64, "codebook": 32, "prior_width": 64, "steps": 3000},
            "good": {**POINTS, "width": 128, "codebook": 64, "prior_width": 128, "steps": 10000},
            "best": {
                **POINTS,
                "width": 128,
                "depth": 3,
                "codebook": 128,
                "steps": 30000,
                "batch_size": 512,
                "lr": 1e-3,
            },
        },
    }

    def __init__(self, config: VQVAEConfig, spec: DataSpec) -> None:
        super().__init__(config, spec)
        self.positions = config.latent_dim // config.code_dim
        self.codebook = Codebook(config.codebook, config.code_dim)
        self.code_prior = MaskedNetwork(self.positions, config.code_dim, config.prior_width, config.codebook)

    def objection(self) -> str:
        c = self.config
        if c.latent_dim % c.code_dim:
            return f"A latent size of {c.latent_dim} cannot be cut into codes of {c.code_dim}; choose a multiple."
        return super().objection()

    def players(self) -> Sequence[Player]:
        prior = Player("prior", self.code_prior, self.prior_loss, lr="lr_prior", optimizer="optimizer")
        return (*super().players(), prior)

    def written(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Standardised samples -> vectors ``[N, positions, code_dim]`` and their nearest codes ``[N, positions]``."""
        e = at_least_float(self.encoder(x)).view(len(x), self.positions, -1)
        with torch.no_grad(), torch.autocast(x.device.type, enabled=False):
            return e, self.codebook.nearest(e)

    def straight_through(self, e: Tensor, index: Tensor) -> Tensor:
        """The code vectors as values, with the gradient going on to ``e`` as if nothing had been rounded."""
        return e + (self.codebook.look_up(index) - e).detach()

    def loss(self, batch: Batch, generator: torch.Generator) -> Terms:
        e, index = self.written(batch.x)
        reconstruction = -self.log_likelihood(batch.x, self.straight_through(e, index).flatten(1))
        commitment = (e - self.codebook.look_up(index).detach()).square().flatten(1).sum(1)
        self.codebook.update(e.detach(), index, generator)
        total = reconstruction + self.config.commitment * commitment
        return Terms(total, {"reconstruction": reconstruction, "commitment": commitment})

    def prior_loss(self, batch: Batch, generator: torch.Generator) -> Terms:
        with torch.no_grad():
            _, index = self.written(batch.x)
        length = self.code_length(index)
        return Terms(length, {"code_length": length})

    def code_length(self, index: Tensor) -> Tensor:
        """``-ln p`` of codes ``[N, positions]``, ``[N]`` nats; about ``positions * ln(codebook)`` untrained."""
        logits = self.code_prior(self.codebook.look_up(index))
        return cross_entropy(logits.transpose(1, 2), index, reduction="none").sum(1)

    @torch.no_grad()
    def prior(self, n: int, generator: torch.Generator) -> Tensor:
        """Codes drawn one after another; each turns one even number into a choice, so the same noise means the same."""
        where = self.codebook.vectors.device
        noise = torch.rand(n, self.positions, generator=generator, device=generator.device).to(where)
        z = torch.zeros(n, self.positions, self.config.code_dim, device=where)
        for position in range(self.positions):
            limits = self.code_prior.at(z, position).softmax(1).cumsum(1)
            index = torch.searchsorted(limits, noise[:, position, None].to(limits.dtype).contiguous())
            z[:, position] = self.codebook.look_up(index.squeeze(1).clamp_max(self.config.codebook - 1))
        return z.flatten(1).to(generator.device)

    def encode(self, x: Tensor, y: Tensor | None = None) -> Posterior:
        _, index = self.written(self.standardise(x))
        return Posterior(self.codebook.look_up(index).flatten(1), None)

    def measure(self, x: Tensor, generator: torch.Generator, y: Tensor | None = None) -> Measures:
        """The bound, its two parts, and the codes' perplexity: how many are in use, at most ``codebook``."""
        x = self.standardise(x)
        _, index = self.written(x)
        reconstruction = -float(self.log_likelihood(x, self.codebook.look_up(index).flatten(1)).mean())
        length = float(self.code_length(index).mean())
        share = torch.bincount(index.flatten(), minlength=self.config.codebook) / index.numel()
        entropy = -float(torch.xlogy(share, share).sum())
        return {
            "neg_elbo": reconstruction + length,
            "reconstruction": reconstruction,
            "code_length": length,
            "perplexity": math.exp(entropy),
        }
