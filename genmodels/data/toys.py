r"""Points in the plane whose distribution is known exactly.

Each toy draws points and states their log-density in nats, so that a model can be measured against the truth:

.. math:: p(x) = \frac1k \sum_{i=1}^k \mathcal N(x;\, c_i, \sigma^2 I)
   \qquad\text{or}\qquad p(x) = \int_0^1 \mathcal N(x;\, c(u), \sigma^2 I)\,du

for separate modes c_i or noise around a curve c(u). The ring of 8 and the grid of 25 are those of the mode-coverage
literature (Srivastava et al. 2017, VEEGAN, arXiv 1705.07761; Lin et al. 2018, PacGAN, arXiv 1712.04086).
"""

import math
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import torch
from torch import Tensor

from genmodels.data.base import Dataset, DataSpec, Progress
from genmodels.data.catalog import DATASETS
from genmodels.errors import UserError
from genmodels.registry import Card

N_TRAIN, N_TEST = 50_000, 5_000
MIN_NOISE, MAX_NOISE = 0.005, 1.0

Extent = tuple[float, float, float, float]
Curve = Callable[[Tensor], Tensor]
"""Takes u in 0..1, any shape ``[n]``, to points ``[n, 2]``."""


@dataclass(frozen=True, eq=False)
class Toy(ABC):
    """A distribution over the plane.

    Attributes:
        extent: What a plot shows: ``(x_min, x_max, y_min, y_max)``.
        noise: Standard deviation around the modes or the curve; 0 where there is none.
    """

    extent: Extent
    noise: float

    @abstractmethod
    def sample(self, n: int, generator: torch.Generator) -> tuple[Tensor, Tensor]:
        """Points float32 ``[n, 2]`` and, int64 ``[n]``, the number of the mode or arm that each comes from."""

    @abstractmethod
    def log_prob(self, x: Tensor) -> Tensor:
        """Log-density in nats. ``[n, 2] -> [n]``, in the type of ``x``; -inf where there is nothing."""

    @property
    def centres(self) -> Tensor | None:
        """The modes, float32 ``[k, 2]``; None where there are none."""
        return None

    @property
    def sigma(self) -> float | None:
        """Standard deviation of a mode; None where there are none."""
        return None


@dataclass(frozen=True, eq=False)
class Modes(Toy):
    """Equally likely round Gaussians at ``points`` (float64 ``[k, 2]``)."""

    points: Tensor

    def sample(self, n: int, generator: torch.Generator) -> tuple[Tensor, Tensor]:
        labels = torch.randint(len(self.points), (n,), generator=generator)
        noise = torch.randn(n, 2, generator=generator)
        return self.points[labels].float() + self.noise * noise, labels

    def log_prob(self, x: Tensor) -> Tensor:
        return log_mixture(x, self.points, self.noise)

    @property
    def centres(self) -> Tensor:
        return self.points.float()

    @property
    def sigma(self) -> float:
        return self.noise


@dataclass(frozen=True, eq=False)
class Curves(Toy):
    """Gaussian noise around one or more equally likely curves, uniform in their parameter.

    The density is the mean of the kernel over points of each curve (the midpoint rule). They lie less than half a
    sigma apart, where the rule is exact to rounding along the curve and to 0.1 % at its ends.
    """

    arms: tuple[Curve, ...]
    length: float

    def sample(self, n: int, generator: torch.Generator) -> tuple[Tensor, Tensor]:
        labels = torch.randint(len(self.arms), (n,), generator=generator)
        u = torch.rand(n, generator=generator)
        points = torch.stack([arm(u) for arm in self.arms])[labels, torch.arange(n)]
        return points + self.noise * torch.randn(n, 2, generator=generator), labels

    def log_prob(self, x: Tensor) -> Tensor:
        steps = math.ceil(4 * self.length / self.noise)
        u = (torch.arange(steps, dtype=torch.float64) + 0.5) / steps
        return log_mixture(x, torch.cat([arm(u) for arm in self.arms]), self.noise)


@dataclass(frozen=True, eq=False)
class Checkerboard(Toy):
    """Uniform over the 8 dark squares, of side 1, of a 4 x 4 board around the origin."""

    def sample(self, n: int, generator: torch.Generator) -> tuple[Tensor, Tensor]:
        square = torch.randint(8, (n,), generator=generator)
        row = square // 2
        column = 2 * (square % 2) + row % 2
        corner = torch.stack([column, row], dim=1) - 2.0
        return corner + torch.rand(n, 2, generator=generator), torch.zeros(n, dtype=torch.int64)

    def log_prob(self, x: Tensor) -> Tensor:
        cell = x.floor()
        dark = (cell.sum(1) % 2 == 0) & (cell.abs() <= 2).all(1) & (cell < 2).all(1)
        return torch.where(dark, -math.log(8), -math.inf).to(x.dtype)


