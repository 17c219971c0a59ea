"""Data sets: built in, downloaded, read from a path, or drawn from a known density.

``load("digits")`` or ``load("path/to/pictures.zip")`` gives a :class:`Dataset`; ``DATASETS`` lists what has a name.
A new named data set is one function in a module of this package, registered with ``@DATASETS.register``.
"""

from genmodels.data.base import Dataset, DataSpec, Modality, Progress, to_unit
from genmodels.data.catalog import DATASETS, LARGE_MB, Loader, at_hand, default_root, entry_of, load, spec_of, to_fetch
from genmodels.data.of_run import data_of
from genmodels.data.subset import select

__all__ = [
    "DATASETS",
    "LARGE_MB",
    "DataSpec",
    "Dataset",
    "Loader",
    "Modality",
    "Progress",
    "at_hand",
    "data_of",
    "default_root",
    "entry_of",
    "load",
    "select",
    "spec_of",
    "to_fetch",
    "to_unit",
]
