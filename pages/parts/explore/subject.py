"""What is explored: a trained model with test samples, and what is worked out about it once."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import streamlit as st
import torch
from torch import Tensor

from genmodels.config import RunConfig
from genmodels.data import DATASETS, Dataset, at_hand, data_of, to_unit
from genmodels.errors import UserError
from genmodels.latent import directions, order
from genmodels.latent.export import CannotExport, Exported, export_decoder
from genmodels.latent.prior import is_uniform
from genmodels.models.base import Model
from genmodels.training.folder import RunFolder
from genmodels.training.views import spread, to_pixels

MOST = 1_000
"""Test samples that are shown and encoded."""


@dataclass(frozen=True)
class Examples:
    """Held-out samples, classes in turn: uint8 ``[N, C, H, W]`` or points ``[N, 2]``; labels ``[N]`` or None."""

    x: Tensor
    labels: Tensor | None
    classes: tuple[str, ...]


@dataclass(frozen=True)
class Subject:
    """A model to explore. What takes time is worked out at first use and kept.

    Attributes:
        folder: Its run.
        version: Of the weights at the end of the run.
        step: The moment of training at which it stands; None: the end.
        model: Ready to use.
        examples: Samples that it has never seen.
        end: The same run at its end, where it stands at an earlier moment.
    """

    folder: RunFolder
    version: int
    step: int | None
    model: Model
    examples: Examples
    end: "Subject | None" = None

    @property
    def run(self) -> str:
        """Fingerprint of the run, the same for all of its moments."""
        return f"{self.folder.id}@{self.version}"

    @property
    def name(self) -> str:
        """Fingerprint of run and weights: the same name, the same model."""
        return self.run if self.step is None else f"{self.run}.{self.step}"

    @property
    def stem(self) -> str:
        """What files that are taken from it are called."""
        return self.folder.id if self.step is None else f"{self.folder.id}-step-{self.step}"

    @property
    def images(self) -> bool:
        return self.model.spec.modality == "image"

    @property
    def latent_dim(self) -> int:
        return self.model.config.latent_dim

    @property
    def encodes(self) -> bool:
        return self.model.encodes

    @cached_property
    def codes(self) -> Tensor:
        """Means of the codes of the examples, ``[N, latent_dim]``. Only where it encodes."""
        return self.encode(self.examples.x)

    @cached_property
    def kl(self) -> Tensor | None:
        """KL per dimension in nats, ``[latent_dim]``; None where there is none."""
        try:
            return order.kl_per_dim(self.model, self.examples.x)
        except ValueError:
            return None

    @cached_property
    def importance(self) -> Tensor:
        """How much each dimension does, ``[latent_dim]``: KL in nats, or else variance of the output."""
        return order.output_variance(self.model) if self.kl is None else self.kl

    @cached_property
    def order(self) -> list[int]:
        """Dimensions, those that do most at the end of the run first: through time, each stays in its place."""
        return order.strongest_first(self.importance) if self.end is None else self.end.order

    @cached_property
    def class_means(self) -> Tensor | None:
        """Mean code of each class, ``[classes, latent_dim]``; None without an encoder or labels."""
        labels, classes = self.examples.labels, self.examples.classes
        if not self.encodes or labels is None or len(classes) < 2:
            return None
        return directions.class_means(self.codes, labels, len(classes))

    @cached_property
    def exported(self) -> Exported | str:
        """The decoder for the browser, or one sentence why there is none."""
        try:
            return export_decoder(self.model)
        except CannotExport as error:
            return str(error)

    @cached_property
    def reach(self) -> float:
        """How far sliders and maps go: nearly all codes lie within."""
        if is_uniform(self.model):
            return 1.0
        widest = float(self.codes.abs().quantile(0.99)) if self.encodes else 0.0
        least = 3.0 if self.end is None else self.end.reach
        return float(np.ceil(2 * np.clip(widest * 1.15, least, 8.0)) / 2)

    @torch.no_grad()
    def encode(self, x: Tensor) -> Tensor:
        """Samples as they are stored ``[n, *shape]`` -> means of their codes ``[n, latent_dim]``."""
        return torch.cat([self.model.encode(to_unit(part)).mu for part in x.split(256)])

    @torch.no_grad()
    def decode(self, z: Tensor, y: Tensor | None = None) -> Tensor:
        """Codes ``[n, latent_dim]``, classes ``[n]`` -> uint8 pictures ``[n, C, H, W]`` or points ``[n, 2]``."""
        y = self.model.labels_in_turn(len(z)) if y is None else y
        labels = [None] * len(z) if y is None else y.split(256)
        parts = zip(z.split(256), labels, strict=False)
        return torch.cat([to_pixels(self.model.decode(part, label), self.model) for part, label in parts])


def subscript(number: int) -> str:
    """A number in subscript digits.

    >>> subscript(12)
    '₁₂'
    """
    return str(number).translate(str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉"))


def pixels(pictures: Tensor) -> np.ndarray:
    """uint8 ``[n, C, H, W]`` -> ``[n, H, W, C]``, as browsers and files want them."""
    return pictures.permute(0, 2, 3, 1).contiguous().numpy()


_DATA = ("data", "seed", "classes", "data_size", "data_noise", "held_out", "added_noise")
"""Settings that say what the data of a run are."""
_AS_THEY_COME = ("embedded", "online")
"""Groups of data sets that are the same whatever the seed."""
LARGE = 20 << 20
"""Bytes of a file of weights of which few are held in memory."""


def _data(config: RunConfig) -> Dataset:
    settings = {name: getattr(config, name) for name in _DATA}
    if not _drawn(config):
        del settings["seed"]
    return _read(tuple(settings.items()), config)


def _drawn(config: RunConfig) -> bool:
    """Whether the seed has a say in what the data are."""
    group = DATASETS[config.data].extra["group"] if config.data in DATASETS else ""
    taken_apart = (config.held_out, config.data_size) != (None, None) or config.added_noise > 0
    return group not in _AS_THEY_COME or taken_apart


@st.cache_resource(show_spinner=False, max_entries=8)
def _read(settings: tuple, _config: RunConfig) -> Dataset:
    return data_of(_config)


def _examples(folder: RunFolder, model: Model) -> Examples:
    """Held-out samples of the run's data; where they are not at hand, the few that are kept with the run."""
    config = folder.config()
    try:
        if at_hand(config.data):
            data = _data(config)
            if data.spec.shape == model.spec.shape:
                chosen = spread(data.test_labels, len(data.test), MOST)
                labels = None if data.test_labels is None else data.test_labels[chosen]
                return Examples(data.test[chosen], labels, data.spec.classes)
    except UserError:
        pass  # the file it was trained on has gone: what is kept with the run will do
    fixed = folder.fixed()
    originals, labels = fixed["originals"], fixed.get("labels")
    return Examples(originals, None if labels is None else labels[: len(originals)], model.spec.classes)


