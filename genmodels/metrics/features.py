"""Numbers that describe an image, so that sets of images can be compared: features of small frozen networks.

Digits and clothes have a classifier of their own, trained by ``python -m genmodels.metrics.train_classifier`` and
kept in ``weights/`` with its test accuracy. All other images are described by a network with fixed random weights.
"""

import json
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

import torch
from safetensors.torch import load
from torch import Tensor, nn
from torch.nn.functional import adaptive_avg_pool2d

from genmodels.data.base import Dataset

FEATURES = 64
CLASSIFIERS = {"digits": "digits", "mnist": "digits", "fashion": "fashion", "fashion-mnist": "fashion"}
"""Data set -> the bundled classifier that knows its classes."""
CHUNK = 500


class Classifier(nn.Module):
    """28 x 28 grey images to 64 features and from these to the logits of 10 classes; 0.16 million weights.

    The features are taken before their activation: sums of many terms, nearer to a Gaussian than what follows.
    """

    def __init__(self) -> None:
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(1, 24, 3, stride=2, padding=1), nn.SiLU(),
            nn.Conv2d(24, 48, 3, stride=2, padding=1), nn.SiLU(),
            nn.Flatten(), nn.Dropout(0.3), nn.Linear(48 * 7 * 7, FEATURES),
        )  # fmt: skip
        self.head = nn.Sequential(nn.SiLU(), nn.Dropout(0.2), nn.Linear(FEATURES, 10))

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Images ``[N, 1, 28, 28]`` in 0..1 -> features ``[N, 64]`` and logits ``[N, 10]``."""
        features = self.body(2 * x - 1)
        return features, self.head(features)


class RandomFeatures(nn.Module):
    """Images of any size to 64 features through two convolutions whose weights were drawn once and never learned."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(0)
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
        name: ``"digits"``, ``"fashion"`` or ``"random"``, as shown beside every number it gives.
        accuracy: Share of held-out images it classifies rightly; None for the random one.
        module: The network; see :meth:`describe`.
    """

    name: str
    accuracy: float | None
    module: nn.Module

    @torch.no_grad()
    def describe(self, x: Tensor) -> tuple[Tensor, Tensor | None]:
        """Images ``[N, C, H, W]`` in 0..1 -> features ``[N, 64]`` and the class ``[N]`` of each, or None."""
        parts = [self.module(part) for part in x.split(CHUNK)]
        features = torch.cat([f for f, _ in parts])
        return features, None if parts[0][1] is None else torch.cat([logits.argmax(1) for _, logits in parts])


def network_for(data: Dataset) -> FeatureNetwork:
    """The network that describes the images of ``data``."""
    name = CLASSIFIERS.get(data.name)
    return bundled(name) if name and data.spec.shape == (1, 28, 28) else _random(data.spec.shape[0])


@lru_cache(maxsize=4)
def bundled(name: str) -> FeatureNetwork:
    """The classifier in ``weights/<name>.safetensors``."""
    content = (resources.files(__package__) / "weights" / f"{name}.safetensors").read_bytes()
    with torch.device("meta"):
        module = Classifier()
    module.load_state_dict({key: value.float() for key, value in load(content).items()}, assign=True)
    return FeatureNetwork(name, metadata(content)["accuracy"], module.eval().requires_grad_(False))


def metadata(content: bytes) -> dict[str, float]:
    """What the training script wrote into a weights file: test accuracy, images, seed."""
    header = json.loads(content[8 : 8 + int.from_bytes(content[:8], "little")])
    values: dict[str, float] = json.loads(header["__metadata__"]["genmodels"])
    return values


@lru_cache(maxsize=4)
def _random(channels: int) -> FeatureNetwork:
    return FeatureNetwork("random", None, RandomFeatures(channels).eval().requires_grad_(False))
