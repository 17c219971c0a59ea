"""The contract between models and everything that trains, shows or measures them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Literal, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn.functional import one_hot

from genmodels.config import RunConfig
from genmodels.data.base import DataSpec
from genmodels.errors import UserError
from genmodels.registry import Registry

Presets = Mapping[str, Mapping[str, Mapping[str, Any]]]
"""Modality -> preset name -> settings."""
Measures = dict[str, float | list[float]]
"""Names to values: what is known about the quality of a model."""


class Terms(NamedTuple):
    """What a player's loss returns: the value to minimise and its parts, each one value per sample, ``[N]``."""

    total: Tensor
    parts: dict[str, Tensor]


class Batch(NamedTuple):
    """Samples to learn from.

    Attributes:
        x: ``[N, *shape]``; images in 0..1, points divided by the data's scale.
        y: Labels ``[N]`` or None.
        step: Training step, from 0.
    """

    x: Tensor
    y: Tensor | None
    step: int


class Posterior(NamedTuple):
    """``q(z|x) = N(mu, diag(exp(logvar)))``, both ``[N, latent_dim]``; ``logvar`` is None for a code without spread."""

    mu: Tensor
    logvar: Tensor | None

    def sample(self, generator: torch.Generator, temperature: float = 1.0) -> Tensor:
        """``z = mu + temperature * sigma * noise``: the reparameterisation (arXiv 1312.6114, section 2.4)."""
        if self.logvar is None:
            return self.mu
        noise = torch.randn(self.mu.shape, generator=generator, device=self.mu.device, dtype=self.mu.dtype)
        return self.mu + temperature * (0.5 * self.logvar).exp() * noise


@dataclass(frozen=True)
class Player:
    """One side of the training game: what it may change and what it wants.

    Attributes:
        name: ``"vae"``, ``"generator"``, ``"discriminator"``, ...: prefix of its curves and optimizer state.
        module: Holds the parameters that its moves change, and no others.
        loss: From a batch and the run's noise generator to per-sample terms; the loop minimises their mean.
        lr: Name of the configuration field that holds its learning rate.
        optimizer: Name of the configuration field that holds its optimizer.
        moves: Moves per training step, each on a fresh batch.
        after: Called after each move, where something has to be put right, such as weights that must stay small.
    """

    name: str
    module: nn.Module
    loss: Callable[[Batch, torch.Generator], Terms]
    lr: str
    optimizer: str
    moves: int = 1
    after: Callable[[], None] | None = None