def training(subject: Subject) -> Tensor | None:
    """What the model was trained on, uint8 ``[N, C, H, W]`` or points ``[N, 2]``; None where that is not at hand."""
    config = subject.folder.config()
    try:
        if at_hand(config.data):
            data = _data(config)
            return data.train if data.spec.shape == subject.model.spec.shape else None
    except UserError:
        pass  # as with the examples
    return None


@st.cache_resource(show_spinner=False, max_entries=6)
def _held_out(path: str, version: int, _folder: RunFolder, _model: Model) -> Examples:
    return _examples(_folder, _model)


def _load(path: str, version: int, step: int | None) -> Subject:
    held = _few if RunFolder(Path(path)).weights(step).stat().st_size > LARGE else _many
    return held(path, version, step)


@st.cache_resource(show_spinner=False, max_entries=24)
def _many(path: str, version: int, step: int | None) -> Subject:
    return _loaded(path, version, step)


@st.cache_resource(show_spinner=False, max_entries=3)
def _few(path: str, version: int, step: int | None) -> Subject:
    return _loaded(path, version, step)


def _loaded(path: str, version: int, step: int | None) -> Subject:
    torch.set_num_threads(1)
    folder = RunFolder(Path(path))
    model = folder.model(step)
    end = None if step is None else _load(path, version, None)
    return Subject(folder, version, step, model, _held_out(path, version, folder, model), end)


def version(folder: RunFolder) -> int:
    """Changes whenever the run writes new weights. Raises UserError when it has none yet."""
    try:
        return (folder.path / "model.safetensors").stat().st_mtime_ns
    except OSError:
        raise UserError("This run has nothing to explore yet; give it a few seconds and refresh.") from None


def open_subject(folder: RunFolder, version: int, step: int | None = None) -> Subject:
    """The model of a run at a version, or as it was at a step whose weights were kept.

    Raises:
        UserError: It is damaged or gone.
    """
    try:
        return _load(str(folder.path), version, step)
    except (KeyError, RuntimeError, OSError):
        raise UserError(f"The run {folder.id!r} is damaged and cannot be opened; pick another one.") from None
