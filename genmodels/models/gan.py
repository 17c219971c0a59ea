"""The generative adversarial network (Goodfellow et al., arXiv 1406.2661)."""

from collections.abc import Sequence
from typing import Any, ClassVar, Literal

import torch
from pydantic import field_validator
from torch import Tensor, nn

from genmodels.config import RunConfig, setting
from genmodels.data.base import DataSpec
from genmodels.models.base import MODELS, Batch, Measures, Model, Player, Presets, Terms
from genmodels.nn import at_least_float, let_leak, network_of
from genmodels.nn.spectral import normalise
from genmodels.objectives import GAN_LOSSES, PENALTIES
from genmodels.objectives.penalties import clip
from genmodels.registry import Card


def seldom(steps: int) -> Any:
    """The setting that spares most steps the second gradient of a penalty."""
    words = "Apply the penalty only every so many steps, times as strongly, which is faster."
    return setting(steps, "Penalty every", words, "Objective", ge=1, le=64)


class GANConfig(RunConfig):
    model: str = "gan"
    loss: str = setting(
        "relativistic", "Loss", "The game the two networks play.", "Objective", basic=True, choices="gan_losses"
    )
    penalty: str = setting(
        "r1r2",
        "Penalty",
        "Keeps the discriminator's slope in check, so that the game settles.",
        "Objective",
        choices="penalties",
    )
    gamma: float = setting(
        1.0,
        "Gamma",
        "Weight of the penalty, halved for R1 and R2 as in their papers; with clipped weights, their bound. "
        "Too small: the game runs away. Too large: D teaches nothing.",
        "Objective",
        live=True,
        log=True,
        ge=0,
        le=1000,
    )
    spectral: bool = setting(
        False,
        "Spectral norm",
        "Divides every layer of D by its largest stretch (arXiv 1802.05957), so that its slope is bounded.",
        "Objective",
    )
    pac: int = setting(
        1,
        "Pack size",
        "D judges so many samples at once (PacGAN, arXiv 1712.04086): a pack without variety gives itself away.",
        "Objective",
        ge=1,
        le=8,
    )
    leak_d: float = setting(
        0.0,
        "D leak",
        "Slope of D's ReLUs below zero. At 0 a unit that falls silent never learns again, and D goes blind.",
        "Network",
        needs=("activation", "relu"),
        ge=0,
        le=1,
    )
    penalty_every: int = seldom(1)
    d_moves: int = setting(1, "D moves", "Moves of the discriminator per step.", "Objective", ge=1, le=20)
    g_moves: int = setting(1, "G moves", "Moves of the generator per step.", "Objective", ge=1, le=20)
    noise: Literal["normal", "uniform"] = setting("normal", "Noise", "Where z comes from.", "Objective")
    lr_g: float = setting(
        2e-4, "G learning rate", "Length of the generator's steps.", "Training", live=True, log=True, gt=0, le=1
    )
    lr_d: float = setting(
        2e-4, "D learning rate", "Length of the discriminator's steps.", "Training", live=True, log=True, gt=0, le=1
    )
    optimizer_g: str = setting(
        "adam0", "G optimizer", "The rule that turns gradients into steps.", "Training", choices="optimizers"
    )
    optimizer_d: str = setting(
        "adam0", "D optimizer", "The rule that turns gradients into steps.", "Training", choices="optimizers"
    )

    @field_validator("optimizer_g", "optimizer_d", mode="before")
    @classmethod
    def _retired(cls, name: Any) -> Any:
        """For some days runs had "steady", Adam that shortened leaps; it remembered the same, so they go on as Adam."""
        return "adam0" if name == "steady" else name


COMMON = {"gamma": 1.0, "penalty_every": 4}
IMAGE = {
    **COMMON, "activation": "silu", "network": "conv", "batch_size": 64, "latent_dim": 64, "gamma": 0.3, "ema": 0.999,
}  # fmt: skip
"""Smooth units: with leaky ones in both networks the digits of three minutes covered 43 to 47 % of the real ones, with
these 55 to 58 %. The penalty looks at D's slope, which then changes without leaps."""
SMALL = {**IMAGE, "batch_size": 32, "latent_dim": 32, "ema": 0.995}
"""Small networks, small batches and high rates show digits soonest."""
PLAIN = {"loss": "nonsaturating", "penalty": "r1"}
"""The game for a short time: a fifth more steps a second than the relativistic one, and better digits after 40 s and
after three minutes."""
POINTS = {
    **COMMON, "activation": "relu", "width": 64, "depth": 3, "latent_dim": 2, "batch_size": 128, "gamma": 0.1,
    "lr_g": 2.5e-3, "lr_d": 3.75e-3, "lr_decay": "cosine", "lr_floor": 0.1, "ema": 0.999, "threads": 1, "leak_d": 0.05,
}  # fmt: skip
"""Modes as narrow as a hundredth of their distance need a G that leaps from one to the next. With leaky units a fifth
of the samples stayed on the way between them (ring, 25 s), with units that fall silent one in fifty. Rates that fall to
nothing leave D behind while the modes still drift: the share within three sigma fell from 95 to 90 % at the end. D
leaks, as in DCGAN (arXiv 1511.06434): without it 59 to 63 of the 64 units of its last layer were silent from step
9,000 of the grid on, and now and then the last ones followed."""