class Model(nn.Module):
    """Base of all models.

    Subclasses set ``config_class`` and ``PRESETS`` and implement :meth:`players` and :meth:`decode`; those with an
    encoder also :meth:`encode`, those with a discriminator also :meth:`score`.

    Codes ``z`` are ``[N, latent_dim]`` and samples ``[N, *shape]``: images in 0..1, points in the data's own units.

    Labels ``y`` are ``[N]`` or None and matter to conditional models only; every other model ignores them. Where a
    conditional model is given none, it decodes the classes in turn (0, 1, 2, ..., 0, 1, ...), and encodes and scores
    each sample under the label that suits it best.

    Attributes:
        encodes: Has an encoder, so reconstructions and codes have a meaning.
        scores: Has a discriminator on samples.
        conditional: Takes a label beside the code.
        bounded: :meth:`measure` starts with a bound on ``-ln p(x)``; otherwise the distance between samples and data
            is the headline (see ``metrics/quality.py``).
        learns_prior: :meth:`prior` changes with training, so the same noise gives another z at another step.
    """

    config_class: ClassVar[type[RunConfig]]
    PRESETS: ClassVar[Presets]
    encodes: ClassVar[bool] = False
    scores: ClassVar[bool] = False
    conditional: ClassVar[bool] = False
    bounded: ClassVar[bool] = False
    learns_prior: ClassVar[bool] = False

    decoder: nn.Sequential
    scale: Tensor

    def __init__(self, config: RunConfig, spec: DataSpec) -> None:
        super().__init__()
        self.config = config
        self.spec = spec
        if objection := self.objection():
            raise UserError(objection)
        # Points come in any unit; networks see them divided by their spread. Saved with the weights.
        self.register_buffer("scale", torch.ones(()))

    def objection(self) -> str:
        """Why these settings do not fit each other or the data, in one sentence; empty where they do.

        Asked before anything is built, so it can only look at ``config`` and ``spec``. What a single setting may be is
        said by its range instead.
        """
        if self.conditional and not self.spec.classes:
            return "This model learns from labels, and these data have none; choose data with classes."
        return ""

    def begin_at(self, mean: Tensor) -> None:
        """Told the mean ``[*shape]`` of the standardised samples before training; a model may start from it."""

    def players(self) -> Sequence[Player]:
        """Who moves, in order, in each training step."""
        raise NotImplementedError

    def prior(self, n: int, generator: torch.Generator) -> Tensor:
        """``n`` codes from the prior, ``[n, latent_dim]``, where the generator lives."""
        return torch.randn(n, self.config.latent_dim, generator=generator, device=generator.device)

    @property
    def prior_family(self) -> Literal["normal", "uniform", "other"]:
        """What each number of a code from the prior is: standard normal, even in -1..1, or what only draws tell."""
        return "other" if self.learns_prior else "normal"

    def decode(self, z: Tensor, y: Tensor | None = None) -> Tensor:
        """Codes ``[N, latent_dim]`` to samples ``[N, *shape]``."""
        raise NotImplementedError

    def encode(self, x: Tensor, y: Tensor | None = None) -> Posterior:
        """Samples ``[N, *shape]`` to the distribution of their codes. Only where ``encodes``."""
        raise NotImplementedError(f"{type(self).__name__} has no encoder")

    def reconstruct(self, x: Tensor, y: Tensor | None = None) -> Tensor:
        """Samples ``[N, *shape]`` through encoder and decoder, without noise. Only where ``encodes``."""
        return self.decode(self.encode(x, y).mu, y)

    def score(self, x: Tensor, y: Tensor | None = None) -> Tensor:
        """The discriminator's logits on samples ``[N, *shape]`` -> ``[N]``. Only where ``scores``."""
        raise NotImplementedError(f"{type(self).__name__} has no discriminator")

    def measure(self, x: Tensor, generator: torch.Generator, y: Tensor | None = None) -> Measures:
        """What the model itself says about held-out samples ``[N, *shape]``, on average; in nats where ``bounded``.

        Where ``bounded`` the first entry is the bound on ``-ln p(x)``; lower is better.
        """
        raise NotImplementedError

    def standardise(self, x: Tensor) -> Tensor:
        """Samples as the networks see them: images stay in 0..1, points are divided by ``scale``."""
        return x / self.scale if self.spec.modality == "points" else x

    # ------------------------------------------------------------------ labels

    @property
    def label_count(self) -> int:
        """Classes the model can be asked for; 0 where it takes no labels."""
        return len(self.spec.classes) if self.conditional else 0

    def labels_in_turn(self, n: int) -> Tensor | None:
        """Labels 0, 1, 2, ... ``[n]``, over and over again; None where the model takes none."""
        return torch.arange(n, device=self.scale.device) % self.label_count if self.conditional else None

    def joined(self, z: Tensor, y: Tensor | None) -> Tensor:
        """What the decoder network takes: ``z``, and where conditional a one-hot label behind it.

        ``[N, latent_dim] -> [N, latent_dim + label_count]``
        """
        if not self.conditional:
            return z
        y = self.labels_in_turn(len(z)) if y is None else y
        assert y is not None
        return torch.cat([z, one_hot(y, self.label_count).to(z.dtype)], 1)


MODELS: Registry[type[Model]] = Registry("model", "genmodels.models")
