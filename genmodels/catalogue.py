"""Everything a run can be put together from, by the name its configuration uses."""

from collections.abc import Mapping

from genmodels.data import DATASETS
from genmodels.models.base import MODELS
from genmodels.nn import NETWORKS
from genmodels.objectives import GAN_LOSSES, LIKELIHOODS, PENALTIES
from genmodels.registry import Registry
from genmodels.training.optimizers import OPTIMIZERS

REGISTRIES: Mapping[str, Registry] = {
    "models": MODELS,
    "data": DATASETS,
    "networks": NETWORKS,
    "gan_losses": GAN_LOSSES,
    "penalties": PENALTIES,
    "likelihoods": LIKELIHOODS,
    "optimizers": OPTIMIZERS,
}
