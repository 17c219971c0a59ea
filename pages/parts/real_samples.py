"""A look at the data before anything is trained: real samples of what comes with the app."""

from dataclasses import dataclass

import numpy as np
import streamlit as st
from torch import Tensor

from genmodels.data import entry_of, load
from genmodels.training.views import spread

SHOWN, POINTS = 80, 2000


@dataclass(frozen=True)
class RealSamples:
    """Samples of each class in turn.

    Attributes:
        images: uint8 ``[80, H, W]`` or ``[80, H, W, 3]``; None for points.
        points: float32 ``[2000, 2]``; None for images.
        labels: int64, one for each, or None.
        extent: Left, right, bottom, top of what a plot of the points shows.
    """

    images: np.ndarray | None = None
    points: np.ndarray | None = None
    labels: np.ndarray | None = None
    extent: tuple[float, float, float, float] | None = None


@st.cache_data(show_spinner=False, max_entries=32)
def real_samples(data: str) -> RealSamples:
    """Real samples of a set that is at hand."""
    if "draw" in entry_of(data).extra:
        return RealSamples(images=pictures(_drawn(data).numpy()))
    dataset = load(data)
    if dataset.spec.modality == "points":
        labels = None if dataset.test_labels is None else dataset.test_labels[:POINTS].numpy()
        extent = dataset.toy.extent if dataset.toy else None
        return RealSamples(points=dataset.test[:POINTS].numpy(), labels=labels, extent=extent)
    order = spread(dataset.train_labels, len(dataset.train), SHOWN)
    return RealSamples(images=pictures(dataset.train[order].numpy()))


def _drawn(data: str) -> Tensor:
    """Some pictures of a factor set: the thousands of others need not be drawn for a first look."""
    from genmodels.data.factors import drawn, sample

    entry = entry_of(data)
    return drawn(entry.extra["draw"], sample(entry.extra["factors"], SHOWN, seed=0), entry.extra["shape"][-1])


def pictures(images: np.ndarray) -> np.ndarray:
    """uint8 ``[N, C, H, W]`` -> ``[N, H, W]`` for one channel, ``[N, H, W, 3]`` for three."""
    return images[:, 0] if images.shape[1] == 1 else np.moveaxis(images, 1, -1)
