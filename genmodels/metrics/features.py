"""Numbers that describe an image, so that sets of images can be compared: features of small frozen networks.

Digits and clothes have a classifier of their own, trained by ``python -m genmodels.metrics.train_classifier`` and
kept in ``weights/`` with its test accuracy. Other images with labels get one at their first use, in some seconds; it is
kept beside the downloads. Images without labels are described by a network with fixed random weights.
"""

import hashlib
import json
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib import resources
from pathlib import Path

import torch
from safetensors.torch import load as read_weights
from torch import Tensor, nn
from torch.nn.functional import adaptive_avg_pool2d

from genmodels.data import DATASETS, default_root, load
from genmodels.data.base import Dataset, Progress
from genmodels.data.subset import select
from genmodels.errors import UserError

FEATURES = 64
CLASSIFIERS = {"digits": "digits", "mnist": "digits", "fashion": "fashion", "fashion-mnist": "fashion"}
"""Data set -> the bundled classifier that knows its classes."""
CHUNK = 500
FEWEST = 500
"""Labelled images to train on that a classifier of their own needs at least."""
MOST_CLASSES = 200
USEFUL = 0.3
"""A classifier is of use when it finds at least this share of what always naming the most frequent class misses."""
KEPT = 8
"""Classifiers held in memory."""