@MODELS.register(
    "gan",
    Card(
        "GAN",
        "A forger and a judge train each other until the forgeries pass.",
        family="GAN",
        equation=r"\min_G \max_D \; \mathbb{E}_x[\ln D(x)] + \mathbb{E}_z[\ln(1 - D(G(z)))]",
        paper="Goodfellow et al., arXiv 1406.2661",
        teaches="Sharp samples from noise alone, without ever measuring a likelihood.",
        fails="The game may circle, or G may settle on a few safe forgeries (mode collapse).",
    ),
)
class GAN(Model):
    """Two players: the discriminator moves first, then the generator."""

    config_class = GANConfig
    config: GANConfig
    scores = True
    PRESETS: ClassVar[Presets] = {
        "image": {
            "fast": {**SMALL, **PLAIN, "width": 16, "steps": 1600, "lr_g": 3e-3, "lr_d": 2e-3, "ema": 0.99},
            "good": {
                **SMALL,
                **PLAIN,
                "width": 24,
                "steps": 4000,
                "lr_g": 2.5e-3,
                "lr_d": 1.7e-3,
                "lr_decay": "cosine",
            },
            "best": {
                **IMAGE,
                "width": 48,
                "steps": 20000,
                "lr_g": 1e-3,
                "lr_d": 1e-3,
                "lr_decay": "cosine",
                "ema": 0.999,
            },
        },
        "points": {
            "fast": {**POINTS, "steps": 8000},
            "good": {**POINTS, "steps": 20000},
            "best": {**POINTS, "steps": 40000, "width": 128, "batch_size": 256},
        },
    }

    def __init__(self, config: GANConfig, spec: DataSpec) -> None:
        super().__init__(config, spec)
        network = network_of(config)
        size = (config.width, config.depth, config.activation)
        self.decoder = network.decoder(config.latent_dim + self.label_count, spec.shape, *size)
        self.discriminator = network.encoder((config.pac * spec.shape[0], *spec.shape[1:]), 1, *size)
        if config.leak_d:
            let_leak(self.discriminator, config.leak_d)
        if config.spectral:
            normalise(self.discriminator)
        entry = GAN_LOSSES[config.loss]
        self.game, self.paired, self.probability = entry.thing, entry.extra["paired"], entry.extra["probability"]
        self.penalty = PENALTIES[config.penalty].thing
        self.penalty_scale = PENALTIES[config.penalty].extra["scale"]
        self.clips = bool(PENALTIES[config.penalty].extra.get("clips"))

    def objection(self) -> str:
        c = self.config
        if c.batch_size % c.pac:
            return f"A batch of {c.batch_size} does not fill packs of {c.pac}; choose a multiple."
        return super().objection()

    def players(self) -> Sequence[Player]:
        c = self.config
        return (
            Player(
                "discriminator", self.judge(), self.discriminator_loss, "lr_d", "optimizer_d", c.d_moves, self.leash
            ),
            Player("generator", self.forger(), self.generator_loss, "lr_g", "optimizer_g", c.g_moves),
        )

    def judge(self) -> nn.Module:
        """What the discriminator may change."""
        return self.discriminator

    def forger(self) -> nn.Module:
        """What the generator may change."""
        return self.decoder

    def prior(self, n: int, generator: torch.Generator) -> Tensor:
        if self.config.noise == "normal":
            return super().prior(n, generator)
        return 2 * torch.rand(n, self.config.latent_dim, generator=generator, device=generator.device) - 1

    @property
    def prior_family(self) -> Literal["normal", "uniform", "other"]:
        return self.config.noise

    # ------------------------------------------------------------------ what the discriminator sees

    def generate(self, z: Tensor, y: Tensor | None = None) -> Tensor:
        """Samples as the discriminator sees them: images in -1..1, standardised points."""
        raw = at_least_float(self.decoder(self.joined(z, y)))
        return raw.tanh() if self.spec.modality == "image" else raw

    def seen(self, x: Tensor) -> Tensor:
        """Standardised samples as the discriminator sees them."""
        return 2 * x - 1 if self.spec.modality == "image" else x

    def packed(self, x: Tensor) -> Tensor:
        """Packs that are judged as one: ``[N, C, ...] -> [N / pac, pac * C, ...]``."""
        return x.reshape(len(x) // self.config.pac, -1, *x.shape[2:])

    def critic(self, packs: Tensor, y: Tensor | None = None) -> Tensor:
        """One logit for each pack of samples as :meth:`generate` makes them, ``[N / pac]``."""
        return at_least_float(self.discriminator(packs)).squeeze(1)

    # ------------------------------------------------------------------ the game

    def discriminator_loss(self, batch: Batch, generator: torch.Generator) -> Terms:
        with torch.no_grad():
            fake = self.packed(self.generate(self.prior(len(batch.x), generator), batch.y))
        real = self.packed(self.seen(batch.x))
        labels = None if batch.y is None else batch.y.repeat(2)
        a, b = self.critic(torch.cat([real, fake]), labels).chunk(2)
        loss = self.game(a, b).discriminator
        parts = {"loss": loss, "real": self.verdict(a), "fake": self.verdict(b)}
        if not self.penalty_scale or batch.step % self.config.penalty_every:
            return Terms(loss, parts)
        penalty = self.config.gamma * self.penalty_scale * self.slope(real, fake, batch.y, generator)
        return Terms(loss + self.config.penalty_every * penalty, parts | {"penalty": penalty})

    def slope(self, real: Tensor, fake: Tensor, y: Tensor | None, generator: torch.Generator) -> Tensor:
        """The gradient penalty for each pair of packs, unweighted."""

        def critic(packs: Tensor) -> Tensor:  # R1 + R2 looks at real and generated packs in one go
            return self.critic(packs, None if y is None else y.repeat(len(packs) // len(real)))

        return self.penalty(critic, real, fake, generator)

    def verdict(self, logits: Tensor) -> Tensor:
        """What is shown of D's logits: the probability of being real, or the score itself where there is none."""
        return logits.sigmoid() if self.probability else logits

    def generator_loss(self, batch: Batch, generator: torch.Generator) -> Terms:
        b = self.critic(self.packed(self.generate(self.prior(len(batch.x), generator), batch.y)), batch.y)
        # Only a paired game looks at real samples here; the others get their own logits, which they ignore.
        a = self.critic(self.packed(self.seen(batch.x)), batch.y) if self.paired else b
        loss = self.game(a, b).generator
        return Terms(loss, {"loss": loss})

    def leash(self) -> None:
        """After each move of D: hold its weights in their bounds, where that is the chosen penalty."""
        if self.clips:
            clip(self.judge().parameters(), self.config.gamma)

    # ------------------------------------------------------------------ what people see

    def decode(self, z: Tensor, y: Tensor | None = None) -> Tensor:
        x = self.generate(z, y)
        return (x + 1) / 2 if self.spec.modality == "image" else x * self.scale

    def score(self, x: Tensor, y: Tensor | None = None) -> Tensor:
        """With packs, each sample is judged together with those that follow it in ``x``, the last with the first."""
        seen = self.seen(self.standardise(x))
        return self.critic(torch.cat([seen.roll(-i, 0) for i in range(self.config.pac)], 1), y)

    def pull(self, x: Tensor, real: Tensor, labels: Tensor | None = None) -> Tensor:
        """Where G's loss wants generated samples ``x`` ``[N, *shape]`` to go: ``-dL_G/dx``, ``[N, *shape]``.

        Each is paired with one of ``real`` ``[N, *shape]``, for games that look at pairs. Where the model takes labels,
        ``x`` has them in turn and ``real`` its own, ``labels`` ``[N]``: under others D would find real samples wrong.
        """
        with torch.enable_grad():
            x = x.detach().requires_grad_()
            in_turn = self.labels_in_turn(len(x))
            own = labels if self.conditional and labels is not None else in_turn
            loss = self.game(self.score(real, own), self.score(x, in_turn)).generator.sum()
            return -torch.autograd.grad(loss, x)[0]

    def measure(self, x: Tensor, generator: torch.Generator, y: Tensor | None = None) -> Measures:
        """How well D tells held-out samples from as many generated ones, and what it says of them on average.

        ``d_separation`` is the chance that a real sample scores higher than a generated one: 0.5 is what G wants. It
        needs no threshold, so it means the same in every game.
        """
        real = self.score(x, y)
        fake = self.score(self.decode(self.prior(len(x), generator).to(x.device), y), y)
        higher = (real[:, None] > fake).double().mean() + 0.5 * (real[:, None] == fake).double().mean()
        return {
            "d_separation": float(higher),
            "d_real": float(self.verdict(real).mean()),
            "d_fake": float(self.verdict(fake).mean()),
        }