def log_mixture(x: Tensor, centres: Tensor, sigma: float) -> Tensor:
    r""":math:`\log \frac1k \sum_i \mathcal N(x; c_i, \sigma^2 I)` in nats. ``[n, 2], [k, 2] -> [n]``."""
    centres = centres.to(x.dtype)
    constant = math.log(len(centres)) + math.log(2 * math.pi * sigma**2)

    def of(part: Tensor) -> Tensor:
        squared = (part[:, :1] - centres[:, 0]).square_() + (part[:, 1:] - centres[:, 1]).square_()
        return torch.logsumexp(squared.mul_(-1 / (2 * sigma**2)), dim=1) - constant

    # In parts, so that [part, k] stays within the processor's cache.
    return torch.cat([of(part) for part in x.split(max(1, (1 << 16) // len(centres)))])


def ring(noise: float = 0.01) -> Toy:
    """8 Gaussians on the unit circle."""
    angle = torch.arange(8, dtype=torch.float64) * (math.pi / 4)
    return Modes((-1.5, 1.5, -1.5, 1.5), noise, torch.stack([angle.cos(), angle.sin()], dim=1))


def grid(noise: float = 0.05) -> Toy:
    """25 Gaussians at {-4, -2, 0, 2, 4} squared."""
    line = torch.arange(-4, 5, 2, dtype=torch.float64)
    return Modes((-5.0, 5.0, -5.0, 5.0), noise, torch.cartesian_prod(line, line))


def dot(noise: float = 0.05) -> Toy:
    """One Gaussian, beside the middle."""
    return Modes((-2.0, 2.0, -2.0, 2.0), noise, torch.tensor([[0.8, 0.4]], dtype=torch.float64))


def moons(noise: float = 0.05) -> Toy:
    """Two half circles of radius 1 that reach into each other."""

    def upper(u: Tensor) -> Tensor:
        return torch.stack([torch.cos(math.pi * u) - 0.5, torch.sin(math.pi * u) - 0.25], dim=-1)

    def lower(u: Tensor) -> Tensor:
        return -upper(u)

    return Curves((-2.0, 2.0, -2.0, 2.0), noise, (upper, lower), math.pi)


def _spiral(u: Tensor, start: float, stop: float, scale: float, turn: float = 0.0) -> Tensor:
    """Archimedes' spiral of radius ``scale * angle`` from one angle to another, nearly uniform in arc length."""
    angle = torch.sqrt(start**2 + u * (stop**2 - start**2))
    return scale * angle[..., None] * torch.stack([torch.cos(angle + turn), torch.sin(angle + turn)], dim=-1)


def _spiral_length(start: float, stop: float, scale: float) -> float:
    """An upper bound of the arc length."""
    return scale * ((stop**2 - start**2) / 2 + stop - start)


def swiss_roll(noise: float = 0.05) -> Toy:
    """One arm of a spiral, one and a half turns."""
    start, stop = 1.5 * math.pi, 4.5 * math.pi
    scale = 1.5 / stop
    arm = partial(_spiral, start=start, stop=stop, scale=scale)
    return Curves((-2.0, 2.0, -2.0, 2.0), noise, (arm,), _spiral_length(start, stop, scale))


def two_spirals(noise: float = 0.05) -> Toy:
    """Two arms of one and a half turns, wound into each other."""
    start, stop = 0.25 * math.pi, 3 * math.pi
    scale = 1.5 / stop
    arms = tuple(partial(_spiral, start=start, stop=stop, scale=scale, turn=turn) for turn in (0.0, math.pi))
    return Curves((-2.0, 2.0, -2.0, 2.0), noise, arms, _spiral_length(start, stop, scale))


def line(noise: float = 0.05) -> Toy:
    """A straight segment."""

    def segment(u: Tensor) -> Tensor:
        return torch.stack([3 * u - 1.5, 1.5 * u - 0.75], dim=-1)

    return Curves((-2.0, 2.0, -2.0, 2.0), noise, (segment,), math.hypot(3, 1.5))


def checkerboard(noise: float = 0.0) -> Toy:
    """8 squares of equal density with sharp edges; there is no noise to set."""
    return Checkerboard((-2.5, 2.5, -2.5, 2.5), 0.0)


def make(name: str, noise: float | None = None) -> Toy:
    """The toy called ``name`` with another noise (standard deviation, 0.005 to 1), or its own where None.

    Raises:
        UserError: There is no such toy, or the noise is out of range.
    """
    build: Callable[..., Toy] | None = DATASETS[name].extra.get("build")
    if build is None:
        raise UserError(f"{name!r} is no toy, so it has no noise to set; choose a 2-D one.")
    if noise is None:
        return build()
    if not MIN_NOISE <= noise <= MAX_NOISE:
        raise UserError(f"A noise of {noise:g} is out of range; choose {MIN_NOISE:g} to {MAX_NOISE:g}.")
    return build(noise=noise)


def draw(name: str, toy: Toy, seed: int) -> Dataset:
    """50,000 points of ``toy`` to train on and 5,000 held out, with what the registry says about ``name``."""
    entry = DATASETS[name]
    generator = torch.Generator().manual_seed(seed)
    train, train_labels = toy.sample(N_TRAIN, generator)
    test, test_labels = toy.sample(N_TEST, generator)
    classes = entry.extra["classes"]
    return Dataset(
        name=name,
        title=entry.card.title,
        spec=DataSpec("points", (2,), classes),
        train=train,
        test=test,
        train_labels=train_labels if classes else None,
        test_labels=test_labels if classes else None,
        licence=entry.extra["licence"],
        source="drawn at random",
        toy=toy,
    )


def _offer(name: str, build: Callable[..., Toy], classes: tuple[str, ...], card: Card) -> None:
    def loader(root: Path, progress: Progress | None, seed: int) -> Dataset:
        return draw(name, build(), seed)

    facts = {"modality": "points", "shape": (2,), "classes": classes, "licence": "public domain", "size_mb": 0}
    DATASETS.register(name, card, group="toy", build=build, **facts)(loader)


def _card(title: str, summary: str, teaches: str, fails: str) -> Card:
    return Card(title=title, summary=summary, family="2-D toys", teaches=teaches, fails=fails)


_offer(
    "ring",
    ring,
    tuple(f"mode {i + 1}" for i in range(8)),
    _card(
        "Ring of 8",
        "8 narrow Gaussians on a circle.",
        "Mode coverage: count how many of the 8 the generator reaches.",
        "A GAN jumps from mode to mode, or settles on a few.",
    ),
)
_offer(
    "grid",
    grid,
    tuple(f"mode {i + 1}" for i in range(25)),
    _card(
        "Grid of 25",
        "25 narrow Gaussians on a 5 x 5 grid.",
        "The harder test of mode coverage.",
        "Modes at the edge go missing, and bridges of samples join neighbours.",
    ),
)
_offer(
    "dot",
    dot,
    (),
    _card(
        "One dot",
        "A single narrow Gaussian.",
        "The smallest game there is: whether both players meet, or circle for ever.",
        "Without damping the samples orbit the dot (the Dirac-GAN of Mescheder et al., arXiv 1801.04406).",
    ),
)
_offer(
    "moons",
    moons,
    ("upper", "lower"),
    _card(
        "Two moons",
        "Two half circles that reach into each other.",
        "Two separate, curved clusters: one prior must be torn in two.",
        "A thin bridge of samples joins the moons.",
    ),
)
_offer(
    "swiss-roll",
    swiss_roll,
    (),
    _card(
        "Swiss roll",
        "One arm of a spiral.",
        "How one latent dimension is bent along a curve.",
        "The inner and outer turns are glued together.",
    ),
)
_offer(
    "two-spirals",
    two_spirals,
    ("first arm", "second arm"),
    _card(
        "Two spirals",
        "Two arms wound into each other.",
        "A boundary that needs depth: the discriminator has to follow both arms.",
        "A small network sees a disc.",
    ),
)
_offer(
    "line",
    line,
    (),
    _card(
        "Line",
        "A straight segment with a little noise.",
        "The simplest case: a linear decoder solves it, and one latent dimension goes unused.",
        "With too strong a KL term all samples shrink to the middle.",
    ),
)
_offer(
    "checkerboard",
    checkerboard,
    (),
    _card(
        "Checkerboard",
        "8 squares filled evenly, with sharp edges.",
        "How well a smooth generator draws edges and corners.",
        "Corners round off, and squares that touch flow together.",
    ),
)