class Classifier(nn.Module):
    """28 x 28 images to 64 features and from these to the logits of the classes; 0.16 million weights.

    The features are taken before their activation: sums of many terms, nearer to a Gaussian than what follows.
    """

    def __init__(self, channels: int = 1, classes: int = 10) -> None:
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(channels, 24, 3, stride=2, padding=1), nn.SiLU(),
            nn.Conv2d(24, 48, 3, stride=2, padding=1), nn.SiLU(),
            nn.Flatten(), nn.Dropout(0.3), nn.Linear(48 * 7 * 7, FEATURES),
        )  # fmt: skip
        self.head = nn.Sequential(nn.SiLU(), nn.Dropout(0.2), nn.Linear(FEATURES, classes))

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Images ``[N, C, H, W]`` in 0..1, of any size -> features ``[N, 64]`` and logits ``[N, classes]``."""
        features = self.body(adaptive_avg_pool2d(2 * x - 1, 28))
        return features, self.head(features)


class RandomFeatures(nn.Module):
    """Images of any size to 64 features through two convolutions whose weights were drawn once and never learned."""

    def __init__(self, channels: int) -> None:
        from genmodels.training.random import first_weights

        super().__init__()
        with first_weights(0):
            self.body = nn.Sequential(
                nn.Conv2d(channels, 32, 4, stride=2, padding=1), nn.LeakyReLU(0.2),
                nn.Conv2d(32, FEATURES, 4, stride=2, padding=1), nn.LeakyReLU(0.2),
                nn.AdaptiveAvgPool2d(2), nn.Flatten(), nn.Linear(4 * FEATURES, FEATURES),
            )  # fmt: skip

    def forward(self, x: Tensor) -> tuple[Tensor, None]:
        """Images ``[N, C, H, W]`` in 0..1 -> features ``[N, 64]``; there are no classes."""
        return self.body(adaptive_avg_pool2d(2 * x - 1, 28)), None


@dataclass(frozen=True)
class FeatureNetwork:
    """A frozen network that describes images.

    Attributes:
        name: ``"digits"``, ``"fashion"``, ``"trained"`` on the data themselves or ``"random"``, as shown beside every
            number it gives.
        accuracy: Share of held-out images it classifies rightly; None for the random one.
        module: The network; see :meth:`describe`.
        kept: Which of its classes the data have, in the order of their labels; None: all.
    """

    name: str
    accuracy: float | None
    module: nn.Module
    kept: tuple[int, ...] | None = None

    @torch.no_grad()
    def describe(self, x: Tensor) -> tuple[Tensor, Tensor | None]:
        """Images ``[N, C, H, W]`` in 0..1 -> features ``[N, 64]`` and the class ``[N]`` of each, or None."""
        parts = [self.module(part) for part in x.split(CHUNK)]
        features = torch.cat([f for f, _ in parts])
        if parts[0][1] is None:
            return features, None
        logits = torch.cat([found for _, found in parts])
        return features, (logits if self.kept is None else logits[:, self.kept]).argmax(1)


def network_for(data: Dataset, progress: Progress | None = None) -> FeatureNetwork:
    """The network that describes the images of ``data``; where it is trained first, ``progress`` is told."""
    name = CLASSIFIERS.get(data.name)
    if name and data.spec.shape == (1, 28, 28):
        all_of_them = DATASETS[data.name].extra["classes"]
        return replace(bundled(name), kept=tuple(all_of_them.index(c) for c in data.spec.classes))
    own = _own(data, progress) if _teachable(data) else None
    return own or _random(data.spec.shape[0])


@lru_cache(maxsize=4)
def bundled(name: str) -> FeatureNetwork:
    """The classifier in ``weights/<name>.safetensors``."""
    content = (resources.files(__package__) / "weights" / f"{name}.safetensors").read_bytes()
    with torch.device("meta"):
        module = Classifier()
    module.load_state_dict({key: value.float() for key, value in read_weights(content).items()}, assign=True)
    return FeatureNetwork(name, metadata(content)["accuracy"], module.eval().requires_grad_(False))


def metadata(content: bytes) -> dict[str, float]:
    """What the training script wrote into a weights file: test accuracy, images, seed."""
    header = json.loads(content[8 : 8 + int.from_bytes(content[:8], "little")])
    values: dict[str, float] = json.loads(header["__metadata__"]["genmodels"])
    return values


@lru_cache(maxsize=4)
def _random(channels: int) -> FeatureNetwork:
    return FeatureNetwork("random", None, RandomFeatures(channels).eval().requires_grad_(False))


# ------------------------------------------------------------------ trained at the first use

_own_ones: dict[str, FeatureNetwork | None] = {}


def _teachable(data: Dataset) -> bool:
    labelled = data.train_labels is not None and data.test_labels is not None
    return labelled and len(data.train) >= FEWEST and 2 <= len(data.spec.classes) <= MOST_CLASSES


def _own(data: Dataset, progress: Progress | None) -> FeatureNetwork | None:
    """The classifier of a data set: remembered, read from its file, or trained; None where it learns nothing."""
    key = _digest(data)
    if key not in _own_ones:
        while len(_own_ones) >= KEPT:
            _own_ones.pop(next(iter(_own_ones)))
        _own_ones[key] = _judged(_read(_file(key), data) or _shared(data, progress), data)
    return _own_ones[key]


def _shared(data: Dataset, progress: Progress | None) -> FeatureNetwork:
    """The classifier of all draws, splits and parts of a data set: taught on the set as it comes."""
    whole = _as_it_comes(data, progress)
    path = _file(_digest(whole))
    return _read(path, whole) or _taught(path, whole, progress)


def _file(key: str) -> Path:
    return default_root() / "classifiers" / f"{key}.safetensors"


def _digest(data: Dataset) -> str:
    assert data.train_labels is not None
    content = hashlib.blake2b(data.train.numpy().tobytes(), digest_size=12)
    content.update(data.train_labels.numpy().tobytes())
    return content.hexdigest()


def _as_it_comes(data: Dataset, progress: Progress | None) -> Dataset:
    """The data set of which ``data`` are a draw, a split, a part or a noisy copy: all of these have one judge."""
    try:
        whole = select(load(data.name, progress=progress), data.spec.classes)
    except UserError:
        return data
    return whole if whole.spec == data.spec else data


def _judged(network: FeatureNetwork, data: Dataset) -> FeatureNetwork | None:
    assert data.test_labels is not None
    assert network.accuracy is not None
    guess = float(data.test_labels.bincount().max()) / len(data.test_labels)
    return network if network.accuracy >= guess + USEFUL * (1 - guess) else None


def _read(path: Path, data: Dataset) -> FeatureNetwork | None:
    from genmodels.training.files import read_tensors

    with torch.device("meta"):  # first weights would be drawn from the chance that all threads share
        module = Classifier(data.spec.shape[0], len(data.spec.classes))
    try:
        tensors, facts = read_tensors(path)
        module.load_state_dict({name: value.float() for name, value in tensors.items()}, assign=True)
        return FeatureNetwork("trained", float(facts["accuracy"]), module.eval().requires_grad_(False))
    except (UserError, RuntimeError, KeyError, TypeError, ValueError):  # missing, damaged, or of another version
        return None


def _taught(path: Path, data: Dataset, progress: Progress | None) -> FeatureNetwork:
    from genmodels.metrics.train_classifier import teach
    from genmodels.training.files import write_tensors

    module, accuracy = teach(data, progress)
    with suppress(OSError):  # a disk that refuses costs the time again, nothing else
        path.parent.mkdir(parents=True, exist_ok=True)
        write_tensors(path, module.state_dict(), {"accuracy": accuracy})
    return FeatureNetwork("trained", accuracy, module.requires_grad_(False))
