"""How near a model's samples come to the data: the same measures for every model, on any data."""

import torch
from torch import Tensor

from genmodels.data.base import Dataset, to_unit
from genmodels.data.toys import Toy
from genmodels.metrics.distances import (
    frechet,
    grid_histogram,
    half_circle,
    js_divergence,
    kernel_distance,
    kl_divergence,
    sliced_wasserstein,
)  # fmt: skip
from genmodels.metrics.features import FeatureNetwork, network_for
from genmodels.metrics.modes import count_modes
from genmodels.metrics.neighbours import cover
from genmodels.models.base import Measures, Model

SAMPLES = 1000
FLOOR_DRAWS = 4
CELLS = 20
DIRECTIONS = 64


class Quality:
    """Compares samples with held-out data; what only depends on the data is computed once.

    Called with a model and a generator it draws samples and measures them. The first entry is the headline; except
    for shares and counts, lower is better. Images: ``kid``, ``frechet``, ``precision``, ``recall``,
    ``density``, ``coverage``, and where classes are known ``classes``, their shares. Points: ``js`` on a grid over
    the data and ``kl_grid`` from the data to the samples on it (nats), ``wasserstein`` (sliced, in the data's units),
    ``precision``, ``recall``, ``density``, ``coverage``, and where modes are known ``modes``, ``high_quality`` and
    ``mode_shares``.

    Args:
        data: The data to compare with.
        n: How many held-out samples to compare with, and as many to draw; fewer where fewer are held out.
    """

    def __init__(self, data: Dataset, n: int = SAMPLES) -> None:
        self.data = data
        self.n = min(n, len(data.test))
        self._side: _Images | _Points | None = None
        self._floor: Measures | None = None

    def __call__(self, model: Model, generator: torch.Generator) -> Measures:
        """Quality of samples of ``model``; empty when there are too few held-out samples to compare with."""
        if self.n < 2 * FEWEST:
            return {}
        return self.of(draw(model, self.n, generator))

    def floor(self) -> Measures:
        """The same for training data in place of samples: what a perfect sampler would show, chance included.

        The mean over as many different draws as the training data allow, at most ``FLOOR_DRAWS``.
        """
        if self._floor is None and self.n >= 2 * FEWEST:
            draws = [part for part in self.data.train[: FLOOR_DRAWS * self.n].split(self.n) if len(part) == self.n]
            self._floor = _mean([self.of(to_unit(part)) for part in draws or [self.data.train]])
        return dict(self._floor or {})

    @property
    def features(self) -> FeatureNetwork | None:
        """The network behind the measures of images; None for points, which need none."""
        return network_for(self.data) if self.data.spec.modality == "image" else None

    @property
    def judge(self) -> str:
        """Name of that network; empty for points, and before anything was compared."""
        return self._side.network.name if isinstance(self._side, _Images) else ""

    def of(self, x: Tensor) -> Measures:
        """The same for samples ``[N, *shape]``, images in 0..1, wherever they come from."""
        if self._side is None:
            real = to_unit(self.data.test[: self.n])
            network = self.features
            self._side = (
                _Images(real, network, len(self.data.spec.classes)) if network else _Points(real, self.data.toy)
            )
        x = x[x.flatten(1).isfinite().all(1)]
        return self._side.compare(x) if len(x) >= 2 * FEWEST else {}


FEWEST = 6
"""Samples that the nearest-neighbour measures need at least; with twice that they begin to mean something."""


@torch.no_grad()
def draw(model: Model, n: int, generator: torch.Generator, chunk: int = 500) -> Tensor:
    """``n`` samples of a model on the CPU; a conditional one draws the classes in turn."""
    z = model.prior(n, generator).to(model.scale.device)
    y = model.labels_in_turn(n)
    parts = [model.decode(z[i : i + chunk], None if y is None else y[i : i + chunk]) for i in range(0, n, chunk)]
    return torch.cat(parts).cpu()


def quality(model: Model, data: Dataset, n: int, generator: torch.Generator) -> Measures:
    """:class:`Quality` for a single use: ``n`` samples of ``model`` against as many held-out ones."""
    return Quality(data, n)(model, generator)


class _Images:
    def __init__(self, real: Tensor, network: FeatureNetwork, classes: int) -> None:
        self.network = network
        self.classes = classes
        features, _ = network.describe(real)
        # Every feature counts alike: mean 0 and variance 1 over the held-out data.
        self.centre, self.spread = features.mean(0), features.std(0).clamp_min(1e-6)
        self.real = (features - self.centre) / self.spread

    def compare(self, x: Tensor) -> Measures:
        raw, found = self.network.describe(x)
        features = (raw - self.centre) / self.spread
        measures: Measures = {
            "kid": kernel_distance(self.real, features),
            "frechet": frechet(self.real, features),
            **cover(self.real, features)._asdict(),
        }
        if found is not None:
            measures["classes"] = (torch.bincount(found, minlength=self.classes) / len(found)).tolist()
        return measures


class _Points:
    def __init__(self, real: Tensor, toy: Toy | None) -> None:
        self.real = real
        self.toy = toy
        self.extent = toy.extent if toy else _extent(real)
        self.histogram = grid_histogram(real, self.extent, CELLS)

    def compare(self, x: Tensor) -> Measures:
        same = min(len(x), len(self.real))
        histogram = grid_histogram(x, self.extent, CELLS)
        measures: Measures = {
            "js": js_divergence(self.histogram, histogram),
            "kl_grid": kl_divergence(_smooth(self.histogram, len(self.real)), _smooth(histogram, len(x))),
            "wasserstein": sliced_wasserstein(self.real[:same], x[:same], half_circle(DIRECTIONS)),
            **cover(self.real, x)._asdict(),
        }
        if self.toy is not None and self.toy.centres is not None and self.toy.sigma is not None:
            modes = count_modes(x, self.toy.centres, self.toy.sigma)
            measures |= {
                "modes": float(modes.covered),
                "high_quality": modes.high_quality,
                "mode_shares": modes.histogram.tolist(),
            }
        return measures


def _mean(draws: list[Measures]) -> Measures:
    """Of each measure over several draws; lists entry by entry."""
    return {
        name: torch.tensor([draw[name] for draw in draws], dtype=torch.float64).mean(0).tolist() for name in draws[0]
    }


def _smooth(histogram: Tensor, n: int) -> Tensor:
    """Half a sample more in each cell of a histogram of ``n``, so that no cell is empty; still sums to 1."""
    return (n * histogram + 0.5) / (n + 0.5 * histogram.numel())


def _extent(x: Tensor) -> tuple[float, float, float, float]:
    low, high = x.min(0).values.tolist(), x.max(0).values.tolist()
    return low[0], max(high[0], low[0] + 1e-6), low[1], max(high[1], low[1] + 1e-6)
