"""The data of a run, as its settings want them."""

from typing import TYPE_CHECKING

from genmodels.data.base import Dataset, Progress
from genmodels.data.catalog import load
from genmodels.data.subset import resplit, select, with_noise

if TYPE_CHECKING:
    from genmodels.config import RunConfig


def data_of(config: "RunConfig", progress: Progress | None = None) -> Dataset:
    """What a run learns from and is measured on: loaded, split, cut down and made noisy as ``config`` says.

    Raises:
        UserError: The data cannot be read, or the settings leave nothing of them.
    """
    data = load(config.data, seed=config.seed, progress=progress, noise=config.data_noise)
    data = select(resplit(data, config.held_out, config.seed), config.classes, config.data_size, config.seed)
    return with_noise(data, config.added_noise, config.seed)
