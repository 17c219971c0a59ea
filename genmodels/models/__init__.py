"""One file per model. A model says who plays and what each player wants; it never knows how the loop runs."""

from genmodels.models.base import MODELS, Batch, Model, Player, Posterior, Terms
from genmodels.models.presets import PRESET_NAMES, preset

__all__ = ["MODELS", "PRESET_NAMES", "Batch", "Model", "Player", "Posterior", "Terms", "preset"]
