"""Objectives as pure functions: logits in, one value per sample out, in nats."""

from genmodels.objectives.gan import GAN_LOSSES, Game, equilibrium
from genmodels.objectives.kl import gaussian_kl, log_normal
from genmodels.objectives.likelihoods import LIKELIHOODS
from genmodels.objectives.penalties import PENALTIES

__all__ = ["GAN_LOSSES", "LIKELIHOODS", "PENALTIES", "Game", "equilibrium", "gaussian_kl", "log_normal"]
