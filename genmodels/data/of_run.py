"""The data of a run, as its settings want them."""

from typing import TYPE_CHECKING

from genmodels.data.base import Dataset, Progress
from genmodels.data.catalog import load
from genmodels.data.subset import resplit, select, with_noise
from genmodels.data.uploads import PREFIX, UploadStore

if TYPE_CHECKING:
    from genmodels.config import RunConfig


def data_of(config: "RunConfig", progress: Progress | None = None) -> Dataset:
    """What a run learns from and is measured on: loaded, split, cut down and made noisy as ``config`` says.

    Raises:
        UserError: The data cannot be read, or the settings leave nothing of them.
    """
    data = load(config.data, seed=config.seed, progress=progress, noise=config.data_noise, copies=False)
    data = resplit(data, config.held_out, config.seed)
    if data.name.startswith(PREFIX):  # now, so that nothing held out has a copy among what is learned from
        data = UploadStore().with_copies(data, config.seed)
    data = select(data, config.classes, config.data_size, config.seed)
    return with_noise(data, config.added_noise, config.seed)
